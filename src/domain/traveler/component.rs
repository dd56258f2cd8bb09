//! Building in and taking out: the right part, released, in one place, in date, and what is left of a
//! lot (R5); what a component was known to be when it was built in goes with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::fact::{Head, Position};
use crate::domain::ids::{DeviationId, PartId, StepId};
use crate::domain::instruction::{Ask, InstallBy};
use crate::domain::label::Label;
use crate::domain::material::{MaterialId, MaterialState};
use crate::domain::people::Action;
use crate::domain::place::ComponentRule;
use crate::domain::refusal::component::ComponentReason;
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::domain::words::{Words, words};

use super::built::Built;
use super::eligibility::Draft;
use super::fact::TravelerFact;
use super::standing::Instructions;
use super::state::{Removed, TravelerState};

/// What becomes of a component that is taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// It may be built in again.
    Reusable,
    /// Nobody builds it in again.
    Scrap,
    /// It waits until a deviation of the unit is closed.
    Deviation(DeviationId),
}

impl Becomes {
    /// What becomes of it, in words.
    pub fn words(&self) -> Words {
        match self {
            Self::Reusable => words!("reusable"),
            Self::Scrap => words!("scrap"),
            Self::Deviation(deviation) => words!("waits for {deviation}", deviation),
        }
    }
}

/// A component taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentRemoved {
    /// The fact that built it in.
    pub entry: Position,
    /// Its part.
    pub part: PartId,
    /// Its serial or lot.
    pub identity: String,
    /// What becomes of it.
    pub becomes: Becomes,
    /// Why.
    pub reason: String,
}

/// Where it was known from what a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentSource {
    /// Goods-in noted it.
    Received,
    /// This plant made it.
    Made,
    /// Nothing was known of it where it was built in.
    Unknown,
}

impl ComponentSource {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Made => "made here",
            Self::Unknown => "not known",
        }
    }
}

/// What building in rested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentBasis {
    /// Where it was known from.
    pub source: ComponentSource,
    /// The unit or lot of this plant that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<TravelerId>,
    /// Good through the end of this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// Its lot was not accepted and is used as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_is: bool,
    /// How many pieces the lot had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// How many of them were used before.
    #[serde(default, skip_serializing_if = "is_none_used")]
    pub used: u32,
    /// How many were built in: one for each piece of the lot that is made.
    pub pieces: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none_used(used: &u32) -> bool {
    *used == 0
}

/// What is known here of a number that is to be built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentKnown {
    /// The number as it is spelled here.
    pub identity: String,
    /// Lots and serials of this number that goods-in noted.
    pub materials: Vec<(MaterialId, MaterialState)>,
    /// Units and lots of this number that this plant makes.
    pub made: Vec<Made>,
    /// Where serials of this number are or were built in.
    pub serials: Vec<SerialUse>,
    /// How many pieces of a lot of this number are used, by part.
    pub lots: BTreeMap<PartId, u32>,
    /// Of the deviations for which it was taken out, those that are closed.
    pub closed: BTreeSet<DeviationId>,
    /// The parts of which an instruction in effect says that lots are inspected when they come in.
    pub inspected: BTreeSet<PartId>,
}

/// A unit or lot of this plant, as far as building it in rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which.
    pub unit: TravelerId,
    /// What it is.
    pub part: PartId,
    /// Whether every operation is closed.
    pub finished: bool,
    /// How it ended before its route did.
    pub ended: Option<String>,
    /// Why it is on hold.
    pub held: Option<String>,
    /// The release by which it is shipped, and when.
    pub shipped: Option<(Position, Timestamp)>,
    /// Its pieces, where it is a lot.
    pub pieces: Option<u32>,
}

impl Made {
    /// A unit as it stands; none where nothing says what it is.
    pub fn of(unit: &TravelerId, state: &TravelerState, known: &Instructions) -> Option<Self> {
        let started = state.started.as_ref()?;
        let held = state.open_holds().next();
        let held = held.map(|(_, hold)| hold.placed.reason.words().to_string());
        Some(Self {
            unit: unit.clone(),
            part: started.part.clone(),
            finished: state.finished(known),
            ended: state.ended.clone(),
            held,
            shipped: state.shipped().map(|r| (r.at.clone(), r.moment.effective())),
            pieces: started.pieces.map(|_| state.pieces()),
        })
    }

