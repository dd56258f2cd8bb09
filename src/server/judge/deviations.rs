//! What the judge checks of deviations: who may, whose signatures there are, and what was decided
//! unseen (R8).

use std::collections::BTreeMap;

use crate::domain::context::site_zone;
use crate::domain::deviation::{DeviationFact, Dispositioned};
use crate::domain::deviation_actions::Corrective;
use crate::domain::deviation_follow::may_withdraw;
use crate::domain::deviation_state::{DeviationState, Disposed};
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, PersonId};
use crate::domain::inspection::rests::{open, undecided};
use crate::domain::inspection::series::Lot;
use crate::domain::people::Action;
use crate::domain::signature::{Meaning, Signature};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::collision::at_place;
use crate::domain::traveler::fact::HoldOutcome;
use crate::domain::who_may;

use super::rules::Case;

impl Case<'_> {
    pub(super) fn of_deviation(&mut self, body: &DeviationFact) {
        match body {
            DeviationFact::DeviationRaised(_) => {
                self.require(&[Action::RaiseDeviation, Action::Perform]);
            }
            DeviationFact::UnitAdded(_)
            | DeviationFact::ContainmentTaken { .. }
            | DeviationFact::ContainmentAsked { .. } => self.require(&[Action::RaiseDeviation]),
            DeviationFact::DeviationReviewed { .. }
            | DeviationFact::CauseFound { .. }
            | DeviationFact::ActionAsked(_) => self.require(&[Action::Dispose]),
            DeviationFact::ContainmentConfirmed { containment, .. } => self.confirmed(containment),
            DeviationFact::ActionDone { action, .. } => self.done(action),
            DeviationFact::ActionVerified { action, .. } => self.verified(action),
            DeviationFact::AskedWithdrawn { asked, .. } => self.asked_withdrawn(asked),
            DeviationFact::EffectivenessChecked { .. } => self.checked(),
            DeviationFact::Dispositioned(disposed) => self.disposed(disposed),
            DeviationFact::DispositionApproved { disposition, signature } => {
                self.agreed(disposition, signature);
            }
            DeviationFact::DeviationClosed { .. } => self.closed(),
        }
    }

    /// What was asked of somebody is done by them at the place that was named, or by who answers for
    /// it.
    fn confirmed(&mut self, containment: &Position) {
        self.require(&[Action::RaiseDeviation]);
        let known = self.deviation.into_iter().flat_map(|state| &state.containments);
        let known = known.filter(|known| known.at == *containment).find_map(|c| c.to_do.as_ref());
        let Some(to_do) = known else {
            return self.reject("the server does not know what it confirms");
        };
        self.theirs(to_do.by.as_ref());
        if let Some(place) = &to_do.place
            && self.fact.head.acting.place.as_ref() != Some(place)
        {
            self.reject(format!("it was to be done at {place}"));
        }
    }

    fn theirs(&mut self, by: Option<&PersonId>) {
        let actor = self.fact.head.acting.actor.as_ref();
        if let Some(by) = by.filter(|by| actor != Some(*by)) {
            let by = by.clone();
            let known = actor.and_then(|actor| self.known.person(actor));
            let roles = Action::CloseDeviation.roles();
            if !known.is_some_and(|known| roles.iter().any(|role| known.roles.contains(role))) {
                self.reject(format!("it was asked of {by}"));
            }
        }
    }

    fn action(&self, at: &Position) -> Option<&Corrective> {
        let mut known = self.deviation.into_iter().flat_map(|state| &state.actions);
        known.find(|action| action.at == *at)
    }

    fn done(&mut self, at: &Position) {
        self.require(&[Action::RaiseDeviation]);
        match self.action(at).map(|action| action.asked.owner.clone()) {
            None => self.reject("the server does not know what was done"),
            Some(owner) => self.theirs(Some(&owner)),
        }
    }

    /// What was asked for is taken back by who asked for it, or by quality.
    fn asked_withdrawn(&mut self, at: &Position) {
        self.require(&[Action::RaiseDeviation]);
        let contained = self.deviation.into_iter().flat_map(|state| &state.containments);
        let contained = contained.filter(|known| known.at == *at).map(|known| known.by.clone());
        let asked = contained.chain(self.action(at).map(|action| action.by.clone())).next();
        let Some(by) = asked else {
            return self.reject("the server does not know what was taken back");
        };
        let actor = self.fact.head.acting.actor.as_ref();
        if !may_withdraw(by.as_ref(), actor, actor.and_then(|actor| self.known.person(actor))) {
            self.reject("who did not ask for it does not take it back, but quality");
        }
    }

    /// Another person verifies than who did it or owns it (R6).
    fn verified(&mut self, at: &Position) {
        self.require(&[Action::Dispose]);
        let actor = self.fact.head.acting.actor.clone();
        let own = self.action(at).map(|action| actor.as_ref().is_some_and(|a| action.is_of(a)));
        match own {
            None => self.reject("the server does not know what was verified"),
            Some(true) => self.reject("whoever did it or owns it does not verify it"),
            Some(false) => {}
        }
    }

    /// Whether what was done helped is not said by who owns it.
    fn checked(&mut self) {
        self.require(&[Action::CloseDeviation]);
        let actor = self.fact.head.acting.actor.as_ref();
        let own = self.deviation.zip(actor).is_some_and(|(state, actor)| state.is_owner(actor));
        if own {
            self.reject("whoever owns what was done does not say whether it helped");
        }
    }

    /// What its station had asked for was done before it closed it.
    fn closed(&mut self) {
        self.require(&[Action::CloseDeviation]);
        let at = &self.fact.head.position;
        let open = self.deviation.map(|state| state.closed_too_early(at)).unwrap_or_default();
        if !open.is_empty() {
            self.reject(format!("it was closed before this was done: {}", open.join("; ")));
        }
    }

    /// Whoever disposes may do so, and signs that over what was raised.
    fn disposed(&mut self, disposed: &Dispositioned) {
        let signature = &disposed.signature;
        let mut actions = disposed.decisions.iter().map(|decision| {
            let raised = self.deviation.is_some_and(|state| state.is_failing(&decision.unit));
            let failing = raised || self.holds_failing(&decision.unit);
            who_may::disposes(&decision.disposition, failing)
        });
        let accepts = actions.any(|action| action == Action::UseAsIs);
        let action = if accepts { Action::UseAsIs } else { Action::Dispose };
        self.require(&[action]);
        self.signature(signature);
        if !action.roles().contains(&signature.role) {
            self.reject(format!("as {} nobody may {}", signature.role.word(), action.words()));
        }
        let raised = self.deviation.and_then(|state| Some((state, state.raised.as_ref()?)));
        let fits =
            raised.is_none_or(|(state, raised)| state.is_covered(&signature.covers, &[&raised.at]));
        if signature.meaning != Meaning::Dispositioned || !fits {
            self.reject("the signature does not dispose of what was raised");
        }
        let rule = self.known.policy().map(|policy| policy.rules.deviations.use_as_is);
        let asked = if accepts { rule.unwrap_or_default().needs() } else { Vec::new() };
        for role in asked.iter().filter(|role| !disposed.needs.contains(role)) {
            self.reject(format!("it does not ask for the signature of {}", role.word()));
        }
        self.decided_unseen();
    }

    /// Whether a hold of a unit names readings that fail, where the unit is at hand.
    fn holds_failing(&self, unit: &TravelerId) -> bool {
        let now = self.unit.map(|unit| unit.now);
        self.deviation.zip(now).is_some_and(|(state, now)| {
            let holds = state.holds_of(unit).filter_map(|concerned| concerned.hold.as_ref());
            let mut holds = holds.filter_map(|hold| now.holds.get(hold));
            holds.any(|hold| !hold.placed.readings.is_empty())
        })
    }

    /// Of two decisions unseen by each other a person says which one counts. Where both took effect
    /// at once, the unit's own record tells.
    fn decided_unseen(&mut self) {
        let at = &self.fact.head.position;
        let Some((one, other)) = self.deviation.and_then(|state| state.decided_unseen(at)) else {
            return;
        };
        if one.body.needs.is_empty() && other.body.needs.is_empty() {
            return;
        }
        let zone = site_zone(self.known.policy());
        let words = |disposed: &Disposed| {
            let decisions = disposed.body.decisions.iter().map(|one| one.words().to_string());
            let words = decisions.collect::<Vec<_>>().join(", ");
            format!("{words} {}", at_place((disposed.place.as_ref(), &disposed.moment), &zone))
        };
        let told = format!(
            "two dispositions, unseen by each other: {}, {}; a person says which one counts",
            words(one),
            words(other)
        );
        self.reject(told);
    }

    /// Another person agrees, in a role that was asked for, over what was decided.
    fn agreed(&mut self, disposition: &Position, signature: &Signature) {
        self.require(&[Action::UseAsIs]);
        self.signature(signature);
        let mut known = self.deviation.iter().flat_map(|state| &state.dispositions);
        let Some(disposed) = known.find(|disposed| disposed.at == *disposition) else {
            return self.reject("the server does not know what it approves");
        };
        let at = &self.fact.head.position;
        let others = disposed.approvals.iter().filter(|approval| approval.at != *at);
        let mut others = others.map(|approval| &approval.signature);
        let decided = &disposed.body.signature;
        if decided.signer == signature.signer || others.any(|s| s.signer == signature.signer) {
            self.reject(format!("{} signed it already", signature.signer));
        }
        if !disposed.body.needs.contains(&signature.role) {
            self.reject(format!("nobody asked for the signature of {}", signature.role.word()));
        }
        let fits = self
            .deviation
            .is_some_and(|state| state.is_covered(&signature.covers, &[&disposed.at]));
        if signature.meaning != Meaning::Approved || !fits {
            self.reject("the signature does not approve what was decided");
        }
    }

    /// A hold of a deviation ends by a decision that has every signature that it needs.
    pub(super) fn decided(&mut self, outcome: &HoldOutcome, decision: Option<&Position>) {
        let by_decision = matches!(
            outcome,
            HoldOutcome::Resumed { .. } | HoldOutcome::Reopened { .. } | HoldOutcome::Ended { .. }
        );
        let (true, Some(state)) = (by_decision, self.deviation) else { return };
        let mut known = state.dispositions.iter();
        let decided = decision.and_then(|at| known.find(|disposed| disposed.at == *at));
        match decided {
            None => self.reject("no disposition ends this hold"),
            Some(disposed) if !disposed.is_complete() => {
                self.reject("the disposition that ends this hold lacks a signature");
            }
            Some(_) => {}
        }
    }
}

