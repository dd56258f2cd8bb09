//! What belongs to readings besides the values: what they were taken with, and once more.

use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::judgement::finer_than;
use crate::domain::quantity::Quantity;

use super::fact::{GaugeUsed, ReadingTaken, ReadingValue};

/// A true re-measurement, as the instruction allows it (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// The failing reading, which stays.
    pub of: Position,
    /// Why it was measured again.
    pub reason: String,
}

/// What a check was done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedWith {
    /// The gauge as used.
    pub gauge: GaugeUsed,
    /// What it was set to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<Quantity>,
}

impl ReadingTaken {
    /// What the gauge shows at best, where the entry is finer than that.
    pub fn finer_than_gauge(&self) -> Option<&Quantity> {
        let resolution = self.gauge.as_ref()?.resolution.as_ref()?;
        let ReadingValue::Number { number, unit } = &self.value else { return None };
        let reading = Quantity { number: number.clone(), unit: *unit };
        finer_than(&reading, resolution).then_some(resolution)
    }
}
