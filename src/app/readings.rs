//! Readings from a file: which column, which values, and what they would amount to.

use std::path::Path;

use crate::app::fault::Fault;
use crate::app::import::table::{separator_told, separator_used};
use crate::domain::gauge::GaugeDescription;
use crate::domain::instruction::Measure;
use crate::domain::quantity::{Limits, Quantity, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::typed::value;
use crate::domain::unit::Unit;

/// The largest file of readings, in bytes.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What a header calls the column that is meant where there are several.
const VALUE_COLUMN: &str = "value";
/// Parts nothing: no line of a text file has it.
const NOTHING: u8 = 0x1f;

/// What recording a file would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Sample and value, in the order of the file.
    pub rows: Vec<(u16, ReadingValue)>,
    /// Within the limits.
    pub pass: usize,
    /// Of these, exactly on a limit.
    pub on_limit: usize,
    /// The failing ones: sample and value.
    pub fail: Vec<(u16, String)>,
}

/// Reads the readings of a file's text against what a step measures, with the gauge as known here.
/// One line that is not right keeps all of them out.
pub fn plan(
    text: &str,
    file: &Path,
    column: Option<&str>,
    (measure, gauge): (&Measure, Option<&GaugeDescription>),
) -> Result<Plan, Fault> {
    let mut table = Table::of(text, column);
    let head = table.next_line().ok_or_else(|| wrong(file, 1, "the file is empty"))?;
    let head = head.map_err(|why| wrong(file, 1, why))?;
    let at = find_column(&head.cells, column, file)?;
    let name = head.cells.get(at).map_or("", String::as_str);
    let unit = gauge.and_then(|gauge| gauge.unit);
    let uncertainty = gauge.and_then(|gauge| gauge.uncertainty.clone().zip(gauge.unit));
    let uncertainty = uncertainty.map(|(number, unit)| Quantity { number, unit });
    let mut plan = Plan { rows: Vec::new(), pass: 0, on_limit: 0, fail: Vec::new() };
    while let Some(row) = table.next_line() {
        let row = row.map_err(|why| wrong(file, table.last, why))?;
        let cell = row.cell(at, head.cells.len()).map_err(|why| wrong(file, row.line, why))?;
        let in_cell = |why: String| wrong(file, row.line, format!("column {name}: {why}"));
        let value =
            value(cell, &measure.kind, unit).map_err(|why| in_cell(format!("{cell:?}: {why}")))?;
        let sample = u16::try_from(plan.rows.len() + 1)
            .map_err(|_| wrong(file, row.line, "there are more readings than a step takes"))?;
        plan.judge((sample, cell), &value, (measure, uncertainty.as_ref())).map_err(in_cell)?;
        plan.rows.push((sample, value));
    }
    Ok(plan)
}

/// The lines of a file's text, taken apart, with the head.
pub fn rows(text: &str, file: &Path) -> Result<Vec<Vec<String>>, Fault> {
    let mut table = Table::of(text, None);
    let mut rows = Vec::new();
    while let Some(row) = table.next_line() {
        let row = row.map_err(|why| wrong(file, table.last, why))?;
        let cells = rows.first().map_or(row.cells.len(), Vec::len);
        row.cell(0, cells).map_err(|why| wrong(file, row.line, why))?;
        rows.push(row.cells);
    }
    Ok(rows)
}

fn wrong(file: &Path, line: u64, why: impl std::fmt::Display) -> Fault {
    let what = format!("{} cannot be recorded", file.display());
    Fault::refused(what, format!("line {line}: {why}")).next("mend the line; nothing was recorded")
}

impl Plan {
    fn judge(
        &mut self,
        (sample, cell): (u16, &str),
        value: &ReadingValue,
        (measure, uncertainty): (&Measure, Option<&Quantity>),
    ) -> Result<(), String> {
        let passes = match (value, &measure.kind) {
            (ReadingValue::Conforms(conforms), _) => *conforms,
            (ReadingValue::Number { number, unit }, CharacteristicKind::Measured(limits)) => {
                let reading = Quantity { number: number.clone(), unit: *unit };
                let judged =
                    limits.judge(&reading, uncertainty).map_err(|error| error.to_string())?;
                self.on_limit += usize::from(is_on_limit(limits, &reading));
                judged.verdict != Verdict::Fail
            }
            (ReadingValue::Number { .. }, _) => true,
        };
        if passes {
            self.pass += 1;
        } else {
            self.fail.push((sample, cell.trim().to_owned()));
        }
        Ok(())
    }
}

