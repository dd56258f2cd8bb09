//! Work instructions as compiled: operations, steps, asks; text as typed blocks.

use serde::{Deserialize, Serialize};

use super::condition::{Condition, SkipRule};
use super::hash::Hash;
use super::ids::{
    CharacteristicId, GaugeClassId, InstructionId, PartId, QualificationId, RedlineId, RevisionId,
    StepId, WorkCenterId,
};
use super::inspection::rule::InspectRule;
use super::people::Role;
use super::place::PlaceAct;
use super::quantity::Quantity;
use super::sampling::Sampling;
use super::signature::Meaning;
use super::specification::{CharacteristicKind, Class};
use super::translation::{LanguageCode, ReadIn, Translation};
use super::unit::Unit;

/// A frozen revision of a work instruction: one operation of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Its id.
    pub id: InstructionId,
    /// Its title.
    pub title: String,
    /// The part it makes.
    pub part: PartId,
    /// Its revision.
    pub revision: RevisionId,
    /// The operation's number in the route.
    pub operation: u32,
    /// The operation's name.
    pub operation_name: String,
    /// Where it is done.
    pub work_center: WorkCenterId,
    /// The specification it measures against: part revision.
    pub specification: Option<RevisionId>,
    /// What the performer must be trained for.
    pub qualification: Option<QualificationId>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What holds for the whole instruction.
    #[serde(default, skip_serializing_if = "InstructionRules::is_plain")]
    pub rules: InstructionRules,
    /// In which language it is written (`language:`); English where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageCode>,
    /// Its words in other languages, by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<Translation>,
    /// That its words stand here in one of them; never part of the compiled text.
    #[serde(skip)]
    pub read_in: Option<ReadIn>,
}

/// What an instruction says about its use as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionRules {
    /// For how many seconds without contact to the server new work may be begun (`offline-max:`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_seconds_max: Option<u32>,
    /// What is noted about the place where it is worked by (`place-acts:`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place_acts: Vec<PlaceAct>,
    /// The redlines that this revision does (`answers:`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<RedlineId>,
    /// By which plan lots that come in are inspected (`inspect:`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspect: Option<InspectRule>,
}

impl InstructionRules {
    /// Whether nothing special is stated.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Instruction {
    /// Finds a step by its id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The rank of a step, from 0.
    pub fn rank(&self, id: &StepId) -> Option<usize> {
        self.steps.iter().position(|step| step.id == *id)
    }

    /// Whether a later step is needed or not by what is answered at an ask.
    pub fn decides(&self, step: &StepId, ask: u16) -> bool {
        let mut conditions = self.steps.iter().filter_map(|step| step.rules.when.as_ref());
        conditions.any(|condition| condition.step == *step && condition.ask == ask)
    }

    /// Every picture that the text shows.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.steps.iter().flat_map(pictures_of)
    }

    /// Every standard step that is included.
    pub fn included(&self) -> impl Iterator<Item = &Included> {
        self.steps.iter().filter_map(|step| step.rules.included.as_ref())
    }
}

fn pictures_of(step: &Step) -> impl Iterator<Item = &Picture> {
    step.text.iter().filter_map(|block| match block {
        Block::Picture(picture) => Some(picture),
        Block::Paragraph(_) | Block::List { .. } | Block::Callout { .. } | Block::Table { .. } => {
            None
        }
    })
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Permanent id.
    pub id: StepId,
    /// What to do, in a line.
    pub title: String,
    /// What to do, at length.
    pub text: Vec<Block>,
    /// What is recorded, in order; an ask is named by its number from 1.
    pub asks: Vec<Ask>,
    /// What holds for doing it.
    #[serde(default, skip_serializing_if = "StepRules::is_plain")]
    pub rules: StepRules,
}

/// What an instruction says about doing a step, besides its text and its asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRules {
    /// Whether it may be done in any order with its free neighbors (R11).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub free: bool,
    /// Whether the pieces are counted here: good, scrap, rework.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<QuantityRule>,
    /// The standard step that its text and asks are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<Included>,
    /// What whoever records or signs in it must be trained for, besides the instruction's
    /// (`qualification:`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<QualificationId>,
    /// Under which condition it is needed; without one it always is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How often it may be attempted at most (R9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_max: Option<u32>,
    /// Who may leave it out.
    #[serde(default, skip_serializing_if = "SkipRule::is_default")]
    pub skip: SkipRule,
}

/// A step at which the pieces are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityRule {
    /// What is counted, in the words of the bench.
    pub label: String,
}

/// A standard step: written and released once, included by instructions, never run by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardStep {
    /// Its id.
    pub id: InstructionId,
    /// Its title.
    pub title: String,
    /// Its revision.
    pub revision: RevisionId,
    /// The step.
    pub step: Step,
    /// Its words in other languages, by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<Translation>,
}

impl StandardStep {
    /// Every picture that the text shows.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        pictures_of(&self.step)
    }
}

/// The released standard step that a step was taken from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Included {
    /// Its id.
    pub id: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// Its compiled blob.
    pub hash: Hash,
}

