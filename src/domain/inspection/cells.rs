//! What was found on the pieces of a lot, value by value: what stands, what is left, and what failed
//! and was not typed again.

use std::collections::{BTreeMap, BTreeSet};

use super::choice;
use super::fact::PieceReading;
use super::series::{Lot, PieceRecord};
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::DeviationId;
use crate::domain::quantity::Verdict;

/// A value of a piece: the piece, and the number of the ask from 1.
pub type CellAt = (u32, u16);

/// A value that no other one corrects.
#[derive(Debug, Clone, Copy)]
pub struct StandingReading<'a> {
    /// In which record.
    pub record: &'a PieceRecord,
    /// The number of the ask.
    pub ask: u16,
    /// The value.
    pub reading: &'a PieceReading,
}

impl StandingReading<'_> {
    /// Where it stands.
    pub fn at(&self) -> CellAt {
        (self.record.what.piece, self.ask)
    }

    /// Whether it is outside its limits.
    pub fn fails(&self) -> bool {
        self.reading.verdict == Some(Verdict::Fail)
    }
}

impl Lot {
    /// The pieces that are to be inspected.
    pub fn chosen(&self) -> BTreeSet<u32> {
        choice::pieces(&self.opened.seed, self.opened.size, self.opened.plan.single.size)
    }

    /// Whether it is a first article; what was one comes again as one.
    pub fn is_first_article(&self) -> bool {
        self.opened.first_article.is_some()
    }

    /// The values that no other one corrects, in fold order.
    pub fn standing_readings(&self) -> impl Iterator<Item = StandingReading<'_>> {
        let corrections = self.records.iter().filter_map(|record| {
            let corrects = record.what.corrects.as_ref()?;
            let asks = record.what.by_ask().map(|(ask, _)| ask);
            Some(asks.flat_map(move |ask| corrects.records().map(move |at| (at, ask))))
        });
        let corrected: BTreeSet<(&Position, u16)> = corrections.flatten().collect();
        self.records.iter().flat_map(move |record| {
            let readings = record.what.by_ask();
            let standing = readings.filter(|(ask, _)| !corrected.contains(&(&record.at, *ask)));
            let standing = standing.map(|(ask, reading)| StandingReading { record, ask, reading });
            standing.collect::<Vec<_>>()
        })
    }

    /// The records of which a value stands.
    pub fn standing_records(&self) -> impl Iterator<Item = &PieceRecord> {
        let standing: BTreeSet<&Position> =
            self.standing_readings().map(|standing| &standing.record.at).collect();
        self.records.iter().filter(move |record| standing.contains(&record.at))
    }

    /// The pieces of which everything is recorded that is asked of them.
    pub fn inspected(&self) -> BTreeSet<u32> {
        let mut found: BTreeMap<u32, (BTreeSet<u16>, usize)> = BTreeMap::new();
        for StandingReading { record, ask, .. } in self.standing_readings() {
            let of = match &record.what.cells {
                Some(cells) => usize::from(cells.of),
                None => record.what.readings.len(),
            };
            let (asks, wanted) = found.entry(record.what.piece).or_default();
            asks.insert(ask);
            *wanted = of.max(*wanted);
        }
        let whole = found.into_iter().filter(|(_, (asks, wanted))| asks.len() >= *wanted);
        whole.map(|(piece, _)| piece).collect()
    }

    /// The pieces of which a value stands.
    pub fn begun(&self) -> BTreeSet<u32> {
        self.standing_readings().map(|standing| standing.record.what.piece).collect()
    }

    /// The pieces that are nonconforming by any value that stands.
    pub fn nonconforming(&self) -> BTreeSet<u32> {
        let failing = self.standing_readings().filter(StandingReading::fails);
        failing.map(|standing| standing.record.what.piece).collect()
    }

    /// Those that are still to be inspected.
    pub fn remaining(&self) -> BTreeSet<u32> {
        self.chosen().difference(&self.inspected()).copied().collect()
    }

    /// The values at one place that stand; several only where stations recorded unseen by each other.
    pub fn standing_at(&self, at: CellAt) -> Vec<StandingReading<'_>> {
        self.standing_readings().filter(|standing| standing.at() == at).collect()
    }

    /// Failing values that were recorded alone and not typed again (R4). What came whole, or together
    /// with others, is not asked for twice.
    pub fn unconfirmed(&self) -> Vec<StandingReading<'_>> {
        let confirmed: BTreeSet<(&Position, u16)> =
            self.confirmed.iter().map(|(.., what)| (&what.record, what.ask)).collect();
        let open = self.standing_readings().filter(|standing| {
            let cells = standing.record.what.cells.as_ref();
            standing.fails()
                && cells.is_some_and(|cells| cells.deviation.is_none())
                && !confirmed.contains(&(&standing.record.at, standing.ask))
        });
        open.collect()
    }

    /// Failing values that a decision which accepted the lot was signed without: another station had
    /// recorded them, unseen.
    pub fn unseen_by_acceptance(&self) -> Vec<StandingReading<'_>> {
        let accepted = || self.decided.iter().filter(|(.., decided)| decided.accepted);
        let unseen = |standing: &StandingReading<'_>| {
            let covers = accepted().map(|(.., decided)| &decided.signature.covers.facts);
            covers.into_iter().any(|facts| !facts.contains(&standing.record.at))
        };
        self.standing_readings().filter(|value| value.fails() && unseen(value)).collect()
    }

    /// The places at which several values stand: stations recorded them unseen by each other.
    pub fn recorded_twice(&self) -> BTreeSet<CellAt> {
        let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for at in self.standing_readings().map(|standing| standing.at()) {
            if !once.insert(at) {
                twice.insert(at);
            }
        }
        twice
    }

    /// Every deviation that names a value of its pieces.
    pub fn deviations_of_pieces(&self) -> BTreeSet<&DeviationId> {
        let confirmed = self.confirmed.iter().map(|(.., what)| &what.deviation);
        let records = self.records.iter();
        let together = records.filter_map(|record| record.what.cells.as_ref()?.deviation.as_ref());
        confirmed.chain(together).collect()
    }

    /// The deviation that was raised last for values of its pieces.
    pub fn deviation_of_pieces(&self) -> Option<&DeviationId> {
        let confirmed = self.confirmed.last().map(|(.., what)| &what.deviation);
        let records = self.records.iter().rev();
        let mut together =
            records.filter_map(|record| record.what.cells.as_ref()?.deviation.as_ref());
        confirmed.or_else(|| together.next())
    }

    /// What a signature on its decision covers: the opening, every record that counts, and what was
    /// confirmed.
    pub fn found_to_cover(&self) -> impl Iterator<Item = (&Position, &Hash)> {
        let records = self.standing_records().map(|record| (&record.at, &record.id));
        let confirmed = self.confirmed.iter().map(|(at, id, _)| (at, id));
        std::iter::once((&self.at, &self.id)).chain(records).chain(confirmed)
    }
}
