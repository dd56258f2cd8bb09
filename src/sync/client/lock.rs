//! One process at a time exchanges facts for a store: an OS lock, which dies with its process.

use std::path::Path;

use crate::ledger::file_lock::FileLock;

use super::error::SyncError;

/// Held while exchanging.
#[derive(Debug)]
pub struct SyncLock {
    _held: FileLock,
}

impl SyncLock {
    /// Takes the lock of a station's directory, or fails at once.
    pub fn take(dir: &Path) -> Result<Self, SyncError> {
        let file = dir.join("sync.lock");
        match FileLock::take(&file) {
            Ok(Some(held)) => Ok(Self { _held: held }),
            Ok(None) => Err(SyncError::Locked),
            Err(error) => Err(SyncError::File { file, why: error.to_string() }),
        }
    }
}
