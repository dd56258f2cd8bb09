//! Reasons about shifts: the calendar, hand-overs, calls for help and redlines.

use jiff::civil::Date;

use crate::domain::ids::{HandoverId, HelpId, PersonId, RedlineId};
use crate::domain::words::Words;
use crate::domain::words::words;

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
    pub fn what(&self) -> Words {
        match self {
            Self::CalendarEmpty => words!("The calendar has no shift."),
            Self::CalendarTooLong { most } => {
                words!("The calendar has more than {most} shifts or exceptions.", most)
            }
            Self::NoLength { shift } => words!("The shift {shift} ends when it begins.", shift),
            Self::Weeks { shift } => {
                words!(
                    "The shift {shift} comes in one of less than 2 or more than 52 weeks.",
                    shift
                )
            }
            Self::Twice { shift } => {
                words!("The shift {shift} would begin twice on one day.", shift)
            }
            Self::DayTwice { date } => words!("{date} says two things about a shift.", date),
            Self::TimesWithoutShift { date } => {
                words!("{date} has times and names no shift.", date)
            }
            Self::ShiftUnknown { shift, .. } => words!("The site has no shift {shift}.", shift),
            Self::CalendarReleased => {
                words!("The site has a shift calendar, which alone says when shifts begin.")
            }
            Self::NumberMissing => words!("This station has no code to number with."),
            Self::HelpKindUnknown { kind, .. } => {
                words!("The site knows no help by {kind}.", kind = format!("{kind:?}"))
            }
            Self::HelpUnknown { call } => words!("The call {call} is not known here.", call),
            Self::HelpCleared { call } => words!("The call {call} is cleared.", call),
            Self::HelpAnswered { call, by } => match by {
                Some(by) => words!("{by} has said to come to {call}.", by, call),
                None => words!("Somebody has said to come to {call}.", call),
            },
            Self::NobodyToTell { call } => words!("Nobody is to be told of {call} here now.", call),
            Self::HandoverUnknown { handover } => {
                words!("The hand-over {handover} is not known here.", handover)
            }
            Self::HandoverOwn { handover } => {
                words!("The hand-over {handover} was given by the same person.", handover)
            }
            Self::HandoverAccepted { handover, by } => {
                words!("The hand-over {handover} was accepted by {by}.", handover, by)
            }
            Self::RedlineUnknown { redline } => {
                words!("The redline {redline} is not known here.", redline)
            }
            Self::RedlineAnswered { redline, accepted } => {
                if *accepted {
                    words!("The redline {redline} was accepted.", redline)
                } else {
                    words!("The redline {redline} was rejected.", redline)
                }
            }
            Self::RedlineRevision => {
                words!("A revision is named for a redline that is not accepted.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::CalendarEmpty => words!("name at least one shift with its days"),
            Self::CalendarTooLong { most } => {
                words!("keep to {most} of each: exceptions that are long over may go", most)
            }
            Self::NoLength { .. } => {
                words!("write when it ends; after midnight is the next day")
            }
            Self::Weeks { .. } => words!("write in which week of 2 to 52, or leave it blank"),
            Self::Twice { .. } => words!("give one of the two another name, or other days"),
            Self::DayTwice { .. } => words!("keep one row of the day for each shift"),
            Self::TimesWithoutShift { .. } => words!("name the shift, or leave out the times"),
            Self::ShiftUnknown { known, .. } => {
                words!("name one of its shifts: {known}", known = known.join(", "))
            }
            Self::CalendarReleased => {
                words!("change the calendar: gemba shift set FILE --badge B")
            }
            Self::NumberMissing => words!("enroll the station first"),
            Self::HelpKindUnknown { known, .. } => {
                words!("name one of: {known}", known = known.join(", "))
            }
            Self::HelpUnknown { .. } => words!("look at the open calls, or sync this station"),
            Self::HelpCleared { .. } => words!("call again if somebody is needed"),
            Self::HelpAnswered { .. } => words!("go as well, or clear the call when it is done"),
            Self::NobodyToTell { .. } => {
                words!("nothing needs to be done: the station that called tells them in time")
            }
            Self::HandoverUnknown { .. } | Self::RedlineUnknown { .. } => {
                words!("check the number, or sync this station")
            }
            Self::HandoverOwn { .. } => words!("another person accepts it with badge and PIN"),
            Self::HandoverAccepted { .. } => words!("nothing more needs to be done"),
            Self::RedlineAnswered { .. } => words!("propose it anew if something changed"),
            Self::RedlineRevision => words!("leave the revision out, or accept the redline"),
        }
    }
}

impl From<ShiftReason> for Reason {
    fn from(reason: ShiftReason) -> Self {
        Self::Shift(reason)
    }
}
