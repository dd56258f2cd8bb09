//! Loading what a new station begins with, and fetching what it left out.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::{Fact, Seal};
use crate::domain::feeds::Cursor;
use crate::domain::ids::OrderId;
use crate::domain::snapshot::{LeftOut, SnapshotChunk, SnapshotRow};
use crate::domain::stream::Subject;

use super::append::{insert, key};
use super::apply::{Arrivals, put_cursor, releases};
use super::error::{ApplyError, LedgerError};
use super::models::Touched;
use super::models::tables::Models;
use super::schema;
use super::seals::put_seal;
use super::store::Ledger;
use super::stub;

impl Ledger {
    /// Whether nothing of others is here and no feed was applied, so that a snapshot can be loaded.
    pub fn is_untouched(&self) -> Result<bool, LedgerError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM fact WHERE ledger <> ?1)
                   AND NOT EXISTS (SELECT 1 FROM cursor WHERE position > 0)";
        let ledger = self.identity.ledger.as_str();
        Ok(self.connection.query_row(sql, [ledger], |row| row.get(0))?)
    }

    /// Loads a snapshot, all of it or nothing: its facts, what was left out, and the cursors from which
    /// its feeds go on. Tells how many facts are new.
    pub fn load_snapshot<E: From<ApplyError>>(
        &mut self,
        cursors: &[Cursor],
        chunks: impl Iterator<Item = Result<SnapshotChunk, E>>,
    ) -> Result<u64, E> {
        let failed = |error: LedgerError| E::from(ApplyError::from(error));
        let transaction = schema::begin(&self.connection).map_err(failed)?;
        let done = self.take_chunks(&transaction, cursors, chunks);
        let done = done.and_then(|new| {
            transaction.commit().map_err(|error| E::from(ApplyError::from(error)))?;
            Ok(new)
        });
        // Everything was folded once; what is worked on next is little of it.
        self.streams.borrow_mut().forget();
        done
    }

    fn take_chunks<E: From<ApplyError>>(
        &self,
        transaction: &Connection,
        cursors: &[Cursor],
        chunks: impl Iterator<Item = Result<SnapshotChunk, E>>,
    ) -> Result<u64, E> {
        let (mut new, mut subjects) = (0, BTreeSet::new());
        for chunk in chunks {
            let SnapshotChunk { rows, seals, left_out } = chunk?;
            new += self.take_rows(transaction, &rows, &mut subjects)?;
            put_seals(transaction, &seals)?;
            put_left_out(transaction, &left_out)?;
        }
        for cursor in cursors {
            put_cursor(transaction, cursor).map_err(ApplyError::from)?;
        }
        self.project_all(transaction, &subjects)?;
        Ok(new)
    }

    fn take_rows(
        &self,
        transaction: &Connection,
        rows: &[SnapshotRow],
        subjects: &mut BTreeSet<Subject>,
    ) -> Result<u64, ApplyError> {
        let mut new = 0;
        let mut arrivals = Arrivals::default();
        for (SnapshotRow { written, catalog }, row) in rows.iter().zip(0..) {
            let fact =
                Fact::read(&written.bytes).map_err(|error| ApplyError::Malformed { row, error })?;
            let id = written.id();
            let is_new = self.is_new(transaction, (written, &id), &fact.head.position)?;
            let arrival =
                if is_new { Some(insert(transaction, written, &fact, &id)?) } else { None };
            let is_taken = is_new || stub::fill(transaction, (written, &id), &fact)?;
            if *catalog && releases(&fact.body) {
                let sql = "INSERT INTO effective (ledger, epoch, seq) VALUES (?1, ?2, ?3)
                           ON CONFLICT DO NOTHING";
                transaction.prepare_cached(sql)?.execute(key(&fact.head.position))?;
            }
            subjects.insert(fact.subject.clone());
            if is_taken {
                self.note_taken(transaction, (fact, id, arrival), &mut arrivals)?;
                new += 1;
            }
        }
        self.end_taking(transaction, arrivals)?;
        Ok(new)
    }

    fn project_all(
        &self,
        transaction: &Connection,
        subjects: &BTreeSet<Subject>,
    ) -> Result<(), ApplyError> {
        for subject in subjects {
            self.project(transaction, Models::LIVE, subject, &Touched::All)?;
        }
        Ok(())
    }

    /// Orders that were left out and of which a fact came since, or that somebody wants: they are
    /// fetched whole.
    pub fn left_out_and_touched(&self) -> Result<Vec<OrderId>, LedgerError> {
        let sql = "SELECT DISTINCT order_id FROM left_out
                   WHERE EXISTS (SELECT 1 FROM fact WHERE fact.subject = left_out.subject)
                   UNION SELECT order_id FROM order_wanted
                   WHERE order_id IN (SELECT order_id FROM left_out)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        let mut orders = Vec::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let wrong = |_| LedgerError::damaged("an order that was left out has no name");
            orders.push(OrderId::parse(&text).map_err(wrong)?);
        }
        Ok(orders)
    }

    /// How many streams were left out.
    pub fn left_out(&self) -> Result<u64, LedgerError> {
        let sql = "SELECT count(*) FROM left_out";
        super::append::from_sql(self.connection.query_row(sql, (), |row| row.get(0))?)
    }

    /// Whether an order was left out.
    pub fn is_left_out(&self, order: &OrderId) -> Result<bool, LedgerError> {
        let mut statement =
            self.connection.prepare_cached("SELECT 1 FROM left_out WHERE order_id = ?1")?;
        Ok(statement.exists([order.as_str()])?)
    }

    /// Takes the whole of an order that was left out; tells how many facts are new.
    pub fn take_order(
        &mut self,
        order: &OrderId,
        (rows, seals): (&[SnapshotRow], &[Seal]),
    ) -> Result<u64, ApplyError> {
        let transaction = schema::begin(&self.connection)?;
        let mut subjects = BTreeSet::new();
        let mut take = || {
            let new = self.take_rows(&transaction, rows, &mut subjects)?;
            put_seals(&transaction, seals)?;
            if stub::any_of(&transaction, order)? {
                return Err(part_of(order).into());
            }
            let sql = "DELETE FROM left_out WHERE order_id = ?1";
            transaction.execute(sql, [order.as_str()])?;
            let sql = "DELETE FROM order_wanted WHERE order_id = ?1";
            transaction.execute(sql, [order.as_str()])?;
            self.project_all(&transaction, &subjects)?;
            Ok(new)
        };
        let done = take();
        let done = done.and_then(|new| Ok(transaction.commit().map(|()| new)?));
        if done.is_err() {
            self.streams.borrow_mut().forget();
        }
        done
    }
}

