//! Later work goes on though earlier work is not known to be done here: a supervisor vouches for it.

use crate::domain::context::Context;
use crate::domain::people::Action;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

use super::eligibility::Draft;
use super::fact::{PinnedOperation, TravelerFact};
use super::start;
use super::state::TravelerState;

/// Adds why an operation of a route cannot be accepted on evidence.
pub(super) fn require_acceptable(
    state: &TravelerState,
    (operation, route): (u32, &[&PinnedOperation]),
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    match route.iter().find(|op| op.operation == operation) {
        None => reasons.push(Reason::OperationUnknown { operation }),
        Some(_) if route.iter().all(|op| op.operation <= operation) => {
            reasons.push(RouteReason::NothingDownstream { operation }.into());
        }
        Some(found) if state.operation_closed(found, &context.instructions) => {
            reasons.push(RouteReason::UpstreamDone { operation }.into());
        }
        Some(_) if state.accepted.contains_key(&operation) => {
            reasons.push(RouteReason::UpstreamAcceptedBefore { operation }.into());
        }
        Some(_) => {}
    }
}

/// Lets later work go on though the facts of an operation have not come: a supervisor vouches for
/// it. Where nothing of the unit is known here, its definitions are pinned in the same act. Of a lot that
/// was split off, an operation is closed by the records of the lot that its pieces were of, once these
/// have come.
pub(super) fn accept_upstream(
    id: &TravelerId,
    state: &TravelerState,
    (operation, evidence): (u32, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Overrule, &mut reasons);
    context.require_text("the evidence", &evidence, &mut reasons);
    let begun = state.started.is_some();
    let opened = start::require_order((id, begun), context, &mut reasons)?;
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    state.require_no_hold(&mut reasons);
    let pinned = state
        .started
        .is_none()
        .then(|| start::pin(opened, &context.wanted_for(id), context, &mut reasons));
    if pinned.is_some() && context.acting.place.is_none() {
        reasons.push(Reason::PlaceUnbound);
    }
    let operations = pinned.iter().chain(&state.started).flat_map(|s| &s.operations);
    let operations: Vec<&PinnedOperation> = operations.collect();
    let known = operations.iter().any(|op| op.operation == operation);
    // What could not be pinned was told already.
    if known || pinned.is_none() || reasons.is_empty() {
        require_acceptable(state, (operation, &operations), (context, &mut reasons));
    }
    let pinned_here = state.operation(operation);
    let records = (&context.kin, &context.instructions);
    let closed = pinned_here.map_or_else(Vec::new, |op| state.closed_on_origin(op, records));
    if !closed.is_empty() {
        let before = Reason::from(RouteReason::UpstreamAcceptedBefore { operation });
        reasons.retain(|reason| *reason != before);
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    if let Some(pinned) = pinned {
        draft.note(id, TravelerFact::TravelerStarted(pinned));
    }
    draft.note(id, TravelerFact::UpstreamAccepted { operation, evidence, ticket: None, closed });
    Ok(draft)
}
