//! What can be traced, forward and back: everything that a unit's record names.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::words::Words;
use crate::domain::words::words;

use super::ids::{
    CharacteristicId, DeviationId, GaugeId, InstructionId, OrderId, PartId, PermitId, PersonId,
    PlaceId, RedlineId, RevisionId,
};
use super::material::MaterialId;
use super::stream::TravelerId;

/// The longest number of a component, in characters.
const NUMBER_CHARS_MAX: usize = 200;

/// What a trace or a recall is about; written `gauge/TW-07`, `unit/WO-1881/0007`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Traced {
    /// A unit or lot of this plant.
    Unit(TravelerId),
    /// An order.
    Order(OrderId),
    /// A lot of bought-in material that goods-in noted.
    Material(MaterialId),
    /// A serial or lot as it was built in, of which nothing else is known.
    Component {
        /// Its part.
        part: PartId,
        /// The number on it.
        number: String,
    },
    /// A gauge.
    Gauge(GaugeId),
    /// A person.
    Person(PersonId),
    /// A place.
    Place(PlaceId),
    /// An instruction, or one revision of it.
    Instruction(InstructionId, Option<RevisionId>),
    /// The specification of a part, or one revision of it.
    Specification(PartId, Option<RevisionId>),
    /// A characteristic of a part.
    Characteristic(PartId, CharacteristicId),
    /// A deviation.
    Deviation(DeviationId),
    /// A deviation permit.
    Permit(PermitId),
    /// A change that the floor proposed.
    Redline(RedlineId),
}

impl Traced {
    /// The word that its written form begins with, also in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unit(_) => "unit",
            Self::Order(_) => "order",
            Self::Material(_) => "material",
            Self::Component { .. } => "component",
            Self::Gauge(_) => "gauge",
            Self::Person(_) => "person",
            Self::Place(_) => "place",
            Self::Instruction(..) => "instruction",
            Self::Specification(..) => "specification",
            Self::Characteristic(..) => "characteristic",
            Self::Deviation(_) => "deviation",
            Self::Permit(_) => "permit",
            Self::Redline(_) => "redline",
        }
    }

    /// Reads the written form; a blank stands for a slash, and `rev` before a revision is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.trim().split_once(['/', ' '])?;
        let id = id.trim();
        Some(match kind {
            "unit" | "traveler" => Self::Unit(TravelerId::parse(id)?),
            "order" => Self::Order(OrderId::parse(id).ok()?),
            "material" => Self::Material(MaterialId::parse(id)?),
            "component" => {
                let (part, number) = id.split_once('/')?;
                let fits = !number.is_empty() && number.chars().count() <= NUMBER_CHARS_MAX;
                let number = (fits && !number.contains(char::is_control)).then_some(number)?;
                Self::Component { part: PartId::parse(part).ok()?, number: number.to_owned() }
            }
            "gauge" => Self::Gauge(GaugeId::parse(id).ok()?),
            "person" => Self::Person(PersonId::parse(id).ok()?),
            "place" => Self::Place(PlaceId::parse(id).ok()?),
            "instruction" => {
                let (id, revision) = revised(id)?;
                Self::Instruction(InstructionId::parse(id).ok()?, revision)
            }
            "specification" => {
                let (id, revision) = revised(id)?;
                Self::Specification(PartId::parse(id).ok()?, revision)
            }
            "characteristic" => {
                let (part, id) = id.split_once('/')?;
                let part = PartId::parse(part).ok()?;
                Self::Characteristic(part, CharacteristicId::parse(id).ok()?)
            }
            "deviation" => Self::Deviation(DeviationId::parse(id).ok()?),
            "permit" => Self::Permit(PermitId::parse(id).ok()?),
            "redline" => Self::Redline(RedlineId::parse(id).ok()?),
            _ => return None,
        })
    }

    /// As people say it: `unit WO-1881/0007`, `WI-1040 rev C`.
    pub fn words(&self) -> String {
        self.said().to_string()
    }

    /// The same, to be told in any language.
    pub fn said(&self) -> Words {
        match self {
            Self::Unit(id) => words!("unit {id}", id),
            Self::Order(id) => words!("order {id}", id),
            Self::Material(id) => words!("material {lot} of {part}", lot = id.lot, part = id.part),
            Self::Component { part, number } => {
                words!("component {number} of {part}", number, part)
            }
            Self::Gauge(id) => words!("gauge {id}", id),
            Self::Person(id) => words!("person {id}", id),
            Self::Place(id) => words!("place {id}", id),
            Self::Instruction(id, None) => words!("instruction {id}", id),
            Self::Instruction(id, Some(revision)) => {
                words!("instruction {id} rev {revision}", id, revision)
            }
            Self::Specification(id, None) => words!("specification {id}", id),
            Self::Specification(id, Some(revision)) => {
                words!("specification {id} rev {revision}", id, revision)
            }
            Self::Characteristic(part, id) => words!("characteristic {id} of {part}", id, part),
            Self::Deviation(id) => words!("deviation {id}", id),
            Self::Permit(id) => words!("permit {id}", id),
            Self::Redline(id) => words!("redline {id}", id),
        }
    }
}

