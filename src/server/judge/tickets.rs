//! What the judge says of work that went on by a hand-off ticket: whose ticket it was, and whether the
//! facts that it spoke for say the same once they come.

use std::collections::BTreeMap;

use crate::domain::fact::Position;
use crate::domain::ids::StationId;
use crate::domain::moment::Moment;
use crate::domain::refusal::ticket::TicketReason;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::ticket::{DrawnBy, Ticket};
use crate::domain::traveler::fact::{HoldReason, TravelerFact};
use crate::domain::traveler::hand_off::{differences, not_taken_from};
use crate::domain::traveler::kin::{Before, KinWanted, gather, split_off_since};
use crate::domain::traveler::lot::{ClosedStep, SplitOff};
use crate::domain::traveler::route::Accepted;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::server::store::Store;

use super::told::{Told, Work};
use super::{Judge, JudgeError};

/// Every reason against the ticket, or the records of its lot, that a fact rests on.
pub(super) fn against(
    work: &Work<'_>,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<String>, JudgeError> {
    if let TravelerFact::SplitOff(origin) = work.body {
        return Ok(goes_on_in_vain(work.unit, origin, ledger)?);
    }
    let TravelerFact::UpstreamAccepted { operation, ticket: Some(text), closed, .. } = work.body
    else {
        return Ok(not_of_its_lot(work, ledger)?);
    };
    let mut found = Vec::new();
    if !closed.is_empty() {
        found.push("a ticket closes nothing".to_owned());
    }
    let Ok(ticket) = Ticket::parse(text) else {
        found.push("the ticket that it rests on cannot be read".to_owned());
        return Ok(found);
    };
    if ticket.unit != *work.unit {
        found.push(format!("the ticket that it rests on is about {}", ticket.unit));
    }
    if ticket.closed().all(|closed| closed != *operation) {
        found.push(format!("the ticket does not say that operation {operation} is closed"));
    }
    let pinned = work.then.started.iter().flat_map(|started| differences(started, &ticket));
    found.extend(pinned.map(said));
    let by = ledger.drawn_by_in(&ticket, &store.plant().site)?;
    let mut against = not_taken_from(&by);
    if let DrawnBy::Revoked { since, station } = &by {
        // What was taken before anybody revoked the station stands, if what it recorded has come.
        let taken = work.fact.head.moment.effective();
        against = against.filter(|_| taken >= *since);
        let mut awaited = work.now.tickets_awaited(work.texts);
        let this = |(accepted, _): &(&Accepted, &Ticket)| accepted.at == work.fact.head.position;
        let in_vain = awaited.find(this).filter(|_| against.is_none());
        found.extend(in_vain.map(|(accepted, _)| left_behind(accepted, station)));
    }
    // Revoked just now: nobody was told yet.
    if let DrawnBy::Station(station, of) = &by
        && store.station_of(of)?.is_none_or(|known| known.revoked)
    {
        against = Some(TicketReason::StationRevoked { station: station.clone() });
    }
    found.extend(against.map(said));
    Ok(found)
}

/// What is said to have closed an operation on the lot that pieces were of, and is no record of theirs or
/// did not close it.
fn not_of_its_lot(work: &Work<'_>, ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let TravelerFact::UpstreamAccepted { operation, closed, .. } = work.body else {
        return Ok(Vec::new());
    };
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let load = |lot: &TravelerId| unit_in(ledger, lot);
    let kin = gather((work.unit, work.now), KinWanted::Origins, load)?;
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
                found.push(format!("{by} did not close step {name} of operation {of}"));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

/// Why pieces may not go on by what was accepted of the lot that they were of: the server holds that lot for
/// it, and had not heard of them then.
fn goes_on_in_vain(
    unit: &TravelerId,
    origin: &SplitOff,
    ledger: &Ledger,
) -> Result<Vec<String>, LedgerError> {
    if origin.accepted.is_empty() {
        return Ok(Vec::new());
    }
    let Some(from) = unit_in(ledger, &origin.from)? else { return Ok(Vec::new()) };
    let here = unit_in(ledger, unit)?.unwrap_or_default();
    let by = |at: &Position| {
        let mut accepted = origin.accepted.iter();
        accepted.any(|on| from.accepted.get(&on.operation).is_some_and(|a| a.at == *at))
    };
    let mut found = Vec::new();
    for (_, hold) in from.open_holds() {
        let HoldReason::Judged { fact, reasons } = &hold.placed.reason else { continue };
        if by(fact) && !from.left_by(&origin.split, fact) && !is_held_for(&here, fact) {
            found.extend(reasons.iter().cloned());
        }
    }
    Ok(found)
}

