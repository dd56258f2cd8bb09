//! Where a traveler stands on its route, as its row says it: what is next, what else is open.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{InstructionId, WorkCenterId};
use crate::domain::order::OrderOpened;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;

/// An operation that is open and waits for none before it, as it is kept where there are several.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::ledger) struct OpenOperation {
    /// Its number.
    pub(in crate::ledger) operation: u32,
    /// Its name.
    pub(in crate::ledger) name: String,
    /// Where it is done.
    pub(in crate::ledger) work_center: WorkCenterId,
    /// Where it was last worked on, else its work center.
    pub(in crate::ledger) at: String,
    /// Its instruction.
    pub(in crate::ledger) instruction: InstructionId,
    /// The title of that.
    pub(in crate::ledger) title: String,
    /// The rank of the step that is next, from 1; none where the instruction is not here.
    pub(in crate::ledger) step: Option<usize>,
    /// How many steps it has.
    pub(in crate::ledger) steps: usize,
}

/// What is next on a traveler, as far as it is known here.
#[derive(Debug, Default)]
pub(super) struct Next {
    pub(super) instruction: Option<String>,
    pub(super) title: String,
    pub(super) operation: Option<u32>,
    pub(super) operation_name: String,
    pub(super) work_center: Option<String>,
    pub(super) step: Option<String>,
    pub(super) step_rank: usize,
    pub(super) steps: usize,
}

/// Every operation that may be worked on, as JSON, where there is more than one.
pub(super) fn several(
    state: &TravelerState,
    known: &Instructions,
) -> Result<Option<String>, LedgerError> {
    let open = state.open_operations(known);
    if open.len() < 2 {
        return Ok(None);
    }
    let open = open.into_iter().map(|operation| {
        let instruction = known.get(&operation.hash);
        let step = instruction.and_then(|instruction| {
            let step = state.workable(operation.operation, instruction).next()?;
            instruction.rank(&step.id).map(|rank| rank + 1)
        });
        OpenOperation {
            operation: operation.operation,
            name: operation.name.clone(),
            work_center: operation.work_center.clone(),
            at: state.worked_at(operation),
            instruction: operation.instruction.clone(),
            title: instruction.map_or_else(String::new, |known| known.title.clone()),
            step,
            steps: instruction.map_or(0, |known| known.steps.len()),
        }
    });
    let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
    serde_json::to_string(&open.collect::<Vec<_>>()).map(Some).map_err(fault)
}

/// The work centers where something of the route is open, each between blanks, so that one is found
/// by ` ASM `.
pub(super) fn route(
    state: &TravelerState,
    opened: Option<&OrderOpened>,
    known: &Instructions,
) -> String {
    let pinned = state.started.iter().flat_map(|s| &s.operations);
    let pinned = pinned.filter(|op| !state.operation_closed(op, known)).map(|op| &op.work_center);
    let ordered = opened.iter().flat_map(|opened| &opened.route).map(|op| &op.work_center);
    if state.started.is_some() { between_blanks(pinned) } else { between_blanks(ordered) }
}

/// Work centers, each between blanks.
pub(super) fn between_blanks<'a>(centers: impl IntoIterator<Item = &'a WorkCenterId>) -> String {
    centers.into_iter().fold(" ".to_owned(), |text, center| text + center.as_str() + " ")
}

pub(super) fn next(
    state: &TravelerState,
    opened: Option<&OrderOpened>,
    known: &Instructions,
) -> Next {
    if state.started.is_none() {
        let Some(first) = opened.and_then(|opened| opened.route.first()) else {
            return Next::default();
        };
        return Next {
            instruction: Some(first.instruction.to_string()),
            operation: Some(first.operation),
            work_center: Some(first.work_center.to_string()),
            ..Next::default()
        };
    }
    let Some(operation) = state.next_operation(known) else { return Next::default() };
    let mut next = Next {
        instruction: Some(operation.instruction.to_string()),
        operation: Some(operation.operation),
        operation_name: operation.name.clone(),
        work_center: Some(operation.work_center.to_string()),
        ..Next::default()
    };
    if let Some(instruction) = known.get(&operation.hash) {
        next.title.clone_from(&instruction.title);
        next.steps = instruction.steps.len();
    }
    if let Some(current) = state.current(known) {
        next.step = Some(current.step.id.to_string());
        next.step_rank = current.instruction.rank(&current.step.id).map_or(0, |rank| rank + 1);
    }
    next
}

/// The signatures that are asked for next, as JSON, where there are any.
pub(super) fn to_sign(
    state: &TravelerState,
    known: &Instructions,
) -> Result<Option<String>, LedgerError> {
    let asked = state.to_sign(known);
    if asked.is_empty() {
        return Ok(None);
    }
    let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
    serde_json::to_string(&asked).map(Some).map_err(fault)
}

/// What was accepted on evidence and is not done, in words.
pub(super) fn accepted(state: &TravelerState, known: &Instructions) -> Option<String> {
    let open = state
        .accepted_open(known)
        .filter_map(|op| Some(state.accepted.get(&op.operation)?.words(op)));
    let open: Vec<String> = open.collect();
    (!open.is_empty()).then(|| open.join("; "))
}
