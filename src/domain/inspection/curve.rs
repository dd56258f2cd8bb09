//! The operating characteristic of a plan: how often lots of some quality are accepted.

use super::chance::{binomial, hypergeometric, poisson};
use super::plan::SinglePlan;

/// What the pieces are drawn from, and what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Nonconforming pieces of a stream of lots from one process.
    Stream,
    /// Nonconformities, of which a piece may have several.
    Count,
    /// Nonconforming pieces of one lot of this size, and no other.
    Lot(u32),
}

impl Basis {
    /// The distribution's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stream => "binomial",
            Self::Count => "poisson",
            Self::Lot(_) => "hypergeometric",
        }
    }
}

/// A quality and how often a lot of it is accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Per cent nonconforming, or nonconformities per 100 pieces.
    pub percent: f64,
    /// The probability of acceptance, 0 to 1.
    pub accepted: f64,
}

/// The probability that a lot of this quality is accepted.
pub fn accepted(plan: SinglePlan, basis: Basis, percent: f64) -> f64 {
    match basis {
        Basis::Stream => binomial(plan.size, plan.most(), percent / 100.0),
        Basis::Count => poisson(f64::from(plan.size) * percent / 100.0, plan.most()),
        Basis::Lot(lot) => hypergeometric(lot, pieces(lot, percent), plan.size, plan.most()),
    }
}

/// The quality at which a lot is accepted with this probability: of a stream the very point, of one
/// lot the worst whole number of pieces that is still accepted so often.
pub fn quality_at(plan: SinglePlan, basis: Basis, probability: f64) -> Point {
    if let Basis::Lot(lot) = basis {
        return at_whole_pieces(plan, lot, probability);
    }
    let (mut low, mut high) = (0.0, 100.0_f64);
    while basis == Basis::Count && accepted(plan, basis, high) > probability {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if accepted(plan, basis, middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    Point { percent: high, accepted: accepted(plan, basis, high) }
}

/// The smallest quality of one lot that is accepted at most so often; never flattering to the plan.
pub fn consumer_point(plan: SinglePlan, basis: Basis, risk: f64) -> Point {
    let Basis::Lot(lot) = basis else { return quality_at(plan, basis, risk) };
    let at = quality_at(plan, basis, risk);
    if at.accepted <= risk {
        return at;
    }
    let bad = pieces(lot, at.percent).saturating_add(1).min(lot);
    point_of(plan, lot, bad)
}

fn at_whole_pieces(plan: SinglePlan, lot: u32, probability: f64) -> Point {
    let (mut low, mut high) = (0, lot);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if hypergeometric(lot, middle, plan.size, plan.most()) >= probability {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    point_of(plan, lot, low)
}

fn point_of(plan: SinglePlan, lot: u32, bad: u32) -> Point {
    let percent = f64::from(bad) * 100.0 / f64::from(lot.max(1));
    Point { percent, accepted: hypergeometric(lot, bad, plan.size, plan.most()) }
}

/// The nearest whole number of pieces.
fn pieces(lot: u32, percent: f64) -> u32 {
    use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};
    let exact = f64::from(lot) * percent / 100.0;
    rust_decimal::Decimal::from_f64(exact)
        .and_then(|it| it.round().to_u32())
        .unwrap_or(lot)
        .min(lot)
}
