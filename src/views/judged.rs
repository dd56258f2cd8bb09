//! What the server said of a unit's records, and what two stations did unseen by each other.

use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::ids::{PlaceId, StepId};
use crate::domain::traveler::fact::{HoldOutcome, HoldReason};
use crate::domain::traveler::state::{Attempt, Hold, TravelerState};
use crate::domain::words::{Words, words};

/// A record of a unit that the server did not accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotAccepted {
    /// The record.
    pub fact: Position,
    /// Its operation, where it is of a step.
    pub operation: Option<u32>,
    /// Its step.
    pub step: Option<StepId>,
    /// Why, every reason.
    pub reasons: Vec<String>,
    /// Whether somebody let work go on all the same.
    pub answered: bool,
    /// What to do next; empty once it is answered.
    pub next: Words,
}

/// A step that was done once more by who had not heard of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoneUnseen {
    /// The other attempt.
    pub attempt: Position,
    /// Where.
    pub place: Option<PlaceId>,
    /// Whether it was completed.
    pub done: bool,
}

impl NotAccepted {
    /// In words: `not accepted by the server: …; next: …`.
    pub fn words(&self) -> Words {
        let reasons = Words::objection(self.reasons.join("; "));
        if self.answered {
            return words!(
                "not accepted by the server, and let go on: {reasons}",
                reasons => reasons
            );
        }
        let next = self.next.clone();
        words!(
            "not accepted by the server: {reasons}; next: {next}",
            reasons => reasons,
            next => next
        )
    }
}

impl DoneUnseen {
    /// In words: `also done at ASM-2, unseen`.
    pub fn words(&self) -> Words {
        match (self.done, &self.place) {
            (true, Some(place)) => words!("also done at {place}, unseen", place),
            (false, Some(place)) => words!("also begun at {place}, unseen", place),
            (true, None) => words!("also done at another place, unseen"),
            (false, None) => words!("also begun at another place, unseen"),
        }
    }
}

/// Every record of a unit that the server did not accept.
pub fn not_accepted(state: &TravelerState) -> Vec<NotAccepted> {
    state.holds.values().filter_map(|hold| of_hold(state, hold)).collect()
}

/// What a hold of the server's says of the record that it is for.
pub fn of_hold(state: &TravelerState, hold: &Hold) -> Option<NotAccepted> {
    let HoldReason::Judged { fact, reasons } = &hold.placed.reason else { return None };
    let attempt = attempt_of(state, fact);
    let answered = matches!(hold.released, Some((HoldOutcome::Reviewed, _)));
    let next = words!("a supervisor answers it: shift board, or gemba review answer {fact}", fact);
    Some(NotAccepted {
        fact: fact.clone(),
        operation: attempt.map(|attempt| attempt.operation),
        step: attempt.map(|attempt| attempt.step.clone()),
        reasons: reasons.clone(),
        answered,
        next: if answered { Words::plain("") } else { next },
    })
}

/// The attempts at the same step that were made unseen by one.
pub fn done_unseen(state: &TravelerState, attempt: &Attempt) -> Vec<DoneUnseen> {
    let others = attempt.unseen.iter().filter_map(|at| state.attempt(at));
    let other = |other: &Attempt| DoneUnseen {
        attempt: other.at.clone(),
        place: other.completed_place.clone().or_else(|| other.place.clone()),
        done: other.completed.is_some(),
    };
    others.map(other).collect()
}

/// The attempt that a fact begins, is recorded in, or completes.
pub fn attempt_of<'a>(state: &'a TravelerState, fact: &Position) -> Option<&'a Attempt> {
    let of = |attempt: &&Attempt| {
        attempt.at == *fact
            || attempt.completed_at.as_ref() == Some(fact)
            || attempt.entries.iter().any(|entry| entry.at == *fact)
            || attempt.readings().any(|(_, r)| r.corrections.iter().any(|c| c.at == *fact))
    };
    state.attempts.iter().find(of)
}
