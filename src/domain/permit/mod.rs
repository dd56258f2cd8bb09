//! Deviation permits: a limit that engineering and quality widen before the fact, for units that are
//! named or for so many of them, until a day (R4).
//! Imports the rest of `domain`.
//! Invariant: whoever proposed a permit never grants it, and a use is never taken back: a unit that was
//! measured outside stays counted, whatever becomes of it.

pub mod decide;
pub mod fit;
pub mod second_look;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{CharacteristicId, OrderId, PartId, PermitId, PersonId, PlaceId, RevisionId};
use super::moment::Moment;
use super::people::Role;
use super::quantity::{Limits, Number};
use super::signature::{Signature, Signer};
use super::specification::{Class, Specification};
use super::stream::TravelerId;
use super::traveler::fact::ReadingValue;
use super::unit::Unit;
use super::words::{Words, words};

/// The roles of which one proposes a permit and the other one grants it.
pub const ROLES: [Role; 2] = [Role::Engineer, Role::Quality];

/// What a permit allows, as proposed; nothing of it ever changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// The part.
    pub part: PartId,
    /// The revision of its specification for which it holds; absent where it holds for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<RevisionId>,
    /// The revision whose limits are widened.
    pub revision: RevisionId,
    /// The characteristic.
    pub characteristic: CharacteristicId,
    /// What people call it.
    pub name: String,
    /// How much it matters.
    pub class: Class,
    /// The limits as specified.
    pub specified: Limits,
    /// The limits that hold instead; a side that is not widened is there as specified.
    pub widened: Limits,
    /// The orders whose units may use it; none where that is not restricted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub orders: BTreeSet<OrderId>,
    /// The units that may use it; none where that is not restricted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub units: BTreeSet<TravelerId>,
    /// How many units, or pieces of lots; absent where the units named are the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// From the beginning of this day, site time.
    pub from: Date,
    /// Through the end of this day, site time.
    pub through: Date,
    /// Why.
    pub reason: String,
    /// The deviation or the customer's concession that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What happens to a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum PermitFact {
    /// Proposed and signed by one of engineering and quality.
    PermitProposed {
        /// What it allows.
        permit: Box<Permit>,
        /// Who proposed it; it stands in the same fact as what it is about.
        signature: Signature,
    },
    /// Granted by the other: from now on it is used.
    PermitGranted {
        /// Who granted it, over the proposal.
        signature: Signature,
    },
    /// Not to be used any more.
    PermitWithdrawn {
        /// Why.
        reason: String,
    },
    /// A reading was let go on by it.
    PermitUsed(Box<PermitUsed>),
}

impl PermitFact {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PermitProposed { .. } => "PermitProposed",
            Self::PermitGranted { .. } => "PermitGranted",
            Self::PermitWithdrawn { .. } => "PermitWithdrawn",
            Self::PermitUsed(_) => "PermitUsed",
        }
    }
}

/// One use of a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermitUsed {
    /// The unit or lot.
    pub traveler: TravelerId,
    /// The reading.
    pub reading: Position,
    /// The value that is let go on.
    pub value: ReadingValue,
    /// How many pieces the unit stands for.
    pub pieces: u32,
    /// Who used it, over the reading as it counts.
    pub signature: Signature,
}

/// What somebody asks to be permitted; the limits as specified are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitWanted {
    /// The revision for which alone it is to hold.
    pub only: Option<RevisionId>,
    /// The characteristic.
    pub characteristic: CharacteristicId,
    /// The least value, where it is widened.
    pub lower: Option<Number>,
    /// The greatest value, where it is widened.
    pub upper: Option<Number>,
    /// The unit of both; that of the specification where it is absent.
    pub unit: Option<Unit>,
    /// The orders whose units may use it.
    pub orders: BTreeSet<OrderId>,
    /// The units that may use it.
    pub units: BTreeSet<TravelerId>,
    /// How many units, or pieces of lots.
    pub quantity: Option<u32>,
    /// From the beginning of this day; today where it is absent.
    pub from: Option<Date>,
    /// Through the end of this day.
    pub through: Date,
    /// Why.
    pub reason: String,
    /// The deviation or the customer's concession that it rests on.
    pub reference: Option<String>,
}

/// What is asked for about a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitCommand {
    /// Grant it, as it was shown.
    Grant {
        /// Who grants it.
        by: Signer,
    },
    /// Withdraw it.
    Withdraw {
        /// Why.
        reason: String,
    },
}

/// What a decision about permits may look at besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermitsKnown {
    /// The number that the next permit gets.
    pub next: Option<PermitId>,
    /// The specification whose limits are to be widened.
    pub specification: Option<Specification>,
    /// The permits of the unit's part, and the one that is named.
    pub permits: BTreeMap<PermitId, PermitState>,
}

/// Which permits a command looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PermitsWanted {
    /// None.
    #[default]
    None,
    /// None yet: one is proposed against a specification, of this revision or the one in effect.
    Proposal(Option<RevisionId>),
    /// Those of the unit's part, and the one that is named.
    OfUnit(Option<PermitId>),
}

