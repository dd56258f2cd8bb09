//! Holds: typed again, raised to a deviation, disposed, placed for the judge (R3, R4, R8).

use std::collections::BTreeSet;

use crate::domain::context::Context;
use crate::domain::deviation::{
    CodeChosen, DeviationFact, DeviationRaised, Disposition, Raise, UnitConcerned,
};
use crate::domain::deviation_decide::{concern, require_raise, require_units};
use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::instruction::{Ask, OnFail, Step};
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::permit::fit::Failing;
use crate::domain::positions::Positions;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::deviation::DeviationReason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::understood::{HELD, understood};
use crate::domain::who_may;
use crate::domain::words::{Words, words};

use super::command::StepAt;
use super::correction::{found_of, require_author, same_value};
use super::eligibility::{Draft, Found, gauge_used};
use super::equipment::require_in_range;
use super::fact::{HoldOutcome, HoldPlaced, HoldReason, ReadingTaken, ReadingValue, TravelerFact};
use super::reading::Correction;
use super::record::judge;
use super::route::decided_anew;
use super::state::{Attempt, Hold, TravelerState};

/// The reason given when a failing value turns out to be a slip of the finger.
const TYPED_WRONG: &str = "typed wrong";

pub(super) fn retype(
    id: &TravelerId,
    state: &TravelerState,
    at: &Position,
    value: ReadingValue,
    context: &Context,
) -> Result<Draft, Refusal> {
    state.to_retype().ok_or_else(|| Refusal::one(Reason::NothingToRetype))?;
    let waiting = state.all_to_retype().find(|(_, reading, _)| *reading == at);
    let (hold, _, reading) = waiting.ok_or_else(|| Refusal::one(Reason::ReadingUnknown))?;
    let (found, attempt) = found_of(state, at, context)?;
    let mut reasons = Vec::new();
    require_in_range(reading.taken.gauge.as_ref(), &value, &mut reasons);
    let judged = judge(&reading.taken.kind, &value, reading.taken.gauge.as_ref());
    let same = same_value(&value, reading.value());
    if same {
        // Nobody's work waits for an author who has gone home: others may confirm, not correct.
        context.require_role(Action::RaiseDeviation, &mut reasons);
    } else {
        require_author(state.author(at), context, &mut reasons);
        reasons.extend(state.may_put_right(id, found, context));
        let gauge = reading.taken.gauge.as_ref().map(|used| &used.gauge);
        gauge_used(gauge, None, context, &mut reasons);
    }
    let judged = judged.map_err(|reason| reasons.push(reason));
    Refusal::unless_empty(reasons)?;
    let (verdict, basis) = judged.unwrap_or_default();
    let mut draft = Draft::new(context);
    if same {
        let taken = ReadingTaken { value, verdict, ..reading.taken.clone() };
        confirm(id, (found, attempt), hold, (at, &taken), (context, &mut draft))?;
        return Ok(draft);
    }
    let corrected = TravelerFact::ReadingCorrected {
        reading: at.clone(),
        value: value.clone(),
        verdict,
        basis,
        reason: TYPED_WRONG.to_owned(),
    };
    draft.note(id, corrected);
    // The step may have ended: a correction of its record asked for the value once more.
    let correction = Correction {
        at: context.next.clone(),
        by: context.acting.actor.clone(),
        moment: context.now.clone(),
        value: value.clone(),
        verdict,
        reason: TYPED_WRONG.to_owned(),
    };
    for decided in decided_anew(state, found, |state| state.take_correction(at, correction)) {
        draft.note(id, TravelerFact::ConditionDecided(decided));
    }
    if verdict != Some(Verdict::Fail) {
        lift(id, hold, &mut draft);
    } else if !may_go_on_by_permit(id, state, (at, &value), context) {
        let taken = ReadingTaken { value, verdict, ..reading.taken.clone() };
        confirm(id, (found, attempt), hold, (at, &taken), (context, &mut draft))?;
    }
    Ok(draft)
}

/// Whether another failing value may go on by a permit: then it is typed again in its turn, and the
/// choice is offered.
fn may_go_on_by_permit(
    id: &TravelerId,
    state: &TravelerState,
    (at, value): (&Position, &ReadingValue),
    context: &Context,
) -> bool {
    let Some(failing) = state.failing(id, at, &context.instructions) else { return false };
    let (failing, today) = (Failing { value, ..failing }, context.today());
    context.permits.permits.iter().any(|(id, permit)| permit.unfit(id, failing, today).is_empty())
}

