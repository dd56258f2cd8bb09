//! "Must be closed by step": no unit of a deviation begins that step, or one after it, while the
//! deviation is open.

use std::collections::BTreeSet;

use super::context::Context;
use super::deviation_state::DeviationState;
use super::fact::Position;
use super::instruction::Instruction;
use super::moment::Moment;
use super::refusal::Reason;
use super::refusal::deviation::DeviationReason;
use super::stream::TravelerId;
use super::traveler::command::StepAt;

/// Adds a reason where no unit passes the step by which a deviation is to be closed; of units that
/// are not begun here nothing is known yet.
pub(super) fn require_known(
    by: Option<&StepAt>,
    units: BTreeSet<&TravelerId>,
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let Some(by) = by else { return };
    let known = units.iter().filter_map(|unit| context.units.get(*unit));
    let begun: Vec<_> = known.filter(|state| state.started.is_some()).collect();
    let pinned: Vec<_> = begun.iter().filter_map(|state| state.operation(by.operation)).collect();
    if pinned.is_empty() && !begun.is_empty() {
        reasons.push(Reason::OperationUnknown { operation: by.operation });
        return;
    }
    let texts: Vec<_> = pinned.iter().filter_map(|op| context.instructions.get(&op.hash)).collect();
    if !texts.is_empty() && texts.iter().all(|text| text.step(&by.step).is_none()) {
        reasons.push(Reason::StepUnknown { step: by.step.clone() });
    }
}

/// Whether a step is the one named, or one after it; where its text does not know the one named, all
/// of the operation is.
fn is_behind(gate: &StepAt, (at, text): (&StepAt, Option<&Instruction>)) -> bool {
    if at.operation != gate.operation {
        return at.operation > gate.operation;
    }
    let rank = |step| text.and_then(|text| text.rank(step));
    match (rank(&gate.step), rank(&at.step)) {
        (Some(gate), Some(at)) => at >= gate,
        (_, _) => true,
    }
}

impl DeviationState {
    /// The step by which it is to be closed, where it is open and keeps a step from being begun.
    pub fn stops(&self, at: &StepAt, text: Option<&Instruction>) -> Option<&StepAt> {
        let gate = self.close_by.as_ref().filter(|_| !self.is_closed())?;
        is_behind(gate, (at, text)).then_some(gate)
    }

    /// As [`Self::stops`], by what the station that wrote a fact had itself written before; of what
    /// others wrote it may not have heard.
    pub fn stopped(
        &self,
        unit: &TravelerId,
        (at, text): (&StepAt, Option<&Instruction>),
        (position, moment): (&Position, &Moment),
    ) -> Option<&StepAt> {
        let own = |fact: &Position| fact.ledger == position.ledger && fact < position;
        let named = |named: &&super::deviation_state::Concerned| named.unit.traveler == *unit;
        let (_, gate) = self.gates.iter().rev().find(|(said, _)| own(said))?;
        let concerned = self.units.iter().filter(named).any(|named| own(&named.at));
        let closed = self.closings.iter().any(|closing| {
            let when = closing.closed.moment.effective();
            own(&closing.closed.at) || when <= moment.effective()
        });
        (concerned && !closed && is_behind(gate, (at, text))).then_some(gate)
    }
}

/// Adds a reason for each deviation that keeps a step from being begun.
pub(super) fn require_closed(
    (at, text): (&StepAt, Option<&Instruction>),
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    for (deviation, state) in &context.gates {
        if let Some(gate) = state.stops(at, text) {
            let (deviation, by) = (deviation.clone(), gate.clone());
            reasons.push(DeviationReason::CloseFirst { deviation, by }.into());
        }
    }
}
