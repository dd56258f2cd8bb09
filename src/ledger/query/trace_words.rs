//! What a fact of a traveler says, in a line.

use crate::domain::fact::{Fact, Position};
use crate::domain::instruction::InstallBy;
use crate::domain::judgement::Basis;
use crate::domain::kinds::FactBody;
use crate::domain::revision::{InstructionFact, SpecificationFact};
use crate::domain::signature::Signature;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::component::ComponentRemoved;
use crate::domain::traveler::definitions::{MovedToRevision, RevisionKept};
use crate::domain::traveler::entry::EntryCorrected;
use crate::domain::traveler::fact::{
    ConditionDecided, HoldOutcome, ReadingTaken, StepStarted, TravelerFact,
};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::lot::{LotSplit, Pieces, QuantityReported};
use crate::domain::traveler::reading::CheckedWith;
use crate::domain::traveler::shipped::ProductReleased;
use crate::domain::traveler::state::TravelerState;
use crate::views::signature::SignatureView;

use super::quality_words::{As, of_deviation, of_material, of_permit, of_redline};

/// How an operation stands that was accepted.
const NOT_DONE: &str = "accepted, not done";
const BY_RECORDS: &str = "closed by the records of its lot";

/// What a fact says.
pub(super) fn what(fact: &Fact) -> String {
    match &fact.body {
        FactBody::Traveler(TravelerFact::Signed { signature, set, .. }) => {
            SignatureView::new(&fact.head.position, &fact.head.moment, signature)
                .for_units(set)
                .words_in_full()
        }
        FactBody::Traveler(TravelerFact::ProductReleased(released)) => {
            let ProductReleased { signature, exceptions, set, .. } = &**released;
            let signed = SignatureView::new(&fact.head.position, &fact.head.moment, signature)
                .for_units(set)
                .words_in_full();
            format!("to ship: {signed}, {exceptions} exceptions shown")
        }
        FactBody::Traveler(body) => of_traveler(&fact.subject, body),
        FactBody::Newer { kind, .. } => format!("{kind}, of a newer version"),
        FactBody::Deviation(body) => of_deviation(fact, body, &As::bare()),
        FactBody::Permit(body) => of_permit(fact, body),
        FactBody::Redline(body) => of_redline(body),
        FactBody::Material(body) => of_material(body, None),
        FactBody::Instruction(InstructionFact::Signed(signed))
        | FactBody::Specification(SpecificationFact::Signed(signed)) => {
            format!("rev {}: {}", signed.revision, signed_words(fact, &signed.signature))
        }
        FactBody::Order(_)
        | FactBody::Instruction(_)
        | FactBody::Specification(_)
        | FactBody::Gauge(_)
        | FactBody::Person(_)
        | FactBody::Place(_)
        | FactBody::Station(_)
        | FactBody::Site(_)
        | FactBody::Help(_)
        | FactBody::Handover(_)
        | FactBody::Inspection(_) => String::new(),
    }
}

/// Meaning, printed name, role and time, over how much, and what the signer gave.
pub(super) fn signed_words(fact: &Fact, signature: &Signature) -> String {
    SignatureView::new(&fact.head.position, &fact.head.moment, signature).words_in_full()
}

