//! Rows of travelers and their readings.

use std::sync::LazyLock;

use rusqlite::Connection;

use crate::domain::hash::Hash;
use crate::domain::ids::{OrderId, PlaceId};
use crate::domain::moment::Moment;
use crate::domain::order::{OrderOpened, OrderState};
use crate::domain::quantity::{Distance, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::lot::LotState;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::{Attempt, Reading, Recorded, RecordedWhat, TravelerState};
use crate::domain::traveler::wait::RunningWait;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

use super::Touched;
use super::suspect::text;
use super::tables::Models;
use super::way::{accepted, next, route, several, to_sign};

/// The columns of a traveler's row, in the order in which they are written.
const TRAVELER_COLUMNS: &str = "subject order_id unit part quantity due priority order_open route
    instruction title operation operation_name work_center step step_rank steps started_ms
    finished_ms finished_place last_ms last_place first_pass ended paused hold_why hold_deviation
    hold_place accepted operations shipped_ms certificate not_valid to_sign";
/// Those among them that are in an index.
const INDEXED: [&str; 6] =
    ["order_id", "unit", "order_open", "work_center", "finished_ms", "shipped_ms"];

impl Ledger {
    pub(super) fn project_traveler(
        &self,
        connection: &Connection,
        models: Models,
        (id, state): (&TravelerId, &TravelerState),
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        let subject = Subject::Traveler(id.clone()).to_string();
        let order = self.load(connection, &Subject::Order(id.order.clone()))?;
        let order = if let StreamState::Order(state) = &order.stream.state
            && !order.is_empty()
        {
            Some(state)
        } else {
            None
        };
        let known = self.pinned(connection, state)?;
        models.put_traveler(connection, (&subject, id), (state, order), &known)?;
        models.put_wanted(connection, &subject, state, &known)?;
        models.put_gauge_holds(connection, &subject, state)?;
        models.put_recall_holds(connection, &subject, state)?;
        models.put_splits(connection, (&subject, id), state)?;
        models.put_waits(connection, &subject, &state.running_waits(id, &known))?;
        models.put_samples(connection, &subject, state, touched)?;
        models.put_made(connection, (&subject, id), state, touched)?;
        models.put_pieces(connection, (&subject, id), &state.lot, touched)?;
        models.put_components(connection, &subject, state, touched)?;
        match touched {
            Touched::All => {
                for rows in ["reading_row", "check_row"] {
                    let sql = format!("DELETE FROM {{{rows}}} WHERE subject = ?1");
                    models.run(connection, &sql, [&subject])?;
                }
                for attempt in &state.attempts {
                    for entry in &attempt.entries {
                        models.put_entry(connection, &subject, attempt, entry)?;
                    }
                }
            }
            Touched::Readings(positions) => {
                for position in positions {
                    let Some(attempt) = state.attempt_of(position) else { continue };
                    for entry in attempt.entries.iter().filter(|entry| entry.at == *position) {
                        models.put_entry(connection, &subject, attempt, entry)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Models {
    fn put_traveler(
        self,
        connection: &Connection,
        (subject, id): (&str, &TravelerId),
        (state, order): (&TravelerState, Option<&OrderState>),
        known: &Instructions,
    ) -> Result<(), LedgerError> {
        let opened = order.and_then(|order| order.opened.as_ref());
        let named = opened.is_some_and(|opened| opened.units.ids().contains(&id.unit));
        let of_order = named || !state.lot.origins.is_empty();
        let Some(part) = part(state, opened.filter(|_| of_order || state.last.is_some())) else {
            // Neither begun nor on an order that is known here.
            return self.run(
                connection,
                "DELETE FROM {traveler_row} WHERE subject = ?1",
                [subject],
            );
        };
        let open = of_order && order.is_some_and(|order| !order.closed);
        let next = next(state, opened, known);
        let finished = finished(state, known);
        let hold = state.hold_told().map(|(_, hold)| hold);
        let ms = |moment: &Moment| moment.effective().as_millisecond();
        let shipped = state.shipped();
        let row = rusqlite::params![
            subject,
            id.order.as_str(),
            id.unit.as_str(),
            part,
            opened.and_then(|opened| quantity(state, opened)),
            opened.and_then(|opened| opened.due).map(|due| due.to_string()),
            opened.map_or(0, |opened| opened.priority),
            open,
            route(state, opened, known),
            next.instruction,
            next.title,
            next.operation,
            next.operation_name,
            next.work_center,
            next.step,
            int(next.step_rank),
            int(next.steps),
            started(state).map(ms),
            finished.map(|(moment, _)| ms(moment)),
            finished.and_then(|(_, place)| place).map(PlaceId::as_str),
            state.last.as_ref().map(ms),
            state.last_place.as_ref().map(PlaceId::as_str),
            state.first_pass(),
            state.ended,
            state.paused().map(|pause| pause.reason.as_str()),
            hold.map(|hold| hold.placed.reason.words().to_string()),
            hold.and_then(|h| h.placed.deviation.as_ref()).map(ToString::to_string),
            hold.and_then(|h| h.place.as_ref()).map(PlaceId::as_str),
            accepted(state, known),
            several(state, known)?,
            shipped.map(|release| ms(&release.moment)),
            shipped.map(|release| release.at.to_string()),
            // The certificate of what is here again is void, until the unit goes out once more.
            shipped.or(state.releases.last()).and_then(|release| state.not_valid(release)),
            to_sign(state, known)?,
        ];
        let mut keep = connection.prepare_cached(&self.name(&KEEP))?;
        if keep.execute(row)? > 0 { Ok(()) } else { self.run(connection, &REPLACE, row) }
    }

    /// A row a report of pieces, as it counts after corrections and rework of the whole lot.
    fn put_pieces(
        self,
        connection: &Connection,
        (subject, id): (&str, &TravelerId),
        lot: &LotState,
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        if *touched == Touched::All {
            self.run(connection, "DELETE FROM {pieces_row} WHERE subject = ?1", [subject])?;
        }
        let sql = "INSERT INTO {pieces_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT DO UPDATE SET good = excluded.good, scrap = excluded.scrap,
                rework = excluded.rework
            WHERE (good, scrap, rework) <> (excluded.good, excluded.scrap, excluded.rework)";
        for report in &lot.reports {
            let pieces = report.pieces();
            let good = if lot.stands(report) { pieces.good } else { 0 };
            let row = rusqlite::params![
                subject,
                report.at.to_string(),
                id.order.as_str(),
                report.what.operation,
                report.place.as_ref().map(PlaceId::as_str),
                report.moment.effective().as_millisecond(),
                good,
                pieces.scrap,
                pieces.rework,
            ];
            self.run(connection, sql, row)?;
        }
        Ok(())
    }

    /// Remembers the instructions whose arrival will change the row.
    fn put_wanted(
        self,
        connection: &Connection,
        subject: &str,
        state: &TravelerState,
        known: &Instructions,
    ) -> Result<(), LedgerError> {
        self.run(connection, "DELETE FROM {blob_wanted} WHERE subject = ?1", [subject])?;
        for operation in state.started.iter().flat_map(|started| &started.operations) {
            if !known.contains_key(&operation.hash) {
                let sql = "INSERT OR IGNORE INTO {blob_wanted} (hash, subject) VALUES (?1, ?2)";
                self.run(connection, sql, (operation.hash.0, subject))?;
            }
        }
        Ok(())
    }

    /// Writes which waits of a unit run.
    fn put_waits(
        self,
        connection: &Connection,
        subject: &str,
        running: &[RunningWait],
    ) -> Result<(), LedgerError> {
        self.run(connection, "DELETE FROM {running_wait} WHERE subject = ?1", [subject])?;
        for wait in running {
            let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
            let body = serde_json::to_string(wait).map_err(fault)?;
            let sql = "INSERT INTO {running_wait} (subject, position, ledger, body)
                       VALUES (?1, ?2, ?3, ?4)";
            let ledger = wait.at.ledger.as_str();
            self.run(connection, sql, (subject, wait.at.to_string(), ledger, body))?;
        }
        Ok(())
    }

    /// Remembers which readings are held for which failure of a gauge. Holds never go away.
    fn put_gauge_holds(
        self,
        connection: &Connection,
        subject: &str,
        state: &TravelerState,
    ) -> Result<(), LedgerError> {
        for hold in state.holds.values() {
            let HoldReason::Gauge { failed, .. } = &hold.placed.reason else { continue };
            for reading in hold.placed.readings.iter() {
                let (failed, released) = (failed.to_string(), hold.released.is_some());
                let row = (failed, subject, reading.to_string(), released);
                let sql = "INSERT OR REPLACE INTO {gauge_hold} VALUES (?1, ?2, ?3, ?4)";
                self.run(connection, sql, row)?;
            }
        }
        Ok(())
    }

    /// Remembers which lot the pieces were of, and until when.
    fn put_splits(
        self,
        connection: &Connection,
        (subject, id): (&str, &TravelerId),
        state: &TravelerState,
    ) -> Result<(), LedgerError> {
        for (origin, departed) in state.lot.origins.iter().zip(state.departed(id)) {
            let from = Subject::Traveler(origin.what.from.clone()).to_string();
            let split = origin.moment.effective().as_millisecond();
            let body = text(&departed)?;
            let sql = "INSERT OR REPLACE INTO {split_row} VALUES (?1, ?2, ?3, ?4, ?5)";
            self.run(connection, sql, (subject, origin.at.to_string(), from, split, body))?;
        }
        Ok(())
    }

    /// A row a reading, and a row a check that was answered with a gauge.
    fn put_entry(
        self,
        connection: &Connection,
        subject: &str,
        attempt: &Attempt,
        entry: &Recorded,
    ) -> Result<(), LedgerError> {
        if let Some(reading) = entry.reading() {
            return self.put_reading(connection, subject, attempt, (entry, reading));
        }
        let (Some(with), RecordedWhat::Answer(yes)) = (&entry.with, &entry.what) else {
            return Ok(());
        };
        let setting = with.setting.as_ref().map(|setting| format!(" at {setting}"));
        let sql = "INSERT OR REPLACE INTO {check_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = rusqlite::params![
            subject,
            entry.at.to_string(),
            attempt.operation,
            attempt.step.as_str(),
            format!("check {}{}", entry.ask, setting.unwrap_or_default()),
            if *yes { "yes" } else { "no" },
            with.gauge.gauge.as_str(),
            entry.place.as_ref().map(PlaceId::as_str),
            entry.moment.effective().as_millisecond(),
        ];
        self.run(connection, sql, row)
    }

    fn put_reading(
        self,
        connection: &Connection,
        subject: &str,
        attempt: &Attempt,
        (entry, reading): (&Recorded, &Reading),
    ) -> Result<(), LedgerError> {
        let taken = &reading.taken;
        let sql = "INSERT OR REPLACE INTO {reading_row} VALUES
            (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";
        let margin = margin(reading);
        self.run(
            connection,
            sql,
            rusqlite::params![
                subject,
                entry.at.to_string(),
                attempt.operation,
                attempt.step.as_str(),
                attempt.rank,
                taken.characteristic.as_ref().map(ToString::to_string),
                taken.name,
                entry.sample,
                shown(reading.value()),
                shown(&taken.value),
                reading.verdict().map(Verdict::word),
                taken.verdict.map(Verdict::word),
                taken.gauge.as_ref().map(|used| used.gauge.as_str()),
                entry.place.as_ref().map(PlaceId::as_str),
                entry.by.as_ref().map(ToString::to_string),
                entry.moment.effective().as_millisecond(),
                int(reading.corrections.len()),
                reading.confirmed,
                margin.map(|margin| margin.number.normalize().to_string()),
                margin.map(|margin| margin.unit.symbol()),
            ],
        )
    }

    /// The units of an order that have a row.
    pub(super) fn units_of(
        self,
        connection: &Connection,
        order: &OrderId,
    ) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = self.name("SELECT subject FROM {traveler_row} WHERE order_id = ?1");
        subjects(connection, &sql, order.as_str())
    }

    /// The travelers that want a blob.
    pub(super) fn wanting(
        self,
        connection: &Connection,
        hash: &Hash,
    ) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = self.name("SELECT subject FROM {blob_wanted} WHERE hash = ?1");
        subjects(connection, &sql, hash.0)
    }
}

fn subjects(
    connection: &Connection,
    sql: &str,
    key: impl rusqlite::ToSql,
) -> Result<Vec<TravelerId>, LedgerError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([key])?;
    let mut units = Vec::new();
    while let Some(row) = rows.next()? {
        let subject: String = row.get(0)?;
        if let Some(Subject::Traveler(id)) = Subject::parse(&subject) {
            units.push(id);
        }
    }
    Ok(units)
}

/// Writes a row of a traveler where nothing that is indexed changes; SQLite writes every index of a
/// column that is set, also to the same value, and each is one more page to flush.
static KEEP: LazyLock<String> = LazyLock::new(|| {
    let same = INDEXED.map(|name| format!("{name} IS excluded.{name}"));
    format!("{} WHERE {}", upsert(|name| !INDEXED.contains(&name)), same.join(" AND "))
});

/// Writes a row of a traveler, and its place in every index.
static REPLACE: LazyLock<String> = LazyLock::new(|| upsert(|_| true));

fn upsert(set: impl Fn(&str) -> bool) -> String {
    let names = TRAVELER_COLUMNS.split_whitespace().collect::<Vec<_>>();
    let places: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
    let sets = names.iter().skip(1).filter(|name| set(name));
    let sets: Vec<String> = sets.map(|name| format!("{name} = excluded.{name}")).collect();
    format!(
        "INSERT INTO {{traveler_row}} ({}) VALUES ({}) ON CONFLICT (subject) DO UPDATE SET {}",
        names.join(", "),
        places.join(", "),
        sets.join(", ")
    )
}

fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn part(state: &TravelerState, opened: Option<&OrderOpened>) -> Option<String> {
    let started = state.started.as_ref().map(|started| started.part.to_string());
    started.or_else(|| opened.map(|opened| opened.part.to_string()))
}

/// The pieces of a lot, without what was split off it.
fn quantity(state: &TravelerState, opened: &OrderOpened) -> Option<u32> {
    let begun = state.started.as_ref().and_then(|started| started.pieces);
    begun.map(|_| state.pieces()).or_else(|| opened.units.pieces())
}

/// How far inside the nearest limit a reading is; below zero outside.
fn margin(reading: &Reading) -> Option<Distance> {
    let (CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits)) =
        &reading.taken.kind
    else {
        return None;
    };
    limits.margin(&reading.quantity()?)
}

fn started(state: &TravelerState) -> Option<&Moment> {
    let began = state.attempts.iter().map(|attempt| &attempt.began);
    began.min_by_key(|moment| moment.effective()).or(state.last.as_ref())
}

/// When and where the last step was completed, once every operation is closed.
fn finished<'a>(
    state: &'a TravelerState,
    known: &Instructions,
) -> Option<(&'a Moment, Option<&'a PlaceId>)> {
    if !state.finished(known) {
        return None;
    }
    let done = state.attempts.iter().filter(|attempt| !attempt.reopened);
    let done = done.filter_map(|attempt| {
        let (_, moment) = attempt.completed.as_ref()?;
        Some((moment.effective(), &attempt.at, moment, attempt.completed_place.as_ref()))
    });
    let last = done.max_by_key(|(utc, at, ..)| (*utc, *at));
    // Every step was skipped: the last fact is the last skip.
    let skipped = || state.last.as_ref().map(|moment| (moment, None));
    last.map(|(_, _, moment, place)| (moment, place)).or_else(skipped)
}
