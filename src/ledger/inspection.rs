//! Loading what the inspection of a lot rests on: the lot as it came in, and the text it goes by.

use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::{Needs, OpeningsOf};
use crate::domain::effectivity::Use;
use crate::domain::hash::Hash;
use crate::domain::ids::{LotId, PartId};
use crate::domain::inspection::needs::InspectionNeeds;
use crate::domain::inspection::series::{Lot, SeriesId};
use crate::domain::material::{MaterialId, Suppliers};
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject, TravelerId};

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
        if let OpeningsOf::Material(material) = &needs.openings {
            context.inspected = self.material_inspected(connection, material)?;
        }
        let Some(needs) = &needs.inspection else { return Ok(()) };
        for deviation in &needs.deviations {
            if let Some(state) = self.deviation_state(connection, deviation)? {
                context.deviations.insert(deviation.clone(), state);
            }
        }
        self.surround_specification(connection, needs, context)?;
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

impl Ledger {
    /// The specification of which a first article accounts for every characteristic.
    fn surround_specification(
        &self,
        connection: &Connection,
        needs: &InspectionNeeds,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let mut wanted = needs.specification;
        if let Some(part) = &needs.specified {
            let folded = self.load(connection, &Subject::Specification(part.clone()))?;
            if let StreamState::Specification(known) = &folded.stream.state {
                note_effective(connection, &known.revisions, &mut context.effective)?;
                let today = Use { today: context.today(), traveler: None };
                let found = known.revisions.in_effect(&today, &context.effective);
                wanted = found.map(|found| found.submitted.hash);
                context.specification = Some(known.clone());
            }
        }
        if let Some(hash) = wanted
            && let Some(found) = specification(connection, &hash)?
        {
            context.specifications.insert(hash, Arc::new(found));
        }
        Ok(())
    }

    /// Every opening of a lot of material, of whichever supplier.
    pub(super) fn material_inspected(
        &self,
        connection: &Connection,
        material: &MaterialId,
    ) -> Result<Vec<Lot>, LedgerError> {
        let sql = "SELECT DISTINCT subject FROM inspection_row WHERE lot = ?1 ORDER BY subject";
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_map([material.lot.as_str()], |row| row.get::<_, String>(0))?;
        let mut lots = Vec::new();
        for subject in found {
            let Some(Subject::Series(id)) = Subject::parse(&subject?) else { continue };
            if id.part == material.part && !id.is_own() {
                let of_it = |lot: &Lot| lot.opened.lot == material.lot;
                lots.extend(self.openings(connection, id, of_it)?);
            }
        }
        Ok(lots)
    }

    /// Every opening of these lots of own production.
    pub(super) fn made_inspected(
        &self,
        connection: &Connection,
        (part, units): (&PartId, &[TravelerId]),
    ) -> Result<Vec<Lot>, LedgerError> {
        let of_them = |lot: &Lot| lot.opened.unit.as_ref().is_some_and(|unit| units.contains(unit));
        self.openings(connection, SeriesId::own(part.clone()), of_them)
    }

    fn openings(
        &self,
        connection: &Connection,
        id: SeriesId,
        wanted: impl Fn(&Lot) -> bool,
    ) -> Result<Vec<Lot>, LedgerError> {
        let folded = self.load(connection, &Subject::Series(id))?;
        let StreamState::Series(state) = &folded.stream.state else { return Ok(Vec::new()) };
        Ok(state.lots.iter().filter(|lot| wanted(lot)).cloned().collect())
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

/// A compiled specification; what is none counts as missing.
pub(super) fn specification(
    connection: &Connection,
    hash: &Hash,
) -> Result<Option<Specification>, LedgerError> {
    let bytes = super::blobs::read(connection, hash)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
