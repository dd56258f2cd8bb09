//! Where a thing went: units that it is in, was measured on or made by, and what followed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::deviation::DeviationFact;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, PartId, RevisionId};
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traced::Traced;
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::views::thread::ThreadRow;

use super::super::{Asked, get, id_in};
use super::reach::{Reached, Touch, position_in, when};

/// A stream that names a thing, and the fact that did so first.
pub(super) struct Link {
    pub(super) subject: Subject,
    pub(super) fact: Position,
    pub(super) at: Timestamp,
}

impl Asked<'_> {
    pub(super) fn forward(self, of: &Traced) -> Result<Vec<ThreadRow>, LedgerError> {
        match of {
            Traced::Unit(unit) => self.unit_forward(unit),
            Traced::Order(order) => {
                let units = self.units_of_order(order.as_str())?;
                Ok(units.iter().map(unit_row).collect())
            }
            Traced::Material(_)
            | Traced::Component { .. }
            | Traced::Instruction(..)
            | Traced::Specification(..)
            | Traced::Characteristic(..)
            | Traced::Permit(_) => {
                let reached = self.reach(self.touched_by(of)?)?;
                Ok(reached.iter().map(unit_row).collect())
            }
            Traced::Gauge(gauge) => {
                let reached = self.reach(self.touched_by(of)?)?;
                let units = reached.iter().map(unit_row);
                Ok(self.lots_read_with(gauge)?.into_iter().chain(units).collect())
            }
            Traced::Person(_) | Traced::Place(_) => self.named_forward(of),
            Traced::Redline(_) => Ok(Vec::new()),
            Traced::Deviation(id) => {
                let subject = Subject::Deviation(id.clone());
                self.history(of, &subject, |stored| {
                    !matches!(
                        stored.fact.body,
                        FactBody::Deviation(DeviationFact::DeviationRaised(_))
                    )
                })
            }
        }
    }

    /// The units that a thing reached itself.
    pub(super) fn touched_by(self, of: &Traced) -> Result<Vec<Reached>, LedgerError> {
        Ok(match of {
            Traced::Material(id) => self.built_from(id.part.as_str(), id.lot.as_str(), true)?,
            Traced::Component { part, number } => self.built_from(part.as_str(), number, false)?,
            Traced::Unit(unit) => vec![self.itself(unit)?],
            Traced::Order(order) => self.units_of_order(order.as_str())?,
            Traced::Deviation(id) => {
                let units = self.unit_of_deviation(id.as_str())?;
                units.iter().map(|unit| self.itself(unit)).collect::<Result<_, _>>()?
            }
            Traced::Gauge(gauge) => {
                let on_pieces = self.pieces_with(gauge, (None, Timestamp::MAX), None)?;
                let mut units = self.units_naming(of)?;
                units.extend(self.of_lots_read(on_pieces.rows.iter())?);
                units
            }
            Traced::Person(_)
            | Traced::Place(_)
            | Traced::Instruction(..)
            | Traced::Specification(..)
            | Traced::Permit(_)
            | Traced::Characteristic(..) => self.units_naming(of)?,
            Traced::Redline(_) => Vec::new(),
        })
    }

    /// Lots of material of which pieces were read with a gauge, each with its first value.
    fn lots_read_with(self, gauge: &GaugeId) -> Result<Vec<ThreadRow>, LedgerError> {
        let mut rows = self.pieces_with(gauge, (None, Timestamp::MAX), None)?.rows;
        rows.sort_by(|one, other| (one.taken, &one.fact).cmp(&(other.taken, &other.fact)));
        let mut seen = BTreeSet::new();
        let lots = rows.into_iter().filter(|row| row.unit.is_none());
        let lots = lots.filter(|row| seen.insert(row.name_of_lot.clone()));
        let lots = lots.map(|row| ThreadRow {
            depth: 1,
            relation: words!("measured with"),
            traced: Traced::Material(MaterialId { part: row.part, lot: row.lot }),
            what: words!(
                "{name} of piece {piece} of {lot}",
                name = row.name,
                piece = row.piece,
                lot = row.name_of_lot
            ),
            standing: None,
            at: Some(row.taken),
            fact: row.fact.to_string(),
        });
        Ok(lots.collect())
    }

    /// A unit that is what it is about, from its first fact on.
    fn itself(self, unit: &TravelerId) -> Result<Reached, LedgerError> {
        let first = self.first_of(&Subject::Traveler(unit.clone()))?;
        let order = || self.first_of(&Subject::Order(unit.order.clone()));
        let first = first.map_or_else(order, |first| Ok(Some(first)))?;
        let (fact, at) =
            first.ok_or_else(|| LedgerError::damaged(format!("{unit} has no fact")))?;
        Ok(Reached {
            unit: unit.clone(),
            depth: 1,
            relation: words!("unit"),
            why: words!("itself"),
            by: None,
            taken_out: false,
            at,
            fact,
            touch: None,
        })
    }

    fn units_of_order(self, order: &str) -> Result<Vec<Reached>, LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row WHERE order_id = ?1 ORDER BY unit";
        let units = self.rows(sql, [order], |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })?;
        units.iter().map(|unit| self.itself(unit)).collect()
    }

    /// Everything that names a thing, each stream once.
    pub(super) fn links(self, of: &Traced) -> Result<Vec<Link>, LedgerError> {
        let sql = "SELECT l.subject, l.position, l.utc_ms FROM link_row l
                   LEFT JOIN traveler_row t ON t.subject = l.subject
                   WHERE l.kind = ?1 AND l.id = ?2 AND (?3 IS NULL OR t.part = ?3)";
        let part = if let Traced::Characteristic(part, _) = of { Some(part) } else { None };
        let part = part.map(ToString::to_string);
        let mut found = Vec::new();
        for (kind, id) in self.link_keys(of)? {
            let links = self.rows(sql, (kind, id, &part), |row| {
                let subject: String = get(row, "subject")?;
                let (fact, at) = (position_in(row)?, when(row)?);
                Ok(Subject::parse(&subject).map(|subject| Link { subject, fact, at }))
            })?;
            found.extend(links.into_iter().flatten());
        }
        Ok(found)
    }

    /// By what the index of names knows a thing.
    fn link_keys(self, of: &Traced) -> Result<Vec<(&'static str, String)>, LedgerError> {
        let hashes = |hashes: Vec<Hash>| {
            hashes.into_iter().map(|hash| ("definition", hash.to_string())).collect()
        };
        Ok(match of {
            Traced::Gauge(id) => vec![("gauge", id.to_string())],
            Traced::Person(id) => vec![("person", id.to_string())],
            Traced::Place(id) => vec![("place", id.to_string())],
            Traced::Permit(id) => vec![("permit", id.to_string())],
            Traced::Characteristic(_, id) => vec![("characteristic", id.to_string())],
            Traced::Instruction(id, revision) => {
                hashes(self.hashes(&Subject::Instruction(id.clone()), revision.as_ref())?)
            }
            Traced::Specification(part, revision) => {
                hashes(self.hashes(&Subject::Specification(part.clone()), revision.as_ref())?)
            }
            Traced::Unit(_)
            | Traced::Order(_)
            | Traced::Material(_)
            | Traced::Component { .. }
            | Traced::Deviation(_)
            | Traced::Redline(_) => Vec::new(),
        })
    }

    /// The compiled blobs of a definition's revision, or of all, the newest last.
    pub(in crate::ledger::query) fn hashes(
        self,
        subject: &Subject,
        revision: Option<&RevisionId>,
    ) -> Result<Vec<Hash>, LedgerError> {
        let sql = "SELECT hash FROM revision_row
                   WHERE subject = ?1 AND (?2 IS NULL OR revision = ?2) ORDER BY rank";
        let wanted = revision.map(ToString::to_string);
        self.rows(sql, (subject.to_string(), wanted), |row| Ok(Hash(row.get("hash")?)))
    }

    /// The units that name a thing, each with its first fact that does.
    fn units_naming(self, of: &Traced) -> Result<Vec<Reached>, LedgerError> {
        let relation = relation_of(of);
        let links = self.links(of)?.into_iter().filter_map(|link| {
            let Subject::Traveler(unit) = link.subject else { return None };
            Some(Reached {
                unit,
                depth: 1,
                relation: relation.clone(),
                why: words!("{relation} {of}", relation => relation.clone(), of => of.said()),
                by: None,
                taken_out: false,
                at: link.at,
                touch: Some(Touch { fact: link.fact.clone(), step: None }),
                fact: link.fact,
            })
        });
        let mut units: Vec<Reached> = links.collect();
        units.sort_by(|one, other| (one.at, &one.fact).cmp(&(other.at, &other.fact)));
        Ok(units)
    }

    fn named_forward(self, of: &Traced) -> Result<Vec<ThreadRow>, LedgerError> {
        let relation = relation_of(of);
        let mut rows = Vec::new();
        for link in self.links(of)? {
            let Some(traced) = traced_of(&link.subject).filter(|traced| traced != of) else {
                continue;
            };
            rows.push(ThreadRow {
                depth: 1,
                relation: relation.clone(),
                what: traced.said(),
                traced,
                standing: None,
                at: Some(link.at),
                fact: link.fact.to_string(),
            });
        }
        Ok(rows)
    }

    fn unit_forward(self, unit: &TravelerId) -> Result<Vec<ThreadRow>, LedgerError> {
        let mut start = self.itself(unit)?;
        start.depth = 0;
        let reached = self.reach(vec![start])?;
        let reached = reached.iter().filter(|reached| reached.depth > 0);
        let mut rows: Vec<ThreadRow> = reached.map(unit_row).collect();
        let subject = Subject::Traveler(unit.clone()).to_string();
        let sql = "SELECT deviation FROM deviation_unit WHERE subject = ?1 ORDER BY deviation";
        for id in self.rows(sql, [subject], |row| id_in(row, "deviation"))? {
            let subject = Subject::Deviation(id);
            let (Some(traced), Some((fact, at))) = (traced_of(&subject), self.first_of(&subject)?)
            else {
                continue;
            };
            rows.push(ThreadRow {
                depth: 1,
                relation: words!("deviation"),
                what: traced.said(),
                traced,
                standing: None,
                at: Some(at),
                fact: fact.to_string(),
            });
        }
        Ok(rows)
    }

    pub(super) fn unit_of_deviation(self, id: &str) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "SELECT subject FROM deviation_unit WHERE deviation = ?1 ORDER BY subject";
        self.rows(sql, [id], super::reach::unit_in)
    }

    /// The part that a unit is, as its stream says it.
    pub(super) fn part_of(self, unit: &TravelerId) -> Result<Option<PartId>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(unit.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        Ok(state.started.as_ref().map(|started| started.part.clone()))
    }
}

