//! What can be gone to by name, as the palette lists it.

use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traced::Traced;
use crate::ledger::error::LedgerError;
use crate::views::thread::NamedRow;

use super::{Asked, get};

/// The most units that are listed: of open orders, those that were worked on last.
const UNITS_MAX: u32 = 2_000;
/// The most of anything else.
const OTHERS_MAX: u32 = 1_000;

impl Asked<'_> {
    /// Units and orders that are open, open deviations, definitions, gauges and places, and what is
    /// measured by the specification at hand.
    pub(super) fn spots(self, here: Option<&Traced>) -> Result<Vec<NamedRow>, LedgerError> {
        let mut found = Vec::new();
        let lists: [(&str, u32); 6] = [
            (
                "SELECT 'unit/' || order_id || '/' || unit AS name, part || coalesce(', ' ||
                    CASE WHEN hold_why NOT NULL THEN 'on hold' WHEN finished_ms NOT NULL
                    THEN 'finished' WHEN started_ms NOT NULL THEN operation_name END, '') AS what
                 FROM traveler_row WHERE order_open AND ended IS NULL
                 ORDER BY last_ms DESC, subject LIMIT ?1",
                UNITS_MAX,
            ),
            (
                "SELECT 'order/' || order_id AS name, part || ', ' || units || ' units' AS what
                 FROM order_row WHERE NOT closed ORDER BY priority, due IS NULL, due LIMIT ?1",
                OTHERS_MAX,
            ),
            (
                "SELECT 'deviation/' || deviation AS name,
                    coalesce('on ' || traveler, '') || coalesce(', ' || severity, '') AS what
                 FROM deviation_row WHERE NOT closed ORDER BY raised_ms DESC LIMIT ?1",
                OTHERS_MAX,
            ),
            (
                "SELECT subject || '/' || revision AS name, title AS what FROM revision_row r
                 WHERE rank = coalesce(
                     (SELECT max(rank) FROM revision_row b
                         WHERE b.subject = r.subject AND b.released NOT NULL),
                     (SELECT max(rank) FROM revision_row b WHERE b.subject = r.subject))
                 ORDER BY subject LIMIT ?1",
                OTHERS_MAX,
            ),
            (
                "SELECT 'gauge/' || gauge AS name, name AS what FROM gauge_row
                 ORDER BY gauge LIMIT ?1",
                OTHERS_MAX,
            ),
            (
                "SELECT 'place/' || place AS name, name AS what FROM place_row
                 ORDER BY place LIMIT ?1",
                OTHERS_MAX,
            ),
        ];
        for (sql, most) in lists {
            let rows = self.rows(sql, [most], |row| {
                let name: String = get(row, "name")?;
                let what: Option<String> = get(row, "what")?;
                Ok(Traced::parse(&name)
                    .map(|traced| NamedRow { traced, what: what.unwrap_or_default() }))
            })?;
            found.extend(rows.into_iter().flatten());
        }
        let at_hand = here.map_or(Ok(None), |here| self.specification_at(here))?;
        if let Some(Specification { part, characteristics, .. }) = at_hand {
            found.extend(characteristics.into_iter().map(|asked| NamedRow {
                traced: Traced::Characteristic(part.clone(), asked.id),
                what: format!("{} {}, {}", asked.balloon, asked.name, asked.requirement),
            }));
        }
        Ok(found)
    }

    /// The specification that somebody has before them: the one of a page, or that of a unit.
    fn specification_at(self, here: &Traced) -> Result<Option<Specification>, LedgerError> {
        match here {
            Traced::Unit(id) => {
                let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
                let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
                let started = state.started.as_ref();
                let pinned = started.and_then(|started| started.specification.as_ref());
                pinned.map_or(Ok(None), |pinned| self.compiled(&pinned.hash))
            }
            Traced::Specification(part, revision) => {
                let subject = Subject::Specification(part.clone());
                let hash = self.hashes(&subject, revision.as_ref())?.pop();
                hash.map_or(Ok(None), |hash| self.compiled(&hash))
            }
            Traced::Characteristic(part, _) => self.specification_now(part),
            Traced::Order(_)
            | Traced::Material(_)
            | Traced::Component { .. }
            | Traced::Gauge(_)
            | Traced::Person(_)
            | Traced::Place(_)
            | Traced::Instruction(..)
            | Traced::Deviation(_)
            | Traced::Permit(_)
            | Traced::Redline(_) => Ok(None),
        }
    }
}
