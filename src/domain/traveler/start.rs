//! Beginning work on a unit: the definitions in effect are pinned by hash (R1).

use crate::domain::context::Context;
use crate::domain::effectivity::Use;
use crate::domain::instruction::Instruction;
use crate::domain::order::OrderOpened;
use crate::domain::people::Action;
use crate::domain::refusal::definition::DefinitionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

use super::eligibility::{
    Draft, require_contact, require_not_held_here, require_place, require_qualification,
};
use super::fact::{PinnedOperation, PinnedSpecification, TravelerFact, TravelerStarted};
use super::state::TravelerState;

pub(super) fn start(
    id: &TravelerId,
    state: &TravelerState,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    if state.started.is_some() {
        reasons.push(Reason::TravelerStartedAlready);
    }
    let opened = require_order((id, false), context, &mut reasons)?;
    state.require_no_hold(&mut reasons);
    context.require_role(Action::Perform, &mut reasons);
    if let Some(first) = opened.route.first() {
        require_place(&first.work_center, context, &mut reasons);
        require_not_held_here(&first.instruction, context, &mut reasons);
    }
    let wanted = context.wanted_for(id);
    let started = pin(opened, &wanted, context, &mut reasons);
    for compiled in started.operations.iter().filter_map(|op| context.instructions.get(&op.hash)) {
        require_contact(compiled, context, &mut reasons);
    }
    let first = started.operations.first().and_then(|op| context.instructions.get(&op.hash));
    if let Some(first) = first {
        require_qualification(first, context, &mut reasons);
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::TravelerStarted(started));
    Ok(draft)
}

/// The order, which must be known and have the unit; one that was begun may have been split off.
pub(super) fn require_order<'a>(
    (id, begun): (&TravelerId, bool),
    context: &'a Context,
    reasons: &mut Vec<Reason>,
) -> Result<&'a OrderOpened, Refusal> {
    let unknown = || Refusal::one(Reason::OrderUnknown { order: id.order.clone() });
    let order = context.order.as_ref().ok_or_else(unknown)?;
    let opened = order.opened.as_ref().ok_or_else(unknown)?;
    if !begun && !opened.units.ids().contains(&id.unit) {
        let (order, unit) = (id.order.clone(), id.unit.clone());
        reasons.push(Reason::UnitNotOnOrder { order, unit });
    }
    Ok(opened)
}

/// The definitions in effect for an order, or every reason why they cannot be pinned (R1).
pub(super) fn pin(
    opened: &OrderOpened,
    wanted: &Use,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> TravelerStarted {
    let specification = context
        .specification
        .as_ref()
        .and_then(|s| s.revisions.in_effect(wanted, &context.effective))
        .map(|r| PinnedSpecification {
            revision: r.submitted.revision.clone(),
            hash: r.submitted.hash,
        });
    if let Some(pinned) = &specification
        && context.blobs_missing.contains(&pinned.hash)
    {
        reasons.push(Reason::BlobMissing { what: format!("specification {}", opened.part) });
    }
    let mut operations = Vec::new();
    for route in &opened.route {
        let id = &route.instruction;
        let revisions = context.instruction_states.get(id).map(|state| &state.revisions);
        let judged = &context.effective;
        let Some(revision) = revisions.and_then(|r| r.in_effect(wanted, judged)) else {
            let why = revisions.and_then(|r| r.why_none(id.as_str(), wanted, judged));
            let unknown = || Reason::InstructionNotReleased { instruction: id.clone() };
            reasons.push(why.map_or_else(unknown, Into::into));
            continue;
        };
        if context.standard_steps.contains(id) {
            reasons.push(DefinitionReason::StandardStep { id: id.clone() }.into());
            continue;
        }
        let hash = revision.submitted.hash;
        let missing = |blob| context.blobs_missing.contains(blob);
        let compiled = context.instructions.get(&hash);
        let Some(compiled) = compiled.filter(|_| !revision.submitted.blobs.iter().any(missing))
        else {
            reasons.push(Reason::BlobMissing { what: id.to_string() });
            continue;
        };
        if compiled.part != opened.part {
            let (instruction, part) = (id.clone(), opened.part.clone());
            reasons.push(Reason::InstructionForOtherPart { instruction, part });
        }
        require_specification(compiled, specification.as_ref(), opened, (wanted, context), reasons);
        operations.push(PinnedOperation {
            operation: route.operation,
            name: compiled.operation_name.clone(),
            instruction: id.clone(),
            revision: revision.submitted.revision.clone(),
            hash,
            work_center: route.work_center.clone(),
        });
    }
    let pieces = opened.units.pieces();
    TravelerStarted { part: opened.part.clone(), specification, operations, pieces }
}

fn require_specification(
    instruction: &Instruction,
    pinned: Option<&PinnedSpecification>,
    opened: &OrderOpened,
    (wanted, context): (&Use, &Context),
    reasons: &mut Vec<Reason>,
) {
    let Some(named) = &instruction.specification else { return };
    match pinned {
        None => {
            let part = opened.part.to_string();
            let known = context.specification.as_ref();
            let why =
                known.and_then(|known| known.revisions.why_none(&part, wanted, &context.effective));
            reasons.push(why.map_or(Reason::SpecificationNotReleased { part }, Into::into));
        }
        Some(pinned) if pinned.revision != *named => reasons.push(Reason::SpecificationMismatch {
            instruction: instruction.id.clone(),
            revision: named.clone(),
        }),
        Some(_) => {}
    }
}
