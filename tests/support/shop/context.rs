//! What a decision may look at in the shop, by what the command needs, as the ledger loads it.

use std::collections::{BTreeMap, BTreeSet};

use gemba::domain::context::Context;
use gemba::domain::decide::{Around, Command, Needs, Pinned};
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::fact::{Acting, Position};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{DeviationId, GaugeId, OrderId, PersonId, StepId, UnitId};
use gemba::domain::instruction::InstallBy;
use gemba::domain::label::Label;
use gemba::domain::news::{news, shown};
use gemba::domain::order::{OrderOpened, Unfinished};
use gemba::domain::revision::{RevisionStanding, Revisions};
use gemba::domain::sampling::{Counted, Counter, Owed, SampleDecided};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::component::{Becomes, ComponentKnown, Made, SerialUse};
use gemba::domain::traveler::kin::{self, KinWanted};
use gemba::domain::traveler::sample::Check;
use gemba::domain::traveler::shipped::Shipping;
use gemba::domain::traveler::state::TravelerState;

use super::{SITE, Shop};
use crate::support::shop_plan::id;

impl Shop {
    /// The newer revisions for the unit at hand, as somebody who chooses is shown them.
    pub(crate) fn newer(&self) -> BTreeSet<Hash> {
        let command = TravelerCommand::HoldForDefinition { reason: String::new() };
        let context = self.context("", &Command::Traveler(self.traveler.clone(), command));
        shown(&news(&self.traveler, &self.state(), &context))
    }

    /// What a decision may look at, by what the command needs.
    pub(crate) fn context(&self, who: &str, command: &Command) -> Context {
        let station = &self.stations[self.here];
        let actor = PersonId::parse(who).ok();
        let acting = Acting {
            place: station.place.clone(),
            terminal: self.terminal.clone(),
            session: self.session.clone(),
            actor: actor.clone(),
        };
        let mut context = Context::new(station.moment(self.now_s), acting, station.next());
        context.founding = self.founding;
        context.set.clone_from(&self.set);
        self.load_around(&mut context, actor);
        self.load_signing(&mut context, command);
        let needs = command.needs(&station.stream(&command.subject()));
        let number = format!("NCR-{}-{:04}", station.name, station.deviations + 1);
        context.next_deviation =
            (needs.deviation_number && self.enrolled).then(|| DeviationId::parse(&number).unwrap());
        if let Some(compiled) = needs.compiled {
            self.load_included(&mut context, compiled);
        }
        self.load_floor(&mut context, &needs);
        self.load_inspection(&mut context, &needs);
        if let Some(material) = &needs.received {
            context.suppliers = self.suppliers();
            context.lot_alike = self.lot_alike(material);
        }
        self.load_permits(&mut context, (command, &needs));
        if let Some(read) = &needs.reads
            && let StreamState::Instruction(known) =
                self.stream(&Subject::Instruction(read.instruction.clone())).state
        {
            self.judge(&mut context, &known.revisions);
            context.instruction_states.insert(read.instruction.clone(), known);
        }
        if let Some(opened) = &needs.opens {
            self.load_opened(&mut context, opened);
        }
        if let Some(order) = &needs.closes {
            context.unfinished = self.unfinished(order);
        }
        self.load_named(&mut context, &needs);
        let units = needs.clone();
        context.station = self.enrolled.then(|| id(station.name));
        if let Some(lot) = needs.lot {
            context.lot_taken = station.streams.contains_key(&Subject::Traveler(lot));
        }
        for gauge in needs.gauges {
            self.load_gauge(&mut context, gauge);
        }
        if needs.around == Around::Shipping {
            self.load_shipping(&mut context, needs.traveler.as_ref());
        }
        if let Some(id) = needs.traveler {
            let state = self.load_kin(&mut context, &id, needs.kin);
            let shipping = needs.around == Around::Shipping;
            for gauge in state.gauges_used(&context.kin).into_iter().filter(|_| shipping) {
                self.load_gauge(&mut context, gauge);
            }
            context.gates = self.gates_of(&id);
            self.load_traveler(&mut context, id, (needs.definitions, needs.pinned));
        }
        context.drawn_by = units.ticket.as_ref().map(|ticket| self.whose(ticket));
        self.load_units(&mut context, &units);
        context.label = needs.label.and_then(|text| self.label(&text));
        context.component = needs.component.as_ref().map(|identity| self.component(identity));
        if needs.samples.is_some() {
            context.counters = self.counters();
        }
        context
    }

    /// The people and the place that a command names.
    fn load_named(&self, context: &mut Context, needs: &Needs) {
        if let Some(place) = &needs.place
            && let StreamState::Place(state) = self.stream(&Subject::Place(place.clone())).state
            && let Some(defined) = state.defined
        {
            context.places.insert(place.clone(), defined);
        }
        for person in &needs.people {
            let stream = self.stream(&Subject::Person(person.clone()));
            if let (StreamState::Person(state), false) = (stream.state, stream.heads.is_empty()) {
                context.people.insert(person.clone(), state);
            }
        }
    }

