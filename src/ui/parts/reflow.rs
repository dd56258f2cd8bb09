//! A screen that is larger than its window, set anew in the width that there is: a table is drawn closer
//! together as far as that is enough, else its columns follow one another; text is broken between words,
//! and nothing is cut.

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
/// In fewer cells no table has room.
const TABLE_MIN: usize = 59;

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

/// A row of the screen: which, where it and its last column begin, how far it goes, and its words.
#[derive(Debug, Clone)]
struct Row {
    y: u16,
    from: usize,
    last: usize,
    to: usize,
    words: Vec<Word>,
    /// Whether its words keep their places.
    stands: bool,
}

impl Row {
    /// Whether it is one text, without columns.
    fn is_text(&self) -> bool {
        self.words.iter().all(|word| word.gap < GAP_MIN)
    }

    /// Whether it is the next line of a text that found no room in the last column of a row.
    fn goes_on(&self, above: &Self, width: usize) -> bool {
        let first = self.words.first().map_or(0, Word::width);
        let full = above.to + 1 + first + EDGE > width;
        full && self.from == above.last && self.is_text()
    }

    /// Where each word begins.
    fn places(&self) -> Vec<usize> {
        let mut at = self.from;
        let place = |word: &Word| {
            let begins = at + word.gap;
            at = begins + word.width();
            begins
        };
        self.words.iter().map(place).collect()
    }

    /// Moves each word to where its column is now.
    fn moves(&mut self, columns: &[usize]) {
        let to = |at: usize| columns.get(at).copied().unwrap_or(at);
        let places = self.places();
        self.from = to(self.from);
        let mut end = self.from;
        for (word, at) in self.words.iter_mut().zip(places) {
            word.gap = to(at).saturating_sub(end);
            end = to(at) + word.width();
        }
        self.to = end;
        self.stands = true;
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
                last.to = usize::MAX;
            }
            (Some(row), _, _) => rows.push(row.clone()),
            (None, _, _) => {}
        }
        above = row;
    }
    if cells >= TABLE_MIN {
        tables(&mut rows, cells);
    }
    let mut flowed = Flowed::default();
    for row in rows {
        set(row, cells, &mut flowed);
    }
    flowed
}

/// Draws what stands in columns closer together, as many rows that follow one another as that is enough
/// for, from the last one up: heads belong to what is below them.
fn tables(rows: &mut [Row], cells: usize) {
    let mut end = rows.len();
    while end > 0 {
        let mut start = end;
        let mut closest = None;
        while let Some(above) = start.checked_sub(1).and_then(|at| rows.get(at)) {
            let below = rows.get(start).filter(|_| start < end);
            let next = below.is_none_or(|below| above.y + 1 == below.y);
            let columns = if next && !above.is_text() && above.to < usize::MAX {
                closer(rows.get(start - 1..end).unwrap_or_default(), cells)
            } else {
                None
            };
            if columns.is_none() {
                break;
            }
            (closest, start) = (columns, start - 1);
        }
        if let Some(columns) = closest {
            for row in rows.get_mut(start..end).unwrap_or_default() {
                row.moves(&columns);
            }
        }
        end = start.min(end - 1);
    }
}

/// Where each column of some rows goes so that they have room, as long as a blank in all of them still
/// tells columns apart.
fn closer(rows: &[Row], cells: usize) -> Option<Vec<usize>> {
    let wide = rows.iter().map(|row| row.to).max()?;
    let mut blank = vec![true; wide];
    for row in rows {
        for (word, at) in row.words.iter().zip(row.places()) {
            blank.get_mut(at..at + word.width())?.fill(false);
        }
    }
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for at in (0..wide).filter(|at| blank.get(*at) == Some(&true)) {
        match gaps.last_mut() {
            Some((from, cells)) if *from + *cells == at => *cells += 1,
            Some(_) | None => gaps.push((at, 1)),
        }
    }
    let mut fewer = vec![0; wide + 1];
    for _ in cells..wide {
        let (from, widest) = gaps.iter_mut().max_by_key(|(_, cells)| *cells)?;
        if *widest <= 1 {
            return None;
        }
        *widest -= 1;
        *fewer.get_mut(*from)? += 1;
    }
    let mut gone = 0;
    let places = fewer.into_iter().enumerate().map(|(at, here)| {
        let place = at.saturating_sub(gone);
        gone += here;
        place
    });
    Some(places.collect())
}

/// The words of a row; none where it is blank or a rule.
fn row(screen: &Buffer, y: u16, cursor: Option<usize>) -> Option<Row> {
    let (mut words, mut word, mut blanks) = (Vec::new(), Word::default(), 0);
    let (mut from, mut last, mut to) = (None, 0, 0);
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
            if from.is_none() || blanks >= GAP_MIN {
                last = at;
            }
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
    (!is_rule(&words)).then_some(Row { y, from, last, to, words, stands: false })
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
    let indent = if row.stands { row.from } else { row.from.min(INDENT_MAX) };
    let under = if row.is_text() { indent } else { indent + INDENT_MAX };
    let mut line = blanks(indent);
    let mut used = indent;
    let mut begun = false;
    for word in row.words {
        let gap = match (begun, row.stands) {
            (false, _) => 0,
            (true, true) => word.gap,
            (true, false) => word.gap.min(GAP_MIN),
        };
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
