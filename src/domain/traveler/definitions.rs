//! The pinned definitions while work goes on: withdrawn, newer, read; finish, move or hold (R1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::hash::Hash;
use crate::domain::ids::{RevisionId, StepId};
use crate::domain::instruction::{Ask, Instruction, Step};
use crate::domain::news::{News, news, shown};
use crate::domain::people::Action;
use crate::domain::place::NewsRule;
use crate::domain::positions::Positions;
use crate::domain::refusal::definition::DefinitionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::revision::{RevisionState, Revisions};
use crate::domain::stream::TravelerId;
use crate::domain::who_may;

use super::eligibility::{Draft, Found};
use super::fact::{
    HoldOutcome, HoldPlaced, HoldReason, PinnedOperation, PinnedSpecification, TravelerFact,
};
use super::route::note_decisions;
use super::state::TravelerState;

/// A unit is finished by what it was begun with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionKept {
    /// The operation; none where the specification is newer.
    pub operation: Option<u32>,
    /// The newer revision that is not followed.
    pub revision: RevisionId,
    /// Its compiled blob.
    pub hash: Hash,
    /// Why.
    pub reason: String,
}

/// An operation goes on by another revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedToRevision {
    /// The operation.
    pub operation: u32,
    /// As pinned before.
    pub from: PinnedOperation,
    /// As pinned from now on.
    pub to: PinnedOperation,
    /// The specification from now on, where that changes with it.
    pub specification: Option<PinnedSpecification>,
    /// The steps that are done again, because what they ask for changed.
    pub reopened: Vec<StepId>,
    /// Every step that asks for something else, and every signature over one: what was recorded
    /// there by the older revision, unseen by who moved the unit, is done again too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<StepId>,
    /// Why.
    pub reason: String,
}

impl TravelerState {
    /// Adds the reasons that pinned definitions give against a record: withdrawn with stop-work, or
    /// newer ones in effect where the site wants a choice first.
    pub(super) fn require_definitions(
        &self,
        id: &TravelerId,
        found: Found<'_>,
        context: &Context,
        reasons: &mut Vec<Reason>,
    ) {
        let pinned = found.operation;
        if let Some(known) = context.instruction_states.get(&pinned.instruction) {
            let what = pinned.instruction.to_string();
            require_no_stop(what, find(&known.revisions, pinned.hash), reasons);
        }
        if let Some(included) = &found.step.rules.included
            && let Some(known) = context.instruction_states.get(&included.id)
        {
            let what = format!("standard step {}", included.id);
            require_no_stop(what, find(&known.revisions, included.hash), reasons);
        }
        let specification = self.started.as_ref().and_then(|s| s.specification.as_ref());
        let measures = found.instruction.specification.is_some();
        if let (true, Some(pinned), Some(known)) = (measures, specification, &context.specification)
        {
            let part = self.started.as_ref().map(|s| s.part.to_string()).unwrap_or_default();
            let what = format!("specification {part}");
            require_no_stop(what, find(&known.revisions, pinned.hash), reasons);
        }
        let rule = context.policy().map_or(NewsRule::Warn, |policy| policy.rules.news);
        if rule == NewsRule::Warn {
            return;
        }
        for item in news(id, self, context).into_iter().filter(|item| !item.kept) {
            let here = item.operation.is_none_or(|operation| operation == pinned.operation);
            if here && (item.operation.is_some() || measures) {
                let (what, revision) = (item.what, item.to.0);
                reasons.push(match rule {
                    NewsRule::Stop => DefinitionReason::NewsStops { what, revision }.into(),
                    NewsRule::Hold | NewsRule::Warn => {
                        DefinitionReason::NewsUnanswered { what, revision }.into()
                    }
                });
            }
        }
    }
}

