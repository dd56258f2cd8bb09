//! What the judge says of work that went on by a hand-off ticket: whose ticket it was, and whether the
//! facts that it spoke for say the same once they come.

use std::collections::BTreeMap;

use crate::domain::fact::Position;
use crate::domain::ids::StationId;
use crate::domain::moment::Moment;
use crate::domain::refusal::ticket::TicketReason;
use crate::domain::stream::TravelerId;
use crate::domain::ticket::{DrawnBy, Ticket};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::hand_off::{differences, not_taken_from};
use crate::domain::traveler::kin::{KinWanted, gather, split_off_since};
use crate::domain::traveler::route::Accepted;
use crate::ledger::store::Ledger;
use crate::server::store::Store;

use super::origins::unit_in;
use super::told::{Told, Work};
use super::{Judge, JudgeError, origins};

/// Every reason against the ticket, or the records of its lot, that a fact rests on.
pub(super) fn against(
    work: &Work<'_>,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<String>, JudgeError> {
    if let TravelerFact::SplitOff(origin) = work.body {
        return Ok(origins::split_off(work, origin, (ledger, store))?);
    }
    let TravelerFact::UpstreamAccepted { operation, ticket: Some(text), closed, .. } = work.body
    else {
        return Ok(origins::not_of_its_lot(work, ledger)?);
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
        let on = work.now.accepted.get(operation).filter(|on| on.at == work.fact.head.position);
        let waits = |on: &&Accepted| {
            work.now.awaits(on).is_some() && work.now.waits_for(*operation, work.texts)
        };
        let in_vain = on.filter(waits).filter(|_| against.is_none());
        found.extend(in_vain.map(|on| left_behind(on, station)));
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

/// That a record will not come by which work went on.
pub(super) fn left_behind(accepted: &Accepted, station: &StationId) -> String {
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
        for (record, units) in self.left_behind()? {
            let told = self.told.clone();
            if let Err(error) = self.tell_of_ticket(record, &units, now) {
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

    /// The records by which units went on in vain, with why; each with these units.
    fn left_behind(&mut self) -> Result<BTreeMap<(Position, String), Vec<TravelerId>>, JudgeError> {
        let mut found: BTreeMap<_, Vec<TravelerId>> = BTreeMap::new();
        for unit in self.ledger.gone_on()? {
            let Some(state) = unit_in(&self.ledger, &unit)? else { continue };
            let pinned = state.started.iter().flat_map(|started| &started.operations);
            let pinned = pinned.map(|operation| (operation.hash, operation.instruction.clone()));
            self.texts.fetch(pinned.collect(), &self.store)?;
            let known = (&self.ledger, &self.store);
            for record in origins::in_vain((&unit, &state), &self.texts.read, known)? {
                found.entry(record).or_default().push(unit.clone());
            }
        }
        Ok(found)
    }

    fn tell_of_ticket(
        &mut self,
        (record, words): (Position, String),
        units: &[TravelerId],
        now: &Moment,
    ) -> Result<(), JudgeError> {
        if self.store.is_judged(&record)? && self.told.of_record(&record, &words) {
            self.judge_units(units, vec![(record, words)], now)?;
        }
        Ok(())
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
