//! Measures how far the server's clock is from the station's (R15).

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::domain::ids::BootId;
use crate::domain::moment::Moment;
use crate::sync::protocol::TimeAnswer;

/// The longest round trip that an offset is taken from, in milliseconds.
const ROUND_TRIP_MS_MAX: i64 = 4_000;

/// A measured offset, as kept in the station's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Server time minus station time.
    pub offset_ms: i64,
    /// In which start of the machine it was measured.
    pub boot: BootId,
    /// When, in milliseconds since that start.
    pub mono_ms: i64,
}

impl Offset {
    /// The offset by one answer; none when the answer took too long to tell.
    pub fn measure(before: &Moment, answer: &TimeAnswer, after: &Moment) -> Option<Self> {
        let round_trip_ms = after.mono_ms - before.mono_ms;
        if before.boot != after.boot || !(0..=ROUND_TRIP_MS_MAX).contains(&round_trip_ms) {
            return None;
        }
        let half = SignedDuration::from_millis(round_trip_ms / 2);
        let here = before.utc.checked_add(half).ok()?;
        let offset_ms = i64::try_from(answer.utc.duration_since(here).as_millis()).ok()?;
        Some(Self { offset_ms, boot: after.boot.clone(), mono_ms: after.mono_ms })
    }
}
