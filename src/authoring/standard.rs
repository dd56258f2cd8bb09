//! Standard steps: a source of one step, which instructions include.

use std::collections::BTreeSet;

use super::asks::Given;
use super::check::Beside;
use super::code::Code;
use super::compile::compile_standard_step;
use super::entries::{Entries, Entry, read_id, shorten};
use super::finding::{Checked, Notes, Source, decode, note_deceptive};
use super::front;
use super::keys;
use super::steps::{self, Around};
use crate::domain::ids::{InstructionId, RevisionId, StepId};
use crate::domain::instruction::{Ask, Included, OnFail, StandardStep, Step, StepRules};

/// The key of the front matter that makes a source a standard step.
pub(super) const KEY: &str = "standard-step";
/// The keys of the front matter in their order.
pub(super) const KEYS: [&str; 4] = keys::words(&keys::page::STANDARD);

/// Whether a source says of itself that it is a standard step.
pub(super) fn is_standard(text: &str) -> bool {
    let Some((from, to, _)) = front::bounds(text) else { return false };
    let head = text.get(from..to).unwrap_or_default();
    head.lines().any(|line| line.split_once(':').is_some_and(|(key, _)| key.trim() == KEY))
}

/// Whether a file is a standard step, as far as it can be read.
pub(super) fn source_is_standard(source: &Source<'_>) -> bool {
    decode(source).is_ok_and(|text| is_standard(&text))
}

/// Reads a standard step, or says everything that is wrong with it.
pub(super) fn read(source: &Source<'_>, beside: &Beside<'_>) -> Checked<StandardStep> {
    const YES: [(&str, ()); 1] = [("yes", ())];
    let text = decode(source)?;
    let mut notes = Notes::of(source.file, &text);
    note_deceptive(&text, &mut notes);
    let Some((from, to, page)) = front::bounds(&text) else {
        notes.add(0, Code::FrontMatter, "no front matter", "begin with a line ---");
        return notes.settle(None);
    };
    let entries = Entries::read((0, "the front matter".to_owned()), &text, (from, to), &mut notes);
    entries.refuse_others(&KEYS, &mut notes);
    let id = entries.require("id", &mut notes).and_then(|entry| entry.id(&mut notes));
    let title = entries.require("title", &mut notes).map(|entry| entry.text());
    let revision = entries.require("rev", &mut notes).and_then(|entry| entry.id(&mut notes));
    if let Some(entry) = entries.require(KEY, &mut notes) {
        entry.word(&YES, Code::WordUnknown, &mut notes);
    }
    let around = Around { given: Given::NotNamed, standards: &[], qualification: None };
    let steps = steps::read((&text, page), around, beside.read_picture, &mut notes);
    let step = steps.and_then(|steps| one_step(steps, page, &mut notes));
    let translations = Vec::new();
    let whole = || {
        let (id, title, revision) = (id?, title?, revision?);
        Some(StandardStep { id, title, revision, step: step?, translations })
    };
    notes.settle(whole())
}

fn one_step(steps: Vec<Step>, at: usize, notes: &mut Notes<'_>) -> Option<Step> {
    let count = steps.len();
    let mut steps = steps.into_iter();
    let (first, second) = (steps.next(), steps.next());
    if second.is_some() {
        let what = format!("{count} steps in a standard step");
        notes.add(at, Code::StandardStepCount, &what, "leave one, and make others of their own");
        return None;
    }
    let step = first?;
    if step.rules != StepRules::default() {
        let what = "a standard step with rules of a route";
        notes.add(at, Code::StandardStepRules, what, "say them where it is included");
        return None;
    }
    Some(step)
}

/// The keys of the block that includes.
pub(super) const INCLUDE_KEYS: [&str; 1] = keys::words(&keys::page::INCLUDE);

/// Reads which standard step a block includes, and finds it.
pub(super) fn include(
    entries: &Entries<'_>,
    standards: &[StandardStep],
    notes: &mut Notes<'_>,
) -> Option<(StandardStep, Included)> {
    entries.refuse_others(&INCLUDE_KEYS, notes);
    let entry = entries.require("step", notes)?;
    let (id, revision) = named(&entry, notes)?;
    let of_id: Vec<&StandardStep> = standards.iter().filter(|s| s.id == id).collect();
    let Some(found) = of_id.iter().find(|s| s.revision == revision) else {
        let what = format!("standard step {id} rev {revision}");
        let others: BTreeSet<&str> = of_id.iter().map(|s| s.revision.as_str()).collect();
        let next = if others.is_empty() {
            format!("put {id}.md beside it, give it too, or release it and sync this station")
        } else {
            let others: Vec<&str> = others.into_iter().collect();
            format!(
                "name the revision that is there: {}, or give the other file",
                others.join(", ")
            )
        };
        notes.add(entry.value_at, Code::IncludeNotFound, &what, &next);
        return None;
    };
    let rank = |revision: &RevisionId| (revision.as_str().len(), revision.as_str().to_owned());
    let last = of_id.iter().map(|s| &s.revision).max_by_key(|revision| rank(revision));
    if let Some(last) = last.filter(|last| rank(last) > rank(&revision)) {
        let what = format!("rev {revision} of {id}, and rev {last} is there too");
        let next = format!("include rev {last}, unless rev {revision} is meant");
        notes.add(entry.value_at, Code::IncludeRevision, &what, &next);
    }
    let hash = compile_standard_step(found).ok()?.hash;
    Some(((*found).clone(), Included { id, revision, hash }))
}

fn named(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<(InstructionId, RevisionId)> {
    let words: Vec<&str> = entry.value.split_whitespace().collect();
    let [id, "rev", revision] = words.as_slice() else {
        let what = format!("standard step \"{}\"", shorten(entry.value));
        notes.add(entry.value_at, Code::BadInclude, &what, "write it like STD-CLEAN rev B");
        return None;
    };
    let id = read_id(id, entry.value_at, notes);
    let revision = read_id(revision, entry.value_at, notes);
    Some((id?, revision?))
}

/// The asks of a standard step where it stands: what points to the step itself points to the one
/// that includes it.
pub(super) fn asks_at(standard: &StandardStep, step: &StepId) -> Vec<Ask> {
    let own = |named: &mut StepId| {
        if *named == standard.step.id {
            named.clone_from(step);
        }
    };
    let mut asks = standard.step.asks.clone();
    for ask in &mut asks {
        match ask {
            Ask::Measure(measure) => {
                if let Some(OnFail::Rework(named) | OnFail::Repair(named)) = &mut measure.on_fail {
                    own(named);
                }
            }
            Ask::Sign(sign) => sign.not_same_person_as.iter_mut().for_each(own),
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Wait(_) => {}
        }
    }
    asks
}
