//! Suspect units are measured themselves, and go on or go to a deviation by what is found (R16).

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::{Fact, Position};
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::split::Split;
use gemba::domain::traveler::suspect::HeldStanding;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::Shop;
use crate::support::shop_deviations::shares_out;
use crate::support::shop_plan::{disposes, id, order, reading};
use crate::support::shop_sampling::{gap, gap_done, sampling_order};

/// The eleventh unit failed, and its value was typed again: 2 to 10 are suspect.
fn suspects() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    shop.measured(1..=10);
    shop.unit("0011").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let (reading, value) = (shop.last_reading(), reading("0.07", "mm"));
    shop.does("novak", TravelerCommand::Retype { reading, value });
    shop.used_as_is("NCR-ASM1-0001").does("novak", gap_done());
    shop.unit("0002");
    shop
}

/// The unit at hand is sorted, with this value for the reading or piece that is next.
fn sorts(shop: &Shop, value: &str) -> TravelerCommand {
    let state = shop.state();
    let (hold, _, (sample, _)) = state.sorts_next().expect("something to sort");
    let (hold, value) = (hold.clone(), reading(value, "mm"));
    TravelerCommand::Sort { hold, sample, value, gauge: None }
}

/// As the unit at hand from then on.
fn sorted(shop: &mut Shop, unit: &str, value: &str) {
    shop.unit(unit);
    let sort = sorts(shop, value);
    shop.does("ito", sort);
}

fn standing(shop: &Shop) -> HeldStanding {
    shop.held(shop.traveler.unit.as_str())[0].standing
}

#[test]
fn r16_a_suspect_unit_that_is_measured_good_goes_on_at_once() {
    let mut shop = suspects();
    let first_pass = shop.state().first_pass();
    let sort = sorts(&shop, "0.03");
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
    assert_eq!((shop.state().open_holds().count(), shop.suspects().len()), (0, 8));
    assert_eq!(shop.state().first_pass(), first_pass);
    assert_eq!(shop.state().sorts_next(), None);
    assert_eq!(shop.looks_again(), 0, "it is not held again");
}

#[test]
fn r16_a_suspect_unit_that_is_shipped_is_measured_once_it_is_back() {
    let mut shop = suspects();
    let sort = sorts(&shop, "0.03");
    let released = Fact::read(include_str!("../fixtures/facts/ProductReleased.json")).unwrap().body;
    shop.writes(&[(Subject::Traveler(shop.traveler.clone()), released)]);
    assert_eq!(shop.codes("ito", sort.clone()), ["Z10"]);
    shop.does("quell", TravelerCommand::TakeBack { reason: "to be measured".to_owned() });
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
}

#[test]
fn r16_a_suspect_unit_that_fails_goes_to_a_deviation_as_any_other() {
    let mut shop = suspects();
    let sort = sorts(&shop, "0.08");
    shop.does("ito", sort);
    assert_eq!((standing(&shop), shop.state().open_holds().count()), (HeldStanding::Untouched, 2));
    let (reading, value) = (shop.last_reading(), reading("0.08", "mm"));
    shop.does("ito", TravelerCommand::Retype { reading, value });
    assert_eq!(standing(&shop), HeldStanding::Untouched, "nobody decided yet");
    shop.used_as_is("NCR-ASM1-0002");
    assert_eq!(standing(&shop), HeldStanding::Sorted);
    assert_eq!(shop.state().open_holds().count(), 0);
    // Another one is scrapped: it ends, whatever it was held for besides.
    sorted(&mut shop, "0003", "0.09");
    let (reading, value) = (shop.last_reading(), self::reading("0.09", "mm"));
    shop.does("ito", TravelerCommand::Retype { reading, value });
    shop.does("brandt", disposes("NCR-ASM1-0003", Disposition::Scrap));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
}

#[test]
fn r16_a_slip_in_sorting_is_put_right_and_the_unit_goes_on() {
    let mut shop = suspects();
    let sort = sorts(&shop, "0.3");
    shop.does("ito", sort);
    let (reading, value) = (shop.last_reading(), reading("0.03", "mm"));
    shop.does("ito", TravelerCommand::Retype { reading: reading.clone(), value });
    assert_eq!((standing(&shop), shop.state().open_holds().count()), (HeldStanding::Sorted, 0));
    // Corrected into a failing one later, it is held for that as any reading is.
    let (value, reason) = (self::reading("0.06", "mm"), "read again".to_owned());
    shop.does("ito", TravelerCommand::Correct { reading, value, reason });
    assert_eq!(shop.state().open_holds().count(), 1);
    assert_eq!(shop.suspects().len(), 8, "and says nothing of the others");
}

