//! A window that is smaller than screens are laid out for: a part of the screen, set in one column.
//! Invariants: what has the focus is in it; whoever says that they have read a page was shown all of it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::ui::speech::say;

use super::effect::Effect;
use super::input::Key;
use super::keys::Act;
use super::parts::canvas::{Canvas, Drawn};
use super::parts::frame;
use super::parts::reflow::{Flowed, flowed};
use super::shell::Shell;
use super::theme::Role;
use super::themes::Themes;

/// The smallest window in which screens stand as they are laid out.
const LAID_OUT_MIN: (u16, u16) = (80, 24);
/// The smallest one for which a screen sets itself that does.
const SET_MIN: (u16, u16) = (60, 20);

/// What is said where something is not shown yet.
const UNSEEN: &str = "there is more to read: PgDn";

/// Which part of the screen the window shows.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The first line, where somebody turned; else the line with the focus is in it.
    top: Option<usize>,
    /// Whether it was turned though nobody asked, because something was not shown yet.
    jumped: bool,
    /// The page, and up to which line all of it was shown.
    read: (Vec<String>, usize),
}

/// The lines that a window shows.
#[derive(Debug, Clone, Copy)]
struct Part {
    top: usize,
    end: usize,
    /// The line with the focus, below the others.
    pinned: Option<usize>,
}

/// Columns and rows that a screen is laid out in, in a window of so many; one may set itself in fewer.
pub(super) fn laid_out(window: (u16, u16), sets_itself: bool) -> (u16, u16) {
    let (columns, rows) = window;
    if is_small(window, sets_itself) {
        (columns.max(LAID_OUT_MIN.0), rows.max(LAID_OUT_MIN.1))
    } else {
        window
    }
}

fn is_small((columns, rows): (u16, u16), sets_itself: bool) -> bool {
    let least = if sets_itself { SET_MIN } else { LAID_OUT_MIN };
    columns < least.0 || rows < least.1
}

impl Shell {
    /// Whether what is on top is set for the window by itself.
    fn sets_itself(&self) -> bool {
        self.layers.last().is_some_and(|top| top.sets_itself())
    }

    /// Whether a window of so many columns and rows shows a part of the screen.
    pub(super) fn shows_part(&self, window: (u16, u16)) -> bool {
        is_small(window, self.sets_itself())
    }

    /// Lays out what is on top for the window.
    pub(super) fn lay_out(&mut self) {
        self.world.size = laid_out(self.size, self.sets_itself());
    }

    /// What the terminal shows is another from now on: its themes, and whether only ASCII is drawn.
    pub fn dress(&mut self, themes: Themes, ascii: bool) {
        self.world.theme = themes.usual().clone();
        self.world.themes = themes;
        self.world.ascii = ascii;
    }

    /// The screen on top, set for a window, what came of drawing it, and whether all of it is read before it
    /// is answered.
    fn flowed(&self, window: (u16, u16)) -> (Flowed, Drawn, bool) {
        let (columns, rows) = laid_out(window, self.sets_itself());
        let mut screen = Buffer::empty(Rect::new(0, 0, columns, rows));
        let (theme, ascii) = (&self.world.theme, self.world.ascii);
        let mut canvas = Canvas::in_lines(&mut screen, theme, ascii);
        if let Some(top) = self.layers.last() {
            top.view(&self.world, &mut canvas);
        }
        let ahead = self.layers.last().is_none_or(|top| top.takes_ahead());
        let read_first = canvas.read_first || !ahead;
        let drawn = canvas.drawn();
        let flowed = flowed(&screen, drawn.cursor, usize::from(window.0.saturating_sub(1)));
        (flowed, drawn, read_first)
    }

    /// How many lines the window has for the screen.
    fn room(&self, (columns, rows): (u16, u16)) -> usize {
        let around = 2 + frame::said_lines(&self.world, columns) + usize::from(self.has_notice());
        usize::from(rows).saturating_sub(around).max(1)
    }

    fn has_notice(&self) -> bool {
        !self.world.link.calls.is_empty() || !self.world.waits.is_empty()
    }

    /// The lines that are shown, of so many: one less where there are others, to say so, and one less
    /// where what has the focus is not among them, to show it all the same.
    fn part(&self, flowed: &Flowed, room: usize) -> Part {
        let total = flowed.lines.len();
        if total <= room {
            return Part { top: 0, end: total, pinned: None };
        }
        let focus = flowed.cursor.map_or(0, |(_, line)| line);
        let anchor = flowed.marked.unwrap_or(focus);
        let of = |room: usize| {
            let last = total.saturating_sub(room);
            // With what stands before it, and a line of what comes after.
            let follows = (anchor + 2).saturating_sub(room);
            let top = self.window.top.unwrap_or(follows).min(last);
            (top, top + room)
        };
        let (top, end) = of(room.saturating_sub(1).max(1));
        if (top..end).contains(&focus) {
            return Part { top, end, pinned: None };
        }
        let (top, end) = of(room.saturating_sub(2).max(1));
        let pinned = (!(top..end).contains(&focus)).then_some(focus);
        Part { top, end, pinned }
    }

