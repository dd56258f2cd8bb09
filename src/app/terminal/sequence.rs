//! Frames one escape sequence, byte by byte, and says which key it is.
//!
//! The framing is ours, because a sequence may come in pieces and must never leave junk in a field;
//! what a whole CSI sequence means is termina's knowledge.

use termina::event::{KeyCode, KeyEventKind, Modifiers};
use termina::{Event, Parser};

use crate::ui::input::Key;
use crate::views::dots::Cell;

const ESC: u8 = 0x1b;
const BELL: u8 = 0x07;

/// A key's sequence is never longer.
const KEY_BYTES_MAX: usize = 32;
/// Begins a terminal's name (XTVERSION).
const NAME_BEGINS: &[u8] = b"\x1bP>|";
/// A terminal's answer that is longer is not waited for.
const ANSWER_BYTES_MAX: usize = 1024;

/// What one more byte made of a sequence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    /// It is whole, and means this key or nothing.
    Whole(Option<Key>),
    /// It is an answer of the terminal.
    Told(Told),
    PasteBegins,
    /// It was the Esc key, followed by these bytes.
    Typed(Vec<u8>),
    /// It was cut off and means nothing; the byte stands for itself.
    CutOff,
}

/// What a terminal says of itself when it is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// How large its cells are.
    Cell(Cell),
    /// Its name and version, as it writes them.
    Name(String),
}

/// How long to wait for more of a sequence that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It may be the Esc key, which must not feel slow.
    Short,
    /// It can hardly be anything but a key in pieces: a phantom Esc would be worse than a wait.
    Long,
}

/// A sequence under way; begins with ESC.
#[derive(Debug)]
pub(super) struct Sequence {
    bytes: Vec<u8>,
}

impl Sequence {
    pub(super) fn new() -> Self {
        Self { bytes: vec![ESC] }
    }

    pub(super) fn patience(&self) -> Patience {
        match self.bytes.get(1) {
            Some(b'[' | b'O') => Patience::Long,
            Some(_) if self.bytes.starts_with(NAME_BEGINS) => Patience::Long,
            Some(_) | None => Patience::Short,
        }
    }

    /// What to make of it when nothing more comes.
    pub(super) fn give_up(self) -> Step {
        match self.patience() {
            Patience::Long => Step::Whole(None),
            Patience::Short => Step::Typed(self.bytes.into_iter().skip(1).collect()),
        }
    }

    /// What came, in words: the key's name, or its characters where it has none.
    pub(super) fn told(&self, key: Option<Key>) -> String {
        if let Some(Key::F(number)) = key {
            return format!("F{number}");
        }
        if key == Some(Key::Menu) {
            return "F9".to_owned();
        }
        let characters = self.bytes.iter().skip(1).filter(|byte| byte.is_ascii_graphic());
        let characters: String = characters.copied().map(char::from).collect();
        let control = |rest: Option<&str>| rest?.parse::<u8>().ok().map(char::from);
        let by_xterm = characters.strip_prefix("[27;5;").and_then(|rest| rest.strip_suffix('~'));
        let by_number = characters.strip_prefix('[').and_then(|rest| rest.strip_suffix(";5u"));
        match control(by_xterm).or_else(|| control(by_number)).filter(char::is_ascii_graphic) {
            Some(c) => format!("Ctrl-{c} (ESC{characters})"),
            None => format!("ESC{characters}"),
        }
    }

    pub(super) fn push(&mut self, byte: u8) -> Step {
        match self.bytes.get(1) {
            None => self.second(byte),
            Some(b'[') => self.csi(byte),
            Some(b'O') => self.keypad(byte),
            Some(_) => self.answer(byte),
        }
    }

    fn second(&mut self, byte: u8) -> Step {
        if matches!(byte, b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_') {
            self.bytes.push(byte);
            return Step::More;
        }
        // Alt with a character looks like Esc and the character in one packet, as a slow line
        // delivers it. Nothing here is bound to Alt, so both keys are meant.
        Step::Typed(vec![byte])
    }

    fn csi(&mut self, byte: u8) -> Step {
        let of_linux_console = self.bytes.len() == 3 && self.bytes.get(2) == Some(&b'[');
        match byte {
            b'[' if self.bytes.len() == 2 => self.more(byte),
            0x40..=0x7e => {
                self.bytes.push(byte);
                self.decoded()
            }
            0x20..=0x3f if !of_linux_console => self.more(byte),
            0..=0x3f | 0x7f..=0xff => Step::CutOff,
        }
    }

    fn more(&mut self, byte: u8) -> Step {
        if self.bytes.len() == KEY_BYTES_MAX {
            return Step::CutOff;
        }
        self.bytes.push(byte);
        Step::More
    }

