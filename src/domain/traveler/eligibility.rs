//! Who may work on what, where, when: checked at the start and at each record (R5, R11).

use crate::domain::context::Context;
use crate::domain::deviation_gate;
use crate::domain::fact::Position;
use crate::domain::gauge::failed;
use crate::domain::ids::{GaugeClassId, GaugeId, InstructionId, WorkCenterId};
use crate::domain::instruction::{Instruction, Step};
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::refusal::definition::DefinitionReason;
use crate::domain::refusal::equipment::EquipmentReason;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{Subject, TravelerId};

use super::closed::{closed, gone};
use super::command::StepAt;
use super::definitions::require_read;
use super::equipment::{require_performer_trained, require_setup, require_trained};
use super::fact::{GaugeUsed, HoldReason, PinnedOperation, TravelerFact};
use super::start;
use super::state::TravelerState;

/// Every reason why the person acting may not work on a unit here and now: begin it, or where it is
/// begun do any of the steps that are next at an operation. Where nobody acts, only what holds for
/// everybody counts.
pub fn why_not(
    (id, state): (&TravelerId, &TravelerState),
    operation: u32,
    context: &Context,
) -> Vec<Reason> {
    let nothing = closed(id, context).into_iter().chain(gone(state));
    nothing.chain(why_not_there((id, state), operation, context)).collect()
}

fn why_not_there(
    (id, state): (&TravelerId, &TravelerState),
    operation: u32,
    context: &Context,
) -> Vec<Reason> {
    if state.started.is_none() {
        return start::start(id, state, context).err().map_or_else(Vec::new, |no| no.reasons);
    }
    let Some(operation) = state.operation(operation) else {
        return vec![Reason::OperationUnknown { operation }];
    };
    let Some(instruction) = context.instructions.get(&operation.hash) else {
        return vec![Reason::BlobMissing { what: operation.instruction.to_string() }];
    };
    let steps = state.workable(operation.operation, instruction);
    let reasons =
        steps.map(|step| state.may_perform(id, Found { operation, instruction, step }, context));
    // Of steps that are free in their order, one that may be done is enough.
    reasons
        .min_by_key(|reasons| reasons.iter().filter(|reason| !is_done_first(reason)).count())
        .unwrap_or_default()
}

/// Whether whoever works on a unit clears a reason at once, on the unit's own screen: reads what
/// changed, sets the place up, types a value again, lets work go on.
pub fn is_done_first(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::RetypeFirst
            | Reason::Paused { .. }
            | Reason::Equipment(EquipmentReason::SetupMissing { .. })
            | Reason::Definition(DefinitionReason::Unread { .. })
    )
}

/// A step found in its pinned instruction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) operation: &'a PinnedOperation,
    pub(super) instruction: &'a Instruction,
    pub(super) step: &'a Step,
}

