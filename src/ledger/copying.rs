//! A copy of a whole store at one moment, while others write to it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::error::LedgerError;
use super::lasting::{flush_folder, make_folder};
use super::station_key;
use super::store::{FILE, Ledger};

/// How many pages are copied before others may write.
const PAGES: i32 = 1_000;

impl Ledger {
    /// Copies this store of one directory, with its key, into another one, which is made.
    pub fn copy_to(&self, dir: &Path, to: &Path) -> Result<(), LedgerError> {
        make_folder(to).map_err(|error| LedgerError::file(to, &error))?;
        let mut copied = Connection::open(to.join(FILE))?;
        let backup = Backup::new(&self.connection, &mut copied)?;
        backup.run_to_completion(PAGES, Duration::ZERO, None)?;
        drop(backup);
        copied.close().map_err(|(_, error)| error)?;
        let key = station_key::path(to);
        fs::copy(station_key::path(dir), &key).map_err(|error| LedgerError::file(&key, &error))?;
        flush_folder(to).map_err(|error| LedgerError::file(to, &error))
    }
}
