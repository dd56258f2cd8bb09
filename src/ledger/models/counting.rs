//! What is known of one count at one place, as far back as what changed can reach (R16).
//!
//! A place counts for good, and its whole history is not read for each failed check. Where one
//! station counted alone, what a good check closed stays as it is: it is enough to begin with the last
//! good one before whatever changed, failed or is held, and to add what was in work across it. Of
//! several stations no order is known, and all is read.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::domain::fact::Position;
use crate::domain::ids::PlaceId;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::counting::Counting;
use crate::domain::traveler::suspect::{Held, HeldStanding};
use crate::ledger::error::LedgerError;

use super::suspect::read;

/// Where something stands in the one ledger of a count: epoch and number.
type At = (u32, i64);

/// Every attempt.
const ALL: &str =
    "SELECT DISTINCT ledger, epoch, seq FROM made_row WHERE place = ?1 AND counter = ?2";

/// Those begun from a floor on, those in work at it or since, and those that another station checked.
const FROM_FLOOR: &str = "
    SELECT ledger, epoch, seq FROM made_row WHERE place = ?1 AND counter = ?2 AND ledger = ?3
        AND (epoch, seq) >= (?4, ?5)
    UNION SELECT ledger, epoch, seq FROM made_row WHERE place = ?1 AND counter = ?2 AND ledger = ?3
        AND (until_epoch, until) >= (?4, ?5)
    UNION SELECT ledger, epoch, seq FROM made_row WHERE place = ?1 AND counter = ?2 AND ledger = ?3
        AND until_epoch IS NULL
    UNION SELECT ledger, epoch, seq FROM made_row WHERE place = ?1 AND counter = ?2 AND ledger = ?3
        AND check_found = 'bad' AND checked_epoch IS NULL";

/// The attempts that are looked at.
struct Window<'a> {
    connection: &'a Connection,
    /// What selects them.
    sql: &'static str,
    /// Place and counter; where it has a floor, also the ledger and the floor.
    key: Vec<Value>,
}

/// What is known of one count at one place, as far as it bears on what was written of some units.
pub(in crate::ledger) fn counting(
    connection: &Connection,
    (place, counter): (&PlaceId, &str),
    units: &[TravelerId],
) -> Result<Counting, LedgerError> {
    let key = (place.as_str(), counter);
    let window = match floor(connection, key, units)? {
        Some((ledger, (epoch, seq))) => Window::from(connection, key, (&ledger, (epoch, seq))),
        None => Window { connection, sql: ALL, key: vec![text(key.0), text(key.1)] },
    };
    let mut counting = Counting::default();
    let made = "SELECT m.body FROM win w CROSS JOIN made_row m ON m.place = ?1 AND m.counter = ?2
                    AND m.ledger = w.ledger AND m.epoch = w.epoch AND m.seq = w.seq";
    window.each(made, |row| {
        counting.made.push(read(&row.get::<_, String>(0)?)?);
        Ok(())
    })?;
    let holds = "SELECT s.subject, s.position, s.standing, s.measured, s.ended_at, s.body
                 FROM win w CROSS JOIN suspect_row s ON s.place = ?1 AND s.counter = ?2
                     AND s.ledger = w.ledger AND s.epoch = w.epoch AND s.seq = w.seq
                 ORDER BY s.failed, s.subject, s.position";
    window.each(holds, |row| {
        counting.held.extend(held(row)?);
        Ok(())
    })?;
    window.note_kin(&mut counting)?;
    Ok(counting)
}

/// Where reading may begin, and in whose ledger; none where several stations counted, or no check was
/// good before.
fn floor(
    connection: &Connection,
    key: (&str, &str),
    units: &[TravelerId],
) -> Result<Option<(String, At)>, LedgerError> {
    let sql = "SELECT ledger, EXISTS (SELECT 1 FROM made_row o WHERE o.place = ?1
                   AND o.counter = ?2 AND o.ledger > m.ledger)
               FROM made_row m WHERE place = ?1 AND counter = ?2 ORDER BY ledger LIMIT 1";
    let mut first = connection.prepare_cached(sql)?;
    let first = first.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((ledger, false)) = first else { return Ok(None) };
    let ledger: String = ledger;
    let mut since = None;
    for unit in units {
        since = earlier(since, changed_at(connection, key, unit)?);
    }
    let Some(mut since) = since else { return Ok(None) };
    loop {
        let Some(floor) = good_before(connection, (key, &ledger), since)? else { return Ok(None) };
        let window = Window::from(connection, key, (&ledger, floor));
        // A failed check reaches back to the last good one before it, and a hold to what it is for.
        let doubtful = "SELECT m.epoch, m.seq FROM win w CROSS JOIN made_row m ON m.place = ?1
                            AND m.counter = ?2 AND m.ledger = w.ledger AND m.epoch = w.epoch
                            AND m.seq = w.seq
                        WHERE m.check_found = 'bad' OR EXISTS (SELECT 1 FROM suspect_row s
                            WHERE s.place = ?1 AND s.counter = ?2 AND s.epoch = m.epoch
                                AND s.seq = m.seq AND s.standing IN ('untouched', 'raised'))
                        ORDER BY m.epoch, m.seq LIMIT 1";
        let mut first = None;
        window.each(doubtful, |row| {
            first = Some((row.get(0)?, row.get(1)?));
            Ok(())
        })?;
        match first.filter(|first| *first < since) {
            Some(first) => since = first,
            None => return Ok(Some((ledger, floor))),
        }
    }
}

