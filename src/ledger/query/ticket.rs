//! What a hand-off ticket says, in words that are known here.

use crate::domain::refusal::Refusal;
use crate::domain::stream::StreamState;
use crate::domain::stream::Subject;
use crate::domain::ticket::{DrawnBy, Ticket};
use crate::domain::traveler::hand_off::{not_taken_from, tagged};
use crate::ledger::error::LedgerError;
use crate::views::ticket::TicketView;

use super::Asked;

impl Asked<'_> {
    pub(super) fn ticket(self, ticket: &Ticket) -> Result<TicketView, LedgerError> {
        let by = self.ledger.drawn_by(ticket)?;
        let against = not_taken_from(&by).map(|reason| Refusal::one(reason.into()).told());
        let station = match &by {
            DrawnBy::Station(station, _) | DrawnBy::Revoked { station, .. } => {
                Some(station.to_string())
            }
            DrawnBy::Itself => Some(self.ledger.identity().station.to_string()),
            DrawnBy::OtherPlant | DrawnBy::Unknown | DrawnBy::Forged(_) => None,
        };
        let order = self.ledger.order(self.connection, &ticket.unit.order)?;
        let opened = order.and_then(|order| order.opened);
        let mut done = Vec::new();
        for named in ticket.operations.iter().filter(|named| named.closed) {
            let mut routes = opened.iter().flat_map(|opened| &opened.route);
            let route = routes.find(|route| route.operation == named.operation);
            let mut name = String::new();
            if let Some(route) = route {
                let subject = Subject::Instruction(route.instruction.clone());
                let folded = self.ledger.load(self.connection, &subject)?;
                if let StreamState::Instruction(known) = &folded.stream.state
                    && let Some(revision) = tagged(&known.revisions, named.text)
                    && let Some(compiled) =
                        self.ledger.instruction(self.connection, &revision.submitted.hash)?
                {
                    name.clone_from(&compiled.operation_name);
                }
            }
            done.push((named.operation, name));
        }
        Ok(TicketView {
            text: ticket.text(),
            traveler: ticket.unit.clone(),
            part: opened.map(|opened| opened.part.to_string()).unwrap_or_default(),
            pieces: ticket.pieces,
            station,
            drawn: ticket.drawn(),
            done,
            against: against.and_then(|told| told.into_iter().next()),
            ticket: ticket.clone(),
        })
    }
}
