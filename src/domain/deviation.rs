//! Deviations: a departure, what was done at once, and what becomes of the unit (ISO 9001 8.7).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{CharacteristicId, DeviationId, PersonId, PlaceId, StepId};
use super::instruction::OnFail;
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::positions::Positions;
use super::refusal::{Reason, Refusal};
use super::signature::{Covers, Meaning, Signature, Signer};
use super::stream::{Subject, TravelerId};
use super::traveler::state::TravelerState;
use super::who_may;

/// What becomes of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Accepted as it is.
    UseAsIs,
    /// Done again from a step of the same operation, to the same requirement.
    Rework {
        /// The step to go back to.
        step: StepId,
    },
    /// Mended from a step of the same operation.
    Repair {
        /// The step to go back to.
        step: StepId,
    },
    /// Thrown away.
    Scrap,
    /// Sent back.
    Return,
    /// There was no deviation.
    Void,
}

impl Disposition {
    /// The word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::UseAsIs => "use as is",
            Self::Rework { .. } => "rework",
            Self::Repair { .. } => "repair",
            Self::Scrap => "scrap",
            Self::Return => "return",
            Self::Void => "void",
        }
    }

    /// What a deviation's form suggests.
    pub fn suggested(on_fail: &OnFail) -> Self {
        match on_fail {
            OnFail::Rework(step) => Self::Rework { step: step.clone() },
            OnFail::Repair(step) => Self::Repair { step: step.clone() },
            OnFail::UseAsIs => Self::UseAsIs,
            OnFail::Scrap => Self::Scrap,
            OnFail::Return => Self::Return,
        }
    }
}

/// Everything known when a deviation is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationRaised {
    /// The unit.
    pub traveler: TravelerId,
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The attempt.
    pub attempt: Option<Position>,
    /// The hold that it keeps up.
    pub hold: Position,
    /// Every failing reading.
    pub readings: Positions,
    /// The characteristic, where there is one.
    pub characteristic: Option<CharacteristicId>,
    /// What was required, as shown.
    pub required: String,
    /// What was found, as shown.
    pub found: String,
    /// What the instruction suggests.
    pub suggested: Option<Disposition>,
    /// What the person adds.
    pub note: String,
}

/// What happens to a deviation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum DeviationFact {
    /// Found.
    DeviationRaised(DeviationRaised),
    /// Something was done at once.
    ContainmentTaken {
        /// What.
        action: String,
    },
    /// Decided, over a signature.
    Dispositioned {
        /// What becomes of the unit.
        disposition: Disposition,
        /// Why.
        reason: String,
        /// Over the raising fact, meaning dispositioned.
        signature: Signature,
    },
    /// Nothing more to do; gates shipping only.
    DeviationClosed {
        /// A closing word.
        note: String,
    },
}

/// What is asked for about a deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationCommand {
    /// Note what was done at once.
    Contain {
        /// What.
        action: String,
    },
    /// Decide; the actor signs.
    Dispose {
        /// What becomes of the unit.
        disposition: Disposition,
        /// Why.
        reason: String,
        /// How the signer is known.
        by: Signer,
    },
    /// Close.
    Close {
        /// A closing word.
        note: String,
    },
}

/// A deviation as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviationState {
    /// As raised, with fact, id, person and moment; absent before it is known here.
    pub raised: Option<Raised>,
    /// What was done at once.
    pub containments: Vec<String>,
    /// As decided first in fold order: the decision, why, and who signed.
    pub disposed: Option<Disposed>,
    /// As decided besides, by stations that did not know of each other.
    pub disposed_too: Vec<Disposed>,
    /// Whether it is closed.
    pub closed: bool,
}

/// How a deviation was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// What was known.
    pub body: DeviationRaised,
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Who raised it.
    pub by: Option<PersonId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
}

/// How a deviation was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposed {
    /// What becomes of the unit.
    pub disposition: Disposition,
    /// Why.
    pub reason: String,
    /// The signature.
    pub signature: Signature,
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
}

