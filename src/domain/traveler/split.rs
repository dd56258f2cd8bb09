//! Reporting the pieces of a lot, and splitting pieces off it (R9).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::UnitId;
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{Subject, TravelerId};

use super::command::StepAt;
use super::correction::require_author_or_reviewer;
use super::eligibility::{Draft, Found};
use super::fact::{HoldReason, TravelerFact, TravelerStarted};
use super::lot::{LotSplit, Pieces, QuantityCorrected, QuantityReported, Reported, SplitOff};
use super::record::begin;
use super::standing::Instructions;
use super::state::TravelerState;

/// What leaves a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The name of the new lot; without one, the next free name of this station.
    pub into: Option<UnitId>,
    /// How many pieces.
    pub quantity: u32,
    /// Why.
    pub reason: String,
}

pub(super) fn report(
    id: &TravelerId,
    state: &TravelerState,
    at: &StepAt,
    (pieces, reason): (Pieces, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let found = state.find(at, context)?;
    let mut reasons = state.may_perform(id, found, context);
    state.require_not_verifier(found, context, &mut reasons);
    let left = require_countable(state, found, pieces, (context, &mut reasons));
    if pieces.scrap > 0 || pieces.rework > 0 {
        context.require_text("a reason for scrap or rework", &reason, &mut reasons);
    } else if !reason.is_empty() {
        context.require_text("a reason", &reason, &mut reasons);
    }
    Refusal::unless_empty(reasons)?;
    let scrap = state.scrapped().saturating_add(pieces.scrap);
    let ends = scrap >= state.pieces();
    let mut draft = Draft::new(context);
    let attempt = begin(id, state, found, (context, &mut draft));
    let operation = at.operation;
    let reported = QuantityReported { operation, attempt, pieces, reason, of: left, ends };
    draft.note(id, TravelerFact::QuantityReported(reported));
    Ok(draft)
}

/// Adds why so many pieces cannot be counted at a step; tells how many can.
pub(super) fn require_countable(
    state: &TravelerState,
    found: Found<'_>,
    pieces: Pieces,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> u32 {
    if found.step.rules.quantity.is_none() {
        reasons.push(RouteReason::NotCounted { step: found.step.id.clone() }.into());
    }
    let left = state.pieces_missing(found.operation.operation, &context.instructions);
    if pieces.named() == 0 {
        reasons.push(RouteReason::NothingReported { left }.into());
    }
    if pieces.named() > left {
        reasons.push(RouteReason::TooManyPieces { named: pieces.named(), left }.into());
    }
    left
}

/// Puts a report of pieces right; the first one stays shown (R3).
pub(super) fn correct_count(
    id: &TravelerId,
    state: &TravelerState,
    at: &Position,
    (pieces, reason): (Pieces, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let unknown = || Refusal::one(RouteReason::ReportUnknown.into());
    let report = state.lot.reports.iter().find(|report| report.at == *at).ok_or_else(unknown)?;
    let attempt = state.attempt(&report.what.attempt).ok_or_else(unknown)?;
    let mut reasons = Vec::new();
    let counted = StepAt { operation: report.what.operation, step: attempt.step.clone() };
    let found = state.find(&counted, context)?;
    require_author_or_reviewer(found, (report.author(), PIECES), (context, &mut reasons));
    context.require_text("a reason", &reason, &mut reasons);
    require_recountable(state, report, pieces, (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let before = report.pieces();
    let scrap = state.scrapped().saturating_sub(before.scrap).saturating_add(pieces.scrap);
    let ends = scrap >= state.pieces();
    let mut draft = Draft::new(context);
    let corrected = QuantityCorrected { report: at.clone(), pieces, reason, ends };
    draft.note(id, TravelerFact::QuantityCorrected(corrected));
    Ok(draft)
}

/// Adds why a report of pieces cannot be put right to these.
pub(super) fn require_recountable(
    state: &TravelerState,
    report: &Reported,
    pieces: Pieces,
    (context, reasons): (&Context, &mut Vec<Reason>),
) {
    let Some(attempt) = state.attempt(&report.what.attempt) else { return };
    let (known, operation) = (&context.instructions, report.what.operation);
    if !state.lot.stands(report) {
        reasons.push(ReadingReason::Superseded { step: attempt.step.clone() }.into());
    }
    if let Some(how) = state.ended.as_ref().filter(|_| !state.ended_by_scrap()) {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    // What the server found to be counted twice is put right by counting again.
    state.require_no_hold_but(|reason| matches!(reason, HoldReason::Judged { .. }), reasons);
    let before = report.pieces();
    if pieces == before {
        reasons.push(Reason::SameValue);
    }
    let counted = |pieces: Pieces| pieces.good.saturating_add(pieces.scrap);
    let left = state.pieces_missing(operation, known).saturating_add(counted(before));
    if pieces.named() > left {
        reasons.push(RouteReason::TooManyPieces { named: pieces.named(), left }.into());
    } else if attempt.completed.is_some() && counted(pieces) < left {
        // Nobody would count the rest: the step that counts is closed.
        reasons.push(RouteReason::PiecesMissing { missing: left - counted(pieces) }.into());
    }
    let gone_on = state.gone_on(operation, known);
    let good = state.reported(operation).good.saturating_sub(before.good);
    if good.saturating_add(pieces.good) < gone_on {
        reasons.push(RouteReason::PiecesGoneOn { operation, gone_on }.into());
    }
}

/// What a count is called where somebody may not correct it.
const PIECES: &str = "the count of pieces";

/// Adds why a step that counts cannot be closed yet.
pub(super) fn require_all_counted(
    state: &TravelerState,
    found: Found<'_>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let number = found.operation.operation;
    let known = &context.instructions;
    let counts = found.step.rules.quantity.is_some();
    let missing = state.pieces_missing(number, known);
    if counts && missing > 0 {
        reasons.push(RouteReason::PiecesMissing { missing }.into());
    }
}

pub(super) fn split(
    id: &TravelerId,
    state: &TravelerState,
    split: Split,
    context: &Context,
) -> Result<Draft, Refusal> {
    let Some(started) = &state.started else {
        return Err(Refusal::one(Reason::TravelerNotStarted));
    };
    let mut reasons = Vec::new();
    context.require_role(Action::SplitLot, &mut reasons);
    context.require_text("a reason", &split.reason, &mut reasons);
    state.require_open(id, context, &mut reasons);
    require_definitions(started, context, &mut reasons);
    // The clock runs for every piece; in a lot of its own it would begin anew, and `max` with it.
    if !state.running_waits(id, &context.instructions).is_empty() {
        reasons.push(Reason::WaitRunning { splits: true });
    }
    let standing = state.next_operation(&context.instructions);
    let (there, counted) =
        standing.map_or((0, false), |op| state.pieces_to_split(op, &context.instructions));
    if split.quantity == 0 || split.quantity > there {
        let (named, left) = (split.quantity, there);
        reasons.push(RouteReason::SplitQuantity { named, left }.into());
    } else if split.quantity >= state.pieces().saturating_sub(state.scrapped()) {
        reasons.push(RouteReason::SplitTakesAll { pieces: split.quantity }.into());
    }
    let into = split.into.or_else(|| next_name(id, state, context));
    match &into {
        None => reasons.push(RouteReason::LotNameMissing.into()),
        Some(into) if *into == id.unit || context.lot_taken => {
            reasons.push(RouteReason::LotNameTaken { lot: into.clone() }.into());
        }
        Some(_) => {}
    }
    Refusal::unless_empty(reasons)?;
    let (Some(into), Some(operation)) = (into, standing.map(|op| op.operation)) else {
        return Err(Refusal::one(RouteReason::LotNameMissing.into()));
    };
    let (quantity, reason) = (split.quantity, split.reason);
    let mut draft = Draft::new(context);
    let leaving = LotSplit { into, quantity, operation, counted, deviation: None, reason };
    leave((id, state, started), leaving, (context, &mut draft), &mut state.clone());
    Ok(draft)
}

/// Takes pieces off a lot; tells the lot that they become. What was split off so far is noted, so
/// that the next ones get another name.
pub(super) fn leave(
    (id, state, started): (&TravelerId, &TravelerState, &TravelerStarted),
    leaving: LotSplit,
    (context, draft): (&Context, &mut Draft),
    splitting: &mut TravelerState,
) -> TravelerId {
    let (quantity, operation, counted) = (leaving.quantity, leaving.operation, leaving.counted);
    let child = TravelerId { order: id.order.clone(), unit: leaving.into.clone() };
    let at = draft.note(id, TravelerFact::LotSplit(leaving.clone()));
    splitting.lot.splits.push((at.clone(), leaving));
    let origin = SplitOff {
        from: id.clone(),
        split: at,
        quantity,
        started: TravelerStarted { pieces: Some(quantity), ..started.clone() },
        closed: state.closed_steps(&context.instructions),
        // What is scrap stays behind.
        first_pass: state.nothing_failed(),
        counted: counted.then(|| counting(state, operation, context)).flatten(),
        settled: state.settled(id),
        accepted: state.accepted_before(&context.instructions),
    };
    let fact = FactBody::Traveler(TravelerFact::SplitOff(origin));
    draft.push(Subject::Traveler(child.clone()), fact);
    child
}

impl TravelerState {
    /// The first operation of which more pieces are counted than came to it, and by how many: two
    /// stations counted or split off the same pieces, unseen by each other.
    pub fn counted_twice(&self, known: &Instructions) -> Option<(u32, u32)> {
        let operations = self.started.iter().flat_map(|started| &started.operations);
        // What came to an operation is told by the instructions of those before it.
        let told = operations.scan(true, |told, operation| {
            let before = *told;
            *told = known.contains_key(&operation.hash);
            before.then_some(operation.operation)
        });
        told.into_iter().find_map(|number| {
            let done = self.reported(number);
            let done = done.good.saturating_add(done.scrap);
            let more = done.saturating_sub(self.pieces_into(number, known));
            (more > 0).then_some((number, more))
        })
    }
}

/// The step of an operation that counts.
fn counting(state: &TravelerState, operation: u32, context: &Context) -> Option<StepAt> {
    let instruction = context.instructions.get(&state.operation(operation)?.hash)?;
    let step = instruction.steps.iter().find(|step| step.rules.quantity.is_some())?;
    Some(StepAt { operation, step: step.id.clone() })
}

/// What is closed cannot be told without the instructions.
fn require_definitions(started: &TravelerStarted, context: &Context, reasons: &mut Vec<Reason>) {
    for operation in &started.operations {
        if !context.instructions.contains_key(&operation.hash) {
            reasons.push(Reason::BlobMissing { what: operation.instruction.to_string() });
        }
    }
}

/// The name that a split gets of itself: the lot's, the station's code, and the number of this
/// station's splits of the lot, so that two stations that split at once give two names.
pub fn next_name(id: &TravelerId, state: &TravelerState, context: &Context) -> Option<UnitId> {
    let station = context.station.as_ref()?;
    let own = &context.next;
    let mine = |at: &Position| at.ledger == own.ledger && at.epoch == own.epoch;
    let number = 1 + state.lot.splits.iter().filter(|(at, _)| mine(at)).count();
    // A later epoch of the same station may not know the splits of the one before.
    let letter = match own.epoch {
        0 | 1 => String::new(),
        later => {
            char::from_u32('A' as u32 + (later - 1) % 26).map_or_else(String::new, String::from)
        }
    };
    let unit = id.unit.as_str();
    let code = format!("-{station}-");
    let name = if format!("{unit}-").contains(&code) {
        format!("{unit}-{letter}{number}")
    } else {
        format!("{unit}{code}{letter}{number}")
    };
    UnitId::parse(&name).ok()
}
