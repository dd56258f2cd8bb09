//! Correcting a reading: who may, what follows from it, and which signatures it uncovers (R3, R6);
//! what was answered, typed or scanned is put right by `entry`.

use std::borrow::Borrow;

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::{PersonId, StepId};
use crate::domain::moment::Moment;
use crate::domain::people::{Action, Role};
use crate::domain::positions::Positions;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Meaning, Signature};
use crate::domain::stream::TravelerId;
use crate::domain::who_may;
use crate::domain::words::{Words, words};

use super::command::StepAt;
use super::eligibility::{Draft, Found};
use super::equipment::{require_in_range, require_performer_trained};
use super::fact::{HoldPlaced, HoldReason, ReadingValue, TravelerFact};
use super::kin::hold_split_off;
use super::reading::Correction;
use super::record::judge;
use super::route::decided_anew;
use super::standing::Instructions;
use super::state::{Attempt, Reading, Recorded, RecordedWhat, TravelerState};

pub(super) fn correct(
    id: &TravelerId,
    state: &TravelerState,
    at: &Position,
    (value, reason): (ReadingValue, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let unknown = || Refusal::one(Reason::ReadingUnknown);
    let (entry, reading) = state.reading(at).ok_or_else(unknown)?;
    let (found, attempt) = found_of(state, at, context)?;
    let mut reasons = Vec::new();
    let author = (state.author(at), reading.taken.name.as_str());
    let what = (at, attempt, found);
    require_correctable(state, what, author, (context, &mut reasons));
    context.require_text("a reason", &reason, &mut reasons);
    if same_value(&value, reading.value()) {
        reasons.push(Reason::SameValue);
    }
    require_in_range(reading.taken.gauge.as_ref(), &value, &mut reasons);
    let gauge = reading.taken.gauge.as_ref();
    let judged = judge(&reading.taken.kind, &value, gauge).map_err(|reason| reasons.push(reason));
    Refusal::unless_empty(reasons)?;
    let (verdict, basis) = judged.unwrap_or_default();
    let mut draft = Draft::new(context);
    let corrected = TravelerFact::ReadingCorrected {
        reading: at.clone(),
        value: value.clone(),
        verdict,
        basis,
        reason,
    };
    draft.note(id, corrected);
    let correction = Correction {
        at: context.next.clone(),
        by: context.acting.actor.clone(),
        moment: context.now.clone(),
        value,
        verdict,
        reason: String::new(),
    };
    for decided in decided_anew(state, found, |state| state.take_correction(at, correction)) {
        draft.note(id, TravelerFact::ConditionDecided(decided));
    }
    let fails = verdict == Some(Verdict::Fail);
    // What a sample says of pieces that left is held with whatever else it makes suspect (R16).
    let sampled = attempt.place.is_some() && attempt.sample(entry.ask).is_some();
    if (fails && !sampled) || !uncovered_with(state, at).is_empty() {
        hold_split_off((id, state), at, context, &mut draft);
    }
    if fails {
        draft.note(
            id,
            TravelerFact::HoldPlaced(HoldPlaced {
                reason: HoldReason::OutOfLimits,
                attempt: Some(attempt.at.clone()),
                readings: Positions::one(at),
                deviation: None,
            }),
        );
    }
    Ok(draft)
}

/// What follows from a correction; listed before it is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    /// The verdict that counts until now; none where nothing is judged.
    pub from: Option<Verdict>,
    /// The verdict of the new value, against the limits as used.
    pub to: Option<Verdict>,
    /// Signatures that no longer cover what they were given for.
    pub uncovered: Vec<Uncovered>,
    /// Operations begun after the one of the record: they rested on it.
    pub downstream: Vec<Downstream>,
    /// Steps whose condition rests on the record and is decided the other way.
    pub turned: Vec<Turned>,
}

/// A step that is needed from now on, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// Whether it is needed.
    pub needed: bool,
    /// Whether it was done already.
    pub done: bool,
}

impl Turned {
    /// What becomes of the step, in words.
    pub fn words(&self) -> Words {
        let Self { operation, step, .. } = self;
        match (self.needed, self.done) {
            (true, _) => words!("{operation} {step} opens: it is needed now", operation, step),
            (false, false) => {
                words!("{operation} {step} closes: it is not needed any more", operation, step)
            }
            (false, true) => {
                words!("{operation} {step} was done and was not needed", operation, step)
            }
        }
    }
}