fn of_traveler(subject: &Subject, fact: &TravelerFact) -> String {
    match fact {
        TravelerFact::TravelerStarted(started) => {
            let pinned = started
                .operations
                .iter()
                .map(|op| format!("{} {} rev {}", op.operation, op.instruction, op.revision));
            format!("started: {}", pinned.collect::<Vec<_>>().join(", "))
        }
        TravelerFact::StepStarted(started) => of_step_begun(started),
        TravelerFact::Checked { yes, with, corrects, .. } => {
            of_check(*yes, with.as_deref(), corrects.as_deref())
        }
        TravelerFact::ReadingTaken(taken) => of_reading(taken),
        TravelerFact::ReadingConfirmed { deviation, .. } => {
            format!("typed again, the same: {deviation}")
        }
        TravelerFact::ReadingCorrected { value, reason, basis, .. } => {
            format!("corrected to {}{}: {reason}", shown(value), basis_words(basis.as_deref()))
        }
        TravelerFact::EntryMade { text, corrects, .. } => {
            format!("{text}{}", instead(corrects.as_deref()))
        }
        TravelerFact::ComponentInstalled { part, by, identity, corrects, .. } => {
            let by = match by {
                InstallBy::Serial => "serial",
                InstallBy::Lot => "lot",
            };
            format!("installed {part} {by} {identity}{}", instead(corrects.as_deref()))
        }
        TravelerFact::ComponentRemoved(removed) => {
            let ComponentRemoved { part, identity, becomes, reason, .. } = &**removed;
            format!("took out {part} {identity}, {}: {reason}", becomes.words())
        }
        TravelerFact::WaitStarted { set, .. } => format!("wait begun{}", with(set, subject)),
        TravelerFact::WaitAccepted { reason, .. } => format!("wait accepted: {reason}"),
        TravelerFact::StepCompleted { set, read_in, .. } => {
            let read = read_in.map_or_else(String::new, |code| format!(", read in {code}"));
            format!("step completed{}{read}", with(set, subject))
        }
        TravelerFact::StepSkipped { reason, .. } => format!("step skipped: {reason}"),
        TravelerFact::Paused { reason } => format!("paused: {reason}"),
        TravelerFact::QuantityReported(reported) => pieces_words(reported),
        TravelerFact::QuantityCorrected(corrected) => {
            format!("count corrected to {}: {}", corrected.pieces.words(), corrected.reason)
        }
        TravelerFact::LotSplit(split) => {
            let LotSplit { into, quantity, reason, .. } = split;
            format!("{quantity} pieces split off to {into}: {reason}")
        }
        TravelerFact::SplitOff(origin) => {
            format!(
                "{} pieces split off from {}, at {}",
                origin.quantity, origin.from, origin.split
            )
        }
        TravelerFact::ConditionDecided(decided) => decided.words(),
        TravelerFact::UpstreamAccepted { operation, evidence, closed, .. } => {
            let how = if closed.is_empty() { NOT_DONE } else { BY_RECORDS };
            format!("operation {operation} {how}: {evidence}")
        }
        TravelerFact::Resumed { note: None } => "resumed".to_owned(),
        TravelerFact::Resumed { note: Some(note) } => format!("resumed: {note}"),
        // Told with its time, which only the whole fact has.
        TravelerFact::Signed { .. } | TravelerFact::ProductReleased(_) => String::new(),
        TravelerFact::RevisionKept(kept) => of_kept(kept),
        TravelerFact::MovedToRevision(moved) => of_moved(moved),
        TravelerFact::HoldPlaced(placed) => format!("on hold: {}", placed.reason.words()),
        TravelerFact::HoldReleased { outcome, .. } => of_release(outcome),
        TravelerFact::ProductTakenBack(back) => format!("taken back: {}", back.reason),
    }
}

fn of_release(outcome: &HoldOutcome) -> String {
    match outcome {
        HoldOutcome::Corrected => "hold lifted: the value was typed wrong".to_owned(),
        HoldOutcome::Remeasured { .. } => "hold lifted: it was measured again".to_owned(),
        HoldOutcome::Permitted(permitted) => format!("hold released: {}", permitted.words()),
        HoldOutcome::Resumed { as_is: true } => "hold released: use as is".to_owned(),
        HoldOutcome::Resumed { as_is: false } => "hold released: no deviation".to_owned(),
        HoldOutcome::Reopened { again } => {
            let steps = again.iter().flat_map(|again| &again.steps);
            let steps: Vec<String> = steps.map(ToString::to_string).collect();
            format!("hold released: again {}", steps.join(", "))
        }
        HoldOutcome::Ended { how } => format!("ended: {how}"),
        HoldOutcome::Released { reason } => format!("hold released: {reason}"),
        HoldOutcome::Cleared { .. } => "hold lifted: the check is good after all".to_owned(),
        HoldOutcome::Sorted => "hold lifted: it was measured itself".to_owned(),
        HoldOutcome::Inspected => "hold lifted: the lot was inspected".to_owned(),
        HoldOutcome::Reviewed => "hold released: a supervisor answered".to_owned(),
    }
}

