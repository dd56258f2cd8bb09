//! What the judge checks of definitions: who hands in, approves, releases and withdraws (R1).

use crate::domain::hash::Hash;
use crate::domain::ids::RevisionId;
use crate::domain::people::Action;
use crate::domain::revision::{
    InstructionFact, RevisionSigned, RevisionStanding, RevisionWithdrawn, Revisions,
    SpecificationFact, Submitted,
};
use crate::domain::signature::{Covers, Meaning};
use crate::domain::stream::Subject;

use super::rules::Case;

impl Case<'_> {
    pub(super) fn instruction(&mut self, body: &InstructionFact) {
        let Subject::Instruction(id) = &self.fact.subject else { return };
        let revisions = self.known.instruction(id);
        match body {
            InstructionFact::RevisionSubmitted(submitted) => self.submitted(revisions, submitted),
            InstructionFact::Signed(signed) => self.approved(revisions, signed),
            InstructionFact::RevisionReleased { revision, hash } => {
                self.released(revisions, revision, *hash);
            }
            InstructionFact::RevisionWithdrawn(withdrawn) => self.withdrawn(revisions, withdrawn),
        }
    }

    pub(super) fn specification(&mut self, body: &SpecificationFact) {
        let Subject::Specification(part) = &self.fact.subject else { return };
        let revisions = self.known.specification(part);
        match body {
            SpecificationFact::SpecificationSubmitted(submitted) => {
                self.submitted(revisions, submitted);
            }
            SpecificationFact::Signed(signed) => self.approved(revisions, signed),
            SpecificationFact::SpecificationReleased { revision, hash } => {
                self.released(revisions, revision, *hash);
            }
            SpecificationFact::RevisionWithdrawn(withdrawn) => {
                self.withdrawn(revisions, withdrawn);
            }
        }
    }

    fn submitted(&mut self, revisions: Option<&Revisions>, submitted: &Submitted) {
        self.require(&[Action::Submit]);
        let specification = matches!(self.fact.subject, Subject::Specification(_));
        let approvals = self.known.policy().map(|policy| {
            if specification { policy.specification_approvals() } else { &policy.approvals }
        });
        if approvals != Some(&submitted.approvals[..]) {
            self.reject("the approvals asked for are not those of the site's policy");
        }
        let known = revisions.and_then(|revisions| revisions.find(&submitted.revision));
        if known.is_some_and(|known| matches!(known.standing, RevisionStanding::Released(_))) {
            self.reject(format!("revision {} is released already", submitted.revision));
        }
    }

    fn approved(&mut self, revisions: Option<&Revisions>, signed: &RevisionSigned) {
        self.signature(&signed.signature);
        let known = revisions.and_then(|revisions| revisions.find(&signed.revision));
        let Some(known) = known else {
            return self.reject(format!("revision {} was not submitted", signed.revision));
        };
        let covers = Covers::over([(&known.at.0, &known.at.1)]);
        if signed.signature.covers != covers || signed.signature.meaning != Meaning::Approved {
            self.reject("the signature does not approve what was submitted");
        }
        if signed.hash.is_some_and(|shown| shown != known.submitted.hash) {
            self.reject("the signer was shown something else than was submitted");
        }
        let alone = self.known.policy().is_some_and(|policy| policy.rules.separate_submitter);
        if alone && known.by.as_ref() == Some(&signed.signature.signer) {
            self.reject(format!("{} handed it in and may not approve", signed.signature.signer));
        }
        if known.approvals.iter().any(|a| a.signature.signer == signed.signature.signer) {
            self.reject(format!("{} approved before", signed.signature.signer));
        }
    }

    fn withdrawn(&mut self, revisions: Option<&Revisions>, withdrawn: &RevisionWithdrawn) {
        self.require(&[Action::Withdraw]);
        let known = revisions.and_then(|revisions| revisions.find(&withdrawn.revision));
        if !known.is_some_and(|known| matches!(known.standing, RevisionStanding::Released(_))) {
            self.reject(format!("revision {} is not released", withdrawn.revision));
        }
    }

    fn released(&mut self, revisions: Option<&Revisions>, revision: &RevisionId, hash: Hash) {
        let known = revisions.and_then(|revisions| revisions.find(revision));
        let Some(known) = known.filter(|known| known.submitted.hash == hash) else {
            return self.reject(format!("revision {revision} was not submitted like this"));
        };
        // Signatures that were not accepted are not known here.
        for role in known.approvals_open() {
            self.reject(format!("the approval of {} is missing", role.word()));
        }
    }
}
