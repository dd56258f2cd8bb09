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
    /// The order in which its facts were folded.
    pub order: Vec<Position>,
    /// Facts that wait for a parent which is not here yet.
    pub waiting: Vec<Position>,
}

/// Folds a stream: repeatedly the least (ledger, epoch, seq) whose `after` are all folded.
/// The order of arrival has no influence; neither has any clock.
pub fn fold(subject: &Subject, facts: &[(Fact, Hash)]) -> Folded {
    fold_each(subject, facts.iter().map(|(fact, id)| (fact, *id)))
}

/// As [`fold`], of facts that lie anywhere.
pub(super) fn fold_each<'a>(
    subject: &Subject,
    facts: impl Iterator<Item = (&'a Fact, Hash)>,
) -> Folded {
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
        let parents: BTreeSet<&Position> = fact.head.after.iter().collect();
        for &parent in &parents {
            children.entry(parent).or_default().push(position);
        }
        if parents.is_empty() {
            ready.push(Reverse(*position));
        }
        missing.insert(position, parents.len());
    }
    let mut stream = Stream::empty(subject);
    let mut order = Vec::with_capacity(by_position.len());
    while let Some(Reverse(position)) = ready.pop() {
        if let Some((fact, id)) = by_position.get(position) {
            stream.evolve(fact, *id);
            order.push(position.clone());
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
    let waiting = missing.into_iter().filter(|(_, n)| *n > 0).map(|(p, _)| p.clone()).collect();
    Folded { stream, order, waiting }
}
