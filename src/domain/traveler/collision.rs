//! Work of two stations that did not see each other, and what of it does not go together.
//!
//! Both records are kept, and every station folds them alike. What is told here is what a person has
//! to look at: which of the two counts, or what was made meanwhile.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::fact::{Fact, Head, Position};
use crate::domain::ids::{PlaceId, StepId};
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::second_look::{is_stopped, spot};

use super::definitions::MovedToRevision;
use super::fact::{AskAt, DoneAgain, HoldOutcome, HoldReason, TravelerFact};
use super::lot::{QuantityCorrected, QuantityReported};
use super::state::TravelerState;

/// One record, where and when it was made, and the unit as its writer knew it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Where, when, by whom.
    pub head: &'a Head,
    /// What.
    pub body: &'a TravelerFact,
    /// The unit as known then.
    pub then: &'a TravelerState,
}

/// What two records, unseen by each other, do not agree on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clash {
    /// Worked on a unit that was held.
    Held,
    /// Worked on a unit that was scrapped or returned.
    Ended(String),
    /// Worked at a step, or after one, that was sent back.
    SentBack(StepId),
    /// Worked by a text from which the step was moved on.
    MovedOn(StepId),
    /// Signed over what was corrected.
    Uncovered,
    /// Corrected both.
    CorrectedTwice,
    /// Recorded both at one ask of one attempt.
    RecordedTwice,
    /// Signed both at one ask.
    SignedTwice,
    /// Left out a step that was done.
    LeftOut(StepId),
    /// Decided both about one hold, each in another way.
    DecidedTwice(String, String),
    /// Began the unit both, by other revisions.
    BegunTwice,
    /// Moved an operation both, to other revisions.
    MovedTwice(u32),
    /// Worked on a unit that was released to ship.
    Shipped,
    /// Released to ship both.
    ShippedTwice,
}

