//! Blocks of instruction text as lines of a width.

use crate::domain::instruction::{Block, CalloutLevel, Look, Span};
use crate::ui::speech::say;
use crate::ui::symbols::{Mark, drawn, widest};
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};

/// Blanks between the columns of a table.
const BETWEEN_COLUMNS: usize = 2;
/// What stands in a cell without text.
const EMPTY_CELL: &str = "-";

/// One line: runs of text with their roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<(String, Role)>);

impl Line {
    /// A line of one role.
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self(vec![(text.into(), role)])
    }

    /// Draws it in so many cells.
    pub fn view(&self, canvas: &mut Canvas<'_>, at: At, cells: u16) {
        let end = at.0.saturating_add(cells);
        let mut x = at.0;
        for (text, role) in &self.0 {
            x = canvas.put_in((x, at.1), end.saturating_sub(x), text, *role);
        }
    }
}

/// The lines of blocks, with an empty line between two blocks.
pub fn lines(blocks: &[Block], cells: usize, ascii: bool) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    for block in blocks {
        if !out.is_empty() {
            out.push(Line::default());
        }
        match block {
            Block::Paragraph(spans) => out.extend(wrap(spans, cells, ("", 0))),
            Block::List { ordered, items } => {
                for (n, item) in items.iter().enumerate() {
                    let bullet = if *ordered { format!("{}. ", n + 1) } else { "- ".to_owned() };
                    out.extend(wrap(item, cells, (&bullet, bullet.len())));
                }
            }
            Block::Callout { level, text } => out.extend(callout(*level, text, cells)),
            Block::Picture(picture) => {
                let mark = Mark::Arrow.glyph(ascii);
                let (alt, file) = (&picture.alt, &picture.file);
                let text = format!("{mark} {}", say!("picture: {alt} ({file})", alt, file));
                out.extend(wrap(&[plain(&text, Look::Emphasis)], cells, ("", 2)));
            }
            Block::Table { rows } => out.extend(table(rows, cells, ascii)),
        }
    }
    out
}

/// A text of one look as lines of a width.
pub fn wrapped(text: &str, cells: usize, role: Role) -> Vec<Line> {
    let mut lines = wrap(&[plain(text, Look::Plain)], cells, ("", 0));
    for (_, run) in lines.iter_mut().flat_map(|line| &mut line.0) {
        *run = role;
    }
    lines
}

fn plain(text: &str, look: Look) -> Span {
    Span { text: text.to_owned(), look }
}

fn callout(level: CalloutLevel, text: &[Span], cells: usize) -> Vec<Line> {
    let (word, role) = match level {
        CalloutLevel::Note => (say!("NOTE"), Role::Accent),
        CalloutLevel::Caution => (say!("! CAUTION"), Role::Warn),
        CalloutLevel::Warning => (say!("! WARNING"), Role::Fail),
    };
    let mut lines = wrap(text, cells.saturating_sub(2), ("", 0));
    for line in &mut lines {
        line.0.insert(0, ("  ".to_owned(), Role::Plain));
    }
    lines.insert(0, Line::of(word, role));
    lines
}

/// Rows in columns where they fit; else each cell behind its head, as many lines as it needs.
fn table(rows: &[Vec<Vec<Span>>], cells: usize, ascii: bool) -> Vec<Line> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let of = |row: &Vec<Vec<Span>>| {
            let cell = one_line(row.get(column));
            cell.0.iter().flat_map(|(text, _)| text.chars()).map(widest).sum()
        };
        rows.iter().map(of).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let between = BETWEEN_COLUMNS * columns.saturating_sub(1);
    if widths.iter().sum::<usize>() + between > cells {
        return behind_heads(rows, cells);
    }
    let mut lines: Vec<Line> = rows.iter().map(|row| in_columns(row, &widths, ascii)).collect();
    for (_, role) in lines.iter_mut().take(1).flat_map(|head| &mut head.0) {
        *role = Role::Title;
    }
    lines
}

