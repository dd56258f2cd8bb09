//! What a host does not lose: drafts that cannot be written just now, and sessions that still write when it
//! is told to end.

use std::time::Duration;

use rusqlite::Connection;

use crate::support::hosting::Hosting;
use crate::support::program::OPERATOR;

const BENCH: [(&str, &str); 1] = [("bench", "ASM-1")];

/// A disk that takes everything but drafts.
const FULL: &str = "CREATE TRIGGER full BEFORE INSERT ON draft
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";

/// Somebody else writes to the store, and goes on with it.
fn held(hosting: &Hosting) -> Connection {
    let store = hosting.store();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    store
}

#[test]
fn r13_a_draft_that_cannot_be_written_is_told_once_and_kept_as_soon_as_it_can_be() {
    let hosting = Hosting::start(&BENCH, "");
    let reached = hosting.reached();
    let mut seat = reached.seat("bench");
    seat.comes_to_the_first_step();
    hosting.store().execute_batch(FULL).unwrap();
    seat.types_no_further("00");
    seat.shows("not kept yet");
    hosting.tells("a draft is not kept");
    hosting.store().execute_batch("DROP TRIGGER full").unwrap();
    seat.shows("kept again");
    seat.kill();
    let mut again = reached.seat("bench");
    again.sign_in(OPERATOR);
    again.shows("Work here");
    again.scans("WO-1881/0010");
    again.shows("00  kept");
}

#[test]
fn r13_a_host_that_ends_before_a_draft_is_kept_says_whose_and_fails() {
    let hosting = Hosting::start(&BENCH, "");
    let mut seat = hosting.reached().seat("bench");
    seat.comes_to_the_first_step();
    hosting.store().execute_batch(FULL).unwrap();
    seat.types_no_further("00");
    seat.shows("not kept yet");
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.told_to_end(), 5);
    let told = std::fs::read_to_string(plant.path("told")).unwrap();
    assert!(told.contains("not every session kept what was typed last"), "{told}");
    assert!(told.contains("session 1 from 127.0.0.1, key bench"), "{told}");
    assert!(told.contains("the disk is full"), "{told}");
    drop(keys);
}

#[test]
fn r13_a_host_that_ends_before_a_draft_of_somebody_who_has_left_is_kept_says_whose_and_fails() {
    let hosting = Hosting::start(&BENCH, "");
    let mut seat = hosting.reached().seat("bench");
    seat.comes_to_the_first_step();
    hosting.store().execute_batch(FULL).unwrap();
    seat.types_no_further("00");
    seat.shows("not kept yet");
    seat.kill();
    hosting.tells("left: what was typed last is not kept");
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.told_to_end(), 5);
    let told = std::fs::read_to_string(plant.path("told")).unwrap();
    assert!(told.contains("not everything that was typed is kept"), "{told}");
    assert!(told.contains(" of p-novak"), "{told}");
    drop(keys);
}

#[test]
fn r13_a_host_that_ends_while_a_session_still_writes_says_which_and_fails() {
    let hosting = Hosting::start(&BENCH, "[host]\nstopping-s-max = 1\n");
    let mut seat = hosting.reached().seat("bench");
    seat.comes_to_the_first_step();
    let holds = held(&hosting);
    seat.types_no_further("00");
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.told_to_end(), 5);
    let told = std::fs::read_to_string(plant.path("told")).unwrap();
    assert!(told.contains("session 1 from 127.0.0.1, key bench"), "{told}");
    assert!(told.contains("it still writes"), "{told}");
    drop((holds, keys));
}

#[test]
fn a_session_takes_its_place_until_it_has_kept_what_it_had_though_its_line_is_gone() {
    let hosting = Hosting::start(&BENCH, "[host]\nsessions-a-key-max = 1\n");
    let reached = hosting.reached();
    let mut seat = reached.seat("bench");
    seat.comes_to_the_first_step();
    let holds = held(&hosting);
    seat.types_no_further("00");
    seat.kill();
    for _ in 0..3 {
        let mut next = reached.seat("bench");
        next.shows("all sessions of this key are taken");
    }
    holds.execute_batch("ROLLBACK").unwrap();
    let free = (0..500).find_map(|_| {
        let mut next = reached.seat("bench");
        next.shows("s");
        next.shows_within("Scan your badge", Duration::from_secs(2)).then_some(next)
    });
    let mut again = free.expect("the place is free once everything is kept");
    again.sign_in(OPERATOR);
    again.shows("Work here");
    again.scans("WO-1881/0010");
    again.shows("00  kept");
}
