//! Names of things: one type a thing, so that an order number is never taken for a gauge.

use crate::domain::words::Words;
use crate::domain::words::words;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest id in characters; a ledger id (32 hexadecimal digits) fits.
pub const ID_CHARS_MAX: usize = 40;

/// What an [`Id`] names; the word appears in messages.
pub trait IdKind {
    /// The shop's word for the thing named.
    const WORD: &'static str;
}

/// An id of 1 to 40 letters, digits, `-`, `_` or `.` (ASCII), starting with a letter or digit.
pub struct Id<K> {
    text: Box<str>,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub enum IdError {
    /// Nothing was given.
    Empty(&'static str),
    /// More than [`ID_CHARS_MAX`] characters.
    TooLong(&'static str),
    /// A character outside the allowed set.
    BadCharacter {
        /// The thing named.
        word: &'static str,
        /// The first character that is not allowed.
        found: char,
    },
}

impl IdError {
    /// Why, in words.
    pub fn words(&self) -> Words {
        let of = |word: &'static str| {
            let an = word.starts_with(['a', 'e', 'i', 'o']);
            if an {
                words!("an {word} id", word => word)
            } else {
                words!("a {word} id", word => word)
            }
        };
        match self {
            Self::Empty(word) => words!("{of} is missing", of => of(word)),
            Self::TooLong(word) => {
                words!("{of} has at most {most} characters", of => of(word), most = ID_CHARS_MAX)
            }
            Self::BadCharacter { word, found } => words!(
                "{of} has only letters, digits, '-', '_' and '.'; found {found}",
                of => of(word),
                found = format!("{found:?}")
            ),
        }
    }
}

impl<K: IdKind> Id<K> {
    /// Reads an id; blanks around it are dropped.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let Some(first) = text.chars().next() else { return Err(IdError::Empty(K::WORD)) };
        if text.chars().count() > ID_CHARS_MAX {
            return Err(IdError::TooLong(K::WORD));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let bad = text.chars().find(|&c| !allowed(c));
        let bad = bad.or((!first.is_ascii_alphanumeric()).then_some(first));
        match bad {
            Some(found) => Err(IdError::BadCharacter { word: K::WORD, found }),
            None => Ok(Self { text: text.into(), kind: PhantomData }),
        }
    }
}

impl<K> Id<K> {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// The kinds of ids, as types without values.
pub mod named {
    use super::IdKind;

    /// A plant.
    #[derive(Debug)]
    pub enum Site {}
    impl IdKind for Site {
        const WORD: &'static str = "site";
    }

    /// A part of a site.
    #[derive(Debug)]
    pub enum Area {}
    impl IdKind for Area {
        const WORD: &'static str = "area";
    }

    /// A group of places that do the same work.
    #[derive(Debug)]
    pub enum WorkCenter {}
    impl IdKind for WorkCenter {
        const WORD: &'static str = "work center";
    }

    /// A machine, bench, oven or fixture where work is done (work unit).
    #[derive(Debug)]
    pub enum Place {}
    impl IdKind for Place {
        const WORD: &'static str = "place";
    }

    /// One gemba installation, by its short code.
    #[derive(Debug)]
    pub enum Station {}
    impl IdKind for Station {
        const WORD: &'static str = "station";
    }

    /// A person, by an opaque id that is never reused.
    #[derive(Debug)]
    pub enum Person {}
    impl IdKind for Person {
        const WORD: &'static str = "person";
    }

    /// What is made.
    #[derive(Debug)]
    pub enum Part {}
    impl IdKind for Part {
        const WORD: &'static str = "part";
    }

    /// A frozen version of a definition.
    #[derive(Debug)]
    pub enum Revision {}
    impl IdKind for Revision {
        const WORD: &'static str = "revision";
    }

    /// What is measured; permanent.
    #[derive(Debug)]
    pub enum Characteristic {}
    impl IdKind for Characteristic {
        const WORD: &'static str = "characteristic";
    }

    /// A work instruction.
    #[derive(Debug)]
    pub enum Instruction {}
    impl IdKind for Instruction {
        const WORD: &'static str = "instruction";
    }

    /// One thing to do within an instruction.
    #[derive(Debug)]
    pub enum Step {}
    impl IdKind for Step {
        const WORD: &'static str = "step";
    }

    /// A work order.
    #[derive(Debug)]
    pub enum Order {}
    impl IdKind for Order {
        const WORD: &'static str = "order";
    }

    /// One serial or one lot of an order.
    #[derive(Debug)]
    pub enum UnitNumber {}
    impl IdKind for UnitNumber {
        const WORD: &'static str = "unit";
    }

    /// The number on the label of bought-in material.
    #[derive(Debug)]
    pub enum Lot {}
    impl IdKind for Lot {
        const WORD: &'static str = "lot";
    }

    /// One piece of measuring equipment.
    #[derive(Debug)]
    pub enum Gauge {}
    impl IdKind for Gauge {
        const WORD: &'static str = "gauge";
    }

    /// The kind of measuring equipment a characteristic asks for.
    #[derive(Debug)]
    pub enum GaugeClass {}
    impl IdKind for GaugeClass {
        const WORD: &'static str = "gauge class";
    }

    /// What a person has been trained for.
    #[derive(Debug)]
    pub enum Qualification {}
    impl IdKind for Qualification {
        const WORD: &'static str = "qualification";
    }

    /// A departure, by its speakable number.
    #[derive(Debug)]
    pub enum Deviation {}
    impl IdKind for Deviation {
        const WORD: &'static str = "deviation";
    }

    /// A call for help, by its speakable number.
    #[derive(Debug)]
    pub enum Help {}
    impl IdKind for Help {
        const WORD: &'static str = "call";
    }

    /// A hand-over of a shift, by its speakable number.
    #[derive(Debug)]
    pub enum Handover {}
    impl IdKind for Handover {
        const WORD: &'static str = "hand-over";
    }

    /// A proposed change, by its speakable number.
    #[derive(Debug)]
    pub enum Redline {}
    impl IdKind for Redline {
        const WORD: &'static str = "redline";
    }

    /// A deviation permit, by its speakable number.
    #[derive(Debug)]
    pub enum Permit {}
    impl IdKind for Permit {
        const WORD: &'static str = "permit";
    }

    /// One station's sequence of facts.
    #[derive(Debug)]
    pub enum Ledger {}
    impl IdKind for Ledger {
        const WORD: &'static str = "ledger";
    }

    /// One start of the machine.
    #[derive(Debug)]
    pub enum Boot {}
    impl IdKind for Boot {
        const WORD: &'static str = "boot";
    }

    /// One screen of a station.
    #[derive(Debug)]
    pub enum Terminal {}
    impl IdKind for Terminal {
        const WORD: &'static str = "terminal";
    }

    /// One stay of a person at a terminal.
    #[derive(Debug)]
    pub enum Session {}
    impl IdKind for Session {
        const WORD: &'static str = "session";
    }
}

/// A plant.
pub type SiteId = Id<named::Site>;
/// A part of a site.
pub type AreaId = Id<named::Area>;
/// A group of places that do the same work.
pub type WorkCenterId = Id<named::WorkCenter>;
/// A machine, bench, oven or fixture where work is done (work unit).
pub type PlaceId = Id<named::Place>;
/// One gemba installation, by its short code.
pub type StationId = Id<named::Station>;
/// A person, by an opaque id that is never reused.
pub type PersonId = Id<named::Person>;
/// What is made.
pub type PartId = Id<named::Part>;
/// A frozen version of a definition.
pub type RevisionId = Id<named::Revision>;
/// What is measured; permanent.
pub type CharacteristicId = Id<named::Characteristic>;
/// A work instruction.
pub type InstructionId = Id<named::Instruction>;
/// One thing to do within an instruction.
pub type StepId = Id<named::Step>;
/// A work order.
pub type OrderId = Id<named::Order>;
/// One serial or one lot of an order.
pub type UnitId = Id<named::UnitNumber>;
/// The number on the label of bought-in material.
pub type LotId = Id<named::Lot>;
/// One piece of measuring equipment.
pub type GaugeId = Id<named::Gauge>;
/// The kind of measuring equipment a characteristic asks for.
pub type GaugeClassId = Id<named::GaugeClass>;
/// What a person has been trained for.
pub type QualificationId = Id<named::Qualification>;
/// A departure, by its speakable number.
pub type DeviationId = Id<named::Deviation>;
/// A call for help, by its speakable number.
pub type HelpId = Id<named::Help>;
/// A hand-over of a shift, by its speakable number.
pub type HandoverId = Id<named::Handover>;
/// A proposed change, by its speakable number.
pub type RedlineId = Id<named::Redline>;
/// A deviation permit, by its speakable number.
pub type PermitId = Id<named::Permit>;
/// One station's sequence of facts.
pub type LedgerId = Id<named::Ledger>;
/// One start of the machine.
pub type BootId = Id<named::Boot>;
/// One screen of a station.
pub type TerminalId = Id<named::Terminal>;
/// One stay of a person at a terminal.
pub type SessionId = Id<named::Session>;
