//! "Must be closed by step": no unit of a deviation begins that step, or one after it, while the
//! deviation is open.

use std::collections::BTreeSet;

use super::context::Context;
use super::deviation_state::DeviationState;
use super::effectivity::Use;
use super::fact::Position;
use super::hash::Hash;
use super::instruction::Instruction;
use super::moment::Moment;
use super::order::RouteOperation;
use super::refusal::Reason;
use super::refusal::deviation::DeviationReason;
use super::revision::Revisions;
use super::stream::TravelerId;
use super::traveler::command::StepAt;

/// How a unit that is not begun would pass an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// The route of its order does not have it.
    NotOnRoute,
    /// By this text, if it was begun now; none where no revision is in effect here.
    By(Option<Hash>),
}

impl Planned {
    /// How a unit would pass an operation of its order, by the revisions in effect for it.
    pub fn of(
        route: Option<&RouteOperation>,
        revisions: Option<&Revisions>,
        (wanted, judged): (&Use, &BTreeSet<Position>),
    ) -> Self {
        let revision = revisions.and_then(|revisions| revisions.in_effect(wanted, judged));
        let text = revision.map(|revision| revision.submitted.hash);
        route.map_or(Self::NotOnRoute, |_| Self::By(text))
    }
}

/// Adds a reason where no unit passes the step by which a deviation is to be closed: by the text that
/// it is made by, or would be made by if it was begun now. Nothing is said where that is not known.
pub(super) fn require_known(
    by: Option<&StepAt>,
    units: BTreeSet<&TravelerId>,
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let Some(by) = by else { return };
    let ways: Vec<Planned> = units.iter().filter_map(|unit| way(unit, by, context)).collect();
    if !ways.is_empty() && ways.iter().all(|way| *way == Planned::NotOnRoute) {
        reasons.push(Reason::OperationUnknown { operation: by.operation });
        return;
    }
    let texts = ways.iter().filter_map(|way| match way {
        Planned::By(Some(hash)) => context.instructions.get(hash),
        Planned::By(None) | Planned::NotOnRoute => None,
    });
    let texts: Vec<_> = texts.collect();
    // Where another unit is made by a text that is not here, it may have the step.
    let known = texts.len() == ways.iter().filter(|way| **way != Planned::NotOnRoute).count();
    if known && !texts.is_empty() && texts.iter().all(|text| text.step(&by.step).is_none()) {
        reasons.push(Reason::StepUnknown { step: by.step.clone() });
    }
}

/// How a unit passes the operation of a step, where that is known.
fn way(unit: &TravelerId, by: &StepAt, context: &Context) -> Option<Planned> {
    let state = context.units.get(unit)?;
    if state.started.is_none() {
        return context.planned.get(unit).copied();
    }
    let pinned = state.operation(by.operation);
    Some(pinned.map_or(Planned::NotOnRoute, |pinned| Planned::By(Some(pinned.hash))))
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