/// A permit as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermitState {
    /// As proposed; absent before it is known here.
    pub proposed: Option<Proposed>,
    /// As granted first.
    pub granted: Option<Granted>,
    /// As withdrawn first.
    pub withdrawn: Option<Withdrawn>,
    /// Every use, in fold order.
    pub uses: Vec<PermitUse>,
}

/// How a permit was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What it allows.
    pub permit: Box<Permit>,
    /// Who signed.
    pub signature: Signature,
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// When.
    pub moment: Moment,
}

/// How a permit was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Who signed.
    pub signature: Signature,
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
}

/// How a permit was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Option<PersonId>,
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
}

/// One use of a permit, with who, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitUse {
    /// What was used.
    pub used: PermitUsed,
    /// The fact.
    pub at: Position,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
}

impl Permit {
    /// Whether a unit is among those named, or none is named.
    pub fn is_for(&self, unit: &TravelerId) -> bool {
        let anyone = self.orders.is_empty() && self.units.is_empty();
        anyone || self.orders.contains(&unit.order) || self.units.contains(unit)
    }

    /// For which units it is, in words.
    pub fn units_words(&self) -> Words {
        units_words(&self.orders, &self.units, self.quantity)
    }
}

impl PermitWanted {
    /// For which units it is to be, in words.
    pub fn units_words(&self) -> Words {
        units_words(&self.orders, &self.units, self.quantity)
    }
}

fn units_words(
    orders: &BTreeSet<OrderId>,
    units: &BTreeSet<TravelerId>,
    quantity: Option<u32>,
) -> Words {
    let orders = orders.iter().map(ToString::to_string);
    let named: Vec<String> = orders.chain(units.iter().map(ToString::to_string)).collect();
    let units = named.join(", ");
    match quantity {
        Some(count) if units.is_empty() => words!("{count} units or pieces", count),
        Some(count) => words!("{count} units or pieces of {units}", count, units),
        None => Words::given(units),
    }
}

impl PermitState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &PermitFact) {
        let (at, moment) = (head.position.clone(), head.moment.clone());
        match fact {
            PermitFact::PermitProposed { permit, signature } => {
                let (permit, signature) = (permit.clone(), signature.clone());
                self.proposed.get_or_insert(Proposed { permit, signature, at, id, moment });
            }
            PermitFact::PermitGranted { signature } => {
                let signature = signature.clone();
                self.granted.get_or_insert(Granted { signature, at, moment });
            }
            PermitFact::PermitWithdrawn { reason } => {
                let (reason, by) = (reason.clone(), head.acting.actor.clone());
                self.withdrawn.get_or_insert(Withdrawn { reason, by, at, moment });
            }
            PermitFact::PermitUsed(used) => {
                let (used, place) = ((**used).clone(), head.acting.place.clone());
                self.uses.push(PermitUse { used, at, place, moment });
            }
        }
    }

    /// What it allows, once that is known here.
    pub fn permit(&self) -> Option<&Permit> {
        self.proposed.as_ref().map(|proposed| &*proposed.permit)
    }

    /// How many units or pieces used it: a unit once, however many of its readings did, with as many
    /// pieces as it ever stood for when it did. Pieces that were split off count anew as their own lot.
    pub fn used(&self) -> u32 {
        self.used_with(None)
    }

    /// How many will have used it after one more use.
    pub fn used_after(&self, unit: &TravelerId, pieces: u32) -> u32 {
        self.used_with(Some((unit, pieces)))
    }

    fn used_with(&self, more: Option<(&TravelerId, u32)>) -> u32 {
        let mut units: BTreeMap<&TravelerId, u32> = BTreeMap::new();
        let uses = self.uses.iter().map(|found| (&found.used.traveler, found.used.pieces));
        for (unit, pieces) in uses.chain(more) {
            let counted = units.entry(unit).or_default();
            *counted = pieces.max(*counted);
        }
        units.into_values().fold(0, u32::saturating_add)
    }

    /// Which number a use was, in the order in which the uses are here, where it took more than there
    /// were; none where it took none besides what its unit had taken before.
    pub fn over(&self, at: &Position) -> Option<u32> {
        let quantity = self.permit()?.quantity?;
        let rank = self.uses.iter().position(|found| found.at == *at)?;
        let before = Self { uses: self.uses[..rank].to_vec(), ..self.clone() };
        let used = &self.uses[rank].used;
        let after = before.used_after(&used.traveler, used.pieces);
        (after > quantity && after > before.used()).then_some(after)
    }

    /// How many are left; none where the units named are the bound.
    pub fn left(&self) -> Option<u32> {
        Some(self.permit()?.quantity?.saturating_sub(self.used()))
    }

    /// How it stands on a day, in a word.
    pub fn standing(&self, today: Date) -> &'static str {
        let Some(permit) = self.permit() else { return "unknown" };
        if self.withdrawn.is_some() {
            "withdrawn"
        } else if self.granted.is_none() {
            "proposed"
        } else if permit.through < today {
            "expired"
        } else if self.left() == Some(0) {
            "used up"
        } else if permit.from > today {
            "not yet"
        } else {
            "valid"
        }
    }
}
