//! Redlines: a change that the floor proposes at a step, and what engineering answers.
//!
//! Each has a stream of its own. One that the server does not accept then stands in nobody's way: in
//! the instruction's stream a release that came after it would not be accepted either.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{
    CharacteristicId, InstructionId, PersonId, PlaceId, RedlineId, RevisionId, StepId,
};
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::refusal::deviation::DeviationReason;
use super::refusal::shift::ShiftReason;
use super::refusal::{Reason, Refusal};
use super::stream::{Subject, TravelerId};

/// A change as proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedlineProposed {
    /// The instruction.
    pub instruction: InstructionId,
    /// The revision that was worked by.
    pub revision: RevisionId,
    /// The step.
    pub step: StepId,
    /// What should be otherwise.
    pub text: String,
    /// The characteristic that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// The reading that shows why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Position>,
    /// The unit that was worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traveler: Option<TravelerId>,
}

/// What happens to a redline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum RedlineFact {
    /// Proposed.
    RedlineProposed(RedlineProposed),
    /// Answered by engineering.
    RedlineAnswered(RedlineAnswer),
}

impl RedlineFact {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RedlineProposed(_) => "RedlineProposed",
            Self::RedlineAnswered(_) => "RedlineAnswered",
        }
    }
}

/// What engineering says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedlineAnswer {
    /// Whether it will be done.
    pub accepted: bool,
    /// In which revision; absent where that is not known yet, or it is not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionId>,
    /// Why.
    pub reason: String,
}

/// What is asked for about a redline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedlineCommand {
    /// Answer it.
    Answer(RedlineAnswer),
}

/// A redline as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedlineState {
    /// As proposed; absent before it is known here.
    pub proposed: Option<Proposed>,
    /// As answered first, by whom and when.
    pub answered: Option<(RedlineAnswer, Option<PersonId>, Moment)>,
}

/// How a redline was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What was said.
    pub body: RedlineProposed,
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
}

impl RedlineState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &RedlineFact) {
        match fact {
            RedlineFact::RedlineProposed(body) => {
                self.proposed.get_or_insert_with(|| Proposed {
                    body: body.clone(),
                    at: head.position.clone(),
                    by: head.acting.actor.clone(),
                    place: head.acting.place.clone(),
                    moment: head.moment.clone(),
                });
            }
            RedlineFact::RedlineAnswered(answer) => {
                let by = head.acting.actor.clone();
                self.answered.get_or_insert_with(|| (answer.clone(), by, head.moment.clone()));
            }
        }
    }
}

/// Decides on a redline that is to be proposed.
pub(super) fn propose(
    proposed: RedlineProposed,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::ProposeRedline, &mut reasons);
    context.require_text("the proposal", &proposed.text, &mut reasons);
    let known = context.instruction_states.get(&proposed.instruction);
    match known.and_then(|known| known.revisions.find(&proposed.revision)) {
        None => reasons.push(Reason::RevisionUnknown {
            what: proposed.instruction.to_string(),
            revision: proposed.revision.clone(),
        }),
        Some(revision) => {
            let text = context.instructions.get(&revision.submitted.hash);
            // A text that is not here cannot say that it has no such step.
            if text.is_some_and(|text| text.steps.iter().all(|step| step.id != proposed.step)) {
                reasons.push(Reason::StepUnknown { step: proposed.step.clone() });
            }
            let step = text.and_then(|text| text.step(&proposed.step));
            if let Some((step, characteristic)) = step.zip(proposed.characteristic.as_ref())
                && step.measured(characteristic).is_none()
            {
                let (characteristic, step) = (characteristic.clone(), step.id.clone());
                reasons.push(DeviationReason::NotMeasuredThere { characteristic, step }.into());
            }
        }
    }
    let id = context.numbers.redline.clone();
    if id.is_none() {
        reasons.push(ShiftReason::NumberMissing.into());
    }
    Refusal::unless_empty(reasons)?;
    let Some(id) = id else { return Ok(Vec::new()) };
    Ok(vec![(Subject::Redline(id), FactBody::Redline(RedlineFact::RedlineProposed(proposed)))])
}

/// Decides what is asked for about a redline.
pub fn decide(
    id: &RedlineId,
    state: &RedlineState,
    RedlineCommand::Answer(answer): RedlineCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    if state.proposed.is_none() {
        return Err(Refusal::one(ShiftReason::RedlineUnknown { redline: id.clone() }.into()));
    }
    let mut reasons = Vec::new();
    context.require_role(Action::AnswerRedline, &mut reasons);
    context.require_text("the reason", &answer.reason, &mut reasons);
    if let Some((before, ..)) = &state.answered {
        let accepted = before.accepted;
        reasons.push(ShiftReason::RedlineAnswered { redline: id.clone(), accepted }.into());
    }
    if !answer.accepted && answer.revision.is_some() {
        reasons.push(ShiftReason::RedlineRevision.into());
    }
    Refusal::unless_empty(reasons)?;
    let fact = RedlineFact::RedlineAnswered(answer);
    Ok(vec![(Subject::Redline(id.clone()), FactBody::Redline(fact))])
}
