//! Suspect ranges, as the list, the screen and the command line show them (R16).

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::ids::PlaceId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::suspect::HeldStanding;
use crate::domain::understood::{BECOMES, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

/// What one failed check makes suspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspectRange {
    /// The reading that failed.
    pub failed: Position,
    /// The unit that it was taken on.
    pub unit: TravelerId,
    /// What was measured.
    pub name: String,
    /// The failing value, as it was when the first hold was placed.
    pub value: String,
    /// Where.
    pub place: PlaceId,
    /// What is counted for there.
    pub counter: String,
    /// Since when, in words: the last good check with its unit and value.
    pub since: Words,
    /// Who took the last good check.
    pub good_by: Option<String>,
    /// When.
    pub good_at: Option<Timestamp>,
    /// Every unit in it, in the order of their numbers.
    pub units: Vec<SuspectUnit>,
}

/// A suspect unit: how it stands and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspectUnit {
    /// The unit.
    pub traveler: TravelerId,
    /// The hold.
    pub hold: Position,
    /// How the hold stands.
    pub standing: HeldStanding,
    /// The deviation that waits for a decision about it.
    pub deviation: Option<String>,
    /// How the unit ended, where it did before its route.
    pub ended: Option<String>,
    /// Whether every operation is done.
    pub finished: bool,
    /// Whether it is shipped, and so not here.
    pub shipped: bool,
    /// The operation that is next.
    pub operation: Option<u32>,
    /// Where it was last worked on.
    pub last_place: Option<PlaceId>,
}

impl SuspectRange {
    /// How many units stand so.
    pub fn count(&self, standing: impl Fn(HeldStanding) -> bool) -> usize {
        self.units.iter().filter(|unit| standing(unit.standing)).count()
    }

    /// The units that are still held for it.
    pub fn held(&self) -> impl Iterator<Item = &SuspectUnit> {
        self.units.iter().filter(|unit| unit.standing.is_open() && unit.ended.is_none())
    }

    /// How many are held, of how many.
    pub fn held_words(&self) -> Words {
        let held = self.count(HeldStanding::is_open);
        let gone = self.units.iter().filter(|unit| unit.shipped && unit.standing.is_open()).count();
        let all = self.units.len();
        if gone > 0 {
            return words!("{held} of {all} held, {gone} shipped", held, all, gone);
        }
        words!("{held} of {all} held", held, all)
    }

    /// Whether a unit was last worked on at another place than where it was made.
    pub fn is_elsewhere(&self, unit: &SuspectUnit) -> bool {
        unit.last_place.as_ref().is_some_and(|place| *place != self.place)
    }
}

impl SuspectUnit {
    /// How it stands, in words.
    pub fn words(&self) -> Words {
        match (&self.ended, self.standing) {
            (Some(how), _) => words!("ended: {how}", how => understood(how, BECOMES)),
            (None, HeldStanding::Untouched | HeldStanding::Raised) => match &self.deviation {
                Some(deviation) => words!("held, {deviation}", deviation),
                None => words!("held"),
            },
            (None, HeldStanding::Cleared) => words!("no longer suspect"),
            (None, HeldStanding::Sorted) => words!("sorted"),
            (None, HeldStanding::Decided) => words!("released"),
        }
    }

    /// Where it is now, in words.
    pub fn whereabouts(&self) -> Words {
        let place = self.last_place.as_ref().map_or_else(String::new, |place| format!(", {place}"));
        if self.shipped {
            return words!("shipped");
        }
        match (self.finished, self.operation) {
            (_, _) if self.shipped => words!("shipped"),
            (true, _) => words!("finished{place}", place),
            (false, Some(operation)) => words!("op {operation}{place}", operation, place),
            (false, None) => words!("begun{place}", place),
        }
    }
}
