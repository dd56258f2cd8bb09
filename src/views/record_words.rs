//! What a fact says, in a line, as words that screens and commands say.
//! Invariant: what people wrote is only ever a value in a sentence of ours.

use std::iter;

use crate::domain::fact::Fact;
use crate::domain::instruction::InstallBy;
use crate::domain::judgement::Basis;
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialFact;
use crate::domain::revision::{InstructionFact, SpecificationFact};
use crate::domain::signature::Signature;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::translation::LanguageCode;
use crate::domain::traveler::component::ComponentRemoved;
use crate::domain::traveler::definitions::{MovedToRevision, RevisionKept};
use crate::domain::traveler::entry::EntryCorrected;
use crate::domain::traveler::fact::{
    HoldOutcome, ReadingTaken, StepStarted, TravelerFact, TravelerStarted,
};
use crate::domain::traveler::lot::{LotSplit, Pieces, QuantityCorrected, QuantityReported};
use crate::domain::traveler::reading::CheckedWith;
use crate::domain::traveler::shipped::ProductReleased;
use crate::domain::understood::{BECOMES, understood};
use crate::domain::words::{Words, words};

use super::quality_words::{Known, of_deviation, of_material, of_permit, of_redline};
use super::signature::SignatureView;

/// What kinds of facts are called that have no unit.
const HAPPENED: &[&str] = &[
    "gauge calibrated",
    "gauge failed",
    "gauge registered",
    "material blocked",
    "material changed",
    "material received",
    "material released",
    "operation held",
    "operation released",
    "order closed",
    "order opened",
    "order reopened",
    "permit granted",
    "permit proposed",
    "permit used",
    "permit withdrawn",
    "person admitted",
    "person revoked",
    "place defined",
    "plan set",
    "qualification granted",
    "qualification revoked",
    "redline answered",
    "redline proposed",
    "revision read",
    "revision released",
    "revision submitted",
    "revision withdrawn",
    "setup done",
    "setup ended",
    "signed",
    "specification released",
    "specification submitted",
    "tool changed",
];

