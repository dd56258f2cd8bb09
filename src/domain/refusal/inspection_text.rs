//! What a reason about inspection of lots says, and what to do next: one table each, a line a reason.

use crate::domain::inspection::fact::Choice;

use super::inspection::InspectionReason;

impl InspectionReason {
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
            Self::SeveralStand { piece, ask, values } => format!(
                "Not all that stands at value {ask} of piece {piece} was shown: {}.",
                values.join(", ")
            ),
            Self::Undecided { deviations } => {
                format!("Nothing is decided of {} yet, which holds the lot.", listed(deviations))
            }
            Self::NotAccounted { balloons, of } => format!(
                "The first article lacks {} of {of} characteristics: balloon {}.",
                balloons.len(),
                listed(balloons)
            ),
            Self::NotSpecified { part } => {
                format!("No specification of {part} with characteristics is in effect.")
            }
            Self::OtherSpecification { instruction, by, revision } => format!(
                "{instruction} measures by specification rev {by}, and rev {revision} is in effect."
            ),
            Self::AskedOtherwise { instruction, balloon, revision } => format!(
                "{instruction} asks for balloon {balloon} by other limits than specification rev \
                 {revision}."
            ),
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
            Self::SeveralStand { .. } => {
                "look at all of them in the grid; a correction there stands for all".to_owned()
            }
            Self::Undecided { .. } => "dispose of it: gemba deviation dispose".to_owned(),
            Self::NotAccounted { .. } => {
                "record them in the grid; gemba inspection first-article lists them".to_owned()
            }
            Self::NotSpecified { .. } => "release the specification of the part".to_owned(),
            Self::OtherSpecification { .. } | Self::AskedOtherwise { .. } => {
                "release the instruction by the specification in effect".to_owned()
            }
        }
    }
}

fn listed<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}
