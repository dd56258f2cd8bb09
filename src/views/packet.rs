//! What a station works by without the server: how old it is, and how long it is good.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::{InstructionId, RevisionId};
use crate::domain::words::Words;
use crate::domain::words::words;

const DAY_S: i64 = 86_400;

/// What was last heard from the server (revisions, people, gauges, permits, holds), as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Packet {
    /// The last exchange that went through.
    pub last_contact: Option<Timestamp>,
    /// How long ago that was, as far as can be proven, in seconds.
    pub age_s: Option<i64>,
    /// For how many days badges and PINs count without contact.
    pub days_max: u32,
    /// How many days before that screens say so.
    pub warn_days: u32,
    /// Until when badges and PINs count; none where the server was never reached.
    pub good_until: Option<Timestamp>,
    /// How it stands.
    pub standing: PacketStanding,
    /// Instructions in effect here that limit work without contact by themselves.
    pub instructions: Vec<InstructionLimit>,
    /// Texts that were not at the server when it judged work of this station.
    pub unread: Vec<UnreadText>,
    /// The last times when the wall clock was set while the machine ran, the newest last.
    pub clock_steps: Vec<ClockStep>,
}

impl Packet {
    /// For how many more whole days badges and PINs count, where that is not long any more; less
    /// than none once they count no more.
    pub fn days_left(&self) -> Option<i64> {
        let left_s = i64::from(self.days_max) * DAY_S - self.age_s?;
        match self.standing {
            PacketStanding::EndsSoon => Some(left_s / DAY_S),
            PacketStanding::Ended => Some(-1),
            PacketStanding::NeverReached | PacketStanding::Good => None,
        }
    }

    /// What is worth saying where people sign in.
    pub fn warning(&self) -> Option<Words> {
        Some(match self.days_left()? {
            ..0 => words!("badges and PINs count no more: connect this station to the server"),
            0 => words!("badges and PINs end within a day: connect this station to the server"),
            1 => words!("badges and PINs end in 1 day: connect this station to the server"),
            days => words!(
                "badges and PINs end in {days} days: connect this station to the server",
                days
            ),
        })
    }
}

/// How what was last heard from the server stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PacketStanding {
    /// The server was never reached.
    #[default]
    NeverReached,
    /// Good.
    Good,
    /// Good, and not for long any more.
    EndsSoon,
    /// Badges and PINs count no more: nobody signs in or signs.
    Ended,
}

/// A text by which the server could not judge work of this station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadText {
    /// The instruction, and the beginning of its text's hash.
    pub text: String,
    /// When that was last so.
    pub at: Timestamp,
}

/// What to do about texts that the server lacks.
pub const UNREAD_NEXT: &str = "the station where it was handed in sends it: gemba sync there; what was \
    judged meanwhile is looked at by quality";

/// For how long an instruction may be begun without contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionLimit {
    /// The instruction.
    pub instruction: InstructionId,
    /// The revision in effect.
    pub revision: RevisionId,
    /// The most seconds without contact.
    pub seconds_max: u32,
    /// Until when it may be begun; none where the server was never reached, and it never may.
    pub good_until: Option<Timestamp>,
    /// Whether it may be begun now.
    pub good: bool,
}

/// One time when the wall clock was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockStep {
    /// The fact.
    pub fact: String,
    /// When, by the clock as it was set.
    pub at: Timestamp,
    /// By how much, forward positive, in milliseconds.
    pub by_ms: i64,
}

impl ClockStep {
    /// What happened, in words.
    pub fn words(&self) -> Words {
        let span = told_span(self.by_ms.saturating_abs() / 1000);
        if self.by_ms < 0 {
            words!("set back by {span}", span => span)
        } else {
            words!("set forward by {span}", span => span)
        }
    }
}

/// A span in the largest unit that tells enough.
pub fn span(seconds: i64) -> String {
    told_span(seconds).to_string()
}

/// The same as words that a screen says.
pub fn told_span(seconds: i64) -> Words {
    match seconds {
        s if s >= 2 * DAY_S => words!("{days} days", days = s / DAY_S),
        s if s >= 7_200 => Words::given(format!("{} h", s / 3_600)),
        s if s >= 120 => Words::given(format!("{} min", s / 60)),
        s => Words::given(format!("{s} s")),
    }
}