    /// The deviations of the unit that is to be shipped; all of it is at the server and accepted.
    fn load_shipping(&self, context: &mut Context, traveler: Option<&TravelerId>) {
        context.shipping = Some(traveler.map(|unit| self.shipping(unit)).unwrap_or_default());
        let known = self.here().streams.iter().filter_map(|(subject, stream)| {
            let (Subject::Deviation(id), StreamState::Deviation(state)) = (subject, &stream.state)
            else {
                return None;
            };
            Some((id.clone(), state.clone()))
        });
        let of =
            |state: &DeviationState| traveler.is_some_and(|unit| state.travelers().contains(&unit));
        context.deviations = known.filter(|(_, state)| of(state)).collect();
    }

    /// What is built into a unit, and what it is built into.
    fn shipping(&self, unit: &TravelerId) -> Shipping {
        let travelers = || {
            self.here().streams.iter().filter_map(|(subject, stream)| {
                let (Subject::Traveler(id), StreamState::Traveler(state)) =
                    (subject, &stream.state)
                else {
                    return None;
                };
                Some((id, state))
            })
        };
        let mut known = Shipping::default();
        let state = self.unit_state(unit);
        for inside in state.units_inside() {
            let state = self.unit_state(&inside);
            let closed = state.finished(&self.instructions);
            known.doubtful.extend(state.in_doubt(&inside, closed, &[]));
        }
        let mut carriers = travelers().filter(|(_, state)| state.units_inside().contains(unit));
        known.built_into = carriers.next().map(|(id, _)| id.clone());
        known
    }

