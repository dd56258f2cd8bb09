//! Who may do what about a deviation, and when (R8).

use std::collections::BTreeSet;

use super::context::Context;
use super::deviation::{
    CodeChosen, Decision, DeviationCommand, DeviationFact, DeviationKind, DeviationRaised,
    Disposition, Dispositioned, Raise, Share, UnitConcerned,
};
use super::deviation_follow as follow;
use super::deviation_gate as gate;
use super::deviation_state::{DeviationState, Disposed};
use super::fact::Position;
use super::ids::DeviationId;
use super::kinds::FactBody;
use super::people::{Action, Role};
use super::refusal::deviation::DeviationReason;
use super::refusal::{Reason, Refusal};
use super::signature::{Covers, Meaning, Signature, Signer};
use super::stream::{Subject, TravelerId};
use super::traveler::command::StepAt;
use super::traveler::disposed::{TakesEffect, take_effect};
use super::traveler::hold::hold_unit;
use super::who_may;

type Facts = Vec<(Subject, FactBody)>;

/// The most units that are named at once.
pub const UNITS_MAX: usize = 200;

/// Decides what is asked for about a deviation.
pub fn decide(
    id: &DeviationId,
    state: &DeviationState,
    command: DeviationCommand,
    context: &Context,
) -> Result<Facts, Refusal> {
    if state.raised.is_none() {
        return Err(Refusal::one(Reason::DeviationUnknown { deviation: id.clone() }));
    }
    let mut reasons = Vec::new();
    if state.is_closed() && !matches!(command, DeviationCommand::Check { .. }) {
        reasons.push(Reason::DeviationClosed { deviation: id.clone() });
    }
    let one = |fact| Ok(vec![(Subject::Deviation(id.clone()), FactBody::Deviation(fact))]);
    match command {
        DeviationCommand::AddUnits { units } => add_units(id, state, &units, (context, reasons)),
        DeviationCommand::Review { kind, code, close_by, note } => {
            context.require_role(Action::Dispose, &mut reasons);
            context.require_text("what is said", &note, &mut reasons);
            let code = code.and_then(|code| chosen(&code, context, &mut reasons));
            let units = state.travelers();
            gate::require_known(close_by.as_ref(), units, (context, &mut reasons));
            Refusal::unless_empty(reasons)?;
            let as_kind = kind.unwrap_or(state.kind);
            let reviewed = DeviationFact::DeviationReviewed { as_kind, code, close_by, note };
            let mut facts = vec![(Subject::Deviation(id.clone()), FactBody::Deviation(reviewed))];
            // What departs from the product is held, whatever it was taken for before.
            if as_kind == DeviationKind::Product && state.kind != as_kind {
                let held = state.held();
                let free = state.travelers().into_iter().filter(|unit| !held.contains(unit));
                let free: Vec<TravelerId> = free.cloned().collect();
                concern(id, (&free, None, true), context, &mut facts);
            }
            Ok(facts)
        }
        DeviationCommand::Contain { action, to_do } => {
            one(follow::contain((action, to_do), (context, reasons))?)
        }
        DeviationCommand::Confirm { containment, note } => {
            one(follow::confirm(id, state, (containment, note), (context, reasons))?)
        }
        DeviationCommand::FindCause { code, text } => {
            one(follow::cause((code, text), (context, reasons))?)
        }
        DeviationCommand::AskAction(asked) => one(follow::ask(asked, (context, reasons))?),
        DeviationCommand::NoteDone { action, note } => {
            one(follow::done(id, state, (action, note), (context, reasons))?)
        }
        DeviationCommand::Verify { action, note } => {
            one(follow::verify(id, state, (action, note), (context, reasons))?)
        }
        DeviationCommand::Withdraw { asked, reason } => {
            one(follow::withdraw(id, state, (asked, reason), (context, reasons))?)
        }
        DeviationCommand::Check { effective, note } => {
            one(follow::check(id, state, (effective, note), (context, reasons))?)
        }
        DeviationCommand::Close { note } => {
            context.require_role(Action::CloseDeviation, &mut reasons);
            context.require_text("a closing note", &note, &mut reasons);
            require_all_decided(id, state, &mut reasons);
            require_code(state, context, &mut reasons);
            follow::require_followed(id, state, (context, &mut reasons));
            Refusal::unless_empty(reasons)?;
            let check_due = follow::check_due(state, context);
            one(DeviationFact::DeviationClosed { note, check_due })
        }
        DeviationCommand::Dispose { shares, reason, by } => {
            dispose(id, state, (shares, reason, by), (context, reasons))
        }
        DeviationCommand::Approve { disposition, by } => {
            approve(id, state, (&disposition, by), (context, reasons))
        }
    }
}