    fn decoded(&self) -> Step {
        match self.bytes.get(2..) {
            Some(b"200~") => Step::PasteBegins,
            // A VT220's Help and Do.
            Some(b"28~") => Step::Whole(Some(Key::F(1))),
            Some(b"29~") => Step::Whole(Some(Key::Menu)),
            Some([b'6', b';', size @ .., b't']) => {
                cell_of(size).map_or(Step::Whole(None), |cell| Step::Told(Told::Cell(cell)))
            }
            // Only forms that keys have; reports and mouse events were never asked for.
            Some([b'0'..=b'9' | b';' | b'[' | b'A'..=b'H' | b'P'..=b'S' | b'Z', ..]) => {
                let mut parser = Parser::default();
                parser.parse(&self.bytes, false);
                Step::Whole(parser.pop().and_then(key_of))
            }
            Some(_) | None => Step::Whole(None),
        }
    }

    /// A numeric keypad in application mode, and the first four function keys.
    fn keypad(&mut self, byte: u8) -> Step {
        let key = match byte {
            b'A' => Key::Up,
            b'B' => Key::Down,
            b'C' => Key::Right,
            b'D' => Key::Left,
            b'H' => Key::Home,
            b'F' => Key::End,
            b'M' => Key::Enter,
            b'I' => Key::Tab,
            b'P'..=b'S' => Key::F(byte - b'P' + 1),
            b'j' => Key::Menu,
            // The keypad sends its characters moved up by 64.
            b' ' | b'X' | b'k'..=b'y' => Key::Char(char::from(byte & 0x3f)),
            // Modifiers, as some emulators put them.
            b'0'..=b'9' | b';' => return self.more(byte),
            0x40..=0x7e => return Step::Whole(None),
            0..=0x3f | 0x7f..=0xff => return Step::CutOff,
        };
        Step::Whole(Some(key))
    }

    /// A terminal's answer to a question that we did not ask, up to BEL or ESC `\`.
    fn answer(&mut self, byte: u8) -> Step {
        let ended = byte == BELL || (byte == b'\\' && self.bytes.last() == Some(&ESC));
        if ended && let Some(name) = self.bytes.strip_prefix(NAME_BEGINS) {
            let name = name.strip_suffix(&[ESC]).unwrap_or(name);
            return Step::Told(Told::Name(String::from_utf8_lossy(name).into_owned()));
        }
        if ended || self.bytes.len() == ANSWER_BYTES_MAX {
            return Step::Whole(None);
        }
        self.bytes.push(byte);
        // An answer has no line ends: Esc and then text that begins with P or X was typed.
        if matches!(byte, b'\r' | b'\n') {
            return Step::Typed(self.bytes.iter().copied().skip(1).collect());
        }
        Step::More
    }
}

/// A cell as a terminal tells its size: dots down, dots across.
fn cell_of(size: &[u8]) -> Option<Cell> {
    let (down, across) = str::from_utf8(size).ok()?.split_once(';')?;
    Cell::of(across.parse().ok()?, down.parse().ok()?)
}

fn key_of(event: Event) -> Option<Key> {
    let Event::Key(pressed) = event else { return None };
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    if let KeyCode::Char(c) = pressed.code {
        return character(c, pressed.modifiers);
    }
    if let KeyCode::Function(number) = pressed.code {
        return Some(if number == 9 { Key::Menu } else { Key::F(number) });
    }
    NAMED.iter().find(|(code, _)| *code == pressed.code).map(|(_, key)| *key)
}

fn character(c: char, modifiers: Modifiers) -> Option<Key> {
    if modifiers.contains(Modifiers::CONTROL) {
        return match c {
            'c' => Some(Key::Interrupt),
            'g' => Some(Key::Ring),
            'l' => Some(Key::Redraw),
            _ => None,
        };
    }
    (!modifiers.contains(Modifiers::ALT)).then_some(Key::Char(c))
}

const NAMED: [(KeyCode, Key); 14] = [
    (KeyCode::Enter, Key::Enter),
    (KeyCode::Backspace, Key::Backspace),
    (KeyCode::Tab, Key::Tab),
    (KeyCode::BackTab, Key::BackTab),
    (KeyCode::Escape, Key::Esc),
    (KeyCode::Delete, Key::Delete),
    (KeyCode::Up, Key::Up),
    (KeyCode::Down, Key::Down),
    (KeyCode::Left, Key::Left),
    (KeyCode::Right, Key::Right),
    (KeyCode::Home, Key::Home),
    (KeyCode::End, Key::End),
    (KeyCode::PageUp, Key::PageUp),
    (KeyCode::PageDown, Key::PageDown),
];
