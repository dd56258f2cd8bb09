//! Released to ship: a reviewer's signature over everything recorded of a unit, and what comes of it
//! when something turns out later (R17).

use std::collections::BTreeSet;
use std::iter;

use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::fact::{Head, Position};
use crate::domain::gauge::GaugeState;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, PersonId, PlaceId};
use crate::domain::moment::Moment;
use crate::domain::people::{Action, Role};
use crate::domain::refusal::component::ComponentReason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::{Covers, Meaning, Signature, Signer};
use crate::domain::stream::TravelerId;

use super::eligibility::Draft;
use super::exceptions::{Exception, STALE_SECONDS, digest};
use super::fact::{HoldReason, TravelerFact};
use super::kin::Kin;
use super::standing::Instructions;
use super::state::TravelerState;
use super::withdrawn::MadeByWithdrawn;

/// A unit or lot is released to ship. The fact's position is the number of its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductReleased {
    /// Over every fact of the unit.
    pub signature: Signature,
    /// How many exceptions were shown.
    pub exceptions: u32,
    /// The digest of their list.
    pub digest: Hash,
    /// What the unit was made by and was taken back since, as far as it was known here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<MadeByWithdrawn>,
    /// Every unit that was released by the same act; empty where it was one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<TravelerId>,
}

/// A unit that was released to ship is here again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductTakenBack {
    /// The release that ends.
    pub release: Position,
    /// Why.
    pub reason: String,
}

/// A release as it stands in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The fact: the number of the certificate.
    pub at: Position,
    /// Who released.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// Where.
    pub place: Option<PlaceId>,
    /// What.
    pub what: ProductReleased,
    /// The first record that it does not cover.
    pub uncovered: Option<Position>,
    /// When the unit was taken back, and why.
    pub taken_back: Option<(Position, String)>,
}

/// What is known here around a unit that is to be shipped, beyond its own stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shipping {
    /// Facts that are not at the server.
    pub unsent: Vec<Position>,
    /// Facts that nobody here knows to be judged.
    pub unjudged: Vec<Position>,
    /// Facts that the server did not accept and nobody let go on, with why.
    pub rejected: Vec<(Position, Vec<String>)>,
    /// Facts that wait for one that is not here.
    pub waiting: u64,
    /// Components that were blocked, held or ended since they were built in, in words.
    pub doubtful: Vec<String>,
    /// The unit that it is built into.
    pub built_into: Option<TravelerId>,
}

impl TravelerState {
    /// The release by which the unit is shipped; none where it is here.
    pub fn shipped(&self) -> Option<&Release> {
        self.releases.iter().find(|release| release.taken_back.is_none())
    }

    /// Why the certificate of a release is not valid, in words; none where it is.
    pub fn not_valid(&self, release: &Release) -> Option<String> {
        if let Some((at, reason)) = &release.taken_back {
            return Some(format!("taken back by {at}: {reason}"));
        }
        if let Some(at) = &release.uncovered {
            return Some(format!("does not cover {at}"));
        }
        if let Some(how) = &self.ended {
            return Some(format!("ended: {how}"));
        }
        let (_, hold) = self.open_holds().next()?;
        Some(format!("on hold: {}", hold.placed.reason.words()))
    }

    pub(super) fn release_to_ship(&mut self, head: &Head, what: &ProductReleased) {
        // A fact made elsewhere, unseen, that comes before it all the same is not covered either.
        let covered = &what.signature.covers.facts;
        let hold = |at: &&Position| {
            let ended = self.holds.values().any(|hold| hold.released_at.as_ref() == Some(*at));
            self.holds.contains_key(*at) || ended
        };
        let own = |at: &&Position| {
            **at == head.position || self.releases.iter().any(|release| release.concerns(at))
        };
        let left_out = |at: &&Position| !covered.contains(at) && !own(at) && !hold(at);
        let uncovered = self.facts.keys().find(left_out).cloned();
        self.releases.push(Release {
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            place: head.acting.place.clone(),
            what: what.clone(),
            uncovered,
            taken_back: None,
        });
    }

    pub(super) fn take_back(&mut self, head: &Head, back: &ProductTakenBack) {
        let release = self.releases.iter_mut().find(|release| release.at == back.release);
        if let Some(release) = release {
            release.taken_back.get_or_insert((head.position.clone(), back.reason.clone()));
        }
    }

