//! A first article as screens, commands and forms show it: every characteristic accounted for, in the
//! order of the balloons (AS9102 form 3).

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::ids::{DeviationId, GaugeId, PartId, RevisionId};
use crate::domain::inspection::cells::StandingReading;
use crate::domain::inspection::first_article::{Accounted, account, missing};
use crate::domain::inspection::series::Lot;
use crate::domain::quantity::{Number, Verdict};
use crate::domain::specification::{CharacteristicKind, Specification};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::inspection::LotView;

/// How far a first article is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The revision of the specification.
    pub revision: RevisionId,
    /// How many characteristics need a result; none while the specification has not come.
    pub of: Option<usize>,
    /// How many have one on every piece of the sample.
    pub done: usize,
    /// The balloons of the others.
    pub missing: Vec<String>,
}

impl Progress {
    /// A first article of which nothing more is known than that it is one.
    pub fn unknown(revision: RevisionId) -> Self {
        Self { revision, of: None, done: 0, missing: Vec::new() }
    }

    /// How far a lot is by its specification.
    pub fn of(revision: RevisionId, lot: &Lot, specification: &Specification) -> Self {
        let (missing, of) = missing(lot, specification);
        Self { revision, of: Some(of), done: of - missing.len(), missing }
    }

    /// `first article: 34 of 50 characteristics`.
    pub fn words(&self) -> Words {
        let Self { revision, done, .. } = self;
        match self.of {
            Some(of) => words!("first article: {done} of {of} characteristics", done, of),
            None => words!("first article by specification rev {revision}", revision),
        }
    }
}

impl LotView {
    /// Whether it is a first article that lacks results, as far as its specification is here.
    pub fn lacks_results(&self) -> bool {
        self.first_article.as_ref().is_some_and(|first| !first.missing.is_empty())
    }

    /// What can be signed of it: whether it is accepted, by the plan, and of a first article that lacks
    /// results that it is not.
    pub fn to_decide(&self) -> Option<bool> {
        if self.lacks_results() { Some(false) } else { self.accepts }
    }

    /// What is to be signed of it as its plan has its answer; none while that is open. A first article
    /// that lacks results is not accepted, whatever the plan says.
    pub fn by_plan(&self) -> Option<bool> {
        self.accepts.map(|accepts| accepts && !self.lacks_results())
    }
}

/// The characteristics of a first article with what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstArticleView {
    /// The lot.
    pub lot: Box<LotView>,
    /// The part.
    pub part: PartId,
    /// The part's revision.
    pub revision: RevisionId,
    /// The drawing with its revision.
    pub drawing: String,
    /// The pieces that are inspected.
    pub pieces: Vec<u32>,
    /// Each characteristic, in the order of the balloons; none while the specification has not come.
    pub lines: Vec<FormLine>,
}

/// One characteristic (AS9102 form 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormLine {
    /// Characteristic number: its balloon.
    pub number: String,
    /// Reference location on the drawing.
    pub location: String,
    /// Characteristic designator: critical, major, minor; or reference, for which none is needed.
    pub designator: Words,
    /// What people call it.
    pub name: String,
    /// The requirement as drawn.
    pub requirement: String,
    /// The lower limit.
    pub lower: Option<Number>,
    /// The upper limit.
    pub upper: Option<Number>,
    /// The unit of the limits.
    pub unit: Option<String>,
    /// Whether it needs a result.
    pub demanded: bool,
    /// The result of each piece that has one; several where it was recorded unseen by others.
    pub results: Vec<FormResult>,
    /// Pieces without a result.
    pub missing: Vec<u32>,
    /// The judgement over all pieces; none while it is open.
    pub verdict: Option<Verdict>,
    /// With what it was measured (designed or qualified tooling).
    pub gauges: Vec<GaugeId>,
    /// Nonconformance numbers.
    pub nonconformances: Vec<DeviationId>,
}

