//! Reasons about sets: several units that are taken through a step together.

use crate::domain::stream::TravelerId;

use super::Reason;

/// A reason about a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetReason {
    /// No unit is named.
    Empty,
    /// Too many units at once.
    TooMany {
        /// How many.
        found: usize,
        /// The most allowed.
        most: usize,
    },
    /// A unit is named twice.
    UnitTwice {
        /// The unit.
        unit: TravelerId,
    },
    /// A unit is made by another revision, or by another instruction (R1).
    OtherRevision {
        /// The unit.
        unit: TravelerId,
        /// The unit that the others are like.
        like: TravelerId,
    },
    /// A unit stands at another step.
    OtherStep {
        /// The unit.
        unit: TravelerId,
        /// Where it stands.
        stands: String,
        /// Where the others stand.
        others: String,
    },
    /// Every step of the unit is done.
    NothingOpen {
        /// The unit.
        unit: TravelerId,
    },
    /// What stands in the way of one unit of a set stands in the way of the act on it.
    OfUnit {
        /// The unit.
        unit: TravelerId,
        /// The unit's own reason; its code counts.
        reason: Box<Reason>,
    },
}

impl SetReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "E01",
            Self::TooMany { .. } => "E02",
            Self::UnitTwice { .. } => "E03",
            Self::OtherRevision { .. } => "E04",
            Self::OtherStep { .. } => "E05",
            Self::NothingOpen { .. } => "E06",
            Self::OfUnit { reason, .. } => reason.code(),
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::Empty => "No unit is named.".to_owned(),
            Self::TooMany { found, most } => {
                format!("{found} units are too many at once; {most} are allowed.")
            }
            Self::UnitTwice { unit } => format!("{unit} is named twice."),
            Self::OtherRevision { unit, like } => {
                format!("{unit} is made by another revision than {like}.")
            }
            Self::OtherStep { unit, stands, others } => {
                format!("{unit} stands at step {stands}, the others at {others}.")
            }
            Self::NothingOpen { unit } => format!("Every step of {unit} is done."),
            Self::OfUnit { unit, reason } => format!("{unit}: {}", reason.what()),
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::Empty => "mark or scan the units first".to_owned(),
            Self::TooMany { most, .. } => format!("take {most} or fewer, then the rest"),
            Self::UnitTwice { .. } => "name it once".to_owned(),
            Self::OtherRevision { .. } => "leave it out and work it by its own revision".to_owned(),
            Self::OtherStep { .. } => "bring it to the same step, or leave it out".to_owned(),
            Self::NothingOpen { .. } => "leave it out".to_owned(),
            Self::OfUnit { reason, .. } => reason.next(),
        }
    }
}

impl From<SetReason> for Reason {
    fn from(reason: SetReason) -> Self {
        Self::Set(reason)
    }
}
