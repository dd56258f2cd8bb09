//! People: roles, qualifications, sign-in with its lock-out. Names and PINs are never here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::Head;
use super::hash::Hash;
use super::ids::{InstructionId, PersonId, QualificationId, RevisionId, SessionId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::read_first;
use super::refusal::definition::DefinitionReason;
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::sign_in::{self, WrongPins};
use super::stream::Subject;

/// What a person may do (ISA-95 personnel class).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Performs steps.
    Operator,
    /// Performs inspections, verifies.
    Inspector,
    /// Runs the shift: disposes rework, skips, accepts waits.
    Supervisor,
    /// Writes and releases definitions.
    Engineer,
    /// Approves definitions and disposes for quality.
    Quality,
    /// Opens orders.
    Planner,
    /// Admits people, enrolls stations, registers gauges.
    Administrator,
}

impl Role {
    /// Every role with its word.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("operator", Self::Operator),
        ("inspector", Self::Inspector),
        ("supervisor", Self::Supervisor),
        ("engineer", Self::Engineer),
        ("quality", Self::Quality),
        ("planner", Self::Planner),
        ("administrator", Self::Administrator),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, role)| *role)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, role)| *role == self).map_or("", |(word, _)| word)
    }
}

/// What a role is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Start, record, install, complete.
    Perform,
    /// Skip a step, accept a wait that cannot be proven, accept upstream work on evidence.
    Overrule,
    /// Dispose a deviation with rework, repair, scrap, return or void.
    Dispose,
    /// Accept a value outside its limits.
    UseAsIs,
    /// Raise a deviation by hand, contain it.
    RaiseDeviation,
    /// Close a deviation.
    CloseDeviation,
    /// Submit a specification or revision.
    Submit,
    /// Take a released revision back.
    Withdraw,
    /// Finish a unit by the revision it was begun with, though a newer one is in effect.
    KeepRevision,
    /// Move a unit to a newer revision.
    MoveRevision,
    /// Open, close and reopen orders.
    Plan,
    /// Admit and revoke people, set PINs, define places, set policy, enroll stations.
    Administer,
    /// Call for help, say that one comes, and clear a call.
    CallHelp,
    /// Hand a shift over, and accept one.
    HandOver,
    /// Propose a change of a step.
    ProposeRedline,
    /// Answer a proposed change.
    AnswerRedline,
    /// Propose, grant and withdraw a deviation permit.
    Permit,
    /// Say what is planned of a place.
    SetPlan,
    /// Release the shift calendar.
    SetShifts,
    /// Register and calibrate gauges.
    KeepGauges,
    /// Answer what the judge held.
    Review,
    /// Correct a reading that somebody else took, after its step ended.
    CorrectRecord,
    /// Let a unit go on that was held for a gauge or a definition.
    ReleaseHold,
    /// Split pieces off a lot.
    SplitLot,
    /// Say that a gauge was found out of tolerance: whoever sees it says so at once.
    FailGauge,
    /// Hold units that were measured with a failed gauge.
    HoldForGauge,
    /// Call units back: hold whatever something reached.
    Recall,
    /// Let a unit go on that was called back.
    EndRecall,
    /// Release units to ship, and take them back.
    ReleaseProduct,
    /// Set a place up, change its tool or material.
    SetUp,
    /// Note what material came in, block it.
    KeepMaterial,
    /// Let blocked material be built in again.
    ReleaseMaterial,
    /// Take a component out.
    RemoveComponent,
    /// Open a lot for inspection and record its pieces.
    InspectLot,
    /// Accept a lot or not.
    DecideLot,
    /// Approve reduced inspection, end it, and take up what was discontinued.
    ChooseSeverity,
}

