//! Loading what the inspection of a lot rests on: the lot as it came in, and the text it goes by.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::effectivity::Use;
use crate::domain::fact::Position;
use crate::domain::inspection::series::{Lot, SeriesId};
use crate::domain::material::MaterialId;
use crate::domain::stream::{StreamState, Subject};

use super::append::key;
use super::effective::note_effective;
use super::error::LedgerError;
use super::store::Ledger;

impl Ledger {
    /// The lot that a fact decides about.
    pub(super) fn lot_decided(
        &self,
        connection: &Connection,
        fact: &Position,
    ) -> Result<Option<(SeriesId, Lot)>, LedgerError> {
        let sql = "SELECT subject FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3
                   AND kind = 'LotDecided'";
        let mut statement = connection.prepare_cached(sql)?;
        let found: Option<String> = statement.query_row(key(fact), |row| row.get(0)).optional()?;
        let Some(Subject::Series(id)) = found.as_deref().and_then(Subject::parse) else {
            return Ok(None);
        };
        let folded = self.load(connection, &Subject::Series(id.clone()))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(None) };
        let of = |lot: &&Lot| lot.decided.iter().any(|(at, ..)| at == fact);
        Ok(state.lots.iter().find(of).map(|lot| (id, lot.clone())))
    }

    /// Fills in the lot and the instruction.
    pub(super) fn surround_inspection(
        &self,
        connection: &Connection,
        needs: &Needs,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        if let Some(fact) = &needs.reviewed
            && let Some((id, lot)) = self.lot_decided(connection, fact)?
            && lot.opened.unit.is_none()
        {
            let material = MaterialId { part: id.part, lot: lot.opened.lot };
            let folded = self.load(connection, &Subject::Material(material.clone()))?;
            if let StreamState::Material(state) = &folded.stream.state {
                context.reviewed_lot = Some((material, state.clone()));
            }
        }
        let Some(needs) = &needs.inspection else { return Ok(()) };
        if let Some(deviation) = &needs.deviation
            && let Some(state) = self.deviation_state(connection, deviation)?
        {
            context.deviations.insert(deviation.clone(), state);
        }
        if let Some(material) = &needs.material {
            let folded = self.load(connection, &Subject::Material(material.clone()))?;
            if let StreamState::Material(state) = &folded.stream.state
                && !folded.order.is_empty()
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