/// A signature that a correction uncovers; it stays shown, and its step asks for it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The signature.
    pub signature: Position,
    /// Whose, as printed.
    pub printed_name: String,
    /// In which role.
    pub role: Role,
    /// What it says.
    pub meaning: Meaning,
    /// When it was given.
    pub moment: Moment,
    /// The operation that is signed and completed again.
    pub operation: u32,
    /// The step that is signed and completed again.
    pub step: StepId,
}

/// An operation that rested on a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downstream {
    /// Its number.
    pub operation: u32,
    /// Its name.
    pub name: String,
}

impl Consequences {
    /// Whether the unit is held until the value is typed again or a deviation is disposed.
    pub fn holds(&self) -> bool {
        self.to == Some(Verdict::Fail)
    }
}

/// Tells what follows if a reading is corrected to a value.
pub fn consequences(
    state: &TravelerState,
    at: &Position,
    (value, known): (&ReadingValue, &Instructions),
) -> Result<Consequences, Reason> {
    let (entry, reading) = state.reading(at).ok_or(Reason::ReadingUnknown)?;
    let (to, _) = judge(&reading.taken.kind, value, reading.taken.gauge.as_ref())?;
    let correction = Correction {
        at: of_no_fact(at),
        by: entry.by.clone(),
        moment: entry.moment.clone(),
        value: value.clone(),
        verdict: to,
        reason: String::new(),
    };
    let turned = turned(state, (at, known), |state| state.take_correction(at, correction));
    let (uncovered, downstream) = (uncovered_with(state, at), downstream(state, at));
    Ok(Consequences { from: reading.verdict(), to, uncovered, downstream, turned })
}

/// The position of a correction that is only thought of: no signature covers it.
pub(super) fn of_no_fact(at: &Position) -> Position {
    Position { seq: u64::MAX, ..at.clone() }
}

/// The operations that were begun after the one of a fact.
pub(super) fn downstream(state: &TravelerState, at: &Position) -> Vec<Downstream> {
    let here = state.attempt_of(at).map_or(0, |attempt| attempt.operation);
    let begun = |operation: u32| {
        state.attempts.iter().any(|attempt| attempt.operation == operation && !attempt.reopened)
    };
    let pinned = state.started.iter().flat_map(|started| &started.operations);
    pinned
        .filter(|pinned| pinned.operation > here && begun(pinned.operation))
        .map(|pinned| Downstream { operation: pinned.operation, name: pinned.name.clone() })
        .collect()
}

/// The signatures that no longer cover what they were given for once a fact is corrected.
pub fn uncovered_with(state: &TravelerState, at: &Position) -> Vec<Uncovered> {
    let mut uncovered = Vec::new();
    for attempt in state.attempts.iter().filter(|attempt| !attempt.reopened) {
        for (entry, signature) in attempt.signatures() {
            if entry.uncovered.is_none() && signature.covers.facts.contains(at) {
                uncovered.push(Uncovered {
                    signature: entry.at.clone(),
                    printed_name: signature.printed_name.clone(),
                    role: signature.role,
                    meaning: signature.meaning,
                    moment: entry.moment.clone(),
                    operation: attempt.operation,
                    step: attempt.step.clone(),
                });
            }
        }
    }
    uncovered
}

/// The steps that are decided the other way once something is corrected.
pub(super) fn turned(
    state: &TravelerState,
    (at, known): (&Position, &Instructions),
    correct: impl FnOnce(&mut TravelerState),
) -> Vec<Turned> {
    let found = state.attempt_of(at).and_then(|attempt| {
        let operation = state.operation(attempt.operation)?;
        let instruction = &**known.get(&operation.hash)?;
        Some(Found { operation, instruction, step: instruction.step(&attempt.step)? })
    });
    let decided = found.map(|found| decided_anew(state, found, correct));
    let turned = decided.into_iter().flatten().filter_map(|decided| {
        let before = state.decisions.get(&(decided.operation, decided.step.clone()))?;
        let turned = before.decided.applies != decided.applies;
        turned.then(|| Turned {
            operation: decided.operation,
            done: state.standing_attempt(decided.operation, &decided.step).is_some(),
            step: decided.step,
            needed: decided.applies,
        })
    });
    turned.collect()
}

