//! What a fact says: one enum a stream kind; in JSON a flat `kind` and its `body`.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::deviation::DeviationFact;
use super::gauge::GaugeFact;
use super::order::OrderFact;
use super::people::PersonFact;
use super::place::{PlaceFact, SiteFact};
use super::revision::{InstructionFact, SpecificationFact};
use super::station::StationFact;
use super::stream::Subject;
use super::traveler::fact::TravelerFact;

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
    /// Of a kind that a newer version writes; kept as it came.
    Newer {
        /// The kind's name.
        kind: String,
        /// Its body.
        body: Value,
    },
}

#[derive(Serialize, Deserialize)]
struct Parts {
    kind: String,
    #[serde(default)]
    body: Value,
}

impl FactBody {
    /// The flat kind and the body as JSON.
    pub fn to_parts(&self) -> (String, Value) {
        let value = match self {
            Self::Traveler(body) => serde_json::to_value(body),
            Self::Order(body) => serde_json::to_value(body),
            Self::Instruction(body) => serde_json::to_value(body),
            Self::Specification(body) => serde_json::to_value(body),
            Self::Gauge(body) => serde_json::to_value(body),
            Self::Person(body) => serde_json::to_value(body),
            Self::Deviation(body) => serde_json::to_value(body),
            Self::Place(body) => serde_json::to_value(body),
            Self::Station(body) => serde_json::to_value(body),
            Self::Site(body) => serde_json::to_value(body),
            Self::Newer { kind, body } => return (kind.clone(), body.clone()),
        };
        let parts = value.and_then(serde_json::from_value::<Parts>);
        // Our own enums always serialize to a kind with a body.
        parts.map_or_else(|_| ("Unwritable".to_owned(), Value::Null), |p| (p.kind, p.body))
    }

    /// The kind's name.
    pub fn kind(&self) -> String {
        self.to_parts().0
    }

    /// Reads a body by its subject's stream; an unknown kind becomes [`FactBody::Newer`].
    pub fn from_parts(
        subject: &Subject,
        kind: String,
        body: Value,
    ) -> Result<Self, serde_json::Error> {
        let read = match subject {
            Subject::Traveler(_) => read(&kind, &body).map(Self::Traveler),
            Subject::Order(_) => read(&kind, &body).map(Self::Order),
            Subject::Instruction(_) => read(&kind, &body).map(Self::Instruction),
            Subject::Specification(_) => read(&kind, &body).map(Self::Specification),
            Subject::Gauge(_) => read(&kind, &body).map(Self::Gauge),
            Subject::Person(_) => read(&kind, &body).map(Self::Person),
            Subject::Deviation(_) => read(&kind, &body).map(Self::Deviation),
            Subject::Place(_) => read(&kind, &body).map(Self::Place),
            Subject::Station(_) => read(&kind, &body).map(Self::Station),
            Subject::Site(_) => read(&kind, &body).map(Self::Site),
        };
        match read {
            Ok(body) => Ok(body),
            Err(error) if KINDS.contains(&kind.as_str()) => Err(error),
            Err(_) if kind.is_empty() || kind.len() > 64 => {
                Err(serde_json::Error::custom("a kind has 1 to 64 characters"))
            }
            Err(_) => Ok(Self::Newer { kind, body }),
        }
    }
}

fn read<T: DeserializeOwned>(kind: &str, body: &Value) -> Result<T, serde_json::Error> {
    let value = if body.is_null() {
        json!({ "kind": kind })
    } else {
        json!({ "kind": kind, "body": body })
    };
    serde_json::from_value(value)
}

/// Every kind that this version writes; a malformed body of one of these is an error.
pub static KINDS: &[&str] = &[
    "SpecificationSubmitted",
    "SpecificationReleased",
    "RevisionSubmitted",
    "RevisionReleased",
    "RevisionWithdrawn",
    "OrderOpened",
    "OrderClosed",
    "PersonAdmitted",
    "PersonRevoked",
    "QualificationGranted",
    "PinChanged",
    "SessionOpened",
    "SessionClosed",
    "SignInFailed",
    "LockedOut",
    "GaugeRegistered",
    "GaugeCalibrated",
    "TravelerStarted",
    "StepStarted",
    "Checked",
    "ReadingTaken",
    "ReadingConfirmed",
    "ReadingCorrected",
    "EntryMade",
    "ComponentInstalled",
    "WaitStarted",
    "WaitAccepted",
    "StepCompleted",
    "StepSkipped",
    "Paused",
    "Resumed",
    "Signed",
    "HoldPlaced",
    "HoldReleased",
    "DeviationRaised",
    "ContainmentTaken",
    "Dispositioned",
    "DeviationClosed",
    "PlaceDefined",
    "PolicySet",
    "StationEnrolled",
    "EpochOpened",
    "ClockStepped",
    "Heartbeat",
    "PageJudged",
    "ReviewAnswered",
];
