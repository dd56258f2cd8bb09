//! What a station knows of what an order names.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::ids::{InstructionId, OrderId, UnitId};
use crate::domain::instruction::Instruction;
use crate::domain::natural::natural;
use crate::domain::order::{OrderOpened, Unfinished};
use crate::domain::stream::{StreamState, Subject, TravelerId};

use super::effective::note_effective;
use super::error::LedgerError;
use super::store::Ledger;

/// The units of an order that are not finished, as its rows say.
pub(super) fn unfinished(
    connection: &Connection,
    order: &OrderId,
) -> Result<Unfinished, LedgerError> {
    let sql = "SELECT unit, started_ms NOT NULL, hold_why NOT NULL FROM traveler_row
               WHERE order_id = ?1 AND finished_ms IS NULL AND ended IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([order.as_str()])?;
    let mut left = Unfinished::default();
    while let Some(row) = rows.next()? {
        let unit: String = row.get(0)?;
        let (begun, held) = (row.get(1)?, row.get(2)?);
        let Ok(unit) = UnitId::parse(&unit) else { continue };
        match (held, begun) {
            (true, _) => left.held.push(unit),
            (false, true) => left.begun.push(unit),
            (false, false) => left.not_begun += 1,
        }
    }
    left.begun.sort_by(|one, other| natural(one.as_str(), other.as_str()));
    left.held.sort_by(|one, other| natural(one.as_str(), other.as_str()));
    Ok(left)
}

impl Ledger {
    /// Every unit and lot of an order of which something is known here.
    pub fn units_of(&self, order: &OrderId) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "SELECT unit FROM traveler_row WHERE order_id = ?1 ORDER BY subject";
        let mut statement = self.connection.prepare_cached(sql)?;
        let units = statement.query_map([order.as_str()], |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for unit in units {
            let unit = UnitId::parse(&unit?).ok();
            found.extend(unit.map(|unit| TravelerId { order: order.clone(), unit }));
        }
        Ok(found)
    }

    /// Loads the part's specification, the route's instructions as released here, and which of the
    /// work centers have a place.
    pub(super) fn surround_opened(
        &self,
        transaction: &Connection,
        opened: &OrderOpened,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let sql = "SELECT 1 FROM place_row WHERE work_center = ?1";
        let mut has_place = transaction.prepare_cached(sql)?;
        let part = self.load(transaction, &Subject::Specification(opened.part.clone()))?;
        if let StreamState::Specification(state) = &part.stream.state {
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            context.specification = Some(state.clone());
        }
        for route in &opened.route {
            if has_place.exists([route.work_center.as_str()])? {
                context.work_centers.insert(route.work_center.clone());
            }
            let folded =
                self.load(transaction, &Subject::Instruction(route.instruction.clone()))?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            if let Some(revision) = state.revisions.newest_released(&context.effective)
                && let Some(compiled) = self.instruction(transaction, &revision.submitted.hash)?
            {
                context.instructions.insert(revision.submitted.hash, compiled);
            }
            context.instruction_states.insert(route.instruction.clone(), state.clone());
        }
        Ok(())
    }

    /// The newest released revision of an instruction, where it is here.
    pub fn released_instruction(
        &self,
        id: &InstructionId,
    ) -> Result<Option<Arc<Instruction>>, LedgerError> {
        let folded = self.load(&self.connection, &Subject::Instruction(id.clone()))?;
        let StreamState::Instruction(state) = &folded.stream.state else { return Ok(None) };
        let mut effective = BTreeSet::new();
        note_effective(&self.connection, &state.revisions, &mut effective)?;
        match state.revisions.newest_released(&effective) {
            Some(revision) => self.instruction(&self.connection, &revision.submitted.hash),
            None => Ok(None),
        }
    }
}
