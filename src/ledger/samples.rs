//! The sample counters that a decision looks at: of this station, at the actor's place (R16).

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::sample::sampled_asks;
use crate::domain::traveler::state::TravelerState;

use super::error::LedgerError;
use super::models::sample::counter;

/// Adds the counters of a step's sampled asks, where the step is not begun on the unit.
pub(super) fn surround_samples(
    connection: &Connection,
    (id, state, at): (&TravelerId, &TravelerState, &StepAt),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let Some(place) = context.acting.place.clone() else { return Ok(()) };
    if state.standing_attempt(at.operation, &at.step).is_some() {
        return Ok(());
    }
    let pinned = state.operation(at.operation).and_then(|op| context.instructions.get(&op.hash));
    let Some(instruction) = pinned.cloned() else { return Ok(()) };
    let Some(step) = instruction.step(&at.step) else { return Ok(()) };
    for asked in sampled_asks(&instruction, step, &id.order) {
        let name = asked.counter;
        if let Some(known) = counter(connection, (&context.next.ledger, &place), &name)? {
            context.counters.insert(name, known);
        }
    }
    Ok(())
}
