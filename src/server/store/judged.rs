//! What follows from a judgement: accepted definitions go to the catalog; what comes next to judge.
//!
//! It follows from the judge's own facts as they are stored, in the same transaction, so a judge
//! that stops between two steps judges nothing twice.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::fact::{Fact, Position, Written};
use crate::domain::feeds::{Feed, Scope};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::kinds::FactBody;
use crate::domain::station::{Judgement, StationFact};
use crate::domain::stream::Subject;

use super::Store;
use super::error::StoreError;
use super::routing::Routing;
use super::tx::{FactKey, Tx, place};

/// Every feed that has a fact of a run.
const FEEDS_OF_RUN: &str = "SELECT DISTINCT feed FROM feed_row
    WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq <= ?4 ORDER BY feed";
/// The facts of a run.
const RUN: &str = "SELECT seq, id, bytes FROM fact
    WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq <= ?4 ORDER BY seq";

/// How many judgements are looked at at once.
const JUDGEMENTS: u64 = 200;

/// A run of facts with the judgement of it.
#[derive(Debug)]
pub(super) struct Run {
    from: Position,
    to_seq: u64,
    pub(super) judgement: FactKey,
}

impl Run {
    pub(super) fn covers(&self, at: &Position) -> bool {
        (&at.ledger, at.epoch) == (&self.from.ledger, self.from.epoch)
            && (self.from.seq..=self.to_seq).contains(&at.seq)
    }
}

/// Takes one judgement of the judge: a run of one ledger, with exceptions.
pub(super) fn take(
    routing: &mut Routing<'_>,
    tx: &Tx<'_>,
    (from, to_seq): (&Position, u64),
    (exceptions, judgement): (&[Judgement], &FactKey),
) -> Result<(), StoreError> {
    let run = || {
        let [ledger, epoch, seq] = place(from);
        vec![ledger, epoch, seq, to_seq.into()]
    };
    for feed in routing.waiting(from, to_seq) {
        routing.follow(&feed, judgement);
    }
    let mut answers = tx.ask(&[(FEEDS_OF_RUN, run()), (RUN, run())])?.into_iter();
    for mut row in answers.next().unwrap_or_default() {
        routing.follow(&row.text(0)?, judgement);
    }
    for mut row in answers.next().unwrap_or_default() {
        let (at, id) = (Position { seq: row.number(0)?, ..from.clone() }, row.hash(1)?);
        if exceptions.iter().any(|judgement| judgement.fact == at) {
            continue;
        }
        let fact = Fact::read(&row.text(2)?);
        let fact = fact.map_err(|error| StoreError::damaged(error.to_string()))?;
        if fact.subject.scope() == Scope::Catalog {
            routing.accept(&FactKey { at, id })?;
        }
        // A person let through what was held or rejected, and was allowed to.
        if let FactBody::Station(StationFact::ReviewAnswered { fact, accepted: true, .. }) =
            &fact.body
            && let Some((key, reviewed)) = stored(tx, fact)?
        {
            routing.let_through(&reviewed, &key)?;
        }
    }
    let sql = "DELETE FROM unjudged WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq <= ?4";
    tx.put(sql, run())?;
    // What is stored below the run and was not judged yet stays to be judged.
    let sql = "INSERT INTO unjudged (ledger, epoch, seq)
               SELECT f.ledger, f.epoch, f.seq FROM fact f
               WHERE f.ledger = ?1 AND f.epoch = ?2 AND f.seq < ?3 AND f.seq > coalesce(
                   (SELECT j.to_seq FROM judged j WHERE j.ledger = ?1 AND j.epoch = ?2), 0)";
    tx.put(sql, place(from).into())?;
    let sql = "INSERT INTO judged (ledger, epoch, to_seq) VALUES (?1, ?2, ?3)
               ON CONFLICT (ledger, epoch) DO UPDATE SET to_seq = excluded.to_seq
               WHERE excluded.to_seq > judged.to_seq";
    tx.put(sql, place(&Position { seq: to_seq, ..from.clone() }).into())
}

