//! What belongs to readings besides the values: what they were taken with, and once more.

use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::ids::PersonId;
use crate::domain::judgement::finer_than;
use crate::domain::moment::Moment;
use crate::domain::quantity::{Quantity, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;
use crate::domain::unit::Unit;
use crate::domain::words::{Words, words};

use super::fact::{GaugeUsed, HoldOutcome, ReadingTaken, ReadingValue, TravelerFact};
use super::hold::shown;
use super::state::{Attempt, Hold, Reading, Recorded, TravelerState};

/// A true re-measurement, as the instruction allows it (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// The failing reading, which stays.
    pub of: Position,
    /// Why it was measured again.
    pub reason: String,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// The value from then on.
    pub value: ReadingValue,
    /// Its verdict.
    pub verdict: Option<Verdict>,
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

/// What a check was answered with.
pub(super) fn checked_with(fact: &TravelerFact) -> Option<Box<CheckedWith>> {
    if let TravelerFact::Checked { with, .. } = fact { with.clone() } else { None }
}

/// Every unit of the set for which a signature was given at once.
pub(super) fn signed_for(fact: &TravelerFact) -> Vec<TravelerId> {
    if let TravelerFact::Signed { set, .. } = fact { set.clone() } else { Vec::new() }
}

impl ReadingTaken {
    /// What the gauge shows at best, where the entry is finer than that.
    pub fn finer_than_gauge(&self) -> Option<&Quantity> {
        self.gauge.as_ref()?.coarser_than(&self.value)
    }
}

impl GaugeUsed {
    /// What the gauge shows at best, where a value is finer than that.
    fn coarser_than(&self, value: &ReadingValue) -> Option<&Quantity> {
        let resolution = self.resolution.as_ref()?;
        let ReadingValue::Number { number, unit } = value else { return None };
        let value = Quantity { number: number.clone(), unit: *unit };
        finer_than(&value, resolution).then_some(resolution)
    }
}

impl CheckedWith {
    /// With what, in words.
    pub fn words(&self) -> Words {
        let gauge = &self.gauge.gauge;
        match &self.setting {
            Some(set) => words!("with {gauge} set to {set}", gauge, set),
            None => words!("with {gauge}", gauge),
        }
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
    /// Failing readings that go on by a permit.
    pub permits: usize,
}

impl Tally {
    /// The counts in words; none where there is nothing to tell.
    pub fn words(&self) -> Option<String> {
        let Self { slips, marginals, corrections, remeasurements, permits } = *self;
        let counts = [
            (slips, "typed wrong"),
            (marginals, "marginal"),
            (corrections, "corrected"),
            (remeasurements, "measured again"),
            (permits, "by permit"),
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
        tally.permits = self.permitted().count();
        tally.corrections = tally.corrections.saturating_sub(tally.slips);
        tally
    }

    /// The readings that these facts recorded or corrected last.
    pub fn readings_of(&self, facts: &[Position]) -> impl Iterator<Item = &Reading> {
        let readings = self.attempts.iter().flat_map(Attempt::readings);
        let named = move |(entry, reading): &(&Recorded, &Reading)| {
            let corrected = reading.corrections.last().is_some_and(|c| facts.contains(&c.at));
            let permitted = reading.permits.last().is_some_and(|by| facts.contains(&by.at));
            corrected || permitted || facts.contains(&entry.at)
        };
        readings.filter(named).map(|(_, reading)| reading)
    }

    /// What is said of the last value that an earlier state did not have and that is finer than its
    /// gauge shows.
    pub fn finer_since(&self, before: &Self) -> Option<String> {
        let readings = self.attempts.iter().flat_map(Attempt::readings);
        let finer = readings.filter_map(|(entry, reading)| {
            let known = before.reading(&entry.at);
            let is_new = known.is_none_or(|(_, known)| known.value() != reading.value());
            let words = reading.finer_words()?;
            is_new.then_some(words)
        });
        finer.last()
    }
}

impl Reading {
    /// A reading as it was taken.
    pub(super) fn first(taken: ReadingTaken) -> Self {
        Self { taken, corrections: Vec::new(), confirmed: false, permits: Vec::new() }
    }

    /// The unit in which the value is typed again or corrected: that of the value itself.
    pub fn unit(&self) -> Option<Unit> {
        self.value().unit()
    }

    /// The value that counts, where it is a number.
    pub fn quantity(&self) -> Option<Quantity> {
        match self.value() {
            ReadingValue::Number { number, unit } => {
                Some(Quantity { number: number.clone(), unit: *unit })
            }
            ReadingValue::Conforms(_) => None,
        }
    }

    /// What the gauge shows at best, where the value that counts is finer than that.
    pub fn finer_than_gauge(&self) -> Option<&Quantity> {
        self.taken.gauge.as_ref()?.coarser_than(self.value())
    }

    /// That in words, with the gauge.
    pub fn finer_words(&self) -> Option<String> {
        let (least, gauge) = (self.finer_than_gauge()?, self.taken.gauge.as_ref()?);
        let value = shown(self.value());
        Some(format!("{value} is finer than {} shows ({least})", gauge.gauge))
    }

    /// Whether the value looks like a slip of the finger.
    pub fn implausible(&self) -> bool {
        let CharacteristicKind::Measured(limits) = &self.taken.kind else { return false };
        self.quantity().is_some_and(|value| limits.implausible(&value))
    }
}