/// A cell as one line. Where nothing stands in it a dash does: also where columns follow one another, or
/// are read aloud, each value is the one of its head.
fn one_line(cell: Option<&Vec<Span>>) -> Line {
    let empty = vec![plain(EMPTY_CELL, Look::Plain)];
    let cell = cell.filter(|cell| !cell.is_empty()).unwrap_or(&empty);
    wrap(cell, usize::MAX, ("", 0)).pop().unwrap_or_default()
}

fn in_columns(row: &[Vec<Span>], widths: &[usize], ascii: bool) -> Line {
    let mut line = Line::default();
    let mut gap = 0;
    for (column, width) in widths.iter().enumerate() {
        if gap > 0 {
            line.0.push((" ".repeat(gap), Role::Plain));
        }
        let cell = one_line(row.get(column));
        let used: usize = cell.0.iter().map(|(text, _)| drawn(text, ascii)).sum();
        gap = width.saturating_sub(used) + BETWEEN_COLUMNS;
        line.0.extend(cell.0);
    }
    line
}

fn behind_heads(rows: &[Vec<Vec<Span>>], cells: usize) -> Vec<Line> {
    let Some((heads, rows)) = rows.split_first() else { return Vec::new() };
    let mut out = Vec::new();
    if rows.is_empty() {
        out.extend(heads.iter().flat_map(|head| wrap(head, cells, ("", 2))));
    }
    for row in rows {
        for column in 0..heads.len().max(row.len()) {
            let head = heads.get(column).map(|head| head.iter().map(|span| span.text.as_str()));
            let head: String = head.into_iter().flatten().collect();
            let mut spans = Vec::new();
            if !head.is_empty() {
                spans.push(plain(&format!("{head}:"), Look::Strong));
                spans.push(plain(" ", Look::Plain));
            }
            match row.get(column).filter(|cell| !cell.is_empty()) {
                Some(cell) => spans.extend(cell.iter().cloned()),
                None => spans.push(plain(EMPTY_CELL, Look::Plain)),
            }
            // What belongs to a row stands below its first cell.
            let indent = if column == 0 { ("", 2) } else { ("  ", 4) };
            out.extend(wrap(&spans, cells, indent));
        }
    }
    out
}

const fn role_of(look: Look) -> Role {
    match look {
        Look::Plain => Role::Plain,
        Look::Emphasis | Look::Code => Role::Accent,
        Look::Strong => Role::Title,
    }
}

/// One word with the looks of its parts.
#[derive(Debug, Default)]
struct Word {
    runs: Vec<(String, Role)>,
    cells: usize,
}

fn words(spans: &[Span], most: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for span in spans {
        let role = role_of(span.look);
        for c in span.text.chars() {
            let cells = widest(c);
            if c.is_whitespace() || word.cells + cells > most {
                if word.cells > 0 {
                    words.push(std::mem::take(&mut word));
                }
                if c.is_whitespace() {
                    continue;
                }
            }
            match word.runs.last_mut() {
                Some((text, last)) if *last == role => text.push(c),
                _ => word.runs.push((c.to_string(), role)),
            }
            word.cells += cells;
        }
    }
    if word.cells > 0 {
        words.push(word);
    }
    words
}

/// Breaks spans into lines, at the same words on every terminal; `first` stands before the first line, the rest is set in by `indent`.
fn wrap(spans: &[Span], cells: usize, (first, indent): (&str, usize)) -> Vec<Line> {
    let most = cells.saturating_sub(indent).max(1);
    let mut lines = Vec::new();
    let mut line = Line::default();
    let mut used = 0;
    for word in words(spans, most) {
        if used > 0 && used + 1 + word.cells > most {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            join(&mut line, " ", Role::Plain);
            used += 1;
        }
        for (text, role) in &word.runs {
            join(&mut line, text, *role);
        }
        used += word.cells;
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    if indent > 0 {
        for (n, line) in lines.iter_mut().enumerate() {
            let lead = if n == 0 { first.to_owned() } else { " ".repeat(indent) };
            line.0.insert(0, (lead, Role::Plain));
        }
    }
    lines
}

fn join(line: &mut Line, text: &str, role: Role) {
    match line.0.last_mut() {
        Some((last, same)) if *same == role || text == " " => last.push_str(text),
        _ => line.0.push((text.to_owned(), role)),
    }
}
