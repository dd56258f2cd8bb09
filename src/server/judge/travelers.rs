//! What the judge checks of work on a unit: who may, where, by what was released.

use crate::domain::condition::SkipRule;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{PersonId, StepId};
use crate::domain::people::Action;
use crate::domain::place::NewsRule;
use crate::domain::revision::Revisions;
use crate::domain::signature::Signature;
use crate::domain::stream::Subject;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::fact::{
    HoldOutcome, HoldReason, PinnedOperation, StepStarted, TravelerFact, TravelerStarted,
};
use crate::domain::traveler::state::RecordedWhat;
use crate::domain::who_may;

use super::rules::{Case, is_released};

impl Case<'_> {
    pub(super) fn traveler(&mut self, body: &TravelerFact) {
        match body {
            TravelerFact::TravelerStarted(started) => {
                // A supervisor pins, too, where upstream work is accepted before its facts are here.
                self.work(&[Action::Perform, Action::Overrule]);
                self.pinned(started);
            }
            // Begun by signing: what it takes to sign is judged of the signature.
            TravelerFact::StepStarted(_) if self.begun_by_signing() => {
                self.require_known();
                self.here();
            }
            TravelerFact::Checked { corrects: Some(corrected), .. } => {
                self.perform();
                let answered = self.entered_by(&corrected.entry);
                self.own(&answered, None);
            }
            TravelerFact::EntryMade { corrects: Some(corrected), .. }
            | TravelerFact::ComponentInstalled { corrects: Some(corrected), .. } => {
                let entered = self.entered_by(&corrected.entry);
                self.corrected(&entered);
            }
            TravelerFact::StepStarted(started) => self.begun(started),
            TravelerFact::Checked { .. }
            | TravelerFact::EntryMade { .. }
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::QuantityReported(_)
            | TravelerFact::ReadingTaken(_)
            | TravelerFact::Paused { .. }
            | TravelerFact::Resumed { .. } => self.perform(),
            TravelerFact::ComponentRemoved(_) => self.work(&[Action::RemoveComponent]),
            TravelerFact::RevisionKept(_) => {
                let rule = self.known.policy().map_or(NewsRule::Warn, |policy| policy.rules.news);
                self.require(&[who_may::keeps_revision(rule)]);
            }
            TravelerFact::MovedToRevision(moved) => {
                self.require(&[Action::MoveRevision]);
                self.operation(&moved.to);
            }
            TravelerFact::ReadingConfirmed { .. } => self.require(&[Action::RaiseDeviation]),
            TravelerFact::ReadingCorrected { reading, .. } => {
                let stood = self.stood_for(reading);
                self.corrected(&stood);
            }
            TravelerFact::QuantityCorrected(corrected) => {
                let stood = self.counted_by(&corrected.report);
                self.corrected(&stood);
            }
            TravelerFact::LotSplit(split) => self.require(&[who_may::splits(split)]),
            TravelerFact::SplitOff(origin) => {
                self.require(&[Action::SplitLot, Action::Dispose]);
                self.pinned(&origin.started);
            }
            TravelerFact::StepSkipped { rule, step, .. } => self.skipped(*rule, step),
            // It follows from what was recorded, left out or corrected in the same act.
            TravelerFact::ConditionDecided(_) => {
                self.require(&[Action::Perform, Action::Overrule, Action::CorrectRecord]);
            }
            TravelerFact::WaitAccepted { .. } => self.require(&[Action::Overrule]),
            TravelerFact::UpstreamAccepted { ticket, .. } => self.accepted(ticket.is_some()),
            TravelerFact::Signed { signature, .. } => {
                self.signature(signature);
                self.here();
            }
            TravelerFact::ProductReleased(released) => self.shipped(&released.signature),
            TravelerFact::ProductTakenBack(_) => self.require(&[Action::ReleaseProduct]),
            TravelerFact::HoldPlaced(placed) => self.held(&placed.reason),
            TravelerFact::HoldReleased { hold, outcome, decision } => {
                self.let_go(hold, (outcome, decision.as_ref()));
            }
        }
    }

    fn accepted(&mut self, by_ticket: bool) {
        self.require(who_may::accepts_upstream(by_ticket));
    }

    /// Whether what begins an attempt is the signing of its first ask.
    pub(super) fn begun_by_signing(&self) -> bool {
        // It was written in one act with the signature, which comes after it.
        let attempt = self.unit.and_then(|unit| unit.now.attempt(&self.fact.head.position));
        let first = attempt.and_then(|attempt| attempt.entries.first());
        first.is_some_and(|entry| {
            matches!(entry.what, RecordedWhat::Signature(_))
                && entry.by == self.fact.head.acting.actor
        })
    }

    /// One's own record is corrected by oneself, another's by who answers for it (R3).
    fn corrected(&mut self, stood: &[PersonId]) {
        self.own(stood, who_may::corrects(false));
    }

    /// What is one's own is open to oneself, else to who may do this.
    fn own(&mut self, owners: &[PersonId], others: Option<Action>) {
        let Some((actor, known)) = self.require_known() else { return };
        let may = |action: Action| action.roles().iter().any(|role| known.roles.contains(role));
        // Of what is not known here nothing is said.
        let Some(owner) = owners.last() else { return };
        if !owners.contains(&actor) && !others.is_some_and(may) {
            self.reject(format!("{actor} may not correct what {owner} recorded"));
        }
    }

    /// Whoever stood for a reading before this correction: who took it, and who corrected it since.
    fn stood_for(&self, reading: &Position) -> Vec<PersonId> {
        let found = self.then().and_then(|then| then.reading(reading));
        let Some((entry, reading)) = found else { return Vec::new() };
        let before = reading.corrections.iter().filter_map(|c| c.by.as_ref());
        entry.by.iter().chain(before).cloned().collect()
    }

    /// Whoever stood for a count of pieces before this correction.
    fn counted_by(&self, report: &Position) -> Vec<PersonId> {
        let mut reports = self.then().into_iter().flat_map(|then| &then.lot.reports);
        let Some(report) = reports.find(|found| found.at == *report) else { return Vec::new() };
        let before = report.corrections.iter().filter_map(|c| c.by.as_ref());
        report.by.iter().chain(before).cloned().collect()
    }

    /// Whoever made an entry.
    fn entered_by(&self, at: &Position) -> Vec<PersonId> {
        let attempts = self.then().into_iter().flat_map(|then| &then.attempts);
        let mut entries = attempts.flat_map(|attempt| &attempt.entries);
        let found = entries.find(|entry| entry.at == *at);
        found.and_then(|entry| entry.by.clone()).into_iter().collect()
    }

    /// A hold ends in the way that its reason asks for, by who may end it so.
    fn let_go(&mut self, at: &Position, (outcome, decision): (&HoldOutcome, Option<&Position>)) {
        self.decided(outcome, decision);
        let held = self.then().and_then(|then| then.holds.get(at));
        let failing = held.is_some_and(|hold| !hold.placed.readings.is_empty());
        let reason = held.map(|hold| &hold.placed.reason);
        let one = [who_may::ends_hold(reason, outcome, failing)];
        // With whatever anybody did to the check that it was held for, or to measure it.
        let any = [Action::Perform, Action::CorrectRecord, Action::Dispose, Action::UseAsIs];
        let follows = matches!(outcome, HoldOutcome::Cleared { .. } | HoldOutcome::Sorted);
        self.require(if follows { &any } else { &one });
        let shipped = self.then().is_some_and(|then| then.shipped().is_some());
        if let Some(action) = who_may::ends_hold_of_shipped(outcome).filter(|_| shipped) {
            self.require(&[action]);
        }
        if reason.is_some_and(|reason| !who_may::is_ended_by(reason, outcome)) {
            self.reject("this hold does not end like this");
        }
    }

    fn held(&mut self, reason: &HoldReason) {
        match reason {
            HoldReason::OutOfLimits | HoldReason::Raised => {
                self.require(&[Action::Perform, Action::RaiseDeviation]);
            }
            HoldReason::Origin { .. } => {
                self.require(&[Action::Perform, Action::CorrectRecord]);
            }
            // Placed with whatever anybody did to a check or to a unit that was to be checked.
            HoldReason::Suspect(_) => {
                self.require(&[
                    Action::Perform,
                    Action::CorrectRecord,
                    Action::HoldForGauge,
                    Action::Overrule,
                    Action::Dispose,
                ]);
            }
            HoldReason::Gauge { .. } => {
                self.require(&[Action::HoldForGauge]);
            }
            HoldReason::Recall { .. } => self.require(&[Action::Recall]),
            HoldReason::Inspection { .. } => self.require(&[Action::InspectLot]),
            HoldReason::Definition { .. } => {
                self.require(&[Action::KeepRevision]);
            }
            HoldReason::Judged { .. } => {
                self.reject("only the server's judge places this hold");
            }
        }
    }

    /// What was not accepted meanwhile is not released to ship; the signer could not know.
    fn shipped(&mut self, signature: &Signature) {
        self.require(&[Action::ReleaseProduct]);
        self.signature(signature);
        let holds = self.unit.into_iter().flat_map(|unit| unit.now.open_holds());
        let rejected = holds.filter_map(|(_, hold)| match &hold.placed.reason {
            HoldReason::Judged { fact, .. } => Some(fact.clone()),
            HoldReason::OutOfLimits
            | HoldReason::Raised
            | HoldReason::Gauge { .. }
            | HoldReason::Origin { .. }
            | HoldReason::Recall { .. }
            | HoldReason::Suspect(_)
            | HoldReason::Inspection { .. }
            | HoldReason::Definition { .. } => None,
        });
        let covered: Vec<Position> =
            rejected.filter(|fact| signature.covers.facts.contains(fact)).collect();
        for at in covered {
            self.reject(format!("it covers {at}, which was not accepted"));
        }
    }

    /// A step is left out by whom its instruction names.
    fn skipped(&mut self, rule: SkipRule, step: &StepId) {
        match who_may::skips(rule) {
            [] => self.reject(format!("nobody may leave step {step} out")),
            actions => self.require(actions),
        }
    }

    /// A step is begun by who performs, where nothing keeps it from being begun.
    fn begun(&mut self, started: &StepStarted) {
        self.perform();
        self.not_held_there(started);
        self.not_stopped(started);
    }

    /// A step is not begun by which a deviation of the unit was to be closed, of which its station knew.
    fn not_stopped(&mut self, started: &StepStarted) {
        let (Subject::Traveler(unit), Some(then)) = (&self.fact.subject, self.then()) else {
            return;
        };
        let text = then.operation(started.operation).and_then(|op| self.texts.get(&op.hash));
        let at = StepAt { operation: started.operation, step: started.step.clone() };
        let when = (&self.fact.head.position, &self.fact.head.moment);
        let step = (&at, text.map(AsRef::as_ref));
        for (deviation, state) in self.gates {
            if let Some(gate) = state.stopped(unit, step, when) {
                let StepAt { operation, step } = gate;
                self.reject(format!(
                    "{deviation} was to be closed before operation {operation}, step {step}"
                ));
            }
        }
    }

    /// An operation that was held at the place is not begun on another unit.
    fn not_held_there(&mut self, started: &StepStarted) {
        let (Some(place), Some(then)) = (&self.fact.head.acting.place, self.then()) else { return };
        let begun = then.attempts.iter().any(|attempt| attempt.operation == started.operation);
        let instruction = then.operation(started.operation).map(|known| &known.instruction);
        let (false, Some(instruction)) = (begun, instruction) else { return };
        let head = &self.fact.head;
        let state = self.known.place_state(place);
        let when = (&head.position, &head.moment);
        if let Some(hold) = state.and_then(|state| state.was_held_for(instruction, when)) {
            self.reject(format!("{instruction} was held at {place}: {}", hold.held.words()));
        }
    }

    /// Work is done by those who may, at a place whose work center the station serves.
    fn perform(&mut self) {
        self.work(&[Action::Perform]);
    }

    fn work(&mut self, actions: &[Action]) {
        self.require(actions);
        self.here();
    }

    /// It was done at a place that the station serves.
    fn here(&mut self) {
        let Some(place) = &self.fact.head.acting.place else {
            return self.reject("the work was done at no place");
        };
        match self.known.place(place) {
            None => self.reject(format!("the server does not know the place {place}")),
            Some(defined) if !self.station.work_centers.contains(&defined.work_center) => {
                let (code, center) = (&self.station.code, &defined.work_center);
                self.reject(format!("station {code} is not enrolled for work center {center}"));
            }
            Some(_) => {}
        }
    }

    /// Everything pinned was released and accepted (R1).
    fn pinned(&mut self, started: &TravelerStarted) {
        for operation in &started.operations {
            self.operation(operation);
        }
        if let Some(pinned) = &started.specification {
            let revisions = self.known.specification(&started.part);
            if !is_released(revisions, &pinned.revision, pinned.hash) {
                let (what, revision) = (&started.part, &pinned.revision);
                self.reject(format!("specification {what} rev {revision} is not released"));
            }
            self.not_withdrawn(format!("specification {}", started.part), revisions, pinned.hash);
        }
    }

    /// What is begun or moved to is released, and was not withdrawn by then.
    fn operation(&mut self, operation: &PinnedOperation) {
        let revisions = self.known.instruction(&operation.instruction);
        if !is_released(revisions, &operation.revision, operation.hash) {
            let (what, revision) = (&operation.instruction, &operation.revision);
            self.reject(format!("{what} rev {revision} is not released"));
        }
        self.not_withdrawn(operation.instruction.to_string(), revisions, operation.hash);
    }

    fn not_withdrawn(&mut self, what: String, revisions: Option<&Revisions>, hash: Hash) {
        let mut list = revisions.into_iter().flat_map(|revisions| &revisions.list);
        let known = list.find(|revision| revision.submitted.hash == hash);
        let Some(withdrawal) = known.and_then(|known| known.withdrawn.as_ref()) else {
            return;
        };
        // Begun by who had not received it: held, so that somebody looks at what was made since.
        if self.fact.head.moment.effective() >= withdrawal.moment.effective() {
            self.reject(format!("{what} rev {} was withdrawn by then", withdrawal.what.revision));
        }
    }
}
