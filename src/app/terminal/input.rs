//! Turns a terminal's bytes into keys, scans and pastes, without I/O: bytes and time come in.
//!
//! Whoever feeds it also calls [`InputParser::expire`] when [`InputParser::deadline`] has come:
//! a lone ESC, a sequence in pieces and a burst of characters are settled by what does not follow.

use std::str;

use crate::app::terminal::scan::{Burst, ScanRules};
use crate::app::terminal::sequence::{Patience, Sequence, Step, Told};
use crate::ui::input::{Focus, Input, Key, ScanEnd};
use crate::ui::terminal_kind::shows_pictures;
use crate::views::dots::Cell;

/// Longer pastes are cut and end in U+FFFD, so that the cut shows.
const PASTE_BYTES_MAX: usize = 64 * 1024;
/// A paste whose end was lost on the line is given out after this silence.
const PASTE_MS_MAX: u64 = 5_000;
/// A sequence that has shown itself may take this many ESC time-outs: a slow line sends it in pieces.
const SEQUENCE_PATIENCE: u64 = 5;
/// LF this soon after CR belongs to it.
const CR_LF_MS_MAX: u64 = 250;
/// An Enter this soon after another is a bounce of the same key, or was pressed before anybody could
/// see what the first one brought: it confirms nothing.
const ENTER_AGAIN_MS: u64 = 300;
const PASTE_END: &[u8] = b"\x1b[201~";

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;

/// How input is read; times in milliseconds.
#[derive(Debug, Clone)]
pub struct InputRules {
    /// After this, a lone ESC is the Esc key.
    pub escape_ms: u64,
    /// Whether the terminal was asked which one it is, and how large its cells are.
    pub asked: bool,
    pub scan: ScanRules,
}

impl Default for InputRules {
    fn default() -> Self {
        Self { escape_ms: 100, asked: false, scan: ScanRules::default() }
    }
}

/// The state between two reads of a terminal.
#[derive(Debug)]
pub struct InputParser {
    rules: InputRules,
    focus: Focus,
    sequence: Option<Sequence>,
    paste: Option<Vec<u8>>,
    /// The bytes so far of a character that takes several.
    partial: Vec<u8>,
    burst: Burst,
    /// The size of the terminal's cells, as it told.
    cell: Cell,
    cr_ms: Option<u64>,
    /// When Enter was pressed last, where nothing came after it.
    enter_ms: Option<u64>,
    last_ms: u64,
}

impl InputParser {
    pub fn new(rules: InputRules) -> Self {
        Self {
            rules,
            focus: Focus::Text,
            sequence: None,
            paste: None,
            partial: Vec::new(),
            burst: Burst::new(),
            cell: Cell::USUAL,
            cr_ms: None,
            enter_ms: None,
            last_ms: 0,
        }
    }

    /// Says what a character does on the screen as it stands.
    pub fn attend(&mut self, focus: Focus) {
        self.focus = focus;
    }