    /// What is shipped is not here to be built in.
    pub(super) fn is_shipped(&self) -> Option<ComponentReason> {
        let (unit, release) = (self.unit.clone(), self.shipped.as_ref()?.0.clone());
        Some(ComponentReason::MadeShipped { unit, release })
    }
}

/// A serial in a unit, or taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialUse {
    /// The unit.
    pub unit: TravelerId,
    /// The part.
    pub part: PartId,
    /// What became of it and when, once it was taken out.
    pub removed: Option<(Becomes, Timestamp)>,
}

/// A component that is asked for, with the number that was scanned.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its part.
    pub part: &'a PartId,
    /// Serial or lot.
    pub by: InstallBy,
    /// The number.
    pub identity: &'a str,
}

impl ComponentKnown {
    /// What goods-in noted of a part of this number.
    pub fn material(&self, part: &PartId) -> Option<(&MaterialId, &MaterialState)> {
        let noted = self.materials.iter().filter(|(_, state)| state.received.is_some());
        noted.into_iter().find(|(id, _)| id.part == *part).map(|(id, state)| (id, state))
    }

    /// Whether a lot of it came in that nothing blocks and no inspection let go.
    pub fn waits(&self) -> bool {
        let mut states = self.materials.iter().map(|(_, state)| state);
        states.any(|state| state.let_go.is_none() && state.blocked().is_none())
    }

    /// What building it in rests on.
    pub fn basis(&self, wanted: Wanted<'_>, pieces: u32) -> ComponentBasis {
        let material = self.material(wanted.part).map(|(_, state)| state);
        let received = material.and_then(|state| state.received.as_ref());
        let as_is = material.and_then(|state| state.let_go.as_ref()).is_some_and(|by| by.as_is);
        let made = self.made.iter().find(|made| made.part == *wanted.part);
        let source = match (received, made) {
            (Some(_), _) => ComponentSource::Received,
            (None, Some(_)) => ComponentSource::Made,
            (None, None) => ComponentSource::Unknown,
        };
        let by_lot = wanted.by == InstallBy::Lot;
        let of_made = made.filter(|_| received.is_none());
        let quantity = received.map_or(of_made.and_then(|made| made.pieces), |lot| lot.quantity);
        let used = self.lots.get(wanted.part).copied().unwrap_or(0);
        ComponentBasis {
            source,
            made: of_made.map(|made| made.unit.clone()),
            expires: received.and_then(|received| received.expires),
            as_is,
            quantity: quantity.filter(|_| by_lot),
            used: if by_lot { used } else { 0 },
            pieces,
        }
    }

    /// Adds what stands against a number itself: another part, blocked, past its date, made here and
    /// not fit.
    fn against(&self, wanted: Wanted<'_>, today: Date, reasons: &mut Vec<Reason>) {
        let identity = wanted.identity.to_owned();
        match self.material(wanted.part) {
            Some((material, state)) => {
                if let Some(block) = state.blocked() {
                    reasons.push(ComponentReason::blocked(material, block));
                } else if self.inspected.contains(wanted.part) && state.let_go.is_none() {
                    reasons
                        .push(ComponentReason::NotInspected { identity: identity.clone() }.into());
                }
                let expires = state.received.as_ref().and_then(|received| received.expires);
                if let Some(expires) = expires.filter(|last| *last < today) {
                    reasons.push(ComponentReason::Expired { identity, expires }.into());
                }
            }
            None => self.made_against(wanted, reasons),
        }
    }