/// Refuses what is asked of an order of which no more is known here than its name.
pub(super) fn require_here(connection: &Connection, subject: &Subject) -> Result<(), LedgerError> {
    let order = if let Subject::Traveler(unit) = subject {
        Subject::Order(unit.order.clone()).to_string()
    } else {
        subject.to_string()
    };
    let sql = "SELECT order_id FROM left_out WHERE subject IN (?1, ?2)";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((subject.to_string(), order), |row| row.get(0));
    found.optional()?.map_or(Ok(()), |order| Err(LedgerError::NotHere { order }))
}

/// Refuses a number under which nothing is known here, and which a unit has of which no more is known
/// here than its name: it may be scrap, on hold, or built in already.
pub(super) fn require_unit_here(
    connection: &Connection,
    (number, is_unknown): (&str, bool),
) -> Result<(), LedgerError> {
    if !is_unknown {
        return Ok(());
    }
    let unit = number.rsplit('/').next().unwrap_or(number);
    let sql = "SELECT order_id FROM left_out WHERE subject >= 'traveler/' AND subject < 'traveler0'
               AND lower(substr(subject, -length(?1) - 1)) = '/' || lower(?1) LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([unit], |row| row.get(0)).optional()?;
    found.map_or(Ok(()), |order| Err(LedgerError::NotHere { order }))
}

/// What was pruned of an order did not all come.
fn part_of(order: &OrderId) -> LedgerError {
    LedgerError::CannotWrite {
        why: format!("the server sent a part of order {order}, and more of it was here"),
        next: "try again; if it stays so, bring the server back from its newest backup",
    }
}

fn put_seals(connection: &Connection, seals: &[Seal]) -> Result<(), ApplyError> {
    seals.iter().try_for_each(|seal| put_seal(connection, seal)).map_err(ApplyError::from)
}

fn put_left_out(connection: &Connection, left_out: &[LeftOut]) -> Result<(), ApplyError> {
    let sql = "INSERT INTO left_out (subject, order_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut statement = connection.prepare_cached(sql)?;
    for LeftOut { subject, order } in left_out {
        statement.execute((subject, order.as_str()))?;
    }
    Ok(())
}
