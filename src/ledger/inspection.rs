//! Loading what the inspection of a lot rests on: the lot as it came in, and the text it goes by.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::effectivity::Use;
use crate::domain::ids::LotId;
use crate::domain::material::{MaterialId, Suppliers};
use crate::domain::stream::{StreamState, Subject};

use super::effective::note_effective;
use super::error::LedgerError;
use super::store::Ledger;

impl Ledger {
    /// Fills in the lot and the instruction.
    pub(super) fn surround_inspection(
        &self,
        connection: &Connection,
        needs: &Needs,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let Some(needs) = &needs.inspection else { return Ok(()) };
        if let Some(deviation) = &needs.deviation
            && let Some(state) = self.deviation_state(connection, deviation)?
        {
            context.deviations.insert(deviation.clone(), state);
        }
        if let Some(material) = &needs.material {
            let folded = self.load(connection, &Subject::Material(material.clone()))?;
            if let StreamState::Material(state) = &folded.stream.state
                && !folded.is_empty()
            {
                context.material = Some(state.clone());
            }
        }
        if let Some(instruction) = &needs.instruction {
            let folded = self.load(connection, &Subject::Instruction(instruction.clone()))?;
            if let StreamState::Instruction(known) = &folded.stream.state {
                note_effective(connection, &known.revisions, &mut context.effective)?;
                let wanted = Use { today: context.today(), traveler: None };
                let revision = known.revisions.in_effect(&wanted, &context.effective);
                if let Some(hash) = revision.map(|revision| revision.submitted.hash)
                    && let Some(compiled) = self.instruction(connection, &hash)?
                {
                    context.instructions.insert(hash, compiled);
                }
                context.instruction_states.insert(instruction.clone(), known.clone());
            }
        }
        if let Some(hash) = needs.compiled
            && let Some(compiled) = self.instruction(connection, &hash)?
        {
            context.instructions.insert(hash, compiled);
        }
        Ok(())
    }
}

/// The suppliers of everything that came in, as they were written first.
pub(super) fn suppliers(connection: &Connection) -> Result<Suppliers, LedgerError> {
    let sql = "SELECT supplier FROM material_row GROUP BY supplier ORDER BY min(came_ms), supplier";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(Suppliers(found.collect::<Result<_, _>>()?))
}

/// The lots that are noted of a part and whose numbers differ from one by capitals alone.
pub(super) fn lots_alike(
    connection: &Connection,
    material: &MaterialId,
) -> Result<Vec<LotId>, LedgerError> {
    let sql = "SELECT lot FROM material_row
               WHERE part = ?1 AND lot = ?2 COLLATE NOCASE AND lot <> ?2 ORDER BY lot";
    let mut statement = connection.prepare_cached(sql)?;
    let key = (material.part.as_str(), material.lot.as_str());
    let found = statement.query_map(key, |row| row.get::<_, String>(0))?;
    let wrong = |error| LedgerError::damaged(format!("lot: {error}"));
    found.map(|lot| LotId::parse(&lot?).map_err(wrong)).collect()
}

impl Ledger {
    /// The lots that are noted of a part and whose numbers differ from one by capitals alone.
    pub fn lots_alike(&self, material: &MaterialId) -> Result<Vec<LotId>, LedgerError> {
        lots_alike(&self.connection, material)
    }
}
