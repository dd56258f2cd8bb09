//! Specifications: what is measured on a part, and within which limits (AS9102 form 3, QIF).

use serde::{Deserialize, Serialize};

use super::ids::{CharacteristicId, GaugeClassId, PartId, RevisionId};
use super::quantity::Limits;
use super::sampling::Sampling;

/// The released object of a part revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specification {
    /// The part.
    pub part: PartId,
    /// The part's revision.
    pub revision: RevisionId,
    /// The drawing with its revision.
    pub drawing: String,
    /// What is measured.
    pub characteristics: Vec<Characteristic>,
}

impl Specification {
    /// Finds a characteristic by its permanent id.
    pub fn characteristic(&self, id: &CharacteristicId) -> Option<&Characteristic> {
        self.characteristics.iter().find(|c| c.id == *id)
    }
}

/// One requirement on the part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characteristic {
    /// Permanent id.
    pub id: CharacteristicId,
    /// Number of the balloon on the drawing (AS9102 characteristic number).
    pub balloon: String,
    /// Where on the drawing, such as `1/B3`.
    pub location: String,
    /// The requirement as drawn.
    pub requirement: String,
    /// What people call it.
    pub name: String,
    /// What is recorded.
    pub kind: CharacteristicKind,
    /// How much it matters.
    pub class: Class,
    /// The class of gauge it is measured with.
    pub gauge: Option<GaugeClassId>,
    /// On which units it is measured; absent where it is on each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
}

/// How a characteristic is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharacteristicKind {
    /// By a value within limits.
    Measured(Limits),
    /// By yes or no.
    Attribute,
    /// By a value for information; nothing is judged.
    Reference(Limits),
}

impl CharacteristicKind {
    /// The limits, where a value is recorded.
    pub fn limits(&self) -> Option<&Limits> {
        match self {
            Self::Measured(limits) | Self::Reference(limits) => Some(limits),
            Self::Attribute => None,
        }
    }
}

/// How much a characteristic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Safety or law.
    Critical,
    /// Function.
    Major,
    /// The rest.
    Minor,
}

impl Class {
    /// Every class with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("critical", Self::Critical), ("major", Self::Major), ("minor", Self::Minor)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, class)| *class)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, class)| *class == self).map_or("", |(word, _)| word)
    }
}
