//! Deviations with everything known.

use std::collections::BTreeMap;

use crate::domain::deviation_state::DeviationState;
use crate::domain::ids::DeviationId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::deviation::DeviationView;
use crate::views::deviation_of::{Around, view};

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
        self.view(id, &state)
    }

    fn view(
        self,
        id: &DeviationId,
        state: &DeviationState,
    ) -> Result<Option<DeviationView>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Deviation(id.clone()))?;
        let mut at_server = true;
        for position in &folded.order {
            at_server = at_server && self.is_at_server(position)?;
        }
        let (mut units, mut texts) = (Vec::<(TravelerId, TravelerState)>::new(), BTreeMap::new());
        for named in &state.units {
            let traveler = &named.unit.traveler;
            if units.iter().any(|(known, _)| known == traveler) {
                continue;
            }
            let folded = self.ledger.load(self.connection, &Subject::Traveler(traveler.clone()))?;
            let StreamState::Traveler(known) = &folded.stream.state else {
                return Err(LedgerError::damaged(format!("{traveler} is no unit")));
            };
            texts.extend(self.ledger.pinned(self.connection, known)?);
            units.push((traveler.clone(), known.clone()));
        }
        let mut reviewers = Vec::new();
        for review in &state.reviews {
            reviewers.push(self.name(review.by.as_ref())?);
        }
        let raised_by = state.raised.as_ref().and_then(|raised| raised.by.as_ref());
        let raised_by = self.name(raised_by)?;
        Ok(view(id, state, Around { units, texts, raised_by, reviewers, at_server }))
    }
}
