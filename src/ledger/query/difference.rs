//! What changed for a unit, and who uses a specification.

use crate::domain::difference::{Change, diff_instructions, diff_specifications, with_recorded};
use crate::domain::hash::Hash;
use crate::domain::ids::{PartId, PersonId};
use crate::domain::news::{News, news};
use crate::domain::people::RevisionRead;
use crate::domain::revision::{RevisionStanding, Revisions};
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::definitions::done_again;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::difference::{Difference, Differences, SpecificationUserRow, Unread};

use super::{Asked, get};

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
        let (old, new) = (self.specification_of(old)?, self.specification_of(new)?);
        Ok(old.zip(new).map(|(old, new)| diff_specifications(&old, &new)))
    }

    fn specification_of(self, hash: &Hash) -> Result<Option<Specification>, LedgerError> {
        let bytes = crate::ledger::blobs::read(self.connection, hash)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// What the revision of the operation that is next changed, unless the person has read it.
    fn unread(
        self,
        state: &TravelerState,
        person: Option<&PersonId>,
    ) -> Result<Option<Unread>, LedgerError> {
        let pinned = self.ledger.pinned(self.connection, state)?;
        let (Some(current), Some(person)) = (state.current(&pinned), person) else {
            return Ok(None);
        };
        let operation = current.operation;
        let read = self.ledger.load(self.connection, &Subject::Person(person.clone()))?;
        if let StreamState::Person(known) = &read.stream.state
            && known.read.contains(&operation.hash)
        {
            return Ok(None);
        }
        let subject = Subject::Instruction(operation.instruction.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Instruction(known) = &folded.stream.state else { return Ok(None) };
        let before = known.revisions.before(&operation.revision, operation.hash);
        let Some(before) = before else { return Ok(None) };
        let old = self.ledger.instruction(self.connection, &before.submitted.hash)?;
        let changes = old.map(|old| diff_instructions(&old, current.instruction));
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

    /// Every instruction in force and every open unit that uses a specification.
    pub(super) fn specification_users(
        self,
        part: &PartId,
    ) -> Result<Vec<SpecificationUserRow>, LedgerError> {
        let subject = Subject::Specification(part.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Specification(known) = &folded.stream.state else {
            return Ok(Vec::new());
        };
        let mut users = self.instructions_on(part, &known.revisions)?;
        users.extend(self.units_on(part, &known.revisions)?);
        Ok(users)
    }

    /// Released instructions for the part that were not followed by a later one or withdrawn.
    fn instructions_on(
        self,
        part: &PartId,
        specification: &Revisions,
    ) -> Result<Vec<SpecificationUserRow>, LedgerError> {
        let sql = "SELECT DISTINCT subject FROM revision_row
                   WHERE subject >= 'instruction/' AND subject < 'instruction0' ORDER BY subject";
        let subjects = self.rows(sql, (), |row| get::<String>(row, "subject"))?;
        let mut found = Vec::new();
        for subject in subjects.iter().filter_map(|text| Subject::parse(text)) {
            let folded = self.ledger.load(self.connection, &subject)?;
            let (StreamState::Instruction(state), Subject::Instruction(id)) =
                (&folded.stream.state, &subject)
            else {
                continue;
            };
            let runs = |r: &&crate::domain::revision::RevisionState| {
                matches!(r.standing, RevisionStanding::Released(_)) && r.withdrawn.is_none()
            };
            let Some(newest) = state.revisions.list.iter().rev().find(runs) else { continue };
            let hash = newest.submitted.hash;
            let Some(compiled) = self.ledger.instruction(self.connection, &hash)? else { continue };
            let Some(uses) = compiled.specification.clone().filter(|_| compiled.part == *part)
            else {
                continue;
            };
            found.push(SpecificationUserRow {
                kind: "instruction".to_owned(),
                id: id.to_string(),
                revision: Some(newest.submitted.revision.clone()),
                outdated: is_outdated(specification, &uses),
                uses,
                standing: String::new(),
            });
        }
        Ok(found)
    }

    fn units_on(
        self,
        part: &PartId,
        specification: &Revisions,
    ) -> Result<Vec<SpecificationUserRow>, LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row
                   WHERE part = ?1 AND started_ms NOT NULL AND finished_ms IS NULL AND ended IS NULL
                   ORDER BY order_id, unit";
        let units = self.rows(sql, [part.as_str()], |row| {
            Ok(TravelerId {
                order: super::id_in(row, "order_id")?,
                unit: super::id_in(row, "unit")?,
            })
        })?;
        let mut found = Vec::new();
        for id in units {
            let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { continue };
            let pinned = state.started.as_ref().and_then(|started| started.specification.as_ref());
            let Some(pinned) = pinned else { continue };
            let known = self.ledger.pinned(self.connection, state)?;
            let standing = match state.current(&known) {
                Some(at) => format!("{} {}", at.operation.operation, at.step.title),
                None => "not known here".to_owned(),
            };
            found.push(SpecificationUserRow {
                kind: "traveler".to_owned(),
                id: id.to_string(),
                revision: None,
                outdated: is_outdated(specification, &pinned.revision),
                uses: pinned.revision.clone(),
                standing,
            });
        }
        Ok(found)
    }
}

/// Whether a later release of the specification is known.
fn is_outdated(specification: &Revisions, uses: &crate::domain::ids::RevisionId) -> bool {
    let list = &specification.list;
    let at = list.iter().position(|r| r.submitted.revision == *uses);
    at.is_none_or(|at| {
        list[at + 1..]
            .iter()
            .any(|r| matches!(r.standing, RevisionStanding::Released(_)) && r.withdrawn.is_none())
    })
}
