//! One serial number from its start to now, for an auditor.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::stream::TravelerId;

use super::deviation::DeviationView;
use super::judged::{DoneUnseen, NotAccepted};
use super::packet::ClockStep;
use super::signature::SignatureView;

/// Everything recorded about one unit or lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The unit.
    pub traveler: TravelerId,
    /// What is made.
    pub part: String,
    /// Pinned definitions: what, id, revision, hash.
    pub definitions: Vec<(String, String, String, String)>,
    /// How it stands, in words.
    pub standing: String,
    /// Whether nothing failed in first attempts.
    pub first_pass: bool,
    /// What happened, in fold order.
    pub lines: Vec<TraceLine>,
    /// Its deviations.
    pub deviations: Vec<DeviationView>,
    /// Facts that are not at the server.
    pub waiting: u64,
    /// When this station's clock was set between the first and the last of its facts here.
    pub clock_steps: Vec<ClockStep>,
}

/// One fact of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceLine {
    /// The fact's position.
    pub position: String,
    /// The fact's id.
    pub id: String,
    /// When, by the server's clock where its offset is known.
    pub at: Timestamp,
    /// Who: a name where the card is here, else the id.
    pub who: String,
    /// Where.
    pub place: String,
    /// The kind of fact.
    pub kind: String,
    /// The operation and step, where it belongs to one.
    pub step: String,
    /// What, in a line.
    pub what: String,
    /// The verdict of a reading.
    pub verdict: Option<String>,
    /// The permit by which a failing value goes on, with the limits that it allows.
    pub permit: Option<String>,
    /// The signature, where the fact is one.
    pub signature: Option<SignatureView>,
    /// The gauge of a reading.
    pub gauge: Option<String>,
    /// Whether the fact is at the server.
    pub at_server: bool,
    /// What the server said, where it did not accept the fact.
    pub not_accepted: Option<NotAccepted>,
    /// The same step as done elsewhere, unseen, where the fact begins or completes it.
    pub unseen: Vec<DoneUnseen>,
}
