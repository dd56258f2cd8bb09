//! Streams: the facts of one subject, and what they amount to.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::deviation_state::DeviationState;
use super::fact::{Fact, Position};
use super::gauge::GaugeState;
use super::handover::HandoverState;
use super::hash::Hash;
use super::help::HelpState;
use super::ids::{
    DeviationId, GaugeId, HandoverId, HelpId, InstructionId, OrderId, PartId, PermitId, PersonId,
    PlaceId, RedlineId, SiteId, StationId, UnitId,
};
use super::inspection::series::{SeriesId, SeriesState};
use super::kinds::FactBody;
use super::material::{MaterialId, MaterialState};
use super::order::OrderState;
use super::people::PersonState;
use super::permit::PermitState;
use super::place::{PlaceState, SiteState};
use super::redline::RedlineState;
use super::revision::{InstructionState, SpecificationState};
use super::station::StationState;
use super::traveler::state::TravelerState;

/// One unit or lot of an order, on its way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TravelerId {
    /// The work order.
    pub order: OrderId,
    /// The serial or lot.
    pub unit: UnitId,
}

impl fmt::Display for TravelerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.order, self.unit)
    }
}

impl TravelerId {
    /// Reads `ORDER/UNIT`.
    pub fn parse(text: &str) -> Option<Self> {
        let (order, unit) = text.trim().split_once('/')?;
        Some(Self { order: OrderId::parse(order).ok()?, unit: UnitId::parse(unit).ok()? })
    }
}

/// The most bytes of the word that a stream's name begins with.
const STREAM_BYTES_MAX: usize = 32;
/// The most bytes of the id in a stream's name.
const STREAM_ID_BYTES_MAX: usize = 256;

/// The name of a stream of a kind that only a newer version knows, kept as it came: it is stored,
/// shown and handed on, and nothing is ever folded from it or written to it here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NewerSubject {
    stream: String,
    id: String,
}

impl NewerSubject {
    /// Reads a word of small letters, digits and dashes, and an id without control characters.
    fn parse(stream: &str, id: &str) -> Option<Self> {
        let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let named =
            stream.starts_with(|c: char| c.is_ascii_lowercase()) && stream.chars().all(small);
        let fits = stream.len() <= STREAM_BYTES_MAX && id.len() <= STREAM_ID_BYTES_MAX;
        let told = !id.is_empty() && !id.contains(char::is_control);
        (named && fits && told).then(|| Self { stream: stream.to_owned(), id: id.to_owned() })
    }
}

/// What a stream is about; written `traveler/WO-1881/0007`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One unit or lot on its way.
    Traveler(TravelerId),
    /// A work order.
    Order(OrderId),
    /// A work instruction with its revisions.
    Instruction(InstructionId),
    /// The specification of a part with its revisions.
    Specification(PartId),
    /// A gauge.
    Gauge(GaugeId),
    /// A lot of bought-in material.
    Material(MaterialId),
    /// A person.
    Person(PersonId),
    /// A deviation.
    Deviation(DeviationId),
    /// A place.
    Place(PlaceId),
    /// A station.
    Station(StationId),
    /// A site with its policy.
    Site(SiteId),
    /// A call for help.
    Help(HelpId),
    /// A hand-over of a shift.
    Handover(HandoverId),
    /// A proposed change.
    Redline(RedlineId),
    /// The lots of a part from one supplier.
    Series(SeriesId),
    /// A deviation permit.
    Permit(PermitId),
    /// Something that a newer version keeps a stream of.
    Newer(NewerSubject),
}

impl Subject {
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Self> {
        let (stream, id) = text.split_once('/')?;
        Some(match stream {
            "traveler" => Self::Traveler(TravelerId::parse(id)?),
            "order" => Self::Order(OrderId::parse(id).ok()?),
            "instruction" => Self::Instruction(InstructionId::parse(id).ok()?),
            "specification" => Self::Specification(PartId::parse(id).ok()?),
            "gauge" => Self::Gauge(GaugeId::parse(id).ok()?),
            "material" => Self::Material(MaterialId::parse(id)?),
            "person" => Self::Person(PersonId::parse(id).ok()?),
            "deviation" => Self::Deviation(DeviationId::parse(id).ok()?),
            "place" => Self::Place(PlaceId::parse(id).ok()?),
            "station" => Self::Station(StationId::parse(id).ok()?),
            "site" => Self::Site(SiteId::parse(id).ok()?),
            "help" => Self::Help(HelpId::parse(id).ok()?),
            "handover" => Self::Handover(HandoverId::parse(id).ok()?),
            "redline" => Self::Redline(RedlineId::parse(id).ok()?),
            "series" => Self::Series(SeriesId::parse(id)?),
            "permit" => Self::Permit(PermitId::parse(id).ok()?),
            newer => Self::Newer(NewerSubject::parse(newer, id)?),
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traveler(id) => write!(f, "traveler/{id}"),
            Self::Order(id) => write!(f, "order/{id}"),
            Self::Instruction(id) => write!(f, "instruction/{id}"),
            Self::Specification(id) => write!(f, "specification/{id}"),
            Self::Gauge(id) => write!(f, "gauge/{id}"),
            Self::Material(id) => write!(f, "material/{id}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Deviation(id) => write!(f, "deviation/{id}"),
            Self::Place(id) => write!(f, "place/{id}"),
            Self::Station(id) => write!(f, "station/{id}"),
            Self::Site(id) => write!(f, "site/{id}"),
            Self::Help(id) => write!(f, "help/{id}"),
            Self::Handover(id) => write!(f, "handover/{id}"),
            Self::Redline(id) => write!(f, "redline/{id}"),
            Self::Series(id) => write!(f, "series/{id}"),
            Self::Permit(id) => write!(f, "permit/{id}"),
            Self::Newer(NewerSubject { stream, id }) => write!(f, "{stream}/{id}"),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("unknown subject {text:?}")))
    }
}

/// The folded state of one stream.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamState {
    /// Of a traveler.
    Traveler(TravelerState),
    /// Of an order.
    Order(OrderState),
    /// Of an instruction.
    Instruction(InstructionState),
    /// Of a specification.
    Specification(SpecificationState),
    /// Of a gauge.
    Gauge(GaugeState),
    /// Of a lot of bought-in material.
    Material(MaterialState),
    /// Of a person.
    Person(PersonState),
    /// Of a deviation.
    Deviation(DeviationState),
    /// Of a place.
    Place(PlaceState),
    /// Of a station.
    Station(StationState),
    /// Of a site.
    Site(SiteState),
    /// Of a call for help.
    Help(HelpState),
    /// Of a hand-over.
    Handover(HandoverState),
    /// Of a redline.
    Redline(RedlineState),
    /// Of the lots of a part from one supplier.
    Series(SeriesState),
    /// Of a deviation permit.
    Permit(PermitState),
    /// Of something that this version does not know: nothing is made of it.
    Newer,
}