    fn made_against(&self, wanted: Wanted<'_>, reasons: &mut Vec<Reason>) {
        let identity = || wanted.identity.to_owned();
        let named = |made: &&Made| made.unit.to_string() == wanted.identity;
        if let Some(other) = self.made.iter().find(named).filter(|made| made.part != *wanted.part) {
            let (is, wanted) = (other.part.clone(), wanted.part.clone());
            reasons.push(ComponentReason::OtherPart { identity: identity(), is, wanted }.into());
        }
        let made: Vec<&Made> = self.made.iter().filter(|made| made.part == *wanted.part).collect();
        match made.as_slice() {
            [] => {
                let mut others = self.materials.iter();
                if let Some((other, _)) = others.find(|(_, state)| state.received.is_some()) {
                    let (is, wanted) = (other.part.clone(), wanted.part.clone());
                    let identity = identity();
                    reasons.push(ComponentReason::OtherPart { identity, is, wanted }.into());
                }
            }
            [made] => {
                let unit = || made.unit.clone();
                match (&made.ended, made.finished) {
                    (Some(how), _) => {
                        let how = how.clone();
                        reasons.push(ComponentReason::MadeEnded { unit: unit(), how }.into());
                    }
                    (None, false) => {
                        reasons.push(ComponentReason::NotFinished { unit: unit() }.into());
                    }
                    (None, true) => {}
                }
                if let (Some(why), None) = (made.held.clone(), &made.ended) {
                    reasons.push(ComponentReason::MadeHeld { unit: unit(), why }.into());
                }
                reasons.extend(made.is_shipped().map(Reason::from));
            }
            several => {
                let units = several.iter().map(|made| made.unit.clone()).collect();
                reasons.push(ComponentReason::SeveralMade { identity: identity(), units }.into());
            }
        }
    }

    /// Adds what stands against it for where it is or was built in.
    fn taken(
        &self,
        (id, wanted): (&TravelerId, Wanted<'_>),
        basis: &ComponentBasis,
        reasons: &mut Vec<Reason>,
    ) {
        let identity = || wanted.identity.to_owned();
        if wanted.by == InstallBy::Serial {
            for there in self.serials.iter().filter(|there| there.part == *wanted.part) {
                let unit = there.unit.clone();
                let reason = match &there.removed {
                    None if there.unit != *id => {
                        ComponentReason::BuiltInElsewhere { identity: identity(), unit }
                    }
                    Some((Becomes::Scrap, _)) => {
                        ComponentReason::Scrapped { identity: identity(), unit }
                    }
                    Some((Becomes::Deviation(deviation), _))
                        if !self.closed.contains(deviation) =>
                    {
                        let deviation = deviation.clone();
                        ComponentReason::Quarantined { identity: identity(), deviation }
                    }
                    None | Some((Becomes::Reusable | Becomes::Deviation(_), _)) => continue,
                };
                reasons.push(reason.into());
            }
        }
        if let Some(quantity) = basis.quantity
            && u64::from(basis.used) + u64::from(basis.pieces) > u64::from(quantity)
        {
            let (used, needed, identity) = (basis.used, basis.pieces, identity());
            reasons.push(ComponentReason::LotUsedUp { identity, quantity, used, needed }.into());
        }
    }
}

/// The parts that instructions build in.
pub fn installed_parts(known: &Instructions) -> BTreeSet<PartId> {
    let asks = known.values().flat_map(|known| &known.steps).flat_map(|step| &step.asks);
    let parts = asks.filter_map(|ask| {
        if let Ask::Install { part, .. } = ask { Some(part.clone()) } else { None }
    });
    parts.collect()
}

/// Adds every reason why a component may not be built in at an ask, and tells what it rests on.
pub(super) fn require_component(
    (id, state): (&TravelerId, &TravelerState),
    slot: (u32, &StepId, u16),
    wanted: Wanted<'_>,
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> ComponentBasis {
    let nothing = ComponentKnown::default();
    let known = context.component.as_ref().unwrap_or(&nothing);
    let pieces = state.started.as_ref().and_then(|s| s.pieces).map_or(1, |_| state.pieces());
    let basis = known.basis(wanted, pieces);
    let is_it = |built: &&Built<'_>| {
        built.part == wanted.part && built.identity == wanted.identity && built.stands()
    };
    let components = state.components();
    // Work that is done again scans what is built in once more; it is still the same.
    let again = |built: &&Built<'_>| {
        let here = wanted.by == InstallBy::Serial || built.slot() == slot || built.attempt.moved;
        built.attempt.reopened && here
    };
    if components.iter().filter(is_it).any(|built| again(&built)) {
        return basis;
    }
    if wanted.by == InstallBy::Serial && components.iter().any(|built| is_it(&built)) {
        reasons.push(Reason::ComponentTwice { identity: wanted.identity.to_owned() });
    }
    let there = |built: &&Built<'_>| built.slot() == slot && built.attempt.reopened;
    for other in components.iter().filter(|built| built.stands()).filter(there) {
        let identity = other.identity.to_owned();
        reasons.push(ComponentReason::PlaceTaken { identity }.into());
    }
    if known.made.iter().any(|made| made.unit == *id && made.part == *wanted.part) {
        reasons.push(ComponentReason::IntoItself { unit: id.clone() }.into());
        return basis;
    }
    let is_made = |label: &Label| {
        matches!(label, Label::Unit(unit) if known.made.iter()
            .any(|made| made.unit == *unit && made.part == *wanted.part))
    };
    let label = context.label.clone().or_else(|| Label::of_unit(id, wanted.identity));
    let label = label.or_else(|| Label::of_text(wanted.identity));
    if let Some(label) = label.filter(|label| !is_made(label)) {
        reasons.push(ReadingReason::NoComponent { label, part: wanted.part.clone() }.into());
        return basis;
    }
    known.against(wanted, context.today(), reasons);
    known.taken((id, wanted), &basis, reasons);
    let rule = context.policy().map_or(ComponentRule::Any, |policy| policy.rules.components);
    if basis.source == ComponentSource::Unknown && rule == ComponentRule::Known {
        let (identity, part) = (wanted.identity.to_owned(), wanted.part.clone());
        reasons.push(ComponentReason::ComponentUnknown { identity, part }.into());
    }
    basis
}

