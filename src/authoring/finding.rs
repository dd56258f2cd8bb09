//! Findings: what is wrong with a source, where, why, and what to do.

use std::fmt;

use serde::Serialize;

use super::code::Code;
use crate::domain::text::{is_deceptive, sanitize_line};

/// The largest source, in bytes.
pub const SOURCE_BYTES_MAX: usize = 1024 * 1024;
/// The most findings that are told about one source.
pub const FINDINGS_MAX: usize = 500;

/// A file as given: whoever reads it may stop after [`SOURCE_BYTES_MAX`] bytes and one more.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name, for findings; its ending says what it is.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The source defines nothing.
    Error,
    /// The source defines what it says; somebody should look at it once more.
    Warning,
}

/// A definition whose source has no errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound<T> {
    /// What the source defines.
    pub definition: T,
    /// What was warned of.
    pub warnings: Vec<Finding>,
}

/// What reading a source gives: a definition, or what is wrong with it.
pub type Checked<T> = Result<Sound<T>, Vec<Finding>>;

impl<T> Sound<T> {
    /// The same warnings about something else.
    pub(super) fn map<U>(self, other: impl FnOnce(T) -> U) -> Sound<U> {
        Sound { definition: other(self.definition), warnings: self.warnings }
    }
}

/// One thing that is wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file's name as given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The code.
    pub code: Code,
    /// How grave it is.
    pub level: Level,
    /// What is wrong.
    pub what: String,
    /// Why it is wrong.
    pub why: &'static str,
    /// What to do.
    pub next: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, level, what, why, next } = self;
        let level = match level {
            Level::Error => "",
            Level::Warning => "warning: ",
        };
        write!(f, "{}:{line}:{column} {code} {level}{what}: {why}; {next}", sanitize_line(file))
    }
}

/// The findings about one source, as they are made.
#[derive(Debug)]
pub(super) struct Notes<'s> {
    file: &'s str,
    text: &'s str,
    line_starts: Vec<usize>,
    list: Vec<(usize, Finding)>,
    /// Counted also where there are too many to be told.
    errors: usize,
}

impl<'s> Notes<'s> {
    /// Starts without findings.
    pub(super) fn of(file: &'s str, text: &'s str) -> Self {
        let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(after_newlines).collect();
        Self { file, text, line_starts, list: Vec::new(), errors: 0 }
    }

    /// Notes a finding at a byte of the text; what and next may quote the source.
    pub(super) fn add(&mut self, at: usize, code: Code, what: &str, next: &str) {
        let level = code.level();
        if level == Level::Error {
            self.errors += 1;
        }
        if self.list.len() >= FINDINGS_MAX {
            return;
        }
        let line = self.line_starts.partition_point(|&start| start <= at).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
        let finding = Finding {
            file: self.file.to_owned(),
            line,
            column,
            code,
            level,
            what: sanitize_line(what).into_owned(),
            why: code.row().map_or("", |row| row.why),
            next: sanitize_line(next).into_owned(),
        };
        self.list.push((at, finding));
    }

    /// How many errors there are.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// The findings in the order of the source.
    pub(super) fn in_order(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|(at, finding)| (*at, finding.code));
        self.list.into_iter().map(|(_, finding)| finding).collect()
    }

    /// The definition when there are no errors.
    pub(super) fn settle<T>(self, definition: Option<T>) -> Checked<T> {
        match definition {
            Some(definition) if self.errors == 0 => {
                Ok(Sound { definition, warnings: self.in_order() })
            }
            Some(_) | None => Err(self.in_order()),
        }
    }
}

/// The text of a source, without byte order mark and with plain newlines.
pub(super) fn decode(source: &Source<'_>) -> Result<String, Vec<Finding>> {
    let refuse = |before: &str, code: Code, what: &str, next: &str| {
        let mut notes = Notes::of(source.file, before);
        notes.add(before.len(), code, what, next);
        Err(notes.in_order())
    };
    if source.bytes.len() > SOURCE_BYTES_MAX {
        let next = "split it, and keep pictures in files of their own";
        return refuse("", Code::TooLarge, "the file is over 1 MiB", next);
    }
    let text = match std::str::from_utf8(source.bytes) {
        Ok(text) => text,
        Err(fault) => {
            let valid = source.bytes.get(..fault.valid_up_to()).unwrap_or_default();
            let before = String::from_utf8_lossy(valid);
            let byte = source.bytes.get(fault.valid_up_to()).copied().unwrap_or_default();
            let what = format!("byte 0x{byte:02X} is not UTF-8");
            return refuse(&before, Code::NotUtf8, &what, "save the file as UTF-8");
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if text.trim().is_empty() {
        return refuse("", Code::Empty, "the file is empty", "write it, or leave it out");
    }
    Ok(text)
}

/// Notes what a terminal would obey or hide; the first of each line.
pub(super) fn note_deceptive(text: &str, notes: &mut Notes<'_>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let found =
            line.char_indices().find(|&(_, c)| is_deceptive(c) && !matches!(c, '\n' | '\t'));
        if let Some((at, c)) = found {
            let what = format!("the character U+{:04X}", u32::from(c));
            notes.add(start + at, Code::Control, &what, "delete it, or write what it stands for");
        }
        start += line.len();
    }
}
