//! What the server says of bought-in material: built in before it was inspected, noted twice unseen,
//! corrected when it was built in already.

use gemba::domain::decide::Command;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::people::{PersonCommand, RevisionRead};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traced::Traced;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::state::TravelerState;
use gemba::views::query::{Answer, Query};
use gemba::views::thread::Span;
use serde_json::{Value, json};

use crate::judge_inspection::by_piece;
use crate::judge_work::{at_bench, does, plant, releases_text, step, text, unit};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

fn seal() -> MaterialId {
    MaterialId::parse("CP-40/L-1").unwrap()
}

fn noted(supplier: &str, expires: &str, corrects: Option<&str>) -> MaterialReceived {
    MaterialReceived {
        supplier: supplier.to_owned(),
        certificate: String::new(),
        quantity: Some(9),
        expires: Some(expires.parse().unwrap()),
        corrects: corrects.map(str::to_owned),
    }
}

fn receives(station: &StationBench, what: MaterialReceived, ms: i64) {
    let receive = Command::Material(seal(), MaterialCommand::Receive(what));
    station.ledger().transact(&at_bench("P-4"), &moment(ms), receive).unwrap();
}

/// Two stations, at which WI-1 is to build a seal in.
async fn sealing() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    let mut short: Value = serde_json::from_slice(&text("S", "27")).unwrap();
    let ask = json!({"install": {"name": "seal", "part": "CP-40", "by": "lot"}});
    short["steps"] = json!([{"id": "look", "title": "Fit", "text": [], "asks": [ask]}]);
    let hash = releases_text(&one, "S", &serde_json::to_vec(&short).unwrap());
    judged(&bench, &one).await;
    let (instruction, revision) = ("WI-1".parse().unwrap(), "S".parse().unwrap());
    let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
    let command = Command::Person("P-3".parse().unwrap(), read);
    one.ledger().transact(&acting("P-3"), &moment(500), command).unwrap();
    meet(&bench, &one, &two).await;
    (bench, one, two)
}

async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

fn fits(station: &StationBench, name: &str, ms: i64) {
    fits_lot(station, (name, "L-1"), ms);
}

fn fits_lot(station: &StationBench, (name, lot): (&str, &str), ms: i64) {
    does(station, "P-3", (name, ms), TravelerCommand::Start);
    let entry = Entry::Text(lot.to_owned());
    let fit = TravelerCommand::Record { at: step("look"), ask: 1, sample: 1, entry };
    does(station, "P-3", (name, ms + 1), fit);
}

fn state(station: &StationBench, name: &str) -> TravelerState {
    let subject = Subject::Traveler(unit(name));
    let state = station.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    state
}

fn why_held(station: &StationBench, name: &str) -> Vec<String> {
    let state = state(station, name);
    state.open_holds().map(|(_, hold)| hold.placed.reason.words().to_string()).collect()
}

fn blocked(station: &StationBench) -> Option<String> {
    let state = station.ledger().stream(&Subject::Material(seal())).unwrap().stream.state;
    let StreamState::Material(state) = state else { panic!("{state:?}") };
    state.blocked().map(|block| block.reason.clone())
}

