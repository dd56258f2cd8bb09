//! Reasons about deviations: their units, codes, signatures, pieces.

use jiff::civil::Date;

use crate::domain::ids::{CharacteristicId, DeviationId, PersonId, PlaceId, StepId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::understood::{BECOMES, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::Reason;

/// A reason about a deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationReason {
    /// No unit is named.
    NoUnit,
    /// The unit is not known here.
    UnitUnknown {
        /// The unit.
        unit: TravelerId,
    },
    /// The unit is named twice, or the deviation concerns it already.
    UnitTwice {
        /// The unit.
        unit: TravelerId,
    },
    /// The unit was scrapped or returned.
    UnitEnded {
        /// The unit.
        unit: TravelerId,
        /// How.
        how: String,
    },
    /// Too many units at once.
    TooManyUnits {
        /// The most allowed.
        most: usize,
    },
    /// The site's list has no such code.
    CodeUnknown {
        /// The code.
        code: String,
    },
    /// No code was chosen of the site's list.
    CodeMissing,
    /// The deviation does not hold the unit.
    NotHeldByIt {
        /// The deviation.
        deviation: DeviationId,
        /// The unit.
        unit: TravelerId,
    },
    /// The deviation holds nothing of which something could be decided.
    NothingHeld {
        /// The deviation.
        deviation: DeviationId,
    },
    /// Pieces are named, and it is not said of which lot.
    PiecesOfWhich,
    /// The pieces named are not those of the lot.
    PiecesDoNotAddUp {
        /// The lot.
        unit: TravelerId,
        /// How many are named.
        named: u32,
        /// How many there are.
        there: u32,
    },
    /// A deviation is void for all of a lot or not at all.
    VoidInParts {
        /// The lot.
        unit: TravelerId,
    },
    /// Two parts of a lot are used as they are.
    AsIsTwice {
        /// The lot.
        unit: TravelerId,
    },
    /// What was shown does not wait for a signature any more.
    NotToApprove {
        /// The deviation.
        deviation: DeviationId,
    },
    /// Nothing of the kind is to be done at once, or it is confirmed.
    ContainmentUnknown {
        /// The deviation.
        deviation: DeviationId,
    },
    /// It was asked of somebody else.
    AskedOfOther {
        /// Of whom.
        by: PersonId,
    },
    /// Somebody else asked for it, who alone takes it back, besides quality.
    AskedByOther {
        /// Who; none where a station did.
        by: Option<PersonId>,
    },
    /// It is done at another place.
    DoneElsewhere {
        /// Where.
        place: PlaceId,
    },
    /// What is to be done at once is not confirmed.
    ContainmentOpen {
        /// The deviation.
        deviation: DeviationId,
        /// What.
        actions: Vec<String>,
    },
    /// The site wants to know why it happened.
    CauseMissing {
        /// The deviation.
        deviation: DeviationId,
    },
    /// The site's list has no such cause.
    CauseUnknown {
        /// The code.
        code: String,
    },
    /// No cause was chosen of the site's list.
    CauseCodeMissing,
    /// Actions are not done, or nobody else has verified them.
    ActionsOpen {
        /// The deviation.
        deviation: DeviationId,
        /// Which.
        actions: Vec<String>,
    },
    /// There is no such action, or it does not wait for this.
    ActionUnknown {
        /// The deviation.
        deviation: DeviationId,
    },
    /// Something is to be done by a day that is over.
    DueBefore {
        /// The day.
        due: Date,
        /// Today.
        today: Date,
    },
    /// Whoever did it or owns it does not verify it (R6).
    VerifiedByOwner {
        /// The person.
        person: PersonId,
    },
    /// Nobody is to look now whether what was done helped.
    NothingToCheck {
        /// The deviation.
        deviation: DeviationId,
    },
    /// Whoever owns what was done does not say whether it helped.
    CheckedByOwner {
        /// The person.
        person: PersonId,
    },
    /// What was done did not help, and nothing else was.
    NothingNewDone {
        /// The deviation.
        deviation: DeviationId,
    },
    /// A deviation is to be closed before the unit goes on to this step.
    CloseFirst {
        /// The deviation.
        deviation: DeviationId,
        /// The step by which it is to be closed.
        by: StepAt,
    },
    /// The step measures no such characteristic.
    NotMeasuredThere {
        /// The characteristic.
        characteristic: CharacteristicId,
        /// The step.
        step: StepId,
    },
    /// A unit is not begun, so no step of it is done again.
    NothingToDoAgain,
    /// A disposition waits for a signature.
    SignatureOpen {
        /// The deviation.
        deviation: DeviationId,
        /// The roles of which nobody has signed.
        open: Vec<Role>,
    },
}

/// Why nothing is decided.
const OF_WHICH: &str = "Something is said of no unit by name, and it is not clear of which.";
/// Why no step of a unit is done again.
const NOT_BEGUN: &str = "No step is done again: the unit is not begun.";

/// Who asked for something.
fn asked_for(by: Option<&PersonId>) -> Words {
    match by {
        Some(by) => words!("{by} asked for it.", by),
        None => words!("Nobody here asked for it."),
    }
}

/// Roles in a sentence.
fn roles(open: &[Role]) -> Words {
    Words::listed(open.iter().map(|role| role.word().into()), "{these} and {one}")
}

impl DeviationReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoUnit => "N07",
            Self::UnitUnknown { .. } => "N08",
            Self::UnitTwice { .. } => "N09",
            Self::UnitEnded { .. } => "N10",
            Self::TooManyUnits { .. } => "N11",
            Self::CodeUnknown { .. } => "N12",
            Self::CodeMissing => "N13",
            Self::NotHeldByIt { .. } => "N14",
            Self::NothingHeld { .. } => "N15",
            Self::PiecesOfWhich => "N16",
            Self::PiecesDoNotAddUp { .. } => "N17",
            Self::VoidInParts { .. } => "N18",
            Self::AsIsTwice { .. } => "N19",
            Self::NotToApprove { .. } => "N20",
            Self::SignatureOpen { .. } => "N21",
            Self::ContainmentUnknown { .. } => "N22",
            Self::AskedOfOther { .. } => "N23",
            Self::DoneElsewhere { .. } => "N24",
            Self::ContainmentOpen { .. } => "N25",
            Self::CauseMissing { .. } => "N26",
            Self::CauseUnknown { .. } => "N27",
            Self::CauseCodeMissing => "N28",
            Self::ActionsOpen { .. } => "N29",
            Self::ActionUnknown { .. } => "N30",
            Self::DueBefore { .. } => "N31",
            Self::VerifiedByOwner { .. } => "N32",
            Self::NothingToCheck { .. } => "N33",
            Self::CheckedByOwner { .. } => "N34",
            Self::NothingNewDone { .. } => "N35",
            Self::CloseFirst { .. } => "N36",
            Self::NotMeasuredThere { .. } => "N37",
            Self::NothingToDoAgain => "N38",
            Self::AskedByOther { .. } => "N39",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::NoUnit => words!("No unit is named."),
            Self::UnitUnknown { unit } => words!("{unit} is not known at this station.", unit),
            Self::UnitTwice { unit } => {
                words!("{unit} is named twice, or the deviation concerns it already.", unit)
            }
            Self::UnitEnded { unit, how } => {
                words!("{unit} has ended: {how}.", unit, how => understood(how, BECOMES))
            }
            Self::TooManyUnits { most } => words!("Only {most} units are named at once.", most),
            Self::CodeUnknown { code } => {
                words!("The site has no code {code} for deviations.", code = format!("{code:?}"))
            }
            Self::CodeMissing => words!("No code was chosen of the site's list."),
            Self::NotHeldByIt { deviation, unit } => {
                words!("{deviation} does not hold {unit}.", deviation, unit)
            }
            Self::NothingHeld { deviation } => {
                words!("{deviation} holds nothing that could be disposed.", deviation)
            }
            Self::PiecesOfWhich => OF_WHICH.into(),
            Self::PiecesDoNotAddUp { unit, named, there } if named == there => {
                words!("A part of {unit} is named that has no pieces.", unit)
            }
            Self::PiecesDoNotAddUp { unit, named, there } => {
                words!("{named} pieces are named, and {unit} has {there}.", named, unit, there)
            }
            Self::VoidInParts { unit } => {
                words!("A deviation is void for all of {unit}, or for nothing of it.", unit)
            }
            Self::AsIsTwice { unit } => words!("Two parts of {unit} are used as they are.", unit),
            Self::NotToApprove { deviation } => {
                words!("What was shown of {deviation} does not wait for a signature.", deviation)
            }
            Self::ContainmentUnknown { deviation } => {
                words!("Nothing of the kind is to be confirmed for {deviation}.", deviation)
            }
            Self::AskedOfOther { by } => words!("It was asked of {by}.", by),
            Self::AskedByOther { by } => asked_for(by.as_ref()),
            Self::DoneElsewhere { place } => words!("It is done at {place}.", place),
            Self::ContainmentOpen { deviation, actions } => {
                words!(
                    "{deviation} is not contained yet: {actions}.",
                    deviation,
                    actions = actions.join("; ")
                )
            }
            Self::CauseMissing { deviation } => {
                words!("Nobody said why {deviation} happened.", deviation)
            }
            Self::CauseUnknown { code } => {
                words!("The site has no cause {code}.", code = format!("{code:?}"))
            }
            Self::CauseCodeMissing => words!("No cause was chosen of the site's list."),
            Self::ActionsOpen { deviation, actions } => {
                words!(
                    "Not verified yet for {deviation}: {actions}.",
                    deviation,
                    actions = actions.join("; ")
                )
            }
            Self::ActionUnknown { deviation } => {
                words!("{deviation} has no such action, or it does not wait for this.", deviation)
            }
            Self::DueBefore { due, today } => {
                words!("{due} is over: today is {today}.", due, today)
            }
            Self::VerifiedByOwner { person } => words!("{person} did it or owns it.", person),
            Self::NothingToCheck { deviation } => {
                words!(
                    "Nobody is to say now whether what was done about {deviation} helped.",
                    deviation
                )
            }
            Self::CheckedByOwner { person } => words!("{person} owns what was done.", person),
            Self::NothingNewDone { deviation } => {
                words!(
                    "What was done about {deviation} did not help, and nothing else was.",
                    deviation
                )
            }
            Self::CloseFirst { deviation, by } => {
                let StepAt { operation, step } = by;
                words!(
                    "{deviation} is to be closed before operation {operation}, step {step}.",
                    deviation,
                    operation,
                    step
                )
            }
            Self::NotMeasuredThere { characteristic, step } => {
                words!("{step} does not measure {characteristic}.", step, characteristic)
            }
            Self::NothingToDoAgain => NOT_BEGUN.into(),
            Self::SignatureOpen { deviation, open } => {
                words!(
                    "The disposition of {deviation} waits for the signature of {roles}.",
                    deviation,
                    roles => roles(open)
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::NoUnit => words!("name the units"),
            Self::UnitUnknown { .. } => words!("check the number, or sync"),
            Self::UnitTwice { .. } => words!("name it once"),
            Self::UnitEnded { .. } | Self::NotHeldByIt { .. } => words!("leave it out"),
            Self::TooManyUnits { most } => words!("name {most} or fewer, then the rest", most),
            Self::CodeUnknown { .. } | Self::CauseUnknown { .. } => {
                words!("see the list: gemba site show")
            }
            Self::CodeMissing => words!("review the deviation and choose one"),
            Self::NothingHeld { .. } => words!("close it, or add the units that it concerns"),
            Self::PiecesOfWhich => words!("name the unit with it, as in UNIT=40:scrap"),
            Self::PiecesDoNotAddUp { named, there, .. } if named == there => {
                words!("leave that part out, or give it pieces")
            }
            Self::PiecesDoNotAddUp { there: 1, .. } => words!("say what becomes of it alone"),
            Self::PiecesDoNotAddUp { there, .. } => words!("share out {there} pieces", there),
            Self::VoidInParts { .. } => words!("use those pieces as they are, or void it all"),
            Self::AsIsTwice { .. } => words!("name them together"),
            Self::NotToApprove { .. } => words!("look at the deviation again"),
            Self::ContainmentUnknown { .. }
            | Self::ActionUnknown { .. }
            | Self::NothingToCheck { .. } => {
                words!("look at the deviation again: gemba deviation show")
            }
            Self::AskedOfOther { .. } => {
                words!("whoever was asked does it; else a supervisor or quality does")
            }
            Self::AskedByOther { .. } => {
                words!("whoever asked for it takes it back, or quality does")
            }
            Self::DoneElsewhere { place } => words!("confirm it at {place}", place),
            Self::ContainmentOpen { .. } => {
                words!("do it and confirm it at the bench: gemba deviation confirm")
            }
            Self::CauseMissing { .. } => words!("say why: gemba deviation cause"),
            Self::CauseCodeMissing => words!("name one of the list: gemba site show"),
            Self::ActionsOpen { .. } => {
                words!("the owner does it, another person verifies it: gemba deviation verify")
            }
            Self::DueBefore { .. } => words!("name a day that is still to come"),
            Self::VerifiedByOwner { .. } | Self::CheckedByOwner { .. } => {
                words!("another person does this")
            }
            Self::NothingNewDone { .. } => {
                words!("ask for another action first: gemba deviation action")
            }
            Self::CloseFirst { deviation, .. } => {
                words!(
                    "have {deviation} closed (quality or supervisor); do other steps meanwhile",
                    deviation
                )
            }
            Self::NotMeasuredThere { .. } => {
                words!("name one that the step measures, or leave it out")
            }
            Self::NothingToDoAgain => {
                words!(
                    "void it or use it as it is, and the unit begins as ordered; else scrap or return it"
                )
            }
            Self::SignatureOpen { open, .. } => {
                words!("{roles} signs, another person each", roles => roles(open))
            }
        }
    }
}

impl From<DeviationReason> for Reason {
    fn from(reason: DeviationReason) -> Self {
        Self::Deviation(reason)
    }
}
