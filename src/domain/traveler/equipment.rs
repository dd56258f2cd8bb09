//! What work is done with: who is trained for it, what a gauge can show, what a place is set up for
//! (R5), and units held because a gauge failed (R10).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::gauge::{GaugeDescription, GaugeFailure};
use crate::domain::ids::{GaugeId, InstructionId, QualificationId};
use crate::domain::instruction::SignAsk;
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::place::{PlaceAct, PlaceFact};
use crate::domain::positions::Positions;
use crate::domain::quantity::{Number, Quantity};
use crate::domain::refusal::equipment::EquipmentReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::Meaning;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::unit::Unit;

use super::command::TravelerCommand;
use super::eligibility::{Draft, Found};
use super::fact::{GaugeUsed, HoldPlaced, HoldReason, ReadingValue, TravelerFact};
use super::state::TravelerState;

/// Adds a reason unless the actor holds a qualification that is in date.
pub(in crate::domain) fn require_trained(
    qualification: Option<&QualificationId>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let (Some(qualification), Some(actor)) = (qualification, &context.acting.actor) else {
        return;
    };
    let Some(person) = context.people.get(actor) else { return };
    let (person_id, qualification_id) = (actor.clone(), qualification.clone());
    let reason = match person.qualifications.get(qualification) {
        None => Reason::QualificationMissing { person: person_id, qualification: qualification_id },
        Some(Some(until)) if *until < context.today() => Reason::QualificationEnded {
            person: person_id,
            qualification: qualification_id,
            until: *until,
        },
        Some(_) => return,
    };
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
}

/// Whoever performs is trained for the instruction and for the step.
pub(super) fn require_performer_trained(
    found: Found<'_>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    require_trained(found.instruction.qualification.as_ref(), context, reasons);
    require_trained(found.step.rules.qualification.as_ref(), context, reasons);
}

/// Whoever signs in a step that asks for a qualification needs it; the instruction's own is that of
/// the performer, so who verifies, witnesses or releases does not need it.
pub(super) fn require_signer_trained(
    found: Found<'_>,
    sign: &SignAsk,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    if sign.meaning == Meaning::Performed {
        require_trained(found.instruction.qualification.as_ref(), context, reasons);
    }
    require_trained(found.step.rules.qualification.as_ref(), context, reasons);
}

/// Adds a reason when a gauge cannot have shown a value.
pub(in crate::domain) fn require_in_range(
    gauge: Option<&GaugeUsed>,
    value: &ReadingValue,
    reasons: &mut Vec<Reason>,
) {
    let ReadingValue::Number { number, unit } = value else { return };
    let Some((used, range)) = gauge.and_then(|used| Some((used, used.range.as_ref()?))) else {
        return;
    };
    let value = Quantity { number: number.clone(), unit: *unit };
    if !range.holds(&value) {
        let (gauge, value, range) = (used.gauge.clone(), value.to_string(), range.to_string());
        reasons.push(EquipmentReason::OutOfRange { gauge, value, range }.into());
    }
}

/// Adds a reason when a gauge shows another kind of quantity than what is measured or set with it;
/// what kind it shows may be unknown.
pub(in crate::domain) fn require_dimension(
    gauge: Option<&GaugeUsed>,
    wanted: Option<Unit>,
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let (Some(used), Some(wanted)) = (gauge, wanted) else { return };
    let known = context.gauges.get(&used.gauge).and_then(|gauge| gauge.described.as_ref()?.unit);
    if let Some(shows) = known.filter(|shows| shows.dimension() != wanted.dimension()) {
        let gauge = used.gauge.clone();
        reasons.push(EquipmentReason::WrongDimension { gauge, shows, wanted }.into());
    }
}

/// Adds a reason when an instruction wants the place set up for it, and it is not (R5).
pub(super) fn require_setup(found: Found<'_>, context: &Context, reasons: &mut Vec<Reason>) {
    if !found.instruction.rules.place_acts.contains(&PlaceAct::Setup) {
        return;
    }
    let (Some(place), Some(here)) = (&context.acting.place, &context.here) else { return };
    let instruction = &found.instruction.id;
    if here.setup.as_ref() != Some(instruction) {
        let (place, instruction) = (place.clone(), instruction.clone());
        reasons.push(EquipmentReason::SetupMissing { place, instruction }.into());
    }
}

