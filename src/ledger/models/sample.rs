//! Sample counters: a row for every unit that was counted at a place, and how they stand now (R16).

use rusqlite::{Connection, OptionalExtension};

use crate::domain::ids::{LedgerId, PlaceId};
use crate::domain::sampling::{Counted, Counter, Owed};
use crate::domain::stream::Subject;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::append::to_sql;
use crate::ledger::error::LedgerError;

use super::Touched;
use super::suspect::is_open;
use super::tables::Models;

impl Models {
    /// Writes the places that a unit took in counts; what did not change is not written.
    pub(super) fn put_samples(
        self,
        connection: &Connection,
        subject: &str,
        state: &TravelerState,
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        if *touched == Touched::All {
            self.run(connection, "DELETE FROM {sample_row} WHERE subject = ?1", [subject])?;
        }
        let sql = "INSERT INTO {sample_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT DO UPDATE SET standing = excluded.standing, body = excluded.body
                   WHERE standing IS NOT excluded.standing OR body IS NOT excluded.body";
        for unit in state.counted_units() {
            let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
            let body = serde_json::to_string(&unit.counted).map_err(fault)?;
            let decided = &unit.counted.decided;
            let row = rusqlite::params![
                unit.at.ledger.as_str(),
                unit.place.as_str(),
                decided.counter,
                unit.at.epoch,
                to_sql(unit.at.seq),
                subject,
                decided.sampled,
                unit.check.word(),
                body,
            ];
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}

/// How a counter of a station stands at a place; none where nothing was counted.
pub(in crate::ledger) fn counter(
    connection: &Connection,
    (ledger, place): (&LedgerId, &PlaceId),
    counter: &str,
) -> Result<Option<Counter>, LedgerError> {
    let key = (ledger.as_str(), place.as_str(), counter);
    let sql = "SELECT body FROM sample_row WHERE ledger = ?1 AND place = ?2 AND counter = ?3
               ORDER BY epoch DESC, seq DESC LIMIT 1";
    let mut last = connection.prepare_cached(sql)?;
    let body: Option<String> = last.query_row(key, |row| row.get(0)).optional()?;
    let Some(body) = body else { return Ok(None) };
    let last = counted(&body)?;
    let sql = "SELECT standing = 'missed' FROM sample_row
               WHERE ledger = ?1 AND place = ?2 AND counter = ?3 AND sampled
               ORDER BY epoch DESC, seq DESC LIMIT 1";
    let mut sampled = connection.prepare_cached(sql)?;
    let missed: Option<bool> = sampled.query_row(key, |row| row.get(0)).optional()?;
    let (missed, failed) =
        (missed.unwrap_or(false), is_open(connection, (ledger, place), counter)?);
    Ok(Some(Counter { last, missed, failed, owed: owed(connection, key)? }))
}

/// The units that a counter asked to measure, and that nobody did yet.
fn owed(connection: &Connection, key: (&str, &str, &str)) -> Result<Vec<Owed>, LedgerError> {
    let sql = "SELECT subject, body FROM sample_row
               WHERE ledger = ?1 AND place = ?2 AND counter = ?3 AND standing = 'owed'";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(key)?;
    let mut owed = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, body): (String, String) = (row.get(0)?, row.get(1)?);
        if let Some(Subject::Traveler(unit)) = Subject::parse(&subject) {
            owed.push(Owed { unit, since: counted(&body)?.decided.since });
        }
    }
    Ok(owed)
}

fn counted(body: &str) -> Result<Counted, LedgerError> {
    let wrong = |error| LedgerError::damaged(format!("a sample counter: {error}"));
    serde_json::from_str(body).map_err(wrong)
}
