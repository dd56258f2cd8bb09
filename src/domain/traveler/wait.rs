//! Waits that run: how much of them is left, and when they ring (R11). `min` goes by the lower
//! bound of what has passed and `max` by the upper one, here as everywhere.

use serde::{Deserialize, Serialize};

use crate::domain::fact::{Head, Position};
use crate::domain::ids::{PlaceId, StepId};
use crate::domain::instruction::{Ask, Wait, WaitClock};
use crate::domain::moment::{Elapsed, Moment, Span};
use crate::domain::stream::TravelerId;

use super::standing::Instructions;
use super::state::{Attempt, Pause, TravelerState};

/// How long before its end a wait rings, in seconds, unless the instruction says so.
pub const RING_SECONDS: u32 = 60;

/// A wait that was begun and whose step is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningWait {
    /// The unit.
    pub traveler: TravelerId,
    /// Every unit of the set for which it was begun; empty outside one.
    pub set: Vec<TravelerId>,
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// What people call the step.
    pub title: String,
    /// The fact that began it.
    pub at: Position,
    /// When it began.
    pub began: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// Spans that do not count, where its clock stands still in a pause or a hold.
    pub still: Vec<Still>,
    /// What is asked for.
    pub wait: Wait,
}

/// A bound of a wait that could not be proven, and was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitDoubt {
    /// The ask's number.
    pub ask: u16,
    /// The bound.
    pub bound: WaitBound,
}

/// An end of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitBound {
    /// The least.
    Min,
    /// The most.
    Max,
}

/// A span in which a working clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Still {
    /// Since when.
    pub from: Moment,
    /// Until when.
    pub to: Option<Moment>,
}

/// How a wait stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitStanding {
    /// So many milliseconds until `min` is proven.
    ToGo {
        /// Milliseconds.
        ms: i64,
    },
    /// Long enough; so many milliseconds until `max` may have passed.
    LongEnough {
        /// Milliseconds, where there is a `max`.
        left_ms: Option<i64>,
    },
    /// So many milliseconds past `max`.
    TooLong {
        /// Milliseconds.
        ms: i64,
    },
    /// Nothing can be proven: a supervisor accepts it.
    Unproven,
}

/// A moment at which a wait rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ring {
    /// `min` ends soon.
    MinSoon,
    /// `min` is reached.
    MinReached,
    /// `max` passes soon.
    MaxSoon,
}

impl RunningWait {
    /// How long it has run, as bounds.
    pub fn elapsed(&self, now: &Moment) -> Elapsed {
        let elapsed = Elapsed::between(&self.began, now);
        let still = self.still.iter();
        let still = still.map(|s| Span { from: &s.from, to: s.to.as_ref().unwrap_or(now) });
        let still: Vec<Span<'_>> = still.collect();
        if still.is_empty() {
            return elapsed;
        }
        elapsed.minus(Span { from: &self.began, to: now }.covered_by(&still))
    }

    /// How it stands.
    pub fn standing(&self, now: &Moment) -> WaitStanding {
        let Elapsed { at_least_ms: least, at_most_ms: most } = self.elapsed(now);
        let max = self.max_ms();
        if let Some(max) = max.filter(|max| least > *max) {
            return WaitStanding::TooLong { ms: least - max };
        }
        let to_go = self.min_ms().map(|min| min - least).filter(|ms| *ms > 0);
        match (to_go, max, most) {
            (_, Some(max), Some(most)) if most > max => WaitStanding::Unproven,
            (Some(_), _, None) | (_, Some(_), None) => WaitStanding::Unproven,
            (Some(ms), _, Some(_)) => WaitStanding::ToGo { ms },
            (None, Some(max), Some(most)) => WaitStanding::LongEnough { left_ms: Some(max - most) },
            (None, None, _) => WaitStanding::LongEnough { left_ms: None },
        }
    }

    /// Every ring whose moment has come.
    pub fn rings(&self, now: &Moment) -> Vec<Ring> {
        self.until_rings(now).filter(|(_, ms)| *ms <= 0).map(|(ring, _)| ring).collect()
    }

    /// Milliseconds until the next ring; none where all have come.
    pub fn next_ring_ms(&self, now: &Moment) -> Option<i64> {
        self.until_rings(now).map(|(_, ms)| ms).filter(|ms| *ms > 0).min()
    }

