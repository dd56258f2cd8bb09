//! What is left of a fact that was pruned (R14): its identity, by which the chain of its ledger still
//! proves itself, and by which the fact is taken back byte for byte or not at all.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::backed_up::BackedUp;
use crate::domain::fact::{Fact, LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, OrderId};
use crate::domain::stream::Subject;

use super::append::{from_sql, insert, key, to_sql};
use super::error::LedgerError;
use super::schema;
use super::store::Ledger;

impl Ledger {
    /// The receipt of the server about its last completed backup.
    pub fn backed_up(&self) -> Result<BackedUp, LedgerError> {
        let sql = "SELECT ledger, epoch, last_seq FROM backed_up ORDER BY ledger, epoch";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        let mut up_to = Vec::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let wrong = |_| LedgerError::damaged("a receipt names no ledger");
            let ledger = LedgerId::parse(&text).map_err(wrong)?;
            up_to.push(Position { ledger, epoch: row.get(1)?, seq: from_sql(row.get(2)?)? });
        }
        Ok(BackedUp { up_to })
    }

    /// Keeps the receipt of the server; the one before counts no more.
    pub fn note_backed_up(&mut self, receipt: &BackedUp) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        transaction.execute("DELETE FROM backed_up", ())?;
        let sql = "INSERT INTO backed_up (ledger, epoch, last_seq) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)";
        for at in &receipt.up_to {
            transaction.prepare_cached(sql)?.execute(key(at))?;
        }
        Ok(transaction.commit()?)
    }

    /// How many units were pruned by a version that did not keep what is built into them.
    pub fn pruned_unknown(&self) -> Result<u64, LedgerError> {
        let sql = "SELECT count(*) FROM pruned_unknown";
        from_sql(self.connection.query_row(sql, (), |row| row.get(0))?)
    }

    /// How many facts were pruned.
    pub fn pruned(&self) -> Result<u64, LedgerError> {
        from_sql(self.connection.query_row("SELECT count(*) FROM stub", (), |row| row.get(0))?)
    }
}

/// The id of the fact that was pruned at a position.
pub(super) fn id_at(
    connection: &Connection,
    position: &Position,
) -> Result<Option<Hash>, LedgerError> {
    let sql = "SELECT id FROM stub WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(key(position), |row| Ok(Hash(row.get(0)?))).optional()?)
}

/// The last fact of a ledger's epoch that was pruned.
pub(super) fn head_of(
    connection: &Connection,
    ledger: &LedgerId,
    epoch: u32,
) -> Result<Option<LedgerHead>, LedgerError> {
    let sql = "SELECT seq, id FROM stub WHERE ledger = ?1 AND epoch = ?2 ORDER BY seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement
        .query_row((ledger.as_str(), epoch), |row| Ok((row.get::<_, i64>(0)?, Hash(row.get(1)?))));
    let Some((seq, last_id)) = found.optional()? else { return Ok(None) };
    Ok(Some(LedgerHead { epoch, last_seq: from_sql(seq)?, last_id }))
}

/// Whether any own fact after a position was pruned.
pub(super) fn any_after(connection: &Connection, at: &Position) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM stub WHERE ledger = ?1 AND (epoch > ?2 OR epoch = ?2 AND seq > ?3)";
    Ok(connection.prepare_cached(sql)?.exists(key(at))?)
}

/// How many facts up to a number of an epoch were pruned.
pub(super) fn count_to(
    connection: &Connection,
    ledger: &LedgerId,
    (epoch, last_seq): (u32, u64),
) -> Result<u64, LedgerError> {
    let sql = "SELECT count(*) FROM stub WHERE ledger = ?1 AND epoch = ?2 AND seq <= ?3";
    let mut statement = connection.prepare_cached(sql)?;
    from_sql(statement.query_row((ledger.as_str(), epoch, to_sql(last_seq)), |row| row.get(0))?)
}

/// Leaves a stub of every fact of a stream in its place, and what is built into the unit; the stream is
/// noted as left out.
pub(super) fn leave(
    connection: &Connection,
    subject: &Subject,
    order: &OrderId,
) -> Result<(), LedgerError> {
    let subject = subject.to_string();
    let sql = "INSERT INTO pruned_component
               SELECT position, subject, part, identity, by_lot, pieces, utc_ms, becomes, removed_ms, made
               FROM component_row WHERE subject = ?1";
    connection.prepare_cached(sql)?.execute([&subject])?;
    let sql = "INSERT INTO left_out (subject, order_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    connection.prepare_cached(sql)?.execute((&subject, order.as_str()))?;
    let sql = "INSERT INTO stub (ledger, epoch, seq, id, kind, subject)
               SELECT ledger, epoch, seq, id, kind, subject FROM fact WHERE subject = ?1";
    connection.prepare_cached(sql)?.execute([&subject])?;
    connection.prepare_cached("DELETE FROM fact WHERE subject = ?1")?.execute([&subject])?;
    Ok(())
}

/// Puts a fact back in the place of its stub; false where there is none.
pub(super) fn fill(
    connection: &Connection,
    (written, id): (&Written, &Hash),
    fact: &Fact,
) -> Result<bool, LedgerError> {
    let at = &fact.head.position;
    if id_at(connection, at)? != Some(*id) {
        return Ok(false);
    }
    insert(connection, written, fact, id)?;
    let sql = "DELETE FROM stub WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    connection.prepare_cached(sql)?.execute(key(at))?;
    let sql = "DELETE FROM pruned_component WHERE position = ?1";
    connection.prepare_cached(sql)?.execute([at.to_string()])?;
    let sql = "DELETE FROM pruned_unknown WHERE subject = ?1";
    connection.prepare_cached(sql)?.execute([fact.subject.to_string()])?;
    Ok(true)
}

/// Whether a stub is left of an order's streams.
pub(super) fn any_of(connection: &Connection, order: &OrderId) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM left_out l JOIN stub s ON s.subject = l.subject
               WHERE l.order_id = ?1";
    Ok(connection.prepare_cached(sql)?.exists([order.as_str()])?)
}

/// What is needed of a fact that was pruned can only come from the server's newest backup.
pub(super) fn lost(at: &Position) -> LedgerError {
    LedgerError::CannotWrite {
        why: format!(
            "the server has no more what was pruned here after {at}, which it said lies in its backup"
        ),
        next: "bring the server back from its newest backup: gemba serve restore",
    }
}
