//! Reasons about calling units back and releasing them to ship (R17).

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, GaugeId};
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::domain::words::Words;
use crate::domain::words::words;

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
    pub fn what(&self) -> Words {
        match self {
            Self::RecalledAlready { of } => {
                words!("The unit is held for the recall of {of}, or was let go.", of => of.said())
            }
            Self::OperationOpen { operation, name } => {
                words!("Operation {operation} {name} is not closed.", operation, name)
            }
            Self::NotAtServer { count: 1, first } => {
                words!("1 fact of it is not at the server, the first {first}.", first)
            }
            Self::NotAtServer { count, first } => {
                words!(
                    "{count} facts of it are not at the server, the first {first}.",
                    count,
                    first
                )
            }
            Self::NotJudged { count: 1, first } => {
                words!("1 fact of it is not known here to be judged, the first {first}.", first)
            }
            Self::NotJudged { count, first } => words!(
                "{count} facts of it are not known here to be judged, the first {first}.",
                count,
                first
            ),
            Self::NotAccepted { fact, why } => words!("{fact} was not accepted: {why}.", fact, why),
            Self::FactsMissing { count: 1 } => {
                words!("1 fact of it waits for one that is not here.")
            }
            Self::FactsMissing { count } => {
                words!("{count} facts of it wait for one that is not here.", count)
            }
            Self::DeviationOpen { deviation } => words!("{deviation} is not closed.", deviation),
            Self::GaugeDoubted { gauge, found } => {
                words!(
                    "{gauge} was found out of tolerance: {found}; nobody decided about it.",
                    gauge,
                    found
                )
            }
            Self::ComponentDoubtful { what } => words!("A component is in doubt: {what}.", what),
            Self::Shipped { release } => words!("The unit is shipped, by {release}.", release),
            Self::NotShipped => words!("The unit is not shipped."),
            Self::BuiltIn { unit } => words!("The unit is built into {unit}.", unit),
            Self::ListChanged { count } => {
                words!(
                    "The list of exceptions is not the one that was shown; it has {count} now.",
                    count
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::RecalledAlready { of } => {
                words!("look at what is not held yet: gemba recall {of}", of)
            }
            Self::OperationOpen { .. } => words!("finish it"),
            Self::NotAtServer { .. } => words!("reach the server: gemba sync"),
            Self::NotJudged { .. } | Self::FactsMissing { .. } => {
                words!(
                    "fetch what is new, at a station that serves a place of its route: gemba sync"
                )
            }
            Self::NotAccepted { .. } => words!("a supervisor answers it: gemba review answer"),
            Self::DeviationOpen { deviation } => {
                words!("dispose and close it: gemba deviation show {deviation}", deviation)
            }
            Self::GaugeDoubted { gauge, .. } => {
                words!("hold what it measured, and decide: gemba gauge hold {gauge}", gauge)
            }
            Self::ComponentDoubtful { .. } => {
                words!("take it out, or let it go on where it is held")
            }
            Self::Shipped { .. } => {
                words!("where it is here again, say so first: gemba ship back")
            }
            Self::NotShipped => words!("release it first: gemba ship release"),
            Self::BuiltIn { unit } => words!(
                "release {unit} with it; where it was taken out, say so first: gemba component \
                 remove",
                unit
            ),
            Self::ListChanged { .. } => words!("look at it again: gemba ship review"),
        }
    }
}

impl From<ShipReason> for Reason {
    fn from(reason: ShipReason) -> Self {
        Self::Ship(reason)
    }
}
