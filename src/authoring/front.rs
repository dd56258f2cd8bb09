//! The front matter: which instruction this is.

use super::code::Code;
use super::entries::{Entries, Entry, read_id, read_word, shorten};
use super::finding::Notes;
use super::keys;
use super::requirement::read_seconds;
use crate::domain::ids::{PartId, QualificationId, RedlineId, RevisionId};
use crate::domain::inspection::rule::InspectRule;
use crate::domain::instruction::{Instruction, InstructionRules};
use crate::domain::place::PlaceAct;
use crate::domain::translation::LanguageCode;

/// The keys in their order.
pub(super) const KEYS: [&str; 13] = keys::words(&keys::page::FRONT);
/// Between an hour and a year a limit on working offline makes sense.
const OFFLINE_SECONDS: std::ops::RangeInclusive<u32> = 3_600..=366 * 86_400;
const FENCE: &str = "---";

/// Where the lines of the front matter are, and where the page begins below it.
pub(super) fn bounds(text: &str) -> Option<(usize, usize, usize)> {
    let mut at = 0;
    let mut opened = None;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match (opened, line.trim_end()) {
            (None, "") => {}
            (None, FENCE) => opened = Some(end),
            (None, _) => return None,
            (Some(from), FENCE) => return Some((from, at, end)),
            (Some(_), _) => {}
        }
        at = end;
    }
    None
}

/// What the front matter says.
#[derive(Debug)]
pub(super) struct Front<'s> {
    /// The instruction without steps; absent when something is wrong.
    pub(super) instruction: Option<Instruction>,
    /// The part that it makes.
    pub(super) part: Option<PartId>,
    /// The specification's part and revision, and the line that names them.
    pub(super) specification: Option<(PartId, RevisionId, Entry<'s>)>,
    /// Where the plan stands by which lots are inspected.
    pub(super) inspect_at: Option<usize>,
    /// Whether a specification is named at all, well or badly.
    pub(super) names_specification: bool,
}

/// Reads the front matter; the second value is where the page begins.
pub(super) fn read<'s>(text: &'s str, notes: &mut Notes<'s>) -> Option<(Front<'s>, usize)> {
    let Some((from, to, page)) = bounds(text) else {
        let next = "begin with a line ---, then id: and the other keys, then a line ---";
        notes.add(0, Code::FrontMatter, "no front matter", next);
        return None;
    };
    let entries = Entries::read((0, "the front matter".to_owned()), text, (from, to), notes);
    entries.refuse_others(&KEYS, notes);
    let id = entries.require("id", notes).and_then(|entry| entry.id(notes));
    let title = entries.require("title", notes).map(|entry| entry.text());
    let part: Option<PartId> = entries.require("part", notes).and_then(|entry| entry.id(notes));
    let revision = entries.require("rev", notes).and_then(|entry| entry.id(notes));
    let operation = entries.require("operation", notes).and_then(|entry| operation(&entry, notes));
    let work_center = entries.require("work-center", notes).and_then(|entry| entry.id(notes));
    let named = entries.find("specification");
    let specification = named.and_then(|entry| reference(entry, notes));
    let qualification = entries.find("qualification");
    let qualification: Option<Option<QualificationId>> =
        qualification.map_or(Some(None), |entry| entry.id(notes).map(Some));
    let offline = entries.find("offline-max");
    let offline = offline.map_or(Some(None), |entry| offline_max(&entry, notes).map(Some));
    let acts = entries.find("place-acts");
    let place_acts = acts.map_or(Some(Vec::new()), |entry| place_acts(&entry, notes));
    let answered = entries.find("answers");
    let answers = answered.map_or(Some(Vec::new()), |entry| answers(&entry, notes));
    let inspected = entries.find("inspect");
    let inspect_at = inspected.as_ref().map(|entry| entry.value_at);
    let inspect = inspected.map_or(Some(None), |entry| inspect_rule(&entry, notes).map(Some));
    let language = entries.find("language");
    let language = language.map_or(Some(None), |entry| language_code(&entry, notes).map(Some));
    let names_specification = entries.list.iter().any(|entry| entry.key == "specification");
    let whole = || {
        let (operation, operation_name) = operation?;
        Some(Instruction {
            id: id?,
            title: title?,
            part: part.clone()?,
            revision: revision?,
            operation,
            operation_name,
            work_center: work_center?,
            specification: specification.as_ref().map(|(_, revision, _)| revision.clone()),
            qualification: qualification?,
            steps: Vec::new(),
            rules: InstructionRules {
                offline_seconds_max: offline?,
                place_acts: place_acts?,
                answers: answers?,
                inspect: inspect?,
            },
            language: language?,
            translations: Vec::new(),
            read_in: None,
        })
    };
    let instruction = whole();
    Some((Front { instruction, part, specification, inspect_at, names_specification }, page))
}

