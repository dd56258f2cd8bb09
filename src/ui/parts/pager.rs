//! A list that pages: a marker moves, rows stay where they are until the page turns.

use crate::ui::input::Key;

/// Which row of how many is marked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pager {
    /// The marked row.
    pub selected: usize,
}

impl Pager {
    /// Takes a key; tells whether it moved the marker.
    pub fn key(&mut self, key: Key, rows: usize, page: usize) -> bool {
        let last = rows.saturating_sub(1);
        let page = page.max(1);
        let start = self.selected / page * page;
        self.selected = match key {
            Key::Up => self.selected.saturating_sub(1),
            Key::Down => (self.selected + 1).min(last),
            Key::PageUp => start.saturating_sub(page),
            Key::PageDown if start + page <= last => start + page,
            Key::PageDown => self.selected,
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Backspace
            | Key::Delete
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End
            | Key::F(_)
            | Key::Menu
            | Key::Redraw
            | Key::Interrupt => return false,
        };
        true
    }

    /// The row that a digit names: they are numbered from 1 on each page.
    pub fn named(&self, key: Key, rows: usize, page: usize) -> Option<usize> {
        let shown = self.page(rows, page);
        let rank = shown.start + key.digit()?.checked_sub(1)?;
        shown.contains(&rank).then_some(rank)
    }

    /// Keeps the marker within the rows.
    pub fn keep_within(&mut self, rows: usize) {
        self.selected = self.selected.min(rows.saturating_sub(1));
    }

    /// The rows of the page on which the marker is.
    pub fn page(&self, rows: usize, page: usize) -> std::ops::Range<usize> {
        let page = page.max(1);
        let start = self.selected / page * page;
        start.min(rows)..(start + page).min(rows)
    }
}
