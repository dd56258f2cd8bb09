//! Processes that really die: the program is killed at any moment, as a command, as a terminal and as
//! the plant's server, and what it called saved is there once, at the station and at the server. What
//! had ended by itself before it was killed is not counted as killed.

use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gemba::app::clock::Monotonic;
use gemba::domain::stream::{StreamState, Subject};
use gemba::ledger::store::Ledger;

use crate::support::counts;
use crate::support::patience::HANGS;
use crate::support::program::{INSPECTOR, OPERATOR, PLANNER, SUPERVISOR, SamplePlant};
use crate::support::read_back::{of_kind, sent_by};
use crate::support::rings::{each_is_there_once, how_many, lot_of, plant_for, record, value_of};
use crate::support::seat::Seat;

/// How many processes are killed where nobody asks for more with `GEMBA_KILLS`.
const KILLS: u64 = 300;
/// How many of them, in a hundred, are commands and terminals; the others are servers.
const COMMANDS: u64 = 72;
const TERMINALS: u64 = 8;

/// So many in a hundred of all kills.
pub(crate) fn kills(hundredths: u64) -> u32 {
    let all = counts::asked("GEMBA_KILLS").unwrap_or(KILLS);
    u32::try_from(all * hundredths / 100).unwrap()
}

/// From nothing up to so many milliseconds, in unequal steps.
pub(crate) fn patience(n: u32, most_ms: u32) -> Duration {
    Duration::from_millis(u64::from(n * 7919 % most_ms))
}

#[test]
fn what_a_command_called_saved_is_there_once_after_kill_9_at_any_moment() {
    let kills = kills(COMMANDS);
    // Some end before they are killed.
    let rings = kills * 2;
    let plant = plant_for(rings);
    let (begun, died) = (AtomicU32::new(0), AtomicU32::new(0));
    let called_saved = Mutex::new(Vec::new());
    let one = || {
        // The first is let live, to see how long one takes.
        let mut most_ms = None;
        while died.load(Ordering::SeqCst) < kills {
            let ring = begun.fetch_add(1, Ordering::SeqCst);
            if ring >= rings {
                return;
            }
            let ended = record_and_kill(&plant, ring, most_ms);
            died.fetch_add(u32::from(ended.killed), Ordering::SeqCst);
            if ended.said_saved {
                called_saved.lock().unwrap().push(ring);
            }
            // A machine may get slower meanwhile: after one that was killed too early the next lives longer.
            let longer = most_ms.map(|most_ms: u32| most_ms + most_ms / 50 + 1);
            most_ms = ended.took_ms.map(|took_ms| (took_ms * 5 / 4).max(20)).or(longer);
        }
    };
    // Two at a time, so that one dies while the other writes.
    thread::scope(|scope| {
        scope.spawn(one);
        one();
    });
    let (died, called_saved) = (died.into_inner(), called_saved.into_inner().unwrap());
    counts::add("kills", u64::from(died));
    counts::add("values_saved", called_saved.len() as u64);
    assert!(died >= kills, "only {died} of {rings} were killed in time");
    assert!(!called_saved.is_empty(), "every kill came too early");
    let found = each_is_there_once(&plant, rings, &called_saved);
    println!("{died} commands killed, {} had said saved", called_saved.len());
    plant.gemba(&["audit", "verify"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    counts::add("values_found", found);
}

/// How a command ended that was killed.
struct Ended {
    said_saved: bool,
    killed: bool,
    /// How long it took where it said all that it had to say.
    took_ms: Option<u32>,
}

/// Records one value, and kills the program when patience ends: from before the PIN is checked until
/// after the answer. Where nothing is known of how long that takes, it is waited for.
fn record_and_kill(plant: &SamplePlant, ring: u32, most_ms: Option<u32>) -> Ended {
    let arguments = record(ring);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let since = Monotonic::start();
    let mut child = plant.start(INSPECTOR, &arguments);
    let answered = answer(&mut child);
    let most = most_ms.map_or(HANGS, |most_ms| patience(ring, most_ms));
    let in_time = answered.recv_timeout(most).ok();
    let took_ms = in_time.as_ref().map(|_| u32::try_from(since.ms()).unwrap());
    child.kill().unwrap_or_default();
    let killed = child.wait().unwrap().signal() == Some(9);
    // What it had said before it died counts as well.
    let said = in_time.or_else(|| answered.recv().ok()).unwrap_or_default();
    Ended { said_saved: said.contains("saved"), killed, took_ms }
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
    let (mut there, mut called_saved) = (0, Vec::new());
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
            called_saved.push(there);
            there += 1;
        }
        assert!(seat.kill(), "it had ended by itself:\n{}", seat.screen());
        let said = seat.screen().contains(&format!("saved {}", value_of(there)));
        let before = there;
        there = how_many(&plant, rings);
        assert!(there == before || there == before + 1, "{before} were there, now {there}");
        assert!(!said || there > before, "{}", seat.screen());
        if said {
            called_saved.push(before);
        }
    }
    counts::add("kills", u64::from(kills));
    counts::add("values_saved", called_saved.len() as u64);
    assert!(!called_saved.is_empty(), "every kill came too early");
    each_is_there_once(&plant, rings, &(0..there).collect::<Vec<_>>());
    let found = each_is_there_once(&plant, rings, &called_saved);
    println!("{kills} terminals killed, {found} of {there} values were shown as saved");
    plant.gemba(&["audit", "verify"]).exits(0);
    counts::add("values_found", found);
}

#[test]
fn what_was_saved_is_at_the_server_once_after_kill_9_of_both_at_any_moment() {
    let kills = kills(100 - COMMANDS - TERMINALS);
    let plant = plant_for(kills);
    let told = plant.path("sync.told");
    let (mut servers, mut exchanges, mut cut) = (0, 0, 0);
    for ring in 0..kills {
        let mut server = plant.server();
        let arguments = record(ring);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut exchange = plant.start_service_telling(&["sync"], &told);
        let mut recording = plant.start(INSPECTOR, &arguments);
        let answered = answer(&mut recording);
        let in_time = answered.recv_timeout(patience(ring, 300));
        if ring % 3 == 0 {
            exchanges += u64::from(exchange.kill());
        }
        servers += u64::from(server.kill());
        match exchange.ends() {
            // Killed, or done before.
            None | Some(0) => {}
            Some(3) => cut += 1,
            Some(code) => panic!("{code}: {}", std::fs::read_to_string(&told).unwrap()),
        }
        let said = in_time.ok().or_else(|| answered.recv().ok()).unwrap_or_default();
        assert!(said.contains("saved"), "a dead server keeps nobody from recording: {said}");
        recording.wait().unwrap();
    }
    println!("{servers} servers and {exchanges} exchanges killed, {cut} more were cut off");
    counts::add("kills", servers + exchanges);
    counts::add("values_saved", u64::from(kills));
    assert_eq!(servers, u64::from(kills));
    assert!(cut + exchanges > 0, "every exchange was done before");
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0);
    assert_eq!(Ledger::open_reader(&plant.home()).unwrap().waiting().unwrap(), 0);
    drop(server);
    let all: Vec<u32> = (0..kills).collect();
    each_is_there_once(&plant, kills, &all);
    let mut there = sent_by(&plant.home(), &plant.path("server"));
    there.retain(|fact| fact.bytes.contains("\"traveler/WO-9"));
    counts::add("values_found", of_kind(&there, "ReadingTaken"));
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
