//! What a reason about inspection of lots says, and what to do next: one table each, a line a reason.

use crate::domain::inspection::fact::Choice;
use crate::domain::understood::{HELD, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::inspection::InspectionReason;

impl InspectionReason {
    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::NotReceived { lot } => words!("Goods-in noted nothing of the lot {lot}.", lot),
            Self::OtherSupplier { lot, supplier } => {
                words!("The lot {lot} was delivered by {supplier}.", lot, supplier)
            }
            Self::SizeUnknown { lot } => {
                words!("How many pieces the lot {lot} has is not known.", lot)
            }
            Self::OtherSize { lot, size, most } => {
                words!("The lot {lot} has {most} pieces, not {size}.", lot, most, size)
            }
            Self::OpenedBefore { lot, standing } => {
                words!(
                    "The lot {lot} was opened for inspection: {standing}.",
                    lot,
                    standing => standing.words()
                )
            }
            Self::Discontinued { series } => {
                words!(
                    "Inspection of {series} is discontinued: too many lots were not accepted.",
                    series
                )
            }
            Self::NoPlan { instruction } => {
                words!("{instruction} does not say by which plan lots are inspected.", instruction)
            }
            Self::AsksUnfit { instruction, step } => words!(
                "Step {step} of {instruction} asks for more than checks and single readings of a \
                 piece.",
                step,
                instruction
            ),
            Self::LotUnknown { lot } => words!("The lot {lot} was not opened for inspection.", lot),
            Self::Stands { lot, standing } => {
                words!("The lot {lot} is {standing}.", lot, standing => standing.words())
            }
            Self::NotChosen { piece } => words!("Piece {piece} is not of the sample.", piece),
            Self::PieceRecorded { piece } => words!("Piece {piece} is recorded.", piece),
            Self::NothingToCorrect { piece } => {
                words!("Nothing is recorded of piece {piece}.", piece)
            }
            Self::ValuesMissing { wanted, given } => {
                words!("A piece has {wanted} values, and {given} were given.", wanted, given)
            }
            Self::PiecesMissing { remaining } => {
                words!("{remaining} pieces of the sample were not looked at.", remaining)
            }
            Self::TooMany { found, reject } => {
                words!(
                    "{found} pieces are nonconforming; from {reject} on the lot is not accepted.",
                    found,
                    reject
                )
            }
            Self::NotEnough { found, reject } => words!(
                "{found} pieces are nonconforming; with fewer than {reject} the lot is accepted.",
                found,
                reject
            ),
            Self::NotSeen { lot, since: 1 } => {
                words!("1 record was made of the lot {lot} after it was shown to you.", lot)
            }
            Self::NotSeen { lot, since } => words!(
                "{since} records were made of the lot {lot} after it was shown to you.",
                since,
                lot
            ),
            Self::NothingInspected { instruction } => {
                words!("No lot of the series was inspected by {instruction}.", instruction)
            }
            Self::NothingToChoose { choice: Choice::Reduce, score } => {
                words!(
                    "Reduced inspection is not earned: the switching score is {score} of 30.",
                    score
                )
            }
            Self::NothingToChoose { choice: Choice::Normal, .. } => {
                words!("Inspection is not reduced.")
            }
            Self::NothingToChoose { choice: Choice::TakeUp, .. } => {
                words!("Inspection is not discontinued.")
            }
            Self::OwnUnnamed { lot } => {
                words!("{lot} is no lot of own production: these have an order and a number.", lot)
            }
            Self::OtherPart { unit, part } => words!("{unit} is {part}.", unit, part),
            Self::NoSuchValue { ask, of } => {
                words!("A piece has {of} values, and {ask} is none of their numbers.", of, ask)
            }
            Self::ValueRecorded { piece, ask } => {
                words!("Value {ask} of piece {piece} is recorded.", ask, piece)
            }
            Self::ByValue { piece } => words!("Piece {piece} is recorded value by value.", piece),
            Self::NotAskedAgain { piece, ask } => {
                words!("Value {ask} of piece {piece} is not asked for again.", ask, piece)
            }
            Self::NotTypedAgain { pieces } => {
                let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
                words!(
                    "Values outside their limits were not typed again: {pieces}.",
                    pieces = pieces.join(", ")
                )
            }
            Self::OpenedTwice { lot, at } => {
                words!("The lot {lot} was opened at two stations, unseen: at {at} too.", lot, at)
            }
            Self::ByDeviation { lot, deviation } => {
                words!("What becomes of the lot {lot} is what {deviation} says.", lot, deviation)
            }
            Self::OwnSupplier => words!("Own production does not come in."),
            Self::HeldByInspection { lot } => {
                words!("The lot {lot} is held by its inspection.", lot)
            }
            Self::HeldByOther { lot, why } => {
                words!(
                    "Another inspection holds the lot {lot}: {why}.",
                    lot,
                    why => understood(why, HELD)
                )
            }
            Self::NotedWhileHeld { lot } => words!(
                "An inspection holds the lot {lot}: supplier and quantity stay as it found them.",
                lot
            ),
            Self::OwnInspection { person } => words!("{person} inspected the lot.", person),
            Self::SeveralStand { piece, ask, values } => words!(
                "Not all that stands at value {ask} of piece {piece} was shown: {values}.",
                ask,
                piece,
                values = values.join(", ")
            ),
            Self::Undecided { deviations } => {
                words!(
                    "Nothing is decided of {deviations} yet, which holds the lot.",
                    deviations = listed(deviations)
                )
            }
            Self::NotAccounted { balloons, of } => words!(
                "The first article lacks {lacking} of {of} characteristics: balloon {balloons}.",
                lacking = balloons.len(),
                of,
                balloons = listed(balloons)
            ),
            Self::NotSpecified { part } => {
                words!("No specification of {part} with characteristics is in effect.", part)
            }
            Self::OtherSpecification { instruction, by, revision } => words!(
                "{instruction} measures by specification rev {by}, and rev {revision} is in effect.",
                instruction,
                by,
                revision
            ),
            Self::AskedOtherwise { instruction, balloon, revision } => words!(
                "{instruction} asks for balloon {balloon} by other limits than specification rev \
                 {revision}.",
                instruction,
                balloon,
                revision
            ),
        }
    }

    /// What to do next.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn next(&self) -> Words {
        match self {
            Self::NotReceived { .. } => words!("note it first: gemba material receive"),
            Self::OtherSupplier { .. } => {
                words!("check the label; goods-in corrects what it noted (gemba material receive)")
            }
            Self::SizeUnknown { .. } => words!("count the pieces and say how many: --size N"),
            Self::OtherSize { .. } => {
                words!("count again; goods-in corrects what it noted (gemba material receive)")
            }
            Self::OpenedBefore { .. } => {
                words!(
                    "go on with it; a rejected lot comes again once it is to be sorted, one that is made \
                 here once its deviation let it go on"
                )
            }
            Self::Discontinued { .. } => {
                words!(
                    "when the supplier has acted, quality takes it up again (gemba inspection choose)"
                )
            }
            Self::NoPlan { .. } => {
                words!("name another instruction, or release one with inspect:")
            }
            Self::AsksUnfit { .. } => {
                words!("ask each piece for checks and readings with count 1 only")
            }
            Self::LotUnknown { .. } => words!("open it first: gemba inspection open"),
            Self::Stands { .. } => words!("look at the lot: gemba inspection show"),
            Self::NotChosen { .. } => {
                words!("take a piece that is named: gemba inspection show")
            }
            Self::PieceRecorded { .. } | Self::ValueRecorded { .. } => {
                words!("go on with the next one, or correct it with a reason")
            }
            Self::NothingToCorrect { .. } => words!("record it without a reason"),
            Self::ValuesMissing { .. } => words!("give one value for each ask, in order"),
            Self::PiecesMissing { .. } => words!("inspect them first"),
            Self::TooMany { .. } => {
                words!("reject it; what becomes of it is decided then (gemba inspection dispose)")
            }
            Self::NotEnough { .. } => {
                words!("accept it; for another reason block it (gemba material block)")
            }
            Self::NotSeen { .. } => words!("look at what was found, then sign"),
            Self::NothingInspected { .. } => words!("check the instruction and the series"),
            Self::NothingToChoose { .. } => {
                words!("look at the series: gemba inspection series")
            }
            Self::OwnUnnamed { .. } => words!("name it as ORDER/LOT"),
            Self::OtherPart { .. } => words!("check the order, or the part"),
            Self::NoSuchValue { .. } => words!("look at what is asked of a piece"),
            Self::ByValue { .. } => words!("correct the value itself, in the grid"),
            Self::NotAskedAgain { .. } => words!("look at the lot, then correct it with a reason"),
            Self::NotTypedAgain { .. } => {
                words!("type again what the gauge shows at each of them, in the grid")
            }
            Self::OpenedTwice { .. } => {
                words!(
                    "quality looks at both and takes the series up again (gemba inspection choose)"
                )
            }
            Self::ByDeviation { deviation, .. } => {
                words!("dispose of {deviation}: gemba deviation dispose", deviation)
            }
            Self::OwnSupplier => words!("name who delivered it"),
            Self::HeldByInspection { .. } => {
                words!("decide about the lot (gemba inspection accept, reject or dispose)")
            }
            Self::HeldByOther { .. } => {
                words!("say first what becomes of the lot (gemba inspection dispose)")
            }
            Self::NotedWhileHeld { .. } => {
                words!("decide about the lot first (gemba inspection accept, reject or dispose)")
            }
            Self::OwnInspection { .. } => words!("somebody else signs that it is used"),
            Self::SeveralStand { .. } => {
                words!("look at all of them in the grid; a correction there stands for all")
            }
            Self::Undecided { .. } => words!("dispose of it: gemba deviation dispose"),
            Self::NotAccounted { .. } => {
                words!("record them in the grid; gemba inspection first-article lists them")
            }
            Self::NotSpecified { .. } => words!("release the specification of the part"),
            Self::OtherSpecification { .. } | Self::AskedOtherwise { .. } => {
                words!("release the instruction by the specification in effect")
            }
        }
    }
}

fn listed<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}
