//! What the server keeps: facts as written, feeds in their order, stations, blobs, cards.
//! Imports domain and the protocol; databases are named in `database.rs` and what it opens.
//! Invariant: a fact, its place in every feed and the ledger's head commit together or not at all.

mod arrived;
mod backed_up;
mod compared;
pub mod copy;
pub mod database;
pub mod error;
mod ingest;
pub mod judged;
pub mod keep;
pub mod lease;
mod offers;
pub mod operations;
mod own;
pub mod parts;
mod postgres;
pub mod pull;
pub mod received;
mod routing;
mod schema;
mod snapshot;
mod sqlite;
pub mod stations;
mod tables;
mod tx;
mod value;

use crate::domain::ids::{LedgerId, SiteId};

use database::{Connection, Database};
use error::StoreError;
use lease::Holder;
use sqlite::Sqlite;
use tx::Tx;

/// The epoch of a new plant's feeds.
const FEED_EPOCH_FIRST: u32 = 1;

/// The server's store, as one connection; any number of processes and threads may open one.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Where it stands; none of one that is gone with the process.
    database: Option<Database>,
    plant: Plant,
    /// Who must hold the judge's lease with each write.
    fence: Option<Holder>,
}

/// What a plant is from its founding on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plant {
    /// The site.
    pub site: SiteId,
    /// The ledger that the judge writes; what it says is accepted.
    pub judge: LedgerId,
    /// Whether this is a demonstration, which real stations never enroll at.
    pub demo: bool,
}

impl Store {
    /// Makes the store of a new plant; a plant that stands is left as it is.
    pub fn found(database: &Database, plant: &Plant) -> Result<Self, StoreError> {
        let store = Self::begin(Connection::open(database)?, plant)?;
        Ok(Self { database: Some(database.clone()), ..store })
    }

    /// Makes a store that is gone with the process.
    pub fn in_memory(plant: &Plant) -> Result<Self, StoreError> {
        Self::begin(Connection::Sqlite(Sqlite::in_memory()?), plant)
    }

    /// Opens the store of a plant.
    pub fn open(database: &Database) -> Result<Self, StoreError> {
        let connection = Connection::open(database)?;
        let plant = connection.read(plant)?.ok_or(StoreError::Empty)?;
        if !connection.read(tables::are_filled)? {
            connection.write(|tx| tables::refill(tx, &plant))?;
        }
        Ok(Self { connection, database: Some(database.clone()), plant, fence: None })
    }

    /// A connection of its own to the same store, for what takes long.
    pub fn another(&self) -> Result<Option<Self>, StoreError> {
        self.database.as_ref().map(Self::open).transpose()
    }

    /// The store for a judge: each write holds the lease, or is not done.
    #[must_use]
    pub fn fenced(self, holder: &Holder) -> Self {
        Self { fence: Some(holder.clone()), ..self }
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.write(|tx| {
            if let Some(holder) = &self.fence {
                lease::renew(tx, holder)?;
            }
            work(tx)
        })
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.read(work)
    }

    fn begin(connection: Connection, wanted: &Plant) -> Result<Self, StoreError> {
        let plant = connection.write(|tx| {
            if let Some(plant) = plant(tx)? {
                return Ok(plant);
            }
            tx.set("site", wanted.site.as_str())?;
            tx.set("judge", wanted.judge.as_str())?;
            tx.set("demo", if wanted.demo { "1" } else { "0" })?;
            tx.set("feed_epoch", &FEED_EPOCH_FIRST.to_string())?;
            tables::refill(tx, wanted)?;
            Ok(wanted.clone())
        })?;
        Ok(Self { connection, database: None, plant, fence: None })
    }

    /// What the plant is.
    pub fn plant(&self) -> &Plant {
        &self.plant
    }

    /// How many facts are stored.
    pub fn facts(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM fact";
        let count = self.read(|tx| tx.one(sql, &[], |row| row.number(0)))?;
        Ok(count.unwrap_or(0))
    }
}

fn plant(tx: &Tx<'_>) -> Result<Option<Plant>, StoreError> {
    let (Some(site), Some(judge)) = (tx.setting("site")?, tx.setting("judge")?) else {
        return Ok(None);
    };
    let wrong = |error: crate::domain::ids::IdError| StoreError::damaged(error.to_string());
    Ok(Some(Plant {
        site: SiteId::parse(&site).map_err(wrong)?,
        judge: LedgerId::parse(&judge).map_err(wrong)?,
        demo: tx.setting("demo")?.is_some_and(|demo| demo == "1"),
    }))
}

/// The epoch that new feeds begin in.
fn feed_epoch(tx: &Tx<'_>) -> Result<u32, StoreError> {
    let text = tx.setting("feed_epoch")?;
    text.and_then(|text| text.parse().ok()).ok_or_else(|| StoreError::damaged("no feed epoch"))
}
