//! Loading what a decision may look at, inside the write transaction.

use std::collections::BTreeSet;

use super::error::LedgerError;
use super::inspection::{lots_alike, suppliers};
use super::labels::label;
use super::orders::unfinished;
use super::samples::surround_samples;
use super::signed::signed_before;
use super::snapshot;
use crate::domain::context::Context;
use crate::domain::decide::{Around, Command, Needs, OpeningsOf};
use crate::domain::fold::Folded;
use crate::domain::ids::GaugeId;
use crate::domain::place::PlaceState;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::component::installed_parts;
use crate::domain::traveler::kin;
use rusqlite::Connection;

use super::effective::note_standard_step;
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
        self.surround_people(transaction, needs, context)?;
        if let Some(place) = context.acting.place.clone() {
            let folded = self.load(transaction, &Subject::Place(place.clone()))?;
            if let StreamState::Place(state) = &folded.stream.state
                && let Some(defined) = &state.defined
            {
                context.places.insert(place, defined.clone());
                context.here = Some(state.clone());
            }
        }
        if let Some(place) = &needs.place {
            let folded = self.load(transaction, &Subject::Place(place.clone()))?;
            if let StreamState::Place(PlaceState { defined: Some(defined), .. }) =
                &folded.stream.state
            {
                context.places.insert(place.clone(), defined.clone());
            }
        }
        self.surround_site(transaction, context)?;
        self.surround_gauges(transaction, &needs.gauges, context)?;
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
        context.station = Some(self.identity.station.clone());
        if let Some(lot) = &needs.lot {
            let known = self.load(transaction, &Subject::Traveler(lot.clone()))?;
            context.lot_taken = !known.is_empty();
        }
        if let Some(text) = &needs.label {
            context.label = label(transaction, text)?;
        }
        if needs.deviation_number {
            context.next_deviation = self.next_deviation(transaction)?;
        }
        self.surround_floor(transaction, needs, context)?;
        self.surround_inspection(transaction, needs, context)?;
        if let Some(material) = &needs.received {
            context.suppliers = suppliers(transaction)?;
            context.lot_alike = lots_alike(transaction, material)?.into_iter().next();
        }
        self.surround_permits(transaction, (stream, &needs.permits), context)?;
        self.surround_units(transaction, needs, context)?;
        self.surround_traveler(transaction, (stream, needs), context)?;
        if let Some(identity) = &needs.component {
            let parts = installed_parts(&context.instructions);
            let mut known = self.component_known(transaction, identity, &parts)?;
            snapshot::require_unit_here(transaction, (&known.identity, known.made.is_empty()))?;
            if known.waits() {
                known.inspected = self.inspected(transaction, context.today())?;
            }
            context.component = Some(known);
        }
        Ok(())
    }

    /// The actor, and whom the command names.
    fn surround_people(
        &self,
        transaction: &Connection,
        needs: &Needs,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let actor = context.acting.actor.clone();
        for person in actor.iter().chain(&needs.people) {
            let folded = self.load(transaction, &Subject::Person(person.clone()))?;
            if let StreamState::Person(state) = &folded.stream.state
                && !folded.is_empty()
            {
                context.people.insert(person.clone(), state.clone());
            }
        }
        Ok(())
    }

    fn surround_gauges(
        &self,
        transaction: &Connection,
        gauges: &BTreeSet<GaugeId>,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        for gauge in gauges {
            let folded = self.load(transaction, &Subject::Gauge(gauge.clone()))?;
            if let StreamState::Gauge(state) = &folded.stream.state
                && state.described.is_some()
            {
                context.gauges.insert(gauge.clone(), state.clone());
            }
        }
        Ok(())
    }

    fn surround_traveler(
        &self,
        transaction: &Connection,
        (stream, needs): (&Folded, &Needs),
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let Some(id) = needs.traveler.clone() else { return Ok(()) };
        context.order = self.order(transaction, &id.order)?;
        let StreamState::Traveler(state) = &stream.stream.state else { return Ok(()) };
        let unit = id;
        context.instructions.extend(self.pinned(transaction, state)?);
        context.kin =
            kin::gather((&unit, state), needs.kin, |lot| self.traveler_state(transaction, lot))?;
        if let Some(started) = &state.started
            && needs.openings == OpeningsOf::Traveler
        {
            let units: Vec<TravelerId> = context.kin.keys().chain([&unit]).cloned().collect();
            context.inspected = self.made_inspected(transaction, (&started.part, &units))?;
        }
        for deviation in state.deviations() {
            if let Some(state) = self.deviation_state(transaction, deviation)? {
                context.deviations.insert(deviation.clone(), state);
            }
        }
        context.gates = self.gates_in(transaction, &unit)?;
        if let Some(at) = &needs.samples {
            surround_samples(transaction, (&unit, state, at), context)?;
        }
        if needs.around == Around::Shipping {
            context.deviations.extend(self.deviations_of(transaction, &unit)?);
            let gauges = state.gauges_used(&context.kin);
            self.surround_gauges(transaction, &gauges, context)?;
            let shipping = self.shipping(transaction, (&unit, state), &context.kin)?;
            context.shipping = Some(shipping);
        }
        if needs.definitions {
            self.surround_definitions(transaction, &unit, context)?;
        }
        if let Some(ticket) = &needs.ticket {
            self.surround_ticket(transaction, ticket, context)?;
        }
        self.surround_pinned(transaction, (&unit, state), needs.pinned, context)
    }
}
