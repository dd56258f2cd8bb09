//! What is remembered of a traveler; it reads its own stream only and cannot refuse.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::{Head, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, PartId, PersonId, PlaceId, RevisionId, StepId};
use crate::domain::instruction::InstallBy;
use crate::domain::moment::Moment;
use crate::domain::quantity::Verdict;
use crate::domain::sampling::SampleDecided;
use crate::domain::signature::Signature;
use crate::domain::stream::TravelerId;

use super::component::{Becomes, ComponentBasis};
use super::definitions::MovedToRevision;
use super::entry::EntryCorrected;
use super::fact::{
    HoldOutcome, HoldPlaced, HoldReason, ReadingTaken, ReadingValue, StepStarted, TravelerFact,
    TravelerStarted,
};
use super::lot::LotState;
use super::permitted::PermittedBy;
use super::reading::{CheckedWith, Correction};
use super::route::{Accepted, Decision, LeftOut};
use super::shipped::Release;
use super::wait::WaitDoubt;

/// A traveler as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TravelerState {
    /// Pinned definitions; absent before work begins.
    pub started: Option<TravelerStarted>,
    /// Every attempt, in fold order.
    pub attempts: Vec<Attempt>,
    /// Steps left out and not reopened since.
    pub skipped: BTreeMap<(u32, StepId), LeftOut>,
    /// Newer revisions by which the unit is not finished: operation, or none for the specification.
    pub kept: BTreeSet<(Option<u32>, Hash)>,
    /// Every move to another revision, in fold order.
    pub moves: Vec<MovedToRevision>,
    /// Which conditional steps are needed, as last decided and not reopened since.
    pub decisions: BTreeMap<(u32, StepId), Decision>,
    /// Operations that were accepted on evidence, or by a ticket.
    pub accepted: BTreeMap<u32, Accepted>,
    /// Every hold ever placed.
    pub holds: BTreeMap<Position, Hold>,
    /// Spans in which the working clock stood still: pauses.
    pub pauses: Vec<Pause>,
    /// Its pieces, where it is a lot.
    pub lot: LotState,
    /// How the unit ended before its route did.
    pub ended: Option<String>,
    /// Every release to ship, in fold order.
    pub releases: Vec<Release>,
    /// What was recorded long after the last contact with the server, and how long, in seconds.
    pub stale: Vec<(Position, i64)>,
    /// Every fact of the stream with its id, for signatures to cover.
    pub facts: BTreeMap<Position, Hash>,
    /// When the last fact happened, in fold order.
    pub last: Option<Moment>,
    /// Where the unit was last worked on; who releases a hold may be elsewhere.
    pub last_place: Option<PlaceId>,
}

/// One performing of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its identity: the position of its `StepStarted`.
    pub at: Position,
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The revision by which it was begun.
    pub pinned: Option<(RevisionId, Hash)>,
    /// 1 for a first attempt, also when two were made unseen.
    pub rank: u32,
    /// The attempts at the same step that were made unseen by this one, and this one by them.
    pub unseen: Vec<Position>,
    /// Who began it.
    pub by: Option<PersonId>,
    /// When.
    pub began: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// Whether the unit is measured at each ask that is sampled.
    pub samples: Vec<SampleDecided>,
    /// What was recorded, in fold order.
    pub entries: Vec<Recorded>,
    /// What stood recorded when somebody let a deviation that was raised by hand go on as it is.
    pub as_is: BTreeSet<Position>,
    /// Every unit for which its wait was begun at once; empty where it waits alone.
    pub wait_set: Vec<TravelerId>,
    /// Why a supervisor accepted its wait.
    pub wait_accepted: Option<String>,
    /// What could not be proven and was accepted; all of it where nothing was named.
    pub wait_doubts: Vec<WaitDoubt>,
    /// Who completed it and when.
    pub completed: Option<(Option<PersonId>, Moment)>,
    /// Where it was completed.
    pub completed_place: Option<PlaceId>,
    /// The fact that completed it.
    pub completed_at: Option<Position>,
    /// Whether rework or a move opened the step again.
    pub reopened: bool,
    /// Whether it was a move to another revision: that is no failure.
    pub moved: bool,
}

