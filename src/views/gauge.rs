//! What was measured with a gauge since it was last known to be good (R10).

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::{GaugeId, LotId, PartId, PlaceId, StepId};
use crate::domain::inspection::series::{Lot, SeriesId};
use crate::domain::material::{MaterialCommand, MaterialId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::unit::Unit;
use crate::domain::words::Words;

use super::board::Complete;
use super::inspection::name_of;

/// Every reading made with a gauge that is in doubt, or would be if it failed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GaugeTrace {
    /// The gauge.
    pub gauge: GaugeId,
    /// Name plate.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Good through the end of this day.
    pub due: Option<Date>,
    /// Whether it is not in calibration today.
    pub overdue: bool,
    /// The day of the last calibration.
    pub calibrated: Option<Date>,
    /// The failure that the list is about; absent where it never failed.
    pub failure: Option<FailureRow>,
    /// The first day of the list; absent where it has no beginning.
    pub since: Option<Date>,
    /// Each reading, what is nearest to a limit first.
    pub readings: Vec<GaugeReadingRow>,
    /// Each value that was read on a piece of a lot, what is nearest to a limit first.
    pub pieces: Vec<GaugePieceRow>,
    /// How many lots have such a value.
    pub lots: usize,
    /// The lots of material whose block is drafted, each once.
    #[serde(serialize_with = "each_as_text")]
    pub lots_to_hold: Vec<MaterialId>,
    /// The lots of material that are blocked for the failure.
    #[serde(serialize_with = "each_as_text")]
    pub lots_held: Vec<MaterialId>,
    /// How many units have a reading in the list.
    pub units: usize,
    /// The units whose hold is drafted, each once.
    pub to_hold: Vec<TravelerId>,
    /// The holds that are open for the failure: unit and the fact that placed it.
    #[serde(serialize_with = "as_texts")]
    pub held: Vec<(TravelerId, Position)>,
    /// How many readings were known when holds were last placed for the failure.
    pub held_readings: usize,
    /// Streams of orders that are over and are not at this station, so that the list may lack something,
    /// and lots of it that are elsewhere.
    pub not_here: u64,
    /// Seconds since this station heard from the server; absent where it never did.
    pub catalog_age_s: Option<i64>,
    /// Up to when readings of other stations are here.
    #[serde(flatten)]
    pub complete: Complete,
}

/// A gauge found out of tolerance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureRow {
    /// The fact.
    pub fact: Position,
    /// The day on which it was found.
    pub on: Date,
    /// What was found.
    pub found: String,
    /// How it came out.
    pub reason: String,
    /// Whether it was calibrated good again.
    pub over: bool,
}

/// One reading in doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GaugeReadingRow {
    /// The unit.
    #[serde(serialize_with = "as_text")]
    pub traveler: TravelerId,
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// What was measured.
    pub name: String,
    /// Which of its readings.
    pub sample: u16,
    /// The value that counts.
    pub value: String,
    /// How far inside the nearest limit it is; below zero outside.
    pub margin: Option<String>,
    /// The unit of the margin: that of the limits, or the base unit where it has no end in that.
    pub margin_unit: Option<Unit>,
    /// The verdict.
    pub verdict: Option<String>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub taken: Timestamp,
    /// Whether the unit is finished.
    pub finished: bool,
    /// Whether the unit was released to ship and is not here.
    pub shipped: bool,
    /// How the unit ended before its route did.
    pub ended: Option<String>,
    /// Whether a hold for this failure names the reading: `held` or `released`.
    pub hold: Option<String>,
    /// The fact.
    pub fact: Position,
}

/// One value in doubt that was read on a piece of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GaugePieceRow {
    /// The lot as people call it: `SEAL-1/L-4711 of Nordic`, `CP-40 WO-2/L-22`.
    pub name_of_lot: String,
    /// What it is.
    pub part: PartId,
    /// Who delivered it.
    pub supplier: String,
    /// The number on its label.
    pub lot: LotId,
    /// The lot of own production that it is.
    pub unit: Option<TravelerId>,
    /// The piece, from 1.
    pub piece: u32,
    /// What was read.
    pub name: String,
    /// The value as it was read, whether or not it was corrected since.
    pub value: String,
    /// How far inside the nearest limit it is; below zero outside.
    pub margin: Option<String>,
    /// The unit of the margin.
    pub margin_unit: Option<Unit>,
    /// The verdict.
    pub verdict: Option<String>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub taken: Timestamp,
    /// How its lot stands, in words.
    pub standing: Words,
    /// Whether nothing of the lot is here that could be held.
    pub ended: bool,
    /// Whether a hold for this failure names it: `held` or `released`.
    pub hold: Option<String>,
    /// The fact.
    pub fact: Position,
}

/// A lot as people call it.
pub fn lot_name(id: &SeriesId, lot: &Lot) -> String {
    name_of((&id.part, lot.opened.unit.as_ref()), (&lot.opened.lot, &id.supplier)).to_string()
}

