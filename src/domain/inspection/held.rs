//! What holds a lot beside what its own inspection knows of.

use super::fact::LotEnd;
use super::series::{Lot, LotStanding, SeriesState};
use crate::domain::fact::Position;
use crate::domain::ids::LotId;
use crate::domain::material::{MaterialBlock, MaterialState};
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::state::{Hold, TravelerState};

/// The blocks of a lot that no opening placed which is known in its series: another supplier's, or one
/// that was not accepted.
pub fn held_by_others<'a>(
    state: &'a SeriesState,
    lot: &'a LotId,
    material: &'a MaterialState,
) -> impl Iterator<Item = &'a MaterialBlock> {
    material.held_by_inspection().filter(move |block| {
        let own = |by: &crate::domain::material::ByInspection| {
            state.opened(&by.opened).is_some_and(|known| known.opened.lot == *lot)
        };
        !block.inspection.as_ref().is_some_and(own)
    })
}

/// Whether somebody is to say what becomes of a lot: it was not accepted, or it was and is held all the
/// same by what was not known then. Of own production that is what its deviation says.
pub fn is_to_dispose(state: &SeriesState, lot: &Lot, material: &MaterialState) -> bool {
    if lot.opened.unit.is_some() {
        return false;
    }
    match lot.standing() {
        LotStanding::Open => false,
        LotStanding::Rejected | LotStanding::Contradicted => true,
        LotStanding::Accepted | LotStanding::Disposed(LotEnd::UseAsIs) => {
            material.held_by_inspection().next().is_some()
        }
        LotStanding::Disposed(LotEnd::Sort | LotEnd::Return | LotEnd::Scrap) => {
            held_by_others(state, &lot.opened.lot, material).next().is_some()
        }
    }
}

/// The open holds of a lot of own production because the server did not accept how it was inspected.
/// As long as a person does not let it go, it may be inspected again.
pub fn held_by_judge<'a>(
    lot: &'a Lot,
    unit: &'a TravelerState,
) -> impl Iterator<Item = (&'a Position, &'a Hold)> {
    unit.open_holds().filter(|(_, hold)| {
        let HoldReason::Judged { fact, .. } = &hold.placed.reason else { return false };
        let decided = lot.decided.iter().map(|(at, ..)| at);
        let records = lot.records.iter().map(|record| &record.at);
        decided.chain(records).chain([&lot.at]).any(|at| at == fact)
    })
}

/// Whether a lot of own production was accepted, and the server holds it all the same.
pub fn is_accepted_and_held(lot: &Lot, unit: &TravelerState) -> bool {
    let accepted = matches!(lot.standing(), LotStanding::Accepted | LotStanding::Contradicted);
    accepted && held_by_judge(lot, unit).next().is_some()
}
