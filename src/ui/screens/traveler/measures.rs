//! The rows of a measure: requirement, samples, the limit bar with the last value, the field.

use rust_decimal::Decimal;

use crate::domain::instruction::Measure;
use crate::domain::quantity::{Limits, Number, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::state::{Attempt, Reading, RecordedWhat};
use crate::domain::unit::Unit;
use crate::ui::parts::limit_bar::OnBar;
use crate::ui::parts::prose::Line;
use crate::ui::parts::spark;
use crate::ui::parts::words::verdict_mark;
use crate::ui::screens::recording::{gauge_words, reading_unit};
use crate::ui::screens::told;
use crate::ui::speech::{say, tell};
use crate::ui::symbols::{Mark, drawn};
use crate::ui::theme::Role;

use super::asks::{Around, Place, Row};
use super::view::line;
use crate::views::traveler::Lately;

/// Fewer values make no chart.
const LATELY_MIN: usize = 3;
/// Cells of one sample.
const SAMPLE_CELLS: u16 = 13;
/// Corrections shown beside the samples.
const CORRECTIONS_MAX: usize = 2;
/// Cells that a gauge with its due date takes at least.
const GAUGE_CELLS: usize = 18;

/// Whether a characteristic is recorded by yes or no.
pub(super) fn is_attribute(kind: &CharacteristicKind) -> bool {
    matches!(kind, CharacteristicKind::Attribute)
}

pub(super) fn measure_rows<'a>(
    measure: &'a Measure,
    place: Place<'a>,
    around: Around<'_>,
) -> Vec<Row<'a>> {
    let (world, cells, ascii) = around;
    let gauge = gauge_words(measure.gauge.as_ref(), world);
    let mut out = head_rows(measure, gauge, (cells, ascii));
    if let Some(decided) = place.decided {
        let (mark, role) = if decided.sampled {
            (Mark::Arrow, Role::Accent)
        } else {
            (Mark::Skipped, Role::Muted)
        };
        out.push(line(format!("{} {}", mark.glyph(ascii), told::sampled(decided)), role));
        if !decided.sampled && place.sample.is_none() && !place.any_recorded() {
            return out;
        }
    }
    out.extend(sample_rows(measure, place, (cells, ascii)));
    let last = place.attempt.and_then(|attempt| {
        attempt.readings().filter(|(entry, _)| entry.ask == place.number).last()
    });
    if let Some((_, reading)) = last {
        out.extend(correction_rows(place));
        out.extend(permit_rows(place));
        out.extend(bar(&measure.kind, reading));
        // What others measured is no help before all of them are recorded.
        if place.sample.is_none() {
            out.extend(lately_row(&measure.kind, place.lately, ascii));
        }
    } else if let Some(limits) = limits(&measure.kind) {
        let unit = reading_unit(measure.gauge.as_ref(), limits.unit, world);
        let told = if unit == limits.unit { String::new() } else { limits.unit.to_string() };
        out.push(Row::Bar(limits, None, Line::of(told, Role::Accent)));
    }
    if let Some(sample) = place.sample {
        out.push(line("", Role::Plain));
        let mark = Mark::Now.glyph(ascii);
        let of = if measure.count > 1 {
            say!("{sample} of {count}", sample, count = measure.count)
        } else {
            say!("value").to_owned()
        };
        if is_attribute(&measure.kind) {
            let text = say!("{mark} {of}   1 conforms   2 does not", mark, of);
            out.push(Row::Cursor(Line::of(text, Role::Focus)));
        } else if let Some(limits) = limits(&measure.kind) {
            let unit = reading_unit(measure.gauge.as_ref(), limits.unit, world);
            out.push(Row::Field(format!("{mark} {of}"), unit.to_string()));
        }
    }
    out
}

