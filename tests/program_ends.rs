//! The program at a real terminal when it is to end: the terminal is as it was, what was half typed is kept,
//! and no line and no signal keeps it from ending. What it holds in memory goes to no disk.

use gemba::app::terminal::tty::LEAVE;
use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::support::counts;
use crate::support::hosting::Hosting;
use crate::support::program::{OPERATOR, SamplePlant};
use crate::support::seat::Seat;

/// Comes back to the step and finds what was typed there.
fn finds(plant: &SamplePlant, typed: &str) -> Seat {
    let mut seat = Seat::open(plant, "ASM-1");
    seat.sign_in(OPERATOR);
    seat.shows("Work here");
    seat.scans("WO-1881/0010");
    seat.shows(&format!("{typed}  kept"));
    seat
}

#[test]
fn r13_each_signal_to_end_leaves_the_terminal_as_it_was_and_keeps_what_was_typed() {
    let plant = SamplePlant::new();
    let mut seat = Seat::open(&plant, "ASM-1");
    seat.comes_to_the_first_step();
    for (signal, typed) in [(Signal::TERM, "71"), (Signal::INT, "72"), (Signal::HUP, "73")] {
        seat.types_no_further(typed);
        seat.signal(signal);
        assert_eq!(seat.ends_when_told(), 0, "{signal:?}");
        assert!(seat.sent().ends_with(str::from_utf8(LEAVE).unwrap()), "{signal:?}");
        seat = finds(&plant, typed);
    }
}

#[test]
fn r13_a_line_that_drops_ends_the_program_and_what_was_typed_is_kept() {
    let plant = SamplePlant::new();
    let mut seat = Seat::open(&plant, "ASM-1");
    seat.comes_to_the_first_step();
    seat.types_no_further("74");
    seat.drops();
    assert_eq!(seat.ends_unread(), 0);
    finds(&plant, "74");
}

#[test]
fn r13_a_line_that_takes_nothing_keeps_no_program_from_ending() {
    let plant = SamplePlant::new();
    let mut seat = Seat::open(&plant, "ASM-1");
    seat.comes_to_the_first_step();
    seat.types_no_further("75");
    seat.stalls();
    // There is a frame to be drawn now, and nowhere to draw it.
    seat.resizes(100, 30);
    seat.signal(Signal::TERM);
    assert_eq!(seat.ends_unread(), 0);
    finds(&plant, "75");
}

/// The largest core file that a process may leave, as allowed now and at most.
fn core_bytes_max(process: &str) -> Vec<String> {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    line.split_whitespace().take(2).map(str::to_owned).collect()
}

#[test]
fn no_core_is_dumped_of_a_process_that_pins_pass_through() {
    if core_bytes_max("self")[1] == "0" {
        counts::skip("no_core_is_dumped_of_a_process_that_pins_pass_through");
        return;
    }
    let plant = SamplePlant::new();
    let command = |arguments: &[&str]| {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gemba"));
        command.args(arguments);
        command.env("GEMBA_HOME", plant.home());
        command
    };
    let dir = plant.path("demo");
    for arguments in [&["--place", "ASM-1"][..], &["demo", "--dir", dir.to_str().unwrap()]] {
        let mut seat = Seat::with(command(arguments));
        seat.shows("Scan your badge");
        assert_eq!(core_bytes_max(&seat.process().to_string()), ["0", "0"], "{arguments:?}");
    }
    let hosting = Hosting::start(&[("bench", "ASM-1")], "");
    assert_eq!(core_bytes_max(&hosting.service.process().to_string()), ["0", "0"]);
}
