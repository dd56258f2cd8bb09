//! Calls for help, as the board, the bench and the command line show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::{HelpId, PlaceId};

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
        format!("{} at {}", self.kind, self.place)
    }

    /// How it stands, in words.
    pub fn standing(&self) -> String {
        match (&self.cleared, &self.answered, self.told.last()) {
            (Some((by, _)), _, _) => format!("cleared by {by}"),
            (None, Some((by, _)), _) => format!("{by} comes"),
            (None, None, Some(ToldRow { to, failed: None, .. })) => format!("{to} was told"),
            (None, None, Some(ToldRow { to, failed: Some(_), .. })) => {
                format!("{to} could not be told")
            }
            (None, None, None) => "nobody comes yet".to_owned(),
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
