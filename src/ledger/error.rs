//! What can go wrong with a store: what happened, why, and what to do.

use rusqlite::ErrorCode;

use crate::domain::fact::{FactError, Position};
use crate::domain::refusal::Refusal;

/// A store cannot be used, or not as asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Nothing is there.
    #[error("no store in {dir} → enroll this station, set GEMBA_HOME, or try `gemba demo`")]
    Absent {
        /// Where it was looked for.
        dir: String,
    },
    /// Something is there.
    #[error("{dir} holds a store already; nothing was changed → use it, or name another directory")]
    Present {
        /// Where.
        dir: String,
    },
    /// A newer version wrote it.
    #[error(
        "the store is of a newer gemba (schema {found}, this one knows {known}); nothing was \
         changed → update gemba on this station"
    )]
    Newer {
        /// The schema found.
        found: i64,
        /// The last schema that this version knows.
        known: i64,
    },
    /// Not a store, or no longer a whole one.
    #[error(
        "the store is damaged: {what} → keep a copy of the file, restore the last backup; what is \
         at the server is not lost"
    )]
    Damaged {
        /// What was found.
        what: String,
    },
    /// The disk does not take it.
    #[error("the store cannot be written: {why}; what was saved before is safe → {next}")]
    CannotWrite {
        /// Why.
        why: String,
        /// What to do.
        next: &'static str,
    },
    /// Another process keeps it locked.
    #[error(
        "the store is busy: another process has been writing for long → try again; if it stays, \
         end the process that holds it"
    )]
    Busy,
    /// The station's key is not beside its store.
    #[error(
        "the station's key {path} {why}; the ledger can be read, not sealed → restore the key from \
         a backup, or enroll anew"
    )]
    Key {
        /// Where it should be.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// What is asked for is of an order that was left out or pruned.
    #[error("order {order} is over and is not at this station → gemba sync --order {order}")]
    NotHere {
        /// The order.
        order: String,
    },
    /// More than a blob may have.
    #[error("a file has {bytes} bytes, more than {most} → make it smaller")]
    BlobTooLarge {
        /// Its size.
        bytes: usize,
        /// The most allowed.
        most: usize,
    },
    /// A fault of ours.
    #[error("the store failed: {what} → report this with `gemba doctor`")]
    Fault {
        /// What SQLite or the system said.
        what: String,
    },
}

impl LedgerError {
    /// The exit code of a command that ends with it: 4 damaged, 5 cannot proceed, 1 else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Damaged { .. } => 4,
            Self::Absent { .. }
            | Self::Newer { .. }
            | Self::CannotWrite { .. }
            | Self::Busy
            | Self::Key { .. }
            | Self::Fault { .. } => 5,
            Self::Present { .. } | Self::BlobTooLarge { .. } | Self::NotHere { .. } => 1,
        }
    }

    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// A failure of the file system at a path.
    pub(super) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let next = if full { FREE_SPACE } else { CHECK_RIGHTS };
        Self::CannotWrite { why: format!("{}: {error}", path.display()), next }
    }
}

const FREE_SPACE: &str = "free space on the disk, then go on";
const CHECK_RIGHTS: &str =
    "check whether the disk is full or read-only, and the directory's owner and rights";

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        let what = error.to_string();
        let Some(code) = error.sqlite_error() else { return Self::of_value(&error, what) };
        // A short read is a file that ends too early, not a failing disk.
        let short = code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ;
        let is = |codes: &[ErrorCode]| codes.contains(&code.code);
        if short || is(&[ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase]) {
            return Self::Damaged { what };
        }
        if is(&[ErrorCode::DiskFull]) {
            return Self::CannotWrite { why: "the disk is full".to_owned(), next: FREE_SPACE };
        }
        if is(&[ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked]) {
            return Self::Busy;
        }
        let write = [
            ErrorCode::ReadOnly,
            ErrorCode::CannotOpen,
            ErrorCode::PermissionDenied,
            ErrorCode::SystemIoFailure,
        ];
        if is(&write) {
            return Self::CannotWrite { why: what, next: CHECK_RIGHTS };
        }
        Self::Fault { what }
    }
}

impl LedgerError {
    /// A value of the wrong type or out of range was not written by us.
    fn of_value(error: &rusqlite::Error, what: String) -> Self {
        let value = matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..)
        );
        if value { Self::Damaged { what } } else { Self::Fault { what } }
    }
}

/// An act was not done.
#[derive(Debug, thiserror::Error)]
pub enum TransactError {
    /// The rules of the shop say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<rusqlite::Error> for TransactError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Ledger(error.into())
    }
}

/// A page of a feed was not applied; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// This station does not follow the feed.
    #[error("this station does not follow the feed {feed}")]
    UnknownFeed {
        /// The feed.
        feed: String,
    },
    /// The server has begun the feed anew.
    #[error("the feed {feed} is in epoch {found}, known here is {known}")]
    FeedEpoch {
        /// The feed.
        feed: String,
        /// The epoch known here.
        known: u32,
        /// The page's epoch.
        found: u32,
    },
    /// The page does not begin after the cursor.
    #[error("the page begins at {found}, expected is {expected}")]
    Gap {
        /// One after the cursor.
        expected: u64,
        /// Where the page begins.
        found: u64,
    },
    /// The page's rows, or what is here of those that it names, do not give its rolling hash.
    #[error("the page's rows do not add up to its rolling hash")]
    Rolling,
    /// A row is not a fact.
    #[error("row {row} of the page is not a fact: {error}")]
    Malformed {
        /// Its rank in the page, from 0.
        row: usize,
        /// What is wrong.
        error: FactError,
    },
    /// Another fact stands at this position.
    #[error("two different facts claim {position}")]
    Fork {
        /// The position.
        position: Position,
    },
    /// The ids before and after do not chain.
    #[error("{position} does not follow from the fact before it")]
    Chain {
        /// The position.
        position: Position,
    },
    /// The server has own facts that are not here: this store was restored from a backup.
    #[error("the server knows {position} of this station, which is not here")]
    OwnUnknown {
        /// The position.
        position: Position,
    },
    /// The store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<rusqlite::Error> for ApplyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Ledger(error.into())
    }
}
