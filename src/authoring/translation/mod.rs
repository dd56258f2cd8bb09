//! Translations: `WI-1040.de.md` beside `WI-1040.md`, the same page with other words.
//! Imports the domain and the reading of sources; both files come in as arguments.
//! Invariant: a translation gives words; whatever is asked, measured or decided is the original's.

mod asks;
mod figures;
mod measures;
mod outline;
mod texts;

use std::collections::BTreeSet;

use super::check::Beside;
use super::code::Code;
use super::entries::Entries;
use super::finding::{Checked, Finding, Notes, Source, decode, note_deceptive};
use super::front;
use super::pictures::PictureFault;
use super::standard;
use crate::domain::ids::{RevisionId, StepId};
use crate::domain::instruction::{Instruction, StandardStep, Step};
use crate::domain::nearest::suggest;
use crate::domain::translation::{LanguageCode, StepWords, Translation};
use outline::{Heading, Lines};
use texts::Languages;

/// What the name of a translation says, such as `WI-1040.de.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'f> {
    /// The name of its original without the ending.
    stem: &'f str,
    letters: &'f str,
}

impl<'f> Named<'f> {
    /// Reads a file's name; none where that is not a name, two letters and `.md`.
    pub(super) fn of(file: &'f str) -> Option<Self> {
        let (stem, letters) = without_ending(file)?.rsplit_once('.')?;
        let two = letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_alphabetic());
        (two && !stem.is_empty() && !stem.ends_with(['/', '\\'])).then_some(Self { stem, letters })
    }

    /// The language, or what is found where the letters are those of none.
    pub(super) fn language(self, file: &str) -> Result<LanguageCode, Vec<Finding>> {
        LanguageCode::parse(&self.letters.to_ascii_lowercase()).ok_or_else(|| {
            let mut notes = Notes::of(file, "");
            let what = format!("a translation into \"{}\", which is no language", self.letters);
            let next = "name it by a code of ISO 639-1, such as de, or call it something else";
            notes.add(0, Code::TranslationLanguage, &what, next);
            notes.in_order()
        })
    }

    /// The name of its original, for messages.
    pub(super) fn original(self) -> String {
        format!("{}.md", self.stem)
    }

    /// Whether it is one of this file.
    pub(super) fn translates(self, original: &str) -> bool {
        without_ending(original).is_some_and(|stem| same_file(stem, self.stem))
    }
}

/// A name without `.md`, however that is spelled.
fn without_ending(file: &str) -> Option<&str> {
    let (stem, ending) = file.rsplit_once('.')?;
    ending.eq_ignore_ascii_case("md").then_some(stem)
}

/// Whether one file is named as another; a leading `./` says nothing.
pub(super) fn same_file(one: &str, other: &str) -> bool {
    one.trim_start_matches("./") == other.trim_start_matches("./")
}

/// What is translated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Original<'a> {
    Instruction(&'a Instruction),
    Standard(&'a StandardStep),
}

impl Original<'_> {
    fn steps(&self) -> &[Step] {
        match self {
            Self::Instruction(instruction) => &instruction.steps,
            Self::Standard(standard) => std::slice::from_ref(&standard.step),
        }
    }

    fn revision(&self) -> &RevisionId {
        match self {
            Self::Instruction(instruction) => &instruction.revision,
            Self::Standard(standard) => &standard.revision,
        }
    }

    fn title(&self) -> &str {
        match self {
            Self::Instruction(instruction) => &instruction.title,
            Self::Standard(standard) => &standard.title,
        }
    }

    fn language(&self) -> LanguageCode {
        match self {
            Self::Instruction(instruction) => instruction.language_read(),
            Self::Standard(_) => LanguageCode::ENGLISH,
        }
    }

    fn keys(&self) -> &'static [&'static str] {
        match self {
            Self::Instruction(_) => &front::KEYS,
            Self::Standard(_) => &standard::KEYS,
        }
    }
}

