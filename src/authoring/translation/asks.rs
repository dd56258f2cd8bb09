//! The blocks of lines of a step against those of the original: what people read is taken, and all
//! that is asked, measured or decided is left out or said as it stands there.

use std::collections::BTreeMap;

use super::outline::{Heading, Lines};
use super::texts::{Languages, note_words};
use crate::authoring::code::Code;
use crate::authoring::entries::{Entry, shorten};
use crate::authoring::finding::Notes;
use crate::domain::instruction::Step;
use crate::domain::text::sanitize_line;
use crate::domain::traveler::step::ask_name;

/// The words of a step's blocks.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// What people call its asks, by number from 1.
    pub(super) asks: BTreeMap<u16, String>,
    /// What is counted.
    pub(super) counted: Option<String>,
}

/// The step as the original has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a, 's> {
    pub(super) step: &'a Step,
    pub(super) lines: &'a [Lines<'s>],
    pub(super) languages: Languages,
}

/// Reads the words of a step's blocks; what is wrong is noted.
pub(super) fn read(written: Written<'_, '_>, said: &Heading<'_>, notes: &mut Notes<'_>) -> Words {
    let mut words = Words::default();
    let mut from = 0;
    for lines in &said.lines {
        lines.entries.refuse_long(notes);
        let place = match found(written.lines, from, (lines, &said.lines)) {
            Found::At(place) => place,
            Found::Nowhere => {
                let what =
                    format!("a block \"{}\" that the original does not have here", lines.word);
                let next = "write the original's blocks in its order, and no others";
                notes.add(lines.entries.at, Code::TranslationAsks, &what, next);
                continue;
            }
            Found::AnyOf(count) => {
                let what = format!(
                    "a block \"{}\" that may be any of {count} of the original",
                    lines.word
                );
                let next = "write a line of the original that tells which, such as its \
                            characteristic:, or as many blocks as the original has";
                notes.add(lines.entries.at, Code::TranslationAsks, &what, next);
                continue;
            }
        };
        let skipped = written.lines.get(from..place).unwrap_or_default();
        note_missing(skipped, lines.entries.at, notes);
        let before = written.lines.iter().take(place).map(Lines::asks).sum();
        if let Some(of) = written.lines.get(place) {
            take(written, (of, lines, before), &mut words, notes);
        }
        from = place + 1;
    }
    note_missing(written.lines.get(from..).unwrap_or_default(), said.at, notes);
    words
}

/// Which block of the original a block translates.
#[derive(Debug, Clone, Copy)]
enum Found {
    At(usize),
    Nowhere,
    /// Several, so many of them, and nothing tells which.
    AnyOf(usize),
}

