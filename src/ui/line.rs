//! A line that somebody typed and ended, where there are no keys: what it presses.
//!
//! Into a field it is put whole, and Enter follows. Where digits answer it is the digit; more than one
//! character is what a scanner sent. A slash before a word presses a key by its name. Several lines at
//! once are a block, where one is taken.

use crate::domain::text::is_deceptive;
use crate::ui::speech::say;

use super::effect::Effect;
use super::input::{Focus, Input, Key, ScanEnd};
use super::shell::Shell;
use super::theme::Role;

/// Keys by the names that screens print.
const KEYS: [(&str, Key); 17] = [
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("back", Key::Esc),
    ("tab", Key::Tab),
    ("backtab", Key::BackTab),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pgup", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("menu", Key::Menu),
    ("help", Key::F(1)),
    ("space", Key::Char(' ')),
    ("ctrl-g", Key::Ring),
];
/// The words that are no keys.
const AGAIN: &str = "again";
const SCAN: &str = "scan";
const QUIT: &str = "quit";
/// What a scanner says first that tells what it read (ISO/IEC 15424).
const AIM: char = ']';

/// What is said of a word that presses nothing.
const WORDS: &str = "/f1 to /f12, /esc, /menu, /help, /up, /down, /pgup, /pgdn, /tab, /space, /ctrl-g, \
    /again, /scan CODE, /quit";

impl Shell {
    /// Takes a line, or several that came at once, parted by `\n`.
    pub(super) fn line(&mut self, line: &str) {
        if line.contains(['\n', '\t']) && self.takes_block(line) {
            return;
        }
        if line.contains('\n') {
            // Where no block is taken they are typed one after another.
            for one in line.lines().filter(|one| !one.is_empty()) {
                self.input(Input::Line(one.to_owned()));
            }
            return;
        }
        self.one_line(&line.replace('\t', " "));
    }

    fn one_line(&mut self, line: &str) {
        let word =
            line.strip_prefix('/').filter(|rest| rest.starts_with(|c: char| c.is_alphabetic()));
        if let Some(word) = word {
            return self.word(word);
        }
        if line.starts_with(AIM) {
            return self.scan(line.to_owned(), ScanEnd::Enter);
        }
        let Some(focus) = self.layers.last().map(|top| top.focus(&self.world)) else { return };
        let mut characters = line.chars();
        match (characters.next(), characters.next()) {
            (None, _) => self.press([Key::Enter]),
            (Some('*'), None) if self.meant(Key::Char('*')) == Key::Menu => self.press([Key::Menu]),
            (Some(':'), _) => self.press(line.chars().map(Key::Char)),
            (Some(c), None) if focus == Focus::Choice => self.press([Key::Char(c)]),
            (Some(_), _) if focus == Focus::Choice => self.scan(line.to_owned(), ScanEnd::Enter),
            (Some(c), None) => self.character(c),
            (Some(_), _) => {
                let text: String = line.chars().filter(|c| !is_deceptive(*c)).collect();
                self.press([Key::Wipe]);
                self.on_top(|top, world| top.put_in(&text, world));
                self.press([Key::Enter]);
            }
        }
    }

    /// Types one character where text is typed. It may choose something that is done at once: Enter
    /// follows only where it did not, or it would answer what comes up then.
    fn character(&mut self, c: char) {
        let screens = self.layers.len();
        self.press([Key::Wipe, Key::Char(c)]);
        if self.layers.len() == screens && !self.busy() {
            self.press([Key::Enter]);
        }
    }

    fn word(&mut self, word: &str) {
        let (name, rest) = word.split_once(' ').unwrap_or((word, ""));
        let name = name.to_lowercase();
        let function = name.strip_prefix('f').and_then(|number| number.parse::<u8>().ok());
        let key = match function {
            Some(9) => Some(Key::Menu),
            Some(number @ 1..=12) => Some(Key::F(number)),
            Some(_) | None => KEYS.iter().find(|(known, _)| *known == name).map(|(_, key)| *key),
        };
        if let Some(key) = key {
            self.press([key]);
        } else if name == SCAN && !rest.trim().is_empty() {
            self.scan(rest.trim().to_owned(), ScanEnd::Enter);
        } else if name == AGAIN {
            self.world.ask(Effect::Redraw);
        } else if name == QUIT {
            self.quit();
        } else {
            let words = say!("/{name} is no word here: {words}", name, words = say!(WORDS));
            self.world.say(words, Role::Fail);
        }
    }

    /// Presses keys; what they open takes those that follow once it can.
    fn press(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.input(Input::Key(key));
        }
    }
}
