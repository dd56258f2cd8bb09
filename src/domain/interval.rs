//! How long a calibration is good: days, or months of the calendar.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A length of time by the calendar; a month ends on the same day of the next, or on its last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interval {
    /// So many days.
    Days(u16),
    /// So many months.
    Months(u16),
}

/// A text is no interval; says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntervalError {
    /// It has no number above zero.
    #[error("it has no number above zero: write it such as 365 or 12 months")]
    NoNumber,
    /// What is counted is not known.
    #[error("it is no length of time: write it such as 365, 12 months or 1 year")]
    NoLength,
    /// Nobody waits so long.
    #[error("it is too long")]
    TooLong,
}

impl Interval {
    /// Reads days where nothing is said, or `12 months`, or `1 year`.
    pub fn parse(text: &str) -> Result<Self, IntervalError> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (count, of) = text.split_at(end);
        if count.is_empty() {
            return Err(IntervalError::NoNumber);
        }
        let count: u16 = count.parse().map_err(|_| IntervalError::TooLong)?;
        let interval = match of.trim() {
            "" | "d" | "day" | "days" => Self::Days(count),
            "month" | "months" => Self::Months(count),
            "y" | "year" | "years" => {
                Self::Months(count.checked_mul(12).ok_or(IntervalError::TooLong)?)
            }
            _ => return Err(IntervalError::NoLength),
        };
        if count == 0 { Err(IntervalError::NoNumber) } else { Ok(interval) }
    }

    /// The day on which it is over, counted from another; none past the end of the calendar.
    pub fn after(self, on: Date) -> Option<Date> {
        let span = match self {
            Self::Days(days) => Span::new().days(i64::from(days)),
            Self::Months(months) => Span::new().months(i64::from(months)),
        };
        on.checked_add(span).ok()
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, one, more) = match self {
            Self::Days(days) => (days, "day", "days"),
            Self::Months(months) => (months, "month", "months"),
        };
        write!(f, "{count} {}", if *count == 1 { one } else { more })
    }
}
