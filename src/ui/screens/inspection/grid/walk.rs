//! How the focus goes through the grid.

use crate::domain::inspection::cells::CellAt;
use crate::ui::input::Key;
use crate::ui::parts::list::page_of;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::heads::Shape;
use super::{Asking, GridScreen, Then, Way};

impl GridScreen {
    /// Goes to a row and a column; what was typed where it was stays there, and is not saved.
    pub(super) fn go(&mut self, (row, column): (usize, usize), world: &mut World) {
        let typed = self.recording.text();
        self.recording.keep_draft(world);
        if !typed.is_empty()
            && let Some((piece, _)) = self.here()
        {
            let words =
                say!("not saved: {typed} at piece {piece}; Enter there saves it", typed, piece);
            world.announce(words, Role::Warn);
        }
        self.asking = Asking::Nothing;
        let last = (self.pieces().len().saturating_sub(1), self.asks().len().saturating_sub(1));
        self.focus = (row.min(last.0), column.min(last.1));
        self.ready(world);
    }

    /// Goes to a value.
    pub(super) fn go_to(&mut self, (piece, ask): CellAt, world: &mut World) {
        let row = self.pieces().iter().position(|known| *known == piece);
        if let Some(row) = row {
            self.go((row, usize::from(ask).saturating_sub(1)), world);
        }
    }

    /// Takes a key that moves; tells whether it was one.
    pub(super) fn walk(&mut self, key: Key, world: &mut World) -> bool {
        let (row, column) = self.focus;
        let shape = Shape::of(world.size);
        let page = page_of(row, shape.rows, self.pieces().len());
        let to = match key {
            Key::Up => (row.saturating_sub(1), column),
            Key::Down => (row + 1, column),
            Key::Left => (row, column.saturating_sub(1)),
            Key::Right => (row, column + 1),
            Key::Home => (row, 0),
            Key::End => (row, usize::MAX),
            Key::PageUp => (page.start.saturating_sub(shape.rows), column),
            Key::PageDown if page.end < self.pieces().len() => (page.end, column),
            Key::PageDown => (row, column),
            Key::BackTab if column > 0 => (row, column - 1),
            Key::BackTab => (row.saturating_sub(1), usize::MAX),
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::Backspace
            | Key::Delete
            | Key::F(_)
            | Key::Menu
            | Key::Ring
            | Key::Wipe
            | Key::Redraw
            | Key::Interrupt => return false,
        };
        self.tab_from = None;
        self.go(to, world);
        true
    }

    /// Goes on from where the focus is: to the next value by Tab, down or right by Enter.
    pub(super) fn on(&mut self, way: Way, world: &mut World) {
        let (row, column) = self.focus;
        let (rows, columns) = (self.pieces().len(), self.asks().len());
        let to = match way {
            Way::Tab => {
                self.tab_from.get_or_insert(column);
                if column + 1 < columns { (row, column + 1) } else { (row + 1, 0) }
            }
            Way::Enter => match self.tab_from.take() {
                Some(from) => (row + 1, from),
                None if Self::enter_goes_right(world) && column + 1 < columns => (row, column + 1),
                None if Self::enter_goes_right(world) => (row + 1, 0),
                None if row + 1 < rows => (row + 1, column),
                None => (0, column + 1),
            },
        };
        // At the last one there is nowhere to go.
        if to.0 < rows && to.1 < columns {
            self.go(to, world);
        }
    }

    /// Goes where it was to go once what was sent is shown; to what failed, where that is asked for.
    pub(super) fn then(&mut self, world: &mut World) {
        let Some(Then::On(at, way)) = self.then.take() else { return };
        let failed = self.cell(at).is_some_and(|cell| cell.again);
        if failed && Self::asks_at_once(world) {
            self.ready(world);
            world.warn(say!("it fails: type again what the gauge shows"));
            return;
        }
        if self.here() == Some(at) {
            self.on(way, world);
        }
        let whole = self.grid.as_ref().is_some_and(|grid| grid.lot.remaining.is_empty());
        if whole {
            self.go_to_failing(world);
        }
    }

    /// Goes to the next value that is to be typed again.
    pub(super) fn go_to_failing(&mut self, world: &mut World) {
        let again = self.grid.as_ref().map_or(&[][..], |grid| grid.again.as_slice());
        let here = self.here();
        let after = again.iter().find(|at| here.is_some_and(|here| **at > here));
        if let Some(at) = after.or(again.first()).copied() {
            self.go_to(at, world);
            let (piece, _) = at;
            let words = say!("piece {piece}: type again what the gauge shows", piece);
            world.say(words, Role::Warn);
        }
    }
}
