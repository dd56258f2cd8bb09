//! Units that a failed check of another one makes suspect: what was made between, the holds on it,
//! and when they are lifted again (R16).
//!
//! The range is held with the failing reading, before it is typed again: who walks away then must not
//! let the others go. Where its author corrects it, or a later correction finds it good, what nobody
//! decided about is lifted again, with the reading for a reason (`counting`).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, PersonId, PlaceId, StepId};
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::quantity::Verdict;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::suspect::{Checked, Made, Own};
use crate::domain::words::{Words, words};

use super::fact::{HoldOutcome, HoldPlaced, HoldReason, TravelerFact};
use super::hold::shown;
use super::state::{Attempt, Hold, Reading, Recorded, TravelerState};

/// Why a unit is suspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspected {
    /// Where it was made.
    pub place: PlaceId,
    /// What is counted for there.
    pub counter: String,
    /// The unit that was counted: itself, or the lot that its pieces were of.
    pub made: TravelerId,
    /// The attempt in which it was.
    pub attempt: Position,
    /// Its operation.
    pub operation: u32,
    /// Its step.
    pub step: StepId,
    /// The ask that is sampled.
    pub ask: u16,
    /// The reading that failed.
    pub failed: Position,
    /// The unit that it was taken on.
    pub unit: TravelerId,
    /// The characteristic; absent for an in-process value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// What people call it.
    pub name: String,
    /// The failing value.
    pub value: String,
    /// What the range begins with.
    pub since: RangeBegan,
}

/// What a range begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeBegan {
    /// The last good check.
    Good {
        /// The unit that was good.
        unit: TravelerId,
        /// The reading.
        reading: Position,
        /// Its value.
        value: String,
        /// Who took it.
        by: Option<PersonId>,
        /// When, as the station knew it.
        when: Timestamp,
    },
    /// No check was ever good there.
    Never,
}

/// A hold on a suspect unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The unit.
    pub unit: TravelerId,
    /// The hold.
    pub hold: Position,
    /// Why.
    pub suspected: Suspected,
    /// How it stands.
    pub standing: HeldStanding,
    /// Whether the unit itself was measured whole since it was made, whatever was found is decided.
    pub measured: bool,
    /// The fact that ended it.
    pub ended_at: Option<Position>,
}

/// A decision about what a failed check made suspect, and what it covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decision<'a> {
    /// The check that it names.
    pub(super) failed: &'a Position,
    /// The fact.
    pub(super) at: Option<&'a Position>,
}

impl Decision<'_> {
    /// Whether it covers a failed check: the one that it names, and what its own station had found by
    /// then. What failed later, or elsewhere, nobody could have seen.
    pub(super) fn covers(self, check: &Checked) -> bool {
        let seen = |at: &Position| at.ledger == check.known.ledger && check.known < *at;
        check.reading == *self.failed || self.at.is_some_and(seen)
    }
}

impl Held {
    /// What was decided about it, where somebody did.
    pub(super) fn decision(&self) -> Option<Decision<'_>> {
        match self.standing {
            HeldStanding::Sorted | HeldStanding::Decided => {
                Some(Decision { failed: &self.suspected.failed, at: self.ended_at.as_ref() })
            }
            HeldStanding::Untouched | HeldStanding::Raised | HeldStanding::Cleared => None,
        }
    }
}

/// How a hold on a suspect unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldStanding {
    /// It is held, and nobody decided anything.
    Untouched,
    /// It is held, and a deviation says what becomes of it.
    Raised,
    /// The check that failed is good after all.
    Cleared,
    /// It was measured itself.
    Sorted,
    /// Somebody decided.
    Decided,
}

impl HeldStanding {
    /// Every word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("untouched", Self::Untouched),
        ("raised", Self::Raised),
        ("cleared", Self::Cleared),
        ("sorted", Self::Sorted),
        ("decided", Self::Decided),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, standing)| *standing == self).map_or("", |(word, _)| word)
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text).map(|(_, standing)| *standing)
    }

    /// Whether the unit is held.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Untouched | Self::Raised)
    }
}

impl Suspected {
    /// Why, in words.
    pub fn words(&self) -> Words {
        let Self { place, name, unit, value, since, .. } = self;
        words!(
            "suspect: made at {place} {since}; {unit} was found at {value}",
            place,
            since => since.words(name),
            unit,
            value
        )
    }
}

impl RangeBegan {
    /// Since when, in words.
    pub fn words(&self, name: &str) -> Words {
        match self {
            Self::Good { unit, value, .. } => {
                words!("since the last good check of {name} ({unit}: {value})", name, unit, value)
            }
            Self::Never => words!("where no check of {name} was good yet", name),
        }
    }
}

