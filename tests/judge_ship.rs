//! R17: what the server says of units that were released to ship, and of what comes in later.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Raise;
use gemba::domain::fact::Written;
use gemba::domain::people::{PersonCommand, RevisionRead, Role};
use gemba::domain::signature::{Components, Covers, Meaning, Signature, Signer};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traced::Traced;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::exceptions::digest;
use gemba::domain::traveler::shipped::ProductReleased;
use gemba::domain::traveler::state::TravelerState;
use gemba::views::query::{Answer, Query};
use gemba::views::ship::{Certificate, ShipReview};
use serde_json::{Value, json};

use crate::judge_work::{
    does, forges, looks, objected, plant, releases_text, said, step, text, unit, withdraws,
};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

/// One step of WI-1: to look, or to build a pump in.
fn short(revision: &str, ask: &Value) -> Vec<u8> {
    let mut text: Value = serde_json::from_slice(&text(revision, "27")).unwrap();
    text["steps"] = json!([{"id": "look", "title": "Look", "text": [], "asks": [ask]}]);
    serde_json::to_vec(&text).unwrap()
}

fn pump() -> Value {
    json!({"install": {"name": "pump", "part": "CP-40", "by": "serial"}})
}

/// A text of one step is in effect, and P-3 has read what changed.
async fn in_effect(bench: &PlantBench, one: &StationBench, (revision, ask): (&str, &Value)) {
    let hash = releases_text(one, revision, &short(revision, ask));
    judged(bench, one).await;
    let (instruction, revision) = ("WI-1".parse().unwrap(), revision.parse().unwrap());
    let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
    let command = Command::Person("P-3".parse().unwrap(), read);
    one.ledger().transact(&acting("P-3"), &moment(500), command).unwrap();
}

/// Two stations, at which WI-1 is one step now.
async fn looking() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    in_effect(&bench, &one, ("S", &json!({"check": {"question": "Clean?"}}))).await;
    exchanged(&bench, &one, &two).await;
    (bench, one, two)
}

async fn exchanged(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    judged(bench, one).await;
}

/// The last fact of a station is by somebody whom the server does not know.
fn by_nobody(station: &StationBench) {
    forges(station, "\"actor\":\"P-3\"", "\"actor\":\"P-9\"");
}

fn done() -> TravelerCommand {
    TravelerCommand::CompleteStep { at: step("look"), read_in: None }
}

fn builds_in(name: &str) -> TravelerCommand {
    let entry = Entry::Text(unit(name).to_string());
    TravelerCommand::Record { at: step("look"), ask: 1, sample: 1, entry }
}

fn finishes(station: &StationBench, name: &str, ms: i64) {
    does(station, "P-3", (name, ms), looks());
    does(station, "P-3", (name, ms + 1), done());
}

fn review(station: &StationBench, name: &str) -> ShipReview {
    let query = Query::ShipReview { id: unit(name) };
    let answer = station.ledger().answer(&query, &moment(1)).unwrap();
    let Answer::ShipReview(Some(review)) = answer else { panic!("{answer:?}") };
    *review
}

fn certificate(station: &StationBench, name: &str) -> Certificate {
    let query = Query::Certificate { id: unit(name) };
    let answer = station.ledger().answer(&query, &moment(1)).unwrap();
    let Answer::Certificate(Some(certificate)) = answer else { panic!("{answer:?}") };
    *certificate
}

fn ships(station: &StationBench, name: &str, ms: i64) {
    let review = review(station, name);
    assert!(review.ready, "{review:?}");
    let (shown, set, by) = (review.digest, Vec::new(), Signer::by_badge("P-2"));
    does(station, "P-2", (name, ms), TravelerCommand::Ship { shown, set, by });
}

fn state(station: &StationBench, name: &str) -> TravelerState {
    let subject = Subject::Traveler(unit(name));
    let state = station.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    state
}

