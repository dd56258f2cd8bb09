//! The page below the front matter: one heading a step, with its text and asks.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag};

use super::asks::{AskKind, AskReader, Given, Pointer};
use super::code::Code;
use super::entries::Entries;
use super::finding::Notes;
use super::keys;
use super::page::{note_between, note_headings, note_outside, read_heading, read_lines};
use super::pictures::ReadPicture;
use super::prose::Prose;
use super::standard::{INCLUDE_KEYS, asks_at, include};
use super::step_rules::{self, Open};
use crate::domain::ids::{QualificationId, StepId};
use crate::domain::instruction::{
    Ask, Block, Included, QuantityRule, StandardStep, Step, StepRules,
};
use crate::domain::nearest::suggest;

/// What a page is read beside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// The specification.
    pub(super) given: Given<'a>,
    /// The standard steps at hand.
    pub(super) standards: &'a [StandardStep],
    /// What whoever performs any step is trained for.
    pub(super) qualification: Option<&'a QualificationId>,
}

const INCLUDE: &str = "include";
const QUANTITY_KEYS: [&str; 1] = keys::words(&keys::page::QUANTITY);

/// The blocks that say how a step is done, with their keys in their order.
const RULE_WORDS: [(&str, &[&str]); 3] =
    [(INCLUDE, &INCLUDE_KEYS), ("quantity", &QUANTITY_KEYS), (step_rules::WORD, &step_rules::KEYS)];

/// The words of those blocks.
pub(super) fn rule_words() -> impl Iterator<Item = &'static str> {
    RULE_WORDS.iter().map(|(word, _)| *word)
}

/// The keys of a block that says how a step is done.
pub(super) fn rule_keys(word: &str) -> Option<&'static [&'static str]> {
    RULE_WORDS.iter().find(|(known, _)| *known == word).map(|(_, keys)| *keys)
}

/// A step while it is being read.
#[derive(Debug)]
struct Draft<'s> {
    id: Option<StepId>,
    title: String,
    text: Vec<Block>,
    asks: Vec<Ask>,
    quantity: Option<QuantityRule>,
    included: Option<(usize, StandardStep, Included)>,
    /// The block of its rules, where there is one, and where that stands.
    rules: Option<(StepRules, Open<'s>)>,
}

/// The steps of a page, while it is being read.
#[derive(Debug)]
struct Page<'s, 'n> {
    text: &'s str,
    prose: Prose<'s, 'n>,
    asks: AskReader<'n>,
    standards: &'n [StandardStep],
    counts: bool,
    drafts: Vec<Draft<'s>>,
    ids: BTreeSet<StepId>,
}

/// Reads the steps from a byte of the source on.
#[expect(clippy::wildcard_enum_match_arm, reason = "only a rule stands at the margin by itself")]
pub(super) fn read<'s>(
    (text, base): (&'s str, usize),
    Around { given, standards, qualification }: Around<'_>,
    read: &ReadPicture<'_>,
    notes: &mut Notes<'s>,
) -> Option<Vec<Step>> {
    let asks = AskReader { given, step: 0, pointers: Vec::new() };
    let prose = Prose::new(text, base, notes, read);
    let (drafts, ids) = (Vec::new(), BTreeSet::new());
    let mut page = Page { text, prose, asks, standards, counts: false, drafts, ids };
    let mut covered = base;
    while let Some((event, range)) = page.prose.next() {
        note_between(text, (covered, range.start), &mut page.prose);
        covered = range.end;
        match event {
            Event::Start(Tag::Heading { level, .. }) => page.heading(level, range.start, range.end),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                page.prose.skip();
                page.fence(range.start, range.end);
            }
            Event::Start(tag) => {
                note_headings(text, (range.start, range.end), page.prose.notes);
                page.block(tag, range.start);
            }
            _ => page.prose.not_shown(range.start, "a line across the page"),
        }
    }
    note_between(text, (covered, text.len()), &mut page.prose);
    let Page { asks: AskReader { pointers, .. }, drafts, .. } = page;
    if drafts.is_empty() {
        let next = "write a heading such as ## Scan the parts {#scan}";
        notes.add(text.len(), Code::NoSteps, "no steps", next);
    }
    let finished = drafts.into_iter().map(|draft| finish(draft, notes));
    let (steps, open): (Vec<Option<Step>>, Vec<Open<'s>>) = finished.unzip();
    let mut steps: Option<Vec<Step>> = steps.into_iter().collect();
    if let Some(steps) = &mut steps {
        note_pointers(&pointers, steps, notes);
        step_rules::settle(steps, &open, qualification, notes);
    }
    steps
}

