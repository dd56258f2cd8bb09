//! Lines of `key: value`, of the front matter and of blocks of asks.

use std::collections::BTreeSet;

use super::code::Code;
use super::finding::Notes;
use crate::domain::ids::{Id, IdKind};
use crate::domain::nearest::suggest;
use crate::domain::text::sanitize_line;

/// One line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'s> {
    pub(super) key: &'s str,
    pub(super) key_at: usize,
    pub(super) value: &'s str,
    pub(super) value_at: usize,
}

/// The lines of one block.
#[derive(Debug)]
pub(super) struct Entries<'s> {
    /// Where the block begins.
    pub(super) at: usize,
    /// What people call the block, with its article.
    pub(super) block: String,
    pub(super) list: Vec<Entry<'s>>,
}

/// The most characters of a line that stands alone: a title, a name, a question.
pub(super) const LINE_CHARS_MAX: usize = 160;

/// Notes a line that is too long; `what` says which.
pub(super) fn note_long((text, at): (&str, usize), what: &str, notes: &mut Notes<'_>) {
    let length = text.chars().count();
    if length > LINE_CHARS_MAX {
        let what = format!("{what} of {length} characters");
        let next = format!("write at most {LINE_CHARS_MAX}, and the rest as text");
        notes.add(at, Code::LineTooLong, &what, &next);
    }
}

impl<'s> Entries<'s> {
    /// Reads the lines between `from` and `to`; blank ones and those that begin with `#` are passed.
    pub(super) fn read(
        (at, block): (usize, String),
        text: &'s str,
        (from, to): (usize, usize),
        notes: &mut Notes<'_>,
    ) -> Self {
        let mut list: Vec<Entry<'s>> = Vec::new();
        let mut keys = BTreeSet::new();
        let mut start = from;
        for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
            let line_at = start + (line.len() - line.trim_start().len());
            start += line.len();
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((key, value)) = line.split_once(':') else {
                let what = format!("\"{}\" in {block}", shorten(line));
                notes.add(line_at, Code::NotKeyValue, &what, "write it as key: value");
                continue;
            };
            let value_at = line_at + key.len() + 1 + (value.len() - value.trim_start().len());
            let entry = Entry { key: key.trim(), key_at: line_at, value: value.trim(), value_at };
            if !keys.insert(entry.key) {
                let what = format!("\"{}\" a second time in {block}", shorten(entry.key));
                notes.add(line_at, Code::KeyTwice, &what, "keep one of them");
                continue;
            }
            if entry.value.is_empty() {
                let what = format!("nothing after \"{}:\"", shorten(entry.key));
                notes.add(line_at, Code::ValueMissing, &what, "write a value, or take the key out");
            }
            list.push(entry);
        }
        Self { at, block, list }
    }

    /// Refuses lines that nobody would read to their end.
    pub(super) fn refuse_long(&self, notes: &mut Notes<'_>) {
        for entry in &self.list {
            note_long((entry.key, entry.key_at), "a name", notes);
            let what = format!("\"{}:\"", shorten(entry.key));
            note_long((entry.value, entry.value_at), &what, notes);
        }
    }

    /// Refuses keys that are not known, and what is too long.
    pub(super) fn refuse_others(&self, known: &[&str], notes: &mut Notes<'_>) {
        self.refuse_long(notes);
        for entry in &self.list {
            if known.contains(&entry.key) {
                continue;
            }
            let what = format!("unknown key \"{}\" in {}", shorten(entry.key), self.block);
            let next = suggest(entry.key, known.iter().copied());
            notes.add(entry.key_at, Code::KeyUnknown, &what, &next);
        }
    }

    /// The line of a key, unless it is missing or without value.
    pub(super) fn find(&self, key: &str) -> Option<Entry<'s>> {
        self.list.iter().find(|entry| entry.key == key && !entry.value.is_empty()).copied()
    }

    /// The line of a key that must be there.
    pub(super) fn require(&self, key: &str, notes: &mut Notes<'_>) -> Option<Entry<'s>> {
        if !self.list.iter().any(|entry| entry.key == key) {
            let what = format!("no \"{key}:\" in {}", self.block);
            notes.add(self.at, Code::KeyMissing, &what, &format!("add a line \"{key}: …\""));
        }
        self.find(key)
    }
}

impl Entry<'_> {
    /// The value as a line of text.
    pub(super) fn text(&self) -> String {
        sanitize_line(self.value).into_owned()
    }

    /// The value as an id.
    pub(super) fn id<K: IdKind>(&self, notes: &mut Notes<'_>) -> Option<Id<K>> {
        read_id(self.value, self.value_at, notes)
    }

    /// The value as one word of a table.
    pub(super) fn word<T: Copy>(
        &self,
        words: &[(&str, T)],
        code: Code,
        notes: &mut Notes<'_>,
    ) -> Option<T> {
        read_word((self.value, self.value_at), words, code, notes)
    }
}

/// Reads an id, or notes why it is none.
pub(super) fn read_id<K: IdKind>(text: &str, at: usize, notes: &mut Notes<'_>) -> Option<Id<K>> {
    match Id::parse(text) {
        Ok(id) => Some(id),
        Err(fault) => {
            let what = format!("\"{}\": {fault}", shorten(text));
            notes.add(at, Code::BadId, &what, "write up to 40 letters, digits, '-', '_' or '.'");
            None
        }
    }
}

/// Reads one word of a table, or notes which ones there are.
pub(super) fn read_word<T: Copy>(
    (text, at): (&str, usize),
    words: &[(&str, T)],
    code: Code,
    notes: &mut Notes<'_>,
) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    if found.is_none() {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let what = format!("unknown word \"{}\"", shorten(text));
        notes.add(at, code, &what, &format!("write one of {}", all.join(", ")));
    }
    found
}

/// The beginning of a text that may be of any length.
pub(super) fn shorten(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
