//! The pieces of a lot: reported by operation, split off to other lots; a single unit is one piece.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::fact::{Head, Position};
use crate::domain::ids::{DeviationId, PersonId, PlaceId, StepId, UnitId};
use crate::domain::instruction::Instruction;
use crate::domain::moment::Moment;
use crate::domain::stream::TravelerId;
use crate::domain::words::{Words, words};

use super::command::StepAt;
use super::departed::Settled;
use super::fact::{DoneAgain, PinnedOperation, TravelerFact, TravelerStarted};
use super::kin::{AcceptedBefore, Origin};
use super::splits_known::SplitsKnown;
use super::standing::Instructions;
use super::state::TravelerState;

/// Pieces by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// Go on.
    pub good: u32,
    /// Are thrown away.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub scrap: u32,
    /// Stay in the operation and are counted again, as good or scrap, once they are mended.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rework: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Pieces {
    /// How many a report names.
    pub fn named(self) -> u32 {
        self.good.saturating_add(self.scrap).saturating_add(self.rework)
    }

    /// What became of them, in words.
    pub fn words(self) -> Words {
        let scrap = words!("{count} scrap", count = self.scrap);
        let rework = words!("{count} to rework", count = self.rework);
        let bad = [(self.scrap, scrap), (self.rework, rework)];
        let bad = bad.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
        let good = [words!("{count} good", count = self.good)];
        Words::listed(good.into_iter().chain(bad), "{these}, {one}")
    }

    /// Reads `12`, `10/2` (good/scrap) or `7/2/3` (good/scrap/rework).
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('/').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|_| digits)
        });
        let good = parts.next()??;
        let scrap = parts.next().map_or(Some(0), |part| part)?;
        let rework = parts.next().map_or(Some(0), |part| part)?;
        parts.next().is_none().then_some(Self { good, scrap, rework })
    }
}

/// What an operation made of a lot, or of a part of it (R9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityReported {
    /// The operation.
    pub operation: u32,
    /// The attempt at the step that counts; rework of the whole lot counts its good pieces anew.
    pub attempt: Position,
    /// How many of which.
    #[serde(flatten)]
    pub pieces: Pieces,
    /// Why there is scrap or rework; empty where all are good.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many were still to be reported before.
    pub of: u32,
    /// Whether nothing is left of the lot: every piece is scrap.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends: bool,
}

/// A report of pieces is put right; the first one stays shown (R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityCorrected {
    /// The report.
    pub report: Position,
    /// How many of which, from now on.
    #[serde(flatten)]
    pub pieces: Pieces,
    /// Why.
    pub reason: String,
    /// Whether nothing is left of the lot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends: bool,
}

/// Pieces leave the lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotSplit {
    /// The lot that they become.
    pub into: UnitId,
    /// How many.
    pub quantity: u32,
    /// The operation that they stand at.
    pub operation: u32,
    /// Whether they were counted good there already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// The deviation by whose disposition they go another way than the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<DeviationId>,
    /// Why.
    pub reason: String,
}

/// A lot begins where another one stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitOff {
    /// The lot that the pieces were of.
    pub from: TravelerId,
    /// The fact that took them off it.
    pub split: Position,
    /// How many.
    pub quantity: u32,
    /// The definitions pinned there.
    pub started: TravelerStarted,
    /// The steps that were closed there.
    pub closed: Vec<ClosedStep>,
    /// Whether nothing had failed there in a first attempt (R9).
    pub first_pass: bool,
    /// Where the pieces had been counted good already, so that nobody counts them twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<StepAt>,
    /// What was settled by then about how the pieces were made (R16).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
    /// What was not known to be done there, and work went on after it all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedBefore>,
}

/// A step that was closed before the pieces became a lot of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedStep {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// Whether its condition did not hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_needed: bool,
    /// The fact that closed it.
    pub by: Position,
    /// Whether it was left out on purpose, not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// How often it had been attempted.
    pub attempts: u32,
    /// Who performed it (R6).
    pub performers: BTreeSet<PersonId>,
}

/// A report as it stands in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// What.
    pub what: QuantityReported,
    /// Corrections in fold order.
    pub corrections: Vec<Recount>,
}

/// A correction of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What.
    pub what: QuantityCorrected,
}

