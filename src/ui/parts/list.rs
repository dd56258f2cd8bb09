//! The one list: rows of which one is marked, in pages, chosen by digits, filtered by typing.

use std::ops::Range;

use crate::ui::input::Key;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};
use super::field::Field;

const FILTER_MAX: usize = 40;
const NO_FIT: &str = "Nothing fits the filter; Esc empties it.";
/// As many rows as there are digits for.
const DIGITS: usize = 9;

/// How many lines a row takes, below the one before it on its page.
pub type Lines<R> = fn(&R, Option<&R>) -> u16;

/// How the rows of a list stand on the screen.
#[derive(Debug)]
pub struct Shape<R> {
    /// The line of the first row.
    pub top: u16,
    /// Lines at the bottom that are not the list's, besides the message and the keys.
    pub below: u16,
    /// How many lines a row takes.
    pub lines: Lines<R>,
    /// Whether a digit chooses a row: then each row of a page has its number.
    pub numbered: bool,
    /// Whether a row marks one of its own lines, since it does not begin with that line.
    pub marks_itself: bool,
    /// The most rows of a page.
    pub most: usize,
    /// What is said where there is no row.
    pub none: &'static str,
}

impl<R> Shape<R> {
    /// Numbered rows of so many lines, below title and rule.
    pub const fn numbered(lines: Lines<R>, none: &'static str) -> Self {
        let (top, below, most) = (4, 0, DIGITS);
        Self { top, below, lines, numbered: true, marks_itself: false, most, none }
    }

    /// Rows without numbers: digits belong to something else.
    pub const fn plain(lines: Lines<R>, none: &'static str) -> Self {
        let (top, below, most) = (4, 0, usize::MAX);
        Self { top, below, lines, numbered: false, marks_itself: false, most, none }
    }

    /// With rows that mark one of their own lines.
    #[must_use]
    pub const fn marking_itself(self) -> Self {
        Self { marks_itself: true, ..self }
    }

    /// From another line on.
    #[must_use]
    pub const fn from_line(self, top: u16) -> Self {
        Self { top, ..self }
    }

    /// With so many rows at most: what is below them is another part of the page.
    #[must_use]
    pub const fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// With lines at the bottom left to something else.
    #[must_use]
    pub const fn leaving(self, below: u16) -> Self {
        Self { below, ..self }
    }
}

/// Rows of one line.
pub fn one_line<R>(_: &R, _: Option<&R>) -> u16 {
    1
}

/// Rows of two lines.
pub fn two_lines<R>(_: &R, _: Option<&R>) -> u16 {
    2
}

/// A row to be drawn.
#[derive(Debug)]
pub struct Shown<'a, R> {
    /// What it is about.
    pub row: &'a R,
    /// The one above it on the page.
    pub above: Option<&'a R>,
    /// Its first line.
    pub y: u16,
    /// Whether Enter takes it.
    pub marked: bool,
}

/// What typing leaves of the rows.
#[derive(Debug)]
struct Filter<R> {
    text: Field,
    fits: fn(&R, &str) -> bool,
}

/// A list of rows.
#[derive(Debug)]
pub struct List<R> {
    shape: Shape<R>,
    rows: Option<Vec<R>>,
    /// The rank of the marked row among those that fit.
    marked: usize,
    filter: Option<Filter<R>>,
}

impl<R> List<R> {
    /// A list whose rows are not known yet.
    pub const fn new(shape: Shape<R>) -> Self {
        Self { shape, rows: None, marked: 0, filter: None }
    }

    /// Typing leaves only what fits, given the text in lower case.
    #[must_use]
    pub fn filtered(mut self, fits: fn(&R, &str) -> bool) -> Self {
        self.filter = Some(Filter { text: Field::new(FILTER_MAX), fits });
        self
    }

    /// Stands otherwise on the screen from now on.
    pub fn reshape(&mut self, shape: Shape<R>) {
        self.shape = shape;
    }

