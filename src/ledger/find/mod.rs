//! Full-text search: an index in a file of its own beside the store, caught up by arrival.
//! `index` is the file, `texts` what of a subject is searched, `words` what is typed.
//! Invariant: nothing is in it alone, so that it may be thrown away at any moment; people's names are
//! not in it, since they may have to go.

pub(in crate::ledger) mod index;
mod texts;
pub(in crate::ledger) mod words;

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::domain::stream::Subject;

use super::error::LedgerError;
use super::store::Ledger;
use index::Index;

/// Facts whose subjects are looked at in one go.
const CHUNK_FACTS: i64 = 1_000;

impl Ledger {
    /// Brings the index some facts nearer to the store; tells how many are left. The store itself is
    /// only read.
    pub fn catch_up_find(&self) -> Result<u64, LedgerError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut held = self.find.borrow_mut();
        let index = Index::of(&mut held, &self.connection, &self.identity.ledger)?;
        let last = last_arrival(&snapshot)?;
        let mut from = index.arrival()?;
        if from > last {
            // The store was set back, such as by a backup.
            index.empty()?;
            from = 0;
        }
        if from == last && !texts::awaited(&snapshot, index)? {
            return Ok(0);
        }
        let to = last.min(from + CHUNK_FACTS);
        let transaction = index.begin()?;
        for subject in changed(&snapshot, (from, to))? {
            for text in self.texts_of(&snapshot, &subject)? {
                index.put(&text)?;
            }
        }
        for text in self.definition_texts(&snapshot, index)? {
            index.put(&text)?;
        }
        index.put_arrival(to)?;
        transaction.commit()?;
        super::append::from_sql(last - to)
    }

    /// Empties the index; it is caught up anew.
    pub fn empty_find(&self) -> Result<(), LedgerError> {
        let mut held = self.find.borrow_mut();
        if held.is_none() && !Index::stands(&self.connection) {
            return Ok(());
        }
        Index::of(&mut held, &self.connection, &self.identity.ledger)?.empty()
    }
}

pub(super) fn last_arrival(connection: &Connection) -> Result<i64, LedgerError> {
    let sql = "SELECT coalesce(max(arrival), 0) FROM fact";
    Ok(connection.query_row(sql, (), |row| row.get(0))?)
}

fn changed(
    connection: &Connection,
    (from, to): (i64, i64),
) -> Result<BTreeSet<Subject>, LedgerError> {
    let sql = "SELECT DISTINCT subject FROM fact WHERE arrival > ?1 AND arrival <= ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((from, to))?;
    let mut subjects = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        subjects.extend(Subject::parse(&text));
    }
    Ok(subjects)
}
