//! What the judge checks of one fact: role, revocation, release, enrollment, signatures.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::Fact;
use crate::domain::gauge::GaugeFact;
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, PersonId, RevisionId};
use crate::domain::kinds::FactBody;
use crate::domain::material::MaterialFact;
use crate::domain::people::{Action, PersonFact, PersonState};
use crate::domain::place::{PlaceFact, SiteFact};
use crate::domain::revision::{RevisionStanding, Revisions};
use crate::domain::signature::Signature;
use crate::domain::specification::Specification;
use crate::domain::station::{StationFact, follows_words};
use crate::domain::stream::Subject;
use crate::domain::traveler::component::ComponentKnown;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::server::store::stations::Station;

use super::known::Known;
use super::permits;
use super::work::Unit;

/// What a fact is judged with besides itself.
pub(super) struct About<'a> {
    /// The unit.
    pub(super) unit: Option<Unit<'a>>,
    /// The deviation.
    pub(super) deviation: Option<&'a DeviationState>,
    /// What is known of a component.
    pub(super) component: Option<&'a ComponentKnown>,
    /// The permit by which a reading goes on, as its writer knew it.
    pub(super) permit_then: Option<&'a permits::Then>,
    /// The deviations of the unit that were to be closed by a step, where the fact begins one.
    pub(super) gates: &'a BTreeMap<DeviationId, DeviationState>,
    /// Every text at hand.
    pub(super) texts: &'a Instructions,
    /// Every specification at hand by which pieces are inspected.
    pub(super) specifications: &'a BTreeMap<Hash, Arc<Specification>>,
}

/// Every reason why a fact is not accepted; none when it is.
pub(super) fn reasons(
    fact: &Fact,
    station: &Station,
    known: &Known,
    about: About<'_>,
) -> Vec<String> {
    let About { unit, deviation, component, permit_then, gates, texts, specifications } = about;
    let reasons = Vec::new();
    let mut case = Case {
        fact,
        station,
        known,
        unit,
        deviation,
        texts,
        specifications,
        component,
        permit_then,
        gates,
        reasons,
    };
    case.judge();
    case.reasons
}

/// One fact being judged.
pub(super) struct Case<'a> {
    pub(super) fact: &'a Fact,
    pub(super) station: &'a Station,
    pub(super) known: &'a Known,
    /// The unit as known here, and the texts by which it is made, where the fact is about a unit.
    pub(super) unit: Option<Unit<'a>>,
    /// The deviation, where the fact is of one or ends a hold of one.
    pub(super) deviation: Option<&'a DeviationState>,
    /// Every text that is at hand.
    pub(super) texts: &'a Instructions,
    /// Every specification that is at hand.
    pub(super) specifications: &'a BTreeMap<Hash, Arc<Specification>>,
    /// What is known of a component, where the fact builds one in.
    pub(super) component: Option<&'a ComponentKnown>,
    /// The permit by which a reading goes on, as its writer knew it.
    pub(super) permit_then: Option<&'a permits::Then>,
    /// The deviations of the unit that were to be closed by a step, where the fact begins one.
    pub(super) gates: &'a BTreeMap<DeviationId, DeviationState>,
    reasons: Vec<String>,
}

