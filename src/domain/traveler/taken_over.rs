//! What pieces that became a lot of their own say of the lot that they were of, looked at once more by how
//! that stood (R6, R9, R16, R17).

use std::collections::BTreeSet;
use std::fmt;

use crate::domain::fact::Position;
use crate::domain::ids::{PersonId, StepId};
use crate::domain::stream::TravelerId;

use super::fact::{TravelerFact, TravelerStarted};
use super::kin::AcceptedBefore;
use super::lot::{ClosedStep, LotSplit, SplitOff};
use super::state::TravelerState;

/// What is not so of what a lot takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSo {
    /// The fact did not take so many pieces off that lot for this one.
    NotSplitOff(Position, u32, TravelerId),
    /// The step of the operation was open when the pieces left.
    OpenWhenLeft(u32, StepId),
    /// Another fact closed the step of the operation, or in another way.
    NotClosedBy(Position, u32, StepId),
    /// Who performed the step of the operation is not named.
    NotNamed(PersonId, u32, StepId),
    /// Who is named did nothing at the step of the operation.
    NamedInVain(PersonId, u32, StepId),
    /// The step had been attempted more or less often.
    OtherAttempts(StepId),
    /// The lot did not stand as is said.
    OtherWhenLeft(TravelerId),
}

impl fmt::Display for NotSo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSplitOff(split, quantity, lot) => {
                write!(f, "{split} did not take {quantity} pieces off {lot} for this lot")
            }
            Self::OpenWhenLeft(operation, step) => {
                write!(f, "step {step} of operation {operation} was open when the pieces left")
            }
            Self::NotClosedBy(by, operation, step) => {
                write!(f, "{by} did not close step {step} of operation {operation}")
            }
            Self::NotNamed(person, operation, step) => {
                write!(
                    f,
                    "{person} performed step {step} of operation {operation} and is not named"
                )
            }
            Self::NamedInVain(person, operation, step) => write!(
                f,
                "{person} is named for step {step} of operation {operation} and did nothing there"
            ),
            Self::OtherAttempts(step) => {
                write!(f, "step {step} had been attempted in another way than the record says")
            }
            Self::OtherWhenLeft(lot) => {
                write!(f, "what is said of {lot} is not how it stood when the pieces left")
            }
        }
    }
}

impl SplitOff {
    /// What is not so of what it says of the lot that the pieces were of: by the fact that took them off,
    /// and by that lot as the writer of that fact knew it.
    pub fn not_so(
        &self,
        lot: &TravelerId,
        (split, then): (&TravelerFact, &TravelerState),
    ) -> Vec<NotSo> {
        let Self { from, split: at, quantity, .. } = self;
        let split = if let TravelerFact::LotSplit(split) = split { Some(split) } else { None };
        let names = |split: &&LotSplit| (&split.into, split.quantity) == (&lot.unit, *quantity);
        let Some(split) = split.filter(names).filter(|_| from.order == lot.order) else {
            return vec![NotSo::NotSplitOff(at.clone(), *quantity, from.clone())];
        };
        let mut found = Vec::new();
        for said in &self.closed {
            found.extend(match then.closed_step(said.operation, &said.step) {
                Some(stood) => said.otherwise_than(&stood),
                None => vec![NotSo::OpenWhenLeft(said.operation, said.step.clone())],
            });
        }
        if !self.is_as_it_stood(split, then) {
            found.push(NotSo::OtherWhenLeft(from.clone()));
        }
        found
    }

    /// Whether what it takes over besides closed steps stood so.
    fn is_as_it_stood(&self, split: &LotSplit, then: &TravelerState) -> bool {
        let pieces = Some(self.quantity);
        let made_by =
            |here: &TravelerStarted| self.started == TravelerStarted { pieces, ..here.clone() };
        let counted = self.counted.as_ref().map(|at| at.operation);
        let settled = then.settled(&self.from);
        let accepted = |before: &AcceptedBefore| {
            let there = then.accepted.get(&before.operation);
            there.is_some_and(|accepted| accepted.evidence == before.evidence)
        };
        then.started.as_ref().is_some_and(made_by)
            && (!self.first_pass || then.nothing_failed())
            && counted == split.counted.then_some(split.operation)
            && self.settled.iter().all(|one| settled.contains(one))
            && self.accepted.iter().all(accepted)
    }
}

impl ClosedStep {
    /// What is not so of it by how the step stood when it was taken over.
    fn otherwise_than(&self, stood: &Self) -> Vec<NotSo> {
        let (operation, step) = (self.operation, &self.step);
        if (&self.by, self.not_needed, self.skipped) != (&stood.by, stood.not_needed, stood.skipped)
        {
            return vec![NotSo::NotClosedBy(self.by.clone(), operation, step.clone())];
        }
        let mut found = self.leaves_out(&stood.performers);
        let others = self.performers.difference(&stood.performers);
        found.extend(others.map(|who| NotSo::NamedInVain(who.clone(), operation, step.clone())));
        if self.attempts != stood.attempts {
            found.push(NotSo::OtherAttempts(step.clone()));
        }
        found
    }

    /// What is not so of it by what its writer surely knew of the lot on which the step was closed, and by
    /// what is known of that now: more may have been known to the writer.
    pub fn not_so(&self, knew: &TravelerState, now: &TravelerState) -> Vec<NotSo> {
        let Some(stood) = knew.closed_step(self.operation, &self.step) else { return Vec::new() };
        // Whose attempt was sent back is no performer any more, and that may have been known.
        let performers = now.performers((self.operation, &self.step));
        let performers = stood.performers.into_iter().filter(|who| performers.contains(who));
        let mut found = self.leaves_out(&performers.collect());
        if self.attempts < stood.attempts {
            found.push(NotSo::OtherAttempts(self.step.clone()));
        }
        found
    }

    /// Who performed and is not named could verify own work (R6).
    fn leaves_out(&self, performers: &BTreeSet<PersonId>) -> Vec<NotSo> {
        let missing = performers.difference(&self.performers);
        let told = |who: &PersonId| NotSo::NotNamed(who.clone(), self.operation, self.step.clone());
        missing.map(told).collect()
    }
}
