//! Deciding about definitions: handed in, approved, released, withdrawn (R1).

use super::context::Context;
use super::hash::Hash;
use super::ids::{InstructionId, PartId, RevisionId};
use super::kinds::FactBody;
use super::people::Action;
use super::refusal::definition::DefinitionReason;
use super::refusal::{Reason, Refusal};
use super::revision::{
    InstructionFact, InstructionState, RevisionCommand, RevisionSigned, RevisionStanding,
    RevisionWithdrawn, Revisions, SpecificationFact, SpecificationState, Submitted,
};
use super::signature::{Covers, Meaning, Signature, Signer};
use super::stream::Subject;

/// Decides about an instruction.
pub fn decide_instruction(
    id: &InstructionId,
    state: &InstructionState,
    command: RevisionCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let facts = decide((id.as_str(), Kind::Instruction), &state.revisions, command, context)?;
    let wrap = |act| match act {
        Act::Submit(submitted) => InstructionFact::RevisionSubmitted(submitted),
        Act::Sign(signed) => InstructionFact::Signed(signed),
        Act::Release(revision, hash) => InstructionFact::RevisionReleased { revision, hash },
        Act::Withdraw(withdrawn) => InstructionFact::RevisionWithdrawn(withdrawn),
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
    let facts = decide((part.as_str(), Kind::Specification), &state.revisions, command, context)?;
    let wrap = |act| match act {
        Act::Submit(submitted) => SpecificationFact::SpecificationSubmitted(submitted),
        Act::Sign(signed) => SpecificationFact::Signed(signed),
        Act::Release(revision, hash) => SpecificationFact::SpecificationReleased { revision, hash },
        Act::Withdraw(withdrawn) => SpecificationFact::RevisionWithdrawn(withdrawn),
    };
    let subject = Subject::Specification(part.clone());
    Ok(facts.into_iter().map(|a| (subject.clone(), FactBody::Specification(wrap(a)))).collect())
}

enum Act {
    Submit(Submitted),
    Sign(RevisionSigned),
    Release(RevisionId, Hash),
    Withdraw(RevisionWithdrawn),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Instruction,
    Specification,
}

fn decide(
    (what, kind): (&str, Kind),
    revisions: &Revisions,
    command: RevisionCommand,
    context: &Context,
) -> Result<Vec<Act>, Refusal> {
    match command {
        RevisionCommand::Submit { revision, hash, blobs, title, effectivity } => {
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
            let approvals = context.policy().map_or_else(Vec::new, |policy| match kind {
                Kind::Instruction => policy.approvals.clone(),
                Kind::Specification => policy.specification_approvals().to_vec(),
            });
            if approvals.is_empty() {
                reasons.push(Reason::NoApprovalPolicy);
            }
            Refusal::unless_empty(reasons)?;
            let submitted = Submitted { revision, hash, blobs, title, approvals, effectivity };
            Ok(vec![Act::Submit(submitted)])
        }
        RevisionCommand::Approve { revision, shown, by } => {
            approve(what, revisions, (revision, shown), by, context)
        }
        RevisionCommand::Withdraw(withdrawn) => withdraw(what, revisions, withdrawn, context),
    }
}

fn approve(
    what: &str,
    revisions: &Revisions,
    (revision, shown): (RevisionId, Hash),
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
    if known.submitted.hash != shown {
        let (what, revision) = (what.to_owned(), revision.clone());
        reasons.push(DefinitionReason::OtherWaits { what, revision }.into());
    }
    if known.approvals.iter().any(|approval| approval.signature.signer == signer) {
        reasons.push(Reason::ApprovedAlready { person: signer.clone() });
    }
    let alone = context.policy().is_some_and(|policy| policy.rules.separate_submitter);
    if alone && known.by.as_ref() == Some(&signer) {
        reasons.push(DefinitionReason::SubmitterApproves { person: signer.clone() }.into());
    }
    let open = known.approvals_open();
    let roles = context.active_roles(&signer, &mut reasons);
    let role = open.iter().copied().find(|role| roles.contains(role));
    let Some(role) = role else {
        reasons.push(Reason::ApprovalRoleMissing { person: signer, open });
        return Err(Refusal::of(reasons));
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
    let mut acts = vec![Act::Sign(RevisionSigned {
        revision: revision.clone(),
        hash: Some(shown),
        signature,
    })];
    if open.len() == 1 {
        acts.push(Act::Release(revision, known.submitted.hash));
    }
    Ok(acts)
}

fn withdraw(
    what: &str,
    revisions: &Revisions,
    withdrawn: RevisionWithdrawn,
    context: &Context,
) -> Result<Vec<Act>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Withdraw, &mut reasons);
    context.require_text("a reason", &withdrawn.reason, &mut reasons);
    let (what, revision) = (what.to_owned(), withdrawn.revision.clone());
    match revisions.find(&revision) {
        None => reasons.push(Reason::RevisionUnknown { what, revision }),
        Some(known) if known.standing == RevisionStanding::Submitted => {
            reasons.push(DefinitionReason::NotReleased { what, revision }.into());
        }
        // To stop work comes as an afterthought often enough.
        Some(known)
            if known.stop_work().is_some() || known.withdrawn.is_some() && !withdrawn.stop_work =>
        {
            reasons.push(DefinitionReason::WithdrawnAlready { what, revision }.into());
        }
        Some(_) => {}
    }
    Refusal::unless_empty(reasons)?;
    Ok(vec![Act::Withdraw(withdrawn)])
}
