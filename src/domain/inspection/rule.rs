//! By which plan lots of a part are inspected, as an instruction states it (`inspect:`).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::aql::Aql;
use super::letter::{Letter, Level};
use super::plan::{Asked, SinglePlan};
use super::scheme::{Scheme, Severity};
use super::zero::ZeroPlan;

/// Where a lot's plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum InspectRule {
    /// A scheme with severities, by level and AQL in per cent nonconforming.
    Aql(Asked),
    /// No nonconforming piece, by confidence and quality; one severity.
    Zero(ZeroPlan),
}

/// Why a text is no such rule; each says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InspectRuleError {
    /// Neither form.
    #[error("write AQL 1.0, level II, ISO 2859-1:1999, or zero 95/5")]
    Form,
    /// The AQL is none of the preferred values, or no percentage.
    #[error("write one of the preferred AQLs from 0.010 to 10")]
    Aql,
    /// The level is unknown.
    #[error("write level I, II, III, S-1, S-2, S-3 or S-4")]
    Level,
    /// The scheme is unknown.
    #[error("name the scheme with its edition: ISO 2859-1:1999 or MIL-STD-105E")]
    Scheme,
    /// The confidence or the quality is out of range.
    #[error("write zero with confidence/quality in per cent, as zero 95/5")]
    Zero,
}

/// The plan for one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotPlan {
    /// The code letter by lot size and level; a plan with Ac 0 by confidence has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// How many pieces, Ac and Re.
    #[serde(flatten)]
    pub single: SinglePlan,
    /// Every piece of the lot is inspected.
    pub whole: bool,
}

impl InspectRule {
    /// Reads `AQL 1.0, level II, ISO 2859-1:1999` or `zero 95/5`.
    pub fn parse(text: &str) -> Result<Self, InspectRuleError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if let [only] = parts.as_slice()
            && let Some(zero) = only.strip_prefix("zero ")
        {
            return ZeroPlan::parse(zero).map(Self::Zero).map_err(|_| InspectRuleError::Zero);
        }
        let [aql, level, scheme] = parts.as_slice() else { return Err(InspectRuleError::Form) };
        let aql = aql.strip_prefix("AQL ").ok_or(InspectRuleError::Form)?;
        let level = level.strip_prefix("level ").ok_or(InspectRuleError::Form)?;
        let aql = Aql::parse(aql).ok().filter(|aql| aql.is_percentage());
        Ok(Self::Aql(Asked {
            aql: aql.ok_or(InspectRuleError::Aql)?,
            level: Level::parse(level).ok_or(InspectRuleError::Level)?,
            scheme: Scheme::parse(scheme).ok_or(InspectRuleError::Scheme)?,
        }))
    }

    /// The plan for a lot of so many pieces, at a severity.
    pub fn for_lot(self, size: u32, severity: Severity) -> LotPlan {
        match self {
            Self::Aql(asked) => {
                let found = asked.for_lot(size, severity);
                LotPlan { letter: Some(found.letter), single: found.plan, whole: found.whole }
            }
            Self::Zero(zero) => {
                let single = zero.for_lot(size);
                LotPlan { letter: None, single, whole: single.size >= size }
            }
        }
    }

    /// Whether lots are inspected more or less strictly by what came before them.
    pub fn switches(self) -> bool {
        matches!(self, Self::Aql(_))
    }
}

impl fmt::Display for InspectRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aql(Asked { scheme, level, aql }) => {
                write!(f, "AQL {aql}, level {level}, {scheme}")
            }
            Self::Zero(zero) => write!(f, "zero {zero}"),
        }
    }
}

impl TryFrom<String> for InspectRule {
    type Error = InspectRuleError;

    fn try_from(text: String) -> Result<Self, InspectRuleError> {
        Self::parse(&text)
    }
}

impl From<InspectRule> for String {
    fn from(rule: InspectRule) -> Self {
        rule.to_string()
    }
}
