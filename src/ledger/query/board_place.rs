//! Where the figures of a place on the board come from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::ids::{PartId, PlaceId};
use crate::domain::natural::natural;
use crate::domain::shift_time::Shift;
use crate::domain::stream::TravelerId;
use crate::domain::words::{Words, words};
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
        UNION SELECT subject FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND +place = ?1
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
            AND r.utc_ms >= ?2 AND r.utc_ms < ?3 AND r.verdict = 'Fail') AS failing,
        coalesce(order_open AND started_ms NOT NULL AND finished_ms IS NULL AND ended IS NULL
            AND last_place = ?1, 0) AS begun_here,
        coalesce(hold_why NOT NULL AND ended IS NULL AND hold_place = ?1, 0) AS held_here
    FROM here JOIN traveler_row t USING (subject)";

/// Failing readings at a place, by what was measured.
const FAILING: &str = "SELECT t.part, r.characteristic, r.name, count(*) AS count
    FROM reading_row r JOIN traveler_row t USING (subject)
    WHERE r.utc_ms >= ?2 AND r.utc_ms < ?3 AND +r.place = ?1 AND r.verdict = 'Fail'
    GROUP BY t.part, coalesce(r.characteristic, r.name)";

/// Deviations that were raised at a place.
const RAISED: &str = "SELECT deviation FROM deviation_row
    WHERE raised_ms >= ?2 AND raised_ms < ?3 AND place = ?1";
/// What a deviation is counted by that nobody gave a code.
const UNCODED: &str = "deviation without a code";

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
        let causes = self.causes(&[place], span)?;
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

    /// What failed most at places in a time: readings by characteristic, deviations by code.
    pub(super) fn causes(
        self,
        places: &[&PlaceId],
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Cause>, LedgerError> {
        let mut counts: BTreeMap<(CauseOf, String), u32> = BTreeMap::new();
        for place in places {
            let key = (place.as_str(), since.as_millisecond(), until.as_millisecond());
            for (what, count) in self.rows(FAILING, key, failing)? {
                *counts.entry((CauseOf::Reading, what)).or_default() += count;
            }
            for raised in self.rows(RAISED, key, |row| id_in(row, "deviation"))? {
                let state = self.ledger.deviation_state(self.connection, &raised)?;
                let code = state.and_then(|state| state.code);
                let what =
                    code.map_or(UNCODED.to_owned(), |code| format!("{} {}", code.code, code.text));
                *counts.entry((CauseOf::Deviation, what)).or_default() += 1;
            }
        }
        let words = |what: String| {
            if what == UNCODED { words!("deviation without a code") } else { Words::given(what) }
        };
        let cause = |((of, what), count)| Cause { of, what: words(what), count };
        let mut causes: Vec<Cause> = counts.into_iter().map(cause).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
        causes.truncate(CAUSES_MAX);
        Ok(causes)
    }
}

/// What was measured, with the part, and how many times it failed.
fn failing(row: &Row<'_>) -> Result<(String, u32), LedgerError> {
    let (part, name): (String, String) = (get(row, "part")?, get(row, "name")?);
    let what = match get::<Option<String>>(row, "characteristic")? {
        Some(id) if id != name => format!("{part} {id} {name}"),
        Some(_) | None => format!("{part} {name}"),
    };
    Ok((what, get(row, "count")?))
}

fn unit_here(row: &Row<'_>) -> Result<(PartId, UnitHere), LedgerError> {
    let standing = now(row)?;
    let traveler = TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? };
    let here = UnitHere {
        traveler,
        good: get(row, "good")?,
        scrap: get(row, "scrap")?,
        failing: get(row, "failing")?,
        on_hold: get(row, "held_here")?,
        begun: get(row, "begun_here")?,
        standing: standing.standing,
        last: moment_in(row, "last_ms")?,
    };
    Ok((id_in(row, "part")?, here))
}
