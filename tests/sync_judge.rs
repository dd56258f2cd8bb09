//! The judge at work over real HTTP: what it does not accept takes no effect, holds, and is told.

use std::sync::Arc;

use gemba::domain::decide::Command;
use gemba::domain::fact::{Fact, Position};
use gemba::domain::feeds::Feed;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{InstructionId, PersonId};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::revision::{RevisionCommand, RevisionStanding, RevisionWithdrawn};
use gemba::domain::signature::Signer;
use gemba::domain::station::{Judgement, StationCommand};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::store::Ledger;
use gemba::server::seals::is_genuine;
use gemba::sync::protocol::{PAGE_BYTES_MAX, PullAnswer, PullRequest};

use crate::support::patience::Patience;
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::support::waiting::{until, waits};

/// Exchanges until the judge has judged everything of the station and the station knows it.
pub(crate) async fn judged(bench: &PlantBench, station: &StationBench) {
    let (client, patience) = (station.client(), Patience::begins());
    loop {
        client.sync_once().await.unwrap();
        if bench.is_judged() {
            break;
        }
        waits(&patience, || bench.running.judge_trouble()).await;
    }
    client.sync_once().await.unwrap();
}

pub(crate) fn reviews(station: &StationBench) -> Vec<Judgement> {
    let subject = Subject::Station(station.station.clone());
    let state = station.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Station(state) = state else { panic!("{state:?}") };
    state.open_reviews
}

fn roles_of(ledger: &Ledger, person: &str) -> usize {
    let subject = Subject::Person(PersonId::parse(person).unwrap());
    let state = ledger.stream(&subject).unwrap().stream.state;
    let StreamState::Person(state) = state else { panic!("{state:?}") };
    state.roles.len()
}

