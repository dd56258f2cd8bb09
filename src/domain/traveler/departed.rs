//! Pieces that became a lot of their own: what they were through before, and what of that is settled
//! (R16).
//!
//! No clock tells whether pieces were there when their lot was made: a lot that is split off takes
//! over the steps that were closed, with how often each was attempted by then. What was not closed is
//! done again on the pieces themselves.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::fact::Position;
use crate::domain::ids::StepId;
use crate::domain::stream::TravelerId;
use crate::domain::suspect::{Cause, Made, Own};

use super::state::TravelerState;
use super::suspect::Decision;

/// A lot that was split off another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// The lot.
    pub lot: TravelerId,
    /// The steps that were closed by then, with how often each was attempted.
    pub closed: Vec<(u32, StepId, u32)>,
    /// What was settled by then.
    pub settled: Vec<Settled>,
    /// The operations that were done by then by evidence alone: how often each step was attempted is not
    /// known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<u32>,
}

/// That nothing is left to be decided about pieces as they were made at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Settled {
    /// The attempt in which they were made.
    pub attempt: Position,
    /// The ask that is sampled.
    pub ask: u16,
    /// The failed check for which somebody decided; absent where each piece was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Position>,
    /// The decision: what its station had found by then is covered too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Position>,
}

impl Settled {
    fn decision(&self) -> Option<Decision<'_>> {
        Some(Decision { failed: self.failed.as_ref()?, at: self.by.as_ref() })
    }
}

impl Departed {
    /// Whether the pieces were of the lot when it was made.
    pub(super) fn was_there(&self, made: &Made) -> bool {
        let closed = |(operation, step, attempts): &(u32, StepId, u32)| {
            (*operation, step) == (made.operation, &made.step) && made.rank <= *attempts
        };
        self.closed.iter().any(closed) || self.accepted.contains(&made.operation)
    }

    /// The checks for which something is to be decided about the pieces yet.
    pub(super) fn unsettled<'a>(
        &self,
        made: &Made,
        causes: &'a [Cause<'a>],
    ) -> impl Iterator<Item = &'a Cause<'a>> {
        let here = |settled: &&Settled| settled.attempt == made.at && settled.ask == made.ask;
        let here: Vec<&Settled> = self.settled.iter().filter(here).collect();
        causes.iter().filter(move |cause| {
            let covers = |over: Decision<'_>| over.covers(cause.failed);
            !here.iter().any(|settled| settled.decision().is_none_or(covers))
        })
    }
}

impl TravelerState {
    /// What is settled about the pieces of a lot, and stays so when they are split off.
    pub(super) fn settled(&self, id: &TravelerId) -> Vec<Settled> {
        let mut settled: BTreeSet<Settled> = BTreeSet::new();
        for origin in &self.lot.origins {
            settled.extend(origin.what.settled.iter().cloned());
        }
        let measured = self.made(id).into_iter().map(|(_, _, made)| made);
        // What was checked by the sample is no suspect, as long as the check is good.
        let measured = measured.filter(|made| made.check.is_none() && made.own == Own::Measured);
        settled.extend(measured.map(|made| Settled {
            attempt: made.at,
            ask: made.ask,
            failed: None,
            by: None,
        }));
        let held = self.held_suspect(id).into_iter();
        settled.extend(held.filter(|held| held.decision().is_some()).map(|held| Settled {
            attempt: held.suspected.attempt,
            ask: held.suspected.ask,
            failed: (!held.measured).then_some(held.suspected.failed),
            by: held.ended_at.filter(|_| !held.measured),
        }));
        settled.into_iter().collect()
    }

    /// How its pieces left each lot that they were of, in the order of `LotState::origins`.
    pub fn departed(&self, id: &TravelerId) -> impl Iterator<Item = Departed> {
        self.lot.origins.iter().map(|origin| {
            let closed = origin.what.closed.iter();
            let closed = closed.map(|step| (step.operation, step.step.clone(), step.attempts));
            let settled = origin.what.settled.clone();
            let (lot, closed) = (id.clone(), closed.collect());
            let accepted = origin.what.accepted.iter().map(|accepted| accepted.operation);
            Departed { lot, closed, settled, accepted: accepted.collect() }
        })
    }
}
