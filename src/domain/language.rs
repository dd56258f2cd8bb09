//! Languages in which people read the screens.

use serde::{Deserialize, Serialize};

/// A language that the screens speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// Every one that there is.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its code (ISO 639-1).
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What those call it who speak it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language of a POSIX locale, such as `de_AT.UTF-8`.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let end = locale.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(locale.len());
        Self::of_code(&locale[..end])
    }
}
