//! What a unit is made of, against what its instructions plan: components that count now.

use crate::domain::ids::{PartId, StepId};
use crate::domain::instruction::{Ask, InstallBy};
use crate::domain::refusal::Reason;
use crate::domain::refusal::component::ComponentReason;

use super::eligibility::Found;
use super::standing::{Instructions, StepStanding};
use super::state::{Attempt, Recorded, RecordedWhat, TravelerState};

/// A component that is built in, or was taken out.
#[derive(Debug, Clone, Copy)]
pub struct Built<'a> {
    /// The attempt in which it was built in.
    pub attempt: &'a Attempt,
    /// The entry.
    pub entry: &'a Recorded,
    /// Its part.
    pub part: &'a PartId,
    /// Serial or lot.
    pub by: InstallBy,
    /// The number.
    pub identity: &'a str,
}

impl Built<'_> {
    /// Whether it is built in now.
    pub fn stands(&self) -> bool {
        self.entry.removed.is_none()
    }

    /// Where it is: operation, step, ask.
    pub fn slot(&self) -> (u32, &StepId, u16) {
        (self.attempt.operation, &self.attempt.step, self.entry.ask)
    }

    /// How many pieces of it.
    pub fn pieces(&self) -> u32 {
        self.entry.basis.as_ref().map_or(1, |basis| basis.pieces)
    }
}

/// A component that an instruction plans, with what is there.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: &'a StepId,
    /// The ask's number.
    pub ask: u16,
    /// What people call it.
    pub name: &'a str,
    /// Its part.
    pub part: &'a PartId,
    /// Serial or lot.
    pub by: InstallBy,
    /// How its step stands.
    pub standing: StepStanding,
    /// Whether its step was closed before the pieces became this lot.
    pub before: bool,
    /// What is built in there.
    pub built: Vec<Built<'a>>,
}

/// What a unit is made of, against plan.
#[derive(Debug, Clone, Default)]
pub struct AsBuilt<'a> {
    /// What is planned, along the route.
    pub planned: Vec<Planned<'a>>,
    /// What is built in and planned nowhere.
    pub unplanned: Vec<Built<'a>>,
    /// What was taken out.
    pub removed: Vec<Built<'a>>,
}

impl AsBuilt<'_> {
    /// Where a unit that is done is not as planned, in words.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for planned in &self.planned {
            let Planned { operation, step, name, part, .. } = planned;
            let done = planned.standing == StepStanding::Done && !planned.before;
            match planned.built.as_slice() {
                [] if done => gaps.push(format!("{operation} {step}: {name} ({part}) is missing")),
                [] | [_] => {}
                several => {
                    let all: Vec<&str> = several.iter().map(|built| built.identity).collect();
                    let all = all.join(", ");
                    gaps.push(format!("{operation} {step}: {name} is there more than once: {all}"));
                }
            }
        }
        let extra = self.unplanned.iter().map(|built| {
            let (operation, step, _) = built.slot();
            format!("{operation} {step}: {} {} is not planned", built.part, built.identity)
        });
        gaps.extend(extra);
        gaps
    }
}

impl TravelerState {
    /// Every component that counts: built in or taken out, neither corrected away nor scanned again
    /// in work that was done again.
    pub fn components(&self) -> Vec<Built<'_>> {
        let all = self.attempts.iter().flat_map(|attempt| {
            attempt.entries.iter().filter_map(move |entry| {
                let RecordedWhat::Component { part, by, identity } = &entry.what else {
                    return None;
                };
                Some(Built { attempt, entry, part, by: *by, identity })
            })
        });
        let mut all: Vec<Built<'_>> = all.collect();
        let corrected: Vec<_> = all
            .iter()
            .filter_map(|built| built.entry.corrects.as_ref().map(|of| of.entry.clone()))
            .collect();
        all.retain(|built| !corrected.contains(&built.entry.at));
        let scanned_again = |n: usize, built: &Built<'_>| {
            built.attempt.reopened
                && all[n + 1..].iter().any(|later| {
                    let here = built.by == InstallBy::Serial
                        || later.slot() == built.slot()
                        || built.attempt.moved;
                    later.attempt.at != built.attempt.at
                        && (later.part, later.identity) == (built.part, built.identity)
                        && here
                })
        };
        let again: Vec<bool> =
            all.iter().enumerate().map(|(n, built)| scanned_again(n, built)).collect();
        let mut again = again.into_iter();
        all.retain(|_| !again.next().unwrap_or(false));
        all
    }

    /// What the unit is made of, against what its instructions plan.
    pub fn as_built<'a>(&'a self, known: &'a Instructions) -> AsBuilt<'a> {
        let (mut standing, removed): (Vec<Built<'a>>, Vec<Built<'a>>) =
            self.components().into_iter().partition(Built::stands);
        let mut planned = Vec::new();
        for pinned in self.started.iter().flat_map(|started| &started.operations) {
            let steps = known.get(&pinned.hash).into_iter().flat_map(|known| &known.steps);
            let asks = steps.flat_map(|step| {
                (1_u16..).zip(&step.asks).filter_map(move |(number, ask)| {
                    let Ask::Install { name, part, by } = ask else { return None };
                    Some((step, number, name, part, *by))
                })
            });
            for (step, ask, name, part, by) in asks {
                let at = (pinned.operation, &step.id, ask);
                let (built, rest) = standing
                    .into_iter()
                    .partition(|built| built.slot() == at && built.part == part);
                standing = rest;
                planned.push(Planned {
                    operation: pinned.operation,
                    step: &step.id,
                    ask,
                    name,
                    part,
                    by,
                    standing: self.step_standing(pinned.operation, &step.id),
                    before: self.lot.closed.contains_key(&(pinned.operation, step.id.clone())),
                    built,
                });
            }
        }
        planned.retain(|planned| {
            planned.standing != StepStanding::NotNeeded || !planned.built.is_empty()
        });
        AsBuilt { planned, unplanned: standing, removed }
    }

    /// Adds a reason for each gap between as built and planned, where a step is the last that is
    /// open.
    pub(super) fn require_as_built(
        &self,
        found: Found<'_>,
        known: &Instructions,
        reasons: &mut Vec<Reason>,
    ) {
        let mut operations = self.started.iter().flat_map(|started| &started.operations);
        let last = operations.all(|pinned| {
            known.get(&pinned.hash).is_some_and(|instruction| {
                instruction.steps.iter().all(|step| {
                    let this = pinned.operation == found.operation.operation;
                    (this && step.id == found.step.id)
                        || self.step_closed(pinned.operation, &step.id)
                })
            })
        });
        if last {
            let gaps = self.as_built(known).gaps().into_iter();
            reasons.extend(gaps.map(|gap| ComponentReason::AsBuiltGap { gap }.into()));
        }
    }
}
