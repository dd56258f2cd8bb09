//! What is looked at once more when a record of work comes from elsewhere: the text by which it was
//! made, and what its station had received by then (R1, R2, R6).
//!
//! A station decides by the text that it has. Whoever gets its facts and has the text as well need
//! not take its word for it.

use std::collections::BTreeMap;
use std::fmt;
use std::iter;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::condition::SkipRule;
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{GaugeClassId, GaugeId, PersonId, RevisionId, StepId};
use super::instruction::{Ask, Instruction, Measure, SignAsk, Step};
use super::judgement::Basis;
use super::people::Role;
use super::quantity::{Quantity, Verdict};
use super::refusal::Reason;
use super::signature::{Meaning, Signature};
use super::traveler::fact::{
    AskAt, GaugeUsed, PinnedOperation, ReadingTaken, ReadingValue, TravelerFact,
};
use super::traveler::record::judge;
use super::traveler::state::TravelerState;

/// How much later than its acceptance a definition was surely handed out.
const HANDED_OUT_SECONDS: i64 = 60;

/// What does not fit the text by which a record was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// The revision has no such step.
    StepUnknown(StepId),
    /// The step has no such ask, or not so many readings.
    AskUnknown(StepId, u16),
    /// The ask wants something else.
    OtherAsk(StepId, u16),
    /// The reading was judged by other limits than the step names.
    OtherLimits(StepId, String),
    /// The value has another verdict by its own limits than is recorded.
    OtherVerdict(String, Option<Verdict>),
    /// The value has its verdict, which rests on something else than is recorded.
    OtherBasis(String),
    /// The value cannot be judged at all.
    NotToJudge(String, Box<Reason>),
    /// No value of the reading fails, so there was nothing to confirm.
    NothingToConfirm(String),
    /// The gauge cannot have shown the value.
    OutOfRange(GaugeId, String),
    /// It is done with a gauge of this class, and was not.
    OtherGauge(StepId, GaugeClassId),
    /// The step was left out by another rule than the instruction states.
    OtherSkipRule(StepId, SkipRule),
    /// The signature was given in another role than it asks for.
    SignRole(Role),
    /// The signature means something else than it asks for.
    SignMeaning(Meaning),
    /// Who verifies or witnesses performed.
    SamePerson(PersonId, StepId),
    /// The bench would have refused it.
    Refused(Box<Reason>),
    /// It is of an attempt that its writer did not know.
    AttemptUnknown,
    /// The step was begun by another text than the one pinned then.
    OtherText(StepId),
    /// The step was going on already, and was begun once more.
    BegunAlready(StepId),
    /// Attempts were known that the record does not name, or it names others.
    AttemptsHidden(StepId),
    /// The signature covers something else than what stood recorded.
    CoversOther,
    /// Whether the step is needed does not follow from what was recorded.
    OtherDecision(StepId),
    /// The move of an operation does not name what was pinned, or the steps that changed.
    OtherMove(u32),
    /// A hold was ended as put right, and the value was not.
    NotPutRight,
}

