//! The board and one place of it, as a store would tell it.

use gemba::domain::ids::PlaceId;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::fact::HoldReason;
use gemba::domain::words::Words;
use gemba::views::board::{Board, BoardRow, BoardTime, Figures, ShipCounts, StationRow};
use gemba::views::board_place::{Cause, CauseOf, OrderHere, PlaceBoard, UnitHere};
use jiff::{SignedDuration, Timestamp};

use super::ours::{ours, with};
use super::screen_answers::not_accepted;
use super::screen_deviations::counted;
use super::screen_floor::{early, handovers, help, hours, redlines};
use super::screen_suspect::suspects;
use super::shop::Shop;
use super::shop_plan::id;

/// What fails most.
fn most() -> Vec<Cause> {
    let cause = |of, what: &str, count| Cause { of, what: Words::given(what), count };
    vec![
        cause(CauseOf::Reading, "c-torque torque M8 bolt 2", 3),
        cause(CauseOf::Deviation, "D-12 burr", 2),
    ]
}

/// Where the figures of a place come from.
pub(crate) fn place_board(place: &PlaceId, board: Board) -> Option<PlaceBoard> {
    let row = board.places.into_iter().find(|row| row.place == *place)?;
    let unit = |unit: &str, failing, on_hold, standing: Words| UnitHere {
        traveler: TravelerId { order: id("WO-1881"), unit: id(unit) },
        good: u32::from(standing == "finished"),
        scrap: 0,
        failing,
        on_hold,
        begun: standing != "finished",
        standing,
        last: row.last_contact,
    };
    let at = ours("at operation {operation}").and("operation", "20 Assembly");
    let held = with(ours("{way}, on hold: {why}"), "way", at);
    let held = with(held, "why", HoldReason::OutOfLimits.words());
    let units = vec![unit("0006", 0, false, ours("finished")), unit("0007", 1, true, held)];
    let orders = vec![OrderHere { order: id("WO-1881"), part: id("CP-40"), units }];
    let time = BoardTime { complete_to: row.last_contact, ..board.time };
    Some(PlaceBoard { time, row, orders, left_out: 0, causes: most() })
}

/// Three stations: this one, another one that was just heard of, and a silent one.
fn stations(now: Timestamp) -> Vec<StationRow> {
    let station = |station: &str, places: &[&str], minutes: i64, waiting| StationRow {
        station: id(station),
        work_centers: vec![id("ASM")],
        places: places.iter().map(|place| id(place)).collect(),
        last_contact: Some(now - SignedDuration::from_mins(minutes)),
        silent: minutes > 30,
        waiting,
    };
    vec![
        station("ASM1", &["ASM-1", "ASM-2"], 0, Some(12)),
        station("LEAK1", &["LEAK-1"], 41, None),
        station("PRESS1", &[], 3, None),
    ]
}

/// The board of three places, of which one is silent.
pub(crate) fn board(shop: &Shop) -> Board {
    let now: Timestamp = shop.moment().utc;
    let before = |minutes| Some(now - SignedDuration::from_mins(minutes));
    let place = |place: &str, good, hold, last, silent| BoardRow {
        place: id(place),
        work_center: id("ASM"),
        held: shop.held_operations(place),
        per_hour: Some(8),
        plan: Some(32),
        hours: hours(now, good),
        figures: Figures {
            good,
            finished: good,
            first_pass: good - u32::from(good > 20),
            begun: 4,
            on_hold: hold,
            scrapped: 0,
            readings: good * 5,
            failing: hold,
            ..Figures::default()
        },
        last_contact: last,
        silent,
    };
    Board {
        deviation_counts: counted(shop),
        pieces: Vec::new(),
        ships: ShipCounts { finished: 14, to_ship: 12, shipped: 9, held_after: 1 },
        time: BoardTime {
            since: before(240),
            until: None,
            shift: Some(early(now)),
            complete_to: before(41),
            link_down: false,
        },
        causes: most(),
        held_nowhere: 0,
        stations: stations(now),
        help: help(shop).calls,
        handovers: handovers(shop),
        suspects: suspects(false, shop),
        redlines: redlines(shop),
        places: vec![
            place("ASM-1", 31, 0, before(0), false),
            place("ASM-2", 27, 1, before(0), false),
            place("LEAK-1", 24, 0, before(41), true),
        ],
        deviations: Vec::new(),
        accepted: Vec::new(),
        reviews: vec![not_accepted(before(12))],
        total: Figures {
            good: 82,
            finished: 82,
            first_pass: 79,
            begun: 12,
            on_hold: 1,
            scrapped: 0,
            readings: 410,
            failing: 1,
            ..Figures::default()
        },
    }
}
