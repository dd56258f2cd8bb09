//! The way through a route: free order, conditions, who may skip, attempts, upstream, pauses.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{Disposition, Raise};
use gemba::domain::ids::StepId;
use gemba::domain::order::OrderCommand;
use gemba::domain::refusal::Reason;
use gemba::domain::refusal::route::RouteReason;
use gemba::domain::traveler::command::{StepAt, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::standing::StepStanding;

use crate::support::lots::{counted, splits};
use crate::support::shop::Shop;
use crate::support::shop_plan::{complete, disposes, id, pause, reading, rework, signs};
use crate::support::shop_route::{accepts, coat, done, gap, left_out, says, types};

fn raises(step: &str) -> TravelerCommand {
    TravelerCommand::RaiseDeviation { at: coat(step), raise: Box::new(Raise::noted("a scratch")) }
}

fn value_mm(text: &str) -> ReadingValue {
    reading(text, "mm")
}

pub(crate) fn approves() -> TravelerCommand {
    let TravelerCommand::Sign { ask, by, .. } = signs("release", 1) else { panic!() };
    TravelerCommand::Sign { at: coat("approve"), ask, by }
}

/// The conditional steps with what was decided about them.
fn decisions(shop: &Shop) -> Vec<(String, String, bool)> {
    let decided = shop.state().decisions.into_values().map(|decision| decision.decided);
    decided
        .map(|d| (d.step.to_string(), format!("{}: {}", d.condition, d.found), d.applies))
        .collect()
}

#[test]
fn r11_steps_of_a_free_group_are_done_in_any_order() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    shop.does("novak", types("tag", 1, "7")).does("novak", done("tag"));
    shop.does("novak", says("mask", 1, true)).does("novak", done("mask"));
    assert_eq!(shop.coat_standing("tag"), StepStanding::Done);
    assert_eq!(shop.coat_standing("mask"), StepStanding::Done);
}

#[test]
fn r11_a_free_group_waits_for_what_is_before_it_and_stops_what_is_after_it() {
    let mut shop = Shop::coating();
    assert_eq!(shop.codes("novak", types("tag", 1, "7")), ["T10"], "the view is first");
    shop.viewed(true, "0.03").does("novak", types("tag", 1, "7")).does("novak", done("tag"));
    let reasons = shop.refuses("novak", says("polish", 1, true));
    let (step, current) = (id("polish"), id("mask"));
    assert_eq!(reasons, [Reason::StepOutOfOrder { step, current }]);
    shop.does("novak", says("mask", 1, true)).does("novak", done("mask"));
    shop.does("novak", says("polish", 1, true));
}

#[test]
fn r11_a_step_that_is_not_free_is_refused_out_of_order() {
    let mut shop = Shop::coating();
    shop.viewed(true, "0.03").masked();
    assert_eq!(shop.codes("novak", done("dry")), ["T10"]);
    assert_eq!(shop.codes("novak", done("view")), ["T11"]);
}

#[test]
fn a_condition_is_decided_in_the_act_that_closes_what_it_rests_on() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, false));
    assert_eq!(decisions(&shop), [], "nothing is decided while the view is open");
    shop.does("novak", types("view", 2, "Red")).does("novak", gap("0.045"));
    shop.does("novak", types("view", 4, "2")).does("novak", done("view"));
    assert_eq!(shop.coat_standing("polish"), StepStanding::NotNeeded);
    assert_eq!(shop.coat_standing("wipe"), StepStanding::NotNeeded);
    assert_eq!(shop.coat_standing("thin"), StepStanding::Open, "0.045 mm is more than 40 µm");
    let found = |step: &str, text: &str, applies| (step.to_owned(), text.to_owned(), applies);
    assert_eq!(
        decisions(&shop),
        [
            found("polish", "#view.1 = yes: no", false),
            found("thin", "#view.3 > 40 µm: 0.045 mm", true),
            found("wipe", "#polish.1 = yes: not needed itself", false),
        ]
    );
}

