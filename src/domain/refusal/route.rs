//! Reasons about the way through the operations: order, conditions, attempts, quantities, splits,
//! sets (R9, R11).

use crate::domain::ids::{StepId, UnitId};
use crate::domain::stream::TravelerId;

/// A reason about the way of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteReason {
    /// A disposition or an answer to the review ends this hold, nothing else does.
    HoldNotReleasable,
    /// The hold that the server placed for a record has not come here yet.
    HoldNotHere {
        /// The unit that it holds.
        unit: TravelerId,
    },
    /// Two decisions were made about one hold, unseen by each other.
    WhichCounts {
        /// The unit.
        unit: TravelerId,
        /// Each that it may follow, in words; that which it follows comes first.
        decisions: Vec<String>,
        /// Those that it cannot follow from where it stands.
        others: Vec<String>,
    },
    /// A decision cannot be put in the place of the one that the unit follows.
    CannotCount {
        /// The unit.
        unit: TravelerId,
        /// The decision in words.
        words: String,
    },
    /// Something of the step is not recorded (R2: unset is not pass).
    AskOpen {
        /// The ask's number.
        ask: u16,
        /// What it is about.
        what: String,
        /// Whether it is a signature.
        signature: bool,
        /// Whether the step may be left out instead.
        skippable: bool,
    },
    /// The step is signed, and the signature covers.
    SignedAlready {
        /// The step.
        step: StepId,
    },
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
    /// No such report of pieces.
    ReportUnknown,
    /// Fewer good pieces than went on.
    PiecesGoneOn {
        /// The operation that counted them.
        operation: u32,
        /// How many went on.
        gone_on: u32,
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
    /// The condition of the step does not hold.
    StepNotNeeded {
        /// The step.
        step: StepId,
        /// The condition.
        condition: String,
        /// What was found.
        found: String,
    },
    /// Something was found in the step that nobody leaves out: a value outside its limits, a check
    /// answered no, a wait that was begun.
    FoundAgainst {
        /// The step.
        step: StepId,
    },
    /// A signature before what it is about.
    SignsBefore {
        /// The step that is open.
        step: StepId,
    },
    /// Nothing about the wait is in doubt.
    WaitNotInDoubt,
    /// The instruction lets nobody leave the step out.
    StepNeverSkipped {
        /// The step.
        step: StepId,
    },
    /// A step that asks for a signature is never left out.
    SignatureNotSkipped {
        /// The step.
        step: StepId,
    },
    /// The step was attempted as often as the instruction lets it (R9).
    AttemptsSpent {
        /// The step.
        step: StepId,
        /// The most attempts.
        most: u32,
    },
    /// The operation needs no evidence: it is done.
    UpstreamDone {
        /// The operation.
        operation: u32,
    },
    /// The operation was accepted before.
    UpstreamAcceptedBefore {
        /// The operation.
        operation: u32,
    },
    /// Nothing waits for the operation.
    NothingDownstream {
        /// The operation.
        operation: u32,
    },
}

