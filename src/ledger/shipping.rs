//! What is known here around a unit that is to be shipped: at the server, judged, its components.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::Position;
use crate::domain::ids::LedgerId;
use crate::domain::material::MaterialId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::built::Built;
use crate::domain::traveler::shipped::Shipping;
use crate::domain::traveler::state::TravelerState;

use super::append::from_sql;
use super::error::LedgerError;
use super::seals::at_server;
use super::store::Ledger;

impl Ledger {
    /// Everything around a unit that its own stream does not say.
    pub(super) fn shipping(
        &self,
        connection: &Connection,
        (unit, state): (&TravelerId, &TravelerState),
    ) -> Result<Shipping, LedgerError> {
        let mut known = Shipping::default();
        let judges = judges(connection)?;
        let mut known_to: BTreeMap<(LedgerId, u32), u64> = BTreeMap::new();
        for at in state.facts.keys() {
            if at.ledger == self.identity.ledger && at.seq > at_server(connection, at.epoch)? {
                known.unsent.push(at.clone());
                continue;
            }
            let key = (at.ledger.clone(), at.epoch);
            let to_seq = match known_to.get(&key) {
                Some(to_seq) => *to_seq,
                None => judged_to(connection, at)?,
            };
            known_to.insert(key, to_seq);
            // What the judge itself wrote is judged by nobody.
            if at.seq > to_seq && !judges.contains(at.ledger.as_str()) {
                known.unjudged.push(at.clone());
            }
            if let Some(why) = rejected(connection, at)? {
                known.rejected.push((at.clone(), why));
            }
        }
        let subject = Subject::Traveler(unit.clone());
        known.waiting = self.load(connection, &subject)?.waiting.len() as u64;
        for built in state.components().iter().filter(|built| built.stands()) {
            known.doubtful.extend(self.doubtful(connection, built)?);
        }
        Ok(known)
    }

    /// Why a component that is built in is in doubt now.
    fn doubtful(
        &self,
        connection: &Connection,
        built: &Built<'_>,
    ) -> Result<Option<String>, LedgerError> {
        let (part, number) = (built.part, built.identity);
        let made = built.entry.basis.as_ref().and_then(|basis| basis.made.clone());
        if let Some(made) = made {
            let folded = self.load(connection, &Subject::Traveler(made.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
            if let Some(how) = &state.ended {
                return Ok(Some(format!("{made} ended: {how}")));
            }
            let hold = state.open_holds().next();
            let why = hold.map(|(_, hold)| hold.placed.reason.words());
            return Ok(why.map(|why| format!("{made} is on hold: {why}")));
        }
        let Some(id) = MaterialId::parse(&format!("{part}/{number}")) else { return Ok(None) };
        let folded = self.load(connection, &Subject::Material(id))?;
        let StreamState::Material(state) = &folded.stream.state else { return Ok(None) };
        let blocked = state.blocked.as_ref();
        Ok(blocked.map(|block| format!("{part} {number} is blocked: {}", block.reason)))
    }
}

/// The ledgers that judgements come from.
fn judges(connection: &Connection) -> Result<BTreeSet<String>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT judge FROM judged_row")?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Up to which number the facts of a ledger are known here to be judged.
fn judged_to(connection: &Connection, at: &Position) -> Result<u64, LedgerError> {
    let sql = "SELECT to_seq FROM judged_row WHERE ledger = ?1 AND epoch = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((at.ledger.as_str(), at.epoch), |row| row.get(0));
    from_sql(found.optional()?.unwrap_or(0))
}

/// Why a fact was not accepted, where nobody let it go on.
fn rejected(connection: &Connection, at: &Position) -> Result<Option<Vec<String>>, LedgerError> {
    let sql = "SELECT reasons FROM review_row WHERE fact = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<String> =
        statement.query_row([at.to_string()], |row| row.get(0)).optional()?;
    let unreadable = |_| LedgerError::damaged("the reasons of a review are not readable");
    found.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
}
