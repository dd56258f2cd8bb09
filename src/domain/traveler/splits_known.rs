//! Which splits of a lot came before a fact, for whoever wrote it: by what the fact names, never by a
//! clock. What a writer did not know may as well have come later.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::{Head, Position};

/// What is known of the facts that fold after a split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SplitsKnown {
    /// The splits, each with how many fold before it.
    splits: BTreeMap<Position, usize>,
    facts: BTreeMap<Position, Before>,
}

/// The splits that fold before a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Before {
    /// How many.
    count: usize,
    /// Those of them that its writer did not know.
    unseen: BTreeSet<Position>,
}

impl SplitsKnown {
    /// Takes one more fact of the lot.
    pub(super) fn evolve(&mut self, head: &Head, splits: bool) {
        if !self.splits.is_empty() {
            let missed = |split: &&Position| {
                !head.after.iter().any(|parent| parent == *split || self.knows(parent, split))
            };
            let unseen = self.splits.keys().filter(missed).cloned().collect();
            let before = Before { count: self.splits.len(), unseen };
            self.facts.insert(head.position.clone(), before);
        }
        if splits {
            self.splits.insert(head.position.clone(), self.splits.len());
        }
    }

    /// Whether whoever wrote a fact knew that the pieces of a split had left.
    pub fn knows(&self, fact: &Position, split: &Position) -> bool {
        self.facts.get(fact).is_some_and(|before| {
            self.splits.get(split).is_some_and(|rank| *rank < before.count)
                && !before.unseen.contains(split)
        })
    }
}
