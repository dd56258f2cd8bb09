//! Measuring again what failed, where the instruction lets it: the failing reading stays (R4).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::GaugeId;
use crate::domain::instruction::{Ask, Measure};
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

use super::correction::found_of;
use super::eligibility::Draft;
use super::fact::{AskAt, HoldOutcome, ReadingTaken, ReadingValue, TravelerFact};
use super::reading::Retry;
use super::record::{note_readings, take};
use super::state::{Attempt, Recorded, TravelerState};

pub(super) fn remeasure(
    id: &TravelerId,
    state: &TravelerState,
    at: &Position,
    (value, gauge, reason): (ReadingValue, Option<GaugeId>, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let (entry, reading) = state.reading(at).ok_or_else(|| Refusal::one(Reason::ReadingUnknown))?;
    let (found, attempt) = found_of(state, at, context)?;
    let Some((hold, ..)) = state.all_to_retype().find(|(_, waiting, _)| *waiting == at) else {
        let mut named = state.open_holds().filter(|(_, hold)| hold.placed.readings.contains(at));
        let deviation = named.find_map(|(_, hold)| hold.placed.deviation.clone());
        let raised = deviation.map(|deviation| ReadingReason::DeviationRaised { deviation }.into());
        return Err(Refusal::one(raised.unwrap_or(Reason::NothingToRetype)));
    };
    let measure = entry.ask.checked_sub(1).and_then(|n| found.step.asks.get(usize::from(n)));
    let Some(Ask::Measure(measure)) = measure else {
        return Err(Refusal::one(Reason::AskUnknown { ask: entry.ask, sample: entry.sample }));
    };
    let mut reasons = state.may_perform(id, found, context);
    state.require_not_verifier(found, context, &mut reasons);
    // The failing reading itself waits to be typed again: this is what is done about it.
    reasons.retain(|reason| *reason != Reason::RetypeFirst);
    for (other, open) in state.open_holds().filter(|(other, _)| *other != hold) {
        if state.all_to_retype().all(|(waiting, ..)| waiting != other) {
            reasons.push(open.stops());
        }
    }
    context.require_text("a reason", &reason, &mut reasons);
    reasons.extend(attempt.retry_refused(entry, measure).map(Reason::from));
    let here = AskAt { attempt: attempt.at.clone(), ask: entry.ask };
    let rows = [(reading.taken.sample, value)];
    let mut taken = take(&here, measure, &rows, gauge.as_ref(), (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    if let Some(taken) = taken.pop() {
        let retry = Some(Retry { of: at.clone(), reason });
        let counts = draft.upcoming();
        note_readings(id, &mut draft, vec![ReadingTaken { retry, ..taken }]);
        let outcome = HoldOutcome::Remeasured { reading: counts };
        draft.note(id, TravelerFact::HoldReleased { hold: hold.clone(), outcome, decision: None });
    }
    Ok(draft)
}

impl Attempt {
    /// How often the reading at an ask was measured again.
    pub fn retries(&self, entry: &Recorded) -> usize {
        let same = |other: &&Recorded| other.ask == entry.ask && other.sample == entry.sample;
        let again = |other: &&Recorded| other.reading().is_some_and(|r| r.taken.retry.is_some());
        self.entries.iter().filter(same).filter(again).count()
    }

    /// Why a failing reading may not be measured again.
    pub fn retry_refused(&self, entry: &Recorded, measure: &Measure) -> Option<ReadingReason> {
        let name = measure.name.clone();
        let Some(most) = measure.rules.retry_max else {
            return Some(ReadingReason::RetryNotAllowed { name });
        };
        let used = self.retries(entry) >= usize::from(most);
        used.then_some(ReadingReason::RetriesUsed { name, most })
    }
}
