//! What the judge checks of calls for help, hand-overs and redlines.

use crate::domain::handover::HandoverFact;
use crate::domain::help::HelpFact;
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::redline::RedlineFact;
use crate::domain::signature::{Covers, Meaning, Signature};

use super::rules::Case;

impl Case<'_> {
    /// Who may, and that nobody accepts what they gave.
    pub(super) fn floor(&mut self) {
        match &self.fact.body {
            FactBody::Help(
                HelpFact::HelpCalled(_)
                | HelpFact::HelpAnswered { .. }
                | HelpFact::HelpCleared { .. },
            ) => self.require(&[Action::CallHelp]),
            FactBody::Help(HelpFact::HelpEscalated { .. }) => {
                // A station tells on its own; it gives nobody anything.
                if self.fact.head.acting.actor.is_some() {
                    self.reject("a station tells further by itself only");
                }
            }
            FactBody::Handover(HandoverFact::HandoverGiven(_)) => {
                self.require(&[Action::HandOver]);
            }
            FactBody::Handover(HandoverFact::HandoverAccepted { signature, .. }) => {
                self.require(&[Action::HandOver]);
                self.signature(signature);
                self.accepts(signature);
            }
            FactBody::Redline(RedlineFact::RedlineProposed(_)) => {
                self.require(&[Action::ProposeRedline]);
            }
            FactBody::Redline(RedlineFact::RedlineAnswered(_)) => {
                self.require(&[Action::AnswerRedline]);
            }
            FactBody::Traveler(_)
            | FactBody::Order(_)
            | FactBody::Instruction(_)
            | FactBody::Specification(_)
            | FactBody::Gauge(_)
            | FactBody::Material(_)
            | FactBody::Person(_)
            | FactBody::Deviation(_)
            | FactBody::Place(_)
            | FactBody::Station(_)
            | FactBody::Site(_)
            | FactBody::Inspection(_)
            | FactBody::Permit(_)
            | FactBody::Newer { .. } => {}
        }
    }

    fn accepts(&mut self, signature: &Signature) {
        let known = self.known.handover(&self.fact.subject);
        let Some(given) = known.and_then(|state| state.given.as_ref()) else {
            return self.reject("the server does not know what was handed over");
        };
        if given.is_by(&signature.signer) {
            self.reject(format!("{} gave it", signature.signer));
        }
        let covers = Covers::over([(&given.at, &given.id)]);
        if signature.meaning != Meaning::Accepted || signature.covers != covers {
            self.reject("the signature does not accept what was given");
        }
    }
}
