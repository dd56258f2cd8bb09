//! Plans that accept with no nonconforming piece at all, for a stated quality and confidence.
//!
//! The sample is just so large that a lot of the stated quality would hide from it no more often
//! than the confidence leaves room for. A finite lot is counted without putting pieces back.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use super::plan::SinglePlan;

/// The largest sample that is computed; beyond it, whoever asks means something else.
pub const SIZE_MAX: u32 = 10_000_000;

/// By what share products of rounded factors may be off: where the risk is met exactly, no piece more is
/// looked at.
const ROUNDED: f64 = 1e-9;

/// `95/5`: with 95 % confidence, at most 5 % of the lot are nonconforming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZeroPlan {
    confidence: Decimal,
    quality: Decimal,
}

/// A text that is no plan of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write confidence/quality in per cent, as 95/5: confidence from 50 to below 100, nonconforming \
     from 0.001 to 50"
)]
pub struct NoZeroPlan;

impl ZeroPlan {
    /// Reads `95/5`.
    pub fn parse(text: &str) -> Result<Self, NoZeroPlan> {
        let (confidence, quality) = text.split_once('/').ok_or(NoZeroPlan)?;
        let read = |text: &str| text.trim().parse::<Decimal>().map_err(|_| NoZeroPlan);
        let (confidence, quality) = (read(confidence)?, read(quality)?);
        let confident = confidence >= Decimal::from(50) && confidence < Decimal::from(100);
        let fits = quality >= Decimal::new(1, 3) && quality <= Decimal::from(50);
        (confident && fits && confidence.scale() <= 6 && quality.scale() <= 6)
            .then_some(Self { confidence: confidence.normalize(), quality: quality.normalize() })
            .ok_or(NoZeroPlan)
    }

    /// How sure one is to be, in per cent.
    pub fn confidence(self) -> Decimal {
        self.confidence
    }

    /// The share of nonconforming pieces that is to be found out, in per cent.
    pub fn quality(self) -> Decimal {
        self.quality
    }

    /// How many pieces of a lot would be nonconforming at the stated quality; a part of one is one.
    pub fn nonconforming_in(self, lot: u32) -> u32 {
        let exact = Decimal::from(lot) * self.quality / Decimal::from(100);
        exact.ceil().to_u32().unwrap_or(lot).max(1)
    }

    /// The plan for a lot of so many pieces: the smallest sample that would miss all the
    /// nonconforming ones with at most the remaining probability.
    pub fn for_lot(self, lot: u32) -> SinglePlan {
        let bad = self.nonconforming_in(lot);
        if bad == 1 {
            // The one bad piece is missed by what is not looked at: a share that is exact.
            let size = (Decimal::from(lot) * self.confidence / Decimal::from(100)).ceil();
            return SinglePlan {
                size: size.to_u32().unwrap_or(lot).min(lot),
                accept: 0,
                reject: 1,
            };
        }
        let risk = self.risk() * (1.0 + ROUNDED);
        // One piece more misses with a factor of (good left) / (pieces left).
        let (mut missed, mut size) = (1.0_f64, 0);
        while missed > risk && size < lot {
            let left = lot - size;
            missed *= f64::from(left.saturating_sub(bad)) / f64::from(left);
            size += 1;
        }
        SinglePlan { size, accept: 0, reject: 1 }
    }

    /// The plan for a lot without end.
    pub fn for_stream(self) -> SinglePlan {
        let good = 1.0 - self.quality.to_f64().unwrap_or(0.0) / 100.0;
        let risk = self.risk() * (1.0 + ROUNDED);
        let (mut missed, mut size) = (1.0_f64, 0);
        while missed > risk && size < SIZE_MAX {
            missed *= good;
            size += 1;
        }
        SinglePlan { size, accept: 0, reject: 1 }
    }

    /// The probability that remains, rounded once from the exact difference.
    fn risk(self) -> f64 {
        ((Decimal::from(100) - self.confidence) / Decimal::from(100)).to_f64().unwrap_or(0.0)
    }
}

impl fmt::Display for ZeroPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.confidence, self.quality)
    }
}

impl TryFrom<String> for ZeroPlan {
    type Error = NoZeroPlan;

    fn try_from(text: String) -> Result<Self, NoZeroPlan> {
        Self::parse(&text)
    }
}

impl From<ZeroPlan> for String {
    fn from(plan: ZeroPlan) -> Self {
        plan.to_string()
    }
}
