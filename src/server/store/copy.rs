//! Brings a whole store into another database, whichever two they are, and looks whether all came.

use std::fmt::Write as _;

use crate::domain::fact::Written;

use super::database::{Connection, Database};
use super::error::StoreError;
use super::tx::Tx;
use super::value::{Row, Value};
use super::{plant, tables};

/// How many rows are read at once; of tables whose rows may have megabytes, one.
const BATCH_ROWS: usize = 500;
const LARGE: [&str; 2] = ["blob", "quarantine"];

/// A table: its key in order, and its other columns.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    others: &'static [&'static str],
}

const AT: &[&str] = &["ledger", "epoch", "seq"];

/// Everything that is not made from facts. Left out are the lease, which is of the servers
/// that run, and parts of blobs, which come again.
const TABLES: [Table; 17] = [
    Table { name: "setting", key: &["key"], others: &["value"] },
    Table {
        name: "station",
        key: &["ledger"],
        others: &["public_key", "code", "token_sha256", "work_centers", "revoked", "announced"],
    },
    Table {
        name: "ledger_epoch",
        key: &["ledger", "epoch"],
        others: &["last_seq", "last_id", "frozen"],
    },
    Table {
        name: "fact",
        key: AT,
        others: &["prev", "bytes", "id", "kind", "subject", "received_utc"],
    },
    Table { name: "seal", key: &["ledger", "epoch", "last_seq"], others: &["head", "signature"] },
    Table {
        name: "quarantine",
        key: &["ledger", "epoch"],
        others: &["seq", "received_utc", "page"],
    },
    Table { name: "feed_head", key: &["feed"], others: &["epoch", "position", "rolling"] },
    Table {
        name: "feed_row",
        key: &["feed", "position"],
        others: &["ledger", "epoch", "seq", "rolling"],
    },
    Table { name: "subject_order", key: &["subject", "order_id"], others: &[] },
    Table { name: "order_route", key: &["order_id", "work_center"], others: &[] },
    Table { name: "order_feed", key: &["order_id", "feed"], others: &[] },
    Table { name: "work_center_area", key: &["work_center", "area"], others: &[] },
    Table { name: "judged", key: &["ledger", "epoch"], others: &["to_seq"] },
    Table { name: "unjudged", key: AT, others: &[] },
    Table { name: "feed_reached", key: &["ledger", "feed"], others: &["position", "utc"] },
    Table { name: "card_fact", key: AT, others: &[] },
    Table {
        name: "enrollment_code",
        key: &["code_sha256"],
        others: &["station", "work_centers", "expires_utc", "used_by"],
    },
];

/// Those of people and of pictures, which are large or private, and copied alike.
const MORE: [Table; 2] = [
    Table {
        name: "card",
        key: &["person"],
        others: &["name", "badge", "language", "pin_verifier"],
    },
    Table { name: "blob", key: &["hash"], others: &["bytes"] },
];

/// What was copied, and found to be the same there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Facts; the id of each was made anew from its bytes.
    pub facts: u64,
    /// Rows of all tables, each compared.
    pub rows: u64,
}

/// Copies a whole store into a database without a plant, in one transaction: all of it is there
/// and compared, or nothing is. What is made from facts is made after that, when nobody waits.
pub fn copy(from: &Database, to: &Database) -> Result<Copied, StoreError> {
    let (from, to) = (Connection::open(from)?, Connection::open(to)?);
    let (of, copied) = from.read(|source| {
        let Some(of) = plant(source)? else { return Err(StoreError::Empty) };
        let copied = to.write(|target| {
            if plant(target)?.is_some() {
                let what = "a plant was founded there already; name an empty database".to_owned();
                return Err(StoreError::Failed { what });
            }
            for table in TABLES.iter().chain(&MORE) {
                table.each(source, |rows| {
                    rows.into_iter().try_for_each(|row| table.put(target, row))
                })?;
            }
            let mut copied = Copied::default();
            for table in TABLES.iter().chain(&MORE) {
                table.compare(source, target, &mut copied)?;
            }
            tables::forget(target)?;
            Ok(copied)
        })?;
        Ok((of, copied))
    })?;
    // Not within the reading: a database ends a transaction in which nothing is asked for long.
    to.write(|target| tables::refill(target, &of))?;
    Ok(copied)
}

impl Table {
    fn columns(&self) -> Vec<&'static str> {
        self.key.iter().chain(self.others).copied().collect()
    }

    /// The rows after a key, in the order of the key, which is the same in every database.
    fn after(&self, tx: &Tx<'_>, key: &[Value<'static>]) -> Result<Vec<Row>, StoreError> {
        let (columns, order) = (self.columns().join(", "), self.key.join(", "));
        let mut sql = format!("SELECT {columns} FROM {}", self.name);
        if !key.is_empty() {
            let places: Vec<_> = (1..=key.len()).map(|number| format!("?{number}")).collect();
            write!(sql, " WHERE ({order}) > ({})", places.join(", ")).unwrap_or_default();
        }
        let most = if LARGE.contains(&self.name) { 1 } else { BATCH_ROWS };
        write!(sql, " ORDER BY {order} LIMIT {most}").unwrap_or_default();
        tx.all(&sql, key, |row| Ok(Row(std::mem::take(&mut row.0))))
    }

    fn each(
        &self,
        tx: &Tx<'_>,
        mut with: impl FnMut(Vec<Row>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut key = Vec::new();
        loop {
            let rows = self.after(tx, &key)?;
            let Some(last) = rows.last() else { return Ok(()) };
            key = last.0[..self.key.len()].to_vec();
            with(rows)?;
        }
    }

    fn put(&self, tx: &Tx<'_>, row: Row) -> Result<(), StoreError> {
        let columns = self.columns();
        let places: Vec<_> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
        let (columns, places) = (columns.join(", "), places.join(", "));
        let sql = format!("INSERT INTO {} ({columns}) VALUES ({places})", self.name);
        tx.run(&sql, &row.0).map(drop)
    }

    /// Row by row, in both directions: the same number, and the same in each.
    fn compare(
        &self,
        source: &Tx<'_>,
        target: &Tx<'_>,
        copied: &mut Copied,
    ) -> Result<(), StoreError> {
        let mut key = Vec::new();
        loop {
            let (ours, theirs) = (self.after(source, &key)?, self.after(target, &key)?);
            if ours.iter().map(|row| &row.0).ne(theirs.iter().map(|row| &row.0)) {
                let what = format!("the copy of table {} is not the same", self.name);
                return Err(StoreError::Damaged { what });
            }
            let Some(last) = theirs.last() else { return Ok(()) };
            key = last.0[..self.key.len()].to_vec();
            copied.rows += theirs.len() as u64;
            if self.name == "fact" {
                copied.facts += theirs.len() as u64;
                theirs.into_iter().try_for_each(is_whole)?;
            }
        }
    }
}

/// Whether the id of a fact is that of its bytes and of the fact before.
fn is_whole(mut row: Row) -> Result<(), StoreError> {
    let (prev, bytes, id) = (row.hash(3)?, row.text(4)?, row.hash(5)?);
    if (Written { prev, bytes }).id() == id {
        return Ok(());
    }
    Err(StoreError::damaged(format!("the fact {id} is not what its id says")))
}
