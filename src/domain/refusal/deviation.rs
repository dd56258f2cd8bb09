//! Reasons about deviations: their units, codes, signatures, pieces.

use jiff::civil::Date;

use crate::domain::ids::{CharacteristicId, DeviationId, PersonId, PlaceId, StepId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;

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
fn asked_for(by: Option<&PersonId>) -> String {
    by.map_or_else(|| "Nobody here asked for it.".to_owned(), |by| format!("{by} asked for it."))
}

/// Roles in a sentence.
fn roles(open: &[Role]) -> String {
    open.iter().map(|role| role.word()).collect::<Vec<_>>().join(" and ")
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
    pub fn what(&self) -> String {
        match self {
            Self::NoUnit => "No unit is named.".to_owned(),
            Self::UnitUnknown { unit } => format!("{unit} is not known at this station."),
            Self::UnitTwice { unit } => {
                format!("{unit} is named twice, or the deviation concerns it already.")
            }
            Self::UnitEnded { unit, how } => format!("{unit} has ended: {how}."),
            Self::TooManyUnits { most } => format!("Only {most} units are named at once."),
            Self::CodeUnknown { code } => format!("The site has no code {code:?} for deviations."),
            Self::CodeMissing => "No code was chosen of the site's list.".to_owned(),
            Self::NotHeldByIt { deviation, unit } => format!("{deviation} does not hold {unit}."),
            Self::NothingHeld { deviation } => {
                format!("{deviation} holds nothing that could be disposed.")
            }
            Self::PiecesOfWhich => OF_WHICH.to_owned(),
            Self::PiecesDoNotAddUp { unit, named, there } if named == there => {
                format!("A part of {unit} is named that has no pieces.")
            }
            Self::PiecesDoNotAddUp { unit, named, there } => {
                format!("{named} pieces are named, and {unit} has {there}.")
            }
            Self::VoidInParts { unit } => {
                format!("A deviation is void for all of {unit}, or for nothing of it.")
            }
            Self::AsIsTwice { unit } => format!("Two parts of {unit} are used as they are."),
            Self::NotToApprove { deviation } => {
                format!("What was shown of {deviation} does not wait for a signature.")
            }
            Self::ContainmentUnknown { deviation } => {
                format!("Nothing of the kind is to be confirmed for {deviation}.")
            }
            Self::AskedOfOther { by } => format!("It was asked of {by}."),
            Self::AskedByOther { by } => asked_for(by.as_ref()),
            Self::DoneElsewhere { place } => format!("It is done at {place}."),
            Self::ContainmentOpen { deviation, actions } => {
                format!("{deviation} is not contained yet: {}.", actions.join("; "))
            }
            Self::CauseMissing { deviation } => format!("Nobody said why {deviation} happened."),
            Self::CauseUnknown { code } => format!("The site has no cause {code:?}."),
            Self::CauseCodeMissing => "No cause was chosen of the site's list.".to_owned(),
            Self::ActionsOpen { deviation, actions } => {
                format!("Not verified yet for {deviation}: {}.", actions.join("; "))
            }
            Self::ActionUnknown { deviation } => {
                format!("{deviation} has no such action, or it does not wait for this.")
            }
            Self::DueBefore { due, today } => format!("{due} is over: today is {today}."),
            Self::VerifiedByOwner { person } => format!("{person} did it or owns it."),
            Self::NothingToCheck { deviation } => {
                format!("Nobody is to say now whether what was done about {deviation} helped.")
            }
            Self::CheckedByOwner { person } => format!("{person} owns what was done."),
            Self::NothingNewDone { deviation } => {
                format!("What was done about {deviation} did not help, and nothing else was.")
            }
            Self::CloseFirst { deviation, by } => {
                let StepAt { operation, step } = by;
                format!("{deviation} is to be closed before operation {operation}, step {step}.")
            }
            Self::NotMeasuredThere { characteristic, step } => {
                format!("{step} does not measure {characteristic}.")
            }
            Self::NothingToDoAgain => NOT_BEGUN.to_owned(),
            Self::SignatureOpen { deviation, open } => {
                format!(
                    "The disposition of {deviation} waits for the signature of {}.",
                    roles(open)
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::NoUnit => "name the units".to_owned(),
            Self::UnitUnknown { .. } => "check the number, or sync".to_owned(),
            Self::UnitTwice { .. } => "name it once".to_owned(),
            Self::UnitEnded { .. } | Self::NotHeldByIt { .. } => "leave it out".to_owned(),
            Self::TooManyUnits { most } => format!("name {most} or fewer, then the rest"),
            Self::CodeUnknown { .. } | Self::CauseUnknown { .. } => {
                "see the list: gemba site show".to_owned()
            }
            Self::CodeMissing => "review the deviation and choose one".to_owned(),
            Self::NothingHeld { .. } => "close it, or add the units that it concerns".to_owned(),
            Self::PiecesOfWhich => "name the unit with it, as in UNIT=40:scrap".to_owned(),
            Self::PiecesDoNotAddUp { named, there, .. } if named == there => {
                "leave that part out, or give it pieces".to_owned()
            }
            Self::PiecesDoNotAddUp { there: 1, .. } => "say what becomes of it alone".to_owned(),
            Self::PiecesDoNotAddUp { there, .. } => format!("share out {there} pieces"),
            Self::VoidInParts { .. } => "use those pieces as they are, or void it all".to_owned(),
            Self::AsIsTwice { .. } => "name them together".to_owned(),
            Self::NotToApprove { .. } => "look at the deviation again".to_owned(),
            Self::ContainmentUnknown { .. }
            | Self::ActionUnknown { .. }
            | Self::NothingToCheck { .. } => {
                "look at the deviation again: gemba deviation show".to_owned()
            }
            Self::AskedOfOther { .. } => {
                "whoever was asked does it; else a supervisor or quality does".to_owned()
            }
            Self::AskedByOther { .. } => {
                "whoever asked for it takes it back, or quality does".to_owned()
            }
            Self::DoneElsewhere { place } => format!("confirm it at {place}"),
            Self::ContainmentOpen { .. } => {
                "do it and confirm it at the bench: gemba deviation confirm".to_owned()
            }
            Self::CauseMissing { .. } => "say why: gemba deviation cause".to_owned(),
            Self::CauseCodeMissing => "name one of the list: gemba site show".to_owned(),
            Self::ActionsOpen { .. } => {
                "the owner does it, another person verifies it: gemba deviation verify".to_owned()
            }
            Self::DueBefore { .. } => "name a day that is still to come".to_owned(),
            Self::VerifiedByOwner { .. } | Self::CheckedByOwner { .. } => {
                "another person does this".to_owned()
            }
            Self::NothingNewDone { .. } => {
                "ask for another action first: gemba deviation action".to_owned()
            }
            Self::CloseFirst { deviation, .. } => {
                format!("have {deviation} closed (quality or supervisor); do other steps meanwhile")
            }
            Self::NotMeasuredThere { .. } => {
                "name one that the step measures, or leave it out".to_owned()
            }
            Self::NothingToDoAgain => {
                "void it or use it as it is, and the unit begins as ordered; else scrap or return it"
                    .to_owned()
            }
            Self::SignatureOpen { open, .. } => {
                format!("{} signs, another person each", roles(open))
            }
        }
    }
}

impl From<DeviationReason> for Reason {
    fn from(reason: DeviationReason) -> Self {
        Self::Deviation(reason)
    }
}
