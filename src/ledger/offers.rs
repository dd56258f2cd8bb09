//! What this station has of others, to be offered back to a server that was restored.

use rusqlite::OptionalExtension;

use crate::domain::fact::{Position, Seal, Written};
use crate::domain::hash::Hash;

use super::append::{from_sql, key};
use super::error::LedgerError;
use super::store::Ledger;

/// The setting that says that the server was restored and what is here was not offered to it yet.
pub(super) const TO_OFFER: &str = "sync.offer";

impl Ledger {
    /// Whether what is here of others is to be offered to the server.
    pub fn is_to_offer(&self) -> Result<bool, LedgerError> {
        Ok(self.setting(TO_OFFER)?.is_some_and(|text| !text.is_empty()))
    }

    /// Notes that everything was offered.
    pub fn note_offered(&mut self) -> Result<(), LedgerError> {
        self.put_setting(TO_OFFER, "")
    }

    /// Facts of other ledgers that arrived after one, by position and id, with the last arrival.
    pub fn of_others(
        &self,
        after: i64,
        most: usize,
    ) -> Result<(Vec<(Position, Hash)>, i64), LedgerError> {
        let sql = "SELECT arrival, ledger, epoch, seq, id FROM fact
                   WHERE arrival > ?1 AND ledger <> ?2 ORDER BY arrival LIMIT ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = statement.query((after, self.identity.ledger.as_str(), most))?;
        let (mut facts, mut last) = (Vec::new(), after);
        while let Some(row) = rows.next()? {
            last = row.get(0)?;
            let text: String = row.get(1)?;
            let ledger = crate::domain::ids::LedgerId::parse(&text)
                .map_err(|_| LedgerError::damaged("a ledger's name is not readable"))?;
            let at = Position { ledger, epoch: row.get(2)?, seq: from_sql(row.get(3)?)? };
            facts.push((at, Hash(row.get(4)?)));
        }
        Ok((facts, last))
    }

    /// A fact as written, with the seal that ends at it where there is one.
    pub fn sealed(&self, at: &Position) -> Result<Option<(Written, Option<Seal>)>, LedgerError> {
        let Some(written) = self.written(at)? else { return Ok(None) };
        let sql = "SELECT head, signature FROM seal
                   WHERE ledger = ?1 AND epoch = ?2 AND last_seq = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let seal = statement.query_row(key(at), |row| Ok((Hash(row.get(0)?), row.get(1)?)));
        let seal = seal.optional()?.map(|(head, signature)| Seal {
            ledger: at.ledger.clone(),
            epoch: at.epoch,
            last_seq: at.seq,
            head,
            signature,
        });
        Ok(Some((written, seal)))
    }
}
