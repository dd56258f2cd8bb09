//! Processes that really die: the program is killed at any moment, as a command, as a terminal and as
//! the plant's server, and what it called saved is there once, at the station and at the server.

use std::io::Read as _;
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gemba::domain::stream::{StreamState, Subject};
use gemba::ledger::store::Ledger;
use gemba::server::office::Office;

use crate::support::counts;
use crate::support::program::{INSPECTOR, OPERATOR, PLANNER, SUPERVISOR, SamplePlant};
use crate::support::rings::{each_is_there_once, how_many, lot_of, plant_for, record, value_of};
use crate::support::seat::Seat;

/// How many kills there are where nobody asks for more with `GEMBA_KILLS`.
const KILLS: u64 = 300;
/// How many of them, in a hundred, are of commands and of terminals; the others are of servers.
const COMMANDS: u64 = 72;
const TERMINALS: u64 = 8;

/// So many in a hundred of all kills.
fn kills(hundredths: u64) -> u32 {
    let all = counts::asked("GEMBA_KILLS").unwrap_or(KILLS);
    u32::try_from(all * hundredths / 100).unwrap()
}

/// From nothing up to so many milliseconds, in unequal steps.
fn patience(n: u32, most_ms: u32) -> Duration {
    Duration::from_millis(u64::from(n * 7919 % most_ms))
}

#[test]
fn what_a_command_called_saved_is_there_once_after_kill_9_at_any_moment() {
    let kills = kills(COMMANDS);
    let plant = plant_for(kills);
    // Two at a time, so that one dies while the other writes.
    let one = |first: u32| {
        let rings = (first..kills).step_by(2);
        rings.filter(|ring| record_and_kill(&plant, *ring)).collect::<Vec<_>>()
    };
    let called_saved: Vec<u32> = thread::scope(|scope| {
        let other = scope.spawn(|| one(1));
        [one(0), other.join().unwrap()].concat()
    });
    let found = each_is_there_once(&plant, kills, &called_saved);
    assert!(called_saved.len() < kills as usize, "no kill came in time");
    assert!(!called_saved.is_empty(), "every kill came too early");
    println!("{kills} commands killed, {} had said saved", called_saved.len());
    plant.gemba(&["audit", "verify"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    counts::add("kills", u64::from(kills));
    counts::add("values_saved", called_saved.len() as u64);
    counts::add("values_found", found);
}

/// Records one value, kills the program when patience ends; tells whether it had said "saved".
fn record_and_kill(plant: &SamplePlant, ring: u32) -> bool {
    let arguments = record(ring);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = plant.start(INSPECTOR, &arguments);
    let answered = answer(&mut child);
    // From before the PIN is checked until after the answer.
    let in_time = answered.recv_timeout(patience(ring, 500)).ok();
    child.kill().unwrap_or_default();
    child.wait().unwrap();
    // What it had said before it died counts as well.
    let said = in_time.or_else(|| answered.recv().ok()).unwrap_or_default();
    said.contains("saved")
}

/// What the program prints until its end, when it ends.
pub(crate) fn answer(child: &mut Child) -> mpsc::Receiver<String> {
    let mut stdout = child.stdout.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap_or_default();
        sender.send(text).unwrap_or_default();
    });
    receiver
}

#[test]
fn what_a_terminal_called_saved_is_there_once_after_kill_9_at_any_moment() {
    let kills = kills(TERMINALS);
    let rings = kills * 3;
    let plant = plant_for(rings);
    // So many are there by now; what was typed last when a terminal died may be among them.
    let (mut there, mut called_saved) = (0, 0);
    for n in 0..kills {
        let mut seat = Seat::open(&plant, "INC-1");
        seat.sign_in(INSPECTOR);
        seat.shows("Work here");
        seat.scans(&lot_of(there));
        seat.shows("Inside diameter");
        seat.scans("BG-1");
        seat.shows("gauge BG-1");
        for more in (0..=n % 3).rev() {
            let value = value_of(there);
            seat.types(&value);
            let saved = format!("saved {value}");
            if more > 0 {
                seat.shows(&saved);
            } else if !seat.shows_within(&saved, patience(n, 60)) {
                break;
            }
            (there, called_saved) = (there + 1, called_saved + 1);
        }
        seat.kill();
        let said = seat.screen().contains(&format!("saved {}", value_of(there)));
        let before = there;
        there = how_many(&plant, rings);
        assert!(there == before || there == before + 1, "{before} were there, now {there}");
        called_saved += u64::from(said && there > before);
        assert!(!said || there > before, "{}", seat.screen());
    }
    let found = each_is_there_once(&plant, rings, &(0..there).collect::<Vec<_>>());
    assert!(called_saved > 0, "every kill came too early");
    println!("{kills} terminals killed, {called_saved} of {found} values were shown as saved");
    plant.gemba(&["audit", "verify"]).exits(0);
    counts::add("kills", u64::from(kills));
    counts::add("values_saved", found);
    counts::add("values_found", found);
}

#[test]
fn what_was_saved_is_at_the_server_once_after_kill_9_of_both_at_any_moment() {
    let kills = kills(100 - COMMANDS - TERMINALS);
    let plant = plant_for(kills);
    for ring in 0..kills {
        let mut server = plant.server();
        let arguments = record(ring);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut exchange = plant.start(INSPECTOR, &["sync"]);
        let mut recording = plant.start(INSPECTOR, &arguments);
        let answered = answer(&mut recording);
        let in_time = answered.recv_timeout(patience(ring, 300));
        if ring % 3 == 0 {
            exchange.kill().unwrap_or_default();
        }
        server.kill();
        exchange.wait().unwrap();
        let said = in_time.ok().or_else(|| answered.recv().ok()).unwrap_or_default();
        assert!(said.contains("saved"), "a dead server keeps nobody from recording: {said}");
        recording.wait().unwrap();
    }
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0);
    assert_eq!(Ledger::open_reader(&plant.home()).unwrap().waiting().unwrap(), 0);
    drop(server);
    let all: Vec<u32> = (0..kills).collect();
    let found = each_is_there_once(&plant, kills, &all);
    at_the_server_once(&plant);
    counts::add("kills", u64::from(kills + kills.div_ceil(3)));
    counts::add("values_saved", u64::from(kills));
    counts::add("values_found", found);
}

/// Every own fact of the station is at the server, as it was written.
fn at_the_server_once(plant: &SamplePlant) {
    let ledger = Ledger::open_reader(&plant.home()).unwrap();
    let own = ledger.outgoing((1, 0), (usize::MAX, usize::MAX)).unwrap();
    let office = Office::open(&plant.path("server")).unwrap();
    let mut there = Vec::new();
    loop {
        let after = there.len() as u64;
        let facts = office.store().own(&ledger.identity().ledger, (1, after), 500).unwrap().facts;
        if facts.is_empty() {
            break;
        }
        there.extend(facts);
    }
    assert_eq!(there.len(), own.len());
    assert!(there == own, "the server has other facts");
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
    state.tries.locked.is_some()
}
