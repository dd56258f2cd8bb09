//! Requirements as drawn (`25 ±2 N·m`, `max 0.8 µm`) and durations (`20 min`), exact.

use rust_decimal::Decimal;

use super::code::Code;
use super::entries::shorten;
use super::finding::Notes;
use crate::domain::nearest::suggest;
use crate::domain::quantity::{
    DecisionRule, Limits, Number, NumberError, Quantity, number_and_rest,
};
use crate::domain::unit::Unit;

const NEXT: &str = "write it like 25 ±2 N·m, 0.00 .. 0.05 mm, 19.000 +0.020/-0.010 mm, max 0.8 µm";

/// The values of a requirement; the unit is what stands behind the last number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bounds<'t> {
    pub(super) nominal: Option<Number>,
    pub(super) lower: Option<Number>,
    pub(super) upper: Option<Number>,
    pub(super) unit: &'t str,
}

/// Why a requirement is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BoundsFault {
    /// It has none of the forms.
    Form,
    /// A number in it is none.
    Number(String, NumberError),
}

/// Reads the forms of a requirement; decimals as written set those of the limits.
pub(super) fn read_bounds(text: &str) -> Result<Bounds<'_>, BoundsFault> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("max ") {
        let (number, unit) = number_and_unit(rest)?;
        return Ok(Bounds { nominal: None, lower: None, upper: Some(number), unit });
    }
    if let Some(rest) = text.strip_prefix("min ") {
        let (number, unit) = number_and_unit(rest)?;
        return Ok(Bounds { nominal: None, lower: Some(number), upper: None, unit });
    }
    if let Some((lower, rest)) = text.split_once("..") {
        let (upper, unit) = number_and_unit(rest)?;
        return Ok(Bounds { nominal: None, lower: Some(number(lower)?), upper: Some(upper), unit });
    }
    if let Some((nominal, rest)) = text.split_once('±').or_else(|| text.split_once("+/-")) {
        let nominal = number(nominal)?;
        let (width, unit) = number_and_unit(rest)?;
        let lower = shifted(&nominal, -width.value())?;
        let upper = shifted(&nominal, width.value())?;
        return Ok(Bounds { nominal: Some(nominal), lower: Some(lower), upper: Some(upper), unit });
    }
    let Some((over, rest)) = text.split_once('/') else { return Err(BoundsFault::Form) };
    let Some((nominal, over)) = over.trim().rsplit_once(char::is_whitespace) else {
        return Err(BoundsFault::Form);
    };
    let signed = |text: &str| text.trim_start().starts_with(['+', '-']);
    if !signed(over) || !signed(rest) {
        return Err(BoundsFault::Form);
    }
    let nominal = number(nominal)?;
    let (under, unit) = number_and_unit(rest)?;
    let lower = shifted(&nominal, under.value())?;
    let upper = shifted(&nominal, number(over)?.value())?;
    Ok(Bounds { nominal: Some(nominal), lower: Some(lower), upper: Some(upper), unit })
}

fn number(text: &str) -> Result<Number, BoundsFault> {
    Number::parse(text).map_err(|fault| {
        // What does not even begin like a number is a form that nobody knows.
        if text
            .trim()
            .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ','))
        {
            BoundsFault::Number(text.trim().to_owned(), fault)
        } else {
            BoundsFault::Form
        }
    })
}

fn number_and_unit(text: &str) -> Result<(Number, &str), BoundsFault> {
    let (digits, unit) = number_and_rest(text);
    Ok((number(digits)?, unit))
}

/// The sum keeps the greater number of decimals, as written.
fn shifted(nominal: &Number, by: Decimal) -> Result<Number, BoundsFault> {
    let too_long = || BoundsFault::Number(nominal.text().to_owned(), NumberError::TooLong);
    let sum = nominal.value().checked_add(by).ok_or_else(too_long)?;
    Number::parse(&sum.to_string()).map_err(|_| too_long())
}

