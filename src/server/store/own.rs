//! Gives a station its own facts back: for a store that was restored from a backup or copied.

use crate::domain::fact::{LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::sync::protocol::{OwnAnswer, PAGE_BYTES_MAX, PAGE_FACTS_MAX};

use super::Store;
use super::error::StoreError;
use super::sqlite::{self, signed};

impl Store {
    /// Every epoch of a ledger, in order.
    pub fn epochs_of(&self, ledger: &LedgerId) -> Result<Vec<u32>, StoreError> {
        let sql = "SELECT epoch FROM ledger_epoch WHERE ledger = ?1 ORDER BY epoch";
        self.sqlite.read(|tx| tx.all(sql, [ledger.as_str()], |row| row.get(0)))
    }

    /// The id of a ledger's fact, where it is stored.
    pub fn id_of(
        &self,
        ledger: &LedgerId,
        (epoch, seq): (u32, u64),
    ) -> Result<Option<Hash>, StoreError> {
        let at = Position { ledger: ledger.clone(), epoch, seq };
        self.sqlite.read(|tx| tx.id_at(&at))
    }

    /// The facts of a ledger's epoch after a number, at least one where there is any, with the last
    /// that is stored of it.
    pub fn own(
        &self,
        ledger: &LedgerId,
        (epoch, after): (u32, u64),
        most: usize,
    ) -> Result<OwnAnswer, StoreError> {
        self.sqlite.read(|tx| {
            let sql = "SELECT seq, id FROM fact WHERE ledger = ?1 AND epoch = ?2
                       ORDER BY seq DESC LIMIT 1";
            let last = tx.one(sql, (ledger.as_str(), epoch), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })?;
            let (last_seq, last_id) = match last {
                Some((seq, id)) => (sqlite::unsigned(seq), sqlite::hash(&id)?),
                None => (0, Hash::ZERO),
            };
            let sql = "SELECT prev, bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq > ?3
                       ORDER BY seq LIMIT ?4";
            let most = signed(most.min(PAGE_FACTS_MAX) as u64);
            let rows = tx.all(sql, (ledger.as_str(), epoch, signed(after), most), |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?;
            let (mut facts, mut bytes) = (Vec::new(), 0);
            for (prev, text) in rows {
                bytes += text.len();
                if bytes > PAGE_BYTES_MAX && !facts.is_empty() {
                    break;
                }
                facts.push(Written { prev: sqlite::hash(&prev)?, bytes: text });
            }
            Ok(OwnAnswer { facts, last: LedgerHead { epoch, last_seq, last_id } })
        })
    }
}
