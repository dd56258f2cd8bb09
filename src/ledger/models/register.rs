//! Rows of orders, deviations, gauges, people, places and reviews.

use rusqlite::Connection;

use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::{Fact, Position};
use crate::domain::gauge::GaugeState;
use crate::domain::ids::{DeviationId, GaugeId, LedgerId, OrderId, PersonId, PlaceId, StationId};
use crate::domain::kinds::FactBody;
use crate::domain::order::OrderState;
use crate::domain::people::PersonState;
use crate::domain::place::PlaceState;
use crate::domain::station::{JudgeVerdict, StationFact, StationState};
use crate::domain::stream::Subject;
use crate::domain::unit::Unit;
use crate::ledger::append::{key, to_sql};
use crate::ledger::error::LedgerError;
use crate::ledger::station_key;
use crate::views::register::HeldOperation;

use super::tables::Models;
use super::way::between_blanks;

impl Models {
    pub(super) fn put_order(
        self,
        connection: &Connection,
        id: &OrderId,
        state: &OrderState,
    ) -> Result<(), LedgerError> {
        let Some(opened) = &state.opened else { return Ok(()) };
        let units = i64::try_from(opened.units.ids().len()).unwrap_or(i64::MAX);
        let due = opened.due.map(|due| due.to_string());
        let row = (id.as_str(), opened.part.as_str(), units, due, opened.priority, state.closed);
        let sql = "INSERT OR REPLACE INTO {order_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.run(connection, sql, row)
    }

    pub(super) fn put_deviation(
        self,
        connection: &Connection,
        id: &DeviationId,
        state: &DeviationState,
    ) -> Result<(), LedgerError> {
        let Some(raised) = &state.raised else { return Ok(()) };
        let unit = state.units.first().map(|named| named.unit.traveler.clone());
        let traveler = unit.map(|unit| Subject::Traveler(unit).to_string());
        let severity = state.code.as_ref().map(|code| code.severity.word());
        let ms = raised.moment.effective().as_millisecond();
        let place = raised.place.as_ref().map(PlaceId::as_str);
        let disposed = state.undecided().is_empty();
        let row = rusqlite::params![
            id.as_str(),
            traveler,
            ms,
            place,
            severity,
            disposed,
            state.is_closed(),
            state.to_check().is_some(),
            state.next_due().map(|due| due.to_string()),
            !state.gates.is_empty(),
        ];
        let sql = "INSERT OR REPLACE INTO {deviation_row}
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        self.run(connection, sql, row)?;
        for unit in state.travelers() {
            let subject = Subject::Traveler(unit.clone()).to_string();
            let sql = "INSERT OR REPLACE INTO {deviation_unit} VALUES (?1, ?2)";
            self.run(connection, sql, (id.as_str(), subject))?;
        }
        Ok(())
    }

    pub(super) fn put_gauge(
        self,
        connection: &Connection,
        id: &GaugeId,
        state: &GaugeState,
    ) -> Result<(), LedgerError> {
        let Some(described) = &state.described else { return Ok(()) };
        let unit = described.unit.map(Unit::symbol);
        let resolution = described.resolution.as_ref().map(|number| number.text().to_owned());
        let due = state.due.map(|due| due.to_string());
        let range = described.range.as_ref().map(ToString::to_string);
        let calibrated = state.calibrated.map(|on| on.to_string());
        let failed = state.failed().map(|failure| failure.found.as_str());
        let row = rusqlite::params![
            id.as_str(),
            &described.name,
            described.class.as_str(),
            unit,
            resolution,
            due,
            range,
            described.interval.map(|interval| interval.to_string()),
            calibrated,
            failed
        ];
        let sql = "INSERT OR REPLACE INTO {gauge_row}
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        self.run(connection, sql, row)
    }

    pub(super) fn put_person(
        self,
        connection: &Connection,
        id: &PersonId,
        state: &PersonState,
    ) -> Result<(), LedgerError> {
        let fault = |e: serde_json::Error| LedgerError::Fault { what: e.to_string() };
        let roles: Vec<&str> = state.roles.iter().map(|role| role.word()).collect();
        let roles = serde_json::to_string(&roles).map_err(fault)?;
        let trained: Vec<_> = state.qualifications.iter().collect();
        let trained = serde_json::to_string(&trained).map_err(fault)?;
        let row = (id.as_str(), roles, trained, state.revoked.is_some());
        let sql = "INSERT OR REPLACE INTO {person_row} VALUES (?1, ?2, ?3, ?4)";
        self.run(connection, sql, row)
    }

    pub(super) fn put_place(
        self,
        connection: &Connection,
        id: &PlaceId,
        state: &PlaceState,
    ) -> Result<(), LedgerError> {
        let Some(defined) = &state.defined else { return Ok(()) };
        let (site, area) = (defined.site.as_str(), defined.area.as_str());
        let center = defined.work_center.as_str();
        let held = state.open_operation_holds().map(|hold| HeldOperation {
            hold: hold.at.clone(),
            since: hold.moment.effective(),
            held: hold.held.clone(),
        });
        let held: Vec<HeldOperation> = held.collect();
        let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
        let held = (!held.is_empty()).then(|| serde_json::to_string(&held).map_err(fault));
        let held = held.transpose()?;
        let row = (id.as_str(), &defined.name, site, area, center, state.per_hour, held);
        let sql = "INSERT OR REPLACE INTO {place_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.run(connection, sql, row)
    }