impl GaugeReadingRow {
    /// The margin as people read it: with its unit where the value is in another one.
    pub fn margin_words(&self) -> Option<String> {
        margin_words(&self.value, (self.margin.as_ref(), self.margin_unit))
    }
}

impl GaugePieceRow {
    /// The margin as people read it: with its unit where the value is in another one.
    pub fn margin_words(&self) -> Option<String> {
        margin_words(&self.value, (self.margin.as_ref(), self.margin_unit))
    }
}

fn margin_words(value: &str, (margin, unit): (Option<&String>, Option<Unit>)) -> Option<String> {
    let margin = margin?;
    let unit = unit.filter(|unit| !value.ends_with(&format!(" {unit}")));
    Some(unit.map_or_else(|| margin.clone(), |unit| format!("{margin} {unit}")))
}

impl GaugeTrace {
    /// The units in doubt that are not here any more, in words; none where all are.
    pub fn shipped_words(&self) -> Option<String> {
        let shipped = self.readings.iter().filter(|row| row.shipped);
        let units: BTreeSet<&TravelerId> = shipped.map(|row| &row.traveler).collect();
        let first = units.first()?;
        Some(match units.len() {
            1 => format!("{first} is shipped"),
            many => format!("{many} units are shipped, {first} first"),
        })
    }

    /// The commands that place the drafted holds, as one act.
    pub fn holds(&self) -> Vec<Command> {
        let Some(failure) = &self.failure else { return Vec::new() };
        let hold = |unit: &TravelerId| {
            let (gauge, failed) = (self.gauge.clone(), failure.fact.clone());
            Command::Traveler(unit.clone(), TravelerCommand::HoldForGauge { gauge, failed })
        };
        let block = |lot: &MaterialId| {
            let (gauge, failed) = (self.gauge.clone(), failure.fact.clone());
            Command::Material(lot.clone(), MaterialCommand::HoldForGauge { gauge, failed })
        };
        self.to_hold.iter().map(hold).chain(self.lots_to_hold.iter().map(block)).collect()
    }

    /// The commands that let every held unit go on, as one act.
    pub fn releases(&self, reason: &str) -> Vec<Command> {
        let release = |(unit, hold): &(TravelerId, Position)| {
            let (hold, reason) = (hold.clone(), reason.to_owned());
            Command::Traveler(unit.clone(), TravelerCommand::ReleaseHold { hold, reason })
        };
        let free = |(lot, failure): (&MaterialId, &FailureRow)| {
            let (failed, reason) = (failure.fact.clone(), reason.to_owned());
            Command::Material(lot.clone(), MaterialCommand::ReleaseForGauge { failed, reason })
        };
        let lots = self
            .failure
            .iter()
            .flat_map(|failure| self.lots_held.iter().map(move |lot| (lot, failure)));
        self.held.iter().map(release).chain(lots.map(free)).collect()
    }

    /// Everything that is to be held, in words: `2 units and 1 lot`; none where nothing is.
    pub fn to_hold_words(&self) -> Option<String> {
        words_of(self.to_hold.len(), self.lots_to_hold.len())
    }

    /// Everything that is held, in words.
    pub fn held_words(&self) -> Option<String> {
        words_of(self.held.len(), self.lots_held.len())
    }

    /// Every name of what is to be held.
    pub fn names_to_hold(&self) -> Vec<String> {
        let units = self.to_hold.iter().map(ToString::to_string);
        units.chain(self.lots_to_hold.iter().map(ToString::to_string)).collect()
    }

    /// Every name of what is held.
    pub fn names_held(&self) -> Vec<String> {
        let units = self.held.iter().map(|(unit, _)| unit.to_string());
        units.chain(self.lots_held.iter().map(ToString::to_string)).collect()
    }

    /// How many readings were not known when holds were placed; none before there was a hold.
    pub fn more_since(&self) -> Option<usize> {
        let more = self.readings.iter().filter(|row| row.hold.is_none() && row.ended.is_none());
        let on_pieces = self.pieces.iter().filter(|row| row.hold.is_none() && !row.ended);
        (self.held_readings > 0).then(|| more.count() + on_pieces.count())
    }
}

fn words_of(units: usize, lots: usize) -> Option<String> {
    let of = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    match (of(units, "unit"), of(lots, "lot")) {
        (Some(units), Some(lots)) => Some(format!("{units} and {lots}")),
        (units, lots) => units.or(lots),
    }
}

fn each_as_text<S: serde::Serializer>(
    lots: &[MaterialId],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lots.iter().map(ToString::to_string))
}

fn as_texts<S: serde::Serializer>(
    held: &[(TravelerId, Position)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(held.iter().map(|(unit, _)| unit.to_string()))
}

fn as_text<S: serde::Serializer>(id: &TravelerId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
