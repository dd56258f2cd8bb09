//! What the judge checks of lots that were split off: what is said of the lots that their pieces were of
//! (R6, R9), and whether they go on in vain by what was accepted there (R17).

use std::collections::BTreeSet;

use crate::domain::as_of::ParentMissing;
use crate::domain::fact::{Fact, Head, Position};
use crate::domain::kinds::FactBody;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::ticket::DrawnBy;
use crate::domain::traveler::fact::{HoldReason, TravelerFact};
use crate::domain::traveler::kin::{Before, KinWanted, gather};
use crate::domain::traveler::lot::{ClosedStep, SplitOff};
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::domain::traveler::taken_over::NotSo;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::server::store::Store;

use super::pasts;
use super::tickets::left_behind;
use super::told::Work;

/// Every reason against what a lot that was split off says of the lot that its pieces were of.
pub(super) fn split_off(
    work: &Work<'_>,
    origin: &SplitOff,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<String>, LedgerError> {
    let mut found = not_as_it_stood(work.unit, origin, ledger)?;
    found.extend(goes_on_in_vain(work, origin, (ledger, store))?);
    Ok(found)
}

/// What is not as it stood for whoever took the pieces off; they wait where that is not known here.
fn not_as_it_stood(
    unit: &TravelerId,
    origin: &SplitOff,
    ledger: &Ledger,
) -> Result<Vec<String>, LedgerError> {
    let mut pasts = pasts::of(ledger, &origin.from)?;
    let Some(split) = pasts.facts().find(|fact| fact.head.position == origin.split).cloned() else {
        return Ok(vec![ParentMissing(origin.split.clone()).to_string()]);
    };
    let as_of = match pasts.as_of(&split) {
        Ok(as_of) => as_of,
        Err(missing) => return Ok(vec![missing.to_string()]),
    };
    let (Some(then), FactBody::Traveler(body)) = (as_of.unit(), &split.body) else {
        return Ok(Vec::new());
    };
    Ok(origin.not_so(unit, (body, then)).iter().map(ToString::to_string).collect())
}

/// What is said to have closed an operation on a lot that the pieces were of, and is no record of theirs, did
/// not close it, or was done by others than are named.
pub(super) fn not_of_its_lot(work: &Work<'_>, ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let TravelerFact::UpstreamAccepted { operation, closed, .. } = work.body else {
        return Ok(Vec::new());
    };
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let kin = gather((work.unit, work.now), KinWanted::Origins, |lot| unit_in(ledger, lot))?;
    let before = work.now.lots_before(&kin);
    let mut found = Vec::new();
    for step in closed {
        let ClosedStep { operation: of, step: name, by, .. } = step;
        let theirs = |lot: &&Before<'_>| lot.state.facts.contains_key(by) && !lot.had_left(by);
        if of != operation {
            found.push(format!("step {name} is one of operation {of}, not of {operation}"));
        }
        match before.iter().find(theirs) {
            None => found.push(format!("{by} is no record of these pieces")),
            Some(lot) if !lot.state.was_closed_by(step) => {
                found.push(NotSo::NotClosedBy(by.clone(), *of, name.clone()).to_string());
            }
            Some(lot) => found.extend(not_as_known(step, lot, (work, ledger))?),
        }
    }
    Ok(found)
}

/// What is not so of a closed step by what its writer surely knew of the lot: what closed it, with all that
/// this rests on, and of the lot that the pieces were of last also what the same ledger had written there.
fn not_as_known(
    said: &ClosedStep,
    lot: &Before<'_>,
    (work, ledger): (&Work<'_>, &Ledger),
) -> Result<Vec<String>, LedgerError> {
    let here = &work.fact.head.position;
    let last = work.now.lot.origins.iter().all(|origin| origin.what.from == *lot.lot);
    let own = |at: &&Position| {
        last && at.ledger == here.ledger && (at.epoch, at.seq) < (here.epoch, here.seq)
    };
    let after = lot.state.facts.keys().filter(own).chain([&said.by]).cloned().collect();
    let knowing = Fact { head: Head { after, ..work.fact.head.clone() }, ..work.fact.clone() };
    let mut pasts = pasts::of(ledger, lot.lot)?;
    // What it follows there is told of that record itself.
    let Ok(as_of) = pasts.as_of(&knowing) else { return Ok(Vec::new()) };
    let not_so = as_of.unit().map(|knew| said.not_so(knew, lot.state)).unwrap_or_default();
    Ok(not_so.iter().map(ToString::to_string).collect())
}

/// Why pieces may not go on by what was accepted of the lots that they were of: the server holds one of these
/// for it, and had not heard of them then; or what they wait for will not come.
fn goes_on_in_vain(
    work: &Work<'_>,
    origin: &SplitOff,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<String>, LedgerError> {
    if origin.accepted.is_empty() {
        return Ok(Vec::new());
    }
    let Work { unit, now, texts, .. } = *work;
    let kin = gather((unit, now), KinWanted::Origins, |lot| unit_in(ledger, lot))?;
    let by = origin.accepted.iter().flat_map(|on| now.goes_on_by(on.operation, &kin));
    // What these pieces were held for themselves was told, and may have been answered.
    let by: BTreeSet<&Position> =
        by.map(|(_, on)| &on.at).filter(|at| !now.was_held_by_judge((at, &[]))).collect();
    let mut found = BTreeSet::new();
    for lot in now.lots_before(&kin) {
        for hold in lot.holds() {
            let HoldReason::Judged { fact, reasons } = &hold.placed.reason else { continue };
            if by.contains(fact) {
                found.extend(reasons.iter().cloned());
            }
        }
    }
    for (record, words) in in_vain((unit, now), texts, (ledger, store))? {
        // Where it was told of the lot, its hold says whether that was answered.
        let told = |lot: &TravelerState| lot.was_held_by_judge((&record, &[]));
        if by.contains(&record) && !kin.values().any(told) {
            found.insert(words);
        }
    }
    Ok(found.into_iter().collect())
}

/// The records by which a unit goes on, here or on the lots that its pieces were of, and waits in vain: each
/// by a ticket of a station that was revoked, and whose facts have not come; with why.
pub(super) fn in_vain(
    (unit, state): (&TravelerId, &TravelerState),
    texts: &Instructions,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<(Position, String)>, LedgerError> {
    let mut found = Vec::new();
    if state.ended.is_some() || state.shipped().is_some() || state.accepted.is_empty() {
        return Ok(found);
    }
    let kin = gather((unit, state), KinWanted::Origins, |lot| unit_in(ledger, lot))?;
    for operation in state.accepted_open(texts) {
        for (lot, on) in state.goes_on_by(operation.operation, &kin) {
            let Some(ticket) = lot.awaits(on) else { continue };
            let by = ledger.drawn_by_in(ticket, &store.plant().site)?;
            if let DrawnBy::Revoked { station, .. } = by {
                found.push((on.at.clone(), left_behind(on, &station)));
            }
        }
    }
    Ok(found)
}

/// A unit with all that is here.
pub(super) fn unit_in(
    ledger: &Ledger,
    unit: &TravelerId,
) -> Result<Option<TravelerState>, LedgerError> {
    let stream = ledger.stream(&Subject::Traveler(unit.clone()))?.stream;
    let StreamState::Traveler(state) = stream.state else { return Ok(None) };
    Ok(Some(state))
}
