//! Turns a terminal's bytes into whole lines, for terminals that have no keys.

use crate::app::terminal::input::{InputParser, InputRules};
use crate::ui::input::{Focus, Input};

/// Longer lines are cut and end in U+FFFD, so that nobody takes the part for the whole.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// An empty line this soon after another was pressed before anybody could hear what that one brought.
const ENTER_AGAIN_MS: u64 = 300;
/// LF this soon after CR belongs to it.
const CR_LF_MS_MAX: u64 = 250;
const STX: u8 = 0x02;
const EOT: u8 = 0x04;

/// Who types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typist {
    /// A file or a program, through a pipe: every line is meant.
    Pipe,
    /// A person at a terminal that shows what is typed and lets it be mended.
    Terminal,
    /// A person at the end of a line that does neither: it is done here.
    Bare,
}

/// The state between two reads.
#[derive(Debug)]
pub struct LineParser {
    prefixes: Vec<String>,
    typist: Typist,
    line: Vec<u8>,
    cut: bool,
    cr_ms: Option<u64>,
    ended_ms: Option<u64>,
    echo: Vec<u8>,
}

impl LineParser {
    /// Nothing was typed yet.
    pub fn new(rules: &InputRules, typist: Typist) -> Self {
        Self {
            prefixes: rules.scan.prefixes.clone(),
            typist,
            line: Vec::new(),
            cut: false,
            cr_ms: None,
            ended_ms: None,
            echo: Vec::new(),
        }
    }

    /// Takes what one read gave.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Input> {
        let mut out = Vec::new();
        for &byte in bytes {
            let after_cr = self.cr_ms.take();
            match byte {
                b'\n' if after_cr.is_some_and(|cr| at_ms.saturating_sub(cr) <= CR_LF_MS_MAX) => {}
                b'\r' | b'\n' => {
                    self.cr_ms = (byte == b'\r').then_some(at_ms);
                    out.extend(self.end(at_ms));
                }
                0x08 | 0x7f => self.take_back(),
                0x15 => {
                    while !self.line.is_empty() {
                        self.take_back();
                    }
                }
                // FS, GS, RS, US and EOT part the fields of a code.
                STX | EOT | 0x1c..=0x1f => self.line.push(byte),
                b'\t' => self.character(b' '),
                0..=0x1f => {}
                0x20..=0x7e | 0x80..=0xff => self.character(byte),
            }
        }
        out
    }

    /// What was typed of a line that nobody ended.
    pub fn rest(&mut self) -> Option<Input> {
        let text = self.taken();
        (!text.is_empty()).then_some(Input::Paste(text))
    }

    /// What a line shows of what was typed, where nobody else does; secrets are left out by whoever
    /// writes it.
    pub fn take_echo(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.echo)
    }

    fn character(&mut self, byte: u8) {
        if self.line.len() >= LINE_BYTES_MAX {
            self.cut = true;
            return;
        }
        self.line.push(byte);
        if self.typist == Typist::Bare {
            self.echo.push(byte);
        }
    }

    /// Takes the last character back: all bytes of it.
    fn take_back(&mut self) {
        if self.typist == Typist::Bare && !self.line.is_empty() {
            self.echo.extend_from_slice(b"\x08 \x08");
        }
        let continues = |byte: u8| (0x80..=0xbf).contains(&byte);
        while self.line.pop().is_some_and(continues) {}
    }

    fn taken(&mut self) -> String {
        let mut text = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        if std::mem::take(&mut self.cut) {
            text.push('\u{fffd}');
        }
        text
    }

    fn end(&mut self, at_ms: u64) -> Option<Input> {
        if self.typist == Typist::Bare {
            self.echo.extend_from_slice(b"\r\n");
        }
        let text = self.taken();
        let before = self.ended_ms.replace(at_ms);
        let soon = before.is_some_and(|before| at_ms.saturating_sub(before) < ENTER_AGAIN_MS);
        if text.is_empty() && soon && self.typist != Typist::Pipe {
            return None;
        }
        let framed = text.strip_prefix(char::from(STX));
        let prefixed = self.prefixes.iter().find_map(|prefix| text.strip_prefix(prefix.as_str()));
        Some(match framed.or(prefixed) {
            Some(code) => Input::Scan(code.to_owned()),
            None => Input::Line(text),
        })
    }
}

/// What reads a terminal's bytes.
#[derive(Debug)]
pub enum Parser {
    /// As keys and scans.
    Keys(Box<InputParser>),
    /// As lines.
    Lines(LineParser),
}

impl Parser {
    /// Whether it reads lines.
    pub fn is_of_lines(&self) -> bool {
        matches!(self, Self::Lines(_))
    }

    /// Says what a character does on the screen as it stands.
    pub fn attend(&mut self, focus: Focus) {
        match self {
            Self::Keys(keys) => keys.attend(focus),
            Self::Lines(_) => {}
        }
    }

    /// Takes what one read gave.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Input> {
        match self {
            Self::Keys(keys) => keys.feed(bytes, at_ms),
            Self::Lines(lines) => lines.feed(bytes, at_ms),
        }
    }

    /// When to call [`Self::expire`] unless bytes come before; none while nothing is unsettled.
    pub fn deadline(&self) -> Option<u64> {
        match self {
            Self::Keys(keys) => keys.deadline(),
            Self::Lines(_) => None,
        }
    }

    /// Settles what has waited long enough.
    pub fn expire(&mut self, at_ms: u64) -> Vec<Input> {
        match self {
            Self::Keys(keys) => keys.expire(at_ms),
            Self::Lines(_) => Vec::new(),
        }
    }

    /// What was typed last, when nothing more comes.
    pub fn rest(&mut self) -> Option<Input> {
        match self {
            Self::Keys(_) => None,
            Self::Lines(lines) => lines.rest(),
        }
    }

    /// What is shown of what was typed, where nobody else does.
    pub fn take_echo(&mut self) -> Vec<u8> {
        match self {
            Self::Keys(_) => Vec::new(),
            Self::Lines(lines) => lines.take_echo(),
        }
    }
}
