//! What a label is of, where it names something that is known at this station.

use std::fmt;

use super::ids::{GaugeId, OrderId, PlaceId};
use super::stream::TravelerId;
use super::ticket::is_ticket;

/// What the text of a label names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// Somebody's badge; whose, is not said.
    Badge,
    /// A place.
    Place(PlaceId),
    /// An order.
    Order(OrderId),
    /// A gauge.
    Gauge(GaugeId),
    /// A unit or lot.
    Unit(TravelerId),
    /// A hand-off ticket.
    Ticket,
    /// A card that stands for a key.
    Card,
}

/// How every card that stands for a key begins.
const CARD: &str = "GEMBA:";

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Badge => f.write_str("a badge"),
            Self::Place(place) => write!(f, "the place {place}"),
            Self::Order(order) => write!(f, "the order {order}"),
            Self::Gauge(gauge) => write!(f, "the gauge {gauge}"),
            Self::Unit(unit) => write!(f, "the unit {unit}"),
            Self::Ticket => f.write_str("a hand-off ticket"),
            Self::Card => f.write_str("a card of the terminal"),
        }
    }
}

impl Label {
    /// The unit itself, where a text is its label: with its order, or its number alone.
    pub fn of_unit(id: &TravelerId, text: &str) -> Option<Self> {
        let own = text == id.unit.as_str() || text == id.to_string();
        own.then(|| Self::Unit(id.clone()))
    }

    /// What a text is of, wherever it is read.
    pub fn of_text(text: &str) -> Option<Self> {
        let card = text.trim().starts_with(CARD).then_some(Self::Card);
        card.or_else(|| is_ticket(text).then_some(Self::Ticket))
    }
}
