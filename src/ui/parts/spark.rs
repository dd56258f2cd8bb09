//! Values one after another as a row of bars.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// From little to much: symbols, and their ASCII.
const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const PLAIN: [&str; 8] = ["_", "-", "~", "=", "+", "*", "%", "#"];

/// The bar of a value between two ends; the lowest or the highest beyond them.
pub fn bar(value: Decimal, (low, high): (Decimal, Decimal), ascii: bool) -> &'static str {
    let levels = if ascii { &PLAIN } else { &LEVELS };
    let steps = Decimal::from(levels.len());
    let part = || {
        let (over, span) = (value.checked_sub(low)?, high.checked_sub(low)?);
        over.checked_mul(steps)?.checked_div(span)
    };
    let level = part().map_or(Decimal::ZERO, |part| part.floor());
    let level = level.clamp(Decimal::ZERO, steps - Decimal::ONE).to_usize().unwrap_or(0);
    levels.get(level).copied().unwrap_or_default()
}
