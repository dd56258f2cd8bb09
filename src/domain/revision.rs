//! Definitions on their way to release: submitted, approved, released, withdrawn (R1).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{InstructionId, PartId, PersonId, RevisionId};
use super::kinds::FactBody;
use super::people::{Action, Role};
use super::refusal::{Reason, Refusal};
use super::signature::{Covers, Meaning, Signature, Signer};
use super::stream::Subject;

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
}

/// An approval of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionSigned {
    /// The revision.
    pub revision: RevisionId,
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
    },
    /// Approve; the actor signs.
    Approve {
        /// The revision.
        revision: RevisionId,
        /// How the signer is known.
        by: Signer,
    },
    /// Withdraw; refused until withdrawal is built.
    Withdraw {
        /// The revision.
        revision: RevisionId,
    },
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
    /// The fact that handed it in, with its id.
    pub at: (Position, Hash),
    /// Who approved, in which role.
    pub approvals: Vec<(PersonId, Role)>,
    /// How far it has come.
    pub standing: RevisionStanding,
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

    /// The newest revision whose release is in effect here (R1).
    pub fn in_effect(&self, context: &Context) -> Option<&RevisionState> {
        self.list.iter().rev().find(|r| match &r.standing {
            RevisionStanding::Released(at) => context.effective.contains(at),
            RevisionStanding::Submitted => false,
        })
    }

    fn submit(&mut self, head: &Head, id: Hash, submitted: &Submitted) {
        // A resubmission before release replaces; what is released never changes.
        match self.list.iter_mut().find(|r| r.submitted.revision == submitted.revision) {
            Some(known) if matches!(known.standing, RevisionStanding::Released(_)) => {}
            Some(known) => {
                known.submitted = submitted.clone();
                known.at = (head.position.clone(), id);
                known.approvals.clear();
            }
            None => self.list.push(RevisionState {
                submitted: submitted.clone(),
                at: (head.position.clone(), id),
                approvals: Vec::new(),
                standing: RevisionStanding::Submitted,
            }),
        }
    }

    fn sign(&mut self, signed: &RevisionSigned) {
        let signature = &signed.signature;
        let found = self.list.iter_mut().find(|r| r.submitted.revision == signed.revision);
        if let Some(revision) = found
            && signature.covers.facts.contains(&revision.at.0)
        {
            revision.approvals.push((signature.signer.clone(), signature.role));
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
}

impl InstructionState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &InstructionFact) {
        match fact {
            InstructionFact::RevisionSubmitted(submitted) => {
                self.revisions.submit(head, id, submitted);
            }
            InstructionFact::Signed(signed) => self.revisions.sign(signed),
            InstructionFact::RevisionReleased { revision, hash } => {
                self.revisions.release(head, revision, *hash);
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
            SpecificationFact::Signed(signed) => self.revisions.sign(signed),
            SpecificationFact::SpecificationReleased { revision, hash } => {
                self.revisions.release(head, revision, *hash);
            }
        }
    }
}

/// Decides about an instruction.
pub fn decide_instruction(
    id: &InstructionId,
    state: &InstructionState,
    command: RevisionCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let facts = decide(id.as_str(), &state.revisions, command, context)?;
    let wrap = |act| match act {
        Act::Submit(submitted) => InstructionFact::RevisionSubmitted(submitted),
        Act::Sign(signed) => InstructionFact::Signed(signed),
        Act::Release(revision, hash) => InstructionFact::RevisionReleased { revision, hash },
    };
    let subject = Subject::Instruction(id.clone());
    Ok(facts.into_iter().map(|a| (subject.clone(), FactBody::Instruction(wrap(a)))).collect())
}

/// Decides about a specification.
pub fn decide_specification(
    part: &PartId,
    state: &SpecificationState,
    command: RevisionCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let facts = decide(part.as_str(), &state.revisions, command, context)?;
    let wrap = |act| match act {
        Act::Submit(submitted) => SpecificationFact::SpecificationSubmitted(submitted),
        Act::Sign(signed) => SpecificationFact::Signed(signed),
        Act::Release(revision, hash) => SpecificationFact::SpecificationReleased { revision, hash },
    };
    let subject = Subject::Specification(part.clone());
    Ok(facts.into_iter().map(|a| (subject.clone(), FactBody::Specification(wrap(a)))).collect())
}

enum Act {
    Submit(Submitted),
    Sign(RevisionSigned),
    Release(RevisionId, Hash),
}

fn decide(
    what: &str,
    revisions: &Revisions,
    command: RevisionCommand,
    context: &Context,
) -> Result<Vec<Act>, Refusal> {
    match command {
        RevisionCommand::Submit { revision, hash, blobs, title } => {
            let mut reasons = Vec::new();
            context.require_role(Action::Submit, &mut reasons);
            if let Some(known) = revisions.find(&revision)
                && matches!(known.standing, RevisionStanding::Released(_))
            {
                reasons.push(if known.submitted.hash == hash {
                    Reason::AlreadyReleased { what: what.to_owned(), revision: revision.clone() }
                } else {
                    Reason::ReleasedContentChanged {
                        what: what.to_owned(),
                        revision: revision.clone(),
                    }
                });
            }
            let approvals = context.policy().map_or_else(Vec::new, |p| p.approvals.clone());
            if approvals.is_empty() {
                reasons.push(Reason::NoApprovalPolicy);
            }
            Refusal::unless_empty(reasons)?;
            Ok(vec![Act::Submit(Submitted { revision, hash, blobs, title, approvals })])
        }
        RevisionCommand::Approve { revision, by } => {
            approve(what, revisions, revision, by, context)
        }
        RevisionCommand::Withdraw { .. } => {
            Err(Refusal::one(Reason::NotBuilt { what: "withdrawing a revision".to_owned() }))
        }
    }
}

fn approve(
    what: &str,
    revisions: &Revisions,
    revision: RevisionId,
    by: Signer,
    context: &Context,
) -> Result<Vec<Act>, Refusal> {
    let unknown = Reason::RevisionUnknown { what: what.to_owned(), revision: revision.clone() };
    let Some(known) = revisions.find(&revision) else { return Err(Refusal::one(unknown)) };
    if matches!(known.standing, RevisionStanding::Released(_)) {
        let what = what.to_owned();
        return Err(Refusal::one(Reason::AlreadyReleased { what, revision }));
    }
    let signer = context.actor()?;
    let mut reasons = Vec::new();
    context.require_signer(&by, &mut reasons);
    if known.approvals.iter().any(|(person, _)| *person == signer) {
        reasons.push(Reason::ApprovedAlready { person: signer.clone() });
    }
    let mut open = known.submitted.approvals.clone();
    for (_, role) in &known.approvals {
        if let Some(at) = open.iter().position(|r| r == role) {
            open.remove(at);
        }
    }
    let roles = context.active_roles(&signer, &mut reasons);
    let role = open.iter().copied().find(|role| roles.contains(role));
    let Some(role) = role else {
        reasons.push(Reason::ApprovalRoleMissing { person: signer, open });
        return Err(Refusal { reasons });
    };
    Refusal::unless_empty(reasons)?;
    let (at, id) = &known.at;
    let covers = Covers::over([(at, id)]);
    let signature = Signature {
        signer,
        printed_name: by.printed_name,
        role,
        meaning: Meaning::Approved,
        components: by.components,
        covers,
    };
    let mut acts = vec![Act::Sign(RevisionSigned { revision: revision.clone(), signature })];
    if open.len() == 1 {
        acts.push(Act::Release(revision, known.submitted.hash));
    }
    Ok(acts)
}
