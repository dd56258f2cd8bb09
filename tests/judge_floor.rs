//! What the server says of what a station writes about another one, and of hand-overs between stations.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::floor::FloorCommand;
use gemba::domain::handover::{HandoverCommand, HandoverFact, HandoverState};
use gemba::domain::ids::HandoverId;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Role;
use gemba::domain::signature::{Components, Covers, Meaning, Signature, Signer};
use gemba::domain::station::{StationFact, StationState};
use gemba::domain::stream::{StreamState, Subject};

use crate::judge_work::plant;
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::sync_judge::{judged, reviews};

fn station_of(here: &StationBench, of: &StationBench) -> StationState {
    let folded = here.ledger().stream(&Subject::Station(of.station.clone())).unwrap();
    let StreamState::Station(state) = folded.stream.state else { panic!("another stream") };
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_one_station_would_put_on_another_reaches_nobody() {
    let (bench, one, two) = plant().await;
    let lock = FactBody::Station(StationFact::StationLocked { seconds: 600, terminal: None });
    let forged = one.writes(Subject::Station(two.station.clone()), lock.clone(), 2_000);
    let own = one.writes(Subject::Station(one.station.clone()), lock, 3_000);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert_eq!(station_of(&two, &two).tries.locked, None);
    let told = reviews(&one);
    let of = |at: &Position| told.iter().find(|review| review.fact == *at);
    assert_eq!(of(&forged).unwrap().reasons, ["a station writes this of itself only"]);
    assert_eq!(of(&own), None);
    bench.running.shutdown().await;
}

fn number() -> HandoverId {
    "HO-ASM1-0001".parse().unwrap()
}

fn handover(here: &StationBench) -> HandoverState {
    let folded = here.ledger().stream(&Subject::Handover(number())).unwrap();
    let StreamState::Handover(state) = folded.stream.state else { panic!("another stream") };
    state
}

/// Whoever accepted it, as known at a station.
fn accepted(here: &StationBench) -> Option<String> {
    handover(here).accepted.map(|(signature, ..)| signature.signer.to_string())
}

fn gives(station: &StationBench, who: &str, ms: i64) {
    let give = FloorCommand::GiveHandover { notes: "die 4 is hot".to_owned() };
    let command = Command::Floor("ASM-1".parse().unwrap(), give);
    let acting = crate::judge_work::at_bench(who);
    station.ledger().transact(&acting, &moment(ms), command).unwrap();
}

fn accepts(station: &StationBench, who: &str, ms: i64) -> Result<(), String> {
    let by = Signer::by_badge(who);
    let accept = HandoverCommand::Accept { note: String::new(), by };
    let acting = crate::judge_work::at_bench(who);
    let command = Command::Handover(number(), accept);
    let done = station.ledger().transact(&acting, &moment(ms), command);
    done.map(drop).map_err(|error| error.to_string())
}

/// Both stations exchange until each has what the other did and what the server says of it.
async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_that_is_given_at_one_station_is_accepted_at_another_that_is_offline() {
    let (bench, one, two) = plant().await;
    gives(&one, "P-3", 2_000);
    // Nothing of it is known there before both have met the server.
    assert_eq!(handover(&two), HandoverState::default());
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert_eq!(handover(&two).given.unwrap().body.notes, "die 4 is hot");
    assert!(accepts(&two, "P-3", 3_000).is_err(), "whoever gave it does not accept it");
    accepts(&two, "P-4", 4_000).unwrap();
    assert_eq!((accepted(&two).as_deref(), accepted(&one)), (Some("P-4"), None), "no line between");
    meet(&bench, &one, &two).await;
    assert_eq!(accepted(&one).as_deref(), Some("P-4"));
    assert_eq!((reviews(&one), reviews(&two)), (Vec::new(), Vec::new()));
    assert!(accepts(&one, "P-1", 5_000).is_err(), "it is accepted once");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_whoever_gave_a_shift_and_forges_its_acceptance_is_found() {
    let (bench, one, two) = plant().await;
    gives(&one, "P-3", 2_000);
    let given = handover(&one).given.unwrap();
    let signature = Signature {
        signer: "P-3".parse().unwrap(),
        printed_name: "P-3".to_owned(),
        role: Role::Operator,
        meaning: Meaning::Accepted,
        components: Components::BadgeAndPin,
        covers: Covers::over([(&given.at, &given.id)]),
    };
    let body = HandoverFact::HandoverAccepted { note: String::new(), signature };
    let subject = Subject::Handover(number());
    let forged = one.writes_as("P-3", subject, FactBody::Handover(body), 3_000);
    meet(&bench, &one, &two).await;
    let told = reviews(&one).into_iter().find(|review| review.fact == forged).unwrap();
    assert!(told.reasons.contains(&"P-3 gave it".to_owned()), "{told:?}");
    for station in [&one, &two] {
        assert_eq!(accepted(station), None, "it waits for somebody else");
    }
    bench.running.shutdown().await;
}
