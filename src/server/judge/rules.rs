//! What the judge checks of one fact: role, revocation, release, enrollment, signatures.

use crate::domain::condition::SkipRule;
use crate::domain::deviation::{DeviationFact, Disposition};
use crate::domain::fact::Fact;
use crate::domain::gauge::GaugeFact;
use crate::domain::hash::Hash;
use crate::domain::ids::{PersonId, RevisionId, StepId};
use crate::domain::kinds::FactBody;
use crate::domain::people::{Action, PersonFact, PersonState};
use crate::domain::place::{NewsRule, PlaceFact};
use crate::domain::revision::{RevisionStanding, Revisions};
use crate::domain::signature::Signature;
use crate::domain::station::StationFact;
use crate::domain::stream::Subject;
use crate::domain::traveler::fact::{
    HoldOutcome, HoldReason, PinnedOperation, ReadingTaken, TravelerFact, TravelerStarted,
};
use crate::server::store::stations::Station;

use super::known::Known;
use super::work::Unit;

/// Every reason why a fact is not accepted; none when it is.
pub(super) fn reasons(
    fact: &Fact,
    station: &Station,
    (known, unit): (&Known, Option<Unit<'_>>),
) -> Vec<String> {
    let mut case = Case { fact, station, known, unit, reasons: Vec::new() };
    case.judge();
    case.reasons
}

/// One fact being judged.
pub(super) struct Case<'a> {
    pub(super) fact: &'a Fact,
    station: &'a Station,
    pub(super) known: &'a Known,
    /// The unit as known here, and the texts by which it is made, where the fact is of a unit.
    pub(super) unit: Option<Unit<'a>>,
    reasons: Vec<String>,
}

