//! How text and asks share the rows of the right side. Invariant: what is asked now is always
//! among the rows that are drawn, and text that does not fit is paged with a note that says so.

use std::ops::Range;

use crate::ui::parts::prose::Line;

use super::asks::Row;

/// The text keeps so many rows, its note and the empty row with it, before rows of asks scroll.
const TEXT_MIN: usize = 6;

/// What of the text and which rows are drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pane {
    /// The lines of text on this page.
    pub(super) text: Range<usize>,
    /// This page and how many there are, where the text is paged.
    pub(super) page: Option<(usize, usize)>,
    /// Whether an empty row stands between text and rows.
    pub(super) gap: bool,
    /// The rows that are drawn.
    pub(super) rows: Range<usize>,
}

/// Shares `room` rows between a text and the rows of asks, of which `asked` must be seen.
pub(super) fn share(
    (text, page): (usize, usize),
    (rows, asked): (usize, &Range<usize>),
    room: usize,
) -> Pane {
    let whole = if text == 0 { 0 } else { text + 1 };
    // Two rows say how many rows are above and below.
    let rows_min = rows.min(asked.len() + 2);
    let kept = whole.min(TEXT_MIN).min(room.saturating_sub(rows_min));
    let height = rows.min(room.saturating_sub(kept));
    let left = room.saturating_sub(height);
    let rows = window(rows, asked, height);
    if text == 0 || whole <= left {
        return Pane { text: 0..text, page: None, gap: text > 0, rows };
    }
    let gap = left > 3;
    let lines = left.saturating_sub(1 + usize::from(gap)).max(1);
    let pages = text.div_ceil(lines);
    let page = page % pages;
    let from = page * lines;
    Pane { text: from..(from + lines).min(text), page: Some((page, pages)), gap, rows }
}

/// The rows that are drawn in so many: those that are asked in the middle of the others.
fn window(rows: usize, asked: &Range<usize>, height: usize) -> Range<usize> {
    if rows <= height {
        return 0..rows;
    }
    if asked.end < height {
        return 0..height.saturating_sub(1);
    }
    if rows - asked.start < height {
        return rows - height.saturating_sub(1)..rows;
    }
    let inner = height.saturating_sub(2).max(1);
    // Too long to be shown whole: its end, where it is answered.
    let before = inner.saturating_sub(asked.len()) / 2;
    let from = asked.start.saturating_sub(before).max(asked.end.saturating_sub(inner));
    from..from + inner
}

/// A question too long to stand above its answers is paged, before the text; its last row stays.
pub(super) fn long_question(
    text: &mut Vec<Line>,
    rows: &mut Vec<Row<'_>>,
    asked: &mut Range<usize>,
    room: usize,
) {
    if asked.len() + 4 <= room {
        return;
    }
    let last = asked.end.saturating_sub(1);
    let lines = rows.get(asked.start..last).unwrap_or_default();
    if !lines.iter().all(|row| matches!(row, Row::Text(_))) {
        asked.start = asked.end.saturating_sub(room.saturating_sub(4).max(1));
        return;
    }
    let mut question = Vec::new();
    for row in rows.drain(asked.start..last) {
        if let Row::Text(line) = row {
            question.push(line);
        }
    }
    if !text.is_empty() {
        question.push(Line::default());
    }
    text.splice(0..0, question);
    asked.end = asked.start + 1;
}

/// The rows that are asked where no ask is open: the one that has the cursor or the field.
pub(super) fn cursor(rows: &[Row<'_>]) -> Range<usize> {
    let at = rows.iter().position(|row| matches!(row, Row::Cursor(_) | Row::Field(..)));
    at.map_or(0..rows.len().min(1), |at| at..at + 1)
}