fn is_held_for(state: &TravelerState, record: &Position) -> bool {
    state.holds.values().any(
        |hold| matches!(&hold.placed.reason, HoldReason::Judged { fact, .. } if fact == record),
    )
}

fn unit_in(ledger: &Ledger, unit: &TravelerId) -> Result<Option<TravelerState>, LedgerError> {
    let stream = ledger.stream(&Subject::Traveler(unit.clone()))?.stream;
    let StreamState::Traveler(state) = stream.state else { return Ok(None) };
    Ok(Some(state))
}

fn left_behind(accepted: &Accepted, station: &StationId) -> String {
    let by = &accepted.evidence;
    format!("work went on by the {by}: {station} was revoked, and what it recorded has not come")
}

impl Judge {
    /// A unit that a record is about; where work went on by that record, with what was split off since, or
    /// not provably before: it goes on by the same.
    pub(super) fn with_what_goes_on(
        &self,
        unit: &TravelerId,
        record: &Position,
    ) -> Result<Vec<TravelerId>, JudgeError> {
        let mut units = vec![unit.clone()];
        let state = unit_in(&self.ledger, unit)?.unwrap_or_default();
        if state.accepted.values().any(|accepted| accepted.at == *record) {
            let load = |lot: &TravelerId| unit_in(&self.ledger, lot);
            let kin = gather((unit, &state), KinWanted::SplitOff, load)?;
            units.extend(split_off_since((unit, &state), record, &kin).into_iter().cloned());
        }
        Ok(units)
    }

    /// Tells, once after a station was revoked, of every unit that went on by a ticket of one that is,
    /// and whose records have not come: they would be waited for without anybody knowing. What is not
    /// judged yet is told of when it is.
    pub(super) fn tell_left_behind(&mut self, now: &Moment) -> Result<(), JudgeError> {
        if !self.store.is_left_behind_to_tell()? {
            return Ok(());
        }
        let before = self.told.clone();
        let mut failed = Ok(());
        for unit in self.ledger.gone_on()? {
            let told = self.told.clone();
            let found = self.left_behind(&unit);
            if let Err(error) = found.and_then(|found| self.judge_again(&unit, found, now)) {
                // What was told in vain is told again; the other units are told of meanwhile.
                self.told = told;
                failed = Err(error);
            }
        }
        if self.told != before {
            self.told.keep(&mut self.ledger)?;
            self.ledger.flush()?;
        }
        failed?;
        Ok(self.store.note_left_behind_told()?)
    }

    fn left_behind(&mut self, unit: &TravelerId) -> Result<Vec<(Position, String)>, JudgeError> {
        let mut units = BTreeMap::new();
        let Some(state) = self.unit(unit, &mut units)? else { return Ok(Vec::new()) };
        if state.ended.is_some() || state.shipped().is_some() {
            return Ok(Vec::new());
        }
        let pinned = state.started.iter().flat_map(|started| &started.operations);
        let pinned = pinned.map(|operation| (operation.hash, operation.instruction.clone()));
        self.texts.fetch(pinned.collect(), &self.store)?;
        let mut found = Vec::new();
        for (accepted, ticket) in state.tickets_awaited(&self.texts.read) {
            let by = self.ledger.drawn_by_in(ticket, &self.store.plant().site)?;
            let DrawnBy::Revoked { station, .. } = by else { continue };
            let words = left_behind(accepted, &station);
            let judged = self.store.is_judged(&accepted.at)?;
            if judged && self.told.of_record(&accepted.at, &words) {
                found.push((accepted.at.clone(), words));
            }
        }
        Ok(found)
    }
}

fn said(reason: TicketReason) -> String {
    reason.what().to_string().trim_end_matches('.').to_owned()
}

/// Tickets of the unit that do not fit the facts that came, each told once, of the fact that took it.
pub(super) fn contradicted(
    work: &Work<'_>,
    (store, told): (&Store, &mut Told),
) -> Result<Vec<(Position, String)>, JudgeError> {
    let mut found = Vec::new();
    for (at, words) in work.now.tickets_against(work.texts) {
        // One that is not judged yet is told of when it is.
        let judged = at == work.fact.head.position || store.is_judged(&at)?;
        if judged && told.of_record(&at, &words) {
            found.push((at, words));
        }
    }
    Ok(found)
}