    /// Notes where the unit was, what a release does not cover, and what was recorded with old
    /// knowledge.
    pub(super) fn note_after(&mut self, head: &Head, fact: &TravelerFact) {
        if let Some(place) = &head.acting.place
            && !fact.is_elsewhere()
        {
            self.last_place = Some(place.clone());
        }
        if head.catalog_age_s.is_some_and(|age_s| age_s > STALE_SECONDS) {
            let age_s = head.catalog_age_s.unwrap_or_default();
            self.stale.push((head.position.clone(), age_s));
        }
        let about_it = matches!(
            fact,
            TravelerFact::HoldPlaced(_)
                | TravelerFact::HoldReleased { .. }
                | TravelerFact::ProductReleased(_)
                | TravelerFact::ProductTakenBack(_)
        );
        for release in self.releases.iter_mut().filter(|release| release.taken_back.is_none()) {
            if !about_it && !release.what.signature.covers.facts.contains(&head.position) {
                release.uncovered.get_or_insert_with(|| head.position.clone());
            }
        }
    }

    /// Every gauge that something was recorded with, here or on lots that its pieces were of.
    pub fn gauges_used(&self, kin: &Kin) -> BTreeSet<GaugeId> {
        let attempts = iter::once(self).chain(kin.values()).flat_map(|state| &state.attempts);
        let entries = attempts.flat_map(|attempt| &attempt.entries);
        entries.filter_map(|entry| entry.gauge().cloned()).collect()
    }

    /// What stands in the way of a release, as far as the unit's own stream and texts tell.
    pub fn require_shippable(&self, known: &Instructions, reasons: &mut Vec<Reason>) {
        if let Some(how) = &self.ended {
            reasons.push(Reason::TravelerEnded { how: how.clone() });
        }
        if let Some(release) = self.shipped() {
            reasons.push(ShipReason::Shipped { release: release.at.clone() }.into());
        }
        let Some(started) = &self.started else {
            return reasons.push(Reason::TravelerNotStarted);
        };
        let open = started.operations.iter().filter(|op| !self.operation_closed(op, known));
        reasons.extend(open.map(|op| {
            let (operation, name) = (op.operation, op.name.clone());
            ShipReason::OperationOpen { operation, name }.into()
        }));
        for (_, hold) in self.open_holds() {
            reasons.push(hold.stops());
        }
        if let Some(pause) = self.paused() {
            reasons.push(Reason::Paused { reason: pause.reason.clone() });
        }
        let gaps = self.as_built(known).gaps().into_iter();
        reasons.extend(gaps.map(|gap| ComponentReason::AsBuiltGap { gap }.into()));
    }

    /// Everything that a reviewer is shown, with the definitions that were taken back since.
    pub fn shown_to_ship(&self, context: &Context) -> (Vec<Exception>, Vec<MadeByWithdrawn>) {
        let instructions = context.instruction_states.iter();
        let instructions = instructions.map(|(id, state)| (id, &state.revisions));
        let specification = context.specification.as_ref().map(|state| &state.revisions);
        let known = &context.instructions;
        let withdrawn = self.made_by_withdrawn(known, instructions, specification);
        (self.exceptions(known, &withdrawn), withdrawn)
    }

    /// Gauges that were found out of tolerance since, where nobody decided about this unit (R10).
    fn require_gauges(&self, context: &Context, reasons: &mut Vec<Reason>) {
        for gauge in self.gauges_used(&context.kin) {
            let failures = context.gauges.get(&gauge).map_or(&[][..], |g: &GaugeState| &g.failures);
            for failure in failures {
                let doubted = self.doubted(&gauge, failure, context);
                if doubted.iter().any(|reading| !self.held_for_gauge(&failure.at, reading)) {
                    let found = failure.found.clone();
                    reasons.push(ShipReason::GaugeDoubted { gauge: gauge.clone(), found }.into());
                }
            }
        }
    }
}

impl Release {
    fn concerns(&self, at: &Position) -> bool {
        self.at == *at || self.taken_back.as_ref().is_some_and(|(back, _)| back == at)
    }
}

