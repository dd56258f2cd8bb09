//! What the judge says of work that went on by a hand-off ticket: whose ticket it was, and whether the
//! facts that it spoke for say the same once they come.

use crate::domain::fact::Position;
use crate::domain::refusal::ticket::TicketReason;
use crate::domain::ticket::{DrawnBy, Ticket};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::hand_off::{differences, not_taken_from};
use crate::ledger::store::Ledger;
use crate::server::store::Store;

use super::JudgeError;
use super::told::{Told, Work};

/// Every reason against the ticket that a fact rests on.
pub(super) fn against(
    work: &Work<'_>,
    (ledger, store): (&Ledger, &Store),
) -> Result<Vec<String>, JudgeError> {
    let TravelerFact::UpstreamAccepted { operation, ticket: Some(text), .. } = work.body else {
        return Ok(Vec::new());
    };
    let Ok(ticket) = Ticket::parse(text) else {
        return Ok(vec!["the ticket that it rests on cannot be read".to_owned()]);
    };
    let mut found = Vec::new();
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
    if let DrawnBy::Revoked { since, .. } = &by {
        // What was taken before anybody revoked the station stands.
        let taken = work.fact.head.moment.effective();
        against = against.filter(|_| taken >= *since);
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
