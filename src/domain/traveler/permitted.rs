//! A failing reading that a permit lets go on (R4): it stays failing, and says by what it goes on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::fact::{Head, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{PermitId, PersonId, PlaceId};
use crate::domain::instruction::Ask;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::people::Action;
use crate::domain::permit::fit::{Failing, limits_words};
use crate::domain::permit::{Permit, PermitFact, PermitState, PermitUsed};
use crate::domain::quantity::Limits;
use crate::domain::refusal::permit::PermitReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signature, Signer};
use crate::domain::specification::Class;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::words::{Words, words};

use super::correction::{found_of, require_author, same_value};
use super::eligibility::{Draft, gauge_used};
use super::equipment::require_in_range;
use super::fact::{HoldOutcome, ReadingTaken, ReadingValue, TravelerFact};
use super::hold::shown;
use super::standing::Instructions;
use super::state::{Attempt, Reading, Recorded, TravelerState};

/// What a reading goes on by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permitted {
    /// The permit.
    pub permit: PermitId,
    /// The fact by which it was used, in the permit's stream.
    pub used: Position,
    /// The reading.
    pub reading: Position,
    /// The value for which alone it holds.
    pub value: ReadingValue,
    /// The limits that the permit allows.
    pub limits: Limits,
    /// The day on which it was used, site time: a permit is good through a day.
    pub on: Date,
}

/// A use of a permit as known, with who, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermittedBy {
    /// What was said.
    pub what: Permitted,
    /// The fact that let the unit go on.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub moment: Moment,
}

/// What is said again of a failing reading, and by which permit it is to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The reading.
    pub reading: Position,
    /// What the gauge shows, typed again.
    pub value: ReadingValue,
    /// The permit.
    pub permit: PermitId,
    /// Who uses it.
    pub by: Signer,
}

/// Lets a reading go on by a permit, once its value was typed again.
pub(super) fn go_on(
    id: &TravelerId,
    state: &TravelerState,
    wanted: Use,
    context: &Context,
) -> Result<Draft, Refusal> {
    let Use { reading: at, value, permit, by } = wanted;
    state.to_retype().ok_or_else(|| Refusal::one(Reason::NothingToRetype))?;
    let waiting = state.all_to_retype().find(|(_, reading, _)| **reading == at);
    let (hold, _, reading) = waiting.ok_or_else(|| Refusal::one(Reason::ReadingUnknown))?;
    let (found, _) = found_of(state, &at, context)?;
    let mut reasons = state.may_put_right(id, found, context);
    state.require_not_verifier(found, context, &mut reasons);
    require_author(state.author(&at), context, &mut reasons);
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    context.require_signer(&by, &mut reasons);
    let gauge = reading.taken.gauge.as_ref();
    require_in_range(gauge, &value, &mut reasons);
    gauge_used(gauge.map(|used| &used.gauge), None, context, &mut reasons);
    if !same_value(&value, reading.value()) {
        reasons.push(PermitReason::OtherValue { counts: shown(reading.value()) }.into());
    }
    let known = context.permits.permits.get(&permit);
    let nothing = PermitState::default();
    let failing = state.failing(id, &at, &context.instructions);
    let failing = failing.ok_or_else(|| Refusal::one(Reason::ReadingUnknown))?;
    let unfit = known.unwrap_or(&nothing).unfit(&permit, failing, context.today());
    reasons.extend(unfit.into_iter().map(Reason::from));
    Refusal::unless_empty(reasons)?;
    let allowed = known.and_then(PermitState::permit);
    let unknown = || Refusal::one(PermitReason::Unknown { permit: permit.clone() }.into());
    let limits = allowed.ok_or_else(unknown)?.widened.clone();
    let covers = state.covers_reading(&at);
    let signature = performer(by, covers, context);
    let signature = signature.ok_or_else(|| Refusal::one(Reason::NobodySignedIn))?;
    let (pieces, value) = (failing.pieces, reading.value().clone());
    let mut draft = Draft::new(context);
    let used = draft.upcoming();
    let (traveler, hold) = (id.clone(), hold.clone());
    let use_of_it =
        PermitUsed { traveler, reading: at.clone(), value: value.clone(), pieces, signature };
    let fact = FactBody::Permit(PermitFact::PermitUsed(Box::new(use_of_it)));
    draft.push(Subject::Permit(permit.clone()), fact);
    let on = context.today();
    let permitted = Permitted { permit, used, reading: at, value, limits, on };
    let outcome = HoldOutcome::Permitted(Box::new(permitted));
    draft.note(id, TravelerFact::HoldReleased { hold, outcome, decision: None });
    Ok(draft)
}