impl RouteReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AskOpen { .. } => "T12",
            Self::SignedAlready { .. } => "T40",
            Self::HoldNotReleasable => "H05",
            Self::HoldNotHere { .. } => "H06",
            Self::WhichCounts { .. } => "H07",
            Self::CannotCount { .. } => "H08",
            Self::PiecesMissing { .. } => "Q01",
            Self::NotCounted { .. } => "Q02",
            Self::NothingReported { .. } => "Q03",
            Self::TooManyPieces { .. } => "Q04",
            Self::SplitQuantity { .. } => "Q05",
            Self::SplitTakesAll { .. } => "Q06",
            Self::LotNameMissing => "Q07",
            Self::LotNameTaken { .. } => "Q08",
            Self::ReportUnknown => "Q09",
            Self::PiecesGoneOn { .. } => "Q10",
            Self::StepNotNeeded { .. } => "T17",
            Self::StepNeverSkipped { .. } => "T18",
            Self::FoundAgainst { .. } => "T46",
            Self::SignsBefore { .. } => "T47",
            Self::WaitNotInDoubt => "W05",
            Self::SignatureNotSkipped { .. } => "T19",
            Self::AttemptsSpent { .. } => "T20",
            Self::UpstreamDone { .. } => "T21",
            Self::UpstreamAcceptedBefore { .. } => "T22",
            Self::NothingDownstream { .. } => "T23",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::AskOpen { signature: true, .. } => "The step is not signed.".to_owned(),
            Self::AskOpen { what, .. } => format!("{what} is not recorded."),
            Self::SignedAlready { step } => format!("Step {step} is signed already."),
            Self::HoldNotReleasable => "This hold waits for a disposition or a review.".to_owned(),
            Self::HoldNotHere { unit } => {
                format!("The server's hold on {unit} for this record is not here yet.")
            }
            Self::WhichCounts { unit, decisions, others } => {
                let words = decisions.iter().chain(others);
                let mut words = words.map(|words| format!("'{words}'"));
                let first = words.next().unwrap_or_default();
                let others = words.collect::<Vec<_>>().join(", ");
                format!("{unit} follows {first}, and {others} has no effect.")
            }
            Self::CannotCount { unit, words } => {
                format!("{unit} cannot follow '{words}' from where it stands.")
            }
            Self::PiecesMissing { missing: 1 } => "1 piece is not reported.".to_owned(),
            Self::PiecesMissing { missing } => format!("{missing} pieces are not reported."),
            Self::NotCounted { step } => format!("Step {step} does not count pieces."),
            Self::NothingReported { .. } => "No piece is reported.".to_owned(),
            Self::TooManyPieces { named, left } => {
                format!("{named} pieces are reported, and {left} are left to report here.")
            }
            Self::ReportUnknown => "There is no such count of pieces.".to_owned(),
            Self::PiecesGoneOn { operation, gone_on } => {
                format!("{gone_on} pieces that operation {operation} counted good have gone on.")
            }
            Self::SplitQuantity { named, left } => {
                format!("{named} pieces would be split off, and {left} can be split off here.")
            }
            Self::SplitTakesAll { .. } => "Nothing would be left of this lot.".to_owned(),
            Self::LotNameMissing => "The new lot has no name.".to_owned(),
            Self::LotNameTaken { lot } => format!("The lot {lot} exists already."),
            Self::StepNotNeeded { step, condition, found } => {
                format!("Step {step} is not needed: {condition}, found {found}.")
            }
            Self::StepNeverSkipped { step } => format!("Step {step} may not be left out."),
            Self::FoundAgainst { step } => {
                format!("Step {step} is not left out: something was found there, or waits.")
            }
            Self::SignsBefore { step } => {
                format!("The signature is about step {step}, which is not done yet.")
            }
            Self::WaitNotInDoubt => "Nothing about this wait is in doubt.".to_owned(),
            Self::SignatureNotSkipped { step } => {
                format!("Step {step} asks for a signature, so it is never left out.")
            }
            Self::AttemptsSpent { step, most } => {
                format!("Step {step} may be attempted {most} times, and was.")
            }
            Self::UpstreamDone { operation } => format!("Operation {operation} is done."),
            Self::UpstreamAcceptedBefore { operation } => {
                format!("Operation {operation} was accepted before.")
            }
            Self::NothingDownstream { operation } => {
                format!("No operation comes after {operation}.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::AskOpen { signature: true, .. } => "have it signed".to_owned(),
            Self::AskOpen { ask, skippable: true, .. } => {
                format!("record it (ask {ask}), or have the step skipped with a reason")
            }
            Self::AskOpen { ask, .. } => format!("record it (ask {ask})"),
            Self::SignedAlready { .. } => {
                "go on; it is signed again only after a correction".to_owned()
            }
            Self::HoldNotReleasable => {
                "dispose its deviation, or answer what the server did not accept".to_owned()
            }
            Self::HoldNotHere { .. } => "sync, then answer (gemba sync)".to_owned(),
            Self::WhichCounts { decisions, .. } => {
                let words: Vec<String> =
                    decisions.iter().map(|words| format!("--counts '{words}'")).collect();
                let said = if words.len() > 1 { "say which one counts" } else { "confirm it" };
                format!("{said}: {}", words.join(" or "))
            }
            Self::CannotCount { .. } => {
                "say that the other one counts, then raise a deviation and dispose it anew"
                    .to_owned()
            }
            Self::PiecesMissing { .. } => {
                "report them as good or scrap, or split them off".to_owned()
            }
            Self::NotCounted { .. } => "report at the step that counts; see all steps".to_owned(),
            Self::NothingReported { left } => format!("say how many of {left} are done"),
            Self::TooManyPieces { left, .. } => {
                format!("count again: at most {left}, good, scrap and rework together")
            }
            Self::ReportUnknown => "choose one of the counts that the traveler lists".to_owned(),
            Self::PiecesGoneOn { gone_on, .. } => {
                format!("leave at least {gone_on} good, or correct the later counts first")
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
            Self::StepNotNeeded { .. } => "go on with the next step".to_owned(),
            Self::FoundAgainst { .. } => {
                "do it, or raise a deviation: quality decides what becomes of it".to_owned()
            }
            Self::SignsBefore { step } => format!("finish {step}, then sign"),
            Self::WaitNotInDoubt => "wait as the step says".to_owned(),
            Self::StepNeverSkipped { .. } => {
                "do it, or raise a deviation if it cannot be done".to_owned()
            }
            Self::SignatureNotSkipped { .. } => {
                "have it signed, or raise a deviation if nobody can".to_owned()
            }
            Self::AttemptsSpent { .. } => {
                "scrap or return the unit, have it accepted as it is, or rework from a later step"
                    .to_owned()
            }
            Self::UpstreamDone { .. } | Self::UpstreamAcceptedBefore { .. } => {
                "go on with the operation after it".to_owned()
            }
            Self::NothingDownstream { .. } => "finish it where it is done".to_owned(),
        }
    }
}

impl From<RouteReason> for super::Reason {
    fn from(reason: RouteReason) -> Self {
        Self::Route(reason)
    }
}
