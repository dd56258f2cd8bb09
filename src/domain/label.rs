//! What a label is of, where it names something that is known at this station.

use std::fmt;

use crate::domain::words::Words;
use crate::domain::words::words;

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
        self.words().fmt(f)
    }
}

impl Label {
    /// What it is, in words.
    pub fn words(&self) -> Words {
        match self {
            Self::Badge => words!("a badge"),
            Self::Place(place) => words!("the place {place}", place),
            Self::Order(order) => words!("the order {order}", order),
            Self::Gauge(gauge) => words!("the gauge {gauge}", gauge),
            Self::Unit(unit) => words!("the unit {unit}", unit),
            Self::Ticket => words!("a hand-off ticket"),
            Self::Card => words!("a card of the terminal"),
        }
    }

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
