//! When the server was last reached, and which moments the station's own facts prove.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::domain::ids::LedgerId;
use crate::domain::moment::Moment;

use super::desk::LAST_CONTACT;
use super::error::LedgerError;
use super::store::meta;

/// The moment of the last exchange that went through.
pub(super) fn last(connection: &Connection) -> Result<Option<Moment>, LedgerError> {
    Ok(meta(connection, LAST_CONTACT)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The newest moment that a ledger's facts prove, to the minute.
pub(super) fn proven(
    connection: &Connection,
    ledger: &LedgerId,
) -> Result<Option<Timestamp>, LedgerError> {
    let sql = "SELECT max(utc_ms) FROM contact_row WHERE ledger = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let newest: Option<i64> = statement.query_row([ledger.as_str()], |row| row.get(0))?;
    Ok(newest.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
}
