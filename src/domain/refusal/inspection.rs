//! Reasons about inspection of lots.

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, InstructionId, LotId, PartId, PersonId, RevisionId, StepId};
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
    /// What stands at a place is not what was shown: somebody recorded it unseen.
    SeveralStand {
        /// The piece.
        piece: u32,
        /// The number of the ask.
        ask: u16,
        /// Each with who recorded it.
        values: Vec<String>,
    },
    /// Deviations of its pieces hold the lot, and nothing is decided of them.
    Undecided {
        /// Which.
        deviations: Vec<DeviationId>,
    },
    /// A first article lacks results.
    NotAccounted {
        /// The balloons of the characteristics without one on some piece.
        balloons: Vec<String>,
        /// How many characteristics need one.
        of: usize,
    },
    /// No specification with characteristics is in effect for the part.
    NotSpecified {
        /// The part.
        part: PartId,
    },
    /// The instruction measures by another specification than the one in effect.
    OtherSpecification {
        /// The instruction.
        instruction: InstructionId,
        /// The revision by which it measures.
        by: RevisionId,
        /// The one in effect.
        revision: RevisionId,
    },
    /// The instruction asks for a characteristic by other limits than the specification.
    AskedOtherwise {
        /// The instruction.
        instruction: InstructionId,
        /// The characteristic's number on the drawing.
        balloon: String,
        /// The revision of the specification in effect.
        revision: RevisionId,
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
            Self::SeveralStand { .. } => "J26",
            Self::Undecided { .. } => "J27",
            Self::NotAccounted { .. } => "J28",
            Self::NotSpecified { .. } => "J40",
            Self::OtherSpecification { .. } => "J41",
            Self::AskedOtherwise { .. } => "J42",
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
}

impl From<InspectionReason> for Reason {
    fn from(reason: InspectionReason) -> Self {
        Self::Inspection(reason)
    }
}
