//! Reasons about the way through the operations: order, conditions, attempts, quantities, splits,
//! sets (R9, R11).

use crate::domain::ids::{StepId, UnitId};

/// A reason about the way of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteReason {
    /// A disposition or an answer to the review ends this hold, nothing else does.
    HoldNotReleasable,
    /// Pieces are neither good nor scrap yet.
    PiecesMissing {
        /// How many.
        missing: u32,
    },
    /// The step counts no pieces.
    NotCounted {
        /// The step.
        step: StepId,
    },
    /// A report of no pieces.
    NothingReported {
        /// How many are to be reported.
        left: u32,
    },
    /// More pieces than are here.
    TooManyPieces {
        /// How many were named.
        named: u32,
        /// How many are to be reported.
        left: u32,
    },
    /// No pieces, or more than stand here.
    SplitQuantity {
        /// How many were named.
        named: u32,
        /// How many stand here.
        left: u32,
    },
    /// Nothing would be left of the lot.
    SplitTakesAll {
        /// How many were named.
        pieces: u32,
    },
    /// The station has no code to name a lot with.
    LotNameMissing,
    /// The name is taken.
    LotNameTaken {
        /// The name.
        lot: UnitId,
    },
}

impl RouteReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HoldNotReleasable => "H05",
            Self::PiecesMissing { .. } => "Q01",
            Self::NotCounted { .. } => "Q02",
            Self::NothingReported { .. } => "Q03",
            Self::TooManyPieces { .. } => "Q04",
            Self::SplitQuantity { .. } => "Q05",
            Self::SplitTakesAll { .. } => "Q06",
            Self::LotNameMissing => "Q07",
            Self::LotNameTaken { .. } => "Q08",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::HoldNotReleasable => "This hold waits for a disposition or a review.".to_owned(),
            Self::PiecesMissing { missing: 1 } => "1 piece is not reported.".to_owned(),
            Self::PiecesMissing { missing } => format!("{missing} pieces are not reported."),
            Self::NotCounted { step } => format!("Step {step} does not count pieces."),
            Self::NothingReported { .. } => "No piece is reported.".to_owned(),
            Self::TooManyPieces { named, left } => {
                format!("{named} pieces are reported, and {left} are left to report here.")
            }
            Self::SplitQuantity { named, left } => {
                format!("{named} pieces would be split off, and {left} can be split off here.")
            }
            Self::SplitTakesAll { .. } => "Nothing would be left of this lot.".to_owned(),
            Self::LotNameMissing => "The new lot has no name.".to_owned(),
            Self::LotNameTaken { lot } => format!("The lot {lot} exists already."),
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::HoldNotReleasable => {
                "dispose its deviation, or answer what the server did not accept".to_owned()
            }
            Self::PiecesMissing { .. } => {
                "report them as good or scrap, or split them off".to_owned()
            }
            Self::NotCounted { .. } => "report at the step that counts; see all steps".to_owned(),
            Self::NothingReported { left } => format!("say how many of {left} are done"),
            Self::TooManyPieces { left, .. } => {
                format!("count again: at most {left}, good, scrap and rework together")
            }
            Self::SplitQuantity { left: 0, .. } => {
                "finish the step that counts; what it counted can be split off then".to_owned()
            }
            Self::SplitQuantity { left, .. } => format!("split off 1 to {left}"),
            Self::SplitTakesAll { .. } => {
                "leave at least one good piece, or go on with the whole lot".to_owned()
            }
            Self::LotNameMissing => "give the new lot a name".to_owned(),
            Self::LotNameTaken { .. } => "give the new lot another name".to_owned(),
        }
    }
}

impl From<RouteReason> for super::Reason {
    fn from(reason: RouteReason) -> Self {
        Self::Route(reason)
    }
}
