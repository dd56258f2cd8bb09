//! Who uses a definition: instructions that include a standard step or measure against a
//! specification, and open units that are made by an instruction or a specification.

use std::collections::BTreeSet;

use crate::domain::ids::{InstructionId, PartId, RevisionId};
use crate::domain::natural::natural;
use crate::domain::revision::{RevisionStanding, RevisionState, Revisions};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::definition::DefinitionUserRow;
use crate::views::register::UserRow;

use super::{Asked, get, id_in};

impl Asked<'_> {
    /// Every revision that is known here and includes a standard step, a row a step.
    pub(super) fn users(self, standard: &InstructionId) -> Result<Vec<UserRow>, LedgerError> {
        let mut definitions = self.definitions()?;
        definitions.retain(|definition| definition.what == "instruction");
        let own = definitions.iter().filter(|d| d.id == standard.as_str());
        let behind = own.filter(|d| matches!(d.standing.as_str(), "superseded" | "withdrawn"));
        let behind: BTreeSet<RevisionId> = behind.map(|d| d.revision.clone()).collect();
        let mut users = Vec::new();
        for definition in definitions {
            let Some(compiled) = self.ledger.instruction(self.connection, &definition.hash)? else {
                continue;
            };
            let steps = compiled.steps.iter();
            let includes = steps.filter_map(|step| Some((step, step.rules.included.as_ref()?)));
            for (step, included) in includes.filter(|(_, included)| included.id == *standard) {
                users.push(UserRow {
                    instruction: compiled.id.clone(),
                    revision: compiled.revision.clone(),
                    title: compiled.title.clone(),
                    standing: definition.standing.clone(),
                    step: step.id.clone(),
                    includes: included.revision.clone(),
                    newest: !behind.contains(&included.revision),
                });
            }
        }
        Ok(users)
    }

    /// Every instruction in force and every open unit that uses a specification.
    pub(super) fn specification_users(
        self,
        part: &PartId,
    ) -> Result<Vec<DefinitionUserRow>, LedgerError> {
        let subject = Subject::Specification(part.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Specification(known) = &folded.stream.state else {
            return Ok(Vec::new());
        };
        let mut users = self.instructions_on(part, &known.revisions)?;
        let pinned = |state: &TravelerState, _: &Instructions| {
            let pinned = state.started.as_ref()?.specification.as_ref()?;
            Some(pinned.revision.clone())
        };
        users.extend(self.units_by(part, &known.revisions, pinned)?);
        Ok(users)
    }

    /// Every open unit with an operation of an instruction that is not closed.
    pub(super) fn instruction_users(
        self,
        (instruction, part): (&InstructionId, &PartId),
        revisions: &Revisions,
    ) -> Result<Vec<DefinitionUserRow>, LedgerError> {
        self.units_by(part, revisions, |state, known| {
            let mut operations = state.started.iter().flat_map(|started| &started.operations);
            let pinned = operations.find(|pinned| {
                pinned.instruction == *instruction && !state.operation_closed(pinned, known)
            });
            pinned.map(|pinned| pinned.revision.clone())
        })
    }

    /// Released instructions for the part that were not followed by a later one or withdrawn.
    fn instructions_on(
        self,
        part: &PartId,
        specification: &Revisions,
    ) -> Result<Vec<DefinitionUserRow>, LedgerError> {
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
            let runs = |r: &&RevisionState| {
                matches!(r.standing, RevisionStanding::Released(_)) && r.withdrawn.is_none()
            };
            let Some(newest) = state.revisions.list.iter().rev().find(runs) else { continue };
            let hash = newest.submitted.hash;
            let Some(compiled) = self.ledger.instruction(self.connection, &hash)? else { continue };
            let Some(uses) = compiled.specification.clone().filter(|_| compiled.part == *part)
            else {
                continue;
            };
            found.push(DefinitionUserRow {
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

    /// Open units of a part that are made by a revision of a definition.
    fn units_by(
        self,
        part: &PartId,
        revisions: &Revisions,
        pinned: impl Fn(&TravelerState, &Instructions) -> Option<RevisionId>,
    ) -> Result<Vec<DefinitionUserRow>, LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row
                   WHERE part = ?1 AND started_ms NOT NULL AND finished_ms IS NULL AND ended IS NULL
                   ORDER BY order_id, unit";
        let mut units = self.rows(sql, [part.as_str()], |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })?;
        units.sort_by(|one, other| {
            natural(one.order.as_str(), other.order.as_str())
                .then_with(|| natural(one.unit.as_str(), other.unit.as_str()))
        });
        let mut found = Vec::new();
        for id in units {
            let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
            let StreamState::Traveler(state) = &folded.stream.state else { continue };
            let known = self.ledger.pinned(self.connection, state)?;
            let Some(uses) = pinned(state, &known) else { continue };
            let standing = match state.current(&known) {
                Some(at) => format!("{} {}", at.operation.operation, at.step.title),
                None => "not known here".to_owned(),
            };
            found.push(DefinitionUserRow {
                kind: "traveler".to_owned(),
                id: id.to_string(),
                revision: None,
                outdated: is_outdated(revisions, &uses),
                uses,
                standing,
            });
        }
        Ok(found)
    }
}

/// Whether a later release is known.
fn is_outdated(revisions: &Revisions, uses: &RevisionId) -> bool {
    let list = &revisions.list;
    let at = list.iter().position(|r| r.submitted.revision == *uses);
    at.is_none_or(|at| {
        list[at + 1..]
            .iter()
            .any(|r| matches!(r.standing, RevisionStanding::Released(_)) && r.withdrawn.is_none())
    })
}
