//! The table of codes: title, reason, an example that is found and one that is clean.
//! Imports the enum of codes alone.
//! Invariant: each row has two sources in `fixtures/findings/`, and a test reads both.

mod asks;
mod equipment;
mod lines;
mod page;
mod reading;
mod route;
mod sampling;
mod source;
mod specification;
mod standard;
mod translation;

use super::code::Code;
use super::finding::Level;

/// What a code means.
#[derive(Debug)]
pub struct Row {
    /// The code.
    pub code: Code,
    /// Whether it refuses a source or only warns.
    pub level: Level,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Why it is refused; part of every finding.
    pub why: &'static str,
    /// Lines that are found.
    pub bad: &'static str,
    /// Lines that are clean.
    pub good: &'static str,
}

const fn row(
    code: Code,
    title: &'static str,
    why: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Row {
    Row { code, level: Level::Error, title, why, bad, good }
}

/// The same row as a warning: what is meant is clear and can be run.
const fn warning(row: Row) -> Row {
    Row { level: Level::Warning, ..row }
}

/// Every code with its meaning, by number.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [
        source::ROWS,
        page::ROWS,
        asks::ROWS,
        specification::ROWS,
        reading::ROWS,
        route::ROWS,
        standard::ROWS,
        sampling::ROWS,
        equipment::ROWS,
        lines::ROWS,
        translation::ROWS,
    ]
    .into_iter()
    .flatten()
}
