//! What is known here of a serial or lot that is to be built in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;

use crate::domain::effectivity::Use;
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, PartId};
use crate::domain::material::MaterialId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::component::{Becomes, ComponentKnown, Made, SerialUse};
use crate::domain::traveler::component_name::{plain, spelled};

use super::effective::note_effective;
use super::error::LedgerError;
use super::store::Ledger;

/// The most units of one number that are looked at; more are as ambiguous as these.
const SAME_NUMBER_MAX: usize = 20;
/// The most uses of one serial that are looked at.
const USES_MAX: usize = 200;

/// Asks what is built into units or was taken out of them, also of units that were pruned. Each table is
/// asked by itself: what is looked for is found by an index only so.
pub(super) fn built_in(columns: &str, wanted: &str) -> String {
    let of = |table: &str, pruned: u8| {
        format!("SELECT {columns}, {pruned} AS pruned FROM {table} WHERE {wanted}")
    };
    format!("{} UNION ALL {}", of("component_row", 0), of("pruned_component", 1))
}

impl Ledger {
    /// Everything that decides whether this number may be built in as a part.
    pub fn component(&self, identity: &str, part: &PartId) -> Result<ComponentKnown, LedgerError> {
        self.component_known(&self.connection, identity, &[part.clone()].into())
    }

    /// Everything that decides whether this number may be built in as one of these parts.
    pub(super) fn component_known(
        &self,
        connection: &Connection,
        identity: &str,
        parts: &BTreeSet<PartId>,
    ) -> Result<ComponentKnown, LedgerError> {
        let identity = &spelling(connection, identity, parts)?;
        let mut known = ComponentKnown { identity: identity.clone(), ..ComponentKnown::default() };
        let sql = "SELECT part, lot FROM material_row WHERE lot = ?1 ORDER BY part";
        for (part, lot) in pairs(connection, sql, identity)? {
            let Some(id) = MaterialId::parse(&format!("{part}/{lot}")) else { continue };
            let folded = self.load(connection, &Subject::Material(id.clone()))?;
            if let StreamState::Material(state) = &folded.stream.state {
                known.materials.push((id, state.clone()));
            }
        }
        for unit in units_called(connection, identity, parts)? {
            let folded = self.load(connection, &Subject::Traveler(unit.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { continue };
            known.made.extend(Made::of(&unit, state, &self.pinned(connection, state)?));
        }
        // A unit of this plant is the same one by whatever name it was scanned.
        let made = known.made.iter().map(|made| Subject::Traveler(made.unit.clone()).to_string());
        let made = made.collect::<serde_json::Value>().to_string();
        for (there, pruned) in serials(connection, (identity, &made))? {
            // An order goes once its deviations are closed.
            if let Some((Becomes::Deviation(deviation), _)) = &there.removed
                && (pruned || self.is_closed(connection, deviation)?)
            {
                known.closed.insert(deviation.clone());
            }
            known.serials.push(there);
        }
        known.lots = pieces(connection, (identity, &made))?;
        Ok(known)
    }

    /// The parts of which an instruction in effect says that lots are inspected when they come in.
    pub(super) fn inspected(
        &self,
        connection: &Connection,
        today: Date,
    ) -> Result<BTreeSet<PartId>, LedgerError> {
        let sql = "SELECT DISTINCT subject FROM revision_row WHERE released IS NOT NULL";
        let mut statement = connection.prepare_cached(sql)?;
        let subjects = statement.query_map([], |row| row.get::<_, String>(0))?;
        let subjects: Vec<String> = subjects.collect::<Result<_, _>>()?;
        let (mut parts, mut effective) = (BTreeSet::new(), BTreeSet::new());
        for subject in subjects.iter().filter_map(|subject| Subject::parse(subject)) {
            if !matches!(subject, Subject::Instruction(_)) {
                continue;
            }
            let folded = self.load(connection, &subject)?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            note_effective(connection, &state.revisions, &mut effective)?;
            let wanted = Use { today, traveler: None };
            let revision = state.revisions.in_effect(&wanted, &effective);
            let Some(hash) = revision.map(|revision| revision.submitted.hash) else { continue };
            if let Some(text) = self.instruction(connection, &hash)?
                && text.rules.inspect.is_some()
            {
                parts.insert(text.part.clone());
            }
        }
        Ok(parts)
    }

    /// Every record by which a lot of material is built in and was not taken out again, with when.
    pub fn lot_built_in(
        &self,
        id: &MaterialId,
    ) -> Result<Vec<(TravelerId, Position, Timestamp)>, LedgerError> {
        let sql = "SELECT subject, position, utc_ms FROM component_row
                   WHERE identity = ?1 AND part = ?2 AND becomes IS NULL AND made IS NULL
                   ORDER BY subject, position";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query((id.lot.as_str(), id.part.as_str()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (subject, at): (String, String) = (row.get(0)?, row.get(1)?);
            let wrong = || LedgerError::damaged("where a lot is built in is not readable");
            let when = Timestamp::from_millisecond(row.get(2)?).map_err(|_| wrong())?;
            let at = Position::parse(&at).ok_or_else(wrong)?;
            if let Some(Subject::Traveler(unit)) = Subject::parse(&subject) {
                found.push((unit, at, when));
            }
        }
        Ok(found)
    }

    fn is_closed(
        &self,
        connection: &Connection,
        deviation: &DeviationId,
    ) -> Result<bool, LedgerError> {
        Ok(self.deviation_state(connection, deviation)?.is_some_and(|state| state.is_closed()))
    }
}

/// The units that a number names: `ORDER/UNIT`, or a unit's number alone.
fn units_called(
    connection: &Connection,
    identity: &str,
    parts: &BTreeSet<PartId>,
) -> Result<Vec<TravelerId>, LedgerError> {
    if let Some(id) = TravelerId::parse(identity) {
        return Ok(vec![id]);
    }
    let sql = "SELECT order_id || '/' || unit, part FROM traveler_row WHERE unit = ?1
               ORDER BY order_id";
    let named = pairs(connection, sql, identity)?.into_iter();
    let named = named.filter(|(_, part)| PartId::parse(part).is_ok_and(|p| parts.contains(&p)));
    let named = named.take(SAME_NUMBER_MAX);
    Ok(named.filter_map(|(unit, _)| TravelerId::parse(&unit)).collect())
}

/// How a number is spelled here: `PART/LOT` is the lot, `ORDER/UNIT` the unit's number where no other
/// unit of these parts has it, and capitals do not matter where that leaves one.
fn spelling(
    connection: &Connection,
    identity: &str,
    parts: &BTreeSet<PartId>,
) -> Result<String, LedgerError> {
    let text = plain(identity);
    if let Some((before, number)) = text.split_once('/') {
        let number = as_known(connection, number)?;
        let of_part = parts.iter().any(|part| part.as_str().eq_ignore_ascii_case(before));
        let named = units_called(connection, &number, parts)?;
        let only = matches!(named.as_slice(), [one] if one.to_string().eq_ignore_ascii_case(&text));
        if of_part || only {
            return Ok(number);
        }
    }
    as_known(connection, &text)
}

/// A number as goods-in, this plant or an earlier use spells it.
fn as_known(connection: &Connection, text: &str) -> Result<String, LedgerError> {
    let like = |sql| {
        let found = pairs(connection, sql, text)?.into_iter().map(|(number, _)| number);
        Ok::<BTreeSet<String>, LedgerError>(found.collect())
    };
    let mut noted = like("SELECT lot, part FROM material_row WHERE lot = ?1 COLLATE NOCASE")?;
    noted.extend(like("SELECT unit, part FROM traveler_row WHERE unit = ?1 COLLATE NOCASE")?);
    let mut used =
        like("SELECT DISTINCT identity, '' FROM component_row WHERE identity = ?1 COLLATE NOCASE")?;
    let sql =
        "SELECT DISTINCT identity, '' FROM pruned_component WHERE identity = ?1 COLLATE NOCASE";
    used.extend(like(sql)?);
    Ok(spelled(text, &noted, &used))
}

/// How many pieces of a lot are used, by part.
fn pieces(
    connection: &Connection,
    named: (&String, &String),
) -> Result<BTreeMap<PartId, u32>, LedgerError> {
    let wanted = "(identity = ?1 OR made IN (SELECT value FROM json_each(?2)))
                  AND by_lot AND becomes IS NOT '\"reusable\"'";
    let used = built_in("part, pieces", wanted);
    let sql = format!("SELECT part, sum(pieces) FROM ({used}) GROUP BY part");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named)?;
    let mut lots = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (part, used): (String, i64) = (row.get(0)?, row.get(1)?);
        if let Ok(part) = PartId::parse(&part) {
            lots.insert(part, u32::try_from(used).unwrap_or(u32::MAX));
        }
    }
    Ok(lots)
}