/// Something recorded at an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// The ask's number.
    pub ask: u16,
    /// Which of the ask's readings; 1 for the rest.
    pub sample: u16,
    /// What.
    pub what: RecordedWhat,
    /// Every unit of the set for which it was signed at once; empty outside one.
    pub set: Vec<TravelerId>,
    /// What a check was answered with, where it names a gauge.
    pub with: Option<Box<CheckedWith>>,
    /// The correction that a signature did not know of: it stays shown and no longer counts (R3).
    pub uncovered: Option<Position>,
    /// The entry that this one corrects.
    pub corrects: Option<Box<EntryCorrected>>,
    /// What was known of a component when it was built in.
    pub basis: Option<Box<ComponentBasis>>,
    /// That the component was taken out: it stays shown and is no longer built in.
    pub removed: Option<Box<Removed>>,
}

/// That a component was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What becomes of it.
    pub becomes: Becomes,
    /// Why.
    pub reason: String,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedWhat {
    /// An answer.
    Answer(bool),
    /// A reading, with what came of it.
    Reading(Box<Reading>),
    /// Text or a scan.
    Text(String),
    /// A component.
    Component {
        /// Its part.
        part: PartId,
        /// Serial or lot.
        by: InstallBy,
        /// The number.
        identity: String,
    },
    /// The wait began.
    WaitBegan,
    /// A signature.
    Signature(Box<Signature>),
}

/// A reading and its corrections; the first value is never lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// As first recorded.
    pub taken: ReadingTaken,
    /// Corrections in fold order.
    pub corrections: Vec<Correction>,
    /// Whether the failing value was typed again and stands.
    pub confirmed: bool,
    /// The permits by which a failing value went on, in fold order.
    pub permits: Vec<PermittedBy>,
}

impl Attempt {
    /// One that begins with a fact.
    pub(super) fn begun(head: &Head, (operation, step): (u32, StepId), rank: u32) -> Self {
        Self {
            at: head.position.clone(),
            operation,
            step,
            pinned: None,
            rank,
            unseen: Vec::new(),
            by: head.acting.actor.clone(),
            began: head.moment.clone(),
            place: head.acting.place.clone(),
            samples: Vec::new(),
            entries: Vec::new(),
            as_is: BTreeSet::new(),
            wait_set: Vec::new(),
            wait_accepted: None,
            wait_doubts: Vec::new(),
            completed: None,
            completed_place: None,
            completed_at: None,
            reopened: false,
            moved: false,
        }
    }
}

impl Reading {
    /// The value that counts.
    pub fn value(&self) -> &ReadingValue {
        self.corrections.last().map_or(&self.taken.value, |c| &c.value)
    }

    /// The verdict that counts.
    pub fn verdict(&self) -> Option<Verdict> {
        self.corrections.last().map_or(self.taken.verdict, |c| c.verdict)
    }
}

/// A hold, open or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// As placed; the deviation is filled in when one is raised.
    pub placed: HoldPlaced,
    /// When.
    pub began: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// How and when it ended.
    pub released: Option<(HoldOutcome, Moment)>,
    /// The fact that ended it.
    pub released_at: Option<Position>,
    /// The disposition that ended it, where one did.
    pub decision: Option<Position>,
    /// What was decided besides, unseen by what ended it: without effect.
    pub unheeded: Vec<Unheeded>,
}

/// A decision about a hold that another one had ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheeded {
    /// The fact.
    pub at: Position,
    /// How it would have gone on.
    pub outcome: HoldOutcome,
    /// The disposition that says so, where one does.
    pub decision: Option<Position>,
}

/// A span in which the working clock stood still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub began: Moment,
    /// Until when.
    pub ended: Option<Moment>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Option<PersonId>,
    /// What was noted when work went on.
    pub note: Option<String>,
}

impl Hold {
    fn begun(head: &Head, placed: &HoldPlaced) -> Self {
        Self {
            placed: placed.clone(),
            began: head.moment.clone(),
            place: head.acting.place.clone(),
            released: None,
            released_at: None,
            decision: None,
            unheeded: Vec::new(),
        }
    }
}

