//! Why the host does not begin.

use std::io;
use std::path::{Path, PathBuf};

/// What went wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// A file cannot be read or written.
    #[error("{} cannot be used: {why} → see to the folder and its rights", file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// What the system or the format says.
        why: String,
    },
    /// Others could read the secret key, or put a key of theirs among those that are let in.
    #[error("{} is open to others: mode {mode:o} → chmod {wanted:o} {}", file.display(), file.display())]
    Open {
        /// Which one.
        file: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode that it should have.
        wanted: u32,
    },
    /// Another user could put a key of theirs among those that are let in.
    #[error(
        "{} belongs to another user: {owner} → let it belong to who runs the host, or to root",
        file.display()
    )]
    Owned {
        /// Which one.
        file: PathBuf,
        /// The number of the user.
        owner: u32,
    },
    /// A line of the known keys lets nobody in.
    #[error("{} line {line}: {why} → mend the line, or remove it", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody can listen there.
    #[error("nobody can listen on {address}: {why} → name another address by --listen")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// What the system says.
        why: io::Error,
    },
    /// The host stopped before every session had kept what it had.
    #[error(
        "not every session kept what was typed last: {} → what was saved is safe; look at the disk, \
         and at what else writes to the store",
        who.join("; ")
    )]
    Unfinished {
        /// Which sessions, each with why.
        who: Vec<String>,
    },
}

impl HostError {
    pub(super) fn file(file: &Path, why: impl ToString) -> Self {
        Self::File { file: file.to_owned(), why: why.to_string() }
    }
}
