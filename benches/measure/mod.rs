//! What is measured, a file a subject.

pub(crate) mod saved;
pub(crate) mod terminals;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use gemba::domain::stream::{Subject, TravelerId};
use gemba::ledger::store::Ledger;

use super::plant::Plant;
use super::report::{Line, Target, Times, timed};

/// How often a store is opened.
const OPENINGS: usize = 60;

/// What the disk takes for one page of SQLite's log.
pub(crate) fn fsync(dir: &Path, count: usize) -> Times {
    let mut file = File::create(dir.join("page")).unwrap();
    let mut times = Times::default();
    for _ in 0..count {
        file.write_all(&[b'g'; 4_120]).unwrap();
        times.add(timed(|| file.sync_data().unwrap()).0);
    }
    times
}

/// Opening and a first question: the big store against one without any work.
pub(crate) fn opened(empty: &Path, big: &Path) -> Line {
    drop(Plant::found(empty));
    let (mut ours, mut floor) = (Times::default(), Times::default());
    for _ in 0..OPENINGS {
        ours.add(timed(|| first_answer(big)).0);
        floor.add(timed(|| first_answer(empty)).0);
    }
    let (what, target) = ("open and ask: big store against an empty one", Target::Ratio(1.3));
    Line { what, ours, floor: Some(floor), target, failures: 0 }
}

fn first_answer(dir: &Path) {
    let ledger = Ledger::open(dir).unwrap();
    ledger.waiting().unwrap();
    let unit = TravelerId::parse("WO-2000/0001").unwrap();
    ledger.stream(&Subject::Order(unit.order)).unwrap();
}
