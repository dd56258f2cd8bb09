//! What the columns are called and by what limits they are judged, and how many fit on the screen.

use rust_decimal::Decimal;

use crate::domain::inspection::asks::PieceAsk;
use crate::domain::quantity::{Limits, Number};
use crate::ui::speech::say;

/// Cells before the first column.
pub(super) const LABEL: u16 = 9;
/// Cells of a column.
pub(super) const COLUMN: u16 = 11;
/// Cells of a column that are drawn in.
pub(super) const INSIDE: u16 = COLUMN - 1;
/// The line of the column heads.
pub(super) const HEADS: u16 = 3;
/// Lines of the column heads: name, nominal, limits, gauge.
const HEAD_LINES: u16 = 4;
/// Lines below the rows: summaries, progress, what has the focus, rule, message and keys.
const BELOW: u16 = 8;

/// How much of the grid a screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Rows of pieces.
    pub(super) rows: usize,
    /// Columns of values.
    pub(super) columns: usize,
    /// The line of the first row.
    pub(super) top: u16,
}

impl Shape {
    /// How much a screen of so many columns and lines shows.
    pub(super) fn of((width, height): (u16, u16)) -> Self {
        let top = HEADS + HEAD_LINES;
        let rows = height.saturating_sub(top + BELOW).max(1);
        let columns = (width.saturating_sub(LABEL) / COLUMN).max(1);
        Self { rows: rows.into(), columns: columns.into(), top }
    }
}

/// A column's name, with its balloon or its number.
pub(super) fn name(ask: &PieceAsk, number: u16) -> String {
    let number = ask.balloon.clone().unwrap_or_else(|| number.to_string());
    format!("{number} {}", ask.name)
}

/// What is aimed at and how far off is good, in two lines.
pub(super) fn limits(ask: &PieceAsk) -> (String, String) {
    let Some(limits) = ask.kind.limits() else {
        let wanted = if ask.is_check() { say!("yes/no") } else { say!("go/no-go") };
        let required =
            if ask.requirement == "yes" { String::new() } else { ask.requirement.clone() };
        return (wanted.to_owned(), required);
    };
    let Limits { nominal, lower, upper, unit, .. } = limits;
    match (nominal, lower, upper) {
        (Some(nominal), Some(lower), Some(upper)) => {
            let around = around(nominal, lower, upper).unwrap_or_default();
            (format!("{nominal} {unit}"), around)
        }
        (_, Some(lower), Some(upper)) => (format!("{lower} .."), format!("{upper} {unit}")),
        (_, None, Some(upper)) => (say!("max {upper}", upper), unit.to_string()),
        (_, Some(lower), None) => (say!("min {lower}", lower), unit.to_string()),
        (Some(nominal), None, None) => (format!("({nominal})"), unit.to_string()),
        (None, None, None) => (say!("reference").to_owned(), unit.to_string()),
    }
}

/// `±0.10`, `-0.013/0`; none where the numbers are too long to be told apart.
fn around(nominal: &Number, lower: &Number, upper: &Number) -> Option<String> {
    let low = lower.value().checked_sub(nominal.value())?;
    let high = upper.value().checked_sub(nominal.value())?;
    if low.is_sign_negative() && low.abs() == high {
        return Some(format!("±{high}"));
    }
    let signed = |value: Decimal| match value.is_zero() {
        true => "0".to_owned(),
        false if value.is_sign_negative() => value.to_string(),
        false => format!("+{value}"),
    };
    Some(format!("{}/{}", signed(low), signed(high)))
}

/// How many decimals the limits of a column have.
pub(super) fn decimals(ask: &PieceAsk) -> usize {
    let limits = ask.kind.limits();
    let numbers = limits
        .into_iter()
        .flat_map(|limits| [&limits.nominal, &limits.lower, &limits.upper].into_iter().flatten());
    numbers.map(|number| places(number.text())).max().unwrap_or(0)
}

/// How many decimals a number is written with.
pub(super) fn places(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, places)| places.len())
}