#[test]
fn r16_sorting_is_no_check_of_what_else_was_made_and_moves_no_counter() {
    let mut shop = suspects();
    sorted(&mut shop, "0005", "0.01");
    assert_eq!(shop.suspects().len(), 8, "2 to 4 are not vouched for by it");
    sorted(&mut shop, "0006", "0.09");
    assert_eq!(shop.suspects().len(), 8, "and nothing more is suspect for one that fails");
    assert_eq!(shop.measured(12..=22), [12, 22], "the count goes on from the check that failed");
}

#[test]
fn r16_sorting_is_refused_with_every_reason() {
    let mut shop = suspects();
    let sort = sorts(&shop, "0.03");
    assert_eq!(shop.codes("plan", sort.clone()), ["P04"]);
    shop.place("");
    assert_eq!(shop.codes("plan", sort.clone()), ["P04", "L01"]);
    shop.place("ASM-1").does("ito", sort.clone());
    assert_eq!(shop.codes("ito", sort.clone()), ["H02"], "the hold is over");
    let TravelerCommand::Sort { gauge, .. } = sort else { panic!("{sort:?}") };
    shop.unit("0003");
    let (hold, value) = (shop.held("0003")[0].hold.clone(), reading("0.03", "mm"));
    let other = TravelerCommand::Sort { hold, sample: 2, value, gauge };
    assert_eq!(shop.codes("ito", other), ["T07"], "one reading is all that is wanted");
    let sort = sorts(&shop, "0.09");
    shop.does("ito", sort);
    let TravelerCommand::Sort { hold, value, gauge, .. } = sorts(shop.unit("0004"), "0.01") else {
        panic!("something to sort")
    };
    shop.unit("0003");
    let other = shop.held("0003")[0].hold.clone();
    assert_ne!(hold, other);
    let again = TravelerCommand::Sort { hold: other, sample: 1, value, gauge };
    assert_eq!(shop.codes("ito", again), ["H03", "T14"]);
}

