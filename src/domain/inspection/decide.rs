//! Deciding about lots: opening, recording pieces, accepting or not, and what follows.

use std::collections::BTreeSet;

use super::asks::{PieceAsk, asks_of, trained_for};
use super::by_cell::{self, CellValue, Taken};
use super::cells::{CellAt, StandingReading};
use super::fact::{
    Choice, InspectionFact, LotDecided, LotEnd, PieceCorrected, PieceInspected, PieceReading,
    SeverityChosen,
};
use super::first_article::{lack, missing};
use super::follows::{decide_with, is_open, rejected_for};
use super::opening::{How, open};
use super::plan::Outcome;
use super::rests::{corrects, open as open_deviations, undecided};
use super::series::{Lot, LotStanding, SeriesId, SeriesState};
use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, GaugeId, InstructionId, LotId};
use crate::domain::instruction::Instruction;
use crate::domain::kinds::FactBody;
use crate::domain::material::{MaterialFact, MaterialId};
use crate::domain::people::{Action, Role};
use crate::domain::refusal::inspection::InspectionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signature, Signer};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::equipment::require_trained;
use crate::domain::traveler::fact::ReadingValue;

/// What is asked for about a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InspectionCommand {
    /// Open a lot that came in, or was made here.
    Open {
        /// The lot.
        lot: LotId,
        /// The lot of own production that it is.
        unit: Option<TravelerId>,
        /// By which instruction it is inspected.
        instruction: InstructionId,
        /// How many pieces it has now; as goods-in noted it where absent.
        size: Option<u32>,
        /// Whether every characteristic of the specification needs a result on every piece.
        first_article: bool,
        /// Chance.
        seed: Hash,
    },
    /// Record what was found on a piece.
    Record {
        /// The lot.
        lot: LotId,
        /// The piece, from 1.
        piece: u32,
        /// A value for each ask, with the gauge where one is used.
        values: Vec<(ReadingValue, Option<GaugeId>)>,
        /// Why earlier records of the piece are corrected.
        corrects: Option<Anew>,
    },
    /// Record values of pieces one by one or together.
    Cells {
        /// The lot.
        lot: LotId,
        /// The values.
        values: Vec<CellValue>,
        /// How they came.
        taken: Taken,
    },
    /// Type a failing value again.
    Retype {
        /// The lot.
        lot: LotId,
        /// The value.
        value: CellValue,
    },
    /// Say something about a value.
    Comment {
        /// The lot.
        lot: LotId,
        /// Which.
        at: CellAt,
        /// What.
        text: String,
    },
    /// Accept the lot, or not; the actor signs.
    Decide {
        /// The lot.
        lot: LotId,
        /// Which it is.
        accept: bool,
        /// What is added.
        note: String,
        /// The deviation for which it is not accepted; without one, it gets one of its own.
        deviation: Option<DeviationId>,
        /// How many records of pieces the signer was shown; none where nothing was shown.
        seen: Option<usize>,
        /// How the signer is known.
        by: Signer,
    },
    /// Say what becomes of a lot that was not accepted; the actor signs.
    Dispose {
        /// The lot.
        lot: LotId,
        /// What.
        end: LotEnd,
        /// Why.
        reason: String,
        /// How the signer is known.
        by: Signer,
    },
    /// Change how strictly the lots are inspected.
    Choose {
        /// Of the lots inspected by this instruction.
        instruction: InstructionId,
        /// What.
        choice: Choice,
        /// Why.
        reason: String,
    },
}

/// Why a piece is recorded anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew {
    /// Why.
    pub reason: String,
    /// The records of it that were shown to stand; none where nothing was shown.
    pub shown: Option<BTreeSet<Position>>,
}

impl Anew {
    /// For a reason, where nothing was shown.
    pub fn because(reason: String) -> Self {
        Self { reason, shown: None }
    }
}

pub(super) type Facts = Vec<(Subject, FactBody)>;

