//! What the server says of deviations that stations follow unseen by each other, and of what no bench
//! would have written: a forged second signature, an owner who verifies, a step that was kept.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::deviation::{DeviationCommand, DeviationFact, DeviationKind, Raise, Share};
use gemba::domain::deviation_actions::ActionAsked;
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::fact::Position;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Role;
use gemba::domain::place::{PlaceCommand, PlaceState};
use gemba::domain::signature::{Covers, Meaning, Signature, Signer};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::{ReadingValue, StepStarted, TravelerFact};

use crate::judge_work::{at_bench, does, looks, objected, plant, said, step, unit};
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::sync_judge::{judged, reviews};

const FIRST: &str = "NCR-ASM1-0001";

fn deviation(station: &StationBench) -> DeviationState {
    let subject = Subject::Deviation(FIRST.parse().unwrap());
    let state = station.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Deviation(state) = state else { panic!("{state:?}") };
    state
}

fn place(station: &StationBench) -> PlaceState {
    let subject = Subject::Place("ASM-1".parse().unwrap());
    let state = station.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Place(state) = state else { panic!("{state:?}") };
    state
}

fn says(station: &StationBench, (who, ms): (&str, i64), command: DeviationCommand) {
    let command = Command::Deviation(FIRST.parse().unwrap(), command);
    station.ledger().transact(&at_bench(who), &moment(ms), command).unwrap();
}

fn writes(station: &StationBench, (who, ms): (&str, i64), fact: DeviationFact) -> Position {
    let subject = Subject::Deviation(FIRST.parse().unwrap());
    station.writes_as(who, subject, FactBody::Deviation(fact), ms)
}

/// Every station has what the others did, and what the server says of it.
async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

