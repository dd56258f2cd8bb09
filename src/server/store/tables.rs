//! Tables for whoever asks the database itself: readings, deviations, travelers, signatures.
//!
//! They are filled in the transaction that stores a fact, on every database, with everything that
//! is stored, judged or not. Nothing of gemba reads them, and they can be made anew from the facts.
//! Where two corrected one reading unseen by each other, the row has the value that came last; what
//! counts for the unit is a fold of its stream, and both are in `reading_correction`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::deviation::DeviationFact;
use crate::domain::fact::{Fact, Position};
use crate::domain::feeds::Feed;
use crate::domain::ids::{Id, LedgerId};
use crate::domain::kinds::FactBody;
use crate::domain::quantity::{Number, Verdict};
use crate::domain::signature::Signature;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::fact::{
    ReadingTaken, ReadingValue, StepStarted, TravelerFact, TravelerStarted,
};

use super::Plant;
use super::error::StoreError;
use super::tx::{Added, Question, Tx, place};
use super::value::{Row, Value};

/// Grows when the tables hold something else; a store with an older number makes them anew.
const VERSION: &str = "1";
const VERSION_KEY: &str = "tables_version";
/// How many facts are read at once where they are made anew.
const BATCH_FACTS: u64 = 500;

/// Whether the tables hold what this version fills in.
pub(super) fn are_filled(tx: &Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.setting(VERSION_KEY)?.is_some_and(|version| version == VERSION))
}

/// Has them made anew by the next [`refill`].
pub(super) fn forget(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.run("DELETE FROM setting WHERE key = ?1", &[VERSION_KEY.into()]).map(drop)
}

/// Makes the tables of a store anew that was filled by a version that had none, or others.
pub(super) fn refill(tx: &Tx<'_>, plant: &Plant) -> Result<(), StoreError> {
    if are_filled(tx)? {
        return Ok(());
    }
    for table in ["reading", "reading_correction", "deviation", "traveler", "signature"] {
        tx.run(&format!("DELETE FROM {table}"), &[])?;
    }
    let site = Feed::Site(plant.site.clone()).to_string();
    let mut after = 0;
    loop {
        let sql = "SELECT f.bytes, f.received_utc FROM feed_row r JOIN fact f
                   ON f.ledger = r.ledger AND f.epoch = r.epoch AND f.seq = r.seq
                   WHERE r.feed = ?1 AND r.position > ?2 AND r.position <= ?3
                   ORDER BY r.position";
        let values = [(&site).into(), after.into(), (after + BATCH_FACTS).into()];
        let facts = tx.all(sql, &values, |row| Ok((row.text(0)?, row.text(1)?)))?;
        if facts.is_empty() {
            return tx.set(VERSION_KEY, VERSION);
        }
        after += BATCH_FACTS;
        for (bytes, received_utc) in facts {
            let fact = Fact::read(&bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
            let mut tables = Tables::new(tx);
            tables.fill(&fact, &received_utc)?;
            tables.finish()?;
        }
    }
}

static READING: Added = Added::new(
    "reading (ledger, epoch, seq, traveler, order_id, attempt, ask, sample, operation, step,
        characteristic, name, requirement, lower_limit, upper_limit, unit, value, value_text,
        verdict, first_value, first_text, first_verdict, gauge, person, place, taken_at,
        received_at)",
    "",
);
static READING_CORRECTION: Added = Added::new(
    "reading_correction (ledger, epoch, seq, of_ledger, of_epoch, of_seq, value, value_text,
        verdict, reason, person, corrected_at, received_at)",
    "",
);
static SIGNATURE: Added = Added::new(
    "signature (ledger, epoch, seq, subject, signer, role, meaning, covers, place, signed_at,
        received_at)",
    "",
);

/// The text of an attempt's beginning.
const BEGUN: &str = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
/// Which readings of a run were corrected.
const CORRECTED: &str = "SELECT DISTINCT of_seq FROM reading_correction
    WHERE of_ledger = ?1 AND of_epoch = ?2 AND of_seq >= ?3 AND of_seq <= ?4";

