//! Deciding about lots: opening, recording pieces, accepting or not, and what follows.

use super::asks::{PieceAsk, asks_of, unfit};
use super::fact::{
    Choice, InspectedBy, InspectionFact, LotDecided, LotEnd, LotOpened, PieceCorrected,
    PieceInspected, PieceReading, SeverityChosen,
};
use super::held::held_by_others;
use super::plan::Outcome;
use super::series::{Lot, LotStanding, SeriesId, SeriesState};
use crate::domain::context::Context;
use crate::domain::effectivity::Use;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, InstructionId, LotId};
use crate::domain::instruction::Instruction;
use crate::domain::kinds::FactBody;
use crate::domain::material::{ByInspection, MaterialFact, MaterialId, MaterialState};
use crate::domain::people::{Action, Role};
use crate::domain::refusal::inspection::InspectionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signature, Signer};
use crate::domain::stream::Subject;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::who_may;

/// What is asked for about a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InspectionCommand {
    /// Open a lot that came in.
    Open {
        /// The lot.
        lot: LotId,
        /// By which instruction it is inspected.
        instruction: InstructionId,
        /// How many pieces it has now; as goods-in noted it where absent.
        size: Option<u32>,
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
        /// Why an earlier record of the piece is corrected.
        corrects: Option<String>,
    },
    /// Accept the lot, or not; the actor signs.
    Decide {
        /// The lot.
        lot: LotId,
        /// Which it is.
        accept: bool,
        /// What is added.
        note: String,
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

pub(super) type Facts = Vec<(Subject, FactBody)>;

/// Decides what is asked for about a series.
pub fn decide(
    id: &SeriesId,
    state: &SeriesState,
    command: InspectionCommand,
    context: &Context,
) -> Result<Facts, Refusal> {
    match command {
        InspectionCommand::Open { lot, instruction, size, seed } => {
            open((id, state), (lot, &instruction, size, seed), context)
        }
        InspectionCommand::Record { lot, piece, values, corrects } => {
            record((id, state), (&lot, piece), (&values, corrects), context)
        }
        InspectionCommand::Decide { lot, accept, note, seen, by } => {
            accept_or_reject((id, state), (&lot, accept, note), (&by, seen), context)
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

fn open(
    (id, state): (&SeriesId, &SeriesState),
    (lot, instruction, size, seed): (LotId, &InstructionId, Option<u32>, Hash),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::InspectLot, &mut reasons);
    let received = context.material.as_ref().and_then(|material| material.received.as_ref());
    match received {
        None => reasons.push(InspectionReason::NotReceived { lot: lot.clone() }.into()),
        Some(received) if received.supplier != id.supplier => {
            let (lot, supplier) = (lot.clone(), received.supplier.clone());
            reasons.push(InspectionReason::OtherSupplier { lot, supplier }.into());
        }
        Some(_) => {}
    }
    let before = state.lot(&lot);
    require_openable(before, &mut reasons);
    let nothing = MaterialState::default();
    let held = context.material.as_ref().unwrap_or(&nothing);
    if let Some(block) = held_by_others(state, &lot, held).next() {
        let (lot, why) = (lot.clone(), block.reason.clone());
        reasons.push(InspectionReason::HeldByOther { lot, why }.into());
    }
    let noted = received.and_then(|received| received.quantity);
    let most = before.map(|before| before.opened.size).or(noted);
    let size = size.or(noted).filter(|size| *size > 0);
    match (size, most) {
        (None, _) => reasons.push(InspectionReason::SizeUnknown { lot: lot.clone() }.into()),
        (Some(size), Some(most)) if size > most || before.is_none() && size != most => {
            reasons.push(InspectionReason::OtherSize { lot: lot.clone(), size, most }.into());
        }
        (Some(_), _) => {}
    }
    let by = in_effect(id, instruction, context, &mut reasons);
    if let Some((by, _)) = &by
        && state.next(by).discontinued
    {
        reasons.push(InspectionReason::Discontinued { series: id.clone() }.into());
    }
    Refusal::unless_empty(reasons)?;
    let (Some((by, hash)), Some(size)) = (by, size) else { return Ok(Vec::new()) };
    let resubmits = before.map(|before| before.at.clone());
    let (severity, why) = state.severity_for(&by, resubmits.is_some());
    let plan = by.rule.for_lot(size, severity);
    let opened =
        LotOpened { lot: lot.clone(), size, by, hash, severity, why, plan, seed, resubmits };
    // What is blocked by hand stays so for its own reason, and the inspection holds it besides.
    let by = of_opening(&context.next);
    let (reason, ends) = ("it is being inspected".to_owned(), held.ends_of_all());
    let blocked = MaterialFact::MaterialBlocked { reason, inspection: Some(by), ends };
    let blocked = material(id, &lot, blocked);
    Ok(vec![fact(id, InspectionFact::LotOpened(Box::new(opened))), blocked])
}

fn of_opening(at: &Position) -> ByInspection {
    ByInspection { opened: at.clone(), at: at.clone(), as_is: false }
}

/// A lot is opened once; again only where it was not accepted and is to be sorted.
fn require_openable(before: Option<&Lot>, reasons: &mut Vec<Reason>) {
    let Some(before) = before else { return };
    let standing = before.standing();
    if standing != LotStanding::Disposed(LotEnd::Sort) {
        let lot = before.opened.lot.clone();
        reasons.push(InspectionReason::OpenedBefore { lot, standing }.into());
    }
}

/// What the instruction in effect says about inspecting lots.
fn in_effect(
    id: &SeriesId,
    instruction: &InstructionId,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<(InspectedBy, Hash)> {
    let wanted = Use { today: context.today(), traveler: None };
    let revisions = context.instruction_states.get(instruction).map(|state| &state.revisions);
    let Some(revision) = revisions.and_then(|r| r.in_effect(&wanted, &context.effective)) else {
        let why =
            revisions.and_then(|r| r.why_none(instruction.as_str(), &wanted, &context.effective));
        let unknown = || Reason::InstructionNotReleased { instruction: instruction.clone() };
        reasons.push(why.map_or_else(unknown, Into::into));
        return None;
    };
    let hash = revision.submitted.hash;
    let Some(compiled) = context.instructions.get(&hash) else {
        reasons.push(Reason::BlobMissing { what: instruction.to_string() });
        return None;
    };
    if compiled.part != id.part {
        let (instruction, part) = (instruction.clone(), id.part.clone());
        reasons.push(Reason::InstructionForOtherPart { instruction, part });
    }
    crate::domain::traveler::eligibility::require_qualification(compiled, context, reasons);
    if let Some(step) = unfit(compiled) {
        let (instruction, step) = (instruction.clone(), step.clone());
        reasons.push(InspectionReason::AsksUnfit { instruction, step }.into());
    }
    let Some(rule) = compiled.rules.inspect else {
        reasons.push(InspectionReason::NoPlan { instruction: instruction.clone() }.into());
        return None;
    };
    let revision = revision.submitted.revision.clone();
    Some((InspectedBy { instruction: instruction.clone(), revision, rule }, hash))
}

/// The lot, which must be open.
fn require_lot<'a>(
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
    (values, corrects): (&[(ReadingValue, Option<GaugeId>)], Option<String>),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::InspectLot, &mut reasons);
    let lot = require_lot(state, lot, LotStanding::Open, &mut reasons)?;
    if !lot.chosen().contains(&piece) {
        reasons.push(InspectionReason::NotChosen { piece }.into());
    }
    let before = lot.standing_records().filter(|record| record.what.piece == piece).last();
    let corrects = match (before, corrects) {
        (None, None) => None,
        (Some(_), None) => {
            reasons.push(InspectionReason::PieceRecorded { piece }.into());
            None
        }
        (None, Some(_)) => {
            reasons.push(InspectionReason::NothingToCorrect { piece }.into());
            None
        }
        (Some(before), Some(reason)) => {
            context.require_text("a reason", &reason, &mut reasons);
            let own = before.by.is_some() && before.by == context.acting.actor;
            if let Some(action) = who_may::corrects(own) {
                context.require_role(action, &mut reasons);
            }
            Some(PieceCorrected { record: before.at.clone(), reason })
        }
    };
    let Some(compiled) = context.instructions.get(&lot.opened.hash) else {
        reasons.push(Reason::BlobMissing { what: lot.opened.by.instruction.to_string() });
        return Err(Refusal::of(reasons));
    };
    let readings = readings(compiled, values, context, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let what = PieceInspected { opened: lot.at.clone(), piece, readings, corrects };
    Ok(vec![fact(id, InspectionFact::PieceInspected(what))])
}

fn readings(
    compiled: &Instruction,
    values: &[(ReadingValue, Option<GaugeId>)],
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Vec<PieceReading> {
    let asks: Vec<PieceAsk> = asks_of(compiled);
    crate::domain::traveler::eligibility::require_qualification(compiled, context, reasons);
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
    (lot, accept, note): (&LotId, bool, String),
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
    let since = seen.map_or(0, |seen| lot.records.len().saturating_sub(seen));
    if since > 0 {
        reasons.push(InspectionReason::NotSeen { lot: lot.opened.lot.clone(), since }.into());
    }
    let meaning = if accept { Meaning::Accepted } else { Meaning::Rejected };
    let covered = std::iter::once((&lot.at, &lot.id))
        .chain(lot.standing_records().map(|record| (&record.at, &record.id)));
    let signature = sign((Action::DecideLot, &[]), (meaning, Covers::over(covered)), by, context);
    Refusal::unless_empty(reasons)?;
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let (at, number) = (context.next.clone(), lot.opened.lot.clone());
    let nonconforming: Vec<u32> = lot.nonconforming().into_iter().collect();
    let (found, reject) = (nonconforming.len(), lot.opened.plan.single.reject);
    let decided = LotDecided {
        opened: lot.at.clone(),
        lot: number.clone(),
        accepted: accept,
        inspected: u32::try_from(lot.inspected().len()).unwrap_or(u32::MAX),
        nonconforming,
        note,
        signature,
    };
    let mut facts = vec![fact(id, InspectionFact::LotDecided(Box::new(decided)))];
    let inspection = Some(ByInspection { opened: lot.at.clone(), at, as_is: false });
    let ends = context.material.as_ref().map_or_else(Vec::new, |held| held.ends_of(&lot.at));
    let then = if accept {
        let accept = lot.opened.plan.single.accept;
        let reason = format!("accepted: {found} nonconforming, Ac {accept}");
        MaterialFact::MaterialReleased { reason, inspection, ends }
    } else {
        let reason = format!("rejected: {found} nonconforming, Re {reject}");
        MaterialFact::MaterialBlocked { reason, inspection, ends }
    };
    facts.push(material(id, &number, then));
    Ok(facts)
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
        Choice::TakeUp => series.discontinued,
    };
    if !may {
        let score = series.score;
        reasons.push(InspectionReason::NothingToChoose { choice, score }.into());
    }
    Refusal::unless_empty(reasons)?;
    let chosen = SeverityChosen { by, choice, reason };
    Ok(vec![fact(id, InspectionFact::SeverityChosen(chosen))])
}
