//! What a disposition does to the units: holds end, and a lot of which parts go different ways is
//! split (R8, R9).

use std::collections::BTreeSet;

use crate::domain::context::Context;
use crate::domain::deviation::{Decision, DeviationFact, Disposition, UnitConcerned};
use crate::domain::deviation_share::parts_refused;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::kinds::FactBody;
use crate::domain::positions::Positions;
use crate::domain::refusal::Reason;
use crate::domain::refusal::deviation::DeviationReason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::stream::{Subject, TravelerId};

use super::command::StepAt;
use super::eligibility::Draft;
use super::fact::{DoneAgain, HoldOutcome, HoldPlaced, HoldReason, PinnedOperation, TravelerFact};
use super::hold::hold_unit;
use super::split::{leave, next_name};
use super::standing::Instructions;
use super::state::TravelerState;

/// A decision that has every signature that it needs.
#[derive(Debug, Clone, Copy)]
pub struct TakesEffect<'a> {
    /// The deviation.
    pub id: &'a DeviationId,
    /// What is known of it.
    pub state: &'a DeviationState,
    /// The decision.
    pub at: &'a Position,
    /// What was decided.
    pub decisions: &'a [Decision],
    /// Why.
    pub reason: &'a str,
}

/// Everything that follows from the last signature, whose fact comes first.
pub fn take_effect(
    takes: TakesEffect<'_>,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Vec<Reason>> {
    let mut draft = Draft::after_first(context);
    let mut reasons = Vec::new();
    let units: BTreeSet<&TravelerId> =
        takes.decisions.iter().map(|decision| &decision.unit).collect();
    for unit in units {
        let Some(state) = context.units.get(unit) else {
            reasons.push(DeviationReason::UnitUnknown { unit: unit.clone() }.into());
            continue;
        };
        let here = takes.decisions.iter().filter(|decision| decision.unit == *unit);
        let parts: Vec<&Decision> = here.collect();
        let effect = Effect { takes, unit, state, context };
        if let [whole] = parts.as_slice()
            && whole.pieces.is_none_or(|pieces| pieces == state.pieces_left())
        {
            effect.whole(&whole.disposition, (&mut draft, &mut reasons));
        } else {
            effect.parts(&parts, (&mut draft, &mut reasons));
        }
    }
    if reasons.is_empty() { Ok(draft.facts) } else { Err(reasons) }
}

/// What is decided of one unit.
#[derive(Clone, Copy)]
struct Effect<'a> {
    takes: TakesEffect<'a>,
    unit: &'a TravelerId,
    state: &'a TravelerState,
    context: &'a Context,
}

