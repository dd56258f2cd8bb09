//! What the judge goes by: definitions, people, gauges and places as accepted so far.
//!
//! A forged admission is stored like every fact, but nobody is judged by it: only what was
//! accepted counts here, in the order in which it was accepted.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::{Fact, Position};
use crate::domain::feeds::Scope;
use crate::domain::gauge::GaugeState;
use crate::domain::handover::HandoverState;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, InstructionId, PartId, PermitId, PersonId, PlaceId};
use crate::domain::inspection::series::{SeriesId, SeriesState};
use crate::domain::kinds::FactBody;
use crate::domain::material::{MaterialId, MaterialState};
use crate::domain::people::{Action, PersonState};
use crate::domain::permit::PermitState;
use crate::domain::place::{PlaceDefined, PlaceState, Policy};
use crate::domain::revision::{InstructionFact, Revisions, SpecificationFact};
use crate::domain::second_look::StopWork;
use crate::domain::stream::{Stream, StreamState, Subject};
use crate::server::store::Store;
use crate::server::store::error::StoreError;

use super::history::History;

const READ_FACTS_MAX: usize = 500;

/// The accepted streams of the catalog.
#[derive(Debug, Default)]
pub(super) struct Known {
    streams: BTreeMap<Subject, Stream>,
    /// Taken already, and on its way through the catalog.
    seen: BTreeSet<Hash>,
    accepted: BTreeSet<Position>,
    /// Withdrawals by the compiled blob that they are about, and whether work stops.
    stops: BTreeMap<(Hash, bool), StopWork>,
    /// Of those, the ones of which nobody looked up yet when they were accepted.
    undated: BTreeSet<(Hash, bool)>,
    /// What was said of training and gauges, and when.
    pub(super) history: History,
    read: u64,
}

