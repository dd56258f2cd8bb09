//! What a fact says: one enum a stream kind; in JSON a flat `kind` and its `body`.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::deviation::DeviationFact;
use super::gauge::GaugeFact;
use super::handover::HandoverFact;
use super::help::HelpFact;
use super::inspection::fact::InspectionFact;
use super::material::MaterialFact;
use super::order::OrderFact;
use super::people::PersonFact;
use super::permit::PermitFact;
use super::place::{PlaceFact, SiteFact};
use super::redline::RedlineFact;
use super::revision::{InstructionFact, SpecificationFact};
use super::station::StationFact;
use super::stream::Subject;
use super::traveler::fact::{HoldOutcome, HoldPlaced, HoldReason, TravelerFact};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum FactBody {
    /// To a traveler.
    Traveler(TravelerFact),
    /// To an order.
    Order(OrderFact),
    /// To an instruction's revisions.
    Instruction(InstructionFact),
    /// To a specification's revisions.
    Specification(SpecificationFact),
    /// To a gauge.
    Gauge(GaugeFact),
    /// To a lot of bought-in material.
    Material(MaterialFact),
    /// To a person.
    Person(PersonFact),
    /// To a deviation.
    Deviation(DeviationFact),
    /// To a place.
    Place(PlaceFact),
    /// To a station.
    Station(StationFact),
    /// To a site.
    Site(SiteFact),
    /// To a call for help.
    Help(HelpFact),
    /// To a hand-over.
    Handover(HandoverFact),
    /// To a redline.
    Redline(RedlineFact),
    /// To the lots of a series.
    Inspection(InspectionFact),
    /// To a deviation permit.
    Permit(PermitFact),
    /// Of a kind that a newer version writes; kept as it came.
    Newer {
        /// The kind's name.
        kind: String,
        /// Its body.
        body: Value,
    },
}

/// As a `kind` with its `body`, each fact enum writes both.
impl Serialize for FactBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Traveler(body) => body.serialize(serializer),
            Self::Order(body) => body.serialize(serializer),
            Self::Instruction(body) => body.serialize(serializer),
            Self::Specification(body) => body.serialize(serializer),
            Self::Gauge(body) => body.serialize(serializer),
            Self::Material(body) => body.serialize(serializer),
            Self::Person(body) => body.serialize(serializer),
            Self::Deviation(body) => body.serialize(serializer),
            Self::Place(body) => body.serialize(serializer),
            Self::Station(body) => body.serialize(serializer),
            Self::Site(body) => body.serialize(serializer),
            Self::Help(body) => body.serialize(serializer),
            Self::Handover(body) => body.serialize(serializer),
            Self::Redline(body) => body.serialize(serializer),
            Self::Inspection(body) => body.serialize(serializer),
            Self::Permit(body) => body.serialize(serializer),
            Self::Newer { kind, body } => {
                let mut parts = serializer.serialize_struct("Newer", 2)?;
                parts.serialize_field("kind", kind)?;
                parts.serialize_field("body", body)?;
                parts.end()
            }
        }
    }
}

