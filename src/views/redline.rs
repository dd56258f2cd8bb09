//! Redlines, as the engineer's inbox, definitions and the command line show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::{InstructionId, PlaceId, RedlineId, RevisionId, StepId};
use crate::domain::words::Words;
use crate::domain::words::words;

/// One redline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedlineRow {
    /// Its number.
    pub redline: RedlineId,
    /// The instruction.
    pub instruction: InstructionId,
    /// The revision that was worked by.
    pub revision: RevisionId,
    /// The step.
    pub step: StepId,
    /// What should be otherwise.
    pub text: String,
    /// The characteristic that it is about.
    pub characteristic: Option<String>,
    /// The reading that shows why.
    pub reading: Option<String>,
    /// The unit that was worked on.
    pub unit: Option<String>,
    /// Who proposed it.
    pub by: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub at: Timestamp,
    /// What engineering answered.
    pub answer: Option<AnswerView>,
    /// The revision of which the text says that it does it, the newest that was released.
    pub done_in: Option<RevisionId>,
}

/// An answer to a redline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// Whether it will be done.
    pub accepted: bool,
    /// In which revision, where that is known.
    pub revision: Option<RevisionId>,
    /// Why.
    pub reason: String,
    /// Who answered.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl RedlineRow {
    /// `WI-1040 rev C #torque`.
    pub fn spot(&self) -> String {
        format!("{} rev {} #{}", self.instruction, self.revision, self.step)
    }

    /// Whether it was accepted and no released text does it yet.
    pub fn waits_for_text(&self) -> bool {
        self.done_in.is_none() && self.answer.as_ref().is_some_and(|answer| answer.accepted)
    }

    /// How it stands, in words.
    pub fn standing(&self) -> String {
        self.told().to_string()
    }

    /// The same, to be told in any language.
    pub fn told(&self) -> Words {
        let answered = match &self.answer {
            None => words!("state|open"),
            Some(AnswerView { accepted: false, reason, .. }) => {
                words!("rejected: {reason}", reason)
            }
            Some(AnswerView { revision: Some(revision), reason, .. }) => {
                words!("accepted for rev {revision}: {reason}", revision, reason)
            }
            Some(AnswerView { reason, .. }) => words!("accepted: {reason}", reason),
        };
        match &self.done_in {
            None => answered,
            Some(done) => words!("done in rev {done}, {answered}", done, answered => answered),
        }
    }
}