/// Balloon, name, requirement, class; the gauge at the right where there is room, else below, so
/// that choosing one moves no row.
pub(super) fn head_rows(
    measure: &Measure,
    gauge: Option<(String, Role)>,
    (cells, ascii): (u16, bool),
) -> Vec<Row<'static>> {
    let balloon = measure.balloon.as_ref().map_or(String::new(), |b| format!("{b}  "));
    let class = measure.class.map_or("", |class| say!(class.word()));
    let requirement = (format!("{}   ", measure.requirement), Role::Plain);
    let head = Line(vec![
        (format!("{balloon}{}   ", measure.name), Role::Title),
        requirement,
        (class.to_owned(), Role::Muted),
    ]);
    let Some((gauge, role)) = gauge else { return vec![Row::Text(head)] };
    let used: usize = head.0.iter().map(|(text, _)| drawn(text, ascii)).sum();
    let needed = GAUGE_CELLS.max(drawn(&gauge, ascii) + 2);
    if used + needed <= usize::from(cells) {
        return vec![Row::Ends(head, gauge, role)];
    }
    vec![Row::Text(head), line(say!("gauge: {gauge}", gauge), role)]
}

fn sample_rows<'a>(
    measure: &Measure,
    place: Place<'_>,
    (cells, ascii): (u16, bool),
) -> Vec<Row<'a>> {
    if measure.count == 1 {
        return Vec::new();
    }
    let per_row = (cells / SAMPLE_CELLS).max(1);
    let open = place.sample.unwrap_or(1) - 1;
    let from = if measure.count <= 2 * per_row { 0 } else { open / (2 * per_row) * 2 * per_row };
    let to = (from + 2 * per_row).min(measure.count);
    let mut rows = Vec::new();
    for row in (from..to).step_by(usize::from(per_row)) {
        let mut runs = Vec::new();
        for sample in row + 1..=(row + per_row).min(to) {
            let (text, role) = sample_text(place, sample, ascii);
            let gap = usize::from(SAMPLE_CELLS).saturating_sub(drawn(&text, ascii));
            runs.push((text, role));
            runs.push((" ".repeat(gap), Role::Plain));
        }
        rows.push(Row::Text(Line(runs)));
    }
    rows
}

fn sample_text(place: Place<'_>, sample: u16, ascii: bool) -> (String, Role) {
    let Some(RecordedWhat::Reading(reading)) = place.recorded(sample) else {
        return (format!("{sample}: {}", Mark::Unset.glyph(ascii)), Role::Muted);
    };
    let value = match reading.value() {
        ReadingValue::Number { number, .. } => number.text().to_owned(),
        ReadingValue::Conforms(yes) => told::answer(*yes).to_owned(),
    };
    match reading.verdict().map(verdict_mark) {
        Some((mark, Role::Ok, _)) => {
            (format!("{sample}: {value} {}", mark.glyph(ascii)), Role::Plain)
        }
        Some((mark, role, _)) => (format!("{sample}: {value} {}", mark.glyph(ascii)), role),
        None => (format!("{sample}: {value}"), Role::Plain),
    }
}

/// What was measured lately as a chart, where it says anything: each value between the limits, or between
/// the least and the most where there is one limit.
fn lately_row(kind: &CharacteristicKind, lately: &[Lately], ascii: bool) -> Option<Row<'static>> {
    let limits = limits(kind)?;
    let base = |value: &Lately| {
        let alike = value.unit.dimension() == limits.unit.dimension();
        alike.then(|| value.unit.to_base(value.number.value()))?
    };
    let values: Vec<(Decimal, Option<Verdict>)> =
        lately.iter().filter_map(|value| Some((base(value)?, value.verdict))).collect();
    if values.len() < LATELY_MIN {
        return None;
    }
    let limit = |limit: &Option<Number>| limits.unit.to_base(limit.as_ref()?.value());
    let ends = if let (Some(low), Some(high)) = (limit(&limits.lower), limit(&limits.upper)) {
        (low, high)
    } else {
        let values = || values.iter().map(|(value, _)| *value);
        (values().min()?, values().max()?)
    };
    let mut runs = vec![(format!("{}  ", say!("lately")), Role::Muted)];
    for (value, verdict) in values {
        let (text, role) = match verdict.map(verdict_mark) {
            Some((mark @ (Mark::Fail | Mark::Warn), role, _)) => (mark.glyph(ascii), role),
            Some((_, role, _)) => (spark::bar(value, ends, ascii), role),
            None => (spark::bar(value, ends, ascii), Role::Plain),
        };
        runs.push((text.to_owned(), role));
    }
    Some(Row::Chart(Line(runs)))
}