impl TravelerState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &TravelerFact) {
        self.facts.insert(head.position.clone(), id);
        self.lot.splits_known.evolve(head, matches!(fact, TravelerFact::LotSplit(_)));
        self.last = Some(head.moment.clone());
        match fact {
            TravelerFact::TravelerStarted(started) => {
                // Started twice unseen: the first in fold order pins.
                self.started.get_or_insert_with(|| started.clone());
            }
            TravelerFact::StepStarted(started) => self.begin(head, started),
            TravelerFact::StepSkipped { operation, step, reason, .. } => {
                self.leave_out(head, (*operation, step.clone()), reason);
            }
            TravelerFact::ConditionDecided(decided) => self.decided(head, decided),
            TravelerFact::UpstreamAccepted { operation, ticket: None, closed, .. }
                if !closed.is_empty() =>
            {
                self.close_by_records(*operation, closed);
            }
            TravelerFact::UpstreamAccepted { operation, evidence, ticket, .. } => {
                self.accept(head, *operation, (evidence, ticket.as_deref()));
            }
            TravelerFact::Paused { reason } => self.pause(head, reason),
            TravelerFact::Resumed { note } => self.resume(head, note.as_ref()),
            TravelerFact::RevisionKept(kept) => {
                self.kept.insert((kept.operation, kept.hash));
            }
            TravelerFact::MovedToRevision(moved) => self.move_on(moved),
            TravelerFact::HoldPlaced(placed) => {
                self.holds.insert(head.position.clone(), Hold::begun(head, placed));
            }
            TravelerFact::HoldReleased { hold, outcome, decision: by } => {
                self.release(head, hold, (outcome, by.as_ref()));
            }
            TravelerFact::WaitAccepted { attempt, reason, doubts } => {
                self.accept_wait(attempt, (reason, doubts));
            }
            TravelerFact::StepCompleted { attempt, .. } => self.complete(head, attempt),
            TravelerFact::ReadingConfirmed { reading, deviation } => {
                self.confirm(reading, deviation);
            }
            TravelerFact::ReadingCorrected { reading, value, verdict, reason, .. } => {
                let correction = Correction {
                    at: head.position.clone(),
                    by: head.acting.actor.clone(),
                    moment: head.moment.clone(),
                    value: value.clone(),
                    verdict: *verdict,
                    reason: reason.clone(),
                };
                self.take_correction(reading, correction);
            }
            TravelerFact::QuantityReported(_)
            | TravelerFact::QuantityCorrected(_)
            | TravelerFact::LotSplit(_)
            | TravelerFact::SplitOff(_) => self.count(head, fact),
            TravelerFact::Checked { .. }
            | TravelerFact::ReadingTaken(_)
            | TravelerFact::EntryMade { .. }
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::Signed { .. } => self.record(head, fact),
            TravelerFact::ComponentRemoved(removed) => self.take_out(head, removed),
            TravelerFact::ProductReleased(released) => self.release_to_ship(head, released),
            TravelerFact::ProductTakenBack(back) => self.take_back(head, back),
        }
        self.note_after(head, fact);
    }

    fn leave_out(&mut self, head: &Head, step: (u32, StepId), reason: &str) {
        let left_out = LeftOut {
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            reason: reason.to_owned(),
        };
        self.skipped.insert(step.clone(), left_out);
        self.lot.note_closed(step, &head.position);
    }

    /// Steps are done again, as another attempt each.
    pub(super) fn reopen(&mut self, operation: u32, steps: &[StepId]) {
        for attempt in &mut self.attempts {
            if attempt.operation == operation && steps.contains(&attempt.step) {
                attempt.reopened = true;
            }
        }
        self.skipped.retain(|(op, step), _| *op != operation || !steps.contains(step));
        self.lot.reopen(operation, steps);
        self.reopen_way(operation, steps);
    }

    fn begin(&mut self, head: &Head, started: &StepStarted) {
        let known = |a: &&Attempt| started.previous.contains(&a.at);
        let ranks = self.attempts.iter().filter(known).filter(|a| !a.moved).map(|a| a.rank);
        let before = self.lot.attempts_before(started.operation, &started.step);
        let rank = 1 + ranks.max().unwrap_or(before);
        // An attempt made unseen by who sent the step back to rework is no second one.
        let unseen = |a: &&Attempt| a.reopened && !known(a);
        let unseen = self.attempts_at(started.operation, &started.step).filter(unseen);
        let unseen: Vec<Position> = unseen.map(|a| a.at.clone()).collect();
        self.lot.follow(&head.position, &unseen);
        let (pinned, moved) = self.made_by(started.operation, (&started.step, started.text));
        let reopened = moved || !unseen.is_empty();
        let others = self.attempts_at(started.operation, &started.step).filter(|a| !known(a));
        let unseen: Vec<Position> = others.map(|attempt| attempt.at.clone()).collect();
        for other in self.attempts.iter_mut().filter(|other| unseen.contains(&other.at)) {
            other.unseen.push(head.position.clone());
        }
        let (samples, step) = (started.samples.clone(), started.step.clone());
        let begun = Attempt::begun(head, (started.operation, step), rank);
        self.attempts.push(Attempt { pinned, unseen, samples, reopened, moved, ..begun });
    }

    fn complete(&mut self, head: &Head, attempt: &Position) {
        // Completed unseen by who corrected what was signed: it is signed again first.
        if let Some(attempt) = self.attempt_mut(attempt)
            && attempt.signed_where_it_was()
            && attempt.filled_where_removed()
        {
            attempt.completed = Some((head.acting.actor.clone(), head.moment.clone()));
            attempt.completed_place.clone_from(&head.acting.place);
            attempt.completed_at = Some(head.position.clone());
            let step = (attempt.operation, attempt.step.clone());
            self.lot.note_closed(step, &head.position);
        }
    }

    fn confirm(&mut self, reading: &Position, deviation: &DeviationId) {
        if let Some(found) = self.reading_mut(reading) {
            found.confirmed = true;
        }
        for hold in self.holds.values_mut() {
            let lifted = hold.released.as_ref().is_some_and(|(outcome, _)| outcome.is_authors());
            let open = hold.released.is_none() || lifted;
            if hold.placed.readings.contains(reading) && open {
                hold.placed.deviation.get_or_insert_with(|| deviation.clone());
                // Confirmed at one station and corrected at another, unseen: it stays held.
                (hold.released, hold.released_at, hold.decision) = (None, None, None);
            }
        }
    }

    fn release(
        &mut self,
        head: &Head,
        hold: &Position,
        (outcome, decision): (&HoldOutcome, Option<&Position>),
    ) {
        let Some(found) = self.holds.get_mut(hold) else { return };
        // Two stations may have decided unseen: the first in fold order counts.
        let disputed = outcome.is_authors() && found.placed.deviation.is_some();
        if found.released.is_some() || disputed {
            let (at, outcome) = (head.position.clone(), outcome.clone());
            found.unheeded.push(Unheeded { at, outcome, decision: decision.cloned() });
            return;
        }
        found.released = Some((outcome.clone(), head.moment.clone()));
        found.released_at = Some(head.position.clone());
        found.decision = decision.cloned();
        let attempt = found.placed.attempt.clone();
        let by_hand = found.placed.reason == HoldReason::Raised;
        match outcome {
            HoldOutcome::Resumed { as_is: true } if by_hand => {
                let attempt = attempt.and_then(|attempt| self.attempt_mut(&attempt));
                if let Some(attempt) = attempt {
                    attempt.as_is = attempt.entries.iter().map(|entry| entry.at.clone()).collect();
                }
            }
            HoldOutcome::Reopened { again } => self.rework(again),
            HoldOutcome::Ended { how } => self.ended = Some(how.clone()),
            HoldOutcome::Permitted(permitted) => self.permit(head, permitted),
            HoldOutcome::Corrected
            | HoldOutcome::Remeasured { .. }
            | HoldOutcome::Resumed { .. }
            | HoldOutcome::Released { .. }
            | HoldOutcome::Cleared { .. }
            | HoldOutcome::Sorted
            | HoldOutcome::Inspected => {}
            HoldOutcome::Reviewed => self.follow_chosen(decision),
        }
    }

    pub(super) fn attempt_mut(&mut self, at: &Position) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.at == *at)
    }
}
