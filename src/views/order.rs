//! Orders.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::ids::{OrderId, PartId};

use super::board::PiecesRow;

/// One order with its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRow {
    /// The order.
    pub order: OrderId,
    /// What is made.
    pub part: PartId,
    /// Units or lots.
    pub units: u32,
    /// Begun and not finished.
    pub begun: u32,
    /// Finished.
    pub finished: u32,
    /// On hold.
    pub on_hold: u32,
    /// Finished, on no hold, and not shipped.
    pub to_ship: u32,
    /// Released to ship.
    pub shipped: u32,
    /// When due.
    pub due: Option<Date>,
    /// 1 is most urgent.
    pub priority: u8,
    /// Whether it is closed.
    pub closed: bool,
    /// What was reported of its lots, by operation.
    pub pieces: Vec<PiecesRow>,
}