impl Action {
    /// The roles that may do it, most usual first (the table of roles and actions).
    pub fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Engineer, Inspector, Operator, Planner, Quality, Supervisor};
        match self {
            Self::Perform => &[Operator, Inspector],
            Self::Overrule | Self::Review | Self::MoveRevision => &[Supervisor],
            Self::Dispose => &[Supervisor, Quality, Engineer],
            Self::UseAsIs | Self::Permit => &[Quality, Engineer],
            Self::RaiseDeviation | Self::ProposeRedline => {
                &[Operator, Inspector, Supervisor, Quality, Engineer]
            }
            Self::CloseDeviation | Self::HoldForGauge | Self::Recall => &[Quality, Supervisor],
            Self::Submit | Self::AnswerRedline => &[Engineer],
            Self::CallHelp => {
                &[Operator, Inspector, Supervisor, Quality, Engineer, Planner, Administrator]
            }
            Self::HandOver => &[Supervisor, Operator, Inspector],
            Self::ReleaseHold | Self::CorrectRecord => &[Supervisor, Quality],
            Self::SplitLot | Self::SetUp | Self::KeepRevision => &[Operator, Inspector, Supervisor],
            Self::Withdraw => &[Engineer, Quality],
            Self::Plan | Self::SetPlan => &[Planner, Supervisor],
            Self::SetShifts => &[Planner, Supervisor, Administrator],
            Self::Administer => &[Administrator],
            Self::KeepGauges => &[Quality, Administrator],
            Self::KeepMaterial => &[Quality, Inspector, Supervisor],
            Self::ReleaseMaterial
            | Self::ChooseSeverity
            | Self::EndRecall
            | Self::ReleaseProduct => &[Quality],
            Self::InspectLot | Self::DecideLot => &[Inspector, Quality],
            Self::RemoveComponent => &[Operator, Inspector, Supervisor, Quality],
            Self::FailGauge => &[Quality, Inspector, Operator, Supervisor, Administrator],
        }
    }

    /// What it is, for a refusal.
    pub fn words(self) -> &'static str {
        match self {
            Self::Perform => "perform steps",
            Self::Overrule => "skip a step, accept a wait or upstream work",
            Self::Dispose => "dispose a deviation",
            Self::UseAsIs => "accept a value outside its limits",
            Self::RaiseDeviation => "raise a deviation",
            Self::CloseDeviation => "close a deviation",
            Self::Submit => "submit a definition",
            Self::Withdraw => "withdraw a revision",
            Self::KeepRevision => "finish a unit by its old revision",
            Self::MoveRevision => "move a unit to another revision",
            Self::Plan => "open or close orders",
            Self::Administer => "administer people, places and stations",
            Self::CallHelp => "call for help or answer a call",
            Self::HandOver => "hand over a shift or accept one",
            Self::ProposeRedline => "propose a change",
            Self::AnswerRedline => "answer a proposed change",
            Self::Permit => "propose, grant or withdraw a permit",
            Self::SetPlan => "say what is planned",
            Self::SetShifts => "release a shift calendar",
            Self::KeepGauges => "keep gauges",
            Self::ReleaseHold => "release a hold",
            Self::CorrectRecord => "correct what somebody else recorded",
            Self::SplitLot => "split a lot",
            Self::FailGauge => "say that a gauge failed",
            Self::HoldForGauge => "hold units for a gauge",
            Self::Recall => "call units back",
            Self::ReleaseProduct => "release a unit to ship or take it back",
            Self::EndRecall => "let a unit go on that was called back",
            Self::SetUp => "set up a place",
            Self::KeepMaterial => "note or block material",
            Self::ReleaseMaterial => "release blocked material",
            Self::RemoveComponent => "take a component out",
            Self::Review => "answer what the server held",
            Self::InspectLot => "inspect lots",
            Self::DecideLot => "accept or reject a lot",
            Self::ChooseSeverity => "say how strictly lots are inspected",
        }
    }
}