#[test]
fn a_step_that_is_not_needed_blocks_nothing_and_takes_nothing() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.04").masked();
    let reasons = shop.refuses("novak", says("polish", 1, true));
    let (condition, found) = ("#view.1 = yes".to_owned(), "no".to_owned());
    let not_needed = RouteReason::StepNotNeeded { step: id("polish"), condition, found };
    assert_eq!(reasons, [not_needed.into()]);
    assert_eq!(shop.codes("brandt", left_out("polish")), ["T17"]);
    assert_eq!(shop.coat_standing("thin"), StepStanding::NotNeeded, "0.04 mm is 40 µm, not more");
    shop.does("novak", done("dry")).does("okafor", approves()).does("novak", done("approve"));
    shop.place("INC-1").does("novak", done("box"));
    assert!(shop.state().finished(&shop.instructions));
}

#[test]
fn a_question_that_decides_has_two_right_answers_and_others_do_not() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    shop.does("novak", says("mask", 1, false));
    assert_eq!(shop.codes("novak", done("mask")), ["T13"], "nothing rests on this one");
}

/// The last answer at the view, and the command that takes it back.
fn takes_back(shop: &Shop, yes: bool, reason: &str) -> TravelerCommand {
    let state = shop.state();
    let attempt = state.standing_attempt(10, &id::<StepId>("view")).unwrap();
    let answer = attempt.entry(1, 1).unwrap().at.clone();
    TravelerCommand::CorrectAnswer { answer, yes, reason: reason.to_owned() }
}

#[test]
fn r3_an_answer_that_decides_is_taken_back_by_its_author_with_a_reason_and_both_stay() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, true));
    assert_eq!(shop.codes("novak", says("view", 1, false)), ["T14"], "not silently");
    let back = takes_back(&shop, false, "wrong key");
    shop.does("novak", back).does("novak", types("view", 2, "Red")).does("novak", gap("0.03"));
    shop.does("novak", types("view", 4, "2")).does("novak", done("view"));
    assert_eq!(shop.coat_standing("polish"), StepStanding::NotNeeded, "by the answer that counts");
    let state = shop.state();
    let view = state.standing_attempt(10, &id::<StepId>("view")).unwrap();
    let answers: Vec<_> = view.entries.iter().filter(|entry| entry.ask == 1).collect();
    assert_eq!(answers.len(), 2, "both stay");
    let corrects = answers[1].corrects.as_ref().unwrap();
    assert_eq!((&corrects.entry, corrects.reason.as_str()), (&answers[0].at, "wrong key"));
    // The other way round, too: a no that decides stands until it is corrected.
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, false));
    assert_eq!(shop.codes("novak", says("view", 1, true)), ["T14"]);
    let back = takes_back(&shop, true, "wrong key");
    shop.does("novak", back);
}

#[test]
fn r3_taking_an_answer_back_is_refused_with_every_reason() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, true));
    let back = |shop: &Shop, yes, why| takes_back(shop, yes, why);
    let other = back(&shop, false, "wrong key");
    assert_eq!(shop.codes("green", other.clone()), ["R02"], "its author does");
    let (same, blank) = (back(&shop, true, "why"), back(&shop, false, " "));
    assert_eq!(shop.codes("novak", same), ["R04"]);
    assert_eq!(shop.codes("novak", blank), ["R08"]);
    shop.does("novak", pause());
    assert_eq!(shop.codes("novak", other.clone()), ["T15"]);
    shop.does("novak", TravelerCommand::Resume { note: None }).does("novak", other.clone());
    let once_more = TravelerCommand::CorrectAnswer {
        answer: if let TravelerCommand::CorrectAnswer { answer, .. } = &other {
            answer.clone()
        } else {
            panic!()
        },
        yes: false,
        reason: "again".to_owned(),
    };
    assert_eq!(shop.codes("novak", once_more), ["R20"], "it no longer counts");
    let last = back(&shop, true, "late");
    shop.does("novak", types("view", 2, "Red")).does("novak", gap("0.03"));
    shop.does("novak", types("view", 4, "2")).does("novak", done("view"));
    assert_eq!(shop.codes("novak", last), ["T11"], "within its step");
}

#[test]
fn a_step_whose_basis_was_left_out_is_needed() {
    let mut shop = Shop::coating();
    shop.does("brandt", left_out("view"));
    assert_eq!(shop.coat_standing("polish"), StepStanding::Open);
    let left = decisions(&shop).into_iter().find(|(step, ..)| step == "polish").unwrap();
    assert_eq!(left, ("polish".to_owned(), "#view.1 = yes: left out".to_owned(), true));
}

