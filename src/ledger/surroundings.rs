//! Loading what a decision may look at, inside the write transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::context::Context;
use crate::domain::decide::{Command, Needs, Pinned};
use crate::domain::deviation::DeviationState;
use crate::domain::fact::Position;
use crate::domain::fold::Folded;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, InstructionId, OrderId, SiteId};
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::order::OrderState;
use crate::domain::place::{NewsRule, Policy};
use crate::domain::revision::{RevisionStanding, RevisionState, Revisions};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::component::installed_parts;
use crate::domain::traveler::kin;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;

use super::append::key;
use super::error::LedgerError;
use super::labels::label;
use super::orders::unfinished;
use super::samples::surround_samples;
use super::signed::signed_before;
use super::store::Ledger;

impl Ledger {
    /// Fills in the context of a command.
    pub(super) fn surround(
        &self,
        transaction: &Connection,
        command: &Command,
        stream: &Folded,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        if command.shows_badge() {
            let station = self.identity.station.clone();
            let folded = self.load(transaction, &Subject::Station(station.clone()))?;
            if let StreamState::Station(state) = &folded.stream.state {
                context.shown_at = Some((station, state.clone()));
            }
        }
        if command.by_pin_alone() {
            context.signed_before = signed_before(transaction, &context.acting)?;
        }
        self.surround_by(transaction, (stream, &command.needs(&stream.stream)), context)
    }

    /// Fills in the actor, the place, the policy, and what is needed besides.
    pub(super) fn surround_by(
        &self,
        transaction: &Connection,
        (stream, needs): (&Folded, &Needs),
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        if let Some(actor) = context.acting.actor.clone() {
            let folded = self.load(transaction, &Subject::Person(actor.clone()))?;
            if let StreamState::Person(person) = &folded.stream.state
                && !folded.order.is_empty()
            {
                context.people.insert(actor, person.clone());
            }
        }
        if let Some(place) = context.acting.place.clone() {
            let folded = self.load(transaction, &Subject::Place(place.clone()))?;
            if let StreamState::Place(state) = &folded.stream.state
                && let Some(defined) = &state.defined
            {
                context.places.insert(place, defined.clone());
                context.here = Some(state.clone());
            }
        }
        self.surround_site(transaction, context)?;
        for gauge in &needs.gauges {
            let folded = self.load(transaction, &Subject::Gauge(gauge.clone()))?;
            if let StreamState::Gauge(state) = &folded.stream.state
                && state.described.is_some()
            {
                context.gauges.insert(gauge.clone(), state.clone());
            }
        }
        for id in &needs.route {
            let folded = self.load(transaction, &Subject::Instruction(id.clone()))?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            if let Some(newest) = state.revisions.list.last() {
                note_standard_step(transaction, (id, &newest.submitted.hash), context)?;
            }
        }
        if let Some(compiled) = needs.compiled {
            self.surround_included(transaction, compiled, context)?;
        }
        if let Some(read) = &needs.reads {
            self.surround_read(transaction, read, context)?;
        }
        if let Some(opened) = &needs.opens {
            self.surround_opened(transaction, opened, context)?;
        }
        if let Some(order) = &needs.closes {
            context.unfinished = unfinished(transaction, order)?;
        }
        if needs.station {
            context.station = Some(self.identity.station.clone());
        }
        if let Some(lot) = &needs.lot {
            let known = self.load(transaction, &Subject::Traveler(lot.clone()))?;
            context.lot_taken = !known.order.is_empty();
        }
        if let Some(text) = &needs.label {
            context.label = label(transaction, text)?;
        }
        if needs.deviation_number {
            context.next_deviation = self.next_deviation(transaction)?;
        }
        self.surround_floor(transaction, needs, context)?;
        self.surround_traveler(transaction, (stream, needs), context)?;
        if let Some(identity) = &needs.component {
            let parts = installed_parts(&context.instructions);
            let known = self.component_known(transaction, identity, &parts)?;
            context.component = Some(known);
        }
        Ok(())
    }

