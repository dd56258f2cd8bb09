//! What a new station begins with: its feeds as they stand, without the orders that are over.
//!
//! A feed only grows, so what stands before its head never changes while it is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::{Fact, Position, Seal, Written};
use crate::domain::feeds::{Cursor, Feed};
use crate::domain::fold::fold;
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, OrderId};
use crate::domain::kinds::FactBody;
use crate::domain::over;
use crate::domain::snapshot::{LeftOut, Snapshot, SnapshotChunk, SnapshotRow, WholeOrder};
use crate::domain::station::StationFact;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::blobs::blobs_of;
use crate::server::limits::STALE_FACTS;
use crate::sync::packed::pack;
use crate::sync::protocol::PAGE_FACTS_MAX;

use super::Store;
use super::error::StoreError;
use super::tx::{Question, Tx, place};
use super::value::Row;

/// About how many bytes of facts a chunk has before it is packed.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// How many rows of a feed are read at once.
const ROWS: usize = 2_000;
/// What the settings begin with that keep snapshots; the names of the feeds follow.
const KEPT: &str = "snapshot ";

/// A work center's or another feed up to its head.
type Upto<'a> = (&'a str, u64);

impl Store {
    /// The snapshot of a set of feeds, made anew where the last one is far behind. What concerns one
    /// station alone is little, and stays to be pulled: so stations of the same places share it.
    pub fn snapshot(&self, feeds: &[Feed]) -> Result<Snapshot, StoreError> {
        let is_shared = |feed: &&Feed| !matches!(feed, Feed::Station(_));
        let feeds: Vec<Feed> = feeds.iter().filter(is_shared).cloned().collect();
        let names: Vec<String> = feeds.iter().map(Feed::to_string).collect();
        let kept_as = format!("{KEPT}{}", names.join(" "));
        let heads = self.feed_heads(&feeds)?;
        if let Some(kept) = self.read(|tx| kept_as_it_is(tx, &kept_as))? {
            let behind = |head: &crate::sync::protocol::FeedHead| {
                let cursor = kept.cursors.iter().find(|cursor| cursor.feed == head.feed)?;
                (cursor.epoch == head.epoch).then_some(head.position.checked_sub(cursor.position)?)
            };
            let behind: Option<u64> = heads.iter().map(behind).sum();
            let is_recent = behind.is_some_and(|facts| facts <= STALE_FACTS);
            if is_recent && self.read(|tx| has_all(tx, &kept.chunks))? {
                return Ok(kept);
            }
        }
        let cursors: Vec<Cursor> = heads
            .into_iter()
            .map(|head| Cursor {
                feed: head.feed,
                epoch: head.epoch,
                position: head.position,
                rolling: head.rolling,
            })
            .collect();
        let mut making = Making::new(self);
        for (feed, cursor) in feeds.iter().zip(&cursors) {
            making.feed(feed, (&cursor.feed, cursor.position))?;
        }
        let (chunks, facts) = making.end()?;
        let snapshot = Snapshot { cursors, chunks, facts };
        let text = serde_json::to_string(&snapshot)
            .map_err(|error| StoreError::Failed { what: error.to_string() })?;
        self.write(|tx| {
            // Another server may have made one as well since this one looked.
            let old = kept_as_it_is(tx, &kept_as)?.map_or_else(Vec::new, |kept| kept.chunks);
            tx.set(&kept_as, &text)?;
            // Whoever is at the old one asks anew. Chunks of the same facts are one blob, which the
            // snapshots of other feeds may name too.
            let in_use = named_chunks(tx)?;
            for hash in old.iter().filter(|hash| !in_use.contains(hash)) {
                tx.run("DELETE FROM blob WHERE hash = ?1", &[hash.into()])?;
            }
            Ok(())
        })?;
        Ok(snapshot)
    }