/// Raises a deviation that was found on no unit: of a process (R8).
pub fn raise(raise: Raise, context: &Context) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let (code, number) = require_raise(&raise, context, &mut reasons);
    if raise.kind == DeviationKind::Product && raise.units.is_empty() {
        reasons.push(DeviationReason::NoUnit.into());
    }
    let known = require_units(&raise.units, context, &mut reasons);
    gate::require_known(raise.close_by.as_ref(), known.iter().collect(), (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let number = number.ok_or_else(|| Refusal::one(Reason::DeviationNumberMissing))?;
    let (holds, close_by) = (raise.holds(), raise.close_by.clone());
    let raised = DeviationRaised {
        kind: raise.kind,
        unit: None,
        code,
        close_by: close_by.clone(),
        required: raise.required,
        found: raise.found,
        note: raise.note,
    };
    let fact = FactBody::Deviation(DeviationFact::DeviationRaised(Box::new(raised)));
    let mut facts = vec![(Subject::Deviation(number.clone()), fact)];
    concern(&number, (&known, None, holds), context, &mut facts);
    Ok(facts)
}

/// Adds why a deviation may not be raised like this; gives the code as the list has it, and the
/// number that it will have.
pub(super) fn require_raise(
    raise: &Raise,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> (Option<CodeChosen>, Option<DeviationId>) {
    context.require_role(Action::RaiseDeviation, reasons);
    context.require_text("a note", &raise.note, reasons);
    for (what, text) in [("what is required", &raise.required), ("what was found", &raise.found)] {
        if !text.is_empty() {
            context.require_text(what, text, reasons);
        }
    }
    let code = raise.code.as_ref().and_then(|code| chosen(code, context, reasons));
    let number = context.next_deviation.clone();
    if number.is_none() {
        reasons.push(Reason::DeviationNumberMissing);
    }
    (code, number)
}

/// Adds why units may not be named; gives those that are known.
pub(super) fn require_units(
    units: &[TravelerId],
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Vec<TravelerId> {
    if units.len() > UNITS_MAX {
        reasons.push(DeviationReason::TooManyUnits { most: UNITS_MAX }.into());
    }
    let (mut seen, mut known) = (BTreeSet::new(), Vec::new());
    for unit in units {
        let Some(state) = context.units.get(unit) else {
            reasons.push(DeviationReason::UnitUnknown { unit: unit.clone() }.into());
            continue;
        };
        if let Some(how) = &state.ended {
            let (unit, how) = (unit.clone(), how.clone());
            reasons.push(DeviationReason::UnitEnded { unit, how }.into());
        } else if seen.insert(unit) {
            known.push(unit.clone());
        } else {
            reasons.push(DeviationReason::UnitTwice { unit: unit.clone() }.into());
        }
    }
    known
}

/// Says of units that a deviation concerns them, and holds them where it does so.
pub(super) fn concern(
    number: &DeviationId,
    (units, like, holds): (&[TravelerId], Option<&StepAt>, bool),
    context: &Context,
    facts: &mut Facts,
) {
    for unit in units {
        let Some(state) = context.units.get(unit) else { continue };
        let at = state.stands_at(like, &context.instructions);
        let attempt = at.as_ref().and_then(|at| state.standing_attempt(at.operation, &at.step));
        let attempt = attempt.map(|attempt| attempt.at.clone());
        let next = context.next.plus(facts.len() as u64);
        let hold = holds.then(|| {
            facts.push(hold_unit(unit, attempt.clone(), number));
            next
        });
        let concerned = UnitConcerned {
            traveler: unit.clone(),
            at,
            attempt,
            hold,
            readings: super::positions::Positions::default(),
            characteristic: None,
            suggested: None,
        };
        let fact = FactBody::Deviation(DeviationFact::UnitAdded(concerned));
        facts.push((Subject::Deviation(number.clone()), fact));
    }
}

/// The code of the site's list.
fn chosen(code: &str, context: &Context, reasons: &mut Vec<Reason>) -> Option<CodeChosen> {
    let rules = context.policy().map(|policy| &policy.rules.deviations);
    let known = rules.and_then(|rules| rules.code(code));
    if known.is_none() {
        reasons.push(DeviationReason::CodeUnknown { code: code.to_owned() }.into());
    }
    known.map(|known| CodeChosen {
        code: known.code.clone(),
        text: known.text.clone(),
        severity: known.severity,
    })
}

/// Where the site has codes, one is chosen before anything is decided.
fn require_code(state: &DeviationState, context: &Context, reasons: &mut Vec<Reason>) {
    let codes = context.policy().is_some_and(|policy| !policy.rules.deviations.codes.is_empty());
    if codes && state.code.is_none() {
        reasons.push(DeviationReason::CodeMissing.into());
    }
}

fn require_all_decided(id: &DeviationId, state: &DeviationState, reasons: &mut Vec<Reason>) {
    let undecided = state.undecided();
    if undecided.iter().any(|unit| state.waiting(unit).is_none()) {
        reasons.push(Reason::DeviationNotDisposed { deviation: id.clone() });
    }
    let open: BTreeSet<Role> = state.all_waiting().flat_map(Disposed::open).collect();
    if !undecided.is_empty() && !open.is_empty() {
        let (deviation, open) = (id.clone(), open.into_iter().collect());
        reasons.push(DeviationReason::SignatureOpen { deviation, open }.into());
    }
}

fn add_units(
    id: &DeviationId,
    state: &DeviationState,
    units: &[TravelerId],
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Result<Facts, Refusal> {
    context.require_role(Action::RaiseDeviation, &mut reasons);
    if units.is_empty() {
        reasons.push(DeviationReason::NoUnit.into());
    }
    for unit in units.iter().filter(|unit| state.concerned(unit).is_some()) {
        reasons.push(DeviationReason::UnitTwice { unit: unit.clone() }.into());
    }
    let known = require_units(units, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let first = state.units.first().and_then(|named| named.unit.at.as_ref());
    let mut facts = Vec::new();
    let product = state.kind == DeviationKind::Product;
    // What joins those that are held is held, too.
    let holds = product || !state.held().is_empty();
    concern(id, (&known, first, holds), context, &mut facts);
    Ok(facts)
}

/// What is asked for, as a decision about each unit.
fn resolve(
    id: &DeviationId,
    state: &DeviationState,
    shares: Vec<Share>,
    reasons: &mut Vec<Reason>,
) -> Vec<Decision> {
    let named: BTreeSet<TravelerId> = shares.iter().filter_map(|s| s.unit.clone()).collect();
    for unit in &named {
        if !state.held().contains(unit) {
            let (deviation, unit) = (id.clone(), unit.clone());
            reasons.push(DeviationReason::NotHeldByIt { deviation, unit }.into());
        }
    }
    let rest: Vec<&TravelerId> =
        state.undecided().into_iter().filter(|unit| !named.contains(*unit)).collect();
    let decided = named.iter().any(|unit| state.decided(unit).is_some());
    let unnamed = shares.iter().any(|share| share.unit.is_none());
    if unnamed && rest.is_empty() && !state.undecided().is_empty() {
        // Every unit that waits is named, and something more is said of none.
        reasons.push(DeviationReason::PiecesOfWhich.into());
    } else if decided || unnamed && rest.is_empty() && !state.held().is_empty() {
        reasons.push(Reason::DeviationDisposed { deviation: id.clone() });
    } else if state.held().is_empty() || shares.is_empty() {
        reasons.push(DeviationReason::NothingHeld { deviation: id.clone() }.into());
    }
    if rest.len() > 1 && shares.iter().any(|share| share.unit.is_none() && share.pieces.is_some()) {
        reasons.push(DeviationReason::PiecesOfWhich.into());
    }
    let mut decisions = Vec::new();
    for Share { unit, pieces, disposition } in shares {
        let units = unit.as_ref().map_or_else(|| rest.clone(), |unit| vec![unit]);
        decisions.extend(units.into_iter().map(|unit| Decision {
            unit: unit.clone(),
            pieces,
            disposition: disposition.clone(),
        }));
    }
    decisions
}

fn dispose(
    id: &DeviationId,
    state: &DeviationState,
    (shares, reason, by): (Vec<Share>, String, Signer),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Result<Facts, Refusal> {
    let decisions = resolve(id, state, shares, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    context.require_signer(&by, &mut reasons);
    if decisions.iter().any(|decision| decision.disposition != Disposition::Void) {
        require_code(state, context, &mut reasons);
    }
    let actions = decisions
        .iter()
        .map(|decision| who_may::disposes(&decision.disposition, state.is_failing(&decision.unit)));
    let mut actions: BTreeSet<Action> = actions.collect();
    let accepts = actions.contains(&Action::UseAsIs);
    // Whoever may accept what is outside may decide everything else.
    if accepts || actions.is_empty() {
        actions = BTreeSet::from([if accepts { Action::UseAsIs } else { Action::Dispose }]);
    }
    let shipped = |decision: &Decision| {
        let unit = context.units.get(&decision.unit);
        decision.disposition == Disposition::Void && unit.is_some_and(|u| u.shipped().is_some())
    };
    if decisions.iter().any(shipped) {
        actions.insert(Action::ReleaseProduct);
    }
    for action in &actions {
        context.require_role(*action, &mut reasons);
    }
    let rule = context.policy().map(|policy| policy.rules.deviations.use_as_is);
    let needs = if accepts { rule.unwrap_or_default().needs() } else { Vec::new() };
    let units: BTreeSet<&TravelerId> = decisions.iter().map(|decision| &decision.unit).collect();
    let open = state.dispositions.iter().filter(|d| !d.replaced && !d.is_complete());
    let open = open.filter(|d| units.iter().any(|unit| d.decides(unit)));
    let replaces = open.map(|disposed| &disposed.at).collect();
    let covers = Covers::over(state.covers(&units));
    let takes =
        TakesEffect { id, state, at: &context.next, decisions: &decisions, reason: &reason };
    // It could take effect, also where it does so with the last signature only.
    let effect = take_effect(takes, context).map_err(|found| reasons.extend(found));
    let signature = sign((by, Meaning::Dispositioned, covers), actions.first(), &needs, context);
    Refusal::unless_empty(reasons)?;
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let effect = effect.ok().filter(|_| needs.is_empty());
    let body = Dispositioned { decisions, replaces, needs, reason, signature };
    let fact = DeviationFact::Dispositioned(Box::new(body));
    Ok(signed(id, fact, effect))
}

/// The fact of a signature, and what follows from it.
fn signed(id: &DeviationId, fact: DeviationFact, effect: Option<Facts>) -> Facts {
    let mut facts = vec![(Subject::Deviation(id.clone()), FactBody::Deviation(fact))];
    facts.extend(effect.into_iter().flatten());
    facts
}

fn approve(
    id: &DeviationId,
    state: &DeviationState,
    (at, by): (&Position, Signer),
    (context, mut reasons): (&Context, Vec<Reason>),
) -> Result<Facts, Refusal> {
    let waits = state.all_waiting().find(|disposed| disposed.at == *at);
    context.require_signer(&by, &mut reasons);
    context.require_role(Action::UseAsIs, &mut reasons);
    let Some(disposed) = waits else {
        reasons.push(DeviationReason::NotToApprove { deviation: id.clone() }.into());
        return Err(Refusal::of(reasons));
    };
    let Some(actor) = context.acting.actor.clone() else {
        return Err(Refusal::of(reasons));
    };
    let open = disposed.open();
    if disposed.signatures().any(|signature| signature.signer == actor) {
        reasons.push(Reason::ApprovedAlready { person: actor.clone() });
    } else if !open.iter().any(|role| has_role(*role, context)) {
        let (person, open) = (actor.clone(), open.clone());
        reasons.push(Reason::ApprovalRoleMissing { person, open });
    }
    let (decisions, reason) = (&disposed.body.decisions, &disposed.body.reason);
    let takes = TakesEffect { id, state, at: &disposed.at, decisions, reason };
    let effect = take_effect(takes, context).map_err(|found| reasons.extend(found));
    let covers = state.covered_by_approval(disposed);
    let signature = sign((by, Meaning::Approved, covers), Some(&Action::UseAsIs), &open, context);
    Refusal::unless_empty(reasons)?;
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let disposition = disposed.at.clone();
    let fact = DeviationFact::DispositionApproved { disposition, signature };
    Ok(signed(id, fact, effect.ok().filter(|_| open.len() == 1)))
}

fn has_role(role: Role, context: &Context) -> bool {
    let actor = context.acting.actor.as_ref().and_then(|actor| context.people.get(actor));
    actor.is_some_and(|person| person.roles.contains(&role))
}

/// A signature in the first role that is asked for and that the signer has.
fn sign(
    (by, meaning, covers): (Signer, Meaning, Covers),
    action: Option<&Action>,
    wanted: &[Role],
    context: &Context,
) -> Option<Signature> {
    let signer = context.acting.actor.clone()?;
    let allowed = action.map_or(&[][..], |action| action.roles());
    let mut roles = wanted.iter().chain(allowed);
    let role = *roles.find(|role| has_role(**role, context))?;
    let Signer { printed_name, components, .. } = by;
    Some(Signature { signer, printed_name, role, meaning, components, covers })
}
