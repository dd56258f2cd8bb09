//! The lock of a file, which one handle at a time has; it dies with its process.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Held until it is dropped.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Takes the lock, with a file that is made where there is none; nothing where another one has it.
    pub fn take(file: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).append(true).open(file)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // A program that is just being started has the file as well for a moment: to close it here does
        // not let the lock go.
        self.0.unlock().unwrap_or_default();
    }
}
