//! What a record is judged by: the unit as its writer knew it; and what two stations did unseen by each
//! other.

use gemba::domain::as_of::{ParentMissing, Pasts};
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::{Acting, Fact, Head, Position};
use gemba::domain::refusal::Reason;
use gemba::domain::refusal::route::RouteReason;
use gemba::domain::second_look::Objection;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::collision::{Clash, Side, clash};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::{HoldOutcome, StepStarted, TravelerFact};
use gemba::domain::traveler::sequence::{Then, out_of_sequence};
use gemba::views::judged::done_unseen;

use crate::support::judged::told;
use crate::support::shop::Shop;
use crate::support::shop_plan::{disposes, id, raises, reading, rework, signs, torque};

/// What is objected to, had the station at hand written this next.
fn objects(shop: &Shop, who: &str, body: &TravelerFact) -> Vec<Objection> {
    let subject = Subject::Traveler(shop.traveler.clone());
    let (last, _) = shop.here().facts_of(&subject).last().unwrap();
    let acting = Acting { actor: Some(id(who)), ..last.head.acting.clone() };
    let position = last.head.position.plus(1_000);
    let after = shop.stream(&subject).heads;
    let head = Head { position, after, moment: shop.moment(), acting, ..last.head.clone() };
    let state = shop.state();
    let texts = &shop.instructions;
    let then = Then { id: &shop.traveler, head: &head, state: &state, texts };
    out_of_sequence(body, then)
}

fn refused(reason: impl Into<Reason>) -> Objection {
    Objection::refused(reason.into())
}

fn begins(shop: &Shop, step: &str) -> TravelerFact {
    let state = shop.state();
    let previous = state.attempts_at(20, &id(step)).map(|attempt| attempt.at.clone()).collect();
    let text = state.operation(20).map(|operation| operation.hash);
    let (step, samples) = (id(step), Vec::new());
    TravelerFact::StepStarted(StepStarted { operation: 20, step, previous, samples, text })
}

fn attempt(shop: &Shop, step: &str) -> Position {
    shop.state().attempts_at(20, &id(step)).last().unwrap().at.clone()
}

#[test]
fn r11_a_step_out_of_order_or_closed_or_going_on_is_objected_to() {
    let mut shop = Shop::reaching("torque");
    let honest = begins(&shop, "torque");
    assert_eq!(objects(&shop, "novak", &honest), []);
    let out_of_order = Reason::StepOutOfOrder { step: id("cure"), current: id("torque") };
    assert_eq!(objects(&shop, "novak", &begins(&shop, "cure")), [refused(out_of_order)]);
    let done = Reason::StepDone { step: id("clean") };
    let clean = begins(&shop, "clean");
    assert_eq!(
        objects(&shop, "novak", &clean),
        [Objection::BegunAlready(id("clean")), refused(done)]
    );
    shop.does("novak", torque(1, "24.8"));
    assert_eq!(
        objects(&shop, "novak", &honest),
        [Objection::BegunAlready(id("torque")), Objection::AttemptsHidden(id("torque"))]
    );
    let completed = |attempt: Position| TravelerFact::StepCompleted {
        attempt,
        waited: None,
        set: Vec::new(),
        read_in: None,
    };
    let early = objects(&shop, "novak", &completed(attempt(&shop, "torque")));
    assert!(early.iter().any(|why| why.to_string().contains("torque")), "{early:?}");
    let unknown = completed(Position::parse("elsewhere.1.1").unwrap());
    assert_eq!(objects(&shop, "novak", &unknown), [Objection::AttemptUnknown]);
}

#[test]
fn r04_r08_work_on_a_unit_that_is_held_paused_or_ended_is_objected_to() {
    let mut shop = Shop::reaching("torque");
    let work = begins(&shop, "torque");
    let skip = TravelerFact::StepSkipped {
        operation: 20,
        step: id("release"),
        reason: "late".to_owned(),
        rule: gemba::domain::condition::SkipRule::Supervisor,
    };
    let skipped = objects(&shop, "brandt", &skip);
    let signed = refused(RouteReason::SignatureNotSkipped { step: id("release") });
    assert!(skipped.contains(&signed), "{skipped:?}");
    shop.does("novak", TravelerCommand::Pause { reason: "lunch".to_owned() });
    let paused = Reason::Paused { reason: "lunch".to_owned() };
    assert_eq!(objects(&shop, "novak", &work), [refused(paused)]);
    shop.does("novak", TravelerCommand::Resume { note: None });
    shop.does("novak", raises("torque"));
    let held = objects(&shop, "novak", &work);
    assert!(matches!(&held[..], [Objection::Refused(why)] if why.code() == "H01"), "{held:?}");
    let (at, _) = shop.state().open_holds().next().map(|(at, h)| (at.clone(), h.clone())).unwrap();
    let lifts = TravelerFact::HoldReleased {
        hold: at.clone(),
        outcome: HoldOutcome::Corrected,
        decision: None,
    };
    assert_eq!(objects(&shop, "novak", &lifts), [], "it names no reading that could be wrong");
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert_eq!(objects(&shop, "novak", &lifts), [refused(Reason::NoSuchHold)]);
    let ended = objects(&shop, "novak", &work);
    assert!(
        matches!(&ended[..], [Objection::Refused(why)] if why.what().to_string().contains("scrap"))
    );
}

