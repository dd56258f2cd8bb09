//! What is decided about work: corrected, left out, accepted, split off, moved, let go.

use crate::domain::fact::Position;
use crate::domain::ids::StepId;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::Reason;
use crate::domain::refusal::component::ComponentReason;
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::second_look::Objection;
use crate::domain::signature::{Covers, Meaning};
use crate::domain::traveler::state::Reading;

use super::super::command::StepAt;
use super::super::component::ComponentRemoved;
use super::super::definitions::{MovedToRevision, require_held_by_definitions, steps_moved};
use super::super::exceptions::digest;
use super::super::fact::{ConditionDecided, HoldOutcome};
use super::super::lot::{LotSplit, QuantityCorrected};
use super::super::route::decided_now;
use super::super::shipped::{ProductReleased, ProductTakenBack};
use super::super::split::require_recountable;
use super::super::state::Hold;
use super::super::step::require_skippable;
use super::super::upstream::require_acceptable;
use super::Look;

impl Look<'_> {
    /// An answer that is taken back within its step.
    pub(super) fn answer_corrected(&mut self, answer: &Position) {
        self.at_work();
        let Some(attempt) = self.then.state.attempt_of(answer) else {
            return self.refuse([Reason::ReadingUnknown]);
        };
        let step = attempt.step.clone();
        if attempt.completed.is_some() {
            self.refuse([Reason::StepDone { step }]);
        } else if !attempt.counts(answer) {
            self.refuse([ReadingReason::Superseded { step }.into()]);
        }
    }

    /// Released by a signature over all that was known, shown the exceptions that follow from it,
    /// with nothing in the way (R17); as far as the texts are at hand.
    pub(super) fn shipped(&mut self, released: &ProductReleased) {
        let state = self.then.state;
        if released.signature.covers != Covers::over(&state.facts) {
            self.object(Objection::CoversOther);
        }
        if released.signature.meaning != Meaning::Released {
            self.object(Objection::SignMeaning(Meaning::Released));
        }
        let known = &self.context.instructions;
        let mut reasons = Vec::new();
        state.require_shippable(known, &mut reasons);
        let mut operations = state.started.iter().flat_map(|started| &started.operations);
        if operations.all(|operation| known.contains_key(&operation.hash)) {
            let list = state.exceptions(known, &released.withdrawn);
            if digest(&list) != released.digest {
                reasons.push(ShipReason::ListChanged { count: list.len() }.into());
            }
        } else {
            reasons
                .retain(|reason| !matches!(reason, Reason::Ship(ShipReason::OperationOpen { .. })));
        }
        self.refuse(reasons);
    }

    /// Only what is shipped by this release is taken back.
    pub(super) fn taken_back(&mut self, back: &ProductTakenBack) {
        if self.then.state.shipped().is_none_or(|release| release.at != back.release) {
            self.refuse([ShipReason::NotShipped.into()]);
        }
    }

    /// A record that is put right counts, and no decision about it is open.
    pub(super) fn corrected(&mut self, record: &Position) {
        let state = self.then.state;
        let Some(attempt) = state.attempt_of(record) else {
            return self.refuse([Reason::ReadingUnknown]);
        };
        let mut reasons = Vec::new();
        if !attempt.counts(record) {
            reasons.push(ReadingReason::Superseded { step: attempt.step.clone() }.into());
        }
        state.require_not_held_for(record, &mut reasons);
        self.refuse(reasons);
        self.not_ended();
    }

    /// Only what was built in and stands can be taken out.
    pub(super) fn taken_out(&mut self, removed: &ComponentRemoved) {
        let components = self.then.state.components();
        let stands =
            |entry: &Position| components.iter().any(|b| b.entry.at == *entry && b.stands());
        if !stands(&removed.entry) {
            let identity = removed.identity.clone();
            self.refuse([ComponentReason::NotBuiltIn { identity }.into()]);
        }
    }

    pub(super) fn reading_corrected(&mut self, reading: &Position) {
        // Typed again at once, a slip is put right while the unit is held for it.
        if self.then.state.all_to_retype().all(|(_, waiting, _)| waiting != reading) {
            self.corrected(reading);
        }
    }

    pub(super) fn waits_to_be_typed(&mut self, reading: &Position) {
        if self.then.state.all_to_retype().all(|(_, waiting, _)| waiting != reading) {
            self.refuse([Reason::NothingToRetype]);
        }
    }

    pub(super) fn recounted(&mut self, corrected: &QuantityCorrected) {
        let state = self.then.state;
        let mut reports = state.lot.reports.iter();
        let Some(report) = reports.find(|report| report.at == corrected.report) else {
            return self.refuse([RouteReason::ReportUnknown.into()]);
        };
        let read = self.is_read_up_to(u32::MAX);
        let mut reasons = Vec::new();
        require_recountable(state, report, corrected.pieces, (self.context, &mut reasons));
        if !read {
            reasons.clear();
        }
        self.refuse(reasons);
    }

    pub(super) fn skipped(&mut self, operation: u32, step: &StepId) {
        self.at_work();
        let state = self.then.state;
        let at = StepAt { operation, step: step.clone() };
        let Ok(found) = state.find(&at, self.context) else { return };
        self.in_order(found);
        let mut reasons = Vec::new();
        require_skippable(found, [state].into_iter(), &mut reasons);
        self.refuse(reasons);
    }

    /// Whether a step is needed follows from what stands recorded where its condition looks.
    pub(super) fn decided(&mut self, decided: &ConditionDecided) {
        let state = self.then.state;
        let at = StepAt { operation: decided.operation, step: decided.step.clone() };
        let Ok(found) = state.find(&at, self.context) else { return };
        if decided_now(state, found).as_ref() != Some(decided) {
            self.object(Objection::OtherDecision(decided.step.clone()));
        }
    }

    pub(super) fn wait_accepted(&mut self, attempt: &Position) {
        self.at_work();
        let open = self.then.state.attempt(attempt).filter(|a| a.completed.is_none());
        if open.is_none() {
            self.refuse([Reason::AskMismatch { wanted: "a wait that was begun" }]);
        }
    }

    /// Later work goes on after an operation that is not done here; one that is done by the records of the
    /// lot that the pieces were of may have been accepted before.
    pub(super) fn upstream(&mut self, operation: u32, by_records: bool) {
        let mut reasons = Vec::new();
        self.then.state.require_no_hold(&mut reasons);
        let route = self.then.state.started.iter().flat_map(|started| &started.operations);
        let route: Vec<_> = route.collect();
        let at = (operation, &route[..]);
        require_acceptable(self.then.state, at, (self.context, &mut reasons));
        // A station that lacks the text cannot tell that it is done, and nothing hangs on it then.
        let done =
            |reason: &Reason| matches!(reason, Reason::Route(RouteReason::UpstreamDone { .. }));
        reasons.retain(|reason| !done(reason));
        if by_records {
            let before = Reason::from(RouteReason::UpstreamAcceptedBefore { operation });
            reasons.retain(|reason| *reason != before);
        }
        self.refuse(reasons);
        self.not_ended();
    }

    pub(super) fn split(&mut self, split: &LotSplit) {
        let state = self.then.state;
        if let Some(deviation) = &split.deviation {
            // Its pieces go different ways by a disposition, while the deviation holds them.
            let holds = |hold: &Hold| hold.placed.deviation.as_ref() == Some(deviation);
            if !state.open_holds().any(|(_, hold)| holds(hold)) {
                self.refuse([Reason::NoSuchHold]);
            }
            self.not_ended();
        } else {
            self.at_work();
        }
        let Some(pinned) = state.operation(split.operation) else {
            let operation = split.operation;
            return self.refuse([Reason::OperationUnknown { operation }]);
        };
        if !self.is_read_up_to(u32::MAX) {
            return;
        }
        let (left, _) = state.pieces_to_split(pinned, &self.context.instructions);
        let named = split.quantity;
        if named == 0 || named > left {
            self.refuse([RouteReason::SplitQuantity { named, left }.into()]);
        }
    }

    pub(super) fn moved(&mut self, moved: &MovedToRevision) {
        let (state, mut reasons) = (self.then.state, Vec::new());
        require_held_by_definitions(state, &mut reasons);
        self.refuse(reasons);
        if state.operation(moved.operation) != Some(&moved.from) {
            self.object(Objection::OtherMove(moved.operation));
        }
        let texts = self.then.texts;
        let both = texts.get(&moved.from.hash).zip(texts.get(&moved.to.hash));
        let steps = both.map(|(old, new)| steps_moved(moved.operation, (old, new), state));
        let named = (&moved.reopened, &moved.changed);
        if steps.is_some_and(|(again, changed)| (&again, &changed) != named) {
            self.object(Objection::OtherMove(moved.operation));
        }
    }

    /// A hold that is open ends; by the one who measures only where the value is put right.
    pub(super) fn let_go(&mut self, at: &Position, outcome: &HoldOutcome) {
        let state = self.then.state;
        let Some(hold) = state.holds.get(at).filter(|hold| hold.released.is_none()) else {
            return self.refuse([Reason::NoSuchHold]);
        };
        let stands = |at: &Position| match outcome {
            HoldOutcome::Corrected => {
                state.reading(at).is_some_and(|(_, r)| r.verdict() != Some(Verdict::Fail))
            }
            HoldOutcome::Remeasured { reading } => {
                let again = state.reading(reading).and_then(|(_, r)| r.taken.retry.as_ref());
                again.is_some_and(|retry| retry.of == *at)
            }
            HoldOutcome::Permitted(permitted) => {
                let fails = |r: &Reading| r.verdict() == Some(Verdict::Fail);
                permitted.reading == *at && state.reading(at).is_some_and(|(_, r)| fails(r))
            }
            HoldOutcome::Resumed { .. }
            | HoldOutcome::Reopened { .. }
            | HoldOutcome::Ended { .. }
            | HoldOutcome::Reviewed
            | HoldOutcome::Cleared { .. }
            | HoldOutcome::Sorted
            | HoldOutcome::Inspected
            | HoldOutcome::Released { .. } => true,
        };
        if !hold.placed.readings.iter().all(|reading| stands(&reading)) {
            self.object(Objection::NotPutRight);
        }
    }
}
