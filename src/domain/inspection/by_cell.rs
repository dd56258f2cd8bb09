//! Recording value by value: each is saved alone or together with others, typed again where it fails
//! (R4), put right with a reason (R3), and commented on.

use std::collections::{BTreeMap, BTreeSet};

use super::asks::{PieceAsk, trained_for};
use super::cells::{CellAt, StandingReading};
use super::decide::{Facts, fact, require_lot};
use super::fact::{
    InspectionFact, PieceCells, PieceConfirmed, PieceCorrected, PieceInspected, PieceNoted,
    PieceReading,
};
use super::first_article::asks_for;
use super::follows::{found_of, is_open, raise};
use super::rests::corrects;
use super::series::{Lot, LotStanding, SeriesId, SeriesState};
use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, GaugeId, LotId};
use crate::domain::instruction::Instruction;
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::inspection::InspectionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::Subject;
use crate::domain::traveler::correction::same_value;
use crate::domain::traveler::equipment::require_trained;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;

/// The most values of one fact: it stays well below what a fact may hold.
const VALUES_A_FACT_MAX: usize = 40;
/// Why a value was corrected that failed and was typed again.
const TYPED_AGAIN: &str = "typed again";

/// A value of a piece as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellValue {
    /// The piece.
    pub piece: u32,
    /// The number of the ask, from 1.
    pub ask: u16,
    /// The value.
    pub value: ReadingValue,
    /// The gauge, where one is used.
    pub gauge: Option<GaugeId>,
}

impl CellValue {
    fn at(&self) -> CellAt {
        (self.piece, self.ask)
    }
}

/// How values came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Typed at a cell; one that fails is asked for again.
    Typed,
    /// Together, pasted or from a file: the failing ones are named by one deviation at once.
    Together,
    /// Typed anew; what was recorded stays beside it.
    Corrects {
        /// Why.
        reason: String,
        /// The records that were shown to stand there: all of them are corrected.
        shown: BTreeSet<Position>,
    },
}

/// What everything here rests on.
struct Here<'a> {
    id: &'a SeriesId,
    lot: &'a Lot,
    chosen: BTreeSet<u32>,
    asks: Vec<PieceAsk>,
    compiled: &'a Instruction,
    context: &'a Context,
}

impl<'a> Here<'a> {
    /// The lot, which must be open, with what is asked of its pieces.
    fn of(
        (id, state): (&'a SeriesId, &'a SeriesState),
        lot: &LotId,
        context: &'a Context,
        reasons: &mut Vec<Reason>,
    ) -> Result<Self, Refusal> {
        context.require_role(Action::InspectLot, reasons);
        let lot = require_lot(state, lot, LotStanding::Open, reasons)?;
        let Some(compiled) = context.instructions.get(&lot.opened.hash) else {
            reasons.push(Reason::BlobMissing { what: lot.opened.by.instruction.to_string() });
            return Err(Refusal::of(std::mem::take(reasons)));
        };
        let first = lot.opened.first_article.as_ref();
        let specified = first.and_then(|first| context.specifications.get(&first.hash));
        let Some(asks) = asks_for(&lot.opened, compiled, specified.map(|known| &**known)) else {
            reasons.push(Reason::BlobMissing { what: format!("specification {}", id.part) });
            return Err(Refusal::of(std::mem::take(reasons)));
        };
        Ok(Self { id, lot, chosen: lot.chosen(), asks, compiled, context })
    }

    /// Whoever records these values is trained for the instruction and for their steps (R5).
    fn require_trained(&self, asks: impl Iterator<Item = u16>, reasons: &mut Vec<Reason>) {
        let rank = |ask: u16| usize::from(ask).checked_sub(1);
        let asked = asks.filter_map(|ask| self.asks.get(rank(ask)?));
        for wanted in trained_for(self.compiled, asked) {
            require_trained(Some(wanted), self.context, reasons);
        }
    }

    fn ask(&self, (piece, ask): CellAt) -> Result<&PieceAsk, Reason> {
        if !self.chosen.contains(&piece) {
            return Err(InspectionReason::NotChosen { piece }.into());
        }
        let found = usize::from(ask).checked_sub(1).and_then(|rank| self.asks.get(rank));
        let of = self.asks.len();
        found.ok_or_else(|| InspectionReason::NoSuchValue { ask, of }.into())
    }

