//! Moments as a station knows them: wall time, monotonic time of one boot, and the server's offset.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::ids::BootId;

/// How exactly two clocks are known to agree when an offset is measured, in milliseconds.
const OFFSET_ERROR_MS: i64 = 5_000;
/// By how much a clock may drift since then: 100 ppm, in milliseconds a second as a divisor.
const DRIFT_S_PER_MS: i64 = 10;

/// Within one start of the machine the wall clock and the one that nobody sets differ by no more than
/// this by themselves; by more, somebody set the wall clock, and a fact says so.
pub const CLOCK_STEP_MS: i64 = 10_000;

/// One moment at one station (R15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The station's wall clock.
    pub utc: Timestamp,
    /// Milliseconds since the machine started, suspended time included (`CLOCK_BOOTTIME`).
    pub mono_ms: i64,
    /// Which start of the machine.
    pub boot: BootId,
    /// Server time minus station time, as last measured.
    pub offset_ms: Option<i64>,
    /// How long ago the offset was measured.
    pub offset_age_s: Option<i64>,
}

impl Moment {
    /// The moment by the server's clock where its offset is known, else by the station's.
    pub fn effective(&self) -> Timestamp {
        let offset = jiff::SignedDuration::from_millis(self.offset_ms.unwrap_or(0));
        self.utc.checked_add(offset).unwrap_or(self.utc)
    }

    /// The same moment, put back to where the server received it if a clock that is ahead says later:
    /// nothing happens after it was received.
    #[must_use]
    pub fn not_after(&self, received: Timestamp) -> Self {
        let mut moment = self.clone();
        if moment.effective() > received {
            let back = received.duration_since(self.utc).as_millis();
            moment.offset_ms = Some(i64::try_from(back).unwrap_or(0));
        }
        moment
    }

    /// As [`Moment::effective`], and never before a moment that is proven, unless the server's clock
    /// is known since the machine started: then it says what time it is.
    pub fn not_before(&self, proven: Option<Timestamp>) -> Timestamp {
        let now = self.effective();
        match (self.offset_error_ms(), proven) {
            (None, Some(proven)) => now.max(proven),
            (Some(_), _) | (None, None) => now,
        }
    }

    /// The day it is in a time zone, by [`Moment::not_before`]: a clock set back does not bring a day
    /// back that the station's own facts have seen.
    pub fn day(&self, proven: Option<Timestamp>, zone: TimeZone) -> Date {
        self.not_before(proven).to_zoned(zone).date()
    }

    /// Whether it is later than another moment, which is proven by one start of a machine or by measured
    /// server offsets.
    pub fn is_surely_after(&self, before: &Self) -> bool {
        difference(before, self).is_some_and(|(least, _)| least > 0)
    }

    /// By how much the wall clock is ahead of the time since the machine started, in milliseconds:
    /// the same as long as nobody sets it.
    pub fn ahead_ms(&self) -> i64 {
        self.utc.as_millisecond().saturating_sub(self.mono_ms)
    }

    /// By how much the wall clock was moved since an earlier moment, in milliseconds, forward
    /// positive; none where that cannot be told: across a start of the machine.
    pub fn stepped_since(&self, before: &Self) -> Option<i64> {
        (self.boot == before.boot).then(|| self.ahead_ms().saturating_sub(before.ahead_ms()))
    }

    /// How long ago an earlier moment was, in seconds, as far as can be proven: exact within a
    /// start of the machine; across starts by the wall clock, and never less than what is proven
    /// to have passed since.
    pub fn age_s(&self, then: &Self, proven: Option<Timestamp>) -> i64 {
        if self.boot == then.boot {
            return self.mono_ms.saturating_sub(then.mono_ms).max(0) / 1000;
        }
        self.not_before(proven).duration_since(then.effective()).as_secs().max(0)
    }

    /// How exactly the server's clock is known here, in milliseconds. An offset proves something
    /// only when it was measured since the machine started: before, the wall clock may have been
    /// set to anything.
    fn offset_error_ms(&self) -> Option<i64> {
        let (_, age_s) = (self.offset_ms?, self.offset_age_s?);
        let since_start = (0..=self.mono_ms / 1000).contains(&age_s);
        since_start.then_some(OFFSET_ERROR_MS + age_s / DRIFT_S_PER_MS)
    }
}

