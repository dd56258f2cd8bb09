//! Moments as a station knows them: wall time, monotonic time of one boot, and the server's offset.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::BootId;

/// How exactly two clocks are known to agree after a measured offset, in milliseconds.
const OFFSET_ERROR_MS: i64 = 5_000;

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
}

/// Time that has passed between two moments, as a lower and an upper bound in milliseconds (R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elapsed {
    /// At least this long.
    pub at_least_ms: i64,
    /// At most this long, where that can be proven.
    pub at_most_ms: Option<i64>,
}

impl Elapsed {
    /// Bounds the time from one moment to another: exact within a boot; across boots by measured
    /// server offsets only; else nothing is proven. No wall clock decides.
    pub fn between(from: &Moment, to: &Moment) -> Self {
        if from.boot == to.boot {
            let ms = (to.mono_ms - from.mono_ms).max(0);
            return Self { at_least_ms: ms, at_most_ms: Some(ms) };
        }
        if from.offset_ms.is_none() || to.offset_ms.is_none() {
            return Self { at_least_ms: 0, at_most_ms: None };
        }
        let ms = to.effective().duration_since(from.effective());
        let ms = i64::try_from(ms.as_millis()).unwrap_or(i64::MAX);
        let at_least_ms = ms.saturating_sub(OFFSET_ERROR_MS).max(0);
        let at_most_ms = ms.saturating_add(OFFSET_ERROR_MS).max(at_least_ms);
        Self { at_least_ms, at_most_ms: Some(at_most_ms) }
    }

    /// Both bounds less a span that does not count (a pause on a working clock).
    pub fn minus(self, pause: Self) -> Self {
        let at_least_ms = match pause.at_most_ms {
            Some(most) => (self.at_least_ms - most).max(0),
            None => 0,
        };
        let at_most_ms = self.at_most_ms.map(|most| (most - pause.at_least_ms).max(0));
        Self { at_least_ms, at_most_ms }
    }
}
