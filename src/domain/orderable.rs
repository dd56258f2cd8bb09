//! What an order may name: parts, instructions, specifications and work centers that are known here.

use super::context::Context;
use super::order::{OrderOpened, RouteOperation};
use super::refusal::Reason;
use super::refusal::definition::DefinitionReason;
use super::refusal::equipment::EquipmentReason;
use super::revision::Revisions;

/// Adds a reason for everything that an order names and this station does not know. From when a
/// revision is run does not matter yet: that is judged when the unit is begun.
pub fn require_known(opened: &OrderOpened, context: &Context, reasons: &mut Vec<Reason>) {
    let mut of_part = false;
    let mut wants_specification = false;
    for route in &opened.route {
        if !context.work_centers.contains(&route.work_center) {
            let (work_center, heard_s) = (route.work_center.clone(), context.contact_age_s);
            reasons.push(EquipmentReason::WorkCenterUnknown { work_center, heard_s }.into());
        }
        // That is told already, and of what part it is does not matter then.
        if context.standard_steps.contains(&route.instruction) {
            of_part = true;
            continue;
        }
        let Some(compiled) = instruction(route, context, reasons) else { continue };
        wants_specification |= compiled.specification.is_some();
        of_part |= compiled.part == opened.part;
        if compiled.part != opened.part {
            let (instruction, part) = (route.instruction.clone(), opened.part.clone());
            reasons.push(Reason::InstructionForOtherPart { instruction, part });
        }
    }
    let specification = context.specification.as_ref().map(|known| &known.revisions);
    let known = specification.is_some_and(|revisions| !revisions.list.is_empty());
    let (part, heard_s) = (opened.part.clone(), context.contact_age_s);
    match specification.filter(|_| known) {
        None if wants_specification && of_part => {
            reasons.push(EquipmentReason::SpecificationUnknown { part, heard_s }.into());
        }
        None if !of_part => reasons.push(EquipmentReason::PartUnknown { part, heard_s }.into()),
        Some(revisions) if wants_specification => {
            let unreleased = || Reason::SpecificationNotReleased { part: part.to_string() };
            if let Err(why) = released(revisions, part.as_str(), context) {
                reasons.push(why.map_or_else(unreleased, Into::into));
            }
        }
        None | Some(_) => {}
    }
    reasons.dedup();
}

/// The instruction of an operation as released here, or why there is none.
fn instruction<'a>(
    route: &RouteOperation,
    context: &'a Context,
    reasons: &mut Vec<Reason>,
) -> Option<&'a super::instruction::Instruction> {
    let id = &route.instruction;
    let known = context.instruction_states.get(id).map(|state| &state.revisions);
    let Some(revisions) = known.filter(|revisions| !revisions.list.is_empty()) else {
        let (instruction, heard_s) = (id.clone(), context.contact_age_s);
        reasons.push(EquipmentReason::InstructionUnknown { instruction, heard_s }.into());
        return None;
    };
    let unreleased = || Reason::InstructionNotReleased { instruction: id.clone() };
    match released(revisions, id.as_str(), context) {
        Err(why) => {
            reasons.push(why.map_or_else(unreleased, Into::into));
            None
        }
        Ok(hash) => {
            let compiled = context.instructions.get(&hash);
            if compiled.is_none() {
                reasons.push(Reason::BlobMissing { what: id.to_string() });
            }
            compiled.map(AsRef::as_ref)
        }
    }
}

/// The newest revision that is released here and was not withdrawn; else why there is none.
fn released(
    revisions: &Revisions,
    what: &str,
    context: &Context,
) -> Result<super::hash::Hash, Option<DefinitionReason>> {
    let newest = revisions.newest_released(&context.effective);
    let wanted = super::effectivity::Use { today: context.today(), traveler: None };
    newest
        .map(|revision| revision.submitted.hash)
        .ok_or_else(|| revisions.why_none(what, &wanted, &context.effective))
}
