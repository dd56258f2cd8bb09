//! Hand-off tickets in the shop: drawn at one station, taken at another. A signature of zeros stands for
//! that of the station which drew it.

use gemba::domain::decide::Command;
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::ids::SiteId;
use gemba::domain::refusal::Refusal;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::ticket::{DrawnBy, SIGNATURE_BYTES, Ticket, plant_tag, station_tag};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::hand_off::{Speaker, draw, not_taken_from};
use gemba::views::ticket::TicketView;

use super::shop::{SITE, Shop};
use super::shop_plan::id;
use super::shop_route::done;
use crate::rules_route::approves;

pub(crate) fn takes(ticket: &Ticket) -> TravelerCommand {
    TravelerCommand::AcceptTicket(Box::new(ticket.clone()))
}

impl Shop {
    /// A plant in which a unit was coated at ASM1, and ASM2 knows the order and nothing of the unit.
    pub(crate) fn coated_apart() -> Self {
        let mut shop = Self::coats();
        shop.at("ASM2").place("INC-1").at("ASM1");
        shop.does("novak", TravelerCommand::Start).viewed(false, "0.03").coated();
        shop
    }

    /// Does what is left of the coating.
    #[track_caller]
    pub(crate) fn coated(&mut self) -> &mut Self {
        self.masked().does("novak", done("dry"));
        self.does("okafor", approves()).does("novak", done("approve"))
    }

    /// Draws a ticket of the unit at hand, or tells every reason why there is none.
    pub(crate) fn draws(&self) -> Result<Ticket, Refusal> {
        self.draws_of(&self.traveler)
    }

    pub(crate) fn draws_of(&self, unit: &TravelerId) -> Result<Ticket, Refusal> {
        let reason = String::new();
        let command = Command::Traveler(unit.clone(), TravelerCommand::TakeBack { reason });
        let mut context = self.context("", &command);
        let concerns = |state: &DeviationState| state.travelers().contains(&unit);
        context.deviations = self
            .here()
            .streams()
            .filter_map(|(subject, stream)| {
                let (Subject::Deviation(id), StreamState::Deviation(state)) =
                    (subject, &stream.state)
                else {
                    return None;
                };
                concerns(state).then(|| (id.clone(), state.clone()))
            })
            .collect();
        let site: SiteId = id(SITE);
        let ledger = context.next.ledger.clone();
        let by = Speaker { site: Some(&site), ledger: &ledger, revoked: None, waiting: 0 };
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(unit.clone())).state
        else {
            panic!("a traveler's stream holds a traveler");
        };
        draw(unit, &state, (&context, by))
    }

    /// The ticket of the unit at hand.
    #[track_caller]
    pub(crate) fn ticket(&self) -> Ticket {
        self.draws().unwrap_or_else(|refusal| panic!("no ticket:\n{refusal}"))
    }

    /// The codes of the reasons why no ticket is drawn, each of which says what to do next.
    #[track_caller]
    pub(crate) fn no_ticket(&self) -> Vec<&'static str> {
        let refusal = self.draws().unwrap_err();
        for reason in &refusal.reasons {
            assert!(
                reason.what().to_string().ends_with('.') && !reason.next().to_string().is_empty(),
                "{reason:?}"
            );
        }
        refusal.reasons.iter().map(gemba::domain::refusal::Reason::code).collect()
    }

    /// Whose a ticket is, as known at the station at hand; every station there is was announced.
    pub(crate) fn whose(&self, ticket: &Ticket) -> DrawnBy {
        if ticket.plant != plant_tag(&id(SITE)) {
            return DrawnBy::OtherPlant;
        }
        let here = self.here().name;
        for station in &self.stations {
            let ledger = id(&format!("ledger-{}", station.name));
            if station_tag(&ledger) != ticket.station {
                continue;
            }
            let signed = ticket.signature == [0; SIGNATURE_BYTES];
            return match (signed, station.name == here) {
                (false, _) => DrawnBy::Forged(id(station.name)),
                (true, true) => DrawnBy::Itself,
                (true, false) => DrawnBy::Station(id(station.name), ledger),
            };
        }
        DrawnBy::Unknown
    }

    /// A ticket as a store would tell it.
    pub(crate) fn ticket_view(&self, ticket: &Ticket) -> TicketView {
        let by = self.whose(ticket);
        let station = match &by {
            DrawnBy::Station(station, _) => Some(station.to_string()),
            DrawnBy::Itself => Some(self.here().name.to_owned()),
            DrawnBy::OtherPlant
            | DrawnBy::Unknown
            | DrawnBy::Forged(_)
            | DrawnBy::Revoked { .. } => None,
        };
        let against =
            not_taken_from(&by).map(|reason| Refusal::one(reason.into()).told().remove(0));
        let name = |operation: &u32| match operation {
            10 => "Coating".to_owned(),
            40 => "Packing".to_owned(),
            _ => "Assembly".to_owned(),
        };
        TicketView {
            text: ticket.text(),
            traveler: ticket.unit.clone(),
            part: "CP-40".to_owned(),
            pieces: ticket.pieces,
            station,
            drawn: ticket.drawn(),
            done: ticket.closed().map(|operation| (operation, name(&operation))).collect(),
            against,
            ticket: ticket.clone(),
        }
    }
}
