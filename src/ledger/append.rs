//! Appending facts: the chain of the own ledger, and what came from others.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::{Fact, LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::error::LedgerError;
use super::store::Ledger;
use super::stub;

impl Ledger {
    /// The last fact of the own ledger.
    pub fn head(&self) -> Result<LedgerHead, LedgerError> {
        head_of(&self.connection, &self.identity.ledger, self.identity.epoch)
    }

    /// Own facts of an epoch after a number, as written: at least one where there is any, then as many
    /// as fit into so many bytes and facts.
    pub fn outgoing(
        &self,
        (epoch, after_seq): (u32, u64),
        (bytes_max, facts_max): (usize, usize),
    ) -> Result<Vec<Written>, LedgerError> {
        let sql = "SELECT prev, bytes, seq FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq > ?3
                   ORDER BY seq";
        let mut statement = self.connection.prepare_cached(sql)?;
        let ledger = self.identity.ledger.as_str();
        let mut rows = statement.query((ledger, epoch, to_sql(after_seq)))?;
        let (mut facts, mut bytes) = (Vec::new(), 0);
        while facts.len() < facts_max
            && let Some(row) = rows.next()?
        {
            // What was pruned lies at the server, and is asked for by one that lost it.
            if from_sql(row.get(2)?)? != after_seq + 1 + facts.len() as u64 {
                break;
            }
            let written = Written { prev: Hash(row.get(0)?), bytes: row.get(1)? };
            bytes += written.bytes.len();
            if bytes > bytes_max && !facts.is_empty() {
                break;
            }
            facts.push(written);
        }
        let at = Position { ledger: self.identity.ledger.clone(), epoch, seq: after_seq };
        if facts.is_empty() && stub::id_at(&self.connection, &at.plus(1))?.is_some() {
            return Err(stub::lost(&at));
        }
        Ok(facts)
    }

    /// The epoch that was written here after another one, where there is one.
    pub fn epoch_after(&self, epoch: u32) -> Result<Option<u32>, LedgerError> {
        let epochs = epochs(&self.connection, self.identity.epoch)?;
        Ok(epochs.into_iter().find(|next| *next > epoch))
    }

    /// One fact as written, wherever it came from.
    pub fn written(&self, position: &Position) -> Result<Option<Written>, LedgerError> {
        let sql = "SELECT prev, bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row(key(position), |row| {
            Ok(Written { prev: Hash(row.get(0)?), bytes: row.get(1)? })
        });
        Ok(found.optional()?)
    }
}

/// SQLite's integers are signed; our numbers never come near the difference.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as it came from SQLite; a negative one was not written by us.
pub(super) fn from_sql(number: i64) -> Result<u64, LedgerError> {
    u64::try_from(number).map_err(|_| LedgerError::damaged("a count is negative"))
}

pub(super) fn key(position: &Position) -> (&str, u32, i64) {
    (position.ledger.as_str(), position.epoch, to_sql(position.seq))
}

/// The epochs of the own ledger that this store wrote or has whole, up to the one that it writes. Of
/// others, which a second machine or another life of a server wrote, parts may be here.
pub(super) fn epochs(connection: &Connection, writes: u32) -> Result<Vec<u32>, LedgerError> {
    let sql = "SELECT CAST(substr(key, 11) AS INTEGER) FROM meta WHERE key GLOB 'at_server.*'";
    let mut statement = connection.prepare_cached(sql)?;
    let mut epochs = vec![writes];
    for epoch in statement.query_map((), |row| row.get(0))? {
        epochs.push(epoch?);
    }
    epochs.sort_unstable();
    epochs.dedup();
    Ok(epochs)
}

/// The last fact of a ledger's epoch, also where it was pruned.
pub(super) fn head_of(
    connection: &Connection,
    ledger: &LedgerId,
    epoch: u32,
) -> Result<LedgerHead, LedgerError> {
    let sql = "SELECT seq, id FROM fact WHERE ledger = ?1 AND epoch = ?2 ORDER BY seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement
        .query_row((ledger.as_str(), epoch), |row| Ok((row.get::<_, i64>(0)?, Hash(row.get(1)?))));
    let (seq, last_id) = found.optional()?.unwrap_or((0, Hash::ZERO));
    let head = LedgerHead { epoch, last_seq: from_sql(seq)?, last_id };
    let pruned = stub::head_of(connection, ledger, epoch)?;
    Ok(pruned.filter(|pruned| pruned.last_seq > head.last_seq).unwrap_or(head))
}

/// The id of the fact at a position, where it is here or was pruned.
pub(super) fn id_at(
    connection: &Connection,
    position: &Position,
) -> Result<Option<Hash>, LedgerError> {
    match whole_id_at(connection, position)? {
        None => stub::id_at(connection, position),
        found => Ok(found),
    }
}

/// The ids of so many facts of a ledger's epoch from a number on, as far as they are here or were pruned.
pub(super) fn ids_from(
    connection: &Connection,
    (ledger, epoch, seq): (&LedgerId, u32, u64),
    count: u64,
) -> Result<Vec<Hash>, LedgerError> {
    let sql = "SELECT seq, id FROM fact
               WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq < ?4
               UNION ALL SELECT seq, id FROM stub
               WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq < ?4 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let range = (ledger.as_str(), epoch, to_sql(seq), to_sql(seq.saturating_add(count)));
    let ids = statement.query_map(range, |row| Ok(Hash(row.get(1)?)))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The id of the fact at a position, where it is here.
pub(super) fn whole_id_at(
    connection: &Connection,
    position: &Position,
) -> Result<Option<Hash>, LedgerError> {
    let sql = "SELECT id FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(key(position), |row| Ok(Hash(row.get(0)?))).optional()?)
}

/// Stores one fact; tells its arrival.
pub(super) fn insert(
    connection: &Connection,
    written: &Written,
    fact: &Fact,
    id: &Hash,
) -> Result<i64, LedgerError> {
    let sql = "INSERT INTO fact (ledger, epoch, seq, prev, bytes, id, kind, subject)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (ledger, epoch, seq) = key(&fact.head.position);
    connection.prepare_cached(sql)?.execute((
        ledger,
        epoch,
        seq,
        written.prev.0,
        written.bytes.as_str(),
        id.0,
        fact.body.kind(),
        fact.subject.to_string(),
    ))?;
    Ok(connection.last_insert_rowid())
}