fn is_on_limit(limits: &Limits, reading: &Quantity) -> bool {
    let value = reading.unit.to_base(reading.number.value());
    [&limits.lower, &limits.upper]
        .into_iter()
        .flatten()
        .any(|limit| limits.unit.to_base(limit.value()) == value)
}

fn find_column(names: &[String], wanted: Option<&str>, file: &Path) -> Result<usize, Fault> {
    let find = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name.trim()));
    let found = match wanted {
        Some(name) => find(name),
        None if names.len() == 1 => Some(0),
        None => find(VALUE_COLUMN),
    };
    if let Some(name) = found.and_then(|at| names.get(at))
        && names.iter().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1
    {
        let what = format!("{} has several columns {name}", file.display());
        return Err(Fault::usage(what, "which of them holds the readings cannot be told")
            .next("give each column a name of its own"));
    }
    found.ok_or_else(|| {
        let known = names.join(", ");
        Fault::usage(
            format!("{} has no such column", file.display()),
            format!("its columns are: {known}"),
        )
        .next("name one with --column")
    })
}

/// The lines of a file, taken apart.
struct Table<'t> {
    records: csv::StringRecordsIntoIter<&'t [u8]>,
    /// The cells of a line stand between blanks, as in a table made for the eye.
    blanks: bool,
    /// Lines before the first record.
    skipped: u64,
    /// The line that was read last.
    last: u64,
}

/// One line.
struct Row {
    line: u64,
    cells: Vec<String>,
    blanks: bool,
}

impl<'t> Table<'t> {
    /// What parts the cells is seen in the head. Where nothing does there is one column, and the
    /// whole line is its cell, unless a column is asked for that is one word of the head.
    fn of(text: &'t str, column: Option<&str>) -> Self {
        let told = separator_told(text);
        let skipped = u64::from(told.is_some());
        let (separator, text) =
            told.unwrap_or_else(|| (separator_used(text).unwrap_or(NOTHING), text));
        let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        let one_of = |name: &str| !head.eq_ignore_ascii_case(name.trim());
        let blanks = separator == NOTHING && column.is_some_and(one_of);
        let reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        Self { records: reader.into_records(), blanks, skipped, last: 1 }
    }

    /// The next line that says anything.
    fn next_line(&mut self) -> Option<Result<Row, &'static str>> {
        loop {
            let Ok(record) = self.records.next()? else {
                return Some(Err("its cells cannot be told apart"));
            };
            self.last = record.position().map_or(1, csv::Position::line) + self.skipped;
            if record.iter().all(str::is_empty) {
                continue;
            }
            if record.iter().any(|cell| cell.chars().any(|c| c.is_control() && c != '\t')) {
                let why = "a cell has a line break in it: look for a quote that is not closed";
                return Some(Err(why));
            }
            let cells = match (self.blanks, record.get(0)) {
                (true, Some(line)) => line.split_whitespace().map(str::to_owned).collect(),
                (true, None) | (false, _) => record.iter().map(str::to_owned).collect(),
            };
            return Some(Ok(Row { line: self.last, cells, blanks: self.blanks }));
        }
    }
}

impl Row {
    /// The cell of a column, where the line has as many as the head: else nobody can tell which
    /// cell belongs to which column.
    fn cell(&self, at: usize, of: usize) -> Result<&str, String> {
        let count = self.cells.len();
        if count != of {
            return Err(format!(
                "it has {count} cells and the head has {of}: put a cell that has the separator in \
                 it into quotes"
            ));
        }
        // Between blanks a unit would be taken for the next cell, and its value for another unit.
        let behind = self.cells.get(at + 1).map(String::as_str).filter(|_| self.blanks);
        if let Some(unit) = behind
            && Unit::parse(unit).is_some_and(|_| unit.parse::<f64>().is_err())
        {
            return Err(format!("{unit} could be a unit or a cell: part the cells by commas"));
        }
        Ok(self.cells.get(at).map_or("", String::as_str))
    }
}
