//! The signatures that a unit waits for: asked for by a step, with everything before them there.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{StepId, WorkCenterId};
use crate::domain::instruction::Ask;
use crate::domain::people::Role;
use crate::domain::signature::Meaning;

use super::command::StepAt;
use super::standing::Instructions;
use super::state::{Attempt, TravelerState};

/// A signature that can be given now, as far as the unit's own stream tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepToSign {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// The ask, from 1.
    pub ask: u16,
    /// In which role.
    pub role: Role,
    /// What it means.
    pub meaning: Meaning,
    /// Where the operation is done.
    pub work_center: WorkCenterId,
}

impl StepToSign {
    /// The step of the unit.
    pub fn at(&self) -> StepAt {
        StepAt { operation: self.operation, step: self.step.clone() }
    }
}

impl TravelerState {
    /// The signatures that steps which may be worked on ask for next.
    pub fn to_sign(&self, known: &Instructions) -> Vec<StepToSign> {
        let mut found = Vec::new();
        for operation in self.open_operations(known) {
            let Some(instruction) = known.get(&operation.hash) else { continue };
            for step in self.workable(operation.operation, instruction) {
                let attempt = self.standing_attempt(operation.operation, &step.id);
                let first = || step.asks.first().map(|ask| (1, 1, ask));
                let next = attempt.map_or_else(first, |attempt: &Attempt| attempt.open_ask(step));
                if let Some((ask, _, Ask::Sign(sign))) = next {
                    found.push(StepToSign {
                        operation: operation.operation,
                        step: step.id.clone(),
                        title: step.title.clone(),
                        ask,
                        role: sign.role,
                        meaning: sign.meaning,
                        work_center: operation.work_center.clone(),
                    });
                }
            }
        }
        found
    }
}
