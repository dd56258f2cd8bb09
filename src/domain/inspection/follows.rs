//! What follows from the decision about a lot: it goes on, or is held for a deviation that says
//! everything that is known.

use super::cells::StandingReading;
use super::decide::{Facts, fact, lacks, material};
use super::fact::{InspectionFact, LotDecided, PieceReading};
use super::series::{Lot, SeriesId};
use crate::domain::context::Context;
use crate::domain::deviation::{DeviationFact, DeviationKind, DeviationRaised, UnitConcerned};
use crate::domain::deviation_decide::concern;
use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::kinds::FactBody;
use crate::domain::material::{ByInspection, MaterialFact};
use crate::domain::positions::Positions;
use crate::domain::refusal::Reason;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::fact::{HoldOutcome, HoldPlaced, HoldReason, TravelerFact};
use crate::domain::traveler::hold::{hold_unit, shown};
use crate::domain::traveler::state::TravelerState;

/// How much a deviation says of failing values; each names the deviation itself.
const FOUND_BYTES_MAX: usize = 1_800;
/// How much it says besides of what a first article lacks; the lot names every balloon.
const LACKS_CHARS_MAX: usize = 150;

/// A lot of own production is held while it is inspected.
pub(super) fn holds(unit: &TravelerId, opened: Position) -> (Subject, FactBody) {
    let placed = HoldPlaced {
        reason: HoldReason::Inspection { opened },
        attempt: None,
        readings: Positions::default(),
        deviation: None,
    };
    (Subject::Traveler(unit.clone()), FactBody::Traveler(TravelerFact::HoldPlaced(placed)))
}