impl TravelerState {
    /// Takes a move to another revision.
    pub(super) fn move_on(&mut self, moved: &MovedToRevision) {
        let Some(started) = &mut self.started else { return };
        let operation = moved.operation;
        for pinned in started.operations.iter_mut().filter(|op| op.operation == operation) {
            *pinned = moved.to.clone();
        }
        if let Some(specification) = &moved.specification {
            started.specification = Some(specification.clone());
        }
        let again: Vec<StepId> = moved.reopened.iter().chain(&moved.changed).cloned().collect();
        // Done again for another text, not because it failed.
        for attempt in self.attempts.iter_mut().filter(|a| a.operation == operation) {
            attempt.moved |= !attempt.reopened && again.contains(&attempt.step);
        }
        self.reopen(operation, &again);
        self.decisions.retain(|(op, step), _| *op != operation || !again.contains(step));
        self.moves.push(moved.clone());
    }

    /// The revision of a text of an operation, and whether a step has been moved on from it.
    pub(super) fn made_by(
        &self,
        operation: u32,
        (step, text): (&StepId, Option<Hash>),
    ) -> (Option<(RevisionId, Hash)>, bool) {
        let pinned = self.operation(operation);
        let Some(text) = text.filter(|text| pinned.is_none_or(|pinned| pinned.hash != *text))
        else {
            return (pinned.map(|pinned| (pinned.revision.clone(), pinned.hash)), false);
        };
        let moves = self.moves.iter().filter(|moved| moved.operation == operation);
        let mut since = moves.skip_while(|moved| moved.from.hash != text);
        let by = since.clone().next().map(|moved| (moved.from.revision.clone(), text));
        (by, since.any(|moved| moved.changed.contains(step)))
    }
}

fn find(revisions: &Revisions, hash: Hash) -> Option<&RevisionState> {
    revisions.list.iter().find(|revision| revision.submitted.hash == hash)
}

fn require_no_stop(what: String, pinned: Option<&RevisionState>, reasons: &mut Vec<Reason>) {
    if let Some(stop) = pinned.and_then(RevisionState::stop_work) {
        let (revision, reason) = (stop.revision.clone(), stop.reason.clone());
        reasons.push(DefinitionReason::StopWork { what, revision, reason }.into());
    }
}

/// Adds a reason unless the actor has read what the pinned revision changed.
pub(super) fn require_read(
    operation: &PinnedOperation,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let Some(actor) = &context.acting.actor else { return };
    let known = context.instruction_states.get(&operation.instruction);
    let before = known.and_then(|k| k.revisions.before(&operation.revision, operation.hash));
    let read = |person: &crate::domain::people::PersonState| person.read.contains(&operation.hash);
    // Who is not known here is refused for that.
    let read = context.people.get(actor).is_none_or(read);
    if let (false, Some(before)) = (read, before) {
        reasons.push(
            DefinitionReason::Unread {
                instruction: operation.instruction.clone(),
                revision: operation.revision.clone(),
                before: before.submitted.revision.clone(),
            }
            .into(),
        );
    }
}