pub(super) fn found_of<'a>(
    state: &'a TravelerState,
    reading: &Position,
    context: &'a Context,
) -> Result<(Found<'a>, &'a Attempt), Refusal> {
    let unknown = || Refusal::one(Reason::ReadingUnknown);
    let attempt = state.attempt_of(reading).ok_or_else(unknown)?;
    let at = StepAt { operation: attempt.operation, step: attempt.step.clone() };
    Ok((state.find(&at, context)?, attempt))
}

/// Numbers are the same when their values are; `27.3` typed again as `27.30` is the same reading.
pub fn same_value(one: &ReadingValue, other: &ReadingValue) -> bool {
    match (one, other) {
        (
            ReadingValue::Number { number: a, unit: u },
            ReadingValue::Number { number: b, unit: v },
        ) => u.dimension() == v.dimension() && u.to_base(a.value()) == v.to_base(b.value()),
        (ReadingValue::Conforms(a), ReadingValue::Conforms(b)) => a == b,
        (ReadingValue::Number { .. }, ReadingValue::Conforms(_))
        | (ReadingValue::Conforms(_), ReadingValue::Number { .. }) => false,
    }
}

/// Only who typed a value may say that it was a slip (R3).
pub(super) fn require_author(
    author: Option<&PersonId>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let Some(actor) = &context.acting.actor else {
        reasons.push(Reason::NobodySignedIn);
        return;
    };
    if let Some(author) = author
        && author != actor
    {
        reasons.push(Reason::NotAuthor { author: author.clone() });
    }
    context.active_roles(actor, reasons);
}