/// Time that has passed between two moments, as a lower and an upper bound in milliseconds (R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elapsed {
    /// At least this long.
    pub at_least_ms: i64,
    /// At most this long, where that can be proven.
    pub at_most_ms: Option<i64>,
}

/// The least and the most that the time from one moment to another can be, signed; none where
/// nothing is proven.
fn difference(from: &Moment, to: &Moment) -> Option<(i64, i64)> {
    if from.boot == to.boot {
        let ms = to.mono_ms.saturating_sub(from.mono_ms);
        return Some((ms, ms));
    }
    let error = from.offset_error_ms()?.saturating_add(to.offset_error_ms()?);
    let ms = to.effective().duration_since(from.effective());
    let ms = i64::try_from(ms.as_millis()).unwrap_or(i64::MAX);
    Some((ms.saturating_sub(error), ms.saturating_add(error)))
}

impl Elapsed {
    /// Bounds the time from one moment to a later one: exact within a boot; across boots by
    /// measured server offsets only; else nothing is proven. No wall clock decides.
    pub fn between(from: &Moment, to: &Moment) -> Self {
        match difference(from, to) {
            Some((least, most)) => {
                Self { at_least_ms: least.max(0), at_most_ms: Some(most.max(0)) }
            }
            None => Self { at_least_ms: 0, at_most_ms: None },
        }
    }

    /// Both bounds less a span that does not count (a pause on a working clock).
    #[must_use]
    pub fn minus(self, pause: Self) -> Self {
        let at_least_ms = match pause.at_most_ms {
            Some(most) => self.at_least_ms.saturating_sub(most).max(0),
            None => 0,
        };
        let at_most_ms = self.at_most_ms.map(|most| most.saturating_sub(pause.at_least_ms).max(0));
        Self { at_least_ms, at_most_ms }
    }
}

/// A span of time that may reach across restarts and stations.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// Its first moment.
    pub from: &'a Moment,
    /// Its last moment.
    pub to: &'a Moment,
}

impl Span<'_> {
    /// How much of this span the others cover together. Those that overlap count once where that
    /// can be proven; else the bounds widen, so that nothing is claimed that was not measured.
    pub fn covered_by(self, others: &[Span<'_>]) -> Elapsed {
        let mut exact = Vec::new();
        let (mut least, mut most) = (0_i64, Some(0_i64));
        for other in others {
            if [other.from, other.to, self.to].iter().all(|m| m.boot == self.from.boot) {
                let from = other.from.mono_ms.max(self.from.mono_ms);
                exact.push((from, other.to.mono_ms.min(self.to.mono_ms)));
            } else {
                let overlap = self.overlap(*other);
                least = least.max(overlap.at_least_ms);
                most = most.zip(overlap.at_most_ms).map(|(a, b)| a.saturating_add(b));
            }
        }
        let exact = union_ms(exact);
        Elapsed {
            at_least_ms: least.max(exact),
            at_most_ms: most.map(|most| most.saturating_add(exact)),
        }
    }

    /// The overlap of two spans is the least of the four times from a beginning to an end.
    fn overlap(self, other: Span<'_>) -> Elapsed {
        let ends = [(self.from, self.to), (self.from, other.to), (other.from, self.to)];
        let times = ends.into_iter().chain([(other.from, other.to)]);
        let times: Vec<_> = times.map(|(from, to)| difference(from, to)).collect();
        let least = times.iter().map(|t| t.map_or(0, |(least, _)| least)).min();
        let most = times.iter().flatten().map(|(_, most)| *most).min();
        Elapsed { at_least_ms: least.unwrap_or(0).max(0), at_most_ms: most.map(|most| most.max(0)) }
    }
}

/// The length of the union of spans.
fn union_ms(mut spans: Vec<(i64, i64)>) -> i64 {
    spans.sort_unstable();
    let (mut sum, mut reached) = (0_i64, i64::MIN);
    for (from, to) in spans {
        let from = from.max(reached);
        if to > from {
            sum = sum.saturating_add(to.saturating_sub(from));
            reached = to;
        }
    }
    sum
}
