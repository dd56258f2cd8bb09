//! Where a store stands, and one connection to it, whichever database keeps it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Weak;
use std::sync::mpsc::SyncSender;

use super::error::StoreError;
use super::postgres::{Listening, Postgres};
use super::sqlite::Sqlite;
use super::tx::Tx;

/// Where a store stands.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// In one file of SQLite.
    File(PathBuf),
    /// In a PostgreSQL database, by its address.
    Postgres(String),
}

impl Database {
    /// Reads the address of a PostgreSQL database.
    pub fn postgres(text: &str) -> Option<Self> {
        let ours = text.starts_with("postgres://") || text.starts_with("postgresql://");
        ours.then(|| Self::Postgres(text.to_owned()))
    }
}

/// As people may see it: an address without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                // A password may stand before the host and among the parameters.
                let place = rest.split_once('?').map_or(rest, |(place, _)| place);
                let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
                write!(f, "{scheme}://{place}")
            }
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One connection.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Connection {
    pub(super) fn open(database: &Database) -> Result<Self, StoreError> {
        Ok(match database {
            Database::File(file) => Self::Sqlite(Sqlite::open(file)?),
            Database::Postgres(url) => Self::Postgres(Box::new(Postgres::open(url)?)),
        })
    }

    /// Rings whenever another server tells of news, as long as what is given stands; nothing where the
    /// database tells nobody.
    pub(super) fn listen(
        &self,
        bell: Weak<SyncSender<()>>,
    ) -> Result<Option<Listening>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(postgres) => postgres.listen(bell),
        }
    }

    /// Does the work in one durable write transaction, or not at all.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(work),
            Self::Postgres(postgres) => postgres.write(work),
        }
    }

    /// Carries a log that is of this store alone over into it, and empties it, as far as nobody reads
    /// from it meanwhile.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.empty_log(),
            // Its log is the whole cluster's.
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Reads at one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(work),
            Self::Postgres(postgres) => postgres.read(work),
        }
    }
}
