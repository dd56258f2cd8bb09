//! What belongs to readings besides the values: what they were taken with, and once more.

use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::judgement::finer_than;
use crate::domain::quantity::{Quantity, Verdict};
use crate::domain::specification::CharacteristicKind;

use super::fact::{GaugeUsed, HoldOutcome, ReadingTaken, ReadingValue};
use super::state::{Hold, Reading, TravelerState};

/// A true re-measurement, as the instruction allows it (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// The failing reading, which stays.
    pub of: Position,
    /// Why it was measured again.
    pub reason: String,
}

/// An answer that its author takes back within the step: it stays, and no longer counts (R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerCorrected {
    /// The answer.
    pub answer: Position,
    /// Why.
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

impl CheckedWith {
    /// With what, in words.
    pub fn words(&self) -> String {
        let set = self.setting.as_ref().map(|set| format!(" set to {set}"));
        format!("with {}{}", self.gauge.gauge, set.unwrap_or_default())
    }
}

/// What an auditor counts about the readings of a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Values that their author had typed wrong and put right at once.
    pub slips: usize,
    /// Readings that count and are close to a limit.
    pub marginals: usize,
    /// Corrections with a reason, besides slips.
    pub corrections: usize,
    /// True measurements once more.
    pub remeasurements: usize,
}

impl Tally {
    /// The counts in words; none where there is nothing to tell.
    pub fn words(&self) -> Option<String> {
        let Self { slips, marginals, corrections, remeasurements } = *self;
        let counts = [
            (slips, "typed wrong"),
            (marginals, "marginal"),
            (corrections, "corrected"),
            (remeasurements, "measured again"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        (!words.is_empty()).then(|| format!("readings: {}", words.join(", ")))
    }
}

impl TravelerState {
    /// Counts what is not plain about the readings.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        let slip = |hold: &&Hold| matches!(hold.released, Some((HoldOutcome::Corrected, _)));
        tally.slips = self.holds.values().filter(slip).count();
        for attempt in &self.attempts {
            for (entry, reading) in attempt.readings() {
                let marginal = reading.verdict() == Some(Verdict::Marginal);
                tally.marginals += usize::from(marginal && attempt.counts(&entry.at));
                tally.corrections += reading.corrections.len();
                tally.remeasurements += usize::from(reading.taken.retry.is_some());
            }
        }
        tally.corrections = tally.corrections.saturating_sub(tally.slips);
        tally
    }
}

impl Reading {
    /// Whether the value looks like a slip of the finger.
    pub fn implausible(&self) -> bool {
        let CharacteristicKind::Measured(limits) = &self.taken.kind else { return false };
        let ReadingValue::Number { number, unit } = self.value() else { return false };
        limits.implausible(&Quantity { number: number.clone(), unit: *unit })
    }
}