/// What is noted about the place: words with commas between, each once.
fn place_acts(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<Vec<PlaceAct>> {
    let mut acts = Vec::new();
    let mut whole = true;
    let mut at = entry.value_at;
    for part in entry.value.split(',') {
        let word_at = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        match read_word((part.trim(), word_at), &PlaceAct::WORDS, Code::WordUnknown, notes) {
            Some(act) if !acts.contains(&act) => acts.push(act),
            Some(_) => {}
            None => whole = false,
        }
    }
    acts.sort();
    whole.then_some(acts)
}

/// The redlines that the revision does: numbers with commas between, each once.
fn answers(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<Vec<RedlineId>> {
    let mut answered = Vec::new();
    let mut whole = true;
    let mut at = entry.value_at;
    for part in entry.value.split(',') {
        let word_at = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        match read_id(part.trim(), word_at, notes) {
            Some(redline) if !answered.contains(&redline) => answered.push(redline),
            Some(_) => {}
            None => whole = false,
        }
    }
    answered.sort();
    whole.then_some(answered)
}

fn offline_max(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<u32> {
    let seconds = read_seconds(entry.value, entry.value_at, notes)?;
    if !OFFLINE_SECONDS.contains(&seconds) {
        let what = format!("offline-max \"{}\"", shorten(entry.value));
        notes.add(entry.value_at, Code::OfflineMaxRange, &what, "write 1 h to 366 d, such as 14 d");
        return None;
    }
    Some(seconds)
}

/// In which language it is written.
fn language_code(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<LanguageCode> {
    let code = LanguageCode::parse(entry.value);
    if code.is_none() {
        let what = format!("language \"{}\"", shorten(entry.value));
        notes.add(
            entry.value_at,
            Code::BadLanguage,
            &what,
            "write a code of ISO 639-1, such as de",
        );
    }
    code
}

/// By which plan lots are inspected.
fn inspect_rule(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<InspectRule> {
    match InspectRule::parse(entry.value) {
        Ok(rule) => Some(rule),
        Err(error) => {
            let what = format!("inspect \"{}\"", shorten(entry.value));
            notes.add(entry.value_at, Code::InspectRule, &what, &error.to_string());
            None
        }
    }
}

/// Number and name of an operation.
pub(super) fn operation(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<(u32, String)> {
    let parts = entry.value.split_once(char::is_whitespace);
    let found = parts.and_then(|(number, name)| Some((number.parse().ok()?, name.trim())));
    match found {
        Some((number, name))
            if number > 0 && entry.value.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Some((number, crate::domain::text::sanitize_line(name).into_owned()))
        }
        Some(_) | None => {
            let what = format!("operation \"{}\"", shorten(entry.value));
            notes.add(entry.value_at, Code::BadOperation, &what, "write it like 20 Assembly");
            None
        }
    }
}

fn reference<'s>(
    entry: Entry<'s>,
    notes: &mut Notes<'_>,
) -> Option<(PartId, RevisionId, Entry<'s>)> {
    let words: Vec<&str> = entry.value.split_whitespace().collect();
    let [part, "rev", revision] = words.as_slice() else {
        let what = format!("specification \"{}\"", shorten(entry.value));
        let next = "write it like CP-40 rev F";
        notes.add(entry.value_at, Code::BadSpecificationReference, &what, next);
        return None;
    };
    let part = read_id(part, entry.value_at, notes);
    let revision = read_id(revision, entry.value_at, notes);
    Some((part?, revision?, entry))
}
