//! Work on a step: begun, recorded, counted, signed, completed.

use std::collections::BTreeSet;

use crate::domain::fact::Position;
use crate::domain::instruction::Ask;
use crate::domain::refusal::Reason;
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::second_look::Objection;
use crate::domain::signature::{Covers, Signature};

use super::super::command::StepAt;
use super::super::eligibility::Found;
use super::super::fact::{AskAt, ReadingTaken, StepStarted, TravelerFact};
use super::super::lot::QuantityReported;
use super::super::record::{Slot, taken_before};
use super::super::sign::require_signable;
use super::super::split::{require_all_counted, require_countable};
use super::super::state::Attempt;
use super::super::step::require_asks;
use super::Look;

impl<'a> Look<'a> {
    pub(super) fn started(&mut self) {
        let mut reasons = Vec::new();
        if self.then.state.started.is_some() {
            reasons.push(Reason::TravelerStartedAlready);
        }
        self.then.state.require_no_hold(&mut reasons);
        self.refuse(reasons);
    }

    pub(super) fn begun(&mut self, started: &StepStarted) {
        let state = self.then.state;
        self.at_work();
        let Some(operation) = state.operation(started.operation) else {
            let operation = started.operation;
            return self.refuse([Reason::OperationUnknown { operation }]);
        };
        let step = &started.step;
        if started.text.is_some_and(|text| text != operation.hash) {
            self.object(Objection::OtherText(step.clone()));
        }
        if state.standing_attempt(started.operation, step).is_some() {
            self.object(Objection::BegunAlready(step.clone()));
        }
        let made = state.attempts_at(started.operation, step).map(|attempt| &attempt.at);
        if made.collect::<BTreeSet<_>>() != started.previous.iter().collect() {
            self.object(Objection::AttemptsHidden(step.clone()));
        }
        let at = StepAt { operation: started.operation, step: step.clone() };
        if let Ok(found) = state.find(&at, self.context) {
            self.in_order(found);
        }
    }

    /// The attempt that a record is of, which is the one that stands, and its step where the text is
    /// at hand.
    fn of_attempt(&mut self, at: &Position) -> Option<(&'a Attempt, Option<Found<'a>>)> {
        let state = self.then.state;
        let Some(attempt) = state.attempt(at) else {
            self.object(Objection::AttemptUnknown);
            return None;
        };
        let step = attempt.step.clone();
        let at = StepAt { operation: attempt.operation, step: step.clone() };
        let standing = state.standing_attempt(attempt.operation, &step);
        if standing.is_none_or(|standing| standing.at != attempt.at) {
            self.refuse([ReadingReason::Superseded { step }.into()]);
        }
        Some((attempt, state.find(&at, self.context).ok()))
    }

    /// What holds for every record of work, whoever's it is.
    fn worked(&mut self, at: &Position) -> Option<(&'a Attempt, Option<Found<'a>>)> {
        self.at_work();
        let (attempt, found) = self.of_attempt(at)?;
        if let Some(found) = found {
            self.in_order(found);
        }
        Some((attempt, found))
    }

    /// An answer, a text, a component, a wait, or a first reading.
    pub(super) fn recorded(&mut self, (at, sample): (&AskAt, u16), fact: &TravelerFact) {
        let Some((attempt, found)) = self.worked(&at.attempt) else { return };
        let slot = Slot { ask: at.ask, sample };
        let decides = found.is_some_and(|f| f.instruction.decides(&f.step.id, slot.ask));
        if taken_before(attempt, slot, decides) {
            let waits = matches!(fact, TravelerFact::WaitStarted { .. });
            let (ask, sample) = (slot.ask, slot.sample);
            let again = Reason::AlreadyRecorded { ask, sample };
            self.refuse([if waits { Reason::WaitRunning { splits: false } } else { again }]);
        }
    }

