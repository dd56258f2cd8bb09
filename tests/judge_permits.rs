//! R4 at the server: what two stations took from one permit, unseen by each other, is held; a permit that
//! was withdrawn or forged lets nothing go on.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::{PersonCommand, RevisionRead};
use gemba::domain::permit::{Permit, PermitCommand, PermitFact, PermitState, PermitWanted};
use gemba::domain::quantity::Number;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::{Signature, Signer};
use gemba::domain::specification::{Class, Specification};
use gemba::domain::station::StationCommand;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::permitted::Use;
use gemba::domain::traveler::state::TravelerState;
use gemba::domain::unit::Unit;
use serde_json::json;

use crate::judge_work::{does, plant, releases_text, step, unit};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

const PERMIT: &str = "DP-ASM1-0001";

fn text() -> Vec<u8> {
    let value = json!({
        "id": "WI-1", "title": "Press", "part": "CP-40", "revision": "B",
        "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": "F", "qualification": null,
        "steps": [{"id": "press", "title": "Press", "text": [],
             "asks": [{"measure": {
                "characteristic": "c-force", "name": "Force", "requirement": "25 ±2 N",
                "kind": {"measured": {"nominal": "25", "lower": "23", "upper": "27", "unit": "N"}},
                "class": null, "balloon": null, "count": 2, "gauge": null, "on_fail": null}}]}],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    serde_json::to_vec(&read).unwrap()
}

fn specification() -> Vec<u8> {
    let value = json!({
        "part": "CP-40", "revision": "F", "drawing": "D-1", "characteristics": [{
            "id": "c-force", "balloon": "1", "location": "1/A1", "requirement": "25 ±2 N",
            "name": "Force", "class": "major", "gauge": null,
            "kind": {"measured": {"nominal": "25", "lower": "23", "upper": "27", "unit": "N"}}}],
    });
    let read: Specification = serde_json::from_value(value).unwrap();
    serde_json::to_vec(&read).unwrap()
}

fn releases_specification(station: &StationBench) {
    let mut ledger = station.ledger();
    let hash = ledger.put_blob(&specification()).unwrap();
    let revision = || "F".parse().unwrap();
    let (blobs, title) = (Vec::new(), "Pump".to_owned());
    let effectivity = Effectivity::default();
    let submit = RevisionCommand::Submit { revision: revision(), hash, blobs, title, effectivity };
    let of_part = |command| Command::Specification("CP-40".parse().unwrap(), command);
    ledger.transact(&acting("P-1"), &moment(3), of_part(submit)).unwrap();
    for person in ["P-1", "P-2"] {
        let by = Signer::by_badge(person);
        let approve = RevisionCommand::Approve { revision: revision(), shown: hash, by };
        ledger.transact(&acting(person), &moment(4), of_part(approve)).unwrap();
    }
}

fn newton(value: &str) -> ReadingValue {
    ReadingValue::Number { number: Number::parse(value).unwrap(), unit: Unit::parse("N").unwrap() }
}

/// Two stations that know a permit for so many units, and part.
async fn permitted(quantity: u32) -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    releases_specification(&one);
    let hash = releases_text(&one, "B", &text());
    judged(&bench, &one).await;
    let (instruction, revision) = ("WI-1".parse().unwrap(), "B".parse().unwrap());
    let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
    let read = Command::Person("P-3".parse().unwrap(), read);
    one.ledger().transact(&acting("P-3"), &moment(400), read).unwrap();
    let wanted = PermitWanted {
        only: None,
        characteristic: "c-force".parse().unwrap(),
        lower: None,
        upper: Some(Number::parse("28").unwrap()),
        unit: None,
        orders: BTreeSet::new(),
        units: BTreeSet::new(),
        quantity: Some(quantity),
        from: None,
        through: "2026-12-01".parse().unwrap(),
        reason: "spring of lot 7".to_owned(),
        reference: None,
    };
    let propose =
        Command::ProposePermit("CP-40".parse().unwrap(), Box::new(wanted), Signer::by_badge("P-1"));
    one.ledger().transact(&acting("P-1"), &moment(500), propose).unwrap();
    let grant = PermitCommand::Grant { by: Signer::by_badge("P-2") };
    one.ledger().transact(&acting("P-2"), &moment(600), of_permit(grant)).unwrap();
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert!(reviews(&one).is_empty(), "{:?}", reviews(&one));
    (bench, one, two)
}

fn of_permit(command: PermitCommand) -> Command {
    Command::Permit(PERMIT.parse().unwrap(), command)
}

fn state(station: &StationBench, name: &str) -> TravelerState {
    let folded = station.ledger().stream(&Subject::Traveler(unit(name))).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("another stream") };
    state
}

