//! Every rule about a traveler comes together here.

use crate::domain::context::Context;
use crate::domain::kinds::FactBody;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{Subject, TravelerId};

use super::closed;
use super::command::TravelerCommand as Asked;
use super::eligibility::Draft;
use super::record::Slot;
use super::state::TravelerState;
use super::{
    component, correction, definitions, entry, equipment, hand_off, hold, permitted, recall,
    record, remeasure, rows, shipped, sign, sorting, split, start, step, upstream,
};

/// Decides what is asked for on a traveler.
pub fn decide(
    id: &TravelerId,
    state: &TravelerState,
    command: Asked,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let worked = state.worked_by(&command);
    let order = closed::closed(id, context).filter(|_| command.goes_on());
    let mut gone: Vec<Reason> = order.into_iter().chain(closed::shipped(state, &command)).collect();
    let drafted = draft(id, state, command, context);
    if !gone.is_empty() {
        // Whatever else stands in the way is told with it (R7).
        gone.extend(drafted.err().into_iter().flat_map(|refusal| refusal.reasons));
        return Err(Refusal::of(gone));
    }
    let mut draft = drafted?;
    equipment::end_setup(worked.as_ref(), context, &mut draft);
    Ok(draft.facts)
}

fn draft(
    id: &TravelerId,
    state: &TravelerState,
    command: Asked,
    context: &Context,
) -> Result<Draft, Refusal> {
    Ok(match command {
        Asked::Start => start::start(id, state, context)?,
        Asked::Record { at, ask, sample, entry } => {
            record::record(id, state, (&at, Slot { ask, sample }), entry, context)?
        }
        Asked::RecordRows { at, ask, gauge, rows } => {
            rows::record_rows(id, state, (&at, ask), (gauge, rows), context)?
        }
        Asked::Retype { reading, value } => hold::retype(id, state, &reading, value, context)?,
        Asked::UsePermit(wanted) => permitted::go_on(id, state, *wanted, context)?,
        Asked::Remeasure { reading, value, gauge, reason } => {
            remeasure::remeasure(id, state, &reading, (value, gauge, reason), context)?
        }
        Asked::Correct { reading, value, reason } => {
            correction::correct(id, state, &reading, (value, reason), context)?
        }
        Asked::CorrectAnswer { answer, yes, reason } => {
            entry::correct_answer(id, state, &answer, (yes, reason), context)?
        }
        Asked::CorrectEntry { entry: at, text, reason } => {
            entry::correct_entry(id, state, &at, (text, reason), context)?
        }
        Asked::RemoveComponent { entry, becomes, reason } => {
            component::remove(id, state, (entry, becomes, reason), context)?
        }
        Asked::CompleteStep { at, read_in } => step::complete(id, state, (&at, read_in), context)?,
        Asked::SkipStep { at, reason } => step::skip(id, state, &at, reason, context)?,
        Asked::AcceptWait { at, reason } => step::accept_wait(id, state, &at, reason, context)?,
        Asked::Pause { reason } => step::pause(id, state, reason, context)?,
        Asked::Resume { note } => step::resume(id, state, note, context)?,
        Asked::AcceptUpstream { operation, evidence } => {
            upstream::accept_upstream(id, state, (operation, evidence), context)?
        }
        Asked::AcceptTicket(ticket) => hand_off::take(id, state, &ticket, context)?,
        Asked::ReportPieces { at, pieces, reason } => {
            split::report(id, state, &at, (pieces, reason), context)?
        }
        Asked::CorrectCount { report, pieces, reason } => {
            split::correct_count(id, state, &report, (pieces, reason), context)?
        }
        Asked::SplitLot(what) => split::split(id, state, what, context)?,
        Asked::Sign { at, ask, by } => sign::sign(id, state, (&at, ask), by, context)?,
        Asked::RaiseDeviation { at, raise } => {
            hold::raise_by_hand(id, state, (&at, *raise), context)?
        }
        Asked::ReleaseHold { hold, reason } => hold::release(id, state, (hold, reason), context)?,
        Asked::Sort { hold, sample, value, gauge } => {
            sorting::sort(id, state, (&hold, sample), (value, gauge), context)?
        }
        Asked::HoldForGauge { gauge, failed } => {
            equipment::hold_for_gauge(id, state, (gauge, failed), context)?
        }
        Asked::HoldForRecall { of, fact, reason } => {
            recall::hold(id, state, (of, fact, reason), context)?
        }
        Asked::KeepRevision { shown, reason } => {
            definitions::keep(id, state, (&shown, reason), context)?
        }
        Asked::MoveToRevision { shown, reason } => {
            definitions::move_on(id, state, (&shown, reason), context)?
        }
        Asked::HoldForDefinition { reason } => definitions::hold(id, state, reason, context)?,
        Asked::Ship { shown, set, by } => shipped::release(id, state, (shown, set, by), context)?,
        Asked::TakeBack { reason } => shipped::take_back(id, state, reason, context)?,
        Asked::HoldForJudge { fact, reasons } => hold::for_judge(id, state, fact, reasons, context),
    })
}
