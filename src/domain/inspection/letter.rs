//! The code letter: how large a sample a lot of some size is worth at some inspection level.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The largest lot of each size class but the last, which has no end.
const CLASS_ENDS: [u32; 14] =
    [8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000];

/// The letters; I and O are left out, for they look like digits.
const LETTERS: [&str; 16] =
    ["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "Q", "R"];

/// How much is inspected relative to the lot: three general levels, four for small samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Level {
    /// General, less than usual.
    #[serde(rename = "I")]
    One,
    /// General, the usual one.
    #[serde(rename = "II")]
    Two,
    /// General, more than usual.
    #[serde(rename = "III")]
    Three,
    /// Special, the smallest samples.
    #[serde(rename = "S-1")]
    Special1,
    /// Special.
    #[serde(rename = "S-2")]
    Special2,
    /// Special.
    #[serde(rename = "S-3")]
    Special3,
    /// Special, the largest of them.
    #[serde(rename = "S-4")]
    Special4,
}

impl Level {
    /// Every level with its word.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("I", Self::One),
        ("II", Self::Two),
        ("III", Self::Three),
        ("S-1", Self::Special1),
        ("S-2", Self::Special2),
        ("S-3", Self::Special3),
        ("S-4", Self::Special4),
    ];

    /// Reads the word, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, it)| *it)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A code letter, A to R without I and O.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Letter(u32);

/// A text that is no code letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code letter is one of A to R, without I and O")]
pub struct NoSuchLetter;

impl Letter {
    /// Every letter, the smallest sample first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..16).map(Self)
    }

    /// Reads a letter.
    pub fn parse(text: &str) -> Result<Self, NoSuchLetter> {
        Self::all().find(|letter| letter.to_string() == text.trim()).ok_or(NoSuchLetter)
    }

    /// Its place among the letters, from 0.
    pub fn index(self) -> u32 {
        self.0
    }

    /// The letter of a lot: by its size class, and how far the level moves from that.
    ///
    /// The usual level goes by the class. III is one letter more; I two less, though small lots do
    /// not lose so much; the special ones take every fourth, third, second, and two of three steps.
    pub fn of_lot(lot: u32, level: Level) -> Self {
        let class =
            u32::try_from(CLASS_ENDS.iter().filter(|end| **end < lot).count()).unwrap_or(14);
        Self(match level {
            Level::One => class.saturating_sub(2).max(2 * class.min(3) / 3),
            Level::Two => class,
            Level::Three => class + 1,
            Level::Special1 => class / 4,
            Level::Special2 => class / 3,
            Level::Special3 => class / 2,
            Level::Special4 => 2 * class / 3,
        })
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = usize::try_from(self.0).ok().and_then(|at| LETTERS.get(at));
        f.write_str(letter.copied().unwrap_or("S"))
    }
}

impl TryFrom<String> for Letter {
    type Error = NoSuchLetter;

    fn try_from(text: String) -> Result<Self, NoSuchLetter> {
        Self::parse(&text)
    }
}

impl From<Letter> for String {
    fn from(letter: Letter) -> Self {
        letter.to_string()
    }
}
