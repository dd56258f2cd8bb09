//! Standard steps are released before what includes them, and are included as they were released.

use super::context::Context;
use super::hash::Hash;
use super::instruction::Included;
use super::refusal::Reason;
use super::refusal::definition::DefinitionReason;
use super::revision::{InstructionState, RevisionCommand, RevisionStanding};

/// The compiled revision that a command hands in or approves.
pub fn compiled(state: &InstructionState, command: &RevisionCommand) -> Option<Hash> {
    match command {
        RevisionCommand::Submit { hash, .. } => Some(*hash),
        RevisionCommand::Approve { revision, .. } => {
            state.revisions.find(revision).map(|known| known.submitted.hash)
        }
        RevisionCommand::Withdraw(_) => None,
    }
}

/// Every standard step of a compiled revision that is not released as it is included.
pub(super) fn not_released(hash: Option<Hash>, context: &Context) -> Vec<Reason> {
    let compiled = hash.and_then(|hash| context.instructions.get(&hash));
    let Some(compiled) = compiled else { return Vec::new() };
    let mut missing: Vec<&Included> = compiled.included().collect();
    missing.sort();
    missing.dedup();
    missing.retain(|included| !is_released(included, context));
    let reason = |included: &Included| {
        let (id, revision) = (included.id.clone(), included.revision.clone());
        DefinitionReason::IncludedNotReleased { id, revision }.into()
    };
    missing.into_iter().map(reason).collect()
}

fn is_released(included: &Included, context: &Context) -> bool {
    let state = context.instruction_states.get(&included.id);
    let known = state.and_then(|state| state.revisions.find(&included.revision));
    known.is_some_and(|known| {
        let effective = matches!(&known.standing,
            RevisionStanding::Released(at) if context.effective.contains(at));
        effective && known.withdrawn.is_none() && known.submitted.hash == included.hash
    })
}