/// A lot of four passes unmeasured after a good unit.
fn lot_that_went_by() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    shop.measured(1..=1);
    let route = sampling_order().route.into_iter().chain(order().route).collect();
    let units = Units::Lot { lot: id("L-1"), quantity: 4 };
    let opened = OrderOpened { units, route, ..order() };
    shop.does("plan", Command::Order(id("WO-L"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-L");
    shop.unit("L-1").does("novak", TravelerCommand::Start).does("novak", gap_done());
    shop
}

fn splits_off(shop: &mut Shop, lot: &str, quantity: u32) {
    shop.traveler.order = id("WO-L");
    let split = Split { into: None, quantity, reason: "urgent".to_owned() };
    shop.unit(lot).later(60).does("brandt", TravelerCommand::SplitLot(split)).later(60);
}

/// Another unit is measured and fails; the lot is at hand again.
fn next_fails(shop: &mut Shop) -> Position {
    shop.traveler.order = id("WO-S");
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let failed = shop.last_reading();
    shop.traveler.order = id("WO-L");
    shop.unit("L-1");
    failed
}

/// Two pieces of a lot are split off before what makes it suspect is found.
fn suspect_lot() -> Shop {
    let mut shop = lot_that_went_by();
    splits_off(&mut shop, "L-1", 2);
    next_fails(&mut shop);
    shop
}

/// A lot that is sorted and split, after it was cleared once.
pub(crate) fn sorted_lot() -> Shop {
    let mut shop = lot_that_went_by();
    let reading_at = next_fails(&mut shop);
    let value = |text: &str| (reading_at.clone(), reading(text, "mm"));
    shop.traveler.order = id("WO-S");
    let (reading, good) = value("0.03");
    shop.unit("0002").does("novak", TravelerCommand::Retype { reading, value: good });
    assert_eq!(shop.suspects().len(), 0);
    let ((reading, value), reason) = (value("0.08"), "read again".to_owned());
    shop.does("novak", TravelerCommand::Correct { reading, value, reason });
    shop.traveler.order = id("WO-L");
    for _ in 0..4 {
        sorted(&mut shop, "L-1", "0.03");
    }
    splits_off(&mut shop, "L-1", 2);
    shop
}

#[test]
fn r16_a_suspect_lot_is_sorted_piece_by_piece() {
    let mut shop = suspect_lot();
    assert_eq!(shop.suspects(), ["WO-L/L-1", "WO-L/L-1-ASM1-1"]);
    sorted(&mut shop, "L-1", "0.03");
    assert_eq!(standing(&shop), HeldStanding::Untouched, "one of two pieces");
    let sort = sorts(&shop, "0.04");
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
    assert_eq!(shop.suspects(), ["WO-L/L-1-ASM1-1"]);
}

#[test]
fn r16_pieces_that_were_split_off_are_sorted_by_piece_where_they_are() {
    let mut shop = suspect_lot();
    shop.unit("L-1-ASM1-1");
    let (step, first_pass) = (shop.state().current(&shop.instructions).is_some(), shop.state());
    sorted(&mut shop, "L-1-ASM1-1", "0.03");
    let sort = sorts(&shop, "0.03");
    assert_eq!(standing(&shop), HeldStanding::Untouched, "one of two pieces");
    let TravelerCommand::Sort { hold, value, .. } = sort.clone() else { panic!("{sort:?}") };
    let third = TravelerCommand::Sort { hold, sample: 3, value, gauge: None };
    assert_eq!(shop.codes("ito", third), ["T07"], "it has two pieces");
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
    assert_eq!(shop.suspects(), ["WO-L/L-1"]);
    assert_eq!(shop.looks_again(), 0);
    let state = shop.state();
    assert_eq!(state.current(&shop.instructions).is_some(), step, "it goes on where it stood");
    assert_eq!(state.first_pass(), first_pass.first_pass());
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r16_a_piece_that_was_split_off_and_fails_goes_to_a_deviation() {
    let mut shop = suspect_lot();
    sorted(&mut shop, "L-1-ASM1-1", "0.08");
    let (reading, value) = (shop.last_reading(), reading("0.08", "mm"));
    shop.does("ito", TravelerCommand::Retype { reading: reading.clone(), value });
    assert_eq!(shop.state().open_holds().count(), 2);
    assert!(!shop.state().first_pass());
    shop.used_as_is("NCR-ASM1-0001");
    let sort = sorts(&shop, "0.03");
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
    // A slip that is found later holds it for that, as any reading does.
    let (value, reason) = (self::reading("0.09", "mm"), "read again".to_owned());
    shop.does("brandt", TravelerCommand::Correct { reading, value, reason });
    assert_eq!(shop.state().open_holds().count(), 1);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r16_a_piece_that_failed_and_is_scrapped_is_not_one_of_those_that_were_measured_good() {
    let mut shop = suspect_lot();
    sorted(&mut shop, "L-1", "0.08");
    let (reading, value) = (shop.last_reading(), reading("0.08", "mm"));
    shop.does("ito", TravelerCommand::Retype { reading, value });
    let parts = [("", Some(1), Disposition::UseAsIs), ("", Some(1), Disposition::Scrap)];
    shop.does("quell", shares_out("NCR-ASM1-0001", &parts));
    let agrees = shop.approval_of("NCR-ASM1-0001");
    shop.does("lind", agrees);
    assert_eq!(shop.state().pieces(), 1);
    assert_eq!(standing(&shop), HeldStanding::Untouched, "the other piece was not measured");
    let sort = sorts(&shop, "0.03");
    shop.does("ito", sort);
    assert_eq!(standing(&shop), HeldStanding::Sorted);
}

#[test]
fn r16_pieces_that_were_split_off_are_released_by_quality() {
    let mut shop = suspect_lot();
    let hold = shop.held("L-1-ASM1-1")[0].hold.clone();
    let reason = "measured at the bench".to_owned();
    shop.unit("L-1-ASM1-1").does("quell", TravelerCommand::ReleaseHold { hold, reason });
    assert_eq!(shop.suspects(), ["WO-L/L-1"]);
    assert_eq!(shop.looks_again(), 0);
}

#[test]
fn r16_pieces_of_pieces_are_held_too() {
    let mut shop = lot_that_went_by();
    splits_off(&mut shop, "L-1", 3);
    splits_off(&mut shop, "L-1-ASM1-1", 1);
    next_fails(&mut shop);
    assert_eq!(shop.suspects(), ["WO-L/L-1", "WO-L/L-1-ASM1-1", "WO-L/L-1-ASM1-1-1"]);
    sorted(&mut shop, "L-1-ASM1-1-1", "0.03");
    assert_eq!(standing(&shop), HeldStanding::Sorted, "it is one piece");
}

#[test]
fn r16_pieces_that_were_sorted_before_they_were_split_off_are_not_held_again() {
    let mut shop = sorted_lot();
    assert_eq!((shop.suspects().len(), shop.looks_again()), (0, 0));
    splits_off(&mut shop, "L-1-ASM1-1", 1);
    assert_eq!((shop.suspects().len(), shop.looks_again()), (0, 0));
}

#[test]
fn r16_what_quality_let_go_for_a_check_goes_as_pieces_too_and_another_check_holds_them() {
    let mut shop = lot_that_went_by();
    next_fails(&mut shop);
    let (hold, reason) = (shop.held("L-1")[0].hold.clone(), "fits".to_owned());
    shop.does("quell", TravelerCommand::ReleaseHold { hold, reason });
    splits_off(&mut shop, "L-1", 1);
    assert_eq!((shop.suspects().len(), shop.looks_again()), (0, 0));
    // The check before is found to be bad as well: nobody knew of that one.
    shop.traveler.order = id("WO-S");
    shop.unit("0001");
    let (reading, reason) = (shop.last_reading(), "read again".to_owned());
    let value = self::reading("0.09", "mm");
    shop.does("novak", TravelerCommand::Correct { reading: reading.clone(), value, reason });
    let both = ["WO-L/L-1", "WO-L/L-1-ASM1-1"];
    assert_eq!(shop.suspects(), both, "what was decided before does not cover it");
    shop.unit("0002");
    let (reading, value) = (shop.last_reading(), self::reading("0.02", "mm"));
    shop.does("novak", TravelerCommand::Retype { reading, value });
    assert_eq!(shop.suspects(), both);
}

#[test]
fn r16_pieces_that_another_station_split_off_unseen_are_held_once_both_meet() {
    let mut shop = lot_that_went_by();
    shop.share().at("ASM2").place("ASM-2");
    splits_off(&mut shop, "L-1", 2);
    shop.at("ASM1");
    next_fails(&mut shop);
    assert_eq!(shop.suspects(), ["WO-L/L-1"]);
    shop.share();
    assert_eq!(shop.looks_again(), 1);
    assert_eq!(shop.suspects(), ["WO-L/L-1", "WO-L/L-1-ASM2-1"]);
    shop.share().at("ASM2");
    assert_eq!(shop.looks_again(), 0);
}

/// A lot whose own sample was good, and of which two pieces were split off since.
fn good_lot() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    let route = sampling_order().route.into_iter().chain(order().route).collect();
    let units = Units::Lot { lot: id("L-1"), quantity: 4 };
    let opened = OrderOpened { units, route, ..order() };
    shop.does("plan", Command::Order(id("WO-L"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-L");
    shop.unit("L-1").does("novak", TravelerCommand::Start);
    shop.does("novak", gap("0.02")).does("novak", gap_done());
    shop
}

#[test]
fn r16_a_lot_whose_own_sample_is_corrected_to_fail_takes_the_pieces_that_left_with_it() {
    let mut shop = good_lot();
    splits_off(&mut shop, "L-1", 2);
    let (reading, reason) = (shop.last_reading(), "read again".to_owned());
    let correct = |value: &str| TravelerCommand::Correct {
        reading: reading.clone(),
        value: self::reading(value, "mm"),
        reason: reason.clone(),
    };
    shop.does("novak", correct("0.09"));
    assert_eq!(shop.suspects(), ["WO-L/L-1-ASM1-1"], "itself it is held for the reading");
    shop.unit("L-1-ASM1-1");
    assert_eq!(shop.state().open_holds().count(), 1);
    shop.unit("L-1");
    let (reading_again, value) = (reading.clone(), self::reading("0.03", "mm"));
    shop.does("novak", TravelerCommand::Retype { reading: reading_again, value });
    assert_eq!((shop.suspects().len(), standing_of(&shop)), (0, HeldStanding::Cleared));
}

fn standing_of(shop: &Shop) -> HeldStanding {
    shop.held("L-1-ASM1-1")[0].standing
}

#[test]
fn r16_pieces_that_left_before_the_step_answer_for_themselves() {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    shop.measured(1..=1);
    let route = sampling_order().route.into_iter().chain(order().route).collect();
    let units = Units::Lot { lot: id("L-1"), quantity: 4 };
    let opened = OrderOpened { units, route, ..order() };
    shop.does("plan", Command::Order(id("WO-L"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-L");
    shop.unit("L-1").does("novak", TravelerCommand::Start);
    splits_off(&mut shop, "L-1", 2);
    shop.does("novak", gap_done());
    next_fails(&mut shop);
    assert_eq!(shop.suspects(), ["WO-L/L-1"], "they were not made yet");
    shop.unit("L-1-ASM1-1").does("novak", gap("0.03")).does("novak", gap_done());
    assert_eq!((shop.suspects().len(), shop.looks_again()), (1, 0));
}