    fn unit_state(&self, unit: &TravelerId) -> TravelerState {
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(unit.clone())).state
        else {
            panic!("a traveler's stream holds a traveler");
        };
        state
    }

    fn load_around(&self, context: &mut Context, actor: Option<PersonId>) {
        let station = &self.stations[self.here];
        if let StreamState::Site(site) = station.stream(&Subject::Site(id(SITE))).state {
            context.shifts = site.calendar();
            context.site_policy = site.policy;
        }
        if let Some(actor) = actor
            && let Some(stream) = station.streams.get(&Subject::Person(actor.clone()))
            && let StreamState::Person(person) = &stream.state
        {
            context.people.insert(actor, person.clone());
        }
        if let Some(place) = &station.place
            && let StreamState::Place(state) = station.stream(&Subject::Place(place.clone())).state
            && let Some(defined) = &state.defined
        {
            context.places.insert(place.clone(), defined.clone());
            context.here = Some(state);
        }
        context.blobs_missing.clone_from(&self.blobs_missing);
    }

    fn load_included(&self, context: &mut Context, compiled: Hash) {
        let Some(instruction) = self.instructions.get(&compiled) else { return };
        for included in instruction.included() {
            let subject = Subject::Instruction(included.id.clone());
            if let StreamState::Instruction(known) = self.stream(&subject).state {
                self.judge(context, &known.revisions);
                context.instruction_states.insert(included.id.clone(), known);
            }
        }
        context.instructions.insert(compiled, instruction.clone());
    }

    fn load_opened(&self, context: &mut Context, opened: &OrderOpened) {
        let streams = self.stations[self.here].streams.values();
        let places = streams.filter_map(|stream| {
            let StreamState::Place(state) = &stream.state else { return None };
            state.defined.as_ref()
        });
        context.work_centers = places.map(|place| place.work_center.clone()).collect();
        let subject = Subject::Specification(opened.part.clone());
        if let StreamState::Specification(known) = self.stream(&subject).state {
            self.judge(context, &known.revisions);
            context.specification = Some(known);
        }
        for route in &opened.route {
            let subject = Subject::Instruction(route.instruction.clone());
            let StreamState::Instruction(known) = self.stream(&subject).state else { continue };
            self.judge(context, &known.revisions);
            for hash in known.revisions.list.iter().map(|r| r.submitted.hash) {
                let here = !self.blobs_missing.contains(&hash);
                if let Some(compiled) = self.instructions.get(&hash).filter(|_| here) {
                    context.instructions.insert(hash, compiled.clone());
                }
            }
            context.instruction_states.insert(route.instruction.clone(), known);
        }
    }

    /// What a text is the label of at the station at hand; badges are known to ledgers only.
    fn label(&self, text: &str) -> Option<Label> {
        let known = |subject: Option<Subject>| {
            subject.is_some_and(|subject| !self.stream(&subject).heads.is_empty())
        };
        let of = |kind: &str| Subject::parse(&format!("{kind}/{text}"));
        if known(of("place")) {
            return Some(Label::Place(id(text)));
        }
        if known(of("order")) {
            return Some(Label::Order(id(text)));
        }
        known(of("gauge")).then(|| Label::Gauge(id(text)))
    }

    fn unfinished(&self, order: &OrderId) -> Unfinished {
        let mut left = Unfinished::default();
        let StreamState::Order(state) = self.stream(&Subject::Order(order.clone())).state else {
            panic!("an order's stream holds an order");
        };
        let named = state.opened.iter().flat_map(|opened| opened.units.ids());
        let mut units: BTreeSet<UnitId> = named.cloned().collect();
        units.extend(self.stations[self.here].streams.keys().filter_map(|subject| {
            let Subject::Traveler(id) = subject else { return None };
            (id.order == *order).then(|| id.unit.clone())
        }));
        for unit in units {
            let id = TravelerId { order: order.clone(), unit: unit.clone() };
            let StreamState::Traveler(state) = self.stream(&Subject::Traveler(id)).state else {
                panic!("a traveler's stream holds a traveler");
            };
            if state.ended.is_some() || state.finished(&self.instructions) {
                continue;
            }
            if state.open_holds().next().is_some() {
                left.held.push(unit);
            } else if state.last.is_some() {
                left.begun.push(unit);
            } else {
                left.not_begun += 1;
            }
        }
        left
    }

    fn load_gauge(&self, context: &mut Context, gauge: GaugeId) {
        let stream = self.stream(&Subject::Gauge(gauge.clone()));
        if let StreamState::Gauge(state) = stream.state
            && !stream.heads.is_empty()
        {
            context.gauges.insert(gauge, state);
        }
    }

    /// What the station at hand knows of a serial or lot.
    pub(crate) fn component(&self, identity: &str) -> ComponentKnown {
        let mut known =
            ComponentKnown { identity: identity.to_owned(), ..ComponentKnown::default() };
        for (subject, stream) in &self.here().streams {
            match (subject, &stream.state) {
                (Subject::Material(id), StreamState::Material(state))
                    if id.lot.as_str() == identity =>
                {
                    known.materials.push((id.clone(), state.clone()));
                }
                (Subject::Deviation(id), StreamState::Deviation(state)) if state.is_closed() => {
                    known.closed.insert(id.clone());
                }
                (Subject::Traveler(id), StreamState::Traveler(state)) => {
                    if id.unit.as_str() == identity || id.to_string() == identity {
                        known.made.extend(Made::of(id, state, &self.instructions));
                    }
                    note_uses(&mut known, (id, state), identity);
                }
                _ => {}
            }
        }
        let inspects = self.instructions.values().filter(|text| text.rules.inspect.is_some());
        known.inspected = inspects.map(|text| text.part.clone()).collect();
        known
    }

    fn load_kin(&self, context: &mut Context, id: &TravelerId, wanted: KinWanted) -> TravelerState {
        let traveler = |id: &TravelerId| {
            let StreamState::Traveler(state) = self.stream(&Subject::Traveler(id.clone())).state
            else {
                panic!("a traveler's stream holds a traveler");
            };
            state
        };
        let state = traveler(id);
        let load = |lot: &TravelerId| Ok::<_, ()>(Some(traveler(lot)));
        context.kin = kin::gather((id, &state), wanted, load).unwrap();
        state
    }

    fn load_traveler(
        &self,
        context: &mut Context,
        id: TravelerId,
        (definitions, pinned_of): (bool, Pinned),
    ) {
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(id.clone())).state else {
            panic!("a traveler's stream holds a traveler");
        };
        if let StreamState::Order(order) = self.stream(&Subject::Order(id.order.clone())).state
            && order.opened.is_some()
        {
            context.order = Some(order);
        }
        let pinned = state.started.iter().flat_map(|s| s.operations.iter().map(|op| op.hash));
        let mut hashes: BTreeSet<Hash> = pinned.collect();
        let opened = context.order.as_ref().and_then(|order| order.opened.clone());
        if let (true, Some(opened)) = (definitions, opened) {
            for route in opened.route {
                let subject = Subject::Instruction(route.instruction.clone());
                if let StreamState::Instruction(known) = self.stream(&subject).state {
                    self.judge(context, &known.revisions);
                    hashes.extend(known.revisions.list.iter().map(|r| r.submitted.hash));
                    context.instruction_states.insert(route.instruction, known);
                }
            }
            if let StreamState::Specification(known) =
                self.stream(&Subject::Specification(opened.part)).state
            {
                self.judge(context, &known.revisions);
                context.specification = Some(known);
            }
        }
        for operation in state.started.iter().flat_map(|s| &s.operations) {
            let wanted =
                pinned_of == Pinned::All || pinned_of == Pinned::Operation(operation.operation);
            let subject = Subject::Instruction(operation.instruction.clone());
            if let (true, StreamState::Instruction(known)) = (wanted, self.stream(&subject).state) {
                self.judge(context, &known.revisions);
                hashes.extend(known.revisions.list.iter().map(|r| r.submitted.hash));
                context.instruction_states.insert(operation.instruction.clone(), known);
            }
            let compiled = self.instructions.get(&operation.hash).filter(|_| wanted);
            for included in compiled.iter().flat_map(|instruction| instruction.included()) {
                let subject = Subject::Instruction(included.id.clone());
                if let StreamState::Instruction(known) = self.stream(&subject).state {
                    context.instruction_states.insert(included.id.clone(), known);
                }
            }
        }
        if let (true, Some(started)) = (pinned_of != Pinned::None, &state.started)
            && let StreamState::Specification(known) =
                self.stream(&Subject::Specification(started.part.clone())).state
        {
            self.judge(context, &known.revisions);
            context.specification = Some(known);
        }
        let compiled = hashes.into_iter().filter(|hash| !self.blobs_missing.contains(hash));
        for hash in compiled {
            if let Some(instruction) = self.instructions.get(&hash) {
                context.instructions.insert(hash, instruction.clone());
            }
        }
    }

    pub(crate) fn judge(&self, context: &mut Context, revisions: &Revisions) {
        for revision in revisions.list.iter().filter(|_| self.judged) {
            if let RevisionStanding::Released(at) = &revision.standing {
                context.effective.insert(at.clone());
            }
        }
    }

    /// Every sample counter of the station at hand at its place, from all that it wrote there.
    pub(crate) fn counters(&self) -> BTreeMap<String, Counter> {
        let station = self.here();
        let ledger = station.next().ledger;
        let mut counted: Vec<(Position, Counted, Check, TravelerId)> = Vec::new();
        for (subject, stream) in &station.streams {
            let (Subject::Traveler(id), StreamState::Traveler(state)) = (subject, &stream.state)
            else {
                continue;
            };
            let units = state.counted_units().into_iter();
            let here = units.filter(|unit| {
                unit.at.ledger == ledger && Some(unit.place) == station.place.as_ref()
            });
            counted
                .extend(here.map(|unit| (unit.at.clone(), unit.counted, unit.check, id.clone())));
        }
        counted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut counters: BTreeMap<String, Counter> = BTreeMap::new();
        for (_, last, check, unit) in counted {
            let name = last.decided.counter.clone();
            let before = counters.remove(&name);
            let missed = before.as_ref().is_some_and(|counter| counter.missed);
            let missed = if last.decided.sampled { check == Check::Missed } else { missed };
            let mut owed = before.map_or_else(Vec::new, |counter| counter.owed);
            if check == Check::Owed {
                owed.push(Owed { unit, since: last.decided.since.clone() });
            }
            counters.insert(name, Counter { last, missed, failed: false, owed });
        }
        for (name, counter) in &mut counters {
            counter.failed = self.last_failed(name);
        }
        counters
    }

    /// What would be decided about the sampled asks of the steps of a unit that are not begun.
    pub(crate) fn samples(
        &self,
        wanted: &TravelerId,
    ) -> BTreeMap<(u32, StepId), Vec<SampleDecided>> {
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(wanted.clone())).state
        else {
            panic!("a traveler's stream holds a traveler");
        };
        let command = Command::Traveler(wanted.clone(), TravelerCommand::Start);
        let mut context = self.context("", &command);
        context.counters = self.counters();
        let mut samples = BTreeMap::new();
        for current in state.at_hand(&self.instructions) {
            let (operation, step) = (current.operation.operation, current.step);
            if state.standing_attempt(operation, &step.id).is_none() {
                let at = (operation, current.instruction, step);
                samples
                    .insert((operation, step.id.clone()), state.samples_at(wanted, at, &context));
            }
        }
        samples
    }
}

/// Where a number is or was built in.
fn note_uses(
    known: &mut ComponentKnown,
    (id, state): (&TravelerId, &TravelerState),
    identity: &str,
) {
    for built in state.components().iter().filter(|built| built.identity == identity) {
        let removed = built.entry.removed.as_ref();
        let (unit, part) = (id.clone(), built.part.clone());
        if built.by == InstallBy::Lot {
            let kept = removed.is_some_and(|removed| removed.becomes == Becomes::Reusable);
            let pieces = if kept { 0 } else { built.pieces() };
            *known.lots.entry(part).or_default() += pieces;
        } else {
            let removed = removed.map(|r| (r.becomes.clone(), r.moment.effective()));
            known.serials.push(SerialUse { unit, part, removed });
        }
    }
}
