//! Who may contain a deviation, say why it happened, do and verify what follows from it, and look
//! whether that helped; and what must be there before it is closed.

use jiff::ToSpan;
use jiff::civil::Date;

use super::context::Context;
use super::deviation::{DeviationCommand, DeviationFact};
use super::deviation_actions::{ActionAsked, Corrective, ToDo};
use super::deviation_rules::CauseCode;
use super::deviation_state::DeviationState;
use super::fact::Position;
use super::ids::{DeviationId, PersonId};
use super::people::{Action, PersonState, Role};
use super::refusal::deviation::DeviationReason;
use super::refusal::{Reason, Refusal};

type Decided = Result<DeviationFact, Refusal>;

/// Notes what was done at once, or asks for it.
pub(super) fn contain(
    (action, to_do): (String, Option<ToDo>),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::RaiseDeviation, &mut reasons);
    context.require_text("the action", &action, &mut reasons);
    if let Some(by) = to_do.as_ref().and_then(|to_do| to_do.by.as_ref()) {
        context.active_roles(by, &mut reasons);
    }
    let place = to_do.as_ref().and_then(|to_do| to_do.place.as_ref());
    if let Some(place) = place.filter(|place| !context.places.contains_key(*place)) {
        reasons.push(Reason::PlaceUnknown { place: place.clone() });
    }
    Refusal::unless_empty(reasons)?;
    Ok(match to_do {
        None => DeviationFact::ContainmentTaken { action },
        Some(to_do) => DeviationFact::ContainmentAsked { action, to_do },
    })
}

/// Whoever was asked, or answers for it, confirms at the place that was named.
pub(super) fn confirm(
    id: &DeviationId,
    state: &DeviationState,
    (at, note): (Position, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::RaiseDeviation, &mut reasons);
    if !note.is_empty() {
        context.require_text("a note", &note, &mut reasons);
    }
    let open = state.open_containments().find(|containment| containment.at == at);
    match open.and_then(|open| open.to_do.as_ref()) {
        None => reasons.push(DeviationReason::ContainmentUnknown { deviation: id.clone() }.into()),
        Some(ToDo { by, place }) => {
            require_theirs(by.as_ref(), context, &mut reasons);
            if let Some(place) =
                place.clone().filter(|at| context.acting.place.as_ref() != Some(at))
            {
                reasons.push(DeviationReason::DoneElsewhere { place }.into());
            }
        }
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::ContainmentConfirmed { containment: at, note })
}

/// What was asked of somebody is done by them, or by who answers for it.
fn require_theirs(by: Option<&PersonId>, context: &Context, reasons: &mut Vec<Reason>) {
    let Some(by) = by else { return };
    if context.acting.actor.as_ref() != Some(by) && !context.may(Action::CloseDeviation) {
        reasons.push(DeviationReason::AskedOfOther { by: by.clone() }.into());
    }
}

/// Says why it happened, by the site's list where it has one.
pub(super) fn cause(
    (code, text): (Option<String>, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::Dispose, &mut reasons);
    context.require_text("the cause", &text, &mut reasons);
    let list = context.policy().map_or(&[][..], |policy| &policy.rules.deviations.cause_codes);
    let known = |code: &String| list.iter().find(|known| known.code.eq_ignore_ascii_case(code));
    let chosen: Option<CauseCode> = code.as_ref().and_then(known).cloned();
    match code {
        Some(code) if chosen.is_none() => {
            reasons.push(DeviationReason::CauseUnknown { code }.into());
        }
        None if !list.is_empty() => reasons.push(DeviationReason::CauseCodeMissing.into()),
        Some(_) | None => {}
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::CauseFound { code: chosen, text })
}

/// Asks for something so that it does not happen again.
pub(super) fn ask(asked: ActionAsked, (context, mut reasons): (&Context, Vec<Reason>)) -> Decided {
    context.require_role(Action::Dispose, &mut reasons);
    context.require_text("the action", &asked.action, &mut reasons);
    context.active_roles(&asked.owner, &mut reasons);
    if asked.due < context.today() {
        reasons.push(DeviationReason::DueBefore { due: asked.due, today: context.today() }.into());
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::ActionAsked(asked))
}

/// The owner, or who answers for it, says that an action is done.
pub(super) fn done(
    id: &DeviationId,
    state: &DeviationState,
    (at, note): (Position, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::RaiseDeviation, &mut reasons);
    context.require_text("what was done", &note, &mut reasons);
    let open = known(state, &at).filter(|action| action.is_open());
    match open.filter(|action| action.done.is_none()) {
        None => reasons.push(DeviationReason::ActionUnknown { deviation: id.clone() }.into()),
        Some(action) => require_theirs(Some(&action.asked.owner), context, &mut reasons),
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::ActionDone { action: at, note })
}

fn known<'a>(state: &'a DeviationState, at: &Position) -> Option<&'a Corrective> {
    state.actions.iter().find(|action| action.at == *at)
}

impl Corrective {
    /// Whether somebody did it or owns it, and so does not verify it (R6).
    pub fn is_of(&self, person: &PersonId) -> bool {
        let did = self.done.as_ref().and_then(|done| done.by.as_ref());
        did == Some(person) || self.asked.owner == *person
    }
}

/// Another person than who did it verifies an action (R6).
pub(super) fn verify(
    id: &DeviationId,
    state: &DeviationState,
    (at, note): (Position, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::Dispose, &mut reasons);
    context.require_text("what was seen", &note, &mut reasons);
    let open = known(state, &at).filter(|action| action.is_open());
    match open.filter(|action| action.done.is_some()) {
        None => reasons.push(DeviationReason::ActionUnknown { deviation: id.clone() }.into()),
        Some(action) => {
            let actor = context.acting.actor.as_ref();
            if let Some(person) = actor.filter(|actor| action.is_of(actor)) {
                reasons.push(DeviationReason::VerifiedByOwner { person: person.clone() }.into());
            }
        }
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::ActionVerified { action: at, note })
}

