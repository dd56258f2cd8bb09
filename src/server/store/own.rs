//! Gives a station its own facts back: for a store that was restored from a backup or copied.

use crate::domain::fact::{LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::sync::protocol::{OwnAnswer, PAGE_BYTES_MAX, PAGE_FACTS_MAX};

use super::Store;
use super::error::StoreError;

impl Store {
    /// Every epoch of a ledger, in order.
    pub fn epochs_of(&self, ledger: &LedgerId) -> Result<Vec<u32>, StoreError> {
        let sql = "SELECT epoch FROM ledger_epoch WHERE ledger = ?1 ORDER BY epoch";
        self.read(|tx| tx.all(sql, &[ledger.into()], |row| row.epoch(0)))
    }

    /// The id of a ledger's fact, where it is stored.
    pub fn id_of(
        &self,
        ledger: &LedgerId,
        (epoch, seq): (u32, u64),
    ) -> Result<Option<Hash>, StoreError> {
        let at = Position { ledger: ledger.clone(), epoch, seq };
        self.read(|tx| tx.id_at(&at))
    }

    /// The facts of a ledger's epoch after a number, at least one where there is any, with the last
    /// that is stored of it.
    pub fn own(
        &self,
        ledger: &LedgerId,
        (epoch, after): (u32, u64),
        most: usize,
    ) -> Result<OwnAnswer, StoreError> {
        self.read(|tx| {
            let sql = "SELECT seq, id FROM fact WHERE ledger = ?1 AND epoch = ?2
                       ORDER BY seq DESC LIMIT 1";
            let last = tx.one(sql, &[ledger.into(), epoch.into()], |row| {
                Ok(LedgerHead { epoch, last_seq: row.number(0)?, last_id: row.hash(1)? })
            })?;
            let sql = "SELECT prev, bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq > ?3
                       ORDER BY seq LIMIT ?4";
            let most = most.min(PAGE_FACTS_MAX) as u64;
            let values = [ledger.into(), epoch.into(), after.into(), most.into()];
            let (mut facts, mut bytes) = (Vec::new(), 0);
            for written in
                tx.all(sql, &values, |row| Ok(Written { prev: row.hash(0)?, bytes: row.text(1)? }))?
            {
                bytes += written.bytes.len();
                if bytes > PAGE_BYTES_MAX && !facts.is_empty() {
                    break;
                }
                facts.push(written);
            }
            let none = LedgerHead { epoch, last_seq: 0, last_id: Hash::ZERO };
            Ok(OwnAnswer { facts, last: last.unwrap_or(none) })
        })
    }
}