fn unit_row(reached: &Reached) -> ThreadRow {
    ThreadRow {
        depth: reached.depth,
        relation: reached.relation.clone(),
        traced: Traced::Unit(reached.unit.clone()),
        what: reached.why.clone(),
        standing: None,
        at: Some(reached.at),
        fact: reached.fact.to_string(),
    }
}

/// How a unit belongs to what it names.
fn relation_of(of: &Traced) -> Words {
    match of {
        Traced::Gauge(_) | Traced::Characteristic(..) => words!("measured with"),
        Traced::Person(_) => words!("worked on by"),
        Traced::Place(_) => words!("worked on at"),
        Traced::Permit(_) => words!("permitted by"),
        Traced::Instruction(..) | Traced::Specification(..) => words!("made by"),
        Traced::Material(_) | Traced::Component { .. } => words!("built into"),
        Traced::Unit(_) | Traced::Order(_) | Traced::Deviation(_) | Traced::Redline(_) => {
            words!("unit")
        }
    }
}

/// What a stream is of, as it is traced; none for what is not.
pub(super) fn traced_of(subject: &Subject) -> Option<Traced> {
    Some(match subject.clone() {
        Subject::Traveler(id) => Traced::Unit(id),
        Subject::Order(id) => Traced::Order(id),
        Subject::Instruction(id) => Traced::Instruction(id, None),
        Subject::Specification(id) => Traced::Specification(id, None),
        Subject::Gauge(id) => Traced::Gauge(id),
        Subject::Material(id) => Traced::Material(id),
        Subject::Person(id) => Traced::Person(id),
        Subject::Deviation(id) => Traced::Deviation(id),
        Subject::Place(id) => Traced::Place(id),
        Subject::Permit(id) => Traced::Permit(id),
        Subject::Redline(id) => Traced::Redline(id),
        Subject::Station(_)
        | Subject::Site(_)
        | Subject::Help(_)
        | Subject::Handover(_)
        | Subject::Series(_)
        | Subject::Newer(_) => return None,
    })
}
