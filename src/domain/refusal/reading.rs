//! Reasons about what is recorded: corrections, rounding, guard bands, re-measurement, components
//! (R2, R3, R4).

use crate::domain::ids::{DeviationId, GaugeId, PartId, PersonId, StepId};
use crate::domain::label::Label;
use crate::domain::words::Words;
use crate::domain::words::words;

/// A reason about readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadingReason {
    /// It does not count any more: recorded again, or its step was opened again (R3).
    Superseded {
        /// The step.
        step: StepId,
    },
    /// After its step ended, a record is corrected by its author or by who reviews (R3).
    NotAuthorOrReviewer {
        /// What was recorded.
        name: String,
        /// Who recorded it.
        author: Option<PersonId>,
    },
    /// The guard band needs the gauge's uncertainty (ISO 14253-1).
    UncertaintyUnknown {
        /// The gauge, where one was used.
        gauge: Option<GaugeId>,
    },
    /// The guard bands meet: no value could be accepted (ISO 14253-1).
    NoAcceptanceZone {
        /// The width of one guard band, with its unit.
        band: String,
    },
    /// The instruction does not let this be measured again (R4).
    RetryNotAllowed {
        /// What is measured.
        name: String,
    },
    /// It was measured again as often as the instruction allows (R4).
    RetriesUsed {
        /// What is measured.
        name: String,
        /// How often is allowed.
        most: u16,
    },
    /// A deviation was raised for the value (R4).
    DeviationRaised {
        /// The deviation.
        deviation: DeviationId,
    },
    /// What was scanned for a component is the label of something else.
    NoComponent {
        /// What it is.
        label: Label,
        /// The part that is to be built in.
        part: PartId,
    },
}

impl ReadingReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Superseded { .. } => "R20",
            Self::NotAuthorOrReviewer { .. } => "R21",
            Self::UncertaintyUnknown { .. } => "R22",
            Self::NoAcceptanceZone { .. } => "R23",
            Self::RetryNotAllowed { .. } => "R24",
            Self::RetriesUsed { .. } => "R25",
            Self::DeviationRaised { .. } => "R26",
            Self::NoComponent { .. } => "R27",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> Words {
        match self {
            Self::Superseded { step } => {
                words!(
                    "This no longer counts: it was recorded again, or step {step} is open again.",
                    step
                )
            }
            Self::NotAuthorOrReviewer { name, author: Some(author) } => {
                words!("{name} was recorded by {author}, and its step has ended.", name, author)
            }
            Self::NotAuthorOrReviewer { name, author: None } => {
                words!("{name} was recorded by somebody else, and its step has ended.", name)
            }
            Self::UncertaintyUnknown { gauge: Some(gauge) } => {
                words!(
                    "The uncertainty of {gauge} is not known; this limit is guarded by it.",
                    gauge
                )
            }
            Self::UncertaintyUnknown { gauge: None } => {
                words!("This limit is guarded by the gauge's uncertainty, and no gauge was used.")
            }
            Self::NoAcceptanceZone { band } => {
                words!("A guard band of {band} leaves no value that could be accepted.", band)
            }
            Self::RetryNotAllowed { name } => {
                words!("The instruction does not let {name} be measured again.", name)
            }
            Self::RetriesUsed { name, most } => {
                words!(
                    "{name} was measured again {most} times, which is all that is allowed.",
                    name,
                    most
                )
            }
            Self::DeviationRaised { deviation } => {
                words!("{deviation} was raised for this value.", deviation)
            }
            Self::NoComponent { label, part } => {
                words!("This is {label}, and no {part}.", label => label.words(), part)
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::Superseded { .. } => words!("correct what counts"),
            Self::NotAuthorOrReviewer { .. } => {
                words!("its author, a supervisor or quality corrects it")
            }
            Self::UncertaintyUnknown { .. } => {
                words!("use a gauge whose uncertainty is registered")
            }
            Self::NoAcceptanceZone { .. } => words!("use a gauge with less uncertainty"),
            Self::RetryNotAllowed { .. } | Self::RetriesUsed { .. } => {
                words!("type the same value again: the deviation opens")
            }
            Self::DeviationRaised { .. } => {
                words!("its disposition decides; rework measures again")
            }
            Self::NoComponent { part, .. } => words!("scan the label on the {part}", part),
        }
    }
}

impl From<ReadingReason> for super::Reason {
    fn from(reason: ReadingReason) -> Self {
        Self::Reading(reason)
    }
}
