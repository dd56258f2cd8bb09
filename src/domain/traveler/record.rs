//! Recording what a step asks for; a reading is judged as it is taken (R2, R4).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::GaugeId;
use crate::domain::instruction::{Ask, EnterForm, Measure, ScanMatch};
use crate::domain::judgement::{Basis, JudgeFault, Judged};
use crate::domain::positions::Positions;
use crate::domain::quantity::{Number, Quantity, UnitMismatch, Verdict};
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;

use super::command::{Entry, StepAt};
use super::component::{Wanted, require_component};
use super::eligibility::{Draft, Found, gauge_used};
use super::equipment::{require_dimension, require_in_range};
use super::fact::{
    AskAt, GaugeUsed, HoldPlaced, HoldReason, ReadingTaken, ReadingValue, StepStarted, TravelerFact,
};
use super::reading::CheckedWith;
use super::state::{Attempt, RecordedWhat, TravelerState};

/// Where something is recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) ask: u16,
    pub(super) sample: u16,
}

pub(super) fn record(
    id: &TravelerId,
    state: &TravelerState,
    (at, slot): (&StepAt, Slot),
    entry: Entry,
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let ask = ask_of(found, slot)?;
    let mut reasons = state.may_perform(id, found, context);
    state.require_not_verifier(found, context, &mut reasons);
    if !entry.fits(ask) {
        reasons.push(Reason::AskMismatch { wanted: wanted(ask) });
        return Err(Refusal::of(reasons));
    }
    let attempt = state.standing_attempt(at.operation, &at.step);
    let decides = found.instruction.decides(&found.step.id, slot.ask);
    if attempt.is_some_and(|attempt| taken_before(attempt, slot, decides)) {
        reasons.push(match ask {
            Ask::Wait(_) => Reason::WaitRunning { splits: false },
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Measure(_)
            | Ask::Enter { .. }
            | Ask::Sign(_) => Reason::AlreadyRecorded { ask: slot.ask, sample: slot.sample },
        });
    }
    let mut draft = Draft::new(context);
    let attempt = begin(id, state, found, (context, &mut draft));
    let here = AskAt { attempt: attempt.clone(), ask: slot.ask };
    let fact = match (entry, ask) {
        (Entry::Answer(yes), ask) => checked(here, (yes, None), ask, (context, &mut reasons)),
        (Entry::AnswerWith { yes, gauge }, ask) => {
            checked(here, (yes, Some(gauge)), ask, (context, &mut reasons))
        }
        (Entry::BeginWait, _) => TravelerFact::WaitStarted { at: here, set: context.set.clone() },
        (Entry::Reading { value, gauge }, Ask::Measure(measure)) => {
            let rows = [(slot.sample, value)];
            let mut taken = take(&here, measure, &rows, gauge.as_ref(), (context, &mut reasons));
            Refusal::unless_empty(reasons)?;
            if let Some(reading) = taken.pop() {
                note_readings(id, &mut draft, vec![reading]);
            }
            return Ok(draft);
        }
        (Entry::Text(text), ask) => {
            typed((id, state), here, (found, &text, ask), (context, &mut reasons))
        }
        (Entry::Reading { .. }, _) => {
            return Err(Refusal::one(Reason::AskMismatch { wanted: wanted(ask) }));
        }
    };
    Refusal::unless_empty(reasons)?;
    draft.note(id, fact);
    Ok(draft)
}

/// The attempt that goes on, or a new one.
pub(super) fn begin(
    id: &TravelerId,
    state: &TravelerState,
    found: Found<'_>,
    (context, draft): (&Context, &mut Draft),
) -> Position {
    let (operation, step) = (found.operation.operation, &found.step.id);
    if let Some(attempt) = state.standing_attempt(operation, step) {
        return attempt.at.clone();
    }
    let previous = state.attempts_at(operation, step).map(|a| a.at.clone()).collect();
    let samples = state.samples_at(id, (operation, found.instruction, found.step), context);
    let (step, text) = (step.clone(), Some(found.operation.hash));
    let started = StepStarted { operation, step, previous, samples, text };
    draft.note(id, TravelerFact::StepStarted(started))
}