impl Objection {
    /// The bench would have refused it for this.
    pub fn refused(reason: Reason) -> Self {
        Self::Refused(Box::new(reason))
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepUnknown(step) => write!(f, "its revision has no step {step}"),
            Self::AskUnknown(step, ask) => write!(f, "step {step} has no such ask {ask}"),
            Self::OtherAsk(step, ask) => write!(f, "ask {ask} of step {step} wants something else"),
            Self::OtherLimits(step, name) => {
                write!(f, "{name} in step {step} was judged by other limits than are asked for")
            }
            Self::OtherVerdict(name, right) => {
                let right = right.map_or("not judged", Verdict::word);
                write!(f, "{name} has another verdict than is recorded: {right}")
            }
            Self::OtherBasis(name) => {
                write!(f, "the verdict on {name} rests on something else than is recorded")
            }
            Self::NotToJudge(name, why) => write!(f, "{name} cannot be judged: {}", why.what()),
            Self::NothingToConfirm(name) => {
                write!(f, "no value of {name} is outside its limits, so none was confirmed")
            }
            Self::OutOfRange(gauge, value) => write!(f, "{gauge} cannot have shown {value}"),
            Self::OtherGauge(step, class) => {
                write!(f, "step {step} asks for a gauge of class {class}")
            }
            Self::OtherSkipRule(step, rule) => {
                write!(f, "the instruction says of leaving out step {step}: {}", rule.word())
            }
            Self::SignRole(role) => write!(f, "the signature is asked of {}", role.word()),
            Self::SignMeaning(meaning) => {
                write!(f, "the signature is asked for as {}", meaning.word())
            }
            Self::SamePerson(person, step) => {
                write!(f, "{person} performed step {step} and cannot verify or witness it")
            }
            Self::Refused(reason) => f.write_str(reason.what().to_string().trim_end_matches('.')),
            Self::AttemptUnknown => {
                f.write_str("it is of an attempt that its station did not know")
            }
            Self::OtherText(step) => {
                write!(f, "step {step} was begun by another text than the unit was made by")
            }
            Self::BegunAlready(step) => write!(f, "step {step} was going on already"),
            Self::AttemptsHidden(step) => {
                write!(f, "step {step} had been attempted in another way than the record says")
            }
            Self::CoversOther => {
                f.write_str("the signature does not cover what stood recorded when it was given")
            }
            Self::OtherDecision(step) => {
                write!(f, "whether step {step} is needed does not follow from what was recorded")
            }
            Self::OtherMove(operation) => {
                write!(f, "the move of operation {operation} is not from what it was made by")
            }
            Self::NotPutRight => f.write_str("the value that it was held for was not put right"),
        }
    }
}

/// Where in a unit's definitions a record of work belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The operation as pinned then.
    pub operation: &'a PinnedOperation,
    /// The step.
    pub step: &'a StepId,
    ask: Option<u16>,
    /// The text by which it was made.
    pub text: Hash,
}

/// Finds where a record of work belongs on a unit as its writer knew it; none where it belongs to no
/// step, or to an attempt that was not known.
pub fn spot<'a>(fact: &'a TravelerFact, state: &'a TravelerState) -> Option<Spot<'a>> {
    let of_attempt = |attempt: &Position, ask| {
        let attempt = state.attempt(attempt)?;
        let operation = state.operation(attempt.operation)?;
        let text = attempt.pinned.as_ref().map_or(operation.hash, |(_, hash)| *hash);
        Some(Spot { operation, step: &attempt.step, ask, text })
    };
    let of_step = |operation: u32, step: &'a StepId| {
        let operation = state.operation(operation)?;
        Some(Spot { operation, step, ask: None, text: operation.hash })
    };
    match fact {
        TravelerFact::StepStarted(started) => of_step(started.operation, &started.step),
        TravelerFact::StepSkipped { operation, step, .. } => of_step(*operation, step),
        TravelerFact::StepCompleted { attempt, .. } => of_attempt(attempt, None),
        TravelerFact::QuantityReported(report) => of_attempt(&report.attempt, None),
        TravelerFact::ReadingConfirmed { reading, .. }
        | TravelerFact::ReadingCorrected { reading, .. } => {
            let (entry, _) = state.reading(reading)?;
            of_attempt(&state.attempt_of(reading)?.at, Some(entry.ask))
        }
        TravelerFact::ReadingTaken(taken) => of_attempt(&taken.at.attempt, Some(taken.at.ask)),
        TravelerFact::Checked { at, .. }
        | TravelerFact::EntryMade { at, .. }
        | TravelerFact::ComponentInstalled { at, .. }
        | TravelerFact::WaitStarted { at, .. }
        | TravelerFact::Signed { at, .. } => {
            let AskAt { attempt, ask } = at;
            of_attempt(attempt, Some(*ask))
        }
        TravelerFact::TravelerStarted(_)
        | TravelerFact::ComponentRemoved(_)
        | TravelerFact::WaitAccepted { .. }
        | TravelerFact::ConditionDecided(_)
        | TravelerFact::UpstreamAccepted { .. }
        | TravelerFact::Paused { .. }
        | TravelerFact::Resumed { .. }
        | TravelerFact::QuantityCorrected(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::SplitOff(_)
        | TravelerFact::RevisionKept(_)
        | TravelerFact::MovedToRevision(_)
        | TravelerFact::HoldPlaced(_)
        | TravelerFact::HoldReleased { .. }
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_) => None,
    }
}