/// Whether a fact may change what is suspect at its unit's places: a check that fails, that is put
/// right or is in doubt, and a unit that leaves without the check that it was to get.
pub fn may_change(fact: &TravelerFact) -> bool {
    match fact {
        TravelerFact::ReadingTaken(taken) => {
            let more = taken.retry.is_some() || taken.sorting.is_some();
            more || taken.verdict == Some(Verdict::Fail)
        }
        TravelerFact::ReadingCorrected { .. }
        | TravelerFact::StepSkipped { .. }
        | TravelerFact::HoldReleased { .. }
        | TravelerFact::MovedToRevision(_)
        | TravelerFact::SplitOff(_)
        | TravelerFact::HoldPlaced(HoldPlaced { reason: HoldReason::Gauge { .. }, .. }) => true,
        TravelerFact::HoldPlaced(_)
        | TravelerFact::TravelerStarted(_)
        | TravelerFact::StepStarted(_)
        | TravelerFact::Checked { .. }
        | TravelerFact::ReadingConfirmed { .. }
        | TravelerFact::EntryMade { .. }
        | TravelerFact::ComponentInstalled { .. }
        | TravelerFact::ComponentRemoved(_)
        | TravelerFact::WaitStarted { .. }
        | TravelerFact::WaitAccepted { .. }
        | TravelerFact::StepCompleted { .. }
        | TravelerFact::ConditionDecided(_)
        | TravelerFact::UpstreamAccepted { .. }
        | TravelerFact::Paused { .. }
        | TravelerFact::Resumed { .. }
        | TravelerFact::QuantityReported(_)
        | TravelerFact::QuantityCorrected(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::Signed { .. }
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_)
        | TravelerFact::RevisionKept(_) => false,
    }
}

/// The units whose facts may change what is suspect anywhere, or that were counted with others: of
/// these the judge looks at all that is known of the count.
pub fn counted<'a>(facts: impl Iterator<Item = (&'a Subject, &'a FactBody)>) -> Vec<TravelerId> {
    let mut units = BTreeSet::new();
    for (subject, body) in facts {
        let (Subject::Traveler(unit), FactBody::Traveler(fact)) = (subject, body) else { continue };
        let begun =
            matches!(fact, TravelerFact::StepStarted(started) if !started.samples.is_empty());
        if begun || may_change(fact) {
            units.insert(unit.clone());
        }
    }
    units.into_iter().collect()
}

impl TravelerFact {
    /// Whether whoever writes it need not be where the unit is.
    pub(super) fn is_elsewhere(&self) -> bool {
        let suspect = |placed: &HoldPlaced| {
            matches!(placed.reason, HoldReason::Suspect(_) | HoldReason::Recall { .. })
        };
        matches!(
            self,
            Self::HoldReleased { .. } | Self::ProductReleased(_) | Self::ProductTakenBack(_)
        ) || matches!(self, Self::HoldPlaced(placed) if suspect(placed))
    }
}

impl TravelerState {
    /// Every place at which this unit was counted for a characteristic, with what was counted for.
    pub fn made(&self, id: &TravelerId) -> Vec<(&PlaceId, &str, Made)> {
        let mut found = Vec::new();
        for attempt in &self.attempts {
            let Some(place) = &attempt.place else { continue };
            let gone = self.is_gone(attempt);
            let step = (attempt.operation, &attempt.step);
            for decided in &attempt.samples {
                let check = self.check(attempt, (decided.ask, decided.readings));
                let made = Made {
                    unit: id.clone(),
                    at: attempt.at.clone(),
                    operation: attempt.operation,
                    step: attempt.step.clone(),
                    rank: attempt.rank,
                    ask: decided.ask,
                    began: attempt.began.clone(),
                    until: self.made_until(attempt, gone),
                    left: self.left_elsewhere(attempt),
                    counted: decided.is_counted(),
                    own: match decided.sampled && check.is_none() && !gone {
                        true => Own::Owed,
                        false if self.is_measured(step, (decided.ask, Some(decided.readings))) => {
                            Own::Measured
                        }
                        false => Own::Unmeasured,
                    },
                    check,
                };
                found.push((place, decided.counter.as_str(), made));
            }
        }
        found
    }

    /// Whether nothing more is recorded in an attempt.
    pub(super) fn is_gone(&self, attempt: &Attempt) -> bool {
        attempt.reopened
            || self.ended.is_some()
            || self.skipped.contains_key(&(attempt.operation, attempt.step.clone()))
    }

    /// The last fact of an attempt by the station that began it; none while it goes on.
    fn made_until(&self, attempt: &Attempt, gone: bool) -> Option<Position> {
        if attempt.completed.is_none() && !gone {
            return None;
        }
        let skipped = self.skipped.get(&(attempt.operation, attempt.step.clone()));
        let entries = attempt.entries.iter().map(|entry| &entry.at);
        let ends = attempt.completed_at.iter().chain(skipped.map(|left_out| &left_out.at));
        let own = entries.chain(ends).filter(|at| at.ledger == attempt.at.ledger);
        own.max().or(Some(&attempt.at)).cloned()
    }