fn permit(station: &StationBench) -> PermitState {
    let folded = station.ledger().stream(&Subject::Permit(PERMIT.parse().unwrap())).unwrap();
    let StreamState::Permit(state) = folded.stream.state else { panic!("another stream") };
    state
}

/// A unit is pressed too hard and goes on by the permit.
fn goes_on(station: &StationBench, (name, sample, ms): (&str, u16, i64)) {
    if sample == 1 {
        does(station, "P-3", (name, ms), TravelerCommand::Start);
    }
    let entry = Entry::Reading { value: newton("27.5"), gauge: None };
    let record = TravelerCommand::Record { at: step("press"), ask: 1, sample, entry };
    does(station, "P-3", (name, ms), record);
    let reading = state(station, name).to_retype().unwrap().1.clone();
    let (value, permit, by) = (newton("27.5"), PERMIT.parse().unwrap(), Signer::by_badge("P-3"));
    let wanted = Use { reading, value, permit, by };
    does(station, "P-3", (name, ms), TravelerCommand::UsePermit(Box::new(wanted)));
}

async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

fn told(station: &StationBench) -> Vec<String> {
    reviews(station).into_iter().flat_map(|review| review.reasons).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_what_is_used_within_a_permit_is_accepted_whoever_used_it() {
    let (bench, one, two) = permitted(2).await;
    goes_on(&one, ("0001", 1, 2_000));
    goes_on(&one, ("0001", 2, 2_500));
    goes_on(&two, ("0002", 1, 3_000));
    meet(&bench, &one, &two).await;
    assert_eq!((told(&one), told(&two)), (Vec::new(), Vec::new()));
    assert_eq!((permit(&one).used(), permit(&two).left()), (2, Some(0)));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_two_stations_that_take_the_last_one_unseen_are_told_and_the_later_unit_is_held() {
    let (bench, one, two) = permitted(1).await;
    goes_on(&one, ("0001", 1, 2_000));
    goes_on(&two, ("0002", 1, 3_000));
    meet(&bench, &one, &two).await;
    let why = "DP-ASM1-0001 is for 1, and this is number 2, unseen: WO-1/0001 at ASM-1 11-20 07:00";
    assert_eq!((told(&one), told(&two)), (Vec::new(), vec![why.to_owned()]));
    for station in [&one, &two] {
        assert_eq!(permit(station).used(), 2, "both stations count both");
        assert_eq!(state(station, "0002").open_holds().count(), 1);
        assert_eq!(state(station, "0001").open_holds().count(), 0);
    }
    let fact = reviews(&two).pop().unwrap().fact;
    let reason = "quality agreed to one more".to_owned();
    let answer = StationCommand::AnswerReview {
        fact,
        accepted: true,
        counts: None,
        units: Vec::new(),
        reason,
    };
    let command = Command::Station(two.station.clone(), answer);
    two.ledger().transact(&acting("P-1"), &moment(5_000), command).unwrap();
    meet(&bench, &one, &two).await;
    assert_eq!(state(&one, "0002").open_holds().count(), 0);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_a_permit_that_was_withdrawn_meanwhile_holds_what_was_made_since_whichever_came_first()
{
    for use_comes_first in [true, false] {
        let (bench, one, two) = permitted(9).await;
        goes_on(&two, ("0001", 1, 2_000));
        let withdraw = PermitCommand::Withdraw { reason: "springs are sorted".to_owned() };
        one.ledger().transact(&acting("P-2"), &moment(60_000), of_permit(withdraw)).unwrap();
        goes_on(&two, ("0002", 1, 63_000));
        if use_comes_first {
            judged(&bench, &two).await;
            assert_eq!(told(&two), Vec::<String>::new());
        }
        meet(&bench, &one, &two).await;
        two.client().sync_once().await.unwrap();
        let why = "DP-ASM1-0001 had been withdrawn 2026-11-20 07:01, of which the station had not \
                   heard: springs are sorted";
        assert_eq!(told(&two), [why], "{use_comes_first}");
        assert_eq!(state(&one, "0001").open_holds().count(), 0, "made before");
        assert_eq!(state(&one, "0002").open_holds().count(), 1);
        bench.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_a_permit_that_one_person_proposed_and_granted_lets_nothing_go_on() {
    let (bench, one, two) = permitted(9).await;
    let withdraw = PermitCommand::Withdraw { reason: "anew".to_owned() };
    one.ledger().transact(&acting("P-2"), &moment(700), of_permit(withdraw)).unwrap();
    judged(&bench, &one).await;
    let state = permit(&one);
    let proposed = state.proposed.unwrap();
    // A station that lies grants its own proposal, in the other role.
    let other: Subject = Subject::parse("permit/DP-ASM1-0009").unwrap();
    let (permit, signature) = (proposed.permit, proposed.signature);
    let propose = PermitFact::PermitProposed { permit, signature: signature.clone() };
    one.writes(other.clone(), FactBody::Permit(propose), 800);
    judged(&bench, &one).await;
    let grant = PermitFact::PermitGranted { signature };
    let forged = one.writes(other, FactBody::Permit(grant), 900);
    judged(&bench, &one).await;
    let review = reviews(&one).into_iter().find(|review| review.fact == forged).unwrap();
    assert!(review.reasons.iter().any(|why| why == "P-1 proposed it"), "{review:?}");
    assert!(review.reasons.iter().any(|why| why.contains("in one role, engineer")), "{review:?}");
    two.client().sync_once().await.unwrap();
    let folded = two.ledger().stream(&Subject::parse("permit/DP-ASM1-0009").unwrap()).unwrap();
    let StreamState::Permit(known) = folded.stream.state else { panic!("another stream") };
    assert!(known.granted.is_none(), "what is not accepted is not handed on");
    bench.running.shutdown().await;
}

/// A permit as it was proposed honestly.
fn proposal(station: &StationBench) -> (Permit, Signature) {
    let folded = station.ledger().stream(&Subject::Permit(PERMIT.parse().unwrap())).unwrap();
    let StreamState::Permit(state) = folded.stream.state else { panic!("another stream") };
    let proposed = state.proposed.unwrap();
    (*proposed.permit, proposed.signature)
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_a_proposed_permit_is_compared_with_the_specification_that_it_names() {
    let (bench, one, _two) = permitted(2).await;
    let (honest, signature) = proposal(&one);
    let mut unknown = honest.clone();
    unknown.characteristic = "c-flow".parse().unwrap();
    let mut narrower = honest.clone();
    narrower.specified.upper = Some(Number::parse("26").unwrap());
    let mut minor = honest.clone();
    minor.class = Class::Minor;
    let mut other = honest.clone();
    other.revision = "Z".parse().unwrap();
    let mut same = honest.clone();
    same.widened = same.specified.clone();
    for (number, permit) in (2..).zip([unknown, narrower, minor, other, same]) {
        let subject = Subject::Permit(format!("DP-ASM1-{number:04}").parse().unwrap());
        let (permit, signature) = (Box::new(permit), signature.clone());
        let proposed = PermitFact::PermitProposed { permit, signature };
        one.writes_as("P-1", subject, FactBody::Permit(proposed), 700);
    }
    judged(&bench, &one).await;
    let told: Vec<String> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
    let expected = [
        "CP-40 rev F has no characteristic c-flow",
        "CP-40 rev F has other limits for Force",
        "Force is major by CP-40 rev F",
        "specification CP-40 rev Z is not released",
        "the limits of Force in CP-40 rev F would not be wider",
    ];
    assert_eq!(told, expected);
    bench.running.shutdown().await;
}