impl<'a> Case<'a> {
    fn judge(&mut self) {
        self.follows_accepted();
        match &self.fact.body {
            FactBody::Traveler(body) => {
                self.traveler(body);
                self.second_look(body);
            }
            FactBody::Deviation(body) => self.deviation(body),
            FactBody::Order(_) => self.require(&[Action::Plan]),
            FactBody::Instruction(body) => self.instruction(body),
            FactBody::Specification(body) => self.specification(body),
            FactBody::Gauge(body) => self.gauge(body),
            FactBody::Person(body) => self.person(body),
            FactBody::Place(body) => self.place(body),
            FactBody::Site(_) => self.require(&[Action::Administer]),
            FactBody::Station(body) => self.station(body),
            FactBody::Newer { kind, .. } => {
                self.reject(format!("the server does not know {kind} yet; update the server"));
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
            | FactBody::Place(_)
            | FactBody::Site(_) => true,
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
            self.reject(format!("it follows {at}, which was not accepted"));
        }
    }

    pub(super) fn reject(&mut self, reason: impl Into<String>) {
        self.reasons.push(reason.into());
    }

    /// The person must be known and not revoked at that moment.
    fn require_known(&mut self) -> Option<(PersonId, &'a PersonState)> {
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

    fn traveler(&mut self, body: &TravelerFact) {
        match body {
            TravelerFact::TravelerStarted(started) => {
                // A supervisor pins, too, where upstream work is accepted before its facts are here.
                self.work(&[Action::Perform, Action::Overrule]);
                self.pinned(started);
            }
            TravelerFact::StepStarted(_)
            | TravelerFact::Checked { .. }
            | TravelerFact::EntryMade { .. }
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::QuantityReported(_)
            | TravelerFact::Paused { .. }
            | TravelerFact::Resumed { .. } => self.perform(),
            TravelerFact::ReadingTaken(taken) => {
                self.perform();
                self.gauge_was_good(taken);
            }
            TravelerFact::RevisionKept(_) => {
                let stops = self.known.policy().is_some_and(|p| p.rules.news == NewsRule::Stop);
                let who = if stops { Action::MoveRevision } else { Action::KeepRevision };
                self.require(&[who]);
            }
            TravelerFact::MovedToRevision(moved) => {
                self.require(&[Action::MoveRevision]);
                self.operation(&moved.to);
            }
            TravelerFact::ReadingConfirmed { .. }
            | TravelerFact::ReadingCorrected { .. }
            | TravelerFact::QuantityCorrected(_) => {
                self.require(&[Action::Perform, Action::RaiseDeviation]);
            }
            TravelerFact::LotSplit(_) => self.require(&[Action::SplitLot]),
            TravelerFact::SplitOff(origin) => {
                self.require(&[Action::SplitLot]);
                self.pinned(&origin.started);
            }
            TravelerFact::StepSkipped { rule, step, .. } => self.skipped(*rule, step),
            TravelerFact::ConditionDecided(_) => {
                self.require(&[Action::Perform, Action::Overrule]);
            }
            TravelerFact::WaitAccepted { .. } | TravelerFact::UpstreamAccepted { .. } => {
                self.require(&[Action::Overrule]);
            }
            TravelerFact::Signed { signature, .. } => self.signature(signature),
            TravelerFact::HoldPlaced(placed) => self.held(&placed.reason),
            TravelerFact::HoldReleased { outcome, .. } => match outcome {
                HoldOutcome::Corrected | HoldOutcome::Remeasured { .. } => {
                    self.require(&[Action::Perform, Action::RaiseDeviation]);
                }
                HoldOutcome::Resumed { as_is: true } => self.require(&[Action::UseAsIs]),
                HoldOutcome::Resumed { as_is: false }
                | HoldOutcome::Reopened { .. }
                | HoldOutcome::Ended { .. } => self.require(&[Action::Dispose, Action::UseAsIs]),
                HoldOutcome::Released { .. } => {
                    self.require(&[Action::ReleaseHold, Action::UseAsIs]);
                }
                HoldOutcome::Reviewed => self.require(&[Action::Review]),
            },
        }
    }

    fn held(&mut self, reason: &HoldReason) {
        match reason {
            HoldReason::OutOfLimits | HoldReason::Raised => {
                self.require(&[Action::Perform, Action::RaiseDeviation]);
            }
            HoldReason::Origin { .. } => {
                self.require(&[Action::Perform, Action::CorrectRecord]);
            }
            HoldReason::Gauge { .. } => {
                self.require(&[Action::HoldForGauge]);
            }
            HoldReason::Definition { .. } => {
                self.require(&[Action::Perform, Action::ReleaseHold]);
            }
            HoldReason::Judged { .. } => {
                self.reject("only the server's judge places this hold");
            }
        }
    }

    /// A step is left out by whom its instruction names.
    fn skipped(&mut self, rule: SkipRule, step: &StepId) {
        match rule {
            SkipRule::Never => self.reject(format!("nobody may leave step {step} out")),
            SkipRule::Operator => self.require(&[Action::Perform, Action::Overrule]),
            SkipRule::Supervisor => self.require(&[Action::Overrule]),
        }
    }

    /// Work is done by those who may, at a place whose work center the station serves.
    fn perform(&mut self) {
        self.work(&[Action::Perform]);
    }

    fn work(&mut self, actions: &[Action]) {
        self.require(actions);
        let Some(place) = &self.fact.head.acting.place else {
            return self.reject("the work was done at no place");
        };
        match self.known.place(place) {
            None => self.reject(format!("the server does not know the place {place}")),
            Some(defined) if !self.station.work_centers.contains(&defined.work_center) => {
                let (code, center) = (&self.station.code, &defined.work_center);
                self.reject(format!("station {code} is not enrolled for work center {center}"));
            }
            Some(_) => {}
        }
    }

    /// A gauge that had failed before a reading was taken is no gauge (R10): the station did not
    /// know it yet, and the unit is held.
    fn gauge_was_good(&mut self, taken: &ReadingTaken) {
        let Some(used) = &taken.gauge else { return };
        let Some(gauge) = self.known.gauge(&used.gauge) else { return };
        let then = self.fact.head.moment.effective();
        if let Some(failure) = gauge.failures.iter().find(|failure| failure.stood_at(then)) {
            let (gauge, on, found) = (&used.gauge, failure.on, &failure.found);
            self.reject(format!("{gauge} had been found out of tolerance on {on} ({found})"));
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

    /// Places are defined by administrators and set up by who works there.
    fn place(&mut self, body: &PlaceFact) {
        match body {
            PlaceFact::PlaceDefined(_) => self.require(&[Action::Administer]),
            PlaceFact::SetupDone { .. }
            | PlaceFact::SetupEnded { .. }
            | PlaceFact::ToolChanged { .. }
            | PlaceFact::MaterialChanged { .. } => self.require(&[Action::SetUp]),
        }
    }

    /// Everything pinned was released and accepted (R1).
    fn pinned(&mut self, started: &TravelerStarted) {
        for operation in &started.operations {
            self.operation(operation);
        }
        if let Some(pinned) = &started.specification {
            let revisions = self.known.specification(&started.part);
            if !is_released(revisions, &pinned.revision, pinned.hash) {
                let (what, revision) = (&started.part, &pinned.revision);
                self.reject(format!("specification {what} rev {revision} is not released"));
            }
            self.not_withdrawn(format!("specification {}", started.part), revisions, pinned.hash);
        }
    }

    /// What is begun or moved to is released, and was not withdrawn by then.
    fn operation(&mut self, operation: &PinnedOperation) {
        let revisions = self.known.instruction(&operation.instruction);
        if !is_released(revisions, &operation.revision, operation.hash) {
            let (what, revision) = (&operation.instruction, &operation.revision);
            self.reject(format!("{what} rev {revision} is not released"));
        }
        self.not_withdrawn(operation.instruction.to_string(), revisions, operation.hash);
    }

    fn not_withdrawn(&mut self, what: String, revisions: Option<&Revisions>, hash: Hash) {
        let mut list = revisions.into_iter().flat_map(|revisions| &revisions.list);
        let known = list.find(|revision| revision.submitted.hash == hash);
        let Some((withdrawn, since)) = known.and_then(|known| known.withdrawn.as_ref()) else {
            return;
        };
        // Begun by who had not received it: held, so that somebody looks at what was made since.
        if self.fact.head.moment.effective() >= since.effective() {
            self.reject(format!("{what} rev {} was withdrawn by then", withdrawn.revision));
        }
    }

    fn deviation(&mut self, body: &DeviationFact) {
        match body {
            DeviationFact::DeviationRaised(_) => {
                self.require(&[Action::RaiseDeviation, Action::Perform]);
            }
            DeviationFact::ContainmentTaken { .. } => self.require(&[Action::RaiseDeviation]),
            DeviationFact::Dispositioned { disposition, signature, .. } => {
                let action = match disposition {
                    Disposition::UseAsIs => Action::UseAsIs,
                    Disposition::Rework { .. }
                    | Disposition::Repair { .. }
                    | Disposition::Scrap
                    | Disposition::Return
                    | Disposition::Void => Action::Dispose,
                };
                self.require(&[action, Action::UseAsIs]);
                self.signature(signature);
            }
            DeviationFact::DeviationClosed { .. } => self.require(&[Action::CloseDeviation]),
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
            StationFact::StationEnrolled { .. } | StationFact::PageJudged { .. } => {
                self.reject("only the server writes this");
            }
            StationFact::EpochOpened { .. }
            | StationFact::ClockStepped { .. }
            | StationFact::Heartbeat {}
            | StationFact::SignInRefused {}
            | StationFact::StationLocked { .. }
            | StationFact::StationUnlocked {} => {
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