fn told(station: &StationBench) -> Vec<String> {
    reviews(station).into_iter().flat_map(|review| review.reasons).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_lot_that_waits_for_inspection_and_is_built_in_elsewhere_holds_the_unit() {
    let (bench, one, two) = sealing().await;
    receives(&one, noted("Nordic", "2027-01-01", None), 600);
    meet(&bench, &one, &two).await;
    // Lots of it are inspected from here on; the other station did not hear of it.
    let mut inspects: Value = serde_json::from_slice(&by_piece()).unwrap();
    inspects["revision"] = "T".into();
    releases_text(&one, "T", &serde_json::to_vec(&inspects).unwrap());
    judged(&bench, &one).await;
    fits(&two, "0001", 700);
    judged(&bench, &two).await;
    one.client().sync_once().await.unwrap();
    let why = why_held(&one, "0001");
    assert!(why.iter().any(|why| why.contains("The lot L-1 was not inspected")), "{why:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stations_that_note_a_lot_otherwise_unseen_are_told_and_the_lot_is_held_everywhere() {
    let (bench, one, two) = sealing().await;
    receives(&one, noted("Nordic", "2027-01-01", None), 600);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    receives(&one, noted("Baltic", "2027-01-01", Some("other label")), 700);
    receives(&two, noted("Nordic", "2027-06-01", Some("read again")), 800);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    for station in [&one, &two] {
        let why = blocked(station).unwrap();
        assert!(why.starts_with("noted twice, unseen by each other: supplier Baltic at ASM-1"));
        assert!(why.contains("date 2027-01-01"), "{why}");
        assert_eq!(told(station), [why], "each of its own record");
    }
    // Somebody looks, notes it once more and lets it go.
    receives(&one, noted("Baltic", "2027-06-01", Some("both looked")), 900);
    let release = MaterialCommand::Release { reason: "both looked".to_owned() };
    let release = Command::Material(seal(), release);
    one.ledger().transact(&at_bench("P-2"), &moment(901), release).unwrap();
    meet(&bench, &one, &two).await;
    assert_eq!((blocked(&one), blocked(&two)), (None, None));
    assert_eq!(told(&one).len(), 1, "nothing more");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lot_is_built_in_is_held_or_told_where_it_is_corrected_afterwards() {
    let (bench, one, two) = sealing().await;
    receives(&one, noted("Nordic", "2027-01-01", None), 600);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    fits(&two, "0001", 700);
    fits(&two, "0002", 710);
    judged(&bench, &two).await;
    receives(&one, noted("Baltic", "2026-11-01", Some("other label")), 800);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    for name in ["0001", "0002"] {
        let why = why_held(&two, name);
        assert!(why.iter().any(|why| why.contains("was good until 2026-11-01")), "{why:?}");
    }
    let told = told(&one);
    let words = "CP-40/L-1 is of Baltic, not of Nordic, and built into WO-1/0001, WO-1/0002";
    assert!(told.iter().any(|why| why == words), "{told:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_was_noted_unseen_beside_one_that_only_capitals_tell_from_it_is_held() {
    let (bench, one, two) = sealing().await;
    receives(&one, noted("Nordic", "2027-01-01", None), 600);
    let other = MaterialId { lot: "l-1".parse().unwrap(), ..seal() };
    let receive = MaterialCommand::Receive(noted("Nordic", "2027-01-01", None));
    let receive = Command::Material(other.clone(), receive);
    two.ledger().transact(&at_bench("P-4"), &moment(700), receive).unwrap();
    meet(&bench, &one, &two).await;
    let state = one.ledger().stream(&Subject::Material(other)).unwrap().stream.state;
    let StreamState::Material(state) = state else { panic!("{state:?}") };
    let why = state.blocked().map(|block| block.reason.clone()).unwrap();
    assert!(why.contains("unseen beside L-1, from which only capitals tell it apart"), "{why}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_tells_of_what_was_built_in_under_a_number_that_only_capitals_tell_from_its_own() {
    let (bench, one, two) = sealing().await;
    fits_lot(&one, ("0001", "L-9"), 600);
    fits_lot(&two, ("0002", "l-9"), 700);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let of = Traced::parse("component/CP-40/L-9").unwrap();
    for station in [&one, &two] {
        let query = Query::Recall { of: of.clone(), span: Span::default() };
        let answer = station.ledger().answer(&query, &moment(900)).unwrap();
        let Answer::Recall(Some(recall)) = answer else { panic!("{answer:?}") };
        assert_eq!((recall.units.len(), &recall.units[0].traveler), (1, &unit("0001")));
        assert_eq!(recall.alike, [Traced::parse("component/CP-40/l-9").unwrap()]);
    }
    bench.running.shutdown().await;
}