/// Lets a unit go on that somebody held without a deviation: for a gauge, for a definition.
pub(super) fn release(
    id: &TravelerId,
    state: &TravelerState,
    (at, reason): (Position, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_text("a reason", &reason, &mut reasons);
    let hold = state.holds.get(&at).filter(|hold| hold.released.is_none());
    let by = hold.map(|hold| hold.placed.reason.released_by());
    context.require_role(by.flatten().unwrap_or(Action::ReleaseHold), &mut reasons);
    match by {
        None => reasons.push(Reason::NoSuchHold),
        Some(None) => reasons.push(RouteReason::HoldNotReleasable.into()),
        Some(Some(_)) => {}
    }
    let outcome = HoldOutcome::Released { reason };
    if let Some(action) = state.shipped().and_then(|_| who_may::ends_hold_of_shipped(&outcome)) {
        context.require_role(action, &mut reasons);
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::HoldReleased { hold: at, outcome, decision: None });
    Ok(draft)
}

/// Holds for a fact that the judge did not accept; once, however often the judge says so.
pub(super) fn for_judge(
    id: &TravelerId,
    state: &TravelerState,
    fact: Position,
    reasons: Vec<String>,
    context: &Context,
) -> Draft {
    let mut draft = Draft::new(context);
    // What a person let go on for these reasons is not held for them again.
    if !state.was_held_by_judge((&fact, &reasons)) {
        let reason = HoldReason::Judged { fact, reasons };
        let (readings, attempt, deviation) = (Positions::default(), None, None);
        let placed = HoldPlaced { reason, attempt, readings, deviation };
        draft.note(id, TravelerFact::HoldPlaced(placed));
    }
    draft
}

pub(super) fn raise_by_hand(
    id: &TravelerId,
    state: &TravelerState,
    (at, said): (&StepAt, Raise),
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = Vec::new();
    let (code, number) = require_raise(&said, context, &mut reasons);
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    if state.to_retype().is_some() {
        reasons.push(Reason::RetypeFirst);
    }
    for unit in said.units.iter().filter(|unit| *unit == id) {
        reasons.push(DeviationReason::UnitTwice { unit: unit.clone() }.into());
    }
    let others = require_units(&said.units, context, &mut reasons);
    if let Some(characteristic) = &said.characteristic
        && found.step.measured(characteristic).is_none()
    {
        let (characteristic, step) = (characteristic.clone(), at.step.clone());
        reasons.push(DeviationReason::NotMeasuredThere { characteristic, step }.into());
    }
    if let Some(by) = &said.close_by {
        reasons.extend(state.find(by, context).err().into_iter().flat_map(|no| no.reasons));
    }
    Refusal::unless_empty(reasons)?;
    let number = number.ok_or_else(|| Refusal::one(Reason::DeviationNumberMissing))?;
    let attempt = state.standing_attempt(at.operation, &at.step).map(|a| a.at.clone());
    let mut draft = Draft::new(context);
    let holds = said.holds();
    let hold = holds.then(|| {
        let (subject, body) = hold_unit(id, attempt.clone(), &number);
        draft.push(subject, body)
    });
    raise(id, (found, attempt), hold, (&[], said, code), (context, &mut draft))?;
    concern(&number, (&others, Some(at), holds), context, &mut draft.facts);
    Ok(draft)
}

/// A hold for a deviation.
pub fn hold_unit(
    unit: &TravelerId,
    attempt: Option<Position>,
    deviation: &DeviationId,
) -> (Subject, FactBody) {
    let placed = HoldPlaced {
        reason: HoldReason::Raised,
        attempt,
        readings: Positions::default(),
        deviation: Some(deviation.clone()),
    };
    (Subject::Traveler(unit.clone()), FactBody::Traveler(TravelerFact::HoldPlaced(placed)))
}

/// Writes the deviation of a hold, with everything known filled in.
pub(super) fn raise(
    id: &TravelerId,
    (found, attempt): (Found<'_>, Option<Position>),
    hold: Option<Position>,
    (failing, said, code): (&[(Position, ReadingTaken)], Raise, Option<CodeChosen>),
    (context, draft): (&Context, &mut Draft),
) -> Result<(), Refusal> {
    let number = context.next_deviation.clone();
    let number = number.ok_or_else(|| Refusal::one(Reason::DeviationNumberMissing))?;
    let first = failing.first().map(|(_, reading)| reading);
    let shown: Vec<String> = failing.iter().take(20).map(|(_, r)| shown(&r.value)).collect();
    let more = failing.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let suggested = first.and_then(|r| on_fail(found.step, r.at.ask));
    let or_said = |known: String, said: String| if said.is_empty() { known } else { said };
    let about = said.characteristic.as_ref().and_then(|about| found.step.measured(about));
    let about = about.map(|measure| format!("{}: {}", measure.name, measure.requirement));
    let required = first.map(|r| format!("{}: {}", r.name, r.requirement));
    let required = required.or(about).unwrap_or_default();
    let unit = UnitConcerned {
        traveler: id.clone(),
        at: Some(StepAt { operation: found.operation.operation, step: found.step.id.clone() }),
        attempt,
        hold,
        readings: failing.iter().map(|(at, _)| at).collect(),
        characteristic: first.and_then(|r| r.characteristic.clone()).or(said.characteristic),
        suggested: suggested.map(Disposition::suggested),
    };
    let raised = DeviationRaised {
        kind: said.kind,
        unit: Some(unit),
        code,
        close_by: said.close_by,
        required: or_said(required, said.required),
        found: or_said(format!("{}{more}", shown.join(", ")), said.found),
        note: said.note,
    };
    let fact = FactBody::Deviation(DeviationFact::DeviationRaised(Box::new(raised)));
    draft.push(Subject::Deviation(number), fact);
    Ok(())
}

fn confirm(
    id: &TravelerId,
    (found, attempt): (Found<'_>, &Attempt),
    hold: &Position,
    (reading, taken): (&Position, &ReadingTaken),
    (context, draft): (&Context, &mut Draft),
) -> Result<(), Refusal> {
    let number = context.next_deviation.clone();
    let deviation = number.ok_or_else(|| Refusal::one(Reason::DeviationNumberMissing))?;
    draft.note(id, TravelerFact::ReadingConfirmed { reading: reading.clone(), deviation });
    let failing = [(reading.clone(), taken.clone())];
    let attempt = Some(attempt.at.clone());
    raise(
        id,
        (found, attempt),
        Some(hold.clone()),
        (&failing, Raise::default(), None),
        (context, draft),
    )
}

fn lift(id: &TravelerId, hold: &Position, draft: &mut Draft) {
    let outcome = HoldOutcome::Corrected;
    draft.note(id, TravelerFact::HoldReleased { hold: hold.clone(), outcome, decision: None });
}

fn on_fail(step: &Step, ask: u16) -> Option<&OnFail> {
    match step.asks.get(usize::from(ask).checked_sub(1)?)? {
        Ask::Measure(measure) => measure.on_fail.as_ref(),
        Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Enter { .. }
        | Ask::Wait(_)
        | Ask::Sign(_) => None,
    }
}

/// A value as people read it.
pub fn shown(value: &ReadingValue) -> String {
    value.words().to_string()
}

impl ReadingValue {
    /// It as people read it.
    pub fn words(&self) -> Words {
        match self {
            Self::Number { number, unit } => Words::given(format_args!("{number} {unit}")),
            Self::Conforms(true) => words!("conforms"),
            Self::Conforms(false) => words!("does not conform"),
        }
    }
}

impl HoldReason {
    /// What a person who ends the hold by a word must be allowed to; none where a disposition, a
    /// correction or an answer to the review ends it.
    pub fn released_by(&self) -> Option<Action> {
        match self {
            Self::Gauge { .. } | Self::Definition { .. } => Some(Action::ReleaseHold),
            Self::Recall { .. } => Some(Action::EndRecall),
            // Whether pieces go on with a value that is outside is quality's to say.
            Self::Origin { .. } | Self::Suspect(_) => Some(Action::UseAsIs),
            Self::OutOfLimits | Self::Raised | Self::Inspection { .. } | Self::Judged { .. } => {
                None
            }
        }
    }

    /// Why, in words.
    pub fn words(&self) -> Words {
        match self {
            Self::OutOfLimits => words!("a reading is outside its limits"),
            Self::Raised => words!("a deviation was raised"),
            Self::Gauge { gauge, .. } => words!("{gauge} was found out of tolerance", gauge),
            Self::Origin { lot, .. } => {
                words!("a record of {lot}, which it was split off, was corrected", lot)
            }
            Self::Recall { of, reason, .. } => {
                words!("recall of {of}: {reason}", of => of.said(), reason)
            }
            // Whoever placed it wrote down what it says.
            Self::Definition { what } => understood(what, HELD),
            Self::Suspect(suspected) => suspected.words(),
            Self::Inspection { .. } => words!("the lot is being inspected"),
            Self::Judged { reasons, .. } => words!(
                "the server did not accept a record: {reasons}",
                reasons => Words::objection(reasons.join("; "))
            ),
        }
    }
}

impl HoldOutcome {
    /// Whether the one who measures ended it alone, without a decision by another person.
    pub fn is_authors(&self) -> bool {
        match self {
            Self::Corrected
            | Self::Remeasured { .. }
            | Self::Permitted(_)
            | Self::Cleared { .. }
            | Self::Sorted => true,
            Self::Resumed { .. }
            | Self::Reopened { .. }
            | Self::Ended { .. }
            | Self::Reviewed
            | Self::Inspected
            | Self::Released { .. } => false,
        }
    }
}

impl Hold {
    /// The hold as a reason why something does not go on.
    pub fn stops(&self) -> Reason {
        let why = self.placed.reason.words().to_string();
        let deviation = self.placed.deviation.clone();
        Reason::OnHold { why, deviation, next: self.next() }
    }

    /// That it holds pieces which were split off its lot, too.
    pub(super) fn stops_split_off(&self, lot: &TravelerId) -> Reason {
        let why = format!("{lot}, which it was split off, is on hold for it too");
        Reason::OnHold { why, deviation: self.placed.deviation.clone(), next: self.next() }
    }

    /// Who ends it, and how.
    pub fn next(&self) -> String {
        if let Some(deviation) = &self.placed.deviation {
            return disposes(deviation);
        }
        let roles = |action: Action| {
            let roles: Vec<&str> = action.roles().iter().map(|role| role.word()).collect();
            roles.join(" or ")
        };
        match &self.placed.reason {
            HoldReason::Suspect(_) => {
                let who = roles(Action::UseAsIs);
                format!("measure it (gemba suspect sort), or {who} lets it go on")
            }
            HoldReason::Judged { .. } => {
                format!("{} answers it (gemba review answer)", roles(Action::Review))
            }
            HoldReason::OutOfLimits => "type again what the gauge shows".to_owned(),
            HoldReason::Raised
            | HoldReason::Gauge { .. }
            | HoldReason::Origin { .. }
            | HoldReason::Recall { .. }
            | HoldReason::Definition { .. }
            | HoldReason::Inspection { .. } => {
                let action = self.placed.reason.released_by().unwrap_or(Action::Dispose);
                format!("{} lets it go on (gemba traveler release)", roles(action))
            }
        }
    }
}

/// Who ends the hold of a deviation.
pub fn disposes(deviation: &DeviationId) -> String {
    let disposes = Action::Dispose.roles().first().map_or("", |role| role.word());
    let accepts: Vec<&str> = Action::UseAsIs.roles().iter().map(|r| r.word()).collect();
    format!("a {disposes} disposes {deviation} (use as is: {})", accepts.join(" and "))
}

impl HoldPlaced {
    /// The reasons for which the judge placed it, where it is for this fact.
    fn judged(&self, fact: &Position) -> Option<&[String]> {
        let HoldReason::Judged { fact: judged, reasons } = &self.reason else { return None };
        (judged == fact).then_some(reasons)
    }
}

impl TravelerState {
    /// Whether the judge's holds for a fact, for all of these reasons, are or were here.
    pub fn was_held_by_judge(&self, (fact, reasons): (&Position, &[String])) -> bool {
        let placed = || self.holds.values().filter_map(|hold| hold.placed.judged(fact));
        let held_for = |reason| placed().any(|held| held.contains(reason));
        placed().next().is_some() && reasons.iter().all(held_for)
    }

    /// The reasons for which the judge holds it for a record, and nobody answered yet.
    pub fn judged_open(&self, fact: &Position) -> Vec<String> {
        let open = self.open_holds().filter_map(|(_, hold)| hold.placed.judged(fact));
        let mut reasons: Vec<String> = open.flatten().cloned().collect();
        reasons.dedup();
        reasons
    }

    /// The records for which the judge holds it, and nobody answered yet.
    pub fn judged_records(&self) -> BTreeSet<&Position> {
        let open = self.open_holds().filter_map(|(_, hold)| {
            let HoldReason::Judged { fact, .. } = &hold.placed.reason else { return None };
            Some(fact)
        });
        open.collect()
    }

    /// The releases of every hold that the judge placed for a fact, once a person answered these
    /// reasons; where two decisions are about one hold, with the one that counts.
    pub fn release_judge_holds(
        &self,
        id: &TravelerId,
        (fact, answered): (&Position, &[String]),
        counts: Option<&Position>,
    ) -> Vec<(Subject, FactBody)> {
        let is_answered = |held: &[String]| held.iter().all(|reason| answered.contains(reason));
        let open =
            self.open_holds().filter(|(_, hold)| hold.placed.judged(fact).is_some_and(is_answered));
        open.map(|(hold, _)| {
            let (hold, outcome) = (hold.clone(), HoldOutcome::Reviewed);
            let fact = TravelerFact::HoldReleased { hold, outcome, decision: counts.cloned() };
            (Subject::Traveler(id.clone()), FactBody::Traveler(fact))
        })
        .collect()
    }
}
