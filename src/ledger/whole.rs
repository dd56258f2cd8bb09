//! Fetching everything that was left out: the feeds of orders are followed from their beginning once more.
//!
//! What was left out stays noted until all of it is here, so that every list says till then that it may
//! lack something; whoever is cut off in the middle goes on from there.

use rusqlite::Connection;

use crate::domain::feeds::{Cursor, Feed};
use crate::domain::hash::Hash;
use crate::domain::ids::OrderId;

use super::apply::put_cursor;
use super::desk::{put_setting, setting};
use super::error::LedgerError;
use super::schema;
use super::store::Ledger;

/// The setting of how far each feed was when everything began to be fetched, as cursors in JSON; empty
/// or absent when it is not.
const WHOLE: &str = "sync.whole";

impl Ledger {
    /// Begins to fetch everything that was left out; tells of how many streams that is. What was begun
    /// before goes on.
    pub fn begin_whole(&mut self) -> Result<u64, LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        let left_out = self.left_out()?;
        if left_out > 0 && wanted(&transaction)?.is_empty() {
            let cursors: Vec<Cursor> =
                self.cursors()?.into_iter().filter(|cursor| has_orders(&cursor.feed)).collect();
            let text = serde_json::to_string(&cursors)
                .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
            put_setting(&transaction, WHOLE, &text)?;
            for cursor in cursors {
                put_cursor(&transaction, &Cursor { position: 0, rolling: Hash::ZERO, ..cursor })?;
            }
        }
        transaction.commit()?;
        Ok(left_out)
    }

    /// Notes that somebody wants an order that was left out: the next exchange fetches it.
    pub fn want_order(&mut self, order: &OrderId) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        let sql = "INSERT INTO order_wanted (order_id) SELECT ?1
                   WHERE EXISTS (SELECT 1 FROM left_out WHERE order_id = ?1) ON CONFLICT DO NOTHING";
        transaction.execute(sql, [order.as_str()])?;
        Ok(transaction.commit()?)
    }

    /// Notes that the server does not hand an order out; who wants it asks again.
    pub fn give_up_order(&mut self, order: &OrderId) -> Result<(), LedgerError> {
        let sql = "DELETE FROM order_wanted WHERE order_id = ?1";
        self.connection.prepare_cached(sql)?.execute([order.as_str()])?;
        Ok(())
    }

    /// Whether anything is wanted that was left out.
    pub fn is_order_wanted(&self) -> Result<bool, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM order_wanted")?;
        Ok(statement.exists(())?)
    }

    /// Whether everything that was left out is being fetched.
    pub fn is_fetching_whole(&self) -> Result<bool, LedgerError> {
        is_fetching(&self.connection)
    }

    /// Ends that where each feed has come as far again as it was; told when every feed was followed to
    /// its end. A feed in a new epoch came from its beginning by that.
    pub fn end_whole(&mut self) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        let wanted = wanted(&transaction)?;
        let cursors = self.cursors()?;
        let is_short = |was: &Cursor| {
            let here = cursors.iter().find(|here| here.feed == was.feed);
            here.is_some_and(|here| here.epoch == was.epoch && here.position < was.position)
        };
        if wanted.is_empty() || wanted.iter().any(is_short) {
            return Ok(());
        }
        // Of what was pruned here a part may be at no feed of this station.
        let sql = "DELETE FROM left_out WHERE NOT EXISTS (
                   SELECT 1 FROM stub WHERE stub.subject = left_out.subject)";
        transaction.execute(sql, ())?;
        transaction.execute("DELETE FROM order_wanted", ())?;
        put_setting(&transaction, WHOLE, "")?;
        Ok(transaction.commit()?)
    }
}

/// Whether everything that was left out is being fetched.
pub(super) fn is_fetching(connection: &Connection) -> Result<bool, LedgerError> {
    Ok(!wanted(connection)?.is_empty())
}

fn has_orders(feed: &str) -> bool {
    match Feed::parse(feed) {
        Some(Feed::WorkCenter(_) | Feed::Area(_) | Feed::Site(_)) => true,
        Some(Feed::Catalog | Feed::Station(_)) | None => false,
    }
}

fn wanted(connection: &Connection) -> Result<Vec<Cursor>, LedgerError> {
    let text = setting(connection, WHOLE)?.filter(|text| !text.is_empty());
    let wrong = |_| LedgerError::damaged("what is being fetched is not readable");
    text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text).map_err(wrong))
}
