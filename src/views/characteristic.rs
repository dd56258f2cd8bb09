//! One characteristic of a part: what was measured of it, by revision, place and shift.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::ids::{CharacteristicId, PartId, PlaceId};
use crate::domain::quantity::{Limits, Verdict};
use crate::domain::stream::TravelerId;
use crate::domain::unit::Unit;
use crate::domain::words::{Words, words};

use super::board::Complete;

/// One characteristic with its readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CharacteristicView {
    /// The part.
    pub part: PartId,
    /// The characteristic.
    pub characteristic: CharacteristicId,
    /// What people call it, by the last reading.
    pub name: String,
    /// The requirement as shown at the last reading.
    pub requirement: String,
    /// The limits by which the last reading was judged; none of an attribute.
    pub limits: Option<Limits>,
    /// The last readings, the oldest first.
    pub readings: Vec<Measured>,
    /// Whether there are older ones, which are not told.
    pub older: bool,
    /// Streams of orders that are over and are not at this station, so that readings may lack.
    pub not_here: u64,
    /// Up to when readings of other stations are here.
    #[serde(flatten)]
    pub complete: Complete,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// The fact.
    pub reading: String,
    /// Which of the readings of its ask.
    pub sample: u16,
    /// As shown, with its unit; as corrected last.
    pub value: String,
    /// As a number in the unit of the limits of the last reading; none of an attribute.
    pub number: Option<Decimal>,
    /// Its judgement, by the limits that it was taken by.
    pub verdict: Option<Verdict>,
    /// When.
    pub at: Timestamp,
    /// Who: a name where the card is here, else the id.
    pub who: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// The shift in which it was taken, where there is a calendar.
    pub shift: Option<String>,
    /// The instruction and the revision by which it was taken.
    pub revision: Words,
    /// The gauge.
    pub gauge: Option<String>,
}

/// By what readings are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The revision of the instruction.
    Revision,
    /// The place.
    Place,
    /// The shift.
    Shift,
}

/// Readings that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What they have in common.
    pub of: Words,
    /// How many.
    pub count: u32,
    /// How many of them fail.
    pub failing: u32,
    /// The mean, the least and the most, in the unit of the limits; none of attributes.
    pub spread: Option<Spread>,
}

/// Where values lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The arithmetic mean, to two places more than the finest value has.
    pub mean: Decimal,
    /// The least.
    pub least: Decimal,
    /// The most.
    pub most: Decimal,
}

impl By {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Revision => "revision",
            Self::Place => "place",
            Self::Shift => "shift",
        }
    }
}

impl CharacteristicView {
    /// The unit of the limits.
    pub fn unit(&self) -> Option<Unit> {
        self.limits.as_ref().map(|limits| limits.unit)
    }

    /// The readings told apart, in the order in which each group began.
    pub fn groups(&self, by: By) -> Vec<Group> {
        let mut groups: Vec<(Words, Vec<&Measured>)> = Vec::new();
        for reading in &self.readings {
            let of = reading.of(by);
            match groups.iter_mut().find(|(known, _)| *known == of) {
                Some((_, readings)) => readings.push(reading),
                None => groups.push((of, vec![reading])),
            }
        }
        groups.into_iter().map(|(of, readings)| group(of, &readings)).collect()
    }
}

impl Measured {
    fn of(&self, by: By) -> Words {
        match by {
            By::Revision => self.revision.clone(),
            By::Place => self.place.as_ref().map_or_else(unknown, Words::given),
            By::Shift => self.shift.as_ref().map_or_else(unknown, Words::given),
        }
    }
}

fn unknown() -> Words {
    words!("not known")
}

fn group(of: Words, readings: &[&Measured]) -> Group {
    let small = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let failing = readings.iter().filter(|reading| reading.verdict == Some(Verdict::Fail));
    let numbers: Vec<Decimal> = readings.iter().filter_map(|reading| reading.number).collect();
    Group {
        of,
        count: small(readings.len()),
        failing: small(failing.count()),
        spread: spread(&numbers),
    }
}

/// Where numbers lie; none of none, and none where their sum has no place in a decimal.
fn spread(numbers: &[Decimal]) -> Option<Spread> {
    let (least, most) = (*numbers.iter().min()?, *numbers.iter().max()?);
    let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number))?;
    let finest = numbers.iter().map(Decimal::scale).max().unwrap_or(0);
    let mean = sum.checked_div(Decimal::from(numbers.len()))?.round_dp(finest + 2).normalize();
    Some(Spread { mean, least, most })
}
