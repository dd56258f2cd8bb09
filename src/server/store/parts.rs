//! Blobs that come in parts: what came of one before the line broke waits for the next try.

use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::Store;
use super::error::StoreError;
use super::tx::Tx;

/// A part of a blob on its way from a station.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Whose.
    pub ledger: &'a LedgerId,
    /// The blob.
    pub hash: &'a Hash,
    /// How many bytes of it come before this part.
    pub from: usize,
    /// How many bytes the whole of it has.
    pub total: usize,
    /// The bytes; with none it is only asked.
    pub bytes: &'a [u8],
}

impl Store {
    /// Takes a part where it follows what is here, and tells how many bytes of the blob that are then:
    /// all of them once it is kept, none where in the end it did not have its hash. What the station
    /// sent of another blob is let go: it sends one at a time.
    pub fn take_part(&self, part: Part<'_>) -> Result<usize, StoreError> {
        let Part { ledger, hash, from, total, bytes } = part;
        self.write(|tx| {
            if tx.any("SELECT 1 FROM blob WHERE hash = ?1", &[hash.into()])? {
                // Another station sent it meanwhile.
                tx.run("DELETE FROM blob_part WHERE ledger = ?1", &[ledger.into()])?;
                return Ok(total);
            }
            let sql = "DELETE FROM blob_part WHERE ledger = ?1 AND hash <> ?2";
            tx.run(sql, &[ledger.into(), hash.into()])?;
            let had = had(tx, part)?;
            // They came as parts of something larger: they cannot be the blob, which is not kept.
            if had >= total {
                tx.run("DELETE FROM blob_part WHERE ledger = ?1", &[ledger.into()])?;
                return Ok(0);
            }
            if from != had || bytes.is_empty() {
                return Ok(had);
            }
            if had + bytes.len() < total {
                let sql = "INSERT INTO blob_part (ledger, hash, from_byte, bytes)
                           VALUES (?1, ?2, ?3, ?4)";
                let begins = (from as u64).into();
                tx.run(sql, &[ledger.into(), hash.into(), begins, bytes.into()])?;
                return Ok(had + bytes.len());
            }
            let sql = "SELECT bytes FROM blob_part WHERE ledger = ?1 ORDER BY from_byte";
            let mut whole = tx.all(sql, &[ledger.into()], |row| row.bytes(0))?.concat();
            whole.extend_from_slice(bytes);
            tx.run("DELETE FROM blob_part WHERE ledger = ?1", &[ledger.into()])?;
            if Hash::of(&[&whole]) != *hash {
                return Ok(0);
            }
            let sql =
                "INSERT INTO blob (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING";
            tx.run(sql, &[hash.into(), whole.as_slice().into()])?;
            Ok(total)
        })
    }
}

fn had(tx: &Tx<'_>, part: Part<'_>) -> Result<usize, StoreError> {
    let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM blob_part
               WHERE ledger = ?1 AND hash = ?2";
    let had = tx.one(sql, &[part.ledger.into(), part.hash.into()], |row| row.number(0))?;
    Ok(usize::try_from(had.unwrap_or(0)).unwrap_or(usize::MAX))
}
