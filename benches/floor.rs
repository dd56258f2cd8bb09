//! The floor: one prepared insert of the same bytes, as durable as ours, and nothing else.

use std::path::Path;

use rusqlite::Connection;

/// A table of texts in a file of its own.
pub(crate) struct Floor(Connection);

impl Floor {
    pub(crate) fn open(dir: &Path) -> Self {
        let connection = Connection::open(dir.join("floor.db")).unwrap();
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        let table = "CREATE TABLE bare (id INTEGER PRIMARY KEY, bytes TEXT NOT NULL) STRICT";
        connection.execute(table, ()).unwrap();
        Self(connection)
    }

    pub(crate) fn insert(&self, bytes: &str) {
        let mut statement = self.0.prepare_cached("INSERT INTO bare (bytes) VALUES (?1)").unwrap();
        statement.execute([bytes]).unwrap();
    }
}