/// Fills the tables from the facts that one transaction stores, in their order.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    tx: &'a Tx<'a>,
    /// What is done after all rows were added, in this order.
    later: Vec<(&'static str, Vec<Value<'static>>)>,
    /// The operation and the step of attempts, as far as their beginnings are here.
    attempts: BTreeMap<Position, Option<[Value<'static>; 2]>>,
    /// Travelers, with when something last happened to them.
    travelers: BTreeMap<TravelerId, Timestamp>,
    /// The first and the last number of the readings of an epoch.
    readings: BTreeMap<(LedgerId, u32), (u64, u64)>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(tx: &'a Tx<'a>) -> Self {
        Self {
            tx,
            later: Vec::new(),
            attempts: BTreeMap::new(),
            travelers: BTreeMap::new(),
            readings: BTreeMap::new(),
        }
    }

    /// The attempts that facts are about and did not begin.
    pub(super) fn wanted<'f>(facts: impl Iterator<Item = &'f Fact>) -> BTreeSet<Position> {
        let (mut wanted, mut begun) = (BTreeSet::new(), BTreeSet::new());
        for fact in facts {
            if let FactBody::Traveler(TravelerFact::ReadingTaken(reading)) = &fact.body {
                wanted.insert(reading.at.attempt.clone());
            }
            if let FactBody::Traveler(TravelerFact::StepStarted(_)) = &fact.body {
                begun.insert(fact.head.position.clone());
            }
        }
        wanted.difference(&begun).cloned().collect()
    }

    /// Asks for the beginning of an attempt.
    pub(super) fn question(attempt: &Position) -> Question<'_> {
        (BEGUN, place(attempt).into())
    }

    /// Takes the answer to that.
    pub(super) fn know(&mut self, attempt: Position, rows: Vec<Row>) -> Result<(), StoreError> {
        let bytes = rows.into_iter().next().map(|mut row| row.text(0)).transpose()?;
        let fact = bytes.and_then(|bytes| Fact::read(&bytes).ok());
        let step = match fact.map(|fact| fact.body) {
            Some(FactBody::Traveler(TravelerFact::StepStarted(step))) => Some(begun(&step)),
            Some(_) | None => None,
        };
        self.attempts.insert(attempt, step);
        Ok(())
    }

    /// Takes a fact that was just stored.
    pub(super) fn fill(&mut self, fact: &Fact, received_utc: &str) -> Result<(), StoreError> {
        let mut filling = Filling { tables: self, fact, received_utc };
        if let Some(signature) = fact.body.signature() {
            filling.signature(signature)?;
        }
        match (&fact.subject, &fact.body) {
            (Subject::Traveler(unit), FactBody::Traveler(body)) => filling.traveler(unit, body),
            (Subject::Deviation(id), FactBody::Deviation(body)) => {
                filling.deviation(id.as_str(), body);
                Ok(())
            }
            (_, _) => Ok(()),
        }
    }

    /// Ends with what is done once for all of them.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        for (traveler, last_at) in self.travelers {
            let sql = "INSERT INTO traveler (traveler, order_id, last_at) VALUES (?1, ?2, ?3)
                       ON CONFLICT (traveler) DO UPDATE SET last_at = excluded.last_at
                       WHERE excluded.last_at > traveler.last_at";
            let order = traveler.order.to_string();
            let values = [traveler.to_string(), order, last_at.to_string()];
            self.tx.put(sql, values.map(Value::from).into())?;
        }
        for (sql, values) in self.later {
            self.tx.put(sql, values)?;
        }
        // Readings that were corrected before they came.
        let runs: Vec<_> = self.readings.into_iter().collect();
        let questions = runs.iter().map(|((ledger, epoch), (first, last))| {
            (CORRECTED, vec![ledger.into(), (*epoch).into(), (*first).into(), (*last).into()])
        });
        let questions: Vec<Question<'_>> = questions.collect();
        for (((ledger, epoch), _), rows) in runs.iter().zip(self.tx.ask(&questions)?) {
            for mut row in rows {
                let (ledger, epoch, seq) = (ledger.clone(), *epoch, row.number(0)?);
                correct(self.tx, &Position { ledger, epoch, seq })?;
            }
        }
        Ok(())
    }
}

