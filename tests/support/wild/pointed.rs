//! What people try though it stands to reason that it is refused: twice, too early, too much.

use gemba::domain::instruction::Ask;
use gemba::domain::signature::Signer;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::domain::traveler::fact::PinnedOperation;
use gemba::domain::traveler::split::Split;
use gemba::domain::traveler::state::{Attempt, RecordedWhat, TravelerState};

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_plan::{id, signs_by_pin};
use crate::support::shop_route::accepts;

fn at(attempt: &Attempt) -> StepAt {
    StepAt { operation: attempt.operation, step: attempt.step.clone() }
}

/// Something that is refused where the unit stands so that it can be tried at all.
pub(super) fn pointed(
    shop: &Shop,
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<(&'static str, TravelerCommand)> {
    let standing = || state.attempts.iter().filter(|attempt| !attempt.reopened);
    match chance.below(7) {
        0 => {
            let attempt = standing().rfind(|attempt| attempt.completed.is_none())?;
            let entry = attempt.entries.first()?;
            let again = match &entry.what {
                RecordedWhat::Answer(yes) => Entry::Answer(*yes),
                RecordedWhat::Reading(reading) => {
                    let gauge = reading.taken.gauge.as_ref().map(|used| used.gauge.clone());
                    Entry::Reading { value: reading.value().clone(), gauge }
                }
                RecordedWhat::Text(text) | RecordedWhat::Component { identity: text, .. } => {
                    Entry::Text(text.clone())
                }
                RecordedWhat::WaitBegan => Entry::BeginWait,
                RecordedWhat::Signature(_) => return None,
            };
            let (ask, sample) = (entry.ask, entry.sample);
            Some(("novak", TravelerCommand::Record { at: at(attempt), ask, sample, entry: again }))
        }
        1 => {
            let signed =
                standing().find_map(|attempt| Some((attempt, attempt.signatures().next()?)));
            let (attempt, (entry, _)) = signed?;
            let by = Signer::by_badge("okafor");
            Some(("okafor", TravelerCommand::Sign { at: at(attempt), ask: entry.ask, by }))
        }
        2 => {
            let current = state.current(&shop.instructions)?;
            let waits = current.step.asks.iter().any(|ask| matches!(ask, Ask::Wait(_)));
            let (operation, step) = (current.operation.operation, current.step.id.clone());
            waits.then_some((
                "novak",
                TravelerCommand::CompleteStep { at: StepAt { operation, step }, read_in: None },
            ))
        }
        3 => {
            let (_, hold) = state.open_holds().find(|(_, hold)| hold.placed.deviation.is_some())?;
            let reading = hold.placed.readings.iter().next()?;
            let (value, gauge) = (state.reading(&reading)?.1.value().clone(), Some(id("TW-07")));
            let reason = "once more".to_owned();
            Some(("novak", TravelerCommand::Remeasure { reading, value, gauge, reason }))
        }
        5 => {
            let operations = &state.started.as_ref()?.operations;
            let closed = |at: &&PinnedOperation| state.operation_closed(at, &shop.instructions);
            Some(("brandt", accepts(operations.iter().find(closed)?.operation)))
        }
        4 => {
            state.started.as_ref()?.pieces?;
            let (quantity, reason) = (state.pieces(), "all of it".to_owned());
            Some(("brandt", TravelerCommand::SplitLot(Split { into: None, quantity, reason })))
        }
        _ => Some(("okafor", signs_by_pin("release", 1))),
    }
}
