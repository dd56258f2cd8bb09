//! Specifications from comma-separated text with a head line.

use std::collections::BTreeSet;

use super::cells::{Cell, Line, read_lines};
use super::code::Code;
use super::entries::{note_long, read_id, read_word, shorten};
use super::finding::{Checked, Notes, Source, decode, note_deceptive};
use super::keys;
use super::requirement::{in_order, read_bounds, read_number, read_unit};
use super::rule::{read_rule, read_sampling};
use crate::domain::ids::{PartId, RevisionId};
use crate::domain::nearest::suggest;
use crate::domain::quantity::{DecisionRule, Limits, Number};
use crate::domain::specification::{Characteristic, CharacteristicKind, Class, Specification};
use crate::domain::text::sanitize_line;
use crate::domain::unit::Unit;

/// The columns in their order.
pub(super) const COLUMNS: [&str; 16] = keys::words(&keys::specification::COLUMNS);
/// Columns that nearly every specification has; a new one is begun with these.
pub(super) const COLUMNS_USUAL: usize = 13;
const COLUMNS_OPTIONAL: [&str; 6] =
    ["location", "gauge", "sample", "marginal", "rounding", "guard"];
/// The keys of the head line in their order.
pub(super) const HEAD_KEYS: [&str; 3] = keys::words(&keys::specification::HEAD);
const HEAD_NEXT: &str = "begin with # part: CP-40   rev: F   drawing: D-4410 rev F";

#[derive(Debug, Clone, Copy)]
enum KindWord {
    Measured,
    Attribute,
    Reference,
}

const KINDS: [(&str, KindWord); 3] = [
    ("measured", KindWord::Measured),
    ("attribute", KindWord::Attribute),
    ("reference", KindWord::Reference),
];

/// Reads a specification, or says everything that is wrong with it.
pub(super) fn read(source: &Source<'_>) -> Checked<Specification> {
    let text = decode(source)?;
    let mut notes = Notes::of(source.file, &text);
    note_deceptive(&text, &mut notes);
    let lines = read_lines(&text, &mut notes);
    let head = read_head(&lines, &mut notes);
    let characteristics = read_rows(&lines, &mut notes);
    let specification = head.map(|(part, revision, drawing)| Specification {
        part,
        revision,
        drawing,
        characteristics,
    });
    notes.settle(specification)
}

/// The keys of a head line with their values; a value reaches to the next key.
pub(super) fn head_entries(line: &str) -> Vec<(&str, usize, &str, usize)> {
    let mut keys: Vec<(usize, usize)> = Vec::new();
    let mut word_at = None;
    for (at, c) in line.char_indices() {
        if c == ':'
            && line
                .get(at + 1..)
                .is_some_and(|rest| !rest.starts_with(|c: char| !c.is_whitespace()))
        {
            keys.extend(word_at.take().map(|from: usize| (from, at)));
        } else if c.is_ascii_alphabetic() || c == '-' {
            word_at = word_at.or(Some(at));
        } else {
            word_at = None;
        }
    }
    let ends = keys.iter().skip(1).map(|&(from, _)| from).chain([line.len()]);
    keys.iter()
        .zip(ends)
        .filter_map(|(&(from, colon), end)| {
            let value = line.get(colon + 1..end)?;
            let value_at = colon + 1 + (value.len() - value.trim_start().len());
            Some((line.get(from..colon)?, from, value.trim(), value_at))
        })
        .collect()
}

/// Tells whether a remark is the head line.
pub(super) fn is_head(remark: &str) -> bool {
    head_entries(remark).iter().any(|(key, ..)| *key == "part")
}

