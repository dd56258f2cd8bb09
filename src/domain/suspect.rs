//! The suspect range: what was made at a place between two good checks of a characteristic of which
//! one in between failed (R16).
//!
//! A station writes one sequence of facts, so what it made at a place is in one order, and no clock
//! takes part: between the last good check that was over when the failing unit was begun, and the next
//! one after the failing reading. Whatever was in work at any time between is suspect, unless it was
//! measured itself. Another setup, tool or material is no bound: what went by unchecked before it stays
//! unchecked, and who changes something must not let it go by that.
//!
//! Of another station at the same place the order is not known. Its own good checks bound what it
//! made, where their times prove that they came before or after; else the range goes on to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fact::Position;
use super::ids::{CharacteristicId, LedgerId, PersonId, StepId};
use super::moment::{Elapsed, Moment};
use super::stream::TravelerId;

/// By how much two clocks may differ of which neither was compared with the server's, in
/// milliseconds: one day.
const CLOCKS_APART_MS: i64 = 24 * 3_600 * 1_000;

/// A unit that was counted at a place, and what became of its check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The unit.
    pub unit: TravelerId,
    /// The attempt in which it was: its first moment here.
    pub at: Position,
    /// Its operation.
    pub operation: u32,
    /// Its step.
    pub step: StepId,
    /// Which attempt it was, from 1.
    pub rank: u32,
    /// The ask that is sampled.
    pub ask: u16,
    /// When it was begun.
    pub began: Moment,
    /// The last fact of its being made here; none while it is.
    pub until: Option<Position>,
    /// When another station completed it or left it out: no order tells what was made here since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Moment>,
    /// Whether it takes a place in the count; a step that is done again does not, and what it finds
    /// good says nothing of what was made before and after.
    pub counted: bool,
    /// What the check found, where it is whole.
    pub check: Option<Checked>,
    /// Whether the unit itself was measured, whatever others were.
    pub own: Own,
}

/// Whether a unit was measured itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Own {
    /// Nobody did, and nobody is to.
    Unmeasured,
    /// It is to be yet, and cannot go on without.
    Owed,
    /// It was, whole, in sorting too; whatever was found is decided.
    Measured,
}

/// A check of a sampled characteristic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The reading: of several the one that fails, else the last.
    pub reading: Position,
    /// The fact that says so: the reading, or its last correction.
    pub known: Position,
    /// Whether none fails.
    pub good: bool,
    /// The characteristic; absent for an in-process value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// What people call it.
    pub name: String,
    /// The value, as people read it.
    pub value: String,
    /// Who took it.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
}

/// A range of one station: from the beginning of a good check to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range<'a> {
    /// The unit that bounds it: checked good.
    pub from: Option<&'a Made>,
    /// The first position that is not in it any more; none where it goes on.
    to: Option<&'a Position>,
}

impl Made {
    /// The check that failed.
    pub fn failed(&self) -> Option<&Checked> {
        self.check.as_ref().filter(|check| !check.good)
    }

    /// The check that found it good, by the station that counted it.
    pub fn good(&self) -> Option<&Checked> {
        let here = |check: &&Checked| check.good && check.reading.ledger == self.at.ledger;
        self.check.as_ref().filter(|_| self.counted).filter(here)
    }

    /// Whether it went by without a check of its own, and nobody is about to make one.
    fn went_by(&self) -> bool {
        self.check.is_none() && self.own != Own::Owed
    }

    /// Whether its good check was over before a unit was begun.
    fn before(&self, failing: &Self) -> bool {
        let own = self.at.ledger == failing.at.ledger;
        self.good().is_some_and(|good| {
            if own { good.reading < failing.at } else { proven(&good.moment, &failing.began) }
        })
    }

    /// From where on what is begun is not in a range before it any more.
    fn bounds_from(&self) -> &Position {
        self.good().map_or(&self.at, |good| &good.reading)
    }

    /// Whether a failed check of the same station makes nothing suspect that is begun from here on:
    /// a good check that was begun after it.
    pub fn closes(&self, failing: &Self) -> bool {
        let own = self.at.ledger == failing.at.ledger;
        own && failing.failed().is_some_and(|failed| self.after(failing, failed))
    }

