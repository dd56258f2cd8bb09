//! Loading the state of one subject, as folded here.

use super::error::LedgerError;
use crate::domain::context::Context;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fold::Folded;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, OrderId, SiteId};
use crate::domain::instruction::Instruction;
use crate::domain::order::OrderState;
use crate::domain::place::Policy;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::store::Ledger;

/// Which deviations of a unit are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    ThatGate,
    All,
}

impl Ledger {
    pub(super) fn load(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<Arc<Folded>, LedgerError> {
        self.streams.borrow_mut().load(connection, subject)
    }

    /// The order of a number, where anything is known of it.
    pub(super) fn order(
        &self,
        connection: &Connection,
        order: &OrderId,
    ) -> Result<Option<OrderState>, LedgerError> {
        let folded = self.load(connection, &Subject::Order(order.clone()))?;
        let StreamState::Order(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.is_empty()).then(|| state.clone()))
    }

    pub(super) fn deviation_state(
        &self,
        connection: &Connection,
        deviation: &DeviationId,
    ) -> Result<Option<DeviationState>, LedgerError> {
        let folded = self.load(connection, &Subject::Deviation(deviation.clone()))?;
        let StreamState::Deviation(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.is_empty()).then(|| state.clone()))
    }

    /// The deviations of a unit, and of lots that its pieces were of, that were to be closed by a step.
    pub fn gates(
        &self,
        unit: &TravelerId,
    ) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
        self.gates_in(&self.connection, unit)
    }

    pub(super) fn gates_in(
        &self,
        connection: &Connection,
        unit: &TravelerId,
    ) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
        self.named_in(connection, unit, Named::ThatGate)
    }

    /// The deviations that concern a unit, or lots that its pieces were of, also where they hold nothing.
    pub(super) fn deviations_of(
        &self,
        connection: &Connection,
        unit: &TravelerId,
    ) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
        self.named_in(connection, unit, Named::All)
    }

    fn named_in(
        &self,
        connection: &Connection,
        unit: &TravelerId,
        named: Named,
    ) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
        let sql = "WITH RECURSIVE kin (subject) AS (
                       SELECT ?1
                       UNION SELECT s.origin FROM kin JOIN split_row s ON s.subject = kin.subject)
                   SELECT DISTINCT r.deviation FROM kin
                   JOIN deviation_unit u ON u.subject = kin.subject
                   JOIN deviation_row r ON r.deviation = u.deviation WHERE r.gated OR ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let subject = Subject::Traveler(unit.clone()).to_string();
        let mut rows = statement.query((subject, named == Named::All))?;
        let mut gates = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let wrong = |_| LedgerError::damaged("the number of a deviation is not readable");
            let id = DeviationId::parse(&text).map_err(wrong)?;
            if let Some(state) = self.deviation_state(connection, &id)? {
                gates.insert(id, state);
            }
        }
        Ok(gates)
    }

    /// A traveler, where anything is known of it.
    pub(super) fn traveler_state(
        &self,
        connection: &Connection,
        id: &TravelerId,
    ) -> Result<Option<TravelerState>, LedgerError> {
        let folded = self.load(connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        Ok((!folded.is_empty()).then(|| state.clone()))
    }

    /// The instructions pinned by a traveler, as far as their blobs are here.
    pub(super) fn pinned(
        &self,
        connection: &Connection,
        state: &TravelerState,
    ) -> Result<Instructions, LedgerError> {
        let mut known = Instructions::new();
        for operation in state.started.iter().flat_map(|started| &started.operations) {
            if let Some(instruction) = self.instruction(connection, &operation.hash)? {
                known.insert(operation.hash, instruction);
            }
        }
        Ok(known)
    }

    /// A compiled instruction. A blob never changes, so it is read once.
    pub(super) fn instruction(
        &self,
        connection: &Connection,
        hash: &Hash,
    ) -> Result<Option<Arc<Instruction>>, LedgerError> {
        if let Some(known) = self.instructions.borrow().get(hash) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(bytes) = super::blobs::read(connection, hash)? else { return Ok(None) };
        // A blob that is no instruction counts as missing: nothing can be worked by it.
        let Ok(instruction) = serde_json::from_slice::<Instruction>(&bytes) else {
            return Ok(None);
        };
        let instruction = Arc::new(instruction);
        self.instructions.borrow_mut().insert(*hash, Arc::clone(&instruction));
        Ok(Some(instruction))
    }

    /// The policy and the shifts of the site: of the enrollment, else of the place, else of the only
    /// one known.
    pub(super) fn surround_site(
        &self,
        connection: &Connection,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let here = context.acting.place.as_ref().and_then(|place| context.places.get(place));
        let of_place = here.map(|defined| defined.site.clone());
        if let Some(site) = self.site(connection, of_place)?
            && let StreamState::Site(state) = &site.stream.state
        {
            context.site_policy.clone_from(&state.policy);
            context.shifts = state.calendar();
        }
        Ok(())
    }

    pub(super) fn site_policy(
        &self,
        connection: &Connection,
        of_place: Option<SiteId>,
    ) -> Result<Option<Policy>, LedgerError> {
        let Some(site) = self.site(connection, of_place)? else { return Ok(None) };
        let StreamState::Site(state) = &site.stream.state else { return Ok(None) };
        Ok(state.policy.clone())
    }

    /// The site as folded.
    pub(super) fn site(
        &self,
        connection: &Connection,
        of_place: Option<SiteId>,
    ) -> Result<Option<Arc<Folded>>, LedgerError> {
        let site = match self.identity.site.clone().or(of_place) {
            Some(site) => Subject::Site(site),
            None => match first_of(connection, "site")? {
                Some(subject) => subject,
                None => return Ok(None),
            },
        };
        self.load(connection, &site).map(Some)
    }
}

/// Whether any person is known.
pub(super) fn any_person(connection: &Connection) -> Result<bool, LedgerError> {
    Ok(first_of(connection, "person")?.is_some())
}

/// The first subject of a kind of stream.
fn first_of(connection: &Connection, stream: &str) -> Result<Option<Subject>, LedgerError> {
    // '0' is the character after '/'.
    let sql = "SELECT subject FROM fact WHERE subject >= ?1 || '/' AND subject < ?1 || '0'
               ORDER BY subject LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<String> = statement.query_row([stream], |row| row.get(0)).optional()?;
    Ok(found.as_deref().and_then(Subject::parse))
}
