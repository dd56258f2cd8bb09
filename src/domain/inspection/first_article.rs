//! A first article: every characteristic of the specification has a result on every piece that is
//! inspected, whatever the sampling plan says, and each is accounted for by its balloon (AS9102).

use std::collections::BTreeMap;

use super::asks::{PieceAsk, asks_of};
use super::cells::StandingReading;
use super::fact::LotOpened;
use super::plan::SinglePlan;
use super::rule::{InspectRule, LotPlan};
use super::scheme::Severity;
use super::series::Lot;
use crate::domain::ids::CharacteristicId;
use crate::domain::instruction::Instruction;
use crate::domain::natural::natural;
use crate::domain::quantity::Verdict;
use crate::domain::specification::{Characteristic, CharacteristicKind, Specification};

/// The plan for a lot. A first article takes as many pieces as any lot, and no nonconforming one.
pub fn plan_for(rule: InspectRule, (size, severity): (u32, Severity), first: bool) -> LotPlan {
    let plan = rule.for_lot(size, severity);
    if !first {
        return plan;
    }
    LotPlan { single: SinglePlan { accept: 0, reject: 1, ..plan.single }, ..plan }
}

/// Everything that is asked of a piece of a lot, in order: what the text asks, and for a first article
/// every other characteristic besides. None where that needs a specification that is not here.
pub fn asks_for(
    opened: &LotOpened,
    text: &Instruction,
    specification: Option<&Specification>,
) -> Option<Vec<PieceAsk>> {
    let mut asks = asks_of(text);
    if opened.first_article.is_none() {
        return Some(asks);
    }
    let unasked = |wanted: &&Characteristic| {
        asks.iter().all(|ask| ask.characteristic.as_ref() != Some(&wanted.id))
    };
    let by_balloon = in_order(specification?);
    let more: Vec<PieceAsk> = by_balloon
        .into_iter()
        .filter(|c| is_demanded(c))
        .filter(unasked)
        .map(PieceAsk::from)
        .collect();
    asks.extend(more);
    Some(asks)
}

/// The balloons of the characteristics that a text asks for by other limits than the specification.
pub fn asked_otherwise<'a>(
    text: &'a Instruction,
    specification: &'a Specification,
) -> impl Iterator<Item = &'a str> {
    let asks = asks_of(text);
    let otherwise = move |wanted: &&Characteristic| {
        let mut of_it = asks.iter().filter(|ask| ask.characteristic.as_ref() == Some(&wanted.id));
        of_it.any(|ask| ask.kind != wanted.kind)
    };
    let demanded = in_order(specification).into_iter().filter(|wanted| is_demanded(wanted));
    demanded.filter(otherwise).map(|wanted| wanted.balloon.as_str())
}

/// What is only for information needs no result (AS9102: reference dimensions).
fn is_demanded(characteristic: &Characteristic) -> bool {
    match characteristic.kind {
        CharacteristicKind::Measured(_) | CharacteristicKind::Attribute => true,
        CharacteristicKind::Reference(_) => false,
    }
}

/// Every characteristic in the order of the balloons.
fn in_order(specification: &Specification) -> Vec<&Characteristic> {
    let mut all: Vec<&Characteristic> = specification.characteristics.iter().collect();
    all.sort_by(|one, other| natural(&one.balloon, &other.balloon));
    all
}

impl From<&Characteristic> for PieceAsk {
    fn from(characteristic: &Characteristic) -> Self {
        Self {
            step: None,
            characteristic: Some(characteristic.id.clone()),
            balloon: Some(characteristic.balloon.clone()),
            name: characteristic.name.clone(),
            requirement: characteristic.requirement.clone(),
            kind: characteristic.kind.clone(),
            gauge: characteristic.gauge.clone(),
        }
    }
}

/// A characteristic with what was found of it (AS9102 form 3, a line).
#[derive(Debug, Clone)]
pub struct Accounted<'a> {
    /// What is demanded.
    pub characteristic: &'a Characteristic,
    /// The pieces that are inspected, each with the values that stand; several only where stations
    /// recorded unseen by each other.
    pub results: Vec<(u32, Vec<StandingReading<'a>>)>,
}

impl Accounted<'_> {
    /// Whether it needs a result.
    pub fn is_demanded(&self) -> bool {
        is_demanded(self.characteristic)
    }

    /// The pieces that have none.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        let wanted = self.is_demanded();
        let without = self.results.iter().filter(move |(_, found)| wanted && found.is_empty());
        without.map(|(piece, _)| *piece)
    }

    /// The judgement over all pieces: a failing value is told as soon as there is one, and nothing
    /// passes before every piece has a result.
    pub fn verdict(&self) -> Option<Verdict> {
        let found = self.results.iter().flat_map(|(_, found)| found);
        let verdicts: Vec<Option<Verdict>> = found.map(|value| value.reading.verdict).collect();
        if verdicts.contains(&Some(Verdict::Fail)) {
            return Some(Verdict::Fail);
        }
        let whole = self.is_demanded() && self.missing().next().is_none() && !verdicts.is_empty();
        if !whole || verdicts.contains(&None) {
            return None;
        }
        let marginal = verdicts.contains(&Some(Verdict::Marginal));
        Some(if marginal { Verdict::Marginal } else { Verdict::Pass })
    }
}

/// Every characteristic of the specification with what was found on the pieces of a lot, in the order of
/// the balloons.
pub fn account<'a>(lot: &'a Lot, specification: &'a Specification) -> Vec<Accounted<'a>> {
    let chosen = lot.chosen();
    let mut found: BTreeMap<(&CharacteristicId, u32), Vec<StandingReading<'_>>> = BTreeMap::new();
    for value in lot.standing_readings() {
        if let Some(id) = &value.reading.characteristic {
            found.entry((id, value.at().0)).or_default().push(value);
        }
    }
    let line = |characteristic: &'a Characteristic| {
        let results = chosen.iter().map(|piece| {
            let here = found.get(&(&characteristic.id, *piece)).into_iter().flatten();
            let of_it = here.filter(|value| value.reading.kind == characteristic.kind);
            (*piece, of_it.copied().collect())
        });
        Accounted { characteristic, results: results.collect() }
    };
    in_order(specification).into_iter().map(line).collect()
}

/// The balloons of what has no result on some piece, and how many characteristics need one.
pub fn missing(lot: &Lot, specification: &Specification) -> (Vec<String>, usize) {
    let lines = account(lot, specification);
    let lack = lines.iter().filter(|line| line.missing().next().is_some());
    let balloons = lack.map(|line| line.characteristic.balloon.clone()).collect();
    (balloons, lines.iter().filter(|line| line.is_demanded()).count())
}

/// What a first article lacks, in words; none where every characteristic has its results, and of what is
/// no first article.
pub fn lack(lot: &Lot, specification: Option<&Specification>) -> Option<String> {
    let (balloons, of) = missing(lot, specification.filter(|_| lot.is_first_article())?);
    let (lacks, balloons) = (balloons.len(), balloons.join(", "));
    let words =
        || format!("the first article lacks {lacks} of {of} characteristics: balloon {balloons}");
    (lacks > 0).then(words)
}