pub(super) fn ask_of(found: Found<'_>, slot: Slot) -> Result<&Ask, Refusal> {
    let unknown = || Refusal::one(Reason::AskUnknown { ask: slot.ask, sample: slot.sample });
    let index = usize::from(slot.ask).checked_sub(1).ok_or_else(unknown)?;
    let ask = found.step.asks.get(index).ok_or_else(unknown)?;
    let samples = if let Ask::Measure(measure) = ask { measure.count } else { 1 };
    if (1..=samples).contains(&slot.sample) { Ok(ask) } else { Err(unknown()) }
}

/// What an ask wants, in words.
pub(super) fn wanted(ask: &Ask) -> &'static str {
    match ask {
        Ask::Scan { .. } => "a scan",
        Ask::Install { .. } => "the component's serial or lot",
        Ask::Check { .. } => "yes or no",
        Ask::Measure(measure) if measure.kind == CharacteristicKind::Attribute => "good or bad",
        Ask::Measure(_) => "a reading",
        Ask::Enter { .. } => "an entry",
        Ask::Wait(_) => "the start of the wait",
        Ask::Sign(_) => "a signature",
    }
}

/// A check that was answered with no may be answered again; everything else stands. A question that
/// decides about a later step has two right answers; each stands until it is corrected.
pub(super) fn taken_before(attempt: &Attempt, slot: Slot, decides: bool) -> bool {
    let entry = attempt.entry(slot.ask, slot.sample);
    entry.is_some_and(|entry| decides || entry.what != RecordedWhat::Answer(false))
}