fn holds_of(ledger: &Ledger, traveler: &TravelerId) -> usize {
    let state = ledger.stream(&Subject::Traveler(traveler.clone())).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    state.open_holds().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admission_that_nobody_was_allowed_to_make_takes_no_effect_elsewhere() {
    let bench = PlantBench::start().await;
    let (asm, inc) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("INC1", &["INC"]).await);
    // A store without people lets its first admission pass: a forger needs no more than that.
    let roles = Role::WORDS.iter().map(|(_, role)| *role).collect();
    let identity_verified_by = "myself".to_owned();
    let admit = PersonCommand::Admit { roles, identity_verified_by };
    let command = Command::Person(PersonId::parse("P-9").unwrap(), admit);
    asm.ledger().found(&acting("P-9"), &moment(1), command).unwrap();
    judged(&bench, &asm).await;
    let reviews = reviews(&asm);
    assert_eq!(reviews.len(), 1, "{reviews:?}");
    assert!(reviews[0].reasons[0].contains("P-9"), "{reviews:?}");
    inc.client().sync_once().await.unwrap();
    assert_eq!(roles_of(&inc.ledger(), "P-9"), 0);
    assert!(roles_of(&inc.ledger(), "P-1") > 0);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_on_a_unit_holds_it_until_a_supervisor_answers() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let order = asm.open_order("WO-1");
    // A station that writes in the judge's name.
    let traveler = TravelerId::parse("WO-1/0001").unwrap();
    let fact = Position::parse("somebody.1.1").unwrap();
    let hold = TravelerCommand::HoldForJudge { fact, reasons: vec!["so there".to_owned()] };
    let command = Command::Traveler(traveler.clone(), hold);
    let saved = asm.ledger().transact(&acting("P-1"), &moment(3), command).unwrap();
    judged(&bench, &asm).await;
    let (at, _, _, _) = &saved.facts[0];
    let open = reviews(&asm);
    assert_eq!(open.iter().map(|review| &review.fact).collect::<Vec<_>>(), [&order, at]);
    assert_eq!(holds_of(&asm.ledger(), &traveler), 2);
    let reason = "talked to the line".to_owned();
    let answer = StationCommand::AnswerReview {
        fact: at.clone(),
        accepted: true,
        counts: None,
        units: Vec::new(),
        reason,
    };
    let command = Command::Station(asm.station.clone(), answer);
    asm.ledger().transact(&acting("P-1"), &moment(4), command).unwrap();
    judged(&bench, &asm).await;
    assert!(reviews(&asm).iter().all(|review| review.fact == order));
    // The judge's hold is gone; the forged one is a matter for people.
    assert_eq!(holds_of(&asm.ledger(), &traveler), 1);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_a_reading_taken_after_its_gauge_had_failed_comes_late_and_is_held() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let gauge = |command| Command::Gauge("TW-07".parse().unwrap(), command);
    let described = GaugeDescription::new("Wrench".to_owned(), "torque-wrench".parse().unwrap());
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    let register = gauge(GaugeCommand::Register(described));
    asm.ledger().transact(&acting("P-1"), &moment(3), register).unwrap();
    let failed = gauge(GaugeCommand::Fail { found, reason });
    asm.ledger().transact(&acting("P-1"), &moment(10), failed).unwrap();
    judged(&bench, &asm).await;

    // A station that had not heard of it takes readings; they come once it has a network.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/facts/ReadingTaken.json");
    let body = Fact::read(std::fs::read_to_string(path).unwrap().trim()).unwrap().body;
    let traveler = TravelerId::parse("WO-1/0001").unwrap();
    asm.open_order("WO-1");
    let unit = || Subject::Traveler(traveler.clone());
    let before = asm.writes(unit(), body.clone(), 5);
    let after = asm.writes(unit(), body, 20);
    judged(&bench, &asm).await;
    let open = reviews(&asm);
    let why = |at: &Position| {
        let found = open.iter().find(|review| review.fact == *at);
        found.is_some_and(|review| review.reasons.iter().any(|why| why.contains("+4 %")))
    };
    assert!(why(&after), "{open:?}");
    assert!(!why(&before), "it was good then: {open:?}");
    assert!(holds_of(&asm.ledger(), &traveler) > 0);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_all_approvals_comes_to_other_stations_with_its_blob() {
    let bench = PlantBench::start().await;
    let (asm, inc) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("INC1", &["INC"]).await);
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Quality);
    let mut ledger = asm.ledger();
    let hash = ledger.put_blob(b"{\"compiled\":true}").unwrap();
    let id = InstructionId::parse("WI-1").unwrap();
    let revision = || "A".parse().unwrap();
    let (blobs, title) = (Vec::new(), "Fit the cover".to_owned());
    let submit = RevisionCommand::Submit {
        revision: revision(),
        hash,
        blobs,
        title,
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    };
    let command = |command| Command::Instruction(id.clone(), command);
    ledger.transact(&acting("P-1"), &moment(3), command(submit)).unwrap();
    for person in ["P-1", "P-2"] {
        let by = Signer::by_badge(format!("Name of {person}"));
        let approve = RevisionCommand::Approve { revision: revision(), shown: hash, by };
        ledger.transact(&acting(person), &moment(4), command(approve)).unwrap();
    }
    drop(ledger);
    // So that the release is not the last of its page, which has a seal anyway.
    asm.beat(2);
    judged(&bench, &asm).await;
    assert!(reviews(&asm).is_empty(), "{:?}", reviews(&asm));
    the_release_goes_out_with_its_seal(&bench, &inc, &asm);
    inc.client().sync_once().await.unwrap();
    let there = inc.ledger();
    let StreamState::Instruction(state) =
        there.stream(&Subject::Instruction(id.clone())).unwrap().stream.state
    else {
        panic!("another stream");
    };
    let found = state.revisions.find(&revision()).unwrap();
    assert!(matches!(found.standing, RevisionStanding::Released(_)), "{found:?}");
    assert_eq!(there.blob(&hash).unwrap().unwrap(), b"{\"compiled\":true}");
    drop(there);
    a_withdrawal_comes_to_the_other_station(&bench, (&asm, &inc), &id).await;
    bench.running.shutdown().await;
}