/// What happens to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum PersonFact {
    /// May act in these roles from now on; again to change them.
    PersonAdmitted {
        /// The roles.
        roles: BTreeSet<Role>,
        /// How identity was verified (21 CFR 11.100(b)).
        identity_verified_by: String,
    },
    /// May not act any more.
    PersonRevoked {
        /// Why.
        reason: String,
    },
    /// Trained for something, until a date.
    QualificationGranted {
        /// For what.
        qualification: QualificationId,
        /// Through the end of this date, site time; without an end where absent.
        until: Option<Date>,
    },
    /// Not qualified any more.
    QualificationRevoked {
        /// For what.
        qualification: QualificationId,
        /// Why.
        reason: String,
    },
    /// Read what a revision changed, before the first work by it (R1).
    RevisionRead(RevisionRead),
    /// The PIN was set or changed; the PIN itself is never a fact.
    PinChanged {},
    /// Has another badge, and the one before counts no more; its number is never a fact
    /// (21 CFR 11.300(c)).
    BadgeReplaced {
        /// Why.
        reason: String,
    },
    /// Signed in.
    SessionOpened {},
    /// Signed out.
    SessionClosed {
        /// How: by hand, idle, dropped line, change of person.
        how: String,
    },
    /// A wrong PIN.
    SignInFailed {},
    /// Too many wrong PINs in a row.
    LockedOut {
        /// From this fact on, in seconds.
        seconds: i64,
    },
}

/// What a person has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRead {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The compiled blob.
    pub hash: Hash,
}

/// What is asked for on behalf of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonCommand {
    /// Admit, or change roles.
    Admit {
        /// The roles from now on.
        roles: BTreeSet<Role>,
        /// How identity was verified.
        identity_verified_by: String,
    },
    /// Revoke.
    Revoke {
        /// Why.
        reason: String,
    },
    /// Grant a qualification.
    Qualify {
        /// For what.
        qualification: QualificationId,
        /// Through the end of this date.
        until: Option<Date>,
    },
    /// Take a qualification back.
    Unqualify {
        /// For what.
        qualification: QualificationId,
        /// Why.
        reason: String,
    },
    /// Note that the person has read what a revision changed.
    ReadRevision(RevisionRead),
    /// Note that the PIN was changed.
    NotePinChanged,
    /// Note that the badge was replaced.
    ReplaceBadge {
        /// Why.
        reason: String,
    },
    /// Sign in; the PIN was checked outside (constant time, one at a time).
    SignIn {
        /// Whether the PIN was right.
        pin_right: bool,
        /// What for.
        purpose: Purpose,
    },
    /// A wrong PIN where no badge is taken now: it counts for its person all the same.
    NoteWrongPin,
    /// Sign out.
    SignOut {
        /// How.
        how: String,
    },
}

/// What somebody shows badge and PIN for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open a session.
    Session,
    /// To act or sign once.
    Act,
    /// To change the PIN: also with one that is too old for anything else.
    ChangePin,
}

/// A person as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonState {
    /// Roles; empty before admission.
    pub roles: BTreeSet<Role>,
    /// Since when revoked, by the fact's own moment.
    pub revoked: Option<Moment>,
    /// Qualifications with their last day.
    pub qualifications: BTreeMap<QualificationId, Option<Date>>,
    /// The revisions whose changes were read, by their compiled blobs.
    pub read: BTreeSet<Hash>,
    /// Wrong PINs, and the lock-out from them that holds everywhere.
    pub wrong: WrongPins,
    /// Those typed on lines over SSH without a key, and the lock-out from them that holds on such lines.
    pub wrong_at_door: WrongPins,
    /// Sessions opened and not closed.
    pub sessions: BTreeSet<SessionId>,
    /// Since when the PIN is as it is; a first PIN counts from the admission.
    pub pin_since: Option<Moment>,
}

