//! One traveler with all that its screen shows.

use std::collections::BTreeMap;

use crate::domain::ids::{PersonId, StepId, WorkCenterId};
use crate::domain::instruction::{Ask, Step};
use crate::domain::news::News;
use crate::domain::order::OrderOpened;
use crate::domain::quantity::{Number, Verdict};
use crate::domain::sampling::SampleDecided;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::domain::unit::Unit;

use super::deviation::{DeviationView, Offers};
use super::permit::PermitOffer;

/// One traveler: its folded state with what is needed to read it.
#[derive(Debug, Clone, PartialEq)]
pub struct TravelerView {
    /// Which.
    pub id: TravelerId,
    /// Its order.
    pub order: OrderOpened,
    /// Whether the order is closed.
    pub order_closed: bool,
    /// The work center where it is looked at; none where that is not known.
    pub here: Option<WorkCenterId>,
    /// The folded state; `state.current(&instructions)` is the step that is next.
    pub state: TravelerState,
    /// The pinned instructions that are here, by hash.
    pub instructions: Instructions,
    /// Pinned definitions of which a newer revision is in effect for this unit.
    pub news: Vec<News>,
    /// What would be decided now about the sampled asks of steps that are not begun.
    pub samples: BTreeMap<(u32, StepId), Vec<SampleDecided>>,
    /// Its deviations.
    pub deviations: Vec<DeviationView>,
    /// The permits by which the reading that waits to be typed again may go on.
    pub permits: Vec<PermitOffer>,
    /// Names of the people who appear, where their cards are here.
    pub names: BTreeMap<PersonId, String>,
    /// The reasons that the site offers for scrap and rework.
    pub scrap_reasons: Vec<String>,
    /// The codes of deviations that the site offers.
    pub offers: Offers,
    /// Why work is paused most often at this site.
    pub pause_reasons: Vec<String>,
    /// How many units its failing readings make suspect, that are held for it.
    pub suspects: usize,
    /// How many of its facts are not at the server yet.
    pub waiting: u64,
    /// By each measure of the step that is next of which all values are recorded: what was measured lately
    /// where it is looked at, of whatever unit of the part, the oldest first.
    pub lately: BTreeMap<u16, Vec<Lately>>,
}

/// A value that was measured lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lately {
    /// As read, or as corrected last.
    pub number: Number,
    /// Its unit.
    pub unit: Unit,
    /// Its judgement.
    pub verdict: Option<Verdict>,
}

impl TravelerView {
    /// The pieces of a lot, without what was split off it; none for a single unit.
    pub fn pieces(&self) -> Option<u32> {
        let begun = self.state.started.as_ref().and_then(|started| started.pieces);
        begun.map(|_| self.state.pieces()).or_else(|| self.order.units.pieces())
    }

    /// What was decided about a sampled ask of a step, or would be now, were the step begun.
    pub fn sample(&self, (operation, step): (u32, &StepId), ask: u16) -> Option<&SampleDecided> {
        if let Some(attempt) = self.state.standing_attempt(operation, step) {
            return attempt.sample(ask);
        }
        let decided = self.samples.get(&(operation, step.clone()))?;
        decided.iter().find(|decided| decided.ask == ask)
    }

    /// The first ask of a step that is open on this unit, with the sample that is.
    pub fn open_ask<'a>(&self, operation: u32, step: &'a Step) -> Option<(u16, u16, &'a Ask)> {
        if let Some(attempt) = self.state.standing_attempt(operation, &step.id) {
            return attempt.open_ask(step);
        }
        let asked = |number| {
            self.sample((operation, &step.id), number).is_none_or(|decided| decided.sampled)
        };
        let asks = (1_u16..).zip(&step.asks);
        asks.map(|(number, ask)| (number, 1, ask)).find(|(number, ..)| asked(*number))
    }
}