impl TravelerState {
    /// Finds the step that a command names in the revision pinned at the start (R1).
    pub(super) fn find<'a>(
        &'a self,
        at: &StepAt,
        context: &'a Context,
    ) -> Result<Found<'a>, Refusal> {
        if self.started.is_none() {
            return Err(Refusal::one(Reason::TravelerNotStarted));
        }
        let unknown = Reason::OperationUnknown { operation: at.operation };
        let operation = self.operation(at.operation).ok_or_else(|| Refusal::one(unknown))?;
        let missing = Reason::BlobMissing { what: operation.instruction.to_string() };
        let instruction = context.instructions.get(&operation.hash);
        let instruction = instruction.ok_or_else(|| Refusal::one(missing))?;
        let unknown = Reason::StepUnknown { step: at.step.clone() };
        let step = instruction.step(&at.step).ok_or_else(|| Refusal::one(unknown))?;
        Ok(Found { operation, instruction, step })
    }

    /// Every reason why the actor may not perform at a step now.
    pub(super) fn may_perform(
        &self,
        id: &TravelerId,
        found: Found<'_>,
        context: &Context,
    ) -> Vec<Reason> {
        let mut reasons = may_work_here(found, context);
        self.require_open(id, context, &mut reasons);
        self.require_definitions(id, found, context, &mut reasons);
        require_read(found.operation, context, &mut reasons);
        self.require_order_of_steps(found, context, &mut reasons);
        self.require_contact(found, context, &mut reasons);
        let at = StepAt { operation: found.operation.operation, step: found.step.id.clone() };
        if self.standing_attempt(at.operation, &at.step).is_none() {
            let stop = (context, &mut reasons);
            deviation_gate::require_closed((&at, Some(found.instruction)), stop);
        }
        // What is in work is finished.
        if self.attempts.iter().all(|attempt| attempt.operation != found.operation.operation) {
            require_not_held_here(&found.operation.instruction, context, &mut reasons);
        }
        reasons
    }

    /// Every reason why the actor may not put a value right in a step that is not completed; that
    /// the unit is held for that value is none.
    pub(super) fn may_put_right(
        &self,
        id: &TravelerId,
        found: Found<'_>,
        context: &Context,
    ) -> Vec<Reason> {
        let mut reasons = may_work_here(found, context);
        self.require_definitions(id, found, context, &mut reasons);
        reasons
    }

    /// Adds a reason when a new attempt would rest on knowledge that is too old; one under way may
    /// be finished, so that no value in hand is lost.
    pub(super) fn require_contact(
        &self,
        found: Found<'_>,
        context: &Context,
        reasons: &mut Vec<Reason>,
    ) {
        if self.standing_attempt(found.operation.operation, &found.step.id).is_none() {
            require_contact(found.instruction, context, reasons);
        }
    }

    /// Adds the reasons that stop all work on the unit: order not known, ended, paused, held.
    pub(super) fn require_open(
        &self,
        id: &TravelerId,
        context: &Context,
        reasons: &mut Vec<Reason>,
    ) {
        if context.order.is_none() {
            reasons.push(Reason::OrderUnknown { order: id.order.clone() });
        }
        self.require_at_work(reasons);
    }

    /// Adds the reasons of the unit itself that stop all work on it: ended, paused, held.
    pub(super) fn require_at_work(&self, reasons: &mut Vec<Reason>) {
        if let Some(how) = &self.ended {
            reasons.push(Reason::TravelerEnded { how: how.clone() });
        }
        if let Some(pause) = self.paused() {
            reasons.push(Reason::Paused { reason: pause.reason.clone() });
        }
        self.require_no_hold(reasons);
    }

    pub(super) fn require_no_hold(&self, reasons: &mut Vec<Reason>) {
        self.require_no_hold_but(|_| false, reasons);
    }

    /// As above, but for holds of which the act is the way out.
    pub(super) fn require_no_hold_but(
        &self,
        way_out: impl Fn(&HoldReason) -> bool,
        reasons: &mut Vec<Reason>,
    ) {
        if self.to_retype().is_some() {
            reasons.push(Reason::RetypeFirst);
            return;
        }
        for (_, hold) in self.open_holds().filter(|(_, hold)| !way_out(&hold.placed.reason)) {
            reasons.push(hold.stops());
        }
    }

    /// Adds the reasons why a reading may not be corrected while the unit is held: what a hold is
    /// about waits for its decision, everything else is put right when it is found wrong.
    pub(super) fn require_not_held_for(&self, reading: &Position, reasons: &mut Vec<Reason>) {
        if self.to_retype().is_some() {
            reasons.push(Reason::RetypeFirst);
            return;
        }
        for (_, hold) in self.open_holds().filter(|(_, h)| h.placed.readings.contains(reading)) {
            reasons.push(hold.stops());
        }
    }

    pub(super) fn require_order_of_steps(
        &self,
        found: Found<'_>,
        context: &Context,
        reasons: &mut Vec<Reason>,
    ) {
        let number = found.operation.operation;
        let upstream = self.started.iter().flat_map(|s| &s.operations);
        for before in upstream.filter(|op| op.operation < number) {
            if !self.operation_passed(before, &context.instructions) {
                reasons.push(Reason::UpstreamOpen {
                    operation: before.operation,
                    name: before.name.clone(),
                    at: self.worked_at(before),
                });
            }
        }
        if !self.require_step_open(found, reasons) {
            return;
        }
        let step = found.step.id.clone();
        let mut workable = self.workable(number, found.instruction);
        if let Some(next) = workable.next()
            && next.id != step
            && workable.all(|other| other.id != step)
        {
            reasons.push(Reason::StepOutOfOrder { step, current: next.id.clone() });
        }
        self.require_attempts_left(found, reasons);
    }
}

/// Every reason why the actor may not work by an instruction at this place.
fn may_work_here(found: Found<'_>, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    context.require_role(Action::Perform, &mut reasons);
    require_performer_trained(found, context, &mut reasons);
    require_setup(found, context, &mut reasons);
    require_place(&found.operation.work_center, context, &mut reasons);
    reasons
}

