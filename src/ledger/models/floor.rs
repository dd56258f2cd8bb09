//! Rows of calls for help, hand-overs and redlines.

use rusqlite::Connection;

use crate::domain::handover::HandoverState;
use crate::domain::help::HelpState;
use crate::domain::ids::{HandoverId, HelpId, RedlineId};
use crate::domain::redline::RedlineState;
use crate::ledger::error::LedgerError;

use super::tables::Models;

impl Models {
    pub(super) fn put_help(
        self,
        connection: &Connection,
        id: &HelpId,
        state: &HelpState,
    ) -> Result<(), LedgerError> {
        let Some(called) = &state.called else { return Ok(()) };
        let ms = called.moment.effective().as_millisecond();
        let (place, answered) = (called.body.place.as_str(), state.answered.is_some());
        let row = (id.as_str(), place, ms, answered, state.cleared.is_some());
        let sql = "INSERT OR REPLACE INTO {help_row} VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run(connection, sql, row)
    }

    pub(super) fn put_handover(
        self,
        connection: &Connection,
        id: &HandoverId,
        state: &HandoverState,
    ) -> Result<(), LedgerError> {
        let Some(given) = &state.given else { return Ok(()) };
        let ms = given.moment.effective().as_millisecond();
        let row = (id.as_str(), given.body.place.as_str(), ms, state.accepted.is_some());
        let sql = "INSERT OR REPLACE INTO {handover_row} VALUES (?1, ?2, ?3, ?4)";
        self.run(connection, sql, row)
    }

    pub(super) fn put_redline(
        self,
        connection: &Connection,
        id: &RedlineId,
        state: &RedlineState,
    ) -> Result<(), LedgerError> {
        let Some(proposed) = &state.proposed else { return Ok(()) };
        let ms = proposed.moment.effective().as_millisecond();
        let instruction = proposed.body.instruction.as_str();
        let row = (id.as_str(), instruction, ms, state.answered.is_some());
        let sql = "INSERT OR REPLACE INTO {redline_row} VALUES (?1, ?2, ?3, ?4)";
        self.run(connection, sql, row)
    }
}
