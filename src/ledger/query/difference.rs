//! What changed for a unit, and between two revisions.

use crate::domain::difference::{Change, diff_instructions, diff_specifications, with_recorded};
use crate::domain::hash::Hash;
use crate::domain::ids::PersonId;
use crate::domain::instruction::Instruction;
use crate::domain::news::{News, news};
use crate::domain::people::RevisionRead;
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::definitions::done_again;
use crate::domain::traveler::fact::PinnedOperation;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::difference::{Difference, Differences, Unread};

use super::Asked;

impl Asked<'_> {
    pub(super) fn differences(
        self,
        id: &TravelerId,
        person: Option<&PersonId>,
    ) -> Result<Option<Differences>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        if state.started.is_none() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for item in news(id, state, &self.around(id, state)?) {
            found.push(self.difference(state, item)?);
        }
        let unread = self.unread(state, person)?;
        Ok(Some(Differences { id: id.clone(), unread, news: found }))
    }

    fn difference(self, state: &TravelerState, item: News) -> Result<Difference, LedgerError> {
        let (old, new) = (item.from.1, item.to.1);
        let Some(operation) = item.operation else {
            let changes = self.between_specifications(&old, &new)?;
            return Ok(Difference { news: item, changes, again: Vec::new() });
        };
        let old = self.ledger.instruction(self.connection, &old)?;
        let new = self.ledger.instruction(self.connection, &new)?;
        let (Some(old), Some(new)) = (old, new) else {
            return Ok(Difference { news: item, changes: None, again: Vec::new() });
        };
        let changes = with_recorded(diff_instructions(&old, &new), &new, (state, operation));
        let again = done_again(operation, (&old, &new), state);
        Ok(Difference { news: item, changes: Some(changes), again })
    }

    fn between_specifications(
        self,
        old: &Hash,
        new: &Hash,
    ) -> Result<Option<Vec<Change>>, LedgerError> {
        let found: Option<(Specification, Specification)> =
            self.compiled(old)?.zip(self.compiled(new)?);
        Ok(found.map(|(old, new)| diff_specifications(&old, &new)))
    }

    /// What the revision of an operation that may be worked on changed, unless the person has read
    /// it: of the one that is next before others.
    fn unread(
        self,
        state: &TravelerState,
        person: Option<&PersonId>,
    ) -> Result<Option<Unread>, LedgerError> {
        let pinned = self.ledger.pinned(self.connection, state)?;
        let Some(person) = person else { return Ok(None) };
        let read = self.ledger.load(self.connection, &Subject::Person(person.clone()))?;
        let StreamState::Person(read) = &read.stream.state else { return Ok(None) };
        for operation in state.open_operations(&pinned) {
            let Some(instruction) = pinned.get(&operation.hash) else { continue };
            if read.read.contains(&operation.hash) {
                continue;
            }
            if let Some(unread) = self.unread_of(operation, instruction)? {
                return Ok(Some(unread));
            }
        }
        Ok(None)
    }

    /// What the revision of an operation changed against the one before it.
    fn unread_of(
        self,
        operation: &PinnedOperation,
        instruction: &Instruction,
    ) -> Result<Option<Unread>, LedgerError> {
        let subject = Subject::Instruction(operation.instruction.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Instruction(known) = &folded.stream.state else { return Ok(None) };
        let pinned = known.revisions.find(&operation.revision);
        // Where work stops there is nothing to be read first.
        if pinned.is_some_and(|pinned| pinned.stop_work().is_some()) {
            return Ok(None);
        }
        let before = known.revisions.before(&operation.revision, operation.hash);
        let Some(before) = before else { return Ok(None) };
        let old = self.ledger.instruction(self.connection, &before.submitted.hash)?;
        let changes = old.map(|old| diff_instructions(&old, instruction));
        Ok(Some(Unread {
            read: RevisionRead {
                instruction: operation.instruction.clone(),
                revision: operation.revision.clone(),
                hash: operation.hash,
            },
            before: before.submitted.revision.clone(),
            changes,
        }))
    }
}
