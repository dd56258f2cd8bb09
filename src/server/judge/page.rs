//! One judgement on its way: it grows by facts, and ends before it is too large to be a fact.

use std::collections::BTreeSet;

use crate::domain::fact::{Fact, Position};
use crate::domain::kinds::FactBody;
use crate::domain::station::{Judgement, StationCommand, StationFact};
use crate::server::store::judged::Unjudged;

/// The most texts that one judgement names as not at hand.
const UNREAD_MAX: usize = 20;
/// The most characters of one reason.
const REASON_CHARS_MAX: usize = 300;
/// The most bytes of all reasons of one fact; a forger chooses how many there are.
const FACT_REASONS_BYTES_MAX: usize = 4 * 1024;
/// From how many bytes of reasons on a judgement ends. Escaped for JSON they may be six times as
/// many, which still is a fact.
const PAGE_REASONS_BYTES: usize = 4 * 1024;

/// Judged facts of one ledger, one after the other.
#[derive(Debug, Default)]
pub(super) struct Page {
    span: Option<(Position, u64)>,
    exceptions: Vec<Judgement>,
    reasons_bytes: usize,
    /// The texts that were not at hand.
    pub(super) unread: BTreeSet<String>,
}

impl Page {
    /// Takes the next fact; tells the judgement where it is full with it.
    pub(super) fn add(
        &mut self,
        fact: &Position,
        exception: Option<Judgement>,
    ) -> Option<StationCommand> {
        let (_, to_seq) = self.span.get_or_insert_with(|| (fact.clone(), fact.seq));
        *to_seq = fact.seq;
        let reasons = exception.iter().flat_map(|judgement| &judgement.reasons);
        self.reasons_bytes += reasons.map(String::len).sum::<usize>();
        self.exceptions.extend(exception);
        (self.reasons_bytes >= PAGE_REASONS_BYTES).then(|| self.end()).flatten()
    }

    /// The judgement over what was taken since the last one.
    pub(super) fn end(&mut self) -> Option<StationCommand> {
        let Self { span, exceptions, unread, .. } = std::mem::take(self);
        let (from, to_seq) = span?;
        let unread = unread.into_iter().take(UNREAD_MAX).collect();
        Some(StationCommand::Judge { from, to_seq, exceptions, unread })
    }
}

/// Every reason, as far as it can be told: long ones are cut, and of far too many the rest is
/// counted.
pub(super) fn cut(reasons: Vec<String>) -> Vec<String> {
    let shorter = |reason: String| match reason.char_indices().nth(REASON_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &reason[..at]),
        None => reason,
    };
    let (all, mut bytes, mut told) = (reasons.len(), 0, Vec::new());
    for reason in reasons.into_iter().map(shorter) {
        bytes += reason.len();
        if bytes > FACT_REASONS_BYTES_MAX {
            told.push(format!("and {} more", all - told.len()));
            break;
        }
        told.push(reason);
    }
    told
}

/// Splits facts, which come in the order of a feed, into runs of one ledger without a gap, of which each
/// ends behind what lets something through.
pub(super) fn runs(facts: &[Unjudged]) -> impl Iterator<Item = &[Unjudged]> {
    let follows = |before: &Position, after: &Position| before.plus(1) == *after;
    facts.chunk_by(move |before, after| {
        let (before, after) = (&before.fact, &after.fact);
        let ends = lets_through(before) && !lets_through(after);
        !ends && follows(&before.head.position, &after.head.position)
    })
}

/// Whether a person lets through what was not accepted.
pub(super) fn lets_through(fact: &Fact) -> bool {
    matches!(fact.body, FactBody::Station(StationFact::ReviewAnswered { accepted: true, .. }))
}
