//! Lots that are inspected and their series, as screens and the command line show them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    DeviationId, GaugeId, InstructionId, LotId, PartId, PersonId, RevisionId,
};
use crate::domain::inspection::cells::StandingReading;
use crate::domain::inspection::fact::{InspectedBy, PieceReading};
use crate::domain::inspection::held::{held_by_judge, is_accepted_and_held, is_to_dispose};
use crate::domain::inspection::letter::Letter;
use crate::domain::inspection::plan::Outcome;
use crate::domain::inspection::scheme::Severity;
use crate::domain::inspection::series::{
    Disposed, Lot, LotStanding, PieceRecord, SeriesId, SeriesState,
};
use crate::domain::material::MaterialState;
use crate::domain::people::Role;
use crate::domain::quantity::Verdict;
use crate::domain::specification::Specification;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::TravelerState;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::first_article::Progress;
use super::signature::SignatureView;

/// What people are called; nobody in person is the station.
pub type Names = BTreeMap<Option<PersonId>, String>;

/// A series with its lots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesView {
    /// What the lots are.
    pub part: PartId,
    /// Who delivers them.
    pub supplier: String,
    /// How the next lot is inspected, by each instruction that lots were inspected by.
    pub next: Vec<NextView>,
    /// Every opening of a lot, the oldest first.
    pub lots: Vec<LotView>,
}

/// How the next lot is inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextView {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The plan that it states.
    pub rule: String,
    /// How strictly.
    pub severity: Severity,
    /// Why.
    pub why: Words,
    /// The switching score.
    pub score: u32,
    /// Whether reduced inspection may be approved.
    pub may_be_reduced: bool,
    /// No lot is opened until quality takes it up again.
    pub discontinued: bool,
    /// The lot that two stations opened unseen: none is opened until quality has looked at both.
    pub opened_twice: Option<String>,
}

/// One opening of a lot.
#[expect(clippy::struct_excessive_bools, reason = "a page of what is so and what is not")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotView {
    /// The fact that opened it.
    pub opened: Position,
    /// What it is.
    pub part: PartId,
    /// Who delivered it.
    pub supplier: String,
    /// The number on its label.
    pub lot: LotId,
    /// The lot of own production that it is.
    pub unit: Option<TravelerId>,
    /// The deviation for which it was not accepted.
    pub deviation: Option<DeviationId>,
    /// How it stands, in words.
    pub standing: String,
    /// How it stands.
    #[serde(skip)]
    pub stands: LotStanding,
    /// Whether somebody has to do something.
    pub waits: bool,
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The compiled instruction.
    pub hash: Hash,
    /// The plan that it states.
    pub rule: String,
    /// How strictly.
    pub severity: Severity,
    /// Why.
    pub why: Words,
    /// Pieces in the lot.
    pub size: u32,
    /// The code letter.
    pub letter: Option<Letter>,
    /// Pieces in the sample.
    pub sample: u32,
    /// Ac.
    pub accept: u32,
    /// Re.
    pub reject: u32,
    /// The pieces that are still to be inspected.
    pub remaining: Vec<u32>,
    /// Those of them of which some values are recorded.
    pub begun: Vec<u32>,
    /// How many were.
    pub inspected: u32,
    /// Those of them that are nonconforming.
    pub nonconforming: Vec<u32>,
    /// Whether the plan accepts it by what was found; none while that is open.
    pub accepts: Option<bool>,
    /// How far it is, where it is a first article.
    pub first_article: Option<Progress>,
    /// It came again.
    pub again: bool,
    /// It was accepted although what is known by now says otherwise.
    pub contradicted: bool,
    /// Failing values that were recorded unseen by its acceptance, in words.
    pub unseen: Vec<Words>,
    /// The deviations of its pieces that are named by values and were open, or are to be named, when it is
    /// accepted.
    pub deviations: Vec<DeviationId>,
    /// Values that stations recorded more than once, unseen by each other, in words.
    pub recorded_twice: Vec<Words>,
    /// Every record of a piece.
    pub records: Vec<PieceView>,
    /// Every decision, with who signed.
    pub decided: Vec<Words>,
    /// What was signed of what becomes of it where it was not accepted.
    pub disposed: Vec<Words>,
    /// Whose signature is missing until it may be used as it is.
    pub to_sign: Vec<Role>,
    /// Somebody is to say what becomes of it.
    pub to_dispose: bool,
    /// Why nothing of it is built in.
    pub held: Option<String>,
    /// Who opened it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A record of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceView {
    /// The fact.
    #[serde(skip)]
    pub record: Position,
    /// Its number.
    pub piece: u32,
    /// Each value with what is asked for.
    pub values: Vec<PieceValue>,
    /// Whether a value is outside its limits.
    pub nonconforming: bool,
    /// Whether it has some of the values only.
    pub by_value: bool,
    /// Whether a later record corrects it.
    pub corrected: bool,
    /// Why it corrects an earlier one.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One value of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceValue {
    /// What is asked for.
    pub name: String,
    /// As recorded, with its unit.
    pub value: Words,
    /// The judgement; none where nothing is judged.
    pub verdict: Option<Verdict>,
    /// The gauge.
    pub gauge: Option<GaugeId>,
}

