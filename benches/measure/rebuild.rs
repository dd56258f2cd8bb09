//! How long the read models of a store take to be made anew from its facts.

use std::path::Path;

use gemba::ledger::store::Ledger;

use crate::generator;
use crate::plant::Plant;
use crate::report::{Line, Target, Times, timed};

/// Within what a store of a million facts is to be whole again.
const MOST_MS: f64 = 60_000.0;

pub(crate) fn models(dir: &Path, facts: usize) -> Line {
    let dir = dir.join("rebuilt");
    let mut plant = Plant::found(&dir);
    generator::fill(&mut plant, facts);
    drop(plant);
    let mut ledger = Ledger::open(&dir).unwrap();
    let mut ours = Times::default();
    ours.add(timed(|| ledger.rebuild(&mut |_| {}).unwrap()).0);
    let what = "the read models made anew";
    Line { what, ours, floor: None, target: Target::P99Ms(MOST_MS), failures: 0 }
}