    /// Whether it left before a position here: by the order of its own station, where that ended it.
    fn left_before(&self, from: &Self) -> bool {
        match (&self.until, &self.left) {
            (None, _) => false,
            (Some(until), None) => *until < from.at,
            (Some(until), Some(left)) => *until < from.at && proven(left, &from.began),
        }
    }

    /// Whether it was begun after a failing reading, and so bounds what is suspect.
    fn after(&self, failing: &Self, failed: &Checked) -> bool {
        let own = self.at.ledger == failing.at.ledger;
        let later = if own && self.at.ledger == failed.reading.ledger {
            self.at > failed.reading
        } else {
            (!own || self.at > failing.at) && proven(&failed.moment, &self.began)
        };
        later && self.good().is_some()
    }
}

/// Whether one moment is proven to be before another one of another station.
fn proven(one: &Moment, other: &Moment) -> bool {
    let passed = Elapsed::between(one, other);
    if passed.at_most_ms.is_some() {
        return passed.at_least_ms > 0;
    }
    let apart = other.effective().duration_since(one.effective()).as_millis();
    apart > i128::from(CLOCKS_APART_MS)
}

/// The range of one station's units around a failed check, of this station or of another one;
/// `made` is all that it counted at the place, in its order.
fn range<'a>(made: &[&'a Made], failing: &Made, failed: &Checked) -> Range<'a> {
    let from = made.iter().rev().find(|one| one.before(failing)).copied();
    let next = made.iter().filter(|one| one.after(failing, failed));
    Range { from, to: next.map(|next| next.bounds_from()).min() }
}

impl Range<'_> {
    /// Whether a unit was in work at any time of it.
    fn holds(&self, made: &Made) -> bool {
        let late = self.from.is_none_or(|from| !made.left_before(from));
        late && self.to.is_none_or(|to| made.at < *to)
    }
}

/// Why a unit is suspect: the failed check, and the last good one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause<'a> {
    /// The unit whose check failed.
    pub failing: &'a Made,
    /// That check.
    pub failed: &'a Checked,
    /// What bounds the range of the suspect unit's station.
    pub from: Option<&'a Made>,
}

/// Every unit that is in the range of a failed check and went by without one itself, with each check
/// that makes it suspect, and the one whose check failed, of which pieces may be elsewhere; of one
/// place and one counter, whatever the order in which it is given.
pub fn suspects(made: &[Made]) -> Vec<(&Made, Vec<Cause<'_>>)> {
    let mut by_ledger: BTreeMap<&LedgerId, Vec<&Made>> = BTreeMap::new();
    for one in made {
        by_ledger.entry(&one.at.ledger).or_default().push(one);
    }
    let mut found: BTreeMap<&Position, (&Made, Vec<Cause<'_>>)> = BTreeMap::new();
    for of_ledger in by_ledger.values_mut() {
        of_ledger.sort_by_key(|one| &one.at);
        for failing in made {
            let Some(failed) = failing.failed() else { continue };
            let range = range(of_ledger, failing, failed);
            let itself = |one: &Made| (&one.at, one.ask) == (&failing.at, failing.ask);
            let suspect = |one: &&&Made| itself(one) || (one.went_by() && range.holds(one));
            for one in of_ledger.iter().filter(suspect) {
                let cause = Cause { failing, failed, from: range.from };
                found.entry(&one.at).or_insert((one, Vec::new())).1.push(cause);
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    for (_, causes) in &mut found {
        causes.sort_by_key(|cause| &cause.failed.reading);
    }
    found
}

/// Whether a check of a station failed, and nothing that it began since bounds what is suspect: then
/// whatever is begun is measured.
pub fn is_open(made: &[Made], station: &LedgerId) -> bool {
    let own = || made.iter().filter(|one| one.at.ledger == *station);
    own().any(|failing| failing.failed().is_some() && !own().any(|one| one.closes(failing)))
}