    /// Draws the window.
    pub(super) fn draw_part(&self, mut canvas: Canvas<'_>) -> Drawn {
        let size = (canvas.width(), canvas.height());
        frame::header_small(&self.world, &mut canvas);
        let mut first = 1;
        if self.has_notice() {
            frame::notice(&self.world, first, &mut canvas);
            first += 1;
        }
        let (flowed, drawn, _) = self.flowed(size);
        canvas.lacks(drawn);
        let Part { top, end, pinned } = self.part(&flowed, self.room(size));
        let shown = (top..end).chain(pinned);
        for (y, line) in (first..).zip(shown.clone()) {
            canvas.put_cells(y, flowed.lines.get(line).map_or(&[], Vec::as_slice));
            if let Some((x, _)) = flowed.cursor.filter(|(_, row)| *row == line) {
                canvas.cursor = Some((u16::try_from(x).unwrap_or(0), y));
            }
        }
        let rows = shown.count();
        if rows < flowed.lines.len() {
            let y = first + u16::try_from(rows).unwrap_or(0);
            let more =
                [(top > 0, "PgUp", 0..top), (end < flowed.lines.len(), "PgDn", end..usize::MAX)];
            let mut x = 1;
            for (_, key, hidden) in more.into_iter().filter(|(is, ..)| *is) {
                let hidden = flowed.lines.get(hidden.start..hidden.end.min(flowed.lines.len()));
                let alarm = hidden.unwrap_or_default().iter().find_map(|line| alarm(line));
                let more = (say!("more"), Role::Accent);
                let (what, role) = alarm.map_or(more, |word| (word, Role::Fail));
                x = canvas.put((x, y), &format!("{key}: {what}"), role) + 3;
            }
        }
        frame::said(&self.world, &mut canvas);
        if let Some(layer) = self.layers.last() {
            frame::footer(&first_menu(layer.footer(&self.world)), &mut canvas);
        }
        canvas.drawn()
    }

    /// Takes a key that turns the window, or that would say that a page was read of which not all was
    /// shown; false where the screen takes it.
    pub(super) fn window_takes(&mut self, key: Key) -> bool {
        if !self.shows_part(self.size) {
            return false;
        }
        let (flowed, _, read_first) = self.flowed(self.size);
        let Part { top, end, .. } = self.part(&flowed, self.room(self.size));
        let total = flowed.lines.len();
        // Where it jumped by itself nobody has said yet that they see it.
        let jumped = std::mem::take(&mut self.window.jumped);
        if !jumped || key == Key::PageDown {
            self.note_shown(&flowed, (top, end));
        }
        if key == Key::PageDown && (end < total || jumped) {
            self.window.top = Some(end.min(total.saturating_sub(1)));
            return true;
        }
        if key == Key::PageUp && top > 0 {
            self.window.top = Some(top.saturating_sub(end - top));
            return true;
        }
        let seen = self.window.read.1;
        if read_first && seen < total && answers(key) {
            self.window.top = Some(seen);
            self.window.jumped = true;
            self.world.say(say!(UNSEEN), Role::Warn);
            self.world.ask(Effect::Beep);
            return true;
        }
        self.window.top = None;
        false
    }

    /// Notes what of the page was shown, from its first line on.
    fn note_shown(&mut self, flowed: &Flowed, (top, end): (usize, usize)) {
        let focus = flowed.cursor.map(|(_, line)| line);
        let others = flowed.lines.iter().enumerate().filter(|(n, _)| Some(*n) != focus);
        let text = |(_, line): (usize, &Vec<_>)| line.iter().map(Cell::symbol).collect::<String>();
        let page: Vec<String> = others.map(text).collect();
        if self.window.read.0 != page {
            self.window.read = (page, 0);
        }
        if top <= self.window.read.1 {
            self.window.read.1 = self.window.read.1.max(end);
        }
    }
}

/// Whether a key may answer what stands on a page: not where it only moves, or leads elsewhere.
const fn answers(key: Key) -> bool {
    matches!(key, Key::Char(_) | Key::Enter | Key::Tab | Key::Backspace | Key::Delete | Key::Wipe)
}

/// What a line warns of that is not shown now: its word.
fn alarm(line: &[Cell]) -> Option<&'static str> {
    let text: String = line.iter().map(Cell::symbol).collect();
    [say!("! WARNING"), say!("! CAUTION")].into_iter().find(|word| text.trim() == *word)
}

/// The key that matters most, then the menu, which leads to every other.
fn first_menu(mut acts: Vec<Act>) -> Vec<Act> {
    if let Some(at) = acts.iter().position(|act| *act == Act::Menu)
        && at > 1
    {
        let menu = acts.remove(at);
        acts.insert(1, menu);
    }
    acts
}