/// Who pulls the catalog gets with each release a seal of its station that ends at that fact.
fn the_release_goes_out_with_its_seal(bench: &PlantBench, to: &StationBench, by: &StationBench) {
    let (office, catalog) = (bench.office(), Feed::Catalog);
    let [to, by] = [to, by].map(|one| one.ledger().identity().ledger.clone());
    let feeds = office.store().station_of(&to).unwrap().unwrap().feeds();
    let request = PullRequest {
        feed: catalog.to_string(),
        epoch: office.store().feed_epoch().unwrap(),
        after: 0,
        rolling: Hash::ZERO,
        bytes_max: PAGE_BYTES_MAX,
        has: None,
        up_to: None,
    };
    let answer = office.store().pull(&feeds, &request).unwrap();
    let PullAnswer::Page { page, head } = answer else { panic!("{answer:?}") };
    assert_eq!(page.count(), head, "all of it in one page");
    let is_release = |fact: &Fact| fact.body.kind() == "RevisionReleased";
    let mut read = page.rows.iter().map(|row| (Fact::read(&row.bytes).unwrap(), row.id()));
    let (release, id) = read.find(|(fact, _)| is_release(fact)).unwrap();
    let at = release.head.position;
    let seal = page.seals.iter().find(|seal| seal.ledger == by && seal.last_seq == at.seq);
    let seal = seal.unwrap_or_else(|| panic!("{at} has no seal"));
    let key = office.store().station_of(&by).unwrap().unwrap().public_key;
    assert!((seal.epoch, seal.head) == (at.epoch, id) && is_genuine(&key, seal));
}

/// A revision is withdrawn: the server says who has not received it, until they have.
async fn a_withdrawal_comes_to_the_other_station(
    bench: &PlantBench,
    (asm, inc): (&StationBench, &StationBench),
    id: &InstructionId,
) {
    let (revision, reason) = ("A".parse().unwrap(), "wrong torque".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work: true };
    let command = Command::Instruction(id.clone(), RevisionCommand::Withdraw(withdrawn));
    asm.ledger().transact(&acting("P-1"), &moment(5), command).unwrap();
    judged(bench, asm).await;
    let subject = Subject::Instruction(id.clone());
    let revision = "A".parse().unwrap();
    let who = || async {
        let answer = asm.client().received(&subject, &revision).await.unwrap();
        let rows = answer.stations.unwrap().into_iter();
        rows.map(|row| (row.station.to_string(), row.received)).collect::<Vec<_>>()
    };
    assert_eq!(who().await, [("ASM1".to_owned(), true), ("INC1".to_owned(), false)]);
    inc.client().sync_once().await.unwrap();
    assert_eq!(who().await, [("ASM1".to_owned(), true), ("INC1".to_owned(), true)]);
    let StreamState::Instruction(state) = inc.ledger().stream(&subject).unwrap().stream.state
    else {
        panic!("another stream");
    };
    assert!(state.revisions.find(&revision).unwrap().stop_work().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_starts_again_judges_nothing_twice() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.beat(30);
    judged(&bench, &asm).await;
    let before = bench.office().store().facts().unwrap();
    let bench = bench.restart().await;
    judged(&bench, &asm).await;
    // Only that it began, in an epoch of its own, may have come by now.
    let after = bench.office().store().facts().unwrap();
    assert!((before..=before + 1).contains(&after), "{before} and {after}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_hears_of_what_another_station_wrote() {
    let bench = PlantBench::start().await;
    let (asm, inc) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("INC1", &["INC"]).await);
    asm.client().sync_once().await.unwrap();
    let (wake_asm, asm_now) = tokio::sync::mpsc::channel(1);
    let (wake_inc, inc_now) = tokio::sync::mpsc::channel(1);
    let watching = [
        tokio::spawn(asm.client().watch(asm_now, Arc::default())),
        tokio::spawn(inc.client().watch(inc_now, Arc::default())),
    ];
    asm.admit("P-5", Role::Operator);
    wake_asm.send(()).await.unwrap();
    // Nobody tells the other station anything: the news comes over the line, after the judgement. The
    // answer of the server may come to the first one after that.
    let told = || (roles_of(&inc.ledger(), "P-5"), asm.ledger().waiting().unwrap());
    until(|| told() == (1, 0), &told).await;
    drop((wake_asm, wake_inc));
    for watch in watching {
        watch.await.unwrap().unwrap();
    }
    bench.running.shutdown().await;
}
