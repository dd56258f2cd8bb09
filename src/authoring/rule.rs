//! Rules of measuring: `marginal`, `rounding`, `guard` beside limits, and `sample`.

use rust_decimal::Decimal;

use super::code::Code;
use super::entries::{read_word, shorten};
use super::finding::Notes;
use super::requirement::read_number;
use crate::domain::quantity::{DecisionRule, Limits, Number, Rounding};
use crate::domain::sampling::Sampling;

/// A word of a source and where it stands.
pub(super) type Word<'t> = Option<(&'t str, usize)>;

/// The greatest guard factor: with more, a certificate is misread as a factor.
const GUARD_MAX: u32 = 2;

/// Reads the rule that stands beside limits, or notes what is wrong with it.
pub(super) fn read_rule(
    [marginal, rounding, guard]: [Word<'_>; 3],
    limits: Limits,
    notes: &mut Notes<'_>,
) -> Option<Limits> {
    let before = notes.errors();
    let marginal = marginal.and_then(|(text, at)| read_marginal((text, at), &limits, notes));
    let method = rounding
        .and_then(|word| read_word(word, &Rounding::WORDS, Code::WordUnknown, notes))
        .unwrap_or_default();
    let factor = guard.and_then(|(text, at)| read_guard((text, at), notes));
    if method == Rounding::E29
        && let Some((_, at)) = guard
    {
        let next = "take one out: what is rounded first cannot be guarded";
        notes.add(at, Code::KeysExclude, "\"guard\" beside \"rounding\" E29", next);
    }
    let rule = DecisionRule { marginal, rounding: method, guard: factor };
    (notes.errors() == before).then_some(Limits { rule, ..limits })
}

/// A distance in the unit of the limits, or a part of the tolerance width.
fn read_marginal(
    (text, at): (&str, usize),
    limits: &Limits,
    notes: &mut Notes<'_>,
) -> Option<Number> {
    let width = match (&limits.lower, &limits.upper) {
        (Some(lower), Some(upper)) => Some(upper.value() - lower.value()),
        (None, _) | (_, None) => None,
    };
    let mut wrong = |next: &str| {
        let what = format!("marginal \"{}\"", shorten(text));
        notes.add(at, Code::BadMarginal, &what, next);
    };
    let distance = if let Some(percent) = text.strip_suffix('%') {
        let Some(width) = width else {
            wrong("write a distance: with one limit there is no width to take a part of");
            return None;
        };
        let percent = read_number(percent.trim(), at, notes)?;
        let part = percent.value().checked_mul(width)?.checked_div(Decimal::ONE_HUNDRED)?;
        Number::parse(&part.normalize().to_string()).ok()?
    } else {
        read_number(text, at, notes)?
    };
    let mut wrong = |next: &str| {
        let what = format!("marginal \"{}\"", shorten(text));
        notes.add(at, Code::BadMarginal, &what, next);
    };
    if distance.value() <= Decimal::ZERO {
        wrong("write a distance above 0, or nothing");
        return None;
    }
    if width.is_some_and(|width| distance.value() * Decimal::TWO >= width) {
        wrong("write less than half of the tolerance width, or every value is marginal");
        return None;
    }
    Some(distance)
}

/// How many times the expanded uncertainty.
fn read_guard((text, at): (&str, usize), notes: &mut Notes<'_>) -> Option<Number> {
    let factor = read_number(text, at, notes)?;
    let fits = factor.value() > Decimal::ZERO && factor.value() <= Decimal::from(GUARD_MAX);
    if !fits {
        let what = format!("guard \"{}\"", shorten(text));
        let next = "write the factor r of w = r·U, above 0 and at most 2, such as 1";
        notes.add(at, Code::BadGuard, &what, next);
    }
    fits.then_some(factor)
}

/// On which units something is measured.
pub(super) fn read_sampling((text, at): (&str, usize), notes: &mut Notes<'_>) -> Option<Sampling> {
    Sampling::parse(text)
        .map_err(|error| {
            let what = format!("sample \"{}\"", shorten(text));
            notes.add(at, Code::BadSampling, &what, &error.to_string());
        })
        .ok()
}