impl Reported {
    /// The pieces that count.
    pub fn pieces(&self) -> Pieces {
        self.corrections.last().map_or(self.what.pieces, |recount| recount.what.pieces)
    }

    /// Who stands for the count: its last corrector, else who made it.
    pub fn author(&self) -> Option<&PersonId> {
        self.corrections.last().map_or(self.by.as_ref(), |recount| recount.by.as_ref())
    }
}

/// What a traveler's stream says about its pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotState {
    /// Every report, in fold order.
    pub reports: Vec<Reported>,
    /// Every split, in fold order.
    pub splits: Vec<(Position, LotSplit)>,
    /// What was recorded with knowledge of which split.
    pub splits_known: SplitsKnown,
    /// Where the lot comes from; several only where stations gave one name unseen by each other.
    pub origins: Vec<Origin>,
    /// The steps closed before it became a lot, and not reopened since.
    pub closed: BTreeMap<(u32, StepId), ClosedStep>,
    /// How often a step had been attempted before.
    attempts: BTreeMap<(u32, StepId), u32>,
    /// The fact that closed each step last.
    pub(super) closed_by: BTreeMap<(u32, StepId), Position>,
    /// The operation that counts again what rework sent back to it: by attempt or split.
    sent_back: BTreeMap<Position, u32>,
}

impl LotState {
    /// Takes what one more fact says about pieces.
    pub(super) fn evolve(&mut self, head: &Head, fact: &TravelerFact) {
        let at = head.position.clone();
        if let TravelerFact::QuantityReported(what) = fact {
            let (by, place) = (head.acting.actor.clone(), head.acting.place.clone());
            let (moment, what) = (head.moment.clone(), what.clone());
            self.reports.push(Reported { at, by, moment, place, what, corrections: Vec::new() });
        } else if let TravelerFact::QuantityCorrected(what) = fact {
            let (by, moment) = (head.acting.actor.clone(), head.moment.clone());
            if let Some(report) = self.reports.iter_mut().find(|r| r.at == what.report) {
                report.corrections.push(Recount { at, by, moment, what: what.clone() });
            }
        } else if let TravelerFact::LotSplit(split) = fact {
            self.splits.push((at, split.clone()));
        } else if let TravelerFact::SplitOff(origin) = fact {
            if self.origins.is_empty() {
                self.take_over(&origin.closed);
            }
            let (moment, what) = (head.moment.clone(), origin.clone());
            self.origins.push(Origin { at, moment, what });
        }
    }