fn is_held(station: &StationBench, name: &str) -> bool {
    state(station, name).open_holds().next().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_two_releases_unseen_by_each_other_are_kept_and_told_and_hold_the_unit() {
    let (bench, one, two) = looking().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    finishes(&one, "0001", 1_010);
    exchanged(&bench, &one, &two).await;
    ships(&one, "0001", 10_000);
    ships(&two, "0001", 20_000);
    judged(&bench, &one).await;
    assert_eq!(certificate(&one, "0001").not_valid, None);
    let told = objected(&bench, &two).await;
    let words = "released to ship twice, at ASM-1 on 2026-11-20 07:00 and at ASM-1 on 2026-11-20 \
                 07:00, unseen by each other: it goes out once, and one release is taken back";
    assert_eq!(told, [said("ProductReleased", words)]);
    judged(&bench, &one).await;
    for station in [&one, &two] {
        assert_eq!(state(station, "0001").releases.len(), 2);
        assert!(is_held(station, "0001"));
        assert!(certificate(station, "0001").not_valid.unwrap().starts_with("on hold"));
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_comes_in_late_and_is_not_accepted_holds_what_is_shipped() {
    let (bench, one, two) = looking().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    exchanged(&bench, &one, &two).await;
    does(&two, "P-3", ("0001", 2_000), looks());
    by_nobody(&two);
    finishes(&one, "0001", 2_500);
    judged(&bench, &one).await;
    ships(&one, "0001", 10_000);
    judged(&bench, &one).await;
    assert_eq!(certificate(&one, "0001").not_valid, None);
    assert_ne!(objected(&bench, &two).await, []);
    judged(&bench, &one).await;
    assert!(is_held(&one, "0001") && is_held(&two, "0001"));
    let shown = state(&one, "0001");
    assert!(shown.shipped().is_some(), "it is shipped, and held");
    assert!(certificate(&one, "0001").not_valid.is_some());
    bench.running.shutdown().await;
}

/// `WO-1/0001` is finished at the first station, and the next unit begun has a pump built in.
async fn with_pump(two_looked: bool) -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = looking().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    exchanged(&bench, &one, &two).await;
    if two_looked {
        does(&two, "P-3", ("0001", 2_000), looks());
        by_nobody(&two);
    }
    finishes(&one, "0001", 2_500);
    in_effect(&bench, &one, ("T", &pump())).await;
    judged(&bench, &one).await;
    (bench, one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_was_shipped_unseen_is_not_built_in() {
    let (bench, one, two) = with_pump(false).await;
    exchanged(&bench, &one, &two).await;
    ships(&one, "0001", 10_000);
    does(&two, "P-3", ("0002", 20_000), TravelerCommand::Start);
    does(&two, "P-3", ("0002", 20_001), builds_in("0001"));
    judged(&bench, &one).await;
    let release = state(&one, "0001").shipped().unwrap().at.clone();
    let words = format!("WO-1/0001 is shipped, by {release}.");
    assert_eq!(objected(&bench, &two).await, [said("ComponentInstalled", &words)]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_unit_that_was_built_in_unseen_is_not_shipped_by_itself() {
    let (bench, one, two) = with_pump(false).await;
    exchanged(&bench, &one, &two).await;
    does(&two, "P-3", ("0002", 9_000), TravelerCommand::Start);
    does(&two, "P-3", ("0002", 9_001), builds_in("0001"));
    judged(&bench, &two).await;
    ships(&one, "0001", 20_000);
    let words = "The unit is built into WO-1/0002";
    assert_eq!(objected(&bench, &one).await, [said("ProductReleased", words)]);
    assert!(is_held(&one, "0001"));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_component_that_is_not_accepted_later_holds_what_it_went_out_with() {
    let (bench, one, two) = with_pump(true).await;
    does(&one, "P-3", ("0002", 9_000), TravelerCommand::Start);
    does(&one, "P-3", ("0002", 9_001), builds_in("0001"));
    does(&one, "P-3", ("0002", 9_002), done());
    judged(&bench, &one).await;
    ships(&one, "0002", 20_000);
    judged(&bench, &one).await;
    assert_eq!(certificate(&one, "0002").not_valid, None);
    assert_ne!(objected(&bench, &two).await, []);
    let told = objected(&bench, &one).await;
    let (_, words) = told.iter().find(|(kind, _)| kind == "ProductReleased").unwrap();
    assert!(words.starts_with("WO-1/0001, which is built in, was not accepted"), "{words}");
    assert!(is_held(&one, "0001") && is_held(&one, "0002"));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_release_that_leaves_out_what_was_taken_back_is_not_accepted() {
    let (bench, one, _two) = looking().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    finishes(&one, "0001", 1_010);
    withdraws(&one, "S", false);
    judged(&bench, &one).await;
    let listed = review(&one, "0001").exceptions;
    assert_eq!(listed.iter().map(|row| &*row.kind).collect::<Vec<_>>(), ["withdrawn"]);
    ships(&one, "0001", 10_000);
    assert_eq!(objected(&bench, &one).await, []);
    let text = serde_json::to_string(&state(&one, "0001").shipped().unwrap().what.withdrawn);
    let back = TravelerCommand::TakeBack { reason: "the label was wrong".to_owned() };
    does(&one, "P-2", ("0001", 11_000), back);
    judged(&bench, &one).await;
    ships(&one, "0001", 12_000);
    forges(&one, &format!("\"withdrawn\":{}", text.unwrap()), "\"withdrawn\":[]");
    let told = objected(&bench, &one).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let reasons = reviews(&one).pop().unwrap().reasons;
    let words = "WI-1 rev S was withdrawn, which its list leaves out";
    assert!(reasons.contains(&words.to_owned()), "{reasons:?}");
    bench.running.shutdown().await;
}

/// Rewrites the last fact of a station, of this unit, as a release that nobody decided.
fn forges_release(station: &StationBench, name: &str, state: &TravelerState) {
    let signature = Signature {
        signer: "P-2".parse().unwrap(),
        printed_name: "P-2".to_owned(),
        role: Role::Quality,
        meaning: Meaning::Released,
        components: Components::BadgeAndPin,
        covers: Covers::over(&state.facts),
    };
    let (withdrawn, set, digest) = (Vec::new(), Vec::new(), digest(&[]));
    let released = ProductReleased { signature, exceptions: 0, digest, withdrawn, set };
    let body = serde_json::to_string(&released).unwrap();
    let ledger = station.ledger();
    let last = ledger.head().unwrap().last_seq;
    let written: Written = ledger.outgoing((1, last - 1), (usize::MAX, 1)).unwrap().remove(0);
    drop(ledger);
    let from = &written.bytes[written.bytes.find("\"subject\"").unwrap()..];
    let to = format!(
        "\"subject\":\"traveler/WO-1/{name}\",\"kind\":\"ProductReleased\",\"body\":{body}}}"
    );
    forges(station, from, &to);
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_release_with_a_deviation_that_was_not_closed_is_not_accepted() {
    let (bench, one, _two) = looking().await;
    does(&one, "P-3", ("0001", 1_000), TravelerCommand::Start);
    let raise = Box::new(Raise::noted("scratched"));
    let raise = TravelerCommand::RaiseDeviation { at: step("look"), raise };
    does(&one, "P-3", ("0001", 1_001), raise);
    let before = state(&one, "0001");
    let fact = before.facts.keys().next().unwrap().clone();
    let (of, reason) = (Traced::Unit(unit("0001")), "to be rewritten".to_owned());
    does(&one, "P-2", ("0001", 1_002), TravelerCommand::HoldForRecall { of, fact, reason });
    forges_release(&one, "0001", &before);
    objected(&bench, &one).await;
    let reasons = reviews(&one).pop().unwrap().reasons;
    assert!(reasons.contains(&"NCR-ASM1-0001 is not closed".to_owned()), "{reasons:?}");
    bench.running.shutdown().await;
}