/// A unit whose deviation is known at both stations.
async fn raised(bench: &PlantBench, one: &StationBench, two: &StationBench, raise: Raise) {
    does(one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    let raise = TravelerCommand::RaiseDeviation { at: step("look"), raise: Box::new(raise) };
    does(one, "P-3", ("0001", 2_000), raise);
    meet(bench, one, two).await;
}

fn reasons(station: &StationBench) -> Vec<String> {
    reviews(station).into_iter().flat_map(|review| review.reasons).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_a_second_signature_that_nobody_gave_lets_no_unit_go_on() {
    let (bench, one, two) = plant().await;
    one.admit("P-5", Role::Engineer);
    raised(&bench, &one, &two, Raise::noted("a scratch")).await;
    let (reason, by) = ("seen".to_owned(), Signer::by_badge("E"));
    let shares = Share::all(Disposition::UseAsIs);
    says(&one, ("P-5", 3_000), DeviationCommand::Dispose { shares, reason, by });
    meet(&bench, &one, &two).await;
    assert_eq!((reviews(&one), reviews(&two)), (Vec::new(), Vec::new()));
    let waits = deviation(&two).dispositions[0].clone();
    let covers = deviation(&two).covered_by_approval(&waits);
    let components = Signer::by_badge("x").components;
    let signed = |signer: &str, role, covers: &Covers| {
        let (signer, printed_name) = (signer.parse().unwrap(), "R. Tanaka".to_owned());
        let (meaning, covers) = (Meaning::Approved, covers.clone());
        let signature = Signature { signer, printed_name, role, meaning, components, covers };
        let disposition = waits.at.clone();
        DeviationFact::DispositionApproved { disposition, signature }
    };
    // An operator as quality; quality whom somebody else signs for; who decided once more; and over
    // something else.
    writes(&two, ("P-3", 4_000), signed("P-3", Role::Quality, &covers));
    writes(&two, ("P-3", 4_100), signed("P-2", Role::Quality, &covers));
    writes(&two, ("P-5", 4_200), signed("P-5", Role::Engineer, &covers));
    let other = Covers { facts: covers.facts.clone(), ..Covers::over([].into_iter()) };
    writes(&two, ("P-2", 4_300), signed("P-2", Role::Quality, &other));
    meet(&bench, &one, &two).await;
    let told = reviews(&two);
    assert_eq!(told.len(), 4, "{told:?}");
    let all = reasons(&two).join("\n");
    for reason in [
        "P-3 may not accept a value outside its limits",
        "P-3 is no quality",
        "P-2 did not sign in person",
        "P-5 signed it already",
        "the signature does not approve what was decided",
    ] {
        assert!(all.contains(reason), "{reason} is not in\n{all}");
    }
    let state = one.ledger().stream(&Subject::Traveler(unit("0001"))).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    assert!(state.open_holds().next().is_some(), "the unit does not go on");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_an_owner_who_verifies_or_says_that_it_helped_is_told_so() {
    let (bench, one, two) = plant().await;
    raised(&bench, &one, &two, Raise::noted("a scratch")).await;
    let (reason, by) = ("seen".to_owned(), Signer::by_badge("P"));
    let shares = Share::all(Disposition::Scrap);
    says(&one, ("P-1", 3_000), DeviationCommand::Dispose { shares, reason, by });
    let (action, due) = ("check pawls".to_owned(), "2099-12-31".parse().unwrap());
    let asked = ActionAsked { action, owner: "P-1".parse().unwrap(), due };
    says(&one, ("P-2", 3_100), DeviationCommand::AskAction(asked));
    meet(&bench, &one, &two).await;
    let action = deviation(&two).actions[0].at.clone();
    let note = || "done".to_owned();
    writes(
        &two,
        ("P-3", 4_000),
        DeviationFact::ActionDone { action: action.clone(), note: note() },
    );
    let done = DeviationCommand::NoteDone { action: action.clone(), note: note() };
    says(&one, ("P-1", 4_000), done);
    writes(&one, ("P-1", 4_100), DeviationFact::ActionVerified { action, note: note() });
    let closed = DeviationFact::DeviationClosed { note: note(), check_due: None };
    writes(&one, ("P-1", 4_200), closed);
    meet(&bench, &one, &two).await;
    let told = objected(&bench, &two).await;
    assert_eq!(told, [said("ActionDone", "it was asked of P-1")]);
    let told = objected(&bench, &one).await;
    let own = said("ActionVerified", "whoever did it or owns it does not verify it");
    assert!(told.contains(&own), "{told:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_a_step_begun_before_its_deviation_is_closed_is_told_to_who_knew_and_to_nobody_else() {
    let (bench, one, two) = plant().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    meet(&bench, &one, &two).await;
    let raise = Raise {
        kind: DeviationKind::Process,
        close_by: Some(step("look")),
        ..Raise::noted("wrong grease")
    };
    let raise = TravelerCommand::RaiseDeviation { at: step("look"), raise: Box::new(raise) };
    does(&one, "P-3", ("0001", 2_000), raise);
    // The other station has not heard of it.
    does(&two, "P-3", ("0001", 3_000), looks());
    let state = one.ledger().stream(&Subject::Traveler(unit("0001"))).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    let begun = StepStarted {
        operation: 20,
        step: "look".parse().unwrap(),
        previous: Vec::new(),
        samples: Vec::new(),
        text: state.operation(20).map(|op| op.hash),
    };
    let body = FactBody::Traveler(TravelerFact::StepStarted(begun));
    let ledger = one.ledger();
    let heads = ledger.stream(&Subject::Traveler(unit("0001"))).unwrap().stream.heads;
    drop(ledger);
    one.writes_after("P-3", (Subject::Traveler(unit("0001")), heads), body, 3_500);
    meet(&bench, &one, &two).await;
    let kept = "NCR-ASM1-0001 was to be closed before operation 20, step look";
    assert!(reasons(&one).iter().any(|reason| reason == kept), "{:?}", reviews(&one));
    assert!(!reasons(&two).iter().any(|reason| reason == kept), "{:?}", reviews(&two));
    bench.running.shutdown().await;
}

/// A unit is begun and pressed with too much force, which is typed again.
fn fails(station: &StationBench, (name, ms): (&str, i64)) {
    let at = |ms| (name, ms);
    does(station, "P-3", at(ms), TravelerCommand::Start);
    does(station, "P-3", at(ms + 10), looks());
    does(
        station,
        "P-3",
        at(ms + 20),
        TravelerCommand::CompleteStep { at: step("look"), read_in: None },
    );
    let value = || ReadingValue::Number {
        number: gemba::domain::quantity::Number::parse("30").unwrap(),
        unit: gemba::domain::unit::Unit::parse("N").unwrap(),
    };
    let entry = Entry::Reading { value: value(), gauge: None };
    let press = TravelerCommand::Record { at: step("press"), ask: 1, sample: 1, entry };
    does(station, "P-3", at(ms + 30), press);
    let state = station.ledger().stream(&Subject::Traveler(unit(name))).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    let (_, reading, _) = state.to_retype().unwrap();
    let retype = TravelerCommand::Retype { reading: reading.clone(), value: value() };
    does(station, "P-3", at(ms + 40), retype);
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_the_server_holds_an_operation_that_failed_in_a_row_at_two_stations_of_one_place() {
    let (bench, one, two) = plant().await;
    fails(&one, ("0001", 1_000));
    fails(&one, ("0002", 2_000));
    fails(&two, ("0003", 3_000));
    assert_eq!(place(&one).open_operation_holds().count(), 0);
    assert_eq!(place(&two).open_operation_holds().count(), 0);
    meet(&bench, &one, &two).await;
    meet(&bench, &one, &two).await;
    for station in [&one, &two] {
        let state = place(station);
        let held: Vec<_> = state.open_operation_holds().collect();
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].held.failures.len(), 3);
        let command = Command::Traveler(unit("0004"), TravelerCommand::Start);
        let refused = station.ledger().transact(&at_bench("P-3"), &moment(9_000), command);
        assert!(refused.unwrap_err().to_string().contains("L06"));
    }
    let (instruction, reason) = ("WI-1".parse().unwrap(), "press set anew".to_owned());
    let release = PlaceCommand::ReleaseOperation { instruction, reason };
    let command = Command::Place("ASM-1".parse().unwrap(), release);
    two.ledger().transact(&at_bench("P-1"), &moment(9_100), command).unwrap();
    meet(&bench, &two, &one).await;
    meet(&bench, &one, &two).await;
    assert_eq!(place(&one).open_operation_holds().count(), 0);
    assert_eq!((reviews(&one), reviews(&two)), (Vec::new(), Vec::new()));
    bench.running.shutdown().await;
}