/// Reads a translation beside its original, which has no findings.
pub(super) fn read(
    (source, language): (&Source<'_>, LanguageCode),
    (written, original): (&Source<'_>, Original<'_>),
    beside: &Beside<'_>,
) -> Checked<Translation> {
    let (text, was) = (decode(source)?, decode(written)?);
    let mut notes = Notes::of(source.file, &text);
    note_deceptive(&text, &mut notes);
    let languages = (original.language(), language);
    if language == original.language() {
        let what = format!("a translation into {language} of what is written in {language}");
        let next = "name it for its language, or say language: in the original";
        notes.add(0, Code::TranslationLanguage, &what, next);
        return notes.settle(None);
    }
    // What is wrong with the original is told of the original.
    let mut told = Notes::of(written.file, &was);
    let bounds = (front::bounds(&text), front::bounds(&was));
    let (Some((from, to, page)), Some((was_from, was_to, was_page))) = bounds else {
        let next = "begin with a line ---, then title: and rev:, then a line ---";
        notes.add(0, Code::FrontMatter, "no front matter", next);
        return notes.settle(None);
    };
    let head = |at| (at, "the front matter".to_owned());
    let was_entries = Entries::read(head(0), &was, (was_from, was_to), &mut told);
    let entries = Entries::read(head(0), &text, (from, to), &mut notes);
    let head = read_head(&entries, &was_entries, (original, languages), &mut notes);
    let unread = |_: &str| Err(PictureFault::Unreadable(String::new()));
    let was_steps = outline::read(&was, was_page, &unread, &mut told);
    let said_steps = outline::read(&text, page, beside.read_picture, &mut notes);
    note_steps(original.steps(), &said_steps, text.len(), &mut notes);
    let mut steps = Vec::new();
    for step in original.steps() {
        let of = |heading: &&Heading<'_>| heading.id.as_ref() == Some(&step.id);
        let (Some(said), Some(was)) = (said_steps.iter().find(of), was_steps.iter().find(of))
        else {
            continue;
        };
        texts::note_words((&step.title, &said.title), said.at, languages, &mut notes);
        steps.extend(match &step.rules.included {
            Some(_) => included(step, (said, was), (language, beside), &mut notes),
            None => Some(words_of((step, &was.lines), said, languages, &mut notes)),
        });
    }
    let whole =
        head.map(|(title, operation_name)| Translation { language, title, operation_name, steps });
    notes.settle(whole)
}

/// Title and name of the operation; all else is left out, or as in the original.
fn read_head(
    said: &Entries<'_>,
    was: &Entries<'_>,
    (original, languages): (Original<'_>, Languages),
    notes: &mut Notes<'_>,
) -> Option<(String, Option<String>)> {
    said.refuse_others(original.keys(), notes);
    for entry in said.list.iter().filter(|entry| original.keys().contains(&entry.key)) {
        if !matches!(entry.key, "title" | "rev" | "operation") {
            asks::note_same(entry, was.find(entry.key), notes);
        }
    }
    if let Some(entry) = said.require("rev", notes)
        && entry.value != original.revision().as_str()
    {
        let revision = original.revision();
        let what =
            format!("a translation of rev {}, and the original is rev {revision}", entry.value);
        let next = format!("go through what changed, then write rev: {revision}");
        notes.add(entry.value_at, Code::TranslationRevision, &what, &next);
    }
    let title = said.require("title", notes);
    if let Some(entry) = &title {
        texts::note_words((original.title(), &entry.text()), entry.value_at, languages, notes);
    }
    let operation = match original {
        Original::Standard(_) => None,
        Original::Instruction(instruction) => {
            let entry = said.require("operation", notes)?;
            let (number, name) = front::operation(&entry, notes)?;
            if number != instruction.operation {
                asks::note_same(&entry, was.find("operation"), notes);
            }
            let words = (instruction.operation_name.as_str(), name.as_str());
            texts::note_words(words, entry.value_at, languages, notes);
            Some(name)
        }
    };
    Some((title?.text(), operation))
}

/// Notes steps that are missing, that the original does not have, and that stand elsewhere in it.
fn note_steps(original: &[Step], said: &[Heading<'_>], end: usize, notes: &mut Notes<'_>) {
    let known: Vec<&StepId> = original.iter().map(|step| &step.id).collect();
    let ids: BTreeSet<&StepId> = said.iter().filter_map(|step| step.id.as_ref()).collect();
    for (step, id) in said.iter().filter_map(|step| Some((step, step.id.as_ref()?))) {
        if !known.contains(&id) {
            let what = format!("step \"{id}\" is not in the original");
            let next = suggest(id.as_str(), known.iter().map(|id| id.as_str()));
            notes.add(step.at, Code::TranslationSteps, &what, &next);
        }
    }
    for step in original.iter().filter(|step| !ids.contains(&step.id)) {
        let what = format!("no step \"{}\" ({})", step.id, step.title);
        let next = format!("translate it below a heading with {{#{}}}", step.id);
        notes.add(end, Code::TranslationSteps, &what, &next);
    }
    let in_order = known.iter().filter(|id| ids.contains(*id));
    let of_original =
        said.iter().filter(|step| step.id.as_ref().is_some_and(|id| known.contains(&id)));
    let moved = in_order.zip(of_original).find(|(id, step)| step.id.as_ref() != Some(**id));
    if let Some((id, step)) = moved {
        let what = format!("another step where the original has \"{id}\"");
        let next = "write the steps in the order of the original";
        notes.add(step.at, Code::TranslationSteps, &what, next);
    }
}

fn words_of(
    (step, lines): (&Step, &[Lines<'_>]),
    said: &Heading<'_>,
    languages: Languages,
    notes: &mut Notes<'_>,
) -> StepWords {
    texts::compare(&step.text, said, languages, notes);
    let words = asks::read(asks::Written { step, lines, languages }, said, notes);
    StepWords {
        id: step.id.clone(),
        title: said.title.clone(),
        text: said.text.iter().map(|(_, block)| block.clone()).collect(),
        asks: words.asks,
        counted: words.counted,
    }
}

/// The words of a step that includes a standard step: those with which that one was released.
fn included(
    step: &Step,
    (said, was): (&Heading<'_>, &Heading<'_>),
    (language, beside): (LanguageCode, &Beside<'_>),
    notes: &mut Notes<'_>,
) -> Option<StepWords> {
    let named = step.rules.included.as_ref()?;
    if !said.text.is_empty() {
        let next = "take it out: its words are those of the standard step";
        notes.add(said.at, Code::IncludeBeside, "more in a step that includes", next);
    }
    let languages = (LanguageCode::ENGLISH, language);
    asks::read(asks::Written { step, lines: &was.lines, languages }, said, notes);
    let mut standards = beside.standards.iter();
    let standard = standards.find(|s| s.id == named.id && s.revision == named.revision);
    let translated = standard.and_then(|standard| {
        standard.translations.iter().find(|translation| translation.language == language)
    });
    let Some(words) = translated.and_then(|translation| translation.steps.first()) else {
        let (id, revision) = (&named.id, &named.revision);
        let what = format!("standard step {id} rev {revision} has no words in {language}");
        let next = format!("translate it in a later revision of its own, {id}.{language}.md");
        notes.add(said.at, Code::TranslationIncluded, &what, &next);
        return None;
    };
    Some(StepWords { id: step.id.clone(), title: said.title.clone(), ..words.clone() })
}
