//! Which units are measured at a step: decided when it is begun, and counted at its place (R16).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::{OrderId, PlaceId};
use crate::domain::instruction::{Ask, Instruction, Step};
use crate::domain::moment::Moment;
use crate::domain::sampling::{Counted, Per, SampleDecided, Sampling, Wanted, decide};
use crate::domain::stream::TravelerId;

use super::eligibility::Found;
use super::state::{Attempt, TravelerState};

/// A unit that took a place in a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedUnit<'a> {
    /// The attempt in which it did.
    pub at: &'a Position,
    /// Where.
    pub place: &'a PlaceId,
    /// What was decided, and when the unit was last worked on in the step.
    pub counted: Counted,
    /// What became of the check.
    pub check: Check,
}

/// What became of a check that a count asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The unit was measured, or was not to be.
    Settled,
    /// It is to be measured, and nobody did yet.
    Owed,
    /// It was to be measured, and left without it.
    Missed,
}

impl Check {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Owed => "owed",
            Self::Missed => "missed",
        }
    }
}

/// A sampled ask of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledAsk {
    /// Its number.
    pub ask: u16,
    /// What is counted for.
    pub counter: String,
    /// How often it is measured.
    pub plan: Sampling,
    /// Of how many readings a check is.
    pub readings: u32,
}

/// Every sampled ask of a step.
pub fn sampled_asks<'a>(
    instruction: &'a Instruction,
    step: &'a Step,
    order: &'a OrderId,
) -> impl Iterator<Item = SampledAsk> + 'a {
    (1_u16..).zip(&step.asks).filter_map(move |(number, ask)| {
        let Ask::Measure(measure) = ask else { return None };
        let plan = measure.rules.sampling?;
        let counter = match &measure.characteristic {
            Some(characteristic) => format!("{}/{characteristic}", instruction.part),
            None => format!("{}#{}.{number}", instruction.id, step.id),
        };
        // Orders that alternate at a place are counted each for itself.
        let counter =
            if plan.per == Per::Order { format!("{counter} of {order}") } else { counter };
        Some(SampledAsk { ask: number, counter, plan, readings: measure.count.into() })
    })
}

impl TravelerState {
    /// Whether this unit would be measured at each sampled ask of a step, were it begun now.
    pub fn samples_at(
        &self,
        id: &TravelerId,
        (operation, instruction, step): (u32, &Instruction, &Step),
        context: &Context,
    ) -> Vec<SampleDecided> {
        let again = self.attempts_at(operation, &step.id).next().is_some()
            || self.lot.attempts_before(operation, &step.id) > 0;
        let pieces = self.pieces_into(operation, &context.instructions);
        let decided = sampled_asks(instruction, step, &id.order).map(|asked| {
            let SampledAsk { ask, counter, plan, readings } = asked;
            let order = &id.order;
            decide(Wanted { ask, counter, plan, order, pieces, readings, again }, context)
        });
        decided.collect()
    }

    /// The asks of a step that want nothing of this unit.
    pub(super) fn not_asked(
        &self,
        id: &TravelerId,
        found: Found<'_>,
        context: &Context,
    ) -> Vec<u16> {
        let operation = found.operation.operation;
        let decided = match self.standing_attempt(operation, &found.step.id) {
            Some(attempt) => attempt.samples.clone(),
            None => self.samples_at(id, (operation, found.instruction, found.step), context),
        };
        decided.iter().filter(|decided| !decided.sampled).map(|decided| decided.ask).collect()
    }

    /// Every place that this unit took in a count.
    pub fn counted_units(&self) -> Vec<CountedUnit<'_>> {
        let mut units = Vec::new();
        for attempt in &self.attempts {
            let Some(place) = &attempt.place else { continue };
            let gone = self.is_gone(attempt);
            for decided in attempt.samples.iter().filter(|decided| decided.is_counted()) {
                let taken = attempt.readings().any(|(entry, _)| entry.ask == decided.ask);
                units.push(CountedUnit {
                    at: &attempt.at,
                    place,
                    counted: Counted { decided: decided.clone(), last: attempt.last().clone() },
                    check: match (decided.sampled && !taken, gone) {
                        (false, _) => Check::Settled,
                        (true, true) => Check::Missed,
                        (true, false) => Check::Owed,
                    },
                });
            }
        }
        units
    }
}

impl Attempt {
    /// The decision by which an ask wants nothing of this unit.
    pub fn not_sampled(&self, ask: u16) -> Option<&SampleDecided> {
        self.samples.iter().find(|decided| decided.ask == ask && !decided.sampled)
    }

    /// What was decided about a sampled ask.
    pub fn sample(&self, ask: u16) -> Option<&SampleDecided> {
        self.samples.iter().find(|decided| decided.ask == ask)
    }

    /// Its last moment.
    fn last(&self) -> &Moment {
        let recorded = self.entries.iter().map(|entry| &entry.moment);
        let completed = self.completed.iter().map(|(_, moment)| moment);
        let later = recorded.chain(completed).max_by_key(|moment| moment.effective());
        later.filter(|later| later.effective() > self.began.effective()).unwrap_or(&self.began)
    }
}
