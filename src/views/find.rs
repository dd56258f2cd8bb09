//! What is found by words: the thing, what it is, and the line where the words stand.

use serde::Serialize;

use crate::domain::traced::Traced;
use crate::domain::words::Words;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The best first.
    pub rows: Vec<FoundRow>,
    /// Facts that are stored and not searched yet.
    pub behind: u64,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundRow {
    /// The thing; of a definition the revision that is in effect.
    pub of: Traced,
    /// The step of the instruction where the words stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What it is, in words.
    pub what: Words,
    /// The line where the words stand.
    pub line: String,
}