/// Where serials of a number are or were built in, each with whether its unit was pruned.
fn serials(
    connection: &Connection,
    named: (&String, &String),
) -> Result<Vec<(SerialUse, bool)>, LedgerError> {
    let wanted = "(identity = ?1 OR made IN (SELECT value FROM json_each(?2))) AND NOT by_lot";
    let uses = built_in("subject, part, becomes, removed_ms, position", wanted);
    let sql = format!(
        "SELECT subject, part, becomes, removed_ms, pruned FROM ({uses}) ORDER BY subject, position"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named)?;
    let mut uses = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, part): (String, String) = (row.get(0)?, row.get(1)?);
        let (becomes, ms): (Option<String>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let (Some(Subject::Traveler(unit)), Ok(part)) =
            (Subject::parse(&subject), PartId::parse(&part))
        else {
            continue;
        };
        let wrong = || LedgerError::damaged("what becomes of a component is not readable");
        let removed = match becomes.zip(ms) {
            None => None,
            Some((becomes, ms)) => {
                let becomes = serde_json::from_str(&becomes).map_err(|_| wrong())?;
                Some((becomes, Timestamp::from_millisecond(ms).map_err(|_| wrong())?))
            }
        };
        uses.push((SerialUse { unit, part, removed }, row.get(4)?));
        if uses.len() >= USES_MAX {
            break;
        }
    }
    Ok(uses)
}

fn pairs(
    connection: &Connection,
    sql: &str,
    key: &str,
) -> Result<Vec<(String, String)>, LedgerError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| row.map_err(Into::into)).collect()
}
