//! One line to type in, with what is needed to take back the head of a scan.

use std::fmt;

use crate::domain::context::TEXT_BYTES_MAX;
use crate::domain::text::{is_deceptive, sanitize_line};
use crate::ui::input::Key;
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};

/// Room for a text that is kept: one character more than any may have, so that what is too long is
/// refused by name and never cut.
pub const TEXT_MAX: usize = TEXT_BYTES_MAX + 1;

/// How many typed characters can be taken back.
const TAKE_BACK_MAX: usize = 64;

/// A line of text being typed.
#[derive(Clone, Default)]
pub struct Field {
    text: Vec<char>,
    cursor: usize,
    /// What stood before each of the last characters typed, where, and whether it was refused.
    before: Vec<(Vec<char>, usize, bool)>,
    most: usize,
    hidden: bool,
    /// Whether the next character begins anew.
    refused: bool,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.hidden { "hidden".to_owned() } else { self.text() };
        f.debug_tuple("Field").field(&text).finish()
    }
}

impl Field {
    /// An empty field for at most so many characters.
    pub fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// A field whose characters are not shown.
    pub fn hidden(most: usize) -> Self {
        Self { most, hidden: true, ..Self::default() }
    }

    /// What was typed.
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.text.clear();
        self.before.clear();
        self.cursor = 0;
        self.refused = false;
    }

    /// What stands there was refused: the next character takes its place, any other key edits it.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    /// Puts a text in place of what stood there.
    pub fn fill(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    /// Takes a key; tells whether it was one for a field.
    pub fn key(&mut self, key: Key) -> bool {
        if let Key::Char(c) = key {
            if self.before.len() == TAKE_BACK_MAX {
                self.before.remove(0);
            }
            self.before.push((self.text.clone(), self.cursor, self.refused));
            self.begin_anew();
            self.put(c);
            return true;
        }
        self.before.clear();
        self.refused = false;
        match key {
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.text.remove(self.cursor);
            }
            Key::Delete if self.cursor < self.text.len() => {
                self.text.remove(self.cursor);
            }
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            Key::Backspace | Key::Delete => {}
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Up
            | Key::Down
            | Key::PageUp
            | Key::PageDown
            | Key::F(_)
            | Key::Menu
            | Key::Redraw
            | Key::Interrupt => return false,
        }
        true
    }

    fn begin_anew(&mut self) {
        if std::mem::take(&mut self.refused) {
            self.text.clear();
            self.cursor = 0;
        }
    }

    /// Puts in a text at the cursor, on one line.
    pub fn insert(&mut self, text: &str) {
        self.begin_anew();
        for c in sanitize_line(text).chars() {
            self.put(c);
        }
    }

    /// Puts back what stood before the last so many characters.
    pub fn take_back(&mut self, characters: usize) {
        let Some(index) = self.before.len().checked_sub(characters) else { return };
        if let Some(before) = self.before.get(index).cloned() {
            (self.text, self.cursor, self.refused) = before;
            self.before.truncate(index);
        }
    }

    fn put(&mut self, c: char) {
        if self.text.len() < self.most && !is_deceptive(c) {
            self.text.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    /// Draws it in so many cells, showing the part around the cursor; with focus it gets the cursor.
    pub fn view(&self, canvas: &mut Canvas<'_>, at: At, cells: u16, focused: bool) {
        let room = usize::from(cells.max(2)) - 1;
        let from = self.cursor.saturating_sub(room);
        let part: String = if self.hidden {
            "*".repeat(self.text.len().saturating_sub(from).min(room))
        } else {
            self.text.iter().skip(from).take(room).collect()
        };
        let role = if focused { Role::Focus } else { Role::Plain };
        canvas.put_in(at, cells, &part, role);
        if focused {
            let before: String = self.text.iter().skip(from).take(self.cursor - from).collect();
            let shift = if self.hidden {
                u16::try_from(before.chars().count()).unwrap_or(0)
            } else {
                canvas.cells(&before)
            };
            canvas.cursor = Some((at.0.saturating_add(shift), at.1));
        }
    }
}
