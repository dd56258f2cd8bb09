//! Seals, and how far the server holds the own ledger.

use ed25519_dalek::Signer;
use rusqlite::Connection;

use crate::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::append::{epochs, head_of, id_at, to_sql};
use super::apply::releases;
use super::error::LedgerError;
use super::store::{Ledger, meta, put_meta};
use super::{schema, station_key};

impl Ledger {
    /// Seals the ledger up to its head, and keeps the seal.
    pub fn seal(&mut self) -> Result<Seal, LedgerError> {
        let head = self.head()?;
        let seal = self.seal_head(&head)?;
        self.keep_seals()?;
        Ok(seal)
    }

    /// Seals an epoch of the ledger up to a number, such as the end of a page. The seal is kept with the
    /// note that the server has that page.
    pub fn seal_at(&mut self, (epoch, last_seq): (u32, u64)) -> Result<Seal, LedgerError> {
        let position = Position { epoch, ..self.own(last_seq) };
        let missing =
            || LedgerError::Fault { what: format!("{position} is not here to be sealed") };
        let last_id = match last_seq {
            0 => Hash::ZERO,
            _ => id_at(&self.connection, &position)?.ok_or_else(missing)?,
        };
        self.seal_head(&LedgerHead { epoch: position.epoch, last_seq, last_id })
    }

    /// Seals that end at facts after a number, so that each proves itself where the rest of the ledger
    /// is not: at all of them, or at the releases alone.
    pub fn seals_within(
        &mut self,
        (epoch, after): (u32, u64),
        (facts, all): (&[Written], bool),
    ) -> Result<Vec<Seal>, LedgerError> {
        // Few facts release anything; a look at the text spares reading the others.
        let is_release = |bytes: &str| {
            bytes.contains("Released") && Fact::read(bytes).is_ok_and(|fact| releases(&fact.body))
        };
        let mut seals = Vec::new();
        for (last_seq, written) in (after + 1..).zip(facts) {
            if all || is_release(&written.bytes) {
                seals.push(self.sign(&LedgerHead { epoch, last_seq, last_id: written.id() })?);
            }
        }
        for seal in &seals {
            self.remember(seal);
        }
        Ok(seals)
    }

    fn seal_head(&mut self, head: &LedgerHead) -> Result<Seal, LedgerError> {
        let seal = self.sign(head)?;
        if head.last_seq > 0 {
            self.remember(&seal);
        }
        Ok(seal)
    }

    /// A page that is sent again has the same seals.
    fn remember(&mut self, seal: &Seal) {
        if !self.seals.contains(seal) {
            self.seals.push(seal.clone());
        }
    }

    pub(super) fn sign(&self, head: &LedgerHead) -> Result<Seal, LedgerError> {
        let ledger = self.identity.ledger.clone();
        let missing = || LedgerError::Key {
            path: "station.key".to_owned(),
            why: "is not open for writing".to_owned(),
        };
        let key = self.key.as_ref().ok_or_else(missing)?;
        let signature = key.sign(&Seal::message(&ledger, head));
        Ok(Seal {
            ledger,
            epoch: head.epoch,
            last_seq: head.last_seq,
            head: head.last_id,
            signature: station_key::hex(&signature.to_bytes()),
        })
    }

    /// Keeps the seals that were made: they show where somebody cut off the end of the ledger.
    pub fn keep_seals(&mut self) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        self.seals.iter().try_for_each(|seal| put_seal(&transaction, seal))?;
        transaction.commit()?;
        self.seals.clear();
        Ok(())
    }

    /// The last own number that the server has acknowledged.
    pub fn at_server(&self) -> Result<u64, LedgerError> {
        at_server(&self.connection, self.identity.epoch)
    }

    /// The last own number of an epoch that the server has acknowledged.
    pub fn at_server_of(&self, epoch: u32) -> Result<u64, LedgerError> {
        at_server(&self.connection, epoch)
    }

    /// The newest epoch of which the server has acknowledged anything, else the first, and up to where.
    pub fn handed_in_to(&self) -> Result<(u32, u64), LedgerError> {
        let epochs = epochs(&self.connection, self.identity.epoch)?;
        let first = epochs.first().copied().unwrap_or(self.identity.epoch);
        for epoch in epochs.into_iter().rev() {
            let last = at_server(&self.connection, epoch)?;
            if last > 0 {
                return Ok((epoch, last));
            }
        }
        Ok((first, 0))
    }

    /// Notes what the server says it holds durably; false where its last id is not ours. A server that
    /// was restored holds less than it did.
    pub fn note_at_server(&mut self, head: &LedgerHead) -> Result<bool, LedgerError> {
        let ours = match head.last_seq {
            0 => Some(Hash::ZERO),
            seq => {
                let at = Position { epoch: head.epoch, ..self.own(seq) };
                id_at(&self.connection, &at)?
            }
        };
        if ours != Some(head.last_id) {
            return Ok(false);
        }
        let transaction = schema::begin(&self.connection)?;
        if head.last_seq != at_server(&transaction, head.epoch)? {
            let key = at_server_key(head.epoch);
            put_meta(&transaction, &key, &head.last_seq.to_string())?;
        }
        // Who made the seal of that page may have ended before the answer came.
        if head.last_seq > 0 {
            put_seal(&transaction, &self.sign(head)?)?;
        }
        self.seals.iter().try_for_each(|seal| put_seal(&transaction, seal))?;
        transaction.commit()?;
        self.seals.clear();
        Ok(true)
    }

    /// How many own facts are saved here and not at the server, those of earlier epochs among them.
    pub fn waiting(&self) -> Result<u64, LedgerError> {
        waiting(&self.connection, (&self.identity.ledger, self.identity.epoch))
    }

    fn own(&self, seq: u64) -> Position {
        let (ledger, epoch) = (self.identity.ledger.clone(), self.identity.epoch);
        Position { ledger, epoch, seq }
    }
}

pub(super) fn at_server_key(epoch: u32) -> String {
    format!("at_server.{epoch}")
}

pub(super) fn waiting(
    connection: &Connection,
    (ledger, writes): (&LedgerId, u32),
) -> Result<u64, LedgerError> {
    let mut waiting = 0;
    for epoch in epochs(connection, writes)? {
        let last = head_of(connection, ledger, epoch)?.last_seq;
        waiting += last.saturating_sub(at_server(connection, epoch)?);
    }
    Ok(waiting)
}

pub(super) fn at_server(connection: &Connection, epoch: u32) -> Result<u64, LedgerError> {
    let noted = meta(connection, &at_server_key(epoch))?;
    let wrong = |_| LedgerError::damaged("the number at the server is not readable");
    noted.map_or(Ok(0), |text| text.parse().map_err(wrong))
}

pub(super) fn put_seal(connection: &Connection, seal: &Seal) -> Result<(), LedgerError> {
    let sql = "INSERT INTO seal (ledger, epoch, last_seq, head, signature)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let (ledger, seq) = (seal.ledger.as_str(), to_sql(seal.last_seq));
    let row = (ledger, seal.epoch, seq, seal.head.0, seal.signature.as_str());
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}
