//! Lots of one another: what was found on pieces before they were split off goes with them
//! (R3, R9, R10).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::{GaugeId, StepId};
use crate::domain::inspection::series::Lot;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::positions::Positions;
use crate::domain::stream::{Subject, TravelerId};

use super::eligibility::Draft;
use super::fact::{HoldPlaced, HoldReason, PinnedOperation, TravelerFact};
use super::lot::{ClosedStep, SplitOff};
use super::route::Accepted;
use super::standing::{Instructions, StepStanding};
use super::state::{Hold, Recorded, TravelerState};

/// Lots whose pieces were, or became, those of another one; by name.
pub type Kin = BTreeMap<TravelerId, TravelerState>;

/// Which of its kin a decision about a lot looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KinWanted {
    /// None.
    #[default]
    None,
    /// The lots that its pieces were of.
    Origins,
    /// The lots that were split off it.
    SplitOff,
}

/// Where a lot comes from, as it stands in its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// What.
    pub what: SplitOff,
}

/// An operation after which work went on before the pieces became a lot, though it was not known to be
/// done. The ticket by which it did, if it was one, stands with the lot that they were of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedBefore {
    /// The operation.
    pub operation: u32,
    /// By what it is known to be done.
    pub evidence: String,
}

/// A lot that pieces were of.
#[derive(Debug, Clone)]
pub struct Before<'a> {
    /// The lot.
    pub lot: &'a TravelerId,
    /// Its state.
    pub state: &'a TravelerState,
    /// The facts that took the pieces off it; several only where stations gave one name unseen by each
    /// other.
    splits: Vec<&'a Position>,
}

impl<'a> Before<'a> {
    /// Whether all of the pieces had provably left the lot when something was recorded on it.
    pub fn had_left(&self, recorded: &Position) -> bool {
        self.splits.iter().all(|split| self.state.left_by(split, recorded))
    }

    /// The open holds of the lot that are for these pieces too: they had not provably left when it was
    /// placed, or when that was recorded which the judge holds the lot for.
    pub fn holds(&self) -> impl Iterator<Item = &'a Hold> {
        let theirs = |(at, hold): &(&Position, &Hold)| match &hold.placed.reason {
            HoldReason::Judged { fact, .. } => !self.had_left(fact),
            HoldReason::OutOfLimits
            | HoldReason::Raised
            | HoldReason::Gauge { .. }
            | HoldReason::Origin { .. }
            | HoldReason::Recall { .. }
            | HoldReason::Definition { .. }
            | HoldReason::Suspect(_)
            | HoldReason::Inspection { .. } => !self.had_left(at),
        };
        self.state.open_holds().filter(theirs).map(|(_, hold)| hold)
    }
}

impl Recorded {
    /// The gauge that it was measured or checked with.
    pub fn gauge(&self) -> Option<&GaugeId> {
        let measured = self.reading().and_then(|reading| reading.taken.gauge.as_ref());
        let checked = self.with.as_ref().map(|with| &with.gauge);
        measured.or(checked).map(|used| &used.gauge)
    }
}

/// Gathers the kin of a lot that a decision looks at, each once, however far away.
///
/// # Errors
/// Whatever loading a lot says.
pub fn gather<E>(
    (id, state): (&TravelerId, &TravelerState),
    wanted: KinWanted,
    mut load: impl FnMut(&TravelerId) -> Result<Option<TravelerState>, E>,
) -> Result<Kin, E> {
    let mut kin = Kin::new();
    let mut open: Vec<TravelerId> = state.next_kin(id, wanted).into_iter().collect();
    while let Some(lot) = open.pop() {
        if lot == *id || kin.contains_key(&lot) {
            continue;
        }
        if let Some(state) = load(&lot)? {
            open.extend(state.next_kin(&lot, wanted));
            kin.insert(lot, state);
        }
    }
    Ok(kin)
}

impl TravelerState {
    /// The lots next to this one that a decision looks at.
    fn next_kin(&self, id: &TravelerId, wanted: KinWanted) -> BTreeSet<TravelerId> {
        let split = |unit| TravelerId { order: id.order.clone(), unit };
        match wanted {
            KinWanted::None => BTreeSet::new(),
            KinWanted::Origins => {
                self.lot.origins.iter().map(|origin| origin.what.from.clone()).collect()
            }
            KinWanted::SplitOff => {
                self.lot.splits.iter().map(|(_, left)| split(left.into.clone())).collect()
            }
        }
    }

