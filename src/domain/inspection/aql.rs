//! The acceptance quality limit: what share of nonconforming pieces is tolerable in the long run.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The preferred values, as they are written; each is about 1.6 times the one before.
const WRITTEN: [&str; 26] = [
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0",
    "1.5", "2.5", "4.0", "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650",
    "1000",
];

/// Up to here a limit may be a percentage of nonconforming pieces; above, it counts what is wrong.
const PERCENT_LAST: u32 = 15;

/// One of the preferred values, in per cent nonconforming or nonconformities per 100 pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Aql(u32);

/// A number that is none of the preferred values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an AQL is one of 0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, … 1.0, 1.5, 2.5, 4.0, 6.5, 10, … 1000"
)]
pub struct NoSuchAql;

impl Aql {
    /// Every preferred value, the strictest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=25).map(Self)
    }

    /// Reads a value however many zeros it is written with, with or without a percent sign.
    pub fn parse(text: &str) -> Result<Self, NoSuchAql> {
        let number = text.trim().trim_end_matches('%').trim_end();
        let number: Decimal = number.parse().map_err(|_| NoSuchAql)?;
        Self::all().find(|aql| aql.value() == number).ok_or(NoSuchAql)
    }

    /// Its place among the preferred values, from 0.
    pub fn index(self) -> u32 {
        self.0
    }

    /// The number itself, exact.
    pub fn value(self) -> Decimal {
        self.written().parse().unwrap_or(Decimal::ZERO)
    }

    /// Whether it may be a percentage of nonconforming pieces.
    pub fn is_percentage(self) -> bool {
        self.0 <= PERCENT_LAST
    }

    /// The next stricter one.
    pub fn stricter(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    fn written(self) -> &'static str {
        usize::try_from(self.0).ok().and_then(|at| WRITTEN.get(at)).copied().unwrap_or("0")
    }
}

impl fmt::Display for Aql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.written())
    }
}

impl TryFrom<String> for Aql {
    type Error = NoSuchAql;

    fn try_from(text: String) -> Result<Self, NoSuchAql> {
        Self::parse(&text)
    }
}

impl From<Aql> for String {
    fn from(aql: Aql) -> Self {
        aql.to_string()
    }
}
