//! Loading the units that a deviation concerns, or is to concern.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::deviation_gate::Planned;
use crate::domain::order::OrderOpened;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::TravelerState;

use super::effective::note_effective;
use super::error::LedgerError;
use super::store::Ledger;

impl Ledger {
    /// Fills in the units that are known here: begun, or named by an order.
    pub(super) fn surround_units(
        &self,
        connection: &Connection,
        needs: &Needs,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        for id in &needs.units {
            let begun = self.traveler_state(connection, id)?;
            let order = self.order(connection, &id.order)?.and_then(|order| order.opened);
            let ordered =
                order.as_ref().is_some_and(|opened| opened.units.ids().contains(&id.unit));
            let Some(state) = begun.or_else(|| ordered.then(TravelerState::default)) else {
                continue;
            };
            context.instructions.extend(self.pinned(connection, &state)?);
            if let (Some(operation), Some(opened), true) =
                (needs.passes, &order, state.started.is_none())
            {
                self.surround_planned(connection, (id, opened, operation), context)?;
            }
            context.units.insert(id.clone(), state);
        }
        Ok(())
    }

    /// How a unit that is not begun would pass an operation of its order.
    fn surround_planned(
        &self,
        connection: &Connection,
        (unit, opened, operation): (&TravelerId, &OrderOpened, u32),
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let route = opened.route.iter().find(|route| route.operation == operation);
        let folded = match route {
            Some(r) => Some(self.load(connection, &Subject::Instruction(r.instruction.clone()))?),
            None => None,
        };
        let known = folded.as_ref().and_then(|folded| {
            let StreamState::Instruction(known) = &folded.stream.state else { return None };
            Some(&known.revisions)
        });
        if let Some(revisions) = known {
            note_effective(connection, revisions, &mut context.effective)?;
        }
        let wanted = context.wanted_for(unit);
        let planned = Planned::of(route, known, (&wanted, &context.effective));
        if let Planned::By(Some(hash)) = planned
            && let Some(text) = self.instruction(connection, &hash)?
        {
            context.instructions.insert(hash, text);
        }
        context.planned.insert(unit.clone(), planned);
        Ok(())
    }
}
