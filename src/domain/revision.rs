//! Definitions on their way to release: submitted, approved, released, withdrawn (R1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::effectivity::{Effectivity, Use};
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{PersonId, RevisionId};
use super::moment::Moment;
use super::people::Role;
use super::refusal::definition::DefinitionReason;
use super::signature::{Signature, Signer};

/// What happens to an instruction's revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum InstructionFact {
    /// Compiled and checked; waits for approvals.
    RevisionSubmitted(Submitted),
    /// Approved by one person.
    Signed(RevisionSigned),
    /// May be run, once judged accepted.
    RevisionReleased {
        /// The revision.
        revision: RevisionId,
        /// The compiled blob.
        hash: Hash,
    },
    /// Taken back; nothing is started by it any more (R1).
    RevisionWithdrawn(RevisionWithdrawn),
}

/// What happens to a specification's revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum SpecificationFact {
    /// Checked; waits for approvals.
    SpecificationSubmitted(Submitted),
    /// Approved by one person.
    Signed(RevisionSigned),
    /// May be built against, once judged accepted.
    SpecificationReleased {
        /// The revision.
        revision: RevisionId,
        /// The compiled blob.
        hash: Hash,
    },
    /// Taken back; nothing is started by it any more (R1).
    RevisionWithdrawn(RevisionWithdrawn),
}

/// A definition as handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The revision.
    pub revision: RevisionId,
    /// The compiled blob (canonical JSON).
    pub hash: Hash,
    /// Blobs that it needs besides: pictures.
    pub blobs: Vec<Hash>,
    /// Title, for lists.
    pub title: String,
    /// The roles that must approve, by the site's policy as of now; each a different person.
    pub approvals: Vec<Role>,
    /// From when it is run; what is approved is approved with it.
    #[serde(default, skip_serializing_if = "Effectivity::is_at_once")]
    pub effectivity: Effectivity,
}

/// A released revision is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionWithdrawn {
    /// The revision.
    pub revision: RevisionId,
    /// Why.
    pub reason: String,
    /// Whether work that has begun by it stops as well, where this was received.
    pub stop_work: bool,
}

/// An approval of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionSigned {
    /// The revision.
    pub revision: RevisionId,
    /// The compiled blob that the signer was shown; absent in what was written before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// The signature over the submission.
    pub signature: Signature,
}

/// What is asked for about a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionCommand {
    /// Hand in.
    Submit {
        /// The revision.
        revision: RevisionId,
        /// The compiled blob.
        hash: Hash,
        /// Pictures.
        blobs: Vec<Hash>,
        /// Title.
        title: String,
        /// From when it is run.
        effectivity: Effectivity,
    },
    /// Approve; the actor signs.
    Approve {
        /// The revision.
        revision: RevisionId,
        /// Its compiled blob, as it was shown.
        shown: Hash,
        /// How the signer is known.
        by: Signer,
    },
    /// Take a released revision back.
    Withdraw(RevisionWithdrawn),
}

/// How far a revision has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionStanding {
    /// Waits for approvals.
    Submitted,
    /// Released by this fact; in effect once judged accepted.
    Released(Position),
}

/// One revision as known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionState {
    /// As handed in.
    pub submitted: Submitted,
    /// Who handed it in.
    pub by: Option<PersonId>,
    /// The fact that handed it in, with its id.
    pub at: (Position, Hash),
    /// Who approved it as it stands.
    pub approvals: Vec<Approval>,
    /// How far it has come.
    pub standing: RevisionStanding,
    /// How and when it was taken back; only what is released can be.
    pub withdrawn: Option<Withdrawal>,
}

/// How a released revision was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// What was said.
    pub what: RevisionWithdrawn,
    /// When.
    pub moment: Moment,
    /// By whom.
    pub by: Option<PersonId>,
}

/// One approval of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// By whom, in which role.
    pub signature: Signature,
}

/// The revisions of one definition, in fold order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisions {
    /// Every revision.
    pub list: Vec<RevisionState>,
}

/// The revisions of an instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstructionState {
    /// Its revisions.
    pub revisions: Revisions,
}

/// The revisions of a specification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpecificationState {
    /// Its revisions.
    pub revisions: Revisions,
}

impl Revisions {
    /// Finds a revision.
    pub fn find(&self, revision: &RevisionId) -> Option<&RevisionState> {
        self.list.iter().find(|r| r.submitted.revision == *revision)
    }

    /// The newest revision that is run for a use: released, judged accepted, not withdrawn (R1).
    pub fn in_effect(&self, wanted: &Use, judged: &BTreeSet<Position>) -> Option<&RevisionState> {
        let runs = |r: &&RevisionState| {
            r.released(judged) && r.withdrawn.is_none() && r.submitted.effectivity.holds(wanted)
        };
        self.list.iter().rev().find(runs)
    }

    /// The newest revision that is released here and was not withdrawn, whenever it takes effect.
    pub fn newest_released(&self, judged: &BTreeSet<Position>) -> Option<&RevisionState> {
        self.list.iter().rev().find(|r| r.released(judged) && r.withdrawn.is_none())
    }

    /// Why no revision is run for a use, where a release is known that otherwise would be.
    pub fn why_none(
        &self,
        what: &str,
        wanted: &Use,
        judged: &BTreeSet<Position>,
    ) -> Option<DefinitionReason> {
        let newest = self.list.iter().rev().find(|r| r.released(judged))?;
        let (what, revision) = (what.to_owned(), newest.submitted.revision.clone());
        let effectivity = &newest.submitted.effectivity;
        if let Some(withdrawal) = &newest.withdrawn {
            let reason = withdrawal.what.reason.clone();
            return Some(DefinitionReason::Withdrawn { what, revision, reason });
        }
        let from = effectivity.words();
        (!effectivity.holds(wanted)).then_some(DefinitionReason::NotYetInEffect {
            what,
            revision,
            from,
        })
    }