    fn surround_traveler(
        &self,
        transaction: &Connection,
        (stream, needs): (&Folded, &Needs),
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let mut traveler = needs.traveler.clone();
        if let Some(fact) = &needs.traveler_of {
            traveler = self.traveler_of(transaction, fact)?;
        }
        let Some(id) = traveler else { return Ok(()) };
        context.order = self.order(transaction, &id.order)?;
        let other;
        let state = if let StreamState::Traveler(state) = &stream.stream.state {
            state
        } else {
            other = self.load(transaction, &Subject::Traveler(id.clone()))?;
            let StreamState::Traveler(state) = &other.stream.state else { return Ok(()) };
            context.traveler = Some((id.clone(), state.clone()));
            state
        };
        let unit = id;
        context.instructions = self.pinned(transaction, state)?;
        context.kin =
            kin::gather((&unit, state), needs.kin, |lot| self.traveler_state(transaction, lot))?;
        for deviation in state.deviations() {
            if let Some(state) = self.deviation_state(transaction, deviation)? {
                context.deviations.insert(deviation.clone(), state);
            }
        }
        if let Some(at) = &needs.samples {
            surround_samples(transaction, (&unit, state, at), context)?;
        }
        if needs.definitions {
            self.surround_definitions(transaction, &unit, context)?;
        }
        self.surround_pinned(transaction, (&unit, state), needs.pinned, context)
    }