/// Who asked for something, where it is to be done yet.
fn asked_by<'a>(
    state: &'a DeviationState,
    at: &'a Position,
) -> impl Iterator<Item = Option<&'a PersonId>> {
    let contained = state.open_containments().filter(move |known| known.at == *at);
    let actions = state.open_actions().filter(move |known| known.at == *at);
    contained.map(|known| known.by.as_ref()).chain(actions.map(|known| known.by.as_ref()))
}

/// Whoever asked for something in error takes it back, or quality does.
pub(super) fn withdraw(
    id: &DeviationId,
    state: &DeviationState,
    (at, reason): (Position, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::RaiseDeviation, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    match asked_by(state, &at).next() {
        None => reasons.push(DeviationReason::ActionUnknown { deviation: id.clone() }.into()),
        Some(by) => {
            let actor = context.acting.actor.as_ref();
            if !may_withdraw(by, actor, actor.and_then(|actor| context.people.get(actor))) {
                reasons.push(DeviationReason::AskedByOther { by: by.cloned() }.into());
            }
        }
    }
    Refusal::unless_empty(reasons)?;
    Ok(DeviationFact::AskedWithdrawn { asked: at, reason })
}

/// Whether somebody may take back what was asked for: who asked, or quality.
pub fn may_withdraw(
    by: Option<&PersonId>,
    actor: Option<&PersonId>,
    known: Option<&PersonState>,
) -> bool {
    by.is_some() && by == actor || known.is_some_and(|p| p.roles.contains(&Role::Quality))
}

/// Adds what is missing before a deviation is closed, besides what becomes of its units.
pub(super) fn require_followed(
    id: &DeviationId,
    state: &DeviationState,
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let deviation = || id.clone();
    let open: Vec<String> = state.open_containments().map(|open| open.action.clone()).collect();
    if !open.is_empty() {
        let (deviation, actions) = (deviation(), open);
        reasons.push(DeviationReason::ContainmentOpen { deviation, actions }.into());
    }
    let wanted = context.policy().is_some_and(|site| state.wants_cause(&site.rules.deviations));
    if wanted && state.cause().is_none() {
        reasons.push(DeviationReason::CauseMissing { deviation: deviation() }.into());
    }
    let open: Vec<String> = state.open_actions().map(|open| open.asked.action.clone()).collect();
    if !open.is_empty() {
        let (deviation, actions) = (deviation(), open);
        reasons.push(DeviationReason::ActionsOpen { deviation, actions }.into());
    }
    let failed = state.closings.iter().flat_map(|closing| &closing.checks);
    if failed.into_iter().any(|check| !check.effective) && !state.is_something_new_done() {
        reasons.push(DeviationReason::NothingNewDone { deviation: deviation() }.into());
    }
}

/// Until when somebody looks whether what was done helped, where the site wants it of one as bad.
pub(super) fn check_due(state: &DeviationState, context: &Context) -> Option<Date> {
    let rules = &context.policy()?.rules.deviations;
    let severity = state.code.as_ref()?.severity;
    let days = rules.check_after.iter().find(|check| check.severity == severity)?.days;
    context.today().checked_add(i64::from(days).days()).ok()
}

/// Says whether what was done helped: not by who owns it.
pub(super) fn check(
    id: &DeviationId,
    state: &DeviationState,
    (effective, note): (bool, String),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Decided {
    context.require_role(Action::CloseDeviation, &mut reasons);
    context.require_text("what was found", &note, &mut reasons);
    let closing = state.to_check().map(|(closing, _)| closing.closed.at.clone());
    if closing.is_none() {
        reasons.push(DeviationReason::NothingToCheck { deviation: id.clone() }.into());
    }
    let actor = context.acting.actor.as_ref();
    if let Some(person) = actor.filter(|actor| state.is_owner(actor)) {
        reasons.push(DeviationReason::CheckedByOwner { person: person.clone() }.into());
    }
    Refusal::unless_empty(reasons)?;
    let unknown = || Refusal::one(DeviationReason::NothingToCheck { deviation: id.clone() }.into());
    let closing = closing.ok_or_else(unknown)?;
    Ok(DeviationFact::EffectivenessChecked { closing, effective, note })
}

impl DeviationState {
    /// Whether somebody owns what was done: an action, else the closing.
    pub fn is_owner(&self, person: &PersonId) -> bool {
        let mut stand = self.actions.iter().filter(|action| action.withdrawn.is_none()).peekable();
        if stand.peek().is_none() {
            let last = self.closings.last();
            return last.is_some_and(|closing| closing.closed.by.as_ref() == Some(person));
        }
        stand.any(|action| action.is_of(person))
    }
}

/// The people whom a command names: they must be known.
pub(super) fn names(command: &DeviationCommand) -> Option<&PersonId> {
    match command {
        DeviationCommand::Contain { to_do, .. } => to_do.as_ref()?.by.as_ref(),
        DeviationCommand::AskAction(asked) => Some(&asked.owner),
        DeviationCommand::AddUnits { .. }
        | DeviationCommand::Review { .. }
        | DeviationCommand::Confirm { .. }
        | DeviationCommand::FindCause { .. }
        | DeviationCommand::NoteDone { .. }
        | DeviationCommand::Verify { .. }
        | DeviationCommand::Withdraw { .. }
        | DeviationCommand::Check { .. }
        | DeviationCommand::Dispose { .. }
        | DeviationCommand::Approve { .. }
        | DeviationCommand::Close { .. } => None,
    }
}
