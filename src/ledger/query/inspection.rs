//! Lots that are inspected, and the series that they are of.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::Position;
use crate::domain::ids::PartId;
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::first_article::asks_for;
use crate::domain::inspection::held::{held_by_judge, is_accepted_and_held};
use crate::domain::inspection::series::{Lot, LotStanding, SeriesId, SeriesState, own_lot};
use crate::domain::material::MaterialId;
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::ledger::error::LedgerError;
use crate::ledger::inspection::specification;
use crate::views::first_article::FirstArticleView;
use crate::views::grid::GridView;
use crate::views::inspection::{InspectingView, LotToOpen, LotView, Names, NextView, SeriesView};

use super::{Asked, get, id_in};

/// The most lots that are listed.
const ROWS_MAX: u32 = 1_000;

impl Asked<'_> {
    /// A series, where anything of it is known here.
    pub(super) fn series(self, id: &SeriesId) -> Result<Option<SeriesView>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        if folded.is_empty() {
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

    /// Every opening of a lot, those that wait for somebody first, the oldest first; what was accepted
    /// and is held all the same waits, too.
    pub(super) fn inspections(self, decided: bool) -> Result<Vec<LotView>, LedgerError> {
        let held = self.held_lots()?;
        let sql = "SELECT subject, position FROM inspection_row
                   WHERE ?1 OR waits OR lot IN (SELECT value FROM json_each(?3))
                   ORDER BY NOT waits, opened_ms, position LIMIT ?2";
        let read = |row: &rusqlite::Row<'_>| {
            Ok((get::<String>(row, "subject")?, get::<String>(row, "position")?))
        };
        let mut views: Vec<LotView> = Vec::new();
        for (subject, position) in self.rows(sql, (decided, ROWS_MAX, held), read)? {
            let Some(Subject::Series(id)) = Subject::parse(&subject) else { continue };
            let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
            let StreamState::Series(state) = &folded.stream.state else { continue };
            if let Some(lot) = state.lots.iter().find(|lot| lot.at.to_string() == position) {
                views.push(self.lot((&id, state), lot)?);
            }
        }
        views.retain(|view| decided || view.waits);
        Ok(views)
    }

    /// The numbers of lots that something holds: of material, and of own production. Which of them wait
    /// for somebody, their pages say.
    fn held_lots(self) -> Result<String, LedgerError> {
        let sql = "SELECT lot FROM material_row WHERE blocked NOT NULL";
        let mut held: Vec<String> = self.rows(sql, [], |row| get(row, "lot"))?;
        let sql = "SELECT order_id, unit FROM traveler_row
                   WHERE hold_why NOT NULL AND quantity NOT NULL";
        let made = self.rows(sql, [], |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })?;
        held.extend(made.iter().filter_map(own_lot).map(|lot| lot.to_string()));
        serde_json::to_string(&held).map_err(|error| LedgerError::Fault { what: error.to_string() })
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
                unit: None,
                supplier: row.supplier,
                size: before.map(|before| before.opened.size).or(row.quantity),
                again: before.is_some(),
                by: by.clone(),
            });
        }
        self.made_here(&inspecting, &mut found)?;
        Ok(found)
    }

    /// Lots of own production that were not inspected or come again, and that nothing holds but what the
    /// server did not accept of their inspection.
    fn made_here(
        self,
        inspecting: &BTreeMap<PartId, Vec<InspectingView>>,
        found: &mut Vec<LotToOpen>,
    ) -> Result<(), LedgerError> {
        let sql = "SELECT order_id, unit, part FROM traveler_row
                   WHERE quantity NOT NULL AND started_ms NOT NULL AND ended IS NULL
                       AND shipped_ms IS NULL AND order_open
                   ORDER BY subject LIMIT ?1";
        let made = self.rows(sql, [ROWS_MAX], |row| {
            let unit = TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? };
            let part: PartId = id_in(row, "part")?;
            Ok((unit, part))
        })?;
        for (unit, part) in made {
            let (Some(by), Some(lot)) = (inspecting.get(&part), own_lot(&unit)) else { continue };
            let id = SeriesId::own(part.clone());
            let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
            let StreamState::Series(state) = &folded.stream.state else { continue };
            let before = state.lot(&lot);
            let Some(made) = self.ledger.traveler_state(self.connection, &unit)? else { continue };
            let comes = before.is_none_or(|before| before.standing() == LotStanding::Rejected);
            let free = comes && made.open_holds().next().is_none();
            let anew = before.is_some_and(|before| {
                is_accepted_and_held(before, &made)
                    && made.open_holds().count() == held_by_judge(before, &made).count()
            });
            if !free && !anew {
                continue;
            }
            let size = Some(made.pieces().saturating_sub(made.scrapped()));
            let (supplier, again, by) = (id.supplier, before.is_some(), by.clone());
            found.push(LotToOpen { part, lot, unit: Some(unit), supplier, size, again, by });
        }
        Ok(())
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

    /// The sample of an opening of a lot as a table, where it is known here.
    pub(super) fn grid(
        self,
        id: &SeriesId,
        opened: &Position,
    ) -> Result<Option<Box<GridView>>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        let Some(lot) = state.opened(opened) else { return Ok(None) };
        let text = self.ledger.instruction(self.connection, &lot.opened.hash)?;
        let specification = self.specification_of(lot)?;
        let asks = text.and_then(|text| asks_for(&lot.opened, &text, specification.as_ref()));
        let (view, names) = (self.lot((id, state), lot)?, self.names_in(lot)?);
        Ok(Some(Box::new(GridView::of(lot, view, asks, &names))))
    }

    /// The specification by which a first article is accounted for, where it is one and that is here.
    fn specification_of(self, lot: &Lot) -> Result<Option<Specification>, LedgerError> {
        let Some(first) = &lot.opened.first_article else { return Ok(None) };
        specification(self.connection, &first.hash)
    }

    /// Every characteristic of a first article with what was found.
    pub(super) fn first_article(
        self,
        id: &SeriesId,
        opened: &Position,
    ) -> Result<Option<Box<FirstArticleView>>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        let Some(lot) = state.opened(opened) else { return Ok(None) };
        let Some(specification) = self.specification_of(lot)? else { return Ok(None) };
        let view = self.lot((id, state), lot)?;
        Ok(Some(Box::new(FirstArticleView::of(lot, view, &specification))))
    }

    /// What everybody is called who did something on a lot.
    fn names_in(self, lot: &Lot) -> Result<Names, LedgerError> {
        let records = lot.records.iter().map(|record| record.by.as_ref());
        let notes = lot.notes.iter().map(|(by, _)| by.as_ref());
        let all: BTreeSet<_> = records.chain(notes).chain([lot.by.as_ref()]).collect();
        all.into_iter().map(|by| Ok((by.cloned(), self.name(by)?))).collect()
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
        let names = self.names_in(lot)?;
        let unit = lot.opened.unit.as_ref();
        let made = unit.map(|unit| self.ledger.traveler_state(self.connection, unit));
        let made = made.transpose()?.flatten();
        let view = LotView::of((id, state), lot, (Some(material), made.as_ref()), &names);
        Ok(view.accounted(lot, self.specification_of(lot)?.as_ref()))
    }
}
