//! Calls for help, as the board, the bench and the command line show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::{HelpId, PlaceId};
use crate::domain::understood::{Said, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

/// By what a call that is only a text is understood.
pub const CALLED: &[Said] = &[
    ("{kind} at {place}", &["kind"]),
    ("material", &[]),
    ("quality", &[]),
    ("maintenance", &[]),
    ("supervisor", &[]),
];

/// What may be called for, and what was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HelpView {
    /// The site's kinds, in the order of their digits.
    pub kinds: Vec<String>,
    /// The calls, those that nobody answered first, oldest first.
    pub calls: Vec<HelpRow>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HelpRow {
    /// The call.
    pub call: HelpId,
    /// What for.
    pub kind: String,
    /// Where.
    pub place: PlaceId,
    /// The unit that was worked on.
    pub unit: Option<String>,
    /// The step.
    pub step: Option<String>,
    /// What was said.
    pub note: String,
    /// Who called.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Who said that they come, and when.
    pub answered: Option<(String, Timestamp)>,
    /// Who cleared it, and when.
    pub cleared: Option<(String, Timestamp)>,
    /// Who was told while nobody came.
    pub told: Vec<ToldRow>,
    /// Whether it was made at this station.
    pub own: bool,
}

/// Somebody who was told of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldRow {
    /// Whom.
    pub to: String,
    /// When.
    pub at: Timestamp,
    /// Why they could not be told.
    pub failed: Option<String>,
}

impl HelpRow {
    /// `maintenance at ASM-1`.
    pub fn words(&self) -> String {
        self.told_words().to_string()
    }

    /// The same as words that a screen says.
    pub fn told_words(&self) -> Words {
        words!("{kind} at {place}", kind => understood(&self.kind, CALLED), place = self.place)
    }

    /// How it stands, in words.
    pub fn standing(&self) -> Words {
        match (&self.cleared, &self.answered, self.told.last()) {
            (Some((by, _)), _, _) => words!("cleared by {by}", by),
            (None, Some((by, _)), _) => words!("{by} comes", by),
            (None, None, Some(ToldRow { to, failed: None, .. })) => {
                words!("{who} was told", who = to)
            }
            (None, None, Some(ToldRow { to, failed: Some(_), .. })) => {
                words!("{who} could not be told", who = to)
            }
            (None, None, None) => words!("nobody comes yet"),
        }
    }
}

/// Somebody who is to be told of a call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// The call.
    pub call: HelpRow,
    /// The row of its table.
    pub row: usize,
    /// Whom.
    pub to: String,
    /// After how many minutes.
    pub minutes: u32,
}
