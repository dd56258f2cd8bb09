//! Reasons about readings: corrections, rounding, guard bands, re-measurement, sampling (R2, R3, R4).

/// A reason about readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadingReason {}

impl ReadingReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match *self {}
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match *self {}
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match *self {}
    }
}

impl From<ReadingReason> for super::Reason {
    fn from(reason: ReadingReason) -> Self {
        Self::Reading(reason)
    }
}
