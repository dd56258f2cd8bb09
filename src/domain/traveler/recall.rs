//! Units that are called back: held because of what they are, contain or were touched by.

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::people::Action;
use crate::domain::positions::Positions;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;

use super::eligibility::Draft;
use super::fact::{HoldPlaced, HoldReason, TravelerFact};
use super::state::TravelerState;

impl TravelerState {
    /// Whether a hold for the recall of something, open or released, names a fact.
    fn held_for_recall(&self, of: &Traced, fact: &Position) -> bool {
        self.holds.values().any(|hold| {
            let HoldReason::Recall { of: other, fact: by, .. } = &hold.placed.reason else {
                return false;
            };
            // Another way by which it was reached holds again what was let go, and nothing twice.
            other == of && (hold.released.is_none() || by == fact)
        })
    }
}

/// Holds a unit that is called back, also when it is finished.
pub(super) fn hold(
    id: &TravelerId,
    state: &TravelerState,
    (of, fact, reason): (Traced, Position, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Recall, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    if state.last.is_none() {
        reasons.push(Reason::TravelerNotStarted);
    }
    if state.held_for_recall(&of, &fact) {
        reasons.push(ShipReason::RecalledAlready { of: of.clone() }.into());
    }
    Refusal::unless_empty(reasons)?;
    let reason = HoldReason::Recall { of, fact, reason };
    let readings = Positions::default();
    let placed = HoldPlaced { reason, attempt: None, readings, deviation: None };
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::HoldPlaced(placed));
    Ok(draft)
}
