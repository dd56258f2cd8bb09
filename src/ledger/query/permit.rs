//! Deviation permits: those in force or to be granted, and one by its number.

use std::collections::BTreeMap;

use crate::domain::ids::{PermitId, PersonId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::permit::{PermitOffer, PermitRow};

use super::{Asked, id_in};

/// The most permits that are listed.
const ROWS_MAX: u32 = 1_000;
/// From how many days before its last day on the end of a permit is told.
const WARN_DAYS: u16 = 7;

impl Asked<'_> {
    /// Those that may be used or granted, or all where so asked, the oldest first; where there are too
    /// many, the newest.
    pub(super) fn permits(self, all: bool) -> Result<Vec<PermitRow>, LedgerError> {
        let sql = "SELECT permit FROM (
                       SELECT permit, utc_ms FROM permit_row WHERE ?1 OR (open AND through >= ?2)
                       ORDER BY utc_ms DESC, permit DESC LIMIT ?3)
                   ORDER BY utc_ms, permit";
        let today = self.today()?.to_string();
        let ids: Vec<PermitId> =
            self.rows(sql, (all, today, ROWS_MAX), |row| id_in(row, "permit"))?;
        let rows = ids.iter().map(|id| self.permit(id));
        rows.filter_map(Result::transpose).collect()
    }

    /// The permits by which the reading of a unit may go on that waits to be typed again.
    pub(super) fn permits_for(
        self,
        id: &TravelerId,
        state: &TravelerState,
    ) -> Result<Vec<PermitOffer>, LedgerError> {
        let waits = state.to_retype().is_some();
        let Some(started) = state.started.as_ref().filter(|_| waits) else { return Ok(Vec::new()) };
        let permits = self.ledger.permits_of(self.connection, &started.part)?;
        let known = permits.iter().map(|(id, permit)| (id, permit));
        let texts = self.ledger.pinned(self.connection, state)?;
        let fitting = state.permits_for(id, known, (self.today()?, &texts));
        Ok(fitting.into_iter().filter_map(|(id, permit)| PermitOffer::of(id, permit)).collect())
    }

    /// One permit with every use.
    pub(super) fn permit(self, id: &PermitId) -> Result<Option<PermitRow>, LedgerError> {
        let Some(state) = self.ledger.permit(self.connection, id)? else { return Ok(None) };
        let mut names: BTreeMap<PersonId, String> = BTreeMap::new();
        if let Some(by) = state.withdrawn.as_ref().and_then(|withdrawn| withdrawn.by.clone()) {
            names.insert(by.clone(), self.name(Some(&by))?);
        }
        let name = |by: Option<&PersonId>| {
            by.and_then(|by| names.get(by)).cloned().unwrap_or_else(|| "station".to_owned())
        };
        Ok(PermitRow::of(id, &state, (self.today()?, WARN_DAYS), name))
    }
}
