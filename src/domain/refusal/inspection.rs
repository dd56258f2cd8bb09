//! Reasons about inspection of lots.

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, InstructionId, LotId, PartId, PersonId, StepId};
use crate::domain::inspection::fact::Choice;
use crate::domain::inspection::series::{LotStanding, SeriesId};
use crate::domain::stream::TravelerId;

use super::Reason;

/// A reason about a lot that is inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InspectionReason {
    /// Goods-in noted nothing of the lot.
    NotReceived {
        /// The lot.
        lot: LotId,
    },
    /// The lot came from somebody else.
    OtherSupplier {
        /// The lot.
        lot: LotId,
        /// Who delivered it.
        supplier: String,
    },
    /// Nobody said how many pieces the lot has.
    SizeUnknown {
        /// The lot.
        lot: LotId,
    },
    /// The lot has another number of pieces.
    OtherSize {
        /// The lot.
        lot: LotId,
        /// As asked for.
        size: u32,
        /// As known.
        most: u32,
    },
    /// The lot was opened before.
    OpenedBefore {
        /// The lot.
        lot: LotId,
        /// How it stands.
        standing: LotStanding,
    },
    /// Too many lots were not accepted on tightened inspection.
    Discontinued {
        /// The series.
        series: SeriesId,
    },
    /// The instruction says nothing of inspecting lots.
    NoPlan {
        /// The instruction.
        instruction: InstructionId,
    },
    /// The instruction asks for what cannot be asked of each piece.
    AsksUnfit {
        /// The instruction.
        instruction: InstructionId,
        /// The step that does.
        step: StepId,
    },
    /// The lot was not opened here.
    LotUnknown {
        /// The lot.
        lot: LotId,
    },
    /// The lot stands otherwise.
    Stands {
        /// The lot.
        lot: LotId,
        /// How.
        standing: LotStanding,
    },
    /// The piece is not one of those that chance chose.
    NotChosen {
        /// The piece.
        piece: u32,
    },
    /// The piece is recorded.
    PieceRecorded {
        /// The piece.
        piece: u32,
    },
    /// Nothing is recorded of the piece.
    NothingToCorrect {
        /// The piece.
        piece: u32,
    },
    /// There are more or fewer values than asks.
    ValuesMissing {
        /// How many are asked for.
        wanted: usize,
        /// How many were given.
        given: usize,
    },
    /// Pieces of the sample were not looked at.
    PiecesMissing {
        /// How many.
        remaining: u32,
    },
    /// The plan does not accept so many nonconforming pieces.
    TooMany {
        /// How many were found.
        found: u32,
        /// Re.
        reject: u32,
    },
    /// The plan accepts so few nonconforming pieces.
    NotEnough {
        /// How many were found.
        found: u32,
        /// Re.
        reject: u32,
    },
    /// Pieces were recorded after the lot was shown to the signer.
    NotSeen {
        /// The lot.
        lot: LotId,
        /// How many records.
        since: usize,
    },
    /// No lot was inspected by the instruction.
    NothingInspected {
        /// The instruction.
        instruction: InstructionId,
    },
    /// The series does not stand so that this could be chosen.
    NothingToChoose {
        /// What.
        choice: Choice,
        /// The switching score.
        score: u32,
    },
    /// Nothing is asked by that number.
    NoSuchValue {
        /// The number.
        ask: u16,
        /// How many there are.
        of: usize,
    },
    /// A value of a piece is recorded.
    ValueRecorded {
        /// The piece.
        piece: u32,
        /// The number of the ask.
        ask: u16,
    },
    /// A piece is recorded value by value.
    ByValue {
        /// The piece.
        piece: u32,
    },
    /// No failing value waits there to be typed again.
    NotAskedAgain {
        /// The piece.
        piece: u32,
        /// The number of the ask.
        ask: u16,
    },
    /// Failing values were not typed again.
    NotTypedAgain {
        /// Their pieces.
        pieces: Vec<u32>,
    },
    /// A lot of own production is not named by its order and number.
    OwnUnnamed {
        /// The lot.
        lot: LotId,
    },
    /// The unit is another part.
    OtherPart {
        /// The unit.
        unit: TravelerId,
        /// What it is.
        part: PartId,
    },
    /// A lot was opened at two stations, unseen by each other.
    OpenedTwice {
        /// The lot.
        lot: LotId,
        /// Where else.
        at: Position,
    },
    /// What becomes of a lot of own production is what its deviation says.
    ByDeviation {
        /// The lot.
        lot: LotId,
        /// The deviation.
        deviation: DeviationId,
    },
    /// Goods-in names the plant itself.
    OwnSupplier,
    /// An inspection holds the lot.
    HeldByInspection {
        /// The lot.
        lot: LotId,
    },
    /// Another inspection than that of the series holds the lot.
    HeldByOther {
        /// The lot.
        lot: LotId,
        /// Why.
        why: String,
    },
    /// Supplier or quantity would be corrected while an inspection holds the lot.
    NotedWhileHeld {
        /// The lot.
        lot: LotId,
    },
    /// Whoever inspected the lot would let it be used as it is.
    OwnInspection {
        /// Who.
        person: PersonId,
    },
}

