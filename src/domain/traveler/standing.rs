//! What a traveler's facts amount to: what is done, what is next, what stands in the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, StepId};
use crate::domain::instruction::{Ask, Instruction, Step, WaitClock};
use crate::domain::moment::{Elapsed, Moment, Span};
use crate::domain::quantity::Verdict;

use super::eligibility::Found;
use super::fact::{HoldOutcome, HoldReason, PinnedOperation};
use super::lot::{Pieces, Reported};
use super::state::{Attempt, Hold, Pause, Reading, Recorded, RecordedWhat, TravelerState};

/// The compiled instructions of a traveler, by hash.
pub type Instructions = BTreeMap<Hash, Arc<Instruction>>;

/// The step that is next.
#[derive(Debug, Clone, Copy)]
pub struct Current<'a> {
    /// Its operation.
    pub operation: &'a PinnedOperation,
    /// The instruction.
    pub instruction: &'a Instruction,
    /// The step.
    pub step: &'a Step,
}

/// How one step of a traveler stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStanding {
    /// Not begun, or opened again by rework.
    Open,
    /// Begun.
    Begun,
    /// Completed.
    Done,
    /// Left out with a reason.
    Skipped,
    /// Its condition does not hold; neither done nor left out.
    NotNeeded,
}

impl TravelerState {
    /// Finds an attempt by its identity.
    pub fn attempt(&self, at: &Position) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.at == *at)
    }

    /// The attempts at a step, in fold order.
    pub fn attempts_at(&self, operation: u32, step: &StepId) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(move |a| a.operation == operation && a.step == *step)
    }

    /// The attempt at a step that is going on or was completed; none when it is open.
    pub fn standing_attempt(&self, operation: u32, step: &StepId) -> Option<&Attempt> {
        let live = || self.attempts_at(operation, step).filter(|a| !a.reopened);
        live().find(|a| a.completed.is_some()).or_else(|| live().next())
    }

    /// How a step stands.
    pub fn step_standing(&self, operation: u32, step: &StepId) -> StepStanding {
        match self.standing_attempt(operation, step) {
            Some(attempt) if attempt.completed.is_some() => StepStanding::Done,
            _ if self.skipped.contains_key(&(operation, step.clone())) => StepStanding::Skipped,
            _ if self.not_needed(operation, step).is_some() => StepStanding::NotNeeded,
            begun => self.closed_before(operation, step).unwrap_or(if begun.is_some() {
                StepStanding::Begun
            } else {
                StepStanding::Open
            }),
        }
    }

    /// How a step had been closed before the pieces became this lot.
    fn closed_before(&self, operation: u32, step: &StepId) -> Option<StepStanding> {
        let closed = self.lot.closed.get(&(operation, step.clone()))?;
        Some(match (closed.not_needed, closed.skipped) {
            (true, _) => StepStanding::NotNeeded,
            (false, true) => StepStanding::Skipped,
            (false, false) => StepStanding::Done,
        })
    }

    /// Whether an attempt is over; also one in which pieces are sorted that were made in another lot.
    pub(super) fn has_ended(&self, attempt: &Attempt) -> bool {
        let before = (attempt.operation, attempt.step.clone());
        attempt.completed.is_some() || self.lot.closed.contains_key(&before)
    }

    /// Tells whether a step needs nothing more.
    pub fn step_closed(&self, operation: u32, step: &StepId) -> bool {
        match self.step_standing(operation, step) {
            StepStanding::Done | StepStanding::Skipped | StepStanding::NotNeeded => true,
            StepStanding::Open | StepStanding::Begun => false,
        }
    }

    /// Tells whether every step of an operation is closed.
    pub fn operation_closed(&self, operation: &PinnedOperation, known: &Instructions) -> bool {
        known.get(&operation.hash).is_some_and(|instruction| {
            instruction.steps.iter().all(|s| self.step_closed(operation.operation, &s.id))
        })
    }

    /// The step that is next on the route; none before the start and when all is done.
    pub fn current<'a>(&'a self, known: &'a Instructions) -> Option<Current<'a>> {
        let operation = self.next_operation(known)?;
        let instruction = known.get(&operation.hash)?;
        let step = self.workable(operation.operation, instruction).next()?;
        Some(Current { operation, instruction, step })
    }

    /// Tells whether every operation is closed.
    pub fn finished(&self, known: &Instructions) -> bool {
        self.started
            .as_ref()
            .is_some_and(|s| s.operations.iter().all(|op| self.operation_closed(op, known)))
    }

    /// The operation of a number.
    pub fn operation(&self, number: u32) -> Option<&PinnedOperation> {
        self.started.as_ref()?.operations.iter().find(|op| op.operation == number)
    }

    /// The holds that are open, in order of position.
    pub fn open_holds(&self) -> impl Iterator<Item = (&Position, &Hold)> {
        self.holds.iter().filter(|(_, hold)| hold.released.is_none())
    }

    /// The reading that waits to be typed again (R4), with its hold.
    pub fn to_retype(&self) -> Option<(&Position, &Position, &Reading)> {
        self.all_to_retype().next()
    }

    /// Every reading that waits to be typed again, with its hold; more than one only where
    /// stations worked unseen by each other.
    pub fn all_to_retype(&self) -> impl Iterator<Item = (&Position, &Position, &Reading)> {
        self.open_holds().filter_map(|(at, hold)| {
            let waits = hold.placed.reason == HoldReason::OutOfLimits
                && hold.placed.deviation.is_none()
                && hold.placed.readings.len() == 1;
            let reading = hold.placed.readings.iter().next().filter(|_| waits)?;
            let (entry, reading) = self.reading(&reading)?;
            Some((at, &entry.at, reading))
        })
    }

    /// Finds a reading with the entry that holds it.
    pub fn reading(&self, at: &Position) -> Option<(&Recorded, &Reading)> {
        let entry = self.attempts.iter().flat_map(|a| &a.entries).find(|entry| entry.at == *at)?;
        Some((entry, entry.reading()?))
    }

    /// The attempt in which a fact was recorded.
    pub fn attempt_of(&self, entry: &Position) -> Option<&Attempt> {
        self.attempts.iter().find(|a| a.entries.iter().any(|e| e.at == *entry))
    }

    /// Whether something was found in a step that stands in the way of leaving it out, also before
    /// rework: a value outside its limits, a check answered no, a wait that was begun.
    pub(super) fn found_against(&self, found: Found<'_>) -> bool {
        let step = &found.step.id;
        self.attempts_at(found.operation.operation, step).any(|attempt| {
            attempt.entries.iter().any(|entry| match &entry.what {
                RecordedWhat::Reading(reading) => reading.verdict() == Some(Verdict::Fail),
                RecordedWhat::Answer(yes) => {
                    let excused = attempt.stands_as_is(entry);
                    !yes && !excused && !found.instruction.decides(step, entry.ask)
                }
                RecordedWhat::WaitBegan => !attempt.reopened,
                RecordedWhat::Text(_)
                | RecordedWhat::Component { .. }
                | RecordedWhat::Signature(_) => false,
            })
        })
    }

    /// The deviations that the traveler's holds name.
    pub fn deviations(&self) -> BTreeSet<&DeviationId> {
        self.holds.values().filter_map(|hold| hold.placed.deviation.as_ref()).collect()
    }

    /// Tells whether every piece passed at the first attempt (R9): nothing failed, and none is scrap
    /// or was reworked.
    pub fn first_pass(&self) -> bool {
        let mut counted = self.lot.reports.iter().map(Reported::pieces);
        self.nothing_failed()
            && counted.all(|Pieces { scrap, rework, .. }| (scrap, rework) == (0, 0))
    }

    /// Tells whether nothing failed in first attempts: no reading that counts is outside its limits,
    /// and no deviation was raised and not voided. One failure among concurrent firsts fails.
    pub(super) fn nothing_failed(&self) -> bool {
        let firsts = self.attempts.iter().filter(|a| a.rank == 1);
        let failed =
            |attempt: &Attempt| attempt.readings().any(|(_, r)| r.verdict() == Some(Verdict::Fail));
        let raised = self.holds.values().any(|hold| {
            let void = matches!(hold.released, Some((HoldOutcome::Resumed { as_is: false }, _)));
            hold.placed.deviation.is_some() && !void
        });
        self.lot.first_pass() && !raised && !firsts.into_iter().any(failed)
    }

    /// How long an attempt has waited at a wait that began, by its clock (R11).
    pub fn waited(&self, began: &Moment, now: &Moment, clock: WaitClock) -> Elapsed {
        let elapsed = Elapsed::between(began, now);
        if clock == WaitClock::Cure {
            return elapsed;
        }
        let pauses = self.pauses.iter().map(|p| (&p.began, p.ended.as_ref()));
        let holds = self.holds.values();
        let holds = holds.map(|h| (&h.began, h.released.as_ref().map(|(_, moment)| moment)));
        let still = pauses.chain(holds).map(|(from, to)| Span { from, to: to.unwrap_or(now) });
        let still: Vec<_> = still.collect();
        elapsed.minus(Span { from: began, to: now }.covered_by(&still))
    }

    /// The pause that is going on.
    pub fn paused(&self) -> Option<&Pause> {
        self.pauses.iter().find(|pause| pause.ended.is_none())
    }

    /// When people let an attempt go on as it was, after deviations that were raised by hand.
    pub(super) fn let_go_on(&self, attempt: &Position) -> impl Iterator<Item = &Moment> {
        self.holds.values().filter_map(move |hold| match &hold.released {
            Some((HoldOutcome::Resumed { as_is: true }, moment))
                if hold.placed.reason == HoldReason::Raised
                    && hold.placed.attempt.as_ref() == Some(attempt) =>
            {
                Some(moment)
            }
            Some(_) | None => None,
        })
    }
}

