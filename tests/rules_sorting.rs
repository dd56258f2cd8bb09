//! Suspect units are measured themselves, and go on or go to a deviation by what is found (R16).

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::Fact;
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::split::Split;
use gemba::domain::traveler::suspect::HeldStanding;

use crate::support::shop::Shop;
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
    let (hold, _, (sample, _)) = state.sorts_next(&shop.traveler).expect("something to sort");
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
    assert_eq!(shop.state().sorts_next(&shop.traveler), None);
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

/// A lot of four passes unmeasured after a good unit, and two pieces of it are split off.
fn suspect_lot() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    shop.measured(1..=1);
    let route = sampling_order().route.into_iter().chain(order().route).collect();
    let units = Units::Lot { lot: id("L-1"), quantity: 4 };
    let opened = OrderOpened { units, route, ..order() };
    shop.does("plan", Command::Order(id("WO-L"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-L");
    shop.unit("L-1").does("novak", TravelerCommand::Start).does("novak", gap_done());
    let split = Split { into: None, quantity: 2, reason: "urgent".to_owned() };
    shop.later(60).does("brandt", TravelerCommand::SplitLot(split)).later(60);
    shop.traveler.order = id("WO-S");
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    shop.traveler.order = id("WO-L");
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
fn r16_pieces_that_were_split_off_are_held_and_released_by_quality() {
    let mut shop = suspect_lot();
    shop.unit("L-1-ASM1-1");
    let hold = shop.held("L-1-ASM1-1")[0].hold.clone();
    let value = reading("0.03", "mm");
    let sort = TravelerCommand::Sort { hold: hold.clone(), sample: 1, value, gauge: None };
    assert_eq!(shop.codes("ito", sort), ["R28"]);
    let reason = "measured at the bench".to_owned();
    shop.does("quell", TravelerCommand::ReleaseHold { hold, reason });
    assert_eq!(shop.suspects(), ["WO-L/L-1"]);
    assert_eq!(shop.looks_again(), 0);
}
