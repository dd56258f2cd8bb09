//! Puts facts into a station's store as they are: nobody decided them.

use gemba::domain::fact::{Fact, Written};
use rusqlite::Connection;

pub(crate) fn put(store: &Connection, fact: &Fact, written: &Written) {
    let at = &fact.head.position;
    let sql = "INSERT INTO fact (ledger, epoch, seq, prev, bytes, id, kind, subject)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let row = (
        at.ledger.as_str(),
        at.epoch,
        i64::try_from(at.seq).unwrap(),
        written.prev.0,
        &written.bytes,
        written.id().0,
        fact.body.kind(),
        fact.subject.to_string(),
    );
    store.prepare_cached(sql).unwrap().execute(row).unwrap();
}