fn read_head(lines: &[Line<'_>], notes: &mut Notes<'_>) -> Option<(PartId, RevisionId, String)> {
    let remark = lines.iter().find_map(|line| match line {
        Line::Remark(text, at) => is_head(text).then_some((*text, *at)),
        Line::Blank | Line::Row(..) | Line::Broken => None,
    });
    let Some((head, head_at)) = remark else {
        notes.add(0, Code::HeadMissing, "no head line", HEAD_NEXT);
        return None;
    };
    let entries = head_entries(head);
    let mut keys = BTreeSet::new();
    for (key, at, value, _) in &entries {
        note_long((value, head_at + at), &format!("\"{}:\"", shorten(key)), notes);
        if !HEAD_KEYS.contains(key) {
            let what = format!("unknown key \"{}\" in the head line", shorten(key));
            notes.add(head_at + at, Code::KeyUnknown, &what, &suggest(key, HEAD_KEYS));
        } else if !keys.insert(key) {
            let what = format!("\"{key}\" a second time in the head line");
            notes.add(head_at + at, Code::KeyTwice, &what, "keep one of them");
        } else if value.is_empty() {
            let what = format!("nothing after \"{key}:\"");
            notes.add(head_at + at, Code::ValueMissing, &what, "write a value");
        }
    }
    let mut find = |key: &str| {
        let found = entries.iter().find(|(k, ..)| *k == key);
        if found.is_none() {
            let what = format!("no \"{key}:\" in the head line");
            notes.add(head_at, Code::KeyMissing, &what, HEAD_NEXT);
        }
        found
            .filter(|(_, _, value, _)| !value.is_empty())
            .map(|&(_, _, value, at)| (value, head_at + at))
    };
    let (part, revision, drawing) = (find("part"), find("rev"), find("drawing"));
    let part = part.and_then(|(text, at)| read_id(text, at, notes));
    let revision = revision.and_then(|(text, at)| read_id(text, at, notes));
    Some((part?, revision?, sanitize_line(drawing?.0).into_owned()))
}

/// Finds the columns by their names.
pub(super) fn read_columns(cells: &[Cell], notes: &mut Notes<'_>) -> [Option<usize>; 16] {
    let mut columns = [None; 16];
    let at = cells.first().map_or(0, |cell| cell.at);
    if let [only] = cells
        && only.text.contains([';', '\t'])
    {
        notes.add(at, Code::BadColumns, "one column", "part the columns with commas");
        return columns;
    }
    for (rank, cell) in cells.iter().enumerate() {
        let Some(known) = COLUMNS.iter().position(|name| *name == cell.text) else {
            let what = format!("unknown column \"{}\"", shorten(&cell.text));
            notes.add(cell.at, Code::BadColumns, &what, &suggest(&cell.text, COLUMNS));
            continue;
        };
        if columns[known].is_some() {
            let what = format!("column \"{}\" a second time", cell.text);
            notes.add(cell.at, Code::BadColumns, &what, "keep one of them");
        }
        columns[known] = Some(rank);
    }
    for (name, column) in COLUMNS.iter().zip(&columns) {
        // A column that is there under a wrong name has been told already.
        let misspelled = cells.len() >= COLUMNS_USUAL;
        if column.is_none() && !misspelled && !COLUMNS_OPTIONAL.contains(name) {
            let what = format!("no column \"{name}\"");
            notes.add(
                at,
                Code::BadColumns,
                &what,
                &format!("the columns are {}", COLUMNS[..COLUMNS_USUAL].join(",")),
            );
        }
    }
    columns
}

fn read_rows(lines: &[Line<'_>], notes: &mut Notes<'_>) -> Vec<Characteristic> {
    let mut rows = lines.iter().filter_map(|line| match line {
        Line::Row(cells, at) => Some(Some((cells, *at))),
        Line::Broken => Some(None),
        Line::Blank | Line::Remark(..) => None,
    });
    let Some(names) = rows.next() else {
        let next = format!("write a line {}", COLUMNS[..COLUMNS_USUAL].join(","));
        notes.add(0, Code::BadColumns, "no columns", &next);
        return Vec::new();
    };
    let Some((names, names_at)) = names else { return Vec::new() };
    let before = notes.errors();
    let columns = read_columns(names, notes);
    if notes.errors() > before {
        return Vec::new();
    }
    let mut found: Vec<Characteristic> = Vec::new();
    let mut taken = Taken::default();
    let mut any = false;
    for row in rows {
        any = true;
        let Some((cells, at)) = row else { continue };
        if cells.len() != names.len() {
            let what = format!("{} cells under {} columns", cells.len(), names.len());
            notes.add(at, Code::CellCount, &what, "put a cell with a comma in it in quotes");
            continue;
        }
        for (cell, name) in cells.iter().zip(names) {
            note_long((&cell.text, cell.at), &format!("\"{}\"", name.text), notes);
        }
        let row = SpecificationRow { cells, columns: &columns, at };
        taken.take(&row, notes);
        found.extend(row.characteristic(notes));
    }
    if !any {
        notes.add(names_at, Code::NoRows, "no row below the columns", "write a row for each");
    }
    found
}

/// The ids and balloons so far.
#[derive(Debug, Default)]
struct Taken<'r> {
    ids: BTreeSet<&'r str>,
    balloons: BTreeSet<&'r str>,
}

impl<'r> Taken<'r> {
    fn take(&mut self, row: &SpecificationRow<'r>, notes: &mut Notes<'_>) {
        let (id, id_at) = row.cell("id");
        if !id.is_empty() && !self.ids.insert(id) {
            let what = format!("characteristic \"{}\" a second time", shorten(id));
            notes.add(id_at, Code::CharacteristicTwice, &what, "give one of them another id");
        }
        let (balloon, balloon_at) = row.cell("balloon");
        if !balloon.is_empty() && !self.balloons.insert(balloon) {
            let what = format!("balloon {} a second time", shorten(balloon));
            notes.add(balloon_at, Code::BalloonTwice, &what, "give one of them another number");
        }
    }
}

/// One row of a specification.
#[derive(Debug)]
struct SpecificationRow<'r> {
    cells: &'r [Cell],
    columns: &'r [Option<usize>; 16],
    at: usize,
}

