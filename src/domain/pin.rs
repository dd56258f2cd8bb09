//! What a PIN must be like: the site's rule, and patterns that a thief tries first.

use serde::{Deserialize, Serialize};

use super::refusal::Reason;
use super::refusal::signing::SigningReason;

/// The most digits of a PIN.
pub const PIN_DIGITS_MAX: u8 = 12;
/// The fewest digits that a site may ask for: what is less can be tried in an afternoon.
pub const PIN_DIGITS_LEAST: u8 = 6;

/// What a site asks of PINs (21 CFR 11.300(b), (d)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct PinRules {
    /// The fewest digits; never less than [`PIN_DIGITS_LEAST`].
    pub digits_min: u8,
    /// After so many days a PIN must be changed before anything else; never where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days_max: Option<u32>,
    /// Groups of digits that no PIN may hold, such as the number of the house.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// So many wrong PINs in a row lock a badge, for a minute at first and then ever longer.
    pub person_tries_max: u8,
    /// So many wrong tries within ten minutes lock the station, whoever's badge it was.
    pub station_tries_max: u8,
    /// For so many minutes.
    pub station_locked_minutes: u16,
}

impl Default for PinRules {
    fn default() -> Self {
        Self {
            digits_min: PIN_DIGITS_LEAST,
            age_days_max: None,
            deny: Vec::new(),
            person_tries_max: 5,
            station_tries_max: 20,
            station_locked_minutes: 10,
        }
    }
}

impl PinRules {
    /// Whether the site says nothing special.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Every reason why a new PIN may not be used with a badge. The PIN goes nowhere from here.
    pub fn weaknesses(&self, pin: &str, badge: &str) -> Vec<Reason> {
        let least = self.digits_min.clamp(PIN_DIGITS_LEAST, PIN_DIGITS_MAX);
        let counts = usize::from(least)..=usize::from(PIN_DIGITS_MAX);
        if !pin.bytes().all(|b| b.is_ascii_digit()) || !counts.contains(&pin.len()) {
            return vec![SigningReason::PinDigits { least, most: PIN_DIGITS_MAX }.into()];
        }
        if self.deny.iter().any(|digits| !digits.is_empty() && pin.contains(digits)) {
            return vec![SigningReason::PinEasy { weakness: PinWeakness::Denied }.into()];
        }
        let found = WEAKNESSES.iter().find(|(is, _)| is(pin, badge));
        found.map(|&(_, weakness)| SigningReason::PinEasy { weakness }.into()).into_iter().collect()
    }
}

/// Why a PIN is easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinWeakness {
    /// One or two digits only.
    FewDigits,
    /// A run up or down, such as 345678 or 987654.
    Run,
    /// A group of digits again and again, such as 121212 or 123123.
    Repeats,
    /// Pairs, such as 112233.
    Pairs,
    /// Reads the same from both ends, such as 123321.
    Mirror,
    /// A line on the keypad.
    Keypad,
    /// A year or a date in it.
    Year,
    /// The number of the badge.
    Badge,
    /// Digits that the site does not allow in a PIN.
    Denied,
}

impl PinWeakness {
    /// What makes it easy, for a refusal.
    pub fn words(self) -> &'static str {
        match self {
            Self::FewDigits => "one or two digits only",
            Self::Run => "digits in a row",
            Self::Repeats => "the same digits again and again",
            Self::Pairs => "pairs of digits",
            Self::Mirror => "the same from both ends",
            Self::Keypad => "a line on the keypad",
            Self::Year => "a year in it",
            Self::Badge => "the number of the badge",
            Self::Denied => "digits that this site does not allow in a PIN",
        }
    }
}

type Is = fn(&str, &str) -> bool;

/// What is refused, in the order in which it is told.
static WEAKNESSES: [(Is, PinWeakness); 8] = [
    (few_digits, PinWeakness::FewDigits),
    (is_run, PinWeakness::Run),
    (repeats, PinWeakness::Repeats),
    (pairs, PinWeakness::Pairs),
    (mirror, PinWeakness::Mirror),
    (keypad, PinWeakness::Keypad),
    (year, PinWeakness::Year),
    (of_badge, PinWeakness::Badge),
];

fn few_digits(pin: &str, _: &str) -> bool {
    pin.bytes().collect::<std::collections::BTreeSet<u8>>().len() < 3
}

fn is_run(pin: &str, _: &str) -> bool {
    let step_by = |step: i16| {
        let steps = pin.as_bytes().windows(2).map(|w| i16::from(w[1]) - i16::from(w[0]));
        steps.map(|by| by.rem_euclid(10)).all(|by| by == step)
    };
    step_by(1) || step_by(9)
}

fn repeats(pin: &str, _: &str) -> bool {
    let of = |n: usize| {
        pin.len().is_multiple_of(n) && pin.as_bytes().chunks(n).all(|c| *c == pin.as_bytes()[..n])
    };
    (2..=pin.len() / 2).any(of)
}

fn pairs(pin: &str, _: &str) -> bool {
    pin.len().is_multiple_of(2) && pin.as_bytes().chunks(2).all(|c| c.first() == c.last())
}

fn mirror(pin: &str, _: &str) -> bool {
    pin.bytes().eq(pin.bytes().rev())
}

fn keypad(pin: &str, _: &str) -> bool {
    ["147258", "159753", "258369", "147369", "741852", "963852", "789456", "456123", "753159"]
        .contains(&pin)
}

/// Birthdays and years of birth: 1987 or 2004 at either end.
fn year(pin: &str, _: &str) -> bool {
    let of =
        |digits: Option<&str>| digits.is_some_and(|d| d.starts_with("19") || d.starts_with("20"));
    of(pin.get(..4)) || of(pin.len().checked_sub(4).and_then(|at| pin.get(at..)))
}

fn of_badge(pin: &str, badge: &str) -> bool {
    let digits: String = badge.chars().filter(char::is_ascii_digit).collect();
    digits.len() >= 4 && (pin.contains(&digits) || digits.contains(pin))
}
