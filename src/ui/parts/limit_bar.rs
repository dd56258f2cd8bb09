//! A value between its limits, as a bar.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::domain::quantity::{Limits, Number, Quantity, Verdict};
use crate::domain::unit::Unit;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};
use super::words::verdict_mark;

/// Cells between the two ends.
const INNER: u16 = 28;

/// A value to show on a bar.
#[derive(Debug, Clone, Copy)]
pub struct OnBar<'a> {
    /// As read.
    pub number: &'a Number,
    /// Its unit.
    pub unit: Unit,
    /// Its judgement.
    pub verdict: Option<Verdict>,
    /// The guard band by which it was judged, where there is one.
    pub band: Option<&'a Quantity>,
}

/// Draws the bar with its ends and the value on it; tells the column after it.
pub fn view(canvas: &mut Canvas<'_>, at: At, limits: &Limits, value: Option<OnBar<'_>>) -> u16 {
    let (lower, upper) = match (&limits.lower, &limits.upper, &limits.nominal) {
        (Some(lower), Some(upper), _) => (lower, upper),
        (None, Some(upper), Some(nominal)) if nominal.value() < upper.value() => (nominal, upper),
        (Some(lower), None, Some(nominal)) if lower.value() < nominal.value() => (lower, nominal),
        (lower, upper, _) => return one_sided(canvas, at, (lower.as_ref(), upper.as_ref())),
    };
    let y = at.1;
    let x = canvas.put(at, lower.text(), Role::Plain) + 1;
    let left = x + 1;
    let mut end = canvas.mark((left, y), Mark::BarLeft, Role::Muted);
    let band = value.and_then(|value| value.band);
    for step in 1..=INNER {
        let (mark, role) = match zone(limits, (lower, upper), band, step) {
            Some(Zone::Marginal) => (Mark::BarMarginal, Role::Warn),
            Some(Zone::Guard) => (Mark::BarGuard, Role::Fail),
            None => (Mark::Line, Role::Muted),
        };
        end = canvas.mark((end, y), mark, role);
    }
    end = canvas.mark((end, y), Mark::BarRight, Role::Muted);
    if let Some(value) = value
        && let Some(cell) = cell(limits.unit, (lower, upper), value)
    {
        let (mark, role) = match value.verdict {
            Some(verdict) => (verdict_mark(verdict).0, verdict_mark(verdict).1),
            None => (Mark::Dot, Role::Accent),
        };
        let mark = if mark == Mark::Pass { Mark::Dot } else { mark };
        canvas.mark((left + cell - 1, y), mark, role);
    }
    canvas.put((end + 1, y), upper.text(), Role::Plain)
}

/// Where a value within the limits does not simply pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Close to a limit.
    Marginal,
    /// Within the guard band of a limit.
    Guard,
}

/// In which zone the value of a cell between the ends lies, by the nearest limit.
fn zone(
    limits: &Limits,
    (lower, upper): (&Number, &Number),
    band: Option<&Quantity>,
    step: u16,
) -> Option<Zone> {
    let base = |number: &Number| limits.unit.to_base(number.value());
    let (low, high) = (base(lower)?, base(upper)?);
    let part = Decimal::from(step).checked_div(Decimal::from(INNER + 1))?;
    let value = low + (high - low).checked_mul(part)?;
    let left = limits.lower.as_ref().map(|_| value - low);
    let right = limits.upper.as_ref().map(|_| high - value);
    let nearest = left.into_iter().chain(right).min()?;
    let band = band.and_then(|band| band.unit.to_base(band.number.value())).unwrap_or_default();
    let marginal = limits.rule.marginal.as_ref().and_then(base).unwrap_or_default();
    if nearest < band {
        return Some(Zone::Guard);
    }
    (nearest - band < marginal).then_some(Zone::Marginal)
}

fn one_sided(
    canvas: &mut Canvas<'_>,
    at: At,
    (lower, upper): (Option<&Number>, Option<&Number>),
) -> u16 {
    match (lower, upper) {
        (Some(lower), _) => canvas.put(at, &say!("at least {lower}", lower), Role::Plain),
        (None, Some(upper)) => canvas.put(at, &say!("at most {upper}", upper), Role::Plain),
        (None, None) => at.0,
    }
}

/// The cell of a value: 0 left of the bar, 1 and the last on its ends, one more right of it.
fn cell(unit: Unit, (lower, upper): (&Number, &Number), value: OnBar<'_>) -> Option<u16> {
    let low = unit.to_base(lower.value())?;
    let high = unit.to_base(upper.value())?;
    let value = value.unit.to_base(value.number.value())?;
    if value < low {
        return Some(0);
    }
    if value > high {
        return Some(INNER + 3);
    }
    let steps = (value - low).checked_mul(Decimal::from(INNER + 1))?.checked_div(high - low)?;
    steps.round().to_u16().map(|steps| steps + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quantity::DecisionRule;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    /// The zones of a bar as it is drawn.
    fn zones(lower: Option<&str>, upper: &str, band: Option<&str>) -> String {
        let unit = Unit::parse("mm").unwrap();
        let rule = DecisionRule { marginal: Some(number("1")), ..DecisionRule::default() };
        let (low, upper) = (lower.map(number), Some(number(upper)));
        let limits = Limits { nominal: None, lower: low, upper, unit, rule };
        let band = band.map(|text| Quantity { number: number(text), unit });
        let ends = (&number(lower.unwrap_or("0")), limits.upper.as_ref().unwrap());
        let cells = (1..=INNER).map(|step| match zone(&limits, ends, band.as_ref(), step) {
            Some(Zone::Marginal) => ':',
            Some(Zone::Guard) => '/',
            None => '-',
        });
        cells.collect()
    }

    #[test]
    fn the_zones_stand_at_the_limits_that_are_stated() {
        assert_eq!(zones(Some("0"), "10", None), format!("::{}::", "-".repeat(24)));
        assert_eq!(zones(None, "10", None), format!("{}::", "-".repeat(26)));
        let guarded = format!("//:::{}::://", "-".repeat(18));
        assert_eq!(zones(Some("0"), "10", Some("0.8")), guarded);
    }

    #[test]
    fn a_reading_in_another_unit_stands_where_its_value_in_the_unit_of_the_limits_does() {
        let (mm, inch) = (Unit::parse("mm").unwrap(), Unit::parse("in").unwrap());
        let place = |text: &str, unit: Unit| {
            let read = number(text);
            let value = OnBar { number: &read, unit, verdict: None, band: None };
            cell(mm, (&number("24.4"), &number("26.4")), value)
        };
        assert_eq!(place("1.000", inch), place("25.4", mm));
        assert_eq!(place("1.000", inch), Some(15));
        assert_eq!(place("0.9", inch), Some(0));
        assert_eq!(place("25.4", inch), Some(INNER + 3));
    }
}