    /// Takes over steps that were closed on the lot that the pieces were of.
    pub(super) fn take_over<'a>(&mut self, closed: impl IntoIterator<Item = &'a ClosedStep>) {
        for step in closed {
            let key = (step.operation, step.step.clone());
            self.attempts.insert(key.clone(), step.attempts);
            self.closed.insert(key, step.clone());
        }
    }

    /// Notes which fact closed a step.
    pub(super) fn note_closed(&mut self, step: (u32, StepId), by: &Position) {
        self.closed_by.insert(step, by.clone());
    }

    /// Opens steps again.
    pub(super) fn reopen(&mut self, operation: u32, steps: &[StepId]) {
        self.closed.retain(|(op, step), _| *op != operation || !steps.contains(step));
    }

    /// Opens an operation again that rework comes to on its way: all of it, also what was taken over unseen
    /// by who sent the pieces back.
    pub(super) fn reopen_on_the_way(&mut self, operation: u32) {
        self.closed.retain(|(op, _), _| *op != operation);
    }

    /// Whether the good pieces of a report count: rework of the whole lot counts them again.
    pub fn stands(&self, report: &Reported) -> bool {
        !self.sent_back.contains_key(&report.what.attempt)
    }

    /// The pieces that had been counted good before they became this lot, and still are: by which
    /// fact, where, how many.
    fn counted_before(&self) -> impl Iterator<Item = (&Position, &StepAt, u32)> {
        let origins = self.origins.iter().filter(|origin| !self.sent_back.contains_key(&origin.at));
        origins
            .filter_map(|Origin { at, what, .. }| Some((at, what.counted.as_ref()?, what.quantity)))
    }

    /// The operation at which a report's scrap is missing.
    fn counts_at(&self, report: &Reported) -> u32 {
        self.sent_back.get(&report.what.attempt).copied().unwrap_or(report.what.operation)
    }

    /// Where the pieces of a split are missing: at which operation, and whether of its good ones.
    fn left_at(&self, (at, split): &(Position, LotSplit)) -> (u32, bool) {
        let back = self.sent_back.get(at).map(|operation| (*operation, false));
        back.unwrap_or((split.operation, split.counted))
    }

    /// Sends the pieces of attempts that are done again back to the first operation of which no
    /// count stands: what was scrapped or split off after it is missing there from now on.
    pub(super) fn send_back(&mut self, again: &[DoneAgain], attempts: &[(u32, Position)]) {
        let redone: BTreeSet<&Position> = attempts.iter().map(|(_, attempt)| attempt).collect();
        let repeats = |at: &StepAt| {
            again.iter().any(|a| a.operation == at.operation && a.steps.contains(&at.step))
        };
        let counted = |operation: u32| {
            let mut here = self.reports.iter().filter(|r| r.what.operation == operation);
            let mut before = self.counted_before().filter(|(_, at, _)| at.operation == operation);
            here.any(|r| self.stands(r) && !redone.contains(&r.what.attempt))
                || before.any(|(_, at, _)| !repeats(at))
        };
        let Some(to) = again.iter().map(|a| a.operation).find(|op| !counted(*op)) else { return };
        let before = self.counted_before().filter(|(_, at, _)| at.operation >= to);
        let before: Vec<Position> = before.map(|(origin, ..)| origin.clone()).collect();
        let attempts = attempts.iter().filter(|(operation, _)| *operation >= to);
        for back in attempts.map(|(_, attempt)| attempt).chain(&before) {
            let back = self.sent_back.entry(back.clone()).or_insert(to);
            *back = to.min(*back);
        }
        let later = |split: &&(Position, LotSplit)| self.left_at(split) > (to, false);
        let splits: Vec<Position> =
            self.splits.iter().filter(later).map(|(at, _)| at.clone()).collect();
        self.sent_back.extend(splits.into_iter().map(|at| (at, to)));
    }

    /// An attempt begun unseen by who sent its step back belongs to the earlier ones.
    pub(super) fn follow(&mut self, attempt: &Position, earlier: &[Position]) {
        let back = earlier.iter().filter_map(|earlier| self.sent_back.get(earlier)).min().copied();
        if let Some(back) = back {
            self.sent_back.insert(attempt.clone(), back);
        }
    }

    /// How often a step had been attempted before the pieces became this lot.
    pub(super) fn attempts_before(&self, operation: u32, step: &StepId) -> u32 {
        self.attempts.get(&(operation, step.clone())).copied().unwrap_or(0)
    }

    /// Whether nothing had failed before the pieces became this lot.
    pub(super) fn first_pass(&self) -> bool {
        self.origins.iter().all(|origin| origin.what.first_pass)
    }
}

/// Whether an operation counts its pieces: a step of it asks for quantities.
pub fn counts(instruction: &Instruction) -> bool {
    instruction.steps.iter().any(|step| step.rules.quantity.is_some())
}

impl TravelerState {
    /// How many pieces there were when work began, or when they were split off.
    pub fn pieces_begun(&self) -> u32 {
        if self.lot.origins.is_empty() {
            return self.started.as_ref().and_then(|started| started.pieces).unwrap_or(1);
        }
        self.lot.origins.iter().fold(0, |sum, origin| sum.saturating_add(origin.what.quantity))
    }

    /// How many pieces the traveler stands for: what it began with, less what was split off.
    /// Scrap is among them.
    pub fn pieces(&self) -> u32 {
        let split =
            self.lot.splits.iter().fold(0_u32, |sum, (_, s)| sum.saturating_add(s.quantity));
        self.pieces_begun().saturating_sub(split)
    }

    /// What was reported at an operation; after rework of the whole lot, its scrap still counts.
    pub fn reported(&self, operation: u32) -> Pieces {
        let before = self.lot.counted_before().filter(|(_, at, _)| at.operation == operation);
        let good = before.fold(0_u32, |sum, (.., quantity)| sum.saturating_add(quantity));
        let mut sum = Pieces { good, ..Pieces::default() };
        for report in self.lot.reports.iter().filter(|r| self.lot.counts_at(r) == operation) {
            let pieces = report.pieces();
            sum.scrap = sum.scrap.saturating_add(pieces.scrap);
            sum.rework = sum.rework.saturating_add(pieces.rework);
            if self.lot.stands(report) {
                sum.good = sum.good.saturating_add(pieces.good);
            }
        }
        sum
    }