#[test]
fn rework_opens_a_decision_again_and_the_next_attempt_decides_anew() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("novak", raises("mask"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("view")));
    assert_eq!(decisions(&shop), []);
    assert_eq!(shop.coat_standing("polish"), StepStanding::Open);
    shop.viewed(true, "0.03");
    assert_eq!(shop.coat_standing("polish"), StepStanding::Open);
    let polish = |(step, text, applies): (String, String, bool)| {
        (step == "polish").then_some((text, applies))
    };
    let decided = decisions(&shop).into_iter().find_map(polish).unwrap();
    assert_eq!(decided, ("#view.1 = yes: yes".to_owned(), true));
}

#[test]
fn a_correction_after_the_end_of_a_step_decides_anew_what_rests_on_it() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    assert_eq!(shop.coat_standing("thin"), StepStanding::NotNeeded);
    let state = shop.state();
    let (entry, _) = state.attempts[0].readings().next().unwrap();
    let reading = entry.at.clone();
    let correct = |text| {
        let (reading, reason) = (reading.clone(), "read it wrong".to_owned());
        TravelerCommand::Correct { reading, value: value_mm(text), reason }
    };
    shop.does("novak", correct("0.045"));
    assert_eq!(shop.coat_standing("thin"), StepStanding::Open);
    assert_eq!(shop.coat_standing("polish"), StepStanding::NotNeeded, "nothing else is touched");
    shop.does("novak", correct("0.02"));
    assert_eq!(shop.coat_standing("thin"), StepStanding::NotNeeded);
}

#[test]
fn what_a_correction_asked_for_once_more_decides_anew_as_well_when_it_is_typed() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    let state = shop.state();
    let (entry, _) = state.attempts[0].readings().next().unwrap();
    let (reading, reason) = (entry.at.clone(), "read it wrong".to_owned());
    let outside =
        TravelerCommand::Correct { reading: reading.clone(), value: value_mm("-0.01"), reason };
    shop.does("novak", outside);
    assert_eq!(shop.coat_standing("thin"), StepStanding::NotNeeded);
    shop.does("novak", TravelerCommand::Retype { reading, value: value_mm("0.045") });
    assert_eq!(shop.state().open_holds().count(), 0);
    assert_eq!(shop.coat_standing("thin"), StepStanding::Open, "0.045 mm is more than 40 µm");
}

#[test]
fn rework_after_the_basis_keeps_the_decision() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("novak", raises("mask"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("mask")));
    assert_eq!(shop.coat_standing("polish"), StepStanding::NotNeeded);
}

#[test]
fn who_may_leave_a_step_out_is_the_instructions_to_say() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    assert_eq!(
        shop.codes("novak", left_out("tag")),
        ["P04"],
        "a supervisor, where nothing is said"
    );
    shop.does("novak", left_out("mask")).does("brandt", left_out("tag"));
    let reasons = shop.refuses("brandt", left_out("dry"));
    assert_eq!(reasons, [RouteReason::StepNeverSkipped { step: id("dry") }.into()]);
    assert_eq!(shop.codes("brandt", left_out("dry")), ["T18"]);
    let mut reasons = shop.refuses("brandt", left_out("approve"));
    assert_eq!(shop.codes("brandt", left_out("approve")), ["T10", "T19"], "nor out of order");
    let last = reasons.pop().unwrap();
    assert_eq!(last, RouteReason::SignatureNotSkipped { step: id("approve") }.into());
}

#[test]
fn an_operator_leaves_a_step_out_only_where_and_when_it_would_be_done() {
    let mut shop = Shop::coating();
    assert_eq!(shop.codes("novak", left_out("mask")), ["T10"], "it is not its turn");
    shop.viewed(false, "0.03").place("INC-1");
    assert_eq!(shop.codes("novak", left_out("mask")), ["L03"], "nor its place");
    let blank = TravelerCommand::SkipStep { at: coat("mask"), reason: " ".to_owned() };
    assert_eq!(shop.place("ASM-1").codes("novak", blank), ["R08"]);
}