    pub(super) fn taken(&mut self, taken: &ReadingTaken, fact: &TravelerFact) {
        if let Some(hold) = &taken.sorting {
            return self.sorted(taken, hold);
        }
        let Some(retry) = &taken.retry else {
            return self.recorded((&taken.at, taken.sample), fact);
        };
        let state = self.then.state;
        let ended = state.ended.clone().map(|how| Reason::TravelerEnded { how });
        let paused = state.paused().map(|pause| Reason::Paused { reason: pause.reason.clone() });
        self.refuse(ended.into_iter().chain(paused));
        let waits = |at: &Position| state.all_to_retype().any(|(hold, ..)| hold == at);
        let others = state.open_holds().filter(|(at, _)| !waits(at));
        let others = others.map(|(_, hold)| hold.stops());
        self.refuse(others);
        if state.all_to_retype().all(|(_, reading, _)| *reading != retry.of) {
            self.refuse([Reason::NothingToRetype]);
        }
        // It is done about the failing reading, also where another attempt was made unseen.
        let Some(attempt) = state.attempt(&taken.at.attempt) else {
            return self.object(Objection::AttemptUnknown);
        };
        let at = StepAt { operation: attempt.operation, step: attempt.step.clone() };
        let Ok(found) = state.find(&at, self.context) else { return };
        self.in_order(found);
        let index = usize::from(taken.at.ask).checked_sub(1);
        let ask = index.and_then(|index| found.step.asks.get(index));
        if let (Some(Ask::Measure(measure)), Some((entry, _))) = (ask, state.reading(&retry.of)) {
            self.refuse(attempt.retry_refused(entry, measure).map(Reason::from));
        }
    }

    /// A reading of a suspect unit, which is on hold for it.
    fn sorted(&mut self, taken: &ReadingTaken, hold: &Position) {
        let state = self.then.state;
        let Some(suspected) = state.to_sort(hold) else {
            return self.refuse([Reason::NoSuchHold]);
        };
        if suspected.attempt != taken.at.attempt || suspected.ask != taken.at.ask {
            return self.object(Objection::AttemptUnknown);
        }
        self.refuse(state.sort_refused((hold, suspected), taken.sample));
    }

    pub(super) fn completed(&mut self, attempt: &Position) {
        let Some((attempt, Some(found))) = self.worked(attempt) else { return };
        let (state, mut reasons) = (self.then.state, Vec::new());
        require_asks(state, attempt, found, self.context, &mut reasons);
        if self.is_read_up_to(attempt.operation) {
            require_all_counted(state, found, self.context, &mut reasons);
        }
        self.refuse(reasons);
    }

    pub(super) fn reported(&mut self, report: &QuantityReported) {
        let Some((attempt, found)) = self.worked(&report.attempt) else { return };
        let Some(found) = found.filter(|_| self.is_read_up_to(attempt.operation)) else { return };
        let mut reasons = Vec::new();
        require_countable(self.then.state, found, report.pieces, (self.context, &mut reasons));
        self.refuse(reasons);
    }

    pub(super) fn signed(&mut self, at: &AskAt, signature: &Signature) {
        let Some((attempt, found)) = self.worked(&at.attempt) else { return };
        let (state, mut reasons) = (self.then.state, Vec::new());
        if attempt.entry(at.ask, 1).is_some() {
            reasons.push(RouteReason::SignedAlready { step: attempt.step.clone() }.into());
        }
        let index = usize::from(at.ask).checked_sub(1);
        if let Some(found) = found
            && let Some(Ask::Sign(sign)) = index.and_then(|index| found.step.asks.get(index))
        {
            let not_asked = attempt.samples.iter().filter(|decided| !decided.sampled);
            let not_asked: Vec<u16> = not_asked.map(|decided| decided.ask).collect();
            let here = (found, at.ask, sign);
            require_signable(state, Some(attempt), here, (&not_asked, &mut reasons));
        }
        self.refuse(reasons);
        // What the same act began just before is not signed for yet.
        let begun = attempt.at.plus(1) == self.then.head.position;
        let facts = state.facts.iter().filter(|(at, _)| !begun || **at != attempt.at);
        if Covers::over(facts) != signature.covers {
            self.object(Objection::CoversOther);
        }
    }
}
