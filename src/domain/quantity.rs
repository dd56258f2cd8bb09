//! Exact quantities: the text as typed, its decimal value, its unit; and limits with their verdict.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::words::Words;
use crate::domain::words::words;

use super::unit::Unit;

/// The longest number that may be typed, in characters.
pub const NUMBER_CHARS_MAX: usize = 24;
/// The most digits of a number; the product with any unit's factor then stays exact.
pub const NUMBER_DIGITS_MAX: usize = 15;

/// A decimal number with the text that was typed, so that `10.0` is not `10.00`.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    text: Box<str>,
    value: Decimal,
}

/// Why a text is not a number; each says what to type instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub enum NumberError {
    /// Nothing was typed.
    Empty,
    /// Something else than digits, one sign and one decimal mark.
    NotANumber,
    /// One comma with three digits after it could be either.
    AmbiguousComma,
    /// More digits than any gauge shows.
    TooLong,
}

impl NumberError {
    /// What is wrong, in words.
    pub fn words(self) -> Words {
        match self {
            Self::Empty => words!("no value: type the number that the gauge shows"),
            Self::NotANumber => {
                words!("not a number: type digits with one decimal point, such as 12.5")
            }
            Self::AmbiguousComma => words!(
                "the comma could mean thousands or decimals: type it with a point, such as 1.250"
            ),
            Self::TooLong => words!("too long: at most {most} digits", most = NUMBER_DIGITS_MAX),
        }
    }
}

impl Number {
    /// Reads a number as typed: a point or exactly one comma as decimal mark, no exponent.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NumberError::Empty);
        }
        if text.len() > NUMBER_CHARS_MAX {
            return Err(NumberError::TooLong);
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, decimals) = match digits.split_once(['.', ',']) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (digits, None),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !decimals.is_none_or(all_digits) {
            return Err(NumberError::NotANumber);
        }
        // `1,250` could be grouped thousands; `0,125` and `1250,125` could not.
        let grouped = whole.len() <= 3 && !whole.starts_with('0');
        if digits.contains(',') && grouped && decimals.is_some_and(|d| d.len() == 3) {
            return Err(NumberError::AmbiguousComma);
        }
        if whole.len() + decimals.map_or(0, str::len) > NUMBER_DIGITS_MAX {
            return Err(NumberError::TooLong);
        }
        let point = text.replace(',', ".");
        let point = point.strip_prefix('+').unwrap_or(&point);
        let value = Decimal::from_str_exact(point).map_err(|_| NumberError::NotANumber)?;
        Ok(Self { text: text.into(), value })
    }

    /// The text as typed, without blanks around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The exact value.
    pub fn value(&self) -> Decimal {
        self.value
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Parts a text into its number and what is written behind it, neither with blanks around it.
pub fn number_and_rest(text: &str) -> (&str, &str) {
    let text = text.trim();
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',');
    let end = text.find(|c: char| !of_number(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number, rest.trim_start())
}

/// Why a text is not a number with or without a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The number is none.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// What stands behind it is no unit.
    #[error("unknown unit {0:?}")]
    Unit(String),
}

/// Whether what stands behind the digits belongs to a number that is written in another way: `1e3`,
/// `0x5`, `1 000`, `1'000`.
fn is_more_of_a_number(rest: &str) -> bool {
    if rest.starts_with(['e', 'E']) {
        return true;
    }
    let rest = rest.strip_prefix(['x', 'X', '\'', '’', '_']).unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Reads a number with the unit behind it, where one is written.
pub fn number_and_unit(text: &str) -> Result<(Number, Option<Unit>), QuantityError> {
    let (number, named) = number_and_rest(text);
    let unit = match (named, Unit::parse(named)) {
        ("", _) => None,
        (_, Some(unit)) => Some(unit),
        // Neither an exponent nor more digits are a unit; the number's own message says what to type.
        (named, None) if number.is_empty() || is_more_of_a_number(named) => {
            return Err(NumberError::NotANumber.into());
        }
        (named, None) => return Err(QuantityError::Unit(named.to_owned())),
    };
    Ok((Number::parse(number)?, unit))
}

/// A number with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number as typed.
    pub number: Number,
    /// Its unit.
    pub unit: Unit,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.unit)
    }
}

/// What a reading must keep to; at least one side is given. Limits are inclusive (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The value aimed at.
    pub nominal: Option<Number>,
    /// The least value that passes.
    pub lower: Option<Number>,
    /// The greatest value that passes.
    pub upper: Option<Number>,
    /// The unit of all three.
    pub unit: Unit,
    /// How a value is judged against them.
    #[serde(default, skip_serializing_if = "DecisionRule::is_simple")]
    pub rule: DecisionRule,
}

/// How a value is judged against limits; by default it is compared as recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRule {
    /// Closer to a limit than this, in the limits' unit, is marginal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marginal: Option<Number>,
    /// What is compared: the value as recorded, or rounded first.
    #[serde(default, skip_serializing_if = "Rounding::is_absolute")]
    pub rounding: Rounding,
    /// How many times the expanded uncertainty a value must keep from each limit to be accepted
    /// (ISO 14253-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Number>,
}

