//! What holds a lot beside what its own inspection knows of.

use super::fact::LotEnd;
use super::series::{Lot, LotStanding, SeriesState};
use crate::domain::ids::LotId;
use crate::domain::material::{MaterialBlock, MaterialState};

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
/// same by what was not known then.
pub fn is_to_dispose(state: &SeriesState, lot: &Lot, material: &MaterialState) -> bool {
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
