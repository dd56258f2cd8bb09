//! The outline of a page: its steps with their texts and their blocks of lines, and where each stands.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use crate::authoring::asks::AskKind;
use crate::authoring::entries::Entries;
use crate::authoring::finding::Notes;
use crate::authoring::page::{note_between, note_headings, note_outside, read_heading, read_lines};
use crate::authoring::pictures::ReadPicture;
use crate::authoring::prose::Prose;
use crate::domain::ids::StepId;
use crate::domain::instruction::Block;

/// A step as it is written.
#[derive(Debug)]
pub(super) struct Heading<'s> {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) id: Option<StepId>,
    pub(super) title: String,
    /// Its text, each block with where it begins.
    pub(super) text: Vec<(usize, Block)>,
    pub(super) lines: Vec<Lines<'s>>,
}

/// A fenced block of lines as it is written.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    /// What stands behind its fence.
    pub(super) word: &'s str,
    pub(super) entries: Entries<'s>,
}

impl Lines<'_> {
    /// How many asks it makes.
    pub(super) fn asks(&self) -> usize {
        match AskKind::parse(self.word) {
            Some((AskKind::Install, _)) => self.entries.list.len(),
            Some(_) => 1,
            None => 0,
        }
    }

    /// The key whose value people read; an install names its components by its keys.
    pub(super) fn word_key(&self) -> Option<&'static str> {
        match AskKind::parse(self.word) {
            Some((AskKind::Scan | AskKind::Enter, _)) => Some("label"),
            Some((AskKind::Check, _)) => Some("ask"),
            Some((AskKind::Measure, _)) => Some("name"),
            Some((AskKind::Install | AskKind::Wait | AskKind::Sign, _)) => None,
            None => (self.word == "quantity").then_some("label"),
        }
    }

    /// Whether it is an install.
    pub(super) fn installs(&self) -> bool {
        matches!(AskKind::parse(self.word), Some((AskKind::Install, _)))
    }

    /// Whether it has words of its own that people read.
    pub(super) fn speaks(&self) -> bool {
        self.installs() || self.word_key().is_some_and(|key| self.entries.find(key).is_some())
    }
}

/// Reads the steps from a byte of the source on.
#[expect(clippy::wildcard_enum_match_arm, reason = "only a rule stands at the margin by itself")]
pub(super) fn read<'s>(
    text: &'s str,
    base: usize,
    read: &ReadPicture<'_>,
    notes: &mut Notes<'s>,
) -> Vec<Heading<'s>> {
    let mut prose = Prose::new(text, base, notes, read);
    let mut steps: Vec<Heading<'s>> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut covered = base;
    while let Some((event, range)) = prose.next() {
        note_between(text, (covered, range.start), &mut prose);
        covered = range.end;
        let at = range.start;
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let (id, title) = read_heading((text, at, range.end), level, &mut prose, &mut ids);
                steps.push(Heading { at, id, title, text: Vec::new(), lines: Vec::new() });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                prose.skip();
                let read = read_lines(text, (at, range.end), prose.notes);
                match (steps.last_mut(), read) {
                    (Some(step), Some((word, entries))) => step.lines.push(Lines { word, entries }),
                    (None, Some(_)) => note_outside(at, "a block", prose.notes),
                    (_, None) => {}
                }
            }
            Event::Start(tag) => {
                note_headings(text, (at, range.end), prose.notes);
                let remark = matches!(tag, Tag::HtmlBlock);
                let mut blocks = Vec::new();
                prose.block(tag, at, &mut blocks);
                match steps.last_mut() {
                    Some(step) => step.text.extend(blocks.into_iter().map(|block| (at, block))),
                    None if remark => {}
                    None => note_outside(at, "text", prose.notes),
                }
            }
            _ => prose.not_shown(at, "a line across the page"),
        }
    }
    note_between(text, (covered, text.len()), &mut prose);
    steps
}