impl Step {
    /// What it asks to be measured of a characteristic.
    pub fn measured(&self, characteristic: &CharacteristicId) -> Option<&Measure> {
        self.asks.iter().find_map(|ask| match ask {
            Ask::Measure(measure) => {
                (measure.characteristic.as_ref() == Some(characteristic)).then_some(measure)
            }
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Wait(_)
            | Ask::Sign(_) => None,
        })
    }
}

impl StepRules {
    /// Whether nothing special is stated.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Span>),
    /// A list.
    List {
        /// Numbered.
        ordered: bool,
        /// Its items.
        items: Vec<Vec<Span>>,
    },
    /// A box that must be seen.
    Callout {
        /// How serious.
        level: CalloutLevel,
        /// Its text.
        text: Vec<Span>,
    },
    /// A picture, by its hash.
    Picture(Picture),
    /// A table; the first row is its head.
    Table {
        /// Rows of cells.
        rows: Vec<Vec<Vec<Span>>>,
    },
}

/// A picture of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What it shows, in words.
    pub alt: String,
    /// The file's name in the source.
    pub file: String,
    /// The blob.
    pub blob: Hash,
}

/// How serious a call-out is (ANSI Z535 words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalloutLevel {
    /// Good to know.
    Note,
    /// Something may be damaged.
    Caution,
    /// Somebody may be hurt.
    Warning,
}

/// A run of text of one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// The look.
    #[serde(default, skip_serializing_if = "Look::is_plain")]
    pub look: Look,
}

/// How a run of text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// As is.
    #[default]
    Plain,
    /// Emphasized.
    Emphasis,
    /// Strongly emphasized.
    Strong,
    /// To be typed or read literally.
    Code,
}

impl Look {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// What a step wants recorded.
#[expect(clippy::large_enum_variant, reason = "a few dozen an instruction, read and never moved")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// A code that must name something.
    Scan {
        /// What to scan.
        label: String,
        /// What it must name.
        matches: ScanMatch,
    },
    /// A component built in.
    Install {
        /// What people call it here.
        name: String,
        /// The component's part.
        part: PartId,
        /// How it is identified.
        by: InstallBy,
    },
    /// A question with yes or no.
    Check {
        /// The question.
        question: String,
        /// The class of gauge that it is answered with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gauge: Option<GaugeClassId>,
        /// What the gauge is set to: a click wrench shows no number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        setting: Option<Quantity>,
    },
    /// One or more readings.
    Measure(Measure),
    /// Something typed.
    Enter {
        /// What.
        label: String,
        /// Which form it has.
        form: EnterForm,
    },
    /// Time that must pass.
    Wait(Wait),
    /// A signature.
    Sign(SignAsk),
}

/// What a scan must name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanMatch {
    /// The unit or lot of this traveler.
    Unit,
    /// The order of this traveler.
    Order,
    /// The part made.
    Part,
    /// The place where the work is done.
    Place,
    /// Anything; it is recorded as scanned.
    Any,
}

/// How a component is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstallBy {
    /// By its own serial number.
    Serial,
    /// By the lot it comes from.
    Lot,
}

/// Readings to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The characteristic of the specification; absent for an in-process value.
    pub characteristic: Option<CharacteristicId>,
    /// What people call it; of the specification, or inline.
    pub name: String,
    /// The requirement as shown.
    pub requirement: String,
    /// What is recorded, with the limits copied from the specification at release, or inline.
    pub kind: CharacteristicKind,
    /// How much it matters; absent for an in-process value.
    pub class: Option<Class>,
    /// The balloon on the drawing; absent for an in-process value.
    pub balloon: Option<String>,
    /// How many readings, at least 1.
    pub count: u16,
    /// The class of gauge to use.
    pub gauge: Option<GaugeClassId>,
    /// What the form of a deviation suggests.
    pub on_fail: Option<OnFail>,
    /// What holds for taking it.
    #[serde(default, skip_serializing_if = "MeasureRules::is_plain")]
    pub rules: MeasureRules,
}

/// What an instruction says about taking readings, besides what and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureRules {
    /// How often a failing reading may be measured again, with a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_max: Option<u16>,
    /// On which units it is measured (`sample`); absent where it is on each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
}

impl MeasureRules {
    /// Whether nothing special is stated.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// What a failing reading suggests; it only fills in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFail {
    /// Back to a step.
    Rework(StepId),
    /// Mend at a step.
    Repair(StepId),
    /// Accept.
    UseAsIs,
    /// Throw away.
    Scrap,
    /// Send back.
    Return,
}

/// The form of something typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnterForm {
    /// Any text.
    Text,
    /// A number with a unit, not judged.
    Number(Unit),
}

/// Time that must pass, or may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// At least so many seconds.
    pub seconds_min: Option<u32>,
    /// At most so many seconds.
    pub seconds_max: Option<u32>,
    /// What stops the clock.
    pub clock: WaitClock,
    /// How many seconds before `min` ends and before `max` passes it rings (`ring:`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_seconds: Option<u32>,
}

/// What stops the clock of a wait (R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitClock {
    /// Nothing: glue does not know about breaks.
    Cure,
    /// A pause or a hold.
    Working,
}

/// A signature to give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignAsk {
    /// In which role.
    pub role: Role,
    /// What it means.
    pub meaning: Meaning,
    /// Steps whose performers may not sign (R6).
    pub not_same_person_as: Vec<StepId>,
}