/// The deviation for which a lot is not accepted: the one that is named, which must be open, or the
/// next number.
pub(super) fn rejected_for(
    accept: bool,
    named: Option<DeviationId>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<DeviationId> {
    if accept {
        return None;
    }
    let Some(named) = named else {
        if context.next_deviation.is_none() {
            reasons.push(Reason::DeviationNumberMissing);
        }
        return context.next_deviation.clone();
    };
    match context.deviations.get(&named) {
        None => reasons.push(Reason::DeviationUnknown { deviation: named.clone() }),
        Some(known) if known.is_closed() => {
            reasons.push(Reason::DeviationClosed { deviation: named.clone() });
        }
        Some(_) => {}
    }
    Some(named)
}

/// Whether a deviation is known here and not closed.
pub(super) fn is_open(deviation: &DeviationId, context: &Context) -> bool {
    context.deviations.get(deviation).is_some_and(|known| !known.is_closed())
}

/// Decides about the lot, and lets it go or holds it for its deviation, which is raised first: whoever
/// gets the decision knows what it names.
pub(super) fn decide_with(
    (id, lot): (&SeriesId, &Lot),
    decided: LotDecided,
    deviation: Option<&DeviationId>,
    context: &Context,
) -> Facts {
    let mut facts = Facts::new();
    if let Some(deviation) = deviation {
        let mut found = found(lot);
        if let Some(lacks) = lacks(lot, context) {
            found.push_str("; ");
            found.extend(lacks.chars().take(LACKS_CHARS_MAX));
        }
        raise((id, lot), deviation, found, (context, &mut facts));
    }
    let at = context.next.plus(facts.len() as u64);
    facts.push(fact(id, InspectionFact::LotDecided(Box::new(decided))));
    let (number, plan) = (&lot.opened.lot, lot.opened.plan.single);
    let bad = lot.nonconforming().len();
    if let Some(unit) = &lot.opened.unit {
        facts.extend(lets_go((unit, lot), &at, context));
        return facts;
    }
    let inspection = Some(ByInspection { opened: lot.at.clone(), at, as_is: false });
    let ends = context.material.as_ref().map_or_else(Vec::new, |held| held.ends_of(&lot.at));
    let then = if let Some(deviation) = deviation {
        let reason = format!("rejected: {bad} nonconforming, Re {}; {deviation}", plan.reject);
        MaterialFact::MaterialBlocked { reason, inspection, doubted: None, ends }
    } else {
        let reason = format!("accepted: {bad} nonconforming, Ac {}", plan.accept);
        MaterialFact::MaterialReleased { reason, inspection, ends }
    };
    facts.push(material(id, number, then));
    facts
}

/// Ends the holds of a lot of own production that were placed for its inspection; what it is held for
/// besides stays.
fn lets_go(
    (unit, lot): (&TravelerId, &Lot),
    decided: &Position,
    context: &Context,
) -> Vec<(Subject, FactBody)> {
    let holds = context.units.get(unit).into_iter().flat_map(TravelerState::open_holds);
    let own = holds.filter(|(_, hold)| {
        hold.placed.reason == HoldReason::Inspection { opened: lot.at.clone() }
    });
    own.map(|(hold, _)| {
        let (hold, outcome) = (hold.clone(), HoldOutcome::Inspected);
        let decision = Some(decided.clone());
        let fact = TravelerFact::HoldReleased { hold, outcome, decision };
        (Subject::Traveler(unit.clone()), FactBody::Traveler(fact))
    })
    .collect()
}

/// Raises a deviation for the lot, or adds it to one that there is, with what is held for it.
pub(super) fn raise(
    (id, lot): (&SeriesId, &Lot),
    deviation: &DeviationId,
    found: String,
    (context, facts): (&Context, &mut Facts),
) {
    let unit = lot.opened.unit.as_ref();
    if context.next_deviation.as_ref() != Some(deviation) {
        let units: Vec<TravelerId> = unit.cloned().into_iter().collect();
        return concern(deviation, (&units, None, true), context, facts);
    }
    let concerned = unit.map(|unit| {
        let state = context.units.get(unit);
        let at = state.and_then(|state| state.stands_at(None, &context.instructions));
        let attempt = state.zip(at.as_ref()).and_then(|(state, at)| {
            state.standing_attempt(at.operation, &at.step).map(|attempt| attempt.at.clone())
        });
        let hold = context.next.plus(facts.len() as u64);
        facts.push(hold_unit(unit, attempt.clone(), deviation));
        UnitConcerned {
            traveler: unit.clone(),
            at,
            attempt,
            hold: Some(hold),
            readings: Positions::default(),
            characteristic: None,
            suggested: None,
        }
    });
    let plan = lot.opened.plan.single;
    let raised = DeviationRaised {
        kind: DeviationKind::Product,
        unit: concerned,
        code: None,
        close_by: None,
        required: format!(
            "{}: of {} pieces at most {} nonconforming",
            lot.opened.by.rule, plan.size, plan.accept
        ),
        found,
        note: format!("lot {} of {} from {}", lot.opened.lot, id.part, id.supplier),
    };
    let fact = FactBody::Deviation(DeviationFact::DeviationRaised(Box::new(raised)));
    facts.push((Subject::Deviation(deviation.clone()), fact));
}

/// Which pieces are nonconforming by which values.
fn found(lot: &Lot) -> String {
    let failing = lot.standing_readings().filter(StandingReading::fails);
    let values = failing.map(|standing| (standing.record.what.piece, standing.reading));
    let count = lot.nonconforming().len();
    format!("{count} of {} nonconforming: {}", lot.begun().len(), found_of(values))
}

/// Failing values in words, as many as a deviation names.
pub fn found_of<'a>(values: impl IntoIterator<Item = (u32, &'a PieceReading)>) -> String {
    let words = |(piece, reading): (u32, &PieceReading)| {
        format!("piece {piece}: {} {}", reading.name, shown(&reading.value))
    };
    let values: Vec<String> = values.into_iter().map(words).collect();
    let mut told = String::new();
    for (rank, value) in values.iter().enumerate() {
        let more = format!(" and {} more", values.len() - rank);
        if told.len() + value.len() + more.len() > FOUND_BYTES_MAX {
            return told + &more;
        }
        told.push_str(if rank == 0 { "" } else { "; " });
        told.push_str(value);
    }
    told
}