    /// Takes what one read gave.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Input> {
        let mut out = self.expire(at_ms);
        for &byte in bytes {
            self.last_ms = at_ms;
            self.byte(byte, &mut out);
        }
        self.burst.end_read(&self.rules.scan, self.focus, &mut out);
        out
    }

    /// When to call [`Self::expire`] unless bytes come before; none while nothing is unsettled.
    pub fn deadline(&self) -> Option<u64> {
        let sequence = self.sequence.as_ref().map(|sequence| match sequence.patience() {
            Patience::Short => self.last_ms.saturating_add(self.rules.escape_ms),
            Patience::Long => {
                self.last_ms.saturating_add(self.rules.escape_ms.saturating_mul(SEQUENCE_PATIENCE))
            }
        });
        let paste = self.paste.as_ref().map(|_| self.last_ms.saturating_add(PASTE_MS_MAX));
        // A key that comes within a scan may be of it.
        let alone = self.sequence.is_none();
        let burst = alone.then(|| self.burst.deadline(&self.rules.scan, self.focus)).flatten();
        [sequence, paste, burst].into_iter().flatten().min()
    }

    /// Settles what has waited long enough.
    pub fn expire(&mut self, at_ms: u64) -> Vec<Input> {
        let mut out = Vec::new();
        if self.deadline().is_none_or(|deadline| at_ms < deadline) {
            // A burst that keeps nothing back has no deadline; it ends just the same.
            if self.sequence.is_none() && !self.is_open(at_ms) {
                self.burst.cut_short(&mut out);
            }
            return out;
        }
        if let Some(sequence) = self.sequence.take() {
            self.step(sequence.give_up(), &mut out);
        } else if let Some(paste) = self.paste.take() {
            out.push(Input::Paste(text_of(paste)));
        }
        if !self.is_open(at_ms) {
            self.burst.silence(&self.rules.scan, self.focus, &mut out);
        }
        out
    }

    fn is_open(&self, at_ms: u64) -> bool {
        self.burst.is_open(&self.rules.scan, self.focus, at_ms)
    }

    /// Whether a function key, or one that nothing is known of, is of the scan that it came within.
    fn is_of_scan(&self, key: Option<Key>) -> bool {
        let separates = matches!(key, None | Some(Key::F(_) | Key::Menu));
        separates && self.burst.takes_key(&self.rules.scan, self.focus, self.last_ms)
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) {
        if let Some(paste) = &mut self.paste {
            paste.push(byte);
            if let Some(text) = paste.strip_suffix(PASTE_END) {
                out.push(Input::Paste(text_of(text.to_vec())));
                self.paste = None;
            } else if paste.len() > PASTE_BYTES_MAX + PASTE_END.len() {
                // Only as much of what is too long as may still be the end mark.
                paste.remove(PASTE_BYTES_MAX + 1);
            }
        } else if let Some(mut sequence) = self.sequence.take() {
            let step = sequence.push(byte);
            match step {
                Step::More => self.sequence = Some(sequence),
                Step::Told(told) if self.rules.asked => out.extend(self.told(told)),
                Step::CutOff => {
                    self.burst.cut_short(out);
                    self.plain(byte, out);
                }
                Step::Whole(key) if self.is_of_scan(key) => {
                    self.burst.cut_by(sequence.told(key), self.last_ms, out);
                }
                Step::Whole(_) | Step::Told(_) | Step::PasteBegins | Step::Typed(_) => {
                    self.step(step, out);
                }
            }
        } else {
            self.plain(byte, out);
        }
    }

    /// An answer of the terminal is none of what a hand or a scanner sends, wherever in it it comes.
    fn told(&mut self, told: Told) -> Option<Input> {
        match told {
            Told::Cell(cell) => self.cell = cell,
            Told::Name(name) if shows_pictures(&name) => return Some(Input::Pictures(self.cell)),
            Told::Name(_) => {}
        }
        None
    }

    fn step(&mut self, step: Step, out: &mut Vec<Input>) {
        match step {
            Step::More | Step::CutOff => {}
            Step::Whole(None) | Step::Told(_) => self.burst.cut_short(out),
            Step::Whole(Some(Key::Enter)) => {
                self.burst.cut_short(out);
                self.end_line(Key::Enter, out);
            }
            // A keypad's digits are typed characters like any other.
            Step::Whole(Some(Key::Char(c))) => {
                self.burst.cut_short(out);
                self.character(c, out);
            }
            Step::Whole(Some(key)) => self.key(key, out),
            Step::PasteBegins => {
                self.enter_ms = None;
                self.burst.cut_short(out);
                self.paste = Some(Vec::new());
            }
            Step::Typed(bytes) => {
                self.key(Key::Esc, out);
                for byte in bytes {
                    self.byte(byte, out);
                }
            }
        }
    }

    /// A byte outside of sequences and pastes.
    fn plain(&mut self, byte: u8, out: &mut Vec<Input>) {
        if byte < 0x80 && !self.partial.is_empty() {
            self.stray(out);
        }
        let after_cr = self.cr_ms.take();
        if self.burst.is_framed() && self.framed(byte, out) {
            return;
        }
        match byte {
            b'\r' => {
                self.cr_ms = Some(self.last_ms);
                self.end_line(Key::Enter, out);
            }
            b'\n' if after_cr.is_some_and(|cr| self.last_ms.saturating_sub(cr) <= CR_LF_MS_MAX) => {
            }
            b'\n' => self.end_line(Key::Enter, out),
            b'\t' => self.end_line(Key::Tab, out),
            0x08 | 0x7f => self.key(Key::Backspace, out),
            ETX if self.burst.ends_rest(self.last_ms) => {}
            ETX => self.key(Key::Interrupt, out),
            0x07 => self.key(Key::Ring, out),
            0x0c => self.key(Key::Redraw, out),
            STX => self.burst.frame(self.last_ms, out),
            0x1b => {
                if !self.burst.takes_key(&self.rules.scan, self.focus, self.last_ms) {
                    self.burst.cut_short(out);
                }
                self.sequence = Some(Sequence::new());
            }
            // FS, GS, RS, US and EOT part the fields of a code, but never begin one.
            EOT | 0x1c..=0x1f if self.is_open(self.last_ms) => {
                self.character(char::from(byte), out);
            }
            0..=0x1f => {}
            0x20..=0x7e => self.character(char::from(byte), out),
            0x80..=0xff => self.partial(byte, out),
        }
    }

    /// A byte of a scan that STX began; false if it ends a line and is for the others to see.
    fn framed(&mut self, byte: u8, out: &mut Vec<Input>) -> bool {
        match byte {
            ETX => {
                let end = (ScanEnd::Etx, self.last_ms);
                self.burst.end(&self.rules.scan, self.focus, end, out);
                true
            }
            b'\r' | b'\n' | b'\t' | STX | 0x20..=0x7e | 0x80..=0xff => false,
            0..=0x1f | 0x7f => {
                self.character(char::from(byte), out);
                true
            }
        }
    }

    fn end_line(&mut self, key: Key, out: &mut Vec<Input>) {
        let end = if key == Key::Tab { ScanEnd::Tab } else { ScanEnd::Enter };
        if self.burst.end(&self.rules.scan, self.focus, (end, self.last_ms), out) {
            return;
        }
        if key != Key::Enter {
            self.enter_ms = None;
            out.push(Input::Key(key));
            return;
        }
        let before = self.enter_ms.replace(self.last_ms);
        if before.is_none_or(|before| self.last_ms.saturating_sub(before) >= ENTER_AGAIN_MS) {
            out.push(Input::Key(key));
        }
    }

    fn key(&mut self, key: Key, out: &mut Vec<Input>) {
        self.enter_ms = None;
        self.burst.interrupt(out);
        out.push(Input::Key(key));
    }

    fn character(&mut self, c: char, out: &mut Vec<Input>) {
        self.enter_ms = None;
        self.burst.push(c, &self.rules.scan, self.last_ms, out);
    }

    /// A byte of a character that takes several, or of no character at all.
    fn partial(&mut self, byte: u8, out: &mut Vec<Input>) {
        let continues = (0x80..=0xbf).contains(&byte);
        if !continues && !self.partial.is_empty() {
            self.stray(out);
        }
        self.partial.push(byte);
        match str::from_utf8(&self.partial) {
            Ok(text) => {
                let c = text.chars().next();
                self.partial.clear();
                // C1 controls are for terminals, not from them.
                if let Some(c) = c.filter(|c| !c.is_control()) {
                    self.character(c, out);
                }
            }
            Err(fault) if fault.error_len().is_none() => {}
            Err(_) => self.stray(out),
        }
    }

    /// Bytes that are no text: nothing when typed, but a scan must not pass for another without them.
    fn stray(&mut self, out: &mut Vec<Input>) {
        self.partial.clear();
        if self.is_open(self.last_ms) {
            self.character('\u{fffd}', out);
        }
    }
}

/// The text of a paste: lines parted by LF, whatever the terminal sent; what was too long is cut.
fn text_of(mut bytes: Vec<u8>) -> String {
    let cut = bytes.len() > PASTE_BYTES_MAX;
    bytes.truncate(PASTE_BYTES_MAX);
    let mut text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").replace('\r', "\n");
    if cut {
        text.push('\u{fffd}');
    }
    text
}
