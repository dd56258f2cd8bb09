//! When an order is over: nothing is to be done about it any more.

use super::stream::StreamState;

/// What keeps an order from being over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Open {
    /// It is not closed, or not known.
    Order,
    /// A unit of it is on hold, with a deviation or without one.
    Hold,
    /// A deviation of it is not closed.
    Deviation,
}

/// What one of an order's streams says against its being over.
pub fn open(state: &StreamState) -> Option<Open> {
    if let StreamState::Order(order) = state {
        return (!order.closed).then_some(Open::Order);
    }
    if let StreamState::Traveler(unit) = state {
        return unit.open_holds().next().map(|_| Open::Hold);
    }
    if let StreamState::Deviation(deviation) = state {
        return (!deviation.is_closed()).then_some(Open::Deviation);
    }
    None
}
