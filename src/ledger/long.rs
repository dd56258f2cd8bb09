//! Streams that only ever grow, kept as folded up to a fact: the server judges every page of a station
//! in the station's stream, and who begins must not read years of that.
//!
//! What is kept is made of the facts and can be thrown away: the facts after it are folded upon it, or,
//! where one of them belongs before, all of them are folded anew.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::fold::Folded;
use crate::domain::station::StationState;
use crate::domain::stream::{Stream, StreamState, Subject};

use super::error::LedgerError;
use super::models::tables::VERSION;
use super::schema;

/// After how many more facts a stream is kept again.
const EVERY: i64 = 500;

/// A station's stream up to a fact.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    count: usize,
    heads: Vec<Position>,
    state: StationState,
}

/// Keeps a stream as folded up to the last fact that is here, where it grew by enough since.
pub(super) fn keep(
    connection: &Connection,
    subject: &Subject,
    folded: &Folded,
) -> Result<(), LedgerError> {
    let Folded { stream, count, waiting } = folded;
    let StreamState::Station(state) = &stream.state else { return Ok(()) };
    // Of what a newer version wrote, or what waits, nobody knows yet where it belongs.
    let is_plain = waiting.is_empty() && stream.newer_kind.is_none();
    let text = subject.to_string();
    let sql = "SELECT count FROM long_stream WHERE subject = ?1 AND version = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let known: Option<i64> = statement.query_row((&text, VERSION), |row| row.get(0)).optional()?;
    let grown = i64::try_from(*count).unwrap_or(i64::MAX);
    if !is_plain || grown < known.unwrap_or(0) + EVERY {
        return Ok(());
    }
    let kept = Kept { count: *count, heads: stream.heads.clone(), state: state.clone() };
    let kept = serde_json::to_string(&kept)
        .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
    let sql = "INSERT OR REPLACE INTO long_stream (subject, arrival, count, version, folded)
               SELECT ?1, max(arrival), ?2, ?3, ?4 FROM fact WHERE subject = ?1";
    connection.prepare_cached(sql)?.execute((text, grown, VERSION, kept))?;
    Ok(())
}

/// A stream as it was kept by this version, with the arrival of the last fact in it.
pub(super) fn kept(
    connection: &Connection,
    subject: &Subject,
) -> Result<Option<(i64, Folded)>, LedgerError> {
    if !matches!(subject, Subject::Station(_)) || schema::found(connection)? < schema::WITH_LONG {
        return Ok(None);
    }
    let sql = "SELECT arrival, folded FROM long_stream WHERE subject = ?1 AND version = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((subject.to_string(), VERSION), |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?))
    });
    let Some((arrival, text)) = found.optional()? else { return Ok(None) };
    // What is not readable is as good as not there.
    let Ok(Kept { count, heads, state }) = serde_json::from_str(&text) else { return Ok(None) };
    let state = StreamState::Station(state);
    let stream = Stream { heads, state, ..Stream::empty(subject) };
    Ok(Some((arrival, Folded { stream, count, waiting: Vec::new() })))
}

/// Forgets what is kept, where facts are taken away.
pub(super) fn forget(connection: &Connection) -> Result<(), LedgerError> {
    connection.execute("DELETE FROM long_stream", ())?;
    Ok(())
}