/// Reads the limits of a value measured in process, unit included.
pub(super) fn read_limits(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<Limits> {
    let bounds = match read_bounds(text) {
        Ok(bounds) => bounds,
        Err(BoundsFault::Form) => {
            let what = format!("requirement \"{}\"", shorten(text));
            notes.add(at, Code::BadRequirement, &what, NEXT);
            return None;
        }
        Err(BoundsFault::Number(number, fault)) => {
            let what = format!("\"{}\" is {}", shorten(&number), number_words(fault));
            notes.add(at, Code::BadNumber, &what, number_next(fault));
            return None;
        }
    };
    let unit = read_unit(bounds.unit, at, notes)?;
    let Bounds { nominal, lower, upper, .. } = bounds;
    let limits = Limits { nominal, lower, upper, unit, rule: DecisionRule::default() };
    in_order(&limits, at, notes).then_some(limits)
}

/// Tells whether the lower limit is not above the upper one, or notes that it is.
pub(super) fn in_order(limits: &Limits, at: usize, notes: &mut Notes<'_>) -> bool {
    let (Some(lower), Some(upper)) = (&limits.lower, &limits.upper) else { return true };
    let right = lower.value() <= upper.value();
    if !right {
        let what = format!("lower limit {lower} above upper limit {upper}");
        notes.add(at, Code::LimitsInverted, &what, "exchange them");
    }
    right
}

/// Reads a unit of the table, or notes that it is missing or unknown.
pub(super) fn read_unit(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<Unit> {
    if text.is_empty() {
        notes.add(at, Code::UnitMissing, "no unit", "write the unit, such as mm");
        return None;
    }
    let unit = Unit::parse(text);
    if unit.is_none() {
        let symbols: Vec<&str> = Unit::symbols().collect();
        let near = suggest(text, symbols);
        notes.add(at, Code::UnitUnknown, &format!("unknown unit \"{}\"", shorten(text)), &near);
    }
    unit
}

/// Reads a number, or notes why it is none.
pub(super) fn read_number(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<Number> {
    match Number::parse(text) {
        Ok(number) => Some(number),
        Err(fault) => {
            let what = format!("\"{}\" is {}", shorten(text), number_words(fault));
            notes.add(at, Code::BadNumber, &what, number_next(fault));
            None
        }
    }
}

fn number_words(fault: NumberError) -> &'static str {
    match fault {
        NumberError::Empty => "no number",
        NumberError::NotANumber => "not a number",
        NumberError::AmbiguousComma => "either thousands or decimals",
        NumberError::TooLong => "too long",
    }
}

fn number_next(fault: NumberError) -> &'static str {
    match fault {
        NumberError::Empty | NumberError::NotANumber => "write digits with one decimal point",
        NumberError::AmbiguousComma => "write it with a decimal point",
        NumberError::TooLong => "write at most 15 digits",
    }
}

/// Reads a number with its unit, such as `25 N·m`, or notes why it is none.
pub(super) fn read_quantity(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<Quantity> {
    let (digits, unit) = number_and_rest(text);
    let number = read_number(if digits.is_empty() { text } else { digits }, at, notes)?;
    let unit = read_unit(unit, at, notes)?;
    Some(Quantity { number, unit })
}

/// Reads a duration in whole seconds, or notes why it is none.
pub(super) fn read_seconds(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<u32> {
    let found = seconds(text);
    if found.is_none() {
        let what = format!("duration \"{}\"", shorten(text));
        notes.add(at, Code::BadDuration, &what, "write it like 30 s, 20 min, 2 h or 1 d");
    }
    found
}

fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = number_and_unit(text).ok()?;
    let factor = match unit {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = number.value().checked_mul(Decimal::from(factor))?;
    (seconds.fract().is_zero() && seconds > Decimal::ZERO).then_some(seconds)?.try_into().ok()
}
