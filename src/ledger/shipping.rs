//! What is known here around a unit that is to be shipped: at the server, judged, its components.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, LedgerId};
use crate::domain::material::MaterialId;
use crate::domain::prune::JudgedRuns;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::HoldReason;
use crate::domain::traveler::kin::{Before, Kin};
use crate::domain::traveler::shipped::Shipping;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;

use super::append::{from_sql, key, to_sql};
use super::component::built_in;
use super::error::LedgerError;
use super::seals::at_server;
use super::store::Ledger;

impl Ledger {
    /// Everything around a unit that its own stream does not say; of a lot that was split off also what
    /// was recorded on its pieces before.
    pub(super) fn shipping(
        &self,
        connection: &Connection,
        (unit, state): (&TravelerId, &TravelerState),
        kin: &Kin,
    ) -> Result<Shipping, LedgerError> {
        let mut known = Shipping::default();
        let judges = judges(connection)?;
        let own: Vec<&Position> = state.facts.keys().collect();
        self.note_facts(connection, (unit, &own), &judges, &mut known)?;
        for before in state.lots_before(kin) {
            let theirs = |at: &&Position| !before.had_left(at);
            let facts: Vec<&Position> = before.state.facts.keys().filter(theirs).collect();
            self.note_facts(connection, (before.lot, &facts), &judges, &mut known)?;
            note_not_accepted(&before, &mut known);
        }
        for (inside, state) in self.inside(connection, unit, state)? {
            let facts: Vec<&Position> = state.facts.keys().collect();
            self.note_facts(connection, (&inside, &facts), &judges, &mut known)?;
        }
        known.doubtful = self.doubtful(connection, (unit, state), None)?;
        known.built_into = built_into(connection, unit)?.into_iter().next().map(|(unit, _)| unit);
        Ok(known)
    }

    /// Why components of a unit are in doubt, as known here, by the texts that are at hand.
    pub fn doubtful_inside(
        &self,
        (unit, state): (&TravelerId, &TravelerState),
        texts: &Instructions,
    ) -> Result<Vec<String>, LedgerError> {
        self.doubtful(&self.connection, (unit, state), Some(texts))
    }

    /// The deviations that concern a unit, also where they hold nothing.
    pub fn deviations_naming(
        &self,
        unit: &TravelerId,
    ) -> Result<BTreeMap<DeviationId, DeviationState>, LedgerError> {
        self.deviations_of(&self.connection, unit)
    }

    /// The units that a unit is built into, and since when.
    pub fn built_into(
        &self,
        unit: &TravelerId,
    ) -> Result<Vec<(TravelerId, Timestamp)>, LedgerError> {
        built_into(&self.connection, unit)
    }

    /// What of these facts of a unit is not at the server, not judged, or not accepted.
    fn note_facts(
        &self,
        connection: &Connection,
        (unit, facts): (&TravelerId, &[&Position]),
        judges: &BTreeSet<String>,
        known: &mut Shipping,
    ) -> Result<(), LedgerError> {
        for at in facts.iter().copied() {
            if at.ledger == self.identity.ledger && at.seq > at_server(connection, at.epoch)? {
                known.unsent.push(at.clone());
                continue;
            }
            // What the judge itself wrote is judged by nobody.
            if !judges.contains(at.ledger.as_str()) && !is_judged(connection, at)? {
                known.unjudged.push(at.clone());
            }
            // What people answered at another station is known to that one and to the judge alone;
            // here the unit's own holds tell.
            let own = &self.identity.ledger;
            let answers_come = at.ledger == *own || judges.contains(own.as_str());
            if let Some(why) = rejected(connection, at)?.filter(|_| answers_come) {
                known.rejected.push((at.clone(), why));
            }
        }
        let subject = Subject::Traveler(unit.clone());
        known.waiting += self.load(connection, &subject)?.waiting.len() as u64;
        Ok(())
    }