    fn take(&self, cell: &CellValue, reasons: &mut Vec<Reason>) -> Option<PieceReading> {
        match self.ask(cell.at()) {
            Ok(ask) => ask.clone().take(&cell.value, cell.gauge.as_ref(), (self.context, reasons)),
            Err(reason) => {
                reasons.push(reason);
                None
            }
        }
    }

    /// A record of some values of a piece.
    fn record(
        &self,
        piece: u32,
        values: Vec<(u16, PieceReading)>,
        (deviation, corrects): (Option<DeviationId>, Option<PieceCorrected>),
    ) -> InspectionFact {
        let of = u16::try_from(self.asks.len()).unwrap_or(u16::MAX);
        let (asks, readings) = values.into_iter().unzip();
        let cells = Some(PieceCells { asks, of, deviation });
        let opened = self.lot.at.clone();
        InspectionFact::PieceInspected(PieceInspected { opened, piece, cells, readings, corrects })
    }
}

/// Records values of pieces: all of them or none.
pub(super) fn record(
    series: (&SeriesId, &SeriesState),
    lot: &LotId,
    (values, taken): (&[CellValue], Taken),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let here = Here::of(series, lot, context, &mut reasons)?;
    if values.is_empty() {
        reasons.push(Reason::TextMissing { what: "a value" });
    }
    here.require_trained(values.iter().map(|value| value.ask), &mut reasons);
    if let Taken::Corrects { reason, shown } = &taken {
        context.require_text("a reason", reason, &mut reasons);
        return correct_all(&here, (values, shown), reason, reasons);
    }
    let standing: BTreeSet<CellAt> =
        here.lot.standing_readings().map(|standing| standing.at()).collect();
    let mut pieces: BTreeMap<u32, BTreeMap<u16, PieceReading>> = BTreeMap::new();
    for cell in values {
        let (piece, ask) = cell.at();
        let Some(reading) = here.take(cell, &mut reasons) else { continue };
        let twice = pieces.entry(piece).or_default().insert(ask, reading).is_some();
        if twice || standing.contains(&(piece, ask)) {
            reasons.push(InspectionReason::ValueRecorded { piece, ask }.into());
        }
    }
    let failing: Vec<(u32, &PieceReading)> = pieces
        .iter()
        .flat_map(|(piece, readings)| readings.values().map(|reading| (*piece, reading)))
        .filter(|(_, reading)| reading.verdict == Some(Verdict::Fail))
        .collect();
    let mut facts = Vec::new();
    let mut deviation = None;
    if taken == Taken::Together && !failing.is_empty() {
        match &context.next_deviation {
            None => reasons.push(Reason::DeviationNumberMissing),
            Some(number) => {
                let found = found_of(failing);
                raise((here.id, here.lot), number, found, (context, &mut facts));
                deviation = Some(number.clone());
            }
        }
    }
    Refusal::unless_empty(reasons)?;
    for (piece, readings) in pieces {
        let mut left = readings.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<_> = left.by_ref().take(VALUES_A_FACT_MAX).collect();
            let failing = some.iter().any(|(_, reading)| reading.verdict == Some(Verdict::Fail));
            let named = deviation.clone().filter(|_| failing);
            facts.push(fact(here.id, here.record(piece, some, (named, None))));
        }
    }
    Ok(facts)
}

/// Puts values right, each in place of all that stand there and were shown: where stations recorded
/// unseen by each other, nobody corrects one of them without having seen the others.
fn correct_all(
    here: &Here<'_>,
    (values, shown): (&[CellValue], &BTreeSet<Position>),
    reason: &str,
    mut reasons: Vec<Reason>,
) -> Result<Facts, Refusal> {
    let standing = values.iter().flat_map(|cell| here.lot.standing_at(cell.at()));
    let standing: BTreeSet<Position> = standing.map(|value| value.record.at.clone()).collect();
    let mut facts = Vec::new();
    for cell in values {
        let before = here.lot.standing_at(cell.at());
        if !before.is_empty() && standing != *shown {
            let ((piece, ask), values) = (cell.at(), before.iter().map(value_words).collect());
            reasons.push(InspectionReason::SeveralStand { piece, ask, values }.into());
        }
        facts.extend(correct(here, cell, (&before, reason), &mut reasons));
    }
    Refusal::unless_empty(reasons)?;
    Ok(facts)
}

