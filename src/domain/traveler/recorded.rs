//! What is remembered of something recorded at an ask.

use crate::domain::fact::{Head, Position};

use super::component::ComponentBasis;
use super::fact::TravelerFact;
use super::reading::{checked_with, signed_for};
use super::state::{Reading, Recorded, RecordedWhat, TravelerState};

impl TravelerState {
    pub(super) fn record(&mut self, head: &Head, fact: &TravelerFact) {
        let (at, sample, what) = match fact {
            TravelerFact::Checked { at, yes, .. } => (at, 1, RecordedWhat::Answer(*yes)),
            TravelerFact::ReadingTaken(taken) => {
                let reading = Box::new(Reading::first((**taken).clone()));
                (&taken.at, taken.sample, RecordedWhat::Reading(reading))
            }
            TravelerFact::EntryMade { at, text, .. } => (at, 1, RecordedWhat::Text(text.clone())),
            TravelerFact::ComponentInstalled { at, .. } => (at, 1, component_of(fact)),
            TravelerFact::WaitStarted { at, .. } => (at, 1, RecordedWhat::WaitBegan),
            TravelerFact::Signed { at, signature, .. } => {
                (at, 1, RecordedWhat::Signature(Box::new(signature.clone())))
            }
            TravelerFact::TravelerStarted(_)
            | TravelerFact::StepStarted(_)
            | TravelerFact::ReadingConfirmed { .. }
            | TravelerFact::ReadingCorrected { .. }
            | TravelerFact::ComponentRemoved(_)
            | TravelerFact::WaitAccepted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::StepSkipped { .. }
            | TravelerFact::ConditionDecided(_)
            | TravelerFact::UpstreamAccepted { .. }
            | TravelerFact::Paused { .. }
            | TravelerFact::QuantityReported(_)
            | TravelerFact::QuantityCorrected(_)
            | TravelerFact::LotSplit(_)
            | TravelerFact::SplitOff(_)
            | TravelerFact::RevisionKept(_)
            | TravelerFact::MovedToRevision(_)
            | TravelerFact::Resumed { .. }
            | TravelerFact::HoldPlaced(_)
            | TravelerFact::HoldReleased { .. }
            | TravelerFact::ProductReleased(_)
            | TravelerFact::ProductTakenBack(_) => return,
        };
        let uncovered = if let RecordedWhat::Signature(signature) = &what {
            self.uncovered_by(signature)
        } else {
            None
        };
        let with = checked_with(fact);
        let corrects = fact.corrects().map(|corrects| Box::new(corrects.clone()));
        if let Some(corrected) = &corrects {
            self.uncover(&corrected.entry, &head.position);
        }
        let recorded = Recorded {
            set: signed_for(fact),
            with,
            basis: basis_of(fact),
            removed: None,
            corrects,
            uncovered,
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            place: head.acting.place.clone(),
            ask: at.ask,
            sample,
            what,
        };
        if let TravelerFact::ReadingTaken(taken) = fact {
            self.sort_in(head, taken);
        }
        if let Some(attempt) = self.attempt_mut(&at.attempt) {
            attempt.entries.push(recorded);
            if let TravelerFact::WaitStarted { set, .. } = fact {
                attempt.wait_set.clone_from(set);
            }
        }
    }

    pub(super) fn reading_mut(&mut self, at: &Position) -> Option<&mut Reading> {
        let entries = self.attempts.iter_mut().flat_map(|attempt| &mut attempt.entries);
        entries.filter(|entry| entry.at == *at).find_map(|entry| match &mut entry.what {
            RecordedWhat::Reading(reading) => Some(&mut **reading),
            RecordedWhat::Answer(_)
            | RecordedWhat::Text(_)
            | RecordedWhat::Component { .. }
            | RecordedWhat::WaitBegan
            | RecordedWhat::Signature(_) => None,
        })
    }
}

/// The component that a fact builds in; nothing that is typed is one.
fn component_of(fact: &TravelerFact) -> RecordedWhat {
    let TravelerFact::ComponentInstalled { part, by, identity, .. } = fact else {
        return RecordedWhat::Text(String::new());
    };
    RecordedWhat::Component { part: part.clone(), by: *by, identity: identity.clone() }
}

/// What was known of a component when it was built in.
fn basis_of(fact: &TravelerFact) -> Option<Box<ComponentBasis>> {
    let TravelerFact::ComponentInstalled { basis, .. } = fact else { return None };
    basis.clone()
}