    /// Takes rows; the marker stays on the same row where that is among them, so that Enter never
    /// takes another than the eye was on. Tells whether it is.
    pub fn fill(&mut self, rows: Vec<R>, same: impl Fn(&R, &R) -> bool) -> bool {
        let marked = self.marked();
        let rank = marked.and_then(|marked| self.fit(&rows).position(|row| same(row, marked)));
        self.rows = Some(rows);
        self.mark(rank.unwrap_or(self.marked));
        rank.is_some()
    }

    /// Whether the rows are known.
    pub const fn is_loaded(&self) -> bool {
        self.rows.is_some()
    }

    /// All rows, whether or not they fit the filter.
    pub fn rows(&self) -> &[R] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// How many rows fit the filter.
    pub fn count(&self) -> usize {
        self.fitting().count()
    }

    /// The rows that fit the filter.
    pub fn fitting(&self) -> impl Iterator<Item = &R> {
        self.fit(self.rows())
    }

    fn fit<'a>(&self, rows: &'a [R]) -> impl Iterator<Item = &'a R> + use<'a, R> {
        let filter = self.filter.as_ref().filter(|filter| !filter.text.is_empty());
        let filter = filter.map(|filter| (filter.text.text().to_lowercase(), filter.fits));
        rows.iter().filter(move |row| filter.as_ref().is_none_or(|(text, fits)| fits(row, text)))
    }

    /// The row that Enter takes.
    pub fn marked(&self) -> Option<&R> {
        self.fitting().nth(self.marked)
    }

    /// Moves the marker to a rank.
    pub fn mark(&mut self, rank: usize) {
        self.marked = rank.min(self.count().saturating_sub(1));
    }

    /// Moves the marker to the first row that is looked for; tells whether there is one.
    pub fn mark_where(&mut self, wanted: impl Fn(&R) -> bool) -> bool {
        let at = self.fitting().position(wanted);
        self.marked = at.unwrap_or(self.marked);
        at.is_some()
    }

    /// Takes a key; tells whether a digit chose the row that is marked now.
    pub fn key(&mut self, key: Key, height: u16) -> bool {
        if let Some(filter) = &mut self.filter
            && key.digit().is_none_or(|_| !self.shape.numbered)
        {
            let before = filter.text.text();
            if filter.text.key(key) {
                if filter.text.text() != before {
                    self.marked = 0;
                }
                return false;
            }
        }
        let page = self.page(height);
        if self.shape.numbered
            && let Some(digit) = key.digit()
        {
            let named = digit.checked_sub(1).map(|digit| page.start + digit);
            let rank = named.filter(|rank| page.contains(rank));
            self.marked = rank.unwrap_or(self.marked);
            return rank.is_some();
        }
        if let Some(rank) = moved(key, (self.marked, self.count()), &page) {
            self.marked = rank;
            if key == Key::PageUp {
                self.marked = self.page(height).start;
            }
        }
        false
    }

    /// The rank of the marked row.
    pub const fn rank(&self) -> usize {
        self.marked
    }

    /// How many lines there are for rows.
    fn room(&self, height: u16) -> u16 {
        height.saturating_sub(self.shape.top.saturating_add(self.shape.below).saturating_add(3))
    }

    /// The ranks of the rows on the page of the marked one.
    fn page(&self, height: u16) -> Range<usize> {
        let room = self.room(height);
        let (mut start, mut used, mut above) = (0, 0, None);
        let mut end = 0;
        for (rank, row) in self.fitting().enumerate() {
            let mut lines = (self.shape.lines)(row, above);
            let full = used + lines > room || rank - start == self.shape.most;
            if full && rank > start {
                if self.marked < rank {
                    return start..rank;
                }
                (start, used) = (rank, 0);
                lines = (self.shape.lines)(row, None);
            }
            used = used.saturating_add(lines);
            above = Some(row);
            end = rank + 1;
        }
        start..end
    }

    /// Draws the rows of the page, the marker and the numbers; below them, what is on other pages.
    pub fn view(
        &self,
        canvas: &mut Canvas<'_>,
        mut draw: impl FnMut(&Shown<'_, R>, &mut Canvas<'_>),
    ) {
        let top = self.shape.top;
        let page = self.page(canvas.height());
        if page.is_empty() {
            let (all, text) = (self.rows().is_empty(), self.shape.none);
            let text = if all { text } else { NO_FIT };
            if self.is_loaded() {
                canvas.put((3, top), say!(text), Role::Plain);
            }
            return;
        }
        let (mut y, mut above) = (top, None);
        for (rank, row) in self.fitting().enumerate().skip(page.start).take(page.len()) {
            let lines = (self.shape.lines)(row, above);
            let shown = Shown { row, above, y, marked: rank == self.marked };
            if self.shape.numbered {
                canvas.put((3, y), &(rank - page.start + 1).to_string(), Role::Accent);
            }
            if shown.marked && !self.shape.marks_itself {
                mark_line(y, canvas);
            }
            draw(&shown, canvas);
            y = y.saturating_add(lines);
            above = Some(row);
        }
        self.view_more(&page, canvas);
    }

    /// Says that there is more: below the rows, or beside them where something else is below.
    fn view_more(&self, page: &Range<usize>, canvas: &mut Canvas<'_>) {
        let more = self.count() - page.end;
        if !self.shape.numbered && self.shape.most < usize::MAX {
            if more > 0 {
                let end = canvas.width().saturating_sub(1);
                let text = say!("{more} more: Down", more);
                canvas.put_right(end, self.shape.top, &text, Role::Muted);
            }
            return;
        }
        let text = match (page.start, more) {
            (0, 0) => return,
            (before, 0) => say!("{before} before these: PgUp", before),
            (_, more) => say!("{more} more: PgDn", more),
        };
        let y = canvas.height().saturating_sub(3 + self.shape.below);
        canvas.put((3, y), &text, Role::Muted);
    }
}

