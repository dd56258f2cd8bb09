//! Making the read models anew beside the old ones, and comparing the two.

use rusqlite::Connection;

use crate::domain::stream::Subject;

use super::error::LedgerError;
use super::models::Touched;
use super::models::noted::Noted;
use super::models::tables::Models;
use super::store::Ledger;
use super::streams::{self, Stored, stored};
use super::{long, schema};

/// How many streams are projected in one transaction; between two, others may write.
const CHUNK_STREAMS: i64 = 128;

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Facts read.
    pub done: u64,
    /// Facts to read.
    pub total: u64,
}

/// What a check of a store found; clean when both lists are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Facts in the store.
    pub facts: u64,
    /// What SQLite says is wrong with the file.
    pub integrity: Vec<String>,
    /// Read models that differ from their facts: table, rows too many, rows missing.
    pub models: Vec<(String, i64, i64)>,
}

impl Ledger {
    /// Makes the read models anew; the old ones are readable until the new ones stand.
    pub fn rebuild(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        long::forget(&transaction)?;
        transaction.commit()?;
        let from = self.fill(progress)?;
        let transaction = schema::begin(&self.connection)?;
        self.catch_up(&transaction, from)?;
        Models::swap(&transaction)?;
        transaction.commit()?;
        self.empty_find()
    }

    /// Checks the file and compares the read models with what their facts amount to.
    pub fn check(
        &mut self,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<CheckReport, LedgerError> {
        let mut report =
            CheckReport { integrity: integrity(&self.connection)?, ..CheckReport::default() };
        report.facts = count(&self.connection, 0)?;
        let from = self.fill(progress)?;
        let transaction = schema::begin(&self.connection)?;
        self.catch_up(&transaction, from)?;
        let different = Models::differences(&transaction)?;
        report.models = different.into_iter().map(|(t, a, b)| (t.to_owned(), a, b)).collect();
        for subject in long::subjects(&transaction)? {
            if streams::read(&transaction, &subject)? != streams::refold(&transaction, &subject)? {
                report.models.push((format!("long_stream of {subject}"), 1, 1));
            }
        }
        Models::SHADOW.drop_all(&transaction)?;
        transaction.commit()?;
        Ok(report)
    }

    /// Fills the shadow tables, a few streams at a time; tells up to which arrival.
    fn fill(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<i64, LedgerError> {
        self.streams.borrow_mut().forget();
        let transaction = schema::begin(&self.connection)?;
        Models::SHADOW.create(&transaction)?;
        Models::SHADOW.put_pruned_contacts(&transaction)?;
        let last: i64 =
            transaction
                .query_row("SELECT coalesce(max(arrival), 0) FROM fact", (), |row| row.get(0))?;
        let mut at = Progress { done: 0, total: count(&transaction, 0)? };
        transaction.commit()?;
        let mut after = String::new();
        loop {
            let transaction = schema::begin(&self.connection)?;
            let chunk = subjects_after(&transaction, &after)?;
            let Some(end) = chunk.last() else { return Ok(last) };
            after.clone_from(end);
            for subject in chunk.iter().filter_map(|text| Subject::parse(text)) {
                at.done += self.project_shadow(&transaction, &subject)?;
            }
            transaction.commit()?;
            progress(at);
        }
    }

    /// What was written while the shadow tables were filled.
    fn catch_up(&self, transaction: &Connection, from: i64) -> Result<(), LedgerError> {
        let sql = "SELECT DISTINCT subject FROM fact WHERE arrival > ?1";
        let mut changed = texts(transaction, sql, from)?;
        let sql = "SELECT DISTINCT subject FROM {blob_wanted}
                   WHERE hash IN (SELECT hash FROM blob) AND ?1 >= 0";
        changed.append(&mut texts(transaction, &Models::SHADOW.name(sql), from)?);
        for subject in changed.iter().filter_map(|text| Subject::parse(text)) {
            self.project_shadow(transaction, &subject)?;
        }
        Ok(())
    }

    fn project_shadow(
        &self,
        transaction: &Connection,
        subject: &Subject,
    ) -> Result<u64, LedgerError> {
        let facts = stored(transaction, subject, 0)?;
        let count = facts.len() as u64;
        let mut noted = Noted::default();
        for Stored { fact, .. } in &facts {
            Models::SHADOW.put_judged(transaction, fact)?;
            noted.add(fact);
        }
        noted.put(transaction, Models::SHADOW)?;
        self.streams.borrow_mut().arrive(transaction, subject, facts)?;
        self.project(transaction, Models::SHADOW, subject, &Touched::All)?;
        Ok(count)
    }
}

fn count(connection: &Connection, after: i64) -> Result<u64, LedgerError> {
    let sql = "SELECT count(*) FROM fact WHERE arrival > ?1";
    super::append::from_sql(connection.query_row(sql, [after], |row| row.get(0))?)
}

fn subjects_after(connection: &Connection, after: &str) -> Result<Vec<String>, LedgerError> {
    let sql = "SELECT DISTINCT subject FROM fact WHERE subject > ?1 ORDER BY subject LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((after, CHUNK_STREAMS), |row| row.get(0))?;
    rows.map(|row| row.map_err(Into::into)).collect()
}

fn texts(connection: &Connection, sql: &str, key: i64) -> Result<Vec<String>, LedgerError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| row.get(0))?;
    rows.map(|row| row.map_err(Into::into)).collect()
}

fn integrity(connection: &Connection) -> Result<Vec<String>, LedgerError> {
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