pub(in crate::domain) fn require_qualification(
    instruction: &Instruction,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    require_trained(instruction.qualification.as_ref(), context, reasons);
}

/// Adds a reason when the server was not reached for longer than the instruction allows.
pub(super) fn require_contact(
    instruction: &Instruction,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let Some(most_s) = instruction.rules.offline_seconds_max else { return };
    let age_s = context.contact_age_s;
    if age_s.is_none_or(|age_s| age_s > i64::from(most_s)) {
        let instruction = instruction.id.clone();
        reasons.push(SigningReason::KnownTooLongAgo { instruction, age_s, most_s }.into());
    }
}

pub(super) fn require_place(
    work_center: &WorkCenterId,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let Some(place) = &context.acting.place else {
        reasons.push(Reason::PlaceUnbound);
        return;
    };
    match context.places.get(place) {
        None => reasons.push(Reason::PlaceUnknown { place: place.clone() }),
        Some(defined) if defined.work_center != *work_center => reasons
            .push(Reason::WrongPlace { place: place.clone(), work_center: work_center.clone() }),
        Some(_) => {}
    }
}

/// Adds a reason for each characteristic for which an operation is held at this place.
pub(super) fn require_not_held_here(
    instruction: &InstructionId,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let (Some(place), Some(here)) = (&context.acting.place, &context.here) else { return };
    let holds = here.open_operation_holds();
    for hold in holds.filter(|hold| hold.held.measured.instruction == *instruction) {
        let (place, instruction) = (place.clone(), instruction.clone());
        let why = hold.held.words().to_string();
        reasons.push(EquipmentReason::OperationHeld { place, instruction, why }.into());
    }
}

/// The gauge as used, or every reason why it may not be (R2, R5).
pub(in crate::domain) fn gauge_used(
    gauge: Option<&GaugeId>,
    class: Option<&GaugeClassId>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<GaugeUsed> {
    let Some(gauge) = gauge else {
        if let Some(class) = class {
            reasons.push(Reason::Equipment(EquipmentReason::GaugeMissing { class: class.clone() }));
        }
        return None;
    };
    let known = context.gauges.get(gauge).and_then(|g| Some((g, g.described.as_ref()?)));
    let Some((state, described)) = known else {
        reasons.push(Reason::Equipment(EquipmentReason::GaugeUnknown { gauge: gauge.clone() }));
        return None;
    };
    if let Some(class) = class
        && described.class != *class
    {
        reasons.push(Reason::Equipment(EquipmentReason::GaugeWrongClass {
            gauge: gauge.clone(),
            class: class.clone(),
        }));
    }
    match state.due {
        None => {
            reasons.push(Reason::Equipment(EquipmentReason::GaugeNeverCalibrated {
                gauge: gauge.clone(),
            }));
            None
        }
        Some(due) => {
            if let Some(failure) = state.failed() {
                reasons.push(failed(gauge, failure));
            }
            if due < context.today() {
                reasons.push(Reason::Equipment(EquipmentReason::GaugeOverdue {
                    gauge: gauge.clone(),
                    due,
                }));
            }
            Some(GaugeUsed::of(gauge, described, due))
        }
    }
}

/// Facts on their way, each knowing the position that it will get.
#[derive(Debug)]
pub(super) struct Draft {
    next: Position,
    pub(super) facts: Vec<(Subject, FactBody)>,
}

impl Draft {
    pub(super) fn new(context: &Context) -> Self {
        Self { next: context.next.clone(), facts: Vec::new() }
    }

    /// What comes after one fact.
    pub(super) fn after_first(context: &Context) -> Self {
        Self { next: context.next.plus(1), facts: Vec::new() }
    }

    /// The position that the next fact will get.
    pub(super) fn upcoming(&self) -> Position {
        self.next.plus(self.facts.len() as u64)
    }

    /// Appends a fact and tells its position, so that later ones can cite it.
    pub(super) fn push(&mut self, subject: Subject, body: FactBody) -> Position {
        let at = self.next.plus(self.facts.len() as u64);
        self.facts.push((subject, body));
        at
    }

    /// Appends a fact of the traveler.
    pub(super) fn note(&mut self, id: &TravelerId, fact: TravelerFact) -> Position {
        self.push(Subject::Traveler(id.clone()), FactBody::Traveler(fact))
    }
}