impl Effect<'_> {
    /// The holds that the deviation keeps up on the unit, each once.
    fn holds(&self) -> Vec<&UnitConcerned> {
        self.takes.state.holds_of(self.unit).collect()
    }

    /// The other deviations that hold the unit.
    fn others(&self) -> BTreeSet<&DeviationId> {
        let open = self.state.open_holds();
        let named = open.filter_map(|(_, hold)| hold.placed.deviation.as_ref());
        named.filter(|deviation| *deviation != self.takes.id).collect()
    }

    fn let_go(&self, hold: Position, outcome: HoldOutcome) -> TravelerFact {
        TravelerFact::HoldReleased { hold, outcome, decision: Some(self.takes.at.clone()) }
    }

    /// All of it goes one way.
    fn whole(&self, disposition: &Disposition, (draft, reasons): (&mut Draft, &mut Vec<Reason>)) {
        let stays = matches!(disposition, Disposition::UseAsIs | Disposition::Void);
        if let Some(release) = self.state.shipped().filter(|_| !stays) {
            return reasons.push(ShipReason::Shipped { release: release.at.clone() }.into());
        }
        let (mut first, mut gone) = (true, true);
        for held in self.holds() {
            let Some(hold) = &held.hold else { continue };
            let known = self.state.holds.get(hold);
            if known.is_none_or(|known| known.released.is_some()) {
                continue;
            }
            gone = false;
            match self.state.outcome_of(held, disposition, self.context) {
                // What is held twice goes back once.
                Ok(HoldOutcome::Reopened { .. }) if !first => {
                    let outcome = HoldOutcome::Resumed { as_is: false };
                    draft.note(self.unit, self.let_go(hold.clone(), outcome));
                }
                Ok(outcome) => {
                    draft.note(self.unit, self.let_go(hold.clone(), outcome));
                }
                Err(found) => return reasons.extend(found),
            }
            first = false;
        }
        // Raised twice for one hold, unseen: the second is void, or it would never close.
        if gone && *disposition != Disposition::Void {
            reasons.push(Reason::NoSuchHold);
        }
    }

    /// Its pieces go different ways: those that go another one become lots of their own.
    fn parts(&self, parts: &[&Decision], (draft, reasons): (&mut Draft, &mut Vec<Reason>)) {
        if let Some(release) = self.state.shipped() {
            return reasons.push(ShipReason::Shipped { release: release.at.clone() }.into());
        }
        let before = reasons.len();
        self.require_parts(parts, reasons);
        let pinned = self.standing();
        let stays = stays(parts);
        let leaving: Vec<&&Decision> =
            parts.iter().enumerate().filter(|(n, _)| *n != stays).map(|(_, part)| part).collect();
        let named =
            leaving.iter().fold(0_u32, |sum, part| sum.saturating_add(part.pieces.unwrap_or(0)));
        let known = &self.context.instructions;
        let (left, counted) = pinned.map_or((0, false), |op| self.state.pieces_to_split(op, known));
        if reasons.len() == before && named > left {
            reasons.push(RouteReason::SplitQuantity { named, left }.into());
        }
        let holds = self.holds();
        let open = |held: &&&UnitConcerned| {
            let hold = held.hold.as_ref().and_then(|hold| self.state.holds.get(hold));
            hold.is_some_and(|hold| hold.released.is_none())
        };
        let Some(concerned) = holds.iter().find(open) else {
            return reasons.push(Reason::NoSuchHold);
        };
        let (Some(pinned), true) = (pinned, reasons.len() == before) else { return };
        let Some(started) = &self.state.started else { return };
        let mut splitting = self.state.clone();
        for part in leaving {
            let outcome = self.state.outcome_of(concerned, &part.disposition, self.context);
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(found) => return reasons.extend(found),
            };
            let Some(into) = next_name(self.unit, &splitting, self.context) else {
                return reasons.push(RouteReason::LotNameMissing.into());
            };
            let split = super::lot::LotSplit {
                into,
                quantity: part.pieces.unwrap_or(0),
                operation: pinned.operation,
                counted,
                deviation: Some(self.takes.id.clone()),
                reason: self.takes.reason.to_owned(),
            };
            let here = (self.unit, self.state, started);
            let lot = leave(here, split, (self.context, &mut *draft), &mut splitting);
            let hold = draft.upcoming();
            let (subject, body) = hold_unit(&lot, None, self.takes.id);
            draft.push(subject, body);
            let ends = matches!(outcome, HoldOutcome::Ended { .. });
            draft.note(&lot, self.let_go(hold, outcome));
            for other in self.others().into_iter().filter(|_| !ends) {
                concern_too(&lot, other, draft);
            }
        }
        if let Some(part) = parts.get(stays) {
            self.whole(&part.disposition, (draft, reasons));
        }
    }

    /// Adds why its pieces cannot go these ways.
    fn require_parts(&self, parts: &[&Decision], reasons: &mut Vec<Reason>) {
        // Another deviation holds the pieces under their new names, too, and what is suspect looks at
        // the lots they were of; no other hold would know of them.
        for (_, hold) in self.state.open_holds() {
            let HoldPlaced { reason, deviation, .. } = &hold.placed;
            if deviation.is_none() && !matches!(reason, HoldReason::Suspect(_)) {
                reasons.push(hold.stops());
            }
        }
        let parts: Vec<_> = parts.iter().map(|part| (part.pieces, &part.disposition)).collect();
        reasons.extend(parts_refused(self.unit, self.state.pieces_left(), &parts));
    }

    /// The operation at which the lot stands: the one that is next, else the last.
    fn standing(&self) -> Option<&PinnedOperation> {
        let next = self.state.next_operation(&self.context.instructions);
        next.or_else(|| self.state.started.as_ref()?.operations.last())
    }
}

