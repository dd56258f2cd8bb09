//! Sorting: a suspect unit is measured itself, of a lot each piece, while it stays on hold (R16).
//!
//! It is measured by the limits of the step that it was made at, in whose attempt the readings stand,
//! also where that is of the lot that its pieces were of;
//! they are no check of what others were made like, and move no counter. Where all are good the hold
//! is lifted with the last one: nothing is left to decide. One that fails holds the unit as any
//! failing reading does, and goes to a deviation.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::context::Context;
use crate::domain::fact::{Head, Position};
use crate::domain::ids::{DeviationId, GaugeId};
use crate::domain::instruction::Ask;
use crate::domain::people::Action;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

use super::command::StepAt;
use super::eligibility::Draft;
use super::equipment::require_performer_trained;
use super::fact::{AskAt, HoldReason, ReadingTaken, ReadingValue};
use super::record::{note_readings, take};
use super::state::{Attempt, Hold, Recorded, TravelerState};
use super::suspect::Suspected;

pub(super) fn sort(
    id: &TravelerId,
    state: &TravelerState,
    (hold, sample): (&Position, u16),
    (value, gauge): (ReadingValue, Option<GaugeId>),
    context: &Context,
) -> Result<Draft, Refusal> {
    let suspected = state.to_sort(hold).ok_or_else(|| Refusal::one(Reason::NoSuchHold))?;
    let unknown = || Refusal::one(Reason::AskUnknown { ask: suspected.ask, sample });
    let at = StepAt { operation: suspected.operation, step: suspected.step.clone() };
    let found = state.find(&at, context)?;
    let index = usize::from(suspected.ask).checked_sub(1).ok_or_else(unknown)?;
    let Some(Ask::Measure(measure)) = found.step.asks.get(index) else { return Err(unknown()) };
    let mut reasons = Vec::new();
    context.require_role(Action::Perform, &mut reasons);
    require_performer_trained(found, context, &mut reasons);
    require_somewhere(context, &mut reasons);
    state.require_not_verifier(found, context, &mut reasons);
    reasons.extend(state.sort_refused((hold, suspected), sample));
    let here = AskAt { attempt: suspected.attempt.clone(), ask: suspected.ask };
    let rows = [(sample, value)];
    let taken = take(&here, measure, &rows, gauge.as_ref(), (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let sorting = Some(hold.clone());
    let taken = taken.into_iter().map(|taken| ReadingTaken { sorting: sorting.clone(), ..taken });
    let mut draft = Draft::new(context);
    note_readings(id, &mut draft, taken.collect());
    Ok(draft)
}

/// Sorting is done at a place, whichever has the gauge.
fn require_somewhere(context: &Context, reasons: &mut Vec<Reason>) {
    match &context.acting.place {
        None => reasons.push(Reason::PlaceUnbound),
        Some(place) if !context.places.contains_key(place) => {
            reasons.push(Reason::PlaceUnknown { place: place.clone() });
        }
        Some(_) => {}
    }
}

impl TravelerState {
    /// Why a unit is suspect, by its hold; none where that is over.
    pub(super) fn to_sort(&self, hold: &Position) -> Option<&Suspected> {
        let open = self.holds.get(hold).filter(|hold| hold.released.is_none())?;
        let HoldReason::Suspect(suspected) = &open.placed.reason else { return None };
        Some(suspected)
    }

    /// What stands in the way of a reading of a suspect unit, whoever takes it.
    pub(super) fn sort_refused(
        &self,
        (hold, suspected): (&Position, &Suspected),
        sample: u16,
    ) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if let Some(how) = &self.ended {
            reasons.push(Reason::TravelerEnded { how: how.clone() });
        }
        if self.to_retype().is_some() {
            reasons.push(Reason::RetypeFirst);
        }
        let attempt = self.attempt(&suspected.attempt);
        let ask = suspected.ask;
        if !(1..=self.sorted_by(attempt, ask)).contains(&u32::from(sample)) {
            reasons.push(Reason::AskUnknown { ask, sample });
        } else if all_sorted(attempt, ask).get(&u32::from(sample)).is_some_and(|entry| {
            entry.reading().is_some_and(|reading| reading.taken.sorting.as_ref() == Some(hold))
        }) {
            reasons.push(Reason::AlreadyRecorded { ask, sample });
        }
        reasons
    }

    /// Pieces that were made in another lot are sorted in the attempt that it was made in, which is
    /// none of their own: it begins with the first reading, and changes nothing about the step.
    pub(super) fn sort_in(&mut self, head: &Head, taken: &ReadingTaken) {
        let hold = taken.sorting.as_ref().and_then(|hold| self.holds.get(hold));
        let Some(HoldReason::Suspect(suspected)) = hold.map(|hold| &hold.placed.reason) else {
            return;
        };
        let Suspected { attempt, operation, step, .. } = (**suspected).clone();
        if attempt != taken.at.attempt || self.attempt(&attempt).is_some() {
            return;
        }
        let rank = self.lot.attempts_before(operation, &step).max(1);
        let begun = Attempt::begun(head, (operation, step), rank);
        self.attempts.push(Attempt { at: attempt, ..begun });
    }

    /// Of how many readings the sorting of a unit is: of a lot one a piece. A piece that failed and went
    /// another way since is not one of those that are here, so its reading does not count for one.
    pub(super) fn sorted_by(&self, attempt: Option<&Attempt>, ask: u16) -> u32 {
        let lot = self.started.as_ref().is_some_and(|started| started.pieces.is_some());
        if lot || !self.lot.origins.is_empty() {
            let here = self.pieces().saturating_sub(self.scrapped()).max(1);
            return here.saturating_add(self.failed_and_left(attempt, ask));
        }
        attempt.and_then(|attempt| attempt.sample(ask)).map_or(1, |decided| decided.readings)
    }

    /// How many pieces failed in a sorting and left by what was decided of that.
    fn failed_and_left(&self, attempt: Option<&Attempt>, ask: u16) -> u32 {
        let sorting = attempt.into_iter().flat_map(|attempt| &attempt.entries).filter(|entry| {
            let reading = entry.reading();
            entry.ask == ask && reading.is_some_and(|reading| reading.taken.sorting.is_some())
        });
        let mut failed: BTreeMap<&DeviationId, BTreeSet<u16>> = BTreeMap::new();
        for entry in sorting {
            let of_it = self.holds.values().filter(|hold| hold.placed.readings.contains(&entry.at));
            for deviation in of_it.filter_map(|hold| hold.placed.deviation.as_ref()) {
                failed.entry(deviation).or_default().insert(entry.sample);
            }
        }
        let left = failed.into_iter().map(|(deviation, samples)| {
            let splits = self.lot.splits.iter().map(|(_, split)| split);
            let by_it = splits.filter(|split| split.deviation.as_ref() == Some(deviation));
            let pieces = by_it.fold(0_u32, |sum, split| sum.saturating_add(split.quantity));
            pieces.min(u32::try_from(samples.len()).unwrap_or(u32::MAX))
        });
        left.sum()
    }

    /// Whether every reading of a sorting is there, and no decision about one is open.
    pub(super) fn is_sorted(&self, attempt: &Attempt, ask: u16) -> bool {
        let open = |entry: &Recorded| {
            self.open_holds().any(|(_, hold)| hold.placed.readings.contains(&entry.at))
        };
        let last = all_sorted(Some(attempt), ask);
        (1..=self.sorted_by(Some(attempt), ask))
            .all(|sample| last.get(&sample).is_some_and(|entry| !open(entry)))
    }

    /// The open hold that is told first: what was found on the unit itself before what another one
    /// makes suspect.
    pub fn hold_told(&self) -> Option<(&Position, &Hold)> {
        let own =
            |(_, hold): &(&Position, &Hold)| !matches!(hold.placed.reason, HoldReason::Suspect(_));
        self.open_holds().find(own).or_else(|| self.open_holds().next())
    }

    /// The hold of a suspect unit that is sorted next, with the number of the reading and of how
    /// many; none where nothing is to be measured.
    pub fn sorts_next(&self) -> Option<(&Position, &Suspected, (u16, u32))> {
        self.open_holds().find_map(|(at, hold): (&Position, &Hold)| {
            let HoldReason::Suspect(suspected) = &hold.placed.reason else { return None };
            let attempt = self.attempt(&suspected.attempt);
            let of = self.sorted_by(attempt, suspected.ask);
            let last = all_sorted(attempt, suspected.ask);
            let next = (1..=of).find(|n| !last.contains_key(n))?;
            Some((at, &**suspected, (u16::try_from(next).ok()?, of)))
        })
    }
}

/// The last reading of each piece of a sorting, in one pass: a lot has thousands.
fn all_sorted(attempt: Option<&Attempt>, ask: u16) -> BTreeMap<u32, &Recorded> {
    let entries = attempt.into_iter().flat_map(|attempt| &attempt.entries);
    let sorts = |entry: &&Recorded| {
        let reading = entry.reading();
        entry.ask == ask && reading.is_some_and(|reading| reading.taken.sorting.is_some())
    };
    entries.filter(sorts).map(|entry| (u32::from(entry.sample), entry)).collect()
}
