//! Deciding about permits: proposed by one of engineering and quality, granted by the other,
//! withdrawn by either.

use super::fit::widens;
use super::{Permit, PermitCommand, PermitFact, PermitState, PermitWanted, ROLES};
use crate::domain::context::Context;
use crate::domain::ids::{PartId, PermitId};
use crate::domain::kinds::FactBody;
use crate::domain::people::{Action, Role};
use crate::domain::quantity::{Limits, UnitMismatch};
use crate::domain::refusal::permit::PermitReason;
use crate::domain::refusal::shift::ShiftReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signature, Signer};
use crate::domain::specification::{Characteristic, CharacteristicKind, Class};
use crate::domain::stream::Subject;

/// Decides on a permit that is to be proposed for a part.
pub fn propose(
    part: &PartId,
    wanted: PermitWanted,
    by: Signer,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Permit, &mut reasons);
    context.require_signer(&by, &mut reasons);
    context.require_text("the reason", &wanted.reason, &mut reasons);
    if let Some(reference) = &wanted.reference {
        context.require_line("the reference", reference, &mut reasons);
    }
    let id = context.permits.next.clone();
    if id.is_none() {
        reasons.push(ShiftReason::NumberMissing.into());
    }
    bounded(&wanted, context, &mut reasons);
    let permit = filled_in(part, &wanted, context, &mut reasons);
    let signature = signature(by, None, (Covers::over([]), context));
    Refusal::unless_empty(reasons)?;
    let nobody = || Refusal::one(Reason::NobodySignedIn);
    let (Some(id), Some(permit)) = (id, permit) else { return Err(nobody()) };
    let (permit, signature) = (Box::new(permit), signature.ok_or_else(nobody)?);
    let fact = PermitFact::PermitProposed { permit, signature };
    Ok(vec![(Subject::Permit(id), FactBody::Permit(fact))])
}

/// A permit ends: by a day to come, and by units that are named or counted.
fn bounded(wanted: &PermitWanted, context: &Context, reasons: &mut Vec<Reason>) {
    let (today, through) = (context.today(), wanted.through);
    if through < today || wanted.from.is_some_and(|from| from > through) {
        reasons.push(PermitReason::OverBefore { through }.into());
    }
    if let Some(from) = wanted.from.filter(|from| *from < today) {
        reasons.push(PermitReason::FromPast { from }.into());
    }
    let named = !wanted.orders.is_empty() || !wanted.units.is_empty();
    if wanted.quantity == Some(0) || wanted.quantity.is_none() && !named {
        reasons.push(PermitReason::Unbounded.into());
    }
}

