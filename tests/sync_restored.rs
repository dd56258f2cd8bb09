//! A server that was restored from a backup gets back what the stations, and its own disk, still have.

use std::collections::BTreeMap;
use std::fs;

use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::people::Role;
use gemba::ledger::store::Ledger;
use gemba::ledger::verify::verify;
use gemba::server::backup::{backup, restore};
use gemba::server::home::Home;

use crate::support::copied::copy;
use crate::support::counts;
use crate::support::patience::Patience;
use crate::support::pen::Pen;
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::support::waiting::waits;

/// Every fact that a station has, of whatever ledger.
fn facts_of(ledger: &Ledger) -> BTreeMap<Position, Hash> {
    let mut facts: BTreeMap<_, _> =
        ledger.of_others(0, usize::MAX).unwrap().0.into_iter().collect();
    let own = ledger.identity().clone();
    for seq in 1..=ledger.head().unwrap().last_seq {
        let at = Position { ledger: own.ledger.clone(), epoch: own.epoch, seq };
        facts.insert(at, ledger.own_id(own.epoch, seq).unwrap().unwrap());
    }
    facts
}

/// Exchanges until nobody gets or sends anything any more and everything is judged; what a server that was
/// restored does not take at first is tried again.
async fn settle(bench: &PlantBench, stations: &[&StationBench]) {
    let (patience, mut quiet) = (Patience::begins(), 0);
    while quiet < 3 {
        let mut moved = 0;
        for station in stations {
            let done = station.client().sync_once().await;
            moved += done.map_or(1, |done| done.sent + done.received + done.waiting);
        }
        quiet = if moved == 0 && bench.is_judged() { quiet + 1 } else { 0 };
        waits(&patience, || bench.running.judge_trouble()).await;
    }
}

/// Which facts of these the server does not have, or has otherwise.
fn lost(bench: &PlantBench, facts: &BTreeMap<Position, Hash>) -> Vec<Position> {
    let office = bench.office();
    let there = |at: &Position| office.store().id_of(&at.ledger, (at.epoch, at.seq)).unwrap();
    facts.iter().filter(|(at, id)| there(at) != Some(**id)).map(|(at, _)| at.clone()).collect()
}