    /// Everything measured or checked with a gauge on these pieces, with when: here, and before
    /// they were split off, or not provably after.
    pub fn used_on<'a>(&'a self, gauge: &GaugeId, kin: &'a Kin) -> Vec<(&'a Position, Timestamp)> {
        let used = |state: &'a TravelerState| {
            let entries = state.attempts.iter().flat_map(|attempt| &attempt.entries);
            entries.filter(move |entry| entry.gauge() == Some(gauge))
        };
        let mut found: Vec<&Recorded> = used(self).collect();
        for before in self.lots_before(kin) {
            found.extend(used(before.state).filter(|entry| !before.had_left(&entry.at)));
        }
        found.into_iter().map(|entry| (&entry.at, entry.moment.effective())).collect()
    }

    /// Every lot that the pieces were of, however far away, each once.
    pub fn lots_before<'a>(&'a self, kin: &'a Kin) -> Vec<Before<'a>> {
        let (mut found, mut open) = (Vec::<Before<'a>>::new(), vec![self]);
        while let Some(lot) = open.pop() {
            for origin in &lot.lot.origins {
                let (lot, split) = (&origin.what.from, &origin.what.split);
                if let Some(before) = found.iter_mut().find(|before| before.lot == lot) {
                    before.splits.push(split);
                } else if let Some(state) = kin.get(lot) {
                    found.push(Before { lot, state, splits: vec![split] });
                    open.push(state);
                }
            }
        }
        found
    }

    /// The closed steps of the operations, as another lot takes them over.
    pub(super) fn closed_steps(&self, known: &Instructions) -> Vec<ClosedStep> {
        let mut closed = Vec::new();
        for operation in self.started.iter().flat_map(|started| &started.operations) {
            let Some(instruction) = known.get(&operation.hash) else { continue };
            let steps = instruction.steps.iter();
            closed.extend(steps.filter_map(|step| self.closed_step(operation.operation, &step.id)));
        }
        closed
    }

    /// A step as another lot takes it over; none where it is open.
    pub fn closed_step(&self, operation: u32, step: &StepId) -> Option<ClosedStep> {
        if !self.step_closed(operation, step) {
            return None;
        }
        let key = (operation, step.clone());
        let before = self.lot.closed.get(&key).map(|step| &step.by);
        let by = self.lot.closed_by.get(&key).or(before)?.clone();
        let standing = self.step_standing(operation, step);
        let ranks = self.attempts_at(operation, step).map(|attempt| attempt.rank);
        Some(ClosedStep {
            operation,
            step: step.clone(),
            by,
            not_needed: standing == StepStanding::NotNeeded,
            skipped: standing == StepStanding::Skipped,
            attempts: ranks.max().unwrap_or(self.lot.attempts_before(operation, step)),
            performers: self.performers((operation, step)).into_iter().cloned().collect(),
        })
    }

    /// What is not known to be done and work went on after, as another lot takes it over.
    pub(super) fn accepted_before(&self, known: &Instructions) -> Vec<AcceptedBefore> {
        let open = self.accepted_open(known).map(|op| op.operation);
        let accepted = open.filter_map(|operation| {
            let evidence = self.accepted.get(&operation)?.evidence.clone();
            Some(AcceptedBefore { operation, evidence })
        });
        accepted.collect()
    }

    /// The steps of an operation as they stand closed on a lot that the pieces were of: before they were
    /// split off, or not provably after. None where one is open there, it is by another text, that lot is on
    /// hold for them, or work did not go on after it when they were split off: what was sent back since, on
    /// whichever lot on the way, is done again.
    pub(super) fn closed_on_origin(
        &self,
        operation: &PinnedOperation,
        (kin, known): (&Kin, &Instructions),
    ) -> Vec<ClosedStep> {
        let mut lot = self;
        for _ in 0..kin.len() {
            let [origin] = lot.lot.origins.as_slice() else { break };
            let Some(from) = kin.get(&origin.what.from) else { break };
            let splits = vec![&origin.what.split];
            let before = Before { lot: &origin.what.from, state: from, splits };
            let on = lot.goes_on_as_split_off(operation.operation);
            if !on || before.holds().next().is_some() {
                break;
            }
            let same = |there: &PinnedOperation| there.hash == operation.hash;
            let mut closed = from.closed_steps(known);
            closed.retain(|step| step.operation == operation.operation);
            if from.operation(operation.operation).is_some_and(same)
                && from.operation_closed(operation, known)
                && !closed.iter().any(|step| before.had_left(&step.by))
            {
                return closed;
            }
            lot = from;
        }
        Vec::new()
    }

    /// Whether work goes on after an operation as it did when the pieces became this lot: it was accepted
    /// then, and not sent back since.
    fn goes_on_as_split_off(&self, operation: u32) -> bool {
        let since = self.accepted.get(&operation).map(|accepted| &accepted.at);
        self.lot.origins.iter().any(|origin| Some(&origin.at) == since)
    }

    /// By what work goes on after an operation that is not known to be done, each with the unit of which it
    /// was accepted: here, and where it went on so already when the pieces became this lot, on each lot that
    /// they were of.
    pub fn goes_on_by<'a>(&'a self, operation: u32, kin: &'a Kin) -> Vec<(&'a Self, &'a Accepted)> {
        let mut found: Vec<(&Self, &Accepted)> = Vec::new();
        let mut open = vec![self];
        while let Some(lot) = open.pop() {
            let Some(accepted) = lot.accepted.get(&operation) else { continue };
            if found.iter().all(|(_, known)| known.at != accepted.at) {
                found.push((lot, accepted));
                let origins = lot.lot.origins.iter().filter(|origin| origin.at == accepted.at);
                open.extend(origins.filter_map(|origin| kin.get(&origin.what.from)));
            }
        }
        found
    }

    /// Takes over what the records of the lot that the pieces were of close of an operation; not where it was
    /// sent back, unseen by who took it over.
    pub(super) fn close_by_records(&mut self, operation: u32, closed: &[ClosedStep]) {
        if self.goes_on_as_split_off(operation) {
            self.lot.take_over(closed.iter().filter(|step| step.operation == operation));
        }
    }

    /// Whether the fact that is said to have closed a step did so here, also where it was done again since.
    pub fn was_closed_by(&self, closed: &ClosedStep) -> bool {
        let ClosedStep { operation, step, not_needed, by, skipped, .. } = closed;
        let key = (*operation, step.clone());
        if let Some(before) = self.lot.closed.get(&key).filter(|before| before.by == *by) {
            return (before.skipped, before.not_needed) == (*skipped, *not_needed);
        }
        let undone = *skipped || *not_needed;
        let completed =
            || self.attempts_at(*operation, step).filter_map(|a| a.completed_at.as_ref());
        if completed().any(|at| at == by) {
            return !undone;
        }
        // Then it was left out, or decided that it is not needed; unseen by that it may be done all the same.
        let last = self.lot.closed_by.get(&key) == Some(by);
        last && (undone || completed().next().is_some())
    }

    /// Whether the inspection of a lot looked at these pieces too: it was of this lot, or of one that they
    /// were of and had not provably left when it was opened.
    pub(super) fn is_inspected_by(&self, id: &TravelerId, inspected: &Lot, kin: &Kin) -> bool {
        let Some(unit) = &inspected.opened.unit else { return true };
        let had = |before: &Before<'_>| {
            let held = before.state.held_by_opening(&inspected.at);
            held.is_none_or(|held| !before.had_left(held))
        };
        let mut before = self.lots_before(kin).into_iter().filter(|before| before.lot == unit);
        unit == id || before.any(|before| had(&before))
    }

    /// The hold that an opening for inspection placed.
    fn held_by_opening(&self, opened: &Position) -> Option<&Position> {
        let reason = HoldReason::Inspection { opened: opened.clone() };
        self.holds.iter().find(|(_, hold)| hold.placed.reason == reason).map(|(at, _)| at)
    }

    /// Whether the pieces of a split had provably left this lot when something was recorded on it.
    pub fn left_by(&self, split: &Position, recorded: &Position) -> bool {
        self.lot.splits_known.knows(recorded, split)
    }
}

