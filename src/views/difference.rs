//! What changed between definitions, as somebody who works by them is shown it.

use crate::domain::difference::Change;
use crate::domain::ids::{RevisionId, StepId};
use crate::domain::news::News;
use crate::domain::people::RevisionRead;
use crate::domain::stream::TravelerId;

/// Everything that changed for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Differences {
    /// The unit.
    pub id: TravelerId,
    /// What the pinned revision changed, where the person has not read it.
    pub unread: Option<Unread>,
    /// Newer definitions in effect for the unit.
    pub news: Vec<Difference>,
}

/// What the pinned revision changed against the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// What is noted when it is read.
    pub read: RevisionRead,
    /// The revision before.
    pub before: RevisionId,
    /// What changed; none where a text is not here.
    pub changes: Option<Vec<Change>>,
}

/// What a newer definition changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Which.
    pub news: News,
    /// What changed; none where a text is not here.
    pub changes: Option<Vec<Change>>,
    /// The steps that would be done again after a move.
    pub again: Vec<StepId>,
}