    /// The blobs that definitions in the catalog name.
    pub fn named_blobs(&self) -> Result<Vec<Hash>, StoreError> {
        let sql = "SELECT f.prev, f.bytes FROM feed_row r JOIN fact f ON f.ledger = r.ledger
                   AND f.epoch = r.epoch AND f.seq = r.seq
                   WHERE r.feed = ?1 AND f.kind IN ('RevisionSubmitted', 'SpecificationSubmitted')
                   ORDER BY r.position";
        let catalog = Feed::Catalog.to_string();
        let facts = self.read(|tx| {
            tx.all(sql, &[(&catalog).into()], |row| {
                Ok(Written { prev: row.hash(0)?, bytes: row.text(1)? })
            })
        })?;
        Ok(blobs_of(&facts))
    }

    /// The facts of an order after so many, where one of the feeds has them.
    pub fn whole_order(
        &self,
        feeds: &[Feed],
        (order, after): (&OrderId, u64),
    ) -> Result<Option<WholeOrder>, StoreError> {
        let site = Feed::Site(self.plant.site.clone()).to_string();
        let judge = &self.plant.judge;
        self.read(|tx| {
            let sql = "SELECT feed FROM order_feed WHERE order_id = ?1";
            let of = tx.all(sql, &[order.as_str().into()], |row| row.text(0))?;
            if !feeds.iter().any(|feed| of.contains(&feed.to_string())) {
                return Ok(None);
            }
            let keys = tx.keys_of_order(order.as_str(), &site)?;
            let skip = usize::try_from(after).unwrap_or(usize::MAX);
            let part: Vec<_> = keys.iter().skip(skip).take(PAGE_FACTS_MAX).collect();
            let mut whole = WholeOrder { rows: Vec::new(), seals: Vec::new(), next: None };
            for key in &part {
                whole.rows.extend(row_at(tx, &key.at)?);
                whole.seals.extend(seal_at(tx, &key.at)?);
            }
            let done = after + part.len() as u64;
            if done < keys.len() as u64 {
                whole.next = Some(done);
                return Ok(Some(whole));
            }
            let mut reached = Reached::default();
            for key in &keys {
                reached.add(&key.at);
            }
            for row in judgements_of(tx, judge, reached.ledgers())? {
                if reached.is_judged_by(&row.written)? {
                    whole.rows.push(row);
                }
            }
            Ok(Some(whole))
        })
    }
}

/// A snapshot in the making.
struct Making<'a> {
    store: &'a Store,
    done: BTreeSet<Position>,
    kept: Reached,
    streams: BTreeSet<String>,
    left_out: BTreeSet<LeftOut>,
    chunk: SnapshotChunk,
    bytes: usize,
    chunks: Vec<Hash>,
    facts: u64,
}

impl<'a> Making<'a> {
    fn new(store: &'a Store) -> Self {
        Self {
            store,
            done: BTreeSet::new(),
            kept: Reached::default(),
            streams: BTreeSet::new(),
            left_out: BTreeSet::new(),
            chunk: SnapshotChunk::default(),
            bytes: 0,
            chunks: Vec::new(),
            facts: 0,
        }
    }

    fn feed(&mut self, feed: &Feed, upto: Upto<'_>) -> Result<(), StoreError> {
        match feed {
            Feed::Catalog => self.all_rows(upto, true),
            Feed::Station(_) => self.all_rows(upto, false),
            Feed::WorkCenter(_) | Feed::Area(_) | Feed::Site(_) => self.open_orders(upto),
        }
    }

    /// Every row of a feed.
    fn all_rows(&mut self, (feed, head): Upto<'_>, catalog: bool) -> Result<(), StoreError> {
        let mut after = 0;
        while after < head {
            let most = ROWS.min(usize::try_from(head - after).unwrap_or(ROWS));
            let facts = self.store.read(|tx| tx.facts_after((feed, after), most))?;
            if facts.is_empty() {
                break;
            }
            let count = facts.len() as u64;
            let seals = self.store.read(|tx| tx.seals_of((feed, after), None, count))?;
            after += count;
            self.chunk.seals.extend(seals);
            for written in facts {
                self.add(SnapshotRow { written, catalog })?;
            }
        }
        Ok(())
    }

