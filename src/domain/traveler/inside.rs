//! What is built into a unit that goes out is as good as the unit: known, closed, not held (R17).

use crate::domain::ids::DeviationId;
use crate::domain::stream::TravelerId;

use super::built::Built;
use super::standing::Instructions;
use super::state::TravelerState;

impl Built<'_> {
    /// The unit of this plant that it is, where one is known.
    pub fn made(&self) -> Option<&TravelerId> {
        self.entry.basis.as_ref()?.made.as_ref()
    }
}

impl TravelerState {
    /// The units of this plant that are built in now.
    pub fn units_inside(&self) -> Vec<TravelerId> {
        let components = self.components();
        let standing = components.iter().filter(|built| built.stands());
        standing.filter_map(|built| built.made().cloned()).collect()
    }

    /// Whether every operation of which the text is at hand is closed.
    pub fn closed_as_read(&self, known: &Instructions) -> bool {
        let mut route = self.started.iter().flat_map(|started| &started.operations);
        route.all(|op| !known.contains_key(&op.hash) || self.operation_closed(op, known))
    }

    /// Why a unit that is built into another is in doubt, in words; `open` are its deviations that
    /// are not closed.
    pub fn in_doubt(&self, id: &TravelerId, closed: bool, open: &[DeviationId]) -> Option<String> {
        if self.started.is_none() {
            return Some(format!("nothing is known here of {id}"));
        }
        if let Some(how) = &self.ended {
            return Some(format!("{id} ended: {how}"));
        }
        if let Some((_, hold)) = self.open_holds().next() {
            return Some(format!("{id} is on hold: {}", hold.placed.reason.words()));
        }
        if let Some(deviation) = open.first() {
            return Some(format!("{deviation} of {id} is not closed"));
        }
        if let Some(release) = self.shipped() {
            return Some(format!("{id} is shipped by itself, by {}", release.at));
        }
        (!closed).then(|| format!("{id} is not finished"))
    }
}
