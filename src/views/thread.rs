//! The thread of whatever a record names, forward and back, and what a recall reaches.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::{PartId, PlaceId, RevisionId};
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::words::Words;

/// What a text that somebody typed or scanned names here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Everything that it may mean: one, several, or none.
    pub found: Vec<NamedRow>,
    /// Where it means nothing: what somebody probably meant.
    pub nearest: Option<Traced>,
}

/// One thing that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedRow {
    /// The thing; its text names it alone.
    pub traced: Traced,
    /// What it is, in words.
    pub what: Words,
}

/// Where a thing came from and where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// The thing.
    pub of: Traced,
    /// What it is, in words.
    pub what: Words,
    /// What it is made of and rests on, nearest first.
    pub back: Vec<ThreadRow>,
    /// Where it went and what it touched, nearest first.
    pub forward: Vec<ThreadRow>,
    /// How many rows there are in all, each way.
    pub back_count: usize,
    /// As [`Thread::back_count`].
    pub forward_count: usize,
    /// How many rows of each way were left out before the first.
    pub skipped: usize,
    /// Streams of orders that are over and are not at this station, so that the list may lack something.
    pub not_here: u64,
    /// Seconds since this station heard from the server; absent where it never did.
    pub catalog_age_s: Option<i64>,
}

/// One step along a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThreadRow {
    /// How far away: 1 is next to it.
    pub depth: u32,
    /// How it belongs to what is before it: `built in`, `split off`, `measured`.
    pub relation: Words,
    /// What it is.
    pub traced: Traced,
    /// What happened or what it is, in words.
    pub what: Words,
    /// How it stands now, where it is a unit.
    pub standing: Option<Words>,
    /// When.
    pub at: Option<Timestamp>,
    /// The fact that says so.
    pub fact: String,
}

/// Which of what a thing touched a recall is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// From then on.
    pub from: Option<Timestamp>,
    /// Until then, inclusive.
    pub until: Option<Timestamp>,
    /// Only what was made by this revision of the specification.
    pub revision: Option<RevisionId>,
}

/// Every unit that a thing reached, at any depth, and where each is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recall {
    /// The thing.
    pub of: Traced,
    /// What it is, in words.
    pub what: Words,
    /// From when, where the list begins somewhere.
    pub from: Option<Timestamp>,
    /// Until when, where it ends somewhere.
    pub until: Option<Timestamp>,
    /// The revision of the specification, where the list is of one.
    pub revision: Option<RevisionId>,
    /// The units; those that reached it themselves first.
    pub units: Vec<RecallRow>,
    /// Those that `--hold` holds, each once: neither ended nor shipped, and not held for it yet.
    pub to_hold: Vec<TravelerId>,
    /// Those that are shipped: they are not held by a hold here, but marked by one.
    pub shipped: Vec<TravelerId>,
    /// What was built in of the same part under a number that differs by capitals alone, and is not in
    /// the list.
    pub alike: Vec<Traced>,
    /// Streams of orders that are over and are not at this station, so that the list may lack something.
    pub not_here: u64,
    /// Seconds since this station heard from the server; absent where it never did.
    pub catalog_age_s: Option<i64>,
}

/// One unit of a recall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecallRow {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What is made.
    pub part: Option<PartId>,
    /// 1 where it was reached itself, more where it contains one that was.
    pub depth: u32,
    /// How it was reached.
    pub why: Words,
    /// What it contains or was split off, where that is how.
    pub by: Option<Traced>,
    /// Whether what reached it was taken out again.
    pub taken_out: bool,
    /// How it stands, in words.
    pub standing: Words,
    /// Where it was last worked on.
    pub place: Option<PlaceId>,
    /// The operation that is next.
    pub operation: Option<u32>,
    /// Whether it is finished.
    pub finished: bool,
    /// How it ended before its route did.
    pub ended: Option<String>,
    /// Whether it is shipped.
    pub shipped: bool,
    /// Whether a hold for this recall is there: `held` or `released`.
    pub hold: Option<String>,
    /// When that happened by which it was reached.
    pub at: Timestamp,
    /// The fact that says so.
    pub fact: Position,
}

impl Recall {
    /// The commands that place the drafted holds, as one act.
    pub fn holds(&self, reason: &str) -> Vec<Command> {
        let drafted: BTreeSet<&TravelerId> = self.to_hold.iter().chain(&self.shipped).collect();
        let hold = |unit: &TravelerId| {
            let row = self.units.iter().find(|row| row.traveler == *unit && row.hold.is_none())?;
            let (of, fact) = (self.of.clone(), row.fact.clone());
            let command = TravelerCommand::HoldForRecall { of, fact, reason: reason.to_owned() };
            Some(Command::Traveler(unit.clone(), command))
        };
        drafted.into_iter().filter_map(hold).collect()
    }
}