/// The permit with the limits as specified beside those that are to hold.
fn filled_in(
    part: &PartId,
    wanted: &PermitWanted,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<Permit> {
    let Some(specification) = &context.permits.specification else {
        let part = part.to_string();
        reasons.push(match &wanted.only {
            None => Reason::SpecificationNotReleased { part },
            Some(revision) => Reason::RevisionUnknown { what: part, revision: revision.clone() },
        });
        return None;
    };
    let Some(found) = specification.characteristic(&wanted.characteristic) else {
        let characteristic = wanted.characteristic.clone();
        let revision = specification.revision.clone();
        reasons.push(PermitReason::CharacteristicUnknown { characteristic, revision }.into());
        return None;
    };
    let name = found.name.clone();
    if found.class == Class::Critical {
        reasons.push(PermitReason::Critical { name: name.clone() }.into());
    }
    let (specified, widened) = limits_of(found, wanted, reasons)?;
    Some(Permit {
        part: part.clone(),
        only: wanted.only.clone(),
        revision: specification.revision.clone(),
        characteristic: found.id.clone(),
        name,
        class: found.class,
        specified,
        widened,
        orders: wanted.orders.clone(),
        units: wanted.units.clone(),
        quantity: wanted.quantity,
        from: wanted.from.unwrap_or_else(|| context.today()),
        through: wanted.through,
        reason: wanted.reason.trim().to_owned(),
        reference: wanted.reference.clone(),
    })
}

/// The limits as specified, and those that are to hold; a side that is not widened stays.
fn limits_of(
    found: &Characteristic,
    wanted: &PermitWanted,
    reasons: &mut Vec<Reason>,
) -> Option<(Limits, Limits)> {
    let name = found.name.clone();
    let CharacteristicKind::Measured(specified) = &found.kind else {
        reasons.push(PermitReason::NotMeasured { name }.into());
        return None;
    };
    let unit = wanted.unit.unwrap_or(specified.unit);
    if unit.dimension() != specified.unit.dimension() {
        let error = UnitMismatch { found: unit, expected: specified.unit };
        reasons.push(Reason::UnitMismatch { error });
        return None;
    }
    // Limits have one unit: where another is named, both sides are given in it or not at all.
    let kept = unit == specified.unit;
    let missing = |own: &Option<_>, given: &Option<_>| !kept && own.is_some() && given.is_none();
    if missing(&specified.lower, &wanted.lower) || missing(&specified.upper, &wanted.upper) {
        let (named, specified) = (unit, specified.unit);
        reasons.push(PermitReason::TwoUnits { named, specified }.into());
        return None;
    }
    let side = |given: &Option<_>, own: &Option<_>| given.clone().or_else(|| own.clone());
    let widened = Limits {
        nominal: specified.nominal.clone().filter(|_| kept),
        lower: side(&wanted.lower, &specified.lower),
        upper: side(&wanted.upper, &specified.upper),
        unit,
        rule: specified.rule.clone(),
    };
    if !widens(specified, &widened) {
        reasons.push(PermitReason::NotWider { name }.into());
    }
    Some((specified.clone(), widened))
}

/// Decides what is asked for about a permit.
pub fn decide(
    id: &PermitId,
    state: &PermitState,
    command: PermitCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let unknown = || Refusal::one(PermitReason::Unknown { permit: id.clone() }.into());
    let proposed = state.proposed.as_ref().ok_or_else(unknown)?;
    let mut reasons = Vec::new();
    context.require_role(Action::Permit, &mut reasons);
    if let Some(withdrawn) = &state.withdrawn {
        let (permit, reason) = (id.clone(), withdrawn.reason.clone());
        reasons.push(PermitReason::Withdrawn { permit, reason }.into());
    }
    let fact = match command {
        PermitCommand::Withdraw { reason } => {
            context.require_text("a reason", &reason, &mut reasons);
            PermitFact::PermitWithdrawn { reason }
        }
        PermitCommand::Grant { by } => {
            context.require_signer(&by, &mut reasons);
            if state.granted.is_some() {
                reasons.push(PermitReason::GrantedAlready { permit: id.clone() }.into());
            }
            let through = proposed.permit.through;
            if through < context.today() {
                reasons.push(PermitReason::Expired { permit: id.clone(), through }.into());
            }
            let Signature { signer: other, role, .. } = &proposed.signature;
            if context.acting.actor.as_ref() == Some(other) {
                reasons.push(PermitReason::OwnProposal { person: other.clone() }.into());
            }
            let covers = Covers::over([(&proposed.at, &proposed.id)]);
            let signed = signature(by, Some(*role), (covers, context));
            if signed.is_none() {
                let wanted = ROLES.into_iter().find(|other| other != role);
                let wanted = wanted.unwrap_or(Role::Quality);
                reasons.push(PermitReason::OtherRole { wanted }.into());
            }
            Refusal::unless_empty(reasons)?;
            let signature = signed.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
            let fact = PermitFact::PermitGranted { signature };
            return Ok(vec![(Subject::Permit(id.clone()), FactBody::Permit(fact))]);
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Permit(id.clone()), FactBody::Permit(fact))])
}

/// The signature of who acts, in the first of the two roles that they have and that is not taken.
fn signature(
    by: Signer,
    taken: Option<Role>,
    (covers, context): (Covers, &Context),
) -> Option<Signature> {
    let signer = context.acting.actor.clone()?;
    let roles = &context.people.get(&signer)?.roles;
    let free = |role: &Role| roles.contains(role) && taken != Some(*role);
    let role = ROLES.into_iter().find(free)?;
    Some(Signature {
        signer,
        printed_name: by.printed_name,
        role,
        meaning: Meaning::Approved,
        components: by.components,
        covers,
    })
}
