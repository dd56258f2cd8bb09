//! What is measured, a file a subject.

pub(crate) mod begin;
pub(crate) mod exchange;
pub(crate) mod grid;
#[cfg(feature = "ssh")]
pub(crate) mod host;
pub(crate) mod pages;
pub(crate) mod rebuild;
pub(crate) mod saved;
pub(crate) mod sign_in;
pub(crate) mod stations;
pub(crate) mod terminals;
pub(crate) mod thread;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use gemba::ledger::store::Ledger;
use gemba::views::query::Query;

use super::plant::{Plant, id, moment};
use super::report::{Line, Target, Times, timed};

/// How often a store is opened.
const OPENINGS: usize = 60;

/// What the disk takes for one page of SQLite's log.
pub(crate) fn fsync(dir: &Path, count: usize) -> Times {
    let mut file = File::create(dir.join("page")).unwrap();
    let mut times = Times::default();
    for _ in 0..count {
        file.write_all(&[b'g'; 4_120]).unwrap();
        times.add(timed(|| file.sync_all().unwrap()).0);
    }
    times
}

/// Opening and the answers of the first screen: the big store against one without any work.
pub(crate) fn first_screen(empty: &Path, big: &Path) -> Line {
    drop(Plant::found(empty));
    let asked = [Query::Sync, Query::SignInNews { place: Some(id("ASM-1")) }];
    let what = "open and ask for sign-in: big against empty";
    against(what, (big, empty), &asked)
}

/// Opening and the queue of a place with the same open order: the big store against a small one.
pub(crate) fn queue(small: &Path, big: &Path) -> Line {
    let asked = [Query::Queue { place: id("ASM-1"), person: None }];
    against("open and ask for the queue: big against small", (big, small), &asked)
}

fn against(what: &'static str, (big, other): (&Path, &Path), asked: &[Query]) -> Line {
    let (mut ours, mut floor) = (Times::default(), Times::default());
    for _ in 0..OPENINGS {
        ours.add(timed(|| answers(big, asked)).0);
        floor.add(timed(|| answers(other, asked)).0);
    }
    Line { what, ours, floor: Some(floor), target: Target::Ratio(1.3), failures: 0 }
}

fn answers(dir: &Path, asked: &[Query]) {
    let ledger = Ledger::open(dir).unwrap();
    for query in asked {
        ledger.answer(query, &moment(2_000_000)).unwrap();
    }
}
