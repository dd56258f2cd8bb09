//! What a unit's readings say of the places where they were taken: whether it failed there.

use crate::domain::failures::{Measured, Tried};
use crate::domain::ids::PlaceId;
use crate::domain::instruction::{Ask, Measure};
use crate::domain::quantity::Verdict;
use crate::domain::stream::TravelerId;

use super::fact::{HoldPlaced, HoldReason, TravelerFact};
use super::hold::shown;
use super::standing::Instructions;
use super::state::{Attempt, Reading, Recorded, TravelerState};

/// Whether a fact may say that a value fails for good: typed again, entered with others, or put right.
pub fn may_fail(fact: &TravelerFact) -> bool {
    let by_rows = |placed: &HoldPlaced| {
        placed.reason == HoldReason::OutOfLimits && placed.deviation.is_some()
    };
    matches!(fact, TravelerFact::ReadingConfirmed { .. } | TravelerFact::ReadingCorrected { .. })
        || matches!(fact, TravelerFact::HoldPlaced(placed) if by_rows(placed))
}

impl TravelerState {
    /// How the unit did at each place where it was measured, by the newest attempt there that tells.
    pub fn tried(&self, id: &TravelerId, texts: &Instructions) -> Vec<(PlaceId, Measured, Tried)> {
        let mut found: Vec<(PlaceId, Measured, Tried)> = Vec::new();
        for attempt in &self.attempts {
            let asks = asks(attempt).into_iter();
            let outcomes = asks.filter_map(|ask| self.outcome(id, attempt, (ask, texts)));
            let mut here: Vec<(PlaceId, Measured, Tried)> = Vec::new();
            for (place, measured, tried) in outcomes {
                let same =
                    |(at, what, _): &(PlaceId, Measured, Tried)| *at == place && what.is(&measured);
                // Asked for twice in one step, it is bad where either is.
                if tried.failed.is_none() && here.iter().any(same) {
                    continue;
                }
                here.retain(|other| !same(other));
                found.retain(|other| !same(other));
                here.push((place, measured, tried));
            }
            found.extend(here);
        }
        found
    }

    /// How an ask of an attempt came out: bad with a failing value that stands, good once it is whole.
    fn outcome(
        &self,
        id: &TravelerId,
        attempt: &Attempt,
        (ask, texts): (u16, &Instructions),
    ) -> Option<(PlaceId, Measured, Tried)> {
        let operation = self.operation(attempt.operation)?;
        let readings = last_of_each_sample(attempt, ask);
        let failing = readings.iter().filter(|(_, reading)| is_failing(reading));
        let mut stands = failing.clone().filter(|(entry, _)| self.stands(entry));
        let (entry, reading) = readings.last()?;
        let failed = stands.next_back().map(|(entry, reading)| (entry, shown(reading.value())));
        if failed.is_none() {
            let whole = readings.len() >= count(attempt, ask, texts)?;
            if !whole || failing.count() > 0 {
                return None;
            }
        }
        let taken = &reading.taken;
        let measured = Measured {
            instruction: operation.instruction.clone(),
            characteristic: taken.characteristic.clone(),
            name: taken.name.clone(),
        };
        let place = failed.as_ref().map_or(entry, |(entry, _)| entry).place.clone()?;
        let tried = Tried {
            unit: id.clone(),
            at: entry.at.clone(),
            moment: entry.moment.clone(),
            failed: failed.map(|(entry, value)| (entry.at.clone(), value)),
        };
        Some((place, measured, tried))
    }

    /// Whether a failing value was typed again or entered as it is, so that a deviation was raised.
    fn stands(&self, entry: &Recorded) -> bool {
        self.holds
            .values()
            .any(|hold| hold.placed.deviation.is_some() && hold.placed.readings.contains(&entry.at))
    }
}

/// A value that is outside its limits. Where a permit lets it go on it counts as neither good nor failed.
fn is_failing(reading: &Reading) -> bool {
    reading.verdict() == Some(Verdict::Fail)
}

/// The asks of an attempt that were measured.
fn asks(attempt: &Attempt) -> Vec<u16> {
    let mut asks: Vec<u16> = attempt.readings().map(|(entry, _)| entry.ask).collect();
    asks.sort_unstable();
    asks.dedup();
    asks
}

/// The reading that counts of each sample, in the order in which they were taken; sorting apart.
fn last_of_each_sample(attempt: &Attempt, ask: u16) -> Vec<(&Recorded, &Reading)> {
    let mut last: Vec<(&Recorded, &Reading)> = Vec::new();
    let of_it = attempt
        .readings()
        .filter(|(entry, reading)| entry.ask == ask && reading.taken.sorting.is_none());
    for (entry, reading) in of_it {
        last.retain(|(before, _)| before.sample != entry.sample);
        last.push((entry, reading));
    }
    last
}

/// How many readings an ask wants; what its text says, else what is there once the step is done.
fn count(attempt: &Attempt, ask: u16, texts: &Instructions) -> Option<usize> {
    let text = attempt.pinned.as_ref().and_then(|(_, hash)| texts.get(hash));
    let step = text.and_then(|text| text.step(&attempt.step));
    let ask = step.and_then(|step| step.asks.get(usize::from(ask).checked_sub(1)?));
    match ask {
        Some(Ask::Measure(Measure { count, .. })) => Some(usize::from(*count)),
        Some(_) => None,
        None => attempt.completed.is_some().then_some(0),
    }
}
