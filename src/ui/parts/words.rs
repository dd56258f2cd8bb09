//! Words and symbols that several screens say alike.

use jiff::civil::{Date, Weekday};

use crate::domain::quantity::Verdict;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;

/// The symbol, the role and the word of a verdict.
pub const fn verdict_mark(verdict: Verdict) -> (Mark, Role, &'static str) {
    match verdict {
        Verdict::Pass => (Mark::Pass, Role::Ok, "Pass"),
        Verdict::Marginal => (Mark::Warn, Role::Warn, "Marginal"),
        Verdict::Fail => (Mark::Fail, Role::Fail, "Fail"),
    }
}

/// A day near another as people say it.
pub fn day(date: Date, today: Option<Date>) -> String {
    let days = today.and_then(|today| today.until(date).ok()).map(|span| span.get_days());
    match days {
        Some(0) => say!("today").to_owned(),
        Some(1..=6) => say!(weekday(date.weekday())).to_owned(),
        Some(_) | None => month_day(date),
    }
}

/// Until when something is good, as people say it: `due today`, `due tomorrow`, `due 12-01`, with the
/// year where it is another one than this.
pub fn due(date: Date, today: Option<Date>) -> String {
    match today.map(|today| (today, today.until(date).map_or(0, |span| span.get_days()))) {
        Some((today, _)) if date == today => say!("due today").to_owned(),
        Some((_, 1)) => say!("due tomorrow").to_owned(),
        Some((today, _)) if date.year() == today.year() => {
            say!("due {date}", date = month_day(date))
        }
        Some(_) | None => say!("due {date}", date),
    }
}

/// The day of a date, without its year: `12-01`.
fn month_day(date: Date) -> String {
    let (month, day) = (format!("{:02}", date.month()), format!("{:02}", date.day()));
    say!("{month}-{day}", month, day)
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// A span as people say it: `45 s`, `12 min`, `1 h 05 min`.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3600 => format!("{} min", seconds / 60),
        _ if seconds % 3600 < 60 => format!("{} h", seconds / 3600),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// What is left in minutes, rounded up, so that nobody comes too early: `12 min`, `1 h 05 min`.
pub fn minutes(ms: i64) -> String {
    span((ms.max(0) + 59_999) / 60_000 * 60)
}

/// A running clock: `12:05` or `1:02:05`.
pub fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, rest) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes}:{rest:02}")
    }
}

/// A number with its thing, one or many.
pub fn count(number: usize, one: &'static str, many: &'static str) -> String {
    format!("{number} {}", say!(if number == 1 { one } else { many }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_date_of_another_year_has_its_year_and_the_next_days_have_their_words() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let words = |date: &str| due(day(date), Some(day("2026-12-30")));
        assert_eq!(words("2026-12-30"), "due today");
        assert_eq!(words("2026-12-31"), "due tomorrow");
        assert_eq!(words("2027-01-01"), "due 2027-01-01");
        assert_eq!(words("2026-11-22"), "due 11-22");
        assert_eq!(words("2027-12-30"), "due 2027-12-30");
        assert_eq!(due(day("2026-12-31"), None), "due 2026-12-31");
    }
}
