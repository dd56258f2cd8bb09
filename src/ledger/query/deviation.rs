//! Deviations with everything known.

use std::collections::BTreeMap;

use crate::domain::deviation_rules::Severity;
use crate::domain::deviation_state::DeviationState;
use crate::domain::ids::DeviationId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::views::deviation::{DeviationView, Offers};
use crate::views::deviation_counts::DeviationCounts;
use crate::views::deviation_of::{Around, view};
use crate::views::quality_words::Known;

use super::{Asked, get, id_in};

const MS_PER_DAY: i64 = 86_400_000;

/// The worst first, then those of which nobody has said how bad they are; of each the oldest.
pub(super) const BY_SEVERITY: &str = "CASE severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1
    WHEN 'minor' THEN 2 ELSE 3 END, raised_ms, deviation";

impl Asked<'_> {
    /// How many are open, by severity and by age, and of how many something is overdue.
    pub(super) fn deviation_counts(self) -> Result<DeviationCounts, LedgerError> {
        let now = self.now.effective().as_millisecond();
        let today = self.today()?.to_string();
        let mut counts = DeviationCounts::default();
        let sql = "SELECT severity, raised_ms, closed, coalesce(due < ?1, 0) AS overdue
                   FROM deviation_row WHERE NOT closed OR to_check";
        let rows = self.rows(sql, [today], |row| {
            let severity: Option<String> = get(row, "severity")?;
            let closed: bool = get(row, "closed")?;
            Ok((severity, get::<i64>(row, "raised_ms")?, closed, get::<bool>(row, "overdue")?))
        })?;
        for (severity, raised, closed, overdue) in rows {
            counts.overdue += u32::from(overdue);
            if !closed {
                let severity = severity.as_deref().and_then(Severity::parse);
                counts.add(severity, (now - raised) / MS_PER_DAY);
            }
        }
        Ok(counts)
    }

    /// What is known of a deviation, to tell its facts with.
    pub(super) fn known_of(self, state: &DeviationState) -> Result<Known, LedgerError> {
        let mut names = BTreeMap::new();
        for person in state.people() {
            names.insert(person.clone(), self.name(Some(person))?);
        }
        Ok(Known::of(state, names))
    }

    /// Open ones first, the worst first, of those the oldest; at most a thousand.
    pub(super) fn deviations(self, closed: bool) -> Result<Vec<DeviationView>, LedgerError> {
        let sql = format!(
            "SELECT deviation FROM deviation_row WHERE ?1 OR NOT closed OR to_check
             ORDER BY closed AND NOT to_check, closed, disposed, {BY_SEVERITY} LIMIT 1000"
        );
        self.deviations_of(&sql, closed)
    }

    /// The deviations that a statement names.
    pub(super) fn deviations_of(
        self,
        sql: &str,
        key: impl rusqlite::ToSql,
    ) -> Result<Vec<DeviationView>, LedgerError> {
        let ids: Vec<DeviationId> = self.rows(sql, [key], |row| id_in(row, "deviation"))?;
        let views = ids.iter().map(|id| self.deviation(id));
        views.filter_map(Result::transpose).collect()
    }

    pub(super) fn deviation(self, id: &DeviationId) -> Result<Option<DeviationView>, LedgerError> {
        let state = self.ledger.deviation_state(self.connection, id)?;
        let Some(state) = state else { return Ok(None) };
        self.view(id, &state)
    }

    /// What the site offers to choose from.
    pub(super) fn offers(self) -> Result<Offers, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        Ok(policy.map_or_else(Offers::default, |policy| Offers::of(&policy.rules.deviations)))
    }

    fn view(
        self,
        id: &DeviationId,
        state: &DeviationState,
    ) -> Result<Option<DeviationView>, LedgerError> {
        let at_server = self.waiting(&Subject::Deviation(id.clone()))? == 0;
        let (mut units, mut texts) = (Vec::<(TravelerId, TravelerState)>::new(), BTreeMap::new());
        for named in &state.units {
            let traveler = &named.unit.traveler;
            if units.iter().any(|(known, _)| known == traveler) {
                continue;
            }
            let folded = self.ledger.load(self.connection, &Subject::Traveler(traveler.clone()))?;
            let StreamState::Traveler(known) = &folded.stream.state else {
                return Err(LedgerError::damaged(format!("{traveler} is no unit")));
            };
            texts.extend(self.ledger.pinned(self.connection, known)?);
            units.push((traveler.clone(), known.clone()));
        }
        let mut names = BTreeMap::new();
        for person in state.people() {
            names.insert(person.clone(), self.name(Some(person))?);
        }
        let today = self.today()?;
        let offers = self.offers()?;
        let raised_by = state.raised.as_ref().and_then(|raised| raised.by.as_ref());
        let raised_by = self.name(raised_by)?;
        Ok(view(id, state, Around { units, texts, raised_by, names, today, at_server, offers }))
    }
}