/// What holds for putting any record of a step right: who may, and that it counts and still can.
pub(super) fn require_correctable(
    state: &TravelerState,
    (at, attempt, found): (&Position, &Attempt, Found<'_>),
    author: (Option<&PersonId>, &str),
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    if state.has_ended(attempt) {
        require_author_or_reviewer(found, author, (context, reasons));
    } else {
        require_author(author.0, context, reasons);
        context.require_role(Action::Perform, reasons);
        require_performer_trained(found, context, reasons);
    }
    if !attempt.counts(at) {
        reasons.push(ReadingReason::Superseded { step: attempt.step.clone() }.into());
    }
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    state.require_not_held_for(at, reasons);
}

/// After its step ended, a record is put right by its author or by who answers for it. The author
/// records anew and is trained as for the first time (R5); who reviews answers by role alone.
pub(super) fn require_author_or_reviewer(
    found: Found<'_>,
    (author, name): (Option<&PersonId>, &str),
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let Some(actor) = &context.acting.actor else {
        reasons.push(Reason::NobodySignedIn);
        return;
    };
    let before = reasons.len();
    let roles = context.active_roles(actor, reasons);
    let may = |action: Action| action.roles().iter().any(|role| roles.contains(role));
    if reasons.len() == before && !who_may::corrects(author == Some(actor)).is_none_or(may) {
        let (name, author) = (name.to_owned(), author.cloned());
        reasons.push(ReadingReason::NotAuthorOrReviewer { name, author }.into());
    } else if reasons.len() == before && !may_review(&roles) {
        require_performer_trained(found, context, reasons);
    }
}

pub(super) fn may_review(roles: impl IntoIterator<Item = impl Borrow<Role>>) -> bool {
    roles.into_iter().any(|role| Action::CorrectRecord.roles().contains(role.borrow()))
}

impl TravelerState {
    /// Who stands for a reading's value: its last corrector, else who took it.
    pub fn author(&self, reading: &Position) -> Option<&PersonId> {
        let (entry, found) = self.reading(reading)?;
        found.corrections.last().map_or(entry.by.as_ref(), |correction| correction.by.as_ref())
    }

    /// The readings that a person may still correct, latest step first (R3).
    pub fn correctable<'a>(
        &'a self,
        person: &PersonId,
        roles: &[Role],
    ) -> Vec<(&'a Position, &'a Reading)> {
        let mut found = Vec::new();
        for attempt in self.attempts.iter().rev() {
            let reviews = self.has_ended(attempt) && may_review(roles);
            for (entry, reading) in attempt.readings() {
                let own = self.author(&entry.at) == Some(person);
                if (own || reviews) && attempt.counts(&entry.at) {
                    found.push((&entry.at, reading));
                }
            }
        }
        found
    }

    /// Tells whether a signature still covers everything that it was given for.
    pub fn covering(&self, signature: &Position) -> bool {
        let mut entries = self.attempts.iter().flat_map(|attempt| &attempt.entries);
        entries.any(|entry| entry.at == *signature && entry.uncovered.is_none())
    }

    /// Takes a correction, and uncovers what was signed without knowing of it.
    pub(super) fn take_correction(&mut self, reading: &Position, correction: Correction) {
        let Some(found) = self.reading_mut(reading) else { return };
        let at = correction.at.clone();
        found.corrections.push(correction);
        self.uncover(reading, &at);
    }

    /// Uncovers what was signed over a fact without knowing of its correction.
    pub(super) fn uncover(&mut self, corrected: &Position, by: &Position) {
        for attempt in &mut self.attempts {
            let mut any = false;
            for entry in &mut attempt.entries {
                let RecordedWhat::Signature(signature) = &entry.what else { continue };
                let covers = &signature.covers;
                if covers.facts.contains(corrected) && !covers.facts.contains(by) {
                    entry.uncovered.get_or_insert_with(|| by.clone());
                    any = true;
                }
            }
            if any && !attempt.signed_where_it_was() {
                attempt.completed = None;
                (attempt.completed_place, attempt.completed_at) = (None, None);
            }
        }
    }

    /// The correction that a signature did not know of, though it covers what was corrected.
    pub(super) fn uncovered_by(&self, signature: &Signature) -> Option<Position> {
        let covers = |at: &Position| signature.covers.facts.contains(at);
        let entries = self.attempts.iter().flat_map(|attempt| &attempt.entries);
        let answers = entries.filter(|entry| {
            entry.corrects.as_ref().is_some_and(|of| covers(&of.entry) && !covers(&entry.at))
        });
        if let Some(missed) = answers.map(|entry| entry.at.clone()).next() {
            return Some(missed);
        }
        let mut entries = self.attempts.iter().flat_map(|attempt| &attempt.entries);
        let taken_out = entries.find_map(|entry| {
            let removed = entry.removed.as_ref().filter(|_| covers(&entry.at))?;
            (!covers(&removed.at)).then(|| removed.at.clone())
        });
        if taken_out.is_some() {
            return taken_out;
        }
        let readings = self.attempts.iter().flat_map(Attempt::readings);
        let readings = readings.map(|(entry, reading)| {
            (&entry.at, reading.corrections.iter().map(|c| &c.at).collect::<Vec<_>>())
        });
        let counts = self.lot.reports.iter().map(|report| {
            (&report.at, report.corrections.iter().map(|c| &c.at).collect::<Vec<_>>())
        });
        let covers = &signature.covers.facts;
        let mut covered = readings.chain(counts).filter(|(fact, _)| covers.contains(fact));
        covered.find_map(|(_, corrected)| {
            corrected.into_iter().find(|at| !covers.contains(at)).cloned()
        })
    }
}

impl Attempt {
    /// Tells whether a reading is the one that counts at its ask.
    pub fn counts(&self, reading: &Position) -> bool {
        let entry = self.entries.iter().find(|entry| entry.at == *reading);
        let last = entry.and_then(|entry| self.entry(entry.ask, entry.sample));
        !self.reopened && last.is_some_and(|last| last.at == *reading)
    }

    /// Every signature with its entry, those that a correction uncovered too.
    pub fn signatures(&self) -> impl Iterator<Item = (&Recorded, &Signature)> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            RecordedWhat::Signature(signature) => Some((entry, &**signature)),
            RecordedWhat::Answer(_)
            | RecordedWhat::Reading(_)
            | RecordedWhat::Text(_)
            | RecordedWhat::Component { .. }
            | RecordedWhat::WaitBegan => None,
        })
    }

    /// Tells whether each ask whose component was taken out has one again.
    pub(super) fn filled_where_removed(&self) -> bool {
        let mut removed = self.entries.iter().filter(|entry| entry.removed.is_some());
        removed.all(|entry| self.entry(entry.ask, entry.sample).is_some())
    }

    /// Tells whether each ask that was signed has a signature that covers.
    pub(super) fn signed_where_it_was(&self) -> bool {
        self.signatures().all(|(entry, _)| self.entry(entry.ask, entry.sample).is_some())
    }
}