fn finish<'s>(draft: Draft<'s>, notes: &mut Notes<'_>) -> (Option<Step>, Open<'s>) {
    let Draft { id, title, text, asks, rules, quantity, included } = draft;
    let (rules, open) = rules.unwrap_or_default();
    let rules = StepRules { quantity, ..rules };
    let Some((at, standard, included)) = included else {
        return (id.map(|id| Step { id, title, text, asks, rules }), open);
    };
    if !text.is_empty() || !asks.is_empty() {
        let next = "move it to a step of its own, or into the standard step";
        notes.add(at, Code::IncludeBeside, "more in a step that includes", next);
    }
    let Some(id) = id else { return (None, open) };
    let asks = asks_at(&standard, &id);
    let rules = StepRules { included: Some(included), ..rules };
    (Some(Step { id, title, text: standard.step.text, asks, rules }), open)
}

fn note_pointers(pointers: &[Pointer], steps: &[Step], notes: &mut Notes<'_>) {
    let ranks: BTreeMap<&StepId, usize> =
        steps.iter().enumerate().map(|(rank, step)| (&step.id, rank)).collect();
    for pointer in pointers {
        let rank = ranks.get(&pointer.step).copied();
        if rank.is_some_and(|rank| rank <= pointer.from) {
            continue;
        }
        let step = &pointer.step;
        let (what, next) = if rank.is_some() {
            let next = "name this step or an earlier one".to_owned();
            (format!("step \"{step}\" comes later"), next)
        } else {
            let known = steps.iter().take(pointer.from + 1).map(|step| step.id.as_str());
            (format!("no step \"{step}\""), suggest(step.as_str(), known))
        };
        notes.add(pointer.at, pointer.code, &what, &next);
    }
}

impl<'s> Page<'s, '_> {
    fn heading(&mut self, level: HeadingLevel, at: usize, to: usize) {
        let (id, title) = read_heading((self.text, at, to), level, &mut self.prose, &mut self.ids);
        self.asks.step = self.drafts.len();
        let (text, asks, quantity, included) = (Vec::new(), Vec::new(), None, None);
        self.drafts.push(Draft { id, title, text, asks, rules: None, quantity, included });
    }

    fn block(&mut self, tag: Tag<'s>, at: usize) {
        let remark = matches!(tag, Tag::HtmlBlock);
        let mut text = Vec::new();
        self.prose.block(tag, at, &mut text);
        match self.drafts.last_mut() {
            Some(draft) => draft.text.extend(text),
            None if remark => {}
            None => self.outside(at, "text"),
        }
    }

    fn outside(&mut self, at: usize, what: &str) {
        note_outside(at, what, self.prose.notes);
    }

    /// The block of a step's rules, of which a step has one.
    fn rules(&mut self, at: usize, entries: &Entries<'s>) {
        let notes = &mut *self.prose.notes;
        let rules = step_rules::read(entries, notes);
        match self.drafts.last_mut() {
            Some(draft) if draft.rules.is_none() => draft.rules = Some(rules),
            Some(_) => {
                let what = "a second block \"step\"";
                notes.add(at, Code::RulesTwice, what, "write all its lines in one");
            }
            None => self.outside(at, "a block of rules"),
        }
    }

    fn fence(&mut self, at: usize, to: usize) {
        let notes = &mut *self.prose.notes;
        let Some((word, entries)) = read_lines(self.text, (at, to), notes) else { return };
        if word == step_rules::WORD {
            return self.rules(at, &entries);
        }
        let Some((kind, keys)) = AskKind::parse(word) else { return self.rule(word, &entries) };
        let asks = self.asks.read(kind, keys, &entries, notes);
        match self.drafts.last_mut() {
            Some(draft) => draft.asks.extend(asks),
            None => self.outside(at, "a block of asks"),
        }
    }

    /// A block that says how the step is done: what it includes, whether it counts.
    fn rule(&mut self, word: &str, entries: &Entries<'_>) {
        let notes = &mut *self.prose.notes;
        let Some(draft) = self.drafts.last_mut() else {
            return self.outside(entries.at, "a block");
        };
        if word == INCLUDE {
            if let Some((standard, included)) = include(entries, self.standards, notes) {
                draft.included = Some((entries.at, standard, included));
            }
            return;
        }
        entries.refuse_others(&QUANTITY_KEYS, notes);
        let label = entries.require("label", notes).map(|entry| entry.text());
        if std::mem::replace(&mut self.counts, true) {
            let next = "count once, at the last step that may throw pieces away";
            notes.add(entries.at, Code::QuantityTwice, "pieces counted a second time", next);
        }
        draft.quantity = label.map(|label| QuantityRule { label });
    }
}
