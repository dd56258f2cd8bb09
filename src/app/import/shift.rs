//! A shift calendar out of a file: what is usual, and the days that are otherwise.

use jiff::civil::Time;

use crate::domain::shift::{Days, Rotation, ShiftCalendar, ShiftException, ShiftPattern};

use super::cells::Cells;
use super::problem::Problem;
use super::table::{self, Column, Table};

/// The columns of a shift calendar.
pub const COLUMNS: [Column; 8] = [
    Column::required("shift", &["name"]),
    Column::required("starts", &["begins", "start"]),
    Column::required("ends", &["end"]),
    Column::new("days", &["weekdays"]),
    Column::new("weeks", &["every-weeks"]),
    Column::new("from", &[]),
    Column::new("date", &["day"]),
    Column::new("note", &["why"]),
];

/// Reads a calendar; where anything is wrong, everything that is, by line and column.
pub fn read(bytes: &[u8]) -> Result<ShiftCalendar, Vec<Problem>> {
    let Table { rows, mut problems } = table::read(bytes, &COLUMNS);
    let mut calendar = ShiftCalendar::default();
    for row in &rows {
        let mut cells = Cells::new(row, &COLUMNS);
        if cells.text("date").is_some() {
            calendar.exceptions.extend(exception(&mut cells));
        } else {
            calendar.patterns.extend(pattern(&mut cells));
        }
        problems.append(&mut cells.problems);
    }
    if problems.is_empty() { Ok(calendar) } else { Err(problems) }
}

fn time(cells: &mut Cells<'_>, column: &str) -> Option<Time> {
    let read = |text: &str| {
        let long = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
        long.parse::<Time>().map_err(|_| "this is no time of day".to_owned())
    };
    cells.parsed(column, read, "write it such as 06:00")
}

fn pattern(cells: &mut Cells<'_>) -> Option<ShiftPattern> {
    let (name, starts) = (cells.needed("shift"), cells.needed("starts"));
    let (ends, days) = (cells.needed("ends"), cells.needed("days"));
    let starts = starts.and_then(|_| time(cells, "starts"));
    let ends = ends.and_then(|_| time(cells, "ends"));
    let read = |text: &str| Days::parse(text).ok_or_else(|| "it names no days".to_owned());
    let days = days
        .and_then(|_| cells.parsed("days", read, "write mon-fri, sun-thu, \"sat,sun\" or daily"));
    let weeks = rotation(cells);
    let note = cells.text("note");
    if note.is_some() {
        cells.unread("note", "A note stands beside a date.", "leave it out");
    }
    let name = name?.to_owned();
    Some(ShiftPattern { name, starts: starts?, ends: Some(ends?), days: days?, weeks })
}

fn rotation(cells: &mut Cells<'_>) -> Option<Rotation> {
    let (every, from) = (cells.whole::<u8>("weeks"), cells.date("from"));
    if cells.text("weeks").is_none() {
        if from.is_some() {
            cells.empty("weeks", "say in which week of how many, such as 2");
        }
        return None;
    }
    if cells.text("from").is_none() {
        cells.empty("from", "name a day of a week in which it is worked");
    }
    Some(Rotation { from: from?, every: every? })
}

fn exception(cells: &mut Cells<'_>) -> Option<ShiftException> {
    let date = cells.date("date");
    for column in ["days", "weeks", "from"] {
        if cells.text(column).is_some() {
            cells.unread(column, format!("A date has no {column}."), "leave it out");
        }
    }
    let (starts, ends) = (time(cells, "starts"), time(cells, "ends"));
    let (has_starts, has_ends) = (cells.text("starts").is_some(), cells.text("ends").is_some());
    if has_starts != has_ends {
        let missing = if has_starts { "ends" } else { "starts" };
        cells.empty(missing, "say when it begins and when it ends, or neither");
    }
    let shift = cells.text("shift").map(str::to_owned);
    let note = cells.text("note").unwrap_or_default().to_owned();
    Some(ShiftException { date: date?, shift, times: starts.zip(ends), note })
}
