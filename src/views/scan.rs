//! What a scanned or typed code names.

use crate::domain::ids::{DeviationId, GaugeId, OrderId, PartId, PermitId, PlaceId};
use crate::domain::stream::TravelerId;

/// The meaning of a code; never a signature, a skip or a disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanMeaning {
    /// A badge; whose it is, is told once its PIN is right.
    Badge,
    /// A place.
    Place(PlaceId),
    /// A unit or lot.
    Traveler(TravelerId),
    /// A unit's number that several orders have.
    Travelers(Vec<TravelerId>),
    /// An order.
    Order(OrderId),
    /// A part.
    Part(PartId),
    /// A gauge.
    Gauge(GaugeId),
    /// A deviation.
    Deviation(DeviationId),
    /// A deviation permit.
    Permit(PermitId),
    /// A card on the bench.
    Card(Card),
    /// An order, or a unit of one, that is over and not at this station.
    LeftOut(OrderId),
    /// Nothing that is known here.
    Unknown,
}

impl ScanMeaning {
    /// Whether it is this unit or lot, alone or among others of its number.
    pub fn names(&self, unit: &TravelerId) -> bool {
        match self {
            Self::Traveler(id) => id == unit,
            Self::Travelers(ids) => ids.contains(unit),
            Self::Badge
            | Self::Place(_)
            | Self::Order(_)
            | Self::Part(_)
            | Self::Gauge(_)
            | Self::Deviation(_)
            | Self::Permit(_)
            | Self::Card(_)
            | Self::LeftOut(_)
            | Self::Unknown => false,
        }
    }
}

/// Cards on the bench that spare the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// `GEMBA:NEXT`
    Next,
    /// `GEMBA:YES`
    Yes,
    /// `GEMBA:NO`
    No,
    /// `GEMBA:PAUSE`
    Pause,
    /// `GEMBA:HELP`
    Help,
}

impl Card {
    /// Every card with its code.
    pub const CODES: [(&'static str, Self); 5] = [
        ("GEMBA:NEXT", Self::Next),
        ("GEMBA:YES", Self::Yes),
        ("GEMBA:NO", Self::No),
        ("GEMBA:PAUSE", Self::Pause),
        ("GEMBA:HELP", Self::Help),
    ];

    /// Reads a card's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(text, _)| *text == code.trim()).map(|(_, card)| *card)
    }
}
