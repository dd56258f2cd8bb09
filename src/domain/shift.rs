//! The shift calendar of a site: which shifts begin on which days, and the days that are otherwise.
//!
//! A shift belongs to the day on which it began. Where two shifts overlap to hand over, a moment
//! belongs to the one that began last.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{PersonId, SiteId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::place::{SiteFact, SiteState};
use super::refusal::definition::DefinitionReason;
use super::refusal::shift::ShiftReason;
use super::refusal::{Reason, Refusal};
use super::site_change::SiteChange;
use super::stream::Subject;

/// The most patterns, and the most exceptions, of one calendar.
pub const ROWS_MAX: usize = 400;
/// The longest name of a shift, in bytes.
const NAME_BYTES_MAX: usize = 24;

/// Which shifts a site works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftCalendar {
    /// What is usual.
    pub patterns: Vec<ShiftPattern>,
    /// What is otherwise, by day: holidays, extra shifts, other times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ShiftException>,
}

/// A shift that begins on certain days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftPattern {
    /// What people call it.
    pub name: String,
    /// When it begins, in the site's time.
    pub starts: Time,
    /// When it ends, on the next day where that is not after its beginning; absent where it goes on
    /// until the next shift begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Time>,
    /// The days on which it begins.
    pub days: Days,
    /// In which weeks, where not in each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<Rotation>,
}

/// One week in so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// A day of one of these weeks; weeks begin on Monday.
    pub from: Date,
    /// Each so manieth week from then on.
    pub every: u8,
}

/// A day on which something is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftException {
    /// The day on which the shift would begin.
    pub date: Date,
    /// The shift; absent for every shift of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    /// When it begins and ends on that day; absent where it is not worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<(Time, Time)>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Days(u8);

/// The words of the days, Monday first.
const WORDS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Days {
    /// Each day.
    pub const DAILY: Self = Self(0b111_1111);

    /// Reads `mon-fri`, `sat,sun`, `sun-thu` or `daily`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text == "daily" {
            return Some(Self::DAILY);
        }
        let mut days = 0_u8;
        for part in text.split([',', ' ', ';']).filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (rank(first)?, rank(last)?);
            let span = (last + 7 - first) % 7;
            for day in 0..=span {
                days |= 1 << ((first + day) % 7);
            }
        }
        (days != 0).then_some(Self(days))
    }

    /// Whether a day of the week is among them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }
}

fn rank(word: &str) -> Option<usize> {
    let word = word.trim();
    let fits = |name: &str| word.len() >= 2 && word.starts_with(&name[..2]);
    let at = WORDS.iter().position(|name| fits(name))?;
    (word.len() <= 9).then_some(at)
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::DAILY {
            return f.write_str("daily");
        }
        let named = WORDS.iter().enumerate().filter(|(at, _)| self.0 & (1 << at) != 0);
        f.write_str(&named.map(|(_, word)| *word).collect::<Vec<_>>().join(","))
    }
}

impl From<Days> for String {
    fn from(days: Days) -> Self {
        days.to_string()
    }
}

impl TryFrom<String> for Days {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} names no days"))
    }
}

impl Rotation {
    /// Whether the week of a day is one of these.
    fn holds(self, day: Date) -> bool {
        let monday = |day: Date| {
            let back = i64::from(day.weekday().to_monday_zero_offset());
            days_of(day) - back
        };
        let weeks = (monday(day) - monday(self.from)) / 7;
        weeks.rem_euclid(i64::from(self.every.max(1))) == 0
    }
}

/// The number of a day, counted from 1970.
fn days_of(day: Date) -> i64 {
    let since = jiff::civil::date(1970, 1, 1);
    (day - since).get_days().into()
}

impl ShiftPattern {
    /// Whether a shift of it begins on a day, as is usual.
    pub fn begins_on(&self, day: Date) -> bool {
        self.days.has(day.weekday()) && self.weeks.is_none_or(|weeks| weeks.holds(day))
    }
}

impl ShiftCalendar {
    /// What a site had said that only named when shifts begin: each on each day, until the next.
    pub fn of_starts(starts: &[Time]) -> Option<Self> {
        let starts: BTreeSet<Time> = starts.iter().copied().collect();
        let pattern = |starts: Time| ShiftPattern {
            name: starts.strftime("%H:%M").to_string(),
            starts,
            ends: None,
            days: Days::DAILY,
            weeks: None,
        };
        let patterns: Vec<_> = starts.into_iter().map(pattern).collect();
        (!patterns.is_empty()).then_some(Self { patterns, exceptions: Vec::new() })
    }