    /// Milliseconds until each ring. What cannot be proven any more calls somebody at once for
    /// `max`, and never says that `min` is reached.
    fn until_rings(&self, now: &Moment) -> impl Iterator<Item = (Ring, i64)> {
        let elapsed = self.elapsed(now);
        let ring = i64::from(self.wait.ring_seconds.unwrap_or(RING_SECONDS)) * 1000;
        let until = |end: i64| end - elapsed.at_least_ms;
        let min = self.min_ms();
        // A wait no longer than the ring before its end rings at its end only.
        let soon = min.filter(|min| *min > ring).map(|min| (Ring::MinSoon, until(min - ring)));
        let reached = min.map(|min| (Ring::MinReached, until(min)));
        let last = self.max_ms().filter(|max| *max > ring).map(|max| {
            let ms = elapsed.at_most_ms.map_or(0, |most| max - ring - most);
            (Ring::MaxSoon, ms)
        });
        soon.into_iter().chain(reached).chain(last)
    }

    /// Whether it is the same load: one act began it for all of a set.
    pub fn same_load(&self, other: &Self) -> bool {
        !self.set.is_empty() && self.set == other.set && self.began == other.began
    }

    fn min_ms(&self) -> Option<i64> {
        self.wait.seconds_min.map(|seconds| i64::from(seconds) * 1000)
    }

    fn max_ms(&self) -> Option<i64> {
        self.wait.seconds_max.map(|seconds| i64::from(seconds) * 1000)
    }
}

impl Attempt {
    /// Whether somebody accepted that a bound of a wait cannot be proven.
    pub(super) fn accepts(&self, ask: u16, bound: WaitBound) -> bool {
        let named = || self.wait_doubts.contains(&WaitDoubt { ask, bound });
        self.wait_accepted.is_some() && (self.wait_doubts.is_empty() || named())
    }
}

impl TravelerState {
    pub(super) fn accept_wait(&mut self, at: &Position, (reason, doubts): (&str, &[WaitDoubt])) {
        if let Some(attempt) = self.attempt_mut(at) {
            attempt.wait_accepted = Some(reason.to_owned());
            attempt.wait_doubts.extend_from_slice(doubts);
        }
    }

    pub(super) fn pause(&mut self, head: &Head, reason: &str) {
        self.pauses.push(Pause {
            began: head.moment.clone(),
            ended: None,
            reason: reason.to_owned(),
            by: head.acting.actor.clone(),
            note: None,
        });
    }

    pub(super) fn resume(&mut self, head: &Head, note: Option<&String>) {
        for pause in self.pauses.iter_mut().filter(|p| p.ended.is_none()) {
            pause.ended = Some(head.moment.clone());
            pause.note = note.cloned();
        }
    }

    /// The waits of the unit that were begun and whose steps are not done.
    pub fn running_waits(&self, id: &TravelerId, known: &Instructions) -> Vec<RunningWait> {
        let mut running = Vec::new();
        if self.ended.is_some() {
            return running;
        }
        for attempt in self.attempts.iter().filter(|a| a.completed.is_none() && !a.reopened) {
            if self.step_closed(attempt.operation, &attempt.step) {
                continue;
            }
            let operation = self.operation(attempt.operation);
            let instruction = operation.and_then(|op| known.get(&op.hash));
            let Some(step) = instruction.and_then(|i| i.step(&attempt.step)) else { continue };
            for (number, ask) in (1_u16..).zip(&step.asks) {
                if let Ask::Wait(wait) = ask
                    && let Some(began) = attempt.wait_entry(number)
                {
                    running.push(RunningWait {
                        traveler: id.clone(),
                        set: attempt.wait_set.clone(),
                        operation: attempt.operation,
                        step: step.id.clone(),
                        title: step.title.clone(),
                        at: began.at.clone(),
                        began: began.moment.clone(),
                        place: began.place.clone(),
                        still: self.stills(wait),
                        wait: wait.clone(),
                    });
                }
            }
        }
        running
    }

    /// Pauses and holds, for a clock that stands still in them.
    fn stills(&self, wait: &Wait) -> Vec<Still> {
        if wait.clock == WaitClock::Cure {
            return Vec::new();
        }
        let pauses = self.pauses.iter().map(|pause| (&pause.began, pause.ended.as_ref()));
        let holds = self.holds.values();
        let holds = holds.map(|h| (&h.began, h.released.as_ref().map(|(_, moment)| moment)));
        let still =
            |(from, to): (&Moment, Option<&Moment>)| Still { from: from.clone(), to: to.cloned() };
        pauses.chain(holds).map(still).collect()
    }
}
