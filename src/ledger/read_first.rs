//! What a decision looks at where somebody reads what a revision changed.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::people::RevisionRead;
use crate::domain::stream::{StreamState, Subject};

use super::error::LedgerError;
use super::store::Ledger;
use super::surroundings::{note_effective, note_missing};

impl Ledger {
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
