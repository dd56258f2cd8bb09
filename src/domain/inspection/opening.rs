//! Opening a lot: what came in, or what is made here, with how it is inspected.

use super::asks::unfit;
use super::decide::{Facts, fact, material};
use super::fact::{FirstArticle, InspectedBy, InspectionFact, LotEnd, LotOpened};
use super::first_article::{asked_otherwise, plan_for};
use super::follows::holds;
use super::held::{held_by_judge, held_by_others, is_accepted_and_held};
use super::series::{Lot, LotStanding, SeriesId, SeriesState, own_lot};
use crate::domain::context::Context;
use crate::domain::effectivity::Use;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, LotId};
use crate::domain::instruction::Instruction;
use crate::domain::material::{ByInspection, MaterialFact, MaterialState};
use crate::domain::people::Action;
use crate::domain::refusal::inspection::InspectionReason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

/// How a lot is to be inspected, as asked for.
pub(super) struct How {
    pub(super) instruction: InstructionId,
    pub(super) size: Option<u32>,
    pub(super) first_article: bool,
    pub(super) seed: Hash,
}

pub(super) fn open(
    (id, state): (&SeriesId, &SeriesState),
    (lot, unit): (LotId, Option<TravelerId>),
    How { instruction, size, first_article, seed }: How,
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::InspectLot, &mut reasons);
    let before = state.lot(&lot);
    let made = unit.as_ref().and_then(|unit| context.units.get(unit));
    let anew = before.zip(made).filter(|(before, made)| is_accepted_and_held(before, made));
    if anew.is_none() {
        require_openable(id, before, &mut reasons);
    }
    let nothing = MaterialState::default();
    let held = context.material.as_ref().unwrap_or(&nothing);
    let size = if id.is_own() {
        let anew = anew.map(|(before, _)| before);
        require_made((id, &lot), (unit.as_ref(), size, anew), context, &mut reasons)
    } else {
        if let Some(block) = held_by_others(state, &lot, held).next() {
            let (lot, why) = (lot.clone(), block.reason.clone());
            reasons.push(InspectionReason::HeldByOther { lot, why }.into());
        }
        require_received((id, &lot), (before, size), context, &mut reasons)
    };
    let by = in_effect(id, &instruction, context, &mut reasons);
    let text = by.as_ref().and_then(|(_, hash)| context.instructions.get(hash));
    let first_article = first_article || before.is_some_and(Lot::is_first_article);
    let first_article = text.filter(|_| first_article);
    let first_article = first_article.and_then(|text| specified(id, text, context, &mut reasons));
    if let Some((by, _)) = &by
        && state.next(by).discontinued
    {
        reasons.push(InspectionReason::Discontinued { series: id.clone() }.into());
    }
    if let Some(twice) = state.opened_twice().first() {
        let (lot, at) = (twice.opened.lot.clone(), twice.at.clone());
        reasons.push(InspectionReason::OpenedTwice { lot, at }.into());
    }
    Refusal::unless_empty(reasons)?;
    let (Some((by, hash)), Some(size)) = (by, size) else { return Ok(Vec::new()) };
    let resubmits = before.map(|before| before.at.clone());
    let (severity, why) = state.severity_for(&by, resubmits.is_some());
    let plan = plan_for(by.rule, (size, severity), first_article.is_some());
    let made = unit.clone();
    let (number, at) = (lot.clone(), context.next.clone());
    let opened = LotOpened {
        lot,
        unit,
        size,
        by,
        hash,
        severity,
        why,
        plan,
        seed,
        first_article,
        resubmits,
    };
    let mut facts = vec![fact(id, InspectionFact::LotOpened(Box::new(opened)))];
    if let Some(unit) = made {
        facts.push(holds(&unit, at));
    } else {
        // What is blocked by hand stays so for its own reason, and the inspection holds it besides.
        let (reason, ends) = ("it is being inspected".to_owned(), held.ends_of_all());
        let inspection = Some(ByInspection { opened: at.clone(), at, as_is: false });
        let blocked = MaterialFact::MaterialBlocked { reason, inspection, doubted: None, ends };
        facts.push(material(id, &number, blocked));
    }
    Ok(facts)
}