impl<'a> Case<'a> {
    /// The unit as the writer of the fact knew it.
    pub(super) fn then(&self) -> Option<&'a TravelerState> {
        self.unit.and_then(|unit| unit.then)
    }

    fn judge(&mut self) {
        self.follows_accepted();
        match &self.fact.body {
            FactBody::Traveler(body) => {
                self.traveler(body);
                self.second_look(body);
                self.fit(body);
                self.built_in_once(body);
                self.by_permit();
            }
            FactBody::Deviation(body) => self.of_deviation(body),
            FactBody::Order(body) => self.order(body),
            FactBody::Instruction(body) => self.instruction(body),
            FactBody::Specification(body) => self.specification(body),
            FactBody::Gauge(body) => self.gauge(body),
            FactBody::Material(body) => self.material(body),
            FactBody::Inspection(body) => self.inspection(body),
            FactBody::Person(body) => self.person(body),
            FactBody::Place(body) => self.place(body),
            FactBody::Site(SiteFact::PolicySet(_)) => self.require(&[Action::Administer]),
            FactBody::Site(SiteFact::ShiftPatternSet(_)) => self.require(&[Action::SetShifts]),
            FactBody::Station(body) => self.station(body),
            FactBody::Help(_) | FactBody::Handover(_) | FactBody::Redline(_) => self.floor(),
            FactBody::Permit(body) => self.permit(body),
            FactBody::Newer { kind, .. } => {
                let subject = &self.fact.subject;
                let newer = matches!(subject, Subject::Newer(_));
                let what = if newer { format!("{kind} of {subject}") } else { kind.clone() };
                self.reject(format!("the server does not know {what} yet; update the server"));
            }
        }
    }

    /// What follows a definition that was not accepted could not be folded at other stations, which
    /// never get to see that; better it is said here than waiting there in silence.
    fn follows_accepted(&mut self) {
        let gives_something = match &self.fact.body {
            FactBody::Instruction(_)
            | FactBody::Specification(_)
            | FactBody::Gauge(_)
            | FactBody::Material(_)
            | FactBody::Place(_)
            | FactBody::Site(_)
            | FactBody::Help(_)
            | FactBody::Handover(_)
            | FactBody::Inspection(_)
            | FactBody::Permit(_)
            | FactBody::Redline(_) => true,
            FactBody::Person(body) => matches!(
                body,
                PersonFact::PersonAdmitted { .. }
                    | PersonFact::PersonRevoked { .. }
                    | PersonFact::QualificationGranted { .. }
                    | PersonFact::BadgeReplaced { .. }
                    | PersonFact::QualificationRevoked { .. }
            ),
            FactBody::Traveler(_)
            | FactBody::Order(_)
            | FactBody::Deviation(_)
            | FactBody::Station(_)
            | FactBody::Newer { .. } => false,
        };
        if gives_something && let Some(at) = self.known.not_accepted(&self.fact.head.after) {
            self.reject(follows_words(at));
        }
    }

    pub(super) fn reject(&mut self, reason: impl Into<String>) {
        self.reasons.push(reason.into());
    }

    /// The person must be known and not revoked at that moment.
    pub(super) fn require_known(&mut self) -> Option<(PersonId, &'a PersonState)> {
        let Some(actor) = self.fact.head.acting.actor.clone() else {
            self.reject("nobody was signed in");
            return None;
        };
        let Some(person) = self.known.person(&actor) else {
            self.reject(format!("the server does not know {actor}"));
            return None;
        };
        let then = self.fact.head.moment.effective();
        if person.revoked.as_ref().is_some_and(|since| then >= since.effective()) {
            self.reject(format!("{actor} was revoked"));
            return None;
        }
        Some((actor, person))
    }

    /// The person must be known, not revoked at that moment, and have a role for one of these.
    pub(super) fn require(&mut self, actions: &[Action]) {
        let Some((actor, person)) = self.require_known() else { return };
        let may = |action: &Action| action.roles().iter().any(|role| person.roles.contains(role));
        if !actions.iter().any(may) {
            let what = actions.first().map_or("do this", |action| action.words());
            self.reject(format!("{actor} may not {what}"));
        }
    }

    fn gauge(&mut self, body: &GaugeFact) {
        match body {
            GaugeFact::GaugeRegistered(_) | GaugeFact::GaugeCalibrated { .. } => {
                self.require(&[Action::KeepGauges]);
            }
            GaugeFact::GaugeFailed { .. } => self.require(&[Action::FailGauge]),
        }
    }

    /// Goods-in notes and blocks, quality releases.
    fn material(&mut self, body: &MaterialFact) {
        match body {
            MaterialFact::MaterialReceived(_)
            | MaterialFact::MaterialBlocked { inspection: None, doubted: None, .. } => {
                self.require(&[Action::KeepMaterial]);
            }
            MaterialFact::MaterialBlocked { inspection: None, doubted: Some(_), .. } => {
                self.require(&[Action::HoldForGauge]);
            }
            // Whoever inspects or decides holds the lot with it; to hold gives nobody anything.
            MaterialFact::MaterialBlocked { inspection: Some(_), .. } => {
                self.require(&[Action::InspectLot, Action::Dispose]);
            }
            MaterialFact::MaterialReleased { inspection: None, .. } => {
                self.require(&[Action::ReleaseMaterial]);
            }
            MaterialFact::MaterialReleased { inspection: Some(by), ends, .. } => {
                self.require(&[Action::DecideLot, Action::UseAsIs]);
                if let Some(reason) = self.known.lets_go(&self.fact.subject, (by, ends)) {
                    self.reject(reason);
                }
            }
        }
    }

    /// Places are defined by administrators and set up by who works there.
    fn place(&mut self, body: &PlaceFact) {
        match body {
            PlaceFact::PlaceDefined(_) => self.require(&[Action::Administer]),
            PlaceFact::SetupDone { .. }
            | PlaceFact::SetupEnded { .. }
            | PlaceFact::ToolChanged { .. }
            | PlaceFact::MaterialChanged { .. } => self.require(&[Action::SetUp]),
            PlaceFact::PlanSet { .. } => self.require(&[Action::SetPlan]),
            // To hold gives nobody anything.
            PlaceFact::OperationHeld(_) => {}
            PlaceFact::OperationReleased { .. } => self.require(&[Action::ReleaseHold]),
        }
    }

    /// The signer is the one who acts, has the role, and may sign at all.
    pub(super) fn signature(&mut self, signature: &Signature) {
        let Signature { signer, role, .. } = signature;
        if self.fact.head.acting.actor.as_ref() != Some(signer) {
            self.reject(format!("{signer} did not sign in person"));
        }
        self.hold_role(signer, |roles| roles.contains(role), role.word());
    }

    fn hold_role(
        &mut self,
        who: &PersonId,
        has: impl Fn(&std::collections::BTreeSet<crate::domain::people::Role>) -> bool,
        role: &str,
    ) {
        let then = self.fact.head.moment.effective();
        match self.known.person(who) {
            None => self.reject(format!("the server does not know {who}")),
            Some(person) if !has(&person.roles) => self.reject(format!("{who} is no {role}")),
            Some(person) => {
                if person.revoked.as_ref().is_some_and(|since| then >= since.effective()) {
                    self.reject(format!("{who} was revoked"));
                }
            }
        }
    }

    fn person(&mut self, body: &PersonFact) {
        match body {
            PersonFact::PersonAdmitted { .. }
            | PersonFact::PersonRevoked { .. }
            | PersonFact::QualificationGranted { .. }
            | PersonFact::BadgeReplaced { .. }
            | PersonFact::QualificationRevoked { .. } => self.require(&[Action::Administer]),
            PersonFact::RevisionRead(_) => {
                let actor = self.fact.head.acting.actor.as_ref();
                if actor.map(|id| Subject::Person(id.clone())).as_ref() == Some(&self.fact.subject)
                {
                    self.require_known();
                } else {
                    self.reject("nobody reads for another");
                }
            }
            // It lets the server take a card with another PIN.
            PersonFact::PinChanged {} => self.pin_changed(),
            // Signing in and failing to is told by the station; it gives nobody anything.
            PersonFact::SessionOpened {}
            | PersonFact::SessionClosed { .. }
            | PersonFact::SignInFailed {}
            | PersonFact::LockedOut { .. } => {}
        }
    }

    /// By the person, or by an administrator.
    fn pin_changed(&mut self) {
        let actor = self.fact.head.acting.actor.as_ref();
        let own = actor.is_some_and(|id| self.fact.subject == Subject::Person(id.clone()));
        if own {
            self.require_known();
        } else {
            self.require(&[Action::Administer]);
        }
    }

    fn station(&mut self, body: &StationFact) {
        match body {
            StationFact::StationEnrolled { .. }
            | StationFact::StationRevoked { .. }
            | StationFact::PageJudged { .. } => {
                self.reject("only the server writes this");
            }
            StationFact::EpochOpened { .. }
            | StationFact::ClockStepped { .. }
            | StationFact::Heartbeat {}
            | StationFact::SignInRefused { .. }
            | StationFact::StationLocked { .. }
            | StationFact::StationUnlocked { .. } => {
                if self.fact.subject != Subject::Station(self.station.code.clone()) {
                    self.reject("a station writes this of itself only");
                }
            }
            StationFact::ReviewAnswered { .. } => self.require(&[Action::Review]),
        }
    }
}

pub(super) fn is_released(
    revisions: Option<&Revisions>,
    revision: &RevisionId,
    hash: Hash,
) -> bool {
    revisions.and_then(|revisions| revisions.find(revision)).is_some_and(|known| {
        known.submitted.hash == hash && matches!(known.standing, RevisionStanding::Released(_))
    })
}
