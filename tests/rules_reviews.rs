//! What the server did not accept holds, and somebody answers it.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;

use crate::support::shop::Shop;
use crate::support::shop_plan::{id, torque};

/// The judge says why it does not accept a fact, and which units it held for that.
fn judged(fact: &Position, reason: &str, units: &[&TravelerId]) -> Command {
    let units: Vec<TravelerId> = units.iter().map(|unit| (*unit).clone()).collect();
    let verdict = if units.is_empty() { JudgeVerdict::Held } else { JudgeVerdict::Rejected };
    let reasons = vec![reason.to_owned()];
    let exceptions = vec![Judgement { fact: fact.clone(), verdict, reasons, units }];
    let (from, to_seq, unread) = (fact.clone(), fact.seq, Vec::new());
    Command::Station(id("ASM1"), StationCommand::Judge { from, to_seq, exceptions, unread })
}

fn hold(fact: &Position, reason: &str) -> TravelerCommand {
    TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: vec![reason.to_owned()] }
}

fn answers(fact: &Position, accepted: bool, reason: &str) -> Command {
    let (fact, reason) = (fact.clone(), reason.to_owned());
    Command::Station(id("ASM1"), StationCommand::AnswerReview { fact, accepted, reason })
}

#[test]
fn what_the_judge_does_not_accept_holds_once_until_a_supervisor_lets_it_go_on() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let (fact, unit) = (shop.torque_at(1), shop.traveler.clone());
    shop.does("", hold(&fact, "revoked")).does("", hold(&fact, "revoked"));
    let state = shop.state();
    assert_eq!(state.open_holds().count(), 1);
    let (_, found) = state.open_holds().next().unwrap();
    assert!(matches!(found.placed.reason, HoldReason::Judged { .. }));
    let refused = shop.refuses("novak", torque(2, "25"));
    assert_eq!(refused[0].next(), "a supervisor answers or releases it");
    shop.does("", judged(&fact, "revoked", &[&unit]));
    assert_eq!(shop.codes("novak", answers(&fact, true, "")), ["P04", "R08"]);
    shop.does("brandt", answers(&fact, false, "ask her"));
    assert_eq!(shop.codes("novak", torque(2, "25")), ["H01"]);
    shop.does("brandt", answers(&fact, true, "she was there"));
    shop.does("novak", torque(2, "25"));
    assert_eq!(shop.codes("brandt", answers(&fact, true, "again")), ["S01"]);
}

#[test]
fn what_the_server_rejected_is_answered_once_its_hold_is_here_and_then_stays_answered() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let (fact, unit) = (shop.torque_at(1), shop.traveler.clone());
    shop.does("", judged(&fact, "revoked", &[&unit]));
    let refused = shop.refuses("brandt", answers(&fact, true, "she was there"));
    assert_eq!((refused[0].code(), refused.len()), ("H06", 1));
    assert!(refused[0].next().starts_with("sync"), "{}", refused[0].next());
    shop.does("brandt", answers(&fact, false, "ask her"));
    shop.does("", hold(&fact, "revoked"));
    shop.does("brandt", answers(&fact, true, "she was there"));
    assert_eq!(shop.state().open_holds().count(), 0);
    shop.does("", judged(&fact, "revoked", &[&unit])).does("", hold(&fact, "revoked"));
    assert_eq!(shop.state().open_holds().count(), 0, "it stays answered");
    assert_eq!(shop.codes("brandt", answers(&fact, true, "again")), ["S01"]);
}

#[test]
fn what_is_found_later_against_an_answered_record_holds_again_and_is_answered_again() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let (fact, unit) = (shop.torque_at(1), shop.traveler.clone());
    shop.does("", hold(&fact, "revoked")).does("", judged(&fact, "revoked", &[&unit]));
    shop.does("brandt", answers(&fact, true, "she was there"));
    shop.does("", hold(&fact, "over-used"));
    assert_eq!(shop.codes("novak", torque(2, "25")), ["H01"]);
    shop.does("", judged(&fact, "over-used", &[&unit]));
    shop.does("brandt", answers(&fact, true, "one more was agreed"));
    shop.does("novak", torque(2, "25"));
}

#[test]
fn one_answer_lets_every_unit_go_on_that_is_held_for_the_record() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let (fact, first) = (shop.torque_at(1), shop.traveler.clone());
    shop.does("", hold(&fact, "no role"));
    shop.unit("0008");
    let second = shop.traveler.clone();
    shop.does("", judged(&fact, "no role", &[&first, &second]));
    let refused = shop.refuses("brandt", answers(&fact, true, "seen"));
    assert_eq!(
        refused[0].code(),
        "H06",
        "the second unit would stay on hold with nothing to answer"
    );
    shop.does("", hold(&fact, "no role"));
    shop.does("brandt", answers(&fact, true, "seen"));
    for unit in [first, second] {
        shop.traveler = unit;
        assert_eq!(shop.state().open_holds().count(), 0, "{}", shop.traveler);
    }
}
