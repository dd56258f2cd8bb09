//! Reasons about what is recorded: corrections, rounding, guard bands, re-measurement, components
//! (R2, R3, R4).

use crate::domain::ids::{DeviationId, GaugeId, PartId, PersonId, StepId};
use crate::domain::label::Label;

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
    pub fn what(&self) -> String {
        match self {
            Self::Superseded { step } => {
                format!(
                    "This no longer counts: it was recorded again, or step {step} is open again."
                )
            }
            Self::NotAuthorOrReviewer { name, author: Some(author) } => {
                format!("{name} was recorded by {author}, and its step has ended.")
            }
            Self::NotAuthorOrReviewer { name, author: None } => {
                format!("{name} was recorded by somebody else, and its step has ended.")
            }
            Self::UncertaintyUnknown { gauge: Some(gauge) } => {
                format!("The uncertainty of {gauge} is not known; this limit is guarded by it.")
            }
            Self::UncertaintyUnknown { gauge: None } => {
                "This limit is guarded by the gauge's uncertainty, and no gauge was used."
                    .to_owned()
            }
            Self::NoAcceptanceZone { band } => {
                format!("A guard band of {band} leaves no value that could be accepted.")
            }
            Self::RetryNotAllowed { name } => {
                format!("The instruction does not let {name} be measured again.")
            }
            Self::RetriesUsed { name, most } => {
                format!("{name} was measured again {most} times, which is all that is allowed.")
            }
            Self::DeviationRaised { deviation } => {
                format!("{deviation} was raised for this value.")
            }
            Self::NoComponent { label, part } => format!("This is {label}, and no {part}."),
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::Superseded { .. } => "correct what counts".to_owned(),
            Self::NotAuthorOrReviewer { .. } => {
                "its author, a supervisor or quality corrects it".to_owned()
            }
            Self::UncertaintyUnknown { .. } => {
                "use a gauge whose uncertainty is registered".to_owned()
            }
            Self::NoAcceptanceZone { .. } => "use a gauge with less uncertainty".to_owned(),
            Self::RetryNotAllowed { .. } | Self::RetriesUsed { .. } => {
                "type the same value again: the deviation opens".to_owned()
            }
            Self::DeviationRaised { .. } => {
                "its disposition decides; rework measures again".to_owned()
            }
            Self::NoComponent { part, .. } => format!("scan the label on the {part}"),
        }
    }
}

impl From<ReadingReason> for super::Reason {
    fn from(reason: ReadingReason) -> Self {
        Self::Reading(reason)
    }
}
