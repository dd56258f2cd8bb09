//! Rows of holds for recalls, so that a list of thousands of units says which are held.

use rusqlite::Connection;

use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;

use super::tables::Models;

impl Models {
    /// Remembers for what a unit was called back. Holds never go away.
    pub(super) fn put_recall_holds(
        self,
        connection: &Connection,
        subject: &str,
        state: &TravelerState,
    ) -> Result<(), LedgerError> {
        for (at, hold) in &state.holds {
            let HoldReason::Recall { of, fact, .. } = &hold.placed.reason else { continue };
            let (at, released) = (at.to_string(), hold.released.is_some());
            let row = (of.to_string(), subject, at, released, fact.to_string());
            let sql = "INSERT INTO {recall_hold} VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT DO UPDATE SET released = excluded.released
                       WHERE released IS NOT excluded.released";
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}
