//! Forty processes write one store at once, each a value a second for a minute: every value is there
//! once, in one chain. They are this binary with the ledger as each terminal of `gemba` has it.

use std::io::Read as _;
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use gemba::app::clock::{Clock, Monotonic};
use gemba::domain::decide::Command as Asked;
use gemba::domain::fact::Acting;
use gemba::domain::quantity::Number;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::unit::Unit;
use gemba::ledger::error::{LedgerError, TransactError};
use gemba::ledger::store::Ledger;
use gemba::ledger::verify::verify;

use crate::support::counts;
use crate::support::patience::Patience;
use crate::support::plant::acting;
use crate::support::rings::{RINGS, each_is_there_once, lot_of, plant_for, value_of};

const PROCESSES: u32 = 40;
/// How many values each writes, one a second, where nobody asks for more with `GEMBA_TERMINALS_S`.
const SECONDS: u64 = 60;
/// Tells a process of this test which of the forty it is, from 0, and where its store is.
const NUMBER: &str = "GEMBA_TEST_NUMBER";
const STORE: &str = "GEMBA_TEST_STORE";

/// How many values each of them writes.
fn values() -> u32 {
    u32::try_from(counts::asked("GEMBA_TERMINALS_S").unwrap_or(SECONDS)).unwrap()
}

/// How many rings there are for each of them, in lots of its own.
fn span() -> u32 {
    values().div_ceil(RINGS) * RINGS
}

/// The rings that one of them records.
fn rings_of(number: u32) -> Range<u32> {
    number * span()..number * span() + values()
}

fn start(number: u32, store: &Path) -> Child {
    let mut one = Command::new(std::env::current_exe().unwrap());
    let name = format!("{}::one_of_forty", module_path!().split_once("::").unwrap().1);
    one.args(["--exact", &name, "--nocapture"]);
    one.env(NUMBER, number.to_string()).env(STORE, store).env_remove("GEMBA_COUNTS");
    one.stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn forty_processes_write_one_store_a_value_a_second_and_every_value_is_there_once() {
    let rings = PROCESSES * span();
    let plant = plant_for(rings);
    let home = plant.home();
    let head = || Ledger::open_reader(&home).unwrap().head().unwrap().last_seq;
    let before = head();
    let started: Vec<_> = (0..PROCESSES).map(|number| start(number, &home)).collect();
    let (mut called_saved, mut facts, mut waits) = (Vec::new(), 0, Vec::new());
    for mut one in started {
        let mut said = String::new();
        one.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(one.wait().unwrap().success(), "{said}");
        for line in said.lines().filter_map(|line| line.split_once("saved ")) {
            let mut numbers = line.1.split(' ').map(|number| number.parse::<u64>().unwrap());
            called_saved.push(u32::try_from(numbers.next().unwrap()).unwrap());
            facts += numbers.next().unwrap();
            waits.push(numbers.next().unwrap());
        }
    }
    counts::add("values_saved", called_saved.len() as u64);
    waits.sort_unstable();
    called_saved.sort_unstable();
    let all = (0..PROCESSES).flat_map(rings_of);
    assert!(called_saved.iter().copied().eq(all), "not each value was saved once");
    let found = each_is_there_once(&plant, rings, &called_saved);
    assert_eq!(head(), before + facts, "numbers are missing or were given twice");
    assert_eq!(verify(&home).unwrap().findings, vec![]);
    let at = |hundredths: usize| waits[(waits.len() - 1) * hundredths / 100];
    println!(
        "{found} values by {PROCESSES} processes; ms until saved: p50 {}, p99 {}, most {}",
        at(50),
        at(99),
        at(100)
    );
    counts::add("values_found", found);
    counts::add("terminal_values", found);
    counts::add("terminal_p50_ms", at(50));
    counts::add("terminal_p99_ms", at(99));
}

/// One of the forty processes of the test above; by itself it has nothing to do.
#[test]
fn one_of_forty() {
    let Some(store) = counts::variable(STORE) else { return };
    let number = u32::try_from(counts::asked(NUMBER).unwrap()).unwrap();
    write(&store, number);
}

/// Records its values, each a second after the one before was begun.
fn write(store: &Path, number: u32) {
    let mut ledger = Ledger::open(store).unwrap();
    let place = Some("INC-1".parse().unwrap());
    let acting = Acting { place, ..acting("p-okafor") };
    let (clock, step) = (Clock::of_machine(), StepAt::parse("10#diameter").unwrap());
    let (_never, ticks) = channel::<()>();
    for ring in rings_of(number) {
        let since = Monotonic::start();
        let (sample, unit) = (ring % RINGS + 1, Unit::parse("mm").unwrap());
        let value = ReadingValue::Number { number: Number::parse(&value_of(ring)).unwrap(), unit };
        let entry = Entry::Reading { value, gauge: Some("BG-1".parse().unwrap()) };
        let sample = u16::try_from(sample).unwrap();
        let record = TravelerCommand::Record { at: step.clone(), ask: 1, sample, entry };
        let command = Asked::Traveler(TravelerId::parse(&lot_of(ring)).unwrap(), record);
        let patience = Patience::begins();
        let done = loop {
            match ledger.transact(&acting, &clock.moment(), command.clone()) {
                // On a disk that is too slow for forty, whoever is told that it is busy tries again.
                Err(TransactError::Ledger(LedgerError::Busy)) if patience.left().is_some() => {}
                done => break done,
            }
        };
        let done = done.unwrap_or_else(|error| panic!("after {} ms: {error}", since.ms()));
        println!("saved {ring} {} {}", done.facts.len(), since.ms());
        let left = Duration::from_secs(1).saturating_sub(Duration::from_millis(since.ms()));
        ticks.recv_timeout(left).unwrap_err();
    }
}
