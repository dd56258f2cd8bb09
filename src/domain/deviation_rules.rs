//! What a site decides about its deviations: what they are called, their codes, whose word they take.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::people::Role;
use super::refusal::Reason;
use super::refusal::signing::SigningReason;

/// What a deviation is called where the site says nothing.
pub const DEVIATION: &str = "Deviation";
/// The list of codes, as people call it.
pub const CODES: &str = "codes of deviations";
/// The list of causes, as people call it.
pub const CAUSES: &str = "causes of deviations";
/// The table of effectiveness checks, as people call it.
pub const CHECKS: &str = "checks of what helped";
/// After how many days it may be looked.
const CHECK_DAYS: (u32, u32) = (1, 730);

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

/// Why something happens, as the site knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCode {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub text: String,
}

/// From which severity on a cause is found before a deviation of a product is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseRule {
    /// From minor on.
    Minor,
    /// From major on.
    #[default]
    Major,
    /// Critical ones only.
    Critical,
    /// It is not asked for.
    Never,
}

impl CauseRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("minor", Self::Minor),
        ("major", Self::Major),
        ("critical", Self::Critical),
        ("never", Self::Never),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, rule)| *rule)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rule)| *rule == self).map_or("", |(word, _)| word)
    }

    /// Whether it asks for a cause where something is so bad.
    pub fn demands(self, severity: Severity) -> bool {
        match self {
            Self::Minor => true,
            Self::Major => severity >= Severity::Major,
            Self::Critical => severity >= Severity::Critical,
            Self::Never => false,
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_major(&self) -> bool {
        *self == Self::Major
    }
}

/// After how many days somebody looks whether what was done helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAfter {
    /// Of deviations that are so bad.
    pub severity: Severity,
    /// Days after it was closed.
    pub days: u16,
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
    /// The codes of causes, of which one is named; any text is enough where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cause_codes: Vec<CauseCode>,
    /// From which severity on a cause is found before a deviation of a product is closed.
    #[serde(skip_serializing_if = "CauseRule::is_major")]
    pub cause_from: CauseRule,
    /// After how many days somebody looks whether what was done helped; nobody where nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub check_after: Vec<CheckAfter>,
}

impl DeviationRules {
    /// Whether nothing special is stated.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What a deviation is called.
    pub fn word(&self) -> &str {
        self.word.as_deref().unwrap_or(DEVIATION)
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
    /// The codes of causes: the list as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_codes: Option<Vec<CauseCode>>,
    /// From which severity on a cause is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_from: Option<CauseRule>,
    /// After how many days somebody looks whether it helped: the table as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_after: Option<Vec<CheckAfter>>,
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
        if let Some(codes) = &self.cause_codes {
            rules.cause_codes.clone_from(codes);
        }
        rules.cause_from = self.cause_from.unwrap_or(rules.cause_from);
        if let Some(days) = &self.check_after {
            rules.check_after.clone_from(days);
        }
    }
}

/// Adds a reason for each rule about deviations that no site may have.
pub(super) fn require(rules: &DeviationRules, context: &Context, reasons: &mut Vec<Reason>) {
    if let Some(word) = &rules.word {
        context.require_line("what a deviation is called", word, reasons);
    }
    let codes = rules.codes.iter().map(|known| (&known.code, &known.text));
    require_list((CODES, codes), context, reasons);
    let causes = rules.cause_codes.iter().map(|known| (&known.code, &known.text));
    require_list((CAUSES, causes), context, reasons);
    let mut seen = BTreeSet::new();
    for CheckAfter { severity, days } in &rules.check_after {
        if !seen.insert(*severity) {
            let (list, text) = (CHECKS, severity.word().to_owned());
            reasons.push(SigningReason::ListedTwice { list, text }.into());
        }
        let (least, most) = CHECK_DAYS;
        if !(least..=most).contains(&(*days).into()) {
            let rule = "days after which it is looked whether it helped";
            reasons.push(SigningReason::RuleOutOfRange { rule, least, most }.into());
        }
    }
}

/// Adds a reason for each entry of a list that is none, or is there twice.
fn require_list<'a>(
    (list, codes): (&'static str, impl Iterator<Item = (&'a String, &'a String)>),
    context: &Context,
    reasons: &mut Vec<Reason>,
) {
    let mut seen = BTreeSet::new();
    for (code, text) in codes {
        context.require_line(list, code, reasons);
        context.require_line(list, text, reasons);
        if !seen.insert(code.to_lowercase()) {
            let text = code.clone();
            reasons.push(SigningReason::ListedTwice { list, text }.into());
        }
    }
}