/// Says of a lot that another deviation concerns and holds it as it did the lot that its pieces were of.
fn concern_too(lot: &TravelerId, deviation: &DeviationId, draft: &mut Draft) {
    let hold = draft.upcoming();
    let (subject, body) = hold_unit(lot, None, deviation);
    draft.push(subject, body);
    let concerned = UnitConcerned {
        traveler: lot.clone(),
        at: None,
        attempt: None,
        hold: Some(hold),
        readings: Positions::default(),
        characteristic: None,
        suggested: None,
    };
    let fact = FactBody::Deviation(DeviationFact::UnitAdded(concerned));
    draft.push(Subject::Deviation(deviation.clone()), fact);
}

/// Which part keeps the name of the lot: what is used as it is, for what was measured is on its
/// record; else what goes on; else the first.
fn stays(parts: &[&Decision]) -> usize {
    let rank = |part: &&Decision| match part.disposition {
        Disposition::UseAsIs | Disposition::Void => 0,
        Disposition::Rework { .. } | Disposition::Repair { .. } => 1,
        Disposition::Scrap | Disposition::Return => 2,
    };
    let ranked = parts.iter().enumerate().min_by_key(|(n, part)| (rank(part), *n));
    ranked.map_or(0, |(n, _)| n)
}

impl TravelerState {
    /// How many pieces there are that are not scrap.
    pub fn pieces_left(&self) -> u32 {
        self.pieces().saturating_sub(self.scrapped())
    }

    /// Where a unit stands that a deviation concerns: at the step of the others where it has been
    /// there, else at the step that is next, else at its last; none before it is begun.
    pub fn stands_at(&self, like: Option<&StepAt>, known: &Instructions) -> Option<StepAt> {
        let been = |at: &&StepAt| {
            let text = self.operation(at.operation).and_then(|op| known.get(&op.hash));
            text.is_some_and(|text| text.step(&at.step).is_some())
                && (self.standing_attempt(at.operation, &at.step).is_some()
                    || self.step_closed(at.operation, &at.step))
        };
        if let Some(like) = like.filter(been) {
            return Some(like.clone());
        }
        if let Some(current) = self.current(known) {
            let (operation, step) = (current.operation.operation, current.step.id.clone());
            return Some(StepAt { operation, step });
        }
        let last = self.started.as_ref()?.operations.last()?;
        let step = known.get(&last.hash)?.steps.last()?.id.clone();
        Some(StepAt { operation: last.operation, step })
    }

    /// How the hold of a deviation ends by what is decided (R8, R9).
    fn outcome_of(
        &self,
        held: &UnitConcerned,
        disposition: &Disposition,
        context: &Context,
    ) -> Result<HoldOutcome, Vec<Reason>> {
        let (Disposition::Rework { step } | Disposition::Repair { step }) = disposition else {
            return Ok(match disposition {
                Disposition::UseAsIs => HoldOutcome::Resumed { as_is: true },
                Disposition::Scrap | Disposition::Return => {
                    HoldOutcome::Ended { how: disposition.word().to_owned() }
                }
                Disposition::Void | Disposition::Rework { .. } | Disposition::Repair { .. } => {
                    HoldOutcome::Resumed { as_is: false }
                }
            });
        };
        if self.started.is_none() {
            return Err(vec![DeviationReason::NothingToDoAgain.into()]);
        }
        let unknown = || vec![Reason::ReworkStepUnknown { step: step.clone() }];
        let at = held.at.as_ref().ok_or_else(unknown)?;
        let operation = self.operation(at.operation).ok_or_else(unknown)?;
        let known = context.instructions.get(&operation.hash).ok_or_else(unknown)?;
        let target = known.rank(step).ok_or_else(unknown)?;
        let here = known.rank(&at.step).ok_or_else(unknown)?;
        if target > here {
            return Err(unknown());
        }
        // Everything from the step on is done again: what follows rested on it.
        let steps = known.steps[target..].iter().map(|s| s.id.clone()).collect();
        let mut again = vec![DoneAgain { operation: at.operation, steps }];
        again.extend(self.begun_after(at.operation));
        let spent = self.spent_of(&again, &context.instructions);
        if spent.is_empty() { Ok(HoldOutcome::Reopened { again }) } else { Err(spent) }
    }
}
