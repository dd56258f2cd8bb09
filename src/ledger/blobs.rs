//! Blobs by SHA-256: compiled definitions, pictures, drawings.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::{Fact, Written};
use crate::domain::hash::Hash;
use crate::domain::kinds::FactBody;
use crate::domain::revision::{InstructionFact, SpecificationFact, Submitted};

use super::error::LedgerError;
use super::schema;
use super::store::Ledger;

/// The largest blob in bytes.
pub const BLOB_BYTES_MAX: usize = 16 * 1024 * 1024;

impl Ledger {
    /// Keeps a blob; the same bytes are kept once.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Result<Hash, LedgerError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(LedgerError::BlobTooLarge { bytes: bytes.len(), most: BLOB_BYTES_MAX });
        }
        let hash = Hash::of(&[bytes]);
        let transaction = schema::begin(&self.connection)?;
        let sql = "INSERT INTO blob (hash, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        transaction.execute(sql, (hash.0, bytes))?;
        self.project_waiting_for(&transaction, &hash)?;
        transaction.commit()?;
        Ok(hash)
    }

    /// A blob's bytes, where it is here.
    pub fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        read(&self.connection, hash)
    }

    /// Blobs that known definitions name and that are not here.
    pub fn missing_blobs(&self) -> Result<Vec<Hash>, LedgerError> {
        let sql = "SELECT DISTINCT hash FROM blob_named
                   WHERE hash NOT IN (SELECT hash FROM blob) ORDER BY hash";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map((), |row| Ok(Hash(row.get(0)?)))?;
        rows.map(|row| row.map_err(Into::into)).collect()
    }
}

/// Blobs that the facts of a page name; they are sent before it.
pub fn blobs_of(page: &[Written]) -> Vec<Hash> {
    let hashes: BTreeSet<Hash> = page.iter().flat_map(|w| named(&w.bytes)).collect();
    hashes.into_iter().collect()
}

/// The blobs that a fact names.
fn named(bytes: &str) -> Vec<Hash> {
    // Most facts name none; a look at the text spares reading them.
    if !bytes.contains("Submitted") {
        return Vec::new();
    }
    let submitted: Option<Submitted> = match Fact::read(bytes).map(|fact| fact.body) {
        Ok(FactBody::Instruction(InstructionFact::RevisionSubmitted(submitted))) => Some(submitted),
        Ok(FactBody::Specification(SpecificationFact::SpecificationSubmitted(submitted))) => {
            Some(submitted)
        }
        Ok(_) | Err(_) => None,
    };
    submitted.map_or_else(Vec::new, |s| s.blobs.into_iter().chain([s.hash]).collect())
}

pub(super) fn read(connection: &Connection, hash: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM blob WHERE hash = ?1")?;
    Ok(statement.query_row([hash.0], |row| row.get(0)).optional()?)
}

pub(super) fn is_here(connection: &Connection, hash: &Hash) -> Result<bool, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM blob WHERE hash = ?1")?;
    Ok(statement.exists([hash.0])?)
}