/// A stream as folded: its state, its heads, and whether a newer version wrote to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// What the facts amount to.
    pub state: StreamState,
    /// The facts that no other fact of the stream comes after, in order.
    pub heads: Vec<Position>,
    /// A kind that this version does not know; writing is refused until the station is updated.
    pub newer_kind: Option<String>,
}

impl Stream {
    /// The stream before its first fact.
    pub fn empty(subject: &Subject) -> Self {
        let state = match subject {
            Subject::Traveler(_) => StreamState::Traveler(TravelerState::default()),
            Subject::Order(_) => StreamState::Order(OrderState::default()),
            Subject::Instruction(_) => StreamState::Instruction(InstructionState::default()),
            Subject::Specification(_) => StreamState::Specification(SpecificationState::default()),
            Subject::Gauge(_) => StreamState::Gauge(GaugeState::default()),
            Subject::Material(_) => StreamState::Material(MaterialState::default()),
            Subject::Person(_) => StreamState::Person(PersonState::default()),
            Subject::Deviation(_) => StreamState::Deviation(DeviationState::default()),
            Subject::Place(_) => StreamState::Place(PlaceState::default()),
            Subject::Station(_) => StreamState::Station(StationState::default()),
            Subject::Site(_) => StreamState::Site(SiteState::default()),
            Subject::Help(_) => StreamState::Help(HelpState::default()),
            Subject::Handover(_) => StreamState::Handover(HandoverState::default()),
            Subject::Redline(_) => StreamState::Redline(RedlineState::default()),
            Subject::Series(_) => StreamState::Series(SeriesState::default()),
            Subject::Permit(_) => StreamState::Permit(PermitState::default()),
            Subject::Newer(_) => StreamState::Newer,
        };
        Self { state, heads: Vec::new(), newer_kind: None }
    }

    /// Takes one more fact; its `after` are folded already. It cannot refuse.
    pub fn evolve(&mut self, fact: &Fact, id: Hash) {
        self.heads.retain(|head| !fact.head.after.contains(head));
        self.heads.push(fact.head.position.clone());
        self.heads.sort();
        match (&mut self.state, &fact.body) {
            (StreamState::Traveler(state), FactBody::Traveler(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Order(state), FactBody::Order(body)) => state.evolve(&fact.head, body),
            (StreamState::Instruction(state), FactBody::Instruction(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Specification(state), FactBody::Specification(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Gauge(state), FactBody::Gauge(body)) => state.evolve(&fact.head, body),
            (StreamState::Material(state), FactBody::Material(body)) => {
                state.evolve(&fact.head, body);
            }
            (StreamState::Person(state), FactBody::Person(body)) => state.evolve(&fact.head, body),
            (StreamState::Deviation(state), FactBody::Deviation(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Place(state), FactBody::Place(body)) => state.evolve(&fact.head, body),
            (StreamState::Station(state), FactBody::Station(body)) => {
                state.evolve(&fact.head, body);
            }
            (StreamState::Site(state), FactBody::Site(body)) => state.evolve(&fact.head, body),
            (StreamState::Help(state), FactBody::Help(body)) => state.evolve(&fact.head, body),
            (StreamState::Handover(state), FactBody::Handover(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Redline(state), FactBody::Redline(body)) => {
                state.evolve(&fact.head, body);
            }
            (StreamState::Series(state), FactBody::Inspection(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (StreamState::Permit(state), FactBody::Permit(body)) => {
                state.evolve(&fact.head, id, body);
            }
            (_, body) => self.newer_kind = Some(body.kind().to_owned()),
        }
    }
}