impl<'r> SpecificationRow<'r> {
    fn cell(&self, column: &str) -> (&'r str, usize) {
        let rank = COLUMNS.iter().position(|name| *name == column);
        let cell = rank.and_then(|rank| self.columns[rank]).and_then(|rank| self.cells.get(rank));
        cell.map_or(("", self.at), |cell| (cell.text.as_str(), cell.at))
    }

    fn require(&self, column: &str, notes: &mut Notes<'_>) -> Option<(&'r str, usize)> {
        let (text, at) = self.cell(column);
        if text.is_empty() {
            let what = format!("nothing under \"{column}\"");
            notes.add(at, Code::ValueMissing, &what, "write a value");
            return None;
        }
        Some((text, at))
    }

    fn number(&self, column: &str, notes: &mut Notes<'_>) -> Option<Number> {
        let (text, at) = self.cell(column);
        if text.is_empty() { None } else { read_number(text, at, notes) }
    }

    fn characteristic(&self, notes: &mut Notes<'_>) -> Option<Characteristic> {
        let before = notes.errors();
        let id = self.require("id", notes).and_then(|(text, at)| read_id(text, at, notes));
        let balloon = self.require("balloon", notes);
        let requirement = self.require("requirement", notes);
        let name = self.require("name", notes);
        let class = self.require("class", notes);
        let class = class.and_then(|cell| read_word(cell, &Class::WORDS, Code::WordUnknown, notes));
        let kind = self.kind(notes);
        let (gauge, gauge_at) = self.cell("gauge");
        let gauge = if gauge.is_empty() { None } else { read_id(gauge, gauge_at, notes) };
        let (sample, sample_at) = self.cell("sample");
        let sampling =
            if sample.is_empty() { None } else { read_sampling((sample, sample_at), notes) };
        let line = |(text, _): (&str, usize)| sanitize_line(text).into_owned();
        let found = Characteristic {
            id: id?,
            balloon: line(balloon?),
            location: line(self.cell("location")),
            requirement: line(requirement?),
            name: line(name?),
            kind: kind?,
            class: class?,
            gauge,
            sampling,
        };
        if notes.errors() == before {
            self.compare(&found, notes);
        }
        Some(found)
    }

