//! The way through steps and operations: free groups, conditions, attempts, upstream (R9, R11).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::condition::{Condition, Test};
use crate::domain::fact::{Head, Position};
use crate::domain::ids::{PersonId, StepId};
use crate::domain::instruction::{Ask, EnterForm, Instruction, Step};
use crate::domain::moment::Moment;
use crate::domain::quantity::{Number, Quantity, Verdict};
use crate::domain::refusal::Reason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::stream::TravelerId;
use crate::domain::ticket::Ticket;
use crate::domain::unit::Unit;
use crate::domain::words::{Words, words};

use super::eligibility::{Draft, Found};
use super::fact::{ConditionDecided, DoneAgain, PinnedOperation, TravelerFact};
use super::hold::shown;
use super::standing::{Current, Instructions, StepStanding};
use super::state::{Attempt, Recorded, RecordedWhat, TravelerState};

/// How a step is closed by the act that is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    Completed,
    Skipped,
}

/// Whether a conditional step is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// As recorded.
    pub decided: ConditionDecided,
    /// Who closed what it rests on.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
}

/// A step that was left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The fact.
    pub at: Position,
    /// Who left it out.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: String,
}

/// An operation that was accepted on evidence, though its facts were not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The fact.
    pub at: Position,
    /// By what it is known to be done.
    pub evidence: String,
    /// The ticket that says so; absent where a supervisor answers for it.
    pub ticket: Option<Box<Ticket>>,
    /// Who accepted it.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
}

impl ConditionDecided {
    /// What was decided and why, in words.
    pub fn words(&self) -> Words {
        let Self { step, condition, found, applies, .. } = self;
        if *applies {
            return words!(
                "step {step} needed: {condition}, found {found}",
                step,
                condition,
                found
            );
        }
        words!("step {step} not needed: {condition}, found {found}", step, condition, found)
    }
}

impl TravelerState {
    pub(super) fn accept(
        &mut self,
        head: &Head,
        operation: u32,
        (evidence, ticket): (&str, Option<&str>),
    ) {
        self.accepted.entry(operation).or_insert_with(|| Accepted {
            at: head.position.clone(),
            evidence: evidence.to_owned(),
            ticket: ticket.and_then(|text| Ticket::parse(text).ok()).map(Box::new),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
        });
    }

    pub(super) fn decided(&mut self, head: &Head, decided: &ConditionDecided) {
        // Decided unseen by who sent the step back that it rests on: it is decided anew.
        let attempt = decided.attempt.as_ref().and_then(|at| self.attempt(at));
        if attempt.is_some_and(|attempt| attempt.reopened) {
            return;
        }
        let decision = Decision {
            decided: decided.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
        };
        let key = (decided.operation, decided.step.clone());
        if !decided.applies {
            self.lot.note_closed(key.clone(), &head.position);
        }
        self.decisions.insert(key, decision);
    }

    /// Forgets what was decided and accepted on what is done again.
    pub(super) fn reopen_way(&mut self, operation: u32, steps: &[StepId]) {
        self.decisions.retain(|(op, _), decision| {
            *op != operation || !steps.contains(&decision.decided.rests_on)
        });
        // What is to be done again is not shown by evidence of the first time.
        self.accepted.remove(&operation);
    }

    /// The decision that a step is not needed, where its condition does not hold.
    pub fn not_needed(&self, operation: u32, step: &StepId) -> Option<&Decision> {
        let decision = self.decisions.get(&(operation, step.clone()))?;
        (!decision.decided.applies).then_some(decision)
    }

    /// Tells whether the operations after one may begin: it is closed, or accepted on evidence.
    /// Pieces of a lot go ahead of the others once they are split off.
    pub fn operation_passed(&self, operation: &PinnedOperation, known: &Instructions) -> bool {
        self.accepted.contains_key(&operation.operation) || self.operation_closed(operation, known)
    }

