//! Loading the definitions that a decision looks at: pinned ones, those in effect, what they lack.

use super::append::key;
use super::error::LedgerError;
use crate::domain::context::Context;
use crate::domain::decide::Pinned;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::InstructionId;
use crate::domain::instruction::StandardStep;
use crate::domain::place::NewsRule;
use crate::domain::revision::{RevisionStanding, RevisionState, Revisions};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::TravelerState;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::store::Ledger;

impl Ledger {
    /// How the pinned definitions stand. What came after them counts where the site wants a choice.
    pub(super) fn surround_pinned(
        &self,
        transaction: &Connection,
        (id, state): (&TravelerId, &TravelerState),
        which: Pinned,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let (Some(started), true) = (&state.started, which != Pinned::None) else { return Ok(()) };
        let rule = context.policy().map_or(NewsRule::Warn, |policy| policy.rules.news);
        let newer = which == Pinned::All || rule != NewsRule::Warn;
        if let Some(pinned) = &started.specification {
            let subject = Subject::Specification(started.part.clone());
            let folded = self.load(transaction, &subject)?;
            if let StreamState::Specification(known) = &folded.stream.state {
                let from = known.revisions.rank(&pinned.revision, pinned.hash);
                if newer {
                    note_effective_after(transaction, (&known.revisions, from), context)?;
                }
                context.specification = Some(known.clone());
            }
        }
        for pinned in &started.operations {
            let wanted = which == Pinned::All || which == Pinned::Operation(pinned.operation);
            if !wanted {
                continue;
            }
            let subject = Subject::Instruction(pinned.instruction.clone());
            let folded = self.load(transaction, &subject)?;
            let StreamState::Instruction(known) = &folded.stream.state else { continue };
            let from = known.revisions.rank(&pinned.revision, pinned.hash);
            if newer {
                note_effective_after(transaction, (&known.revisions, from), context)?;
            }
            let in_effect = known.revisions.in_effect(&context.wanted_for(id), &context.effective);
            if let (Pinned::All, Some(revision)) = (which, in_effect) {
                let submitted = &revision.submitted;
                if let Some(compiled) = self.instruction(transaction, &submitted.hash)? {
                    context.instructions.insert(submitted.hash, compiled);
                }
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.instruction_states.insert(pinned.instruction.clone(), known.clone());
            let compiled = context.instructions.get(&pinned.hash).map(Arc::clone);
            for included in compiled.iter().flat_map(|instruction| instruction.included()) {
                let subject = Subject::Instruction(included.id.clone());
                let folded = self.load(transaction, &subject)?;
                if let StreamState::Instruction(known) = &folded.stream.state {
                    context.instruction_states.insert(included.id.clone(), known.clone());
                }
            }
        }
        Ok(())
    }

    /// The revisions of the order's route and part: which are in effect, and what they lack.
    pub(super) fn surround_definitions(
        &self,
        transaction: &Connection,
        id: &TravelerId,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let wanted = context.wanted_for(id);
        let Some(opened) = context.order.as_ref().and_then(|order| order.opened.clone()) else {
            return Ok(());
        };
        let specification = self.load(transaction, &Subject::Specification(opened.part.clone()))?;
        if let StreamState::Specification(state) = &specification.stream.state {
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            if let Some(revision) = state.revisions.in_effect(&wanted, &context.effective) {
                let submitted = &revision.submitted;
                note_missing(transaction, [&submitted.hash], &mut context.blobs_missing)?;
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.specification = Some(state.clone());
        }
        for route in &opened.route {
            let id = &route.instruction;
            let folded = self.load(transaction, &Subject::Instruction(id.clone()))?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            if let Some(revision) = state.revisions.in_effect(&wanted, &context.effective) {
                let submitted = &revision.submitted;
                if let Some(compiled) = self.instruction(transaction, &submitted.hash)? {
                    context.instructions.insert(submitted.hash, compiled);
                } else {
                    note_standard_step(transaction, (id, &submitted.hash), context)?;
                }
                note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
            }
            context.instruction_states.insert(id.clone(), state.clone());
        }
        Ok(())
    }
}

/// Adds the releases that are in effect here.
pub(super) fn note_effective(
    connection: &Connection,
    revisions: &Revisions,
    effective: &mut BTreeSet<Position>,
) -> Result<(), LedgerError> {
    note_each(connection, &revisions.list, effective)
}

fn note_each(
    connection: &Connection,
    revisions: &[RevisionState],
    effective: &mut BTreeSet<Position>,
) -> Result<(), LedgerError> {
    let sql = "SELECT 1 FROM effective WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    for revision in revisions {
        if let RevisionStanding::Released(at) = &revision.standing
            && statement.exists(key(at))?
        {
            effective.insert(at.clone());
        }
    }
    Ok(())
}

/// Adds the releases in effect that came after a pinned revision.
fn note_effective_after(
    connection: &Connection,
    (revisions, pinned): (&Revisions, Option<usize>),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let after = pinned.map_or(0, |rank| rank + 1);
    note_each(connection, revisions.list.get(after..).unwrap_or(&[]), &mut context.effective)
}

/// Adds the blobs that are not here.
pub(super) fn note_missing<'a>(
    connection: &Connection,
    hashes: impl IntoIterator<Item = &'a Hash>,
    missing: &mut BTreeSet<Hash>,
) -> Result<(), LedgerError> {
    for hash in hashes {
        if !super::blobs::is_here(connection, hash)? {
            missing.insert(*hash);
        }
    }
    Ok(())
}

/// Notes an instruction of which the compiled text is a standard step.
pub(super) fn note_standard_step(
    connection: &Connection,
    (id, hash): (&InstructionId, &Hash),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let bytes = super::blobs::read(connection, hash)?;
    let standard = |bytes: Vec<u8>| serde_json::from_slice::<StandardStep>(&bytes).is_ok();
    if bytes.is_some_and(standard) {
        context.standard_steps.insert(id.clone());
    }
    Ok(())
}
