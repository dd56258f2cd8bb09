//! Completing a step, leaving it out, waiting, pausing (R2, R11).

use crate::domain::condition::SkipRule;
use crate::domain::context::Context;
use crate::domain::instruction::{Ask, Step, Wait};
use crate::domain::moment::Elapsed;
use crate::domain::people::Action;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::domain::translation::LanguageCode;

use super::command::StepAt;
use super::eligibility::{Draft, Found};
use super::fact::TravelerFact;
use super::record::{begin, wanted};
use super::route::{Closing, note_decisions};
use super::split::require_all_counted;
use super::state::{Attempt, Recorded, RecordedWhat, TravelerState};
use super::wait::{WaitBound, WaitDoubt};

pub(super) fn complete(
    id: &TravelerId,
    state: &TravelerState,
    (at, read_in): (&StepAt, Option<LanguageCode>),
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = state.may_perform(id, found, context);
    let attempt = state.standing_attempt(at.operation, &at.step);
    let mut waited = None;
    if let Some(attempt) = attempt {
        waited = require_asks(state, attempt, found, context, &mut reasons);
    } else {
        let not_asked = state.not_asked(id, found, context);
        let asks = (1_u16..).zip(&found.step.asks);
        for (ask, what) in asks.filter(|(number, _)| !not_asked.contains(number)) {
            reasons.push(ask_open(found.step, ask, what));
        }
    }
    require_all_counted(state, found, context, &mut reasons);
    state.require_as_built(found, &context.instructions, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    let attempt = begin(id, state, found, (context, &mut draft));
    // What was not released was read by nobody.
    let released = &found.instruction.translations;
    let read_in = read_in.filter(|read| released.iter().any(|said| said.language == *read));
    let set = context.set.clone();
    draft.note(id, TravelerFact::StepCompleted { attempt, waited, set, read_in });
    note_decisions(id, state, (found, Some(Closing::Completed)), &mut draft);
    Ok(draft)
}

/// The reason that an ask is open, with what its step lets be done.
pub(super) fn ask_open(step: &Step, number: u16, ask: &Ask) -> Reason {
    let signs = step.asks.iter().any(|ask| matches!(ask, Ask::Sign(_)));
    RouteReason::AskOpen {
        ask: number,
        what: ask_name(ask),
        signature: matches!(ask, Ask::Sign(_)),
        skippable: step.rules.skip != SkipRule::Never && !signs,
    }
    .into()
}

/// What people call an ask.
pub fn ask_name(ask: &Ask) -> String {
    match ask {
        Ask::Scan { label, .. } | Ask::Enter { label, .. } => label.clone(),
        Ask::Install { name, .. } => name.clone(),
        Ask::Check { question, .. } => question.clone(),
        Ask::Measure(measure) => measure.name.clone(),
        Ask::Wait(_) | Ask::Sign(_) => {
            let wanted = wanted(ask);
            wanted.strip_prefix("a ").unwrap_or(wanted).to_owned()
        }
    }
}

pub(super) fn require_asks(
    state: &TravelerState,
    attempt: &Attempt,
    found: Found<'_>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<Elapsed> {
    let mut longest = None;
    for (number, ask) in (1_u16..).zip(&found.step.asks) {
        let samples = if let Ask::Measure(measure) = ask { measure.count } else { 1 };
        let open = (1..=samples).any(|sample| attempt.entry(number, sample).is_none());
        if attempt.not_sampled(number).is_some() {
            continue;
        }
        if open {
            reasons.push(ask_open(found.step, number, ask));
            continue;
        }
        let no = |e: &Recorded| e.what == RecordedWhat::Answer(false) && !attempt.stands_as_is(e);
        let said_no = attempt.entry(number, 1).is_some_and(no);
        // A question that decides about a later step has two right answers.
        let decides = || found.instruction.decides(&found.step.id, number);
        if said_no && !decides() {
            reasons.push(Reason::CheckSaysNo { ask: number, what: ask_name(ask) });
        }
        if let Ask::Wait(wait) = ask
            && let Some(began) = attempt.wait_began(number)
        {
            let elapsed = state.waited(began, &context.now, wait.clock);
            // That it was too long is let go by who saw it; that it is too short ends by waiting.
            let mut let_go = state.let_go_on(&attempt.at).flat_map(|when| {
                wait_reasons(wait, state.waited(began, when, wait.clock)).collect::<Vec<_>>()
            });
            let late = |reason: &Reason| matches!(reason, Reason::WaitTooLong { .. });
            let let_go = let_go.any(|(_, reason)| late(&reason));
            for (bound, reason) in wait_reasons(wait, elapsed) {
                let accepted = reason == Reason::WaitUnproven && attempt.accepts(number, bound);
                if !(accepted || let_go && late(&reason) || reasons.contains(&reason)) {
                    reasons.push(reason);
                }
            }
            longest = Some(elapsed);
        }
    }
    longest
}

/// `min` uses the lower bound, `max` the upper; what cannot be proven asks a supervisor (R11).
fn wait_reasons(wait: &Wait, elapsed: Elapsed) -> impl Iterator<Item = (WaitBound, Reason)> {
    // Rounded up, so that waiting as told is enough and nothing is too long by 0 s.
    let s = |ms: i64| (ms + 999) / 1000;
    let min = wait.seconds_min.map(|seconds| i64::from(seconds) * 1000);
    let short = min.filter(|min| elapsed.at_least_ms < *min).map(|min| {
        let proven = elapsed.at_most_ms.is_some_and(|most| most < min);
        let seconds = s(min - elapsed.at_least_ms);
        if proven { Reason::WaitTooShort { seconds } } else { Reason::WaitUnproven }
    });
    let max = wait.seconds_max.map(|seconds| i64::from(seconds) * 1000);
    let long = max.filter(|max| elapsed.at_most_ms.is_none_or(|most| most > *max)).map(|max| {
        let proven = elapsed.at_least_ms > max;
        let seconds = s(elapsed.at_least_ms - max);
        if proven { Reason::WaitTooLong { seconds } } else { Reason::WaitUnproven }
    });
    let short = short.map(|reason| (WaitBound::Min, reason));
    short.into_iter().chain(long.map(|reason| (WaitBound::Max, reason)))
}

pub(super) fn skip(
    id: &TravelerId,
    state: &TravelerState,
    at: &StepAt,
    reason: String,
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = Vec::new();
    let rule = found.step.rules.skip;
    if rule == SkipRule::Operator && !context.may(Action::Overrule) {
        // Who may leave it out is who would do it: here, now, and trained for it.
        reasons = state.may_perform(id, found, context);
    } else {
        context.require_role(Action::Overrule, &mut reasons);
        state.require_open(id, context, &mut reasons);
        state.require_definitions(id, found, context, &mut reasons);
        state.require_order_of_steps(found, context, &mut reasons);
    }
    context.require_text("a reason", &reason, &mut reasons);
    require_skippable(found, std::iter::once(state).chain(context.kin.values()), &mut reasons);
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    let (operation, step) = (at.operation, at.step.clone());
    draft.note(id, TravelerFact::StepSkipped { operation, step, reason, rule });
    note_decisions(id, state, (found, Some(Closing::Skipped)), &mut draft);
    Ok(draft)
}

/// Adds why a step may not be left out by anybody, by its text and by what was found on the pieces.
pub(super) fn require_skippable<'a>(
    found: Found<'_>,
    mut lots: impl Iterator<Item = &'a TravelerState>,
    reasons: &mut Vec<Reason>,
) {
    let step = &found.step.id;
    if found.step.rules.skip == SkipRule::Never {
        reasons.push(RouteReason::StepNeverSkipped { step: step.clone() }.into());
    }
    if lots.any(|lot| lot.found_against(found)) {
        reasons.push(RouteReason::FoundAgainst { step: step.clone() }.into());
    }
    if found.step.asks.iter().any(|ask| matches!(ask, Ask::Sign(_))) {
        // A signature that may be skipped is none.
        reasons.push(RouteReason::SignatureNotSkipped { step: step.clone() }.into());
    }
}

