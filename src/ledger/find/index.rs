//! The file of the index: one row a thing or a step, its words in SQLite's full-text table. Rows are
//! numbered so that each tier has its own range, and within it what came last comes first: a table of a
//! hundred thousand rows answers in their order at once, and in the order of its own ranking does not.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::domain::ids::LedgerId;
use crate::ledger::error::LedgerError;

/// The file beside the store.
const FILE: &str = "find.db";
/// Grows with every change of what is searched; an index of another version is made anew.
const VERSION: i64 = 2;
/// How long another process may write to it.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE about (ledger TEXT NOT NULL, arrival INTEGER NOT NULL) STRICT;
CREATE TABLE thing (
    id INTEGER PRIMARY KEY,
    traced TEXT NOT NULL,
    step TEXT NOT NULL,
    UNIQUE (traced, step)
) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (
    title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
";

fn file_of(store: &Connection) -> Option<PathBuf> {
    Some(Path::new(store.path()?).with_file_name(FILE))
}

/// What is searched of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ledger) struct Text {
    /// The thing, as it is written.
    pub(in crate::ledger) traced: String,
    /// The step of an instruction, the characteristic of a specification, or nothing.
    pub(in crate::ledger) step: String,
    /// Its name.
    pub(in crate::ledger) title: String,
    /// Its words.
    pub(in crate::ledger) body: String,
}

/// What is told together, in this order: what has a name of its own, definitions with their steps and
/// characteristics, what was found, proposed and permitted, and of the many units the last ones.
const TIERS: i64 = 4;
/// How many rows a tier can have.
const TIER_ROWS: i64 = 1 << 40;

fn tier(traced: &str) -> i64 {
    match traced.split_once('/') {
        Some(("instruction" | "specification", _)) => 1,
        Some(("deviation" | "permit" | "redline", _)) => 2,
        Some(("unit", _)) => 3,
        Some(_) | None => 0,
    }
}

/// A hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ledger) struct Hit {
    /// As [`Text::traced`].
    pub(in crate::ledger) traced: String,
    /// As [`Text::step`].
    pub(in crate::ledger) step: String,
    /// As [`Text::title`].
    pub(in crate::ledger) title: String,
    /// Where the words stand.
    pub(in crate::ledger) line: String,
}

/// An open index.
#[derive(Debug)]
pub(in crate::ledger) struct Index {
    connection: Connection,
}

