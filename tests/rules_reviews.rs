//! What the server did not accept holds, and somebody answers it.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::Position;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;

use crate::support::shop::Shop;
use crate::support::shop_deviations::FIRST;
use crate::support::shop_plan::{disposes, id, raises, rework, torque};

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
    Command::Station(
        id("ASM1"),
        StationCommand::AnswerReview { fact, accepted, counts: None, units: Vec::new(), reason },
    )
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
    assert_eq!(refused[0].next(), "supervisor answers it (gemba review answer)");
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
    assert!(refused[0].next().to_string().starts_with("sync"), "{}", refused[0].next());
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

/// Work is sent back at one station and scrapped at the other, unseen; the judge holds it for the second.
fn decided_twice() -> (Shop, Position) {
    let mut shop = Shop::reaching("torque");
    shop.share().at("ASM1").does("novak", raises("torque")).share();
    shop.at("ASM1").does("brandt", disposes(FIRST, rework("torque")));
    shop.at("ASM2").does("brandt", disposes(FIRST, Disposition::Scrap)).share().at("ASM1");
    let state = shop.state();
    let [hold] = state.holds.values().collect::<Vec<_>>()[..] else { panic!("one hold") };
    let fact = hold.unheeded[0].at.clone();
    let unit = shop.traveler.clone();
    shop.does("", hold_of(&fact)).does("", judged(&fact, "two decisions", &[&unit]));
    (shop, fact)
}

fn hold_of(fact: &Position) -> TravelerCommand {
    hold(fact, "two decisions")
}

fn answers_that(fact: &Position, counts: &str, units: &[TravelerId]) -> Command {
    let (fact, counts, units) = (fact.clone(), Some(counts.to_owned()), units.to_vec());
    let reason = "asked both".to_owned();
    let answer = StationCommand::AnswerReview { fact, accepted: true, counts, units, reason };
    Command::Station(id("ASM1"), answer)
}

#[test]
fn r08_an_answer_about_two_decisions_names_the_one_that_counts() {
    let (mut shop, fact) = decided_twice();
    let refused = shop.refuses("brandt", answers(&fact, true, "it stands"));
    assert_eq!((refused[0].code(), refused.len()), ("H07", 1));
    let next = "say which one counts: --counts 'rework from step torque' or --counts 'scrap'";
    assert_eq!(refused[0].next(), next);
    assert_eq!(shop.codes("brandt", answers_that(&fact, "use as is", &[])), ["H07"]);
    shop.does("brandt", answers_that(&fact, "rework from step torque", &[]));
    assert_eq!((shop.state().ended, shop.state().open_holds().count()), (None, 0));
    let followed = shop.deviation(FIRST).dispositions_of(&shop.traveler, &shop.state())[0].clone();
    assert_eq!(followed.body.decisions[0].disposition, rework("torque"));
}

#[test]
fn r08_scrap_that_counts_ends_the_unit_and_is_the_decision_in_effect() {
    let (mut shop, fact) = decided_twice();
    shop.does("brandt", answers_that(&fact, "scrap", &[]));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
    let followed = shop.deviation(FIRST).dispositions_of(&shop.traveler, &shop.state())[0].clone();
    assert_eq!(followed.body.decisions[0].disposition, Disposition::Scrap);
    shop.share().at("ASM2");
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"), "everywhere");
}

#[test]
fn r08_what_ended_does_not_go_on_by_an_answer() {
    let mut shop = Shop::reaching("torque");
    shop.share().at("ASM1").does("novak", raises("torque")).share();
    shop.at("ASM1").does("brandt", disposes(FIRST, Disposition::Scrap));
    shop.at("ASM2").does("brandt", disposes(FIRST, rework("torque"))).share().at("ASM1");
    let state = shop.state();
    let fact = state.holds.values().next().unwrap().unheeded[0].at.clone();
    let unit = shop.traveler.clone();
    shop.does("", hold_of(&fact)).does("", judged(&fact, "two decisions", &[&unit]));
    // What it cannot follow is named, and not offered.
    let refused = shop.refuses("brandt", answers(&fact, true, "it stands"));
    assert_eq!(refused[0].code(), "H07");
    assert!(refused[0].what().to_string().contains("'rework from step torque' has no effect"));
    assert_eq!(refused[0].next(), "confirm it: --counts 'scrap'");
    assert_eq!(shop.codes("brandt", answers_that(&fact, "rework from step torque", &[])), ["H08"]);
    shop.does("brandt", answers_that(&fact, "scrap", &[]));
}

#[test]
fn a_record_is_answered_wherever_a_unit_is_that_is_held_for_it() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let (fact, unit) = (shop.torque_at(1), shop.traveler.clone());
    shop.does("", hold(&fact, "revoked")).share().at("ASM2");
    let answer = |units: Vec<TravelerId>| {
        let (fact, reason) = (fact.clone(), "its station burned".to_owned());
        let answer =
            StationCommand::AnswerReview { fact, accepted: true, counts: None, units, reason };
        Command::Station(id("ASM1"), answer)
    };
    assert_eq!(shop.codes("brandt", answer(Vec::new())), ["S01"]);
    assert_eq!(shop.codes("novak", answer(vec![unit.clone()])), ["P04"]);
    shop.does("brandt", answer(vec![unit.clone()]));
    assert_eq!(shop.state().open_holds().count(), 0);
    // Heard of later, the judgement itself opens nothing at the station whose record it is.
    shop.share().at("ASM1").does("", judged(&fact, "revoked", &[&unit]));
    assert_eq!(shop.codes("brandt", answers(&fact, true, "again")), ["S01"]);
}
