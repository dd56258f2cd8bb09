//! The pieces of a lot: reported by operation, split off to other lots; a single unit is one piece.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::fact::{Head, Position};
use crate::domain::ids::{PersonId, PlaceId, StepId, UnitId};
use crate::domain::instruction::Instruction;
use crate::domain::moment::Moment;
use crate::domain::stream::TravelerId;

use super::fact::{PinnedOperation, TravelerFact, TravelerStarted};
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
    pub fn words(self) -> String {
        let mut words = format!("{} good", self.good);
        for (count, word) in [(self.scrap, "scrap"), (self.rework, "to rework")] {
            if count > 0 {
                words = format!("{words}, {count} {word}");
            }
        }
        words
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
}

/// What a traveler's stream says about its pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotState {
    /// Every report, in fold order.
    pub reports: Vec<Reported>,
    /// Every split, in fold order.
    pub splits: Vec<(Position, LotSplit)>,
    /// Where the lot comes from; several only where stations gave one name unseen by each other.
    pub origins: Vec<(Position, SplitOff)>,
    /// The steps closed before it became a lot, and not reopened since.
    pub closed: BTreeMap<(u32, StepId), ClosedStep>,
    /// How often a step had been attempted before.
    attempts: BTreeMap<(u32, StepId), u32>,
    /// The fact that closed each step last.
    closed_by: BTreeMap<(u32, StepId), Position>,
}

impl LotState {
    /// Takes what one more fact says about pieces.
    pub(super) fn evolve(&mut self, head: &Head, fact: &TravelerFact) {
        let at = head.position.clone();
        if let TravelerFact::QuantityReported(what) = fact {
            let (by, place) = (head.acting.actor.clone(), head.acting.place.clone());
            let (moment, what) = (head.moment.clone(), what.clone());
            self.reports.push(Reported { at, by, moment, place, what });
        } else if let TravelerFact::LotSplit(split) = fact {
            self.splits.push((at, split.clone()));
        } else if let TravelerFact::SplitOff(origin) = fact {
            if self.origins.is_empty() {
                for step in &origin.closed {
                    let key = (step.operation, step.step.clone());
                    self.attempts.insert(key.clone(), step.attempts);
                    self.closed.insert(key, step.clone());
                }
            }
            self.origins.push((at, origin.clone()));
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

    /// How often a step had been attempted before the pieces became this lot.
    pub(super) fn attempts_before(&self, operation: u32, step: &StepId) -> u32 {
        self.attempts.get(&(operation, step.clone())).copied().unwrap_or(0)
    }

    /// Whether nothing had failed before the pieces became this lot.
    pub(super) fn first_pass(&self) -> bool {
        self.origins.iter().all(|(_, origin)| origin.first_pass)
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
        self.lot.origins.iter().fold(0, |sum, (_, origin)| sum.saturating_add(origin.quantity))
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
        let mut sum = Pieces::default();
        for report in self.lot.reports.iter().filter(|r| r.what.operation == operation) {
            let undone = self.attempt(&report.what.attempt).is_some_and(|a| a.reopened);
            let pieces = report.what.pieces;
            sum.scrap = sum.scrap.saturating_add(pieces.scrap);
            sum.rework = sum.rework.saturating_add(pieces.rework);
            if !undone {
                sum.good = sum.good.saturating_add(pieces.good);
            }
        }
        sum
    }

    /// How many pieces are scrap, of every operation.
    pub fn scrapped(&self) -> u32 {
        self.lot.reports.iter().fold(0, |sum, r| sum.saturating_add(r.what.pieces.scrap))
    }

    fn split_at(&self, operation: u32, counted: bool) -> u32 {
        let here = self.lot.splits.iter().map(|(_, split)| split);
        let here = here.filter(|split| split.operation == operation && split.counted == counted);
        here.fold(0, |sum, split| sum.saturating_add(split.quantity))
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
        let on = if self.counted_here(operation, known) {
            self.reported(number).good
        } else if self.operation_closed(operation, known) {
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

    /// Whether the next operation may work on what this one has reported good, before it is closed:
    /// only the step that counts is open in it.
    pub fn lets_through(&self, operation: &PinnedOperation, known: &Instructions) -> bool {
        let Some(instruction) = known.get(&operation.hash) else { return false };
        let number = operation.operation;
        let mut open = instruction.steps.iter().filter(|s| !self.step_closed(number, &s.id));
        let good = self.reported(number).good > self.split_at(number, true);
        good && open.all(|step| step.rules.quantity.is_some())
    }

    /// The closed steps of the operations, as another lot takes them over.
    pub(super) fn closed_steps(&self, known: &Instructions) -> Vec<ClosedStep> {
        let mut closed = Vec::new();
        for operation in self.started.iter().flat_map(|started| &started.operations) {
            let Some(instruction) = known.get(&operation.hash) else { continue };
            let number = operation.operation;
            for step in instruction.steps.iter().filter(|s| self.step_closed(number, &s.id)) {
                let key = (number, step.id.clone());
                let by = self.lot.closed_by.get(&key).cloned();
                let before = self.lot.closed.get(&key);
                let Some(by) = by.or_else(|| before.map(|step| step.by.clone())) else { continue };
                let ranks = self.attempts_at(number, &step.id).map(|attempt| attempt.rank);
                let people = self.performers(number, &step.id).into_iter().cloned();
                closed.push(ClosedStep {
                    operation: number,
                    step: step.id.clone(),
                    by,
                    not_needed: self.step_standing(number, &step.id)
                        == super::standing::StepStanding::NotNeeded,
                    skipped: self.step_standing(number, &step.id)
                        == super::standing::StepStanding::Skipped,
                    attempts: ranks.max().unwrap_or(self.lot.attempts_before(number, &step.id)),
                    performers: people.collect(),
                });
            }
        }
        closed
    }
}
