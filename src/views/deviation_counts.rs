//! How many deviations are open, by how bad and how old they are.

use serde::Serialize;

use crate::domain::deviation_rules::Severity;
use crate::domain::words::Words;
use crate::domain::words::words;

/// How many deviations are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeviationCounts {
    /// All of them.
    pub open: u32,
    /// Of these, critical ones.
    pub critical: u32,
    /// Major ones.
    pub major: u32,
    /// Minor ones.
    pub minor: u32,
    /// Those without a code.
    pub without_code: u32,
    /// Those raised within a day.
    pub day: u32,
    /// Those older than a day, up to a week.
    pub week: u32,
    /// Those older than that.
    pub older: u32,
    /// Those of which an action or a check is overdue, closed ones too.
    pub overdue: u32,
}

impl DeviationCounts {
    /// Counts one more, so many days old.
    pub fn add(&mut self, severity: Option<Severity>, days: i64) {
        self.open += 1;
        *match severity {
            Some(Severity::Critical) => &mut self.critical,
            Some(Severity::Major) => &mut self.major,
            Some(Severity::Minor) => &mut self.minor,
            None => &mut self.without_code,
        } += 1;
        *match days {
            ..1 => &mut self.day,
            1..7 => &mut self.week,
            7.. => &mut self.older,
        } += 1;
    }

    /// What there is, in words; none where there is nothing.
    pub fn words(&self) -> Option<Words> {
        let of = |counts: &[(u32, &'static str)]| {
            let some = counts.iter().filter(|(count, _)| *count > 0);
            let words: Vec<Words> =
                some.map(|(count, what)| words!("{count} {what}", count, what => *what)).collect();
            (!words.is_empty()).then(|| Words::listed(words, "{these}, {one}"))
        };
        let severity = of(&[
            (self.critical, "critical"),
            (self.major, "major"),
            (self.minor, "minor"),
            (self.without_code, "without a code"),
        ]);
        let age = of(&[(self.week, "older than a day"), (self.older, "older than a week")]);
        let overdue = of(&[(self.overdue, "overdue")]);
        let parts: Vec<Words> = [severity, age, overdue].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| Words::listed(parts, "{these}; {one}"))
    }
}
