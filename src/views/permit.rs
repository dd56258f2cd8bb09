//! Deviation permits, as their screen, the bench and the command line show them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, PartId, PermitId, PlaceId, RevisionId};
use crate::domain::permit::fit::limits_words;
use crate::domain::permit::{Permit, PermitState};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::hold::shown;
use crate::domain::understood::{Said, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::signature::SignatureView;

/// How a permit stands.
const STANDINGS: &[Said] = &[
    ("proposed", &[]),
    ("valid", &[]),
    ("not yet", &[]),
    ("expired", &[]),
    ("used up", &[]),
    ("withdrawn", &[]),
];

/// One permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermitRow {
    /// Its number.
    pub permit: PermitId,
    /// The part.
    pub part: PartId,
    /// The revision of the specification for which alone it holds.
    pub only: Option<RevisionId>,
    /// The revision whose limits are widened.
    pub revision: RevisionId,
    /// The characteristic.
    pub characteristic: CharacteristicId,
    /// What people call it.
    pub name: String,
    /// The limits as specified.
    pub specified: String,
    /// The limits that hold instead.
    pub limits: String,
    /// The orders whose units may use it.
    pub orders: Vec<String>,
    /// The units that may use it.
    pub units: Vec<String>,
    /// How many units or pieces; none where the units named are the bound.
    pub quantity: Option<u32>,
    /// How many used it.
    pub used: u32,
    /// How many are left.
    pub left: Option<u32>,
    /// From the beginning of this day.
    pub from: Date,
    /// Through the end of this day.
    pub through: Date,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub reference: Option<String>,
    /// How it stands today: proposed, valid, not yet, expired, used up, withdrawn.
    pub standing: String,
    /// Days until its last day, where that is near and it is valid.
    pub ends_in_days: Option<i64>,
    /// For whom it is, in words.
    pub for_whom: Words,
    /// Who proposed it.
    pub proposed: SignatureView,
    /// Who granted it.
    pub granted: Option<SignatureView>,
    /// That it was withdrawn.
    pub withdrawn: Option<WithdrawnView>,
    /// Every use.
    pub uses: Vec<UseView>,
}

/// A permit that lets the reading go on that waits to be typed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermitOffer {
    /// Its number.
    pub permit: PermitId,
    /// The limits that it allows.
    pub limits: String,
    /// How many are left; none where the units named are the bound.
    pub left: Option<u32>,
    /// Of how many.
    pub quantity: Option<u32>,
    /// Through the end of this day.
    pub through: Date,
}

/// A failing row of a file, and the permits that let it go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowPermits {
    /// Which reading it is.
    pub sample: u16,
    /// The permits.
    pub permits: Vec<PermitOffer>,
}

impl PermitOffer {
    /// A permit as offered; none where nothing was proposed yet.
    pub fn of(id: &PermitId, state: &PermitState) -> Option<Self> {
        let permit = state.permit()?;
        Some(Self {
            permit: id.clone(),
            limits: limits_words(&permit.widened),
            left: state.left(),
            quantity: permit.quantity,
            through: permit.through,
        })
    }

    /// What is left of it and until when, in words.
    pub fn words(&self) -> Words {
        let (limits, day) = (&self.limits, self.through);
        match (self.left, self.quantity) {
            (Some(left), Some(quantity)) => words!(
                "{left} of {quantity} left, {limits} through {day}",
                left,
                quantity,
                limits,
                day
            ),
            (_, _) => words!("{limits} through {day}", limits, day),
        }
    }
}

/// How a permit was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithdrawnView {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One use of a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseView {
    /// The unit or lot.
    pub traveler: TravelerId,
    /// The reading.
    pub reading: Position,
    /// The value.
    pub value: String,
    /// How many pieces the unit stood for.
    pub pieces: u32,
    /// Where.
    pub place: Option<PlaceId>,
    /// Who used it, over the reading.
    pub signature: SignatureView,
}

impl PermitRow {
    /// A permit as known; none where nothing was proposed yet.
    pub fn of(
        id: &PermitId,
        state: &PermitState,
        (today, warn_days): (Date, u16),
        name: impl Fn(Option<&crate::domain::ids::PersonId>) -> String,
    ) -> Option<Self> {
        let proposed = state.proposed.as_ref()?;
        let permit: &Permit = &proposed.permit;
        let standing = state.standing(today);
        let ends = crate::domain::expiry::soon(Some(permit.through), today, warn_days);
        Some(Self {
            permit: id.clone(),
            part: permit.part.clone(),
            only: permit.only.clone(),
            revision: permit.revision.clone(),
            characteristic: permit.characteristic.clone(),
            name: permit.name.clone(),
            specified: limits_words(&permit.specified),
            limits: limits_words(&permit.widened),
            orders: permit.orders.iter().map(ToString::to_string).collect(),
            units: permit.units.iter().map(ToString::to_string).collect(),
            quantity: permit.quantity,
            used: state.used(),
            left: state.left(),
            from: permit.from,
            through: permit.through,
            reason: permit.reason.clone(),
            reference: permit.reference.clone(),
            standing: standing.to_owned(),
            ends_in_days: ends.filter(|_| standing == "valid"),
            for_whom: permit.units_words(),
            proposed: SignatureView::new(&proposed.at, &proposed.moment, &proposed.signature),
            granted: state.granted.as_ref().map(|granted| {
                SignatureView::new(&granted.at, &granted.moment, &granted.signature)
            }),
            withdrawn: state.withdrawn.as_ref().map(|withdrawn| WithdrawnView {
                reason: withdrawn.reason.clone(),
                by: name(withdrawn.by.as_ref()),
                at: withdrawn.moment.effective(),
            }),
            uses: state
                .uses
                .iter()
                .map(|found| UseView {
                    traveler: found.used.traveler.clone(),
                    reading: found.used.reading.clone(),
                    value: shown(&found.used.value),
                    pieces: found.used.pieces,
                    place: found.place.clone(),
                    signature: SignatureView::new(&found.at, &found.moment, &found.used.signature),
                })
                .collect(),
        })
    }

    /// How it stands, and where its end is near, when that is.
    pub fn standing_words(&self) -> Words {
        let standing = understood(&self.standing, STANDINGS);
        match self.ends_in_days {
            Some(days) => words!(
                "{standing}, {ends}",
                standing => standing,
                ends => crate::domain::expiry::told(days)
            ),
            None => standing,
        }
    }

    /// That it ends soon, or is almost used; nothing of one that is not in force.
    pub fn soon_words(&self) -> Option<Words> {
        if self.standing != "valid" {
            return None;
        }
        let ends = self.ends_in_days.map(crate::domain::expiry::told);
        let left = self
            .left
            .zip(self.quantity)
            .filter(|(left, quantity)| left.saturating_mul(10) <= (*quantity).max(10));
        let left = left.map(|(left, of)| words!("{left} of {of} left", left, of));
        let both = Words::listed(ends.into_iter().chain(left), "{these}, {one}");
        let ends = Some(both).filter(|both| !both.is_empty())?;
        Some(words!("{permit} {ends}", permit = self.permit, ends => ends))
    }

    /// For which revision of the specification it is.
    pub fn revision_words(&self) -> Words {
        let revision = &self.revision;
        if self.only.is_some() {
            return words!("rev {revision}, for no other", revision);
        }
        words!("rev {revision}, as long as they are wider", revision)
    }

    /// How many used it, of how many: `3 of 10`.
    pub fn used_words(&self) -> Words {
        match self.quantity {
            Some(quantity) => words!("{used} of {quantity}", used = self.used, quantity),
            None => Words::given(self.used),
        }
    }
}
