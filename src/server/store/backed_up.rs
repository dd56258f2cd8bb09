//! What the last completed backup of this store holds, as stations are told.

use jiff::Timestamp;

use crate::domain::backed_up::BackedUp;
use crate::domain::fact::Position;

use super::Store;
use super::error::StoreError;

/// The setting that keeps it, as JSON.
const BACKED_UP: &str = "backed up";
/// The setting of a backup that says when it was made.
const BACKUP_MADE: &str = "backup made";

impl Store {
    /// Everything that is in this store, as a receipt says it.
    pub fn holds(&self) -> Result<BackedUp, StoreError> {
        let sql = "SELECT ledger, epoch, last_seq FROM ledger_epoch WHERE last_seq > 0
                   ORDER BY ledger, epoch";
        self.read(|tx| {
            let up_to = tx.all(sql, &[], |row| {
                Ok(Position { ledger: row.ledger(0)?, epoch: row.epoch(1)?, seq: row.number(2)? })
            })?;
            Ok(BackedUp { up_to })
        })
    }

    /// Notes what a backup holds that is complete now.
    pub fn note_backed_up(&self, holds: &BackedUp) -> Result<(), StoreError> {
        let text = serde_json::to_string(holds)
            .map_err(|error| StoreError::Failed { what: error.to_string() })?;
        self.write(|tx| tx.set(BACKED_UP, &text))
    }

    /// Notes in a backup when it was made.
    pub fn note_backup_made(&self, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| tx.set(BACKUP_MADE, &at.to_string()))
    }

    /// When the backup was made that this store was brought back from, or is; older ones do not say.
    pub fn backup_made(&self) -> Result<Option<Timestamp>, StoreError> {
        let text = self.read(|tx| tx.setting(BACKUP_MADE))?;
        let wrong = |_| StoreError::damaged("a backup says no moment");
        text.map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// What the last completed backup holds; none before the first.
    pub fn backed_up(&self) -> Result<Option<BackedUp>, StoreError> {
        let text = self.read(|tx| tx.setting(BACKED_UP))?;
        let wrong = |error: serde_json::Error| StoreError::damaged(error.to_string());
        text.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()
    }
}
