//! An instruction's words in another language: released with it, and nothing but words.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ids::StepId;
use super::instruction::{Ask, Block, Instruction, StandardStep, Step};
use super::language::Language;

/// Every code of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr \
    cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho \
    hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky \
    la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj \
    om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw \
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The code of a language (ISO 639-1): two lower-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageCode([u8; 2]);

impl LanguageCode {
    /// English, in which an instruction is written that says nothing else.
    pub const ENGLISH: Self = Self(*b"en");

    /// Reads a code of ISO 639-1 as it is written now.
    pub fn parse(text: &str) -> Option<Self> {
        CODES.split(' ').any(|code| code == text).then(|| Self::of_letters(text))?
    }

    /// Reads any two lower-case letters: what was released stays readable, whatever the table says.
    fn of_letters(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_lowercase).then_some(Self(letters))
    }
}

impl From<Language> for LanguageCode {
    fn from(language: Language) -> Self {
        Self::parse(language.code()).unwrap_or(Self::ENGLISH)
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl TryFrom<String> for LanguageCode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::of_letters(&text).ok_or_else(|| format!("{text:?} is no code of a language"))
    }
}

impl From<LanguageCode> for String {
    fn from(code: LanguageCode) -> Self {
        code.to_string()
    }
}

/// The words of an instruction or of a standard step in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// Which language.
    pub language: LanguageCode,
    /// Its title.
    pub title: String,
    /// The operation's name; absent for a standard step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// Its steps, in their order.
    pub steps: Vec<StepWords>,
}

/// The words of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepWords {
    /// The step.
    pub id: StepId,
    /// What to do, in a line.
    pub title: String,
    /// What to do, at length.
    pub text: Vec<Block>,
    /// What people call its asks, by number from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asks: BTreeMap<u16, String>,
    /// What is counted in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
}

impl StepWords {
    /// The step said in these words; nothing else of it changes.
    fn say(&self, step: &mut Step) {
        step.title.clone_from(&self.title);
        step.text.clone_from(&self.text);
        for (number, ask) in (1_u16..).zip(&mut step.asks) {
            if let (Some(words), Some(said)) = (self.asks.get(&number), words_of(ask)) {
                said.clone_from(words);
            }
        }
        if let (Some(rule), Some(words)) = (&mut step.rules.quantity, &self.counted) {
            rule.label.clone_from(words);
        }
    }
}

/// What people call an ask; none where a wait or a signature speaks for itself.
fn words_of(ask: &mut Ask) -> Option<&mut String> {
    match ask {
        Ask::Scan { label, .. } | Ask::Enter { label, .. } => Some(label),
        Ask::Install { name, .. } => Some(name),
        Ask::Check { question, .. } => Some(question),
        Ask::Measure(measure) => Some(&mut measure.name),
        Ask::Wait(_) | Ask::Sign(_) => None,
    }
}

/// In which language somebody reads an instruction, and what it was as released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadIn {
    /// The language.
    pub language: LanguageCode,
    /// As released.
    pub released: Arc<Instruction>,
}

impl Instruction {
    /// In which language its words stand here.
    pub fn language_read(&self) -> LanguageCode {
        let written = self.language.unwrap_or(LanguageCode::ENGLISH);
        self.read_in.as_ref().map_or(written, |read| read.language)
    }

    /// The translation in which its words stand here; none where they stand as they are written.
    pub fn translated_into(&self) -> Option<LanguageCode> {
        self.read_in.as_ref().map(|read| read.language)
    }

    /// The languages in which it was released, that in which it is written first.
    pub fn languages(&self) -> impl Iterator<Item = LanguageCode> {
        let others = self.translations.iter().map(|said| said.language);
        std::iter::once(self.language.unwrap_or(LanguageCode::ENGLISH)).chain(others)
    }
}

/// An instruction as somebody reads it who prefers a language: in that one where it was released in
/// it, else as it is written. What is asked, measured and decided is the same.
pub fn read_by(known: &Arc<Instruction>, language: LanguageCode) -> Arc<Instruction> {
    let released = known.read_in.as_ref().map_or(known, |read| &read.released);
    let Some(said) = released.translations.iter().find(|said| said.language == language) else {
        return Arc::clone(released);
    };
    let read_in = Some(ReadIn { language, released: Arc::clone(released) });
    let mut read = Instruction { title: said.title.clone(), read_in, ..(**released).clone() };
    if let Some(name) = &said.operation_name {
        read.operation_name.clone_from(name);
    }
    for step in &mut read.steps {
        if let Some(words) = said.steps.iter().find(|words| words.id == step.id) {
            words.say(step);
        }
    }
    Arc::new(read)
}

impl StandardStep {
    /// As it is read in a language; none where it was released without it.
    #[must_use]
    pub fn read_in(&self, language: LanguageCode) -> Option<Self> {
        let said = self.translations.iter().find(|said| said.language == language)?;
        let mut read = Self { title: said.title.clone(), ..self.clone() };
        if let Some(words) = said.steps.first() {
            words.say(&mut read.step);
        }
        Some(read)
    }
}
