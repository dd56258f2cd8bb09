//! The streams that are judged, each as of every one of its facts; kept while there is room.

use std::collections::BTreeMap;

use crate::domain::as_of::Pasts;
use crate::domain::stream::{Subject, TravelerId};
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

/// The most facts of streams that are kept; one takes about two kilobytes. A longer stream is kept
/// alone.
const KEPT_FACTS_MAX: usize = 20_000;

/// The stream of a unit, apart from those that are kept.
pub(super) fn of(ledger: &Ledger, unit: &TravelerId) -> Result<Pasts, LedgerError> {
    let subject = Subject::Traveler(unit.clone());
    let mut pasts = Pasts::new(subject.clone());
    for stored in ledger.arrived(&subject, 0)? {
        pasts.arrive(stored.fact, stored.id);
    }
    Ok(pasts)
}

/// Streams by subject.
#[derive(Debug, Default)]
pub(super) struct Streams {
    kept: BTreeMap<Subject, (i64, Pasts)>,
    facts: usize,
}

impl Streams {
    /// A stream, with everything of it that has come to the judge's ledger.
    pub(super) fn load(
        &mut self,
        ledger: &Ledger,
        subject: &Subject,
    ) -> Result<&mut Pasts, LedgerError> {
        if self.facts > KEPT_FACTS_MAX {
            *self = Self::default();
        }
        let new = || (0, Pasts::new(subject.clone()));
        let (last, pasts) = self.kept.entry(subject.clone()).or_insert_with(new);
        let before = pasts.len();
        for stored in ledger.arrived(subject, *last)? {
            *last = stored.arrival;
            pasts.arrive(stored.fact, stored.id);
        }
        self.facts += pasts.len() - before;
        Ok(pasts)
    }
}
