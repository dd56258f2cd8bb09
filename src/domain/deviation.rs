//! Deviations: a departure, what was done at once, and what becomes of the units (ISO 9001 8.7).
//!
//! A deviation has a stream of its own. It names the units that it concerns, each with the hold that
//! it keeps up; what is decided of them is a fact here, and ends their holds once every signature
//! that it needs is there. What is made of its stream is in `deviation_state`, who may do what when in
//! `deviation_decide`, what a disposition does to units in `disposition`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::deviation_actions::{ActionAsked, ToDo};
use super::deviation_rules::{CauseCode, Severity};
use super::fact::Position;
use super::ids::{CharacteristicId, StepId};
use super::people::Role;
use super::positions::Positions;
use super::signature::{Signature, Signer};
use super::stream::TravelerId;
use super::traveler::command::StepAt;

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

/// What departed from what was agreed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationKind {
    /// A product: its units are held.
    #[default]
    Product,
    /// The way in which something is done; it may concern no unit, or units that are not held.
    Process,
}

impl DeviationKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 2] =
        [("product", Self::Product), ("process", Self::Process)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, kind)| *kind)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_product(&self) -> bool {
        *self == Self::Product
    }
}

/// A code of the site's list, as it read when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeChosen {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub text: String,
    /// How bad that is.
    pub severity: Severity,
}

/// A unit that a deviation concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitConcerned {
    /// The unit.
    pub traveler: TravelerId,
    /// The step at which it was found, or at which the unit stands; absent before it is begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<StepAt>,
    /// The attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Position>,
    /// The hold that the deviation keeps up; absent where the unit is not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Position>,
    /// Every failing reading.
    #[serde(default, skip_serializing_if = "Positions::is_empty")]
    pub readings: Positions,
    /// The characteristic, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// What the instruction suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested: Option<Disposition>,
}

/// Everything known when a deviation is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationRaised {
    /// What departed.
    #[serde(default, skip_serializing_if = "DeviationKind::is_product")]
    pub kind: DeviationKind,
    /// The unit on which it was found; others are added by facts of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitConcerned>,
    /// The code, where it was chosen at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeChosen>,
    /// The step by which it is to be closed, or no unit of it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_by: Option<StepAt>,
    /// What was required, as shown.
    pub required: String,
    /// What was found, as shown.
    pub found: String,
    /// What the person adds.
    pub note: String,
}

/// What becomes of one unit, or of some pieces of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The unit.
    pub unit: TravelerId,
    /// How many pieces of the lot; absent for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u32>,
    /// What becomes of it.
    pub disposition: Disposition,
}

/// What becomes of the units, and whose word it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispositioned {
    /// For each unit, or each part of a lot.
    pub decisions: Vec<Decision>,
    /// The decisions in whose place it stands, which had not taken effect.
    #[serde(default, skip_serializing_if = "Positions::is_empty")]
    pub replaces: Positions,
    /// The roles of which each must have signed, each by another person, before it takes effect;
    /// empty where the one signature is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Role>,
    /// Why.
    pub reason: String,
    /// Over what was raised and the units, meaning dispositioned.
    pub signature: Signature,
}

/// What happens to a deviation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum DeviationFact {
    /// Found.
    DeviationRaised(Box<DeviationRaised>),
    /// It concerns another unit, too.
    UnitAdded(UnitConcerned),
    /// Looked at by who may decide.
    DeviationReviewed {
        /// What departed.
        as_kind: DeviationKind,
        /// The code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<CodeChosen>,
        /// The step by which it is to be closed, or no unit of it passes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        close_by: Option<StepAt>,
        /// What is said about it.
        note: String,
    },
    /// Something was done at once.
    ContainmentTaken {
        /// What.
        action: String,
    },
    /// Something is to be done at once, and confirmed where it is done.
    ContainmentAsked {
        /// What.
        action: String,
        /// By whom and where.
        #[serde(flatten)]
        to_do: ToDo,
    },
    /// It was done.
    ContainmentConfirmed {
        /// What was asked for.
        containment: Position,
        /// What is said about it; may be blank.
        note: String,
    },
    /// Why it happened; the last one counts.
    CauseFound {
        /// The code of the site's list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<CauseCode>,
        /// In words.
        text: String,
    },
    /// Something is to be done so that it does not happen again.
    ActionAsked(ActionAsked),
    /// It was done.
    ActionDone {
        /// What was asked for.
        action: Position,
        /// What was done.
        note: String,
    },
    /// Another person saw that it was.
    ActionVerified {
        /// What was asked for.
        action: Position,
        /// What was seen.
        note: String,
    },
    /// Something was asked for in error: it is not to be done.
    AskedWithdrawn {
        /// What was asked for: a containment or an action.
        asked: Position,
        /// Why.
        reason: String,
    },
    /// Decided, over a signature.
    Dispositioned(Box<Dispositioned>),
    /// Another person agrees with what was decided.
    DispositionApproved {
        /// The decision.
        disposition: Position,
        /// Over the decision and what it covers, meaning approved.
        signature: Signature,
    },
    /// Nothing more to do; gates shipping only.
    DeviationClosed {
        /// A closing word.
        note: String,
        /// Until when somebody looks whether what was done helped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check_due: Option<Date>,
    },
    /// Somebody looked whether what was done helped; where it did not, the deviation is open again.
    EffectivenessChecked {
        /// The closing that is looked at.
        closing: Position,
        /// Whether it did.
        effective: bool,
        /// What was found.
        note: String,
    },
}

