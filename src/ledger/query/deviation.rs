//! Deviations with everything known.

use crate::domain::deviation::{DeviationState, Raised};
use crate::domain::ids::{DeviationId, PartId, StepId};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::deviation::{DeviationView, DisposedView};
use crate::views::signature::SignatureView;

use super::{Asked, id_in};

impl Asked<'_> {
    /// Open ones first, oldest first; at most a thousand.
    pub(super) fn deviations(self, closed: bool) -> Result<Vec<DeviationView>, LedgerError> {
        let sql = "SELECT deviation FROM deviation_row WHERE ?1 OR NOT closed
                   ORDER BY closed, disposed, raised_ms, deviation LIMIT 1000";
        self.deviations_of(sql, closed)
    }

    /// The deviations that a statement names.
    pub(super) fn deviations_of(
        self,
        sql: &str,
        key: impl rusqlite::ToSql,
    ) -> Result<Vec<DeviationView>, LedgerError> {
        let ids: Vec<DeviationId> = self.rows(sql, [key], |row| id_in(row, "deviation"))?;
        let views = ids.iter().map(|id| self.deviation(id));
        views.filter_map(Result::transpose).collect()
    }

    pub(super) fn deviation(self, id: &DeviationId) -> Result<Option<DeviationView>, LedgerError> {
        let state = self.ledger.deviation_state(self.connection, id)?;
        let Some(state) = state else { return Ok(None) };
        let Some(raised) = &state.raised else { return Ok(None) };
        Ok(Some(self.view(id, &state, raised)?))
    }

    fn view(
        self,
        id: &DeviationId,
        state: &DeviationState,
        raised: &Raised,
    ) -> Result<DeviationView, LedgerError> {
        let body = &raised.body;
        let unit = self.ledger.load(self.connection, &Subject::Traveler(body.traveler.clone()))?;
        let StreamState::Traveler(unit) = &unit.stream.state else {
            return Err(LedgerError::damaged(format!("{} is no unit", body.traveler)));
        };
        let (part, steps_before) = self.of_traveler(raised, unit)?;
        let folded = self.ledger.load(self.connection, &Subject::Deviation(id.clone()))?;
        let mut at_server = true;
        for position in &folded.order {
            at_server = at_server && self.is_at_server(position)?;
        }
        let mut disposed = state.dispositions(unit).into_iter().map(|disposed| DisposedView {
            disposition: disposed.disposition.clone(),
            reason: disposed.reason.clone(),
            signature: SignatureView::new(&disposed.at, &disposed.moment, &disposed.signature),
        });
        Ok(DeviationView {
            id: id.clone(),
            traveler: body.traveler.clone(),
            part,
            operation: body.operation,
            step: body.step.clone(),
            steps_before,
            characteristic: body.characteristic.clone(),
            required: body.required.clone(),
            found: body.found.clone(),
            readings: body.readings.len(),
            suggested: body.suggested.clone(),
            note: body.note.clone(),
            raised_by: self.name(raised.by.as_ref())?,
            place: raised.place.clone(),
            raised: raised.moment.effective(),
            containments: state.containments.clone(),
            disposed: disposed.next(),
            without_effect: disposed.collect(),
            closed: state.closed,
            at_server,
        })
    }

    /// The part, and the steps to which rework may go back.
    #[expect(clippy::type_complexity, reason = "two fields of one view")]
    fn of_traveler(
        self,
        raised: &Raised,
        state: &TravelerState,
    ) -> Result<(Option<PartId>, Vec<(StepId, String)>), LedgerError> {
        let body = &raised.body;
        let part = state.started.as_ref().map(|started| started.part.clone());
        let Some(operation) = state.operation(body.operation) else {
            return Ok((part, Vec::new()));
        };
        let known = self.ledger.instruction(self.connection, &operation.hash)?;
        let Some(instruction) = known else { return Ok((part, Vec::new())) };
        let last = instruction.rank(&body.step).map_or(0, |rank| rank + 1);
        let steps = instruction.steps.iter().take(last);
        Ok((part, steps.map(|step| (step.id.clone(), step.title.clone())).collect()))
    }
}
