//! What the judge goes by: definitions, people, gauges and places as accepted so far.
//!
//! A forged admission is stored like every fact, but nobody is judged by it: only what was
//! accepted counts here, in the order in which it was accepted.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::{Fact, Position};
use crate::domain::feeds::Scope;
use crate::domain::gauge::GaugeState;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, InstructionId, PartId, PersonId, PlaceId};
use crate::domain::people::PersonState;
use crate::domain::place::{PlaceDefined, Policy};
use crate::domain::revision::Revisions;
use crate::domain::stream::{Stream, StreamState, Subject};
use crate::server::store::Store;
use crate::server::store::error::StoreError;

const READ_FACTS_MAX: usize = 500;

/// The accepted streams of the catalog.
#[derive(Debug, Default)]
pub(super) struct Known {
    streams: BTreeMap<Subject, Stream>,
    /// Taken already, and on its way through the catalog.
    seen: BTreeSet<Hash>,
    accepted: BTreeSet<Position>,
    read: u64,
}

impl Known {
    /// Takes from the catalog what was accepted since the last time.
    pub(super) fn read(&mut self, store: &Store) -> Result<(), StoreError> {
        loop {
            let facts = store.accepted(self.read, READ_FACTS_MAX)?;
            if facts.is_empty() {
                return Ok(());
            }
            self.read += facts.len() as u64;
            for (fact, id) in facts {
                if !self.seen.remove(&id) {
                    self.evolve(&fact, id);
                }
            }
        }
    }

    /// Takes a fact that was just accepted and will be in the catalog.
    pub(super) fn take(&mut self, fact: &Fact, id: Hash) {
        if fact.subject.scope() == Scope::Catalog {
            self.seen.insert(id);
            self.evolve(fact, id);
        }
    }

    fn evolve(&mut self, fact: &Fact, id: Hash) {
        self.accepted.insert(fact.head.position.clone());
        let empty = || Stream::empty(&fact.subject);
        self.streams.entry(fact.subject.clone()).or_insert_with(empty).evolve(fact, id);
    }

    /// The facts that a fact was decided after and that were not accepted.
    pub(super) fn not_accepted<'a>(&self, after: &'a [Position]) -> Option<&'a Position> {
        after.iter().find(|at| !self.accepted.contains(*at))
    }

    fn state(&self, subject: &Subject) -> Option<&StreamState> {
        self.streams.get(subject).map(|stream| &stream.state)
    }

    pub(super) fn person(&self, id: &PersonId) -> Option<&PersonState> {
        let Some(StreamState::Person(state)) = self.state(&Subject::Person(id.clone())) else {
            return None;
        };
        (!state.roles.is_empty()).then_some(state)
    }

    pub(super) fn gauge(&self, id: &GaugeId) -> Option<&GaugeState> {
        let Some(StreamState::Gauge(state)) = self.state(&Subject::Gauge(id.clone())) else {
            return None;
        };
        Some(state)
    }

    pub(super) fn place(&self, id: &PlaceId) -> Option<&PlaceDefined> {
        let Some(StreamState::Place(state)) = self.state(&Subject::Place(id.clone())) else {
            return None;
        };
        state.defined.as_ref()
    }

    pub(super) fn instruction(&self, id: &InstructionId) -> Option<&Revisions> {
        let subject = Subject::Instruction(id.clone());
        let Some(StreamState::Instruction(state)) = self.state(&subject) else { return None };
        Some(&state.revisions)
    }

    pub(super) fn specification(&self, part: &PartId) -> Option<&Revisions> {
        let subject = Subject::Specification(part.clone());
        let Some(StreamState::Specification(state)) = self.state(&subject) else { return None };
        Some(&state.revisions)
    }

    /// The site's policy; a plant has one site.
    pub(super) fn policy(&self) -> Option<&Policy> {
        self.streams.values().find_map(|stream| match &stream.state {
            StreamState::Site(state) => state.policy.as_ref(),
            StreamState::Traveler(_)
            | StreamState::Order(_)
            | StreamState::Instruction(_)
            | StreamState::Specification(_)
            | StreamState::Gauge(_)
            | StreamState::Person(_)
            | StreamState::Deviation(_)
            | StreamState::Place(_)
            | StreamState::Station(_) => None,
        })
    }
}