impl PersonState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &PersonFact) {
        match fact {
            PersonFact::PersonAdmitted { roles, .. } => {
                self.roles.clone_from(roles);
                self.revoked = None;
                self.pin_since.get_or_insert_with(|| head.moment.clone());
            }
            PersonFact::PersonRevoked { .. } => self.revoked = Some(head.moment.clone()),
            PersonFact::QualificationGranted { qualification, until } => {
                self.qualifications.insert(qualification.clone(), *until);
            }
            PersonFact::QualificationRevoked { qualification, .. } => {
                self.qualifications.remove(qualification);
            }
            PersonFact::SessionOpened {} => {
                *self.wrong_at_mut(&head.acting.terminal) = WrongPins::default();
                self.sessions.extend(head.acting.session.clone());
            }
            PersonFact::RevisionRead(read) => {
                self.read.insert(read.hash);
            }
            PersonFact::PinChanged {} => {
                self.wrong = WrongPins::default();
                self.wrong_at_door = WrongPins::default();
                self.pin_since = Some(head.moment.clone());
            }
            PersonFact::SessionClosed { .. } => {
                if let Some(session) = &head.acting.session {
                    self.sessions.remove(session);
                }
            }
            PersonFact::BadgeReplaced { .. } => {}
            PersonFact::SignInFailed {} => {
                let wrong = self.wrong_at_mut(&head.acting.terminal);
                wrong.failures = wrong.failures.saturating_add(1);
            }
            PersonFact::LockedOut { seconds } => {
                let locked = Some((head.moment.clone(), *seconds));
                self.wrong_at_mut(&head.acting.terminal).locked = locked;
            }
        }
    }
}

/// Decides what is asked for on behalf of a person.
pub fn decide(
    id: &PersonId,
    state: &PersonState,
    command: PersonCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let fact = |fact| (Subject::Person(id.clone()), FactBody::Person(fact));
    let mut reasons = Vec::new();
    let facts = match command {
        PersonCommand::Admit { roles, identity_verified_by } => {
            context.require_role(Action::Administer, &mut reasons);
            if roles.is_empty() {
                reasons.push(Reason::RolesMissing { person: id.clone() });
            }
            let verified = "how the identity was verified";
            context.require_line(verified, &identity_verified_by, &mut reasons);
            vec![PersonFact::PersonAdmitted { roles, identity_verified_by }]
        }
        PersonCommand::Revoke { reason } => {
            context.require_role(Action::Administer, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            if context.acting.actor.as_ref() == Some(id) {
                reasons.push(Reason::RevokesSelf { person: id.clone() });
            }
            vec![PersonFact::PersonRevoked { reason }]
        }
        PersonCommand::Qualify { qualification, until } => {
            context.require_role(Action::Administer, &mut reasons);
            vec![PersonFact::QualificationGranted { qualification, until }]
        }
        PersonCommand::ReadRevision(read) => {
            let actor = context.actor()?;
            context.active_roles(&actor, &mut reasons);
            if actor != *id {
                reasons.push(DefinitionReason::ReadByAnother { person: id.clone() }.into());
            }
            // To read it twice is no news.
            if state.read.contains(&read.hash) {
                vec![]
            } else {
                read_first::require_in_effect(&read, context, &mut reasons);
                vec![PersonFact::RevisionRead(read)]
            }
        }
        PersonCommand::NotePinChanged => {
            if context.acting.actor.as_ref() != Some(id) {
                context.require_role(Action::Administer, &mut reasons);
            }
            vec![PersonFact::PinChanged {}]
        }
        PersonCommand::ReplaceBadge { reason } => {
            context.require_role(Action::Administer, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            vec![PersonFact::BadgeReplaced { reason }]
        }
        PersonCommand::Unqualify { qualification, reason } => {
            context.require_role(Action::Administer, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            if !state.qualifications.contains_key(&qualification) {
                let (person, qualification) = (id.clone(), qualification.clone());
                reasons
                    .push(EquipmentReason::QualificationNotHeld { person, qualification }.into());
            }
            vec![PersonFact::QualificationRevoked { qualification, reason }]
        }
        PersonCommand::SignOut { how } => vec![PersonFact::SessionClosed { how }],
        PersonCommand::SignIn { pin_right, purpose } => {
            return sign_in::sign_in(id, state, (pin_right, purpose), context);
        }
        PersonCommand::NoteWrongPin => sign_in::note_wrong_pin(id, state, context)?,
    };
    Refusal::unless_empty(reasons)?;
    Ok(facts.into_iter().map(fact).collect())
}
