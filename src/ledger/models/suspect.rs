//! What was made at a place in each count, and the holds on what a failed check makes suspect (R16).

use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;

use crate::domain::fact::Position;
use crate::domain::ids::{LedgerId, PlaceId};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::suspect::Made;
use crate::domain::traveler::counting::Counting;
use crate::domain::traveler::state::TravelerState;
use crate::domain::traveler::suspect::{Held, HeldStanding};
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
        let sql = "INSERT INTO {made_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                   ON CONFLICT DO UPDATE SET check_found = excluded.check_found,
                       checked = excluded.checked, body = excluded.body
                   WHERE body IS NOT excluded.body";
        for (place, counter, made) in state.made(id) {
            let (bad, good) = (made.failed(), made.good());
            let own = bad.or(good).filter(|check| check.reading.ledger == made.at.ledger);
            let row = rusqlite::params![
                place.as_str(),
                counter,
                made.at.ledger.as_str(),
                made.at.epoch,
                to_sql(made.at.seq),
                made.ask,
                subject,
                bad.map(|_| "bad").or(good.map(|_| "good")),
                own.map_or(to_sql(made.at.seq), |check| to_sql(check.reading.seq)),
                text(&made)?,
            ];
            self.run(connection, sql, row)?;
        }
        for held in state.held_suspect(id) {
            let Held { hold, suspected, standing, measured, .. } = held;
            let sql =
                "INSERT OR REPLACE INTO {suspect_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let row = (
                suspected.place.as_str(),
                &suspected.counter,
                suspected.failed.to_string(),
                subject,
                hold.to_string(),
                standing.word(),
                measured,
                text(&suspected)?,
            );
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}

/// Whether a check of a station at a place failed, and nothing that it began there since bounds what
/// is suspect.
pub(in crate::ledger) fn is_open(
    connection: &Connection,
    (ledger, place): (&LedgerId, &PlaceId),
    counter: &str,
) -> Result<bool, LedgerError> {
    let sql = "SELECT epoch, checked FROM made_row
               WHERE place = ?1 AND counter = ?2 AND ledger = ?3 AND check_found = 'bad'
               ORDER BY epoch DESC, checked DESC LIMIT 1";
    let mut last = connection.prepare_cached(sql)?;
    let key = (place.as_str(), counter, ledger.as_str());
    let failed: Option<(u32, i64)> =
        last.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((epoch, checked)) = failed else { return Ok(false) };
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM made_row
                   WHERE place = ?1 AND counter = ?2 AND ledger = ?3 AND (epoch, seq) > (?4, ?5)
                       AND check_found = 'good')";
    let mut open = connection.prepare_cached(sql)?;
    let key = (place.as_str(), counter, ledger.as_str(), epoch, checked);
    Ok(open.query_row(key, |row| row.get(0))?)
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

/// All that is known of one count at one place.
pub(in crate::ledger) fn counting(
    connection: &Connection,
    (place, counter): (&PlaceId, &str),
) -> Result<Counting, LedgerError> {
    let mut counting = Counting::default();
    let key = (place.as_str(), counter);
    let sql = "SELECT body FROM made_row WHERE place = ?1 AND counter = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        counting.made.push(read::<Made>(&row.get::<_, String>(0)?)?);
    }
    let sql = "SELECT subject, position, standing, measured, body FROM suspect_row
               WHERE place = ?1 AND counter = ?2 ORDER BY failed, subject, position";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        let (subject, position): (String, String) = (row.get(0)?, row.get(1)?);
        let (standing, body): (String, String) = (row.get(2)?, row.get(4)?);
        let parsed = (unit(&subject), Position::parse(&position), HeldStanding::parse(&standing));
        if let (Some(unit), Some(hold), Some(standing)) = parsed {
            let (suspected, measured) = (read(&body)?, row.get(3)?);
            counting.held.push(Held { unit, hold, suspected, standing, measured });
        }
    }
    note_kin(connection, key, &mut counting)?;
    Ok(counting)
}

/// The lots that were split off what was counted, and what of all that has ended.
fn note_kin(
    connection: &Connection,
    key: (&str, &str),
    counting: &mut Counting,
) -> Result<(), LedgerError> {
    let kin = "WITH RECURSIVE kin (subject) AS (
                   SELECT subject FROM made_row WHERE place = ?1 AND counter = ?2
                   UNION SELECT s.subject FROM kin JOIN split_row s ON s.origin = kin.subject)";
    let sql = format!(
        "{kin} SELECT s.origin, s.body FROM kin JOIN split_row s ON s.origin = kin.subject"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        if let Some(from) = unit(&row.get::<_, String>(0)?) {
            let departed = read(&row.get::<_, String>(1)?)?;
            counting.splits.entry(from).or_default().push(departed);
        }
    }
    let sql = format!(
        "{kin} SELECT t.subject FROM kin JOIN traveler_row t ON t.subject = kin.subject
         WHERE t.ended NOT NULL"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        counting.ended.extend(unit(&row.get::<_, String>(0)?));
    }
    Ok(())
}

fn unit(subject: &str) -> Option<TravelerId> {
    if let Some(Subject::Traveler(id)) = Subject::parse(subject) { Some(id) } else { None }
}

/// The text of what is kept in a row.
pub(super) fn text(body: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(body).map_err(|error| LedgerError::Fault { what: error.to_string() })
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, LedgerError> {
    let wrong = |error| LedgerError::damaged(format!("a row of a count: {error}"));
    serde_json::from_str(body).map_err(wrong)
}