/// The unit is finished by what it was begun with.
pub(super) fn keep(
    id: &TravelerId,
    state: &TravelerState,
    (seen, reason): (&BTreeSet<Hash>, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    let rule = context.policy().map_or(NewsRule::Warn, |policy| policy.rules.news);
    context.require_role(who_may::keeps_revision(rule), &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let mut items = news(id, state, context);
    items.retain(|item| !item.kept);
    require_shown(&items, seen, &mut reasons);
    let holds = require_held_by_definitions(state, &mut reasons);
    if !holds.is_empty() {
        context.require_role(Action::ReleaseHold, &mut reasons);
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    for item in items {
        let (revision, hash) = item.to;
        let kept =
            RevisionKept { operation: item.operation, revision, hash, reason: reason.clone() };
        draft.note(id, TravelerFact::RevisionKept(kept));
    }
    release(id, holds, &reason, &mut draft);
    Ok(draft)
}

/// What is not closed goes on by the newest revisions; nothing recorded is altered.
pub(super) fn move_on(
    id: &TravelerId,
    state: &TravelerState,
    (seen, reason): (&BTreeSet<Hash>, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::MoveRevision, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let items = news(id, state, context);
    require_shown(&items, seen, &mut reasons);
    if !items.is_empty() && items.iter().all(|item| item.operation.is_none()) {
        reasons.push(DefinitionReason::NotMovable.into());
    }
    let holds = require_held_by_definitions(state, &mut reasons);
    let mut moves = Vec::new();
    for item in &items {
        moves.extend(moved(id, state, (item, &reason), (context, &mut reasons)));
    }
    require_one_specification(state, &moves, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    let mut after = state.clone();
    for moved in moves {
        after.move_on(&moved);
        draft.note(id, TravelerFact::MovedToRevision(moved.clone()));
        // Whether a step is needed is asked anew, by the new condition.
        if let Some(instruction) = context.instructions.get(&moved.to.hash)
            && let Some(step) = instruction.steps.first()
        {
            let found = Found { operation: &moved.to, instruction, step };
            note_decisions(id, &after, (found, None), &mut draft);
        }
    }
    release(id, holds, &reason, &mut draft);
    Ok(draft)
}

/// Nothing goes on until somebody in charge says so.
pub(super) fn hold(
    id: &TravelerId,
    state: &TravelerState,
    reason: String,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::KeepRevision, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    if state.started.is_none() {
        reasons.push(Reason::TravelerNotStarted);
    }
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    Refusal::unless_empty(reasons)?;
    let newer = news(id, state, context);
    let newer = newer.iter().map(|item| format!("{} rev {}", item.what, item.to.0));
    let newer = newer.collect::<Vec<_>>().join(", ");
    let what = if newer.is_empty() { reason } else { format!("{newer} is in effect: {reason}") };
    let placed = HoldPlaced {
        reason: HoldReason::Definition { what },
        attempt: None,
        readings: Positions::default(),
        deviation: None,
    };
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::HoldPlaced(placed));
    Ok(draft)
}

fn require_shown(items: &[News], seen: &BTreeSet<Hash>, reasons: &mut Vec<Reason>) {
    if items.is_empty() {
        reasons.push(DefinitionReason::NoNews.into());
    } else if shown(items) != *seen {
        reasons.push(DefinitionReason::NewsChanged.into());
    }
}

/// The holds that the choice itself ends; any other stands in its way.
pub(super) fn require_held_by_definitions(
    state: &TravelerState,
    reasons: &mut Vec<Reason>,
) -> Vec<crate::domain::fact::Position> {
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    let mut own = Vec::new();
    for (at, hold) in state.open_holds() {
        match &hold.placed.reason {
            HoldReason::Definition { .. } => own.push(at.clone()),
            HoldReason::OutOfLimits
            | HoldReason::Raised
            | HoldReason::Gauge { .. }
            | HoldReason::Recall { .. }
            | HoldReason::Origin { .. }
            | HoldReason::Suspect(_)
            | HoldReason::Inspection { .. }
            | HoldReason::Judged { .. } => {
                reasons.push(hold.stops());
            }
        }
    }
    own
}

fn release(
    id: &TravelerId,
    holds: Vec<crate::domain::fact::Position>,
    reason: &str,
    draft: &mut Draft,
) {
    for hold in holds {
        let outcome = HoldOutcome::Released { reason: reason.to_owned() };
        draft.note(id, TravelerFact::HoldReleased { hold, outcome, decision: None });
    }
}

fn moved(
    id: &TravelerId,
    state: &TravelerState,
    (item, reason): (&News, &str),
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> Option<MovedToRevision> {
    let from = state.operation(item.operation?)?.clone();
    let (revision, hash) = item.to.clone();
    let blobs = context.instruction_states.get(&from.instruction);
    let blobs = blobs.and_then(|known| find(&known.revisions, hash));
    let missing = |blob| context.blobs_missing.contains(blob);
    let missing = blobs.is_some_and(|known| known.submitted.blobs.iter().any(missing));
    let compiled = context.instructions.get(&hash).filter(|_| !missing);
    let old = context.instructions.get(&from.hash);
    let (Some(new), Some(old)) = (compiled, old) else {
        reasons.push(Reason::BlobMissing { what: item.what.clone() });
        return None;
    };
    let started = state.started.as_ref()?;
    if new.part != started.part {
        let (instruction, part) = (from.instruction.clone(), started.part.clone());
        reasons.push(Reason::InstructionForOtherPart { instruction, part });
    }
    let specification = specification_for(id, state, new, (context, reasons));
    let to = PinnedOperation { name: new.operation_name.clone(), revision, hash, ..from.clone() };
    let (reopened, changed) = steps_moved(from.operation, (old, new), state);
    let (operation, reason) = (from.operation, reason.to_owned());
    Some(MovedToRevision { operation, from, to, specification, reopened, changed, reason })
}

/// A unit is measured by one revision of its specification: refuses a move that would leave an
/// operation behind with another one.
fn require_one_specification(
    state: &TravelerState,
    moves: &[MovedToRevision],
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let Some(to) = moves.iter().find_map(|moved| moved.specification.as_ref()) else { return };
    let goes_along =
        |operation: &&PinnedOperation| moves.iter().any(|one| one.operation == operation.operation);
    let operations = state.started.iter().flat_map(|started| &started.operations);
    for operation in operations.filter(|operation| !goes_along(operation)) {
        let instruction = context.instructions.get(&operation.hash);
        let named = instruction.and_then(|instruction| instruction.specification.as_ref());
        if named.is_some_and(|named| *named != to.revision) {
            let (instruction, revision) = (operation.instruction.clone(), to.revision.clone());
            reasons.push(DefinitionReason::LeftBehind { instruction, revision }.into());
        }
    }
}

/// The specification that a new revision measures against, where it is not the pinned one.
fn specification_for(
    id: &TravelerId,
    state: &TravelerState,
    new: &Instruction,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> Option<PinnedSpecification> {
    let named = new.specification.as_ref()?;
    let pinned = state.started.as_ref()?.specification.as_ref();
    if pinned.is_some_and(|pinned| pinned.revision == *named) {
        return None;
    }
    let wanted = context.wanted_for(id);
    let known = context.specification.as_ref();
    let current = known.and_then(|k| k.revisions.in_effect(&wanted, &context.effective));
    let Some(current) = current.filter(|current| current.submitted.revision == *named) else {
        let (instruction, revision) = (new.id.clone(), named.clone());
        reasons.push(Reason::SpecificationMismatch { instruction, revision });
        return None;
    };
    Some(PinnedSpecification { revision: named.clone(), hash: current.submitted.hash })
}

/// The steps that were begun, done or left out and are done again by a new revision: those of which
/// what is asked or how it is done changed, and signatures over what is done again.
pub fn done_again(
    operation: u32,
    (old, new): (&Instruction, &Instruction),
    state: &TravelerState,
) -> Vec<StepId> {
    let touched = |step: &&Step| {
        state.standing_attempt(operation, &step.id).is_some()
            || state.step_closed(operation, &step.id)
    };
    changed_steps(old, new).filter(touched).map(|step| step.id.clone()).collect()
}

/// The steps that a move opens again, and every one that asks for something else.
pub(super) fn steps_moved(
    operation: u32,
    (old, new): (&Instruction, &Instruction),
    state: &TravelerState,
) -> (Vec<StepId>, Vec<StepId>) {
    let changed = changed_steps(old, new).map(|step| step.id.clone()).collect();
    (done_again(operation, (old, new), state), changed)
}

/// The steps that ask for something else than before, and the signatures after one.
fn changed_steps<'a>(old: &'a Instruction, new: &'a Instruction) -> impl Iterator<Item = &'a Step> {
    let mut before = false;
    new.steps.iter().filter(move |step| {
        let was = old.step(&step.id);
        let changed = was.is_none_or(|was| was.asks != step.asks || was.rules != step.rules);
        let over_it = before && signs(step);
        before |= changed;
        changed || over_it
    })
}

fn signs(step: &Step) -> bool {
    step.asks.iter().any(|ask| matches!(ask, Ask::Sign(_)))
}
