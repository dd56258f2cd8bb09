//! A screen that is wider than its window, set anew in the width that there is: columns that stood beside
//! each other follow one another, text is broken between words, and nothing is cut.

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr as _;

use crate::ui::symbols::Mark;

use super::canvas::At;

/// From so many blanks on, what follows is another column.
const GAP_MIN: usize = 2;
/// How far a line is set in at most, and what goes on of a row of columns.
const INDENT_MAX: usize = 2;
/// Rows of lines and nothing else are at least so long.
const RULE_MIN: usize = 20;
/// Text that ends so close to the right edge goes on in the row below.
const EDGE: usize = 3;

/// Lines of a window.
#[derive(Debug, Default)]
pub struct Flowed {
    /// The cells of each line.
    pub lines: Vec<Vec<Cell>>,
    /// Where the cursor stands: the place in a line, and which line.
    pub cursor: Option<(usize, usize)>,
    /// The line that Enter takes.
    pub marked: Option<usize>,
}

/// A word: its cells, and whether the cursor is on one of them.
#[derive(Debug, Clone, Default)]
struct Word {
    cells: Vec<Cell>,
    cursor: Option<usize>,
    /// Blanks before it: none at the beginning of a row, one within a text.
    gap: usize,
}

impl Word {
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.symbol().width()).sum()
    }
}

/// A row of the screen: where it begins, how far it goes, and its words.
#[derive(Debug, Clone)]
struct Row {
    from: usize,
    to: usize,
    words: Vec<Word>,
}

impl Row {
    /// Whether it is one text, without columns.
    fn is_text(&self) -> bool {
        self.words.iter().all(|word| word.gap < GAP_MIN)
    }

    /// Whether it is the next line of a text that found no room in a row.
    fn goes_on(&self, above: &Self, width: usize) -> bool {
        let first = self.words.first().map_or(0, Word::width);
        let full = above.to + 1 + first + EDGE > width;
        full && self.from == above.from && self.is_text() && above.is_text()
    }
}

/// Sets a screen in so many cells a line.
pub fn flowed(screen: &Buffer, cursor: Option<At>, cells: usize) -> Flowed {
    let width = usize::from(screen.area.width);
    let mut rows: Vec<Row> = Vec::new();
    let mut above: Option<Row> = None;
    for y in 0..screen.area.height {
        let here = cursor.filter(|(_, row)| *row == y).map(|(x, _)| usize::from(x));
        let row = row(screen, y, here);
        match (&row, &above, rows.last_mut()) {
            (Some(row), Some(above), Some(last)) if row.goes_on(above, width) => {
                let words = row.words.iter().enumerate();
                last.words.extend(words.map(|(n, word)| Word {
                    gap: if n == 0 { 1 } else { word.gap },
                    ..word.clone()
                }));
            }
            (Some(row), _, _) => rows.push(row.clone()),
            (None, _, _) => {}
        }
        above = row;
    }
    let mut flowed = Flowed::default();
    for row in rows {
        set(row, cells, &mut flowed);
    }
    flowed
}

/// The words of a row; none where it is blank or a rule.
fn row(screen: &Buffer, y: u16, cursor: Option<usize>) -> Option<Row> {
    let (mut words, mut word, mut blanks) = (Vec::new(), Word::default(), 0);
    let (mut from, mut to) = (None, 0);
    let mut x = 0;
    while x < screen.area.width {
        let cell = &screen[(x, y)];
        let at = usize::from(x);
        x += u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
        let here = cursor == Some(at);
        // Where something is typed, the blank is a place.
        if cell.symbol() == " " && !here {
            if !word.cells.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            blanks += 1;
            continue;
        }
        if word.cells.is_empty() {
            word.gap = if from.is_none() { 0 } else { blanks };
            from.get_or_insert(at);
        }
        blanks = 0;
        if here {
            word.cursor = Some(word.cells.len());
        }
        word.cells.push(cell.clone());
        to = at + 1;
    }
    if !word.cells.is_empty() {
        words.push(word);
    }
    let from = from?;
    (!is_rule(&words)).then_some(Row { from, to, words })
}

fn is_rule(words: &[Word]) -> bool {
    let [only] = words else { return false };
    let line = |cell: &Cell| matches!(cell.symbol(), "─" | "┬" | "┴" | "-" | "+");
    only.cells.len() >= RULE_MIN && only.cells.iter().all(line)
}

/// Whether a row begins with the sign of what Enter takes.
fn is_marked(row: &Row) -> bool {
    let sign = |mark: &str| mark == Mark::Now.glyph(false) || mark == Mark::Now.glyph(true);
    let first = row.words.first().map(|word| word.cells.as_slice());
    // Where lists have their marker.
    row.from == 1 && matches!(first, Some([only]) if sign(only.symbol()))
}

fn set(row: Row, cells: usize, flowed: &mut Flowed) {
    if is_marked(&row) {
        flowed.marked.get_or_insert(flowed.lines.len());
    }
    let indent = row.from.min(INDENT_MAX);
    let under = if row.is_text() { indent } else { indent + INDENT_MAX };
    let mut line = blanks(indent);
    let mut used = indent;
    let mut begun = false;
    for word in row.words {
        let gap = if begun { word.gap.min(GAP_MIN) } else { 0 };
        let width = word.width();
        if begun && used + gap + width > cells {
            flowed.lines.push(std::mem::replace(&mut line, blanks(under)));
            used = under;
        } else {
            line.extend(blanks(gap));
            used += gap;
        }
        for (n, cell) in word.cells.into_iter().enumerate() {
            // A word that is longer than a line goes on in the next one.
            if used >= cells {
                flowed.lines.push(std::mem::replace(&mut line, blanks(under)));
                used = under;
            }
            if word.cursor == Some(n) {
                flowed.cursor = Some((used, flowed.lines.len()));
            }
            used += cell.symbol().width();
            line.push(cell);
        }
        begun = true;
    }
    flowed.lines.push(line);
}

fn blanks(count: usize) -> Vec<Cell> {
    vec![Cell::EMPTY; count]
}