    /// How many pieces are scrap, of every operation.
    pub fn scrapped(&self) -> u32 {
        self.lot.reports.iter().fold(0, |sum, r| sum.saturating_add(r.pieces().scrap))
    }

    fn split_at(&self, operation: u32, counted: bool) -> u32 {
        let here = self.lot.splits.iter();
        let here = here.filter(|split| self.lot.left_at(split) == (operation, counted));
        here.fold(0, |sum, (_, split)| sum.saturating_add(split.quantity))
    }

    /// How many pieces an operation has had so far: only good ones come from the one before.
    pub fn pieces_into(&self, operation: u32, known: &Instructions) -> u32 {
        let mut pieces = self.pieces_begun();
        let operations = self.started.iter().flat_map(|started| &started.operations);
        for before in operations.filter(|op| op.operation < operation) {
            pieces = self.pieces_out(before, pieces, known);
        }
        pieces.saturating_sub(self.split_at(operation, false))
    }

    /// What goes on from an operation, of the pieces that came before any split there.
    fn pieces_out(&self, operation: &PinnedOperation, pieces: u32, known: &Instructions) -> u32 {
        let number = operation.operation;
        let left = pieces.saturating_sub(self.split_at(number, false));
        let closed = self.operation_closed(operation, known);
        let on = if self.accepted.contains_key(&number) && !closed {
            // By the evidence, all that is not known to be scrap went on.
            let on = left.saturating_sub(self.reported(number).scrap);
            self.pieces_by_ticket(number).map_or(on, |most| on.min(most))
        } else if self.counted_here(operation, known) {
            self.reported(number).good
        } else if closed {
            left.saturating_sub(self.reported(number).scrap)
        } else {
            0
        };
        on.saturating_sub(self.split_at(number, true))
    }

    /// Whether what goes on from an operation is what was counted: not where its count was left
    /// out, or made before the pieces became this lot.
    fn counted_here(&self, operation: &PinnedOperation, known: &Instructions) -> bool {
        let Some(instruction) = known.get(&operation.hash) else { return false };
        let mut counting = instruction.steps.iter().filter(|s| s.rules.quantity.is_some());
        counting.any(|step| {
            let key = (operation.operation, step.id.clone());
            !self.skipped.contains_key(&key) && !self.lot.closed.contains_key(&key)
        })
    }

    /// How many pieces of an operation are neither good nor scrap yet.
    pub fn pieces_missing(&self, operation: u32, known: &Instructions) -> u32 {
        let done = self.reported(operation);
        let into = self.pieces_into(operation, known);
        into.saturating_sub(done.good.saturating_add(done.scrap))
    }

    /// How many good pieces of an operation later ones have counted, or were split off there.
    pub(super) fn gone_on(&self, operation: u32, known: &Instructions) -> u32 {
        let operations = self.started.iter().flat_map(|started| &started.operations);
        let after = operations.filter(|op| op.operation > operation);
        let mut split = self.split_at(operation, true);
        let mut most = split;
        for later in after {
            let number = later.operation;
            split = split.saturating_add(self.split_at(number, false));
            let Pieces { good, scrap, .. } = self.reported(number);
            let here =
                if self.counted_here(later, known) { good.saturating_add(scrap) } else { scrap };
            most = most.max(split.saturating_add(here));
            split = split.saturating_add(self.split_at(number, true)).saturating_add(scrap);
        }
        most
    }

    /// How many pieces stand at an operation and can be split off, and whether they are counted.
    pub fn pieces_to_split(
        &self,
        operation: &PinnedOperation,
        known: &Instructions,
    ) -> (u32, bool) {
        let number = operation.operation;
        let missing = self.pieces_missing(number, known);
        if missing > 0 || !self.counted_here(operation, known) {
            return (missing, false);
        }
        let good = self.reported(number).good;
        (good.saturating_sub(self.split_at(number, true)), true)
    }
}
