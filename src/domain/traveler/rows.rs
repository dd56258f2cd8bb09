//! Readings of a file, recorded as one act: all rows are saved, and those that fail are held (R4).

use crate::domain::context::Context;
use crate::domain::deviation::Raise;
use crate::domain::fact::Position;
use crate::domain::ids::{GaugeId, PermitId};
use crate::domain::instruction::Ask;
use crate::domain::permit::fit::Failing;
use crate::domain::positions::Positions;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::specification::Class;
use crate::domain::stream::TravelerId;

use super::command::StepAt;
use super::eligibility::Draft;
use super::fact::{AskAt, HoldPlaced, HoldReason, ReadingTaken, ReadingValue, TravelerFact};
use super::hold::raise;
use super::record::{Slot, ask_of, begin, take, taken_before, wanted};
use super::state::TravelerState;

/// All rows are saved; if any fails there is one hold and one deviation that names each. One that a
/// permit lets go on is held for itself, and is typed again like one that was typed (R4).
pub(super) fn record_rows(
    id: &TravelerId,
    state: &TravelerState,
    (at, ask): (&StepAt, u16),
    (gauge, rows): (Option<GaugeId>, Vec<(u16, ReadingValue)>),
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = state.may_perform(id, found, context);
    state.require_not_verifier(found, context, &mut reasons);
    let attempt = state.standing_attempt(at.operation, &at.step);
    let mut measure = None;
    for (n, (sample, _)) in rows.iter().enumerate() {
        let slot = Slot { ask, sample: *sample };
        match ask_of(found, slot)? {
            Ask::Measure(found) => measure = Some(found),
            other @ (Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Wait(_)
            | Ask::Sign(_)) => {
                return Err(Refusal::one(Reason::AskMismatch { wanted: wanted(other) }));
            }
        }
        let twice = rows[..n].iter().any(|(before, _)| before == sample);
        if twice || attempt.is_some_and(|attempt| taken_before(attempt, slot, false)) {
            reasons.push(Reason::AlreadyRecorded { ask, sample: *sample });
        }
    }
    let empty = || Refusal::one(Reason::TextMissing { what: "a row of readings" });
    let measure = measure.ok_or_else(empty)?;
    let mut draft = Draft::new(context);
    let attempt = begin(id, state, found, (context, &mut draft));
    let here = AskAt { attempt: attempt.clone(), ask };
    let taken = take(&here, measure, &rows, gauge.as_ref(), (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let (mut failing, mut by_permit) = (Vec::new(), Vec::new());
    for reading in taken {
        let fails = reading.verdict == Some(Verdict::Fail);
        let at = draft.note(id, TravelerFact::ReadingTaken(Box::new(reading.clone())));
        let fits = |permits: Vec<PermitId>| !permits.is_empty();
        if fails && fits(permits_of((id, state), (&at, &reading), measure.class, context)) {
            by_permit.push(at);
        } else if fails {
            failing.push((at, reading));
        }
    }
    let for_these = |readings: Positions, deviation| HoldPlaced {
        reason: HoldReason::OutOfLimits,
        attempt: Some(attempt.clone()),
        readings,
        deviation,
    };
    if !failing.is_empty() {
        let number = context.next_deviation.clone();
        let number = number.ok_or_else(|| Refusal::one(Reason::DeviationNumberMissing))?;
        let hold = for_these(failing.iter().map(|(at, _)| at).collect(), Some(number));
        let hold = draft.note(id, TravelerFact::HoldPlaced(hold));
        let said = (&failing[..], Raise::default(), None);
        raise(id, (found, Some(attempt.clone())), Some(hold), said, (context, &mut draft))?;
    }
    for at in by_permit {
        let hold = for_these([at].into_iter().collect(), None);
        draft.note(id, TravelerFact::HoldPlaced(hold));
    }
    Ok(draft)
}

/// The failing rows of a file that permits let go on, each with those that do. Nobody's right to record
/// is asked for: it is told before anybody acts.
pub fn rows_by_permit(
    (id, state): (&TravelerId, &TravelerState),
    (at, ask): (&StepAt, u16),
    (gauge, rows): (Option<&GaugeId>, &[(u16, ReadingValue)]),
    context: &Context,
) -> Vec<(u16, Vec<PermitId>)> {
    let Ok(found) = state.find(at, context) else { return Vec::new() };
    let number = usize::from(ask).checked_sub(1);
    let asked = number.and_then(|number| found.step.asks.get(number));
    let Some(Ask::Measure(measure)) = asked else { return Vec::new() };
    let next = &context.next;
    let here = AskAt { attempt: next.clone(), ask };
    let mut objections = Vec::new();
    let taken = take(&here, measure, rows, gauge, (context, &mut objections));
    let failing = taken.iter().filter(|reading| reading.verdict == Some(Verdict::Fail));
    let each = failing.map(|reading| {
        (reading.sample, permits_of((id, state), (next, reading), measure.class, context))
    });
    each.filter(|(_, permits)| !permits.is_empty()).collect()
}

/// The permits that let a failing row of a file go on.
fn permits_of(
    (id, state): (&TravelerId, &TravelerState),
    (at, taken): (&Position, &ReadingTaken),
    class: Option<Class>,
    context: &Context,
) -> Vec<PermitId> {
    let Some(started) = &state.started else { return Vec::new() };
    let failing = Failing {
        unit: id,
        part: &started.part,
        specification: started.specification.as_ref().map(|pinned| &pinned.revision),
        at,
        moment: &context.now,
        taken,
        class,
        value: &taken.value,
        pieces: state.pieces().max(1),
    };
    let permits = context.permits.permits.iter();
    let fit = permits.filter(|(id, it)| it.unfit(id, failing, context.today()).is_empty());
    fit.map(|(id, _)| id.clone()).collect()
}
