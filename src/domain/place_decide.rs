//! What may be said of a place, and what a site may decide for itself.

use super::card;
use super::context::{Context, time_zone};
use super::ids::{PlaceId, SiteId};
use super::kinds::FactBody;
use super::people::Action;
use super::place::{PlaceCommand, PlaceFact, PlaceState, PolicySet, SiteFact, SiteState};
use super::refusal::definition::DefinitionReason;
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::shift;
use super::site_change::SiteCommand;
use super::site_rules;
use super::stream::Subject;

/// Decides what is asked for about a place.
pub fn decide_place(
    id: &PlaceId,
    state: &PlaceState,
    command: PlaceCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    let action = match &command {
        PlaceCommand::Define(_) => Action::Administer,
        PlaceCommand::SetUp { .. }
        | PlaceCommand::ChangeTool { .. }
        | PlaceCommand::ChangeMaterial { .. } => Action::SetUp,
        PlaceCommand::SetPlan { .. } => Action::SetPlan,
        PlaceCommand::ReleaseOperation { .. } => Action::ReleaseHold,
    };
    context.require_role(action, &mut reasons);
    if action != Action::Administer && state.defined.is_none() {
        reasons.push(Reason::PlaceUnknown { place: id.clone() });
    }
    let fact = match command {
        PlaceCommand::Define(defined) => {
            reasons.append(&mut card::faults("the place's name", &defined.name));
            PlaceFact::PlaceDefined(defined)
        }
        PlaceCommand::SetUp { instruction, revision, note } => {
            if !note.is_empty() {
                context.require_line("the note", &note, &mut reasons);
            }
            PlaceFact::SetupDone { instruction, revision, note }
        }
        PlaceCommand::ChangeTool { tool } => {
            context.require_line("the tool", &tool, &mut reasons);
            PlaceFact::ToolChanged { tool }
        }
        PlaceCommand::ChangeMaterial { lot } => {
            context.require_line("the lot", &lot, &mut reasons);
            PlaceFact::MaterialChanged { lot }
        }
        PlaceCommand::SetPlan { per_hour } => PlaceFact::PlanSet { per_hour },
        PlaceCommand::ReleaseOperation { instruction, reason } => {
            context.require_text("a reason", &reason, &mut reasons);
            let holds = state.holds_of(&instruction);
            if holds.is_empty() {
                let (place, instruction) = (id.clone(), instruction);
                reasons.push(EquipmentReason::OperationNotHeld { place, instruction }.into());
            }
            PlaceFact::OperationReleased { holds, reason }
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Place(id.clone()), FactBody::Place(fact))])
}

/// Decides what a site decides for itself.
pub fn decide_site(
    id: &SiteId,
    state: &SiteState,
    command: SiteCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    let (policy, change) = match (command, &state.policy) {
        (SiteCommand::SetShifts(calendar), _) => {
            return shift::decide(id, (state, *calendar), context);
        }
        (SiteCommand::Set(policy), _) => (*policy, None),
        (SiteCommand::Change(change), Some(before)) => {
            change.objections(before, &mut reasons);
            shift::one_truth(state, &change, &mut reasons);
            let mut policy = before.clone();
            change.apply(&mut policy);
            (policy, Some(change))
        }
        (SiteCommand::Change(_), None) => {
            return Err(Refusal::one(DefinitionReason::SiteUnknown.into()));
        }
    };
    context.require_role(Action::Administer, &mut reasons);
    reasons.append(&mut card::faults("the site's name", &policy.name));
    if time_zone(&policy.time_zone).is_none() {
        reasons.push(Reason::TimeZoneUnknown { zone: policy.time_zone.clone() });
    }
    site_rules::require(&policy.rules, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let set = SiteFact::PolicySet(PolicySet { policy, change });
    Ok(vec![(Subject::Site(id.clone()), FactBody::Site(set))])
}
