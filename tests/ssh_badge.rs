//! `gemba host` with badge and PIN as SSH's own proof of who comes, by OpenSSH's client.

use crate::support::hosting::{Hosting, prepared};
use crate::support::open_ssh::Reached;
use crate::support::program::{OPERATOR, PLANNER};
use crate::support::seat::Seat;

const BENCH: [(&str, &str); 1] = [("bench", "ASM-1")];
const BY_BADGE: &str = "[host]\nbadge-and-pin = true\nfailures-a-minute-max = 1000\n";

/// Somebody without a key shows a badge and a PIN at the door; the client says what it is told there.
fn shows(reached: &Reached<'_>, (badge, pin): (&str, &str)) -> Seat {
    let mut seat = reached.seat_with("no-such-key", &["-oLogLevel=INFO"], &[]);
    seat.shows("Badge:");
    seat.answers(badge);
    seat.shows("PIN:");
    seat.answers(pin);
    seat
}

#[test]
fn who_has_no_key_proves_by_badge_and_pin_who_they_are_and_is_signed_in_on_the_first_screen() {
    let hosting = Hosting::start(&BENCH, BY_BADGE);
    let reached = hosting.reached();
    let mut seat = reached.seat("no-such-key");
    seat.shows("Badge:");
    seat.answers(OPERATOR.0);
    seat.shows(&format!("Badge: {}", OPERATOR.0));
    seat.shows("PIN:");
    seat.answers(OPERATOR.1);
    seat.shows("A. Novak");
    // The first screen of a demo says whom to try.
    let all = seat.sent();
    let at_the_door = all.split("\x1b[?1049h").next().unwrap();
    assert!(at_the_door.contains("PIN:") && !at_the_door.contains(OPERATOR.1), "the PIN was shown");
    let told = hosting.tells("novak signed in");
    assert!(told.contains("by the badge of p-novak"), "{told}");
    assert!(!told.contains(OPERATOR.1) && !told.contains(OPERATOR.0), "{told}");
    // Who has a key is asked for nothing at the door.
    let mut bench = reached.seat("bench");
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
}

#[test]
fn a_badge_that_nobody_has_and_a_wrong_pin_are_told_the_same_at_the_door() {
    let hosting = Hosting::start(&BENCH, BY_BADGE);
    let reached = hosting.reached();
    let said = |badge: &str| {
        let mut seat = shows(&reached, (badge, "000000"));
        seat.shows("gemba: The badge or PIN is wrong, or locked after wrong tries.");
        // The client asks once more.
        seat.shows_times("Badge:", 2);
        seat.screen().replace(badge, "BADGE")
    };
    assert_eq!(said("B-9999"), said(OPERATOR.0));
    // Four more lock the badge at the door, which says no more of that, and at no terminal with a key.
    for _ in 0..4 {
        said(OPERATOR.0);
    }
    let mut seat = shows(&reached, OPERATOR);
    seat.shows("gemba: The badge or PIN is wrong, or locked after wrong tries.");
    let mut bench = reached.seat("bench");
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
}

#[test]
fn r05_wrong_tries_at_the_door_lock_the_door_for_that_address_and_no_terminal_with_a_key() {
    let hosting = Hosting::start(&BENCH, BY_BADGE);
    hosting.by(PLANNER, &["site", "set", "--station-tries", "5"]).exits(0);
    let reached = hosting.reached();
    for _ in 0..5 {
        let mut seat = shows(&reached, ("B-9999", "000000"));
        seat.shows("gemba: The badge or PIN is wrong");
    }
    let mut seat = shows(&reached, OPERATOR);
    seat.shows("gemba: Too many wrong tries at this terminal; it is locked for");
    let shown = hosting.gemba(&["station", "show"]).exits(0);
    shown.says("terminal ssh-from-127.0.0.1 takes no badge for");
    let mut bench = reached.seat("bench");
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
}

#[test]
fn a_fault_of_the_store_is_told_to_who_runs_the_host_and_not_at_the_door() {
    let hosting = Hosting::start(&BENCH, BY_BADGE);
    hosting.store().execute_batch("ALTER TABLE card RENAME TO card_elsewhere").unwrap();
    let mut seat = shows(&hosting.reached(), OPERATOR);
    seat.shows("gemba: badges cannot be checked just now");
    let told = hosting.tells("badge and PIN from 127.0.0.1 could not be checked");
    assert!(told.contains("no such table"), "{told}");
    assert!(!seat.screen().contains("no such table"), "{}", seat.screen());
}

#[test]
fn a_badge_that_could_not_be_checked_counts_as_no_failure_of_where_it_came_from() {
    let settings = "[host]\nbadge-and-pin = true\nfailures-a-minute-max = 1\n";
    let hosting = Hosting::start(&BENCH, settings);
    hosting.store().execute_batch("ALTER TABLE card RENAME TO card_elsewhere").unwrap();
    let mut seat = shows(&hosting.reached(), OPERATOR);
    seat.shows("gemba: badges cannot be checked just now");
    seat.kill();
    hosting.tells("127.0.0.1 was turned away: badge and PIN could not be checked");
    hosting.store().execute_batch("ALTER TABLE card_elsewhere RENAME TO card").unwrap();
    shows(&hosting.reached(), OPERATOR).shows("A. Novak");
}

#[test]
fn the_door_speaks_the_language_of_the_station() {
    let hosting = Hosting::start(&BENCH, &format!("language = \"de\"\n{BY_BADGE}"));
    let reached = hosting.reached();
    let mut seat = reached.seat_with("no-such-key", &["-oLogLevel=INFO"], &[]);
    seat.shows("Ausweis:");
    seat.answers("B-9999");
    seat.shows("PIN:");
    seat.answers("000000");
    seat.shows("gemba: Ausweis oder PIN ist falsch");
    let ran = reached.runs("bench", &[], &["id"]);
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(told.contains("den Befehl weglassen"), "{told}");
}

#[test]
fn a_host_that_lets_in_everybody_asks_for_no_badge_at_the_door_and_says_so() {
    let (plant, _keys) = prepared(&BENCH, "[host]\nbadge-and-pin = true\nwithout-key = true\n");
    let ran = plant.gemba(&["host", "--listen", "127.0.0.1:0"]).exits(2);
    ran.says("both without-key and badge-and-pin").says("→ remove one");
}