impl Known {
    /// Takes from the catalog what was accepted since the last time; tells what of inspections
    /// was not taken before.
    pub(super) fn read(&mut self, store: &Store) -> Result<Vec<(Fact, Hash)>, StoreError> {
        let mut new = Vec::new();
        loop {
            let facts = store.accepted(self.read, READ_FACTS_MAX)?;
            if facts.is_empty() {
                return Ok(new);
            }
            self.read += facts.len() as u64;
            for (fact, id) in facts {
                if !self.seen.remove(&id) {
                    let received = store.came_at(&fact.head.position)?;
                    let fact = fact.as_received(received);
                    self.evolve(&fact, id);
                    if matches!(fact.body, FactBody::Inspection(_)) {
                        new.push((fact, id));
                    }
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
        // Calls come and go; nothing is judged by one.
        if matches!(fact.subject, Subject::Help(_)) {
            return;
        }
        let empty = || Stream::empty(&fact.subject);
        self.streams.entry(fact.subject.clone()).or_insert_with(empty).evolve(fact, id);
        self.note_stop(fact);
        self.history.note(fact);
    }

    fn note_stop(&mut self, fact: &Fact) {
        let (FactBody::Instruction(InstructionFact::RevisionWithdrawn(withdrawn))
        | FactBody::Specification(SpecificationFact::RevisionWithdrawn(withdrawn))) = &fact.body
        else {
            return;
        };
        let (revisions, what) = match &fact.subject {
            Subject::Instruction(id) => (self.instruction(id), id.to_string()),
            Subject::Specification(part) => {
                (self.specification(part), format!("specification {part}"))
            }
            Subject::Traveler(_)
            | Subject::Order(_)
            | Subject::Gauge(_)
            | Subject::Material(_)
            | Subject::Person(_)
            | Subject::Deviation(_)
            | Subject::Place(_)
            | Subject::Station(_)
            | Subject::Site(_)
            | Subject::Help(_)
            | Subject::Handover(_)
            | Subject::Series(_)
            | Subject::Permit(_)
            | Subject::Redline(_)
            | Subject::Newer(_) => return,
        };
        let hash = revisions.and_then(|revisions| revisions.find(&withdrawn.revision));
        if let Some(hash) = hash.map(|known| known.submitted.hash) {
            let (revision, reason) = (withdrawn.revision.clone(), withdrawn.reason.clone());
            let at = fact.head.position.clone();
            let stop = StopWork { what, revision, reason, at, accepted: None };
            // The first that says so counts: whoever had that one had to stop.
            let key = (hash, withdrawn.stop_work);
            if let Entry::Vacant(new) = self.stops.entry(key) {
                new.insert(stop);
                self.undated.insert(key);
            }
        }
    }

    /// Looks up since when stations could get the withdrawals that were accepted. Once each: what is
    /// not found when its judgement is at the store was let through by a person.
    pub(super) fn date_stops(&mut self, store: &Store) -> Result<(), StoreError> {
        while let Some(key) = self.undated.first().copied() {
            if let Some(stop) = self.stops.get_mut(&key) {
                stop.accepted = store.accepted_at(&stop.at)?;
            }
            self.undated.remove(&key);
        }
        Ok(())
    }

    /// The withdrawal with stop-work of a compiled definition.
    pub(super) fn stop_work(&self, hash: &Hash) -> Option<&StopWork> {
        self.stops.get(&(*hash, true))
    }

    /// Every withdrawal of a compiled definition.
    pub(super) fn withdrawals(&self, hash: &Hash) -> Vec<&StopWork> {
        [true, false].iter().filter_map(|stop| self.stops.get(&(*hash, *stop))).collect()
    }

    /// The facts that a fact was decided after and that were not accepted.
    pub(super) fn not_accepted<'a>(&self, after: &'a [Position]) -> Option<&'a Position> {
        after.iter().find(|at| !self.accepted.contains(*at))
    }

    /// Whether a fact of the catalog was accepted.
    pub(super) fn was_accepted(&self, at: &Position) -> bool {
        self.accepted.contains(at)
    }

    /// Whether a person has a role for an action.
    pub(super) fn may(&self, who: &PersonId, action: Action) -> bool {
        let person = self.person(who);
        person.is_some_and(|person| action.roles().iter().any(|role| person.roles.contains(role)))
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

    /// A hand-over, as far as it was accepted by the judge.
    pub(super) fn handover(&self, subject: &Subject) -> Option<&HandoverState> {
        let Some(StreamState::Handover(state)) = self.state(subject) else { return None };
        Some(state)
    }

    /// A lot of material, as far as it was accepted by the judge.
    pub(super) fn material(&self, id: &MaterialId) -> Option<&MaterialState> {
        let Some(StreamState::Material(state)) = self.state(&Subject::Material(id.clone())) else {
            return None;
        };
        Some(state)
    }

    /// A series of lots, as far as it was accepted by the judge.
    pub(super) fn series(&self, subject: &Subject) -> Option<&SeriesState> {
        let Some(StreamState::Series(state)) = self.state(subject) else { return None };
        Some(state)
    }

    /// Every series of lots.
    pub(super) fn all_series(&self) -> impl Iterator<Item = (&SeriesId, &SeriesState)> {
        self.streams.iter().filter_map(|(subject, stream)| match (subject, &stream.state) {
            (Subject::Series(id), StreamState::Series(state)) => Some((id, state)),
            (_, _) => None,
        })
    }

    /// A permit, as far as it was accepted.
    pub(super) fn permit(&self, id: &PermitId) -> Option<&PermitState> {
        let subject = Subject::Permit(id.clone());
        let Some(StreamState::Permit(state)) = self.state(&subject) else { return None };
        Some(state)
    }

    pub(super) fn gauge(&self, id: &GaugeId) -> Option<&GaugeState> {
        let Some(StreamState::Gauge(state)) = self.state(&Subject::Gauge(id.clone())) else {
            return None;
        };
        Some(state)
    }

    pub(super) fn place(&self, id: &PlaceId) -> Option<&PlaceDefined> {
        self.place_state(id)?.defined.as_ref()
    }

    /// A place, with what is held there.
    pub(super) fn place_state(&self, id: &PlaceId) -> Option<&PlaceState> {
        let subject = Subject::Place(id.clone());
        let Some(StreamState::Place(state)) = self.state(&subject) else { return None };
        Some(state)
    }

    pub(super) fn instruction(&self, id: &InstructionId) -> Option<&Revisions> {
        let subject = Subject::Instruction(id.clone());
        let Some(StreamState::Instruction(state)) = self.state(&subject) else { return None };
        Some(&state.revisions)
    }

    /// Every instruction.
    pub(super) fn instructions(&self) -> impl Iterator<Item = (&InstructionId, &Revisions)> {
        self.streams.iter().filter_map(|(subject, stream)| match (subject, &stream.state) {
            (Subject::Instruction(id), StreamState::Instruction(state)) => {
                Some((id, &state.revisions))
            }
            (_, _) => None,
        })
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
            | StreamState::Material(_)
            | StreamState::Person(_)
            | StreamState::Deviation(_)
            | StreamState::Place(_)
            | StreamState::Station(_)
            | StreamState::Help(_)
            | StreamState::Handover(_)
            | StreamState::Series(_)
            | StreamState::Permit(_)
            | StreamState::Redline(_)
            | StreamState::Newer => None,
        })
    }
}