impl DeviationFact {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DeviationRaised(_) => "DeviationRaised",
            Self::UnitAdded(_) => "UnitAdded",
            Self::DeviationReviewed { .. } => "DeviationReviewed",
            Self::ContainmentTaken { .. } => "ContainmentTaken",
            Self::Dispositioned(_) => "Dispositioned",
            Self::DispositionApproved { .. } => "DispositionApproved",
            Self::DeviationClosed { .. } => "DeviationClosed",
            Self::ContainmentAsked { .. } => "ContainmentAsked",
            Self::ContainmentConfirmed { .. } => "ContainmentConfirmed",
            Self::CauseFound { .. } => "CauseFound",
            Self::ActionAsked(_) => "ActionAsked",
            Self::ActionDone { .. } => "ActionDone",
            Self::ActionVerified { .. } => "ActionVerified",
            Self::EffectivenessChecked { .. } => "EffectivenessChecked",
            Self::AskedWithdrawn { .. } => "AskedWithdrawn",
        }
    }
}

/// What somebody says who raises a deviation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raise {
    /// What departed.
    pub kind: DeviationKind,
    /// The code of the site's list.
    pub code: Option<String>,
    /// What was required; may be blank.
    pub required: String,
    /// What was found; may be blank.
    pub found: String,
    /// What is wrong.
    pub note: String,
    /// Further units that it concerns.
    pub units: Vec<TravelerId>,
    /// Whether the units of a process deviation are held, too.
    pub hold: bool,
    /// The step by which it is to be closed.
    pub close_by: Option<StepAt>,
    /// The characteristic of the step that it is about.
    pub characteristic: Option<CharacteristicId>,
}

impl Raise {
    /// A product is not as it should be, in a word.
    pub fn noted(note: impl Into<String>) -> Self {
        Self { note: note.into(), ..Self::default() }
    }

    /// Whether its units are held.
    pub fn holds(&self) -> bool {
        self.kind == DeviationKind::Product || self.hold
    }
}

/// What is decided of a unit, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The unit; absent for every unit that is not decided yet.
    pub unit: Option<TravelerId>,
    /// How many pieces of the lot; absent for all.
    pub pieces: Option<u32>,
    /// What becomes of it.
    pub disposition: Disposition,
}

impl Share {
    /// The same for every unit that is not decided yet.
    pub fn all(disposition: Disposition) -> Vec<Self> {
        vec![Self { unit: None, pieces: None, disposition }]
    }
}

/// What is asked for about a deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationCommand {
    /// Say that it concerns more units; they are held.
    AddUnits {
        /// The units.
        units: Vec<TravelerId>,
    },
    /// Look at it: its kind, its code, the step by which it is to be closed; what is absent stays.
    Review {
        /// What departed.
        kind: Option<DeviationKind>,
        /// The code of the site's list.
        code: Option<String>,
        /// The step by which it is to be closed.
        close_by: Option<StepAt>,
        /// What is said about it.
        note: String,
    },
    /// Note what was done at once, or ask for it.
    Contain {
        /// What.
        action: String,
        /// By whom and where, where it is to be done yet.
        to_do: Option<ToDo>,
    },
    /// Confirm that something was done that was asked for.
    Confirm {
        /// What was asked for.
        containment: Position,
        /// What is said about it; may be blank.
        note: String,
    },
    /// Say why it happened.
    FindCause {
        /// The code of the site's list.
        code: Option<String>,
        /// In words.
        text: String,
    },
    /// Ask for something so that it does not happen again.
    AskAction(ActionAsked),
    /// Say that it was done.
    NoteDone {
        /// What was asked for.
        action: Position,
        /// What was done.
        note: String,
    },
    /// Say that it was seen to be done.
    Verify {
        /// What was asked for.
        action: Position,
        /// What was seen.
        note: String,
    },
    /// Take back what was asked for in error: a containment or an action.
    Withdraw {
        /// What was asked for.
        asked: Position,
        /// Why.
        reason: String,
    },
    /// Say whether what was done helped.
    Check {
        /// Whether it did.
        effective: bool,
        /// What was found.
        note: String,
    },
    /// Decide; the actor signs.
    Dispose {
        /// What becomes of the units.
        shares: Vec<Share>,
        /// Why.
        reason: String,
        /// How the signer is known.
        by: Signer,
    },
    /// Agree with what was decided; the actor signs.
    Approve {
        /// The decision, as it was shown.
        disposition: Position,
        /// How the signer is known.
        by: Signer,
    },
    /// Close.
    Close {
        /// A closing word.
        note: String,
    },
}

impl DeviationFact {
    /// The unit that a fact says something of first.
    pub fn unit(&self) -> Option<&UnitConcerned> {
        match self {
            Self::DeviationRaised(raised) => raised.unit.as_ref(),
            Self::UnitAdded(unit) => Some(unit),
            Self::DeviationReviewed { .. }
            | Self::ContainmentTaken { .. }
            | Self::ContainmentAsked { .. }
            | Self::ContainmentConfirmed { .. }
            | Self::CauseFound { .. }
            | Self::ActionAsked(_)
            | Self::ActionDone { .. }
            | Self::ActionVerified { .. }
            | Self::AskedWithdrawn { .. }
            | Self::Dispositioned(_)
            | Self::DispositionApproved { .. }
            | Self::DeviationClosed { .. }
            | Self::EffectivenessChecked { .. } => None,
        }
    }
}