impl FactBody {
    /// The kind's name.
    pub fn kind(&self) -> &str {
        match self {
            Self::Traveler(body) => traveler_kind(body),
            Self::Order(OrderFact::OrderOpened(_)) => "OrderOpened",
            Self::Order(OrderFact::OrderClosed { .. }) => "OrderClosed",
            Self::Order(OrderFact::OrderReopened { .. }) => "OrderReopened",
            Self::Instruction(InstructionFact::RevisionSubmitted(_)) => "RevisionSubmitted",
            Self::Instruction(InstructionFact::RevisionReleased { .. }) => "RevisionReleased",
            Self::Specification(SpecificationFact::SpecificationSubmitted(_)) => {
                "SpecificationSubmitted"
            }
            Self::Specification(SpecificationFact::SpecificationReleased { .. }) => {
                "SpecificationReleased"
            }
            Self::Instruction(InstructionFact::RevisionWithdrawn(_))
            | Self::Specification(SpecificationFact::RevisionWithdrawn(_)) => "RevisionWithdrawn",
            Self::Instruction(InstructionFact::Signed(_))
            | Self::Specification(SpecificationFact::Signed(_)) => "Signed",
            Self::Gauge(GaugeFact::GaugeRegistered(_)) => "GaugeRegistered",
            Self::Gauge(GaugeFact::GaugeCalibrated { .. }) => "GaugeCalibrated",
            Self::Gauge(GaugeFact::GaugeFailed { .. }) => "GaugeFailed",
            Self::Material(MaterialFact::MaterialReceived(_)) => "MaterialReceived",
            Self::Material(MaterialFact::MaterialBlocked { .. }) => "MaterialBlocked",
            Self::Material(MaterialFact::MaterialReleased { .. }) => "MaterialReleased",
            Self::Person(PersonFact::PersonAdmitted { .. }) => "PersonAdmitted",
            Self::Person(PersonFact::PersonRevoked { .. }) => "PersonRevoked",
            Self::Person(PersonFact::QualificationGranted { .. }) => "QualificationGranted",
            Self::Person(PersonFact::QualificationRevoked { .. }) => "QualificationRevoked",
            Self::Person(PersonFact::RevisionRead(_)) => "RevisionRead",
            Self::Person(PersonFact::PinChanged {}) => "PinChanged",
            Self::Person(PersonFact::BadgeReplaced { .. }) => "BadgeReplaced",
            Self::Person(PersonFact::SessionOpened {}) => "SessionOpened",
            Self::Person(PersonFact::SessionClosed { .. }) => "SessionClosed",
            Self::Person(PersonFact::SignInFailed {}) => "SignInFailed",
            Self::Person(PersonFact::LockedOut { .. }) => "LockedOut",
            Self::Deviation(body) => body.kind(),
            Self::Place(PlaceFact::PlaceDefined(_)) => "PlaceDefined",
            Self::Place(PlaceFact::SetupDone { .. }) => "SetupDone",
            Self::Place(PlaceFact::SetupEnded { .. }) => "SetupEnded",
            Self::Place(PlaceFact::ToolChanged { .. }) => "ToolChanged",
            Self::Place(PlaceFact::MaterialChanged { .. }) => "MaterialChanged",
            Self::Place(PlaceFact::PlanSet { .. }) => "PlanSet",
            Self::Place(PlaceFact::OperationHeld(_)) => "OperationHeld",
            Self::Place(PlaceFact::OperationReleased { .. }) => "OperationReleased",
            Self::Station(StationFact::StationEnrolled { .. }) => "StationEnrolled",
            Self::Station(StationFact::StationRevoked { .. }) => "StationRevoked",
            Self::Station(StationFact::EpochOpened { .. }) => "EpochOpened",
            Self::Station(StationFact::ClockStepped { .. }) => "ClockStepped",
            Self::Station(StationFact::Heartbeat {}) => "Heartbeat",
            Self::Station(StationFact::SignInRefused { .. }) => "SignInRefused",
            Self::Station(StationFact::StationLocked { .. }) => "StationLocked",
            Self::Station(StationFact::StationUnlocked { .. }) => "StationUnlocked",
            Self::Station(StationFact::PageJudged { .. }) => "PageJudged",
            Self::Station(StationFact::ReviewAnswered { .. }) => "ReviewAnswered",
            Self::Site(SiteFact::PolicySet(_)) => "PolicySet",
            Self::Site(SiteFact::ShiftPatternSet(_)) => "ShiftPatternSet",
            Self::Help(HelpFact::HelpCalled(_)) => "HelpCalled",
            Self::Help(HelpFact::HelpAnswered { .. }) => "HelpAnswered",
            Self::Help(HelpFact::HelpCleared { .. }) => "HelpCleared",
            Self::Help(HelpFact::HelpEscalated { .. }) => "HelpEscalated",
            Self::Handover(HandoverFact::HandoverGiven(_)) => "HandoverGiven",
            Self::Handover(HandoverFact::HandoverAccepted { .. }) => "HandoverAccepted",
            Self::Redline(body) => body.kind(),
            Self::Inspection(fact) => fact.kind(),
            Self::Permit(body) => body.kind(),
            Self::Newer { kind, .. } => kind,
        }
    }

    /// Whether it rests on nothing before it where the judge writes it: a block holds whatever else is
    /// known of a lot.
    pub fn stands_alone(&self) -> bool {
        matches!(self, Self::Material(MaterialFact::MaterialBlocked { .. }))
    }

