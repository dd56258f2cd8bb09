//! Lines that may be more than fit: a page of them, which one it is, and whether the last was shown.

use crate::domain::text::sanitize_line;
use crate::ui::speech::say;
use crate::ui::symbols::spelled_out;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::canvas::Canvas;
use super::prose::{Line, wrapped};

/// Draws a page of lines from a row on; where there are more, the row above says which page it is.
pub fn view(lines: &[Line], page: usize, (top, rows): (u16, u16), canvas: &mut Canvas<'_>) {
    let most = usize::from(rows).max(1);
    let cells = canvas.width().saturating_sub(4);
    let last = count(lines, rows) - 1;
    // After the last page comes the first one again.
    let page = page % (last + 1);
    for (y, line) in (top..).zip(lines.iter().skip(page * most).take(most)) {
        line.view(canvas, (2, y), cells);
    }
    if last > 0 {
        let said = say!("page {page} of {pages}", page = page + 1, pages = last + 1);
        canvas.put_right(
            canvas.width().saturating_sub(1),
            top.saturating_sub(1),
            &said,
            Role::Muted,
        );
    }
}

/// How many pages lines take.
fn count(lines: &[Line], rows: u16) -> usize {
    lines.len().div_ceil(usize::from(rows).max(1)).max(1)
}

/// Which page of a long text is shown, and whether every one was.
#[derive(Debug, Default)]
pub struct Pages {
    page: usize,
    /// The text and the rows of a page that it was turned in: of another text, or in another size,
    /// the first page is shown, and nothing of it is read.
    of: (Vec<Line>, u16),
    last_shown: bool,
}

impl Pages {
    fn is_of(&self, lines: &[Line], rows: u16) -> bool {
        self.of.0 == lines && self.of.1 == rows
    }

    /// The page that is shown.
    pub fn page(&self, lines: &[Line], rows: u16) -> usize {
        if self.is_of(lines, rows) { self.page } else { 0 }
    }

    /// Whether there is more than one page.
    pub fn are_several(lines: &[Line], rows: u16) -> bool {
        count(lines, rows) > 1
    }

    /// Whether the last page was shown, and so every one.
    pub fn is_read(&self, lines: &[Line], rows: u16) -> bool {
        !Self::are_several(lines, rows) || self.is_of(lines, rows) && self.last_shown
    }

    /// Turns to the next page; after the last comes the first one again.
    pub fn turn(&mut self, lines: Vec<Line>, rows: u16) {
        let pages = count(&lines, rows);
        self.page = (self.page(&lines, rows) + 1) % pages;
        self.last_shown = self.is_read(&lines, rows) || self.page + 1 == pages;
        self.of = (lines, rows);
    }

    /// Turns to the page before.
    pub fn back(&mut self) {
        self.page = self.page.saturating_sub(1);
    }

    /// Draws the page.
    pub fn view(&self, lines: &[Line], (top, rows): (u16, u16), canvas: &mut Canvas<'_>) {
        view(lines, self.page(lines, rows), (top, rows), canvas);
    }
}

/// A page before it is drawn: how wide and high it is, and what its terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    cells: u16,
    /// How many rows the screen has.
    pub height: u16,
    ascii: bool,
}

impl Sheet {
    /// The page of a session.
    pub fn of(world: &World) -> Self {
        let (width, height) = world.size;
        Self { cells: width.saturating_sub(4), height, ascii: world.ascii }
    }

    /// A text as lines, set in so many cells, as the terminal shows it: nothing of it is cut.
    pub fn text(self, text: &str, indent: u16, role: Role) -> Vec<Line> {
        // Line by line, as it was typed.
        let shown = text.lines().map(sanitize_line);
        let shown = shown.map(|line| if self.ascii { spelled_out(&line) } else { line.into() });
        let cells = usize::from(self.cells.saturating_sub(indent)).max(1);
        let mut lines: Vec<Line> = shown.flat_map(|text| wrapped(&text, cells, role)).collect();
        if lines.is_empty() {
            lines.push(Line::default());
        }
        for line in &mut lines {
            line.0.insert(0, (" ".repeat(indent.into()), Role::Plain));
        }
        lines
    }

    /// A name and what it is, from a column on; further right where the name is longer, and below it
    /// where it takes half of the page.
    pub fn named(self, name: (&str, Role), at: u16, value: (&str, Role)) -> Vec<Line> {
        let needs = u16::try_from(name.0.chars().count() + 2).unwrap_or(u16::MAX);
        if needs > at.max(self.cells / 2) {
            return [self.text(name.0, 1, name.1), self.text(value.0, at, value.1)].concat();
        }
        let at = at.max(needs);
        let mut lines = self.text(value.0, at, value.1);
        if let Some(lead) = lines.first_mut().and_then(|line| line.0.first_mut()) {
            let cells = usize::from(at.saturating_sub(1));
            *lead = (format!(" {:<cells$}", name.0), name.1);
        }
        lines
    }

    /// Names and what they are, a line each or more.
    pub fn rows(self, at: u16, rows: &[(&str, String)]) -> Vec<Line> {
        let row = |(name, value): &(&str, String)| {
            self.named((name, Role::Muted), at, (value, Role::Plain))
        };
        rows.iter().flat_map(row).collect()
    }
}