/// Takes into a reading what corrected it and came before it.
fn correct(tx: &Tx<'_>, reading: &Position) -> Result<(), StoreError> {
    let sql = "UPDATE reading SET (value, value_text, verdict) = (
                   SELECT c.value, c.value_text, c.verdict FROM reading_correction c
                   WHERE c.of_ledger = ?1 AND c.of_epoch = ?2 AND c.of_seq = ?3
                   ORDER BY c.received_at DESC, c.epoch DESC, c.seq DESC LIMIT 1),
               corrections = (SELECT count(*) FROM reading_correction c
                   WHERE c.of_ledger = ?1 AND c.of_epoch = ?2 AND c.of_seq = ?3)
               WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    tx.put(sql, place(reading).into())
}

/// One fact on its way into the tables.
struct Filling<'a, 'b> {
    tables: &'b mut Tables<'a>,
    fact: &'b Fact,
    received_utc: &'b str,
}

fn number(number: Option<&Number>) -> Value<'static> {
    number.map(|number| number.value().to_string()).into()
}

fn verdict(verdict: Option<Verdict>) -> Value<'static> {
    verdict.map(Verdict::word).into()
}

/// The value as a number, as it was written, and its unit.
fn value(value: &ReadingValue) -> [Value<'static>; 3] {
    match value {
        ReadingValue::Number { number: typed, unit } => {
            [number(Some(typed)), typed.text().to_owned().into(), unit.to_string().into()]
        }
        ReadingValue::Conforms(yes) => {
            let word = if *yes { "conforms" } else { "does not conform" };
            [Value::Null, word.into(), Value::Null]
        }
    }
}

/// The operation and the step that an attempt began.
fn begun(step: &StepStarted) -> [Value<'static>; 2] {
    [step.operation.into(), step.step.to_string().into()]
}

