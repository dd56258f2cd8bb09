//! Stores that were restored from a backup or copied to a second machine: people are told, and the way
//! back loses nothing that was saved.

use gemba::domain::fact::Fact;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Role;
use gemba::domain::station::StationFact;
use gemba::ledger::desk::SYNC_STOPPED;
use gemba::ledger::recover::Recovered;
use gemba::ledger::verify::verify;
use gemba::sync::client::error::SyncError;
use gemba::sync::retry::Stop;

use crate::support::copied::{copy, put_back};
use crate::support::counts;
use crate::support::plant::{PlantBench, StationBench};

/// The texts of all own facts, in order, over all epochs.
fn own(station: &StationBench) -> Vec<String> {
    let ledger = station.ledger();
    let identity = ledger.identity().clone();
    (1..=identity.epoch)
        .flat_map(|epoch| ledger.outgoing((epoch, 0), (usize::MAX, usize::MAX)).unwrap())
        .map(|written| written.bytes)
        .collect()
}

/// What the server has of a station's ledger, over all epochs.
fn at_server(bench: &PlantBench, station: &StationBench) -> Vec<String> {
    let ledger = station.ledger();
    let (of, last) = (ledger.identity().ledger.clone(), ledger.identity().epoch);
    let office = bench.office();
    (1..=last)
        .flat_map(|epoch| office.store().own(&of, (epoch, 0), 500).unwrap().facts)
        .map(|written| written.bytes)
        .collect()
}

/// What a fact says, without where it stands.
fn said(bytes: &str) -> (String, String, FactBody) {
    let fact = Fact::read(bytes).unwrap();
    (fact.subject.to_string(), fact.head.moment.utc.to_string(), fact.body)
}

fn is_fork<T>(done: Result<T, SyncError>) -> bool {
    matches!(done, Err(SyncError::Stopped(Stop::Fork { .. })))
}

