//! Values as people and files write them.

use super::fact::ReadingValue;
use crate::domain::quantity::{QuantityError, number_and_unit};
use crate::domain::specification::CharacteristicKind;
use crate::domain::unit::Unit;

/// Reads one value as typed: a number with or without its unit, or whether an attribute conforms.
/// A number without one is in the unit at hand (what its gauge shows, or what the value before it
/// was in), else in that of the limits, as at the terminal.
pub fn value(
    text: &str,
    kind: &CharacteristicKind,
    at_hand: Option<Unit>,
) -> Result<ReadingValue, String> {
    let Some(limits) = kind.limits() else {
        let conforms = answer(text).ok_or("answer go or no-go, yes or no")?;
        return Ok(ReadingValue::Conforms(conforms));
    };
    let usual = limits.unit.usual(at_hand);
    let (number, named) = number_and_unit(text).map_err(|error| match error {
        QuantityError::Unit(_) => format!("{error}: write {usual}"),
        QuantityError::Number(_) => error.to_string(),
    })?;
    Ok(ReadingValue::Number { number, unit: named.unwrap_or(usual) })
}

/// Reads yes or no, in the words of each language that the screens speak.
pub fn answer(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "go" | "pass" | "ok" | "true" | "ja" | "j" | "io" => Some(true),
        "no" | "n" | "no-go" | "nogo" | "fail" | "false" | "nein" | "nio" => Some(false),
        _ => None,
    }
}