/// Takes a component out: it counts as built in until somebody says so.
pub(super) fn remove(
    id: &TravelerId,
    state: &TravelerState,
    (entry, becomes, reason): (Position, Becomes, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::RemoveComponent, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    if let Becomes::Deviation(deviation) = &becomes
        && !state.deviations().contains(deviation)
    {
        reasons.push(ComponentReason::DeviationMissing.into());
    }
    let components = state.components();
    let built = components.iter().find(|built| built.entry.at == entry && built.stands());
    let Some(built) = built else {
        let identity = "this component".to_owned();
        reasons.push(ComponentReason::NotBuiltIn { identity }.into());
        return Err(Refusal::of(reasons));
    };
    let (part, identity) = (built.part.clone(), built.identity.to_owned());
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    let removed = ComponentRemoved { entry, part, identity, becomes, reason };
    draft.note(id, TravelerFact::ComponentRemoved(Box::new(removed)));
    Ok(draft)
}

impl TravelerState {
    /// A component that was taken out is asked for again, and what was signed over it too.
    pub(super) fn take_out(&mut self, head: &Head, what: &ComponentRemoved) {
        self.uncover(&what.entry, &head.position);
        let of = self.attempt_of(&what.entry).map(|attempt| attempt.at.clone());
        let Some(attempt) = of.and_then(|of| self.attempt_mut(&of)) else { return };
        let counted = attempt.counts(&what.entry);
        for entry in attempt.entries.iter_mut().filter(|entry| entry.at == what.entry) {
            // Taken out twice unseen: the first in fold order counts.
            entry.removed.get_or_insert_with(|| {
                Box::new(Removed {
                    at: head.position.clone(),
                    by: head.acting.actor.clone(),
                    moment: head.moment.clone(),
                    becomes: what.becomes.clone(),
                    reason: what.reason.clone(),
                })
            });
        }
        if counted {
            attempt.completed = None;
            (attempt.completed_place, attempt.completed_at) = (None, None);
        }
    }
}