    /// Whether it may be written to a stream that says something which this version does not know:
    /// what the server says of the record, and what the clock did, rest on nothing before them.
    pub fn may_follow_newer(&self) -> bool {
        matches!(
            self,
            Self::Station(
                StationFact::StationEnrolled { .. }
                    | StationFact::StationRevoked { .. }
                    | StationFact::PageJudged { .. }
                    | StationFact::ClockStepped { .. }
            ) | Self::Place(PlaceFact::OperationHeld(_))
                | Self::Traveler(
                    // What another unit's check says of this one must not keep it from being saved.
                    TravelerFact::HoldPlaced(HoldPlaced {
                        reason: HoldReason::Judged { .. } | HoldReason::Suspect(_),
                        ..
                    }) | TravelerFact::HoldReleased {
                        outcome: HoldOutcome::Cleared { .. } | HoldOutcome::Sorted,
                        ..
                    }
                )
        )
    }

    /// Reads a body by its subject's stream; an unknown kind becomes [`FactBody::Newer`], and so does
    /// a shape that cannot be read where a newer version wrote it.
    pub fn from_parts(
        subject: &Subject,
        kind: String,
        (body, newer): (&RawValue, bool),
    ) -> Result<Self, serde_json::Error> {
        let as_it_came = |kind| Ok(Self::Newer { kind, body: serde_json::from_str(body.get())? });
        // What a known kind says about something unknown is not known either.
        if matches!(subject, Subject::Newer(_)) || !KINDS.contains(&kind.as_str()) {
            if kind.is_empty() || kind.len() > KIND_BYTES_MAX {
                return Err(serde_json::Error::custom("a kind has 1 to 64 characters"));
            }
            return as_it_came(kind);
        }
        let known = Self::of_known(subject, &kind, body);
        if newer && known.is_err() { as_it_came(kind) } else { known }
    }

    fn of_known(subject: &Subject, kind: &str, body: &RawValue) -> Result<Self, serde_json::Error> {
        match subject {
            Subject::Traveler(_) => read(kind, body).map(Self::Traveler),
            Subject::Order(_) => read(kind, body).map(Self::Order),
            Subject::Instruction(_) => read(kind, body).map(Self::Instruction),
            Subject::Specification(_) => read(kind, body).map(Self::Specification),
            Subject::Gauge(_) => read(kind, body).map(Self::Gauge),
            Subject::Material(_) => read(kind, body).map(Self::Material),
            Subject::Person(_) => read(kind, body).map(Self::Person),
            Subject::Deviation(_) => read(kind, body).map(Self::Deviation),
            Subject::Place(_) => read(kind, body).map(Self::Place),
            Subject::Station(_) => read(kind, body).map(Self::Station),
            Subject::Site(_) => read(kind, body).map(Self::Site),
            Subject::Help(_) => read(kind, body).map(Self::Help),
            Subject::Handover(_) => read(kind, body).map(Self::Handover),
            Subject::Redline(_) => read(kind, body).map(Self::Redline),
            Subject::Series(_) => read(kind, body).map(Self::Inspection),
            Subject::Permit(_) => read(kind, body).map(Self::Permit),
            Subject::Newer(_) => {
                Ok(Self::Newer { kind: kind.to_owned(), body: serde_json::from_str(body.get())? })
            }
        }
    }
}

fn traveler_kind(body: &TravelerFact) -> &'static str {
    match body {
        TravelerFact::TravelerStarted(_) => "TravelerStarted",
        TravelerFact::StepStarted(_) => "StepStarted",
        TravelerFact::Checked { .. } => "Checked",
        TravelerFact::ReadingTaken(_) => "ReadingTaken",
        TravelerFact::ReadingConfirmed { .. } => "ReadingConfirmed",
        TravelerFact::ReadingCorrected { .. } => "ReadingCorrected",
        TravelerFact::EntryMade { .. } => "EntryMade",
        TravelerFact::ComponentInstalled { .. } => "ComponentInstalled",
        TravelerFact::ComponentRemoved(_) => "ComponentRemoved",
        TravelerFact::WaitStarted { .. } => "WaitStarted",
        TravelerFact::WaitAccepted { .. } => "WaitAccepted",
        TravelerFact::StepCompleted { .. } => "StepCompleted",
        TravelerFact::StepSkipped { .. } => "StepSkipped",
        TravelerFact::ConditionDecided(_) => "ConditionDecided",
        TravelerFact::UpstreamAccepted { .. } => "UpstreamAccepted",
        TravelerFact::Paused { .. } => "Paused",
        TravelerFact::QuantityReported(_) => "QuantityReported",
        TravelerFact::QuantityCorrected(_) => "QuantityCorrected",
        TravelerFact::LotSplit(_) => "LotSplit",
        TravelerFact::SplitOff(_) => "SplitOff",
        TravelerFact::Resumed { .. } => "Resumed",
        TravelerFact::Signed { .. } => "Signed",
        TravelerFact::RevisionKept(_) => "RevisionKept",
        TravelerFact::MovedToRevision(_) => "MovedToRevision",
        TravelerFact::HoldPlaced(_) => "HoldPlaced",
        TravelerFact::HoldReleased { .. } => "HoldReleased",
        TravelerFact::ProductReleased(_) => "ProductReleased",
        TravelerFact::ProductTakenBack(_) => "ProductTakenBack",
    }
}