/// Every reason why a unit cannot be released to ship, but for the signature itself.
pub fn why_not_shipped(state: &TravelerState, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    state.require_shippable(&context.instructions, &mut reasons);
    state.require_gauges(context, &mut reasons);
    for (id, deviation) in &context.deviations {
        if !deviation.is_closed() {
            reasons.push(ShipReason::DeviationOpen { deviation: id.clone() }.into());
        }
    }
    let unknown = state.deviations().into_iter().filter(|id| !context.deviations.contains_key(id));
    reasons.extend(unknown.map(|id| Reason::DeviationUnknown { deviation: id.clone() }));
    // Another name is no reason to go out where the lot that the pieces were of may not. What the judge
    // holds it for is told with what was not accepted.
    for before in state.lots_before(&context.kin) {
        let holds = before.holds();
        let holds = holds.filter(|h| !matches!(h.placed.reason, HoldReason::Judged { .. }));
        reasons.extend(holds.map(|hold| hold.stops_split_off(before.lot)));
    }
    let Some(shipping) = &context.shipping else { return reasons };
    let Shipping { unsent, unjudged, rejected, waiting, doubtful, built_into } = shipping;
    if let Some(first) = unsent.first() {
        let (count, first) = (unsent.len(), first.clone());
        reasons.push(ShipReason::NotAtServer { count, first }.into());
    }
    if let Some(first) = unjudged.first() {
        let (count, first) = (unjudged.len(), first.clone());
        reasons.push(ShipReason::NotJudged { count, first }.into());
    }
    reasons.extend(rejected.iter().map(|(fact, why)| {
        ShipReason::NotAccepted { fact: fact.clone(), why: why.join("; ") }.into()
    }));
    if *waiting > 0 {
        reasons.push(ShipReason::FactsMissing { count: *waiting }.into());
    }
    let doubtful = doubtful.iter().cloned();
    reasons.extend(doubtful.map(|what| ShipReason::ComponentDoubtful { what }.into()));
    reasons.extend(built_into.clone().map(|unit| ShipReason::BuiltIn { unit }.into()));
    reasons
}

/// Why the certificate of a release is not valid with everything known here, in words: the unit would
/// not go out like this again. That the release itself is on its way to the server is no reason.
pub fn why_not_valid(
    state: &TravelerState,
    release: &Release,
    context: &Context,
) -> Option<String> {
    let mut operations = state.started.iter().flat_map(|started| &started.operations);
    let read = operations.all(|operation| context.instructions.contains_key(&operation.hash));
    let doubt = |reason: &Reason| {
        let on_its_way = matches!(
            reason,
            Reason::Ship(
                ShipReason::Shipped { .. }
                    | ShipReason::NotAtServer { .. }
                    | ShipReason::NotJudged { .. }
                    | ShipReason::FactsMissing { .. }
            )
        );
        let by_text = matches!(
            reason,
            Reason::Ship(ShipReason::OperationOpen { .. })
                | Reason::Component(ComponentReason::AsBuiltGap { .. })
        );
        !on_its_way && (read || !by_text)
    };
    let known =
        || why_not_shipped(state, context).into_iter().find(doubt).map(|r| r.what().to_string());
    state.not_valid(release).or_else(known)
}

/// Releases a unit to ship (R17).
pub(super) fn release(
    id: &TravelerId,
    state: &TravelerState,
    (shown, set, by): (Hash, Vec<TravelerId>, Signer),
    context: &Context,
) -> Result<Draft, Refusal> {
    let signer = context.actor()?;
    let mut reasons = Vec::new();
    context.require_role(Action::ReleaseProduct, &mut reasons);
    context.require_signer(&by, &mut reasons);
    reasons.extend(why_not_shipped(state, context));
    let (list, withdrawn) = state.shown_to_ship(context);
    let facts = state.facts.len();
    let seen = by.shown.get(id).copied().unwrap_or(facts);
    if seen != facts {
        let (unit, since) = (id.clone(), facts.abs_diff(seen));
        reasons.push(SigningReason::NotSeen { unit, since }.into());
    }
    if digest(&list) != shown {
        reasons.push(ShipReason::ListChanged { count: list.len() }.into());
    }
    Refusal::unless_empty(reasons)?;
    let signature = Signature {
        signer,
        printed_name: by.printed_name,
        role: Role::Quality,
        meaning: Meaning::Released,
        components: by.components,
        covers: Covers::over(&state.facts),
    };
    let exceptions = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let released = ProductReleased { signature, exceptions, digest: shown, withdrawn, set };
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::ProductReleased(Box::new(released)));
    Ok(draft)
}

/// Takes a shipped unit back: it is here again, and its certificate ends.
pub(super) fn take_back(
    id: &TravelerId,
    state: &TravelerState,
    reason: String,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::ReleaseProduct, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let release = state.shipped().map(|release| release.at.clone());
    if release.is_none() {
        reasons.push(ShipReason::NotShipped.into());
    }
    Refusal::unless_empty(reasons)?;
    let mut draft = Draft::new(context);
    if let Some(release) = release {
        draft.note(id, TravelerFact::ProductTakenBack(ProductTakenBack { release, reason }));
    }
    Ok(draft)
}