/// A stored fact with its key.
pub(super) fn stored(tx: &Tx<'_>, at: &Position) -> Result<Option<(FactKey, Fact)>, StoreError> {
    let (Some(id), Some(bytes)) = (tx.id_at(at)?, tx.bytes_at(at)?) else { return Ok(None) };
    let fact = Fact::read(&bytes).map_err(|error| StoreError::damaged(error.to_string()))?;
    Ok(Some((FactKey { at: at.clone(), id }, fact)))
}

/// When a fact was received, as it is written.
fn came(text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|_| StoreError::damaged("a fact has no moment of receipt"))
}

/// A fact that nobody judged yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Unjudged {
    /// The fact.
    pub fact: Fact,
    /// Its id.
    pub id: Hash,
    /// When it was received.
    pub received: Timestamp,
}

impl Store {
    /// The next facts to judge in the order of the site's feed, after a position of it; with the
    /// position up to which it looked.
    pub fn to_judge(&self, after: u64, most: usize) -> Result<(Vec<Unjudged>, u64), StoreError> {
        let site = Feed::Site(self.plant.site.clone()).to_string();
        self.read(|tx| {
            let sql = "SELECT f.bytes, f.id, f.received_utc FROM feed_row r JOIN fact f
                       ON f.ledger = r.ledger AND f.epoch = r.epoch AND f.seq = r.seq
                       WHERE r.feed = ?1 AND r.position > ?2 ORDER BY r.position LIMIT ?3";
            let values = [(&site).into(), after.into(), (most as u64).into()];
            let rows =
                tx.all(sql, &values, |row| Ok((row.text(0)?, row.hash(1)?, row.text(2)?)))?;
            let looked = after + rows.len() as u64;
            let mut facts = Vec::new();
            let mut judged: BTreeMap<(LedgerId, u32), (u64, BTreeSet<u64>)> = BTreeMap::new();
            for (bytes, id, received) in rows {
                let fact = Fact::read(&bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
                let at = &fact.head.position;
                if at.ledger == self.plant.judge {
                    continue;
                }
                let (to_seq, late) = match judged.entry((at.ledger.clone(), at.epoch)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => unknown.insert((judged_to(tx, at)?, late(tx, at)?)),
                };
                if at.seq > *to_seq || late.contains(&at.seq) {
                    let received = came(&received)?;
                    facts.push(Unjudged { fact, id, received });
                }
            }
            Ok((facts, looked))
        })
    }

    /// Whether a fact is judged.
    pub fn is_judged(&self, at: &Position) -> Result<bool, StoreError> {
        self.read(|tx| is_judged(tx, at))
    }

    /// When a fact was received.
    pub fn came_at(&self, at: &Position) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT received_utc FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let text = self.read(|tx| tx.one(sql, &place(at), |row| row.text(0)))?;
        text.map(|text| came(&text)).transpose()
    }