/// An answer to a check, with the gauge and its setting where the check names them.
fn checked(
    at: AskAt,
    (yes, gauge): (bool, Option<GaugeId>),
    ask: &Ask,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> TravelerFact {
    let mut with = None;
    if let Ask::Check { gauge: Some(class), setting, .. } = ask {
        let used = gauge_used(gauge.as_ref(), Some(class), context, reasons);
        let set = setting.as_ref().map(|setting| setting.unit);
        require_dimension(used.as_ref(), set, (context, reasons));
        with = used.map(|gauge| Box::new(CheckedWith { gauge, setting: setting.clone() }));
    }
    TravelerFact::Checked { at, yes, with, corrects: None }
}

pub(super) fn take(
    here: &AskAt,
    measure: &Measure,
    rows: &[(u16, ReadingValue)],
    gauge: Option<&GaugeId>,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> Vec<ReadingTaken> {
    let gauge = gauge_used(gauge, measure.gauge.as_ref(), context, reasons);
    let wanted = measure.kind.limits().map(|limits| limits.unit);
    require_dimension(gauge.as_ref(), wanted, (context, reasons));
    let mut taken = Vec::with_capacity(rows.len());
    for (sample, value) in rows {
        require_in_range(gauge.as_ref(), value, reasons);
        match judge(&measure.kind, value, gauge.as_ref()) {
            // A file in the wrong unit is wrong once, not in every row.
            Err(reason) if reasons.contains(&reason) => {}
            Err(reason) => reasons.push(reason),
            Ok((verdict, basis)) => taken.push(ReadingTaken {
                at: here.clone(),
                sample: *sample,
                characteristic: measure.characteristic.clone(),
                name: measure.name.clone(),
                requirement: measure.requirement.clone(),
                kind: measure.kind.clone(),
                value: value.clone(),
                gauge: gauge.clone(),
                verdict,
                basis,
                retry: None,
                sorting: None,
            }),
        }
    }
    taken
}

/// Judges a value taken with a gauge; no verdict where nothing is judged.
pub fn judge(
    kind: &CharacteristicKind,
    value: &ReadingValue,
    gauge: Option<&GaugeUsed>,
) -> Result<(Option<Verdict>, Option<Box<Basis>>), Reason> {
    let quantity = |number: &Number, unit| Quantity { number: number.clone(), unit };
    match (kind, value) {
        (CharacteristicKind::Attribute, ReadingValue::Conforms(true)) => {
            Ok((Some(Verdict::Pass), None))
        }
        (CharacteristicKind::Attribute, ReadingValue::Conforms(false)) => {
            Ok((Some(Verdict::Fail), None))
        }
        (CharacteristicKind::Measured(limits), ReadingValue::Number { number, unit }) => {
            let uncertainty = gauge.and_then(|gauge| gauge.uncertainty.as_ref());
            let judged = limits.judge(&quantity(number, *unit), uncertainty);
            let Judged { verdict, basis } = judged.map_err(|fault| unjudged(fault, gauge))?;
            Ok((Some(verdict), (!basis.is_plain()).then(|| Box::new(basis))))
        }
        (CharacteristicKind::Reference(limits), ReadingValue::Number { unit, .. }) => {
            if unit.dimension() == limits.unit.dimension() {
                return Ok((None, None));
            }
            let error = UnitMismatch { found: *unit, expected: limits.unit };
            Err(Reason::UnitMismatch { error })
        }
        (CharacteristicKind::Attribute, ReadingValue::Number { .. }) => {
            Err(Reason::AskMismatch { wanted: "good or bad" })
        }
        (
            CharacteristicKind::Measured(_) | CharacteristicKind::Reference(_),
            ReadingValue::Conforms(_),
        ) => Err(Reason::AskMismatch { wanted: "a reading" }),
    }
}

fn unjudged(fault: JudgeFault, gauge: Option<&GaugeUsed>) -> Reason {
    match fault {
        JudgeFault::Unit(error) => Reason::UnitMismatch { error },
        JudgeFault::UncertaintyUnknown => {
            let gauge = gauge.map(|used| used.gauge.clone());
            ReadingReason::UncertaintyUnknown { gauge }.into()
        }
        JudgeFault::NoAcceptanceZone(band) => {
            ReadingReason::NoAcceptanceZone { band: band.to_string() }.into()
        }
    }
}

/// A first failing reading holds the unit and asks to be typed again (R4).
pub(super) fn note_readings(id: &TravelerId, draft: &mut Draft, readings: Vec<ReadingTaken>) {
    for reading in readings {
        let fails = reading.verdict == Some(Verdict::Fail);
        let attempt = reading.at.attempt.clone();
        let at = draft.note(id, TravelerFact::ReadingTaken(Box::new(reading)));
        if fails {
            draft.note(
                id,
                TravelerFact::HoldPlaced(HoldPlaced {
                    reason: HoldReason::OutOfLimits,
                    attempt: Some(attempt),
                    readings: Positions::one(&at),
                    deviation: None,
                }),
            );
        }
    }
}

pub(super) fn typed(
    (id, state): (&TravelerId, &TravelerState),
    at: AskAt,
    (found, text, ask): (Found<'_>, &str, &Ask),
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> TravelerFact {
    let text = text.trim().to_owned();
    context.require_line("the entry", &text, reasons);
    match ask {
        Ask::Install { part, by, .. } => {
            let text = context.component.as_ref().map_or(text, |known| known.identity.clone());
            let wanted = Wanted { part, by: *by, identity: &text };
            let slot = (found.operation.operation, &found.step.id, at.ask);
            let basis = require_component((id, state), slot, wanted, (context, reasons));
            let (part, by, basis) = (part.clone(), *by, Some(Box::new(basis)));
            TravelerFact::ComponentInstalled { at, part, by, identity: text, corrects: None, basis }
        }
        Ask::Scan { matches, .. } => {
            let expected = expected_scan(id, state, *matches, context);
            if let Some(expected) = expected
                && !expected.contains(&text)
            {
                let expected = expected.first().cloned().unwrap_or_default();
                reasons.push(Reason::ScanMismatch { expected, found: text.clone() });
            }
            TravelerFact::EntryMade { at, text, corrects: None }
        }
        Ask::Enter { form: EnterForm::Number(_), .. } => {
            if let Err(error) = Number::parse(&text) {
                reasons.push(Reason::BadNumber { error });
            }
            TravelerFact::EntryMade { at, text, corrects: None }
        }
        Ask::Enter { form: EnterForm::Text, .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Wait(_)
        | Ask::Sign(_) => TravelerFact::EntryMade { at, text, corrects: None },
    }
}

/// What a scan may read; none where anything goes, and where it is refused without a scan: at no
/// place, before the start.
fn expected_scan(
    id: &TravelerId,
    state: &TravelerState,
    matches: ScanMatch,
    context: &Context,
) -> Option<Vec<String>> {
    Some(match matches {
        ScanMatch::Unit => vec![id.to_string(), id.unit.to_string()],
        ScanMatch::Order => vec![id.order.to_string()],
        ScanMatch::Part => vec![state.started.as_ref()?.part.to_string()],
        ScanMatch::Place => vec![context.acting.place.as_ref()?.to_string()],
        ScanMatch::Any => return None,
    })
}