/// Decides what is asked for about a series.
pub fn decide(
    id: &SeriesId,
    state: &SeriesState,
    command: InspectionCommand,
    context: &Context,
) -> Result<Facts, Refusal> {
    match command {
        InspectionCommand::Open { lot, unit, instruction, size, first_article, seed } => {
            let how = How { instruction, size, first_article, seed };
            open((id, state), (lot, unit), how, context)
        }
        InspectionCommand::Record { lot, piece, values, corrects } => {
            record((id, state), (&lot, piece), (&values, corrects), context)
        }
        InspectionCommand::Cells { lot, values, taken } => {
            by_cell::record((id, state), &lot, (&values, taken), context)
        }
        InspectionCommand::Retype { lot, value } => {
            by_cell::retype((id, state), &lot, &value, context)
        }
        InspectionCommand::Comment { lot, at, text } => {
            by_cell::comment((id, state), &lot, (at, text), context)
        }
        InspectionCommand::Decide { lot, accept, note, deviation, seen, by } => {
            let said = (accept, note, deviation);
            accept_or_reject((id, state), (&lot, said), (&by, seen), context)
        }
        InspectionCommand::Dispose { lot, end, reason, by } => {
            super::dispose::dispose((id, state), (&lot, end, reason), by, context)
        }
        InspectionCommand::Choose { instruction, choice, reason } => {
            choose((id, state), &instruction, (choice, reason), context)
        }
    }
}

pub(super) fn fact(id: &SeriesId, fact: InspectionFact) -> (Subject, FactBody) {
    (Subject::Series(id.clone()), FactBody::Inspection(fact))
}

pub(super) fn material(id: &SeriesId, lot: &LotId, fact: MaterialFact) -> (Subject, FactBody) {
    let id = MaterialId { part: id.part.clone(), lot: lot.clone() };
    (Subject::Material(id), FactBody::Material(fact))
}

/// The lot, which must be open.
pub(super) fn require_lot<'a>(
    state: &'a SeriesState,
    lot: &LotId,
    wanted: LotStanding,
    reasons: &mut Vec<Reason>,
) -> Result<&'a Lot, Refusal> {
    let unknown = || Refusal::one(InspectionReason::LotUnknown { lot: lot.clone() }.into());
    let known = state.lot(lot).ok_or_else(unknown)?;
    let standing = known.standing();
    if standing != wanted {
        reasons.push(InspectionReason::Stands { lot: lot.clone(), standing }.into());
    }
    Ok(known)
}

fn record(
    (id, state): (&SeriesId, &SeriesState),
    (lot, piece): (&LotId, u32),
    (values, corrects): (&[(ReadingValue, Option<GaugeId>)], Option<Anew>),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::InspectLot, &mut reasons);
    let lot = require_lot(state, lot, LotStanding::Open, &mut reasons)?;
    if !lot.chosen().contains(&piece) {
        reasons.push(InspectionReason::NotChosen { piece }.into());
    }
    let before: Vec<StandingReading<'_>> =
        lot.standing_readings().filter(|standing| standing.at().0 == piece).collect();
    if before.iter().any(|before| before.record.what.cells.is_some()) {
        reasons.push(InspectionReason::ByValue { piece }.into());
        return Err(Refusal::of(reasons));
    }
    let corrects = replaces((lot, piece, &before), corrects, context, &mut reasons);
    let Some(compiled) = context.instructions.get(&lot.opened.hash) else {
        reasons.push(Reason::BlobMissing { what: lot.opened.by.instruction.to_string() });
        return Err(Refusal::of(reasons));
    };
    if lot.opened.first_article.is_some() {
        reasons.push(InspectionReason::ByValue { piece }.into());
    }
    let readings = readings(compiled, values, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let opened = lot.at.clone();
    let what = PieceInspected { opened, piece, cells: None, readings, corrects };
    Ok(vec![fact(id, InspectionFact::PieceInspected(what))])
}