    /// When a fact was accepted: since then stations could get it. None where it was not, or only
    /// after a person looked at it.
    pub fn accepted_at(&self, at: &Position) -> Result<Option<Timestamp>, StoreError> {
        let Some(station) = self.station_of(&at.ledger)? else { return Ok(None) };
        let subject = Subject::Station(station.code).to_string();
        let sql = "SELECT bytes, received_utc FROM fact
                   WHERE subject = ?1 AND kind = 'PageJudged' AND ledger = ?2 ORDER BY epoch, seq";
        let judge = self.plant.judge.as_str();
        let values = [(&subject).into(), judge.into()];
        let rows = self.read(|tx| tx.all(sql, &values, |row| Ok((row.text(0)?, row.text(1)?))))?;
        for (bytes, received) in rows {
            let fact = Fact::read(&bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
            let FactBody::Station(StationFact::PageJudged { from, to_seq, exceptions, .. }) =
                fact.body
            else {
                continue;
            };
            let same = (&from.ledger, from.epoch) == (&at.ledger, at.epoch);
            if same && (from.seq..=to_seq).contains(&at.seq) {
                let accepted = exceptions.iter().all(|judgement| judgement.fact != *at);
                let received = came(&received)?;
                return Ok(accepted.then_some(received));
            }
        }
        Ok(None)
    }

    /// Everything that was accepted so far, in its order: what a judge knows when it begins.
    pub fn accepted(&self, after: u64, most: usize) -> Result<Vec<(Fact, Hash)>, StoreError> {
        let catalog = Feed::Catalog.to_string();
        let facts = self.read(|tx| tx.facts_after((&catalog, after), most))?;
        facts.iter().map(read).collect()
    }
}

/// Whether a fact is judged.
pub(super) fn is_judged(tx: &Tx<'_>, at: &Position) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM unjudged WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    Ok(at.seq <= judged_to(tx, at)? && !tx.any(sql, &place(at))?)
}

/// The run in which a fact was judged; none where it was not. Its judgement stands behind the fact in the
/// site's feed, and mostly not far.
pub(super) fn run_of(
    tx: &Tx<'_>,
    (site, judge): (&str, &LedgerId),
    at: &Position,
) -> Result<Option<Run>, StoreError> {
    if !is_judged(tx, at)? {
        return Ok(None);
    }
    let sql = "SELECT position FROM feed_row
               WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND feed = ?4";
    let [ledger, epoch, seq] = place(at);
    let found = tx.one(sql, &[ledger, epoch, seq, site.into()], |row| row.number(0))?;
    let Some(mut after) = found else { return Ok(None) };
    loop {
        let sql = "SELECT r.position, r.epoch, r.seq, f.id, f.bytes FROM feed_row r
                   JOIN fact f ON f.ledger = r.ledger AND f.epoch = r.epoch AND f.seq = r.seq
                   WHERE r.feed = ?1 AND r.position > ?2 AND r.ledger = ?3
                   AND f.kind = 'PageJudged' ORDER BY r.position LIMIT ?4";
        let values = [site.into(), after.into(), judge.into(), JUDGEMENTS.into()];
        let rows = tx.all(sql, &values, |row| {
            let at = Position { ledger: judge.clone(), epoch: row.epoch(1)?, seq: row.number(2)? };
            Ok((row.number(0)?, FactKey { at, id: row.hash(3)? }, row.text(4)?))
        })?;
        let Some((last, ..)) = rows.last() else { return Ok(None) };
        after = *last;
        for (_, judgement, bytes) in rows {
            let fact = Fact::read(&bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
            if let FactBody::Station(StationFact::PageJudged { from, to_seq, .. }) = fact.body {
                let run = Run { from, to_seq, judgement };
                if run.covers(at) {
                    return Ok(Some(run));
                }
            }
        }
    }
}

/// The facts of an epoch of a ledger that came after what follows them was judged.
fn late(tx: &Tx<'_>, of: &Position) -> Result<BTreeSet<u64>, StoreError> {
    let sql = "SELECT seq FROM unjudged WHERE ledger = ?1 AND epoch = ?2";
    let seqs = tx.all(sql, &[(&of.ledger).into(), of.epoch.into()], |row| row.number(0))?;
    Ok(seqs.into_iter().collect())
}

/// How far the ledger of a fact is judged, but for what came late.
pub(super) fn judged_to(tx: &Tx<'_>, at: &Position) -> Result<u64, StoreError> {
    let sql = "SELECT to_seq FROM judged WHERE ledger = ?1 AND epoch = ?2";
    let values = [(&at.ledger).into(), at.epoch.into()];
    Ok(tx.one(sql, &values, |row| row.number(0))?.unwrap_or(0))
}

fn read(written: &Written) -> Result<(Fact, Hash), StoreError> {
    let fact = Fact::read(&written.bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
    Ok((fact, written.id()))
}
