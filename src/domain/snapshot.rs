//! A snapshot: what a new station needs of its feeds as they stood once, in chunks that never change.
//!
//! Of orders that are over, whole streams are left out, and named: when a fact comes late to one of
//! them, or somebody asks, the whole order is fetched.

use serde::{Deserialize, Serialize};

use super::fact::{Seal, Written};
use super::feeds::Cursor;
use super::hash::Hash;
use super::ids::OrderId;

/// What there is to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// How far the snapshot has each feed; from there on it is followed as usual.
    pub cursors: Vec<Cursor>,
    /// The chunks, by the SHA-256 of their bytes.
    pub chunks: Vec<Hash>,
    /// How many facts they hold.
    pub facts: u64,
}

/// A fact of a snapshot, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// The fact.
    pub written: Written,
    /// Whether it stands in the catalog, that is, was accepted.
    pub catalog: bool,
}

/// A stream that is not in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOut {
    /// The stream, in its written form.
    pub subject: String,
    /// An order that it belongs to, by which it can be fetched.
    pub order: OrderId,
}

/// One part of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotChunk {
    /// Facts.
    pub rows: Vec<SnapshotRow>,
    /// Seals that end at facts of the snapshot.
    pub seals: Vec<Seal>,
    /// Streams that are left out.
    pub left_out: Vec<LeftOut>,
}

/// The whole of an order: its own stream, and those of its units and deviations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeOrder {
    /// The facts after those that were asked for before, in any order.
    pub rows: Vec<SnapshotRow>,
    /// Seals that end at them.
    pub seals: Vec<Seal>,
    /// After how many facts the next ones follow; none at the end.
    pub next: Option<u64>,
}