/// An id, and the revision behind it where one is named: `WI-1040/C`, `WI-1040 rev C`.
pub fn revised(text: &str) -> Option<(&str, Option<RevisionId>)> {
    let cut = text.split_once(" rev ").or_else(|| text.split_once('/'));
    let Some((id, revision)) = cut else { return Some((text, None)) };
    Some((id, Some(RevisionId::parse(revision).ok()?)))
}

impl fmt::Display for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Unit(id) => write!(f, "{kind}/{id}"),
            Self::Order(id) => write!(f, "{kind}/{id}"),
            Self::Material(id) => write!(f, "{kind}/{id}"),
            Self::Component { part, number } => write!(f, "{kind}/{part}/{number}"),
            Self::Gauge(id) => write!(f, "{kind}/{id}"),
            Self::Person(id) => write!(f, "{kind}/{id}"),
            Self::Place(id) => write!(f, "{kind}/{id}"),
            Self::Instruction(id, None) => write!(f, "{kind}/{id}"),
            Self::Instruction(id, Some(revision)) => write!(f, "{kind}/{id}/{revision}"),
            Self::Specification(id, None) => write!(f, "{kind}/{id}"),
            Self::Specification(id, Some(revision)) => write!(f, "{kind}/{id}/{revision}"),
            Self::Characteristic(part, id) => write!(f, "{kind}/{part}/{id}"),
            Self::Deviation(id) => write!(f, "{kind}/{id}"),
            Self::Permit(id) => write!(f, "{kind}/{id}"),
            Self::Redline(id) => write!(f, "{kind}/{id}"),
        }
    }
}

impl Serialize for Traced {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Traced {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("{text:?} is nothing traced")))
    }
}

#[cfg(test)]
mod tests {
    use super::Traced;

    #[test]
    fn what_is_traced_is_read_as_it_is_written() {
        for text in [
            "unit/WO-1881/0007",
            "order/WO-1881",
            "material/seal/L-1",
            "component/rotor/WO-1/7",
            "gauge/TW-07",
            "person/novak",
            "place/ASM-1",
            "instruction/WI-1040",
            "instruction/WI-1040/C",
            "specification/CP-40/F",
            "characteristic/CP-40/c-torque",
            "deviation/NCR-ASM1-0001",
            "permit/DP-ASM1-0001",
            "redline/RL-ASM1-0001",
        ] {
            let traced = Traced::parse(text).unwrap();
            assert_eq!(traced.to_string(), text);
            assert_eq!(Traced::parse(&traced.to_string().replacen('/', " ", 1)), Some(traced));
        }
        assert_eq!(
            Traced::parse("instruction WI-1040 rev C"),
            Traced::parse("instruction/WI-1040/C")
        );
        for text in ["", "unit", "unit/0007", "component/rotor/", "component/rotor/a\u{1b}", "x/y"]
        {
            assert_eq!(Traced::parse(text), None, "{text}");
        }
    }
}
