//! A lot that goes on by the hand-off ticket of a station whose records have not come, and how the server
//! judges it.

use gemba::domain::decide::Command;
use gemba::domain::fact::Acting;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::ticket::Ticket;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;
use gemba::domain::traveler::state::TravelerState;

use super::lots::splits;
use super::plant::{PlantBench, StationBench, acting, moment};
use super::shop_route::accepts;
use crate::judge_pieces::{deburrs, does, lot, plant};
use crate::judge_work::objected;
use crate::sync_judge::reviews;

/// Who works where lots come in.
pub(crate) fn incoming() -> Acting {
    Acting { place: Some("INC-1".parse().unwrap()), ..acting("P-1") }
}

pub(crate) fn draws(station: &StationBench) -> Ticket {
    station.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap()
}

pub(crate) fn takes(ticket: &Ticket) -> TravelerCommand {
    TravelerCommand::AcceptTicket(Box::new(ticket.clone()))
}

/// A plant whose first station deburred the lot, and whose second took it by the ticket of that one.
pub(crate) async fn taken() -> (PlantBench, StationBench, StationBench, Ticket) {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = draws(&one);
    does(&two, ("INC-1", 2_000), takes(&ticket));
    (bench, one, two, ticket)
}

/// The same, where forty pieces were split off since, and forty more; and its records have come.
pub(crate) async fn taken_and_split() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two, _) = taken().await;
    for ms in [2_050, 2_060] {
        does(&two, ("INC-1", ms), splits(40));
    }
    assert_eq!(objected(&bench, &one).await, []);
    assert_eq!(objected(&bench, &two).await, []);
    (bench, one, two)
}

/// What a lot waited for is closed by the records of the lot that its pieces were of.
pub(crate) fn takes_over(station: &StationBench, lot: &str, ms: i64) {
    let unit = TravelerId::parse(&format!("WO-2/{lot}")).unwrap();
    let command = Command::Traveler(unit, accepts(20));
    station.ledger().transact(&incoming(), &moment(ms), command).unwrap();
}

/// A lot of the order, as known at a station.
pub(crate) fn state_of(station: &StationBench, unit: &str) -> TravelerState {
    let unit = TravelerId { unit: unit.parse().unwrap(), ..lot() };
    let state = station.ledger().stream(&Subject::Traveler(unit)).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    state
}

/// Whether the server holds a lot, as known at a station.
pub(crate) fn is_held(station: &StationBench, unit: &str) -> bool {
    let state = state_of(station, unit);
    let judged = |reason: &HoldReason| matches!(reason, HoldReason::Judged { .. });
    state.open_holds().any(|(_, hold)| judged(&hold.placed.reason))
}

/// What the server did not accept, as a station was told.
pub(crate) fn told(station: &StationBench) -> Vec<String> {
    reviews(station).into_iter().flat_map(|review| review.reasons).collect()
}