fn earlier(one: Option<At>, other: Option<At>) -> Option<At> {
    one.into_iter().chain(other).min()
}

/// The first attempt in which a unit, or a lot that its pieces were of, was counted or is held for.
fn changed_at(
    connection: &Connection,
    key: (&str, &str),
    unit: &TravelerId,
) -> Result<Option<At>, LedgerError> {
    let sql = "WITH RECURSIVE kin (subject) AS (SELECT ?3
                   UNION SELECT s.origin FROM kin JOIN split_row s ON s.subject = kin.subject)
               SELECT epoch, seq FROM kin CROSS JOIN made_row m ON m.subject = kin.subject
               WHERE place = ?1 AND counter = ?2
               UNION ALL SELECT epoch, seq FROM suspect_row WHERE subject = ?3
                   AND place = ?1 AND counter = ?2
               ORDER BY 1, 2 LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let subject = Subject::Traveler(unit.clone()).to_string();
    let first = statement
        .query_row((key.0, key.1, subject), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(first)
}

/// The last unit whose good check was over before a position.
fn good_before(
    connection: &Connection,
    ((place, counter), ledger): ((&str, &str), &str),
    (epoch, seq): At,
) -> Result<Option<At>, LedgerError> {
    let sql = "SELECT epoch, seq FROM made_row
               WHERE place = ?1 AND counter = ?2 AND ledger = ?3 AND check_found = 'good'
                   AND (epoch, seq) < (?4, ?5) AND (checked_epoch, checked) < (?4, ?5)
               ORDER BY epoch DESC, seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let key = (place, counter, ledger, epoch, seq);
    Ok(statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

impl<'a> Window<'a> {
    fn from(
        connection: &'a Connection,
        (place, counter): (&str, &str),
        (ledger, (epoch, seq)): (&str, At),
    ) -> Self {
        let floor = [Value::from(epoch), Value::from(seq)];
        let key = [place, counter, ledger].into_iter().map(text).chain(floor).collect();
        Self { connection, sql: FROM_FLOOR, key }
    }

    /// Does something with each row of a query over the attempts, which are in `win`.
    fn each(
        &self,
        query: &str,
        mut note: impl FnMut(&Row<'_>) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let with = query.strip_prefix("WITH ");
        let (more, query) = (if with.is_some() { ", " } else { " " }, with.unwrap_or(query));
        let sql = format!("WITH RECURSIVE win (ledger, epoch, seq) AS ({}){more}{query}", self.sql);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&self.key))?;
        while let Some(row) = rows.next()? {
            note(row)?;
        }
        Ok(())
    }

    /// The lots that were split off what was counted, and what of all that has ended.
    fn note_kin(&self, counting: &mut Counting) -> Result<(), LedgerError> {
        let kin = "WITH kin (subject) AS (
                       SELECT m.subject FROM win w CROSS JOIN made_row m ON m.place = ?1
                           AND m.counter = ?2 AND m.ledger = w.ledger AND m.epoch = w.epoch
                           AND m.seq = w.seq
                       UNION SELECT s.subject FROM kin JOIN split_row s ON s.origin = kin.subject)";
        let split = "SELECT s.origin, s.body FROM kin JOIN split_row s ON s.origin = kin.subject";
        self.each(&format!("{kin} {split}"), |row| {
            if let Some(from) = unit(&row.get::<_, String>(0)?) {
                let departed = read(&row.get::<_, String>(1)?)?;
                counting.splits.entry(from).or_default().push(departed);
            }
            Ok(())
        })?;
        let ended = "SELECT t.subject FROM kin JOIN traveler_row t ON t.subject = kin.subject
                     WHERE t.ended NOT NULL";
        self.each(&format!("{kin} {ended}"), |row| {
            counting.ended.extend(unit(&row.get::<_, String>(0)?));
            Ok(())
        })
    }
}

fn held(row: &Row<'_>) -> Result<Option<Held>, LedgerError> {
    let text = |n: usize| row.get::<_, String>(n);
    let (Some(unit), Some(hold), Some(standing)) =
        (unit(&text(0)?), Position::parse(&text(1)?), HeldStanding::parse(&text(2)?))
    else {
        return Ok(None);
    };
    let ended_at = row.get::<_, Option<String>>(4)?.and_then(|at| Position::parse(&at));
    let (suspected, measured) = (read(&text(5)?)?, row.get(3)?);
    Ok(Some(Held { unit, hold, suspected, standing, measured, ended_at }))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn unit(subject: &str) -> Option<TravelerId> {
    if let Some(Subject::Traveler(id)) = Subject::parse(subject) { Some(id) } else { None }
}
