//! Where the figures of a place on the board come from: its orders, their units, and what fails most.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::{OrderId, PartId};
use crate::domain::stream::TravelerId;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::board::{BoardRow, BoardTime};

/// One place in the time of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceBoard {
    /// The time of its figures.
    #[serde(flatten)]
    pub time: BoardTime,
    /// Its row on the board.
    pub row: BoardRow,
    /// The orders that were worked on there, and what stands there now; by number.
    pub orders: Vec<OrderHere>,
    /// How many units were left out, where there are more than are told.
    pub left_out: usize,
    /// What failed there most.
    pub causes: Vec<Cause>,
}

/// What was made of an order at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderHere {
    /// The order.
    pub order: OrderId,
    /// What is made.
    pub part: PartId,
    /// Its units that were worked on there or stand there.
    pub units: Vec<UnitHere>,
}

/// A unit or lot that was worked on at a place, or stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitHere {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// Good: 1 where its last step was done there, or the pieces of a lot that were reported so there.
    pub good: u32,
    /// Thrown away there.
    pub scrap: u32,
    /// Failing readings there.
    pub failing: u32,
    /// Whether it is on hold now, and that was placed there.
    pub on_hold: bool,
    /// Whether it is begun and not finished, and was last worked on there.
    pub begun: bool,
    /// How it stands now, in words.
    pub standing: Words,
    /// The last fact of it.
    pub last: Option<Timestamp>,
}

/// Something that fails again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Whether it was measured or somebody said so.
    pub of: CauseOf,
    /// The characteristic or the code, with its name.
    pub what: Words,
    /// How many times.
    pub count: u32,
}

/// Where a cause is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseOf {
    /// A reading that fails.
    Reading,
    /// The code of a deviation.
    Deviation,
}

impl OrderHere {
    /// The sums over its units.
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for unit in &self.units {
            sums.good += unit.good;
            sums.scrap += unit.scrap;
            sums.failing += unit.failing;
            sums.on_hold += u32::from(unit.on_hold);
            sums.begun += u32::from(unit.begun);
        }
        sums
    }
}

/// Sums of an order at a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Good.
    pub good: u32,
    /// Thrown away.
    pub scrap: u32,
    /// Failing readings.
    pub failing: u32,
    /// Units on hold now.
    pub on_hold: u32,
    /// Units begun and not finished.
    pub begun: u32,
}

impl Cause {
    /// In words: `7 x torque M8 failed`, `2 x D-12 burr`.
    pub fn words(&self) -> Words {
        let (count, what) = (self.count, self.what.clone());
        match self.of {
            CauseOf::Reading => words!("{count} x {what} failed", count, what => what),
            CauseOf::Deviation => words!("{count} x {what}", count, what => what),
        }
    }
}