/// Reads a body of a known kind from its text, without a tree of values in between. Where a name stands
/// twice in it the last one counts, as it does in such a tree.
fn read<T: DeserializeOwned>(kind: &str, body: &RawValue) -> Result<T, serde_json::Error> {
    let text = format!(r#"{{"kind":"{kind}","body":{body}}}"#);
    let told = |error| {
        let last = serde_json::from_str::<Value>(&text).and_then(serde_json::from_value);
        last.map_err(|_| error)
    };
    serde_json::from_str(&text).or_else(told)
}

/// The longest name of a kind, in bytes.
const KIND_BYTES_MAX: usize = 64;

/// Every kind that this version writes; a malformed body of one of these is an error.
pub static KINDS: &[&str] = &[
    "SpecificationSubmitted",
    "SpecificationReleased",
    "RevisionSubmitted",
    "RevisionReleased",
    "RevisionWithdrawn",
    "OrderOpened",
    "OrderClosed",
    "OrderReopened",
    "PersonAdmitted",
    "PersonRevoked",
    "QualificationGranted",
    "QualificationRevoked",
    "RevisionRead",
    "PinChanged",
    "BadgeReplaced",
    "SessionOpened",
    "SessionClosed",
    "SignInFailed",
    "LockedOut",
    "GaugeRegistered",
    "GaugeCalibrated",
    "GaugeFailed",
    "MaterialReceived",
    "MaterialBlocked",
    "MaterialReleased",
    "TravelerStarted",
    "StepStarted",
    "Checked",
    "ReadingTaken",
    "ReadingConfirmed",
    "ReadingCorrected",
    "EntryMade",
    "ComponentInstalled",
    "ComponentRemoved",
    "WaitStarted",
    "WaitAccepted",
    "StepCompleted",
    "StepSkipped",
    "ConditionDecided",
    "UpstreamAccepted",
    "Paused",
    "Resumed",
    "QuantityReported",
    "QuantityCorrected",
    "LotSplit",
    "SplitOff",
    "Signed",
    "RevisionKept",
    "MovedToRevision",
    "HoldPlaced",
    "HoldReleased",
    "ProductReleased",
    "ProductTakenBack",
    "DeviationRaised",
    "UnitAdded",
    "DeviationReviewed",
    "ContainmentTaken",
    "Dispositioned",
    "DispositionApproved",
    "DeviationClosed",
    "ContainmentAsked",
    "ContainmentConfirmed",
    "CauseFound",
    "ActionAsked",
    "ActionDone",
    "ActionVerified",
    "EffectivenessChecked",
    "AskedWithdrawn",
    "PlaceDefined",
    "SetupDone",
    "SetupEnded",
    "ToolChanged",
    "MaterialChanged",
    "PlanSet",
    "OperationHeld",
    "OperationReleased",
    "PolicySet",
    "ShiftPatternSet",
    "HelpCalled",
    "HelpAnswered",
    "HelpCleared",
    "HelpEscalated",
    "HandoverGiven",
    "HandoverAccepted",
    "RedlineProposed",
    "RedlineAnswered",
    "LotOpened",
    "PieceInspected",
    "PieceConfirmed",
    "PieceNoted",
    "LotDecided",
    "LotDisposed",
    "SeverityChosen",
    "PermitProposed",
    "PermitGranted",
    "PermitWithdrawn",
    "PermitUsed",
    "StationEnrolled",
    "StationRevoked",
    "EpochOpened",
    "ClockStepped",
    "SignInRefused",
    "StationLocked",
    "StationUnlocked",
    "Heartbeat",
    "PageJudged",
    "ReviewAnswered",
];
