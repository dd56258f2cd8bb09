//! Turns a terminal's bytes into whole lines, for terminals that have no keys.
//!
//! Lines that end one right behind the other were put in at once: they come as one input, parted by `\n`,
//! so that what takes a block can ask about all of it. A line waits that long for another. In a pipe every
//! line is on its own.

use crate::app::terminal::input::{InputParser, InputRules};
use crate::ui::input::{Focus, Input};

/// Longer lines are cut and end in U+FFFD, so that nobody takes the part for the whole.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// Lines that are put in at once and are longer together come in parts.
const BLOCK_BYTES_MAX: usize = 64 * 1024;
/// An empty line this soon after another was pressed before anybody could hear what that one brought.
const ENTER_AGAIN_MS: u64 = 300;
/// A line that ends this soon after another was put in with it: nobody types so fast.
const AT_ONCE_MS: u64 = 30;
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
    /// Lines that ended, and when the last of them did: another may come with them.
    held: Option<(String, u64)>,
    /// When the input before them ended.
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
            held: None,
            ended_ms: None,
            echo: Vec::new(),
        }
    }

    /// Takes what one read gave.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Input> {
        let mut out = self.expire(at_ms);
        for &byte in bytes {
            let after_cr = self.cr_ms.take();
            match byte {
                b'\n' if after_cr.is_some_and(|cr| at_ms.saturating_sub(cr) <= CR_LF_MS_MAX) => {}
                b'\r' | b'\n' => {
                    self.cr_ms = (byte == b'\r').then_some(at_ms);
                    self.end(at_ms, &mut out);
                }
                0x08 | 0x7f => self.take_back(),
                0x15 => {
                    while !self.line.is_empty() {
                        self.take_back();
                    }
                }
                // FS, GS, RS, US and EOT part the fields of a code.
                STX | EOT | 0x1c..=0x1f => self.line.push(byte),
                0..=0x08 | 0x0a..=0x1f => {}
                // Parts the values of a block.
                b'\t' | 0x20..=0x7e | 0x80..=0xff => self.character(byte),
            }
        }
        out
    }

    /// When to call [`Self::expire`] unless bytes come before; none while nothing is held.
    pub fn deadline(&self) -> Option<u64> {
        self.held.as_ref().map(|(_, ended_ms)| ended_ms.saturating_add(AT_ONCE_MS + 1))
    }

    /// Gives out what has waited long enough.
    pub fn expire(&mut self, at_ms: u64) -> Vec<Input> {
        let is_due = self.deadline().is_some_and(|deadline| at_ms >= deadline);
        if is_due { self.settle().into_iter().collect() } else { Vec::new() }
    }

    /// What waits still when nothing more comes, and what was typed of a line that nobody ended.
    pub fn rest(&mut self) -> Vec<Input> {
        let held = self.settle();
        let text = self.taken();
        held.into_iter().chain((!text.is_empty()).then_some(Input::Paste(text))).collect()
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
            self.echo.push(if byte == b'\t' { b' ' } else { byte });
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

    fn end(&mut self, at_ms: u64, out: &mut Vec<Input>) {
        if self.typist == Typist::Bare {
            self.echo.extend_from_slice(b"\r\n");
        }
        let text = self.taken();
        let framed = text.strip_prefix(char::from(STX));
        let prefixed = self.prefixes.iter().find_map(|prefix| text.strip_prefix(prefix.as_str()));
        if let Some(code) = framed.or(prefixed) {
            let code = Input::Scan(code.replace('\t', " "));
            out.extend(self.settle());
            out.push(code);
            self.ended_ms = Some(at_ms);
        } else if self.typist == Typist::Pipe {
            out.push(Input::Line(text));
        } else {
            let fits = |(held, _): &(String, u64)| held.len() + text.len() < BLOCK_BYTES_MAX;
            if !self.held.as_ref().is_some_and(fits) {
                out.extend(self.settle());
            }
            match &mut self.held {
                Some((held, ended_ms)) => {
                    held.push('\n');
                    held.push_str(&text);
                    *ended_ms = at_ms;
                }
                None => self.held = Some((text, at_ms)),
            }
        }
    }

    /// The lines that ended: one, or several that were put in at once.
    fn settle(&mut self) -> Option<Input> {
        let (lines, ended_ms) = self.held.take()?;
        let before = self.ended_ms.replace(ended_ms);
        let soon = before.is_some_and(|before| ended_ms.saturating_sub(before) < ENTER_AGAIN_MS);
        let text = lines.trim_end_matches('\n');
        (!text.is_empty() || !soon).then(|| Input::Line(text.to_owned()))
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
            Self::Lines(lines) => lines.deadline(),
        }
    }

    /// Settles what has waited long enough.
    pub fn expire(&mut self, at_ms: u64) -> Vec<Input> {
        match self {
            Self::Keys(keys) => keys.expire(at_ms),
            Self::Lines(lines) => lines.expire(at_ms),
        }
    }

    /// What was typed last, when nothing more comes.
    pub fn rest(&mut self) -> Vec<Input> {
        match self {
            Self::Keys(_) => Vec::new(),
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