/// A value and who recorded it.
fn value_words(value: &StandingReading<'_>) -> String {
    let who = value.record.by.as_ref().map_or("nobody", |by| by.as_str());
    format!("{} by {who}", shown(&value.reading.value))
}

/// A value in place of others, which its author puts right, or whoever reviews.
fn correct(
    here: &Here<'_>,
    cell: &CellValue,
    (before, reason): (&[StandingReading<'_>], &str),
    reasons: &mut Vec<Reason>,
) -> Option<(Subject, FactBody)> {
    let Some((last, others)) = before.split_last() else {
        reasons.push(InspectionReason::NothingToCorrect { piece: cell.piece }.into());
        return None;
    };
    if let Some(action) = corrects(here.context.acting.actor.as_ref(), before) {
        here.context.require_role(action, reasons);
    }
    let reading = here.take(cell, reasons)?;
    let (record, reason) = (last.record.at.clone(), reason.to_owned());
    let also = others.iter().map(|value| value.record.at.clone()).collect();
    let corrects = Some(PieceCorrected { record, also, reason });
    let record = here.record(cell.piece, vec![(cell.ask, reading)], (None, corrects));
    Some(fact(here.id, record))
}

/// Takes a failing value typed again: another one corrects a slip, the same one stands and is named by
/// a deviation.
pub(super) fn retype(
    series: (&SeriesId, &SeriesState),
    lot: &LotId,
    cell: &CellValue,
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let here = Here::of(series, lot, context, &mut reasons)?;
    here.require_trained(std::iter::once(cell.ask), &mut reasons);
    let open = here.lot.unconfirmed();
    let Some(failing) = open.into_iter().find(|open| open.at() == cell.at()) else {
        let (piece, ask) = cell.at();
        reasons.push(InspectionReason::NotAskedAgain { piece, ask }.into());
        return Err(Refusal::of(reasons));
    };
    if !same_value(&cell.value, &failing.reading.value) {
        let used = failing.reading.gauge.as_ref().map(|used| used.gauge.clone());
        let again = CellValue { gauge: cell.gauge.clone().or(used), ..cell.clone() };
        let facts = correct(&here, &again, (&[failing], TYPED_AGAIN), &mut reasons);
        Refusal::unless_empty(reasons)?;
        return Ok(facts.into_iter().collect());
    }
    let mut facts = Vec::new();
    let known = here.lot.deviation_of_pieces();
    let open = known.filter(|known| is_open(known, context));
    let deviation = match (open, &context.next_deviation) {
        (Some(open), _) => open.clone(),
        (None, Some(next)) => {
            let found = found_of([(cell.piece, failing.reading)]);
            raise((here.id, here.lot), next, found, (context, &mut facts));
            next.clone()
        }
        (None, None) => {
            reasons.push(Reason::DeviationNumberMissing);
            return Err(Refusal::of(reasons));
        }
    };
    Refusal::unless_empty(reasons)?;
    let (opened, record) = (here.lot.at.clone(), failing.record.at.clone());
    let (piece, ask) = cell.at();
    let confirmed = PieceConfirmed { opened, piece, ask, record, deviation };
    facts.push(fact(here.id, InspectionFact::PieceConfirmed(confirmed)));
    Ok(facts)
}

/// Notes what somebody says about a value.
pub(super) fn comment(
    series: (&SeriesId, &SeriesState),
    lot: &LotId,
    ((piece, ask), text): (CellAt, String),
    context: &Context,
) -> Result<Facts, Refusal> {
    let mut reasons = Vec::new();
    let here = Here::of(series, lot, context, &mut reasons)?;
    if let Err(reason) = here.ask((piece, ask)) {
        reasons.push(reason);
    }
    here.require_trained(std::iter::once(ask), &mut reasons);
    context.require_text("a comment", &text, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let noted = PieceNoted { opened: here.lot.at.clone(), piece, ask, text };
    Ok(vec![fact(here.id, InspectionFact::PieceNoted(noted))])
}
