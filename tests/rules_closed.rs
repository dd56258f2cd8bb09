//! Closing an order, opening it again, and what stays possible on its units between (R3, R8).

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition};
use gemba::domain::fact::Position;
use gemba::domain::order::{OrderCommand, OrderState, Unfinished};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::lots::{counted, recounted, splits};
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    accept_wait, at, begin_wait, complete, disposes, id, measured, pause, raises, rework, signs,
    skip, torque,
};
use crate::support::shop_route::accepts;

fn closes(order: &str, with_open_units: bool) -> Command {
    let reason = "sold".to_owned();
    Command::Order(id(order), OrderCommand::Close { reason, with_open_units })
}

fn reopens() -> Command {
    Command::Order(id("WO-1"), OrderCommand::Reopen { reason: "two more".to_owned() })
}

fn order_of(shop: &Shop) -> OrderState {
    let StreamState::Order(state) = shop.stream(&Subject::Order(id("WO-1"))).state else {
        panic!("an order's stream holds an order");
    };
    state
}

#[test]
fn an_order_with_units_that_are_begun_or_on_hold_is_closed_only_when_that_is_meant() {
    let mut shop = Shop::open();
    let all = order_of(&shop).opened.unwrap().units.ids().len();
    shop.does("novak", TravelerCommand::Start);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", raises("scan"));
    assert_eq!(shop.codes("plan", closes("WO-1", false)), ["O09"]);
    let refusal = shop.tries("plan", closes("WO-1", false)).unwrap_err();
    let not_begun = all - 2;
    let told = format!("1 begun (0001), 1 on hold (0002), {not_begun} not begun");
    assert!(refusal.to_string().contains(&told), "{refusal}");
    assert_eq!(shop.codes("novak", closes("WO-1", false)), ["P04", "O09"], "every reason (R7)");
    shop.does("plan", closes("WO-1", true));
    let left = Unfinished { begun: vec![id("0001")], held: vec![id("0002")], not_begun };
    assert_eq!(order_of(&shop).closings.into_values().collect::<Vec<_>>(), [left]);
}

#[test]
fn units_that_nobody_began_or_that_ended_do_not_keep_an_order_open() {
    let mut shop = Shop::open();
    shop.does("novak", TravelerCommand::Start).does("novak", raises("scan"));
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    shop.does("plan", closes("WO-1", false));
    let left = order_of(&shop).closings.into_values().next().unwrap();
    assert!(left.begun.is_empty() && left.held.is_empty() && left.not_begun > 0, "{left:?}");
}

#[test]
fn an_order_is_opened_again_by_a_planner_or_supervisor_and_its_units_go_on() {
    let mut shop = Shop::reaching("torque");
    assert_eq!(shop.codes("plan", reopens()), ["O14"]);
    shop.does("plan", closes("WO-1", true));
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["O03"]);
    assert_eq!(shop.codes("novak", reopens()), ["P04"]);
    let blank = Command::Order(id("WO-1"), OrderCommand::Reopen { reason: " ".to_owned() });
    assert_eq!(shop.codes("plan", blank), ["R08"]);
    let unknown = Command::Order(id("WO-7"), OrderCommand::Reopen { reason: "x".to_owned() });
    assert_eq!(shop.codes("plan", unknown), ["O01"]);
    shop.does("brandt", reopens()).does("novak", torque(1, "24.8"));
    shop.does("plan", closes("WO-1", true));
    assert_eq!(shop.codes("novak", torque(2, "24.8")), ["O03"], "closed once more");
}

#[test]
fn a_closing_that_whoever_reopens_did_not_know_of_stands() {
    let mut shop = Shop::open();
    shop.does("plan", closes("WO-1", false)).share();
    shop.does("plan", reopens());
    shop.at("ASM2").does("plan", reopens()).does("plan", closes("WO-1", false)).share();
    for station in ["ASM1", "ASM2"] {
        assert!(order_of(shop.at(station)).closed, "{station}");
    }
    shop.at("ASM1").does("plan", reopens()).share();
    for station in ["ASM1", "ASM2"] {
        assert!(!order_of(shop.at(station)).closed, "{station}");
    }
}

/// Whether a command is refused because the order is closed, whatever else stands in its way.
fn closed_for(shop: &mut Shop, who: &str, command: TravelerCommand) -> bool {
    let refused = shop.tries(who, command).err();
    refused.is_some_and(|no| no.reasons.iter().any(|reason| reason.code() == "O03"))
}

