//! R3, R10: what was measured on pieces before they were split off goes with them.

use gemba::domain::decide::Command;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::instruction::Instruction;
use gemba::domain::order::OrderCommand;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;

use crate::support::lots::{counted, deburring, lot_order, packing, splits};
use crate::support::shipping::ships;
use crate::support::shop::Shop;
use crate::support::shop_plan::{assembly, begin_wait, complete, id, signs, torque};

/// A lot that is torqued, verified where that is asked for, and counted.
fn torqued(verified: bool) -> Shop {
    torqued_in(Shop::open(), verified)
}

fn torqued_in(mut shop: Shop, verified: bool) -> Shop {
    let plan = assembly();
    let mut steps = vec![plan.steps[2].clone()];
    steps.extend(verified.then(|| plan.steps[6].clone()));
    steps.push(deburring().steps[1].clone());
    let specification = plan.specification.clone();
    shop.release_read(&Instruction { steps, specification, ..deburring() });
    shop.release_read(&packing());
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start);
    for sample in 1..=4 {
        shop.does("novak", torque(sample, "24.8"));
    }
    shop.does("novak", complete("torque"));
    if verified {
        shop.does("okafor", signs("release", 1)).does("okafor", complete("release"));
    }
    shop
}

fn fails(shop: &mut Shop) {
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
}

fn holds_for_gauge(shop: &Shop) -> TravelerCommand {
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id("TW-07"))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    let failed = state.failed().unwrap().at.clone();
    TravelerCommand::HoldForGauge { gauge: id("TW-07"), failed }
}

fn held(shop: &Shop) -> Vec<HoldReason> {
    shop.state().open_holds().map(|(_, hold)| hold.placed.reason.clone()).collect()
}

#[test]
fn r10_pieces_that_were_split_off_are_held_for_the_gauge_of_their_lot() {
    let mut shop = torqued(false);
    shop.does("novak", splits(40)).unit("L-22-ASM1-1");
    shop.later(60).does("novak", splits(10));
    fails(&mut shop);
    for lot in ["L-22-ASM1-1", "L-22-ASM1-1-1", "L-22"] {
        let hold = holds_for_gauge(shop.unit(lot));
        shop.does("quell", hold.clone());
        let state = shop.state();
        let (_, placed) = state.open_holds().next().unwrap();
        assert_eq!(placed.placed.readings.len(), 4, "{lot}");
        assert_eq!(shop.codes("quell", hold), ["G13"], "{lot}: each reading is held once");
    }
    assert_eq!(shop.unit("L-22-ASM1-1").codes("novak", counted("count", "30", "")), ["H01"]);
}

#[test]
fn r10_what_was_measured_after_the_split_is_no_reading_of_the_pieces_that_left() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", splits(40));
    fails(&mut shop);
    let hold = holds_for_gauge(shop.unit("L-22-ASM1-1"));
    assert_eq!(shop.codes("quell", hold), ["G13"]);
}

#[test]
fn r03_a_reading_corrected_to_fail_holds_the_pieces_that_were_split_off_since() {
    let mut shop = torqued(false);
    shop.does("novak", splits(40)).unit("L-22-ASM1-1").does("novak", splits(10)).unit("L-22");
    let (back, wrong) = (shop.correct(1, "24.7"), shop.correct(2, "99"));
    shop.does("novak", back);
    assert_eq!(held(shop.unit("L-22-ASM1-1")), [], "a value inside its limits holds nothing");
    shop.unit("L-22").does("novak", wrong);
    assert_eq!(held(&shop), [HoldReason::OutOfLimits]);
    for lot in ["L-22-ASM1-1", "L-22-ASM1-1-1"] {
        let found = held(shop.unit(lot));
        assert!(matches!(&found[..], [HoldReason::Origin { lot, .. }] if lot.unit == id("L-22")));
        assert_eq!(shop.codes("novak", counted("count", "10", "")), ["H01"], "{lot}");
    }
    // Quality or an engineer decides; a supervisor alone does not.
    let at = shop.state().open_holds().next().unwrap().0.clone();
    let release = TravelerCommand::ReleaseHold { hold: at, reason: "measured anew".to_owned() };
    assert_eq!(shop.codes("brandt", release.clone()), ["P04"]);
    shop.does("quell", release).does("novak", counted("count", "10", ""));
}

#[test]
fn r10_a_clock_that_was_set_back_takes_no_pieces_out_of_what_their_lot_was_measured_with() {
    let mut shop = Shop::open();
    shop.later(10_800);
    let mut shop = torqued_in(shop, false);
    shop.later(-7_200).does("novak", splits(40));
    let wrong = shop.correct(2, "99");
    shop.does("novak", wrong);
    assert!(matches!(held(shop.unit("L-22-ASM1-1"))[..], [HoldReason::Origin { .. }]));
    shop.later(7_200);
    fails(&mut shop);
    let hold = holds_for_gauge(&shop);
    shop.does("quell", hold);
    assert_eq!(held(&shop).len(), 2);
}

#[test]
fn r03_pieces_split_off_unseen_by_who_measured_are_held_with_their_lot() {
    let mut shop = torqued(false);
    shop.share();
    shop.at("ASM2").does("okafor", splits(40));
    let wrong = shop.at("ASM1").correct(2, "99");
    shop.share().at("ASM1").does("novak", wrong).share();
    assert!(matches!(held(shop.unit("L-22-ASM2-1"))[..], [HoldReason::Origin { .. }]));
}

#[test]
fn r17_pieces_that_were_split_off_do_not_ship_while_the_gauge_of_their_lot_is_in_doubt() {
    let mut shop = torqued(false);
    shop.does("novak", splits(40)).unit("L-22-ASM1-1").does("novak", counted("count", "40", ""));
    let release = ships(&shop);
    assert!(!shop.codes("quell", release.clone()).contains(&"Z08"));
    fails(&mut shop);
    assert!(shop.codes("quell", release).contains(&"Z08"));
}

#[test]
fn r06_a_correction_under_a_signature_holds_the_pieces_that_rested_on_it() {
    let mut shop = torqued(true);
    shop.does("novak", splits(40));
    let corrected = shop.correct(1, "24.7");
    shop.does("novak", corrected);
    assert!(matches!(held(shop.unit("L-22-ASM1-1"))[..], [HoldReason::Origin { .. }]));
}

#[test]
fn r11_pieces_are_not_split_off_from_a_wait_that_would_begin_anew_for_them() {
    let mut shop = Shop::open();
    let mut steps = assembly().steps;
    steps.retain(|step| step.id == id("cure"));
    steps.push(deburring().steps[1].clone());
    shop.release_read(&Instruction { steps, ..deburring() });
    shop.release_read(&packing());
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start).does("novak", begin_wait("cure"));
    assert_eq!(shop.codes("novak", splits(40)), ["W04"]);
    shop.later(25 * 60);
    assert_eq!(shop.codes("novak", splits(40)), ["W04"], "also once it may end");
    shop.does("novak", complete("cure")).does("novak", splits(40));
}
