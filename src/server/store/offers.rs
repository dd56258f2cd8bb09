//! Takes back what a restored server had and has no more, from those who still have it.
//!
//! Nobody is believed by their word: a fact of a ledger is taken where a seal of that ledger's station
//! ends at it, or where the fact after it is taken or stored. The server's own copy of its facts needs no
//! seal. A seal that is not genuine is kept of nobody: it would stand where the genuine one belongs.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::server::seals;
use crate::sync::protocol::{KnownFact, Offered};

use super::error::StoreError;
use super::routing::Routing;
use super::stations;
use super::tables::Tables;
use super::tx::{FactKey, FactRow, Tx, place};
use super::{Store, judged};

/// Where a restore is noted that the judge has not answered with a new epoch of its own yet.
const FEED_EPOCH: &str = "feed_epoch";

impl Store {
    /// The epoch of the feeds: a restored server opens a new one.
    pub fn feed_epoch(&self) -> Result<u32, StoreError> {
        self.read(super::feed_epoch)
    }

    /// Opens a new epoch of every feed, unless that was done since: the server was restored, and
    /// stations have what it has no more. Tells the epoch.
    pub fn open_feeds_anew(&self, seen: u32) -> Result<u32, StoreError> {
        self.write(|tx| {
            let epoch = super::feed_epoch(tx)?;
            if epoch != seen {
                return Ok(epoch);
            }
            tx.set(FEED_EPOCH, &(epoch + 1).to_string())?;
            tx.run("UPDATE feed_head SET epoch = ?1", &[(epoch + 1).into()])?;
            Ok(epoch + 1)
        })
    }

    /// Which of these facts are not here.
    pub fn missing(&self, facts: &[KnownFact]) -> Result<Vec<Position>, StoreError> {
        self.read(|tx| {
            let mut missing = Vec::new();
            for known in facts {
                if tx.id_at(&known.at)?.is_none() {
                    missing.push(known.at.clone());
                }
            }
            Ok(missing)
        })
    }

    /// Stores facts that were offered back; tells how many were taken. `trusted` are those of the
    /// server's own disk.
    pub fn take_offers(
        &self,
        offers: &[Offered],
        (received, trusted): (Timestamp, bool),
    ) -> Result<usize, StoreError> {
        self.write(|tx| {
            let mut runs: BTreeMap<Position, (&Offered, Fact)> = BTreeMap::new();
            for offered in offers {
                if let Ok(fact) = Fact::read_strictly(&offered.written.bytes) {
                    runs.insert(fact.head.position.clone(), (offered, fact));
                }
            }
            let believed = if trusted { None } else { Some(believed(tx, &runs)?) };
            let mut routing = Routing::new(tx, &self.plant);
            let received_utc = received.to_string();
            let mut tables = Tables::new(tx);
            let mut ledgers: BTreeMap<(LedgerId, u32), u64> = BTreeMap::new();
            let mut taken = 0;
            for (at, (offered, fact)) in &runs {
                let is_believed = believed.as_ref().is_none_or(|believed| believed.contains(at));
                if !is_believed || !fits(tx, at, &offered.written)? {
                    continue;
                }
                let key = FactKey { at: at.clone(), id: offered.written.id() };
                tx.insert_fact(&FactRow {
                    key: &key,
                    written: &offered.written,
                    kind: fact.body.kind(),
                    subject: &fact.subject.to_string(),
                    received_utc: &received_utc,
                })?;
                if let Some(seal) = to_keep(tx, at, (offered, trusted))? {
                    tx.insert_seal(seal)?;
                }
                let judged_to = match ledgers.entry((at.ledger.clone(), at.epoch)) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(new) => *new.insert(judged::judged_to(tx, at)?),
                };
                if at.seq <= judged_to {
                    tx.note_unjudged(at)?;
                }
                routing.route(fact, &key)?;
                tables.fill(fact, &received_utc)?;
                taken += 1;
            }
            routing.finish()?;
            tables.finish()?;
            for (ledger, epoch) in ledgers.into_keys() {
                reach(tx, &ledger, epoch)?;
            }
            Ok(taken)
        })
    }
}

/// Which facts of an offer prove themselves.
fn believed(
    tx: &Tx<'_>,
    runs: &BTreeMap<Position, (&Offered, Fact)>,
) -> Result<BTreeSet<Position>, StoreError> {
    let mut believed = BTreeSet::new();
    let mut after: Option<(Position, Hash)> = None;
    for (at, (offered, _)) in runs.iter().rev() {
        let id = offered.written.id();
        let follows = after.as_ref().is_some_and(|(next, prev)| at.plus(1) == *next && *prev == id);
        if follows || genuine(tx, at, offered)?.is_some() || prev_of_next(tx, at)? == Some(id) {
            believed.insert(at.clone());
            after = Some((at.clone(), offered.written.prev));
        } else {
            after = None;
        }
    }
    Ok(believed)
}

/// The seal that came with a fact, where it ends at that fact.
fn covering<'o>(at: &Position, offered: &'o Offered) -> Option<&'o Seal> {
    offered.seal.as_ref().filter(|seal| {
        (&seal.ledger, seal.epoch, seal.last_seq) == (&at.ledger, at.epoch, at.seq)
            && seal.head == offered.written.id()
    })
}

/// The seal that came with a fact, where it ends at that fact and the ledger's station made it.
fn genuine<'o>(
    tx: &Tx<'_>,
    at: &Position,
    offered: &'o Offered,
) -> Result<Option<&'o Seal>, StoreError> {
    to_keep(tx, at, (offered, false))
}

/// The seal to keep with a fact: a genuine one. The server's own copy may be of a station that enrolled
/// after the backup, whose key is not known until it does so again.
fn to_keep<'o>(
    tx: &Tx<'_>,
    at: &Position,
    (offered, trusted): (&'o Offered, bool),
) -> Result<Option<&'o Seal>, StoreError> {
    let Some(seal) = covering(at, offered) else { return Ok(None) };
    let key = stations::public_key(tx, &at.ledger)?;
    Ok(key.map_or(trusted, |key| seals::is_genuine(&key, seal)).then_some(seal))
}

/// The id that the fact after one names, where that is stored.
fn prev_of_next(tx: &Tx<'_>, at: &Position) -> Result<Option<Hash>, StoreError> {
    let sql = "SELECT prev FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    tx.one(sql, &place(&at.plus(1)), |row| row.hash(0))
}

/// Whether a fact is not here and contradicts none of those beside it.
fn fits(tx: &Tx<'_>, at: &Position, written: &Written) -> Result<bool, StoreError> {
    if at.seq == 0 || tx.id_at(at)?.is_some() {
        return Ok(false);
    }
    let before = match at.seq {
        1 => Some(Hash::ZERO),
        seq => tx.id_at(&Position { seq: seq - 1, ..at.clone() })?,
    };
    if before.is_some_and(|before| before != written.prev) {
        return Ok(false);
    }
    Ok(prev_of_next(tx, at)?.is_none_or(|prev| prev == written.id()))
}

/// Moves the head of an epoch on over what follows it without a gap.
fn reach(tx: &Tx<'_>, ledger: &LedgerId, epoch: u32) -> Result<(), StoreError> {
    let mut head = tx.head_of(ledger, epoch)?;
    let start = head.last_seq;
    loop {
        let at = Position { ledger: ledger.clone(), epoch, seq: head.last_seq + 1 };
        let Some(id) = tx.id_at(&at)? else { break };
        head = LedgerHead { epoch, last_seq: at.seq, last_id: id };
    }
    if head.last_seq > start { tx.set_head(ledger, &head) } else { Ok(()) }
}