/// A lot that came in and can be opened for inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotToOpen {
    /// What it is.
    pub part: PartId,
    /// The number on its label.
    pub lot: LotId,
    /// The lot of own production that it is.
    pub unit: Option<TravelerId>,
    /// Who delivered it.
    pub supplier: String,
    /// How many pieces it has, as goods-in noted or as it was opened before.
    pub size: Option<u32>,
    /// It was not accepted and was to be sorted: now it comes again, with fewer pieces.
    pub again: bool,
    /// The instructions by which it can be inspected.
    pub by: Vec<InspectingView>,
}

/// An instruction by which lots are inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectingView {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its title.
    pub title: String,
    /// The plan that it states.
    pub rule: String,
}

impl LotToOpen {
    /// The series that it is of; none where the supplier has no name.
    pub fn series(&self) -> Option<SeriesId> {
        SeriesId::new(self.part.clone(), &self.supplier)
    }

    /// `SEAL-1/L-4711 of Nordic`.
    pub fn name(&self) -> Words {
        name_of((&self.part, self.unit.as_ref()), (&self.lot, &self.supplier))
    }
}

/// `SEAL-1/L-4711 of Nordic`, `CP-40 WO-2/L-22`.
pub(super) fn name_of((part, unit): (&PartId, Option<&TravelerId>), of: (&LotId, &str)) -> Words {
    let (lot, supplier) = of;
    match unit {
        Some(unit) => Words::given(format!("{part} {unit}")),
        None => words!("{lot} of {supplier}", lot = format!("{part}/{lot}"), supplier),
    }
}

impl PieceValue {
    /// `Cord 3.52 mm Pass, CAL-2`.
    pub fn words(&self) -> Words {
        let Self { name, value, verdict, gauge } = self;
        let value = words!("{name} {value}", name, value => value.clone());
        let value = match verdict {
            Some(verdict) => words!("{value} {verdict}", value => value, verdict => verdict.word()),
            None => value,
        };
        match gauge {
            Some(gauge) => words!("{value}, {gauge}", value => value, gauge),
            None => value,
        }
    }
}

/// Each decision with its signature, and what was open then.
fn decided_words(lot: &Lot) -> Vec<Words> {
    let decided = lot.decided.iter().map(|(at, _, moment, decided)| {
        let signed = SignatureView::new(at, moment, &decided.signature).told_in_full();
        let signed = match decided.note.as_str() {
            "" => signed,
            note => words!("{signed}: {note}", signed => signed, note),
        };
        let open: Vec<String> = decided.open.iter().flatten().map(ToString::to_string).collect();
        if open.is_empty() {
            return signed;
        }
        words!("{signed}; open then: {open}", signed => signed, open = open.join(", "))
    });
    decided.collect()
}

