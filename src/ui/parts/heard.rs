//! What comes as text from the settings or from a device, as this terminal says it.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::people::Role;
use crate::domain::understood::{Said, understood};
use crate::ui::speech::say;
use crate::ui::speech::tell;

/// That a permit ends soon, or is almost used.
const PERMIT_ENDS: &[Said] = &[
    ("ends today", &[]),
    ("ends tomorrow", &[]),
    ("ends in {days} days", &[]),
    ("ended yesterday", &[]),
    ("ended {days} days ago", &[]),
    ("{permit} {ends}, {left} of {quantity} left", &["ends"]),
    ("{permit} {left} of {quantity} left", &[]),
    ("{permit} {ends}", &["ends"]),
];
const PLACE_BY: &[Said] = &[("address {address}", &[]), ("scanned", &[]), ("chosen", &[])];
const GAUGE_LINE: &[Said] = &[("gauge line {source}: {why}", &[])];

/// That a permit ends soon, or is almost used.
pub fn permit(words: &str) -> String {
    tell(&understood(words, PERMIT_ENDS))
}

/// The role of somebody.
pub fn role(word: &str) -> &str {
    let ours = Role::WORDS.iter().find(|(known, _)| *known == word);
    ours.map_or(word, |(known, _)| say!(*known))
}

/// What says where a terminal stands.
pub fn place_by(by: &str) -> String {
    tell(&understood(by, PLACE_BY))
}

/// Why nothing comes from a gauge.
pub fn gauge_line(words: &str) -> String {
    tell(&understood(words, GAUGE_LINE))
}
