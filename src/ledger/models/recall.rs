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
            let HoldReason::Recall { of, .. } = &hold.placed.reason else { continue };
            let row = (of.to_string(), subject, at.to_string(), hold.released.is_some());
            self.run(
                connection,
                "INSERT OR REPLACE INTO {recall_hold} VALUES (?1, ?2, ?3, ?4)",
                row,
            )?;
        }
        Ok(())
    }
}