/// Two stations work, the server is backed up, work goes on, the server is restored from the backup.
/// `judge_too` says whether the judge's directory was in the backup.
async fn restored(judge_too: bool) {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC", "ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    asm.open_order("WO-1");
    settle(&bench, &[&asm, &inc]).await;
    let backup = bench.dir_of("backup");
    let bench = bench.stopped(|server| copy(server, &backup)).await;

    asm.admit("P-3", Role::Inspector);
    asm.open_order("WO-2");
    asm.beat(2);
    inc.beat(2);
    settle(&bench, &[&asm, &inc]).await;
    let mut before = facts_of(&asm.ledger());
    before.extend(facts_of(&inc.ledger()));

    let bench = bench
        .stopped(|server| {
            if judge_too {
                fs::remove_dir_all(server).unwrap();
                copy(&backup, server);
            } else {
                for file in fs::read_dir(server).unwrap().map(Result::unwrap) {
                    if file.file_type().unwrap().is_file() {
                        fs::remove_file(file.path()).unwrap();
                    }
                }
                for file in fs::read_dir(&backup).unwrap().map(Result::unwrap) {
                    if file.file_type().unwrap().is_file() {
                        fs::copy(file.path(), server.join(file.file_name())).unwrap();
                    }
                }
            }
        })
        .await;
    // A judge whose disk is newer may have given it back by now.
    let lacks = !lost(&bench, &before).is_empty();
    assert!(lacks || !judge_too, "the backup lacks what came after it");

    settle(&bench, &[&asm, &inc]).await;
    assert_eq!(bench.running.judge_trouble(), None);
    let gone = lost(&bench, &before);
    counts::add("values_saved", before.len() as u64);
    counts::add("values_found", (before.len() - gone.len()) as u64);
    assert_eq!(gone, vec![]);
    // With the judge's ledger as old as the store, stations may have brought everything back, and in
    // the same order, before one of them asks for more than there is.
    assert!(judge_too || bench.office().store().feed_epoch().unwrap() == 2);
    asm.admit("P-4", Role::Operator);
    settle(&bench, &[&asm, &inc]).await;
    // Who comes to the plant after that gets everything too.
    let late = bench.enroll("ASM2", &["ASM"]).await;
    settle(&bench, &[&late]).await;
    assert!(!facts_of(&late.ledger()).is_empty());
    let (of_asm, of_inc) = (asm.ledger(), inc.ledger());
    for person in ["P-2", "P-3", "P-4"] {
        let subject = gemba::domain::stream::Subject::Person(person.parse().unwrap());
        assert_eq!(of_asm.stream(&subject).unwrap(), of_inc.stream(&subject).unwrap());
        assert!(of_inc.stream(&subject).unwrap().count > 0, "{person}");
    }
    for station in [&asm, &inc] {
        assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
        assert_eq!(station.ledger().waiting().unwrap(), 0);
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_restored_with_its_judge_gets_back_what_the_stations_have() {
    restored(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_restored_without_its_judge_gets_back_what_the_judge_has_too() {
    restored(false).await;
}

/// The station that wrote is gone with its disk. Of a run the last fact has the seal, and a run is longer
/// than what is left of a request.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_station_wrote_that_is_gone_comes_back_from_another_one_in_however_many_requests() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC", "ASM"]).await;
    settle(&bench, &[&asm, &inc]).await;
    let backup = bench.dir_of("backup");
    let bench = bench.stopped(|server| copy(server, &backup)).await;
    let mut pen = Pen::of(&asm.dir);
    (pen.begins, pen.units, pen.of_unit) = (true, 60, 15);
    pen.order("WO-1", false);
    pen.put_into(&asm.dir);
    settle(&bench, &[&asm, &inc]).await;
    let own = asm.ledger().identity().ledger.clone();
    let mut written = facts_of(&inc.ledger());
    written.retain(|at, _| at.ledger == own);
    assert!(written.len() > 900, "{}", written.len());

    let bench = bench
        .stopped(|server| {
            fs::remove_dir_all(&asm.dir).unwrap();
            fs::remove_dir_all(server).unwrap();
            copy(&backup, server);
        })
        .await;
    assert!(lost(&bench, &written).len() > 900, "the backup lacks what came after it");
    settle(&bench, &[&inc]).await;
    assert_eq!(lost(&bench, &written), vec![]);
    assert_eq!(bench.running.judge_trouble(), None);
    assert_eq!(verify(&inc.dir).unwrap().findings, vec![]);
    counts::add("values_saved", written.len() as u64);
    let found = written.len() - lost(&bench, &written).len();
    counts::add("values_found", found as u64);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_server_runs_brings_it_back_and_stations_give_the_rest() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC", "ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    settle(&bench, &[&asm, &inc]).await;
    let kept = bench.dir_of("kept");
    let made = backup(&Home::from(&bench.dir_of("server")), &kept, moment(7_000).utc).unwrap();
    assert!(made.facts > 0);
    let again =
        backup(&Home::from(&bench.dir_of("server")), &kept, moment(0).utc).unwrap_err().to_string();
    assert!(again.ends_with("is not empty"), "{again}");
    for inside in [
        "server",
        "server/kept/monday",
        "kept/../server/kept",
        "server/judge/kept",
        "absent/../server/monday",
    ] {
        let inside = bench.dir_of(inside);
        let refused =
            backup(&Home::from(&bench.dir_of("server")), &inside, moment(0).utc).unwrap_err();
        let refused = refused.to_string();
        let why = ["lies in the server's own folder", "is not empty"];
        assert!(why.iter().any(|why| refused.contains(why)), "{refused}");
        assert!(!inside.ends_with("monday") || !inside.exists(), "nothing was made");
    }

    asm.admit("P-3", Role::Operator);
    settle(&bench, &[&asm, &inc]).await;
    let before = facts_of(&asm.ledger());
    let bench = bench
        .stopped(|server| {
            fs::remove_dir_all(server).unwrap();
            assert_eq!(restore(&kept, &Home::from(server)).unwrap().copied.facts, made.facts);
            assert!(restore(&kept, &Home::from(server)).is_err(), "there is a plant already");
        })
        .await;
    assert_eq!(bench.office().store().feed_epoch().unwrap(), 2);
    settle(&bench, &[&asm, &inc]).await;
    assert_eq!(lost(&bench, &before), vec![]);
    assert_eq!(bench.running.judge_trouble(), None);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_brought_back_says_when_its_backup_was_made_and_who_may_write_again() {
    let bench = PlantBench::start().await;
    let (asm, inc) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("INC1", &["INC"]).await);
    let old = bench.enroll("OLD1", &["INC"]).await;
    assert!(bench.office().revoke_station(&old.station).unwrap());
    let kept = bench.dir_of("kept");
    backup(&Home::from(&bench.dir_of("server")), &kept, moment(7_000).utc).unwrap();
    // After the backup: the server that is brought back knows nothing of it.
    assert!(bench.office().revoke_station(&inc.station).unwrap());
    let bench = bench
        .stopped(|server| {
            fs::remove_dir_all(server).unwrap();
            let restored = restore(&kept, &Home::from(server)).unwrap();
            assert_eq!(restored.made, Some(moment(7_000).utc));
            assert_eq!(restored.stations, [asm.station.clone(), inc.station.clone()]);
        })
        .await;
    inc.client().sync_once().await.unwrap();
    assert!(bench.office().revoke_station(&inc.station).unwrap());
    assert!(inc.client().sync_once().await.is_err(), "once it is revoked again");
    bench.running.shutdown().await;
}
