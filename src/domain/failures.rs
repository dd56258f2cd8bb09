//! Failures in a row: units one after the other whose value of one characteristic fails at a place
//! hold the operation there.
//!
//! Units are counted, each once, by its newest attempt at that place; a value that was typed wrong and
//! put right does not count, a good unit begins the count anew, and so does a release. A station writes
//! one sequence of facts, so its own units are in order; with those of other stations they are in the
//! order of their moments. Where either order has enough of them, the operation is held: rather once
//! too often.

use serde::{Deserialize, Serialize};

use super::fact::{Head, Position};
use super::ids::{CharacteristicId, InstructionId, PersonId};
use super::moment::Moment;
use super::place::{PlaceFact, PlaceState};
use super::positions::Positions;
use super::stream::TravelerId;
use super::words::{Words, words};

/// How many units in a row hold an operation where the site does not say.
pub const FAILURES_IN_A_ROW: u8 = 3;
/// The most that a site may ask for; none hold anything where it says 0.
pub const FAILURES_MAX: u8 = 50;

/// What is measured at a place: a characteristic at the operation of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The instruction, whatever its revision.
    pub instruction: InstructionId,
    /// The characteristic; absent for an in-process value, which its name tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// What people call it.
    pub name: String,
}

impl Measured {
    /// Whether both are the same; a revision may call a characteristic something else.
    pub fn is(&self, other: &Self) -> bool {
        let named = self.characteristic.is_some() || self.name == other.name;
        self.instruction == other.instruction
            && self.characteristic == other.characteristic
            && named
    }

    /// The characteristic, else the name.
    pub fn key(&self) -> &str {
        self.characteristic.as_ref().map_or(&self.name, |characteristic| characteristic.as_str())
    }
}

/// A unit that was measured at a place, by its newest attempt there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The unit.
    pub unit: TravelerId,
    /// The last of its readings.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// The reading that fails, of several the last one; none where the unit is good.
    pub failed: Option<(Position, String)>,
}

/// A unit whose value failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The unit.
    pub unit: TravelerId,
    /// The reading.
    pub reading: Position,
    /// Its value, as people read it.
    pub value: String,
}

/// Why an operation is held at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationHeld {
    /// What failed.
    #[serde(flatten)]
    pub measured: Measured,
    /// The units in a row, the first one first.
    pub failures: Vec<Failure>,
}

/// A hold of an operation at a place, open or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationHold {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Why.
    pub held: OperationHeld,
    /// How it ended.
    pub released: Option<OperationReleased>,
}

/// That an operation goes on at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationReleased {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Who.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: String,
}

impl OperationHeld {
    /// Why, in words.
    pub fn words(&self) -> Words {
        let Self { measured, failures } = self;
        let units: Vec<String> =
            failures.iter().map(|f| format!("{} {}", f.unit, f.value)).collect();
        words!(
            "{name} failed on {count} units in a row: {units}",
            name = measured.name,
            count = failures.len(),
            units = units.join(", ")
        )
    }
}

impl PlaceState {
    /// Takes that an operation is held, or goes on.
    pub(super) fn hold_operation(&mut self, head: &Head, fact: &PlaceFact) {
        match fact {
            PlaceFact::OperationHeld(why) => self.operation_holds.push(OperationHold {
                at: head.position.clone(),
                moment: head.moment.clone(),
                held: (**why).clone(),
                released: None,
            }),
            PlaceFact::OperationReleased { holds, reason } => {
                let mine = |hold: &&mut OperationHold| holds.contains(&hold.at);
                for hold in self.operation_holds.iter_mut().filter(mine) {
                    // Released twice unseen: the first in fold order counts.
                    hold.released.get_or_insert_with(|| OperationReleased {
                        at: head.position.clone(),
                        moment: head.moment.clone(),
                        by: head.acting.actor.clone(),
                        reason: reason.clone(),
                    });
                }
            }
            PlaceFact::PlaceDefined(_)
            | PlaceFact::SetupDone { .. }
            | PlaceFact::SetupEnded { .. }
            | PlaceFact::ToolChanged { .. }
            | PlaceFact::MaterialChanged { .. }
            | PlaceFact::PlanSet { .. } => {}
        }
    }