    /// The operations that were accepted on evidence and are not closed.
    pub fn accepted_open<'a>(
        &'a self,
        known: &'a Instructions,
    ) -> impl Iterator<Item = &'a PinnedOperation> {
        let operations = self.started.iter().flat_map(|started| &started.operations);
        operations.filter(|op| {
            self.accepted.contains_key(&op.operation) && !self.operation_closed(op, known)
        })
    }

    /// Whether an operation was accepted on evidence and is not closed.
    pub fn waits_for(&self, operation: u32, known: &Instructions) -> bool {
        self.accepted_open(known).any(|op| op.operation == operation)
    }

    /// The operation that is next: the first that is open and not accepted, else the first that was
    /// accepted and is still open.
    pub fn next_operation<'a>(&'a self, known: &Instructions) -> Option<&'a PinnedOperation> {
        let operations = &self.started.as_ref()?.operations;
        let open = || operations.iter().filter(|op| !self.operation_closed(op, known));
        let accepted = |op: &&PinnedOperation| self.accepted.contains_key(&op.operation);
        open().find(|op| !accepted(op)).or_else(|| open().next())
    }

    /// Every operation that is open and waits for none before it; the one that is next comes first.
    pub fn open_operations<'a>(&'a self, known: &Instructions) -> Vec<&'a PinnedOperation> {
        let next = self.next_operation(known).map(|op| op.operation);
        let mut open = Vec::new();
        for operation in self.started.iter().flat_map(|started| &started.operations) {
            if !self.operation_closed(operation, known) {
                open.push(operation);
            }
            if !self.operation_passed(operation, known) {
                break;
            }
        }
        open.sort_by_key(|op| (Some(op.operation) != next, op.operation));
        open
    }

    /// Every step that may be worked on now, on every operation that may be; the one that is next
    /// comes first.
    pub fn at_hand<'a>(&'a self, known: &'a Instructions) -> Vec<Current<'a>> {
        let steps = self.open_operations(known).into_iter().filter_map(|operation| {
            let instruction = &**known.get(&operation.hash)?;
            let steps = self.workable(operation.operation, instruction);
            Some(steps.map(move |step| Current { operation, instruction, step }))
        });
        steps.flatten().collect()
    }

    /// The steps of an operation that may be worked on now: the next one, or every open one of its
    /// free group (R11).
    pub fn workable<'a>(
        &'a self,
        operation: u32,
        instruction: &'a Instruction,
    ) -> impl Iterator<Item = &'a Step> {
        let closed = move |step: &Step| self.step_closed(operation, &step.id);
        let from = instruction.steps.iter().position(|step| !closed(step));
        let rest = from.map_or(&[][..], |from| &instruction.steps[from..]);
        let free = rest.iter().take_while(|step| step.rules.free).count();
        rest.iter().take(free.max(1)).filter(move |step| !closed(step))
    }

    /// The number of the last attempt at a step; 0 before the first.
    pub fn attempt_number(&self, operation: u32, step: &StepId) -> u32 {
        let made = self.attempts_at(operation, step).filter(|attempt| !attempt.moved);
        let ranks = made.map(|attempt| attempt.rank);
        ranks.max().unwrap_or(0).max(self.lot.attempts_before(operation, step))
    }

    /// Where an operation was last worked on, else its work center.
    pub fn worked_at(&self, operation: &PinnedOperation) -> String {
        let mut attempts =
            self.attempts.iter().rev().filter(|a| a.operation == operation.operation);
        let place = attempts.next().and_then(|attempt| {
            let entry = attempt.entries.last().and_then(|entry| entry.place.as_ref());
            attempt.completed_place.as_ref().or(entry)
        });
        place.map_or_else(|| operation.work_center.to_string(), ToString::to_string)
    }

    /// The reason why a step may not be opened again, where it was attempted as often as it may be.
    pub(super) fn spent(&self, operation: u32, step: &Step) -> Option<Reason> {
        let most = step.rules.attempts_max?;
        let spent = self.attempt_number(operation, &step.id) >= most;
        spent.then(|| RouteReason::AttemptsSpent { step: step.id.clone(), most }.into())
    }

    /// Why steps may not be opened again, of those that are to be.
    pub(super) fn spent_of(&self, again: &[DoneAgain], known: &Instructions) -> Vec<Reason> {
        let spent = again.iter().flat_map(|DoneAgain { operation, steps }| {
            let instruction = self.operation(*operation).and_then(|op| known.get(&op.hash));
            let steps = steps.iter().filter_map(move |step| instruction?.step(step));
            steps.filter_map(|step| self.spent(*operation, step))
        });
        spent.collect()
    }

    /// What was begun, closed or accepted of the operations after one: it rests on that one.
    pub(super) fn begun_after(&self, operation: u32) -> Vec<DoneAgain> {
        let begun = |operation: u32| {
            let attempts = self.attempts.iter().filter(|a| !a.reopened);
            let attempts = attempts.map(|a| (a.operation, &a.step));
            let skipped = self.skipped.keys().map(|(op, step)| (*op, step));
            let decided = self.decisions.keys().map(|(op, step)| (*op, step));
            let before = self.lot.closed.keys().map(|(op, step)| (*op, step));
            let all = attempts.chain(skipped).chain(decided).chain(before);
            let here = all.filter(|(op, _)| *op == operation).map(|(_, step)| step.clone());
            here.collect::<BTreeSet<StepId>>()
        };
        let operations = self.started.iter().flat_map(|started| &started.operations);
        let after = operations.map(|op| op.operation).filter(|number| *number > operation);
        let again = after.map(|operation| {
            let steps = begun(operation).into_iter().collect();
            DoneAgain { operation, steps }
        });
        let again = again.filter(|DoneAgain { operation, steps }| {
            !steps.is_empty() || self.accepted.contains_key(operation)
        });
        again.collect()
    }

    /// Adds a reason when a new attempt would be one too many; two stations may have sent a step
    /// back unseen by each other.
    pub(super) fn require_attempts_left(&self, found: Found<'_>, reasons: &mut Vec<Reason>) {
        let operation = found.operation.operation;
        if self.standing_attempt(operation, &found.step.id).is_none() {
            reasons.extend(self.spent(operation, found.step));
        }
    }

    /// Adds a reason when a step needs nothing more; tells whether it is open.
    pub(super) fn require_step_open(&self, found: Found<'_>, reasons: &mut Vec<Reason>) -> bool {
        let (operation, step) = (found.operation.operation, &found.step.id);
        match self.step_standing(operation, step) {
            StepStanding::Open | StepStanding::Begun => return true,
            StepStanding::Done | StepStanding::Skipped => {
                reasons.push(Reason::StepDone { step: step.clone() });
            }
            StepStanding::NotNeeded => {
                let decided = self.not_needed(operation, step).map(|d| &d.decided);
                let (condition, found) = decided.map_or_else(Default::default, |decided| {
                    (decided.condition.clone(), decided.found.clone())
                });
                let step = step.clone();
                reasons.push(RouteReason::StepNotNeeded { step, condition, found }.into());
            }
        }
        false
    }
}

