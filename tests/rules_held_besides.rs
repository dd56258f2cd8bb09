//! R8: what holds a unit besides, what joins a deviation unseen, and what it is taken for later.

use gemba::domain::deviation::{DeviationCommand, DeviationKind, Disposition, Raise};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::state::TravelerState;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shipping::{finished, ships, takes_back};
use crate::support::shop::Shop;
use crate::support::shop_deviations::{FIRST, on, raises_here, shares_out, unit_of};
use crate::support::shop_plan::{disposes, id, raises, rework, torque};

fn of(shop: &Shop, unit: &TravelerId) -> TravelerState {
    let StreamState::Traveler(state) = shop.stream(&Subject::Traveler(unit.clone())).state else {
        panic!("a traveler's stream holds a traveler");
    };
    state
}

fn held(shop: &Shop, unit: &TravelerId) -> bool {
    of(shop, unit).open_holds().next().is_some()
}

/// A lot of 100 that is held at the count, for two things that are wrong with it.
fn held_twice() -> Shop {
    let mut shop = Shop::counting_lot();
    shop.does("novak", raises("count")).does("novak", raises("count"));
    shop
}

#[test]
fn r08_pieces_that_leave_a_lot_by_one_deviation_stay_held_by_the_other() {
    let mut shop = held_twice();
    let lot = shop.traveler.clone();
    let parts = [("", Some(98), rework("count")), ("", Some(2), rework("deburr"))];
    shop.does("brandt", shares_out(FIRST, &parts));
    let left = TravelerId { order: lot.order.clone(), unit: id("L-22-ASM1-1") };
    assert_eq!(of(&shop, &left).pieces(), 2);
    assert!(held(&shop, &lot) && held(&shop, &left));
    let other = "NCR-ASM1-0002";
    assert_eq!(shop.deviation(other).undecided().len(), 2, "it says of both what becomes of them");
    shop.does("quell", shares_out(other, &[("", None, Disposition::Void)]));
    assert!(!held(&shop, &lot) && !held(&shop, &left));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_pieces_that_end_by_one_deviation_need_nothing_of_the_other() {
    let mut shop = held_twice();
    let parts = [("", Some(98), rework("count")), ("", Some(2), Disposition::Scrap)];
    shop.does("brandt", shares_out(FIRST, &parts));
    assert_eq!(shop.deviation("NCR-ASM1-0002").undecided().len(), 1);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_lot_is_not_shared_out_while_the_server_holds_it_for_something_else() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", raises("count"));
    let fact = of(&shop, &shop.traveler.clone()).facts.keys().next().unwrap().clone();
    let reasons = vec!["revoked".to_owned()];
    shop.does("", TravelerCommand::HoldForJudge { fact, reasons });
    let parts = [("", Some(98), rework("count")), ("", Some(2), Disposition::Scrap)];
    assert_eq!(shop.codes("brandt", shares_out(FIRST, &parts)), ["H01"]);
}

fn units_at_torque() -> Shop {
    let mut shop = Shop::open();
    for unit in ["0001", "0002"] {
        shop.unit(unit).does("novak", TravelerCommand::Start).reaches("torque");
    }
    shop.unit("0001");
    shop
}

#[test]
fn r08_a_unit_that_joins_a_deviation_which_is_closed_unseen_can_still_be_decided() {
    let mut shop = units_at_torque();
    shop.does("novak", raises("torque")).share();
    shop.at("ASM1").does("quell", disposes(FIRST, Disposition::Void));
    let closes = || on(FIRST, DeviationCommand::Close { note: "seen".to_owned() });
    shop.does("quell", closes());
    let units = vec![unit_of("0002")];
    shop.at("ASM2").does("okafor", on(FIRST, DeviationCommand::AddUnits { units })).share();
    assert!(held(&shop, &unit_of("0002")));
    assert!(!shop.deviation(FIRST).is_closed());
    shop.does("brandt", disposes(FIRST, rework("clean")));
    assert!(!held(&shop, &unit_of("0002")));
    assert!(shop.deviation(FIRST).is_closed());
}

#[test]
fn r08_a_process_deviation_that_turns_out_to_be_of_the_product_holds_its_units() {
    let mut shop = units_at_torque();
    let units = vec![unit_of("0001"), unit_of("0002")];
    let process = Raise { kind: DeviationKind::Process, units, ..Raise::noted("oven chart out") };
    shop.does("novak", raises_here(process));
    assert!(!held(&shop, &unit_of("0001")));
    let (kind, note) = (Some(DeviationKind::Product), "it shows on the part".to_owned());
    let review = DeviationCommand::Review { kind, code: None, close_by: None, note };
    shop.does("brandt", on(FIRST, review));
    assert!(held(&shop, &unit_of("0001")) && held(&shop, &unit_of("0002")));
    let closes = || on(FIRST, DeviationCommand::Close { note: "seen".to_owned() });
    assert_eq!(shop.codes("quell", closes()), ["N03"]);
    shop.does("brandt", disposes(FIRST, rework("clean")));
    shop.does("quell", closes());
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_unit_without_a_failing_reading_is_void_by_whoever_disposes_also_beside_one_that_fails() {
    let mut shop = units_at_torque();
    shop.does("novak", torque(1, "28"));
    let again = shop.retype(1, "28");
    shop.does("novak", again);
    let units = vec![unit_of("0002")];
    shop.does("novak", on(FIRST, DeviationCommand::AddUnits { units }));
    let shares = [("0001", None, rework("torque")), ("0002", None, Disposition::Void)];
    shop.does("brandt", shares_out(FIRST, &shares));
    assert!(!held(&shop, &unit_of("0001")) && !held(&shop, &unit_of("0002")));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_a_hold_on_a_shipped_unit_is_for_quality_to_end_and_the_unit_comes_back_before_it_is_reworked()
 {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release).does("novak", raises("deburr"));
    for decision in [rework("deburr"), Disposition::Scrap] {
        assert_eq!(shop.codes("brandt", disposes(FIRST, decision)), ["Z10"]);
    }
    assert_eq!(shop.codes("brandt", disposes(FIRST, Disposition::Void)), ["P04"]);
    shop.does("quell", disposes(FIRST, Disposition::Void));
    assert!(shop.state().open_holds().next().is_none());
    shop.does("novak", raises("deburr")).does("quell", takes_back("sent back"));
    shop.does("brandt", disposes("NCR-ASM1-0002", Disposition::Scrap));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
    nothing_is_objected_to(&mut shop);
}
