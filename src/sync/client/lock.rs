//! One process at a time exchanges facts for a store: an OS lock, which dies with its process.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::error::SyncError;

/// Held while exchanging.
#[derive(Debug)]
pub struct SyncLock {
    _file: File,
}

impl SyncLock {
    /// Takes the lock of a station's directory, or fails at once.
    pub fn take(dir: &Path) -> Result<Self, SyncError> {
        let path = dir.join("sync.lock");
        let failed =
            |error: std::io::Error| SyncError::File { file: path.clone(), why: error.to_string() };
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(SyncError::Locked),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
