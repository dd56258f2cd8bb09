//! Which revision is read before it is worked by: one that is in effect, or was when a unit was begun.

use super::context::Context;
use super::people::RevisionRead;
use super::refusal::Reason;
use super::refusal::definition::DefinitionReason;
use super::revision::{RevisionStanding, RevisionState};

/// Adds a reason where a revision is not to be read now. What a later one followed is still worked by
/// units on their way, and so is what was withdrawn without stop-work. An order or a serial from
/// which it is run does not matter here: it is in effect for some unit.
pub(super) fn require_in_effect(read: &RevisionRead, context: &Context, reasons: &mut Vec<Reason>) {
    let (instruction, revision) = (read.instruction.clone(), read.revision.clone());
    let state = context.instruction_states.get(&instruction);
    let known = state.and_then(|state| state.revisions.find(&revision));
    let Some(known) = known.filter(|known| known.submitted.hash == read.hash) else {
        let what = instruction.to_string();
        reasons.push(Reason::RevisionUnknown { what, revision });
        return;
    };
    if let Some(why) = why_not(known, context) {
        reasons.push(DefinitionReason::NotToRead { instruction, revision, why }.into());
        return;
    }
    if context.blobs_missing.contains(&read.hash) {
        reasons.push(Reason::BlobMissing { what: format!("{instruction} rev {revision}") });
    }
}

fn why_not(known: &RevisionState, context: &Context) -> Option<String> {
    match &known.standing {
        RevisionStanding::Submitted => return Some("waits for approval".to_owned()),
        RevisionStanding::Released(at) if !context.effective.contains(at) => {
            return Some("is released, and the server has not judged it yet".to_owned());
        }
        RevisionStanding::Released(_) => {}
    }
    if let Some(withdrawn) = known.stop_work() {
        return Some(format!("was withdrawn, and work by it stops: {}", withdrawn.reason.trim()));
    }
    let from = known.submitted.effectivity.from_date;
    from.filter(|from| context.today() < *from).map(|from| format!("takes effect from {from}"))
}