/// Writes which conditional steps are needed, once what they rest on is closed: in the same act, so
/// that nobody meets a step of which nobody knows whether it is to be done.
pub(super) fn note_decisions(
    id: &TravelerId,
    state: &TravelerState,
    (found, closing): (Found<'_>, Option<Closing>),
    draft: &mut Draft,
) {
    for decided in decisions(state, found, closing) {
        draft.note(id, TravelerFact::ConditionDecided(decided));
    }
}

/// Which conditional steps are needed, as far as that is decided otherwise than before.
fn decisions(
    state: &TravelerState,
    found: Found<'_>,
    closing: Option<Closing>,
) -> Vec<ConditionDecided> {
    let mut all = decided_in(state, found, closing);
    all.retain(|decided| {
        let known = state.decisions.get(&(decided.operation, decided.step.clone()));
        known.is_none_or(|known| known.decided != *decided)
    });
    all
}

/// Whether a conditional step is needed, by what stands recorded.
pub(super) fn decided_now(state: &TravelerState, found: Found<'_>) -> Option<ConditionDecided> {
    let all = decided_in(state, found, None).into_iter();
    all.into_iter().find(|decided| decided.step == found.step.id)
}

fn decided_in(
    state: &TravelerState,
    found: Found<'_>,
    closing: Option<Closing>,
) -> Vec<ConditionDecided> {
    let mut all = Vec::new();
    let operation = found.operation.operation;
    let mut needed: BTreeMap<&StepId, bool> = BTreeMap::new();
    for step in &found.instruction.steps {
        let Some(condition) = &step.rules.when else { continue };
        let basis = &condition.step;
        let standing = match (needed.get(basis), closing.filter(|_| *basis == found.step.id)) {
            (Some(false), _) => StepStanding::NotNeeded,
            (Some(true) | None, Some(Closing::Completed)) => StepStanding::Done,
            (Some(true) | None, Some(Closing::Skipped)) => StepStanding::Skipped,
            (Some(true) | None, None) => state.step_standing(operation, basis),
        };
        let attempt = match standing {
            StepStanding::Open | StepStanding::Begun => continue,
            StepStanding::Done => state.standing_attempt(operation, basis),
            StepStanding::Skipped | StepStanding::NotNeeded => None,
        };
        if standing == StepStanding::Done && attempt.is_none() {
            // Closed before the pieces became this lot: it was decided then.
            continue;
        }
        let (text, applies) = match standing {
            StepStanding::NotNeeded => ("not needed itself".to_owned(), false),
            // Nobody knows: then it is done, rather once too often.
            StepStanding::Skipped => ("left out".to_owned(), true),
            StepStanding::Done | StepStanding::Open | StepStanding::Begun => {
                let asks = found.instruction.step(basis).map_or(&[][..], |step| &step.asks);
                judge(condition, asks, attempt)
            }
        };
        needed.insert(&step.id, applies);
        let decided = ConditionDecided {
            operation,
            step: step.id.clone(),
            rests_on: basis.clone(),
            attempt: attempt.map(|attempt| attempt.at.clone()),
            condition: condition.to_string(),
            found: text,
            applies,
        };
        all.push(decided);
    }
    all
}

/// What is decided anew about the steps that rest on a record, once it is corrected after its step
/// was closed.
pub(super) fn decided_anew(
    state: &TravelerState,
    found: Found<'_>,
    correct: impl FnOnce(&mut TravelerState),
) -> Vec<ConditionDecided> {
    let rests = |step: &Step| {
        step.rules.when.as_ref().is_some_and(|condition| condition.step == found.step.id)
    };
    if !found.instruction.steps.iter().any(rests) {
        return Vec::new();
    }
    let mut corrected = state.clone();
    correct(&mut corrected);
    decisions(&corrected, found, None)
}

/// What was found where a condition looks, in words, and whether the condition holds.
fn judge(condition: &Condition, asks: &[Ask], attempt: Option<&Attempt>) -> (String, bool) {
    let ask = usize::from(condition.ask).checked_sub(1).and_then(|index| asks.get(index));
    let (Some(attempt), Some(ask)) = (attempt, ask) else {
        return ("nothing recorded".to_owned(), true);
    };
    let all = if let Ask::Measure(measure) = ask { measure.count } else { 1 };
    let samples = condition.sample.map_or(1..=all, |sample| sample..=sample);
    let recorded: Vec<&Recorded> =
        samples.filter_map(|sample| attempt.entry(condition.ask, sample)).collect();
    let unit = match ask {
        Ask::Enter { form: EnterForm::Number(unit), .. } => Some(*unit),
        Ask::Enter { form: EnterForm::Text, .. }
        | Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Wait(_)
        | Ask::Sign(_) => None,
    };
    let fits = |entry: &&&Recorded| holds(&condition.test, &entry.what, unit);
    match (recorded.iter().find(fits), recorded.as_slice()) {
        (Some(entry), _) => (words(&entry.what, unit), true),
        (None, []) => ("nothing recorded".to_owned(), true),
        (None, [entry]) => (words(&entry.what, unit), false),
        (None, several) => (format!("none of {}", several.len()), false),
    }
}

fn holds(test: &Test, what: &RecordedWhat, unit: Option<Unit>) -> bool {
    let said = |wanted: &str| match what {
        RecordedWhat::Text(found) | RecordedWhat::Component { identity: found, .. } => {
            Some(found.to_lowercase() == wanted.to_lowercase())
        }
        RecordedWhat::Answer(_)
        | RecordedWhat::Reading(_)
        | RecordedWhat::WaitBegan
        | RecordedWhat::Signature(_) => None,
    };
    match test {
        Test::Answered(yes) => *what == RecordedWhat::Answer(*yes),
        Test::Says(wanted) => said(wanted) == Some(true),
        Test::SaysNot(wanted) => said(wanted) == Some(false),
        Test::Compares(how, with) => {
            quantity(what, unit).is_some_and(|found| how.holds(&found, with))
        }
        Test::Fails => {
            matches!(what, RecordedWhat::Reading(r) if r.verdict() == Some(Verdict::Fail))
        }
    }
}

/// The number recorded, as it counts.
fn quantity(what: &RecordedWhat, unit: Option<Unit>) -> Option<Quantity> {
    match what {
        RecordedWhat::Reading(reading) => reading.quantity(),
        RecordedWhat::Text(text) => {
            Some(Quantity { number: Number::parse(text).ok()?, unit: unit? })
        }
        RecordedWhat::Answer(_)
        | RecordedWhat::Component { .. }
        | RecordedWhat::WaitBegan
        | RecordedWhat::Signature(_) => None,
    }
}

/// What was recorded, as people read it.
fn words(what: &RecordedWhat, unit: Option<Unit>) -> String {
    match what {
        RecordedWhat::Answer(true) => "yes".to_owned(),
        RecordedWhat::Answer(false) => "no".to_owned(),
        RecordedWhat::Reading(reading) => shown(reading.value()),
        RecordedWhat::Text(text) => match unit {
            Some(unit) => format!("{text} {unit}"),
            None => text.clone(),
        },
        RecordedWhat::Component { identity, .. } => identity.clone(),
        RecordedWhat::WaitBegan => "a wait".to_owned(),
        RecordedWhat::Signature(_) => "a signature".to_owned(),
    }
}
