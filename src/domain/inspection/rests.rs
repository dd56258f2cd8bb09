//! What a record of a piece and an acceptance rest on besides the plan: asked at the station, and by the
//! judge once more (R3, R8).

use super::cells::StandingReading;
use super::series::Lot;
use crate::domain::deviation_state::DeviationState;
use crate::domain::ids::{DeviationId, PersonId};
use crate::domain::people::Action;
use crate::domain::who_may;

/// What it takes to put values right: none where all of them are one's own.
pub fn corrects<'a>(
    actor: Option<&PersonId>,
    values: impl IntoIterator<Item = &'a StandingReading<'a>>,
) -> Option<Action> {
    let own = |value: &StandingReading<'_>| actor.is_some() && value.record.by.as_ref() == actor;
    who_may::corrects(values.into_iter().all(own))
}

/// The deviations of its pieces that hold a lot of own production and of which nothing was decided: it is
/// not accepted before (R8). One that is not known here may hold it as well.
pub fn undecided<'a>(
    lot: &'a Lot,
    known: impl Fn(&DeviationId) -> Option<&'a DeviationState>,
) -> Vec<&'a DeviationId> {
    let Some(unit) = &lot.opened.unit else { return Vec::new() };
    let holds = |state: &DeviationState| state.undecided().contains(unit);
    lot.deviations_of_pieces().into_iter().filter(|id| known(id).is_none_or(holds)).collect()
}

/// The deviations of its pieces that are not closed: whoever accepts the lot names them.
pub fn open<'a>(
    lot: &'a Lot,
    known: impl Fn(&DeviationId) -> Option<&'a DeviationState>,
) -> Vec<&'a DeviationId> {
    let stands = |state: &DeviationState| !state.is_closed();
    lot.deviations_of_pieces().into_iter().filter(|id| known(id).is_none_or(stands)).collect()
}