    /// Every unit of this plant that is built into a unit, or into one of those.
    fn inside(
        &self,
        connection: &Connection,
        unit: &TravelerId,
        state: &TravelerState,
    ) -> Result<Vec<(TravelerId, TravelerState)>, LedgerError> {
        let mut seen = BTreeSet::from([unit.clone()]);
        let mut open = state.units_inside();
        let mut found = Vec::new();
        while let Some(unit) = open.pop() {
            if !seen.insert(unit.clone()) {
                continue;
            }
            let folded = self.load(connection, &Subject::Traveler(unit.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { continue };
            open.extend(state.units_inside());
            found.push((unit, state.clone()));
        }
        Ok(found)
    }

    /// Why components are in doubt now: those of this plant at any depth, and bought-in lots. Where
    /// texts are given, an operation of which none is at hand is not looked at.
    fn doubtful(
        &self,
        connection: &Connection,
        (unit, state): (&TravelerId, &TravelerState),
        texts: Option<&Instructions>,
    ) -> Result<Vec<String>, LedgerError> {
        let inside = self.inside(connection, unit, state)?;
        let mut found = Vec::new();
        for (id, state) in &inside {
            let closed = match texts {
                Some(texts) => state.closed_as_read(texts),
                None => state.finished(&self.pinned(connection, state)?),
            };
            let mut open: Vec<DeviationId> = Vec::new();
            for deviation in state.deviations() {
                let known = self.deviation_state(connection, deviation)?;
                if !known.is_some_and(|known| known.is_closed()) {
                    open.push(deviation.clone());
                }
            }
            found.extend(state.in_doubt(id, closed, &open));
        }
        for state in [state].into_iter().chain(inside.iter().map(|(_, state)| state)) {
            found.extend(self.blocked(connection, state)?);
        }
        Ok(found)
    }

    /// Bought-in lots of a unit that are blocked.
    fn blocked(
        &self,
        connection: &Connection,
        state: &TravelerState,
    ) -> Result<Vec<String>, LedgerError> {
        let mut found = Vec::new();
        for built in state.components().iter().filter(|b| b.stands() && b.made().is_none()) {
            let (part, number) = (built.part, built.identity);
            let Some(id) = MaterialId::parse(&format!("{part}/{number}")) else { continue };
            let folded = self.load(connection, &Subject::Material(id))?;
            let StreamState::Material(state) = &folded.stream.state else { continue };
            let blocked = state.blocked();
            found.extend(blocked.map(|b| format!("{part} {number} is blocked: {}", b.reason)));
        }
        Ok(found)
    }
}

/// What the judge holds a lot for that was recorded on pieces before they were split off it: their own lot
/// is on no hold for that.
fn note_not_accepted(before: &Before<'_>, known: &mut Shipping) {
    for hold in before.holds() {
        let HoldReason::Judged { fact, reasons } = &hold.placed.reason else { continue };
        if !known.rejected.iter().any(|(at, _)| at == fact) {
            known.rejected.push((fact.clone(), reasons.clone()));
        }
    }
}

fn built_into(
    connection: &Connection,
    unit: &TravelerId,
) -> Result<Vec<(TravelerId, Timestamp)>, LedgerError> {
    let sql = built_in("subject, utc_ms", "made = ?1 AND becomes IS NULL") + " ORDER BY utc_ms";
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([Subject::Traveler(unit.clone()).to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, ms): (String, i64) = (row.get(0)?, row.get(1)?);
        let wrong = |_| LedgerError::damaged("a component has no moment");
        let when = Timestamp::from_millisecond(ms).map_err(wrong)?;
        if let Some(Subject::Traveler(unit)) = Subject::parse(&subject) {
            found.push((unit, when));
        }
    }
    Ok(found)
}

/// The ledgers that judgements come from.
pub(super) fn judges(connection: &Connection) -> Result<BTreeSet<String>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT judge FROM judged_row")?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Every fact that is known here to be judged.
pub(super) fn judged(connection: &Connection) -> Result<JudgedRuns, LedgerError> {
    let sql = "SELECT ledger, epoch, from_seq, to_seq FROM judged_row";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut runs = JudgedRuns::default();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        let wrong = |_| LedgerError::damaged("a judgement names no ledger");
        let ledger = LedgerId::parse(&text).map_err(wrong)?;
        let from = Position { ledger, epoch: row.get(1)?, seq: from_sql(row.get(2)?)? };
        runs.add(&from, from_sql(row.get(3)?)?);
    }
    Ok(runs)
}

/// Whether a fact is known here to be judged.
fn is_judged(connection: &Connection, at: &Position) -> Result<bool, LedgerError> {
    let sql = "SELECT to_seq FROM judged_row
               WHERE ledger = ?1 AND epoch = ?2 AND from_seq <= ?3
               ORDER BY from_seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let run: Option<i64> = statement.query_row(key(at), |row| row.get(0)).optional()?;
    Ok(run.is_some_and(|to_seq| to_sql(at.seq) <= to_seq))
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
