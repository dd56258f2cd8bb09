//! How far the server's clock is from the station's, kept against the clock that nobody sets (R15).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ids::BootId;
use super::moment::Moment;

/// The longest round trip that an offset is taken from, in milliseconds.
const ROUND_TRIP_MS_MAX: i64 = 4_000;

/// From how far apart the two clocks are told to people, in milliseconds.
const APART_MS: i64 = 120_000;

/// A measured offset, as a station keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Server time minus station time, when it was measured.
    pub offset_ms: i64,
    /// In which start of the machine it was measured.
    pub boot: BootId,
    /// When, in milliseconds since that start.
    pub mono_ms: i64,
    /// By how much the wall clock was ahead of the time since that start, then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead_ms: Option<i64>,
}

impl Offset {
    /// The offset by one answer of the server; none when the answer took too long to tell.
    pub fn measure(before: &Moment, server: Timestamp, after: &Moment) -> Option<Self> {
        let round_trip_ms = after.mono_ms - before.mono_ms;
        if before.boot != after.boot || !(0..=ROUND_TRIP_MS_MAX).contains(&round_trip_ms) {
            return None;
        }
        let half = SignedDuration::from_millis(round_trip_ms / 2);
        let here = before.utc.checked_add(half).ok()?;
        let offset_ms = i64::try_from(server.duration_since(here).as_millis()).ok()?;
        let (boot, mono_ms) = (after.boot.clone(), after.mono_ms);
        Some(Self { offset_ms, boot, mono_ms, ahead_ms: Some(before.ahead_ms()) })
    }

    /// By how many seconds the server's clock is ahead of the wall clock, where that is so much that
    /// people are to be told: more than two minutes, either way.
    pub fn apart_s(&self, now: &Moment) -> Option<i64> {
        let apart_ms = self.at(now.clone()).offset_ms?;
        (apart_ms.saturating_abs() > APART_MS).then_some(apart_ms / 1000)
    }

    /// A moment with what is known of the server's clock.
    ///
    /// Within the start of the machine in which it was measured, the server's time goes on with the
    /// clock that nobody sets: whoever sets the wall clock moves the offset, and not the time.
    /// Across starts the last offset is all that is known, and has no age.
    #[must_use]
    pub fn at(&self, moment: Moment) -> Moment {
        if self.boot != moment.boot {
            return Moment { offset_ms: Some(self.offset_ms), offset_age_s: None, ..moment };
        }
        let set_by_ms = self.ahead_ms.map_or(0, |then| moment.ahead_ms().saturating_sub(then));
        let offset_ms = Some(self.offset_ms.saturating_sub(set_by_ms));
        let age_s = moment.mono_ms.saturating_sub(self.mono_ms).max(0) / 1000;
        Moment { offset_ms, offset_age_s: Some(age_s), ..moment }
    }
}
