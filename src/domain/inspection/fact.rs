//! What can happen to the lots of a series: opened, inspected piece by piece, decided.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule::{InspectRule, LotPlan};
use super::scheme::Severity;
use super::switching::Why;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    CharacteristicId, DeviationId, InstructionId, LotId, PersonId, RevisionId,
};
use crate::domain::judgement::Basis;
use crate::domain::people::Role;
use crate::domain::quantity::{Distance, Quantity, Verdict};
use crate::domain::signature::Signature;
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::fact::{GaugeUsed, ReadingValue};

/// What happens to the lots of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum InspectionFact {
    /// A lot is to be inspected; how is resolved and kept (R12).
    LotOpened(Box<LotOpened>),
    /// One piece of its sample was looked at, or some of what is asked of it was answered.
    PieceInspected(PieceInspected),
    /// A value outside its limits was typed again, and is the same (R4).
    PieceConfirmed(PieceConfirmed),
    /// Somebody said something about a value of a piece.
    PieceNoted(PieceNoted),
    /// Accepted or not, over a signature on what was found.
    LotDecided(Box<LotDecided>),
    /// What becomes of a lot that was not accepted.
    LotDisposed(Box<LotDisposed>),
    /// The authority changed how strictly the series is inspected.
    SeverityChosen(SeverityChosen),
}

impl InspectionFact {
    /// What its kind is called in a fact.
    pub(in crate::domain) fn kind(&self) -> &'static str {
        match self {
            Self::LotOpened(_) => "LotOpened",
            Self::PieceInspected(_) => "PieceInspected",
            Self::PieceConfirmed(_) => "PieceConfirmed",
            Self::PieceNoted(_) => "PieceNoted",
            Self::LotDecided(_) => "LotDecided",
            Self::LotDisposed(_) => "LotDisposed",
            Self::SeverityChosen(_) => "SeverityChosen",
        }
    }
}

/// By what lots are inspected; another one begins the count of lots anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedBy {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The plan that it states.
    pub rule: InspectRule,
}

/// How a lot is inspected, with everything that this rested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotOpened {
    /// The number on its label.
    pub lot: LotId,
    /// The lot of own production that it is; absent for what came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<TravelerId>,
    /// How many pieces it has.
    pub size: u32,
    /// By what.
    #[serde(flatten)]
    pub by: InspectedBy,
    /// The compiled instruction.
    pub hash: Hash,
    /// How strictly.
    pub severity: Severity,
    /// Why so.
    pub why: Why,
    /// Letter, sample size, Ac and Re.
    #[serde(flatten)]
    pub plan: LotPlan,
    /// Chance, by which the pieces are chosen.
    pub seed: Hash,
    /// The specification of which every characteristic needs a result; absent where it is no first
    /// article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_article: Option<FirstArticle>,
    /// The opening of the same lot before, which was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resubmits: Option<Position>,
}

/// That a lot is inspected as a first article (AS9102).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstArticle {
    /// The revision of the part's specification.
    pub revision: RevisionId,
    /// The compiled specification.
    pub hash: Hash,
}

/// What was found on one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceInspected {
    /// The opening of its lot.
    pub opened: Position,
    /// Its number in the lot, from 1.
    pub piece: u32,
    /// Which of the values they are; absent where it is every one that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<PieceCells>,
    /// The values, in order.
    pub readings: Vec<PieceReading>,
    /// The record that this one corrects, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<PieceCorrected>,
}

/// Which values of a piece a record has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceCells {
    /// The number of each ask, from 1.
    pub asks: Vec<u16>,
    /// Of how many that are asked of a piece.
    pub of: u16,
    /// The deviation that names the failing ones, where they came together with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<DeviationId>,
}

/// A value outside its limits was typed again, and is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceConfirmed {
    /// The opening of its lot.
    pub opened: Position,
    /// The piece.
    pub piece: u32,
    /// The number of the ask.
    pub ask: u16,
    /// The record with the value.
    pub record: Position,
    /// The deviation that names it.
    pub deviation: DeviationId,
}

/// What somebody said about a value of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceNoted {
    /// The opening of its lot.
    pub opened: Position,
    /// The piece.
    pub piece: u32,
    /// The number of the ask.
    pub ask: u16,
    /// What.
    pub text: String,
}

/// Which record of a piece is corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceCorrected {
    /// The record.
    pub record: Position,
    /// Other records that it corrects too: they were made unseen by each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Position>,
    /// Why.
    pub reason: String,
}

