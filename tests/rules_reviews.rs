//! What the server did not accept holds, and somebody answers it.

use gemba::domain::decide::Command;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;

use crate::support::shop::Shop;
use crate::support::shop_plan::{id, torque};

#[test]
fn what_the_judge_does_not_accept_holds_once_until_a_supervisor_lets_it_go_on() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let fact = shop.torque_at(1);
    let (from, to_seq, reasons) = (fact.clone(), fact.seq, vec!["revoked".to_owned()]);
    let hold = TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: reasons.clone() };
    shop.does("", hold.clone()).does("", hold);
    let state = shop.state();
    assert_eq!(state.open_holds().count(), 1);
    let (_, found) = state.open_holds().next().unwrap();
    assert!(matches!(found.placed.reason, HoldReason::Judged { .. }));
    let refused = shop.refuses("novak", torque(2, "25"));
    assert_eq!(refused[0].next(), "a supervisor answers or releases it");
    let judged = Judgement { fact: fact.clone(), verdict: JudgeVerdict::Held, reasons };
    let judge =
        StationCommand::Judge { from, to_seq, exceptions: vec![judged], unread: Vec::new() };
    shop.does("", Command::Station(id("ASM1"), judge));
    let answers = |accepted, reason: &str| {
        let (fact, reason) = (fact.clone(), reason.to_owned());
        Command::Station(id("ASM1"), StationCommand::AnswerReview { fact, accepted, reason })
    };
    assert_eq!(shop.codes("novak", answers(true, "")), ["P04", "R08"]);
    shop.does("brandt", answers(false, "ask her"));
    assert_eq!(shop.codes("novak", torque(2, "25")), ["H01"]);
    shop.does("brandt", answers(true, "she was there"));
    shop.does("novak", torque(2, "25"));
    assert_eq!(shop.codes("brandt", answers(true, "again")), ["S01"]);
}

#[test]
fn what_the_server_rejected_is_answered_once_its_hold_is_here_and_then_stays_answered() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let fact = shop.torque_at(1);
    let reasons = vec!["revoked".to_owned()];
    let verdict = JudgeVerdict::Rejected;
    let judge = || {
        let exceptions = vec![Judgement { fact: fact.clone(), verdict, reasons: reasons.clone() }];
        let (from, to_seq, unread) = (fact.clone(), fact.seq, Vec::new());
        let judge = StationCommand::Judge { from, to_seq, exceptions, unread };
        Command::Station(id("ASM1"), judge)
    };
    let answers = |accepted| {
        let (fact, reason) = (fact.clone(), "she was there".to_owned());
        Command::Station(id("ASM1"), StationCommand::AnswerReview { fact, accepted, reason })
    };
    shop.does("", judge());
    let refused = shop.refuses("brandt", answers(true));
    assert_eq!((refused[0].code(), refused.len()), ("H06", 1));
    assert!(refused[0].next().starts_with("sync"), "{}", refused[0].next());
    shop.does("brandt", answers(false));
    shop.does("", TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: reasons.clone() });
    shop.does("brandt", answers(true));
    assert_eq!(shop.state().open_holds().count(), 0);
    shop.does("", judge());
    assert_eq!(shop.codes("brandt", answers(true)), ["S01"]);
}
