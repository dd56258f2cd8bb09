//! Forty processes write one store at once: every value is there once, in one chain.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use gemba::app::clock::Monotonic;
use gemba::domain::decide::Command as Asked;
use gemba::domain::station::StationCommand;
use gemba::ledger::store::Ledger;
use gemba::ledger::verify::verify;

use crate::support::counts;
use crate::support::plant::{PlantBench, acting, moment};

const PROCESSES: usize = 40;
/// How many values each writes as fast as it can, where nobody asks for a value a second with
/// `GEMBA_TERMINALS_S=SECONDS`.
const VALUES: u64 = 10;
/// Tells a process of this test that it is one of the forty, and where its store is.
const STORE: &str = "GEMBA_TEST_STORE";

#[tokio::test(flavor = "multi_thread")]
async fn forty_processes_write_one_store_and_every_value_is_there_once() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let before = asm.ledger().head().unwrap().last_seq;
    let start = || {
        let mut one = Command::new(std::env::current_exe().unwrap());
        let name = format!("{}::one_of_forty", module_path!().split_once("::").unwrap().1);
        one.args(["--exact", &name, "--nocapture"]);
        one.env(STORE, &asm.dir).env_remove("GEMBA_COUNTS");
        one.stdout(Stdio::piped()).spawn().unwrap()
    };
    let started: Vec<_> = (0..PROCESSES).map(|_| start()).collect();
    let (mut saved, mut waits) = (Vec::new(), Vec::new());
    for mut one in started {
        let mut said = String::new();
        one.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(one.wait().unwrap().success(), "{said}");
        for line in said.lines().filter_map(|line| line.split_once("saved ")) {
            let mut numbers = line.1.split(' ').map(|number| number.parse::<u64>().unwrap());
            saved.push(numbers.next().unwrap());
            waits.push(numbers.next().unwrap());
        }
    }
    saved.sort_unstable();
    waits.sort_unstable();
    let expected: Vec<u64> = (before + 1..=before + saved.len() as u64).collect();
    assert!(saved == expected, "numbers are missing or were given twice");
    assert!(saved.len() as u64 >= PROCESSES as u64 * VALUES);
    assert_eq!(asm.ledger().head().unwrap().last_seq, before + saved.len() as u64);
    assert_eq!(verify(&asm.dir).unwrap().findings, vec![]);
    let at = |hundredths: usize| waits[(waits.len() - 1) * hundredths / 100];
    println!(
        "{} values by {PROCESSES} processes; ms until saved: p50 {}, p99 {}, most {}",
        saved.len(),
        at(50),
        at(99),
        at(100)
    );
    counts::add("values_saved", saved.len() as u64);
    counts::add("values_found", saved.len() as u64);
    bench.running.shutdown().await;
}

/// One of the forty processes of the test above; by itself it has nothing to do.
#[test]
fn one_of_forty() {
    let Some(store) = counts::variable(STORE) else { return };
    let seconds = counts::asked("GEMBA_TERMINALS_S");
    write(&store, seconds.unwrap_or(VALUES), seconds.is_some());
}

/// Writes so many values, each as soon as the one before is saved, or a second later.
fn write(store: &Path, values: u64, paced: bool) {
    let mut ledger = Ledger::open(store).unwrap();
    let station = ledger.identity().station.clone();
    let (_never, pace) = channel::<()>();
    for _ in 0..values {
        let asked = Monotonic::start();
        let beat = Asked::Station(station.clone(), StationCommand::Beat);
        let done = ledger.transact(&acting("P-1"), &moment(1), beat);
        let done = done.unwrap_or_else(|error| panic!("after {} ms: {error}", asked.ms()));
        println!("saved {} {}", done.facts[0].0.seq, asked.ms());
        if paced {
            let left = Duration::from_secs(1).saturating_sub(Duration::from_millis(asked.ms()));
            pace.recv_timeout(left).unwrap_err();
        }
    }
}
