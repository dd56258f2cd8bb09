//! Reasons about shifts: the calendar, hand-overs, calls for help and redlines.

use jiff::civil::Date;

use crate::domain::ids::{HandoverId, HelpId, PersonId, RedlineId};

use super::Reason;

/// A reason about a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShiftReason {
    /// A calendar without a shift.
    CalendarEmpty,
    /// More rows than a calendar may have.
    CalendarTooLong {
        /// The most allowed.
        most: usize,
    },
    /// A shift that ends when it begins.
    NoLength {
        /// The shift.
        shift: String,
    },
    /// A rotation of less than two weeks, or of more than a year.
    Weeks {
        /// The shift.
        shift: String,
    },
    /// A shift would begin twice on one day.
    Twice {
        /// The shift.
        shift: String,
    },
    /// A day says two things about a shift.
    DayTwice {
        /// The day.
        date: Date,
    },
    /// A day names times and no shift.
    TimesWithoutShift {
        /// The day.
        date: Date,
    },
    /// The calendar has no such shift.
    ShiftUnknown {
        /// The shift.
        shift: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A calendar is released: beginnings alone do not count beside it.
    CalendarReleased,
    /// The station has no code to number with.
    NumberMissing,
    /// The site knows no such kind of help.
    HelpKindUnknown {
        /// The kind.
        kind: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// The call is not known here.
    HelpUnknown {
        /// The call.
        call: HelpId,
    },
    /// The call is cleared.
    HelpCleared {
        /// The call.
        call: HelpId,
    },
    /// Somebody said already that they come.
    HelpAnswered {
        /// The call.
        call: HelpId,
        /// Who.
        by: Option<PersonId>,
    },
    /// Nobody is to be told of the call now, or not by this station.
    NobodyToTell {
        /// The call.
        call: HelpId,
    },
    /// The hand-over is not known here.
    HandoverUnknown {
        /// The hand-over.
        handover: HandoverId,
    },
    /// Nobody accepts what they gave.
    HandoverOwn {
        /// The hand-over.
        handover: HandoverId,
    },
    /// The hand-over is accepted.
    HandoverAccepted {
        /// The hand-over.
        handover: HandoverId,
        /// By whom, as printed.
        by: String,
    },
    /// The redline is not known here.
    RedlineUnknown {
        /// The redline.
        redline: RedlineId,
    },
    /// The redline is answered.
    RedlineAnswered {
        /// The redline.
        redline: RedlineId,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// A revision is named for what is not done.
    RedlineRevision,
}

impl ShiftReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CalendarEmpty => "F01",
            Self::CalendarTooLong { .. } => "F02",
            Self::NoLength { .. } => "F03",
            Self::Weeks { .. } => "F04",
            Self::Twice { .. } => "F05",
            Self::DayTwice { .. } => "F06",
            Self::TimesWithoutShift { .. } => "F07",
            Self::ShiftUnknown { .. } => "F08",
            Self::CalendarReleased => "F09",
            Self::NumberMissing => "F10",
            Self::HelpKindUnknown { .. } => "F11",
            Self::HelpUnknown { .. } => "F12",
            Self::HelpCleared { .. } => "F13",
            Self::HelpAnswered { .. } => "F14",
            Self::NobodyToTell { .. } => "F15",
            Self::HandoverUnknown { .. } => "F20",
            Self::HandoverOwn { .. } => "F21",
            Self::HandoverAccepted { .. } => "F22",
            Self::RedlineUnknown { .. } => "F30",
            Self::RedlineAnswered { .. } => "F31",
            Self::RedlineRevision => "F32",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::CalendarEmpty => "The calendar has no shift.".to_owned(),
            Self::CalendarTooLong { most } => {
                format!("The calendar has more than {most} shifts or exceptions.")
            }
            Self::NoLength { shift } => format!("The shift {shift} ends when it begins."),
            Self::Weeks { shift } => {
                format!("The shift {shift} comes in one of less than 2 or more than 52 weeks.")
            }
            Self::Twice { shift } => format!("The shift {shift} would begin twice on one day."),
            Self::DayTwice { date } => format!("{date} says two things about a shift."),
            Self::TimesWithoutShift { date } => format!("{date} has times and names no shift."),
            Self::ShiftUnknown { shift, .. } => format!("The site has no shift {shift}."),
            Self::CalendarReleased => {
                "The site has a shift calendar, which alone says when shifts begin.".to_owned()
            }
            Self::NumberMissing => "This station has no code to number with.".to_owned(),
            Self::HelpKindUnknown { kind, .. } => format!("The site knows no help by {kind:?}."),
            Self::HelpUnknown { call } => format!("The call {call} is not known here."),
            Self::HelpCleared { call } => format!("The call {call} is cleared."),
            Self::HelpAnswered { call, by } => match by {
                Some(by) => format!("{by} has said to come to {call}."),
                None => format!("Somebody has said to come to {call}."),
            },
            Self::NobodyToTell { call } => format!("Nobody is to be told of {call} here now."),
            Self::HandoverUnknown { handover } => {
                format!("The hand-over {handover} is not known here.")
            }
            Self::HandoverOwn { handover } => {
                format!("The hand-over {handover} was given by the same person.")
            }
            Self::HandoverAccepted { handover, by } => {
                format!("The hand-over {handover} was accepted by {by}.")
            }
            Self::RedlineUnknown { redline } => format!("The redline {redline} is not known here."),
            Self::RedlineAnswered { redline, accepted } => {
                let how = if *accepted { "accepted" } else { "rejected" };
                format!("The redline {redline} was {how}.")
            }
            Self::RedlineRevision => {
                "A revision is named for a redline that is not accepted.".to_owned()
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::CalendarEmpty => "name at least one shift with its days".to_owned(),
            Self::CalendarTooLong { most } => {
                format!("keep to {most} of each: exceptions that are long over may go")
            }
            Self::NoLength { .. } => {
                "write when it ends; after midnight is the next day".to_owned()
            }
            Self::Weeks { .. } => "write in which week of 2 to 52, or leave it blank".to_owned(),
            Self::Twice { .. } => "give one of the two another name, or other days".to_owned(),
            Self::DayTwice { .. } => "keep one row of the day for each shift".to_owned(),
            Self::TimesWithoutShift { .. } => "name the shift, or leave out the times".to_owned(),
            Self::ShiftUnknown { known, .. } => {
                format!("name one of its shifts: {}", known.join(", "))
            }
            Self::CalendarReleased => {
                "change the calendar: gemba shift set FILE --badge B".to_owned()
            }
            Self::NumberMissing => "enroll the station first".to_owned(),
            Self::HelpKindUnknown { known, .. } => format!("name one of: {}", known.join(", ")),
            Self::HelpUnknown { .. } => "look at the open calls, or sync this station".to_owned(),
            Self::HelpCleared { .. } => "call again if somebody is needed".to_owned(),
            Self::HelpAnswered { .. } => "go as well, or clear the call when it is done".to_owned(),
            Self::NobodyToTell { .. } => {
                "nothing needs to be done: the station that called tells them in time".to_owned()
            }
            Self::HandoverUnknown { .. } | Self::RedlineUnknown { .. } => {
                "check the number, or sync this station".to_owned()
            }
            Self::HandoverOwn { .. } => "another person accepts it with badge and PIN".to_owned(),
            Self::HandoverAccepted { .. } => "nothing more needs to be done".to_owned(),
            Self::RedlineAnswered { .. } => "propose it anew if something changed".to_owned(),
            Self::RedlineRevision => "leave the revision out, or accept the redline".to_owned(),
        }
    }
}

impl From<ShiftReason> for Reason {
    fn from(reason: ShiftReason) -> Self {
        Self::Shift(reason)
    }
}