    fn kind(&self, notes: &mut Notes<'_>) -> Option<CharacteristicKind> {
        let cell = self.require("kind", notes)?;
        let word = read_word(cell, &KINDS, Code::WordUnknown, notes)?;
        let filled = ["nominal", "lower", "upper", "unit", "marginal", "rounding", "guard"]
            .into_iter()
            .map(|column| self.cell(column))
            .find(|(text, _)| !text.is_empty());
        if matches!(word, KindWord::Attribute) {
            if let Some((text, at)) = filled {
                let what = format!("an attribute with \"{}\"", shorten(text));
                notes.add(
                    at,
                    Code::KindMismatch,
                    &what,
                    "empty nominal, limits and unit, or write measured",
                );
            }
            return Some(CharacteristicKind::Attribute);
        }
        let before = notes.errors();
        let nominal = self.number("nominal", notes);
        let lower = self.number("lower", notes);
        let upper = self.number("upper", notes);
        let (unit, unit_at) = self.cell("unit");
        let unit = read_unit(unit, unit_at, notes);
        let limits = Limits { nominal, lower, upper, unit: unit?, rule: DecisionRule::default() };
        if notes.errors() > before || !in_order(&limits, self.cell("lower").1, notes) {
            return None;
        }
        let words = ["marginal", "rounding", "guard"].map(|column| {
            let (text, at) = self.cell(column);
            (!text.is_empty()).then_some((text, at))
        });
        if let (KindWord::Reference, Some((_, at))) = (word, words.iter().flatten().next()) {
            let next = "empty it, or write measured: a reference is not judged";
            notes.add(*at, Code::KindMismatch, "a reference with a decision rule", next);
            return None;
        }
        let limits = read_rule(words, limits, notes)?;
        let bounded = limits.lower.is_some() || limits.upper.is_some();
        match word {
            KindWord::Measured if !bounded => {
                let next = "write lower, upper or both, or the kind reference";
                notes.add(cell.1, Code::KindMismatch, "measured without a limit", next);
                None
            }
            KindWord::Measured => Some(CharacteristicKind::Measured(limits)),
            KindWord::Reference | KindWord::Attribute => {
                Some(CharacteristicKind::Reference(limits))
            }
        }
    }

    /// Where the requirement has a known form, the limits must say the same.
    fn compare(&self, found: &Characteristic, notes: &mut Notes<'_>) {
        let (CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits)) =
            &found.kind
        else {
            return;
        };
        let Ok(drawn) = read_bounds(&found.requirement) else { return };
        let unit = if drawn.unit.is_empty() { Some(limits.unit) } else { Unit::parse(drawn.unit) };
        // Words behind the value, such as those of a chamfer, make it a form of its own.
        let Some(unit) = unit else { return };
        let value = |number: &Option<Number>| number.as_ref().map(Number::value);
        let nominal = drawn.nominal.is_none() || value(&drawn.nominal) == value(&limits.nominal);
        // A zero that is drawn but not written as a limit, and the other way around, means the same
        // for what cannot be below zero; only a limit that is drawn must be there.
        let lower = drawn.lower.is_none() || value(&drawn.lower) == value(&limits.lower);
        let upper = drawn.upper.is_none() || value(&drawn.upper) == value(&limits.upper);
        if !(unit == limits.unit && nominal && lower && upper) {
            let text = |number: &Option<Number>| {
                number.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
            };
            let what = format!(
                "requirement \"{}\" with limits {} and {} {}",
                shorten(&found.requirement),
                text(&limits.lower),
                text(&limits.upper),
                limits.unit
            );
            let next = "mend the one that is wrong";
            notes.add(self.cell("requirement").1, Code::RequirementDiffers, &what, next);
        }
    }
}