impl Index {
    /// The index beside a store, opened once; what is no index of this ledger is made anew.
    pub(in crate::ledger) fn of<'a>(
        held: &'a mut Option<Self>,
        store: &Connection,
        ledger: &LedgerId,
    ) -> Result<&'a mut Self, LedgerError> {
        let index = match held.take() {
            Some(index) => index,
            None => Self::open(store, ledger)?,
        };
        Ok(held.insert(index))
    }

    /// Whether there is a file of an index beside a store.
    pub(in crate::ledger) fn stands(store: &Connection) -> bool {
        file_of(store).is_some_and(|file| file.exists())
    }

    /// Opens the file; one that is damaged is thrown away, since nothing is in it alone.
    fn open(store: &Connection, ledger: &LedgerId) -> Result<Self, LedgerError> {
        let none = || LedgerError::Fault { what: "the store has no file".to_owned() };
        let file = file_of(store).ok_or_else(none)?;
        let opened = Self::open_at(&file, ledger);
        let Err(LedgerError::Damaged { .. }) = opened else { return opened };
        for end in ["", "-wal", "-shm"] {
            let mut part = file.clone().into_os_string();
            part.push(end);
            match fs::remove_file(&part) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(LedgerError::file(&file, &error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Self::open_at(&file, ledger)
    }

    fn open_at(file: &Path, ledger: &LedgerId) -> Result<Self, LedgerError> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        // What a power cut takes is caught up again.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let index = Self { connection };
        if !index.is_of(ledger)? {
            index.make(ledger)?;
        }
        Ok(index)
    }

    fn is_of(&self, ledger: &LedgerId) -> Result<bool, LedgerError> {
        let version: i64 =
            self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != VERSION {
            return Ok(false);
        }
        let sql = "SELECT ledger FROM about";
        let known: Option<String> =
            self.connection.query_row(sql, (), |row| row.get(0)).optional()?;
        Ok(known.as_deref() == Some(ledger.as_str()))
    }

    fn make(&self, ledger: &LedgerId) -> Result<(), LedgerError> {
        let transaction = self.begin()?;
        let drop = "DROP TABLE IF EXISTS about; DROP TABLE IF EXISTS thing;
                    DROP TABLE IF EXISTS words;";
        transaction.execute_batch(drop)?;
        transaction.execute_batch(TABLES)?;
        transaction.execute("INSERT INTO about VALUES (?1, 0)", [ledger.as_str()])?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        Ok(transaction.commit()?)
    }

    pub(in crate::ledger) fn begin(&self) -> Result<Transaction<'_>, LedgerError> {
        Ok(Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?)
    }

    /// Takes everything out.
    pub(in crate::ledger) fn empty(&self) -> Result<(), LedgerError> {
        let sql = "SELECT ledger FROM about";
        let ledger: String = self.connection.query_row(sql, (), |row| row.get(0))?;
        let wrong = |_| LedgerError::damaged("the index does not say whose it is");
        self.make(&LedgerId::parse(&ledger).map_err(wrong)?)
    }

    /// Up to which arrival it is caught up.
    pub(in crate::ledger) fn arrival(&self) -> Result<i64, LedgerError> {
        Ok(self.connection.query_row("SELECT arrival FROM about", (), |row| row.get(0))?)
    }

    pub(in crate::ledger) fn put_arrival(&self, arrival: i64) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE about SET arrival = ?1", [arrival])?;
        Ok(())
    }

    /// Whether something of a thing is in it.
    pub(in crate::ledger) fn has(&self, traced: &str) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM thing WHERE traced = ?1";
        Ok(self.connection.prepare_cached(sql)?.exists([traced])?)
    }

    /// Puts a text in place of the one that is there.
    pub(in crate::ledger) fn put(&self, text: &Text) -> Result<(), LedgerError> {
        let sql = "SELECT t.id, w.title, w.body FROM thing t JOIN words w ON w.rowid = t.id
                   WHERE t.traced = ?1 AND t.step = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let there = statement.query_row((&text.traced, &text.step), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        });
        let id = match there.optional()? {
            Some((_, title, body)) if (&title, &body) == (&text.title, &text.body) => return Ok(()),
            Some((id, ..)) => {
                self.connection
                    .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
                    .execute([id])?;
                id
            }
            None => {
                let id = self.next(tier(&text.traced))?;
                let sql = "INSERT INTO thing (id, traced, step) VALUES (?1, ?2, ?3)";
                self.connection.prepare_cached(sql)?.execute((id, &text.traced, &text.step))?;
                id
            }
        };
        let sql = "INSERT INTO words (rowid, title, body) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(sql)?.execute((id, &text.title, &text.body))?;
        Ok(())
    }

    /// The row before all others of a tier.
    fn next(&self, tier: i64) -> Result<i64, LedgerError> {
        let (first, end) = (tier * TIER_ROWS + 1, (tier + 1) * TIER_ROWS);
        let sql = "SELECT coalesce(min(id), ?2) - 1 FROM thing WHERE id >= ?1 AND id < ?2";
        Ok(self.connection.prepare_cached(sql)?.query_row((first, end), |row| row.get(0))?)
    }

    /// What fits a question of the full-text table, so many of each tier, the last ones first.
    pub(in crate::ledger) fn find(
        &self,
        question: &str,
        limit: usize,
    ) -> Result<Vec<Hit>, LedgerError> {
        let sql = "SELECT t.traced, t.step, words.title, snippet(words, -1, '', '', '…', 12)
                   FROM words JOIN thing t ON t.id = words.rowid
                   WHERE words MATCH ?1 AND words.rowid >= ?2 AND words.rowid < ?3
                   ORDER BY words.rowid LIMIT ?4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut hits = Vec::new();
        for tier in 0..TIERS {
            let (first, end) = (tier * TIER_ROWS, (tier + 1) * TIER_ROWS);
            let mut rows = statement.query((question, first, end, limit))?;
            while let Some(row) = rows.next()? {
                hits.push(Hit {
                    traced: row.get(0)?,
                    step: row.get(1)?,
                    title: row.get(2)?,
                    line: row.get(3)?,
                });
            }
        }
        Ok(hits)
    }
}
