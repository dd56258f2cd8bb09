//! What a thing is made of and rests on: components and their own, lots, definitions, gauges, people.

use std::collections::{BTreeSet, VecDeque};

use rusqlite::Row;

use crate::domain::deviation::DeviationFact;
use crate::domain::hash::Hash;
use crate::domain::ids::{PartId, RevisionId};
use crate::domain::inspection::series::SeriesId;
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialId;
use crate::domain::revision::{InstructionFact, Revisions, SpecificationFact};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traced::Traced;
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::ledger::streams::Stored;
use crate::views::inspection::LotView;
use crate::views::thread::ThreadRow;

use super::super::{Asked, get, id_in};
use super::reach::{position_in, unit_in, when};

impl Asked<'_> {
    pub(super) fn back(self, of: &Traced) -> Result<Vec<ThreadRow>, LedgerError> {
        let every = |_: &Stored| true;
        match of {
            Traced::Unit(unit) => self.unit_back(unit),
            Traced::Order(id) => self.history(of, &Subject::Order(id.clone()), every),
            Traced::Material(id) => self.history(of, &Subject::Material(id.clone()), every),
            // Nothing is known of where it came from but the number on it.
            Traced::Component { .. } => Ok(Vec::new()),
            Traced::Gauge(id) => self.history(of, &Subject::Gauge(id.clone()), every),
            Traced::Person(id) => self.history(of, &Subject::Person(id.clone()), is_about_person),
            Traced::Place(id) => self.history(of, &Subject::Place(id.clone()), every),
            Traced::Permit(id) => self.history(of, &Subject::Permit(id.clone()), every),
            Traced::Redline(id) => self.history(of, &Subject::Redline(id.clone()), every),
            Traced::Instruction(id, revision) => {
                let subject = Subject::Instruction(id.clone());
                self.history(of, &subject, |stored| is_of_revision(stored, revision.as_ref()))
            }
            Traced::Specification(part, revision) => {
                let subject = Subject::Specification(part.clone());
                self.history(of, &subject, |stored| is_of_revision(stored, revision.as_ref()))
            }
            Traced::Characteristic(part, _) => self.specified_by(part),
            Traced::Deviation(id) => {
                let mut rows = self.history(of, &Subject::Deviation(id.clone()), |stored| {
                    matches!(
                        stored.fact.body,
                        FactBody::Deviation(DeviationFact::DeviationRaised(_))
                    )
                })?;
                for unit in self.unit_of_deviation(id.as_str())? {
                    let raised = rows.first().cloned();
                    rows.extend(raised.map(|row| ThreadRow {
                        relation: words!("raised on"),
                        what: Traced::Unit(unit.clone()).said(),
                        traced: Traced::Unit(unit),
                        ..row
                    }));
                }
                Ok(rows)
            }
        }
    }

    /// The revisions of the specification in which a characteristic stands.
    fn specified_by(self, part: &PartId) -> Result<Vec<ThreadRow>, LedgerError> {
        let subject = Subject::Specification(part.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Specification(state) = &folded.stream.state else {
            return Ok(Vec::new());
        };
        let rows = state.revisions.list.iter().map(|known| {
            let revision = known.submitted.revision.clone();
            ThreadRow {
                depth: 1,
                relation: words!("specified by"),
                what: Words::given(&known.submitted.title),
                traced: Traced::Specification(part.clone(), Some(revision)),
                standing: None,
                at: None,
                fact: known.at.0.to_string(),
            }
        });
        Ok(rows.collect())
    }

    /// What a unit is made of, at any depth, and what it was made by, with and at.
    fn unit_back(self, unit: &TravelerId) -> Result<Vec<ThreadRow>, LedgerError> {
        let (mut rows, mut seen) = (Vec::new(), BTreeSet::from([unit.clone()]));
        let mut open = VecDeque::from([(unit.clone(), 0)]);
        while let Some((of, depth)) = open.pop_front() {
            let mut parts = self.made_of(&of, depth + 1)?;
            parts.extend(self.came_from(&of, depth + 1)?);
            for row in parts {
                if let Traced::Unit(inner) = &row.traced
                    && seen.insert(inner.clone())
                {
                    open.push_back((inner.clone(), depth + 1));
                }
                rows.push(row);
            }
        }
        rows.extend(self.rests_on(unit)?);
        rows.extend(self.inspected_by(unit)?);
        Ok(rows)
    }

    /// The components of a unit, also those that were taken out.
    fn made_of(self, unit: &TravelerId, depth: u32) -> Result<Vec<ThreadRow>, LedgerError> {
        let sql = "SELECT c.*, (SELECT min(t.subject) FROM traveler_row t
                    WHERE c.made IS NULL AND t.part = c.part
                    AND (t.unit = c.identity OR t.subject = 'traveler/' || c.identity)) AS named,
                EXISTS (SELECT 1 FROM material_row m
                    WHERE m.lot = c.identity AND m.part = c.part) AS bought
            FROM component_row c WHERE c.subject = ?1 ORDER BY c.utc_ms, c.position";
        let subject = Subject::Traveler(unit.clone()).to_string();
        self.rows(sql, [subject], |row| {
            let traced = component(row)?;
            let (operation, step): (u32, String) = (get(row, "operation")?, get(row, "step")?);
            let (part, number): (String, String) = (get(row, "part")?, get(row, "identity")?);
            let out = get::<Option<String>>(row, "becomes")?.is_some();
            let pieces: u32 = get(row, "pieces")?;
            let mut component = Words::given(format_args!("{part} {number}"));
            if pieces != 1 {
                component = words!("{pieces} of {component}", pieces, component => component);
            }
            Ok(ThreadRow {
                depth,
                relation: if out { words!("taken out") } else { words!("built in") },
                traced,
                what: words!(
                    "{component} at {operation} {step} of {unit}",
                    component => component,
                    operation,
                    step,
                    unit
                ),
                standing: None,
                at: Some(when(row)?),
                fact: position_in(row)?.to_string(),
            })
        })
    }

    /// The lots that the pieces were of.
    fn came_from(self, unit: &TravelerId, depth: u32) -> Result<Vec<ThreadRow>, LedgerError> {
        let sql = "SELECT origin AS subject, position, utc_ms FROM split_row WHERE subject = ?1";
        let subject = Subject::Traveler(unit.clone()).to_string();
        self.rows(sql, [subject], |row| {
            let origin = unit_in(row)?;
            Ok(ThreadRow {
                depth,
                relation: words!("split off"),
                what: words!("{unit} was split off {origin}", unit, origin),
                standing: None,
                traced: Traced::Unit(origin),
                at: Some(when(row)?),
                fact: position_in(row)?.to_string(),
            })
        })
    }

    /// Every inspection of a lot of own production: by what, what was found, what was decided.
    fn inspected_by(self, unit: &TravelerId) -> Result<Vec<ThreadRow>, LedgerError> {
        let Some(part) = self.part_of(unit)? else { return Ok(Vec::new()) };
        let series = self.series(&SeriesId::own(part))?;
        let lots = series.into_iter().flat_map(|series| series.lots);
        let lots = lots.filter(|lot| lot.unit.as_ref() == Some(unit));
        let row = |lot: LotView| {
            let stands = Words::plain(lot.stands.words());
            let said = [stands, lot.plan(), lot.found()].into_iter();
            let said = said.chain(lot.decided).chain(lot.disposed);
            ThreadRow {
                depth: 1,
                relation: words!("inspected by"),
                traced: Traced::Instruction(lot.instruction, Some(lot.revision)),
                what: Words::listed(said, "{these}; {one}"),
                standing: None,
                at: Some(lot.at),
                fact: lot.opened.to_string(),
            }
        };
        Ok(lots.map(row).collect())
    }

    /// What a unit names: its order, definitions, gauges, places and people.
    fn rests_on(self, unit: &TravelerId) -> Result<Vec<ThreadRow>, LedgerError> {
        let subject = Subject::Traveler(unit.clone()).to_string();
        let part = self.part_of(unit)?;
        let sql = "SELECT kind, id, position, utc_ms FROM link_row WHERE subject = ?1";
        let links = self.rows(sql, [&subject], |row| {
            let (kind, id): (String, String) = (get(row, "kind")?, get(row, "id")?);
            Ok((kind, id, position_in(row)?, when(row)?))
        })?;
        let mut rows = Vec::new();
        for (kind, id, fact, at) in links {
            let named = match kind.as_str() {
                "definition" => (words!("made by"), self.defined_by(&id)?),
                "characteristic" => {
                    let of = part.as_ref().map(|part| format!("characteristic/{part}/{id}"));
                    (words!("measured for"), of.and_then(|of| Traced::parse(&of)))
                }
                "gauge" => (words!("measured with"), Traced::parse(&format!("gauge/{id}"))),
                "place" => (words!("worked on at"), Traced::parse(&format!("place/{id}"))),
                "permit" => (words!("permitted by"), Traced::parse(&format!("permit/{id}"))),
                _ => (words!("worked on by"), Traced::parse(&format!("{kind}/{id}"))),
            };
            let (relation, Some(traced)) = named else { continue };
            rows.push(ThreadRow {
                depth: 1,
                relation,
                what: if let Traced::Person(person) = &traced {
                    Words::given(self.name(Some(person))?)
                } else {
                    traced.said()
                },
                traced,
                standing: None,
                at: Some(at),
                fact: fact.to_string(),
            });
        }
        if let Some((fact, at)) = self.first_of(&Subject::Order(unit.order.clone()))? {
            rows.push(ThreadRow {
                depth: 1,
                relation: words!("ordered by"),
                traced: Traced::Order(unit.order.clone()),
                what: Traced::Order(unit.order.clone()).said(),
                standing: None,
                at: Some(at),
                fact: fact.to_string(),
            });
        }
        Ok(rows)
    }

    /// The revision that a compiled blob is.
    fn defined_by(self, hash: &str) -> Result<Option<Traced>, LedgerError> {
        let Some(hash) = Hash::parse(hash) else { return Ok(None) };
        let sql = "SELECT subject, revision FROM revision_row WHERE hash = ?1 LIMIT 1";
        let found = self.rows(sql, [hash.0], |row| {
            let subject: String = get(row, "subject")?;
            let revision: RevisionId = id_in(row, "revision")?;
            Ok(match Subject::parse(&subject) {
                Some(Subject::Instruction(id)) => Some(Traced::Instruction(id, Some(revision))),
                Some(Subject::Specification(id)) => Some(Traced::Specification(id, Some(revision))),
                _ => None,
            })
        })?;
        Ok(found.into_iter().flatten().next())
    }

    /// The revisions of a definition, where the subject is one.
    pub(in crate::ledger::query) fn revisions_of(
        self,
        subject: &Subject,
    ) -> Result<Option<Revisions>, LedgerError> {
        let folded = self.ledger.load(self.connection, subject)?;
        if let StreamState::Instruction(state) = &folded.stream.state {
            return Ok(Some(state.revisions.clone()));
        }
        let StreamState::Specification(state) = &folded.stream.state else { return Ok(None) };
        Ok(Some(state.revisions.clone()))
    }
}