    /// The holds of operations that are open.
    pub fn open_operation_holds(&self) -> impl Iterator<Item = &OperationHold> {
        self.operation_holds.iter().filter(|hold| hold.released.is_none())
    }

    /// The open holds of one instruction's operation.
    pub fn holds_of(&self, instruction: &InstructionId) -> Positions {
        let open = self.open_operation_holds();
        open.filter(|hold| hold.held.measured.instruction == *instruction)
            .map(|hold| &hold.at)
            .collect()
    }

    /// Why whoever wrote a fact of a station could not begin an operation here: a hold that the same
    /// station had written before, and that nobody had released by then. Of the holds of others it may
    /// not have heard.
    pub fn was_held_for(
        &self,
        instruction: &InstructionId,
        (at, moment): (&Position, &Moment),
    ) -> Option<&OperationHold> {
        self.operation_holds.iter().find(|hold| {
            let known = hold.at.ledger == at.ledger && hold.at < *at;
            let over = hold.released.as_ref().is_some_and(|released| {
                let own = released.at.ledger == at.ledger && released.at < *at;
                own || released.moment.effective() <= moment.effective()
            });
            known && !over && hold.held.measured.instruction == *instruction
        })
    }

    /// The units that hold an operation here now, of all that were measured here; none where they are
    /// too few, where it is held already, and where the site does not want it.
    pub fn failures_in_a_row(
        &self,
        measured: &Measured,
        (tried, least): (&[Tried], u8),
    ) -> Option<OperationHeld> {
        let of_it = || self.operation_holds.iter().filter(|hold| hold.held.measured.is(measured));
        if least == 0 || of_it().any(|hold| hold.released.is_none()) {
            return None;
        }
        let holds: Vec<&OperationHold> = of_it().collect();
        let mut all: Vec<&Tried> = tried.iter().collect();
        all.sort_by(|a, b| (a.moment.effective(), &a.at).cmp(&(b.moment.effective(), &b.at)));
        let mut rows = vec![in_a_row(&all, &holds)];
        for newest in tried {
            let ledger = &newest.at.ledger;
            let mut own: Vec<&Tried> = tried.iter().filter(|t| t.at.ledger == *ledger).collect();
            own.sort_by(|a, b| a.at.cmp(&b.at));
            rows.push(in_a_row(&own, &holds));
        }
        let failures = rows.into_iter().max_by_key(Vec::len)?;
        let measured = measured.clone();
        (failures.len() >= usize::from(least)).then_some(OperationHeld { measured, failures })
    }
}

/// The units at the end of a sequence that fail and belong to no hold before.
fn in_a_row(tried: &[&Tried], holds: &[&OperationHold]) -> Vec<Failure> {
    let failing = tried.iter().rev().map_while(|tried| {
        let (reading, value) = tried.failed.as_ref()?;
        let spent = holds.iter().any(|hold| hold.has_taken(tried, reading));
        let (unit, reading, value) = (tried.unit.clone(), reading.clone(), value.clone());
        (!spent).then_some(Failure { unit, reading, value })
    });
    let mut failures: Vec<Failure> = failing.collect();
    failures.reverse();
    failures
}

impl OperationHold {
    /// Whether a failing reading was there when this hold was placed, or by the time it was released.
    fn has_taken(&self, tried: &Tried, reading: &Position) -> bool {
        if self.held.failures.iter().any(|failure| failure.reading == *reading) {
            return true;
        }
        self.released.as_ref().is_some_and(|released| {
            if released.at.ledger == reading.ledger {
                *reading < released.at
            } else {
                tried.moment.effective() <= released.moment.effective()
            }
        })
    }
}
