//! Rows of lots that were opened for inspection.

use rusqlite::Connection;

use crate::domain::inspection::series::{SeriesId, SeriesState};
use crate::domain::stream::Subject;
use crate::ledger::error::LedgerError;

use super::tables::Models;

impl Models {
    pub(super) fn put_series(
        self,
        connection: &Connection,
        id: &SeriesId,
        state: &SeriesState,
    ) -> Result<(), LedgerError> {
        let subject = Subject::Series(id.clone()).to_string();
        for lot in &state.lots {
            let row = rusqlite::params![
                subject,
                lot.at.to_string(),
                lot.opened.lot.as_str(),
                lot.standing().waits(),
                lot.moment.effective().as_millisecond(),
            ];
            // A series grows for years; what stands as it stood is not written again.
            let sql = "INSERT INTO {inspection_row} VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (subject, position) DO UPDATE SET waits = excluded.waits
                       WHERE waits <> excluded.waits";
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}
