//! The program dies while it prunes (R14): of each order everything is here, or a stub of each fact.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use gemba::ledger::verify::verify;
use rusqlite::Connection;

use crate::kills::answer;
use crate::prune_store::store;
use crate::support::counts;
use crate::support::program::gemba_at;

const ORDERS: u32 = 40;
const UNITS: usize = 8;
const KILLS: u64 = 10;

/// From nothing up to so many milliseconds, in unequal steps.
fn patience(n: u64, most_ms: u64) -> Duration {
    Duration::from_millis(n * 7919 % most_ms)
}

/// How many facts and stubs each order has.
fn orders(dir: &Path) -> BTreeMap<String, (u32, u32)> {
    let store = Connection::open(dir.join("station.db")).unwrap();
    let mut orders: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for (table, is_stub) in [("fact", false), ("stub", true)] {
        let sql = format!("SELECT subject FROM {table} WHERE subject NOT LIKE 'station/%'");
        let mut statement = store.prepare(&sql).unwrap();
        let subjects = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
        for subject in subjects {
            let order = subject.unwrap().split('/').nth(1).unwrap().to_owned();
            let (facts, stubs) = orders.entry(order).or_default();
            *(if is_stub { stubs } else { facts }) += 1;
        }
    }
    orders
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[test]
fn r14_kill_9_at_any_moment_leaves_each_order_whole_or_pruned() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    store(&whole, ORDERS, UNITS);
    let all = orders(&whole);
    let (mut cut, mut died) = (0, 0);
    for n in 0..KILLS {
        let home = dir.path().join(format!("station{n}"));
        copy(&whole, &home);
        let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
        command.args(["store", "prune"]).env("GEMBA_HOME", &home).env_remove("GEMBA_PLACE");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        answer(&mut child).recv_timeout(patience(n, 900)).unwrap_or_default();
        child.kill().unwrap_or_default();
        died += u64::from(!child.wait().unwrap().success());
        assert_eq!(verify(&home).unwrap().findings, vec![]);
        let now = orders(&home);
        let mut pruned = 0;
        for (order, (facts, stubs)) in &now {
            let before = all[order].0;
            let is_pruned = *facts == 0 && *stubs == before;
            assert!(is_pruned || (*facts == before && *stubs == 0), "{order}: {facts}, {stubs}");
            pruned += u32::from(is_pruned);
        }
        cut += u64::from(pruned > 0 && pruned < ORDERS);
        gemba_at(&home, &["store", "prune"]).exits(0);
        assert!(orders(&home).values().all(|(facts, _)| *facts == 0), "it goes on from there");
        gemba_at(&home, &["store", "check"]).exits(0);
        gemba_at(&home, &["audit", "verify"]).exits(0).says("facts pruned");
    }
    println!("{died} of {KILLS} killed, {cut} of them between two orders");
    assert!(died > 0, "every kill came too late");
    counts::add("kills", died);
}

#[test]
fn r14_the_command_says_what_goes_and_what_stays_and_why() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 3, 2);
    let dry = gemba_at(dir.path(), &["store", "prune", "--dry-run", "--json"]).exits(0).values();
    assert_eq!((&dry[0]["orders"], &dry[0]["dry_run"]), (&3.into(), &true.into()));
    gemba_at(dir.path(), &["store", "prune", "--older-than", "10"]).exits(2).says("400 days");
    let older = ["store", "prune", "--older-than", "4000", "--json"];
    let none = gemba_at(dir.path(), &older).exits(0).values();
    assert_eq!((&none[0]["orders"], &none[0]["kept"]["recent"]), (&0.into(), &3.into()));
    gemba_at(dir.path(), &["store", "prune"]).exits(0).says("3 orders pruned");
    gemba_at(dir.path(), &["store", "prune"]).exits(0).says("0 orders pruned");
    let status = gemba_at(dir.path(), &["sync", "--status"]).exits(0);
    status.says("9 streams of orders that are over are not at this station");
}