/// What does not fit the text by which a record was made; where that is not at hand, nothing is
/// said.
pub fn objections(
    fact: &TravelerFact,
    spot: &Spot<'_>,
    state: &TravelerState,
    texts: &BTreeMap<Hash, Arc<Instruction>>,
) -> Vec<Objection> {
    texts.get(&spot.text).map_or_else(Vec::new, |text| of_text(fact, spot, state, text))
}

fn of_text(
    fact: &TravelerFact,
    spot: &Spot<'_>,
    state: &TravelerState,
    text: &Instruction,
) -> Vec<Objection> {
    let Some(step) = text.step(spot.step) else {
        return vec![Objection::StepUnknown(spot.step.clone())];
    };
    if let TravelerFact::StepSkipped { rule, .. } = fact {
        let stated = step.rules.skip;
        if *rule != stated {
            return vec![Objection::OtherSkipRule(step.id.clone(), stated)];
        }
    }
    let Some(number) = spot.ask else { return Vec::new() };
    let index = usize::from(number).checked_sub(1);
    let Some(ask) = index.and_then(|index| step.asks.get(index)) else {
        return vec![Objection::AskUnknown(step.id.clone(), number)];
    };
    match (fact, ask) {
        (TravelerFact::ReadingTaken(taken), Ask::Measure(measure)) => {
            of_reading(taken, measure, step)
        }
        (TravelerFact::Signed { signature, .. }, Ask::Sign(sign)) => {
            of_signature(signature, sign, (state, spot))
        }
        (TravelerFact::Checked { with, .. }, Ask::Check { gauge, .. }) => {
            of_gauge(with.as_ref().map(|with| &with.gauge), gauge.as_ref(), step)
        }
        (
            TravelerFact::ReadingCorrected { .. } | TravelerFact::ReadingConfirmed { .. },
            Ask::Measure(_),
        )
        | (TravelerFact::EntryMade { .. }, Ask::Enter { .. } | Ask::Scan { .. })
        | (TravelerFact::ComponentInstalled { .. }, Ask::Install { .. })
        | (TravelerFact::WaitStarted { .. }, Ask::Wait(_)) => Vec::new(),
        (_, _) => vec![Objection::OtherAsk(step.id.clone(), number)],
    }
}

fn of_reading(taken: &ReadingTaken, measure: &Measure, step: &Step) -> Vec<Objection> {
    // Of a lot that is sorted each piece has a reading.
    if taken.sorting.is_none() && !(1..=measure.count).contains(&taken.sample) {
        return vec![Objection::AskUnknown(step.id.clone(), taken.at.ask)];
    }
    let same = taken.kind == measure.kind && taken.characteristic == measure.characteristic;
    let mut found = of_gauge(taken.gauge.as_ref(), measure.gauge.as_ref(), step);
    if !same {
        found.push(Objection::OtherLimits(step.id.clone(), taken.name.clone()));
    }
    found
}

fn of_gauge(used: Option<&GaugeUsed>, class: Option<&GaugeClassId>, step: &Step) -> Vec<Objection> {
    let Some(class) = class else { return Vec::new() };
    if used.is_some_and(|used| used.class == *class) {
        return Vec::new();
    }
    vec![Objection::OtherGauge(step.id.clone(), class.clone())]
}

