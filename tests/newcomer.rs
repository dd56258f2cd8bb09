//! Somebody who was never at this program runs `gemba demo` at a terminal, is shown around, and works by
//! what help says is next.

use std::path::Path;

use portable_pty::CommandBuilder;

use crate::support::loopback;
use crate::support::newcomer::{Holder, Newcomer, Terminal};
use crate::support::patience::Patience;
use crate::support::program::gemba_at;
use crate::support::seat::Seat;

/// What the demo writes on its first page.
const TO_TRY: &str = "To try (demo only):";
/// As many pages as the tour has.
const TOUR_PAGES: usize = 5;

/// The crate of shafts at the measuring table, and what its gauges show.
const SHAFTS: [(&str, &str); 7] = [
    ("Lot label", "L-22"),
    ("Bearing seat", "19.995"),
    ("Length", "142.02"),
    ("Runout", "0.008"),
    ("Surface finish", "0.52"),
    ("Groove width", "1.36"),
    ("Chamfer", "1.02"),
];
const TABLE: [(&str, &str); 5] = [
    ("Bearing seat", "MIC-4"),
    ("Length", "CAL-2"),
    ("Runout", "DTI-1"),
    ("Surface finish", "SRT-1"),
    ("Thread", "PLG-6"),
];
/// The first pump of the bench, its parts, and what the wrench shows.
const PUMP: [(&str, &str); 4] =
    [("Pump serial", "0007"), ("housing", "H-0007"), ("cover", "L-0815"), ("of 4", "25.1")];
const BENCH: [(&str, &str); 1] = [("Bolt torque", "TW-07")];

impl Terminal for Seat {
    fn text(&mut self) -> String {
        self.settles();
        self.screen()
    }

    fn help(&mut self) -> String {
        let patience = Patience::begins();
        loop {
            self.press("\x1bOP");
            let help = Terminal::text(self);
            self.press("\x1b");
            self.settles();
            // What is next on a page is told once the page is there.
            if help.contains("Next: ") || patience.left().is_none() {
                return help;
            }
        }
    }

    fn key(&mut self, key: &str) {
        self.press(match key {
            "Enter" => "\r",
            "PgDn" => "\x1b[6~",
            "1" => "1",
            other => panic!("what is {other:?}?"),
        });
    }

    fn types(&mut self, text: &str) {
        self.types_no_further(text);
    }

    fn scans(&mut self, code: &str) {
        Seat::scans(self, code);
    }

    fn goes_away_for(&mut self, seconds: u32) {
        panic!("nobody waits here for {seconds} s:\n{}", self.screen());
    }

    fn patience(&self) -> Patience {
        Patience::begins()
    }
}

/// The demo at a terminal, in a folder, at its own place or at another one.
fn demo(dir: &Path, place: Option<&str>) -> Seat {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gemba"));
    let listen = loopback::any_port();
    command.args(["demo", "--listen", &listen, "--dir", dir.to_str().unwrap()]);
    command.env("GEMBA_HOME", dir.join("nothing"));
    command.env("LC_ALL", "C.UTF-8");
    command.env_remove("GEMBA_PLACE");
    if let Some(place) = place {
        command.env("GEMBA_PLACE", place);
    }
    let mut seat = Seat::with(command);
    seat.shows(TO_TRY);
    seat.settles();
    seat
}

/// Whom the demo offers: the first of this role first.
fn people(screen: &str, role: &str) -> Vec<Holder> {
    let read = |line: &str| {
        let (who, card) = line.split_once(" badge ")?;
        let (badge, pin) = card.split_once(" PIN ")?;
        let role = who.rsplit("  ").find(|words| !words.trim().is_empty())?;
        let [role, badge, pin] = [role, badge, pin].map(|words| words.trim().to_owned());
        Some(Holder { role, badge, pin })
    };
    let rows = screen.lines().skip_while(|line| !line.contains(TO_TRY));
    let mut people: Vec<Holder> = rows.filter_map(read).collect();
    people.sort_by_key(|holder| holder.role != role);
    assert_eq!(people.first().map(|holder| holder.role.as_str()), Some(role), "{screen}");
    people
}

/// How many pages of the tour they were shown.
fn toured(newcomer: &Newcomer) -> usize {
    newcomer.pages.iter().filter(|page| page.contains("In one minute")).count()
}

#[test]
fn a_newcomer_finishes_a_lot_of_the_demo_by_what_help_says_is_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = demo(folder.path(), Some("INC-1"));
    let mut newcomer = Newcomer::new(people(&seat.screen(), "inspector"), &SHAFTS, &TABLE);
    newcomer.goes_on(&mut seat, "Every operation of this unit is done");
    assert_eq!(toured(&newcomer), TOUR_PAGES);
    seat.shows("nothing failed in first attempts");
    drop(seat);
    let board = gemba_at(&folder.path().join("station"), &["board", "--json"]).exits(0);
    // One was finished before they came.
    assert_eq!(board.values()[0]["total"]["finished"], 2);
}

#[test]
fn a_newcomer_comes_as_far_as_the_clock_of_the_demos_first_pump_by_what_help_says_is_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = demo(folder.path(), None);
    let mut newcomer = Newcomer::new(people(&seat.screen(), "operator"), &PUMP, &BENCH);
    newcomer.goes_on(&mut seat, "step done, once it is over");
    assert_eq!(toured(&newcomer), TOUR_PAGES);
    seat.shows("WO-1881/0007");
    assert!(seat.help().contains("work on another unit; Esc leads to the others"));
}