/// The other units of the set in which something was done.
fn with(set: &[TravelerId], own: &Subject) -> String {
    let Subject::Traveler(own) = own else { return String::new() };
    let others = set.iter().filter(|unit| *unit != own);
    let others: Vec<String> = others.map(ToString::to_string).collect();
    if others.is_empty() { String::new() } else { format!(", with {}", others.join(", ")) }
}

/// Pieces in words, with why they are not all good.
fn pieces_words(reported: &QuantityReported) -> String {
    let Pieces { good, scrap, rework } = reported.pieces;
    let parts = [(good, "good"), (scrap, "scrap"), (rework, "to rework")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    let why =
        if reported.reason.is_empty() { String::new() } else { format!(": {}", reported.reason) };
    format!("{} of {}{why}", parts.join(", "), reported.of)
}

/// That a step was begun, and which of its sampled asks this unit is measured at.
fn of_step_begun(started: &StepStarted) -> String {
    let again = if started.previous.is_empty() { "" } else { " again" };
    let samples = started
        .samples
        .iter()
        .map(|decided| format!("; ask {} {} ({})", decided.ask, decided.words(), decided.plan));
    format!("step begun{again}{}", samples.collect::<String>())
}

/// What an entry was recorded for instead, and why.
fn instead(corrects: Option<&EntryCorrected>) -> String {
    let words =
        |EntryCorrected { entry, reason }: &EntryCorrected| format!(", corrects {entry}: {reason}");
    corrects.map_or_else(String::new, words)
}

fn of_check(yes: bool, with: Option<&CheckedWith>, corrects: Option<&EntryCorrected>) -> String {
    let answer = if yes { "yes" } else { "no" };
    if corrects.is_some() {
        return format!("{answer}{}", instead(corrects));
    }
    let with = with.map(|with| format!(", {}", with.words()));
    format!("{answer}{}", with.unwrap_or_default())
}

fn of_reading(taken: &ReadingTaken) -> String {
    let value = shown(&taken.value);
    let basis = basis_words(taken.basis.as_deref());
    let finer = taken.finer_than_gauge();
    let finer = finer.map(|least| format!("; finer than the {least} that the gauge shows"));
    let again = taken.retry.as_ref().map(|retry| format!("; measured again: {}", retry.reason));
    let (name, sample, asked) = (&taken.name, taken.sample, &taken.requirement);
    let sorted = taken.sorting.as_ref().map(|_| "; sorted".to_owned());
    let more: String = finer.into_iter().chain(again).chain(sorted).collect();
    format!("{name} {sample}: {value} ({asked}){basis}{more}")
}

/// What a verdict rested on besides value and limits, so that it can be judged again by hand.
fn basis_words(basis: Option<&Basis>) -> String {
    let Some(basis) = basis else { return String::new() };
    let compared = basis.compared.as_ref().map(|number| format!("; compared as {number}"));
    let band = basis.band.as_ref().map(|band| format!("; guard band {band}"));
    compared.into_iter().chain(band).collect()
}

fn of_kept(kept: &RevisionKept) -> String {
    let what = kept.operation.map_or_else(|| "specification".to_owned(), |n| n.to_string());
    format!("{what} finished without rev {}: {}", kept.revision, kept.reason)
}

fn of_moved(moved: &MovedToRevision) -> String {
    let again: Vec<String> = moved.reopened.iter().map(ToString::to_string).collect();
    let again =
        if again.is_empty() { String::new() } else { format!(", again {}", again.join(", ")) };
    let (operation, what, reason) = (moved.operation, &moved.to.instruction, &moved.reason);
    let (from, to) = (&moved.from.revision, &moved.to.revision);
    format!("{operation} moved from {what} rev {from} to rev {to}{again}: {reason}")
}

/// The verdict and the gauge of a reading or of its correction.
pub(super) fn reading(
    state: &TravelerState,
    fact: &TravelerFact,
) -> Option<(Option<String>, Option<String>)> {
    match fact {
        TravelerFact::ReadingTaken(taken) => {
            let gauge = taken.gauge.as_ref().map(|used| used.gauge.to_string());
            Some((taken.verdict.map(|verdict| verdict.word().to_owned()), gauge))
        }
        TravelerFact::ReadingCorrected { reading, verdict, .. } => {
            let (_, found) = state.reading(reading)?;
            let gauge = found.taken.gauge.as_ref().map(|used| used.gauge.to_string());
            Some((verdict.map(|verdict| verdict.word().to_owned()), gauge))
        }
        TravelerFact::TravelerStarted(_)
        | TravelerFact::StepStarted(_)
        | TravelerFact::Checked { .. }
        | TravelerFact::ReadingConfirmed { .. }
        | TravelerFact::EntryMade { .. }
        | TravelerFact::ComponentInstalled { .. }
        | TravelerFact::ComponentRemoved(_)
        | TravelerFact::WaitStarted { .. }
        | TravelerFact::WaitAccepted { .. }
        | TravelerFact::StepCompleted { .. }
        | TravelerFact::StepSkipped { .. }
        | TravelerFact::ConditionDecided(_)
        | TravelerFact::UpstreamAccepted { .. }
        | TravelerFact::Paused { .. }
        | TravelerFact::QuantityReported(_)
        | TravelerFact::QuantityCorrected(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::SplitOff(_)
        | TravelerFact::Resumed { .. }
        | TravelerFact::Signed { .. }
        | TravelerFact::RevisionKept(_)
        | TravelerFact::MovedToRevision(_)
        | TravelerFact::HoldPlaced(_)
        | TravelerFact::HoldReleased { .. }
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_) => None,
    }
}

/// The operation, step and attempt that a fact belongs to.
pub(super) fn step_of(state: &TravelerState, fact: &Fact) -> String {
    let FactBody::Traveler(body) = &fact.body else { return String::new() };
    let at: Option<&Position> = match body {
        TravelerFact::StepStarted(_) => Some(&fact.head.position),
        TravelerFact::Checked { at, .. }
        | TravelerFact::EntryMade { at, .. }
        | TravelerFact::ComponentInstalled { at, .. }
        | TravelerFact::WaitStarted { at, .. }
        | TravelerFact::Signed { at, .. } => Some(&at.attempt),
        TravelerFact::ReadingTaken(taken) => Some(&taken.at.attempt),
        TravelerFact::ComponentRemoved(removed) => {
            state.attempt_of(&removed.entry).map(|attempt| &attempt.at)
        }
        TravelerFact::ReadingConfirmed { reading, .. }
        | TravelerFact::ReadingCorrected { reading, .. } => {
            state.attempt_of(reading).map(|attempt| &attempt.at)
        }
        TravelerFact::WaitAccepted { attempt, .. }
        | TravelerFact::StepCompleted { attempt, .. } => Some(attempt),
        TravelerFact::QuantityReported(reported) => Some(&reported.attempt),
        TravelerFact::QuantityCorrected(corrected) => {
            let mut reports = state.lot.reports.iter();
            reports.find(|report| report.at == corrected.report).map(|r| &r.what.attempt)
        }
        TravelerFact::HoldPlaced(placed) => placed.attempt.as_ref(),
        TravelerFact::HoldReleased { hold, .. } => {
            state.holds.get(hold).and_then(|hold| hold.placed.attempt.as_ref())
        }
        TravelerFact::StepSkipped { operation, step, .. }
        | TravelerFact::ConditionDecided(ConditionDecided { operation, rests_on: step, .. }) => {
            return format!("{operation} {step}");
        }
        TravelerFact::UpstreamAccepted { operation, .. } => return operation.to_string(),
        TravelerFact::TravelerStarted(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::SplitOff(_)
        | TravelerFact::RevisionKept(_)
        | TravelerFact::MovedToRevision(_)
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_)
        | TravelerFact::Paused { .. }
        | TravelerFact::Resumed { .. } => None,
    };
    let Some(attempt) = at.and_then(|at| state.attempt(at)) else { return String::new() };
    let (operation, step) = (attempt.operation, &attempt.step);
    match attempt.rank {
        1 => format!("{operation} {step}"),
        rank => format!("{operation} {step}, attempt {rank}"),
    }
}