#[test]
fn r04_a_failing_value_is_not_let_go_as_corrected_without_a_correction() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "28"));
    let hold = shop.state().open_holds().next().unwrap().0.clone();
    let lifts =
        TravelerFact::HoldReleased { hold, outcome: HoldOutcome::Corrected, decision: None };
    assert_eq!(objects(&shop, "novak", &lifts), [Objection::NotPutRight]);
    let further = begins(&shop, "look");
    let found = objects(&shop, "novak", &further);
    assert!(found.contains(&refused(Reason::RetypeFirst)), "{found:?}");
}

#[test]
fn r11_upstream_work_is_asked_for_as_far_as_its_text_is_at_hand() {
    let mut shop = Shop::reaching("torque");
    let started = StepStarted {
        operation: 30,
        step: id("diameter"),
        previous: Vec::new(),
        samples: Vec::new(),
        text: None,
    };
    let body = TravelerFact::StepStarted(started);
    let found = objects(&shop, "ito", &body);
    let open = |why: &Reason| matches!(why, Reason::UpstreamOpen { operation: 20, .. });
    assert!(matches!(&found[..], [Objection::Refused(why)] if open(why)), "{found:?}");
    let upstream = shop.state().operation(20).unwrap().hash;
    shop.instructions.remove(&upstream);
    assert_eq!(objects(&shop, "ito", &body), []);
}

/// Both stations know the unit as far as the step; then each does something, unseen.
fn apart(step: &str) -> Shop {
    let mut shop = Shop::reaching(step);
    shop.share();
    shop
}

/// What is told of it once everybody has everything: nothing is objected to.
fn told_of(shop: &mut Shop) -> Vec<Clash> {
    shop.share();
    let unit = shop.traveler.clone();
    let mut all = Vec::new();
    for station in ["ASM1", "ASM2"] {
        let (objected, clashes) = told(shop.at(station), &unit);
        assert_eq!(objected, Vec::<String>::new());
        all.push(clashes);
    }
    let mut here = all.remove(0);
    here.dedup();
    here
}

#[test]
fn r09_the_same_step_done_twice_unseen_is_accepted_and_shown_at_both() {
    let mut shop = apart("torque");
    for station in ["ASM1", "ASM2"] {
        shop.at(station).later(60).step_done("torque");
    }
    assert_eq!(told_of(&mut shop), []);
    for station in ["ASM1", "ASM2"] {
        let state = shop.at(station).state();
        let attempts: Vec<_> = state.attempts_at(20, &id("torque")).collect();
        assert_eq!(attempts.iter().map(|attempt| attempt.rank).collect::<Vec<_>>(), [1, 1]);
        let words = |at: usize| done_unseen(&state, attempts[at]).remove(0).words();
        assert_eq!(words(0), "also done at ASM-2, unseen");
        assert_eq!(words(1), "also done at ASM-1, unseen");
        assert!(state.first_pass());
    }
}

#[test]
fn r08_a_hold_wins_over_work_that_had_not_heard_of_it() {
    let mut shop = apart("torque");
    shop.at("ASM1").does("novak", raises("torque"));
    shop.at("ASM2").later(60).does("novak", torque(1, "24.8"));
    assert_eq!(told_of(&mut shop), [Clash::Held]);
    assert_eq!(shop.state().open_holds().count(), 1);
    // What was made before the hold was placed is what the hold is about.
    let mut shop = apart("torque");
    shop.at("ASM2").does("novak", torque(1, "24.8"));
    shop.at("ASM1").later(60).does("novak", raises("torque"));
    assert_eq!(told_of(&mut shop), []);
}

#[test]
fn r09_work_after_a_step_that_was_sent_back_elsewhere_is_told() {
    let mut shop = apart("look");
    shop.at("ASM1").does("novak", raises("look")).share();
    shop.at("ASM1").does("brandt", disposes("NCR-ASM1-0001", Disposition::Void)).share();
    shop.at("ASM2").step_done("look");
    shop.at("ASM1").does("novak", raises("look"));
    shop.does("brandt", disposes("NCR-ASM1-0002", rework("torque")));
    let told = told_of(&mut shop);
    assert!(told.contains(&Clash::SentBack(id("look"))), "{told:?}");
}

