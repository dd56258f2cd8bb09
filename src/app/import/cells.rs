//! The cells of one row as what they mean; what they cannot mean is noted with line and column.

use jiff::civil::Date;

use crate::domain::card;
use crate::domain::ids::{Id, IdKind};
use crate::domain::quantity::Number;

use super::problem::{Problem, Trouble};
use super::table::{Column, Row};

/// A row that is being read.
#[derive(Debug)]
pub struct Cells<'a> {
    row: &'a Row,
    columns: &'a [Column],
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl<'a> Cells<'a> {
    /// A row with its columns.
    pub fn new(row: &'a Row, columns: &'a [Column]) -> Self {
        Self { row, columns, problems: Vec::new() }
    }

    /// Where the row begins.
    pub fn line(&self) -> u64 {
        self.row.line
    }

    /// The text of a cell; none where it is blank.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let rank = self.columns.iter().position(|known| known.name == column)?;
        self.row.cells.get(rank).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Notes that a cell says something that it cannot mean.
    pub fn unread(&mut self, column: &str, what: impl Into<String>, next: &str) {
        let problem = Problem::of_row(self.row.line, Trouble::CellUnread, what, next);
        self.problems.push(problem.in_column(column));
    }

    /// Notes that what is known here is not changed by an import.
    pub fn not_by_import(&mut self, column: &str, what: impl Into<String>, next: &str) {
        let problem = Problem::of_row(self.row.line, Trouble::NotByImport, what, next);
        self.problems.push(problem.in_column(column));
    }

    /// Notes that a cell is empty.
    pub fn empty(&mut self, column: &str, next: &str) {
        let what = format!("The {column} is missing.");
        let problem = Problem::of_row(self.row.line, Trouble::CellEmpty, what, next);
        self.problems.push(problem.in_column(column));
    }

    /// The text of a cell that must say something.
    pub fn needed(&mut self, column: &str) -> Option<&'a str> {
        let text = self.text(column);
        if text.is_none() {
            self.empty(column, "fill the cell");
        }
        text
    }

    /// A name of a card or a register; none where it is blank or none, which is noted.
    pub fn name(&mut self, column: &str, what: &'static str) -> Option<&'a str> {
        let text = self.text(column)?;
        let faults = card::faults(what, text);
        let fine = faults.is_empty();
        let problem = |reason| Problem::of_reason(self.row.line, &reason).in_column(column);
        self.problems.extend(faults.into_iter().map(problem));
        fine.then_some(text)
    }

    /// What a cell means; none where it is blank or means nothing, which is noted.
    pub fn parsed<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
        next: &str,
    ) -> Option<T> {
        let text = self.text(column)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.unread(column, format!("{text:?}: {why}."), next);
                None
            }
        }
    }

    /// An id; none where it is blank or no id, which is noted.
    pub fn id<K: IdKind>(&mut self, column: &str) -> Option<Id<K>> {
        let read = |text: &str| Id::parse(text).map_err(|error| error.to_string());
        self.parsed(column, read, "write it without blanks and other signs")
    }

    /// An id that must be there.
    pub fn needed_id<K: IdKind>(&mut self, column: &str) -> Option<Id<K>> {
        self.needed(column)?;
        self.id(column)
    }

    /// A day.
    pub fn date(&mut self, column: &str) -> Option<Date> {
        self.parsed(column, date, "write it such as 2026-12-01")
    }

    /// A whole number.
    pub fn whole<T: std::str::FromStr>(&mut self, column: &str) -> Option<T> {
        let read = |text: &str| text.parse().map_err(|_| "this is no whole number".to_owned());
        self.parsed(column, read, "write it in digits, such as 5")
    }
}

/// A day as 2026-12-01 or 1.12.2026; what could be read in two ways is refused.
pub fn date(text: &str) -> Result<Date, String> {
    let text = text.strip_suffix("00:00:00").map_or(text, |day| day.trim_end_matches(['T', ' ']));
    let dotted: Vec<&str> = text.split('.').collect();
    let found = match dotted.as_slice() {
        [day, month, year] if year.len() == 4 => {
            let parts = (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>());
            let (Ok(year), Ok(month), Ok(day)) = parts else {
                return Err("this is no day".to_owned());
            };
            Date::new(year, month, day).ok()
        }
        _ => text.parse().ok(),
    };
    if found.is_none() && text.contains('/') {
        return Err("it could be read with day or month first".to_owned());
    }
    found.ok_or_else(|| "there is no such day".to_owned())
}

/// A number with a point, whatever mark the spreadsheet wrote.
pub fn number(text: &str) -> Result<Number, String> {
    let number = Number::parse(text).map_err(|error| error.to_string())?;
    Number::parse(&number.text().replace(',', ".")).map_err(|error| error.to_string())
}

/// The parts of a cell that holds several things.
pub fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '|', '/']).map(str::trim).filter(|part| !part.is_empty())
}
