//! Reasons about calling units back and releasing them to ship (R17).

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, GaugeId};
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;

use super::Reason;

/// A reason about a recall or a release to ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShipReason {
    /// The unit is held for this recall, or was let go.
    RecalledAlready {
        /// What is called back.
        of: Traced,
    },
    /// An operation is not closed.
    OperationOpen {
        /// Its number.
        operation: u32,
        /// Its name.
        name: String,
    },
    /// Facts of the unit are not at the server.
    NotAtServer {
        /// How many.
        count: usize,
        /// The first.
        first: Position,
    },
    /// Facts of the unit are not known here to be judged.
    NotJudged {
        /// How many.
        count: usize,
        /// The first.
        first: Position,
    },
    /// The server did not accept a fact, and nobody let it go on.
    NotAccepted {
        /// The fact.
        fact: Position,
        /// Why.
        why: String,
    },
    /// Facts wait for one that is not here.
    FactsMissing {
        /// How many.
        count: u64,
    },
    /// A deviation is not closed.
    DeviationOpen {
        /// The deviation.
        deviation: DeviationId,
    },
    /// A gauge was found out of tolerance since, and nobody decided about this unit.
    GaugeDoubted {
        /// The gauge.
        gauge: GaugeId,
        /// What was found.
        found: String,
    },
    /// A component was blocked, held or scrapped since.
    ComponentDoubtful {
        /// Which and why, in words.
        what: String,
    },
    /// The unit is shipped.
    Shipped {
        /// The release.
        release: Position,
    },
    /// The unit is not shipped.
    NotShipped,
    /// The unit is built into another one, with which it goes.
    BuiltIn {
        /// The other one.
        unit: TravelerId,
    },
    /// Another list of exceptions was shown.
    ListChanged {
        /// How many there are now.
        count: usize,
    },
}

impl ShipReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecalledAlready { .. } => "Z01",
            Self::OperationOpen { .. } => "Z02",
            Self::NotAtServer { .. } => "Z03",
            Self::NotJudged { .. } => "Z04",
            Self::NotAccepted { .. } => "Z05",
            Self::FactsMissing { .. } => "Z06",
            Self::DeviationOpen { .. } => "Z07",
            Self::GaugeDoubted { .. } => "Z08",
            Self::ComponentDoubtful { .. } => "Z09",
            Self::Shipped { .. } => "Z10",
            Self::NotShipped => "Z11",
            Self::ListChanged { .. } => "Z12",
            Self::BuiltIn { .. } => "Z13",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::RecalledAlready { of } => {
                format!("The unit is held for the recall of {}, or was let go.", of.words())
            }
            Self::OperationOpen { operation, name } => {
                format!("Operation {operation} {name} is not closed.")
            }
            Self::NotAtServer { count, first } => {
                format!("{} not at the server, the first {first}.", facts(*count, "is", "are"))
            }
            Self::NotJudged { count, first } => {
                let facts = facts(*count, "is", "are");
                format!("{facts} not known here to be judged, the first {first}.")
            }
            Self::NotAccepted { fact, why } => format!("{fact} was not accepted: {why}."),
            Self::FactsMissing { count } => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                format!("{} for one that is not here.", facts(count, "waits", "wait"))
            }
            Self::DeviationOpen { deviation } => format!("{deviation} is not closed."),
            Self::GaugeDoubted { gauge, found } => {
                format!("{gauge} was found out of tolerance: {found}; nobody decided about it.")
            }
            Self::ComponentDoubtful { what } => format!("A component is in doubt: {what}."),
            Self::Shipped { release } => format!("The unit is shipped, by {release}."),
            Self::NotShipped => "The unit is not shipped.".to_owned(),
            Self::BuiltIn { unit } => format!("The unit is built into {unit}."),
            Self::ListChanged { count } => {
                format!("The list of exceptions is not the one that was shown; it has {count} now.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::RecalledAlready { of } => {
                format!("look at what is not held yet: gemba recall {of}")
            }
            Self::OperationOpen { .. } => "finish it".to_owned(),
            Self::NotAtServer { .. } => "reach the server: gemba sync".to_owned(),
            Self::NotJudged { .. } | Self::FactsMissing { .. } => {
                "fetch what is new, at a station that serves a place of its route: gemba sync"
                    .to_owned()
            }
            Self::NotAccepted { .. } => "a supervisor answers it: gemba review answer".to_owned(),
            Self::DeviationOpen { deviation } => {
                format!("dispose and close it: gemba deviation show {deviation}")
            }
            Self::GaugeDoubted { gauge, .. } => {
                format!("hold what it measured, and decide: gemba gauge hold {gauge}")
            }
            Self::ComponentDoubtful { .. } => {
                "take it out, or let it go on where it is held".to_owned()
            }
            Self::Shipped { .. } => {
                "where it is here again, say so first: gemba ship back".to_owned()
            }
            Self::NotShipped => "release it first: gemba ship release".to_owned(),
            Self::BuiltIn { unit } => format!(
                "release {unit} with it; where it was taken out, say so first: gemba component \
                 remove"
            ),
            Self::ListChanged { .. } => "look at it again: gemba ship review".to_owned(),
        }
    }
}

/// So many facts of the unit, with what they do.
fn facts(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 fact of it {one}") } else { format!("{count} facts of it {many}") }
}

impl From<ShipReason> for Reason {
    fn from(reason: ShipReason) -> Self {
        Self::Ship(reason)
    }
}