#[test]
fn r08_two_decisions_about_one_hold_go_to_a_person_and_the_same_one_twice_does_not() {
    let decided = |other: Disposition| {
        let mut shop = apart("torque");
        shop.at("ASM1").does("novak", raises("torque")).share();
        shop.at("ASM1").does("brandt", disposes("NCR-ASM1-0001", Disposition::Return));
        shop.at("ASM2").does("brandt", disposes("NCR-ASM1-0001", other));
        told_of(&mut shop)
    };
    assert_eq!(decided(Disposition::Return), []);
    let scrap = decided(Disposition::Scrap);
    assert!(matches!(&scrap[..], [Clash::DecidedTwice(..)]), "{scrap:?}");
}

#[test]
fn r06_two_signatures_at_one_ask_and_one_over_what_was_corrected_are_told() {
    let mut shop = apart("release");
    shop.at("ASM1").does("okafor", signs("release", 1));
    shop.at("ASM2").does("okafor", signs("release", 1));
    assert_eq!(told_of(&mut shop), [Clash::SignedTwice]);
    let mut shop = apart("release");
    let reading_at = shop.torque_at(1);
    shop.at("ASM1").does("okafor", signs("release", 1));
    let value = reading("25.1", "N·m");
    let corrects =
        TravelerCommand::Correct { reading: reading_at, value, reason: "slip".to_owned() };
    shop.at("ASM2").does("novak", corrects);
    assert_eq!(told_of(&mut shop), [Clash::Uncovered]);
}

#[test]
fn r03_two_records_at_one_ask_of_one_attempt_are_told() {
    let mut shop = apart("torque");
    shop.at("ASM1").does("novak", torque(1, "24.8")).share();
    shop.at("ASM1").does("novak", torque(2, "24.9"));
    shop.at("ASM2").does("novak", torque(2, "25.2"));
    assert_eq!(told_of(&mut shop), [Clash::RecordedTwice]);
}

#[test]
fn a_line_is_folded_once_and_anew_only_where_stations_part_and_meet() {
    let mut shop = apart("scan");
    let rounds = 5;
    for _ in 0..rounds {
        for station in ["ASM1", "ASM2"] {
            for _ in 0..20 {
                let pause = TravelerCommand::Pause { reason: "bell".to_owned() };
                let paused = shop.at(station).tries("novak", pause).is_ok();
                assert!(
                    paused || shop.tries("novak", TravelerCommand::Resume { note: None }).is_ok()
                );
            }
        }
        shop.share();
    }
    let subject = Subject::Traveler(shop.traveler.clone());
    let facts: Vec<(Fact, _)> = shop.here().facts_of(&subject).to_vec();
    let mut pasts = Pasts::new(subject);
    for (fact, id) in &facts {
        pasts.arrive(fact.clone(), *id);
        pasts.as_of(fact).unwrap();
        pasts.go_on(fact, *id);
    }
    let anew = 2 * rounds + 1;
    assert!(pasts.folded() <= facts.len() * (1 + anew), "{} of {}", pasts.folded(), facts.len());
    assert!(pasts.folded() >= facts.len());
}

#[test]
fn what_follows_a_fact_that_is_not_here_or_itself_has_no_past() {
    let shop = apart("torque");
    let subject = Subject::Traveler(shop.traveler.clone());
    let (last, id) = shop.here().facts_of(&subject).last().unwrap().clone();
    let mut pasts = Pasts::new(subject);
    pasts.arrive(last.clone(), id);
    let parent = last.head.after[0].clone();
    assert_eq!(pasts.as_of(&last).unwrap_err(), ParentMissing(parent));
    let at = last.head.position.clone();
    let head = Head { after: vec![at.clone()], ..last.head.clone() };
    assert_eq!(pasts.as_of(&Fact { head, ..last.clone() }).unwrap_err(), ParentMissing(at));
}

#[test]
fn r16_two_stations_that_find_a_suspect_unit_good_do_not_disagree() {
    let shop = Shop::reaching("torque");
    let subject = Subject::Traveler(shop.traveler.clone());
    let (last, _) = shop.here().facts_of(&subject).last().unwrap();
    let (state, hold) = (shop.state(), last.head.position.clone());
    let ends = |outcome| TravelerFact::HoldReleased { hold: hold.clone(), outcome, decision: None };
    let sorted = ends(HoldOutcome::Sorted);
    let cleared = ends(HoldOutcome::Cleared { reading: hold.clone() });
    let scrapped = ends(HoldOutcome::Ended { how: "scrap".to_owned() });
    let side = |body| Side { head: &last.head, body, then: &state };
    assert!(clash(side(&sorted), side(&cleared), &state).is_none());
    assert!(clash(side(&sorted), side(&scrapped), &state).is_some());
}