/// What does not fit about a value by itself: it is judged once more by the limits, the rule and the
/// gauge that the record names (R2), whatever the text says.
pub fn misjudged(fact: &TravelerFact, state: &TravelerState) -> Vec<Objection> {
    if let TravelerFact::ReadingTaken(taken) = fact {
        return of_value(taken, (&taken.value, taken.verdict, taken.basis.as_deref()));
    }
    if let TravelerFact::ReadingCorrected { reading, value, verdict, basis, .. } = fact {
        let found = state.reading(reading);
        let of = |taken| of_value(taken, (value, *verdict, basis.as_deref()));
        return found.map(|(_, reading)| of(&reading.taken)).unwrap_or_default();
    }
    let TravelerFact::ReadingConfirmed { reading, .. } = fact else { return Vec::new() };
    let Some((_, reading)) = state.reading(reading) else { return Vec::new() };
    let taken = &reading.taken;
    let corrected = reading.corrections.iter().map(|correction| &correction.value);
    let judged = |value| judge(&taken.kind, value, taken.gauge.as_ref());
    let fails = |value| judged(value).is_ok_and(|(verdict, _)| verdict == Some(Verdict::Fail));
    if iter::once(&taken.value).chain(corrected).any(fails) {
        return Vec::new();
    }
    vec![Objection::NothingToConfirm(taken.name.clone())]
}

fn of_value(
    taken: &ReadingTaken,
    (value, verdict, basis): (&ReadingValue, Option<Verdict>, Option<&Basis>),
) -> Vec<Objection> {
    let (name, mut found) = (|| taken.name.clone(), Vec::new());
    match judge(&taken.kind, value, taken.gauge.as_ref()) {
        Err(why) => found.push(Objection::NotToJudge(name(), Box::new(why))),
        Ok((right, _)) if right != verdict => found.push(Objection::OtherVerdict(name(), right)),
        Ok((_, right)) if right.as_deref() != basis => found.push(Objection::OtherBasis(name())),
        Ok(_) => {}
    }
    if let ReadingValue::Number { number, unit } = value
        && let Some((used, range)) = taken.gauge.as_ref().and_then(|g| Some((g, g.range.as_ref()?)))
    {
        let value = Quantity { number: number.clone(), unit: *unit };
        if !range.holds(&value) {
            found.push(Objection::OutOfRange(used.gauge.clone(), value.to_string()));
        }
    }
    found
}

fn of_signature(
    signature: &Signature,
    sign: &SignAsk,
    (state, spot): (&TravelerState, &Spot<'_>),
) -> Vec<Objection> {
    let mut found = Vec::new();
    if signature.role != sign.role {
        found.push(Objection::SignRole(sign.role));
    }
    if signature.meaning != sign.meaning {
        found.push(Objection::SignMeaning(sign.meaning));
    }
    // What was done after the signature, or is done again, is nothing against it.
    let here = (spot.operation.operation, sign);
    for step in state.performed_by(&signature.signer, here) {
        found.push(Objection::SamePerson(signature.signer.clone(), step));
    }
    found
}

/// A withdrawal, with stop-work or not, as whoever judges knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopWork {
    /// The definition.
    pub what: String,
    /// The revision.
    pub revision: RevisionId,
    /// Why.
    pub reason: String,
    /// The fact that says so.
    pub at: Position,
    /// When the server accepted it, from which on stations could get it; none where that is not
    /// known.
    pub accepted: Option<Timestamp>,
}

impl StopWork {
    /// Whether a fact was surely written by a station that had received this: it wrote it itself
    /// before, or its knowledge of the catalog was younger.
    pub fn was_received(&self, head: &Head) -> bool {
        let own = head.position.ledger == self.at.ledger;
        if own {
            let number = |at: &Position| (at.epoch, at.seq);
            return number(&head.position) > number(&self.at);
        }
        let (Some(accepted), Some(age_s)) = (self.accepted, head.catalog_age_s) else {
            return false;
        };
        let known = head.moment.effective() - SignedDuration::from_secs(age_s.max(0));
        known >= accepted + SignedDuration::from_secs(HANDED_OUT_SECONDS)
    }
}

/// Whether a fact is work that a withdrawal with stop-work stops. To correct, to pause and to hold
/// stays open to everybody.
pub fn is_stopped(fact: &TravelerFact) -> bool {
    if matches!(fact, TravelerFact::ReadingTaken(taken) if taken.sorting.is_some()) {
        return false;
    }
    matches!(
        fact,
        TravelerFact::StepStarted(_)
            | TravelerFact::Checked { .. }
            | TravelerFact::ReadingTaken(_)
            | TravelerFact::EntryMade { .. }
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::StepSkipped { .. }
            | TravelerFact::QuantityReported(_)
            | TravelerFact::Signed { .. }
    )
}
