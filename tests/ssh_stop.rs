//! What a host does not lose: drafts that cannot be written just now, and sessions that still write when it
//! is told to end.

use rusqlite::Connection;

use crate::support::hosting::Hosting;
use crate::support::program::OPERATOR;
use crate::support::seat::Seat;

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

/// A host whose disk takes no drafts, with one of somebody at a bench.
fn with_a_draft_not_kept() -> (Hosting, Seat) {
    let hosting = Hosting::start(&BENCH, "");
    let mut seat = hosting.reached().seat("bench");
    seat.comes_to_the_first_step();
    hosting.store().execute_batch(FULL).unwrap();
    seat.types_no_further("00");
    seat.shows("not kept yet");
    (hosting, seat)
}

/// A host is told to end while not everything is kept, and fails; tells what it told.
fn ends_in_vain(hosting: Hosting) -> String {
    let Hosting { plant, service, keys, .. } = hosting;
    assert_eq!(service.told_to_end(), 5);
    let told = std::fs::read_to_string(plant.path("told")).unwrap();
    drop(keys);
    told
}

#[test]
fn r13_a_draft_that_cannot_be_written_is_told_once_and_kept_as_soon_as_it_can_be() {
    let (hosting, mut seat) = with_a_draft_not_kept();
    hosting.tells("a draft is not kept");
    hosting.store().execute_batch("DROP TRIGGER full").unwrap();
    seat.shows("kept again");
    seat.kill();
    let mut again = hosting.reached().seat("bench");
    again.sign_in(OPERATOR);
    again.shows("Work here");
    again.scans("WO-1881/0010");
    again.shows("00  kept");
}

#[test]
fn r13_a_host_that_ends_before_a_draft_is_kept_says_whose_and_fails() {
    let (hosting, _seat) = with_a_draft_not_kept();
    let told = ends_in_vain(hosting);
    assert!(told.contains("not every session kept what was typed last"), "{told}");
    assert!(told.contains("session 1 from 127.0.0.1, key bench"), "{told}");
    assert!(told.contains("the disk is full"), "{told}");
}

#[test]
fn r13_a_host_that_ends_before_a_draft_of_somebody_who_has_left_is_kept_says_whose_and_fails() {
    let (hosting, mut seat) = with_a_draft_not_kept();
    seat.kill();
    hosting.tells("left: what was typed last is not kept");
    let told = ends_in_vain(hosting);
    assert!(told.contains("not everything that was typed is kept"), "{told}");
    assert!(told.contains(" of p-novak"), "{told}");
}

#[test]
fn r13_a_host_that_ends_while_a_session_still_writes_says_which_and_fails() {
    let hosting = Hosting::start(&BENCH, "[host]\nstopping-s-max = 1\n");
    let mut seat = hosting.reached().seat("bench");
    seat.comes_to_the_first_step();
    let holds = held(&hosting);
    seat.types_no_further("00");
    let told = ends_in_vain(hosting);
    assert!(told.contains("session 1 from 127.0.0.1, key bench"), "{told}");
    assert!(told.contains("it still writes"), "{told}");
    drop(holds);
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
    reached.seat("bench").shows("all sessions of this key are taken");
    holds.execute_batch("ROLLBACK").unwrap();
    let mut again = reached.seat_once_free("bench");
    again.sign_in(OPERATOR);
    again.shows("Work here");
    again.scans("WO-1881/0010");
    again.shows("00  kept");
}
