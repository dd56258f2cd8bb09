//! What a completed backup of the server holds, which a station may rely on (R14).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fact::Position;
use super::hash::Hash;
use super::ids::LedgerId;

/// A receipt: of each epoch of each ledger, the fact up to which everything lies in a completed backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// The last fact of each epoch of each ledger, in order.
    pub up_to: Vec<Position>,
}

impl BackedUp {
    /// What tells one receipt from another.
    pub fn mark(&self) -> Hash {
        let names: Vec<String> = self.up_to.iter().map(ToString::to_string).collect();
        Hash::of(&[names.join("\n").as_bytes()])
    }

    /// The same, to look facts up in.
    pub fn reach(&self) -> Reach {
        let mut reach = Reach::default();
        self.up_to.iter().for_each(|at| reach.add(at));
        reach
    }
}

/// Up to which number something is said of each epoch of each ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach(BTreeMap<(LedgerId, u32), u64>);

impl Reach {
    /// Adds everything up to a fact.
    pub fn add(&mut self, at: &Position) {
        let to = self.0.entry((at.ledger.clone(), at.epoch)).or_default();
        *to = at.seq.max(*to);
    }

    /// Whether it reaches as far as a fact.
    pub fn covers(&self, at: &Position) -> bool {
        self.0.get(&(at.ledger.clone(), at.epoch)).is_some_and(|to| at.seq <= *to)
    }
}
