//! Reasons about sets: several units that are taken through a step together.

use crate::domain::stream::TravelerId;
use crate::domain::words::Words;
use crate::domain::words::words;

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
    pub fn what(&self) -> Words {
        match self {
            Self::Empty => words!("No unit is named."),
            Self::TooMany { found, most } => {
                words!("{found} units are too many at once; {most} are allowed.", found, most)
            }
            Self::UnitTwice { unit } => words!("{unit} is named twice.", unit),
            Self::OtherRevision { unit, like } => {
                words!("{unit} is made by another revision than {like}.", unit, like)
            }
            Self::OtherStep { unit, stands, others } => {
                words!(
                    "{unit} stands at step {stands}, the others at {others}.",
                    unit,
                    stands,
                    others
                )
            }
            Self::NothingOpen { unit } => words!("Every step of {unit} is done.", unit),
            Self::OfUnit { unit, reason } => words!("{unit}: {what}", unit, what => reason.what()),
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::Empty => words!("mark or scan the units first"),
            Self::TooMany { most, .. } => words!("take {most} or fewer, then the rest", most),
            Self::UnitTwice { .. } => words!("name it once"),
            Self::OtherRevision { .. } => words!("leave it out and work it by its own revision"),
            Self::OtherStep { .. } => words!("bring it to the same step, or leave it out"),
            Self::NothingOpen { .. } => words!("leave it out"),
            Self::OfUnit { reason, .. } => reason.next(),
        }
    }
}

impl From<SetReason> for Reason {
    fn from(reason: SetReason) -> Self {
        Self::Set(reason)
    }
}