    /// How the pinned definitions stand. What came after them counts where the site wants a choice.
    pub(super) fn surround_pinned(
        &self,
        transaction: &Connection,
        (id, state): (&TravelerId, &TravelerState),
        which: Pinned,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let (Some(started), true) = (&state.started, which != Pinned::None) else { return Ok(()) };
        let rule = context.policy().map_or(NewsRule::Warn, |policy| policy.rules.news);
        let newer = which == Pinned::All || rule != NewsRule::Warn;
        if let Some(pinned) = &started.specification {
            let subject = Subject::Specification(started.part.clone());
            let folded = self.load(transaction, &subject)?;
            if let StreamState::Specification(known) = &folded.stream.state {
                let from = known.revisions.rank(&pinned.revision, pinned.hash);
                if newer {
                    note_effective_after(transaction, (&known.revisions, from), context)?;
                }
                context.specification = Some(known.clone());
            }
        }
        for pinned in &started.operations {
            let wanted = which == Pinned::All || which == Pinned::Operation(pinned.operation);
            if !wanted {
                continue;
            }
            let subject = Subject::Instruction(pinned.instruction.clone());
            let folded = self.load(transaction, &subject)?;
            let StreamState::Instruction(known) = &folded.stream.state else { continue };
            let from = known.revisions.rank(&pinned.revision, pinned.hash);
            if newer {
                note_effective_after(transaction, (&known.revisions, from), context)?;
            }
            let in_effect = known.revisions.in_effect(&context.wanted_for(id), &context.effective);
            if let (Pinned::All, Some(revision)) = (which, in_effect) {
                let submitted = &revision.submitted;
                if let Some(compiled) = self.instruction(transaction, &submitted.hash)? {
                    context.instructions.insert(submitted.hash, compiled);
                }
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.instruction_states.insert(pinned.instruction.clone(), known.clone());
            let compiled = context.instructions.get(&pinned.hash).map(Arc::clone);
            for included in compiled.iter().flat_map(|instruction| instruction.included()) {
                let subject = Subject::Instruction(included.id.clone());
                let folded = self.load(transaction, &subject)?;
                if let StreamState::Instruction(known) = &folded.stream.state {
                    context.instruction_states.insert(included.id.clone(), known.clone());
                }
            }
        }
        Ok(())
    }

    /// The revisions of the order's route and part: which are in effect, and what they lack.
    fn surround_definitions(
        &self,
        transaction: &Connection,
        id: &TravelerId,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let wanted = context.wanted_for(id);
        let Some(opened) = context.order.as_ref().and_then(|order| order.opened.clone()) else {
            return Ok(());
        };
        let specification = self.load(transaction, &Subject::Specification(opened.part.clone()))?;
        if let StreamState::Specification(state) = &specification.stream.state {
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            if let Some(revision) = state.revisions.in_effect(&wanted, &context.effective) {
                let submitted = &revision.submitted;
                note_missing(transaction, [&submitted.hash], &mut context.blobs_missing)?;
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.specification = Some(state.clone());
        }
        for route in &opened.route {
            let id = &route.instruction;
            let folded = self.load(transaction, &Subject::Instruction(id.clone()))?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            if let Some(revision) = state.revisions.in_effect(&wanted, &context.effective) {
                let submitted = &revision.submitted;
                if let Some(compiled) = self.instruction(transaction, &submitted.hash)? {
                    context.instructions.insert(submitted.hash, compiled);
                } else {
                    note_standard_step(transaction, (id, &submitted.hash), context)?;
                }
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.instruction_states.insert(id.clone(), state.clone());
        }
        Ok(())
    }

    pub(super) fn load(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<Arc<Folded>, LedgerError> {
        self.streams.borrow_mut().load(connection, subject)
    }

    /// The order of a number, where anything is known of it.
    pub(super) fn order(
        &self,
        connection: &Connection,
        order: &OrderId,
    ) -> Result<Option<OrderState>, LedgerError> {
        let folded = self.load(connection, &Subject::Order(order.clone()))?;
        let StreamState::Order(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.order.is_empty()).then(|| state.clone()))
    }

    pub(super) fn deviation_state(
        &self,
        connection: &Connection,
        deviation: &DeviationId,
    ) -> Result<Option<DeviationState>, LedgerError> {
        let folded = self.load(connection, &Subject::Deviation(deviation.clone()))?;
        let StreamState::Deviation(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.order.is_empty()).then(|| state.clone()))
    }

    /// A traveler, where anything is known of it.
    fn traveler_state(
        &self,
        connection: &Connection,
        id: &TravelerId,
    ) -> Result<Option<TravelerState>, LedgerError> {
        let folded = self.load(connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.order.is_empty()).then(|| state.clone()))
    }

    /// The instructions pinned by a traveler, as far as their blobs are here.
    pub(super) fn pinned(
        &self,
        connection: &Connection,
        state: &TravelerState,
    ) -> Result<Instructions, LedgerError> {
        let mut known = Instructions::new();
        for operation in state.started.iter().flat_map(|started| &started.operations) {
            if let Some(instruction) = self.instruction(connection, &operation.hash)? {
                known.insert(operation.hash, instruction);
            }
        }
        Ok(known)
    }

    /// A compiled instruction. A blob never changes, so it is read once.
    pub(super) fn instruction(
        &self,
        connection: &Connection,
        hash: &Hash,
    ) -> Result<Option<Arc<Instruction>>, LedgerError> {
        if let Some(known) = self.instructions.borrow().get(hash) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(bytes) = super::blobs::read(connection, hash)? else { return Ok(None) };
        // A blob that is no instruction counts as missing: nothing can be worked by it.
        let Ok(instruction) = serde_json::from_slice::<Instruction>(&bytes) else {
            return Ok(None);
        };
        let instruction = Arc::new(instruction);
        self.instructions.borrow_mut().insert(*hash, Arc::clone(&instruction));
        Ok(Some(instruction))
    }

    /// The policy and the shifts of the site: of the enrollment, else of the place, else of the only
    /// one known.
    pub(super) fn surround_site(
        &self,
        connection: &Connection,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let here = context.acting.place.as_ref().and_then(|place| context.places.get(place));
        let of_place = here.map(|defined| defined.site.clone());
        if let Some(site) = self.site(connection, of_place)?
            && let StreamState::Site(state) = &site.stream.state
        {
            context.site_policy.clone_from(&state.policy);
            context.shifts = state.calendar();
        }
        Ok(())
    }

    pub(super) fn site_policy(
        &self,
        connection: &Connection,
        of_place: Option<SiteId>,
    ) -> Result<Option<Policy>, LedgerError> {
        let Some(site) = self.site(connection, of_place)? else { return Ok(None) };
        let StreamState::Site(state) = &site.stream.state else { return Ok(None) };
        Ok(state.policy.clone())
    }

    /// The site as folded.
    pub(super) fn site(
        &self,
        connection: &Connection,
        of_place: Option<SiteId>,
    ) -> Result<Option<Arc<Folded>>, LedgerError> {
        let site = match self.identity.site.clone().or(of_place) {
            Some(site) => Subject::Site(site),
            None => match first_of(connection, "site")? {
                Some(subject) => subject,
                None => return Ok(None),
            },
        };
        self.load(connection, &site).map(Some)
    }

    /// The traveler of a fact, or of the deviation that a fact belongs to.
    fn traveler_of(
        &self,
        connection: &Connection,
        fact: &Position,
    ) -> Result<Option<TravelerId>, LedgerError> {
        let sql = "SELECT subject FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let found: Option<String> = statement.query_row(key(fact), |row| row.get(0)).optional()?;
        match found.as_deref().and_then(Subject::parse) {
            Some(Subject::Traveler(id)) => Ok(Some(id)),
            Some(Subject::Deviation(id)) => {
                let state = self.deviation_state(connection, &id)?;
                Ok(state.and_then(|s| s.raised).map(|raised| raised.body.traveler))
            }
            Some(
                Subject::Order(_)
                | Subject::Instruction(_)
                | Subject::Specification(_)
                | Subject::Gauge(_)
                | Subject::Material(_)
                | Subject::Person(_)
                | Subject::Place(_)
                | Subject::Station(_)
                | Subject::Site(_)
                | Subject::Help(_)
                | Subject::Handover(_)
                | Subject::Redline(_)
                | Subject::Newer(_),
            )
            | None => Ok(None),
        }
    }
}

/// Whether any person is known.
pub(super) fn any_person(connection: &Connection) -> Result<bool, LedgerError> {
    Ok(first_of(connection, "person")?.is_some())
}

/// The first subject of a kind of stream.
fn first_of(connection: &Connection, stream: &str) -> Result<Option<Subject>, LedgerError> {
    // '0' is the character after '/'.
    let sql = "SELECT subject FROM fact WHERE subject >= ?1 || '/' AND subject < ?1 || '0'
               ORDER BY subject LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<String> = statement.query_row([stream], |row| row.get(0)).optional()?;
    Ok(found.as_deref().and_then(Subject::parse))
}

/// Adds the releases that are in effect here.
pub(super) fn note_effective(
    connection: &Connection,
    revisions: &Revisions,
    effective: &mut BTreeSet<Position>,
) -> Result<(), LedgerError> {
    note_each(connection, &revisions.list, effective)
}

fn note_each(
    connection: &Connection,
    revisions: &[RevisionState],
    effective: &mut BTreeSet<Position>,
) -> Result<(), LedgerError> {
    let sql = "SELECT 1 FROM effective WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    for revision in revisions {
        if let RevisionStanding::Released(at) = &revision.standing
            && statement.exists(key(at))?
        {
            effective.insert(at.clone());
        }
    }
    Ok(())
}

/// Adds the releases in effect that came after a pinned revision.
fn note_effective_after(
    connection: &Connection,
    (revisions, pinned): (&Revisions, Option<usize>),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let after = pinned.map_or(0, |rank| rank + 1);
    note_each(connection, revisions.list.get(after..).unwrap_or(&[]), &mut context.effective)
}

/// Adds the blobs that are not here.
pub(super) fn note_missing<'a>(
    connection: &Connection,
    hashes: impl IntoIterator<Item = &'a Hash>,
    missing: &mut BTreeSet<Hash>,
) -> Result<(), LedgerError> {
    for hash in hashes {
        if !super::blobs::is_here(connection, hash)? {
            missing.insert(*hash);
        }
    }
    Ok(())
}

/// Notes an instruction of which the compiled text is a standard step.
fn note_standard_step(
    connection: &Connection,
    (id, hash): (&InstructionId, &Hash),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let bytes = super::blobs::read(connection, hash)?;
    let standard = |bytes: Vec<u8>| serde_json::from_slice::<StandardStep>(&bytes).is_ok();
    if bytes.is_some_and(standard) {
        context.standard_steps.insert(id.clone());
    }
    Ok(())
}
