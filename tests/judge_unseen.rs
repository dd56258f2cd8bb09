//! What the server says of work that stations did unseen by each other, of orders that were closed, and
//! of the moment that a record is judged by.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Raise, Share};
use gemba::domain::fact::{Fact, Position, Written};
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::order::OrderCommand;
use gemba::domain::people::PersonCommand;
use gemba::domain::signature::Signer;
use gemba::domain::station::{Judgement, StationCommand};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::state::TravelerState;
use gemba::views::judged::{done_unseen, not_accepted};
use jiff::SignedDuration;
use serde_json::Value;
use tokio::sync::Notify;

use crate::judge_work::{at_bench, does, looks, objected, plant, said, step, unit};
use crate::support::front::{Asked, Front, Says};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

fn state(station: &StationBench, name: &str) -> TravelerState {
    let folded = station.ledger().stream(&Subject::Traveler(unit(name))).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("another stream") };
    state
}

fn completes(name: &str) -> TravelerCommand {
    TravelerCommand::CompleteStep { at: step(name), read_in: None }
}

fn raises(name: &str) -> TravelerCommand {
    TravelerCommand::RaiseDeviation { at: step(name), raise: Box::new(Raise::noted("a scratch")) }
}

/// The unit is begun and known at both stations, which part then.
async fn begun(bench: &PlantBench, one: &StationBench, two: &StationBench, name: &str) {
    does(one, "P-3", (name, 1_000), TravelerCommand::Start);
    judged(bench, one).await;
    two.client().sync_once().await.unwrap();
}

/// Both stations exchange until each has what the other did and what the server says of it.
async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_two_people_did_the_same_step_and_nothing_is_wrong_with_it() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    for (station, who) in [(&one, "P-3"), (&two, "P-4")] {
        does(station, who, ("0001", 2_000), looks());
        does(station, who, ("0001", 2_100), completes("look"));
    }
    meet(&bench, &one, &two).await;
    assert_eq!((reviews(&one), reviews(&two)), (Vec::new(), Vec::new()));
    for station in [&one, &two] {
        let state = state(station, "0001");
        let look = "look".parse().unwrap();
        let attempts: Vec<_> = state.attempts_at(20, &look).collect();
        assert_eq!(attempts.iter().map(|attempt| attempt.rank).collect::<Vec<_>>(), [1, 1]);
        assert!(attempts.iter().all(|attempt| done_unseen(&state, attempt).len() == 1));
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_work_on_a_unit_that_was_held_elsewhere_is_told_once_with_both_places_and_times() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    does(&one, "P-3", ("0001", 2_000), raises("look"));
    does(&two, "P-3", ("0001", 63_000), looks());
    does(&two, "P-3", ("0001", 64_000), completes("look"));
    meet(&bench, &one, &two).await;
    let told = reviews(&two);
    let held = "work at ASM-1 on 2026-11-20 07:01 on a unit that was held at ASM-1 on \
                2026-11-20 07:00, unseen";
    assert_eq!(told.iter().map(|review| &review.reasons[..]).collect::<Vec<_>>(), [[held]]);
    // The station that wrote it says so beside the step, and what to do next.
    let state = state(&two, "0001");
    let shown = not_accepted(&state);
    assert_eq!(shown[0].step, "look".parse().ok());
    assert!(shown[0].next.says("shift board"), "{shown:?}");
    assert_eq!(state.open_holds().count(), 2);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_whoever_worked_is_told_also_where_the_work_came_before_the_hold() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    does(&one, "P-3", ("0001", 2_000), raises("look"));
    does(&two, "P-3", ("0001", 63_000), looks());
    judged(&bench, &two).await;
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert_eq!(reviews(&one), []);
    let told = reviews(&two).pop().unwrap();
    let held = "on a unit that was held at ASM-1 on 2026-11-20 07:00, unseen; and one more record";
    assert!(told.reasons[0].ends_with(held), "{told:?}");
    bench.running.shutdown().await;
}