    /// Notes what the server says of a station: its key, and what of its ledger is judged. From the fact
    /// itself: what is heard of another station is no whole stream, and cannot be folded.
    pub(in crate::ledger) fn put_judged(
        self,
        connection: &Connection,
        fact: &Fact,
    ) -> Result<(), LedgerError> {
        let Subject::Station(station) = &fact.subject else { return Ok(()) };
        // The judge says one after the other; read in whichever order, the last one counts.
        let Position { epoch, seq, .. } = &fact.head.position;
        let at = format!("{epoch:010}.{seq:020}");
        if let FactBody::Station(StationFact::StationEnrolled { ledger, key, work_centers }) =
            &fact.body
        {
            let named = station_key::unhex(key).and_then(|key| station_key::ledger_of(&key));
            if named.as_ref() == Some(ledger) {
                let sql = "INSERT INTO {enrolled_row}
                               (ledger, station, key, enrolled_at, work_centers)
                           VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET
                           station = excluded.station, key = excluded.key,
                           enrolled_at = excluded.enrolled_at,
                           work_centers = excluded.work_centers
                           WHERE enrolled_at IS NULL OR enrolled_at < excluded.enrolled_at";
                let centers = between_blanks(work_centers);
                let row = (ledger.as_str(), station.as_str(), key, &at, centers);
                self.run(connection, sql, row)?;
            }
        }
        if let FactBody::Station(StationFact::StationRevoked { ledger }) = &fact.body {
            let since = fact.head.moment.effective().as_millisecond();
            // One revocation may be told twice; it began when it was told first.
            let sql = "INSERT INTO {enrolled_row}
                           (ledger, station, key, revoked_at, revoked_ms, work_centers)
                       VALUES (?1, ?2, '', ?3, ?4, '') ON CONFLICT DO UPDATE SET
                       revoked_ms = CASE WHEN revoked_at > coalesce(enrolled_at, '')
                           THEN min(revoked_ms, excluded.revoked_ms)
                           ELSE excluded.revoked_ms END,
                       revoked_at = max(coalesce(revoked_at, ''), excluded.revoked_at)
                       WHERE excluded.revoked_at > coalesce(enrolled_at, '')";
            self.run(connection, sql, (ledger.as_str(), station.as_str(), &at, since))?;
        }
        let FactBody::Station(StationFact::PageJudged { from, to_seq, .. }) = &fact.body else {
            return Ok(());
        };
        let judge = &fact.head.position.ledger;
        self.put_judged_run(connection, (from, *to_seq), (judge, station))
    }

    /// Notes that a run of facts is judged. Runs that meet are one row, in whichever order they came; what
    /// lies between two rows is not known to be judged, since a server that was restored gets parts of a
    /// ledger first.
    fn put_judged_run(
        self,
        connection: &Connection,
        (from, to_seq): (&Position, u64),
        (judge, station): (&LedgerId, &StationId),
    ) -> Result<(), LedgerError> {
        let ((ledger, epoch, first), last) = (key(from), to_sql(to_seq));
        if last < first {
            return Ok(());
        }
        // Rows do not meet, so that of those which begin before, only the last one may reach so far.
        let sql = "SELECT min(from_seq), max(to_seq) FROM {judged_row}
                   WHERE ledger = ?1 AND epoch = ?2 AND to_seq >= ?3 - 1 AND from_seq <= ?4 + 1
                   AND from_seq >= coalesce((SELECT max(from_seq) FROM {judged_row}
                       WHERE ledger = ?1 AND epoch = ?2 AND from_seq <= ?3), 0)";
        let mut meeting = connection.prepare_cached(&self.name(sql))?;
        let (low, high): (Option<i64>, Option<i64>) = meeting
            .query_row((ledger, epoch, first, last), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let first = low.map_or(first, |low| low.min(first));
        let last = high.map_or(last, |high| high.max(last));
        let sql = "DELETE FROM {judged_row}
                   WHERE ledger = ?1 AND epoch = ?2 AND from_seq BETWEEN ?3 AND ?4";
        self.run(connection, sql, (ledger, epoch, first, last))?;
        let row = (ledger, epoch, first, last, judge.as_str(), station.as_str());
        self.run(connection, "INSERT INTO {judged_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row)
    }

    pub(super) fn put_reviews(
        self,
        connection: &Connection,
        id: &StationId,
        state: &StationState,
    ) -> Result<(), LedgerError> {
        let fault = |e: serde_json::Error| LedgerError::Fault { what: e.to_string() };
        self.run(connection, "DELETE FROM {review_row} WHERE station = ?1", [id.as_str()])?;
        for review in &state.open_reviews {
            let verdict = match review.verdict {
                JudgeVerdict::Held => "held",
                JudgeVerdict::Rejected => "rejected",
            };
            let reasons = serde_json::to_string(&review.reasons).map_err(fault)?;
            let row = (id.as_str(), review.fact.to_string(), verdict, reasons);
            let sql = "INSERT OR REPLACE INTO {review_row} VALUES (?1, ?2, ?3, ?4)";
            self.run(connection, sql, row)?;
        }
        Ok(())
    }
}
