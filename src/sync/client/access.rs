//! What an enrolled station needs to reach its server: a file beside the store, for its owner alone.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::ids::LedgerId;

use super::error::SyncError;

/// Address, token and pinned authority.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The server's address, without a path.
    pub url: String,
    /// The bearer token.
    pub token: String,
    /// The plant's certificate authority, where TLS is spoken.
    pub ca_pem: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Access {
    /// Reads what the enrollment left.
    pub fn read(dir: &Path) -> Result<Self, SyncError> {
        let file = file(dir);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SyncError::NotEnrolled);
            }
            Err(error) => return Err(failed(&file, &error)),
        };
        serde_json::from_str(&text).map_err(|error| failed(&file, &error))
    }

    /// What counts for a ledger: where the store became another station's and was stopped before its
    /// access took its place, that is done now.
    pub fn settled(self, dir: &Path, ledger: &LedgerId) -> Result<Self, SyncError> {
        let next = file_of(dir, ledger);
        if !next.exists() {
            return Ok(self);
        }
        fs::rename(&next, file(dir)).map_err(|error| failed(&next, &error))?;
        Self::read(dir)
    }

    /// Keeps it: whole or not at all, with mode 0600.
    pub fn write(&self, dir: &Path) -> Result<(), SyncError> {
        self.write_to(dir, &file(dir))
    }

    /// Keeps it for the ledger that the store becomes.
    pub fn write_for(&self, dir: &Path, ledger: &LedgerId) -> Result<(), SyncError> {
        self.write_to(dir, &file_of(dir, ledger))
    }

    fn write_to(&self, dir: &Path, path: &Path) -> Result<(), SyncError> {
        let text = serde_json::to_string(self).map_err(|error| failed(path, &error))?;
        let mut temporary =
            tempfile::NamedTempFile::new_in(dir).map_err(|error| failed(path, &error))?;
        temporary.write_all(text.as_bytes()).map_err(|error| failed(path, &error))?;
        temporary.as_file().sync_all().map_err(|error| failed(path, &error))?;
        temporary.persist(path).map_err(|error| failed(path, &error))?;
        Ok(())
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join("server.access")
}

fn file_of(dir: &Path, ledger: &LedgerId) -> PathBuf {
    dir.join(format!("server.access.{ledger}"))
}

fn failed(file: &Path, error: &impl ToString) -> SyncError {
    SyncError::File { file: file.to_owned(), why: error.to_string() }
}