/// Whether the rows of a feed are asked for.
fn pulls(asked: &Asked, feed: &str) -> bool {
    let body = || serde_json::from_slice::<Value>(&asked.body).unwrap();
    asked.is("POST /v1/pull") && body()["feed"] == feed
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_what_is_judged_between_two_pages_of_an_exchange_is_here_with_its_hold_or_not_at_all() {
    let (bench, one, _) = plant().await;
    let holds_back = Arc::new(AtomicBool::new(false));
    let [came, goes] = [(); 2].map(|()| Arc::new(Notify::new()));
    let rule = {
        let (holds_back, came, goes) = (holds_back.clone(), came.clone(), goes.clone());
        move |asked: &Asked| {
            if pulls(asked, "station/ASM3") && holds_back.swap(false, Ordering::SeqCst) {
                came.notify_one();
                return Says::Once(goes.clone());
            }
            Says::GoOn
        }
    };
    let front = Front::of(bench.running.url(), rule).await;
    let two = bench.enroll_at(&front.url, "ASM3", &["ASM"]).await;
    begun(&bench, &one, &two, "0001").await;
    does(&one, "P-3", ("0001", 2_000), raises("look"));
    does(&two, "P-3", ("0001", 63_000), looks());
    judged(&bench, &two).await;
    // Its own feed grows by this, and what comes to that meanwhile rests on the other feed.
    two.beat(1);
    holds_back.store(true, Ordering::SeqCst);
    let client = two.client();
    let exchange = tokio::spawn(async move { client.sync_once().await });
    came.notified().await;
    judged(&bench, &one).await;
    goes.notify_one();
    exchange.await.unwrap().unwrap();
    let here = |review: &Judgement| {
        let held = state(&two, "0001").was_held_by_judge((&review.fact, &review.reasons));
        review.units == [unit("0001")] && held
    };
    assert!(reviews(&two).iter().all(here), "{:?}", reviews(&two));

    two.client().sync_once().await.unwrap();
    assert!(reviews(&two).iter().all(here), "{:?}", reviews(&two));
    let told = reviews(&two).pop().expect("the next exchange has both");
    let (fact, reason) = (told.fact, "asked both".to_owned());
    let answer = StationCommand::AnswerReview {
        fact,
        accepted: true,
        counts: None,
        units: Vec::new(),
        reason,
    };
    let command = Command::Station(two.station.clone(), answer);
    two.ledger().transact(&acting("P-1"), &moment(70_000), command).unwrap();
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r08_two_dispositions_hold_the_unit_until_a_person_says_which_one_counts() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    does(&one, "P-3", ("0001", 2_000), raises("look"));
    meet(&bench, &one, &two).await;
    for (station, disposition, ms) in
        [(&one, Disposition::Scrap, 3_000), (&two, Disposition::Void, 4_000)]
    {
        let (reason, by) = ("seen".to_owned(), Signer::by_badge("P-1"));
        let dispose = DeviationCommand::Dispose { shares: Share::all(disposition), reason, by };
        let command = Command::Deviation("NCR-ASM1-0001".parse().unwrap(), dispose);
        station.ledger().transact(&at_bench("P-1"), &moment(ms), command).unwrap();
    }
    meet(&bench, &one, &two).await;
    let told = reviews(&two).pop().unwrap();
    assert!(told.reasons[0].starts_with("two decisions about one hold"), "{told:?}");
    assert!(told.reasons[0].contains("scrap") && told.reasons[0].contains("no deviation"));
    assert_eq!(state(&two, "0001").open_holds().count(), 1, "until somebody says so");
    // Whichever the unit follows, which the names of the ledgers decide: an end may always count.
    let reason = "it is scrap".to_owned();
    let answer = StationCommand::AnswerReview {
        fact: told.fact,
        accepted: true,
        counts: Some("scrap".to_owned()),
        units: Vec::new(),
        reason,
    };
    let command = Command::Station(two.station.clone(), answer);
    two.ledger().transact(&acting("P-1"), &moment(5_000), command).unwrap();
    meet(&bench, &one, &two).await;
    assert_eq!((reviews(&two).len(), state(&one, "0001").open_holds().count()), (0, 0));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_after_an_order_was_closed_is_held_and_before_it_is_not() {
    let (bench, one, two) = plant().await;
    for name in ["0001", "0002", "0003"] {
        begun(&bench, &one, &two, name).await;
    }
    let close = OrderCommand::Close { reason: "enough".to_owned(), with_open_units: true };
    let close = Command::Order("WO-1".parse().unwrap(), close);
    one.ledger().transact(&acting("P-1"), &moment(60_000), close).unwrap();
    judged(&bench, &one).await;
    // The second station has not heard: before, at that very moment, after, and once more after.
    for (name, ms) in [("0001", 59_999), ("0002", 60_000), ("0003", 61_000), ("0003", 62_000)] {
        let what = if ms == 62_000 { completes("look") } else { looks() };
        does(&two, "P-3", (name, ms), what);
    }
    let after = "after order WO-1 was closed on 2026-11-20 07:01";
    let why = |at: &str| said("StepStarted", &format!("work at ASM-1 on 2026-11-20 {at}, {after}"));
    assert_eq!(objected(&bench, &two).await, [why("07:01"), why("07:01")]);
    bench.running.shutdown().await;
}

fn closes() -> Command {
    let close = OrderCommand::Close { reason: "enough".to_owned(), with_open_units: true };
    Command::Order("WO-1".parse().unwrap(), close)
}

/// How often a station was told that it worked after the order was closed.
fn told_closed(station: &StationBench) -> Vec<String> {
    let reasons = reviews(station).into_iter().flat_map(|review| review.reasons);
    reasons.filter(|why| why.contains("after order WO-1 was closed")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_that_comes_late_reaches_back_to_what_was_done_after_it() {
    let (bench, one, two) = plant().await;
    for name in ["0001", "0002"] {
        begun(&bench, &one, &two, name).await;
    }
    one.ledger().transact(&acting("P-1"), &moment(60_000), closes()).unwrap();
    // What the second station did comes first, before the closing and after it.
    for (name, ms) in [("0001", 59_999), ("0002", 61_000)] {
        does(&two, "P-3", (name, ms), looks());
    }
    does(&two, "P-3", ("0002", 62_000), completes("look"));
    assert_eq!(objected(&bench, &two).await, []);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let after =
        "work at ASM-1 on 2026-11-20 07:01, after order WO-1 was closed on 2026-11-20 07:01";
    assert_eq!(told_closed(&two), [after]);
    assert_eq!(state(&two, "0002").open_holds().count(), 1);
    assert_eq!(state(&two, "0001").open_holds().count(), 0);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_once_is_not_told_again_when_the_server_starts_again() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    one.ledger().transact(&acting("P-1"), &moment(60_000), closes()).unwrap();
    judged(&bench, &one).await;
    does(&two, "P-3", ("0001", 61_000), looks());
    judged(&bench, &two).await;
    assert_eq!(told_closed(&two).len(), 1);
    let bench = bench.restart().await;
    let last = two.ledger().head().unwrap().last_seq;
    let attempt = Position { seq: last - 1, ..own(&two) };
    let body =
        TravelerFact::StepCompleted { attempt, waited: None, set: Vec::new(), read_in: None };
    two.writes_as("P-3", Subject::Traveler(unit("0001")), FactBody::Traveler(body), 62_000);
    judged(&bench, &two).await;
    assert_eq!(told_closed(&two).len(), 1, "the same story");
    bench.running.shutdown().await;
}

fn own(station: &StationBench) -> Position {
    let ledger = station.ledger();
    let head = ledger.head().unwrap();
    Position { ledger: ledger.identity().ledger.clone(), epoch: head.epoch, seq: head.last_seq }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forger_who_names_no_heads_is_not_believed() {
    let (bench, one, two) = plant().await;
    begun(&bench, &one, &two, "0001").await;
    does(&two, "P-3", ("0001", 2_000), looks());
    let ledger = two.ledger();
    let last = ledger.head().unwrap().last_seq;
    let written: Written = ledger.outgoing((1, last - 1), (usize::MAX, 1)).unwrap().remove(0);
    drop(ledger);
    let body = Fact::read(&written.bytes).unwrap().body;
    let forged = two.writes_as("P-3", Subject::Traveler(unit("0001")), body, 3_000);
    judged(&bench, &two).await;
    let told = reviews(&two).into_iter().find(|review| review.fact == forged).unwrap();
    assert!(told.reasons.iter().any(|why| why.contains("was not started")), "{told:?}");
    bench.running.shutdown().await;
}

/// A moment by a clock that is wrong by so much, with or without knowing it.
fn wrong(ms: i64, by_ms: i64, known: bool) -> Moment {
    let right = moment(ms);
    let utc = right.utc + SignedDuration::from_millis(by_ms);
    let (offset_ms, offset_age_s) = if known { (Some(-by_ms), Some(0)) } else { (None, None) };
    Moment { utc, offset_ms, offset_age_s, ..right }
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_r15_who_was_revoked_is_judged_by_the_moment_of_the_record() {
    let (bench, one, two) = plant().await;
    for name in ["0001", "0002", "0003", "0004"] {
        begun(&bench, &one, &two, name).await;
    }
    let revoke = PersonCommand::Revoke { reason: "left".to_owned() };
    let revoke = Command::Person("P-3".parse().unwrap(), revoke);
    one.ledger().transact(&acting("P-1"), &moment(60_000), revoke).unwrap();
    judged(&bench, &one).await;
    let work = |name: &str, at: Moment| {
        let command = Command::Traveler(unit(name), looks());
        two.ledger().transact(&at_bench("P-3"), &at, command).unwrap();
    };
    // Before by the right clock; after it and before it by a wrong one that is known to be wrong.
    work("0001", moment(59_999));
    work("0002", wrong(59_000, 3_600_000, true));
    // At that moment; and after it by a clock that says before.
    work("0003", moment(60_000));
    work("0004", wrong(61_000, -3_600_000, true));
    let told = objected(&bench, &two).await;
    let revoked = |kind: &str| said(kind, "P-3 was revoked");
    let twice = [revoked("StepStarted"), revoked("Checked")];
    assert_eq!(told, [&twice[..], &twice[..]].concat());
    bench.running.shutdown().await;
}