/// Work by another instruction ends what the place was set up for, so that the next unit of the
/// first one asks for it again.
pub(super) fn end_setup(worked: Option<&InstructionId>, context: &Context, draft: &mut Draft) {
    let (Some(by), Some(place)) = (worked, &context.acting.place) else { return };
    let setup = context.here.as_ref().and_then(|here| here.setup.clone());
    if let Some(instruction) = setup.filter(|setup| setup != by) {
        let fact = PlaceFact::SetupEnded { instruction, by: by.clone() };
        draft.push(Subject::Place(place.clone()), FactBody::Place(fact));
    }
}

impl GaugeUsed {
    /// A gauge as its register and its last calibration describe it.
    pub fn of(gauge: &GaugeId, described: &GaugeDescription, due: jiff::civil::Date) -> Self {
        let shown = |number: &Option<Number>| {
            let (number, unit) = (number.clone()?, described.unit?);
            Some(Quantity { number, unit })
        };
        Self {
            gauge: gauge.clone(),
            class: described.class.clone(),
            due,
            range: described.range.clone(),
            resolution: shown(&described.resolution),
            uncertainty: shown(&described.uncertainty),
        }
    }
}

impl TravelerState {
    /// The instruction that a command works by, where it is work at all.
    pub(super) fn worked_by(&self, command: &TravelerCommand) -> Option<InstructionId> {
        let (TravelerCommand::Record { at, .. }
        | TravelerCommand::RecordRows { at, .. }
        | TravelerCommand::CompleteStep { at, .. }) = command
        else {
            return None;
        };
        self.operation(at.operation).map(|operation| operation.instruction.clone())
    }

    /// What was recorded with a gauge that a failure of it puts in doubt (R10): readings and checks,
    /// also those before the pieces became this lot, by the time at which they were taken, whether
    /// or not they still count.
    pub fn doubted<'a>(
        &'a self,
        gauge: &GaugeId,
        failure: &GaugeFailure,
        context: &'a Context,
    ) -> Vec<&'a Position> {
        let zone = context.zone();
        let used = self.used_on(gauge, &context.kin).into_iter();
        used.filter(|(_, taken)| failure.doubts(*taken, &zone)).map(|(at, _)| at).collect()
    }

    /// Tells whether a hold for this failure, open or released, names a reading.
    pub fn held_for_gauge(&self, failed: &Position, reading: &Position) -> bool {
        self.holds.values().any(|hold| {
            let HoldReason::Gauge { failed: f, .. } = &hold.placed.reason else { return false };
            f == failed && hold.placed.readings.contains(reading)
        })
    }
}

/// Holds a unit for a gauge that was found out of tolerance, also when it is finished (R10).
pub(super) fn hold_for_gauge(
    id: &TravelerId,
    state: &TravelerState,
    (gauge, failed): (GaugeId, Position),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::HoldForGauge, &mut reasons);
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    let known = context.gauges.get(&gauge).map_or(&[][..], |known| &known.failures);
    let Some(failure) = known.iter().find(|failure| failure.at == failed) else {
        reasons.push(EquipmentReason::FailureUnknown { gauge }.into());
        return Err(Refusal::of(reasons));
    };
    let zone = context.zone();
    let of_them =
        context.inspected.iter().filter(|lot| state.is_inspected_by(id, lot, &context.kin));
    let on_pieces = of_them.flat_map(|lot| lot.doubted((&gauge, failure), &zone));
    let mut doubted = state.doubted(&gauge, failure, context);
    doubted.extend(on_pieces);
    let new = doubted.iter().filter(|reading| !state.held_for_gauge(&failed, reading));
    let readings: Positions = new.copied().collect();
    if readings.is_empty() {
        let (gauge, held) = (gauge.clone(), !doubted.is_empty());
        reasons.push(EquipmentReason::NothingToHold { gauge, held }.into());
    }
    Refusal::unless_empty(reasons)?;
    let reason = HoldReason::Gauge { gauge, failed };
    let placed = HoldPlaced { reason, attempt: None, readings, deviation: None };
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::HoldPlaced(placed));
    Ok(draft)
}
