//! Readings from a file: which column, which values, and what they would amount to.

use std::path::Path;

use crate::app::fault::Fault;
use crate::domain::instruction::Measure;
use crate::domain::quantity::{Limits, Number, Quantity, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::unit::Unit;

/// The largest file of readings, in bytes.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What a header calls the column that is meant where there are several.
const VALUE_COLUMN: &str = "value";

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

/// Reads one value as typed: a number with or without its unit, or whether an attribute conforms.
pub fn value(text: &str, measure: &Measure) -> Result<ReadingValue, String> {
    let limits = match &measure.kind {
        CharacteristicKind::Attribute => {
            let conforms = answer(text).ok_or("answer go or no-go, yes or no")?;
            return Ok(ReadingValue::Conforms(conforms));
        }
        CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits) => limits,
    };
    let (number, unit) = number_and_unit(text, limits.unit)?;
    Ok(ReadingValue::Number { number, unit })
}

/// Reads yes or no.
pub fn answer(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "go" | "pass" | "ok" | "true" => Some(true),
        "no" | "n" | "no-go" | "nogo" | "fail" | "false" => Some(false),
        _ => None,
    }
}

fn number_and_unit(text: &str, usual: Unit) -> Result<(Number, Unit), String> {
    let text = text.trim();
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',');
    let end = text.find(|c: char| !of_number(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "" => usual,
        // An exponent is no unit, and the number's own message says what to type.
        named => Unit::parse(named).ok_or_else(|| match Number::parse(text) {
            Err(error) if named.starts_with(['e', 'E']) || number.is_empty() => error.to_string(),
            Ok(_) | Err(_) => format!("unknown unit {named:?}: write {usual}"),
        })?,
    };
    let number = Number::parse(number).map_err(|error| error.to_string())?;
    Ok((number, unit))
}

/// Reads the readings of a file's text against what a step measures.
pub fn plan(
    text: &str,
    file: &Path,
    column: Option<&str>,
    (measure, uncertainty): (&Measure, Option<&Quantity>),
) -> Result<Plan, Fault> {
    let wrong = |line: usize, why: String| {
        Fault::refused(
            format!("{} cannot be recorded", file.display()),
            format!("line {line}: {why}"),
        )
        .next("mend the line; nothing was recorded")
    };
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line));
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let (_, head) = lines.next().ok_or_else(|| wrong(1, "the file is empty".to_owned()))?;
    let separator = Separator::of(head);
    let names: Vec<String> = separator.cells(head);
    let at = find_column(&names, column, file)?;
    let mut plan = Plan { rows: Vec::new(), pass: 0, on_limit: 0, fail: Vec::new() };
    for (line, row) in lines {
        let cells = separator.cells(row);
        let cell = cells.get(at).ok_or_else(|| wrong(line, "it has too few cells".to_owned()))?;
        let value = value(cell, measure).map_err(|why| wrong(line, format!("{cell:?}: {why}")))?;
        let sample = u16::try_from(plan.rows.len() + 1)
            .map_err(|_| wrong(line, "there are more readings than a step takes".to_owned()))?;
        plan.judge((sample, cell), &value, (measure, uncertainty))
            .map_err(|why| wrong(line, why))?;
        plan.rows.push((sample, value));
    }
    Ok(plan)
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

/// How the cells of a line are parted, as its head shows.
#[derive(Debug, Clone, Copy)]
enum Separator {
    Mark(char),
    Blanks,
}

impl Separator {
    fn of(head: &str) -> Self {
        [',', ';', '\t'].into_iter().find(|&c| head.contains(c)).map_or(Self::Blanks, Self::Mark)
    }

    fn cells(self, line: &str) -> Vec<String> {
        let clean = |cell: &str| cell.trim().trim_matches('"').to_owned();
        match self {
            Self::Mark(mark) => line.split(mark).map(clean).collect(),
            Self::Blanks => line.split_whitespace().map(clean).collect(),
        }
    }
}
