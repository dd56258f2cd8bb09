//! Judging a value against limits: exactly, rounded first, or guarded (R2, ASTM E29, ISO 14253-1).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::quantity::{Limits, Number, Quantity, Rounding, UnitMismatch, Verdict};
use super::unit::Unit;

/// A verdict and what it rested on besides value and limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What an auditor needs besides, to judge it again by hand.
    pub basis: Basis,
}

/// What a verdict rested on besides the value, the limits with their rule, and the gauge as used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What was compared, in the limits' unit, where the rule rounds first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Number>,
    /// The width of one guard band, where the rule guards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<Quantity>,
}

impl Basis {
    /// Whether value and limits say it all.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a value cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeFault {
    /// It is of another dimension.
    #[error(transparent)]
    Unit(#[from] UnitMismatch),
    /// The limit is guarded by an uncertainty that is not known.
    #[error("the gauge's uncertainty is not known, and this limit is guarded by it")]
    UncertaintyUnknown,
    /// The guard bands of both limits meet.
    #[error("a guard band of {0} leaves no value that could be accepted")]
    NoAcceptanceZone(Quantity),
}

impl Limits {
    /// Judges a value against inclusive limits, exactly, after unit conversion (R2), by the rule
    /// stated; `uncertainty` is the gauge's, expanded at k = 2.
    pub fn judge(
        &self,
        reading: &Quantity,
        uncertainty: Option<&Quantity>,
    ) -> Result<Judged, JudgeFault> {
        let mismatch = UnitMismatch { found: reading.unit, expected: self.unit };
        if reading.unit.dimension() != self.unit.dimension() {
            return Err(mismatch.into());
        }
        let base = |unit: Unit, number: Decimal| unit.to_base(number).ok_or(mismatch);
        let mut basis = Basis::default();
        let mut value = base(reading.unit, reading.number.value())?;
        if self.rule.rounding == Rounding::E29 {
            let rounded = self.rounded(value).ok_or(mismatch)?;
            value = base(self.unit, rounded.value())?;
            basis.compared = Some(rounded);
        }
        let side = |limit: &Option<Number>| {
            limit.as_ref().map(|limit| base(self.unit, limit.value())).transpose()
        };
        let (mut lower, mut upper) = (side(&self.lower)?, side(&self.upper)?);
        if let Some(factor) = &self.rule.guard {
            let (band, width) = self.band(factor, uncertainty)?;
            if let (Some(lower), Some(upper)) = (lower, upper)
                && width + width >= upper - lower
            {
                return Err(JudgeFault::NoAcceptanceZone(band));
            }
            lower = lower.map(|lower| lower + width);
            upper = upper.map(|upper| upper - width);
            basis.band = Some(band);
        }
        let left = [lower.map(|lower| value - lower), upper.map(|upper| upper - value)];
        let least = left.into_iter().flatten().min();
        let marginal = side(&self.rule.marginal)?;
        let verdict = match least {
            Some(left) if left.is_sign_negative() && !left.is_zero() => Verdict::Fail,
            Some(left) if marginal.is_some_and(|marginal| left < marginal) => Verdict::Marginal,
            Some(_) | None => Verdict::Pass,
        };
        Ok(Judged { verdict, basis })
    }

    /// Rounds a value in the base unit half to even to the last place of the limits.
    fn rounded(&self, value: Decimal) -> Option<Number> {
        let places = [&self.lower, &self.upper].into_iter().flatten();
        let places = places.map(|limit| limit.value().scale()).max().unwrap_or(0);
        let one = self.unit.to_base(Decimal::ONE)?;
        let own = value.checked_div(one)?;
        let mut rounded = own.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven);
        rounded.rescale(places);
        Number::parse(&rounded.to_string()).ok()
    }

    /// The guard band w = r·U as stated and in the base unit.
    fn band(
        &self,
        factor: &Number,
        uncertainty: Option<&Quantity>,
    ) -> Result<(Quantity, Decimal), JudgeFault> {
        let known = uncertainty.filter(|u| u.unit.dimension() == self.unit.dimension());
        let known = known.ok_or(JudgeFault::UncertaintyUnknown)?;
        let width = factor.value().checked_mul(known.number.value());
        // More digits than any certificate states are as good as none.
        let number = width.and_then(|width| Number::parse(&width.normalize().to_string()).ok());
        let number = number.ok_or(JudgeFault::UncertaintyUnknown)?;
        let base = known.unit.to_base(number.value()).ok_or(JudgeFault::UncertaintyUnknown)?;
        Ok((Quantity { number, unit: known.unit }, base))
    }
}

/// Tells whether an entry is finer than what a gauge shows: more decimals, or between two steps.
pub fn finer_than(reading: &Quantity, resolution: &Quantity) -> bool {
    if reading.unit.dimension() != resolution.unit.dimension() {
        return false;
    }
    let (value, step) = (reading.number.value(), resolution.number.value());
    if reading.unit == resolution.unit && value.scale() > step.scale() {
        return true;
    }
    let base = (reading.unit.to_base(value), resolution.unit.to_base(step));
    let (Some(value), Some(step)) = base else { return false };
    value.checked_rem(step).is_some_and(|rest| !rest.is_zero())
}
