//! Deciding what becomes of a lot that was not accepted.

use super::decide::{Facts, fact, material, sign};
use super::fact::{InspectionFact, LotDisposed, LotEnd, still_open};
use super::held::is_to_dispose;
use super::series::{Lot, SeriesId, SeriesState};
use crate::domain::context::Context;
use crate::domain::ids::{LotId, PersonId};
use crate::domain::material::{ByInspection, MaterialFact, MaterialState};
use crate::domain::people::Role;
use crate::domain::refusal::inspection::InspectionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signer};
use crate::domain::who_may;

pub(super) fn dispose(
    (id, state): (&SeriesId, &SeriesState),
    (lot, end, reason): (&LotId, LotEnd, String),
    by: Signer,
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let unknown = || Refusal::one(InspectionReason::LotUnknown { lot: lot.clone() }.into());
    let lot = state.lot(lot).ok_or_else(unknown)?;
    let nothing = MaterialState::default();
    let held = context.material.as_ref().unwrap_or(&nothing);
    if let Some(deviation) = lot.deviation().filter(|_| id.is_own()) {
        // What becomes of own pieces is what their deviation says.
        let (lot, deviation) = (lot.opened.lot.clone(), deviation.clone());
        reasons.push(InspectionReason::ByDeviation { lot, deviation }.into());
    } else if !is_to_dispose(state, lot, held) {
        let (lot, standing) = (lot.opened.lot.clone(), lot.standing());
        reasons.push(InspectionReason::Stands { lot, standing }.into());
    }
    let action = who_may::disposes_lot(end);
    context.require_role(action, &mut reasons);
    context.require_signer(&by, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let needs = if end == LotEnd::UseAsIs {
        let rule = context.policy().map(|policy| policy.rules.deviations.use_as_is);
        rule.unwrap_or_default().needs()
    } else {
        Vec::new()
    };
    let open = open_before(lot, &needs);
    if end == LotEnd::UseAsIs {
        require_other(lot, &open, context, &mut reasons);
    }
    let covers = Covers::over(lot.to_cover());
    let signature = sign((action, &open), (Meaning::Dispositioned, covers), &by, context);
    Refusal::unless_empty(reasons)?;
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let (opened, number) = (lot.at.clone(), lot.opened.lot.clone());
    let said = format!("{}: {reason}", end.word());
    let as_is = end == LotEnd::UseAsIs;
    let disposed = LotDisposed { opened, lot: number.clone(), end, needs, reason, signature };
    let takes_effect = lot.is_complete_with(&disposed);
    let mut facts = vec![fact(id, InspectionFact::LotDisposed(Box::new(disposed)))];
    if takes_effect {
        let by = ByInspection { opened: lot.at.clone(), at: context.next.clone(), as_is };
        // Whoever says what becomes of the lot settles everything that held it until then.
        let (reason, inspection, ends) = (said, Some(by), held.ends_of_all());
        let then = if as_is {
            MaterialFact::MaterialReleased { reason, inspection, ends }
        } else {
            MaterialFact::MaterialBlocked { reason, inspection, doubted: None, ends }
        };
        facts.push(material(id, &number, then));
    }
    Ok(facts)
}

/// The roles whose signatures are missing before somebody signs.
fn open_before(lot: &Lot, needs: &[Role]) -> Vec<Role> {
    still_open(needs, lot.signed_as_is().map(|disposed| &disposed.signature))
}

/// Each signature is another person's; where one is enough it is not of who inspected the lot.
fn require_other(lot: &Lot, open: &[Role], context: &Context, reasons: &mut Vec<Reason>) {
    let Some(actor) = context.acting.actor.clone() else { return };
    if open.is_empty() {
        if lot.inspectors().any(|who| *who == actor) {
            reasons.push(InspectionReason::OwnInspection { person: actor }.into());
        }
        return;
    }
    let signed = |who: &PersonId| lot.signed_as_is().any(|d| d.signature.signer == *who);
    let has =
        |role: &Role| context.people.get(&actor).is_some_and(|person| person.roles.contains(role));
    if signed(&actor) {
        reasons.push(Reason::ApprovedAlready { person: actor });
    } else if !open.iter().any(has) {
        let open = open.to_vec();
        reasons.push(Reason::ApprovalRoleMissing { person: actor, open });
    }
}
