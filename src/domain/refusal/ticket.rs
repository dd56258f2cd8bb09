//! Reasons about hand-off tickets: drawn at one station, taken at another.

use crate::domain::ids::StationId;
use crate::domain::stream::TravelerId;
use crate::domain::understood::{MADE_BY, WHEN, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

/// A reason about a hand-off ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketReason {
    /// It was drawn in another plant.
    OtherPlant,
    /// The station that drew it was never announced here.
    StationUnknown,
    /// The signature is not that of the station.
    Forged {
        /// The station that it names.
        station: StationId,
    },
    /// This station drew it itself.
    OwnTicket,
    /// It is about another unit.
    OtherUnit {
        /// The unit that it is about.
        unit: TravelerId,
    },
    /// The unit is made by a revision that has not come here.
    RevisionUnknown {
        /// What is not known, in words.
        what: String,
    },
    /// The unit is made by another revision, or route, than is known here.
    OtherRevision {
        /// What differs, in words.
        what: String,
    },
    /// What it tells is here, and more was recorded since.
    Overtaken,
    /// What is known here of its station's records does not fit it.
    Contradicted,
    /// It was taken before.
    TakenBefore {
        /// When, site time.
        when: String,
    },
    /// Work goes on after the operation by another ticket already.
    AnotherTaken {
        /// The operation.
        operation: u32,
        /// When that one was taken, site time.
        when: String,
    },
    /// No operation is closed, so there is nothing to hand on.
    NothingClosed,
    /// Nothing of the unit was recorded at this station, which can speak for its own records alone.
    NothingRecorded,
    /// The station belongs to no plant yet.
    NotEnrolled,
    /// The server told this station that it was revoked.
    Revoked {
        /// When it told, site time.
        when: String,
    },
    /// The station that drew it was revoked.
    StationRevoked {
        /// The station.
        station: StationId,
    },
}

impl TicketReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherPlant => "U01",
            Self::StationUnknown => "U02",
            Self::Forged { .. } => "U03",
            Self::OwnTicket => "U04",
            Self::OtherUnit { .. } => "U05",
            Self::RevisionUnknown { .. } => "U06",
            Self::OtherRevision { .. } => "U07",
            Self::Overtaken => "U08",
            Self::Contradicted => "U09",
            Self::TakenBefore { .. } => "U10",
            Self::NothingClosed => "U11",
            Self::NothingRecorded => "U12",
            Self::NotEnrolled => "U13",
            Self::AnotherTaken { .. } => "U14",
            Self::Revoked { .. } => "U15",
            Self::StationRevoked { .. } => "U16",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> Words {
        match self {
            Self::OtherPlant => words!("The ticket was drawn in another plant."),
            Self::StationUnknown => {
                words!("The station that drew the ticket is not known here.")
            }
            Self::Forged { station } => {
                words!("The ticket names {station}, and {station} did not sign it.", station)
            }
            Self::OwnTicket => words!("The ticket was drawn at this station."),
            Self::OtherUnit { unit } => words!("The ticket is about {unit}.", unit),
            Self::RevisionUnknown { what } => {
                words!(
                    "The unit is made by a revision of {what} that is not known here.",
                    what => understood(what, MADE_BY)
                )
            }
            Self::OtherRevision { what } => {
                words!(
                    "By the ticket, {what} is another than is known here.",
                    what => understood(what, MADE_BY)
                )
            }
            Self::Overtaken => {
                words!("What the ticket tells is here, and something was recorded since.")
            }
            Self::Contradicted => {
                words!("The records of its station that are here do not fit the ticket.")
            }
            Self::TakenBefore { when } => {
                words!("This ticket was taken before, {when}.", when => understood(when, WHEN))
            }
            Self::AnotherTaken { operation, when } => {
                words!(
                    "Work goes on after operation {operation} by another ticket, taken {when}.",
                    operation,
                    when => understood(when, WHEN)
                )
            }
            Self::NothingClosed => words!("No operation of the unit is closed."),
            Self::NothingRecorded => words!("Nothing of the unit was recorded at this station."),
            Self::NotEnrolled => words!("This station belongs to no plant yet."),
            Self::Revoked { when } => {
                words!(
                    "This station was revoked, as the server said {when}.",
                    when => understood(when, WHEN)
                )
            }
            Self::StationRevoked { station } => {
                words!("Station {station}, which drew the ticket, was revoked.", station)
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::OtherPlant => words!("take the unit in as material that is bought"),
            Self::StationUnknown => {
                words!(
                    "sync once (gemba sync), or a supervisor answers for it (accept earlier work)"
                )
            }
            Self::OwnTicket => words!("scan it where the unit goes on"),
            Self::OtherUnit { .. } => words!("scan the ticket that came with this unit"),
            Self::RevisionUnknown { .. } | Self::OtherRevision { .. } => {
                words!("sync (gemba sync), or a supervisor answers for it (accept earlier work)")
            }
            Self::Overtaken => words!("go by what the unit's page says"),
            Self::Forged { .. } | Self::Contradicted => {
                words!("put the unit aside, and tell a supervisor")
            }
            Self::TakenBefore { .. } | Self::AnotherTaken { .. } => {
                words!("go on with the operation after it")
            }
            Self::NothingClosed => words!("finish the operation, then draw the ticket"),
            Self::NothingRecorded => words!("draw it where the work was done"),
            Self::NotEnrolled => words!("enroll it: gemba station enroll"),
            Self::Revoked { .. } => {
                words!(
                    "enroll it again (gemba serve code), or a supervisor answers for the work where the \
                 unit goes on (accept earlier work)"
                )
            }
            Self::StationRevoked { .. } => {
                words!("look at the unit; a supervisor answers for it (accept earlier work)")
            }
        }
    }
}

impl From<TicketReason> for super::Reason {
    fn from(reason: TicketReason) -> Self {
        Self::Ticket(reason)
    }
}
