//! Facts that are carried over into another epoch, or into another station's ledger: what happened is
//! said again at another position, because at its own one another fact stands at the server.
//!
//! A position that was given away twice (a store restored from a backup, a disk image put to work
//! twice) is the server's. What was saved here under it keeps its moment, its people and its words, and
//! gets a new position; whatever else of the same run names it, names it by the new one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fact::{Fact, FactError, Position};
use super::hash::Hash;
use super::positions::Positions;
use super::stream::Subject;

/// Which run of facts was carried over to the positions that follow the one that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Where the first of them stood.
    pub from: Position,
    /// The number of the last.
    pub to_seq: u64,
    /// SHA-256 over the ids that they had, in order.
    pub digest: Hash,
}

/// A run of facts of one epoch, and where the first of them is said again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Where the first of them stood.
    pub from: Position,
    /// The number of the last.
    pub to_seq: u64,
    /// Where the first of them stands then.
    pub onto: Position,
}

impl Run {
    fn moved(&self, at: &Position) -> Option<Position> {
        let same = (&at.ledger, at.epoch) == (&self.from.ledger, self.from.epoch);
        let within = same && (self.from.seq..=self.to_seq).contains(&at.seq);
        within.then(|| self.onto.plus(at.seq - self.from.seq))
    }
}

/// What runs of facts become.
#[derive(Debug, Clone)]
pub struct Carrying {
    runs: Vec<Run>,
    /// Numbers that were given in the run and are given anew: what stands there elsewhere is another.
    pub renamed: BTreeMap<String, String>,
}

impl Carrying {
    /// Carries runs over, each to the positions from another one on.
    pub fn new(runs: Vec<Run>) -> Self {
        Self { runs, renamed: BTreeMap::new() }
    }

    /// Where a fact of the runs stands then; none for any other.
    pub fn moved(&self, at: &Position) -> Option<Position> {
        self.runs.iter().find_map(|run| run.moved(at))
    }

    /// Gives anew the number under which a fact of the run begins a stream, such as that of a
    /// deviation: as the station writes its numbers, with the letter of its epoch.
    pub fn renumber(&mut self, fact: &Fact, (station, letter): (&str, &str)) {
        let Some(number) = number_of(&fact.subject).filter(|_| fact.head.after.is_empty()) else {
            return;
        };
        let Some((mark, _)) = number.split_once('-') else { return };
        let given = self.renamed.values().filter(|new| new.split('-').next() == Some(mark));
        let new = format!("{mark}-{station}-{letter}{:04}", given.count() + 1);
        self.renamed.entry(number).or_insert(new);
    }

    /// The fact as it is said at its new position. `id_of` tells the ids of facts, those already
    /// carried over by their new positions.
    pub fn carry(
        &self,
        bytes: &str,
        id_of: &dyn Fn(&Position) -> Option<Hash>,
    ) -> Result<Fact, FactError> {
        let malformed = |error: serde_json::Error| FactError::Malformed(error.to_string());
        let at = Fact::read(bytes)?.head.position;
        let elsewhere = || FactError::Malformed(format!("{at} is not carried over"));
        let onto = self.moved(&at).ok_or_else(elsewhere)?;
        let mut value: Value = serde_json::from_str(bytes).map_err(malformed)?;
        self.say_anew(&mut value, id_of);
        value["ledger"] = onto.ledger.to_string().into();
        value["epoch"] = onto.epoch.into();
        value["seq"] = onto.seq.into();
        Fact::read(&serde_json::to_string(&value).map_err(malformed)?)
    }

    fn say_anew(&self, value: &mut Value, id_of: &dyn Fn(&Position) -> Option<Hash>) {
        match value {
            Value::String(text) => {
                if let Some(new) = self.text_anew(text) {
                    *text = new;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.say_anew(item, id_of)),
            Value::Object(fields) => {
                if let Some(new) = self.positions_anew(fields) {
                    *value = new;
                    return;
                }
                fields.values_mut().for_each(|field| self.say_anew(field, id_of));
                digest_anew(fields, id_of);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text_anew(&self, text: &str) -> Option<String> {
        if let Some(at) = Position::parse(text) {
            return self.moved(&at).map(|at| at.to_string());
        }
        if let Some(new) = self.renamed.get(text) {
            return Some(new.clone());
        }
        let (kind, number) = text.split_once('/')?;
        self.renamed.get(number).map(|new| format!("{kind}/{new}"))
    }

    /// A set of positions, where it is one and names any of the run.
    fn positions_anew(&self, fields: &Map<String, Value>) -> Option<Value> {
        let of = |run: &Run| format!("{}.{}", run.from.ledger, run.from.epoch);
        self.runs.iter().find(|run| fields.contains_key(&of(run)))?;
        let set: Positions = serde_json::from_value(Value::Object(fields.clone())).ok()?;
        let moved: Positions =
            set.iter().map(|at| self.moved(&at).unwrap_or(at)).collect::<Positions>();
        serde_json::to_value(moved).ok()
    }
}

/// The digest of what a signature covers, over the ids that its facts have now.
fn digest_anew(fields: &mut Map<String, Value>, id_of: &dyn Fn(&Position) -> Option<Hash>) {
    let (Some(facts), Some(Value::String(_))) = (fields.get("facts"), fields.get("digest")) else {
        return;
    };
    let Ok(covered) = serde_json::from_value::<Positions>(facts.clone()) else { return };
    let ids: Option<Vec<Hash>> = covered.iter().map(|at| id_of(&at)).collect();
    // What covers a fact that is not here is said as it was: whoever has all of them can tell.
    let Some(ids) = ids else { return };
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id.0[..]).collect();
    fields.insert("digest".to_owned(), Hash::of(&ids).to_string().into());
}

/// The number by which a station named a stream itself.
fn number_of(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Deviation(id) => Some(id.to_string()),
        Subject::Help(id) => Some(id.to_string()),
        Subject::Handover(id) => Some(id.to_string()),
        Subject::Permit(id) => Some(id.to_string()),
        Subject::Redline(id) => Some(id.to_string()),
        Subject::Traveler(_)
        | Subject::Order(_)
        | Subject::Instruction(_)
        | Subject::Specification(_)
        | Subject::Gauge(_)
        | Subject::Material(_)
        | Subject::Person(_)
        | Subject::Place(_)
        | Subject::Station(_)
        | Subject::Site(_)
        | Subject::Series(_)
        | Subject::Newer(_) => None,
    }
}