/// What was corrected stays visible with what it became (R3).
fn correction_rows(place: Place<'_>) -> Vec<Row<'static>> {
    let entries = place.attempt.into_iter().flat_map(Attempt::readings);
    let mut rows = Vec::new();
    for (entry, reading) in entries.filter(|(entry, _)| entry.ask == place.number) {
        if let Some(last) = reading.corrections.last() {
            let (first, now) = (told::value(&reading.taken.value), told::value(&last.value));
            let (sample, reason) = (entry.sample, &last.reason);
            let text =
                say!("{sample}: {first} corrected to {now} ({reason})", sample, first, now, reason);
            rows.push(line(text, Role::Muted));
        }
    }
    // The last ones; the trace shows them all.
    rows.split_off(rows.len().saturating_sub(CORRECTIONS_MAX))
}

/// By which permit a failing value goes on stays visible beside its verdict (R4).
fn permit_rows(place: Place<'_>) -> Vec<Row<'static>> {
    let entries = place.attempt.into_iter().flat_map(Attempt::readings);
    let here = entries.filter(|(entry, _)| entry.ask == place.number);
    let mut rows: Vec<Row<'static>> = here
        .filter_map(|(entry, reading)| {
            let permit = tell(&reading.permit()?.what.words());
            let text = say!("{sample}: Fail, {permit}", sample = entry.sample, permit);
            Some(line(text, Role::Fail))
        })
        .collect();
    rows.split_off(rows.len().saturating_sub(CORRECTIONS_MAX))
}

/// The limits of a kind that has them.
pub(super) fn limits(kind: &CharacteristicKind) -> Option<&Limits> {
    match kind {
        CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits) => {
            Some(limits)
        }
        CharacteristicKind::Attribute => None,
    }
}

/// The bar of a reading with its verdict in words; a reading in another unit than its limits is
/// told in both.
pub(super) fn bar<'a>(kind: &'a CharacteristicKind, reading: &'a Reading) -> Vec<Row<'a>> {
    let Some(limits) = limits(kind) else { return Vec::new() };
    let ReadingValue::Number { number, unit } = reading.value() else { return Vec::new() };
    let verdict = reading.verdict();
    let tail = match verdict {
        Some(verdict) => {
            let (_, role, word) = verdict_mark(verdict);
            // In another unit the value stands below, with what it is in that of the limits.
            let value = if *unit == limits.unit { format!("{number} ") } else { String::new() };
            Line::of(format!("{value}{}", say!(word)), role)
        }
        None => Line::of(number.text(), Role::Plain),
    };
    let band = reading.taken.basis.as_ref().and_then(|basis| basis.band.as_ref());
    let mut rows = vec![Row::Bar(limits, Some(OnBar { number, unit: *unit, verdict, band }), tail)];
    if *unit != limits.unit
        && let Some(told) = told_in(limits.unit, number.value(), *unit)
    {
        let limit = limits.unit;
        let text = say!(
            "{number} {unit} {told} {limit}; the limits are in {limit}",
            number,
            unit,
            told,
            limit
        );
        rows.push(line(text, Role::Accent));
    }
    rows
}

/// What a value is in another unit: exact where that has an end.
fn told_in(unit: Unit, value: Decimal, of: Unit) -> Option<String> {
    let base = of.to_base(value)?;
    let exact = unit.of_base(base).map(|exact| format!("= {exact}"));
    exact.or_else(|| Some(say!("is about {value}", value = unit.about(base)?)))
}

/// Whether a reading stands outside its limits.
pub(super) fn fails(reading: &Reading) -> bool {
    reading.verdict() == Some(Verdict::Fail)
}
