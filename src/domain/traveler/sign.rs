//! Signing what a step asks; the witness or verifier is never the performer (R6).

use crate::domain::context::Context;
use crate::domain::ids::PersonId;
use crate::domain::instruction::{Ask, SignAsk};
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Signature, Signer};
use crate::domain::stream::TravelerId;

use super::command::StepAt;
use super::eligibility::{Draft, Found, require_place};
use super::equipment::require_signer_trained;
use super::fact::{AskAt, TravelerFact};
use super::record::{begin, wanted};
use super::state::{Attempt, TravelerState};
use super::step::ask_open;

pub(super) fn sign(
    id: &TravelerId,
    state: &TravelerState,
    (at, ask): (&StepAt, u16),
    by: Signer,
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let unknown = || Refusal::one(Reason::AskUnknown { ask, sample: 1 });
    let index = usize::from(ask).checked_sub(1).ok_or_else(unknown)?;
    let sign = match found.step.asks.get(index).ok_or_else(unknown)? {
        Ask::Sign(sign) => sign,
        other @ (Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Enter { .. }
        | Ask::Wait(_)) => {
            return Err(Refusal::one(Reason::AskMismatch { wanted: wanted(other) }));
        }
    };
    let signer = context.actor()?;
    let mut reasons = state.may_sign(id, found, (sign, &signer), context);
    context.require_signer(&by, &mut reasons);
    // Whoever signs knows what they sign: nothing came to it after the page was shown.
    let shown = by.shown.get(id).copied().unwrap_or(state.facts.len());
    if shown != state.facts.len() {
        let since = state.facts.len().abs_diff(shown);
        reasons.push(SigningReason::NotSeen { unit: id.clone(), since }.into());
    }
    let attempt = state.standing_attempt(at.operation, &at.step);
    if attempt.is_some_and(|a| a.entry(ask, 1).is_some()) {
        reasons.push(RouteReason::SignedAlready { step: at.step.clone() }.into());
    }
    let not_asked = state.not_asked(id, found, context);
    require_signable(state, attempt, (found, ask, sign), (&not_asked, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    let attempt = begin(id, state, found, (context, &mut draft));
    let signature = Signature {
        signer,
        printed_name: by.printed_name,
        role: sign.role,
        meaning: sign.meaning,
        components: by.components,
        // Only facts that are stored can be covered; their ids are known.
        covers: Covers::over(&state.facts),
    };
    let (at, set) = (AskAt { attempt, ask }, context.set.clone());
    draft.note(id, TravelerFact::Signed { at, signature, set });
    Ok(draft)
}

/// Adds what is to be done first, before an ask can be signed.
pub(super) fn require_signable(
    state: &TravelerState,
    attempt: Option<&Attempt>,
    (found, ask, sign): (Found<'_>, u16, &SignAsk),
    (not_asked, reasons): (&[u16], &mut Vec<Reason>),
) {
    // What a signature is about comes before it, also where steps are done in any order.
    let named = sign.not_same_person_as.iter().filter(|step| **step != found.step.id);
    for step in named.filter(|step| found.instruction.step(step).is_some()) {
        if !state.step_closed(found.operation.operation, step) {
            reasons.push(RouteReason::SignsBefore { step: step.clone() }.into());
        }
    }
    // What stands before the signature in its step must be there to be signed.
    for (number, before) in (1_u16..ask).zip(&found.step.asks) {
        let samples = if let Ask::Measure(measure) = before { measure.count } else { 1 };
        let open = (1..=samples).any(|s| attempt.is_none_or(|a| a.entry(number, s).is_none()));
        if open && !not_asked.contains(&number) {
            reasons.push(ask_open(found.step, number, before));
        }
    }
}

impl TravelerState {
    fn may_sign(
        &self,
        id: &TravelerId,
        found: Found<'_>,
        (sign, signer): (&SignAsk, &PersonId),
        context: &Context,
    ) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let roles = context.active_roles(signer, &mut reasons);
        if reasons.is_empty() && !roles.contains(&sign.role) {
            reasons.push(Reason::SignRoleMissing { person: signer.clone(), role: sign.role });
        }
        require_signer_trained(found, sign, context, &mut reasons);
        require_place(&found.operation.work_center, context, &mut reasons);
        self.require_open(id, context, &mut reasons);
        self.require_definitions(id, found, context, &mut reasons);
        self.require_order_of_steps(found, context, &mut reasons);
        self.require_contact(found, context, &mut reasons);
        let here = (found.operation.operation, sign);
        for step in self.performed_by(signer, here) {
            reasons.push(Reason::SamePerson { person: signer.clone(), step });
        }
        reasons
    }
}