    /// The orders of a feed that are not over, whole, and the judgements of their facts.
    fn open_orders(&mut self, (feed, head): Upto<'_>) -> Result<(), StoreError> {
        let (kept, left_out) = self.store.read(|tx| divided(tx, feed))?;
        self.left_out.extend(left_out);
        for subject in kept {
            self.streams.insert(subject.clone());
            let found = self.store.read(|tx| facts_of(tx, &subject, (feed, head)))?;
            for (at, row, seal) in found {
                self.kept.add(&at);
                self.chunk.seals.extend(seal);
                self.add(row)?;
            }
        }
        let judge = &self.store.plant.judge;
        for row in self.store.read(|tx| judgements_in(tx, judge, (feed, head)))? {
            if self.kept.is_judged_by(&row.written)? {
                self.add(row)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, row: SnapshotRow) -> Result<(), StoreError> {
        let fact = read(&row.written)?;
        if !self.done.insert(fact.head.position) {
            return Ok(());
        }
        self.bytes += row.written.bytes.len();
        self.facts += 1;
        self.chunk.rows.push(row);
        if self.bytes >= CHUNK_BYTES { self.put() } else { Ok(()) }
    }

    fn put(&mut self) -> Result<(), StoreError> {
        let chunk = std::mem::take(&mut self.chunk);
        self.bytes = 0;
        let failed = |error: &dyn std::fmt::Display| StoreError::Failed { what: error.to_string() };
        let text = serde_json::to_vec(&chunk).map_err(|error| failed(&error))?;
        let packed = pack(&text).map_err(|error| failed(&error))?;
        self.chunks.push(self.store.put_blob(&packed)?);
        Ok(())
    }

    fn end(mut self) -> Result<(Vec<Hash>, u64), StoreError> {
        // What one feed leaves out another may have.
        let left_out = std::mem::take(&mut self.left_out).into_iter();
        let left_out = left_out.filter(|one| !self.streams.contains(&one.subject));
        self.chunk.left_out = left_out.collect();
        self.put()?;
        Ok((self.chunks, self.facts))
    }
}

/// Facts that are handed on, to find the judgements that speak of them.
#[derive(Debug, Default)]
struct Reached(BTreeMap<(LedgerId, u32), BTreeSet<u64>>);

impl Reached {
    fn add(&mut self, at: &Position) {
        self.0.entry((at.ledger.clone(), at.epoch)).or_default().insert(at.seq);
    }

    /// The ledgers that they stand in.
    fn ledgers(&self) -> impl Iterator<Item = &LedgerId> {
        let ledgers: BTreeSet<&LedgerId> = self.0.keys().map(|(ledger, _)| ledger).collect();
        ledgers.into_iter()
    }

    fn is_judged_by(&self, judgement: &Written) -> Result<bool, StoreError> {
        let FactBody::Station(StationFact::PageJudged { from, to_seq, .. }) = read(judgement)?.body
        else {
            return Ok(false);
        };
        let seqs = self.0.get(&(from.ledger, from.epoch));
        let first = seqs.and_then(|seqs| seqs.range(from.seq..).next());
        Ok(first.is_some_and(|seq| *seq <= to_seq))
    }
}

fn read(written: &Written) -> Result<Fact, StoreError> {
    Fact::read(&written.bytes).map_err(|error| StoreError::damaged(error.to_string()))
}

/// The streams of a feed's orders: those that are handed out, and those that are left out.
fn divided(tx: &Tx<'_>, feed: &str) -> Result<(Vec<String>, Vec<LeftOut>), StoreError> {
    let sql = "SELECT s.subject, s.order_id FROM order_feed o
               JOIN subject_order s ON s.order_id = o.order_id WHERE o.feed = ?1
               ORDER BY s.subject, s.order_id";
    let rows = tx.all(sql, &[feed.into()], |row| Ok((row.text(0)?, row.text(1)?)))?;
    let mut of_order: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (subject, order) in &rows {
        of_order.entry(order).or_default().push(subject);
    }
    let mut over = BTreeSet::new();
    for (order, subjects) in &of_order {
        if is_over(tx, order, subjects)? {
            over.insert(*order);
        }
    }
    let open: BTreeSet<&str> = rows
        .iter()
        .filter(|(_, order)| !over.contains(order.as_str()))
        .map(|(subject, _)| subject.as_str())
        .collect();
    let mut left_out = BTreeMap::new();
    for (subject, order) in rows.iter().filter(|(subject, _)| !open.contains(subject.as_str())) {
        let order = OrderId::parse(order).map_err(|e| StoreError::damaged(e.to_string()))?;
        left_out.insert(subject.clone(), LeftOut { subject: subject.clone(), order });
    }
    let open = open.into_iter().map(str::to_owned).collect();
    Ok((open, left_out.into_values().collect()))
}

/// Whether nothing is to be done any more about an order: it is closed, and so are its deviations, and
/// none of its units is on hold, with a deviation or without one.
fn is_over(tx: &Tx<'_>, order: &str, subjects: &[&str]) -> Result<bool, StoreError> {
    let order = OrderId::parse(order).map_err(|e| StoreError::damaged(e.to_string()))?;
    let own = Subject::Order(order);
    if over::open(&folded(tx, &own)?).is_some() {
        return Ok(false);
    }
    for text in subjects {
        let Some(subject) = Subject::parse(text) else { continue };
        // Most units were never on hold, and need not be folded to know that.
        let may_be_open = matches!(subject, Subject::Deviation(_))
            || matches!(subject, Subject::Traveler(_)) && was_on_hold(tx, text)?;
        if may_be_open && over::open(&folded(tx, &subject)?).is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn was_on_hold(tx: &Tx<'_>, subject: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM fact WHERE subject = ?1 AND kind = 'HoldPlaced' LIMIT 1";
    Ok(tx.one(sql, &[subject.into()], |_| Ok(()))?.is_some())
}

fn folded(tx: &Tx<'_>, subject: &Subject) -> Result<StreamState, StoreError> {
    let sql = "SELECT prev, bytes FROM fact WHERE subject = ?1";
    let rows = tx.all(sql, &[subject.to_string().into()], |row| {
        Ok(Written { prev: row.hash(0)?, bytes: row.text(1)? })
    })?;
    let facts = rows.iter().map(|written| Ok((read(written)?, written.id())));
    let facts = facts.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(fold(subject, &facts).stream.state)
}

type Found = (Position, SnapshotRow, Option<Seal>);

/// The facts of a stream that a feed has up to a position.
fn facts_of(tx: &Tx<'_>, subject: &str, (feed, head): Upto<'_>) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT f.ledger, f.epoch, f.seq, f.prev, f.bytes, s.head, s.signature
               FROM fact f LEFT JOIN seal s ON s.ledger = f.ledger AND s.epoch = f.epoch
               AND s.last_seq = f.seq
               WHERE f.subject = ?1 AND EXISTS (
                   SELECT 1 FROM feed_row r WHERE r.ledger = f.ledger AND r.epoch = f.epoch
                   AND r.seq = f.seq AND r.feed = ?2 AND r.position <= ?3)
               ORDER BY f.ledger, f.epoch, f.seq";
    tx.all(sql, &[subject.into(), feed.into(), head.into()], |row| {
        let at = Position { ledger: row.ledger(0)?, epoch: row.epoch(1)?, seq: row.number(2)? };
        let written = Written { prev: row.hash(3)?, bytes: row.text(4)? };
        let seal = match row.text_or_none(6)? {
            None => None,
            Some(signature) => Some(Seal {
                ledger: at.ledger.clone(),
                epoch: at.epoch,
                last_seq: at.seq,
                head: row.hash(5)?,
                signature,
            }),
        };
        Ok((at, SnapshotRow { written, catalog: false }, seal))
    })
}

fn row_at(tx: &Tx<'_>, at: &Position) -> Result<Option<SnapshotRow>, StoreError> {
    let sql = "SELECT prev, bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    tx.one(sql, &place(at), |row| {
        let written = Written { prev: row.hash(0)?, bytes: row.text(1)? };
        Ok(SnapshotRow { written, catalog: false })
    })
}

fn seal_at(tx: &Tx<'_>, at: &Position) -> Result<Option<Seal>, StoreError> {
    let sql = "SELECT head, signature FROM seal
               WHERE ledger = ?1 AND epoch = ?2 AND last_seq = ?3";
    tx.one(sql, &place(at), |row| {
        let (ledger, epoch, last_seq) = (at.ledger.clone(), at.epoch, at.seq);
        Ok(Seal { ledger, epoch, last_seq, head: row.hash(0)?, signature: row.text(1)? })
    })
}

/// What the judge said that stands in a feed up to a position.
fn judgements_in(
    tx: &Tx<'_>,
    judge: &LedgerId,
    (feed, head): Upto<'_>,
) -> Result<Vec<SnapshotRow>, StoreError> {
    let sql = "SELECT f.prev, f.bytes FROM fact f
               WHERE f.ledger = ?1 AND f.kind = 'PageJudged' AND EXISTS (
                   SELECT 1 FROM feed_row r WHERE r.ledger = f.ledger AND r.epoch = f.epoch
                   AND r.seq = f.seq AND r.feed = ?2 AND r.position <= ?3)
               ORDER BY f.epoch, f.seq";
    tx.all(sql, &[judge.into(), feed.into(), head.into()], judgement)
}

/// What the judge said of stations' ledgers: each has a stream of its own, so that what was said of
/// all others for years is not read.
fn judgements_of<'l>(
    tx: &Tx<'_>,
    judge: &'l LedgerId,
    ledgers: impl Iterator<Item = &'l LedgerId>,
) -> Result<Vec<SnapshotRow>, StoreError> {
    // Whose they are is looked at here: no database is led to the whole of the judge's ledger.
    let sql = "SELECT f.prev, f.bytes, f.ledger FROM station s
               JOIN fact f ON f.subject = 'station/' || s.code
               WHERE s.ledger = ?1 AND f.kind = 'PageJudged' ORDER BY f.epoch, f.seq";
    let mut rows = Vec::new();
    for ledger in ledgers {
        let said = tx.all(sql, &[ledger.into()], |row| Ok((judgement(row)?, row.ledger(2)?)))?;
        rows.extend(said.into_iter().filter(|(_, by)| by == judge).map(|(row, _)| row));
    }
    Ok(rows)
}

