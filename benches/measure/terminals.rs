//! Many processes on one store, each with a value a second.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gemba::domain::decide::Command as Ask;
use gemba::domain::stream::TravelerId;

use crate::plant::{Plant, id, torque};
use crate::report::{Line, Target, Times, timed};

const ORDER: &str = "WO-1003";

/// Starts the terminals and gathers what each of them measured.
pub(crate) fn together(dir: &Path, terminals: usize, seconds: usize) -> Line {
    let mut plant = Plant::join(dir, "tty-1");
    let units = plant.open_units(ORDER, terminals);
    for unit in &units {
        plant.begin(unit);
    }
    let started: Vec<Child> = (0..terminals).map(|rank| start(dir, rank, seconds)).collect();
    let mut ours = Times::default();
    for child in started {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        ours.extend(text.lines().map(|line| Duration::from_micros(line.parse().unwrap())));
    }
    let what = "a value a second from each of many processes";
    let failures = terminals * seconds - ours.len();
    Line { what, ours, floor: None, target: Target::P99Ms(100.0), failures }
}

fn start(dir: &Path, rank: usize, seconds: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--dir").arg(dir).arg("--as-terminal").arg(rank.to_string());
    command.arg("--seconds").arg(seconds.to_string()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// One terminal: a torque each second, its time printed in microseconds.
#[expect(clippy::disallowed_methods, reason = "measures what a machine takes, decides nothing")]
pub(crate) fn work(dir: &Path, rank: usize, seconds: usize) {
    let mut plant = Plant::join(dir, &format!("tty-{}", rank + 2));
    let unit = TravelerId { order: id(ORDER), unit: id(&format!("{:04}", rank + 1)) };
    // People do not press Enter in step; primes spread them over the second.
    let phase = Duration::from_millis((rank * 389 % 1_000) as u64);
    let begun = Instant::now() + phase;
    for (bolt, n) in (2..).zip(0..seconds) {
        let due = begun + Duration::from_secs(n as u64);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let command = Ask::Traveler(unit.clone(), torque(bolt));
        let (time, _) = timed(|| plant.tell(command));
        println!("{}", time.as_micros());
    }
}
