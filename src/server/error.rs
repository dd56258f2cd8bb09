//! What can keep the server from standing or running.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::domain::ids::StationId;
use crate::ledger::error::{LedgerError, TransactError};
use crate::sync::parcel::ParcelError;

use super::judge::JudgeError;
use super::store::error::StoreError;

/// The server cannot be founded, started or asked.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The place has no plant.
    #[error("no plant was founded in {place}; run `gemba serve init` first")]
    NotFounded {
        /// The file, or the database without its password.
        place: String,
    },
    /// The place has a plant already.
    #[error("a plant was founded in {place} already")]
    FoundedBefore {
        /// The file, or the database without its password.
        place: String,
    },
    /// The address is taken or may not be used.
    #[error("cannot listen on {addr}: {why}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        why: String,
    },
    /// The authority's files cannot be made or read.
    #[error("the certificate authority in {} cannot be used: {why}", file.display())]
    Authority {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// A file or folder of a backup cannot be used.
    #[error("{} cannot be used: {why}", file.display())]
    File {
        /// The file or folder.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// The system starts no thread.
    #[error("the system starts no thread: {0}")]
    Thread(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
    /// A badge that another person's card has.
    #[error("the badge belongs to another person")]
    BadgeTaken,
    /// A parcel that was not taken, or could not be written.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// A parcel of a station that does not belong to the plant any more.
    #[error("station {0} was revoked; nothing of the file was taken")]
    Revoked(StationId),
    /// No station of this name belongs to the plant.
    #[error("no station {0} is enrolled here")]
    NotEnrolled(StationId),
    /// The server's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The judge's ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A founding fact was refused.
    #[error(transparent)]
    Transact(#[from] TransactError),
    /// The judge.
    #[error(transparent)]
    Judge(#[from] JudgeError),
}

impl ServerError {
    pub(super) fn authority(file: &Path, why: impl ToString) -> Self {
        Self::Authority { file: file.to_owned(), why: why.to_string() }
    }
}