#[test]
fn on_a_closed_order_no_work_goes_on_by_any_command() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "27.3"));
    let (reading, reason) = (shop.torque_at(1), String::from("x"));
    let value = crate::support::shop_plan::reading("24.8", "N·m");
    let gauge = Some(id("TW-07"));
    let (rows, shown) = (Vec::new(), BTreeSet::new());
    let ask_at = at("torque");
    let works = [
        TravelerCommand::Start,
        torque(2, "24.8"),
        begin_wait("cure"),
        TravelerCommand::RecordRows { at: ask_at, ask: 1, gauge: gauge.clone(), rows },
        TravelerCommand::Remeasure { reading, value, gauge, reason: reason.clone() },
        counted("torque", "1", ""),
        complete("torque"),
        skip("torque"),
        accept_wait("cure"),
        accepts(20),
        pause(),
        TravelerCommand::Resume { note: None },
        splits(1),
        signs("release", 1),
        TravelerCommand::KeepRevision { shown: shown.clone(), reason: reason.clone() },
        TravelerCommand::MoveToRevision { shown, reason },
    ];
    for command in &works {
        assert!(!closed_for(&mut shop, "nobody", command.clone()), "{command:?} while it is open");
    }
    shop.does("plan", closes("WO-1", true));
    for command in works {
        assert!(command.goes_on());
        assert!(closed_for(&mut shop, "novak", command.clone()), "{command:?}");
    }
    shop.unit("0002");
    assert!(closed_for(&mut shop, "novak", TravelerCommand::Start));
}

#[test]
fn r03_on_a_closed_order_what_was_recorded_is_still_put_right() {
    let mut shop = Shop::reaching("torque");
    let entry = |shop: &Shop, step: &str, n: u16| -> Position {
        let state = shop.state();
        let attempt = state.standing_attempt(20, &id(step)).unwrap();
        attempt.entry(n, 1).unwrap().at.clone()
    };
    let (housing, clean) = (entry(&shop, "scan", 2), entry(&shop, "clean", 1));
    shop.does("novak", torque(1, "27.3")).does("plan", closes("WO-1", true));
    let slip = shop.retype(1, "25.3");
    shop.does("novak", slip);
    let again = shop.correct(1, "25.1");
    shop.does("novak", again);
    let (text, reason) = ("H-9".to_owned(), "the other label".to_owned());
    let corrects = TravelerCommand::CorrectEntry { entry: housing, text, reason: reason.clone() };
    shop.does("novak", corrects);
    let takes_back = TravelerCommand::CorrectAnswer { answer: clean, yes: false, reason };
    assert!(!closed_for(&mut shop, "novak", takes_back));
    let mut lot = Shop::counting_lot();
    lot.does("novak", counted("count", "60/2", "dent"));
    let order = lot.traveler.order.to_string();
    lot.does("plan", closes(&order, true));
    let right = recounted(&lot, "60/1", "one is good after all");
    lot.does("novak", right);
}

#[test]
fn r08_on_a_closed_order_units_are_held_and_deviations_raised_disposed_and_closed() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "27.3")).does("plan", closes("WO-1", true));
    let same = shop.retype(1, "27.3");
    shop.does("novak", same);
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    assert!(closed_for(&mut shop, "novak", torque(1, "24.8")), "the loop waits for the order");
    shop.does("novak", raises("torque"));
    shop.used_as_is("NCR-ASM1-0002");
    let close = DeviationCommand::Close { note: "seen".to_owned() };
    shop.does("quell", Command::Deviation(id("NCR-ASM1-0002"), close));
    let hold = TravelerCommand::HoldForDefinition { reason: "wrong text".to_owned() };
    shop.does("brandt", hold);
    let (hold, reason) = (shop.state().open_holds().next().unwrap().0.clone(), "x".to_owned());
    shop.does("brandt", TravelerCommand::ReleaseHold { hold, reason });
    let (gauge, failed) = (id("TW-07"), shop.torque_at(1));
    let trace = TravelerCommand::HoldForGauge { gauge, failed };
    assert!(!closed_for(&mut shop, "quell", trace));
    shop.does("plan", reopens()).does("novak", measured("torque", 1, "24.8", "TW-07"));
}
