//! The table of codes: title, reason, an example that is found and one that is clean.
//! Imports the enum of codes alone.
//! Invariant: each row has two sources in `fixtures/findings/`, and a test reads both.

mod asks;
mod equipment;
mod not_built;
mod page;
mod reading;
mod route;
mod sampling;
mod source;
mod specification;
mod standard;

use super::code::Code;

/// What a code means.
#[derive(Debug)]
pub struct Row {
    /// The code.
    pub code: Code,
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
    Row { code, title, why, bad, good }
}

/// Every code with its meaning, by number.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [
        source::ROWS,
        page::ROWS,
        asks::ROWS,
        specification::ROWS,
        reading::ROWS,
        not_built::ROWS,
        route::ROWS,
        standard::ROWS,
        sampling::ROWS,
        equipment::ROWS,
    ]
    .into_iter()
    .flatten()
}
