//! What stands on any page: headings with their ids, fenced blocks with their lines.

use std::collections::BTreeSet;

use pulldown_cmark::HeadingLevel;

use super::asks::AskKind;
use super::code::Code;
use super::entries::{Entries, note_long, read_id, shorten};
use super::fence::{Fence, read_fence};
use super::finding::Notes;
use super::prose::Prose;
use super::steps::{rule_keys, rule_words};
use crate::domain::ids::StepId;
use crate::domain::nearest::suggest;
use crate::domain::text::sanitize_line;

/// What stands between two blocks and is none, such as the target of a link.
pub(super) fn note_between(text: &str, (from, to): (usize, usize), prose: &mut Prose<'_, '_>) {
    let text = text.get(from..to).unwrap_or_default();
    if !text.trim().is_empty() {
        let at = from + (text.len() - text.trim_start().len());
        prose.not_shown(at, "a link's target");
    }
}

/// Notes what stands before the first step.
pub(super) fn note_outside(at: usize, what: &str, notes: &mut Notes<'_>) {
    let what = format!("{what} before the first step");
    notes.add(at, Code::OutsideStep, &what, "move it below a heading");
}

/// Lines of a text that were meant as headings: a heading has a blank behind its hashes.
pub(super) fn note_headings(text: &str, (from, to): (usize, usize), notes: &mut Notes<'_>) {
    let mut start = from;
    for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
        let at = start + (line.len() - line.trim_start().len());
        start += line.len();
        let line = line.trim();
        let title = line.trim_start_matches('#');
        let hashes = line.len() - title.len();
        // One hash begins a size such as #8-32 too.
        let meant = (2..=6).contains(&hashes) || hashes == 1 && split_id(title).1.is_some();
        if meant && !title.is_empty() && !title.starts_with([' ', '\t']) {
            let what = format!("\"{}\" is no heading", shorten(line));
            let next = format!("write ## {}, or \\## where it is text", shorten(title));
            notes.add(at, Code::HeadingBlank, &what, &next);
        }
    }
}

/// Reads a heading that has just begun: the id of its step, and its title.
pub(super) fn read_heading(
    (text, at, to): (&str, usize, usize),
    level: HeadingLevel,
    prose: &mut Prose<'_, '_>,
    ids: &mut BTreeSet<StepId>,
) -> (Option<StepId>, String) {
    let (title, plain) = prose.heading();
    let source = text.get(at..to).unwrap_or_default();
    let id_at = source.rfind("{#").map_or(at, |found| at + found);
    let notes = &mut *prose.notes;
    if level != HeadingLevel::H2 {
        let what = format!("a heading of level {}", level as usize);
        notes.add(at, Code::HeadingLevel, &what, "write it with ##");
    }
    let (title, id) = split_id(&title);
    let id: Option<StepId> = match id {
        Some(id) => read_id(id, id_at, notes),
        None if level == HeadingLevel::H2 => {
            let what = format!("step \"{}\" without an id", shorten(title));
            let next = "put an id behind the title, such as {#torque}";
            notes.add(at, Code::StepIdMissing, &what, next);
            None
        }
        None => None,
    };
    if title.is_empty() || !plain {
        let what = if plain { "a step without a title" } else { "markup in a title" };
        notes.add(at, Code::StepTitle, what, "write one line of plain words before the id");
    }
    note_long((title, at), "a title", notes);
    if let Some(id) = &id
        && !ids.insert(id.clone())
    {
        let what = format!("step id \"{id}\" a second time");
        notes.add(id_at, Code::StepIdTwice, &what, "give this step another id");
    }
    (id, sanitize_line(title).into_owned())
}

/// Takes the id off the end of a heading.
pub(super) fn split_id(heading: &str) -> (&str, Option<&str>) {
    let heading = heading.trim();
    let found = heading.strip_suffix('}').and_then(|rest| rest.rsplit_once("{#"));
    found.map_or((heading, None), |(title, id)| (title.trim_end(), Some(id)))
}

/// Reads a fenced block of a type that is known: its word and its lines.
pub(super) fn read_lines<'s>(
    text: &'s str,
    (at, to): (usize, usize),
    notes: &mut Notes<'s>,
) -> Option<(&'s str, Entries<'s>)> {
    let fence = read_fence(text, at, to);
    if !fence.closed {
        let what = format!("the block \"{}\" is never closed", shorten(fence.word));
        notes.add(at, Code::FenceOpen, &what, "close it with a line of ```");
        return None;
    }
    if AskKind::parse(fence.word).is_none() && rule_keys(fence.word).is_none() {
        let known: Vec<&str> =
            AskKind::WORDS.iter().map(|(word, ..)| *word).chain(rule_words()).collect();
        let what = format!("a block of type \"{}\"", shorten(fence.word));
        notes.add(fence.word_at, Code::FenceUnknown, &what, &suggest(fence.word, known));
        return None;
    }
    lines_of(text, at, &fence, notes).map(|entries| (fence.word, entries))
}

/// The lines of a block; none, and told, where it has none.
fn lines_of<'s>(
    text: &'s str,
    at: usize,
    fence: &Fence<'_>,
    notes: &mut Notes<'_>,
) -> Option<Entries<'s>> {
    let block = format!("the block \"{}\"", fence.word);
    let before = notes.errors();
    let entries = Entries::read((at, block), text, fence.lines, notes);
    if entries.list.is_empty() && notes.errors() == before {
        let what = format!("the block \"{}\" has no lines", fence.word);
        notes.add(at, Code::FenceEmpty, &what, "write its lines, or take it out");
    }
    (!entries.list.is_empty()).then_some(entries)
}