    /// The names of its shifts, each once, in their order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let extra = self.exceptions.iter().filter_map(|exception| exception.shift.as_deref());
        for name in self.patterns.iter().map(|pattern| pattern.name.as_str()).chain(extra) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Adds a reason for everything that a calendar cannot say.
    pub(super) fn objections(&self, context: &Context, reasons: &mut Vec<Reason>) {
        if self.patterns.is_empty() {
            reasons.push(ShiftReason::CalendarEmpty.into());
        }
        if self.patterns.len().max(self.exceptions.len()) > ROWS_MAX {
            reasons.push(ShiftReason::CalendarTooLong { most: ROWS_MAX }.into());
        }
        let mut named = BTreeSet::new();
        for pattern in &self.patterns {
            name_fits(&pattern.name, context, reasons);
            if pattern.ends == Some(pattern.starts) {
                reasons.push(ShiftReason::NoLength { shift: pattern.name.clone() }.into());
            }
            if pattern.weeks.is_some_and(|weeks| weeks.every < 2 || weeks.every > 52) {
                reasons.push(ShiftReason::Weeks { shift: pattern.name.clone() }.into());
            }
        }
        for (rank, pattern) in self.patterns.iter().enumerate() {
            let before = self.patterns.iter().take(rank);
            let mut same =
                before.filter(|other| other.name == pattern.name && meet(other, pattern));
            if same.next().is_some() && named.insert(pattern.name.as_str()) {
                reasons.push(ShiftReason::Twice { shift: pattern.name.clone() }.into());
            }
        }
        self.exceptions_fit(context, reasons);
    }

    fn exceptions_fit(&self, context: &Context, reasons: &mut Vec<Reason>) {
        let mut seen = BTreeSet::new();
        for exception in &self.exceptions {
            let date = exception.date;
            if !exception.note.is_empty() {
                context.require_line("the note", &exception.note, reasons);
            }
            if !seen.insert((date, exception.shift.as_deref())) {
                reasons.push(ShiftReason::DayTwice { date }.into());
            }
            let Some(shift) = &exception.shift else {
                if exception.times.is_some() {
                    reasons.push(ShiftReason::TimesWithoutShift { date }.into());
                }
                continue;
            };
            name_fits(shift, context, reasons);
            if exception.times.is_some_and(|(starts, ends)| starts == ends) {
                reasons.push(ShiftReason::NoLength { shift: shift.clone() }.into());
            }
            let known = self.patterns.iter().any(|pattern| pattern.name == *shift);
            if exception.times.is_none() && !known {
                let known = self.patterns.iter().map(|pattern| pattern.name.clone()).collect();
                reasons.push(ShiftReason::ShiftUnknown { shift: shift.clone(), known }.into());
            }
        }
    }
}

/// Whether two patterns can begin on one day.
fn meet(one: &ShiftPattern, other: &ShiftPattern) -> bool {
    let days = one.days.0 & other.days.0 != 0;
    let weeks = match (one.weeks, other.weeks) {
        (Some(one), Some(other)) if one.every == other.every => one.holds(other.from),
        (Some(_) | None, Some(_) | None) => true,
    };
    days && weeks
}

fn name_fits(name: &str, context: &Context, reasons: &mut Vec<Reason>) {
    context.require_line("the shift's name", name, reasons);
    if name.len() > NAME_BYTES_MAX {
        reasons.push(Reason::TextTooLong { what: "the shift's name", most: NAME_BYTES_MAX });
    }
}

/// A calendar as it was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftsReleased {
    /// What it says.
    pub calendar: ShiftCalendar,
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Who.
    pub by: Option<PersonId>,
}

impl ShiftsReleased {
    /// As a fact says.
    pub(super) fn new(head: &Head, calendar: &ShiftCalendar) -> Self {
        Self {
            calendar: calendar.clone(),
            at: head.position.clone(),
            moment: head.moment.clone(),
            by: head.acting.actor.clone(),
        }
    }
}

impl SiteState {
    /// The one calendar that counts: as released, else what the site says of when shifts begin.
    pub fn calendar(&self) -> Option<ShiftCalendar> {
        let released = self.shifts.as_ref().map(|released| released.calendar.clone());
        let starts = || self.policy.as_ref().map(|policy| policy.rules.shift_starts.as_slice());
        released.or_else(|| ShiftCalendar::of_starts(starts()?))
    }
}

/// Decides on a calendar that is to be released.
pub(super) fn decide(
    id: &SiteId,
    (state, calendar): (&SiteState, ShiftCalendar),
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::SetShifts, &mut reasons);
    if state.policy.is_none() {
        reasons.push(DefinitionReason::SiteUnknown.into());
    }
    calendar.objections(context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let fact = SiteFact::ShiftPatternSet(calendar);
    Ok(vec![(Subject::Site(id.clone()), FactBody::Site(fact))])
}

/// Adds a reason where beginnings of shifts are set beside a calendar: it alone counts.
pub(super) fn one_truth(state: &SiteState, change: &SiteChange, reasons: &mut Vec<Reason>) {
    if change.shift_starts.is_some() && state.shifts.is_some() {
        reasons.push(ShiftReason::CalendarReleased.into());
    }
}