pub(super) fn accept_wait(
    id: &TravelerId,
    state: &TravelerState,
    at: &StepAt,
    reason: String,
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = Vec::new();
    context.require_role(Action::Overrule, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let attempt = state.standing_attempt(at.operation, &at.step);
    let waits = attempt.filter(|a| a.completed.is_none()).and_then(|attempt| {
        let asks = (1_u16..).zip(&found.step.asks);
        asks.filter(|(_, ask)| matches!(ask, Ask::Wait(_)))
            .find_map(|(number, _)| attempt.wait_began(number).map(|_| attempt))
    });
    let Some(attempt) = waits else {
        reasons.push(Reason::AskMismatch { wanted: "a wait that was begun" });
        return Err(Refusal::of(reasons));
    };
    state.require_open(id, context, &mut reasons);
    let mut doubts = Vec::new();
    for (number, ask) in (1_u16..).zip(&found.step.asks) {
        let Ask::Wait(wait) = ask else { continue };
        let Some(began) = attempt.wait_began(number) else { continue };
        let elapsed = state.waited(began, &context.now, wait.clock);
        for (bound, reason) in wait_reasons(wait, elapsed) {
            // What is proven to be too short or too long is a deviation, not a doubt.
            if reason != Reason::WaitUnproven {
                reasons.push(reason);
            } else if !attempt.accepts(number, bound) {
                doubts.push(WaitDoubt { ask: number, bound });
            }
        }
    }
    if reasons.is_empty() && doubts.is_empty() {
        reasons.push(RouteReason::WaitNotInDoubt.into());
    }
    let attempt = attempt.at.clone();
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::WaitAccepted { attempt, reason, doubts });
    Ok(draft)
}

pub(super) fn pause(
    id: &TravelerId,
    state: &TravelerState,
    reason: String,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Perform, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    if state.started.is_none() {
        reasons.push(Reason::TravelerNotStarted);
    }
    state.require_open(id, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::Paused { reason });
    Ok(draft)
}

pub(super) fn resume(
    id: &TravelerId,
    state: &TravelerState,
    note: Option<String>,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Perform, &mut reasons);
    if let Some(note) = &note {
        context.require_text("a note", note, &mut reasons);
    }
    if state.paused().is_none() {
        reasons.push(Reason::NotPaused);
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::Resumed { note });
    Ok(draft)
}
