//! Rows of deviation permits.

use rusqlite::Connection;

use crate::domain::ids::PermitId;
use crate::domain::permit::PermitState;
use crate::ledger::error::LedgerError;

use super::tables::Models;

impl Models {
    pub(super) fn put_permit(
        self,
        connection: &Connection,
        id: &PermitId,
        state: &PermitState,
    ) -> Result<(), LedgerError> {
        let Some(proposed) = &state.proposed else { return Ok(()) };
        let permit = &proposed.permit;
        let ms = proposed.moment.effective().as_millisecond();
        let through = permit.through.to_string();
        let open = state.withdrawn.is_none();
        let row = (id.as_str(), permit.part.as_str(), ms, through, open);
        let sql = "INSERT OR REPLACE INTO {permit_row} VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run(connection, sql, row)
    }
}