/// What was found on a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormResult {
    /// The piece.
    pub piece: u32,
    /// The value, as people read it.
    pub value: Words,
    /// The judgement; none where nothing is judged.
    pub verdict: Option<Verdict>,
    /// The gauge.
    pub gauge: Option<GaugeId>,
}

impl FirstArticleView {
    /// What was found of each characteristic on the pieces of a lot.
    pub fn of(lot: &Lot, view: LotView, specification: &Specification) -> Self {
        let lines = account(lot, specification);
        Self {
            lot: Box::new(view),
            part: specification.part.clone(),
            revision: specification.revision.clone(),
            drawing: specification.drawing.clone(),
            pieces: lot.chosen().into_iter().collect(),
            lines: lines.iter().map(|line| FormLine::of(lot, line)).collect(),
        }
    }
}

impl FormLine {
    fn of(lot: &Lot, line: &Accounted<'_>) -> Self {
        let found = line.characteristic;
        let limits = found.kind.limits();
        let values = || line.results.iter().flat_map(|(_, values)| values);
        let gauges: BTreeSet<GaugeId> = values()
            .filter_map(|value| value.reading.gauge.as_ref().map(|used| used.gauge.clone()))
            .collect();
        let named: BTreeSet<DeviationId> =
            values().filter_map(|value| deviation_of(lot, value).cloned()).collect();
        let reference = matches!(found.kind, CharacteristicKind::Reference(_));
        Self {
            number: found.balloon.clone(),
            location: found.location.clone(),
            designator: Words::plain(if reference { "reference" } else { found.class.word() }),
            name: found.name.clone(),
            requirement: found.requirement.clone(),
            lower: limits.and_then(|limits| limits.lower.clone()),
            upper: limits.and_then(|limits| limits.upper.clone()),
            unit: limits.map(|limits| limits.unit.to_string()),
            demanded: line.is_demanded(),
            results: values().map(FormResult::of).collect(),
            missing: line.missing().collect(),
            verdict: line.verdict(),
            gauges: gauges.into_iter().collect(),
            nonconformances: named.into_iter().collect(),
        }
    }

    /// The values of all pieces in one line: `24.8 mm`, `1: 24.8 mm, 2: 24.9 mm`.
    pub fn results_words(&self) -> Words {
        match &self.results[..] {
            // Of one piece alone, nobody has to be told which.
            [only] if self.missing.is_empty() => only.value.clone(),
            several => Words::listed(several.iter().map(FormResult::words), "{these}, {one}"),
        }
    }

    /// How it stands: its verdict, that it is open, or that it needs none.
    pub fn standing(&self) -> &'static str {
        match (self.verdict, self.demanded) {
            (Some(verdict), _) => verdict.word(),
            (None, false) => "reference",
            (None, true) => "open",
        }
    }
}

impl FormResult {
    /// `1: 24.8 mm`.
    fn words(&self) -> Words {
        words!("{piece}: {value}", piece = self.piece, value => self.value.clone())
    }

    fn of(value: &StandingReading<'_>) -> Self {
        Self {
            piece: value.at().0,
            value: match &value.reading.value {
                ReadingValue::Conforms(true) => words!("conforms"),
                ReadingValue::Conforms(false) => words!("does not conform"),
                number @ ReadingValue::Number { .. } => Words::given(shown(number)),
            },
            verdict: value.reading.verdict,
            gauge: value.reading.gauge.as_ref().map(|used| used.gauge.clone()),
        }
    }
}

/// The deviation that names a failing value.
fn deviation_of<'a>(lot: &'a Lot, value: &StandingReading<'a>) -> Option<&'a DeviationId> {
    if !value.fails() {
        return None;
    }
    let here = |record: &&crate::domain::inspection::fact::PieceConfirmed| {
        record.record == value.record.at && record.ask == value.ask
    };
    let confirmed = lot.confirmed.iter().map(|(.., what)| what).find(here);
    let together = value.record.what.cells.as_ref().and_then(|cells| cells.deviation.as_ref());
    confirmed.map(|what| &what.deviation).or(together).or(lot.deviation())
}