impl DeviationState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &DeviationFact) {
        match fact {
            DeviationFact::DeviationRaised(body) => {
                self.raised.get_or_insert_with(|| Raised {
                    body: body.clone(),
                    at: head.position.clone(),
                    id,
                    by: head.acting.actor.clone(),
                    place: head.acting.place.clone(),
                    moment: head.moment.clone(),
                });
            }
            DeviationFact::ContainmentTaken { action } => self.containments.push(action.clone()),
            DeviationFact::Dispositioned { disposition, reason, signature } => {
                let disposed = Disposed {
                    disposition: disposition.clone(),
                    reason: reason.clone(),
                    signature: signature.clone(),
                    at: head.position.clone(),
                    moment: head.moment.clone(),
                };
                match self.disposed {
                    None => self.disposed = Some(disposed),
                    Some(_) => self.disposed_too.push(disposed),
                }
            }
            DeviationFact::DeviationClosed { .. } => self.closed = true,
        }
    }
}

impl DeviationState {
    /// What was decided, the decision that counts first. Where stations decided unseen by each
    /// other, the unit follows one of them, and so does this: the one that ended its hold in the same
    /// act. The others are without effect.
    pub fn dispositions(&self, unit: &TravelerState) -> Vec<&Disposed> {
        let raised = self.raised.as_ref();
        let hold = raised.and_then(|raised| unit.holds.get(&raised.body.hold));
        let ended = hold.and_then(|hold| hold.released_at.as_ref());
        let mut all: Vec<&Disposed> = self.disposed.iter().chain(&self.disposed_too).collect();
        // The release is written right after the decision.
        all.sort_by_key(|disposed| ended != Some(&disposed.at.plus(1)));
        all
    }
}

/// Decides what is asked for about a deviation.
pub fn decide(
    id: &DeviationId,
    state: &DeviationState,
    command: DeviationCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let subject = Subject::Deviation(id.clone());
    let unknown = || Refusal::one(Reason::DeviationUnknown { deviation: id.clone() });
    let raised = state.raised.as_ref().ok_or_else(unknown)?;
    let mut reasons = Vec::new();
    if state.closed {
        reasons.push(Reason::DeviationClosed { deviation: id.clone() });
    }
    match command {
        DeviationCommand::Contain { action } => {
            context.require_role(Action::RaiseDeviation, &mut reasons);
            context.require_text("the action", &action, &mut reasons);
            Refusal::unless_empty(reasons)?;
            let fact = DeviationFact::ContainmentTaken { action };
            Ok(vec![(subject, FactBody::Deviation(fact))])
        }
        DeviationCommand::Close { note } => {
            context.require_role(Action::CloseDeviation, &mut reasons);
            context.require_text("a closing note", &note, &mut reasons);
            if state.disposed.is_none() {
                reasons.push(Reason::DeviationNotDisposed { deviation: id.clone() });
            }
            Refusal::unless_empty(reasons)?;
            let fact = DeviationFact::DeviationClosed { note };
            Ok(vec![(subject, FactBody::Deviation(fact))])
        }
        DeviationCommand::Dispose { disposition, reason, by } => {
            if state.disposed.is_some() {
                reasons.push(Reason::DeviationDisposed { deviation: id.clone() });
            }
            context.require_text("a reason", &reason, &mut reasons);
            context.require_signer(&by, &mut reasons);
            let signature = sign(raised, &disposition, by, context, &mut reasons);
            let released = release(raised, &disposition, context, &mut reasons);
            Refusal::unless_empty(reasons)?;
            let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
            let fact = DeviationFact::Dispositioned { disposition, reason, signature };
            let mut facts = vec![(subject, FactBody::Deviation(fact))];
            facts.extend(released);
            Ok(facts)
        }
    }
}

fn sign(
    raised: &Raised,
    disposition: &Disposition,
    by: Signer,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<Signature> {
    let action = who_may::disposes(disposition, !raised.body.readings.is_empty());
    context.require_role(action, reasons);
    let signer = context.acting.actor.clone()?;
    let roles = &context.people.get(&signer)?.roles;
    let role = action.roles().iter().copied().find(|role| roles.contains(role))?;
    let covers = Covers::over([(&raised.at, &raised.id)]);
    Some(Signature {
        signer,
        printed_name: by.printed_name,
        role,
        meaning: Meaning::Dispositioned,
        components: by.components,
        covers,
    })
}

fn release(
    raised: &Raised,
    disposition: &Disposition,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<(Subject, FactBody)> {
    let Some((traveler_id, traveler)) = &context.traveler else {
        reasons.push(Reason::NoSuchHold);
        return None;
    };
    match traveler.disposed_hold(&raised.body, disposition, context) {
        Ok(fact) => {
            fact.map(|fact| (Subject::Traveler(traveler_id.clone()), FactBody::Traveler(fact)))
        }
        Err(found) => {
            reasons.extend(found);
            None
        }
    }
}