/// A lot came in from the supplier of the series; tells how many pieces it has.
fn require_received(
    (id, lot): (&SeriesId, &LotId),
    (before, size): (Option<&Lot>, Option<u32>),
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<u32> {
    let received = context.material.as_ref().and_then(|material| material.received.as_ref());
    match received {
        None => reasons.push(InspectionReason::NotReceived { lot: lot.clone() }.into()),
        Some(received) if received.supplier != id.supplier => {
            let (lot, supplier) = (lot.clone(), received.supplier.clone());
            reasons.push(InspectionReason::OtherSupplier { lot, supplier }.into());
        }
        Some(_) => {}
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
    size
}

/// A lot that is made here stands so that it can be looked at, and nothing holds it but what the server
/// did not accept of its inspection before; tells how many pieces it has.
fn require_made(
    (id, lot): (&SeriesId, &LotId),
    (unit, size, anew): (Option<&TravelerId>, Option<u32>, Option<&Lot>),
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<u32> {
    let named = unit.filter(|unit| own_lot(unit).as_ref() == Some(lot));
    let Some(unit) = named else {
        reasons.push(InspectionReason::OwnUnnamed { lot: lot.clone() }.into());
        return None;
    };
    let made = context.units.get(unit);
    let Some((state, started)) = made.and_then(|state| Some((state, state.started.as_ref()?)))
    else {
        reasons.push(Reason::TravelerNotStarted);
        return None;
    };
    if started.part != id.part {
        let (unit, part) = (unit.clone(), started.part.clone());
        reasons.push(InspectionReason::OtherPart { unit, part }.into());
    }
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    if let Some(release) = state.shipped() {
        reasons.push(ShipReason::Shipped { release: release.at.clone() }.into());
    }
    let judged = |at: &Position| {
        anew.is_some_and(|anew| held_by_judge(anew, state).any(|(judged, _)| judged == at))
    };
    for (_, hold) in state.open_holds().filter(|(at, _)| !judged(at)) {
        reasons.push(hold.stops());
    }
    let most = state.pieces().saturating_sub(state.scrapped());
    if let Some(size) = size.filter(|size| *size != most) {
        reasons.push(InspectionReason::OtherSize { lot: lot.clone(), size, most }.into());
    }
    Some(most).filter(|most| *most > 0)
}

/// A lot is opened once; again only where it was not accepted, and is to be sorted or, of own
/// production, its deviation let it go on. What the server holds although it was accepted comes again
/// besides.
fn require_openable(id: &SeriesId, before: Option<&Lot>, reasons: &mut Vec<Reason>) {
    let Some(before) = before else { return };
    let standing = before.standing();
    let again =
        if id.is_own() { LotStanding::Rejected } else { LotStanding::Disposed(LotEnd::Sort) };
    if standing != again {
        let lot = before.opened.lot.clone();
        reasons.push(InspectionReason::OpenedBefore { lot, standing }.into());
    }
}

/// The specification of which a first article accounts for every characteristic: the one in effect, by
/// which the text measures.
fn specified(
    id: &SeriesId,
    text: &Instruction,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Option<FirstArticle> {
    let wanted = Use { today: context.today(), traveler: None };
    let revisions = context.specification.as_ref().map(|known| &known.revisions);
    let found = revisions.and_then(|revisions| revisions.in_effect(&wanted, &context.effective));
    let Some(found) = found else {
        reasons.push(InspectionReason::NotSpecified { part: id.part.clone() }.into());
        return None;
    };
    let (revision, hash) = (found.submitted.revision.clone(), found.submitted.hash);
    if let Some(by) = text.specification.clone().filter(|by| *by != revision) {
        let instruction = text.id.clone();
        reasons.push(InspectionReason::OtherSpecification { instruction, by, revision }.into());
        return None;
    }
    let Some(specification) = context.specifications.get(&hash) else {
        reasons.push(Reason::BlobMissing { what: format!("specification {}", id.part) });
        return None;
    };
    if specification.characteristics.is_empty() {
        reasons.push(InspectionReason::NotSpecified { part: id.part.clone() }.into());
    }
    // Nothing that is asked by other limits would ever account for its balloon.
    for balloon in asked_otherwise(text, specification) {
        let (instruction, revision) = (text.id.clone(), revision.clone());
        let balloon = balloon.to_owned();
        reasons.push(InspectionReason::AskedOtherwise { instruction, balloon, revision }.into());
    }
    Some(FirstArticle { revision, hash })
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
