//! The one fold order: every station folds the same facts of a stream in the same order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::fact::{Fact, Position};
use super::hash::Hash;
use super::stream::{Stream, Subject};

/// A stream folded from the facts that are here.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The stream.
    pub stream: Stream,
    /// How many facts were folded.
    pub count: usize,
    /// Facts that wait for a parent which is not here yet.
    pub waiting: Vec<Position>,
}

/// Folds a stream: repeatedly the least (ledger, epoch, seq) whose `after` are all folded.
/// The order of arrival has no influence; neither has any clock.
pub fn fold(subject: &Subject, facts: &[(Fact, Hash)]) -> Folded {
    fold_each(subject, facts.iter().map(|(fact, id)| (fact, *id)))
}

impl Folded {
    /// Whether there is no fact of it.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Folds further facts, where it is certain that all of them come after what is folded: each rests on
    /// the one head, or on another of them. Else nothing is folded, and all facts are wanted.
    #[must_use]
    pub fn fold_on(&mut self, news: &[(&Fact, Hash)]) -> bool {
        let [base] = &self.stream.heads[..] else { return false };
        let known: BTreeSet<&Position> =
            news.iter().map(|(fact, _)| &fact.head.position).chain([base]).collect();
        let rests = |(fact, _): &(&Fact, Hash)| {
            let after = &fact.head.after;
            !after.is_empty() && after.iter().all(|parent| known.contains(parent))
        };
        let base = base.clone();
        if !self.waiting.is_empty() || !news.iter().all(rests) {
            return false;
        }
        let mut ordered = Vec::new();
        let waiting = walk(news.iter().copied(), Some(&base), |fact, id| ordered.push((fact, id)));
        if !waiting.is_empty() {
            return false;
        }
        for (fact, id) in ordered {
            self.stream.evolve(fact, id);
            self.count += 1;
        }
        true
    }
}

/// The facts of a stream in the order in which they are folded, without those that wait.
pub fn in_order<'a>(facts: impl Iterator<Item = (&'a Fact, Hash)>) -> Vec<(&'a Fact, Hash)> {
    let mut ordered = Vec::new();
    walk(facts, None, |fact, id| ordered.push((fact, id)));
    ordered
}

/// As [`fold`], of facts that lie anywhere.
pub(super) fn fold_each<'a>(
    subject: &Subject,
    facts: impl Iterator<Item = (&'a Fact, Hash)>,
) -> Folded {
    let mut stream = Stream::empty(subject);
    let mut count = 0;
    let waiting = walk(facts, None, |fact, id| {
        stream.evolve(fact, id);
        count += 1;
    });
    Folded { stream, count, waiting }
}

/// Visits facts in the one order, after one that was visited before; tells which wait.
fn walk<'a>(
    facts: impl Iterator<Item = (&'a Fact, Hash)>,
    visited: Option<&'a Position>,
    mut visit: impl FnMut(&'a Fact, Hash),
) -> Vec<Position> {
    let mut by_position = BTreeMap::new();
    for (fact, id) in facts {
        // Two facts at one position are a fork, which sync refuses; the order of arrival must not
        // decide even then.
        let known = by_position.entry(&fact.head.position).or_insert((fact, id));
        if id < known.1 {
            *known = (fact, id);
        }
    }
    let mut missing: BTreeMap<&Position, usize> = BTreeMap::new();
    let mut children: BTreeMap<&Position, Vec<&Position>> = BTreeMap::new();
    let mut ready = BinaryHeap::new();
    for (position, (fact, _)) in &by_position {
        let parents: BTreeSet<&Position> =
            fact.head.after.iter().filter(|parent| Some(*parent) != visited).collect();
        for &parent in &parents {
            children.entry(parent).or_default().push(position);
        }
        if parents.is_empty() {
            ready.push(Reverse(*position));
        }
        missing.insert(position, parents.len());
    }
    while let Some(Reverse(position)) = ready.pop() {
        if let Some((fact, id)) = by_position.get(position) {
            visit(fact, *id);
        }
        for &child in children.get(position).map_or(&[][..], Vec::as_slice) {
            if let Some(count) = missing.get_mut(child) {
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse(child));
                }
            }
        }
    }
    missing.into_iter().filter(|(_, n)| *n > 0).map(|(p, _)| p.clone()).collect()
}
