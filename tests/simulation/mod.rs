//! Stations, a server and a bad network in one thread, from one seed a run.
//!
//! The stations are small models of a store; what they run is the real way up and the real way
//! down, against the real server's store. Messages are lost, doubled, late and out of order; stations
//! stop at each seam; disks are full, copied or put back; clocks jump; the server is put back to its
//! backup; judges take turns. People bring back what stopped. Whatever happens, the invariants hold,
//! and implementations that are wrong on purpose (they live here, not in the product) break them.

pub(crate) mod chance;
mod disk;
pub(crate) mod facts;
mod judge;
mod life;
mod network;
mod oracle;
mod real;
mod recovery;
mod replica;
mod server;
mod world;
mod wrong;
mod wrong_servers;

use std::thread;

use crate::support::counts;

use replica::Habits;
use server::Server;
use world::{Seen, World};

/// How many seeds are run where nobody asks for more with `GEMBA_SIM_SEEDS`.
const SEEDS: u64 = 300;
/// Seeds beyond those that found something once.
const FOUND: [u64; 1] = [1329];
/// How many of them run over real stores; more with `GEMBA_SIM_REAL`.
const SEEDS_REAL: u64 = 5;
/// How many seeds a wrong implementation may survive.
const SEEDS_WRONG: u64 = 120;
/// Each so many seeds, two servers stand on one store in a file.
const TWO_SERVERS: u64 = 20;

fn run(seed: u64) -> Seen {
    let two = seed % TWO_SERVERS == 7;
    let server = if two { server::Honest::two() } else { server::Honest::new() };
    let world = World::new(seed, Box::new(server), Box::new(replica::Honest));
    world.run().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"))
}

#[test]
fn whatever_the_network_does_every_saved_fact_arrives_once_and_all_agree() {
    let seeds = counts::asked("GEMBA_SIM_SEEDS").unwrap_or(SEEDS);
    let workers = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let one = |worker: u64| {
        let mut all = Seen::default();
        for seed in (worker..seeds).step_by(usize::try_from(workers).unwrap()) {
            all.also(&run(seed));
        }
        all
    };
    let mut all = Seen::default();
    for seed in FOUND {
        all.also(&run(seed));
    }
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|n| scope.spawn(move || one(n))).collect();
        for done in running {
            all.also(&done.join().unwrap());
        }
    });
    println!("{all:?}");
    for what in [
        "lost",
        "doubled",
        "crashes",
        "full",
        "clock_jumps",
        "judges",
        "forks",
        "restored",
        "servers_restored",
        "feeds_anew",
        "offered",
        "stops",
        "recovered",
        "renamed",
        "named",
        "differed",
    ] {
        assert!(all.of(what) > 0, "{what} never happened: {all:?}");
    }
    assert!(all.of("facts") > 20 * seeds, "{all:?}");
    counts::add("simulated_stops", all.of("crashes"));
    counts::add("values_saved", all.of("facts"));
    counts::add("values_found", all.of("facts_found"));
    counts::add("seeds", seeds);
}

#[test]
fn real_stores_stand_the_same_as_the_model_of_one() {
    let seeds = counts::asked("GEMBA_SIM_REAL").unwrap_or(SEEDS_REAL);
    let mut all = Seen::default();
    for seed in 0..seeds {
        let world = World::new(seed, Box::new(server::Honest::new()), Box::new(real::Real::new()));
        all.also(&world.run().unwrap_or_else(|broken| panic!("seed {seed}: {broken}")));
    }
    println!("{all:?}");
    assert!(all.of("recovered") > 0 && all.of("feeds_anew") > 0, "{all:?}");
    counts::add("seeds", seeds);
    counts::add("values_saved", all.of("facts"));
    counts::add("values_found", all.of("facts_found"));
}

#[test]
fn one_seed_gives_one_run() {
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
    is_found(
        "ack before commit",
        || Box::new(wrong_servers::AckBeforeCommit::new()),
        honest_habits,
    );
}

#[test]
fn a_server_that_does_nothing_on_a_conflict_is_found() {
    is_found(
        "nothing on conflict",
        || Box::new(wrong_servers::NothingOnConflict::new()),
        honest_habits,
    );
}

#[test]
fn a_server_whose_rows_become_visible_out_of_order_is_found() {
    is_found("id over cursor", || Box::new(wrong_servers::IdOverCursor::new()), honest_habits);
}

#[test]
fn a_server_that_stores_a_doubled_page_twice_is_found() {
    is_found("doubled page", || Box::new(wrong_servers::StoresTwice::new()), honest_habits);
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

#[test]
fn a_station_that_keeps_what_fits_of_a_page_on_a_full_disk_is_found() {
    is_found("half a page", honest_server, || Box::new(wrong::HalfAPage));
}

#[test]
fn a_station_that_folds_by_the_clock_is_found() {
    is_found("clock decides", honest_server, || Box::new(wrong::FoldsByClock));
}

#[test]
fn a_station_that_folds_by_arrival_is_found() {
    is_found("fold by arrival", honest_server, || Box::new(wrong::FoldsByArrival));
}

#[test]
fn a_station_that_unfolds_what_the_judge_did_not_accept_is_found() {
    is_found("judge unfolds", honest_server, || Box::new(wrong::Unfolds));
}

#[test]
fn a_way_back_that_drops_what_stood_here_alone_is_found() {
    is_found("tail dropped", honest_server, || Box::new(wrong::DropsTheTail));
}

#[test]
fn a_way_back_that_goes_on_in_the_old_epoch_is_found() {
    is_found("old epoch", honest_server, || Box::new(wrong::KeepsItsEpoch));
}

#[test]
fn a_restored_server_that_keeps_its_feed_epoch_is_found() {
    is_found("feed epoch kept", || Box::new(wrong_servers::KeepsFeedEpoch::new()), honest_habits);
}

#[test]
fn a_restored_server_that_believes_what_has_no_seal_is_found() {
    is_found("no seal", || Box::new(wrong_servers::BelievesOffers::new()), honest_habits);
}

#[test]
fn a_restored_server_that_takes_nothing_back_is_found() {
    is_found("no offers", || Box::new(wrong_servers::TakesNoOffers::new()), honest_habits);
}