/// Which value is compared with the limits (ASTM E29).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// The value as recorded (the absolute method).
    #[default]
    Absolute,
    /// The value rounded half to even to the last place of the limits (the rounding method).
    E29,
}

impl Rounding {
    /// Every method with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("absolute", Self::Absolute), ("E29", Self::E29)];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_absolute(&self) -> bool {
        *self == Self::Absolute
    }
}

impl DecisionRule {
    /// Whether nothing special is stated.
    pub fn is_simple(&self) -> bool {
        *self == Self::default()
    }
}

/// What a reading amounts to; unset is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Within the limits.
    Pass,
    /// Within the limits, but closer to one than the guard allows.
    Marginal,
    /// Outside a limit.
    Fail,
}

impl Verdict {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Marginal => "Marginal",
            Self::Fail => "Fail",
        }
    }

    /// The verdict of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pass, Self::Marginal, Self::Fail].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// A reading and its limits are of different dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct UnitMismatch {
    /// The unit of the reading.
    pub found: Unit,
    /// The unit of the limits.
    pub expected: Unit,
}

impl UnitMismatch {
    /// It in words.
    pub fn words(&self) -> Words {
        words!("{found} is not a unit of {expected}", found = self.found, expected = self.expected)
    }
}

impl Limits {
    /// Tells whether a failing value looks like a slip of the finger: farther from nominal than
    /// three tolerance widths, or within the limits once the decimal point is moved, where that
    /// tells anything.
    pub fn implausible(&self, reading: &Quantity) -> bool {
        let Some((value, lower, upper)) = self.in_base(reading) else { return false };
        let in_limits = |value: Option<Decimal>| {
            value.is_some_and(|v| lower.is_none_or(|l| v >= l) && upper.is_none_or(|u| v <= u))
        };
        if in_limits(Some(value)) {
            return false;
        }
        let moved = [10, 100, 1000]
            .map(Decimal::from)
            .into_iter()
            .any(|ten| in_limits(value.checked_div(ten)) || in_limits(value.checked_mul(ten)));
        moved && self.within_a_decade() || self.far_from_nominal(value, lower.zip(upper))
    }

    /// A reading and the limits in the base unit; none where the reading is of another dimension.
    fn in_base(&self, reading: &Quantity) -> Option<(Decimal, Option<Decimal>, Option<Decimal>)> {
        if reading.unit.dimension() != self.unit.dimension() {
            return None;
        }
        let side = |limit: &Option<Number>| match limit {
            Some(limit) => self.unit.to_base(limit.value()).map(Some),
            None => Some(None),
        };
        let value = reading.unit.to_base(reading.number.value())?;
        Some((value, side(&self.lower)?, side(&self.upper)?))
    }

    /// A distance in the base unit, in the limits' unit; in the base unit where it has no end there.
    fn distance(&self, base: Decimal) -> Distance {
        match self.unit.of_base(base) {
            Some(number) => Distance { number, unit: self.unit },
            None => Distance { number: base.normalize(), unit: self.unit.base() },
        }
    }

    /// Whether a value that lies within is outside once its decimal point is moved: only then does
    /// one that would lie within say that it was moved.
    fn within_a_decade(&self) -> bool {
        let (Some(lower), Some(upper)) = (&self.lower, &self.upper) else { return false };
        let (one, other) = (lower.value().abs(), upper.value().abs());
        let same_sign = lower.value().is_sign_negative() == upper.value().is_sign_negative();
        let tenfold = one.min(other).checked_mul(Decimal::from(10));
        same_sign && tenfold.is_some_and(|tenfold| one.max(other) < tenfold)
    }

    /// Whether a value in the base unit is far from the nominal one, by limits in the base unit.
    fn far_from_nominal(&self, value: Decimal, limits: Option<(Decimal, Decimal)>) -> bool {
        let Some((lower, upper)) = limits else { return false };
        let nominal = self.nominal.as_ref().and_then(|it| self.unit.to_base(it.value()));
        let middle = nominal.unwrap_or_else(|| (upper + lower) / Decimal::TWO);
        (value - middle).abs() > (upper - lower) * Decimal::from(3)
    }

    /// How far inside the nearest limit a value is; below zero outside.
    pub fn margin(&self, reading: &Quantity) -> Option<Distance> {
        let (value, lower, upper) = self.in_base(reading)?;
        let below = upper.map(|upper| upper - value);
        let above = lower.map(|lower| value - lower);
        below.into_iter().chain(above).min().map(|base| self.distance(base))
    }

    /// How far outside the nearest limit a value is; nothing when inside.
    pub fn excess(&self, reading: &Quantity) -> Option<(Distance, Side)> {
        let (value, lower, upper) = self.in_base(reading)?;
        match (lower, upper) {
            (Some(lower), _) if value < lower => Some((self.distance(lower - value), Side::Under)),
            (_, Some(upper)) if value > upper => Some((self.distance(value - upper), Side::Over)),
            (_, _) => None,
        }
    }
}

/// How far a value is from a limit, exactly: in the limits' unit, or in the dimension's base unit
/// where it has no end there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    /// The number.
    pub number: Decimal,
    /// Its unit.
    pub unit: Unit,
}

/// Which limit was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below the lower limit.
    Under,
    /// Above the upper limit.
    Over,
}
