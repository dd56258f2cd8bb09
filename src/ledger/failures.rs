//! Holds an operation at a place where units in a row failed, in the transaction of the last of them.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::fact::{Acting, Position};
use crate::domain::failures::{Measured, Tried};
use crate::domain::ids::{LedgerId, PlaceId};
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::place::{PlaceFact, PlaceState, SiteRules};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::failures::may_fail;

use super::append::head_of;
use super::error::{LedgerError, TransactError};
use super::store::Ledger;
use super::transact::Saved;

/// How many units are looked at; who wants more in a row than a site may is never held.
const UNITS_MAX: usize = 200;

/// The units of which something was written that may say that they failed.
pub(super) fn failed<'a>(
    facts: impl Iterator<Item = (&'a Subject, &'a FactBody)>,
) -> Vec<TravelerId> {
    let mut units = BTreeSet::new();
    for (subject, body) in facts {
        if let (Subject::Traveler(unit), FactBody::Traveler(fact)) = (subject, body)
            && may_fail(fact)
        {
            units.insert(unit.clone());
        }
    }
    units.into_iter().collect()
}

impl Ledger {
    /// Holds the operations at which these units are the last of enough that failed.
    pub(super) fn follow_failures(
        &self,
        transaction: &Connection,
        (acting, now): (&Acting, &Moment),
        units: &[TravelerId],
    ) -> Result<Saved, TransactError> {
        let mut saved = Saved::default();
        if units.is_empty() {
            return Ok(saved);
        }
        let policy = self.site_policy(transaction, None)?;
        let least = policy.map_or_else(SiteRules::default, |policy| policy.rules);
        let least = least.failures_in_a_row();
        let mut measured: Vec<(PlaceId, Measured, LedgerId)> = Vec::new();
        for unit in units {
            for (place, what, tried) in self.tried(transaction, unit)? {
                let known = measured.iter().any(|(at, of, _)| *at == place && of.is(&what));
                if tried.failed.is_some() && !known {
                    measured.push((place, what, tried.at.ledger));
                }
            }
        }
        for (place, measured, ledger) in measured {
            let state = self.place_state(transaction, &place)?;
            let tried = self.tried_at(transaction, &place, (&measured, &ledger))?;
            let Some(found) = state.failures_in_a_row(&measured, (&tried, least)) else { continue };
            let fact = FactBody::Place(PlaceFact::OperationHeld(Box::new(found)));
            let head = head_of(transaction, &self.identity.ledger, self.identity.epoch)?;
            let ledger = self.identity.ledger.clone();
            let next = Position { ledger, epoch: head.epoch, seq: head.last_seq + 1 };
            let mut context = Context::new(now.clone(), acting.clone(), next);
            self.note_contact(transaction, &mut context)?;
            let facts = vec![(Subject::Place(place), fact)];
            let more = self.append(transaction, &context, head.last_id, facts)?;
            saved.facts.extend(more.facts);
        }
        Ok(saved)
    }

    fn tried(
        &self,
        connection: &Connection,
        unit: &TravelerId,
    ) -> Result<Vec<(PlaceId, Measured, Tried)>, LedgerError> {
        let Some(state) = self.traveler_state(connection, unit)? else { return Ok(Vec::new()) };
        let texts = self.pinned(connection, &state)?;
        Ok(state.tried(unit, &texts))
    }

    /// The units that were measured at a place last, back to one of a station's own that is good.
    fn tried_at(
        &self,
        connection: &Connection,
        place: &PlaceId,
        (measured, ledger): (&Measured, &LedgerId),
    ) -> Result<Vec<Tried>, LedgerError> {
        let sql = "SELECT subject FROM reading_row
                   WHERE place = ?1 AND coalesce(characteristic, name) = ?2
                   ORDER BY utc_ms DESC";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([place.as_str(), measured.key()])?;
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let subject: String = row.get(0)?;
            let Some(Subject::Traveler(unit)) = Subject::parse(&subject) else { continue };
            if !seen.insert(unit.clone()) {
                continue;
            }
            let tried = self.tried(connection, &unit)?.into_iter();
            let here = tried.filter(|(at, what, _)| at == place && what.is(measured));
            found.extend(here.map(|(_, _, tried)| tried));
            let last = found.last();
            let bound = last.is_some_and(|t| t.failed.is_none() && t.at.ledger == *ledger);
            if bound || seen.len() >= UNITS_MAX {
                break;
            }
        }
        Ok(found)
    }

    fn place_state(
        &self,
        connection: &Connection,
        place: &PlaceId,
    ) -> Result<PlaceState, LedgerError> {
        let folded = self.load(connection, &Subject::Place(place.clone()))?;
        let StreamState::Place(state) = &folded.stream.state else {
            return Err(LedgerError::damaged(format!("{place} is no place")));
        };
        Ok(state.clone())
    }
}
