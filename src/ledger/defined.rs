//! What a decision about one definition looks at: what it includes, and what somebody reads of it.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::hash::Hash;
use crate::domain::people::RevisionRead;
use crate::domain::stream::{StreamState, Subject};

use super::effective::{note_effective, note_missing};
use super::error::LedgerError;
use super::store::Ledger;

impl Ledger {
    /// The compiled instruction, with the revisions of the standard steps that it includes.
    pub(super) fn surround_included(
        &self,
        transaction: &Connection,
        compiled: Hash,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let Some(instruction) = self.instruction(transaction, &compiled)? else { return Ok(()) };
        for included in instruction.included() {
            let subject = Subject::Instruction(included.id.clone());
            let folded = self.load(transaction, &subject)?;
            let StreamState::Instruction(state) = &folded.stream.state else { continue };
            note_effective(transaction, &state.revisions, &mut context.effective)?;
            context.instruction_states.insert(included.id.clone(), state.clone());
        }
        context.instructions.insert(compiled, instruction);
        Ok(())
    }

    /// The revisions of what somebody reads, and whether its text is here.
    pub(super) fn surround_read(
        &self,
        transaction: &Connection,
        read: &RevisionRead,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let id = &read.instruction;
        let folded = self.load(transaction, &Subject::Instruction(id.clone()))?;
        let StreamState::Instruction(state) = &folded.stream.state else { return Ok(()) };
        note_effective(transaction, &state.revisions, &mut context.effective)?;
        note_missing(transaction, [&read.hash], &mut context.blobs_missing)?;
        context.instruction_states.insert(id.clone(), state.clone());
        Ok(())
    }
}
