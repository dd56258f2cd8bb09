//! Calls for help, hand-overs and redlines: who may what, and what is refused.

use gemba::domain::decide::Command;
use gemba::domain::help::{Escalation, HelpCommand, HelpState};
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::{StreamState, Subject};

use crate::support::shop::Shop;
use crate::support::shop_plan::id;
use crate::support::shop_shift::{
    accepts_handover, answers, calls, clears, comes, gives, of_call, plans, proposes, whole_shift,
};

fn shop() -> Shop {
    Shop::reaching("torque")
}

fn call(shop: &Shop) -> HelpState {
    let StreamState::Help(state) = shop.stream(&Subject::Help(id("HC-ASM1-0001"))).state else {
        panic!("no call")
    };
    state
}

fn escalating(rows: &[(Option<&str>, u32, &str)]) -> Shop {
    let mut shop = shop();
    let row = |(kind, minutes, to): &(Option<&str>, u32, &str)| Escalation {
        kind: kind.map(str::to_owned),
        minutes: *minutes,
        to: (*to).to_owned(),
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    shop.site(|policy| policy.rules.escalations = rows);
    shop
}

fn tells(row: usize, failed: Option<&str>) -> Command {
    of_call(HelpCommand::NoteEscalation { row, failed: failed.map(str::to_owned) })
}

#[test]
fn anybody_calls_for_help_and_a_call_is_answered_and_cleared_once() {
    let mut shop = shop();
    assert_eq!(shop.codes("novak", calls("tea")), ["F11"]);
    assert_eq!(shop.codes("novak", comes()), ["F12"]);
    assert_eq!(shop.codes("nobody", calls("quality")), ["P02"]);
    shop.does("novak", calls("quality")).does("brandt", comes());
    assert_eq!(shop.codes("quell", comes()), ["F14"]);
    shop.does("novak", clears());
    assert_eq!(shop.codes("novak", clears()), ["F13"]);
    assert_eq!(shop.codes("quell", comes()), ["F13", "F14"]);
    let state = call(&shop);
    assert!(!state.is_open());
    assert_eq!(state.answered.unwrap().by, Some(id("brandt")));
    // The next one has the next number.
    shop.does("novak", calls("material"));
    assert!(matches!(
        shop.stream(&Subject::Help(id("HC-ASM1-0002"))).state,
        StreamState::Help(state) if state.is_open()
    ));
    shop.enrolled = false;
    assert_eq!(shop.codes("novak", calls("quality")), ["F10"]);
}

#[test]
fn a_call_carries_the_table_of_its_kind_as_the_site_had_it() {
    let table = [(Some("quality"), 20, "manager"), (None, 5, "lead"), (Some("material"), 1, "van")];
    let mut shop = escalating(&table);
    shop.does("novak", calls("quality"));
    shop.site(|policy| policy.rules.escalations.clear());
    let called = call(&shop).called.unwrap().body;
    let rows: Vec<(u32, &str)> =
        called.escalations.iter().map(|row| (row.minutes, row.to.as_str())).collect();
    assert_eq!(rows, [(5, "lead"), (20, "manager")], "those of its kind, the first one first");
}

#[test]
fn somebody_is_told_when_the_time_has_come_once_and_not_after_an_answer() {
    let mut shop = escalating(&[(None, 5, "lead"), (None, 20, "manager")]);
    shop.does("novak", calls("quality"));
    assert_eq!(shop.codes("", tells(0, None)), ["F15"], "too early");
    shop.later(300);
    assert_eq!(shop.codes("", tells(1, None)), ["F15"], "the second row is later");
    shop.does("", tells(0, None));
    assert_eq!(shop.codes("", tells(0, None)), ["F15"], "told once, also after a restart");
    shop.reboot();
    assert_eq!(shop.codes("", tells(0, None)), ["F15"]);
    shop.does("brandt", comes()).later(3_600);
    assert_eq!(shop.codes("", tells(1, None)), ["F15"], "somebody comes");
}

#[test]
fn who_could_not_be_told_is_tried_three_times() {
    let mut shop = escalating(&[(None, 0, "lead")]);
    shop.does("novak", calls("quality"));
    for _ in 0..3 {
        shop.does("", tells(0, Some("no answer")));
    }
    assert_eq!(shop.codes("", tells(0, None)), ["F15"]);
    assert_eq!(call(&shop).told.len(), 3);
}

#[test]
fn only_the_station_that_called_tells_further() {
    let mut shop = escalating(&[(None, 0, "lead")]);
    shop.does("novak", calls("quality")).share().at("ASM2");
    assert!(call(&shop).is_open(), "the other station knows of it");
    assert_eq!(shop.codes("", tells(0, None)), ["F15"]);
    shop.at("ASM1").does("", tells(0, None));
}

#[test]
fn a_site_names_nine_kinds_at_most_and_only_its_own_in_the_table() {
    let mut shop = shop();
    let policy = |change: &dyn Fn(&mut gemba::domain::place::Policy)| {
        let mut policy = gemba::domain::place::Policy::new(
            "Harbor".to_owned(),
            "Europe/Berlin".to_owned(),
            Vec::new(),
        );
        change(&mut policy);
        Command::Site(id(crate::support::shop::SITE), policy.into())
    };
    let row = |kind: &str, minutes: u32, to: &str| Escalation {
        kind: Some(kind.to_owned()),
        minutes,
        to: to.to_owned(),
    };
    let kinds = |policy: &mut gemba::domain::place::Policy| {
        policy.rules.help_kinds = (0..10).map(|n| format!("k{n}")).collect();
    };
    assert_eq!(shop.codes("admin", policy(&kinds)), ["P32"]);
    let rows = |policy: &mut gemba::domain::place::Policy| {
        policy.rules.escalations = vec![row("tea", 2_000, "")];
    };
    assert_eq!(shop.codes("admin", policy(&rows)), ["R08", "P32", "F11"]);
}

#[test]
fn a_shift_is_accepted_by_another_person_than_who_gave_it() {
    let mut shop = shop();
    assert_eq!(shop.codes("ito", accepts_handover("I. Ito")), ["F20"]);
    assert_eq!(shop.codes("lind", gives("")), ["P04"]);
    shop.does("novak", gives("fixture 3 sticks"));
    assert_eq!(shop.codes("novak", accepts_handover("A. Novak")), ["F21"]);
    assert_eq!(shop.codes("lind", accepts_handover("E. Lind")), ["P04"]);
    shop.does("ito", accepts_handover("I. Ito"));
    assert_eq!(shop.codes("brandt", accepts_handover("S. Brandt")), ["F22"]);
    let StreamState::Handover(state) = shop.stream(&Subject::Handover(id("HO-ASM1-0001"))).state
    else {
        panic!("no hand-over")
    };
    let given = state.given.unwrap();
    assert_eq!((given.body.content.open.count, given.by), (1, Some(id("novak"))));
    let (signature, ..) = state.accepted.unwrap();
    assert_eq!((signature.signer, signature.meaning.word()), (id("ito"), "accepted"));
    assert_eq!(signature.covers.facts.iter().collect::<Vec<_>>(), [given.at]);
}

#[test]
fn a_redline_is_answered_by_engineering_with_a_reason() {
    let mut shop = shop();
    assert_eq!(shop.codes("lind", answers(true, None, "yes")), ["F30"]);
    assert_eq!(shop.codes("novak", proposes("x", "")), ["R08", "T06"]);
    shop.does("novak", proposes("torque", "say which socket"));
    assert_eq!(shop.codes("novak", answers(true, None, "yes")), ["P04"]);
    assert_eq!(shop.codes("lind", answers(false, Some("D"), "")), ["R08", "F32"]);
    shop.does("lind", answers(true, Some("D"), "socket 13 is named"));
    assert_eq!(shop.codes("lind", answers(false, None, "no")), ["F31"]);
}

#[test]
fn a_redline_stands_in_nobodys_way() {
    let mut shop = shop();
    let before = shop.stream(&Subject::Instruction(id("WI-1")));
    shop.does("novak", proposes("torque", "say which socket"));
    assert_eq!(shop.stream(&Subject::Instruction(id("WI-1"))), before);
}

#[test]
fn what_is_planned_is_said_of_a_place_that_is_known() {
    let mut shop = shop();
    assert_eq!(shop.codes("novak", plans(Some(4))), ["P04"]);
    shop.does("plan", plans(Some(4)));
    let StreamState::Place(state) = shop.stream(&Subject::Place(id("ASM-1"))).state else {
        panic!("no place")
    };
    assert_eq!(state.per_hour, Some(4));
    shop.does("plan", plans(None));
}

#[test]
fn a_hand_over_of_everything_there_is_fits_into_a_fact() {
    use gemba::domain::handover::{HandoverContent, Listed};
    let long = Listed::of(vec!["\u{fffd}".repeat(400); 5_000]);
    assert_eq!((long.count, long.first.len()), (5_000, 20));
    let content = HandoverContent {
        open: long.clone(),
        holds: long.clone(),
        waits: long.clone(),
        help: long.clone(),
        deviations: long.clone(),
        gauges: long,
        ..HandoverContent::default()
    };
    let bytes = serde_json::to_string(&content).unwrap().len();
    assert!(bytes + 4_000 < gemba::domain::fact::FACT_BYTES_MAX, "{bytes}");
    // And each kind of fact of a shift was written and read back on the way.
    let shop = whole_shift();
    let kinds = shop.here().all_facts().filter(|(fact, _)| {
        matches!(fact.body, FactBody::Help(_) | FactBody::Handover(_) | FactBody::Redline(_))
    });
    assert_eq!(kinds.count(), 8);
}