/// What a record and one that its writer did not know do not agree on, with the two in the order in
/// which it is told; the unit as known `now` tells when a hold that was placed has ended.
pub fn clash<'a>(
    one: Side<'a>,
    other: Side<'a>,
    now: &TravelerState,
) -> Option<(Clash, [Side<'a>; 2])> {
    let pairs = [[one, other], [other, one]];
    let of_pair = |[one, other]: [Side<'a>; 2]| {
        let found = stopped(one, other, now).or_else(|| uncovered(one, other));
        let found = found.or_else(|| left_out(one, other))?;
        Some((found, [one, other]))
    };
    let twice = || same_twice(one, other).map(|clash| (clash, [one, other]));
    pairs.into_iter().find_map(of_pair).or_else(twice)
}

impl Clash {
    /// Whether it is one story, however many records were made by who had not heard.
    pub fn is_one_story(&self) -> bool {
        match self {
            Self::Held | Self::Ended(_) | Self::SentBack(_) | Self::MovedOn(_) | Self::Shipped => {
                true
            }
            Self::Uncovered
            | Self::CorrectedTwice
            | Self::RecordedTwice
            | Self::SignedTwice
            | Self::LeftOut(_)
            | Self::DecidedTwice(..)
            | Self::BegunTwice
            | Self::MovedTwice(_)
            | Self::ShippedTwice => false,
        }
    }

    /// In words, with both places and times.
    pub fn words(&self, (here, there): (&Head, &Head), zone: &TimeZone) -> String {
        let (here, there) = (where_when(here, zone), where_when(there, zone));
        let what = match self {
            Self::Held => return format!("work {here} on a unit that was held {there}, unseen"),
            Self::Shipped => {
                return format!(
                    "work {here} on a unit that was released to ship {there}, unseen: no \
                     certificate covers it"
                );
            }
            Self::ShippedTwice => {
                return format!(
                    "released to ship twice, {here} and {there}, unseen by each other: it goes out \
                     once, and one release is taken back"
                );
            }
            Self::Ended(how) => {
                return format!("work {here} on a unit that ended {there} ({how}), unseen");
            }
            Self::SentBack(step) => {
                return format!("work {here}, while step {step} was sent back {there}, unseen");
            }
            Self::MovedOn(step) => {
                return format!(
                    "work at step {step} {here} by the text from which the unit was moved on \
                     {there}, unseen: it is done again"
                );
            }
            Self::Uncovered => "a signature and a correction of what it covers".to_owned(),
            Self::CorrectedTwice => "two corrections of one record".to_owned(),
            Self::RecordedTwice => "two records at one ask".to_owned(),
            Self::SignedTwice => "two signatures at one ask".to_owned(),
            Self::LeftOut(step) => format!("step {step} was left out, and was done"),
            Self::DecidedTwice(one, other) => {
                return format!(
                    "two decisions about one hold, unseen by each other: {one} {here}, {other} \
                     {there}; a person says which one counts"
                );
            }
            Self::BegunTwice => "the unit was begun twice, by other revisions".to_owned(),
            Self::MovedTwice(operation) => {
                format!("operation {operation} was moved twice, to other revisions")
            }
        };
        format!("{what}: {here} and {there}, unseen by each other")
    }
}

/// `at ASM-2 on 2026-11-20 07:00`, site time.
pub fn where_when(head: &Head, zone: &TimeZone) -> String {
    at_place((head.acting.place.as_ref(), &head.moment), zone)
}

/// The same of a place and a moment.
pub fn at_place((place, moment): (Option<&PlaceId>, &Moment), zone: &TimeZone) -> String {
    let when = moment.effective().to_zoned(zone.clone());
    let when = when.strftime("%Y-%m-%d %H:%M");
    match place {
        Some(place) => format!("at {place} on {when}"),
        None => format!("on {when}"),
    }
}

/// The other record of a fact of a unit.
pub fn side<'a>(fact: &'a Fact, then: &'a TravelerState) -> Option<Side<'a>> {
    let FactBody::Traveler(body) = &fact.body else { return None };
    Some(Side { head: &fact.head, body, then })
}

/// Work that something stopped elsewhere.
fn stopped(work: Side<'_>, stop: Side<'_>, now: &TravelerState) -> Option<Clash> {
    let when = work.head.moment.effective();
    let later = when >= stop.head.moment.effective();
    if let TravelerFact::ProductReleased(_) = stop.body {
        let mut releases = now.releases.iter();
        let out = releases.any(|r| r.at == stop.head.position && r.taken_back.is_none());
        return (later && out && work.body.handles()).then_some(Clash::Shipped);
    }
    if !is_stopped(work.body) && !matches!(work.body, TravelerFact::ProductReleased(_)) {
        return None;
    }
    if let TravelerFact::HoldPlaced(placed) = stop.body {
        // The server's own holds tell of something that was told already.
        let judges = matches!(placed.reason, HoldReason::Judged { .. });
        let ended = now.holds.get(&stop.head.position).and_then(|hold| hold.released.as_ref());
        // A slip that was put right, and a hold that had ended by then, stopped nobody.
        let over = |(outcome, ended): &(HoldOutcome, Moment)| {
            outcome.is_authors() || ended.effective() <= when
        };
        return (later && !judges && !ended.is_some_and(over)).then_some(Clash::Held);
    }
    if let TravelerFact::HoldReleased { outcome: HoldOutcome::Ended { how }, .. } = stop.body {
        return later.then(|| Clash::Ended(how.clone()));
    }
    if let TravelerFact::QuantityReported(QuantityReported { ends: true, .. })
    | TravelerFact::QuantityCorrected(QuantityCorrected { ends: true, .. }) = stop.body
    {
        return later.then(|| Clash::Ended("scrap".to_owned()));
    }
    if let TravelerFact::HoldReleased { outcome: HoldOutcome::Reopened { again }, .. } = stop.body {
        return sent_back(work, again);
    }
    let TravelerFact::MovedToRevision(moved) = stop.body else { return None };
    moved_on(work, moved)
}

/// Work at a step that is done again, or at a later operation, which rested on it.
fn sent_back(work: Side<'_>, again: &[DoneAgain]) -> Option<Clash> {
    let spot = spot(work.body, work.then)?;
    let first = again.first()?;
    let here = again.iter().find(|again| again.operation == spot.operation.operation);
    let among = here.is_some_and(|again| again.steps.contains(spot.step));
    let after = spot.operation.operation > first.operation;
    let step = if among { Some(spot.step) } else { first.steps.first().filter(|_| after) };
    step.map(|step| Clash::SentBack(step.clone()))
}

fn moved_on(work: Side<'_>, moved: &MovedToRevision) -> Option<Clash> {
    let spot = spot(work.body, work.then)?;
    let here = spot.operation.operation == moved.operation && spot.text == moved.from.hash;
    let again = here && moved.changed.contains(spot.step);
    again.then(|| Clash::MovedOn(spot.step.clone()))
}

/// What a fact puts right.
fn corrects(body: &TravelerFact) -> Option<&Position> {
    if let TravelerFact::ReadingCorrected { reading: record, .. }
    | TravelerFact::QuantityCorrected(QuantityCorrected { report: record, .. }) = body
    {
        return Some(record);
    }
    body.corrects().map(|corrected| &corrected.entry)
}

fn uncovered(signed: Side<'_>, corrected: Side<'_>) -> Option<Clash> {
    let TravelerFact::Signed { signature, .. } = signed.body else { return None };
    let record = corrects(corrected.body)?;
    signature.covers.facts.contains(record).then_some(Clash::Uncovered)
}

fn left_out(skipped: Side<'_>, done: Side<'_>) -> Option<Clash> {
    let TravelerFact::StepSkipped { operation, step, .. } = skipped.body else { return None };
    let TravelerFact::StepCompleted { attempt, .. } = done.body else { return None };
    let attempt = done.then.attempt(attempt)?;
    let same = (attempt.operation, &attempt.step) == (*operation, step);
    same.then(|| Clash::LeftOut(step.clone()))
}

/// Where something is recorded first: attempt, ask, and which of its readings.
fn slot(body: &TravelerFact) -> Option<(&AskAt, u16)> {
    if let TravelerFact::ReadingTaken(taken) = body {
        let first = taken.retry.is_none() && taken.sorting.is_none();
        return first.then_some((&taken.at, taken.sample));
    }
    if let TravelerFact::Checked { at, corrects: None, .. }
    | TravelerFact::EntryMade { at, corrects: None, .. }
    | TravelerFact::ComponentInstalled { at, corrects: None, .. }
    | TravelerFact::WaitStarted { at, .. } = body
    {
        return Some((at, 1));
    }
    None
}

/// Where something is signed: operation, step, and the number of the ask.
fn signs(side: Side<'_>) -> Option<(u32, &StepId, u16)> {
    let TravelerFact::Signed { at, .. } = side.body else { return None };
    let spot = spot(side.body, side.then)?;
    Some((spot.operation.operation, spot.step, at.ask))
}

fn same_twice(one: Side<'_>, other: Side<'_>) -> Option<Clash> {
    if let (Some(here), Some(there)) = (signs(one), signs(other)) {
        return (here == there).then_some(Clash::SignedTwice);
    }
    if let (Some(here), Some(there)) = (slot(one.body), slot(other.body)) {
        return (here == there).then_some(Clash::RecordedTwice);
    }
    if let (Some(here), Some(there)) = (corrects(one.body), corrects(other.body)) {
        return (here == there).then_some(Clash::CorrectedTwice);
    }
    match (one.body, other.body) {
        (
            TravelerFact::HoldReleased { hold: one, outcome: here, .. },
            TravelerFact::HoldReleased { hold: other, outcome: there, .. },
        ) => {
            let twice = one == other && !agree(here, there);
            twice.then(|| Clash::DecidedTwice(here.decided(), there.decided()))
        }
        (TravelerFact::TravelerStarted(one), TravelerFact::TravelerStarted(other)) => {
            (one != other).then_some(Clash::BegunTwice)
        }
        (TravelerFact::MovedToRevision(one), TravelerFact::MovedToRevision(other)) => {
            let moved = one.operation == other.operation && one.to.hash != other.to.hash;
            moved.then_some(Clash::MovedTwice(one.operation))
        }
        (TravelerFact::ProductReleased(_), TravelerFact::ProductReleased(_)) => {
            Some(Clash::ShippedTwice)
        }
        (_, _) => None,
    }
}

/// Whether two ends of one hold say the same: that what was suspect is good says one measurement as well
/// as another.
fn agree(one: &HoldOutcome, other: &HoldOutcome) -> bool {
    let good = |outcome| matches!(outcome, &HoldOutcome::Cleared { .. } | &HoldOutcome::Sorted);
    one == other || good(one) && good(other)
}

impl HoldOutcome {
    /// How a hold ended, in words.
    pub fn decided(&self) -> String {
        match self {
            Self::Corrected => "corrected".to_owned(),
            Self::Remeasured { .. } => "measured again".to_owned(),
            Self::Permitted(permitted) => format!("by {}", permitted.permit),
            Self::Resumed { as_is: true } => "use as is".to_owned(),
            Self::Resumed { as_is: false } => "no deviation".to_owned(),
            Self::Reopened { again } => {
                let step = again.first().and_then(|again| again.steps.first());
                step.map_or_else(|| "rework".to_owned(), |step| format!("rework from step {step}"))
            }
            Self::Ended { how } => how.clone(),
            Self::Reviewed => "let go on by review".to_owned(),
            Self::Cleared { .. } => "no longer suspect".to_owned(),
            Self::Sorted => "measured itself".to_owned(),
            Self::Inspected => "inspected".to_owned(),
            Self::Released { .. } => "released".to_owned(),
        }
    }
}
