//! Who performed what a signature covers, and so may not verify or witness it (R6); the bench, the
//! judge and the tests ask here.

use std::collections::BTreeSet;

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::{PersonId, StepId};
use crate::domain::instruction::SignAsk;
use crate::domain::refusal::Reason;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::signature::{Meaning, Signature};

use super::eligibility::Found;
use super::lot::Reported;
use super::state::{Attempt, Recorded, RecordedWhat, TravelerState};

/// Whether a signature says that somebody else's work was looked at.
fn verifies(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Verified | Meaning::Witnessed)
}

impl TravelerState {
    /// Everyone who performed at a step in attempts that stand (R6).
    /// Who corrected a reading, counted pieces or left the step out stands for it, and performed too.
    pub fn performers(&self, (operation, step): (u32, &StepId)) -> BTreeSet<&PersonId> {
        let mut people = BTreeSet::new();
        let before = self.lot.closed.get(&(operation, step.clone()));
        people.extend(before.iter().flat_map(|closed| &closed.performers));
        for attempt in self.attempts_at(operation, step).filter(|a| !a.reopened) {
            self.note_performers(attempt, &mut people);
        }
        // To leave a step out is to decide about it.
        let left_out = self.skipped.get(&(operation, step.clone()));
        people.extend(left_out.and_then(|left_out| left_out.by.as_ref()));
        people
    }

    fn note_performers<'a>(&'a self, attempt: &'a Attempt, people: &mut BTreeSet<&'a PersonId>) {
        let made = |e: &&Recorded| !matches!(e.what, RecordedWhat::Signature(_));
        let entries = || attempt.entries.iter();
        people.extend(entries().filter(made).filter_map(|entry| entry.by.as_ref()));
        let corrections = attempt.readings().flat_map(|(_, reading)| &reading.corrections);
        people.extend(corrections.filter_map(|correction| correction.by.as_ref()));
        // Whoever lets a failing value go on by a permit signs that it was performed.
        let permits = attempt.readings().flat_map(|(_, reading)| &reading.permits);
        people.extend(permits.filter_map(|permitted| permitted.by.as_ref()));
        let counts = self.lot.reports.iter().filter(|r| r.what.attempt == attempt.at);
        let counts: Vec<&Reported> = counts.collect();
        for report in &counts {
            people.extend(&report.by);
            people.extend(report.corrections.iter().filter_map(|recount| recount.by.as_ref()));
        }
        // What is only begun, by an act that is not folded whole yet, was performed by nobody.
        if entries().next().is_none() && counts.is_empty() && attempt.completed.is_none() {
            return;
        }
        // To sign first, or to close what only was to be signed, is not to perform.
        let nothing = entries().next().is_none() || !counts.is_empty();
        if !nothing && !entries().any(|entry| made(&entry)) {
            return;
        }
        people.extend(&attempt.by);
        people.extend(attempt.completed.iter().filter_map(|(by, _)| by.as_ref()));
    }

    /// The steps that a signer performed and may not sign for like this. A signature covers all that
    /// was recorded on the unit, so whoever verifies or witnesses performed none of it, whichever
    /// steps are named.
    pub fn performed_by(
        &self,
        signer: &PersonId,
        (operation, sign): (u32, &SignAsk),
    ) -> Vec<StepId> {
        let steps: BTreeSet<(u32, &StepId)> = match sign.meaning {
            Meaning::Verified | Meaning::Witnessed => self.performed_steps().collect(),
            Meaning::Performed
            | Meaning::Approved
            | Meaning::Dispositioned
            | Meaning::Released
            | Meaning::Accepted
            | Meaning::Rejected => {
                sign.not_same_person_as.iter().map(|step| (operation, step)).collect()
            }
        };
        let performed = |at: &&(u32, &StepId)| self.performers(**at).contains(signer);
        steps.iter().filter(performed).map(|(_, step)| (*step).clone()).collect()
    }

    /// The steps at which somebody performed, here or before the pieces became this lot.
    fn performed_steps(&self) -> impl Iterator<Item = (u32, &StepId)> {
        let attempts = self.attempts.iter().map(|attempt| (attempt.operation, &attempt.step));
        let left_out = self.skipped.keys().chain(self.lot.closed.keys());
        attempts.chain(left_out.map(|(operation, step)| (*operation, step)))
    }

    /// Adds a reason when the actor verified or witnessed at the operation: what is recorded there
    /// is somebody else's to record (R6).
    pub(super) fn require_not_verifier(
        &self,
        found: Found<'_>,
        context: &Context,
        reasons: &mut Vec<Reason>,
    ) {
        let Some(actor) = &context.acting.actor else { return };
        let at = (found.operation.operation, &context.next);
        if let Some(step) = self.verified_before(actor, at) {
            let (person, step) = (actor.clone(), step.clone());
            reasons.push(SigningReason::VerifiedHere { person, step }.into());
        }
    }

    /// The step at which a person verified or witnessed at an operation without seeing a record that
    /// is theirs: it was made afterwards, or at another station that did not know of it (R6).
    pub fn verified_before(
        &self,
        person: &PersonId,
        (operation, record): (u32, &Position),
    ) -> Option<&StepId> {
        let here = self.attempts.iter().filter(|attempt| !attempt.reopened);
        let here = here.filter(|attempt| attempt.operation == operation);
        let mut signed = here.flat_map(|attempt| attempt.signatures().map(move |s| (attempt, s)));
        let found = signed.find(|(_, (entry, signature))| {
            entry.uncovered.is_none()
                && signature.signer == *person
                && verifies(signature.meaning)
                && !signature.covers.facts.contains(record)
        });
        found.map(|(attempt, _)| &attempt.step)
    }

    /// The steps of an operation at which a person recorded something at another station, unseen by
    /// what they verified or witnessed there (R6).
    pub fn recorded_unseen(
        &self,
        signature: &Signature,
        (operation, signed): (u32, &Position),
    ) -> BTreeSet<&StepId> {
        let mut steps = BTreeSet::new();
        if !verifies(signature.meaning) {
            return steps;
        }
        let here = self.attempts.iter().filter(|attempt| !attempt.reopened);
        for attempt in here.filter(|attempt| attempt.operation == operation) {
            let unseen = attempt.entries.iter().any(|entry| {
                entry.by.as_ref() == Some(&signature.signer)
                    && !matches!(entry.what, RecordedWhat::Signature(_))
                    && entry.at.ledger != signed.ledger
                    && !signature.covers.facts.contains(&entry.at)
            });
            steps.extend(unseen.then_some(&attempt.step));
        }
        steps
    }
}
