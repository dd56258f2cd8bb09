//! A lot was split off and goes on by the ticket of the lot that it was of, and something happens to either
//! unseen: what is sent back is done again, and what is held closes nothing (R8, R9, R17).

use gemba::domain::decide::Command;
use gemba::domain::deviation::Raise;
use gemba::domain::instruction::Instruction;
use gemba::domain::order::{OrderCommand, RouteOperation};
use gemba::domain::refusal::Reason;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};

use crate::rules_tickets::not_shipped;
use crate::support::lots::{counted, deburring, lot_order, splits, splits_into};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, disposes, id, raises, rework};
use crate::support::shop_route::accepts;
use crate::support::shop_tickets::takes;

/// Operation 10, before the lot is deburred.
fn washing() -> Instruction {
    let mut steps = vec![deburring().steps.remove(0)];
    steps[0].id = id("wash");
    Instruction {
        id: id("WI-8"),
        title: "Wash".to_owned(),
        operation: 10,
        operation_name: "Washing".to_owned(),
        steps,
        ..deburring()
    }
}

fn wash() -> StepAt {
    StepAt { operation: 10, step: id("wash") }
}

/// A lot is washed, and both stations know that.
fn washed() -> Shop {
    let mut shop = Shop::open();
    shop.release_lots();
    shop.release(&washing());
    let mut opened = lot_order();
    let (operation, instruction, work_center) = (10, id("WI-8"), id("ASM"));
    opened.route.insert(0, RouteOperation { operation, instruction, work_center });
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start);
    let entry = Entry::Answer(true);
    shop.does("novak", TravelerCommand::Record { at: wash(), ask: 1, sample: 1, entry });
    shop.does("novak", TravelerCommand::CompleteStep { at: wash(), read_in: None }).share();
    shop
}

/// The lot is deburred and counted at ASM1; ASM2 boxes it by the ticket and splits forty pieces off.
fn split_apart(mut shop: Shop) -> Shop {
    shop.at("ASM2").place("INC-1").at("ASM1").place("ASM-1").unit("L-22");
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "97/3", "dent")).does("novak", complete("count"));
    let ticket = shop.ticket();
    shop.at("ASM2").does("novak", takes(&ticket));
    shop.does("novak", answer("box", 1, true)).does("novak", complete("box"));
    shop.does("novak", splits(40)).unit("L-22-ASM2-1");
    shop
}

#[test]
fn r09_records_taken_over_unseen_by_who_sends_the_pieces_back_close_nothing_in_either_order() {
    for (sends_back, takes_over) in [("ASM1", "ASM2"), ("ASM2", "ASM1")] {
        let mut shop = split_apart(washed());
        shop.share();
        let pinned = shop.state().operation(20).unwrap().clone();
        let raise = Box::new(Raise::noted("a scratch"));
        shop.at(sends_back).does("novak", TravelerCommand::RaiseDeviation { at: wash(), raise });
        let number = format!("NCR-{sends_back}-0001");
        shop.does("brandt", disposes(&number, rework("wash")));
        shop.at(takes_over).does("brandt", accepts(20));
        assert!(
            shop.state().operation_closed(&pinned, &shop.instructions),
            "nothing else is known"
        );
        shop.share();
        for station in [sends_back, takes_over] {
            let state = shop.at(station).state();
            assert!(!state.step_closed(10, &id("wash")), "{sends_back}: it is washed again");
            for step in ["deburr", "count"] {
                assert!(!state.step_closed(20, &id(step)), "{sends_back}: {step} rested on that");
            }
            assert!(!state.accepted.contains_key(&20), "{sends_back}");
            assert!(!state.step_closed(30, &id("box")), "{sends_back}");
        }
    }
}

#[test]
fn r09_what_was_sent_back_on_a_lot_on_the_way_is_not_closed_by_records_of_the_first_time() {
    let mut shop = split_apart(Shop::with_lot());
    shop.does("novak", raises("deburr"));
    shop.does("brandt", disposes("NCR-ASM2-0001", rework("deburr")));
    // Somebody vouches that it was done again.
    shop.does("brandt", accepts(20)).does("novak", splits(10)).unit("L-22-ASM2-1-1");
    assert!(shop.state().accepted.contains_key(&20));
    shop.share();
    assert_eq!(shop.codes("brandt", accepts(20)), ["T22"], "what was done again is not here");
}

#[test]
fn r08_a_lot_on_hold_for_pieces_that_were_split_off_unseen_closes_nothing_of_theirs_and_stops_them()
{
    let mut shop = split_apart(Shop::with_lot());
    shop.does("novak", counted("tally", "40", "")).does("novak", complete("tally"));
    shop.at("ASM1").place("INC-1").unit("L-22").does("novak", raises("box"));
    shop.share().at("ASM2").unit("L-22-ASM2-1");
    assert_eq!(shop.state().open_holds().count(), 0, "it has another name");
    assert_eq!(shop.codes("brandt", accepts(20)), ["T22"]);
    let codes: Vec<&str> = not_shipped(&shop).iter().map(Reason::code).collect();
    assert_eq!(codes, ["Z02", "H01"]);
    let said = not_shipped(&shop)[1].what().to_string();
    assert!(said.contains("WO-2/L-22, which it was split off, is on hold for it too"), "{said}");
    shop.at("ASM1").used_as_is("NCR-ASM1-0001").share();
    shop.at("ASM2").does("brandt", accepts(20));
    assert_eq!(not_shipped(&shop), []);
}

#[test]
fn r08_a_hold_of_a_lot_by_who_knew_that_the_pieces_had_left_does_not_stop_them() {
    let mut shop = split_apart(Shop::with_lot());
    shop.does("novak", counted("tally", "40", "")).does("novak", complete("tally")).share();
    shop.at("ASM1").place("INC-1").unit("L-22").does("novak", raises("box"));
    shop.share().at("ASM2").unit("L-22-ASM2-1").does("brandt", accepts(20));
    assert_eq!(not_shipped(&shop), []);
}

#[test]
fn r09_pieces_of_two_splits_under_one_name_had_left_only_once_both_had() {
    let mut shop = Shop::with_lot();
    for station in ["ASM1", "ASM2"] {
        shop.at(station).does("novak", splits_into(Some("L-22-X"), 10));
    }
    // Whoever holds the lot knows of one of them.
    shop.at("ASM1").does("novak", raises("deburr"));
    shop.share().unit("L-22-X");
    assert_eq!(shop.state().lot.origins.len(), 2);
    let codes: Vec<&str> = not_shipped(&shop).iter().map(Reason::code).collect();
    assert!(codes.contains(&"H01"), "{codes:?}");
}
