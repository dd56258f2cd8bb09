//! Units of measure, with exact decimal factors to one base a dimension (QIF, UCUM spelling aside).

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One row of the table of units.
#[derive(Debug)]
struct Row {
    symbol: &'static str,
    also: &'static [&'static str],
    dimension: &'static str,
    /// How many base units one of this unit is: digits and decimal places, exact.
    factor: (i64, u32),
}

const fn row(
    symbol: &'static str,
    also: &'static [&'static str],
    dimension: &'static str,
    factor: (i64, u32),
) -> Row {
    Row { symbol, also, dimension, factor }
}

/// The most decimal places of a value that is an entry in another unit.
const PLACES_MAX: u32 = 22;

/// Every unit that gemba knows; factors are exact, or the unit is not here.
static UNITS: &[Row] = &[
    row("mm", &[], "length", (1, 0)),
    row("µm", &["um", "μm"], "length", (1, 3)),
    row("cm", &[], "length", (10, 0)),
    row("m", &[], "length", (1000, 0)),
    row("in", &["inch", "\""], "length", (254, 1)),
    row("N·m", &["Nm", "N*m", "N.m"], "torque", (1, 0)),
    row("N·cm", &["Ncm"], "torque", (1, 2)),
    row("kN·m", &["kNm"], "torque", (1000, 0)),
    row("N", &[], "force", (1, 0)),
    row("kN", &[], "force", (1000, 0)),
    row("Pa", &[], "pressure", (1, 0)),
    row("kPa", &[], "pressure", (1000, 0)),
    row("MPa", &[], "pressure", (1_000_000, 0)),
    row("mbar", &[], "pressure", (100, 0)),
    row("bar", &[], "pressure", (100_000, 0)),
    row("g", &[], "mass", (1, 0)),
    row("mg", &[], "mass", (1, 3)),
    row("kg", &[], "mass", (1000, 0)),
    row("s", &[], "time", (1, 0)),
    row("ms", &[], "time", (1, 3)),
    row("min", &[], "time", (60, 0)),
    row("h", &[], "time", (3600, 0)),
    row("V", &[], "voltage", (1, 0)),
    row("mV", &[], "voltage", (1, 3)),
    row("kV", &[], "voltage", (1000, 0)),
    row("A", &[], "current", (1, 0)),
    row("mA", &[], "current", (1, 3)),
    row("Ω", &["ohm", "Ohm", "Ω"], "resistance", (1, 0)),
    row("mΩ", &["mohm"], "resistance", (1, 3)),
    row("kΩ", &["kohm"], "resistance", (1000, 0)),
    row("MΩ", &["Mohm"], "resistance", (1_000_000, 0)),
    row("W", &[], "power", (1, 0)),
    row("kW", &[], "power", (1000, 0)),
    row("Hz", &[], "frequency", (1, 0)),
    row("kHz", &[], "frequency", (1000, 0)),
    row("1/min", &["rpm"], "rotation", (1, 0)),
    row("°C", &["degC"], "temperature", (1, 0)),
    row("°", &["deg"], "angle", (1, 0)),
    row("%", &[], "percent", (1, 0)),
    row("l/min", &[], "flow", (1, 0)),
    row("ml/min", &[], "flow", (1, 3)),
    row("ml", &[], "volume", (1, 0)),
    row("l", &[], "volume", (1000, 0)),
    row("HRC", &[], "hardness", (1, 0)),
    row("pcs", &["pc"], "count", (1, 0)),
    row("1", &[], "number", (1, 0)),
];

/// A unit of the table; two units compare only within one dimension.
#[derive(Clone, Copy)]
pub struct Unit(&'static Row);

impl Unit {
    /// Finds a unit by its symbol or another spelling of it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        UNITS.iter().find(|row| row.symbol == text || row.also.contains(&text)).map(Self)
    }

    /// The symbol as shown and stored.
    pub fn symbol(self) -> &'static str {
        self.0.symbol
    }

    /// The kind of quantity, such as `length`.
    pub fn dimension(self) -> &'static str {
        self.0.dimension
    }

    /// The unit of a number that is entered without one, where `self` is the unit of its limits:
    /// what its gauge shows, or what the value before it was in, where that is of the same
    /// dimension.
    #[must_use]
    pub fn usual(self, at_hand: Option<Self>) -> Self {
        at_hand.filter(|unit| unit.dimension() == self.dimension()).unwrap_or(self)
    }

    /// The value in the dimension's base unit, exact for the digits that an entry may have.
    pub fn to_base(self, value: Decimal) -> Option<Decimal> {
        let (digits, places) = self.0.factor;
        value.checked_mul(Decimal::new(digits, places))
    }

    /// The base unit of the dimension.
    #[must_use]
    pub fn base(self) -> Self {
        let of_it = |row: &&Row| row.dimension == self.0.dimension && row.factor == (1, 0);
        UNITS.iter().find(of_it).map_or(self, Self)
    }

    /// A value in the dimension's base unit in this unit, where that has an end.
    pub fn of_base(self, base: Decimal) -> Option<Decimal> {
        let one = self.to_base(Decimal::ONE)?;
        let value = base.checked_div(one)?.normalize();
        // What goes on for longer than any entry with any factor was cut off.
        (value.scale() <= PLACES_MAX && self.to_base(value) == Some(base)).then_some(value)
    }

    /// A value in the dimension's base unit in this unit, to six places: to be shown where it has no
    /// end, never to be judged.
    pub fn about(self, base: Decimal) -> Option<Decimal> {
        let one = self.to_base(Decimal::ONE)?;
        Some(base.checked_div(one)?.round_dp(6).normalize())
    }

    /// Every symbol, for messages that list what may be written.
    pub fn symbols() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|row| row.symbol)
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.0.symbol == other.0.symbol
    }
}

impl Eq for Unit {}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.symbol)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.symbol)
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.symbol)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("unknown unit {text:?}")))
    }
}