/// What a record of a piece puts right: every record of it that stands, and each is named.
fn replaces(
    (lot, piece, before): (&Lot, u32, &[StandingReading<'_>]),
    anew: Option<Anew>,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<PieceCorrected> {
    let mut records: Vec<&Position> = before.iter().map(|standing| &standing.record.at).collect();
    records.dedup();
    match (records.split_last(), anew) {
        (None, None) => None,
        (Some(_), None) => {
            reasons.push(InspectionReason::PieceRecorded { piece }.into());
            None
        }
        (None, Some(_)) => {
            reasons.push(InspectionReason::NothingToCorrect { piece }.into());
            None
        }
        (Some((last, others)), Some(Anew { reason, shown })) => {
            let unseen = |shown: &BTreeSet<Position>| {
                let standing: BTreeSet<&Position> = records.iter().copied().collect();
                shown.iter().collect::<BTreeSet<_>>().symmetric_difference(&standing).count()
            };
            let since = shown.as_ref().map_or(0, unseen);
            if since > 0 {
                let lot = lot.opened.lot.clone();
                reasons.push(InspectionReason::NotSeen { lot, since }.into());
            }
            context.require_text("a reason", &reason, reasons);
            if let Some(action) = corrects(context.acting.actor.as_ref(), before) {
                context.require_role(action, reasons);
            }
            let also = others.iter().map(|at| (*at).clone()).collect();
            Some(PieceCorrected { record: (*last).clone(), also, reason })
        }
    }
}

fn readings(
    compiled: &Instruction,
    values: &[(ReadingValue, Option<GaugeId>)],
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Vec<PieceReading> {
    let asks: Vec<PieceAsk> = asks_of(compiled);
    for wanted in trained_for(compiled, &asks) {
        require_trained(Some(wanted), context, reasons);
    }
    if asks.len() != values.len() {
        let (wanted, given) = (asks.len(), values.len());
        reasons.push(InspectionReason::ValuesMissing { wanted, given }.into());
        return Vec::new();
    }
    let taken = asks.into_iter().zip(values);
    let taken = taken
        .filter_map(|(ask, (value, gauge))| ask.take(value, gauge.as_ref(), (context, reasons)));
    taken.collect()
}

fn accept_or_reject(
    (id, state): (&SeriesId, &SeriesState),
    (lot, (accept, note, deviation)): (&LotId, (bool, String, Option<DeviationId>)),
    (by, seen): (&Signer, Option<usize>),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let lot = require_lot(state, lot, LotStanding::Open, &mut reasons)?;
    context.require_role(Action::DecideLot, &mut reasons);
    context.require_signer(by, &mut reasons);
    if !note.is_empty() {
        context.require_text("a note", &note, &mut reasons);
    }
    match (lot.outcome(), accept) {
        // What a first article lacks may never be there: somebody ends it, and says so.
        (None | Some(Outcome::Accepted | Outcome::AcceptedInGap), false)
            if lacks(lot, context).is_some() => {}
        (None, _) => {
            let remaining = u32::try_from(lot.remaining().len()).unwrap_or(u32::MAX);
            reasons.push(InspectionReason::PiecesMissing { remaining }.into());
        }
        (Some(Outcome::NotAccepted), true) => {
            let (found, reject) = (lot.found(), lot.opened.plan.single.reject);
            reasons.push(InspectionReason::TooMany { found, reject }.into());
        }
        (Some(Outcome::Accepted | Outcome::AcceptedInGap), false) => {
            let (found, reject) = (lot.found(), lot.opened.plan.single.reject);
            reasons.push(InspectionReason::NotEnough { found, reject }.into());
        }
        (Some(_), _) => {}
    }
    let unconfirmed: BTreeSet<u32> = lot.unconfirmed().iter().map(|open| open.at().0).collect();
    if !unconfirmed.is_empty() {
        let pieces = unconfirmed.into_iter().collect();
        reasons.push(InspectionReason::NotTypedAgain { pieces }.into());
    }
    let since = seen.map_or(0, |seen| lot.records.len().saturating_sub(seen));
    if since > 0 {
        reasons.push(InspectionReason::NotSeen { lot: lot.opened.lot.clone(), since }.into());
    }
    let open = if accept { require_acceptable(lot, context, &mut reasons) } else { Vec::new() };
    let raised = lot.deviation_of_pieces().filter(|raised| is_open(raised, context));
    let deviation = deviation.or_else(|| raised.cloned());
    let deviation = rejected_for(accept, deviation, context, &mut reasons);
    let meaning = if accept { Meaning::Accepted } else { Meaning::Rejected };
    let covers = Covers::over(lot.found_to_cover());
    let signature = sign((Action::DecideLot, &[]), (meaning, covers), by, context);
    Refusal::unless_empty(reasons)?;
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let decided = LotDecided {
        opened: lot.at.clone(),
        lot: lot.opened.lot.clone(),
        accepted: accept,
        inspected: u32::try_from(lot.begun().len()).unwrap_or(u32::MAX),
        nonconforming: lot.nonconforming().into_iter().collect(),
        note,
        deviation: deviation.clone(),
        open: accept.then_some(open),
        signature,
    };
    Ok(decide_with((id, lot), decided, deviation.as_ref(), context))
}

/// What a first article lacks by its specification, as far as that is here.
pub(super) fn lacks(lot: &Lot, context: &Context) -> Option<String> {
    let first = lot.opened.first_article.as_ref()?;
    lack(lot, context.specifications.get(&first.hash).map(|known| &**known))
}

/// Adds why a lot is not accepted besides its plan: what a deviation of its pieces holds (R8), and what a
/// first article lacks. Tells the deviations that are open, which the acceptance names.
fn require_acceptable(lot: &Lot, context: &Context, reasons: &mut Vec<Reason>) -> Vec<DeviationId> {
    let made = lot.opened.unit.as_ref().and_then(|unit| context.units.get(unit));
    if let Some(how) = made.and_then(|made| made.ended.as_ref()) {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    let known = |id: &DeviationId| context.deviations.get(id);
    let undecided: Vec<DeviationId> = undecided(lot, known).into_iter().cloned().collect();
    if !undecided.is_empty() {
        reasons.push(InspectionReason::Undecided { deviations: undecided }.into());
    }
    if let Some(first) = &lot.opened.first_article {
        match context.specifications.get(&first.hash) {
            None => reasons.push(Reason::BlobMissing { what: "the specification".to_owned() }),
            Some(specification) => {
                let (balloons, of) = missing(lot, specification);
                if !balloons.is_empty() {
                    reasons.push(InspectionReason::NotAccounted { balloons, of }.into());
                }
            }
        }
    }
    open_deviations(lot, known).into_iter().cloned().collect()
}

/// A signature in the first role that is asked for, or may, and that the signer has.
pub(super) fn sign(
    (action, wanted): (Action, &[Role]),
    (meaning, covers): (Meaning, Covers),
    by: &Signer,
    context: &Context,
) -> Option<Signature> {
    let signer = context.acting.actor.clone()?;
    let roles = &context.people.get(&signer)?.roles;
    let mut may = wanted.iter().chain(action.roles()).copied();
    let role = may.find(|role| roles.contains(role))?;
    let (printed_name, components) = (by.printed_name.clone(), by.components);
    Some(Signature { signer, printed_name, role, meaning, components, covers })
}

fn choose(
    (id, state): (&SeriesId, &SeriesState),
    instruction: &InstructionId,
    (choice, reason): (Choice, String),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::ChooseSeverity, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let unknown = || {
        Refusal::one(InspectionReason::NothingInspected { instruction: instruction.clone() }.into())
    };
    let by = state.by_last(instruction).ok_or_else(unknown)?.clone();
    let series = state.next(&by);
    let may = match choice {
        Choice::Reduce => series.may_be_reduced(),
        Choice::Normal => series.severity == super::scheme::Severity::Reduced,
        Choice::TakeUp => series.discontinued || !state.opened_twice().is_empty(),
    };
    if !may {
        let score = series.score;
        reasons.push(InspectionReason::NothingToChoose { choice, score }.into());
    }
    Refusal::unless_empty(reasons)?;
    let chosen = SeverityChosen { by, choice, reason };
    Ok(vec![fact(id, InspectionFact::SeverityChosen(chosen))])
}
