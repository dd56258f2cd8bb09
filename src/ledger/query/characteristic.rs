//! What was measured of one characteristic, with what each reading was taken by.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, PartId};
use crate::domain::quantity::Limits;
use crate::domain::shift::ShiftCalendar;
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::{Attempt, Reading, Recorded, TravelerState};
use crate::ledger::error::LedgerError;
use crate::views::characteristic::{CharacteristicView, Measured};

use super::{Asked, get};

/// The most readings that are told.
const READINGS_MAX: u64 = 300;

/// The readings of a characteristic of a part, by the index of places.
const READINGS: &str = "FROM reading_row r JOIN traveler_row t USING (subject)
    WHERE (r.place IN (SELECT place FROM place_row) OR r.place IS NULL)
        AND coalesce(r.characteristic, r.name) = ?1 AND r.characteristic NOT NULL AND t.part = ?2";

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
        let key = (id.as_str(), part.as_str());
        let all = self.count(&format!("SELECT count(*) {READINGS}"), key)?;
        let sql = format!(
            "SELECT t.order_id, t.unit, r.position {READINGS}
             ORDER BY r.utc_ms DESC, r.position DESC LIMIT {READINGS_MAX}"
        );
        let mut found: Vec<(TravelerId, String)> = self.rows(&sql, key, |row| {
            let order = super::id_in(row, "order_id")?;
            Ok((TravelerId { order, unit: super::id_in(row, "unit")? }, get(row, "position")?))
        })?;
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
            left_out: all.saturating_sub(READINGS_MAX),
            not_here: self.ledger.left_out()?,
        }))
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
    fn revision_words(self, attempt: &Attempt) -> Result<String, LedgerError> {
        let Some((revision, hash)) = &attempt.pinned else { return Ok("not known".to_owned()) };
        let instruction = self.ledger.instruction(self.connection, hash)?;
        Ok(match instruction {
            Some(instruction) => format!("{} rev {revision}", instruction.id),
            None => format!("rev {revision}"),
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