/// What a component is: a unit of this plant, bought-in material, or a number alone.
fn component(row: &Row<'_>) -> Result<Traced, LedgerError> {
    let made: Option<String> = get(row, "made")?;
    let named: Option<String> = get(row, "named")?;
    if let Some(Subject::Traveler(unit)) = made.or(named).as_deref().and_then(Subject::parse) {
        return Ok(Traced::Unit(unit));
    }
    let (part, number): (PartId, String) = (id_in(row, "part")?, get(row, "identity")?);
    if get(row, "bought")?
        && let Some(id) = MaterialId::parse(&format!("{part}/{number}"))
    {
        return Ok(Traced::Material(id));
    }
    Ok(Traced::Component { part, number })
}

/// Who a person is and may do; sessions and PINs say nothing about what was made.
fn is_about_person(stored: &Stored) -> bool {
    let kind = stored.fact.body.kind();
    kind.starts_with("Person") || kind.starts_with("Qualification") || kind == "RevisionRead"
}

/// Whether a fact is about a revision, where one is asked for.
fn is_of_revision(stored: &Stored, wanted: Option<&RevisionId>) -> bool {
    let Some(wanted) = wanted else { return true };
    if let FactBody::Instruction(body) = &stored.fact.body {
        return wanted
            == match body {
                InstructionFact::RevisionSubmitted(submitted) => &submitted.revision,
                InstructionFact::RevisionReleased { revision, .. } => revision,
                InstructionFact::Signed(signed) => &signed.revision,
                InstructionFact::RevisionWithdrawn(withdrawn) => &withdrawn.revision,
            };
    }
    let FactBody::Specification(body) = &stored.fact.body else { return true };
    wanted
        == match body {
            SpecificationFact::SpecificationSubmitted(submitted) => &submitted.revision,
            SpecificationFact::SpecificationReleased { revision, .. } => revision,
            SpecificationFact::Signed(signed) => &signed.revision,
            SpecificationFact::RevisionWithdrawn(withdrawn) => &withdrawn.revision,
        }
}