fn judgement(row: &mut Row) -> Result<SnapshotRow, StoreError> {
    let written = Written { prev: row.hash(0)?, bytes: row.text(1)? };
    Ok(SnapshotRow { written, catalog: false })
}

/// The snapshot that is kept under a name; none that can be read is none.
fn kept_as_it_is(tx: &Tx<'_>, name: &str) -> Result<Option<Snapshot>, StoreError> {
    Ok(tx.setting(name)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Every chunk that a kept snapshot names.
fn named_chunks(tx: &Tx<'_>) -> Result<BTreeSet<Hash>, StoreError> {
    let sql = "SELECT value FROM setting WHERE key LIKE ?1 || '%'";
    let kept = tx.all(sql, &[KEPT.into()], |row| row.text(0))?;
    // One that is not readable is made anew, and names nothing.
    let snapshots = kept.iter().filter_map(|text| serde_json::from_str::<Snapshot>(text).ok());
    Ok(snapshots.flat_map(|snapshot| snapshot.chunks).collect())
}

/// Whether every one of these blobs is here.
fn has_all(tx: &Tx<'_>, blobs: &[Hash]) -> Result<bool, StoreError> {
    let there = |hash: &Hash| -> Question<'static> {
        ("SELECT 1 FROM blob WHERE hash = ?1", vec![hash.into()])
    };
    let answers = tx.ask(&blobs.iter().map(there).collect::<Vec<_>>())?;
    Ok(answers.iter().all(|rows| !rows.is_empty()))
}
