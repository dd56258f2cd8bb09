//! What a site decides about its deviations: what they are called, their codes, whose word they take.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::people::Role;
use super::refusal::Reason;
use super::refusal::signing::SigningReason;

/// The list of codes, as people call it.
pub const CODES: &str = "codes of deviations";

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// No use of the product suffers.
    Minor,
    /// Its use or life may suffer.
    Major,
    /// Somebody may be hurt.
    Critical,
}

impl Severity {
    /// Every severity with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("minor", Self::Minor), ("major", Self::Major), ("critical", Self::Critical)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, is)| *is)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, is)| *is == self).map_or("", |(word, _)| word)
    }
}

/// A kind of departure that the site knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationCode {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub text: String,
    /// How bad it is.
    pub severity: Severity,
}

/// Whose word it takes to accept what is outside its limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcceptRule {
    /// Engineering and quality sign, two people.
    #[default]
    Both,
    /// One of them is enough.
    One,
}

impl AcceptRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("both", Self::Both), ("one", Self::One)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, rule)| *rule)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rule)| *rule == self).map_or("", |(word, _)| word)
    }

    /// The roles of which each must sign; empty where one signature is enough.
    pub fn needs(self) -> Vec<Role> {
        match self {
            Self::Both => vec![Role::Engineer, Role::Quality],
            Self::One => Vec::new(),
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_both(&self) -> bool {
        *self == Self::Both
    }
}

/// What a site decides about its deviations; the defaults hold where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DeviationRules {
    /// What a deviation is called on screens, such as NCR; `Deviation` where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The codes, of which one is chosen before anything is decided; any deviation goes without one
    /// where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<DeviationCode>,
    /// Whose word it takes to use something as it is.
    #[serde(skip_serializing_if = "AcceptRule::is_both")]
    pub use_as_is: AcceptRule,
}

impl DeviationRules {
    /// Whether nothing special is stated.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What a deviation is called.
    pub fn word(&self) -> &str {
        self.word.as_deref().unwrap_or("Deviation")
    }

    /// The code of the list.
    pub fn code(&self, code: &str) -> Option<&DeviationCode> {
        self.codes.iter().find(|known| known.code.eq_ignore_ascii_case(code.trim()))
    }
}

/// What is changed of the rules about deviations; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DeviationRulesChange {
    /// What a deviation is called; blank for what it is called where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The codes: the list as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<Vec<DeviationCode>>,
    /// Whose word it takes to use something as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_as_is: Option<AcceptRule>,
}

impl DeviationRulesChange {
    /// Whether nothing is changed.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Changes what is named and nothing else.
    pub fn apply(&self, rules: &mut DeviationRules) {
        if let Some(word) = &self.word {
            let word = word.trim();
            rules.word = (!word.is_empty()).then(|| word.to_owned());
        }
        if let Some(codes) = &self.codes {
            rules.codes.clone_from(codes);
        }
        rules.use_as_is = self.use_as_is.unwrap_or(rules.use_as_is);
    }
}

/// Adds a reason for each rule about deviations that no site may have.
pub(super) fn require(rules: &DeviationRules, context: &Context, reasons: &mut Vec<Reason>) {
    if let Some(word) = &rules.word {
        context.require_line("what a deviation is called", word, reasons);
    }
    let mut seen = BTreeSet::new();
    for DeviationCode { code, text, .. } in &rules.codes {
        context.require_line(CODES, code, reasons);
        context.require_line(CODES, text, reasons);
        if !seen.insert(code.to_lowercase()) {
            let (list, text) = (CODES, code.clone());
            reasons.push(SigningReason::ListedTwice { list, text }.into());
        }
    }
}
