//! A stream as of a fact: what its writer knew, and what went on meanwhile unseen.
//!
//! A fact names the heads that were known when it was decided. Folding them with all that they rest
//! on gives the state in which it was decided, whatever has come since and from wherever.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::fact::{Fact, Position};
use super::fold::fold_each;
use super::hash::Hash;
use super::stream::{Stream, StreamState, Subject};
use super::traveler::state::TravelerState;

/// How many states of one stream are kept to go on from: one for each station that works on it
/// unseen by the others, and some more.
const KEPT_MAX: usize = 8;

/// What the writer of a fact knew of its stream.
#[derive(Debug)]
pub struct Past {
    /// The stream, as folded from that.
    pub stream: Stream,
    knew: BTreeSet<Position>,
}

/// A fact and what stood around it.
#[derive(Debug)]
pub struct AsOf<'a> {
    /// What its writer knew.
    pub past: &'a Stream,
    /// What had arrived before it and its writer did not know, in order of arrival.
    pub unseen: Vec<&'a Fact>,
}

/// A fact rests on one that is not here, or on itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it follows {0}, which is not here")]
pub struct ParentMissing(pub Position);

/// One stream, and how it stood for the writer of each of its facts.
///
/// A fact that goes on from where another one ended costs one step, also where several stations take
/// turns: the state after each is kept. Only a fact that goes on from none of the last
/// `KEPT_MAX` is folded anew, which costs as many steps as the stream has facts: once where stations
/// part and once where they meet.
#[derive(Debug)]
pub struct Pasts {
    subject: Subject,
    facts: BTreeMap<Position, Arrived>,
    arrived: Vec<Position>,
    kept: VecDeque<Past>,
    folded: usize,
}

#[derive(Debug)]
struct Arrived {
    fact: Fact,
    id: Hash,
    rank: usize,
}

impl<'a> AsOf<'a> {
    /// The unit as the writer knew it, where it is one.
    pub fn unit(&self) -> Option<&'a TravelerState> {
        let StreamState::Traveler(state) = &self.past.state else { return None };
        Some(state)
    }
}

impl Past {
    /// Whether this is all that was known where these were the heads: it ends in none but them, and
    /// has them all.
    fn ends_in(&self, after: &[Position]) -> bool {
        self.stream.heads.iter().all(|head| after.contains(head))
            && after.iter().all(|at| self.knew.contains(at))
    }
}

impl Pasts {
    /// A stream of which nothing has arrived.
    pub fn new(subject: Subject) -> Self {
        let (facts, arrived, kept) = (BTreeMap::new(), Vec::new(), VecDeque::new());
        Self { subject, facts, arrived, kept, folded: 0 }
    }

    /// How many facts have arrived.
    pub fn len(&self) -> usize {
        self.arrived.len()
    }

    /// Whether none has arrived.
    pub fn is_empty(&self) -> bool {
        self.arrived.is_empty()
    }

    /// How many facts were folded so far, some more than once.
    pub fn folded(&self) -> usize {
        self.folded
    }

    /// The facts in order of arrival.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.arrived.iter().filter_map(|at| Some(&self.facts.get(at)?.fact))
    }

    /// Takes a fact that arrives; once, however often it comes.
    pub fn arrive(&mut self, fact: Fact, id: Hash) {
        let at = fact.head.position.clone();
        if !self.facts.contains_key(&at) {
            self.facts.insert(at.clone(), Arrived { fact, id, rank: self.arrived.len() });
            self.arrived.push(at);
        }
    }

    /// How the stream stood for the writer of a fact.
    ///
    /// # Errors
    /// Something that it rests on has not arrived.
    pub fn as_of(&mut self, fact: &Fact) -> Result<AsOf<'_>, ParentMissing> {
        self.keep(fact)?;
        let missing = || ParentMissing(fact.head.position.clone());
        let past = self.kept.back().ok_or_else(missing)?;
        let before = self.facts.get(&fact.head.position).map_or(self.arrived.len(), |a| a.rank);
        let mut unseen = Vec::new();
        if past.knew.len() < before {
            let arrived = self.arrived.iter().take(before).filter(|at| !past.knew.contains(*at));
            let facts = arrived.filter_map(|at| self.facts.get(at)).map(|known| &known.fact);
            // What came too early cites what it waits for.
            unseen.extend(facts.filter(|other| !other.head.after.contains(&fact.head.position)));
        }
        Ok(AsOf { past: &past.stream, unseen })
    }

    /// Goes on by a fact from where its writer stood, which was just asked for.
    pub fn go_on(&mut self, fact: &Fact, id: Hash) {
        if let Some(past) = self.kept.back_mut().filter(|past| past.ends_in(&fact.head.after)) {
            past.stream.evolve(fact, id);
            self.folded += 1;
            past.knew.insert(fact.head.position.clone());
        }
    }

    /// Makes the state in which a fact was decided the last that is kept.
    fn keep(&mut self, fact: &Fact) -> Result<(), ParentMissing> {
        let at = self.kept.iter().position(|past| past.ends_in(&fact.head.after));
        let past = if let Some(past) = at.and_then(|at| self.kept.remove(at)) {
            past
        } else {
            let past = self.fold_anew(fact)?;
            self.folded += past.knew.len();
            past
        };
        self.kept.push_back(past);
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
        }
        Ok(())
    }

    fn fold_anew(&self, fact: &Fact) -> Result<Past, ParentMissing> {
        let mut knew: BTreeSet<Position> = BTreeSet::new();
        let mut open: Vec<&Position> = fact.head.after.iter().collect();
        while let Some(at) = open.pop() {
            if knew.contains(at) {
                continue;
            }
            let known = self.facts.get(at).filter(|_| *at != fact.head.position);
            let known = known.ok_or_else(|| ParentMissing(at.clone()))?;
            knew.insert(at.clone());
            open.extend(&known.fact.head.after);
        }
        let known = knew.iter().filter_map(|at| self.facts.get(at));
        let folded = fold_each(&self.subject, known.map(|known| (&known.fact, known.id)));
        match folded.waiting.into_iter().next() {
            Some(waiting) => Err(ParentMissing(waiting)),
            None => Ok(Past { stream: folded.stream, knew }),
        }
    }
}
