//! Lots that are inspected, and the series that they are of.

use std::collections::BTreeMap;

use crate::domain::fact::Position;
use crate::domain::ids::PartId;
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::{Lot, LotStanding, SeriesId, SeriesState};
use crate::domain::material::MaterialId;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::views::inspection::{InspectingView, LotToOpen, LotView, NextView, SeriesView};

use super::{Asked, get};

/// The most lots that are listed.
const ROWS_MAX: u32 = 1_000;

impl Asked<'_> {
    /// A series, where anything of it is known here.
    pub(super) fn series(self, id: &SeriesId) -> Result<Option<SeriesView>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        if folded.order.is_empty() {
            return Ok(None);
        }
        let lots: Result<Vec<LotView>, _> =
            state.lots.iter().map(|lot| self.lot((id, state), lot)).collect();
        Ok(Some(SeriesView {
            part: id.part.clone(),
            supplier: id.supplier.clone(),
            next: NextView::all_of(state),
            lots: lots?,
        }))
    }

    /// Every opening of a lot, those that wait for somebody first, the oldest first.
    pub(super) fn inspections(self, decided: bool) -> Result<Vec<LotView>, LedgerError> {
        let sql = "SELECT subject, position FROM inspection_row WHERE ?1 OR waits
                   ORDER BY NOT waits, opened_ms, position LIMIT ?2";
        let read = |row: &rusqlite::Row<'_>| {
            Ok((get::<String>(row, "subject")?, get::<String>(row, "position")?))
        };
        let mut views = Vec::new();
        for (subject, position) in self.rows(sql, (decided, ROWS_MAX), read)? {
            let Some(Subject::Series(id)) = Subject::parse(&subject) else { continue };
            let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
            let StreamState::Series(state) = &folded.stream.state else { continue };
            if let Some(lot) = state.lots.iter().find(|lot| lot.at.to_string() == position) {
                views.push(self.lot((&id, state), lot)?);
            }
        }
        Ok(views)
    }

    /// One opening of a lot, where it is known here.
    pub(super) fn lot_opened(
        self,
        id: &SeriesId,
        opened: &Position,
    ) -> Result<Option<Box<LotView>>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        let lot = state.opened(opened).map(|lot| self.lot((id, state), lot)).transpose()?;
        Ok(lot.map(Box::new))
    }

    /// What came in and was not opened, or is to come again, and can be inspected by something.
    pub(super) fn lots_to_open(self) -> Result<Vec<LotToOpen>, LedgerError> {
        let inspecting = self.inspecting()?;
        let mut found = Vec::new();
        for row in self.materials(None)? {
            let Some(by) = inspecting.get(&row.part) else { continue };
            let Some(id) = SeriesId::new(row.part.clone(), &row.supplier) else { continue };
            let folded = self.ledger.load(self.connection, &Subject::Series(id))?;
            let StreamState::Series(state) = &folded.stream.state else { continue };
            let before = state.lot(&row.lot);
            let sorted = LotStanding::Disposed(LotEnd::Sort);
            if before.is_some_and(|before| before.standing() != sorted) {
                continue;
            }
            found.push(LotToOpen {
                part: row.part,
                lot: row.lot,
                supplier: row.supplier,
                size: before.map(|before| before.opened.size).or(row.quantity),
                again: before.is_some(),
                by: by.clone(),
            });
        }
        Ok(found)
    }

    /// The instructions in effect that state a plan, by the part that they are about.
    fn inspecting(self) -> Result<BTreeMap<PartId, Vec<InspectingView>>, LedgerError> {
        let mut found: BTreeMap<PartId, Vec<InspectingView>> = BTreeMap::new();
        for row in self.definitions()? {
            if row.what != "instruction" || row.standing != "in effect" {
                continue;
            }
            let Some(text) = self.ledger.instruction(self.connection, &row.hash)? else { continue };
            let Some(rule) = text.rules.inspect else { continue };
            let (instruction, title) = (text.id.clone(), text.title.clone());
            let view = InspectingView { instruction, title, rule: rule.to_string() };
            found.entry(text.part.clone()).or_default().push(view);
        }
        Ok(found)
    }

    fn lot(
        self,
        (id, state): (&SeriesId, &SeriesState),
        lot: &Lot,
    ) -> Result<LotView, LedgerError> {
        let material = MaterialId { part: id.part.clone(), lot: lot.opened.lot.clone() };
        let folded = self.ledger.load(self.connection, &Subject::Material(material))?;
        let StreamState::Material(material) = &folded.stream.state else {
            return Err(LedgerError::damaged("a lot of material is something else"));
        };
        let records = lot.records.iter().map(|record| record.by.as_ref());
        let mut names = BTreeMap::new();
        for by in records.chain([lot.by.as_ref()]) {
            names.insert(by.cloned(), self.name(by)?);
        }
        Ok(LotView::of((id, state), lot, Some(material), &names))
    }
}