/// The signature of who performs the step, over the reading.
fn performer(by: Signer, covers: Covers, context: &Context) -> Option<Signature> {
    let signer = context.acting.actor.clone()?;
    let roles = &context.people.get(&signer)?.roles;
    let role = Action::Perform.roles().iter().copied().find(|role| roles.contains(role))?;
    Some(Signature {
        signer,
        printed_name: by.printed_name,
        role,
        meaning: Meaning::Performed,
        components: by.components,
        covers,
    })
}

impl TravelerState {
    /// A failing reading as a permit looks at it.
    pub fn failing<'a>(
        &'a self,
        id: &'a TravelerId,
        at: &Position,
        texts: &Instructions,
    ) -> Option<Failing<'a>> {
        let started = self.started.as_ref()?;
        let (entry, reading) = self.reading(at)?;
        Some(Failing {
            unit: id,
            part: &started.part,
            specification: started.specification.as_ref().map(|pinned| &pinned.revision),
            at: &entry.at,
            moment: &entry.moment,
            taken: &reading.taken,
            class: self.class_of(&reading.taken, texts),
            value: reading.value(),
            pieces: self.pieces().max(1),
        })
    }

    /// How much a reading matters by the text that asked for it, where that is at hand.
    fn class_of(&self, taken: &ReadingTaken, texts: &Instructions) -> Option<Class> {
        let attempt = self.attempt(&taken.at.attempt)?;
        let pinned = attempt.pinned.as_ref().map(|(_, hash)| *hash);
        let hash = pinned.or_else(|| Some(self.operation(attempt.operation)?.hash))?;
        let asks = &texts.get(&hash)?.step(&attempt.step)?.asks;
        let ask = asks.get(usize::from(taken.at.ask).checked_sub(1)?)?;
        if let Ask::Measure(measure) = ask { measure.class } else { None }
    }

    /// A reading and its corrections, for a signature to cover.
    pub fn covers_reading(&self, at: &Position) -> Covers {
        let reading = self.reading(at).map(|(_, reading)| reading);
        let corrections = reading.into_iter().flat_map(|reading| &reading.corrections);
        let facts = std::iter::once(at).chain(corrections.map(|correction| &correction.at));
        let known: Vec<(&Position, &Hash)> =
            facts.filter_map(|at| Some((at, self.facts.get(at)?))).collect();
        Covers::over(known)
    }

    /// The permits by which the reading may go on that waits to be typed again.
    pub fn permits_for<'a>(
        &self,
        id: &TravelerId,
        permits: impl IntoIterator<Item = (&'a PermitId, &'a PermitState)>,
        (today, texts): (Date, &Instructions),
    ) -> Vec<(&'a PermitId, &'a PermitState)> {
        let Some((_, at, _)) = self.to_retype() else { return Vec::new() };
        let Some(failing) = self.failing(id, at, texts) else { return Vec::new() };
        let fits =
            |(id, state): &(&PermitId, &PermitState)| state.unfit(id, failing, today).is_empty();
        permits.into_iter().filter(fits).collect()
    }

    /// Every failing reading that goes on by a permit: each is an exception to look at before the unit
    /// leaves.
    pub fn permitted(&self) -> impl Iterator<Item = (&Recorded, &PermittedBy)> {
        let readings = self.attempts.iter().flat_map(Attempt::readings);
        readings.filter_map(|(entry, reading)| Some((entry, reading.permit()?)))
    }

    /// Notes that a reading goes on by a permit.
    pub(super) fn permit(&mut self, head: &Head, permitted: &Permitted) {
        let by = PermittedBy {
            what: permitted.clone(),
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            place: head.acting.place.clone(),
            moment: head.moment.clone(),
        };
        if let Some(reading) = self.reading_mut(&permitted.reading) {
            reading.permits.push(by);
        }
    }
}

impl Reading {
    /// The permit by which the value that counts goes on; none where it was corrected since.
    pub fn permit(&self) -> Option<&PermittedBy> {
        let of_it = |by: &&PermittedBy| same_value(&by.what.value, self.value());
        self.permits.iter().rev().find(of_it)
    }
}

impl Permitted {
    /// By what and within which limits, in words.
    pub fn words(&self) -> Words {
        words!(
            "permit {permit}, {limits}",
            permit = self.permit,
            limits = limits_words(&self.limits)
        )
    }
}

impl Permit {
    /// The limits that hold instead of those specified, in words.
    pub fn limits_words(&self) -> Words {
        let (limits, specified) = (limits_words(&self.widened), limits_words(&self.specified));
        words!("{limits} instead of {specified}", limits, specified)
    }
}