/// What is typed to filter.
impl<R> List<R> {
    /// The text of the filter.
    pub fn filter_text(&self) -> String {
        self.filter.as_ref().map_or_else(String::new, |filter| filter.text.text())
    }

    /// Filters by a text.
    pub fn filter_by(&mut self, text: &str) {
        if let Some(filter) = &mut self.filter {
            filter.text.fill(text);
            self.marked = 0;
        }
    }

    /// Puts a text into the filter.
    pub fn insert(&mut self, text: &str) {
        if let Some(filter) = &mut self.filter {
            filter.text.insert(text);
            self.marked = 0;
        }
    }

    /// Puts back what stood in the filter before the last characters.
    pub fn take_back(&mut self, characters: usize) {
        if let Some(filter) = &mut self.filter {
            filter.text.take_back(characters);
        }
    }

    /// Draws the filter, with the cursor in it.
    pub fn view_filter(&self, canvas: &mut Canvas<'_>, at: At, cells: u16) {
        if let Some(filter) = &self.filter {
            filter.text.view(canvas, at, cells, true);
        }
    }
}

/// Where a key moves the marker, from a rank of so many rows, on a page of them; to the end of the
/// page before where it turns back. None where it is no key of a list.
pub fn moved(key: Key, (rank, rows): (usize, usize), page: &Range<usize>) -> Option<usize> {
    let last = rows.saturating_sub(1);
    Some(match key {
        Key::Up => rank.saturating_sub(1),
        Key::Down => (rank + 1).min(last),
        Key::PageDown if page.end <= last => page.end,
        Key::PageDown => rank,
        Key::PageUp => page.start.saturating_sub(1),
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
        | Key::Ring
        | Key::Wipe
        | Key::Redraw
        | Key::Interrupt => return None,
    })
}

/// The ranks on the page of a row, where each page has so many.
pub fn page_of(rank: usize, on_page: usize, rows: usize) -> Range<usize> {
    let start = rank - rank % on_page.max(1);
    start.min(rows)..(start + on_page.max(1)).min(rows)
}

/// Shows which row Enter takes.
pub fn mark_line(y: u16, canvas: &mut Canvas<'_>) {
    canvas.mark((1, y), Mark::Now, Role::Focus);
    canvas.cursor = Some((1, y));
}
