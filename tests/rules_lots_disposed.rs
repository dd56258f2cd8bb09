//! R8, R9: of a lot that is held, some pieces go one way and some another.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::order::OrderCommand;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::state::TravelerState;

use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::{counted, pieces_add_up, splits};
use crate::support::shop::Shop;
use crate::support::shop_deviations::{FIRST, shares_out};
use crate::support::shop_plan::{answer, complete, disposes, id, raises, rework};

fn shares(parts: &[(u32, Disposition)]) -> Command {
    let parts: Vec<_> =
        parts.iter().map(|(pieces, what)| ("", Some(*pieces), what.clone())).collect();
    shares_out(FIRST, &parts)
}

fn of(shop: &Shop, unit: &str) -> TravelerState {
    let unit = TravelerId { order: shop.traveler.order.clone(), unit: id(unit) };
    let StreamState::Traveler(state) = shop.stream(&Subject::Traveler(unit)).state else {
        panic!("a traveler's stream holds a traveler");
    };
    state
}

/// A lot of 100 that is deburred and held at the count.
fn held_lot() -> Shop {
    let mut shop = Shop::counting_lot();
    shop.does("novak", raises("count"));
    shop
}

#[test]
fn r08_of_a_held_lot_some_pieces_are_used_some_scrapped_some_reworked() {
    let mut shop = held_lot();
    let parts = [(96, Disposition::UseAsIs), (2, Disposition::Scrap), (2, rework("deburr"))];
    shop.does("quell", shares(&parts));
    assert!(shop.state().lot.splits.is_empty(), "until the last signature nothing is split");
    assert_eq!(shop.state().open_holds().count(), 1);
    let agrees = shop.approval_of(FIRST);
    shop.does("lind", agrees);
    // The part that is used as it is keeps the name; the others are lots of their own.
    assert_eq!(shop.state().pieces(), 96);
    assert_eq!(shop.state().open_holds().count(), 0);
    let (scrap, again) = (of(&shop, "L-22-ASM1-1"), of(&shop, "L-22-ASM1-2"));
    assert_eq!((scrap.pieces(), scrap.ended.as_deref()), (2, Some("scrap")));
    assert_eq!((again.pieces(), again.ended.as_deref()), (2, None));
    assert!(!again.step_closed(20, &id("deburr")), "it is deburred again");
    assert!(shop.state().step_closed(20, &id("deburr")));
    pieces_add_up(&shop);
    shop.does("novak", counted("count", "96", "")).does("novak", complete("count"));
    shop.unit("L-22-ASM1-2");
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "2", "")).does("novak", complete("count"));
    assert!(!shop.state().first_pass());
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_the_pieces_that_are_shared_out_are_those_of_the_lot() {
    let mut shop = held_lot();
    for (parts, code) in [
        (vec![(90, rework("deburr")), (2, Disposition::Scrap)], "N17"),
        (vec![(99, rework("deburr")), (2, Disposition::Scrap)], "N17"),
        (vec![(100, rework("deburr")), (0, Disposition::Scrap)], "N17"),
        (vec![(u32::MAX, rework("deburr")), (101, Disposition::Scrap)], "N17"),
        (vec![(98, Disposition::Scrap), (2, Disposition::Void)], "N18"),
    ] {
        assert_eq!(shop.codes("brandt", shares(&parts)), [code], "{parts:?}");
    }
    let twice = [(50, Disposition::UseAsIs), (50, Disposition::UseAsIs)];
    assert_eq!(shop.codes("quell", shares(&twice)), ["N19"]);
    // All of it, said with its pieces, is all of it.
    shop.does("brandt", shares(&[(100, Disposition::Scrap)]));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
    assert!(shop.state().lot.splits.is_empty());
}

#[test]
fn r08_pieces_that_are_scrap_or_counted_are_not_shared_out_again() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60/4", "dent")).does("novak", raises("count"));
    // Four are scrap: 96 are left, of which 36 are not counted and can be taken off.
    let too_many = [(56, rework("count")), (40, Disposition::Scrap)];
    assert_eq!(shop.codes("brandt", shares(&too_many)), ["Q05"]);
    let all = [(64, rework("count")), (36, Disposition::Scrap)];
    assert_eq!(shop.codes("brandt", shares(&all)), ["N17"]);
    shop.does("brandt", shares(&[(66, rework("count")), (30, Disposition::Return)]));
    assert_eq!(of(&shop, "L-22-ASM1-1").ended.as_deref(), Some("return"));
    assert_eq!(shop.state().pieces_left(), 66);
    pieces_add_up(&shop);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_lot_that_is_counted_whole_is_shared_out_and_nothing_is_counted_twice() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "100", "")).does("novak", raises("count"));
    shop.does("brandt", shares(&[(98, rework("count")), (2, Disposition::Scrap)]));
    assert_eq!((shop.state().pieces(), of(&shop, "L-22-ASM1-1").pieces()), (98, 2));
    shop.does("novak", counted("count", "98", "")).does("novak", complete("count"));
    pieces_add_up(&shop);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_single_unit_has_no_pieces_to_share_out() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", raises("torque"));
    let parts = [(1, rework("torque")), (1, Disposition::Scrap)];
    assert_eq!(shop.codes("brandt", shares(&parts)), ["N17"]);
    shop.does("brandt", shares(&[(1, Disposition::Scrap)]));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
}

#[test]
fn r08_a_lot_split_and_disposed_unseen_is_looked_at_and_no_piece_is_lost() {
    let mut shop = held_lot();
    shop.share();
    shop.at("ASM1").does("brandt", shares(&[(98, rework("deburr")), (2, Disposition::Scrap)]));
    shop.at("ASM2").does("brandt", disposes(FIRST, rework("deburr")));
    shop.does("brandt", splits(10)).share();
    assert_eq!(shop.state().pieces(), 88);
    assert_eq!(of(&shop, "L-22-ASM2-1").pieces(), 10);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_held_lot_is_shared_out_also_once_its_order_is_closed() {
    let mut shop = held_lot();
    let close = OrderCommand::Close { reason: "done".to_owned(), with_open_units: true };
    shop.does("plan", Command::Order(shop.traveler.order.clone(), close));
    shop.does("brandt", shares(&[(90, Disposition::Scrap), (10, Disposition::Return)]));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
    assert_eq!(of(&shop, "L-22-ASM1-1").ended.as_deref(), Some("return"));
}
