//! Reasons about hand-off tickets: drawn at one station, taken at another.

use crate::domain::ids::StationId;
use crate::domain::stream::TravelerId;

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
    pub fn what(&self) -> String {
        match self {
            Self::OtherPlant => "The ticket was drawn in another plant.".to_owned(),
            Self::StationUnknown => {
                "The station that drew the ticket is not known here.".to_owned()
            }
            Self::Forged { station } => {
                format!("The ticket names {station}, and {station} did not sign it.")
            }
            Self::OwnTicket => "The ticket was drawn at this station.".to_owned(),
            Self::OtherUnit { unit } => format!("The ticket is about {unit}."),
            Self::RevisionUnknown { what } => {
                format!("The unit is made by a revision of {what} that is not known here.")
            }
            Self::OtherRevision { what } => {
                format!("By the ticket, {what} is another than is known here.")
            }
            Self::Overtaken => {
                "What the ticket tells is here, and something was recorded since.".to_owned()
            }
            Self::Contradicted => {
                "The records of its station that are here do not fit the ticket.".to_owned()
            }
            Self::TakenBefore { when } => format!("This ticket was taken before, {when}."),
            Self::AnotherTaken { operation, when } => {
                format!("Work goes on after operation {operation} by another ticket, taken {when}.")
            }
            Self::NothingClosed => "No operation of the unit is closed.".to_owned(),
            Self::NothingRecorded => "Nothing of the unit was recorded at this station.".to_owned(),
            Self::NotEnrolled => "This station belongs to no plant yet.".to_owned(),
            Self::Revoked { when } => {
                format!("This station was revoked, as the server said {when}.")
            }
            Self::StationRevoked { station } => {
                format!("Station {station}, which drew the ticket, was revoked.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::OtherPlant => "take the unit in as material that is bought".to_owned(),
            Self::StationUnknown => {
                "sync once (gemba sync), or a supervisor answers for it (accept earlier work)"
                    .to_owned()
            }
            Self::OwnTicket => "scan it where the unit goes on".to_owned(),
            Self::OtherUnit { .. } => "scan the ticket that came with this unit".to_owned(),
            Self::RevisionUnknown { .. } | Self::OtherRevision { .. } => {
                "sync (gemba sync), or a supervisor answers for it (accept earlier work)".to_owned()
            }
            Self::Overtaken => "go by what the unit's page says".to_owned(),
            Self::Forged { .. } | Self::Contradicted => {
                "put the unit aside, and tell a supervisor".to_owned()
            }
            Self::TakenBefore { .. } | Self::AnotherTaken { .. } => {
                "go on with the operation after it".to_owned()
            }
            Self::NothingClosed => "finish the operation, then draw the ticket".to_owned(),
            Self::NothingRecorded => "draw it where the work was done".to_owned(),
            Self::NotEnrolled => "enroll it: gemba station enroll".to_owned(),
            Self::Revoked { .. } => {
                "enroll it again (gemba serve code), or a supervisor answers for the work where the \
                 unit goes on (accept earlier work)"
                    .to_owned()
            }
            Self::StationRevoked { .. } => {
                "look at the unit; a supervisor answers for it (accept earlier work)".to_owned()
            }
        }
    }
}

impl From<TicketReason> for super::Reason {
    fn from(reason: TicketReason) -> Self {
        Self::Ticket(reason)
    }
}