impl<'b> Filling<'_, 'b> {
    fn add(&self, to: &'static Added, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        self.tables.tx.add(to, values)
    }

    fn later(&mut self, sql: &'static str, values: Vec<Value<'_>>) {
        let values = values.into_iter().map(Value::into_owned).collect();
        self.tables.later.push((sql, values));
    }

    fn person(&self) -> Value<'b> {
        self.fact.head.acting.actor.as_ref().map(Id::as_str).into()
    }

    fn place(&self) -> Value<'b> {
        self.fact.head.acting.place.as_ref().map(Id::as_str).into()
    }

    fn at(&self) -> Value<'b> {
        self.fact.head.moment.effective().to_string().into()
    }

    /// Notes when something last happened to a traveler.
    fn noted(&mut self, unit: &TravelerId) {
        let at = self.fact.head.moment.effective();
        match self.tables.travelers.get_mut(unit) {
            Some(last) => *last = at.max(*last),
            None => drop(self.tables.travelers.insert(unit.clone(), at)),
        }
    }

    fn traveler(&mut self, unit: &TravelerId, body: &TravelerFact) -> Result<(), StoreError> {
        self.noted(unit);
        if let TravelerFact::ReadingTaken(reading) = body {
            return self.reading(unit, reading);
        }
        if let TravelerFact::ReadingCorrected { reading, value, verdict, reason, .. } = body {
            return self.correction((reading, value), *verdict, reason);
        }
        if let TravelerFact::TravelerStarted(started) = body {
            self.started(unit, started);
        }
        if let TravelerFact::StepStarted(step) = body {
            self.step(unit, step);
        }
        if let TravelerFact::ProductReleased(_) = body {
            let sql = "UPDATE traveler SET shipped_at = ?2, shipped_by = ?3 WHERE traveler = ?1";
            self.later(sql, vec![unit.to_string().into(), self.at(), self.person()]);
        }
        if let TravelerFact::ProductTakenBack(_) = body {
            let sql = "UPDATE traveler SET taken_back_at = ?2, taken_back_by = ?3
                       WHERE traveler = ?1";
            self.later(sql, vec![unit.to_string().into(), self.at(), self.person()]);
        }
        Ok(())
    }

    fn started(&mut self, unit: &TravelerId, started: &TravelerStarted) {
        let sql = "UPDATE traveler SET part = ?2, specification = ?3, pieces = ?4,
                   started_at = ?5, started_by = ?6, place = ?7 WHERE traveler = ?1";
        let specification = started.specification.as_ref();
        let values = vec![
            unit.to_string().into(),
            started.part.as_str().into(),
            specification.map(|pinned| pinned.revision.to_string()).into(),
            started.pieces.into(),
            self.at(),
            self.person(),
            self.place(),
        ];
        self.later(sql, values);
    }

    /// Readings of an attempt may have come from another station before its beginning did.
    fn step(&mut self, unit: &TravelerId, step: &StepStarted) {
        let at = &self.fact.head.position;
        self.tables.attempts.insert(at.clone(), Some(begun(step)));
        let sql =
            "UPDATE reading SET operation = ?3, step = ?4 WHERE traveler = ?1 AND attempt = ?2";
        let [operation, id] = begun(step);
        let values = vec![unit.to_string().into(), at.to_string().into(), operation, id];
        self.later(sql, values);
    }

    /// The operation and the step of an attempt, where its beginning is here.
    fn attempt(&mut self, at: &Position) -> Result<[Value<'static>; 2], StoreError> {
        if !self.tables.attempts.contains_key(at) {
            let rows = self.tables.tx.ask(&[Tables::question(at)])?.into_iter().next();
            self.tables.know(at.clone(), rows.unwrap_or_default())?;
        }
        let known = self.tables.attempts.get(at).cloned().flatten();
        Ok(known.unwrap_or([Value::Null, Value::Null]))
    }

    fn reading(&mut self, unit: &TravelerId, reading: &ReadingTaken) -> Result<(), StoreError> {
        let at = &self.fact.head.position;
        let [operation, step] = self.attempt(&reading.at.attempt)?;
        let range = self.tables.readings.entry((at.ledger.clone(), at.epoch));
        range.and_modify(|(_, last)| *last = at.seq).or_insert((at.seq, at.seq));
        let [ledger, epoch, seq] = place(at);
        let limits = reading.kind.limits();
        let [found, text, unit_of] = value(&reading.value);
        let values = vec![
            ledger,
            epoch,
            seq,
            unit.to_string().into(),
            unit.order.to_string().into(),
            reading.at.attempt.to_string().into(),
            u32::from(reading.at.ask).into(),
            u32::from(reading.sample).into(),
            operation,
            step,
            reading.characteristic.as_ref().map(ToString::to_string).into(),
            (&reading.name).into(),
            (&reading.requirement).into(),
            number(limits.and_then(|limits| limits.lower.as_ref())),
            number(limits.and_then(|limits| limits.upper.as_ref())),
            unit_of,
            found.clone(),
            text.clone(),
            verdict(reading.verdict),
            found,
            text,
            verdict(reading.verdict),
            reading.gauge.as_ref().map(|used| used.gauge.to_string()).into(),
            self.person(),
            self.place(),
            self.at(),
            self.received_utc.into(),
        ];
        self.add(&READING, values)
    }

    fn correction(
        &mut self,
        (reading, corrected): (&Position, &ReadingValue),
        judged: Option<Verdict>,
        reason: &str,
    ) -> Result<(), StoreError> {
        let [ledger, epoch, seq] = place(&self.fact.head.position);
        let [of_ledger, of_epoch, of_seq] = place(reading);
        let [found, text, _] = value(corrected);
        let values = vec![
            ledger,
            epoch,
            seq,
            of_ledger,
            of_epoch,
            of_seq,
            found,
            text,
            verdict(judged),
            reason.into(),
            self.person(),
            self.at(),
            self.received_utc.into(),
        ];
        self.add(&READING_CORRECTION, values)?;
        let sql = "UPDATE reading SET value = ?4, value_text = ?5, verdict = ?6,
                   corrections = corrections + 1
                   WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let [ledger, epoch, seq] = place(reading);
        let [found, text, _] = value(corrected);
        self.later(sql, vec![ledger, epoch, seq, found, text, verdict(judged)]);
        Ok(())
    }

    fn signature(&self, signature: &Signature) -> Result<(), StoreError> {
        let [ledger, epoch, seq] = place(&self.fact.head.position);
        let values = vec![
            ledger,
            epoch,
            seq,
            self.fact.subject.to_string().into(),
            signature.signer.as_str().into(),
            signature.role.word().into(),
            signature.meaning.word().into(),
            signature.covers.facts.len().into(),
            self.place(),
            self.at(),
            self.received_utc.into(),
        ];
        self.add(&SIGNATURE, values)
    }

    fn deviation(&mut self, id: &str, body: &DeviationFact) {
        let sql = "INSERT INTO deviation (deviation, state) VALUES (?1, 'open')
                   ON CONFLICT (deviation) DO NOTHING";
        self.later(sql, vec![id.into()]);
        let (at, person, place) = (self.at(), self.person(), self.place());
        let mut set = |sql: &'static str, values: Vec<Value<'_>>| {
            self.later(sql, [id.into()].into_iter().chain(values).collect());
        };
        match body {
            DeviationFact::DeviationRaised(raised) => {
                let sql = "UPDATE deviation SET kind = ?2, traveler = ?3, code = ?4,
                           required = ?5, found = ?6, note = ?7, raised_at = ?8, raised_by = ?9,
                           place = ?10 WHERE deviation = ?1";
                let unit = raised.unit.as_ref().map(|unit| unit.traveler.to_string());
                let code = raised.code.as_ref().map(|chosen| chosen.code.clone());
                let texts = [&raised.required, &raised.found, &raised.note].map(Value::from);
                let first = [raised.kind.word().into(), unit.into(), code.into()];
                let last = [at, person, place];
                set(sql, first.into_iter().chain(texts).chain(last).collect());
            }
            DeviationFact::DeviationReviewed { as_kind, code, .. } => {
                let sql = "UPDATE deviation SET kind = ?2, code = coalesce(?3, code)
                           WHERE deviation = ?1";
                let code = code.as_ref().map(|chosen| chosen.code.clone());
                set(sql, vec![as_kind.word().into(), code.into()]);
            }
            DeviationFact::CauseFound { text, .. } => {
                set("UPDATE deviation SET cause = ?2 WHERE deviation = ?1", vec![text.into()]);
            }
            DeviationFact::Dispositioned(decided) => {
                let sql = "UPDATE deviation SET state = 'dispositioned', disposition = ?2,
                           dispositioned_at = ?3, dispositioned_by = ?4 WHERE deviation = ?1";
                let words = decided.decisions.iter().map(|one| one.words().to_string());
                let words: Vec<_> = words.collect();
                set(sql, vec![words.join(", ").into(), at, person]);
            }
            DeviationFact::DeviationClosed { .. } => {
                let sql = "UPDATE deviation SET state = 'closed', closed_at = ?2, closed_by = ?3
                           WHERE deviation = ?1";
                set(sql, vec![at, person]);
            }
            DeviationFact::EffectivenessChecked { effective, .. } => {
                let sql = "UPDATE deviation SET effective = ?2,
                           state = CASE WHEN ?2 = 0 THEN 'open' ELSE state END
                           WHERE deviation = ?1";
                set(sql, vec![(*effective).into()]);
            }
            DeviationFact::UnitAdded(_)
            | DeviationFact::ContainmentTaken { .. }
            | DeviationFact::ContainmentAsked { .. }
            | DeviationFact::ContainmentConfirmed { .. }
            | DeviationFact::ActionAsked(_)
            | DeviationFact::ActionDone { .. }
            | DeviationFact::ActionVerified { .. }
            | DeviationFact::DispositionApproved { .. }
            | DeviationFact::AskedWithdrawn { .. } => {}
        }
    }
}