/// What a fact says; none where its kind says it all.
pub fn said(fact: &Fact) -> Option<Words> {
    let said = match &fact.body {
        FactBody::Traveler(TravelerFact::Signed { signature, set, .. }) => {
            signed(fact, signature).for_units(set).told_in_full()
        }
        FactBody::Traveler(TravelerFact::ProductReleased(released)) => {
            let ProductReleased { signature, exceptions, set, .. } = &**released;
            let signed = signed(fact, signature).for_units(set).told_in_full();
            words!("to ship: {signed}, {exceptions} exceptions shown", signed => signed, exceptions)
        }
        FactBody::Traveler(body) => of_traveler(&fact.subject, body),
        FactBody::Newer { kind, .. } => words!("{kind}, of a newer version", kind),
        FactBody::Deviation(body) => of_deviation(fact, body, &Known::default()),
        FactBody::Permit(body) => of_permit(fact, body),
        FactBody::Redline(body) => of_redline(body),
        FactBody::Material(body) => of_material(body, None),
        FactBody::Instruction(InstructionFact::Signed(given))
        | FactBody::Specification(SpecificationFact::Signed(given)) => {
            let signed = signed(fact, &given.signature).told_in_full();
            words!("rev {revision}: {signed}", revision = given.revision, signed => signed)
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
        | FactBody::Inspection(_) => return None,
    };
    Some(said).filter(|said| !said.is_empty())
}

/// What happened with a thing: the kind of its fact, and what that says.
pub fn happened(fact: &Fact, said: Option<Words>) -> Words {
    let kind = spaced(fact.body.kind());
    let known = HAPPENED.iter().copied().find(|known| *known == kind);
    let kind = known.map_or_else(|| Words::given(&kind), Words::plain);
    let corrected = matches!(
        &fact.body,
        FactBody::Material(MaterialFact::MaterialReceived(received)) if received.corrects.is_some()
    );
    match said {
        None => kind,
        // These say it themselves.
        Some(said) if corrected || matches!(fact.body, FactBody::Deviation(_)) => said,
        Some(said) => words!("{kind}: {said}", kind => kind, said => said),
    }
}

/// The name of a kind as words: `GaugeCalibrated` is `gauge calibrated`.
fn spaced(kind: &str) -> String {
    let mut words = String::new();
    for c in kind.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// Meaning, printed name, role and time, over how much, and what the signer gave.
pub(super) fn signed(fact: &Fact, signature: &Signature) -> SignatureView {
    SignatureView::new(&fact.head.position, &fact.head.moment, signature)
}

fn of_traveler(subject: &Subject, fact: &TravelerFact) -> Words {
    match fact {
        TravelerFact::TravelerStarted(started) => of_start(started),
        TravelerFact::StepStarted(started) => of_step_begun(started),
        TravelerFact::Checked { yes, with, corrects, .. } => {
            of_check(*yes, with.as_deref(), corrects.as_deref())
        }
        TravelerFact::ReadingTaken(taken) => of_reading(taken),
        TravelerFact::ReadingConfirmed { deviation, .. } => {
            words!("typed again, the same: {deviation}", deviation)
        }
        TravelerFact::ReadingCorrected { value, reason, basis, .. } => {
            let value = listed(iter::once(value.words()).chain(basis_words(basis.as_deref())));
            words!("corrected to {value}: {reason}", value => value, reason)
        }
        TravelerFact::EntryMade { text, corrects, .. } => {
            instead(Words::given(text), corrects.as_deref())
        }
        TravelerFact::ComponentInstalled { part, by, identity, corrects, .. } => {
            let installed = match by {
                InstallBy::Serial => words!("installed {part} serial {identity}", part, identity),
                InstallBy::Lot => words!("installed {part} lot {identity}", part, identity),
            };
            instead(installed, corrects.as_deref())
        }
        TravelerFact::ComponentRemoved(removed) => of_removal(removed),
        TravelerFact::WaitStarted { set, .. } => with(words!("wait begun"), set, subject),
        TravelerFact::WaitAccepted { reason, .. } => words!("wait accepted: {reason}", reason),
        TravelerFact::StepCompleted { set, read_in, .. } => {
            of_completion(with(words!("step completed"), set, subject), read_in.as_ref())
        }
        TravelerFact::StepSkipped { reason, .. } => words!("step skipped: {reason}", reason),
        TravelerFact::Paused { reason } => words!("paused: {reason}", reason),
        TravelerFact::Resumed { note: None } => words!("resumed"),
        TravelerFact::Resumed { note: Some(note) } => words!("resumed: {note}", note),
        TravelerFact::ConditionDecided(decided) => decided.words(),
        TravelerFact::UpstreamAccepted { operation, evidence, closed, .. } => {
            of_upstream(*operation, evidence, !closed.is_empty())
        }
        TravelerFact::QuantityReported(reported) => pieces_words(reported),
        TravelerFact::QuantityCorrected(corrected) => {
            let QuantityCorrected { pieces, reason, .. } = corrected;
            words!("count corrected to {pieces}: {reason}", pieces => pieces.words(), reason)
        }
        TravelerFact::LotSplit(split) => {
            let LotSplit { into, quantity, reason, .. } = split;
            words!("{quantity} pieces split off to {into}: {reason}", quantity, into, reason)
        }
        TravelerFact::SplitOff(origin) => words!(
            "{quantity} pieces split off from {from}, at {at}",
            quantity = origin.quantity,
            from = origin.from,
            at = origin.split
        ),
        // Told with its time, which only the whole fact has.
        TravelerFact::Signed { .. } | TravelerFact::ProductReleased(_) => Words::plain(""),
        TravelerFact::RevisionKept(kept) => of_kept(kept),
        TravelerFact::MovedToRevision(moved) => of_moved(moved),
        TravelerFact::HoldPlaced(placed) => {
            words!("on hold: {why}", why => placed.reason.words())
        }
        TravelerFact::HoldReleased { outcome, .. } => of_release(outcome),
        TravelerFact::ProductTakenBack(back) => {
            words!("taken back: {reason}", reason = back.reason)
        }
    }
}

/// By which revisions a unit was begun.
fn of_start(started: &TravelerStarted) -> Words {
    let pinned = started.operations.iter().map(|pinned| {
        words!(
            "{operation} {instruction} rev {revision}",
            operation = pinned.operation,
            instruction = pinned.instruction,
            revision = pinned.revision
        )
    });
    words!("started: {operations}", operations => Words::listed(pinned, "{these}, {one}"))
}

fn of_removal(removed: &ComponentRemoved) -> Words {
    let ComponentRemoved { part, identity, becomes, reason, .. } = removed;
    words!(
        "took out {part} {identity}, {becomes}: {reason}",
        part,
        identity,
        becomes => becomes.words(),
        reason
    )
}

/// That a step is done, and in which language it was read, where that is another than its own.
fn of_completion(done: Words, read_in: Option<&LanguageCode>) -> Words {
    match read_in {
        Some(code) => words!("{what}, read in {code}", what => done, code),
        None => done,
    }
}

fn of_upstream(operation: u32, evidence: &str, closed: bool) -> Words {
    if closed {
        return words!(
            "operation {operation} closed by the records of its lot: {evidence}",
            operation,
            evidence
        );
    }
    words!("operation {operation} accepted, not done: {evidence}", operation, evidence)
}

fn of_release(outcome: &HoldOutcome) -> Words {
    let reason = match outcome {
        HoldOutcome::Corrected => return words!("hold lifted: the value was typed wrong"),
        HoldOutcome::Remeasured { .. } => return words!("hold lifted: it was measured again"),
        HoldOutcome::Cleared { .. } => return words!("hold lifted: the check is good after all"),
        HoldOutcome::Sorted => return words!("hold lifted: it was measured itself"),
        HoldOutcome::Inspected => return words!("hold lifted: the lot was inspected"),
        HoldOutcome::Ended { how } => {
            return words!("ended: {how}", how => understood(how, BECOMES));
        }
        HoldOutcome::Permitted(permitted) => permitted.words(),
        HoldOutcome::Resumed { as_is: true } => words!("use as is"),
        HoldOutcome::Resumed { as_is: false } => words!("no deviation"),
        HoldOutcome::Reopened { again } => {
            let steps = again.iter().flat_map(|again| &again.steps);
            let steps: Vec<String> = steps.map(ToString::to_string).collect();
            words!("again {steps}", steps = steps.join(", "))
        }
        HoldOutcome::Released { reason } => Words::given(reason),
        HoldOutcome::Reviewed => words!("a supervisor answered"),
    };
    words!("hold released: {reason}", reason => reason)
}

/// With the other units of the set in which it was done.
fn with(what: Words, set: &[TravelerId], own: &Subject) -> Words {
    let Subject::Traveler(own) = own else { return what };
    let others = set.iter().filter(|unit| *unit != own);
    let units: Vec<String> = others.map(ToString::to_string).collect();
    if units.is_empty() {
        return what;
    }
    words!("{what}, with {units}", what => what, units = units.join(", "))
}

/// Pieces in words, with why they are not all good.
fn pieces_words(reported: &QuantityReported) -> Words {
    let Pieces { good, scrap, rework } = reported.pieces;
    let parts = [
        (good, words!("{count} good", count = good)),
        (scrap, words!("{count} scrap", count = scrap)),
        (rework, words!("{count} to rework", count = rework)),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
    let (pieces, of) = (Words::listed(parts, "{these}, {one}"), reported.of);
    match reported.reason.as_str() {
        "" => words!("{pieces} of {of}", pieces => pieces, of),
        reason => words!("{pieces} of {of}: {reason}", pieces => pieces, of, reason),
    }
}

/// That a step was begun, and which of its sampled asks this unit is measured at.
fn of_step_begun(started: &StepStarted) -> Words {
    let begun =
        if started.previous.is_empty() { words!("step begun") } else { words!("step begun again") };
    let samples = started.samples.iter().map(|decided| {
        words!(
            "ask {ask} {decided} ({plan})",
            ask = decided.ask,
            decided => decided.words(),
            plan => decided.plan.words()
        )
    });
    listed(iter::once(begun).chain(samples))
}

/// What was recorded instead of an entry, and why.
fn instead(what: Words, corrects: Option<&EntryCorrected>) -> Words {
    match corrects {
        Some(EntryCorrected { entry, reason }) => {
            words!("{what}, corrects {entry}: {reason}", what => what, entry, reason)
        }
        None => what,
    }
}

fn of_check(yes: bool, with: Option<&CheckedWith>, corrects: Option<&EntryCorrected>) -> Words {
    let answer = if yes { words!("yes") } else { words!("no") };
    match (corrects, with) {
        (Some(_), _) => instead(answer, corrects),
        (None, Some(with)) => words!("{answer}, {with}", answer => answer, with => with.words()),
        (None, None) => answer,
    }
}

fn of_reading(taken: &ReadingTaken) -> Words {
    let read = words!(
        "{name} {sample}: {value} ({asked})",
        name = taken.name,
        sample = taken.sample,
        value => taken.value.words(),
        asked = taken.requirement
    );
    let finer = taken.finer_than_gauge();
    let finer = finer.map(|least| words!("finer than the {least} that the gauge shows", least));
    let again = taken.retry.as_ref();
    let again = again.map(|retry| words!("measured again: {reason}", reason = retry.reason));
    let sorted = taken.sorting.as_ref().map(|_| words!("sorted"));
    let more = finer.into_iter().chain(again).chain(sorted);
    listed(iter::once(read).chain(basis_words(taken.basis.as_deref())).chain(more))
}

/// What a verdict rested on besides value and limits, so that it can be judged again by hand.
fn basis_words(basis: Option<&Basis>) -> impl Iterator<Item = Words> {
    let compared = basis.and_then(|basis| basis.compared.as_ref());
    let compared = compared.map(|number| words!("compared as {number}", number));
    let band = basis.and_then(|basis| basis.band.as_ref());
    compared.into_iter().chain(band.map(|band| words!("guard band {band}", band)))
}

fn of_kept(kept: &RevisionKept) -> Words {
    let what = kept.operation.map_or_else(|| words!("specification"), Words::given);
    words!(
        "{what} finished without rev {revision}: {reason}",
        what => what,
        revision = kept.revision,
        reason = kept.reason
    )
}

fn of_moved(moved: &MovedToRevision) -> Words {
    let again: Vec<String> = moved.reopened.iter().map(ToString::to_string).collect();
    let (operation, what, reason) = (moved.operation, &moved.to.instruction, &moved.reason);
    let (from, to) = (&moved.from.revision, &moved.to.revision);
    if again.is_empty() {
        return words!(
            "{operation} moved from {what} rev {from} to rev {to}: {reason}",
            operation,
            what,
            from,
            to,
            reason
        );
    }
    words!(
        "{operation} moved from {what} rev {from} to rev {to}, again {steps}: {reason}",
        operation,
        what,
        from,
        to,
        steps = again.join(", "),
        reason
    )
}

/// One after the other.
fn listed(all: impl IntoIterator<Item = Words>) -> Words {
    Words::listed(all, "{these}; {one}")
}
