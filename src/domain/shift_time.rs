//! When shifts are, in the site's time: which one a moment belongs to, and from when to when it is.
//!
//! A shift begins and ends by the clock on the wall, so one over the night in which clocks are set is
//! an hour shorter or longer. An hour that the clock leaves out begins after it, one that it shows
//! twice the first time.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::shift::ShiftCalendar;
use super::words::{Words, words};

/// So many days back a shift may have begun that goes on until the next one begins.
const DAYS_BACK: i32 = 8;

/// One shift of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// The day on which it began.
    pub date: Date,
    /// What people call it.
    pub name: String,
    /// Its rank among the shifts that began on that day, from 1.
    pub number: usize,
    /// When it begins, by the clock on the wall.
    pub began: DateTime,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
}

impl Shift {
    /// `early of 2026-11-27`.
    pub fn words(&self) -> Words {
        words!("{shift} of {date}", shift = self.name, date = self.date)
    }
}

/// A shift before it is known when the next one begins.
struct Begun {
    date: Date,
    name: String,
    number: usize,
    began: DateTime,
    from: Timestamp,
    to: Option<Timestamp>,
}

/// A moment of the wall clock; what it shows never is the moment after, what it shows twice the first.
fn moment(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(at).compatible().ok()
}

impl ShiftCalendar {
    /// The shifts that begin on a day, earliest first.
    pub fn of_date(&self, date: Date, zone: &TimeZone) -> Vec<Shift> {
        self.begun(date, zone).into_iter().map(|begun| self.whole(begun, zone)).collect()
    }

    /// A shift of a day by its name or its number.
    pub fn named(&self, date: Date, shift: &str, zone: &TimeZone) -> Option<Shift> {
        let shifts = self.of_date(date, zone);
        let number: Option<usize> = shift.parse().ok();
        let by_name = shifts.iter().position(|known| known.name == shift);
        let by_number = || shifts.iter().position(|known| Some(known.number) == number);
        let at = by_name.or_else(by_number)?;
        shifts.into_iter().nth(at)
    }

    /// The shift that a moment belongs to; of several the one that began last.
    pub fn at(&self, at: Timestamp, zone: &TimeZone) -> Option<Shift> {
        let today = at.to_zoned(zone.clone()).date();
        let mut last: Option<Begun> = None;
        let mut over = true;
        for back in 0..=DAYS_BACK {
            let date = today.checked_sub(back.days()).ok()?;
            let mut begun = self.begun(date, zone);
            while let Some(shift) = begun.pop() {
                if shift.from > at {
                    continue;
                }
                let goes_on = match shift.to {
                    Some(to) => at < to,
                    // It went on only until another one began.
                    None => over,
                };
                over = false;
                if goes_on && last.as_ref().is_none_or(|last| last.from < shift.from) {
                    last = Some(shift);
                }
            }
            if last.is_some() {
                break;
            }
        }
        last.map(|begun| self.whole(begun, zone))
    }

    /// The last shift that was over at a moment.
    pub fn before(&self, at: Timestamp, zone: &TimeZone) -> Option<Shift> {
        let today = at.to_zoned(zone.clone()).date();
        (0..=DAYS_BACK)
            .filter_map(|back| today.checked_sub(back.days()).ok())
            .flat_map(|date| self.of_date(date, zone))
            .filter(|shift| shift.to <= at)
            .max_by_key(|shift| shift.to)
    }

    fn begun(&self, date: Date, zone: &TimeZone) -> Vec<Begun> {
        let mut begun: Vec<Begun> = Vec::new();
        let mut add = |name: &str, starts: Time, ends: Option<Time>| {
            let at = date.to_datetime(starts);
            let Some(from) = moment(at, zone) else { return };
            let ends_on = |ends: Time| {
                let day = if ends > starts { date } else { date.checked_add(1.day()).ok()? };
                moment(day.to_datetime(ends), zone)
            };
            let to = ends.map(|ends| ends_on(ends).unwrap_or(from));
            begun.push(Begun { date, name: name.to_owned(), number: 0, began: at, from, to });
        };
        let told = |name: Option<&str>| {
            let mut of_day = self.exceptions.iter().filter(|exception| exception.date == date);
            of_day.find(|exception| exception.shift.as_deref() == name)
        };
        let off = told(None).is_some();
        for pattern in self.patterns.iter().filter(|pattern| pattern.begins_on(date)) {
            if !off && told(Some(&pattern.name)).is_none() {
                add(&pattern.name, pattern.starts, pattern.ends);
            }
        }
        for exception in self.exceptions.iter().filter(|exception| exception.date == date) {
            if let (Some(name), Some((starts, ends))) = (&exception.shift, exception.times) {
                add(name, starts, Some(ends));
            }
        }
        begun.sort_by(|one, other| (one.from, &one.name).cmp(&(other.from, &other.name)));
        for (number, shift) in (1..).zip(&mut begun) {
            shift.number = number;
        }
        begun
    }

    fn whole(&self, begun: Begun, zone: &TimeZone) -> Shift {
        let next = || {
            (0..=DAYS_BACK)
                .filter_map(|on| begun.date.checked_add(on.days()).ok())
                .flat_map(|date| self.begun(date, zone))
                .map(|shift| shift.from)
                .find(|from| *from > begun.from)
        };
        let to = begun.to.or_else(next).unwrap_or(Timestamp::MAX);
        let Begun { date, name, number, began, from, .. } = begun;
        Shift { date, name, number, began, from, to }
    }
}
