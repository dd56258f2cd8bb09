//! The instructions that include a standard step.

use crate::domain::ids::InstructionId;
use crate::ledger::error::LedgerError;
use crate::views::register::UserRow;

use super::Asked;

impl Asked<'_> {
    /// Every revision that is known here and includes a standard step, a row a step.
    pub(super) fn users(self, standard: &InstructionId) -> Result<Vec<UserRow>, LedgerError> {
        let mut definitions = self.definitions()?;
        definitions.retain(|definition| definition.what == "instruction");
        let mut own = definitions.iter().filter(|d| d.id == standard.as_str());
        let newest = own.rfind(|d| d.standing == "in effect").map(|d| d.revision.clone());
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
                    newest: newest.as_ref() == Some(&included.revision),
                });
            }
        }
        Ok(users)
    }
}
