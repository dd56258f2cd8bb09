//! Loading the units that a deviation concerns, or is to concern.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::traveler::state::TravelerState;

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
            let ordered = order.is_some_and(|opened| opened.units.ids().contains(&id.unit));
            let Some(state) = begun.or_else(|| ordered.then(TravelerState::default)) else {
                continue;
            };
            context.instructions.extend(self.pinned(connection, &state)?);
            context.units.insert(id.clone(), state);
        }
        Ok(())
    }
}