    /// The rank of what is pinned, from 0.
    pub fn rank(&self, revision: &RevisionId, hash: Hash) -> Option<usize> {
        let same =
            |r: &RevisionState| r.submitted.revision == *revision && r.submitted.hash == hash;
        self.list.iter().position(same)
    }

    /// The newest revision in effect for a use, where it came after what is pinned.
    pub fn newer_than(
        &self,
        (revision, hash): (&RevisionId, Hash),
        wanted: &Use,
        judged: &BTreeSet<Position>,
    ) -> Option<&RevisionState> {
        let pinned = self.rank(revision, hash)?;
        let newest = self.in_effect(wanted, judged)?;
        let rank = self.rank(&newest.submitted.revision, newest.submitted.hash)?;
        (rank > pinned).then_some(newest)
    }

    /// The revision that was released before another.
    pub fn before(&self, revision: &RevisionId, hash: Hash) -> Option<&RevisionState> {
        let rank = self.rank(revision, hash)?;
        let released = |r: &&RevisionState| matches!(r.standing, RevisionStanding::Released(_));
        self.list[..rank].iter().rev().find(released)
    }

    fn submit(&mut self, head: &Head, id: Hash, submitted: &Submitted) {
        // A resubmission before release replaces; what is released never changes.
        match self.list.iter_mut().find(|r| r.submitted.revision == submitted.revision) {
            Some(known) if matches!(known.standing, RevisionStanding::Released(_)) => {}
            Some(known) => {
                known.submitted = submitted.clone();
                known.by.clone_from(&head.acting.actor);
                known.at = (head.position.clone(), id);
                known.approvals.clear();
            }
            None => self.list.push(RevisionState {
                submitted: submitted.clone(),
                by: head.acting.actor.clone(),
                at: (head.position.clone(), id),
                approvals: Vec::new(),
                standing: RevisionStanding::Submitted,
                withdrawn: None,
            }),
        }
    }

    fn sign(&mut self, head: &Head, signed: &RevisionSigned) {
        let signature = &signed.signature;
        let found = self.list.iter_mut().find(|r| r.submitted.revision == signed.revision);
        if let Some(revision) = found
            && signature.covers.facts.contains(&revision.at.0)
        {
            let (at, moment) = (head.position.clone(), head.moment.clone());
            revision.approvals.push(Approval { at, moment, signature: signature.clone() });
        }
    }

    fn release(&mut self, head: &Head, revision: &RevisionId, hash: Hash) {
        let found = self.list.iter_mut().find(|r| r.submitted.revision == *revision);
        if let Some(revision) = found
            && revision.submitted.hash == hash
            && revision.standing == RevisionStanding::Submitted
        {
            revision.standing = RevisionStanding::Released(head.position.clone());
        }
    }

    fn withdraw(&mut self, head: &Head, withdrawn: &RevisionWithdrawn) {
        let found = self.list.iter_mut().find(|r| r.submitted.revision == withdrawn.revision);
        let released = |r: &&mut RevisionState| matches!(r.standing, RevisionStanding::Released(_));
        let Some(revision) = found.filter(released) else { return };
        // Withdrawn twice unseen: to stop is the stronger word, whichever came first.
        let stops = revision.stop_work().is_some();
        if !stops {
            let (what, moment) = (withdrawn.clone(), head.moment.clone());
            let by = head.acting.actor.clone();
            revision.withdrawn = Some(Withdrawal { what, moment, by });
        }
    }
}

impl RevisionState {
    /// Whether its release is in effect here: judged accepted.
    pub fn released(&self, judged: &BTreeSet<Position>) -> bool {
        match &self.standing {
            RevisionStanding::Released(at) => judged.contains(at),
            RevisionStanding::Submitted => false,
        }
    }

    /// The roles whose approval is open; none once it is released.
    pub fn approvals_open(&self) -> Vec<Role> {
        if matches!(self.standing, RevisionStanding::Released(_)) {
            return Vec::new();
        }
        let mut open = self.submitted.approvals.clone();
        for approval in &self.approvals {
            if let Some(at) = open.iter().position(|role| *role == approval.signature.role) {
                open.remove(at);
            }
        }
        open
    }

    /// Why work stops that has begun by it.
    pub fn stop_work(&self) -> Option<&RevisionWithdrawn> {
        self.withdrawn.as_ref().map(|withdrawal| &withdrawal.what).filter(|w| w.stop_work)
    }
}

impl InstructionState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &InstructionFact) {
        match fact {
            InstructionFact::RevisionSubmitted(submitted) => {
                self.revisions.submit(head, id, submitted);
            }
            InstructionFact::Signed(signed) => self.revisions.sign(head, signed),
            InstructionFact::RevisionReleased { revision, hash } => {
                self.revisions.release(head, revision, *hash);
            }
            InstructionFact::RevisionWithdrawn(withdrawn) => {
                self.revisions.withdraw(head, withdrawn);
            }
        }
    }
}

impl SpecificationState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &SpecificationFact) {
        match fact {
            SpecificationFact::SpecificationSubmitted(submitted) => {
                self.revisions.submit(head, id, submitted);
            }
            SpecificationFact::Signed(signed) => self.revisions.sign(head, signed),
            SpecificationFact::SpecificationReleased { revision, hash } => {
                self.revisions.release(head, revision, *hash);
            }
            SpecificationFact::RevisionWithdrawn(withdrawn) => {
                self.revisions.withdraw(head, withdrawn);
            }
        }
    }
}
