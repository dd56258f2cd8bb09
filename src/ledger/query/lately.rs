//! What was measured lately at a place, as the bench shows it beside a new value.

use std::collections::BTreeMap;

use crate::domain::ids::{PartId, PlaceId, StepId};
use crate::domain::instruction::{Ask, Measure};
use crate::domain::quantity::{Number, Verdict};
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, TravelerState};
use crate::domain::unit::Unit;
use crate::ledger::error::LedgerError;
use crate::views::traveler::Lately;

use super::{Asked, get};

/// As many as fit beside a limit bar.
const LATELY_MAX: u32 = 24;
/// How many readings of a place are looked at for those of the part.
const LOOKED_AT: u32 = 240;

/// The last readings of a characteristic at a place, of whatever part, and those of one part among them.
const LAST: &str = "SELECT value, verdict FROM (
        SELECT r.* FROM reading_row r
        WHERE place = ?1 AND coalesce(characteristic, name) = ?2
            AND (characteristic NOT NULL OR step = ?6) ORDER BY utc_ms DESC LIMIT ?4) r
    JOIN traveler_row t USING (subject)
    WHERE t.part = ?3 ORDER BY r.utc_ms DESC, r.position DESC LIMIT ?5";

impl Asked<'_> {
    /// The last values of each measure of a step of which this unit's are all recorded, the oldest first.
    pub(super) fn lately(
        self,
        (part, place): (&PartId, &PlaceId),
        (state, current): (&TravelerState, Current<'_>),
    ) -> Result<BTreeMap<u16, Vec<Lately>>, LedgerError> {
        let attempt = state.standing_attempt(current.operation.operation, &current.step.id);
        let mut found = BTreeMap::new();
        for (number, ask) in (1_u16..).zip(&current.step.asks) {
            if let Ask::Measure(measure) = ask
                && attempt.is_some_and(|attempt| is_whole(attempt, (number, measure)))
            {
                found.insert(
                    number,
                    self.measured_lately((part, place), (&current.step.id, measure))?,
                );
            }
        }
        Ok(found)
    }

    fn measured_lately(
        self,
        (part, place): (&PartId, &PlaceId),
        (step, measure): (&StepId, &Measure),
    ) -> Result<Vec<Lately>, LedgerError> {
        let id = measure.characteristic.as_ref().map(ToString::to_string);
        let what = id.as_deref().unwrap_or(&measure.name);
        let key = (place.as_str(), what, part.as_str(), LOOKED_AT, LATELY_MAX, step.as_str());
        let mut values = self.rows(LAST, key, |row| {
            let value: String = get(row, "value")?;
            let verdict: Option<String> = get(row, "verdict")?;
            Ok(number_of(&value).map(|(number, unit)| {
                let verdict = verdict.as_deref().and_then(Verdict::parse);
                Lately { number, unit, verdict }
            }))
        })?;
        values.reverse();
        Ok(values.into_iter().flatten().collect())
    }
}

/// Whether an attempt has every value of a measure.
fn is_whole(attempt: &Attempt, (number, measure): (u16, &Measure)) -> bool {
    (1..=measure.count).all(|sample| attempt.entry(number, sample).is_some())
}

/// A value as its row shows it; none of an attribute.
pub(super) fn number_of(shown: &str) -> Option<(Number, Unit)> {
    let (number, unit) = shown.split_once(' ')?;
    Some((Number::parse(number).ok()?, Unit::parse(unit)?))
}
