//! What can be worked at a place.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::ids::{DeviationId, PartId, WorkCenterId};
use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;

/// The work of a place for a person: what is ready, and what is not with the reason. The reasons are
/// those of the refusal that beginning or going on would meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Units that can be worked here now, most urgent first: begun, then by priority and due date.
    pub here: Vec<QueueRow>,
    /// Units that will come here or are stopped here, each with why not.
    pub not_yet: Vec<QueueRow>,
    /// Why the person begins nothing at all: then what stands here for others is listed.
    pub looks: Option<Told>,
    /// Today at the site, to say "today" and weekdays.
    pub today: Option<Date>,
}

/// One unit or lot in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueRow {
    /// The unit.
    pub traveler: TravelerId,
    /// What is made.
    pub part: PartId,
    /// The instruction's title, where it is known here.
    pub title: String,
    /// Pieces, for a lot.
    pub quantity: Option<u32>,
    /// The operation that is next.
    pub operation: u32,
    /// Its name, where it is known here.
    pub operation_name: String,
    /// Where it is done.
    pub work_center: WorkCenterId,
    /// When the order is due.
    pub due: Option<Date>,
    /// 1 is most urgent.
    pub priority: u8,
    /// Operations before that were accepted on evidence and are not done, in words.
    pub accepted: Option<String>,
    /// What whoever works on it clears first, on its own screen: what stands in the way, what to do.
    pub first: Vec<Told>,
    /// How it stands.
    pub state: QueueState,
}

/// How a unit in a queue stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueState {
    /// Not begun; can be.
    Ready,
    /// Begun.
    Begun {
        /// The rank of the step that is next, from 1.
        step: u16,
        /// How many steps the operation has.
        steps: u16,
        /// Paused, with the reason.
        paused: Option<String>,
    },
    /// Cannot be begun or is stopped.
    NotYet {
        /// Every reason, with what to do next.
        reasons: Vec<Told>,
    },
    /// On hold.
    OnHold {
        /// Every reason, the holds among them, with what to do next.
        reasons: Vec<Told>,
        /// Why.
        why: String,
        /// The deviation, once there is one.
        deviation: Option<DeviationId>,
    },
}

impl QueueRow {
    /// Every reason why it is stopped; empty where it can be worked on.
    pub fn stopped(&self) -> &[Told] {
        match &self.state {
            QueueState::NotYet { reasons } | QueueState::OnHold { reasons, .. } => reasons,
            QueueState::Ready | QueueState::Begun { .. } => &[],
        }
    }
}