/// What became of the lot, with the signature.
fn disposed_words(lot: &Lot) -> Vec<Words> {
    let disposed = lot.disposed.iter().map(|Disposed { at, moment, what, .. }| {
        let signed = SignatureView::new(at, moment, &what.signature).told_in_full();
        let (end, reason) = (what.end.word(), &what.reason);
        words!("{end}: {reason}; {signed}", end => end, reason, signed => signed)
    });
    disposed.collect()
}

impl LotView {
    /// An opening of a lot with everything that is known of it.
    pub fn of(
        (id, state): (&SeriesId, &SeriesState),
        lot: &Lot,
        (material, made): (Option<&MaterialState>, Option<&TravelerState>),
        names: &Names,
    ) -> Self {
        let opened = &lot.opened;
        let standing = lot.standing();
        let nothing = MaterialState::default();
        let held = material.unwrap_or(&nothing);
        let newest = state.lot(&opened.lot).is_some_and(|newest| newest.at == lot.at);
        let judged = made.filter(|made| newest && is_accepted_and_held(lot, made));
        let judged = judged.and_then(|made| held_by_judge(lot, made).next());
        let judged = judged.map(|(_, hold)| hold.placed.reason.words().to_string());
        let to_dispose = is_to_dispose(state, lot, held);
        let stand: BTreeSet<&Position> = lot.standing_records().map(|record| &record.at).collect();
        let record = |record| PieceView::of(record, &stand, names);
        let inspected = lot.inspected();
        let first = opened.first_article.as_ref();
        let begun = lot.begun().difference(&inspected).copied().collect();
        Self {
            opened: lot.at.clone(),
            part: id.part.clone(),
            supplier: id.supplier.clone(),
            lot: opened.lot.clone(),
            unit: opened.unit.clone(),
            deviation: lot.deviation().cloned(),
            standing: standing.words().to_owned(),
            stands: standing,
            waits: lot.waits() || to_dispose || judged.is_some(),
            instruction: opened.by.instruction.clone(),
            revision: opened.by.revision.clone(),
            hash: opened.hash,
            rule: opened.by.rule.to_string(),
            severity: opened.severity,
            why: opened.why.word().into(),
            size: opened.size,
            letter: opened.plan.letter,
            sample: opened.plan.single.size,
            accept: opened.plan.single.accept,
            reject: opened.plan.single.reject,
            remaining: lot.remaining().into_iter().collect(),
            begun,
            inspected: u32::try_from(inspected.len()).unwrap_or(u32::MAX),
            nonconforming: lot.nonconforming().into_iter().collect(),
            accepts: lot.outcome().map(|outcome| outcome != Outcome::NotAccepted),
            first_article: first.map(|first| Progress::unknown(first.revision.clone())),
            again: opened.resubmits.is_some(),
            contradicted: lot.is_contradicted(),
            unseen: lot.unseen_by_acceptance().iter().map(|v| value_words(v, names)).collect(),
            deviations: lot.deviations_of_pieces().into_iter().cloned().collect(),
            recorded_twice: twice_words(lot, names),
            records: lot.records.iter().map(record).collect(),
            decided: decided_words(lot),
            disposed: disposed_words(lot),
            to_sign: lot.to_sign(),
            to_dispose,
            held: judged.or_else(|| held.blocked().map(|block| block.reason.clone())),
            by: name(names, lot.by.as_ref()),
            at: lot.moment.effective(),
        }
    }

    /// The same, of a first article, with how far it is by its specification.
    #[must_use]
    pub fn accounted(self, lot: &Lot, specification: Option<&Specification>) -> Self {
        let first = lot.opened.first_article.as_ref().zip(specification);
        let progress = first.map(|(first, known)| Progress::of(first.revision.clone(), lot, known));
        Self { first_article: progress.or(self.first_article), ..self }
    }

    /// The series that it is of; none where the supplier has no name.
    pub fn series(&self) -> Option<SeriesId> {
        SeriesId::new(self.part.clone(), &self.supplier)
    }

