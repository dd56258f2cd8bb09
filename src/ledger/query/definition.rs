//! One definition with its revisions and who uses it; what changed between two compiled texts.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::difference::{
    Change, diff_instructions, diff_specifications, diff_standard_steps,
};
use crate::domain::effectivity::Use;
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, PersonId};
use crate::domain::instruction::{Instruction, StandardStep};
use crate::domain::revision::Revisions;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::blobs;
use crate::ledger::effective::note_effective;
use crate::ledger::error::LedgerError;
use crate::views::definition::{
    DefinitionKind, DefinitionUserRow, DefinitionView, RevisionRow, Seen, rows,
};

use super::Asked;

impl Asked<'_> {
    /// One definition; none where nothing is known of it here.
    pub(super) fn definition(
        self,
        subject: &Subject,
    ) -> Result<Option<DefinitionView>, LedgerError> {
        let folded = self.ledger.load(self.connection, subject)?;
        let (known, id) = match (&folded.stream.state, subject) {
            (StreamState::Instruction(state), Subject::Instruction(id)) => {
                (&state.revisions, id.to_string())
            }
            (StreamState::Specification(state), Subject::Specification(part)) => {
                (&state.revisions, part.to_string())
            }
            (_, _) => return Ok(None),
        };
        let Some(newest) = known.list.last() else { return Ok(None) };
        let (kind, users) = self.kind_and_users(subject, known)?;
        let mut rows = self.revision_rows(known)?;
        for row in &mut rows {
            let translations = match kind {
                DefinitionKind::Specification => {
                    row.specification = self.compiled(&row.hash)?;
                    None
                }
                DefinitionKind::Instruction => {
                    self.compiled(&row.hash)?.map(|text: Instruction| text.translations)
                }
                DefinitionKind::StandardStep => {
                    self.compiled(&row.hash)?.map(|text: StandardStep| text.translations)
                }
                DefinitionKind::Unknown => None,
            };
            row.languages = translations.iter().flatten().map(|said| said.language).collect();
        }
        let redlines = if let Subject::Instruction(id) = subject {
            self.redlines(Some(id), true)?
        } else {
            Vec::new()
        };
        Ok(Some(DefinitionView {
            kind,
            id,
            title: newest.submitted.title.clone(),
            revisions: rows,
            users,
            redlines,
        }))
    }

    fn revision_rows(self, revisions: &Revisions) -> Result<Vec<RevisionRow>, LedgerError> {
        let mut judged = BTreeSet::new();
        note_effective(self.connection, revisions, &mut judged)?;
        let mut missing = BTreeSet::new();
        let mut names = BTreeMap::new();
        for state in &revisions.list {
            let submitted = &state.submitted;
            for hash in submitted.blobs.iter().chain([&submitted.hash]) {
                if self.count("SELECT count(*) FROM blob WHERE hash = ?1", [hash.0])? == 0 {
                    missing.insert(*hash);
                }
            }
            if let Some(person) = &state.by {
                names.insert(person.clone(), self.name(Some(person))?);
            }
        }
        let wanted = Use { today: self.today()?, traveler: None };
        let seen = Seen { wanted: &wanted, judged: &judged, missing: &missing };
        let name = |person: &PersonId| names.get(person).cloned().unwrap_or_default();
        Ok(rows(revisions, seen, &name))
    }

    fn kind_and_users(
        self,
        subject: &Subject,
        revisions: &Revisions,
    ) -> Result<(DefinitionKind, Vec<DefinitionUserRow>), LedgerError> {
        if let Subject::Specification(part) = subject {
            return Ok((DefinitionKind::Specification, self.specification_users(part)?));
        }
        let Subject::Instruction(id) = subject else {
            return Ok((DefinitionKind::Unknown, Vec::new()));
        };
        for state in revisions.list.iter().rev() {
            let hash = &state.submitted.hash;
            if let Some(compiled) = self.ledger.instruction(self.connection, hash)? {
                let users = self.instruction_users((id, &compiled.part), revisions)?;
                return Ok((DefinitionKind::Instruction, users));
            }
            if self.standard_step(hash)?.is_some() {
                return Ok((DefinitionKind::StandardStep, self.including(id)?));
            }
        }
        Ok((DefinitionKind::Unknown, Vec::new()))
    }

    /// The instructions that include a standard step, a row a revision and step.
    fn including(self, id: &InstructionId) -> Result<Vec<DefinitionUserRow>, LedgerError> {
        let row = |user: crate::views::register::UserRow| DefinitionUserRow {
            kind: "instruction".to_owned(),
            id: user.instruction.to_string(),
            revision: Some(user.revision),
            uses: user.includes,
            outdated: !user.newest,
            standing: user.standing,
        };
        Ok(self.users(id)?.into_iter().map(row).collect())
    }

    /// A compiled standard step, where it is here.
    pub(super) fn standard_step(self, hash: &Hash) -> Result<Option<StandardStep>, LedgerError> {
        self.compiled(hash)
    }

    /// What changed between two compiled definitions; none where a text is not here.
    pub(super) fn compared(
        self,
        old: &Hash,
        new: &Hash,
    ) -> Result<Option<Vec<Change>>, LedgerError> {
        let instructions = self.ledger.instruction(self.connection, old)?;
        let instructions = instructions.zip(self.ledger.instruction(self.connection, new)?);
        if let Some((old, new)) = instructions {
            return Ok(Some(diff_instructions(&old, &new)));
        }
        let steps = self.standard_step(old)?.zip(self.standard_step(new)?);
        if let Some((old, new)) = steps {
            return Ok(Some(diff_standard_steps(&old, &new)));
        }
        let specifications = self.compiled(old)?.zip(self.compiled(new)?);
        Ok(specifications.map(|(old, new)| diff_specifications(&old, &new)))
    }

    /// A compiled definition of a kind, where it is here and of that kind.
    pub(super) fn compiled<T: serde::de::DeserializeOwned>(
        self,
        hash: &Hash,
    ) -> Result<Option<T>, LedgerError> {
        let bytes = blobs::read(self.connection, hash)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}
