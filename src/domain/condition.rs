//! Conditions of steps: what must have been recorded at an earlier step for one to be needed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::StepId;
use super::instruction::StepRules;
use super::quantity::Quantity;

/// Under which condition a step is done; without one it always is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The earlier step that it rests on.
    pub step: StepId,
    /// The number of the ask there, from 1.
    pub ask: u16,
    /// Which of the ask's readings; absent where there is one, or where any of them counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<u16>,
    /// What must hold.
    pub test: Test,
}

/// What must hold of something recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// A check was answered like this.
    Answered(bool),
    /// An entry, a scan or a component says this, in capitals or not.
    Says(String),
    /// It says anything else.
    SaysNot(String),
    /// A number compares like this, after conversion of its unit.
    Compares(Comparison, Quantity),
    /// A reading is outside its limits or does not conform.
    Fails,
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// The same value.
    Equal,
    /// Another value.
    NotEqual,
    /// Less.
    Less,
    /// Less or the same.
    AtMost,
    /// More.
    More,
    /// More or the same.
    AtLeast,
}

impl Comparison {
    /// Every comparison with its sign, longer signs first so that `<=` is not read as `<`.
    pub const SIGNS: [(&'static str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("!=", Self::NotEqual),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::More),
    ];

    /// The sign.
    pub fn sign(self) -> &'static str {
        Self::SIGNS.iter().find(|(_, known)| *known == self).map_or("", |(sign, _)| sign)
    }

    /// Tells whether a quantity compares like this with another; exact, and never across dimensions.
    pub fn holds(self, one: &Quantity, other: &Quantity) -> bool {
        if one.unit.dimension() != other.unit.dimension() {
            return false;
        }
        let base = |quantity: &Quantity| quantity.unit.to_base(quantity.number.value());
        let (Some(one), Some(other)) = (base(one), base(other)) else { return false };
        match self {
            Self::Equal => one == other,
            Self::NotEqual => one != other,
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
        }
    }
}

/// As written in a source: `#gap.2 > 0.04 mm`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}.{}", self.step, self.ask)?;
        if let Some(sample) = self.sample {
            write!(f, ".{sample}")?;
        }
        match &self.test {
            Test::Answered(true) => f.write_str(" = yes"),
            Test::Answered(false) => f.write_str(" = no"),
            Test::Says(text) => write!(f, " = {text}"),
            Test::SaysNot(text) => write!(f, " != {text}"),
            Test::Compares(how, with) => write!(f, " {} {with}", how.sign()),
            Test::Fails => f.write_str(" fails"),
        }
    }
}

/// Who may leave a step out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipRule {
    /// Nobody.
    Never,
    /// Who performs it, with a reason.
    Operator,
    /// A supervisor, with a reason.
    #[default]
    Supervisor,
}

impl SkipRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("never", Self::Never), ("operator", Self::Operator), ("supervisor", Self::Supervisor)];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rule)| *rule == self).map_or("", |(word, _)| word)
    }

    /// Whether nothing special is stated.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What the rules of a step are, in words, for a comparison of revisions.
pub fn words(rules: &StepRules) -> [(&'static str, Option<String>); 4] {
    let skip = Some(rules.skip).filter(|rule| *rule != SkipRule::default());
    [
        ("change|order", rules.free.then(|| "free".to_owned())),
        ("change|when", rules.when.as_ref().map(ToString::to_string)),
        ("attempts-max", rules.attempts_max.map(|most| most.to_string())),
        ("skip", skip.map(|rule| rule.word().to_owned())),
    ]
}