    /// When another station completed an attempt or left it out.
    fn left_elsewhere(&self, attempt: &Attempt) -> Option<Moment> {
        let completed = attempt.completed_at.as_ref().zip(attempt.completed.as_ref());
        let completed = completed.map(|(at, (_, moment))| (at, moment));
        let skipped = self.skipped.get(&(attempt.operation, attempt.step.clone()));
        let ends = completed.into_iter().chain(skipped.map(|left| (&left.at, &left.moment)));
        let ends: Vec<(&Position, &Moment)> = ends.collect();
        let here = ends.iter().any(|(at, _)| at.ledger == attempt.at.ledger);
        ends.first().filter(|_| !here).map(|(_, moment)| (*moment).clone())
    }

    /// What the check of a sampled ask found: bad as soon as a reading fails, good once it is whole.
    /// A reading that a failed gauge puts in doubt is not good.
    fn check(&self, attempt: &Attempt, (ask, readings): (u16, u32)) -> Option<Checked> {
        let counts = (1..=readings).map(|sample| reading_of(attempt, ask, sample));
        let counts: Vec<Option<(&Recorded, &Reading)>> = counts.collect();
        let fails =
            |(_, reading): &&(&Recorded, &Reading)| reading.verdict() == Some(Verdict::Fail);
        if let Some((entry, reading)) = counts.iter().flatten().find(fails) {
            return Some(checked(entry, reading, false));
        }
        let doubted = |entry: &Recorded| {
            self.open_holds().any(|(_, hold)| {
                matches!(hold.placed.reason, HoldReason::Gauge { .. })
                    && hold.placed.readings.contains(&entry.at)
            })
        };
        let good = |(entry, reading): &(&Recorded, &Reading)| {
            let judged = matches!(reading.verdict(), Some(Verdict::Pass | Verdict::Marginal));
            judged && !doubted(entry)
        };
        if !counts.iter().all(|found| found.as_ref().is_some_and(good)) {
            return None;
        }
        let last = counts.iter().flatten().max_by_key(|(entry, _)| &entry.at);
        last.map(|(entry, reading)| checked(entry, reading, true))
    }

    /// Whether the unit was measured whole at an ask, or sorted, and no decision about what was found
    /// is open; how many readings it takes is told by the attempt itself, else by the one in which it
    /// was made.
    fn is_measured(
        &self,
        (operation, step): (u32, &StepId),
        (ask, made): (u16, Option<u32>),
    ) -> bool {
        let mut attempts = self.attempts_at(operation, step);
        attempts.any(|attempt| {
            let wanted = attempt.sample(ask).map(|decided| decided.readings).or(made);
            let check = wanted.and_then(|readings| self.check(attempt, (ask, readings)));
            let open = |reading: &Position| {
                self.open_holds().any(|(_, hold)| hold.placed.readings.contains(reading))
            };
            let checked = check.is_some_and(|check| check.good || !open(&check.reading));
            checked || self.is_sorted(attempt, ask)
        })
    }

    /// Every hold that was ever placed on this unit because it is suspect.
    pub fn held_suspect(&self, id: &TravelerId) -> Vec<Held> {
        let held = self.holds.iter().filter_map(|(at, hold)| {
            let HoldReason::Suspect(suspected) = &hold.placed.reason else { return None };
            let (unit, suspected) = (id.clone(), (**suspected).clone());
            let made = self.attempt(&suspected.attempt);
            let wanted = made.and_then(|made| made.sample(suspected.ask));
            let wanted = (suspected.ask, wanted.map(|decided| decided.readings));
            let step = (suspected.operation, &suspected.step);
            let measured = self.is_measured(step, wanted);
            let (ended_at, standing) = (hold.released_at.clone(), standing(hold));
            Some(Held { unit, hold: at.clone(), suspected, standing, measured, ended_at })
        });
        held.collect()
    }
}

/// The last reading that counts at an ask, sorting apart.
fn reading_of(attempt: &Attempt, ask: u16, sample: u32) -> Option<(&Recorded, &Reading)> {
    let mut entries = attempt.entries.iter().rev();
    entries.find_map(|entry| {
        let reading = entry.reading().filter(|reading| reading.taken.sorting.is_none())?;
        (entry.ask == ask && u32::from(entry.sample) == sample).then_some((entry, reading))
    })
}

fn checked(entry: &Recorded, reading: &Reading, good: bool) -> Checked {
    Checked {
        reading: entry.at.clone(),
        known: reading.corrections.last().map_or_else(|| entry.at.clone(), |last| last.at.clone()),
        good,
        characteristic: reading.taken.characteristic.clone(),
        name: reading.taken.name.clone(),
        value: shown(reading.value()),
        by: entry.by.clone(),
        moment: entry.moment.clone(),
    }
}

fn standing(hold: &Hold) -> HeldStanding {
    match &hold.released {
        None if hold.placed.deviation.is_some() => HeldStanding::Raised,
        None => HeldStanding::Untouched,
        Some((HoldOutcome::Cleared { .. }, _)) => HeldStanding::Cleared,
        Some((HoldOutcome::Sorted, _)) => HeldStanding::Sorted,
        Some(_) => HeldStanding::Decided,
    }
}
