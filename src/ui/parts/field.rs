//! One line to type in, with what is needed to take back the head of a scan.

use std::fmt;

use crate::domain::context::TEXT_BYTES_MAX;
use crate::domain::text::{is_deceptive, sanitize_line};
use crate::ui::input::Key;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};

/// Room for a text that is kept: one character more than any may have, so that what is too long is
/// refused by name and never cut.
pub const TEXT_MAX: usize = TEXT_BYTES_MAX + 1;

/// What is said of a text that was typed before and kept, where there is room for it.
const KEPT: [&str; 3] =
    ["kept from before: Enter takes it, typing replaces it", "kept: Enter or type anew", "kept"];
/// How many typed characters can be taken back.
const TAKE_BACK_MAX: usize = 64;

/// What stood in a field before a character: the text, the cursor, whether it was to be replaced and
/// whether it was kept.
type Before = (Vec<char>, usize, bool, bool);

/// A line of text being typed.
#[derive(Clone, Default)]
pub struct Field {
    text: Vec<char>,
    cursor: usize,
    /// What stood before each of the last characters typed.
    before: Vec<Before>,
    most: usize,
    hidden: bool,
    /// Whether the next character begins anew.
    anew: bool,
    /// Whether what stands there was typed before, and kept.
    kept: bool,
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
        (self.anew, self.kept) = (false, false);
    }

    /// What stands there was refused: the next character takes its place, any other key edits it.
    pub fn refuse(&mut self) {
        (self.anew, self.kept) = (true, false);
    }

    /// Puts in what was typed before and kept, and says so: Enter takes it, the next character takes
    /// its place, any other key edits it.
    pub fn keep(&mut self, text: &str) {
        self.fill(text);
        let some = !self.is_empty();
        (self.anew, self.kept) = (some, some);
    }

    /// Whether what stands there was typed before, and kept.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Whether the next character takes the place of what stands there.
    pub fn begins_anew(&self) -> bool {
        self.anew || self.is_empty()
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
            self.before.push((self.text.clone(), self.cursor, self.anew, self.kept));
            self.begin_anew();
            self.put(c);
            return true;
        }
        self.before.clear();
        if key.edits() {
            (self.anew, self.kept) = (false, false);
        }
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
            Key::Wipe => self.clear(),
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
            | Key::Ring
            | Key::Redraw
            | Key::Interrupt => return false,
        }
        true
    }

    fn begin_anew(&mut self) {
        self.kept = false;
        if std::mem::take(&mut self.anew) {
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
            (self.text, self.cursor, self.anew, self.kept) = before;
            self.before.truncate(index);
        }
    }

    fn put(&mut self, c: char) {
        if self.text.len() < self.most && !is_deceptive(c) {
            self.text.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    /// Draws it in so many cells, showing the part around the cursor, with a mark where there is more
    /// of it; with focus it gets the cursor.
    pub fn view(&self, canvas: &mut Canvas<'_>, at: At, cells: u16, focused: bool) {
        let shown: Vec<char> =
            if self.hidden { vec!['*'; self.text.len()] } else { self.text.clone() };
        // What is drawn is measured: a plain terminal spells signs out.
        let mut bytes = [0; 4];
        let widths: Vec<u16> =
            shown.iter().map(|c| canvas.cells(c.encode_utf8(&mut bytes))).collect();
        let cells = cells.max(4);
        let (from, to) = window(&widths, self.cursor, cells);
        let part: String = shown.iter().take(to).skip(from).collect();
        let role = if focused { Role::Focus } else { Role::Plain };
        let (mut x, end) = (at.0, at.0.saturating_add(cells));
        if from > 0 {
            x = canvas.mark(at, Mark::Before, Role::Accent);
        }
        let begin = x;
        x = canvas.put_in((x, at.1), end.saturating_sub(x), &part, role);
        if to < shown.len() {
            x = canvas.mark((end - 1, at.1), Mark::After, Role::Accent);
        }
        let left = end.saturating_sub(x + 2);
        let fits = |note: &str| canvas.cells(note) <= left;
        if self.kept
            && let Some(note) = KEPT.map(|note| say!(note)).into_iter().find(|note| fits(note))
        {
            canvas.put((x + 2, at.1), note, Role::Warn);
        }
        if focused {
            let before: u16 = widths.iter().take(self.cursor).skip(from).sum();
            canvas.cursor = Some((begin.saturating_add(before), at.1));
            canvas.secret = self.hidden;
        }
    }
}

/// Which characters are drawn in so many cells, by how many cells each takes: the first ones with
/// which the cursor is among them. Each mark of what is left out takes one cell, and so does the
/// cursor after the last.
fn window(widths: &[u16], cursor: usize, cells: u16) -> (usize, usize) {
    let mut rest: u32 = widths.iter().map(|width| u32::from(*width)).sum();
    for from in 0..=cursor {
        let room = u32::from(cells) - u32::from(from > 0);
        if rest < room {
            return (from, widths.len());
        }
        let (mut used, mut to) = (0, from);
        while let Some(width) = widths.get(to) {
            used += u32::from(*width);
            if used >= room {
                break;
            }
            to += 1;
        }
        if cursor < to {
            return (from, to);
        }
        rest -= widths.get(from).map_or(0, |width| u32::from(*width));
    }
    (cursor, (cursor + 1).min(widths.len()))
}
