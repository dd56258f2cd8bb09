//! Where the figures of a place on the board come from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::ids::{PartId, PlaceId};
use crate::domain::natural::natural;
use crate::domain::shift_time::Shift;
use crate::domain::stream::TravelerId;
use crate::ledger::error::LedgerError;
use crate::views::board_place::{Cause, CauseOf, OrderHere, PlaceBoard, UnitHere};

use super::board::span_of;
use super::thread::unit::now;
use super::{Asked, get, id_in, moment_in};

/// The most units that are told of one place.
const UNITS_MAX: usize = 2_000;
/// The most causes that are told.
const CAUSES_MAX: usize = 9;

/// What was worked on at a place in a time, and what stands there now; with what was made there.
const UNITS: &str = "WITH here (subject) AS (
        SELECT subject FROM traveler_row WHERE finished_ms >= ?2 AND finished_ms < ?3
            AND finished_place = ?1
        UNION SELECT subject FROM traveler_row WHERE last_ms >= ?2 AND last_ms < ?3
            AND last_place = ?1
        UNION SELECT subject FROM traveler_row WHERE order_open AND started_ms NOT NULL
            AND finished_ms IS NULL AND ended IS NULL AND last_place = ?1
        UNION SELECT subject FROM traveler_row WHERE hold_why NOT NULL AND ended IS NULL
            AND hold_place = ?1
        UNION SELECT subject FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND place = ?1
        UNION SELECT subject FROM pieces_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND place = ?1)
    SELECT t.*,
        coalesce(quantity IS NULL AND finished_place = ?1
            AND finished_ms >= ?2 AND finished_ms < ?3, 0)
            + (SELECT coalesce(sum(good), 0) FROM pieces_row p WHERE p.subject = t.subject
                AND p.place = ?1 AND p.utc_ms >= ?2 AND p.utc_ms < ?3) AS good,
        coalesce(quantity IS NULL AND ended NOT NULL AND last_place = ?1
            AND last_ms >= ?2 AND last_ms < ?3, 0)
            + (SELECT coalesce(sum(scrap), 0) FROM pieces_row p WHERE p.subject = t.subject
                AND p.place = ?1 AND p.utc_ms >= ?2 AND p.utc_ms < ?3) AS scrap,
        (SELECT count(*) FROM reading_row r WHERE r.subject = t.subject AND r.place = ?1
            AND r.utc_ms >= ?2 AND r.utc_ms < ?3 AND r.verdict = 'Fail') AS failing
    FROM here JOIN traveler_row t USING (subject)";

/// Failing readings by what was measured, at a place or at all of them.
const FAILING: &str = "SELECT characteristic, name, count(*) AS count FROM reading_row
    WHERE utc_ms >= ?2 AND utc_ms < ?3 AND (?1 IS NULL OR place = ?1) AND verdict = 'Fail'
    GROUP BY characteristic, name";

/// Deviations that were raised, at a place or at all of them.
const RAISED: &str = "SELECT deviation FROM deviation_row
    WHERE raised_ms >= ?2 AND raised_ms < ?3 AND (?1 IS NULL OR place = ?1)";

impl Asked<'_> {
    pub(super) fn place_board(
        self,
        place: &PlaceId,
        asked: Option<&Shift>,
    ) -> Result<Option<PlaceBoard>, LedgerError> {
        let mut time = self.board_time(asked)?;
        let Some(row) = self.board_rows(&time, Some(place))?.pop() else { return Ok(None) };
        time.complete_to = row.last_contact;
        let span = span_of(&time);
        let mut units = self.units_here(place, span)?;
        units.sort_by(|(_, one), (_, other)| {
            let (one, other) = (&one.traveler, &other.traveler);
            natural(one.order.as_str(), other.order.as_str())
                .then_with(|| natural(one.unit.as_str(), other.unit.as_str()))
        });
        let left_out = units.len().saturating_sub(UNITS_MAX);
        units.truncate(UNITS_MAX);
        let mut orders: Vec<OrderHere> = Vec::new();
        for (part, unit) in units {
            let last = orders.last_mut().filter(|order| order.order == unit.traveler.order);
            if let Some(order) = last {
                order.units.push(unit);
            } else {
                let order = unit.traveler.order.clone();
                orders.push(OrderHere { order, part, units: vec![unit] });
            }
        }
        let causes = self.causes(Some(place), span)?;
        Ok(Some(PlaceBoard { time, row, orders, left_out, causes }))
    }

    fn units_here(
        self,
        place: &PlaceId,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<(PartId, UnitHere)>, LedgerError> {
        let key = (place.as_str(), since.as_millisecond(), until.as_millisecond());
        self.rows(UNITS, key, unit_here)
    }

    /// What failed most in a time, at a place or at all: readings by characteristic, deviations by code.
    pub(super) fn causes(
        self,
        place: Option<&PlaceId>,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Cause>, LedgerError> {
        let place = place.map(PlaceId::as_str);
        let key = (place, since.as_millisecond(), until.as_millisecond());
        let mut causes = self.rows(FAILING, key, |row| {
            let (id, name): (Option<String>, String) =
                (get(row, "characteristic")?, get(row, "name")?);
            let what = match id {
                Some(id) if id != name => format!("{id} {name}"),
                Some(_) | None => name,
            };
            Ok(Cause { of: CauseOf::Reading, what, count: get(row, "count")? })
        })?;
        let mut codes: BTreeMap<String, u32> = BTreeMap::new();
        for raised in self.rows(RAISED, key, |row| id_in(row, "deviation"))? {
            let state = self.ledger.deviation_state(self.connection, &raised)?;
            let code = state.and_then(|state| state.code);
            if let Some(code) = code {
                *codes.entry(format!("{} {}", code.code, code.text)).or_default() += 1;
            }
        }
        let cause = |(what, count)| Cause { of: CauseOf::Deviation, what, count };
        causes.extend(codes.into_iter().map(cause));
        causes.sort_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.what.cmp(&other.what))
        });
        causes.truncate(CAUSES_MAX);
        Ok(causes)
    }
}

fn unit_here(row: &Row<'_>) -> Result<(PartId, UnitHere), LedgerError> {
    let standing = now(row)?;
    let traveler = TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? };
    let here = UnitHere {
        traveler,
        good: get(row, "good")?,
        scrap: get(row, "scrap")?,
        failing: get(row, "failing")?,
        on_hold: get::<Option<String>>(row, "hold_why")?.is_some() && standing.ended.is_none(),
        begun: standing.begun && !standing.finished && standing.ended.is_none(),
        standing: standing.standing,
        last: moment_in(row, "last_ms")?,
    };
    Ok((id_in(row, "part")?, here))
}
