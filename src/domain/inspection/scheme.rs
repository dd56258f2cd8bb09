//! Which published scheme a plan follows, and how strictly it inspects.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A published scheme of plans, with its edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scheme {
    /// ISO 2859-1:1999. Its reduced plans are not public: what is built has its sample sizes with
    /// the acceptance numbers of MIL-STD-105E and rejects from one more on, which is stricter.
    #[serde(rename = "ISO 2859-1:1999")]
    Iso2859,
    /// MIL-STD-105E, whose reduced plans have a gap between accepting and rejecting.
    #[serde(rename = "MIL-STD-105E")]
    MilStd105E,
}

impl Scheme {
    /// Every scheme with its name.
    pub const WORDS: [(&'static str, Self); 2] =
        [("ISO 2859-1:1999", Self::Iso2859), ("MIL-STD-105E", Self::MilStd105E)];

    /// Reads the name; the edition is part of it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, it)| *it)
    }

    /// The name with its edition.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }

    /// What is to be said beside a plan of this scheme, where something is.
    pub fn note(self, severity: Severity) -> Option<&'static str> {
        match (self, severity) {
            (Self::Iso2859, Severity::Reduced) => Some(
                "reduced plans here: acceptance numbers of MIL-STD-105E without its gap (Re = Ac + 1)",
            ),
            (Self::MilStd105E, Severity::Reduced) => Some(
                "between Ac and Re the lot is accepted, and the next one is inspected normally",
            ),
            (_, Severity::Normal | Severity::Tightened) => None,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How strictly a lot is inspected; the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// After lots that were not accepted.
    Tightened,
    /// As at first.
    Normal,
    /// After a long run of good lots, where it was approved.
    Reduced,
}

impl Severity {
    /// Every severity with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("tightened", Self::Tightened), ("normal", Self::Normal), ("reduced", Self::Reduced)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, it)| *it)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