#[test]
fn r9_rework_stops_at_the_limit_of_attempts_and_says_what_to_do_instead() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("novak", raises("mask"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("view")));
    shop.viewed(false, "0.03").does("novak", raises("mask"));
    let reasons = shop.refuses("brandt", disposes("NCR-ASM1-0002", rework("view")));
    assert_eq!(reasons, [RouteReason::AttemptsSpent { step: id("view"), most: 2 }.into()]);
    assert!(reasons[0].next().to_string().contains("scrap or return"), "{}", reasons[0].next());
    let repair = Disposition::Repair { step: id("view") };
    assert_eq!(shop.codes("brandt", disposes("NCR-ASM1-0002", repair)), ["T20"]);
    shop.does("brandt", disposes("NCR-ASM1-0002", rework("mask")));
    assert_eq!(shop.state().attempt_number(10, &id("view")), 2);
}

#[test]
fn scrap_ends_the_way_and_everything_after_it_is_refused_in_words() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("novak", raises("mask"));
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    for (who, command) in [
        ("novak", says("mask", 1, true)),
        ("brandt", left_out("mask")),
        ("novak", pause()),
        ("brandt", accepts(10)),
    ] {
        let reasons = shop.refuses(who, command);
        assert!(
            reasons.contains(&Reason::TravelerEnded { how: "scrap".to_owned() }),
            "{reasons:?}"
        );
    }
    shop.place("INC-1");
    let reasons = shop.refuses("novak", done("box"));
    assert!(reasons.iter().any(|r| r.what() == "This unit has ended: scrap."), "{reasons:?}");
}

#[test]
fn r5_an_operation_waits_for_the_ones_before_it_and_says_where_they_are_open() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, false)).place("INC-1");
    let reasons = shop.refuses("novak", done("box"));
    let what: Vec<String> = reasons.iter().map(|reason| reason.what().to_string()).collect();
    assert_eq!(what, ["10 Coating is open at ASM-1."]);
    assert!(reasons[0].next().to_string().contains("have it accepted"));
}

#[test]
fn accepted_upstream_lets_later_work_go_on_and_is_not_called_done() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").place("INC-1");
    assert_eq!(shop.codes("novak", accepts(10)), ["P04"], "a supervisor vouches");
    shop.does("brandt", accepts(10)).does("novak", done("box"));
    let state = shop.state();
    assert!(!state.finished(&shop.instructions), "shipping waits for the facts");
    let open: Vec<u32> = state.accepted_open(&shop.instructions).map(|op| op.operation).collect();
    assert_eq!(open, [10]);
    assert_eq!(state.accepted[&10].evidence, "paper traveler, signed");
    shop.place("ASM-1").masked().does("novak", done("dry"));
    shop.does("okafor", approves()).does("novak", done("approve"));
    let state = shop.state();
    assert!(state.finished(&shop.instructions));
    assert_eq!(state.accepted_open(&shop.instructions).count(), 0);
}

/// The operations that may be worked on now, the one that is next first.
fn open_operations(shop: &Shop) -> Vec<u32> {
    let state = shop.state();
    state.open_operations(&shop.instructions).iter().map(|op| op.operation).collect()
}

#[test]
fn r5_work_is_open_up_to_the_first_operation_that_holds_the_later_ones_up() {
    let mut shop = Shop::coating();
    assert_eq!(open_operations(&shop), [10], "packing waits for the coating");
    shop.does("brandt", accepts(10));
    assert_eq!(open_operations(&shop), [40, 10], "both, and packing is next");
    shop.place("INC-1").does("novak", done("box"));
    assert_eq!(open_operations(&shop), [10], "what is done is not open");
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60", ""));
    assert_eq!(
        open_operations(&shop),
        [20],
        "what is counted good waits for the rest, or is split off"
    );
    shop.does("novak", splits(40)).does("novak", complete("count"));
    assert_eq!(open_operations(&shop), [30]);
}

#[test]
fn two_people_work_at_two_operations_of_one_unit_at_once() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("brandt", accepts(10));
    shop.does("novak", says("mask", 1, true)).place("INC-1").does("green", done("box"));
    shop.place("ASM-1").does("novak", done("mask")).does("novak", types("tag", 1, "7"));
    assert_eq!(shop.coat_standing("mask"), StepStanding::Done);
    assert_eq!(shop.state().step_standing(40, &id::<StepId>("box")), StepStanding::Done);
}

