//! Stations, a server and a bad network in one thread, from one seed a run.
//!
//! The stations are small models of a store; what they run is the real way up and the real way
//! down, against the real server's store. Messages are lost, doubled, late and out of order;
//! stations stop at each seam; disks are copied. Whatever happens, the invariants hold, and
//! implementations that are wrong on purpose (they live here, not in the product) break them.

pub(crate) mod chance;
pub(crate) mod facts;
mod network;
mod oracle;
mod replica;
mod server;
mod world;
mod wrong;

use crate::support::counts;

use replica::Habits;
use server::Server;
use world::World;

const SEEDS: u64 = 100;
/// How many seeds a wrong implementation may survive.
const SEEDS_WRONG: u64 = 120;

#[test]
fn whatever_the_network_does_every_saved_fact_arrives_once_and_all_agree() {
    let mut forks = 0;
    for seed in 0..SEEDS {
        let seen = World::new(seed, Box::new(server::Honest::new()), Box::new(replica::Honest))
            .run()
            .unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        assert!(
            seen.facts > 20 && seen.lost > 0 && seen.doubled > 0 && seen.crashes > 0,
            "{seen:?}"
        );
        forks += seen.forks;
        counts::add("kills", seen.crashes);
        counts::add("values_saved", seen.facts);
        counts::add("values_found", seen.facts_found);
    }
    assert!(forks > 0, "no disk was copied in any run");
    counts::add("seeds", SEEDS);
}

#[test]
fn one_seed_gives_one_run() {
    let run =
        |seed| World::new(seed, Box::new(server::Honest::new()), Box::new(replica::Honest)).run();
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

/// Runs a wrong implementation until an invariant breaks.
fn is_found(
    name: &str,
    server: impl Fn() -> Box<dyn Server>,
    habits: impl Fn() -> Box<dyn Habits>,
) {
    let broken = (0..SEEDS_WRONG).find_map(|seed| World::new(seed, server(), habits()).run().err());
    let broken = broken.unwrap_or_else(|| panic!("{name} was not found in {SEEDS_WRONG} seeds"));
    println!("{name}: {broken}");
    counts::add("wrong_implementations", 1);
}

fn honest_server() -> Box<dyn Server> {
    Box::new(server::Honest::new())
}

fn honest_habits() -> Box<dyn Habits> {
    Box::new(replica::Honest)
}

#[test]
fn a_server_that_answers_before_it_commits_is_found() {
    is_found("ack before commit", || Box::new(wrong::AckBeforeCommit::new()), honest_habits);
}

#[test]
fn a_server_that_does_nothing_on_a_conflict_is_found() {
    is_found("nothing on conflict", || Box::new(wrong::NothingOnConflict::new()), honest_habits);
}

#[test]
fn a_server_whose_rows_become_visible_out_of_order_is_found() {
    is_found("id over cursor", || Box::new(wrong::IdOverCursor::new()), honest_habits);
}

#[test]
fn a_server_that_stores_a_doubled_page_twice_is_found() {
    is_found("doubled page", || Box::new(wrong::StoresTwice::new()), honest_habits);
}

#[test]
fn a_station_that_moves_its_cursor_before_it_applies_is_found() {
    is_found("cursor before apply", honest_server, || Box::new(wrong::CursorBeforeApply));
}

#[test]
fn a_station_that_applies_a_page_with_a_gap_is_found() {
    is_found("page with a gap", honest_server, || Box::new(wrong::AppliesAGap));
}

#[test]
fn a_station_that_does_not_compare_the_last_id_is_found() {
    is_found("at server without id", honest_server, || Box::new(wrong::AtServerWithoutId));
}

#[test]
fn a_station_that_empties_its_outbox_when_it_sends_is_found() {
    is_found("outbox emptied", honest_server, || Box::new(wrong::EmptiesOutbox));
}

#[test]
fn a_station_that_serializes_facts_again_is_found() {
    is_found("serialized again", honest_server, || Box::new(wrong::SerializesAgain));
}

#[test]
fn a_station_that_drops_facts_without_their_parents_is_found() {
    is_found("orphans dropped", honest_server, || Box::new(wrong::DropsOrphans));
}

#[test]
fn a_station_that_keeps_half_of_an_act_is_found() {
    is_found("no rollback", honest_server, || Box::new(wrong::NoRollback));
}