/// What the deviations of the pieces of a lot say against an acceptance, which names the open ones.
pub(super) fn of_deviations(
    named: &[DeviationId],
    lot: &Lot,
    deviations: &BTreeMap<DeviationId, DeviationState>,
) -> Vec<String> {
    let of = |id: &DeviationId| deviations.get(id);
    // Decided by then and anew since, or closed by then and open since, is no fault of who accepted.
    let decided = |id: &DeviationId| {
        let decisions = of(id).into_iter().flat_map(|known| &known.dispositions);
        let of_it = |decided: &&Disposed| {
            lot.opened.unit.as_ref().is_some_and(|unit| decided.decides(unit))
        };
        decisions.filter(of_it).any(Disposed::is_complete)
    };
    let undecided = undecided(lot, of).into_iter().filter(|id| !decided(id));
    let mut reasons: Vec<String> =
        undecided.map(|id| format!("nothing was decided of {id}, which holds the lot")).collect();
    let never_closed = |id: &&&DeviationId| of(id).is_none_or(|known| known.closings.is_empty());
    let open = open(lot, of);
    let unnamed = open.iter().filter(never_closed).filter(|id| !named.contains(id));
    reasons.extend(unnamed.map(|id| format!("{id} was open, and the acceptance does not name it")));
    reasons
}