impl PieceCorrected {
    /// Every record that is corrected.
    pub fn records(&self) -> impl Iterator<Item = &Position> {
        std::iter::once(&self.record).chain(&self.also)
    }
}

/// One value with what its judgement rested on (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceReading {
    /// The characteristic; absent for a check and an in-process value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<CharacteristicId>,
    /// What people call it.
    pub name: String,
    /// The requirement as shown.
    pub requirement: String,
    /// The kind, with the limits as used.
    pub kind: CharacteristicKind,
    /// The value.
    pub value: ReadingValue,
    /// The gauge as used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gauge: Option<GaugeUsed>,
    /// The judgement; none where nothing is judged.
    pub verdict: Option<Verdict>,
    /// What the judgement rested on besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Box<Basis>>,
}

impl PieceReading {
    /// How far inside the nearest limit it is; below zero outside.
    pub fn margin(&self) -> Option<Distance> {
        let limits = self.kind.limits()?;
        let ReadingValue::Number { number, unit } = &self.value else { return None };
        limits.margin(&Quantity { number: number.clone(), unit: *unit })
    }
}

impl PieceInspected {
    /// Each value with the number of its ask.
    pub fn by_ask(&self) -> impl Iterator<Item = (u16, &PieceReading)> {
        let numbered = |at: usize| match &self.cells {
            Some(cells) => cells.asks.get(at).copied().unwrap_or(0),
            None => u16::try_from(at + 1).unwrap_or(u16::MAX),
        };
        self.readings.iter().enumerate().map(move |(at, reading)| (numbered(at), reading))
    }

    /// Whether a value is outside its limits.
    pub fn is_nonconforming(&self) -> bool {
        self.readings.iter().any(|reading| reading.verdict == Some(Verdict::Fail))
    }
}

/// A lot is accepted or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotDecided {
    /// The opening of the lot.
    pub opened: Position,
    /// The lot.
    pub lot: LotId,
    /// Which it is.
    pub accepted: bool,
    /// How many pieces were inspected.
    pub inspected: u32,
    /// Those of them that are nonconforming.
    pub nonconforming: Vec<u32>,
    /// What the inspector adds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The deviation for which it was not accepted; absent where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<DeviationId>,
    /// The deviations of its pieces that were open when it was accepted; absent where it was
    /// not, and in what was written before an acceptance named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Vec<DeviationId>>,
    /// Over the opening and every record of a piece that counts.
    pub signature: Signature,
}

/// What becomes of a lot that was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LotEnd {
    /// Every piece is looked at; the good ones come again as a lot.
    Sort,
    /// It goes back to the supplier.
    Return,
    /// It is thrown away.
    Scrap,
    /// It is built in although it was not accepted.
    UseAsIs,
}

impl LotEnd {
    /// Every end with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("sort", Self::Sort),
        ("return", Self::Return),
        ("scrap", Self::Scrap),
        ("use-as-is", Self::UseAsIs),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, end)| *end)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, end)| *end == self).map_or("", |(word, _)| word)
    }
}

/// What was decided about a lot that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotDisposed {
    /// The opening of the lot.
    pub opened: Position,
    /// The lot.
    pub lot: LotId,
    /// What becomes of it.
    pub end: LotEnd,
    /// The roles of which each must sign to use it as it is, every one by another person; none where
    /// one signature is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Role>,
    /// Why.
    pub reason: String,
    /// Over what was decided before.
    pub signature: Signature,
}

/// The roles whose signature is missing; of each person the first signature counts.
pub fn still_open<'a>(
    needs: &[Role],
    signatures: impl Iterator<Item = &'a Signature>,
) -> Vec<Role> {
    let mut signed: BTreeMap<&PersonId, Role> = BTreeMap::new();
    for signature in signatures {
        signed.entry(&signature.signer).or_insert(signature.role);
    }
    let open = needs.iter().filter(|role| !signed.values().any(|by| by == *role));
    open.copied().collect()
}

/// What the authority says about a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Reduced inspection is approved; production is steady.
    Reduce,
    /// Reduced inspection ends.
    Normal,
    /// What had been discontinued is taken up again.
    TakeUp,
}

impl Choice {
    /// Every choice with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("reduce", Self::Reduce), ("normal", Self::Normal), ("take-up", Self::TakeUp)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, choice)| *choice)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, choice)| *choice == self).map_or("", |(word, _)| word)
    }
}

/// The authority changed how strictly the lots are inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityChosen {
    /// Of the lots inspected by this.
    #[serde(flatten)]
    pub by: InspectedBy,
    /// What.
    pub choice: Choice,
    /// Why.
    pub reason: String,
}
