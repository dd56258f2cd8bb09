//! Processes that really die: the program is killed at any moment, and what it called saved is there.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::hold::shown;
use gemba::domain::traveler::state::Attempt;
use gemba::ledger::store::Ledger;

use crate::cli_record::plant_with_rings;
use crate::support::counts;
use crate::support::program::{INSPECTOR, OPERATOR, PLANNER, SUPERVISOR, SamplePlant};

const KILLS: u32 = 40;

#[test]
fn what_was_called_saved_is_there_once_after_kill_9_at_any_moment() {
    let plant = plant_with_rings();
    let (mut called_saved, mut unknown) = (Vec::new(), 0);
    for n in 1..=KILLS {
        // Within the limits up to the last: a unit on hold would take no more.
        let thousandths = 73_980 + n;
        let value = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
        // From before the PIN is checked until after the answer, in unequal steps.
        let patience = Duration::from_millis(u64::from(n * 37 % KILLS) * 12);
        if record_and_kill(&plant, n, &value, patience) {
            called_saved.push((n, value));
        } else {
            unknown += 1;
        }
    }
    let found = readings(&plant);
    for (sample, value) in &called_saved {
        assert_eq!(found.get(sample), Some(&vec![format!("{value} mm")]), "sample {sample}");
    }
    assert!(found.values().all(|values| values.len() == 1), "doubled: {found:?}");
    assert!(unknown > 0, "no kill came in time");
    plant.gemba(&["audit", "verify"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    counts::add("kills", u64::from(KILLS));
    counts::add("values_saved", called_saved.len() as u64);
    counts::add("values_found", called_saved.len() as u64);
}

/// Records one value, kills the program when patience ends; tells whether it had said "saved".
fn record_and_kill(plant: &SamplePlant, sample: u32, value: &str, patience: Duration) -> bool {
    let sample = sample.to_string();
    let arguments =
        ["record", "WO-9/L-1", value, "--gauge", "BG-1", "--place", "INC-1", "--sample", &sample];
    let mut child = plant.start(INSPECTOR, &arguments);
    let answered = answer(&mut child);
    let in_time = answered.recv_timeout(patience).ok();
    child.kill().unwrap_or_default();
    child.wait().unwrap();
    // What it had said before it died counts as well.
    let said = in_time.or_else(|| answered.recv().ok()).unwrap_or_default();
    said.contains("saved")
}

/// What the program prints until its end, when it ends.
fn answer(child: &mut Child) -> mpsc::Receiver<String> {
    let mut stdout = child.stdout.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap_or_default();
        sender.send(text).unwrap_or_default();
    });
    receiver
}

/// The values of the lot's readings, by sample.
fn readings(plant: &SamplePlant) -> BTreeMap<u32, Vec<String>> {
    let lot = Subject::Traveler(TravelerId::parse("WO-9/L-1").unwrap());
    let folded = Ledger::open_reader(&plant.home()).unwrap().stream(&lot).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("not a traveler") };
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (_, reading) in state.attempts.iter().flat_map(Attempt::readings) {
        found.entry(reading.taken.sample.into()).or_default().push(shown(reading.value()));
    }
    found
}

#[test]
fn a_station_that_locked_is_locked_after_kill_9() {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--station-tries", "5"]).exits(0);
    let start = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1", "--json"];
    for _ in 0..4 {
        plant.by(("B-9999", "000000"), &start).refuses(&["P31"]);
    }
    // The fifth try locks, and its process is killed as soon as the store says so.
    let mut child = plant.start((OPERATOR.0, "000000"), &start);
    while !is_locked(&plant) && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    child.kill().unwrap_or_default();
    child.wait().unwrap();
    for who in [OPERATOR, INSPECTOR, ("B-9999", "000000"), (SUPERVISOR.0, "000000")] {
        plant.by(who, &start).refuses(&["P25"]);
    }
    plant.by(SUPERVISOR, &["session", "open", "--place", "ASM-1"]).exits(0);
    plant.by(OPERATOR, &start).exits(0);
    plant.gemba(&["audit", "verify"]).exits(0);
}

/// Whether the station takes no badge.
fn is_locked(plant: &SamplePlant) -> bool {
    let ledger = Ledger::open_reader(&plant.home()).unwrap();
    let here = Subject::Station(ledger.identity().station.clone());
    let StreamState::Station(state) = ledger.stream(&here).unwrap().stream.state else {
        panic!("not a station")
    };
    state.locked.is_some()
}