#[test]
fn accepting_upstream_is_refused_with_every_reason() {
    let mut shop = Shop::coating();
    let blank = TravelerCommand::AcceptUpstream { operation: 40, evidence: String::new() };
    assert_eq!(shop.codes("novak", blank), ["P04", "R08", "T23"]);
    assert_eq!(shop.codes("brandt", accepts(30)), ["T05"]);
    shop.does("brandt", accepts(10));
    assert_eq!(shop.codes("brandt", accepts(10)), ["T22"]);
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").masked().does("novak", done("dry"));
    shop.does("okafor", approves()).does("novak", done("approve"));
    assert_eq!(shop.codes("brandt", accepts(10)), ["T21"]);
    let mut shop = Shop::coating();
    shop.does("novak", raises("view"));
    assert_eq!(shop.codes("brandt", accepts(10)), ["H01"], "what is held here is known to be open");
    let close = OrderCommand::Close { reason: "sold".to_owned(), with_open_units: false };
    let mut shop = Shop::coats();
    shop.does("plan", Command::Order(id("WO-R"), close));
    assert_eq!(shop.codes("brandt", accepts(10)), ["O03"]);
}

#[test]
fn a_unit_of_which_nothing_is_known_here_is_accepted_and_worked_on() {
    let mut shop = Shop::coats();
    shop.place("");
    assert_eq!(shop.codes("brandt", accepts(10)), ["L01"], "what is pinned is pinned at a place");
    shop.place("INC-1").does("brandt", accepts(10)).does("novak", done("box"));
    assert!(shop.state().started.is_some());
    // The silent station comes back with what it did before: both histories are one.
    shop.at("ASM2").place("ASM-2").does("novak", TravelerCommand::Start);
    shop.viewed(false, "0.03").share();
    assert_eq!(shop.coat_standing("view"), StepStanding::Done);
    let packed = shop.state().step_standing(40, &id::<StepId>("box"));
    assert_eq!(packed, StepStanding::Done);
}

#[test]
fn r6_two_people_in_one_step_are_both_its_performers() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, false)).does("green", types("view", 2, "Red"));
    shop.does("ito", gap("0.03")).does("novak", types("view", 4, "2")).does("green", done("view"));
    shop.does("novak", types("tag", 1, "7")).does("green", says("mask", 1, true));
    shop.does("green", done("tag")).does("novak", done("mask")).does("novak", done("dry"));
    let reasons = shop.refuses("ito", approves());
    assert_eq!(reasons, [Reason::SamePerson { person: id("ito"), step: id("view") }]);
    let state = shop.state();
    let view = id::<StepId>("view");
    let people: Vec<String> =
        state.performers((10, &view)).into_iter().map(ToString::to_string).collect();
    assert_eq!(people, ["green", "ito", "novak"]);
    shop.does("okafor", approves());
}

#[test]
fn r8_a_pause_says_who_why_and_since_when_and_may_end_with_a_note() {
    let mut shop = Shop::coating();
    shop.does("novak", pause()).later(600);
    let state = shop.state();
    let paused = state.paused().unwrap();
    assert_eq!((paused.by.as_ref(), paused.reason.as_str()), (Some(&id("novak")), "lunch"));
    assert_eq!(shop.codes("green", says("view", 1, true)), ["T15"], "for everybody");
    let blank = TravelerCommand::Resume { note: Some(" ".to_owned()) };
    assert_eq!(shop.codes("green", blank), ["R08"]);
    let note = Some("cloth came".to_owned());
    shop.does("green", TravelerCommand::Resume { note: note.clone() });
    assert_eq!(shop.state().pauses[0].note, note);
}

#[test]
fn a_step_of_another_operation_of_the_same_name_is_another_step() {
    let mut shop = Shop::coating();
    let elsewhere = StepAt { operation: 40, step: id("view") };
    let command = TravelerCommand::CompleteStep { at: elsewhere, read_in: None };
    assert_eq!(shop.codes("novak", command), ["T06"]);
}
