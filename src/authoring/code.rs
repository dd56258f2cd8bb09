//! The codes of findings; what each one means is in the table beside it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::codes::{Row, rows};
use super::finding::Level;

/// A code of a finding; its number never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Code {
    /// The bytes are not UTF-8.
    NotUtf8 = 101,
    /// There is no text.
    Empty = 102,
    /// The file is over the limit.
    TooLarge = 103,
    /// A character would be obeyed or hidden by a terminal.
    Control = 104,
    /// The name ends neither in .md nor in .csv.
    FileKind = 105,
    /// The front matter is missing or not closed.
    FrontMatter = 106,
    /// A key that must be there is not.
    KeyMissing = 107,
    /// A key that nobody knows.
    KeyUnknown = 108,
    /// A key that stands twice.
    KeyTwice = 109,
    /// A line that is not `key: value`.
    NotKeyValue = 110,
    /// A key or cell without a value.
    ValueMissing = 111,
    /// A text that is not an id.
    BadId = 112,
    /// An operation without number or name.
    BadOperation = 113,
    /// A specification that is not written `PART rev REVISION`.
    BadSpecificationReference = 114,
    /// A specification that was not given.
    SpecificationNotFound = 115,
    /// The specification given has another revision.
    SpecificationRevision = 116,
    /// The specification is of another part.
    SpecificationPart = 117,
    /// A word outside its list.
    WordUnknown = 118,
    /// A limit on working offline that is no use.
    OfflineMaxRange = 119,
    /// A plan of inspection that says nothing.
    InspectRule = 126,
    /// A step that cannot be asked of each piece of a sample.
    InspectAsks = 127,
    /// A language that is not two letters.
    BadLanguage = 128,
    /// No step.
    NoSteps = 120,
    /// A step without an id.
    StepIdMissing = 121,
    /// Two steps of one id.
    StepIdTwice = 122,
    /// A heading that is not `##`.
    HeadingLevel = 123,
    /// Content before the first step.
    OutsideStep = 124,
    /// A step without a title, or with markup in it.
    StepTitle = 125,
    /// HTML in the text.
    RawHtml = 130,
    /// Markup that no screen shows.
    MarkupNotShown = 131,
    /// A quote that is no call-out.
    CalloutUnknown = 132,
    /// A picture that cannot be read.
    PictureMissing = 133,
    /// A picture that is neither PNG nor JPEG.
    PictureForm = 134,
    /// A picture over the limit.
    PictureTooLarge = 135,
    /// A picture outside the folder of the source.
    PictureOutside = 136,
    /// A picture without words.
    PictureWords = 137,
    /// A block of asks inside a list or quote.
    AskInside = 138,
    /// A fence that is not closed.
    FenceOpen = 140,
    /// A fence of unknown type.
    FenceUnknown = 141,
    /// A block of asks without lines.
    FenceEmpty = 142,
    /// Keys that exclude each other.
    KeysExclude = 143,
    /// A role that nobody has.
    RoleUnknown = 144,
    /// A meaning that no signature has.
    MeaningUnknown = 145,
    /// A count out of range.
    BadCount = 146,
    /// A unit that is not in the table.
    UnitUnknown = 147,
    /// A number without unit.
    UnitMissing = 148,
    /// A text that is not a number.
    BadNumber = 149,
    /// A lower limit above the upper one.
    LimitsInverted = 150,
    /// A requirement that is not understood.
    BadRequirement = 151,
    /// A characteristic that the specification does not have.
    CharacteristicUnknown = 152,
    /// A characteristic without a specification.
    SpecificationNotNamed = 153,
    /// A kind that its limits contradict.
    KindMismatch = 154,
    /// An `on-fail:` that is not understood.
    BadOnFail = 155,
    /// An `on-fail:` to no step, or to a later one.
    OnFailStep = 156,
    /// A `not-same-person-as:` to no step.
    NotSameStep = 157,
    /// A wait without bounds.
    WaitUnbounded = 158,
    /// A wait whose least is above its most.
    WaitInverted = 159,
    /// A text that is not a duration.
    BadDuration = 160,
    /// A component that is not written `name: PART serial|lot`.
    BadInstall = 161,
    /// A wait that rings before it begins.
    RingTooEarly = 165,
    /// A marginal band that is none.
    BadMarginal = 180,
    /// A guard factor out of range.
    BadGuard = 181,
    /// A number of re-measurements out of range.
    BadRetry = 182,
    /// A setting of no gauge.
    SettingWithoutGauge = 183,
    /// A specification without its head line.
    HeadMissing = 170,
    /// Columns that are missing, unknown or doubled.
    BadColumns = 171,
    /// A row with too many or too few cells.
    CellCount = 172,
    /// A quote that is not closed, or stands inside a cell.
    BadQuote = 173,
    /// A specification without rows.
    NoRows = 174,
    /// Two characteristics of one id.
    CharacteristicTwice = 175,
    /// Two characteristics of one balloon.
    BalloonTwice = 176,
    /// A requirement that its limits contradict.
    RequirementDiffers = 177,
    /// A second block that counts pieces.
    QuantityTwice = 230,
    /// A standard step of several steps.
    StandardStepCount = 231,
    /// A standard step that counts or includes.
    StandardStepRules = 232,
    /// An include that is not written `STEP rev REVISION`.
    BadInclude = 233,
    /// A standard step that was not given.
    IncludeNotFound = 234,
    /// A later revision of the standard step is at hand.
    IncludeRevision = 235,
    /// Text or asks beside an include.
    IncludeBeside = 236,
    /// Two blocks of rules in one step.
    RulesTwice = 200,
    /// A condition that is not understood.
    BadCondition = 201,
    /// A condition on no step, or on one that is not done before.
    ConditionStep = 202,
    /// A condition on an ask or a reading that the step does not have.
    ConditionAsk = 203,
    /// A condition that does not fit what is recorded.
    ConditionMismatch = 204,
    /// A step with a signature that somebody could skip.
    SkipSigned = 205,
    /// A free step without a free neighbor.
    FreeAlone = 206,
    /// A limit on attempts that is no number.
    BadAttempts = 207,
    /// A qualification that the whole instruction asks for already.
    QualificationRepeated = 270,
    /// A sampling that is not understood.
    BadSampling = 260,
    /// A condition on a reading that is not taken on each unit.
    ConditionSampled = 261,
    /// A heading without a blank behind its hashes.
    HeadingBlank = 300,
    /// A title, a name or a question that is too long.
    LineTooLong = 301,
    /// A translation without its original.
    TranslationAlone = 310,
    /// A translation into the language of the original.
    TranslationLanguage = 311,
    /// A translation of another revision.
    TranslationRevision = 312,
    /// A line of a translation that is no text, and not as in the original.
    TranslationDiffers = 313,
    /// Steps that are missing, that are too many, or that stand elsewhere.
    TranslationSteps = 314,
    /// Blocks of asks that are missing or too many.
    TranslationAsks = 315,
    /// Call-outs that are missing or too many.
    TranslationCallouts = 316,
    /// Other blocks of text than the original has.
    TranslationBlocks = 317,
    /// Other numbers, units or literal words.
    TranslationFigures = 318,
    /// A text that was left in the language of the original.
    TranslationLeft = 319,
    /// A standard step that was released without the language.
    TranslationIncluded = 320,
    /// A unit in a word of a language whose words for units are not known.
    TranslationUnit = 321,
}

impl Code {
    /// Reads a code as printed, such as `E0107`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        rows().map(|row| row.code).find(|code| code.to_string() == text)
    }

    /// What the code means.
    pub fn row(self) -> Option<&'static Row> {
        rows().find(|row| row.code == self)
    }

    /// Whether it refuses a source or only warns.
    pub fn level(self) -> Level {
        self.row().map_or(Level::Error, |row| row.level)
    }

    /// What `--explain` says: title, reason, an example that is found and one that is clean.
    pub fn explain(self) -> String {
        let Some(row) = self.row() else { return self.to_string() };
        let indent = |text: &str| text.replace('\n', "\n    ");
        let level = match row.level {
            Level::Error => "",
            Level::Warning => "\n\nA warning: it is told and refuses nothing, but by --strict",
        };
        format!(
            "{self} {}\n\n{}{level}.\n\nFound:\n    {}\n\nClean:\n    {}\n",
            row.title,
            row.why,
            indent(row.bad),
            indent(row.good)
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04}", *self as u16)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
