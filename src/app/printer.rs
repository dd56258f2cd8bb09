//! The one writer to standard output and standard error; nothing from outside passes it untamed.

use std::fmt::{Display, Write as _};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::app::fault::Fault;
use crate::domain::text::{sanitize, sanitize_line};
use crate::ui::parts::code::Squares;
use crate::ui::terminal_kind::{ColorLevel, TerminalKind};

/// Where a command says what it did.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    json: bool,
}

impl Printer {
    /// Prints text for people, or JSON for programs.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads along.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// One line for people; nothing in JSON mode.
    pub fn line(&self, text: impl Display) {
        if !self.json {
            out(&sanitize_line(&text.to_string()));
        }
    }

    /// One line for whoever is about to sign; where a program reads the output, beside it and only when
    /// a person watches.
    pub fn to_signer(&self, text: impl Display) {
        let line = sanitize_line(&text.to_string()).into_owned();
        if !self.json {
            out(&line);
        } else if io::stderr().is_terminal() {
            err(&line);
        }
    }

    /// A 2D code for a scanner, white on black where the terminal has colors; nothing in JSON mode.
    pub fn code(&self, code: &Squares, kind: TerminalKind) {
        if self.json {
            return;
        }
        for line in code.lines(!kind.unicode) {
            match kind.colors {
                ColorLevel::Mono => out(&line),
                ColorLevel::Sixteen | ColorLevel::Palette256 => {
                    out(&format!("\x1b[97;40m{line}\x1b[m"));
                }
            }
        }
    }

    /// Several lines for people; nothing in JSON mode.
    pub fn text(&self, text: impl Display) {
        if !self.json {
            out(&sanitize(&text.to_string()));
        }
    }

    /// One JSON value on one line; nothing for people.
    pub fn value(&self, value: &impl Serialize) {
        if self.json {
            self.value_always(value);
        }
    }

    /// One JSON value on one line, in either mode.
    pub fn value_always(&self, value: &impl Serialize) {
        // JSON escapes controls itself; what else deceives a terminal is escaped here.
        if let Ok(text) = serde_json::to_string(value) {
            out(&escape_for_json(&text));
        }
    }

    /// A table for people, with a head; nothing in JSON mode.
    pub fn table(&self, head: &[&str], rows: &[Vec<String>]) {
        if self.json {
            return;
        }
        let clean = |text: &str| sanitize_line(text).into_owned();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
            cells.max().unwrap_or(0).max(head.get(column).map_or(0, |title| title.width()))
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let titles: Vec<String> = head.iter().map(|title| (*title).to_owned()).collect();
        for row in std::iter::once(&titles).chain(&rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
            }
            out(line.trim_end());
        }
    }

    /// A remark for people while a command runs, on standard error.
    pub fn remark(&self, text: impl Display) {
        err(&sanitize(&text.to_string()));
    }

    /// Progress of long work, when a person watches.
    pub fn progress(&self, text: impl Display) {
        let mut stderr = io::stderr();
        if stderr.is_terminal() {
            write!(stderr, "\r{}\x1b[K", sanitize_line(&text.to_string())).ok();
            stderr.flush().ok();
        }
    }

    /// The end of progress.
    pub fn progress_ends(&self) {
        let mut stderr = io::stderr();
        if stderr.is_terminal() {
            writeln!(stderr).ok();
        }
    }

    /// What went wrong, on standard error; as JSON where a program reads along.
    pub fn fault(&self, fault: &Fault) {
        if self.json {
            let Fault { what, why, next, exit, refusal } = fault;
            let why = why.trim();
            let code = exit.code();
            let mut error = serde_json::json!({
                "what": what, "why": why, "next": next, "exit_code": code
            });
            if let Some(refusal) = refusal {
                error["reasons"] = serde_json::json!(refusal.told());
            }
            let value = serde_json::json!({ "error": error });
            err(&escape_for_json(&value.to_string()));
        } else {
            err(&sanitize(&format!("gemba: {fault}")));
        }
    }
}

/// Escapes what `serde_json` leaves as it is and a terminal could be deceived by.
fn escape_for_json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if crate::domain::text::is_deceptive(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(safe, "\\u{unit:04x}").ok();
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Whether something could not be written out, so that what was asked for was not told whole.
static CUT: AtomicBool = AtomicBool::new(false);

/// Whether what was to be told is known to have been cut.
pub fn was_cut() -> bool {
    CUT.load(Ordering::Relaxed)
}

/// A reader that went away is no fault of the command; a disk that is full is.
fn out(line: &str) {
    if let Err(error) = writeln!(io::stdout(), "{line}")
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        CUT.store(true, Ordering::Relaxed);
    }
}

fn err(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}
