//! The reverse trace of a gauge: what was measured with it since it was last good (R10).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::fact::Position;
use crate::domain::gauge::GaugeFailure;
use crate::domain::ids::GaugeId;
use crate::domain::moment::Moment;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::kin::Origin;
use crate::domain::unit::Unit;
use crate::ledger::contact;
use crate::ledger::error::LedgerError;
use crate::views::gauge::{FailureRow, GaugePieceRow, GaugeReadingRow, GaugeTrace};

use super::{Asked, get, id_in, moment_in, some_id};

impl Asked<'_> {
    /// Everything measured with a gauge that its failure puts in doubt; where it did not fail, what
    /// would be in doubt if it did now.
    pub(super) fn gauge_trace(
        self,
        gauge: &GaugeId,
        since: Option<Date>,
    ) -> Result<Option<GaugeTrace>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Gauge(gauge.clone()))?;
        let StreamState::Gauge(state) = &folded.stream.state else { return Ok(None) };
        let Some(described) = &state.described else { return Ok(None) };
        // The failure that stands; else the last one, whose units may still be held.
        let failure = state.failed().or_else(|| state.failures.last());
        let first = since.or_else(|| failure.map_or(state.calibrated, |failure| failure.since));
        let span = self.span_of(first, failure)?;
        let mut readings = self.readings_with(gauge, span, failure)?;
        let mut on_pieces = self.pieces_with(gauge, span, failure)?;
        let nearest = |row: &GaugePieceRow| margin_of(row.margin.as_deref(), row.margin_unit);
        on_pieces.rows.sort_by_key(|row| (row.margin.is_none(), nearest(row), row.fact.clone()));
        let nearest = |row: &GaugeReadingRow| margin_of(row.margin.as_deref(), row.margin_unit);
        readings.sort_by_key(|row| (row.margin.is_none(), nearest(row), row.fact.clone()));
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        let last = contact::last(self.connection)?;
        let units: BTreeSet<&TravelerId> = readings.iter().map(|row| &row.traveler).collect();
        let units = units.len();
        let today = self.today()?;
        let open = readings.iter().filter(|row| row.hold.is_none() && row.ended.is_none());
        let mut to_hold: BTreeSet<TravelerId> = open.map(|row| row.traveler.clone()).collect();
        to_hold.append(&mut on_pieces.to_hold);
        let named = readings.iter().filter(|row| row.hold.is_some()).count();
        let named = named + on_pieces.rows.iter().filter(|row| row.hold.is_some()).count();
        let lots: BTreeSet<_> = on_pieces.rows.iter().map(|row| &row.name_of_lot).collect();
        let lots = lots.len();
        let lots_to_hold = on_pieces.lots_to_hold.into_iter().filter(|_| failure.is_some());
        Ok(Some(GaugeTrace {
            gauge: gauge.clone(),
            name: described.name.clone(),
            class: described.class.to_string(),
            due: state.due,
            overdue: state.due.is_none_or(|due| due < today),
            calibrated: state.calibrated,
            failure: failure.map(failure_row),
            since: first,
            units,
            to_hold: to_hold.into_iter().filter(|_| failure.is_some()).collect(),
            held: self.held_for(failure)?,
            held_readings: named,
            readings,
            pieces: on_pieces.rows,
            lots,
            lots_to_hold: lots_to_hold.collect(),
            lots_held: on_pieces.lots_held.into_iter().collect(),
            not_here: self.ledger.left_out()? + on_pieces.not_here.len() as u64,
            catalog_age_s: last.map(|last| self.now.age_s(&last, proven)),
            complete: self.complete()?,
        }))
    }

    /// The open holds that name a failure, each unit in its order.
    fn held_for(
        self,
        failure: Option<&GaugeFailure>,
    ) -> Result<Vec<(TravelerId, Position)>, LedgerError> {
        let Some(failure) = failure else { return Ok(Vec::new()) };
        let sql = "SELECT DISTINCT t.order_id, t.unit FROM gauge_hold h
                   JOIN traveler_row t ON t.subject = h.subject
                   WHERE h.failed = ?1 AND NOT h.released ORDER BY t.order_id, t.unit";
        let units = self.rows(sql, [failure.at.to_string()], |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })?;
        let mut found = Vec::new();
        for unit in units {
            let folded = self.ledger.load(self.connection, &Subject::Traveler(unit.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { continue };
            let ours = |reason: &HoldReason| matches!(reason, HoldReason::Gauge { failed, .. } if *failed == failure.at);
            let holds = state.open_holds().filter(|(_, hold)| ours(&hold.placed.reason));
            found.extend(holds.map(|(at, _)| (unit.clone(), at.clone())));
        }
        Ok(found)
    }

    /// From when until when what was measured with it is in doubt.
    fn span_of(
        self,
        first: Option<Date>,
        failure: Option<&GaugeFailure>,
    ) -> Result<(Option<Timestamp>, Timestamp), LedgerError> {
        let zone = self.zone()?;
        let from = first.and_then(|day| day.to_zoned(zone).ok()).map(|day| day.timestamp());
        let until = failure.and_then(|failure| failure.answered.as_ref());
        Ok((from, until.map_or(Timestamp::MAX, Moment::effective)))
    }

    fn readings_with(
        self,
        gauge: &GaugeId,
        (from, until): (Option<Timestamp>, Timestamp),
        failure: Option<&GaugeFailure>,
    ) -> Result<Vec<GaugeReadingRow>, LedgerError> {
        // What was recorded with it, on its own unit and on each lot split off that afterwards.
        let sql = "WITH RECURSIVE used AS NOT MATERIALIZED (
                SELECT subject, position, operation, step, name, sample, value, margin, margin_unit,
                    verdict,
                    place, gauge, utc_ms FROM reading_row
                UNION ALL SELECT subject, position, operation, step, name, 1, value, NULL, NULL, NULL,
                    place, gauge, utc_ms FROM check_row
            ), on_unit (unit_subject, position, utc_ms, left_as) AS (
                SELECT subject, position, utc_ms, NULL FROM used
                WHERE gauge = ?1 AND utc_ms >= ?2 AND utc_ms <= ?3
                UNION SELECT s.subject, o.position, o.utc_ms, coalesce(o.left_as, s.subject)
                FROM on_unit o JOIN split_row s ON s.origin = o.unit_subject
            )
            SELECT u.*, o.left_as, t.order_id, t.unit, t.finished_ms, t.shipped_ms, t.ended, h.released
            FROM on_unit o JOIN used u ON u.gauge = ?1 AND u.utc_ms = o.utc_ms AND u.position = o.position
            JOIN traveler_row t ON t.subject = o.unit_subject
            LEFT JOIN gauge_hold h
                ON h.failed = ?4 AND h.subject = t.subject AND h.reading = o.position";
        let ms = |at: Timestamp| at.as_millisecond();
        let failed = failure.map_or_else(String::new, |failure| failure.at.to_string());
        let bounds = (gauge.as_str(), from.map_or(i64::MIN, ms), ms(until), failed);
        let rows = self.rows(sql, bounds, |row| {
            let left_as: Option<String> = get(row, "left_as")?;
            let left = left_as.map(|lot| Ok::<_, LedgerError>((get(row, "subject")?, lot)));
            let position: String = get(row, "position")?;
            let wrong = || LedgerError::damaged("the position of a reading is not readable");
            let taken = moment_in(row, "utc_ms")?.ok_or_else(wrong)?;
            let finished: Option<i64> = get(row, "finished_ms")?;
            let shipped: Option<i64> = get(row, "shipped_ms")?;
            let released: Option<bool> = get(row, "released")?;
            let word = |released| if released { "released" } else { "held" };
            let reading = GaugeReadingRow {
                traveler: TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? },
                operation: get(row, "operation")?,
                step: id_in(row, "step")?,
                name: get(row, "name")?,
                sample: get(row, "sample")?,
                value: get(row, "value")?,
                margin: get(row, "margin")?,
                margin_unit: get::<Option<String>>(row, "margin_unit")?
                    .and_then(|unit| Unit::parse(&unit)),
                verdict: get(row, "verdict")?,
                place: some_id(row, "place")?,
                taken,
                finished: finished.is_some(),
                shipped: shipped.is_some(),
                ended: get(row, "ended")?,
                hold: released.map(word).map(str::to_owned),
                fact: Position::parse(&position).ok_or_else(wrong)?,
            };
            Ok((reading, left.transpose()?))
        })?;
        let mut splits = BTreeMap::new();
        let mut found = Vec::new();
        for (reading, left) in rows {
            let before = match left {
                Some(left) => self.had(&mut splits, left, &reading.fact)?,
                None => true,
            };
            found.extend(before.then_some(reading));
        }
        Ok(found)
    }

    /// Whether a lot that was split off had that which was recorded on the lot that its pieces were of,
    /// or may have had it.
    fn had(
        self,
        splits: &mut BTreeMap<(String, String), Vec<Position>>,
        (from, lot): (String, String),
        recorded: &Position,
    ) -> Result<bool, LedgerError> {
        let (Some(origin), Some(left)) = (Subject::parse(&from), Subject::parse(&lot)) else {
            return Ok(true);
        };
        let key = (from, lot);
        if !splits.contains_key(&key) {
            let left = self.ledger.load(self.connection, &left)?;
            let StreamState::Traveler(state) = &left.stream.state else { return Ok(true) };
            let of = |at: &&Origin| Subject::Traveler(at.what.from.clone()) == origin;
            let known = state.lot.origins.iter().filter(of).map(|at| at.what.split.clone());
            splits.insert(key.clone(), known.collect());
        }
        let origin = self.ledger.load(self.connection, &origin)?;
        let StreamState::Traveler(state) = &origin.stream.state else { return Ok(true) };
        let known = splits.get(&key).map_or(&[][..], Vec::as_slice);
        Ok(!known.iter().any(|split| state.left_by(split, recorded)))
    }
}

/// How far inside in the base unit. What is outside its limits or nearest to one comes first; what has no margin comes last.
fn margin_of(margin: Option<&str>, unit: Option<Unit>) -> Option<Decimal> {
    let number = Decimal::from_str_exact(margin?).ok()?;
    unit?.to_base(number)
}

fn failure_row(failure: &GaugeFailure) -> FailureRow {
    FailureRow {
        fact: failure.at.clone(),
        on: failure.on,
        found: failure.found.clone(),
        reason: failure.reason.clone(),
        over: failure.answered.is_some(),
    }
}