/// Finds a block among those of the original from one on: by its order where none of its kind is left
/// out, else by what it says as the original does.
fn found(original: &[Lines<'_>], from: usize, (lines, said): (&Lines<'_>, &[Lines<'_>])) -> Found {
    let alike = |of: &&Lines<'_>| of.word == lines.word;
    let rest = original.iter().enumerate().skip(from);
    let places: Vec<usize> = rest.filter(|(_, of)| alike(of)).map(|(place, _)| place).collect();
    let Some(first) = places.first() else { return Found::Nowhere };
    if original.iter().filter(alike).count() == said.iter().filter(alike).count() {
        return Found::At(*first);
    }
    let word_key = lines.word_key();
    let told = || lines.entries.list.iter().filter(|entry| Some(entry.key) != word_key);
    let fits = |place: &&usize| {
        original.get(**place).is_some_and(|of| {
            told().all(|entry| of.entries.find(entry.key).is_some_and(|was| same(&was, entry)))
        })
    };
    let fitting: Vec<usize> = places.iter().filter(fits).copied().collect();
    match fitting.as_slice() {
        // What differs is told of the first.
        [] => Found::At(*first),
        [place] => Found::At(*place),
        // Without words of its own it is any of them.
        [place, ..] if !lines.speaks() => Found::At(*place),
        [..] => Found::AnyOf(fitting.len()),
    }
}

/// Notes blocks of the original that are not here though people read words of them.
fn note_missing(missing: &[Lines<'_>], at: usize, notes: &mut Notes<'_>) {
    for lines in missing.iter().filter(|lines| lines.speaks()) {
        let first = lines.entries.list.first();
        let line = first.map_or(String::new(), |entry| {
            format!(" with \"{}: {}\"", shorten(entry.key), shorten(entry.value))
        });
        let what = format!("no block \"{}\"{line}", lines.word);
        notes.add(at, Code::TranslationAsks, &what, "write it with its words translated");
    }
}

/// Takes the words of one block; before it there are so many asks.
fn take(
    written: Written<'_, '_>,
    (of, lines, before): (&Lines<'_>, &Lines<'_>, usize),
    words: &mut Words,
    notes: &mut Notes<'_>,
) {
    if lines.installs() {
        return take_names(written, (of, lines, before), words, notes);
    }
    let word_key = lines.word_key();
    for entry in &lines.entries.list {
        if Some(entry.key) != word_key {
            note_same(entry, of.entries.find(entry.key), notes);
        }
    }
    let Some(key) = word_key else { return };
    // What a characteristic is called says the specification, unless it is said here.
    let needed = of.entries.find(key).is_some();
    let entry = if needed { lines.entries.require(key, notes) } else { lines.entries.find(key) };
    let Some(entry) = entry else { return };
    let text = sanitize_line(entry.value).into_owned();
    let at = entry.value_at;
    if lines.asks() == 0 {
        let counted = written.step.rules.quantity.as_ref().map(|rule| rule.label.as_str());
        note_words((counted.unwrap_or_default(), &text), at, written.languages, notes);
        words.counted = Some(text);
    } else {
        note_ask(written, before, (text, at), words, notes);
    }
}

/// The names of components; part and kind stand behind them as in the original.
fn take_names(
    written: Written<'_, '_>,
    (of, lines, before): (&Lines<'_>, &Lines<'_>, usize),
    words: &mut Words,
    notes: &mut Notes<'_>,
) {
    let (was, said) = (&of.entries.list, &lines.entries.list);
    if was.len() != said.len() {
        let what = format!("{} components where the original has {}", said.len(), was.len());
        let next = "write the same lines, in the original's order";
        notes.add(lines.entries.at, Code::TranslationAsks, &what, next);
        return;
    }
    for (rank, (was, said)) in was.iter().zip(said).enumerate() {
        note_same(said, Some(*was), notes);
        let name = sanitize_line(said.key).into_owned();
        note_ask(written, before + rank, (name, said.key_at), words, notes);
    }
}

fn note_ask(
    written: Written<'_, '_>,
    before: usize,
    (text, at): (String, usize),
    words: &mut Words,
    notes: &mut Notes<'_>,
) {
    let Some(ask) = written.step.asks.get(before) else { return };
    note_words((&ask_name(ask), &text), at, written.languages, notes);
    if let Ok(number) = u16::try_from(before + 1) {
        words.asks.insert(number, text);
    }
}

/// Notes a line that is no text, and not as the original has it.
pub(super) fn note_same(said: &Entry<'_>, was: Option<Entry<'_>>, notes: &mut Notes<'_>) {
    if was.as_ref().is_some_and(|was| same(was, said)) {
        return;
    }
    let (key, value) = (shorten(said.key), shorten(said.value));
    let (what, next) = match was {
        Some(was) => (
            format!("\"{key}: {value}\" where the original has \"{}\"", shorten(was.value)),
            format!("write {}, or take the line out", shorten(was.value)),
        ),
        None => (
            format!("\"{key}: {value}\" that the original does not have"),
            "take it out; only words are translated".to_owned(),
        ),
    };
    notes.add(said.key_at, Code::TranslationDiffers, &what, &next);
}

/// Whether a line says the same; blanks say nothing.
fn same(was: &Entry<'_>, said: &Entry<'_>) -> bool {
    was.value.split_whitespace().eq(said.value.split_whitespace())
}
