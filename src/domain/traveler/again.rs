//! What goes back: rework along the route, counts put right, a lot that ended by a count (R3, R9).

use crate::domain::fact::{Head, Position};

use super::fact::{DoneAgain, TravelerFact};
use super::kin::AcceptedBefore;
use super::lot::{QuantityCorrected, QuantityReported};
use super::state::{Attempt, TravelerState};

/// How a lot ends of which every piece was scrapped.
const ALL_SCRAP: &str = "scrap, every piece";

impl TravelerState {
    pub(super) fn count(&mut self, head: &Head, fact: &TravelerFact) {
        self.lot.evolve(head, fact);
        if let TravelerFact::SplitOff(origin) = fact {
            self.started.get_or_insert_with(|| origin.started.clone());
            for AcceptedBefore { operation, evidence } in &origin.accepted {
                self.accept(head, *operation, (evidence, None));
            }
        }
        if let TravelerFact::QuantityReported(QuantityReported { ends: true, .. })
        | TravelerFact::QuantityCorrected(QuantityCorrected { ends: true, .. }) = fact
        {
            self.ended = Some(ALL_SCRAP.to_owned());
        } else if let TravelerFact::QuantityCorrected(corrected) = fact {
            if self.ended_by_scrap() {
                self.ended = None;
            }
            self.uncover(&corrected.report, &head.position);
        }
    }

    /// Whether the lot ended by a count alone.
    pub(super) fn ended_by_scrap(&self) -> bool {
        self.ended.as_deref() == Some(ALL_SCRAP)
    }

    /// The unit goes back, and forward again over all that was begun since (R9).
    pub(super) fn rework(&mut self, again: &[DoneAgain]) {
        let redone = |attempt: &&Attempt| {
            let mut here = again.iter().filter(|a| a.operation == attempt.operation);
            here.any(|a| a.steps.contains(&attempt.step))
        };
        let redone = self.attempts.iter().filter(redone).map(|a| (a.operation, a.at.clone()));
        let redone: Vec<(u32, Position)> = redone.collect();
        self.lot.send_back(again, &redone);
        for DoneAgain { operation, steps } in again {
            self.reopen(*operation, steps);
        }
        for DoneAgain { operation, .. } in again.iter().skip(1) {
            self.lot.reopen_on_the_way(*operation);
        }
    }
}
