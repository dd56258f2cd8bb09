//! Which feeds each fact goes to: the one table (sync computes nothing else).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fact::{Seal, Written};
use super::hash::Hash;
use super::ids::{AreaId, SiteId, StationId, WorkCenterId};
use super::stream::Subject;

/// The server's numbered order of facts for one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// Definitions, people, gauges, and what the whole plant sees of the floor: judged accepted only.
    Catalog,
    /// Everything of a site.
    Site(SiteId),
    /// Everything of an area.
    Area(AreaId),
    /// What concerns a work center.
    WorkCenter(WorkCenterId),
    /// What concerns one station.
    Station(StationId),
}

impl Feed {
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "catalog" {
            return Some(Self::Catalog);
        }
        let (scope, id) = text.split_once('/')?;
        Some(match scope {
            "site" => Self::Site(SiteId::parse(id).ok()?),
            "area" => Self::Area(AreaId::parse(id).ok()?),
            "work-center" => Self::WorkCenter(WorkCenterId::parse(id).ok()?),
            "station" => Self::Station(StationId::parse(id).ok()?),
            _ => return None,
        })
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog => f.write_str("catalog"),
            Self::Site(id) => write!(f, "site/{id}"),
            Self::Area(id) => write!(f, "area/{id}"),
            Self::WorkCenter(id) => write!(f, "work-center/{id}"),
            Self::Station(id) => write!(f, "station/{id}"),
        }
    }
}

/// Where the facts of a stream go, besides the site's feed that takes everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To the catalog, once judged accepted.
    Catalog,
    /// To every work center on the order's route and their areas, at once.
    Route,
    /// To the station's own feed, at once.
    Station,
}

impl Subject {
    /// The scope of every fact of the stream.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Instruction(_)
            | Self::Specification(_)
            | Self::Gauge(_)
            | Self::Material(_)
            | Self::Person(_)
            | Self::Place(_)
            | Self::Site(_)
            | Self::Help(_)
            | Self::Handover(_)
            | Self::Series(_)
            | Self::Permit(_)
            | Self::Redline(_)
            // Nobody here can tell where it belongs: no other station gets it before a person lets
            // it through, and then every station does.
            | Self::Newer(_) => Scope::Catalog,
            Self::Traveler(_) | Self::Order(_) | Self::Deviation(_) => Scope::Route,
            Self::Station(_) => Scope::Station,
        }
    }
}

/// How far a replica has applied a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The feed, in its written form.
    pub feed: String,
    /// The feed's epoch; a new one after the server was restored.
    pub epoch: u32,
    /// The last position applied; 0 for none.
    pub position: u64,
    /// SHA-256 over the rolling hash before and the fact's id, from [`Hash::ZERO`].
    pub rolling: Hash,
}

impl Cursor {
    /// The beginning of a feed.
    pub fn beginning(feed: &Feed, epoch: u32) -> Self {
        Self { feed: feed.to_string(), epoch, position: 0, rolling: Hash::ZERO }
    }

    /// One row further.
    pub fn advance(&mut self, id: &Hash) {
        self.position += 1;
        self.rolling = Hash::of(&[&self.rolling.0, &id.0]);
    }
}

/// Rows of a feed that stand in one ledger one after another, named instead of written out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRows {
    /// The position of the first.
    pub position: u64,
    /// The epoch of the ledger.
    pub epoch: u32,
    /// The number of the first.
    pub seq: u64,
    /// How many there are.
    pub rows: u64,
}

/// Rows of a feed in order, from one position after a cursor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The feed, in its written form.
    pub feed: String,
    /// Its epoch.
    pub epoch: u32,
    /// The position of the first row.
    pub from: u64,
    /// The facts as written, but for those that are named.
    pub rows: Vec<Written>,
    /// Rows that the reader has already, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<NamedRows>,
    /// The rolling hash after the last row.
    pub rolling: Hash,
    /// Seals that end at facts of the page, as far as the server has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<Seal>,
}

impl FeedPage {
    /// How many rows there are.
    pub fn count(&self) -> u64 {
        let named = self.named.iter().map(|named| named.rows);
        named.fold(self.rows.len() as u64, u64::saturating_add)
    }

    /// Adds a row that the reader has, as the next one.
    pub fn name(&mut self, epoch: u32, seq: u64) {
        let position = self.from.saturating_add(self.count());
        let next = |run: &&mut NamedRows| {
            let end = (run.position + run.rows, run.epoch, run.seq + run.rows);
            end == (position, epoch, seq)
        };
        match self.named.last_mut().filter(next) {
            Some(run) => run.rows += 1,
            None => self.named.push(NamedRows { position, epoch, seq, rows: 1 }),
        }
    }
}
