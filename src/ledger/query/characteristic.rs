//! What was measured of one characteristic, with what each reading was taken by.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, PartId, PlaceId};
use crate::domain::quantity::Limits;
use crate::domain::shift::ShiftCalendar;
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::{Attempt, Reading, Recorded, TravelerState};
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::views::characteristic::{CharacteristicView, Measured};

use super::{Asked, get};

/// The most readings that are told.
const READINGS_MAX: usize = 300;

/// The last readings of a characteristic at a place, by the index of places.
const READINGS: &str = "SELECT t.order_id, t.unit, r.position, r.utc_ms
    FROM reading_row r JOIN traveler_row t USING (subject)
    WHERE r.place IS ?1 AND coalesce(r.characteristic, r.name) = ?2
        AND r.characteristic NOT NULL AND t.part = ?3
    ORDER BY r.utc_ms DESC LIMIT ?4";

/// What is known of a reading besides itself.
struct Around {
    zone: jiff::tz::TimeZone,
    calendar: Option<ShiftCalendar>,
    limits: Option<Limits>,
}

impl Asked<'_> {
    pub(super) fn characteristic(
        self,
        part: &PartId,
        id: &CharacteristicId,
    ) -> Result<Option<CharacteristicView>, LedgerError> {
        let mut found = self.last_readings((part, id))?;
        let older = found.len() > READINGS_MAX;
        found.truncate(READINGS_MAX);
        found.reverse();
        let mut units: BTreeMap<TravelerId, TravelerState> = BTreeMap::new();
        for (unit, _) in &found {
            if !units.contains_key(unit) {
                let folded = self.ledger.load(self.connection, &Subject::Traveler(unit.clone()))?;
                if let StreamState::Traveler(state) = &folded.stream.state {
                    units.insert(unit.clone(), state.clone());
                }
            }
        }
        let taken: Vec<Taken<'_>> = found
            .iter()
            .filter_map(|(unit, at)| {
                let at = Position::parse(at)?;
                let (attempt, entry, reading) = reading_at(units.get(unit)?, &at)?;
                Some(Taken { unit, attempt, entry, reading })
            })
            .collect();
        let Some(last) = taken.last() else { return Ok(None) };
        let around = Around {
            zone: self.zone()?,
            calendar: self.calendar()?,
            limits: limits(&last.reading.taken.kind).cloned(),
        };
        let readings = taken.iter().map(|taken| self.measured(taken, &around));
        Ok(Some(CharacteristicView {
            part: part.clone(),
            characteristic: id.clone(),
            name: last.reading.taken.name.clone(),
            requirement: last.reading.taken.requirement.clone(),
            readings: readings.collect::<Result<_, _>>()?,
            limits: around.limits,
            older,
            not_here: self.ledger.left_out()?,
            complete: self.complete()?,
        }))
    }

    /// The last readings at all places, the newest first, and one more than are told.
    fn last_readings(
        self,
        (part, id): (&PartId, &CharacteristicId),
    ) -> Result<Vec<(TravelerId, String)>, LedgerError> {
        let places = self.places()?.into_iter().map(|row| Some(row.place));
        let mut found: Vec<(i64, TravelerId, String)> = Vec::new();
        for place in places.chain([None]) {
            let place = place.as_ref().map(PlaceId::as_str);
            let most = i64::try_from(READINGS_MAX + 1).unwrap_or(i64::MAX);
            let key = (place, id.as_str(), part.as_str(), most);
            found.extend(self.rows(READINGS, key, |row| {
                let order = super::id_in(row, "order_id")?;
                let unit = TravelerId { order, unit: super::id_in(row, "unit")? };
                Ok((get(row, "utc_ms")?, unit, get(row, "position")?))
            })?);
        }
        found.sort_by(|one, other| (other.0, &other.2).cmp(&(one.0, &one.2)));
        found.truncate(READINGS_MAX + 1);
        Ok(found.into_iter().map(|(_, unit, position)| (unit, position)).collect())
    }

    fn calendar(self) -> Result<Option<ShiftCalendar>, LedgerError> {
        let Some(site) = self.ledger.site(self.connection, None)? else { return Ok(None) };
        let StreamState::Site(state) = &site.stream.state else { return Ok(None) };
        Ok(state.calendar())
    }

    fn measured(self, taken: &Taken<'_>, around: &Around) -> Result<Measured, LedgerError> {
        let Taken { unit, attempt, entry, reading } = taken;
        let at = entry.moment.effective();
        let shift = around.calendar.as_ref().and_then(|calendar| calendar.at(at, &around.zone));
        let value = reading.value();
        Ok(Measured {
            traveler: (*unit).clone(),
            reading: entry.at.to_string(),
            sample: entry.sample,
            value: shown(value),
            number: number_in(value, around.limits.as_ref()),
            verdict: reading.verdict(),
            at,
            who: self.name(entry.by.as_ref())?,
            place: entry.place.clone(),
            shift: shift.map(|shift| shift.name),
            revision: self.revision_words(attempt)?,
            gauge: reading.taken.gauge.as_ref().map(|used| used.gauge.to_string()),
        })
    }

    /// The instruction and the revision by which an attempt was begun.
    fn revision_words(self, attempt: &Attempt) -> Result<Words, LedgerError> {
        let Some((revision, hash)) = &attempt.pinned else { return Ok(words!("not known")) };
        let instruction = self.ledger.instruction(self.connection, hash)?;
        Ok(match instruction {
            Some(instruction) => words!("{id} rev {revision}", id = instruction.id, revision),
            None => words!("rev {revision}", revision),
        })
    }
}

/// A reading with where it stands.
struct Taken<'a> {
    unit: &'a TravelerId,
    attempt: &'a Attempt,
    entry: &'a Recorded,
    reading: &'a Reading,
}

fn reading_at<'a>(
    state: &'a TravelerState,
    at: &Position,
) -> Option<(&'a Attempt, &'a Recorded, &'a Reading)> {
    state.attempts.iter().find_map(|attempt| {
        let mut readings = attempt.readings();
        let (entry, reading) = readings.find(|(entry, _)| entry.at == *at)?;
        Some((attempt, entry, reading))
    })
}

fn limits(kind: &CharacteristicKind) -> Option<&Limits> {
    match kind {
        CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits) => {
            Some(limits)
        }
        CharacteristicKind::Attribute => None,
    }
}

/// A value in the unit of limits.
fn number_in(value: &ReadingValue, limits: Option<&Limits>) -> Option<Decimal> {
    let ReadingValue::Number { number, unit } = value else { return None };
    let limits = limits?;
    if *unit == limits.unit {
        return Some(number.value());
    }
    let base = unit.to_base(number.value())?;
    limits.unit.of_base(base).or_else(|| limits.unit.about(base))
}
