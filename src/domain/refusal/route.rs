//! Reasons about the way through the operations: order, conditions, attempts, quantities, splits,
//! sets (R9, R11).

use crate::domain::ids::{StepId, UnitId};
use crate::domain::stream::TravelerId;
use crate::domain::understood::{ASKED, BECOMES, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

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
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::AskOpen { signature: true, .. } => words!("The step is not signed."),
            Self::AskOpen { what, .. } => {
                words!("{what} is not recorded.", what => understood(what, ASKED))
            }
            Self::SignedAlready { step } => words!("Step {step} is signed already.", step),
            Self::HoldNotReleasable => words!("This hold waits for a disposition or a review."),
            Self::HoldNotHere { unit } => {
                words!("The server's hold on {unit} for this record is not here yet.", unit)
            }
            Self::WhichCounts { unit, decisions, others } => {
                let words = decisions.iter().chain(others);
                let mut words =
                    words.map(|words| words!("'{words}'", words => understood(words, BECOMES)));
                let first = words.next().unwrap_or(Words::plain(""));
                let others = Words::listed(words, "{these}, {one}");
                words!(
                    "{unit} follows {first}, and {others} has no effect.",
                    unit,
                    first => first,
                    others => others
                )
            }
            Self::CannotCount { unit, words } => {
                words!(
                    "{unit} cannot follow '{words}' from where it stands.",
                    unit,
                    words => understood(words, BECOMES)
                )
            }
            Self::PiecesMissing { missing: 1 } => words!("1 piece is not reported."),
            Self::PiecesMissing { missing } => {
                words!("{missing} pieces are not reported.", missing)
            }
            Self::NotCounted { step } => words!("Step {step} does not count pieces.", step),
            Self::NothingReported { .. } => words!("No piece is reported."),
            Self::TooManyPieces { named, left } => {
                words!(
                    "{named} pieces are reported, and {left} are left to report here.",
                    named,
                    left
                )
            }
            Self::ReportUnknown => words!("There is no such count of pieces."),
            Self::PiecesGoneOn { operation, gone_on } => {
                words!(
                    "{gone_on} pieces that operation {operation} counted good have gone on.",
                    gone_on,
                    operation
                )
            }
            Self::SplitQuantity { named, left } => {
                words!(
                    "{named} pieces would be split off, and {left} can be split off here.",
                    named,
                    left
                )
            }
            Self::SplitTakesAll { .. } => words!("Nothing would be left of this lot."),
            Self::LotNameMissing => words!("The new lot has no name."),
            Self::LotNameTaken { lot } => words!("The lot {lot} exists already.", lot),
            Self::StepNotNeeded { step, condition, found } => {
                words!(
                    "Step {step} is not needed: {condition}, found {found}.",
                    step,
                    condition,
                    found
                )
            }
            Self::StepNeverSkipped { step } => words!("Step {step} may not be left out.", step),
            Self::FoundAgainst { step } => {
                words!("Step {step} is not left out: something was found there, or waits.", step)
            }
            Self::SignsBefore { step } => {
                words!("The signature is about step {step}, which is not done yet.", step)
            }
            Self::WaitNotInDoubt => words!("Nothing about this wait is in doubt."),
            Self::SignatureNotSkipped { step } => {
                words!("Step {step} asks for a signature, so it is never left out.", step)
            }
            Self::AttemptsSpent { step, most } => {
                words!("Step {step} may be attempted {most} times, and was.", step, most)
            }
            Self::UpstreamDone { operation } => words!("Operation {operation} is done.", operation),
            Self::UpstreamAcceptedBefore { operation } => {
                words!("Operation {operation} was accepted before.", operation)
            }
            Self::NothingDownstream { operation } => {
                words!("No operation comes after {operation}.", operation)
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::AskOpen { signature: true, .. } => words!("have it signed"),
            Self::AskOpen { ask, skippable: true, .. } => {
                words!("record it (ask {ask}), or have the step skipped with a reason", ask)
            }
            Self::AskOpen { ask, .. } => words!("record it (ask {ask})", ask),
            Self::SignedAlready { .. } => {
                words!("go on; it is signed again only after a correction")
            }
            Self::HoldNotReleasable => {
                words!("dispose its deviation, or answer what the server did not accept")
            }
            Self::HoldNotHere { .. } => words!("sync, then answer (gemba sync)"),
            Self::WhichCounts { decisions, .. } => {
                let words = decisions.iter().map(|words| format!("--counts '{words}'"));
                let words = Words::listed(words.map(Words::given), "{these} or {one}");
                if decisions.len() > 1 {
                    words!("say which one counts: {words}", words => words)
                } else {
                    words!("confirm it: {words}", words => words)
                }
            }
            Self::CannotCount { .. } => {
                words!("say that the other one counts, then raise a deviation and dispose it anew")
            }
            Self::PiecesMissing { .. } => {
                words!("report them as good or scrap, or split them off")
            }
            Self::NotCounted { .. } => words!("report at the step that counts; see all steps"),
            Self::NothingReported { left } => words!("say how many of {left} are done", left),
            Self::TooManyPieces { left, .. } => {
                words!("count again: at most {left}, good, scrap and rework together", left)
            }
            Self::ReportUnknown => words!("choose one of the counts that the traveler lists"),
            Self::PiecesGoneOn { gone_on, .. } => {
                words!("leave at least {gone_on} good, or correct the later counts first", gone_on)
            }
            Self::SplitQuantity { left: 0, .. } => {
                words!("finish the step that counts; what it counted can be split off then")
            }
            Self::SplitQuantity { left, .. } => words!("split off 1 to {left}", left),
            Self::SplitTakesAll { .. } => {
                words!("leave at least one good piece, or go on with the whole lot")
            }
            Self::LotNameMissing => words!("give the new lot a name"),
            Self::LotNameTaken { .. } => words!("give the new lot another name"),
            Self::StepNotNeeded { .. } => words!("go on with the next step"),
            Self::FoundAgainst { .. } => {
                words!("do it, or raise a deviation: quality decides what becomes of it")
            }
            Self::SignsBefore { step } => words!("finish {step}, then sign", step),
            Self::WaitNotInDoubt => words!("wait as the step says"),
            Self::StepNeverSkipped { .. } => {
                words!("do it, or raise a deviation if it cannot be done")
            }
            Self::SignatureNotSkipped { .. } => {
                words!("have it signed, or raise a deviation if nobody can")
            }
            Self::AttemptsSpent { .. } => {
                words!(
                    "scrap or return the unit, have it accepted as it is, or rework from a later step"
                )
            }
            Self::UpstreamDone { .. } | Self::UpstreamAcceptedBefore { .. } => {
                words!("go on with the operation after it")
            }
            Self::NothingDownstream { .. } => words!("finish it where it is done"),
        }
    }
}

impl From<RouteReason> for super::Reason {
    fn from(reason: RouteReason) -> Self {
        Self::Route(reason)
    }
}
