//! A table as spreadsheets write it: commas, semicolons or tabs, quotes, a mark at its beginning.

use crate::domain::nearest::suggest;
use crate::domain::text::is_deceptive;

use super::problem::{Problem, Trouble};

/// The largest file in bytes.
pub const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most rows of one file: one act writes them all, and nobody else writes meanwhile.
pub const ROWS_MAX: usize = 20_000;
const UTF8_MARK: &str = "\u{feff}";
const SAVE_AS: &str = "save it as \"CSV UTF-8\"";

/// A column that a file may have.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it may be called besides.
    pub also: &'static [&'static str],
    /// Whether every file has it.
    pub required: bool,
}

impl Column {
    /// A column that a file may leave out.
    pub const fn new(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: false }
    }

    /// A column that every file has.
    pub const fn required(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: true }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.also.contains(&name)
    }
}

/// One row: where it begins, and its cells by the rank of their column; blank where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// One cell a known column.
    pub cells: Vec<String>,
}

/// What a file holds, and what is wrong with it as a table.
#[derive(Debug, Default)]
pub struct Table {
    /// The rows that could be told apart.
    pub rows: Vec<Row>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Reads a table with these columns.
pub fn read(bytes: &[u8], columns: &[Column]) -> Table {
    let mut table = Table::default();
    match text_of(bytes) {
        Ok(text) => table.read(text, columns),
        Err(problem) => table.problems.push(problem),
    }
    table
}

fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    let unreadable =
        |line, what: &str, next: &str| Problem::of_row(line, Trouble::Unreadable, what, next);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(unreadable(1, "The file is written in UTF-16.", SAVE_AS));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix(UTF8_MARK).unwrap_or(text)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
            let line = before.split(|&byte| byte == b'\n').count() as u64;
            Err(unreadable(line, "This line has letters that are not written in UTF-8.", SAVE_AS))
        }
    }
}

/// A spreadsheet may say in a line of its own what parts the cells.
pub fn separator_told(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let [separator] = first.trim_end().strip_prefix("sep=")?.as_bytes() else { return None };
    Some((*separator, rest))
}

/// What parts the cells of a head: whatever it has most of; none where it has one cell.
pub fn separator_used(text: &str) -> Option<u8> {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: &u8| head.bytes().filter(|byte| byte == mark).count();
    let marks = [b'\t', b';', b','];
    marks.into_iter().max_by_key(count).filter(|mark| count(mark) > 0)
}

impl Table {
    fn read(&mut self, text: &str, columns: &[Column]) {
        let told = separator_told(text);
        let used = || (separator_used(text).unwrap_or(b','), text);
        let (separator, text) = told.unwrap_or_else(used);
        let skipped = u64::from(told.is_some());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let mut head: Option<Vec<Option<usize>>> = None;
        for record in reader.records() {
            let Ok(record) = record else {
                let next = "put the whole cell in quotes, and write a quote in it twice";
                let what = "The cells of a line cannot be told apart.";
                return self.problems.push(Problem::of_row(1, Trouble::Unreadable, what, next));
            };
            let line = record.position().map_or(1, csv::Position::line) + skipped;
            if record.iter().all(str::is_empty) {
                continue;
            }
            let Some(head) = &head else {
                head = Some(self.head(line, &record, columns));
                if !self.problems.is_empty() {
                    return;
                }
                continue;
            };
            if self.rows.len() == ROWS_MAX {
                let what = format!("The file has more than {ROWS_MAX} rows.");
                let next = "split it into several files";
                return self.problems.push(Problem::of_row(line, Trouble::RowShape, what, next));
            }
            self.row((line, &record), head, columns);
        }
        if head.is_none() {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let next = format!("begin it with a head such as {}", names.join(","));
            let what = "The file is empty.";
            self.problems.push(Problem::of_row(1, Trouble::Unreadable, what, &next));
        }
    }

    /// Which column each cell of the head stands for.
    fn head(
        &mut self,
        line: u64,
        record: &csv::StringRecord,
        columns: &[Column],
    ) -> Vec<Option<usize>> {
        let mut found: Vec<Option<usize>> = Vec::new();
        for cell in record {
            let name = column_name(cell);
            let rank = columns.iter().position(|column| column.is_called(&name));
            match rank {
                // A spreadsheet writes empty columns at its right edge.
                None if name.is_empty() => {}
                None => self.problems.push(unknown_column(line, cell, &name, columns)),
                Some(rank) if found.contains(&Some(rank)) => {
                    let what = format!("The column {:?} is there twice.", columns[rank].name);
                    let problem =
                        Problem::of_row(line, Trouble::ColumnMissing, what, "remove one of them");
                    self.problems.push(problem.in_column(cell));
                }
                Some(_) => {}
            }
            found.push(rank);
        }
        let lacks =
            |(rank, column): &(usize, &Column)| column.required && !found.contains(&Some(*rank));
        for (_, column) in columns.iter().enumerate().filter(lacks) {
            let what = format!("There is no column {:?}.", column.name);
            let next = "add it, or give the column that holds it this name";
            self.problems.push(Problem::of_row(line, Trouble::ColumnMissing, what, next));
        }
        found
    }

    fn row(
        &mut self,
        (line, record): (u64, &csv::StringRecord),
        head: &[Option<usize>],
        columns: &[Column],
    ) {
        let mut cells = vec![String::new(); columns.len()];
        for (rank, cell) in record.iter().enumerate() {
            let column = head.get(rank).copied().flatten();
            if let Some(slot) = column.and_then(|column| cells.get_mut(column)) {
                cell.clone_into(slot);
            } else if !cell.is_empty() {
                let what = format!("{cell:?} stands under no column of the head.");
                let next = "put a cell that has the separator in it into quotes";
                self.problems.push(Problem::of_row(line, Trouble::RowShape, what, next));
            }
            if cell.chars().any(|c| c.is_control() || is_deceptive(c)) {
                let what = "A cell has a line break or a control character in it.";
                let next = "remove it; look for a quote that is not closed";
                let problem = Problem::of_row(line, Trouble::RowShape, what, next);
                let named = column.and_then(|column| columns.get(column));
                self.problems.push(match named {
                    Some(named) => problem.in_column(named.name),
                    None => problem,
                });
            }
        }
        self.rows.push(Row { line, cells });
    }
}

/// Spreadsheets write `Calibration due` where programs write `calibration-due`.
fn column_name(cell: &str) -> String {
    let words: Vec<String> = cell
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

fn unknown_column(line: u64, cell: &str, name: &str, columns: &[Column]) -> Problem {
    if matches!(name, "pin" | "pins" | "password" | "pin-code") {
        let what = "A PIN is never in a file.";
        let next = "remove the column; each person gets a PIN by gemba person pin";
        return Problem::of_row(line, Trouble::Secret, what, next).in_column(cell);
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let next = suggest(name, names.iter().copied());
    let what = format!("The column {cell:?} is not known.");
    Problem::of_row(line, Trouble::ColumnUnknown, what, &next).in_column(cell)
}
