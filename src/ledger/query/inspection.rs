//! Lots that are inspected, and the series that they are of.

use crate::domain::inspection::fact::{InspectedBy, PieceReading};
use crate::domain::inspection::series::{Lot, SeriesId, SeriesState};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::hold::shown;
use crate::ledger::error::LedgerError;
use crate::views::inspection::{LotView, NextView, PieceView, SeriesView};
use crate::views::signature::SignatureView;

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
            state.lots.iter().map(|lot| self.lot(id, lot)).collect();
        Ok(Some(SeriesView {
            part: id.part.clone(),
            supplier: id.supplier.clone(),
            next: next_of(state),
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
                views.push(self.lot(&id, lot)?);
            }
        }
        Ok(views)
    }

    fn lot(self, id: &SeriesId, lot: &Lot) -> Result<LotView, LedgerError> {
        let opened = &lot.opened;
        let standing = lot.standing();
        let decided = lot.decided.iter().map(|(at, _, moment, decided)| {
            let signed = SignatureView::new(at, moment, &decided.signature).words_in_full();
            let note = if decided.note.is_empty() { "" } else { ": " };
            format!("{signed}{note}{}", decided.note)
        });
        let disposed = lot.disposed.as_ref().map(|(at, moment, disposed)| {
            let signed = SignatureView::new(at, moment, &disposed.signature).words_in_full();
            format!("{}: {}; {signed}", disposed.end.word(), disposed.reason)
        });
        Ok(LotView {
            part: id.part.clone(),
            supplier: id.supplier.clone(),
            lot: opened.lot.clone(),
            standing: standing.words().to_owned(),
            waits: standing.waits(),
            instruction: opened.by.instruction.clone(),
            revision: opened.by.revision.clone(),
            hash: opened.hash,
            rule: opened.by.rule.to_string(),
            severity: opened.severity,
            why: opened.why.word().to_owned(),
            size: opened.size,
            letter: opened.plan.letter,
            sample: opened.plan.single.size,
            accept: opened.plan.single.accept,
            reject: opened.plan.single.reject,
            remaining: lot.remaining().into_iter().collect(),
            inspected: u32::try_from(lot.inspected().len()).unwrap_or(u32::MAX),
            nonconforming: lot.nonconforming().into_iter().collect(),
            again: opened.resubmits.is_some(),
            contradicted: lot.is_contradicted(),
            records: self.records(lot)?,
            decided: decided.collect(),
            disposed,
            by: self.name(lot.by.as_ref())?,
            at: lot.moment.effective(),
        })
    }

    fn records(self, lot: &Lot) -> Result<Vec<PieceView>, LedgerError> {
        let mut views = Vec::new();
        for record in &lot.records {
            let stands = lot.standing_records().any(|standing| standing.at == record.at);
            views.push(PieceView {
                piece: record.what.piece,
                values: record.what.readings.iter().map(value_words).collect(),
                nonconforming: record.what.is_nonconforming(),
                corrected: !stands,
                reason: record.what.corrects.as_ref().map(|corrects| corrects.reason.clone()),
                by: self.name(record.by.as_ref())?,
                at: record.moment.effective(),
            });
        }
        Ok(views)
    }
}

/// Value, what it is of, and whether it fits.
fn value_words(reading: &PieceReading) -> String {
    let verdict =
        reading.verdict.map_or_else(String::new, |verdict| format!(" {}", verdict.word()));
    let gauge = reading.gauge.as_ref().map_or_else(String::new, |used| format!(", {}", used.gauge));
    format!("{} {}{verdict}{gauge}", reading.name, shown(&reading.value))
}

/// How the next lot is inspected, by each revision and plan that lots were inspected by.
fn next_of(state: &SeriesState) -> Vec<NextView> {
    let mut seen: Vec<&InspectedBy> = Vec::new();
    for lot in state.lots.iter().rev() {
        if !seen.contains(&&lot.opened.by) {
            seen.push(&lot.opened.by);
        }
    }
    let next = seen.into_iter().map(|by| {
        let series = state.next(by);
        NextView {
            instruction: by.instruction.clone(),
            revision: by.revision.clone(),
            rule: by.rule.to_string(),
            severity: series.severity,
            why: series.why.word().to_owned(),
            score: series.score,
            may_be_reduced: series.may_be_reduced(),
            discontinued: series.discontinued,
        }
    });
    next.collect()
}
