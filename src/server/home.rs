//! Where a server is at home: the store of its plant, and the folder of what is its own.

use std::path::{Path, PathBuf};

use super::error::ServerError;
use super::store::Store;
use super::store::database::Database;
use super::store::error::StoreError;

/// The store of a plant, which several servers may share, and the folder with what belongs to one
/// server: the certificate authority, and the judge's ledger where it is the one that judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The server's own folder.
    pub dir: PathBuf,
    /// Where the store stands.
    pub database: Database,
}

impl Home {
    /// With a store in another place than the folder.
    pub fn new(dir: &Path, database: Database) -> Self {
        Self { dir: dir.to_owned(), database }
    }

    /// The folder of the judge's ledger.
    pub(super) fn judge_dir(&self) -> PathBuf {
        self.dir.join("judge")
    }

    /// Opens the store of a plant that was founded.
    pub(super) fn open(&self) -> Result<Store, ServerError> {
        let not_founded = || ServerError::NotFounded { place: self.database.to_string() };
        // Opening a file would make it.
        if let Database::File(file) = &self.database
            && !file.exists()
        {
            return Err(not_founded());
        }
        match Store::open(&self.database) {
            Err(StoreError::Empty) => Err(not_founded()),
            opened => Ok(opened?),
        }
    }

    /// Whether a plant was founded here.
    pub(super) fn is_founded(&self) -> Result<bool, ServerError> {
        match (self.open(), &self.database) {
            (Ok(_), _) => Ok(true),
            // A file that is there is left alone, whatever is in it.
            (Err(ServerError::NotFounded { .. }), Database::File(file)) => Ok(file.exists()),
            (Err(ServerError::NotFounded { .. }), Database::Postgres(_)) => Ok(false),
            (Err(error), _) => Err(error),
        }
    }
}

/// A folder that has the store as well, in a file.
impl<P: AsRef<Path> + ?Sized> From<&P> for Home {
    fn from(dir: &P) -> Self {
        let dir = dir.as_ref();
        Self { dir: dir.to_owned(), database: Database::File(dir.join("server.db")) }
    }
}
