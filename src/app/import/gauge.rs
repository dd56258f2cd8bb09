//! Gauges out of a file: what they are, and their last calibration.

use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::gauge::{GaugeCommand, GaugeDescription, GaugeRange, GaugeState};
use crate::domain::ids::GaugeId;
use crate::domain::interval::Interval;
use crate::domain::quantity::{self, Number};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::unit::Unit;

use super::cells::{Cells, number};
use super::plan::Planned;
use super::table::Column;

/// The columns of a file of gauges.
pub const COLUMNS: [Column; 11] = [
    Column::required("gauge", &["id", "gauge-id"]),
    Column::required("description", &["name"]),
    Column::required("class", &[]),
    Column::new("unit", &[]),
    Column::new("resolution", &[]),
    Column::new("uncertainty", &[]),
    Column::new("range", &[]),
    Column::new("interval", &["interval-days"]),
    Column::new("calibrated", &["calibrated-on", "last-calibration"]),
    Column::new("due", &["calibration-due", "next-calibration"]),
    Column::new("certificate", &["certificate-number"]),
];

/// Reads one row.
pub fn read(cells: &mut Cells<'_>, station: &Station) -> Result<Option<Planned>, Fault> {
    let Some(id) = cells.needed_id("gauge") else { return Ok(None) };
    let id: GaugeId = id;
    let folded = station.ledger.stream(&Subject::Gauge(id.clone()))?;
    let StreamState::Gauge(known) = folded.stream.state else { return Ok(None) };
    let mut planned = Planned::about(&id, known.described.is_some());
    if let Some(described) = description(cells) {
        let changes = differences(known.described.as_ref(), &described);
        if !changes.is_empty() {
            let command = Command::Gauge(id.clone(), GaugeCommand::Register(described));
            planned.ask(changes, command);
        }
    }
    calibration(cells, &id, &known, &mut planned);
    Ok(Some(planned))
}

fn description(cells: &mut Cells<'_>) -> Option<GaugeDescription> {
    cells.needed("description");
    let name = cells.name("description", "the gauge's description").map(str::to_owned);
    let class = cells.needed_id("class");
    let mut unit = cells.parsed("unit", unit_of, UNITS);
    let resolution = quantity(cells, "resolution", &mut unit);
    let uncertainty = quantity(cells, "uncertainty", &mut unit);
    let range = range(cells, &mut unit);
    let interval = interval(cells);
    Some(GaugeDescription {
        name: name?,
        class: class?,
        unit,
        resolution,
        uncertainty,
        range,
        interval,
    })
}

const UNITS: &str = "write a unit such as mm or N·m";

fn unit_of(text: &str) -> Result<Unit, String> {
    Unit::parse(text).ok_or_else(|| "this unit is not known".to_owned())
}

/// A number with or without its unit; the number with a point, whatever mark was written.
fn number_and_unit(text: &str) -> Result<(Number, Option<Unit>), String> {
    let (digits, unit) = quantity::number_and_unit(text).map_err(|error| error.to_string())?;
    Ok((number(digits.text())?, unit))
}

fn quantity(cells: &mut Cells<'_>, column: &str, unit: &mut Option<Unit>) -> Option<Number> {
    let next = "write a number such as 0.01, with the gauge's unit or without one";
    let (number, named) = cells.parsed(column, number_and_unit, next)?;
    agrees(cells, column, (unit, named)).then_some(number)
}

/// A unit beside a number is the gauge's; a gauge shows one.
fn agrees(
    cells: &mut Cells<'_>,
    column: &str,
    (unit, named): (&mut Option<Unit>, Option<Unit>),
) -> bool {
    let stated = named.or(*unit);
    let Some(stated) = stated else {
        cells.empty("unit", "say in which unit the gauge shows its values");
        return false;
    };
    let agreed = unit.is_none_or(|unit| unit == stated);
    if !agreed {
        let what = format!("The {column} is in another unit than the gauge.");
        cells.unread(column, what, "write it in the gauge's unit");
    }
    unit.get_or_insert(stated);
    agreed
}

fn range(cells: &mut Cells<'_>, unit: &mut Option<Unit>) -> Option<GaugeRange> {
    let read = |text: &str| {
        let (lower, upper) = ["..", "…", " to ", "–", " - "]
            .iter()
            .find_map(|mark| text.split_once(mark))
            .ok_or("it has no two ends")?;
        let ((lower, _), (upper, named)) =
            (number_and_unit(lower.trim())?, number_and_unit(upper.trim())?);
        Ok((lower, upper, named))
    };
    let (lower, upper, named) = cells.parsed("range", read, "write it such as 5..50")?;
    if !agrees(cells, "range", (&mut *unit, named)) {
        return None;
    }
    let unit = (*unit)?;
    Some(GaugeRange { lower, upper, unit })
}

/// Days; also as `12 months` or `1 year`, by the calendar.
fn interval(cells: &mut Cells<'_>) -> Option<Interval> {
    let read = |text: &str| Interval::parse(text).map_err(|error| error.to_string());
    cells.parsed("interval", read, "write it in days, such as 365, or in months, such as 12 months")
}

/// What is different, in words; blank where nothing is.
fn differences(known: Option<&GaugeDescription>, wanted: &GaugeDescription) -> String {
    let Some(known) = known else {
        return format!("{}, {}", wanted.name, wanted.class);
    };
    let number = |number: &Option<Number>| number.as_ref().map(Number::to_string);
    let range = |range: &Option<GaugeRange>| range.as_ref().map(GaugeRange::to_string);
    let pairs = [
        ("description", Some(known.name.clone()), Some(wanted.name.clone())),
        ("class", Some(known.class.to_string()), Some(wanted.class.to_string())),
        ("unit", known.unit.map(|unit| unit.to_string()), wanted.unit.map(|unit| unit.to_string())),
        ("resolution", number(&known.resolution), number(&wanted.resolution)),
        ("uncertainty", number(&known.uncertainty), number(&wanted.uncertainty)),
        ("range", range(&known.range), range(&wanted.range)),
        (
            "interval",
            known.interval.map(|interval| interval.to_string()),
            wanted.interval.map(|interval| interval.to_string()),
        ),
    ];
    let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    let words: Vec<String> = changed
        .map(|(what, before, after)| format!("{what} {} → {}", dash(before), dash(after)))
        .collect();
    words.join(", ")
}

fn calibration(cells: &mut Cells<'_>, id: &GaugeId, known: &GaugeState, planned: &mut Planned) {
    let (on, due) = (cells.date("calibrated"), cells.date("due"));
    let certificate = cells.text("certificate");
    if cells.text("calibrated").is_none() {
        if due.is_some() || certificate.is_some() {
            cells.empty("calibrated", "say on which day it was calibrated");
        }
        return;
    }
    let Some(on) = on else { return };
    if known.calibrated.is_some_and(|last| last > on) {
        let last = known.calibrated.map_or_else(String::new, |last| last.to_string());
        planned.older();
        return planned.remarks.push(format!("a later calibration is known: {last}"));
    }
    let Some(certificate) = certificate else {
        return cells.empty("certificate", "give the number of the certificate");
    };
    let same = known.calibrated == Some(on)
        && (due.is_none() || known.due == due)
        && known.certificate.as_deref() == Some(certificate)
        && known.failed().is_none();
    if same {
        return;
    }
    let until = due.map_or_else(|| "by its interval".to_owned(), |due| due.to_string());
    let certificate = certificate.to_owned();
    let what = format!("calibrated {on}, due {until}");
    let command = GaugeCommand::Calibrate { on, due, certificate, as_found: None };
    planned.ask(what, Command::Gauge(id.clone(), command));
}
