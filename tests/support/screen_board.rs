//! The board and one place of it, as a store would tell it.

use gemba::domain::ids::PlaceId;
use gemba::domain::stream::TravelerId;
use gemba::views::board::{Board, BoardRow, BoardTime, Figures, ShipCounts};
use gemba::views::board_place::{Cause, CauseOf, OrderHere, PlaceBoard, UnitHere};
use jiff::{SignedDuration, Timestamp};

use super::screen_answers::not_accepted;
use super::screen_deviations::counted;
use super::screen_floor::{early, handovers, help, hours, redlines};
use super::screen_suspect::suspects;
use super::shop::Shop;
use super::shop_plan::id;

/// What fails most.
fn most() -> Vec<Cause> {
    let cause = |of, what: &str, count| Cause { of, what: what.to_owned(), count };
    vec![
        cause(CauseOf::Reading, "c-torque torque M8 bolt 2", 3),
        cause(CauseOf::Deviation, "D-12 burr", 2),
    ]
}

/// Where the figures of a place come from.
pub(crate) fn place_board(place: &PlaceId, board: Board) -> Option<PlaceBoard> {
    let row = board.places.into_iter().find(|row| row.place == *place)?;
    let unit = |unit: &str, failing, on_hold, standing: &str| UnitHere {
        traveler: TravelerId { order: id("WO-1881"), unit: id(unit) },
        good: u32::from(standing == "finished"),
        scrap: 0,
        failing,
        on_hold,
        begun: standing != "finished",
        standing: standing.to_owned(),
        last: row.last_contact,
    };
    let units = vec![
        unit("0006", 0, false, "finished"),
        unit("0007", 1, true, "at operation 10 Assemble, on hold: 27.3 N·m fails 24 .. 26"),
    ];
    let orders = vec![OrderHere { order: id("WO-1881"), part: id("CP-40"), units }];
    Some(PlaceBoard { time: board.time, row, orders, left_out: 0, causes: most() })
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
