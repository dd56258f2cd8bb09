//! What was made at a place in each count, and the holds on what a failed check makes suspect (R16).

use rusqlite::Connection;
use serde::de::DeserializeOwned;

use crate::domain::ids::{LedgerId, PlaceId};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::suspect::Made;
use crate::domain::traveler::state::TravelerState;
use crate::domain::traveler::suspect::Held;
use crate::ledger::append::to_sql;
use crate::ledger::error::LedgerError;

use super::Touched;
use super::tables::Models;

impl Models {
    /// Writes what a unit was counted for, and every hold because it is suspect; what did not change
    /// is not written.
    pub(super) fn put_made(
        self,
        connection: &Connection,
        (subject, id): (&str, &TravelerId),
        state: &TravelerState,
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        if *touched == Touched::All {
            self.run(connection, "DELETE FROM {made_row} WHERE subject = ?1", [subject])?;
            self.run(connection, "DELETE FROM {suspect_row} WHERE subject = ?1", [subject])?;
        }
        let sql =
            "INSERT INTO {made_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT DO UPDATE SET check_found = excluded.check_found,
                 checked_epoch = excluded.checked_epoch, checked = excluded.checked,
                 until_epoch = excluded.until_epoch, until = excluded.until, body = excluded.body
             WHERE body IS NOT excluded.body";
        for (place, counter, made) in state.made(id) {
            let (bad, good) = (made.failed(), made.good());
            let own = bad.or(good).filter(|check| check.reading.ledger == made.at.ledger);
            // Where another station ended it, no order tells until when it was in work here.
            let until = made.until.as_ref().filter(|_| made.left.is_none());
            let row = rusqlite::params![
                place.as_str(),
                counter,
                made.at.ledger.as_str(),
                made.at.epoch,
                to_sql(made.at.seq),
                made.ask,
                subject,
                bad.map(|_| "bad").or(good.map(|_| "good")),
                own.map(|check| check.reading.epoch),
                own.map(|check| to_sql(check.reading.seq)),
                until.map(|until| until.epoch),
                until.map(|until| to_sql(until.seq)),
                text(&made)?,
            ];
            self.run(connection, sql, row)?;
        }
        for held in state.held_suspect(id) {
            let Held { hold, suspected, standing, measured, ended_at, .. } = held;
            let sql = "INSERT OR REPLACE INTO {suspect_row}
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
            let attempt = &suspected.attempt;
            let row = rusqlite::params![
                suspected.place.as_str(),
                &suspected.counter,
                suspected.failed.to_string(),
                subject,
                hold.to_string(),
                standing.word(),
                measured,
                ended_at.map(|at| at.to_string()),
                attempt.ledger.as_str(),
                attempt.epoch,
                to_sql(attempt.seq),
                text(&suspected)?,
            ];
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}

/// Whether a check of a station at a place failed, and nothing that it began there since bounds what
/// is suspect. Tables narrow what is looked at; `Made::closes` decides.
pub(in crate::ledger) fn is_open(
    connection: &Connection,
    (ledger, place): (&LedgerId, &PlaceId),
    counter: &str,
) -> Result<bool, LedgerError> {
    let key = (place.as_str(), counter, ledger.as_str());
    // What failed before the newest good check was begun is closed by that one; of a check that
    // another station made, moments tell.
    let sql = "SELECT body FROM made_row
               WHERE place = ?1 AND counter = ?2 AND ledger = ?3 AND check_found = 'bad'
                   AND (checked_epoch IS NULL OR (checked_epoch, checked) > (
                       SELECT coalesce(max(epoch), 0), coalesce(max(seq), 0) FROM (
                           SELECT epoch, seq FROM made_row
                           WHERE place = ?1 AND counter = ?2 AND ledger = ?3
                               AND check_found = 'good'
                           ORDER BY epoch DESC, seq DESC LIMIT 1)))";
    let mut failing = connection.prepare_cached(sql)?;
    let mut failing = failing.query(key)?;
    let sql = "SELECT body FROM made_row
               WHERE place = ?1 AND counter = ?2 AND ledger = ?3 AND check_found = 'good'
                   AND (epoch, seq) > (?4, ?5)
               ORDER BY epoch DESC, seq DESC";
    let mut good = connection.prepare_cached(sql)?;
    while let Some(row) = failing.next()? {
        let failing: Made = read(&row.get::<_, String>(0)?)?;
        let since = (key.0, key.1, key.2, failing.at.epoch, to_sql(failing.at.seq));
        let mut good = good.query(since)?;
        let mut closed = false;
        while let Some(row) = good.next()?.filter(|_| !closed) {
            closed = read::<Made>(&row.get::<_, String>(0)?)?.closes(&failing);
        }
        if !closed {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a unit was counted, or the lots that its pieces were of, and for what; only where a check failed or something is still held.
pub(in crate::ledger) fn doubtful_counts(
    connection: &Connection,
    unit: &TravelerId,
) -> Result<Vec<(PlaceId, String)>, LedgerError> {
    let sql = "WITH RECURSIVE kin (subject) AS (SELECT ?1
                   UNION SELECT s.origin FROM kin JOIN split_row s ON s.subject = kin.subject)
               SELECT DISTINCT place, counter FROM made_row m
               WHERE subject IN (SELECT subject FROM kin) AND (
                   EXISTS (SELECT 1 FROM made_row b WHERE b.place = m.place
                       AND b.counter = m.counter AND b.check_found = 'bad')
                   OR EXISTS (SELECT 1 FROM suspect_row s WHERE s.place = m.place
                       AND s.counter = m.counter AND s.standing IN ('untouched', 'raised')))
               UNION SELECT place, counter FROM suspect_row WHERE subject = ?1
                   AND standing IN ('untouched', 'raised')";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([Subject::Traveler(unit.clone()).to_string()])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let place: String = row.get(0)?;
        let wrong = |_| LedgerError::damaged("the place of a count is not readable");
        counts.push((PlaceId::parse(&place).map_err(wrong)?, row.get(1)?));
    }
    Ok(counts)
}

/// The text of what is kept in a row.
pub(super) fn text(body: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(body).map_err(|error| LedgerError::Fault { what: error.to_string() })
}

pub(super) fn read<T: DeserializeOwned>(body: &str) -> Result<T, LedgerError> {
    let wrong = |error| LedgerError::damaged(format!("a row of a count: {error}"));
    serde_json::from_str(body).map_err(wrong)
}
