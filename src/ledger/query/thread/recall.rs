//! What a recall reaches: every unit at any depth, where it is now, and which are to be held.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::ids::{GaugeId, LotId};
use crate::domain::material::MaterialId;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traced::Traced;
use crate::domain::words::words;
use crate::ledger::error::LedgerError;
use crate::ledger::models::link::named_by;
use crate::ledger::streams::stored;
use crate::views::gauge::{GaugePieceRow, GaugeReadingRow};
use crate::views::thread::{Recall, RecallRow, Span};

use super::super::{Asked, get};
use super::reach::{Reached, Touch, unit_in};

/// That a unit was called back for a thing.
#[derive(Debug, Default)]
struct Recalled {
    /// Whether it is held for that now.
    held: bool,
    /// The facts by which it was reached.
    by: BTreeSet<String>,
}

impl Recalled {
    fn names(&self, reached: &Reached) -> bool {
        self.by.contains(&reached.fact.to_string())
    }
}

impl Asked<'_> {
    /// Every unit that a thing reached; none where nothing is known of it here.
    pub(in crate::ledger::query) fn recall(
        self,
        of: &Traced,
        span: &Span,
    ) -> Result<Option<Recall>, LedgerError> {
        let Some(what) = self.known_as(of)? else { return Ok(None) };
        let (from, seeds) = if let Traced::Gauge(gauge) = of {
            self.doubted_by(gauge, span)?
        } else {
            (None, self.within(of, self.touched_by(of)?, span)?)
        };
        let mut seeds = self.of_revision(seeds, of, span)?;
        let held = self.recalled(of)?;
        // Of several ways into one unit, one that nobody let it go for says why.
        seeds.sort_by_key(|seed| held.get(&seed.unit).is_some_and(|known| known.names(seed)));
        let mut reached = self.reach(seeds)?;
        reached.sort_by(|one, other| (one.depth, &one.unit).cmp(&(other.depth, &other.unit)));
        let rows = reached.iter().map(|reached| self.recall_row(reached, &held));
        let rows: Vec<Option<RecallRow>> = rows.collect::<Result<_, _>>()?;
        let units: Vec<RecallRow> = rows.into_iter().flatten().collect();
        let open = |row: &&RecallRow| row.ended.is_none() && row.hold.is_none() && !row.taken_out;
        let shipped = units.iter().filter(open).filter(|row| row.shipped);
        let shipped = shipped.map(|row| row.traveler.clone()).collect();
        let to_hold = units
            .iter()
            .filter(open)
            .filter(|row| !row.shipped)
            .map(|row| row.traveler.clone())
            .collect();
        Ok(Some(Recall {
            of: of.clone(),
            what,
            from: span.from.or(from),
            until: span.until,
            revision: span.revision.clone(),
            to_hold,
            shipped,
            units,
            alike: self.alike(of)?,
            not_here: self.ledger.left_out()?,
            catalog_age_s: self.catalog_age_s()?,
        }))
    }

    /// What was measured with a gauge since it was last good (R10), each unit by its first reading.
    fn doubted_by(
        self,
        gauge: &GaugeId,
        span: &Span,
    ) -> Result<(Option<Timestamp>, Vec<Reached>), LedgerError> {
        let zone = self.zone()?;
        let since = span.from.map(|from| from.to_zoned(zone.clone()).date());
        let Some(trace) = self.gauge_trace(gauge, since)? else { return Ok((None, Vec::new())) };
        let first = trace.since.and_then(|day| day.to_zoned(zone).ok());
        let mut units: BTreeMap<TravelerId, GaugeReadingRow> = BTreeMap::new();
        for row in trace.readings {
            if outside(row.taken, span) {
                continue;
            }
            let earlier = units.get(&row.traveler).is_some_and(|kept| kept.taken <= row.taken);
            if !earlier {
                units.insert(row.traveler.clone(), row);
            }
        }
        let lots = trace.pieces.iter().filter(|row| !outside(row.taken, span));
        let of_lots = self.of_lots_read(lots)?;
        let reached = units.into_values().map(|row| Reached {
            why: words!(
                "{name} {sample} {value} with {gauge}",
                name = row.name,
                sample = row.sample,
                value = row.value,
                gauge
            ),
            unit: row.traveler,
            depth: 1,
            relation: words!("measured with"),
            by: None,
            taken_out: false,
            at: row.taken,
            touch: Some(Touch { fact: row.fact.clone(), step: Some((row.operation, row.step)) }),
            fact: row.fact,
        });
        Ok((first.map(|first| first.timestamp()), reached.chain(of_lots).collect()))
    }

    /// Lots of own production of which pieces were read with a gauge, and units into which lots of material
    /// were built of which pieces were.
    pub(super) fn of_lots_read<'a>(
        self,
        rows: impl Iterator<Item = &'a GaugePieceRow>,
    ) -> Result<Vec<Reached>, LedgerError> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for row in rows.filter(|row| seen.insert(row.name_of_lot.clone())) {
            let why = words!(
                "{name} of {lot}, piece {piece}",
                name = row.name,
                lot = row.name_of_lot,
                piece = row.piece
            );
            let Some(unit) = &row.unit else {
                let built = self.built_from(row.part.as_str(), row.lot.as_str(), true)?;
                let named = |reached: Reached| Reached {
                    why: words!(
                        "{why}; read with it: {what}",
                        why => reached.why,
                        what => why.clone()
                    ),
                    ..reached
                };
                found.extend(built.into_iter().map(named));
                continue;
            };
            found.push(Reached {
                unit: unit.clone(),
                depth: 1,
                relation: words!("measured with"),
                why,
                by: None,
                taken_out: false,
                at: row.taken,
                touch: None,
                fact: row.fact.clone(),
            });
        }
        Ok(found)
    }

    /// Only what was touched in the span. A unit that names a thing at other times too is looked at
    /// fact by fact; there are few that lasted into the span.
    fn within(
        self,
        of: &Traced,
        seeds: Vec<Reached>,
        span: &Span,
    ) -> Result<Vec<Reached>, LedgerError> {
        if span.from.is_none() && span.until.is_none() {
            return Ok(seeds);
        }
        let key = match of {
            Traced::Person(id) => Some(("person", id.to_string())),
            Traced::Place(id) => Some(("place", id.to_string())),
            Traced::Characteristic(_, id) => Some(("characteristic", id.to_string())),
            Traced::Permit(id) => Some(("permit", id.to_string())),
            Traced::Unit(_)
            | Traced::Order(_)
            | Traced::Material(_)
            | Traced::Component { .. }
            | Traced::Gauge(_)
            | Traced::Instruction(..)
            | Traced::Specification(..)
            | Traced::Deviation(_)
            | Traced::Redline(_) => None,
        };
        let mut kept = Vec::new();
        for mut seed in seeds {
            let Some(key) = &key else {
                kept.extend((!outside(seed.at, span)).then_some(seed));
                continue;
            };
            if span.until.is_some_and(|until| seed.at > until) || self.ended_before(&seed, span)? {
                continue;
            }
            let facts = stored(self.connection, &Subject::Traveler(seed.unit.clone()), 0)?;
            let naming = facts.iter().map(|stored| &stored.fact).filter(|fact| {
                named_by(fact).contains(key) && !outside(fact.head.moment.effective(), span)
            });
            let first = naming
                .min_by_key(|fact| (fact.head.moment.effective(), fact.head.position.clone()));
            if let Some(fact) = first {
                seed.at = fact.head.moment.effective();
                seed.fact = fact.head.position.clone();
                seed.touch = Some(Touch { fact: seed.fact.clone(), step: None });
                kept.push(seed);
            }
        }
        Ok(kept)
    }

    /// Whether nothing happened to a unit any more when the span began.
    fn ended_before(self, seed: &Reached, span: &Span) -> Result<bool, LedgerError> {
        let Some(from) = span.from else { return Ok(false) };
        // A row has the time of the last fact in fold order, which may be earlier than others' by
        // as much as two clocks differ: a day is more than the server lets pass.
        let from = from.as_millisecond() - 86_400_000;
        let sql = "SELECT count(*) FROM traveler_row WHERE subject = ?1 AND last_ms < ?2";
        let subject = Subject::Traveler(seed.unit.clone()).to_string();
        Ok(self.count(sql, (subject, from))? > 0)
    }

    /// Only units that were made by a revision of the specification, where one is asked for.
    fn of_revision(
        self,
        mut seeds: Vec<Reached>,
        of: &Traced,
        span: &Span,
    ) -> Result<Vec<Reached>, LedgerError> {
        let (Some(revision), Traced::Characteristic(part, _)) = (&span.revision, of) else {
            return Ok(seeds);
        };
        let hashes = self.hashes(&Subject::Specification(part.clone()), Some(revision))?;
        let sql = "SELECT count(*) FROM link_row
                   WHERE kind = 'definition' AND id = ?1 AND subject = ?2";
        let mut kept = Vec::new();
        for seed in seeds.drain(..) {
            let subject = Subject::Traveler(seed.unit.clone()).to_string();
            for hash in &hashes {
                if self.count(sql, (hash.to_string(), &subject))? > 0 {
                    kept.push(seed);
                    break;
                }
            }
        }
        Ok(kept)
    }

    /// What was built in under a number that differs by capitals alone: it may well be the same thing,
    /// and whoever calls that back is to know.
    fn alike(self, of: &Traced) -> Result<Vec<Traced>, LedgerError> {
        let (part, number) = match of {
            Traced::Material(id) => (&id.part, id.lot.as_str()),
            Traced::Component { part, number } => (part, number.as_str()),
            Traced::Unit(_)
            | Traced::Order(_)
            | Traced::Gauge(_)
            | Traced::Person(_)
            | Traced::Place(_)
            | Traced::Instruction(..)
            | Traced::Specification(..)
            | Traced::Characteristic(..)
            | Traced::Deviation(_)
            | Traced::Permit(_)
            | Traced::Redline(_) => return Ok(Vec::new()),
        };
        let sql = "SELECT DISTINCT identity, EXISTS (
                       SELECT 1 FROM material_row WHERE part = ?2 AND lot = identity) AS noted
                   FROM component_row WHERE identity = ?1 COLLATE NOCASE AND identity <> ?1
                   AND part = ?2 AND made IS NULL ORDER BY identity";
        self.rows(sql, (number, part.as_str()), |row| {
            let (part, number): (_, String) = (part.clone(), get(row, "identity")?);
            let lot = LotId::parse(&number).ok().filter(|_| get(row, "noted").unwrap_or(false));
            Ok(match lot {
                Some(lot) => Traced::Material(MaterialId { part, lot }),
                None => Traced::Component { part, number },
            })
        })
    }

    /// The units that were called back for a thing before.
    fn recalled(self, of: &Traced) -> Result<BTreeMap<TravelerId, Recalled>, LedgerError> {
        let sql = "SELECT subject, released, by_fact FROM recall_hold WHERE traced = ?1";
        let rows = self.rows(sql, [of.to_string()], |row| {
            Ok((unit_in(row)?, get::<bool>(row, "released")?, get::<String>(row, "by_fact")?))
        })?;
        let mut recalled: BTreeMap<TravelerId, Recalled> = BTreeMap::new();
        for (unit, released, by) in rows {
            let known = recalled.entry(unit).or_default();
            known.held |= !released;
            known.by.insert(by);
        }
        Ok(recalled)
    }

    fn recall_row(
        self,
        reached: &Reached,
        held: &BTreeMap<TravelerId, Recalled>,
    ) -> Result<Option<RecallRow>, LedgerError> {
        let now = self.unit_now(&reached.unit)?;
        // What is not begun has nothing that could be held.
        if !now.begun {
            return Ok(None);
        }
        // Let go for one way by which it was reached, it is not let go for another one.
        let stands = held.get(&reached.unit).and_then(|known| {
            if known.held { Some("held") } else { known.names(reached).then_some("released") }
        });
        Ok(Some(RecallRow {
            traveler: reached.unit.clone(),
            part: now.part,
            depth: reached.depth,
            why: reached.why.clone(),
            by: reached.by.clone().map(Traced::Unit),
            taken_out: reached.taken_out,
            standing: now.standing,
            place: now.place,
            operation: now.operation,
            finished: now.finished,
            ended: now.ended,
            shipped: now.shipped,
            hold: stands.map(str::to_owned),
            at: reached.at,
            fact: reached.fact.clone(),
        }))
    }
}

fn outside(at: Timestamp, span: &Span) -> bool {
    span.from.is_some_and(|from| at < from) || span.until.is_some_and(|until| at > until)
}
