//! Blocks of instruction text as lines of a width.

use crate::domain::instruction::{Block, CalloutLevel, Look, Span};
use crate::ui::speech::say;
use crate::ui::symbols::{Mark, drawn, widest};
use crate::ui::theme::Role;

use super::canvas::{At, Canvas};

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

fn table(rows: &[Vec<Vec<Span>>], cells: usize, ascii: bool) -> Vec<Line> {
    let text = |cell: &Vec<Span>| cell.iter().map(|s| s.text.as_str()).collect::<String>();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let of = |row: &Vec<Vec<Span>>| row.get(column).map_or(0, |cell| drawn(&text(cell), ascii));
        rows.iter().map(of).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let most = cells / columns.max(1);
    let mut out = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let role = if n == 0 { Role::Title } else { Role::Plain };
        let padded = row.iter().zip(&widths).map(|(cell, width)| {
            let text = text(cell);
            let gap = width.min(&most).saturating_sub(drawn(&text, ascii)) + 2;
            format!("{text}{}", " ".repeat(gap))
        });
        out.push(Line::of(padded.collect::<String>().trim_end(), role));
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