/// Holds the lots that were split off after a reading was taken, once it was corrected and fails or
/// was signed for: somebody decides for each of them.
pub(super) fn hold_split_off(
    (id, state): (&TravelerId, &TravelerState),
    reading: &Position,
    context: &Context,
    draft: &mut Draft,
) {
    for lot in had((id, state), Some(reading), &context.kin) {
        let reason = HoldReason::Origin { lot: id.clone(), reading: reading.clone() };
        let readings = Positions::one(reading);
        let placed = HoldPlaced { reason, attempt: None, readings, deviation: None };
        let fact = FactBody::Traveler(TravelerFact::HoldPlaced(placed));
        draft.push(Subject::Traveler(lot.clone()), fact);
    }
}

/// The lots, not ended, whose pieces were of a lot when its inspection was opened, or may have been: the
/// opening holds the lot in the same act, and that hold tells which pieces had left.
pub fn split_off_inspected<'a>(
    (id, state): (&'a TravelerId, &TravelerState),
    opened: &Position,
    kin: &'a Kin,
) -> BTreeSet<&'a TravelerId> {
    had((id, state), state.held_by_opening(opened), kin)
}

/// The lots, not ended, that were split off a lot since something was recorded on it, or not provably
/// before.
pub fn split_off_since<'a>(
    unit: (&'a TravelerId, &TravelerState),
    recorded: &Position,
    kin: &'a Kin,
) -> BTreeSet<&'a TravelerId> {
    had(unit, Some(recorded), kin)
}

/// The lots, not ended, whose pieces were of this one when something was recorded on it, or may have
/// been; all of them where that is not known here.
fn had<'a>(
    (id, state): (&'a TravelerId, &TravelerState),
    recorded: Option<&Position>,
    kin: &'a Kin,
) -> BTreeSet<&'a TravelerId> {
    let left = |split: &Position| recorded.is_some_and(|at| state.left_by(split, at));
    let (mut found, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(from) = open.pop() {
        for (lot, off) in kin {
            let had = |origin: &Origin| {
                origin.what.from == *from && (from != id || !left(&origin.what.split))
            };
            if off.lot.origins.iter().any(had) && found.insert(lot) {
                open.push(lot);
            }
        }
    }
    found.retain(|lot| kin.get(*lot).is_some_and(|state| state.ended.is_none()));
    found
}