fn opened(bytes: &str) -> bool {
    matches!(said(bytes).2, FactBody::Station(StationFact::EpochOpened { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_restored_from_a_backup_gets_everything_back_and_loses_nothing_new() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(3);
    asm.client().sync_once().await.unwrap();
    let backup = bench.dir_of("backup");
    copy(&asm.dir, &backup);
    asm.beat(4);
    asm.client().sync_once().await.unwrap();
    let before = own(&asm);

    // The disk dies; the backup is put back, and people work on before the network is there.
    put_back(&backup, &asm.dir);
    asm.admit("P-7", Role::Operator);
    asm.beat(1);
    let since: Vec<String> = own(&asm).split_off(3);
    assert_eq!(since.len(), 2);
    let stopped = || asm.ledger().setting(SYNC_STOPPED).unwrap().unwrap_or_default();
    assert!(is_fork(asm.client().sync_once().await), "people are told");
    assert!(stopped().ends_with("gemba station recover"), "also on the status line");
    assert_eq!(at_server(&bench, &asm), before, "and nothing is written over");

    let stand = asm.client().stand().await.unwrap();
    assert_eq!((stand.common, stand.only_there, stand.only_here), (3, 4, 2));
    assert!(!stand.is_newest());
    let done = asm.client().take_over("the disk died").await.unwrap();
    assert_eq!((done.epoch, done.came_back, done.carried), (2, 4, 2));
    let now = own(&asm);
    assert_eq!(now[..7], before, "what the server had is back, byte for byte");
    assert!(opened(&now[7]));
    let again: Vec<_> = now[8..].iter().map(|bytes| said(bytes)).collect();
    let were: Vec<_> = since.iter().map(|bytes| said(bytes)).collect();
    assert_eq!(again, were, "what was saved since says the same, of the same moment");

    let sent = asm.client().sync_once().await.unwrap();
    assert_eq!((sent.sent, sent.waiting), (3, 0));
    assert_eq!(stopped(), "");
    assert_eq!(at_server(&bench, &asm), now);
    assert!(asm.client().stand().await.unwrap().is_newest());
    let report = verify(&asm.dir).unwrap();
    assert_eq!((report.findings, report.set_aside), (vec![], 2));
    assert!(asm.ledger().check(&mut |_| {}).unwrap().models.is_empty());
    counts::add("values_saved", 2);
    counts::add("values_found", again.len() as u64);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_store_without_new_facts_only_catches_up() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let backup = bench.dir_of("backup");
    asm.beat(2);
    copy(&asm.dir, &backup);
    asm.beat(2);
    asm.client().sync_once().await.unwrap();
    let before = own(&asm);
    put_back(&backup, &asm.dir);
    assert!(is_fork(asm.client().sync_once().await));
    let done = asm.client().take_over("restored").await.unwrap();
    assert_eq!(done, Recovered { epoch: 2, came_back: 2, ..Recovered::default() });
    assert_eq!(own(&asm)[..4], before);
    asm.beat(1);
    asm.client().sync_once().await.unwrap();
    assert_eq!(at_server(&bench, &asm), own(&asm));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_machines_with_one_disk_image_one_goes_on_and_the_other_becomes_a_station() {
    let bench = PlantBench::start().await;
    let first = bench.enroll("ASM1", &["ASM"]).await;
    first.beat(2);
    first.client().sync_once().await.unwrap();
    let second = StationBench { dir: bench.dir_of("copied"), station: first.station.clone() };
    copy(&first.dir, &second.dir);
    first.beat(3);
    second.admit("P-8", Role::Inspector);
    let here = own(&second).split_off(2);
    first.client().sync_once().await.unwrap();
    assert!(is_fork(second.client().sync_once().await), "the second is told");

    // The second machine stands elsewhere: it becomes a station of its own.
    let code = bench.code("ASM2", &["ASM"]);
    let done = second.client().become_new(&code, "the image was copied").await.unwrap();
    assert_eq!((done.epoch, done.came_back, done.carried), (1, 0, 1));
    let identity = second.ledger().identity().clone();
    assert_eq!((identity.station.as_str(), identity.epoch), ("ASM2", 1));
    assert_ne!(identity.ledger, first.ledger().identity().ledger);
    let now = own(&second);
    assert!(opened(&now[0]));
    assert_eq!(said(&now[1]), said(&here[0]), "what was saved there alone goes with it");

    let second = StationBench { dir: second.dir, station: "ASM2".parse().unwrap() };
    second.client().sync_once().await.unwrap();
    assert_eq!(at_server(&bench, &second), now);
    // The first one never stopped, and both write on.
    for station in [&first, &second] {
        station.beat(1);
        assert_eq!(station.client().sync_once().await.unwrap().waiting, 0);
        assert_eq!(at_server(&bench, station), own(station));
        assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_that_takes_over_keeps_the_other_from_writing_until_it_is_brought_back_too() {
    let bench = PlantBench::start().await;
    let first = bench.enroll("ASM1", &["ASM"]).await;
    first.beat(2);
    first.client().sync_once().await.unwrap();
    let second = StationBench { dir: bench.dir_of("copied"), station: first.station.clone() };
    copy(&first.dir, &second.dir);
    first.beat(1);
    first.client().sync_once().await.unwrap();
    second.admit("P-8", Role::Inspector);
    second.beat(1);
    second.client().take_over("this is the station").await.unwrap();
    second.client().sync_once().await.unwrap();
    first.beat(1);
    let fenced = first.client().sync_once().await;
    assert!(matches!(fenced, Err(SyncError::Stopped(Stop::Fenced { epoch: 2 }))), "{fenced:?}");
    let waits = own(&first).split_off(3);

    let done = first.client().take_over("no, this one is").await.unwrap();
    // What the other machine wrote came by a feed already.
    assert_eq!((done.epoch, done.carried), (3, 1));
    first.client().sync_once().await.unwrap();
    let all = own(&first);
    assert_eq!(at_server(&bench, &first), all);
    assert_eq!(said(all.last().unwrap()), said(&waits[0]));
    assert_eq!(all.iter().filter(|bytes| opened(bytes)).count(), 2);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_took_over_comes_back_once_more_where_the_other_wrote_before_it_was_heard() {
    let bench = PlantBench::start().await;
    let first = bench.enroll("ASM1", &["ASM"]).await;
    first.beat(2);
    first.client().sync_once().await.unwrap();
    let second = StationBench { dir: bench.dir_of("copied"), station: first.station.clone() };
    copy(&first.dir, &second.dir);
    first.beat(1);
    first.client().sync_once().await.unwrap();
    second.admit("P-8", Role::Inspector);
    let here = own(&second).split_off(2);
    second.client().take_over("this is the station").await.unwrap();
    // The network is gone before the new epoch is at the server, and the other machine writes on.
    first.beat(2);
    first.client().sync_once().await.unwrap();
    assert!(is_fork(second.client().sync_once().await), "people are told");
    let stand = second.client().stand().await.unwrap();
    // What the other wrote came by the station's feed, beside the epoch that was opened before it.
    assert_eq!((stand.parted, stand.common, stand.only_there), (1, 5, 0));
    assert!(!stand.is_newest());

    let done = second.client().take_over("once more").await.unwrap();
    assert_eq!((done.epoch, done.came_back, done.carried), (3, 0, 2));
    assert_eq!(second.client().sync_once().await.unwrap().waiting, 0);
    let all = own(&second);
    assert_eq!(at_server(&bench, &second), all);
    assert_eq!(said(all.last().unwrap()), said(&here[0]), "what was saved here is said again");
    assert!(second.client().stand().await.unwrap().is_newest());
    assert_eq!(verify(&second.dir).unwrap().findings, vec![]);
    bench.running.shutdown().await;
}
