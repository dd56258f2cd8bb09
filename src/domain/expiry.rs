//! How near the end of something is that holds through a day: a calibration, a qualification.

use jiff::civil::Date;

use crate::domain::words::words;

use super::words::Words;

/// Days until a day has passed: 0 on the day itself, below zero after it.
pub fn days_left(until: Date, today: Date) -> i64 {
    // A day later than any calendar is far enough away.
    until.since(today).map_or(i64::MAX, |span| i64::from(span.get_days()))
}

/// Days left, where the end is so near that it is warned of and not over yet.
pub fn soon(until: Option<Date>, today: Date, warn_days: u16) -> Option<i64> {
    let days = days_left(until?, today);
    (0..=i64::from(warn_days)).contains(&days).then_some(days)
}

/// Days left, where the end is near or over.
pub fn near_or_over(until: Option<Date>, today: Date, warn_days: u16) -> Option<i64> {
    let days = days_left(until?, today);
    (days <= i64::from(warn_days)).then_some(days)
}

/// When it ends or ended, in words.
pub fn words(days: i64) -> String {
    told(days).to_string()
}

/// The same, to be told in any language.
pub fn told(days: i64) -> Words {
    match days {
        0 => words!("ends today"),
        1 => words!("ends tomorrow"),
        2.. => words!("ends in {days} days", days),
        -1 => words!("ended yesterday"),
        _ => words!("ended {days} days ago", days = -days),
    }
}
