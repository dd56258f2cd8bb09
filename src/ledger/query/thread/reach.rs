//! What a unit went into: units that contain it at any depth, and lots that were split off.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::fact::Position;
use crate::domain::ids::StepId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::component::Becomes;
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;

use super::super::{Asked, get, id_in, moment_in};

/// The act by which a unit was reached: whether a lot that was split off has it too is told by it.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    /// The fact.
    pub(super) fact: Position,
    /// The step in which it was done, where it was in one.
    pub(super) step: Option<(u32, StepId)>,
}

/// A unit that something reached.
#[derive(Debug, Clone)]
pub(super) struct Reached {
    pub(super) unit: TravelerId,
    /// 1 where it was reached itself.
    pub(super) depth: u32,
    /// How, in a word.
    pub(super) relation: Words,
    /// How, in words.
    pub(super) why: Words,
    /// The unit that it contains or was split off.
    pub(super) by: Option<TravelerId>,
    /// Whether what reached it was taken out again.
    pub(super) taken_out: bool,
    pub(super) at: Timestamp,
    /// The fact that says so.
    pub(super) fact: Position,
    /// What reached its pieces, and when along its stream; none where all of it is meant.
    pub(super) touch: Option<Touch>,
}

impl Asked<'_> {
    /// These units and every one that they went into, each once: nearest first, and what was taken
    /// out again only where there is no other way.
    pub(super) fn reach(self, seeds: Vec<Reached>) -> Result<Vec<Reached>, LedgerError> {
        let (out, inside): (Vec<_>, Vec<_>) = seeds.into_iter().partition(|seed| seed.taken_out);
        let (mut open, mut later) = (VecDeque::from(inside), VecDeque::from(out));
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some(reached) = open.pop_front().or_else(|| later.pop_front()) {
            if !seen.insert(reached.unit.clone()) {
                continue;
            }
            for next in self.went_into(&reached)? {
                if next.taken_out { later.push_back(next) } else { open.push_back(next) }
            }
            found.push(reached);
        }
        Ok(found)
    }

    /// The units that contain this one or were split off it.
    pub(super) fn went_into(self, from: &Reached) -> Result<Vec<Reached>, LedgerError> {
        let mut found = self.containing(from)?;
        let subject = Subject::Traveler(from.unit.clone()).to_string();
        let sql = "SELECT subject, position, utc_ms FROM split_row WHERE origin = ?1";
        let splits =
            self.rows(sql, [subject], |row| Ok((unit_in(row)?, position_in(row)?, when(row)?)))?;
        for (unit, fact, at) in splits {
            if self.may_have(&unit, from)? {
                found.push(Reached {
                    unit,
                    depth: from.depth + 1,
                    relation: words!("split off"),
                    why: words!("split off {unit}", unit = from.unit),
                    by: Some(from.unit.clone()),
                    taken_out: from.taken_out,
                    at,
                    fact,
                    touch: from.touch.clone(),
                });
            }
        }
        Ok(found)
    }

    /// The units that this one is or was built into; also where a station built it in by its number
    /// before it knew what this plant makes.
    fn containing(self, from: &Reached) -> Result<Vec<Reached>, LedgerError> {
        let subject = Subject::Traveler(from.unit.clone()).to_string();
        let part = self.unit_now(&from.unit)?.part.map(|part| part.to_string());
        let columns = "subject, position, operation, step, utc_ms, becomes";
        let sql = format!(
            "SELECT {columns}, 0 AS by_number FROM component_row WHERE made = ?1
             UNION ALL SELECT {columns}, 1 FROM component_row
             WHERE identity IN (?2, ?3) AND part = ?4 AND made IS NULL"
        );
        let named = (subject, from.unit.unit.as_str(), from.unit.to_string(), part);
        self.rows(&sql, named, |row| {
            let mut reached = built_in(row, &from.unit.to_string())?;
            reached.depth = from.depth + 1;
            reached.by = Some(from.unit.clone());
            if from.taken_out && !reached.taken_out {
                reached.taken_out = true;
            }
            if get::<bool>(row, "by_number")? {
                reached.why = words!("{why}, by its number alone", why => reached.why);
            }
            Ok(reached)
        })
    }

    /// Every unit that a number of a part is or was built into.
    pub(super) fn built_from(
        self,
        part: &str,
        number: &str,
        lots_only: bool,
    ) -> Result<Vec<Reached>, LedgerError> {
        let sql = "SELECT subject, position, operation, step, utc_ms, becomes FROM component_row
                   WHERE identity = ?1 AND part = ?2 AND (by_lot OR NOT ?3)
                   ORDER BY utc_ms, position";
        self.rows(sql, (number, part, lots_only), |row| built_in(row, number))
    }

    /// Whether pieces that were split off had that which reached their lot. What cannot be proven to
    /// have come later counts as had: two stations' acts have no order that a clock could tell.
    fn may_have(self, split: &TravelerId, from: &Reached) -> Result<bool, LedgerError> {
        let Some(touch) = &from.touch else { return Ok(true) };
        let folded = self.ledger.load(self.connection, &Subject::Traveler(split.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(true) };
        if touch.step.as_ref().is_some_and(|step| state.lot.closed.contains_key(step)) {
            return Ok(true);
        }
        let whole = self.ledger.load(self.connection, &Subject::Traveler(from.unit.clone()))?;
        let StreamState::Traveler(whole) = &whole.stream.state else { return Ok(true) };
        let mut off = state.lot.origins.iter().filter(|origin| origin.what.from == from.unit);
        Ok(!off.any(|origin| whole.left_by(&origin.what.split, &touch.fact)))
    }
}

/// A component's row: the unit that it is in.
fn built_in(row: &Row<'_>, what: &str) -> Result<Reached, LedgerError> {
    let (operation, step): (u32, StepId) = (get(row, "operation")?, id_in(row, "step")?);
    let becomes: Option<String> = get(row, "becomes")?;
    let unreadable = |_| LedgerError::damaged("what becomes of a component is not readable");
    let becomes: Option<Becomes> =
        becomes.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()?;
    let fact = position_in(row)?;
    let at_step = format!("{operation} {step}");
    let (relation, why) = match &becomes {
        Some(becomes) => (
            words!("was in"),
            words!(
                "{what} built in at {step}, taken out: {becomes}",
                what,
                step = at_step,
                becomes => becomes.words()
            ),
        ),
        None => (words!("built into"), words!("{what} built in at {step}", what, step = at_step)),
    };
    Ok(Reached {
        unit: unit_in(row)?,
        depth: 1,
        relation,
        why,
        by: None,
        taken_out: becomes.is_some(),
        at: when(row)?,
        touch: Some(Touch { fact: fact.clone(), step: Some((operation, step)) }),
        fact,
    })
}

pub(super) fn unit_in(row: &Row<'_>) -> Result<TravelerId, LedgerError> {
    let subject: String = get(row, "subject")?;
    match Subject::parse(&subject) {
        Some(Subject::Traveler(unit)) => Ok(unit),
        _ => Err(LedgerError::damaged(format!("{subject} is no unit"))),
    }
}

pub(super) fn position_in(row: &Row<'_>) -> Result<Position, LedgerError> {
    let text: String = get(row, "position")?;
    Position::parse(&text).ok_or_else(|| LedgerError::damaged(format!("{text} is no position")))
}

pub(super) fn when(row: &Row<'_>) -> Result<Timestamp, LedgerError> {
    moment_in(row, "utc_ms")?.ok_or_else(|| LedgerError::damaged("a row has no time"))
}
