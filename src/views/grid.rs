//! The sample of a lot as a table: a row a piece, a column what is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, GaugeId, PersonId};
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::inspection::cells::{CellAt, StandingReading};
use crate::domain::inspection::series::Lot;
use crate::domain::quantity::Verdict;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::inspection::{LotView, Names, name};

/// The sample of a lot as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct GridView {
    /// The lot.
    pub lot: Box<LotView>,
    /// What is asked of each piece; none while the text has not come.
    pub asks: Option<Vec<PieceAsk>>,
    /// The pieces of the sample.
    pub pieces: Vec<u32>,
    /// What is recorded.
    pub cells: BTreeMap<CellAt, CellView>,
    /// What was said about values, with who said it.
    pub notes: BTreeMap<CellAt, Vec<String>>,
    /// Failing values that are to be typed again, in the order of the pieces.
    pub again: Vec<CellAt>,
    /// What was found so far of each ask.
    pub summaries: Vec<Summary>,
}

/// A value in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellView {
    /// The value that counts.
    pub value: ReadingValue,
    /// The judgement; none where nothing is judged.
    pub verdict: Option<Verdict>,
    /// The gauge.
    pub gauge: Option<GaugeId>,
    /// Who recorded it.
    pub by: String,
    /// Whose it is, as the register knows them.
    pub who: Option<PersonId>,
    /// Every value that stands there, in words; more than one only where stations recorded unseen by
    /// each other.
    pub all: Vec<Words>,
    /// The records in which they are.
    pub records: BTreeSet<Position>,
    /// Why it corrects an earlier one.
    pub corrects: Option<String>,
    /// It failed and is to be typed again.
    pub again: bool,
    /// The deviation that names it.
    pub deviation: Option<DeviationId>,
}

/// What was found so far of one ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many values.
    pub count: usize,
    /// Their mean in the unit of the limits.
    pub mean: Option<Decimal>,
    /// How many fail.
    pub fails: usize,
}

impl GridView {
    /// The table of a lot.
    pub fn of(lot: &Lot, view: LotView, asks: Option<Vec<PieceAsk>>, names: &Names) -> Self {
        let mut cells: BTreeMap<CellAt, CellView> = BTreeMap::new();
        for standing in lot.standing_readings() {
            let record = standing.record;
            let cells_of = record.what.cells.as_ref();
            let deviation = cells_of.and_then(|cells| cells.deviation.clone());
            let cell = CellView {
                value: standing.reading.value.clone(),
                verdict: standing.reading.verdict,
                gauge: standing.reading.gauge.as_ref().map(|used| used.gauge.clone()),
                by: name(names, record.by.as_ref()),
                who: record.by.clone(),
                all: Vec::new(),
                records: BTreeSet::new(),
                corrects: record.what.corrects.as_ref().map(|corrects| corrects.reason.clone()),
                again: false,
                deviation: deviation.filter(|_| standing.fails()),
            };
            let words = match &cell.value {
                ReadingValue::Conforms(true) => words!("conforms {by}", by = cell.by),
                ReadingValue::Conforms(false) => words!("does not conform {by}", by = cell.by),
                ReadingValue::Number { .. } => {
                    Words::given(format!("{} {}", shown(&cell.value), cell.by))
                }
            };
            // Of two that were recorded unseen by each other, the one that fails is shown first.
            let before = cells.remove(&standing.at());
            let mut all = before.as_ref().map_or_else(Vec::new, |before| before.all.clone());
            all.push(words);
            let mut records =
                before.as_ref().map_or_else(BTreeSet::new, |before| before.records.clone());
            records.insert(record.at.clone());
            let first = if standing.fails() { cell } else { before.unwrap_or(cell) };
            cells.insert(standing.at(), CellView { all, records, ..first });
        }
        for (.., confirmed) in &lot.confirmed {
            if let Some(cell) = cells.get_mut(&(confirmed.piece, confirmed.ask))
                && cell.verdict == Some(Verdict::Fail)
            {
                cell.deviation = Some(confirmed.deviation.clone());
            }
        }
        let mut again: Vec<CellAt> = lot.unconfirmed().iter().map(StandingReading::at).collect();
        again.sort_unstable();
        for at in &again {
            if let Some(cell) = cells.get_mut(at) {
                cell.again = true;
            }
        }
        let mut notes: BTreeMap<CellAt, Vec<String>> = BTreeMap::new();
        for (by, note) in &lot.notes {
            let said = format!("{}: {}", name(names, by.as_ref()), note.text);
            notes.entry((note.piece, note.ask)).or_default().push(said);
        }
        let summaries = asks.iter().flatten().zip(1..);
        let summaries = summaries.map(|(ask, number)| Summary::of(ask, number, &cells)).collect();
        let pieces = lot.chosen().into_iter().collect();
        Self { lot: Box::new(view), asks, pieces, cells, notes, again, summaries }
    }
}

impl Summary {
    fn of(ask: &PieceAsk, number: u16, cells: &BTreeMap<CellAt, CellView>) -> Self {
        let of_it = || cells.iter().filter(|((_, ask), _)| *ask == number).map(|(_, cell)| cell);
        let unit = ask.kind.limits().map(|limits| limits.unit);
        let numbers: Vec<Decimal> = of_it()
            .filter_map(|cell| match (&cell.value, unit) {
                (ReadingValue::Number { number, unit }, Some(wanted)) => {
                    wanted.about(unit.to_base(number.value())?)
                }
                (ReadingValue::Number { .. } | ReadingValue::Conforms(_), _) => None,
            })
            .collect();
        let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
        Self {
            count: of_it().count(),
            mean: sum.and_then(|sum| sum.checked_div(Decimal::from(numbers.len()))),
            fails: of_it().filter(|cell| cell.verdict == Some(Verdict::Fail)).count(),
        }
    }
}