impl InspectionReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotReceived { .. } => "J01",
            Self::OtherSupplier { .. } => "J02",
            Self::SizeUnknown { .. } => "J03",
            Self::OtherSize { .. } => "J04",
            Self::OpenedBefore { .. } => "J05",
            Self::Discontinued { .. } => "J06",
            Self::NoPlan { .. } => "J07",
            Self::AsksUnfit { .. } => "J08",
            Self::OwnUnnamed { .. } => "J09",
            Self::LotUnknown { .. } => "J10",
            Self::Stands { .. } => "J11",
            Self::NotChosen { .. } => "J12",
            Self::PieceRecorded { .. } => "J13",
            Self::NothingToCorrect { .. } => "J14",
            Self::ValuesMissing { .. } => "J15",
            Self::OtherPart { .. } => "J16",
            Self::NoSuchValue { .. } => "J17",
            Self::ValueRecorded { .. } => "J18",
            Self::ByValue { .. } => "J19",
            Self::PiecesMissing { .. } => "J20",
            Self::TooMany { .. } => "J21",
            Self::NotEnough { .. } => "J22",
            Self::NotSeen { .. } => "J23",
            Self::NotAskedAgain { .. } => "J24",
            Self::NotTypedAgain { .. } => "J25",
            Self::NothingInspected { .. } => "J30",
            Self::NothingToChoose { .. } => "J31",
            Self::HeldByInspection { .. } => "J32",
            Self::HeldByOther { .. } => "J37",
            Self::NotedWhileHeld { .. } => "J38",
            Self::OwnInspection { .. } => "J39",
            Self::OpenedTwice { .. } => "J33",
            Self::ByDeviation { .. } => "J34",
            Self::OwnSupplier => "J35",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> String {
        match self {
            Self::NotReceived { lot } => format!("Goods-in noted nothing of the lot {lot}."),
            Self::OtherSupplier { lot, supplier } => {
                format!("The lot {lot} was delivered by {supplier}.")
            }
            Self::SizeUnknown { lot } => format!("How many pieces the lot {lot} has is not known."),
            Self::OtherSize { lot, size, most } => {
                format!("The lot {lot} has {most} pieces, not {size}.")
            }
            Self::OpenedBefore { lot, standing } => {
                format!("The lot {lot} was opened for inspection: {}.", standing.words())
            }
            Self::Discontinued { series } => {
                format!("Inspection of {series} is discontinued: too many lots were not accepted.")
            }
            Self::NoPlan { instruction } => {
                format!("{instruction} does not say by which plan lots are inspected.")
            }
            Self::AsksUnfit { instruction, step } => format!(
                "Step {step} of {instruction} asks for more than checks and single readings of a \
                 piece."
            ),
            Self::LotUnknown { lot } => format!("The lot {lot} was not opened for inspection."),
            Self::Stands { lot, standing } => format!("The lot {lot} is {}.", standing.words()),
            Self::NotChosen { piece } => format!("Piece {piece} is not of the sample."),
            Self::PieceRecorded { piece } => format!("Piece {piece} is recorded."),
            Self::NothingToCorrect { piece } => format!("Nothing is recorded of piece {piece}."),
            Self::ValuesMissing { wanted, given } => {
                format!("A piece has {wanted} values, and {given} were given.")
            }
            Self::PiecesMissing { remaining } => {
                format!("{remaining} pieces of the sample were not looked at.")
            }
            Self::TooMany { found, reject } => {
                format!(
                    "{found} pieces are nonconforming; from {reject} on the lot is not accepted."
                )
            }
            Self::NotEnough { found, reject } => format!(
                "{found} pieces are nonconforming; with fewer than {reject} the lot is accepted."
            ),
            Self::NotSeen { lot, since } => {
                let records = if *since == 1 { "record was" } else { "records were" };
                format!("{since} {records} made of the lot {lot} after it was shown to you.")
            }
            Self::NothingInspected { instruction } => {
                format!("No lot of the series was inspected by {instruction}.")
            }
            Self::NothingToChoose { choice: Choice::Reduce, score } => {
                format!("Reduced inspection is not earned: the switching score is {score} of 30.")
            }
            Self::NothingToChoose { choice: Choice::Normal, .. } => {
                "Inspection is not reduced.".to_owned()
            }
            Self::NothingToChoose { choice: Choice::TakeUp, .. } => {
                "Inspection is not discontinued.".to_owned()
            }
            Self::OwnUnnamed { lot } => {
                format!("{lot} is no lot of own production: these have an order and a number.")
            }
            Self::OtherPart { unit, part } => format!("{unit} is {part}."),
            Self::NoSuchValue { ask, of } => {
                format!("A piece has {of} values, and {ask} is none of their numbers.")
            }
            Self::ValueRecorded { piece, ask } => {
                format!("Value {ask} of piece {piece} is recorded.")
            }
            Self::ByValue { piece } => format!("Piece {piece} is recorded value by value."),
            Self::NotAskedAgain { piece, ask } => {
                format!("Value {ask} of piece {piece} is not asked for again.")
            }
            Self::NotTypedAgain { pieces } => {
                let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
                format!("Values outside their limits were not typed again: {}.", pieces.join(", "))
            }
            Self::OpenedTwice { lot, at } => {
                format!("The lot {lot} was opened at two stations, unseen: at {at} too.")
            }
            Self::ByDeviation { lot, deviation } => {
                format!("What becomes of the lot {lot} is what {deviation} says.")
            }
            Self::OwnSupplier => "Own production does not come in.".to_owned(),
            Self::HeldByInspection { lot } => {
                format!("The lot {lot} is held by its inspection.")
            }
            Self::HeldByOther { lot, why } => {
                format!("Another inspection holds the lot {lot}: {why}.")
            }
            Self::NotedWhileHeld { lot } => format!(
                "An inspection holds the lot {lot}: supplier and quantity stay as it found them."
            ),
            Self::OwnInspection { person } => format!("{person} inspected the lot."),
        }
    }

    /// What to do next.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn next(&self) -> String {
        match self {
            Self::NotReceived { .. } => "note it first: gemba material receive".to_owned(),
            Self::OtherSupplier { .. } => {
                "check the label; goods-in corrects what it noted (gemba material receive)"
                    .to_owned()
            }
            Self::SizeUnknown { .. } => "count the pieces and say how many: --size N".to_owned(),
            Self::OtherSize { .. } => {
                "count again; goods-in corrects what it noted (gemba material receive)".to_owned()
            }
            Self::OpenedBefore { .. } => {
                "go on with it; a rejected lot comes again once it is to be sorted, one that is made \
                 here once its deviation let it go on"
                    .to_owned()
            }
            Self::Discontinued { .. } => {
                "when the supplier has acted, quality takes it up again (gemba inspection choose)"
                    .to_owned()
            }
            Self::NoPlan { .. } => {
                "name another instruction, or release one with inspect:".to_owned()
            }
            Self::AsksUnfit { .. } => {
                "ask each piece for checks and readings with count 1 only".to_owned()
            }
            Self::LotUnknown { .. } => "open it first: gemba inspection open".to_owned(),
            Self::Stands { .. } => "look at the lot: gemba inspection show".to_owned(),
            Self::NotChosen { .. } => {
                "take a piece that is named: gemba inspection show".to_owned()
            }
            Self::PieceRecorded { .. } | Self::ValueRecorded { .. } => {
                "go on with the next one, or correct it with a reason".to_owned()
            }
            Self::NothingToCorrect { .. } => "record it without a reason".to_owned(),
            Self::ValuesMissing { .. } => "give one value for each ask, in order".to_owned(),
            Self::PiecesMissing { .. } => "inspect them first".to_owned(),
            Self::TooMany { .. } => {
                "reject it; what becomes of it is decided then (gemba inspection dispose)"
                    .to_owned()
            }
            Self::NotEnough { .. } => {
                "accept it; for another reason block it (gemba material block)".to_owned()
            }
            Self::NotSeen { .. } => "look at what was found, then sign".to_owned(),
            Self::NothingInspected { .. } => "check the instruction and the series".to_owned(),
            Self::NothingToChoose { .. } => {
                "look at the series: gemba inspection series".to_owned()
            }
            Self::OwnUnnamed { .. } => "name it as ORDER/LOT".to_owned(),
            Self::OtherPart { .. } => "check the order, or the part".to_owned(),
            Self::NoSuchValue { .. } => "look at what is asked of a piece".to_owned(),
            Self::ByValue { .. } => "correct the value itself, in the grid".to_owned(),
            Self::NotAskedAgain { .. } => "look at the lot, then correct it with a reason".to_owned(),
            Self::NotTypedAgain { .. } => {
                "type again what the gauge shows at each of them, in the grid".to_owned()
            }
            Self::OpenedTwice { .. } => {
                "quality looks at both and takes the series up again (gemba inspection choose)"
                    .to_owned()
            }
            Self::ByDeviation { deviation, .. } => {
                format!("dispose of {deviation}: gemba deviation dispose")
            }
            Self::OwnSupplier => "name who delivered it".to_owned(),
            Self::HeldByInspection { .. } => {
                "decide about the lot (gemba inspection accept, reject or dispose)".to_owned()
            }
            Self::HeldByOther { .. } => {
                "say first what becomes of the lot (gemba inspection dispose)".to_owned()
            }
            Self::NotedWhileHeld { .. } => {
                "decide about the lot first (gemba inspection accept, reject or dispose)".to_owned()
            }
            Self::OwnInspection { .. } => "somebody else signs that it is used".to_owned(),
        }
    }
}

impl From<InspectionReason> for Reason {
    fn from(reason: InspectionReason) -> Self {
        Self::Inspection(reason)
    }
}
