//! What the columns are called and by what limits they are judged, and how many fit on the screen.

use rust_decimal::Decimal;

use crate::domain::inspection::asks::PieceAsk;
use crate::domain::quantity::{Limits, Number};
use crate::ui::speech::say;
use crate::ui::symbols::{Mark, spelled_out};

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

/// What is aimed at and how far off is good, in two lines. A number is there whole or not at all: the
/// requirement of the value that has the focus stands below the table.
pub(super) fn limits(ask: &PieceAsk) -> (String, String) {
    let Some(limits) = ask.kind.limits() else {
        let wanted = if ask.is_check() { say!("yes/no") } else { say!("go/no-go") };
        let required =
            if ask.requirement == "yes" { String::new() } else { ask.requirement.clone() };
        return (wanted.to_owned(), required);
    };
    let Limits { nominal, lower, upper, unit, .. } = limits;
    let mut told = Vec::new();
    if let (Some(nominal), Some(lower), Some(upper)) = (nominal, lower, upper) {
        let around = around(nominal, lower, upper);
        told.extend(around.map(|around| (format!("{nominal} {unit}"), around)));
    }
    match (nominal, lower, upper) {
        (_, Some(lower), Some(upper)) => {
            told.push((format!("{lower} .."), format!("{upper} {unit}")));
            told.push((format!("{lower} .."), upper.to_string()));
        }
        (_, None, Some(upper)) => {
            told.push((say!("max {upper}", upper), unit.to_string()));
            told.push((format!("≤{upper}"), unit.to_string()));
        }
        (_, Some(lower), None) => {
            told.push((say!("min {lower}", lower), unit.to_string()));
            told.push((format!("≥{lower}"), unit.to_string()));
        }
        (Some(nominal), None, None) => told.push((format!("({nominal})"), unit.to_string())),
        (None, None, None) => told.push((say!("reference").to_owned(), unit.to_string())),
    }
    let fits = |text: &str| spelled_out(text).chars().count() <= INSIDE.into();
    let whole = told.into_iter().find(|(first, second)| fits(first) && fits(second));
    whole.unwrap_or_else(|| (Mark::More.glyph(false).to_owned(), unit.to_string()))
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
