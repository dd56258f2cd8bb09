//! Streams that only ever grow, kept as folded up to a fact: the server judges every page of a station
//! in the station's stream, and who begins must not read years of that.
//!
//! What is kept is made of the facts and can be thrown away. It is kept where the stream has one head, so
//! that what rests on that comes after all of it; where a fact does not, all are folded anew.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::fold::Folded;
use crate::domain::station::StationState;
use crate::domain::stream::{Stream, StreamState, Subject};

use super::error::LedgerError;
use super::models::tables::VERSION;

/// By how many facts a stream grows until it is kept again.
const GROWTH_FACTS: i64 = 500;

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
    let is_plain = waiting.is_empty() && stream.newer_kind.is_none() && stream.heads.len() == 1;
    let text = subject.to_string();
    let sql = "SELECT count FROM long_stream WHERE subject = ?1 AND version = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let known: Option<i64> = statement.query_row((&text, VERSION), |row| row.get(0)).optional()?;
    let grown = i64::try_from(*count).unwrap_or(i64::MAX);
    if !is_plain || grown < known.unwrap_or(0) + GROWTH_FACTS {
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
    if !matches!(subject, Subject::Station(_)) {
        return Ok(None);
    }
    // Whoever took facts away, what is kept is that of the facts that are here, or is not used.
    let sql = "SELECT arrival, folded FROM long_stream AS kept
               WHERE subject = ?1 AND version = ?2 AND count =
                   (SELECT count(*) FROM fact WHERE subject = ?1 AND arrival <= kept.arrival)";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((subject.to_string(), VERSION), |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?))
    });
    let Some((arrival, text)) = found.optional()? else { return Ok(None) };
    // What is not readable is as good as not there.
    let Ok(Kept { count, heads, state }) = serde_json::from_str(&text) else { return Ok(None) };
    let state = StreamState::Station(state);
    let stream = Stream { state, heads, ..Stream::empty(subject) };
    Ok(Some((arrival, Folded { stream, count, waiting: Vec::new() })))
}

/// The streams that are kept.
pub(super) fn subjects(connection: &Connection) -> Result<Vec<Subject>, LedgerError> {
    let mut statement = connection.prepare("SELECT subject FROM long_stream ORDER BY subject")?;
    let found = statement.query_map((), |row| row.get::<_, String>(0))?;
    let found = found.collect::<Result<Vec<_>, _>>()?;
    Ok(found.iter().filter_map(|text| Subject::parse(text)).collect())
}

/// Forgets what is kept, where facts are taken away or everything is made anew.
pub(super) fn forget(connection: &Connection) -> Result<(), LedgerError> {
    connection.execute("DELETE FROM long_stream", ())?;
    Ok(())
}