impl Attempt {
    /// What counts at an ask and sample: the last that was recorded, but for a signature that a
    /// correction uncovered.
    pub fn entry(&self, ask: u16, sample: u16) -> Option<&Recorded> {
        let stands = |e: &Recorded| e.uncovered.is_none() && e.removed.is_none();
        let counts = |e: &&Recorded| e.ask == ask && e.sample == sample && stands(e);
        self.entries.iter().rev().find(counts)
    }

    /// Every reading with its entry.
    pub fn readings(&self) -> impl Iterator<Item = (&Recorded, &Reading)> {
        self.entries.iter().filter_map(|entry| Some((entry, entry.reading()?)))
    }

    /// The first ask and sample that nothing is recorded for.
    pub fn open_ask<'a>(&self, step: &'a Step) -> Option<(u16, u16, &'a Ask)> {
        (1_u16..).zip(&step.asks).find_map(|(number, ask)| {
            let samples = match ask {
                Ask::Measure(measure) => measure.count,
                Ask::Scan { .. }
                | Ask::Install { .. }
                | Ask::Check { .. }
                | Ask::Enter { .. }
                | Ask::Wait(_)
                | Ask::Sign(_) => 1,
            };
            let sample = (1..=samples).find(|sample| self.entry(number, *sample).is_none())?;
            self.not_sampled(number).is_none().then_some((number, sample, ask))
        })
    }

    /// Whether a person let an entry stand as it is.
    pub fn stands_as_is(&self, entry: &Recorded) -> bool {
        self.as_is.contains(&entry.at)
    }

    /// When the wait at an ask began.
    pub fn wait_began(&self, ask: u16) -> Option<&Moment> {
        self.wait_entry(ask).map(|entry| &entry.moment)
    }

    /// The beginning of the wait at an ask.
    pub fn wait_entry(&self, ask: u16) -> Option<&Recorded> {
        let waits = |e: &&Recorded| e.ask == ask && e.what == RecordedWhat::WaitBegan;
        self.entries.iter().find(waits)
    }
}

impl Recorded {
    /// The reading, where it is one.
    pub fn reading(&self) -> Option<&Reading> {
        match &self.what {
            RecordedWhat::Reading(reading) => Some(reading),
            RecordedWhat::Answer(_)
            | RecordedWhat::Text(_)
            | RecordedWhat::Component { .. }
            | RecordedWhat::WaitBegan
            | RecordedWhat::Signature(_) => None,
        }
    }
}