    /// `1 nonconforming of 5 inspected, 3 remain`.
    pub fn found(&self) -> Words {
        let (bad, all, left) = (self.nonconforming.len(), self.inspected, self.remaining.len());
        match left {
            1 => words!("{bad} nonconforming of {all} inspected, 1 remains", bad, all),
            _ => words!("{bad} nonconforming of {all} inspected, {left} remain", bad, all, left),
        }
    }

    /// `SEAL-1/L-4711 of Nordic`.
    pub fn name(&self) -> Words {
        name_of((&self.part, self.unit.as_ref()), (&self.lot, &self.supplier))
    }

    /// `letter J, inspect 80 of 1200, Ac 2, Re 3`.
    pub fn plan(&self) -> Words {
        let Self { sample, size, accept, reject, .. } = self;
        let plan = words!(
            "inspect {sample} of {size}, Ac {accept}, Re {reject}",
            sample,
            size,
            accept,
            reject
        );
        match self.letter {
            Some(letter) => words!("letter {letter}, {plan}", letter, plan => plan),
            None => plan,
        }
    }
}

impl PieceView {
    fn of(record: &PieceRecord, stand: &BTreeSet<&Position>, names: &Names) -> Self {
        Self {
            record: record.at.clone(),
            piece: record.what.piece,
            values: record.what.readings.iter().map(PieceValue::of).collect(),
            nonconforming: record.what.is_nonconforming(),
            by_value: record.what.cells.is_some(),
            corrected: !stand.contains(&record.at),
            reason: record.what.corrects.as_ref().map(|corrects| corrects.reason.clone()),
            by: name(names, record.by.as_ref()),
            at: record.moment.effective(),
        }
    }
}

impl PieceValue {
    fn of(reading: &PieceReading) -> Self {
        Self {
            name: reading.name.clone(),
            value: match (&reading.value, &reading.characteristic) {
                (ReadingValue::Conforms(yes), None) => if *yes { "yes" } else { "no" }.into(),
                (ReadingValue::Conforms(true), _) => words!("conforms"),
                (ReadingValue::Conforms(false), _) => words!("does not conform"),
                (value @ ReadingValue::Number { .. }, _) => Words::given(shown(value)),
            },
            verdict: reading.verdict,
            gauge: reading.gauge.as_ref().map(|used| used.gauge.clone()),
        }
    }
}

/// `piece 17: Cord 3.71 mm by P. Novak`.
fn value_words(value: &StandingReading<'_>, names: &Names) -> Words {
    let (piece, what) = (value.at().0, PieceValue::of(value.reading));
    words!(
        "piece {piece}: {name} {value} by {who}",
        piece,
        name = what.name,
        value => what.value,
        who = name(names, value.record.by.as_ref())
    )
}

/// Each place where several values stand, with all of them.
fn twice_words(lot: &Lot, names: &Names) -> Vec<Words> {
    let at = lot.recorded_twice().into_iter();
    let words = at.map(|at| {
        let all = lot.standing_at(at);
        Words::listed(all.iter().map(|value| value_words(value, names)), "{these}; {one}")
    });
    words.collect()
}

pub(super) fn name(names: &Names, person: Option<&PersonId>) -> String {
    let known = names.get(&person.cloned()).cloned();
    known.unwrap_or_else(|| person.map_or_else(|| "station".to_owned(), ToString::to_string))
}

impl NextView {
    /// How the next lot is inspected, by each revision and plan that lots were inspected by.
    pub fn all_of(state: &SeriesState) -> Vec<Self> {
        let mut seen: Vec<&InspectedBy> = Vec::new();
        for lot in state.lots.iter().rev() {
            if !seen.contains(&&lot.opened.by) {
                seen.push(&lot.opened.by);
            }
        }
        let next = seen.into_iter().map(|by| {
            let series = state.next(by);
            Self {
                instruction: by.instruction.clone(),
                revision: by.revision.clone(),
                rule: by.rule.to_string(),
                severity: series.severity,
                why: series.why.word().into(),
                score: series.score,
                may_be_reduced: series.may_be_reduced(),
                discontinued: series.discontinued,
                opened_twice: state.opened_twice().first().map(|lot| lot.opened.lot.to_string()),
            }
        });
        next.collect()
    }
}
