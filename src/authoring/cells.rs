//! Comma-separated lines with the place of every cell (RFC 4180, one line a row).

use super::code::Code;
use super::finding::Notes;

/// One cell, without quotes and blanks around it. What begins with `=` or `@` is data like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) at: usize,
}

/// One line of a file of cells.
#[derive(Debug)]
pub(super) enum Line<'s> {
    /// Nothing.
    Blank,
    /// A line that begins with `#`, and where.
    Remark(&'s str, usize),
    /// Cells, and where they begin.
    Row(Vec<Cell>, usize),
    /// Cells that cannot be told apart; that has been noted.
    Broken,
}

/// Reads every line; quotes that do not fit are noted.
pub(super) fn read_lines<'s>(text: &'s str, notes: &mut Notes<'_>) -> Vec<Line<'s>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        lines.push(if line.trim().is_empty() {
            Line::Blank
        } else if line.starts_with('#') {
            Line::Remark(line, at)
        } else {
            let before = notes.errors();
            let cells = read_cells(line, at, notes);
            if notes.errors() > before { Line::Broken } else { Line::Row(cells, at) }
        });
    }
    lines
}

fn read_cells(line: &str, line_at: usize, notes: &mut Notes<'_>) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let at = line_at + (line.len() - rest.len()) + (rest.len() - rest.trim_start().len());
        let (text, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => read_quoted(quoted, at, notes),
            None => read_plain(rest, at, notes),
        };
        cells.push(Cell { text, at });
        let Some(after) = after else { return cells };
        rest = after;
    }
}

fn read_plain<'l>(rest: &'l str, at: usize, notes: &mut Notes<'_>) -> (String, Option<&'l str>) {
    let (text, after) = match rest.split_once(',') {
        Some((text, after)) => (text, Some(after)),
        None => (rest, None),
    };
    if text.contains('"') {
        let next = "put the whole cell in quotes, and write a quote in it twice";
        notes.add(at, Code::BadQuote, "a quote inside a cell", next);
    }
    (text.trim().to_owned(), after)
}

fn read_quoted<'l>(quoted: &'l str, at: usize, notes: &mut Notes<'_>) -> (String, Option<&'l str>) {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            notes.add(
                at,
                Code::BadQuote,
                "a quote that is not closed",
                "close it on the same line",
            );
            return (text, None);
        };
        text.push_str(before);
        if let Some(more) = after.strip_prefix('"') {
            text.push('"');
            rest = more;
            continue;
        }
        let (between, next_cell) = match after.split_once(',') {
            Some((between, next_cell)) => (between, Some(next_cell)),
            None => (after, None),
        };
        if !between.trim().is_empty() {
            notes.add(
                at,
                Code::BadQuote,
                "text after a closed quote",
                "put the whole cell in quotes",
            );
        }
        return (text.trim().to_owned(), next_cell);
    }
}

/// Writes a cell, in quotes where it needs them.
pub(super) fn write_cell(text: &str, line: &mut String) {
    if text.contains([',', '"']) || text.starts_with('#') {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}
