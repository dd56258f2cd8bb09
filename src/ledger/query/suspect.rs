//! What failed checks make suspect, each range with its units (R16).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::Position;
use crate::domain::natural::natural;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::state::TravelerState;
use crate::domain::traveler::suspect::{HeldStanding, RangeBegan, Suspected};
use crate::ledger::error::LedgerError;
use crate::views::suspect::{SuspectRange, SuspectUnit};

use super::{Asked, get, id_in, some_id};

impl Asked<'_> {
    /// Every range of which something is held, or every one that ever was.
    pub(super) fn suspects(self, all: bool) -> Result<Vec<SuspectRange>, LedgerError> {
        let which = if all {
            ""
        } else {
            "WHERE s.failed IN (SELECT failed FROM suspect_row
                 WHERE standing IN ('untouched', 'raised'))"
        };
        self.ranges(which, [])
    }

    /// What one failed check makes suspect.
    pub(super) fn suspect_range(self, failed: &Position) -> Result<Vec<SuspectRange>, LedgerError> {
        self.ranges("WHERE s.failed = ?1", [failed.to_string()])
    }

    fn ranges(
        self,
        which: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<SuspectRange>, LedgerError> {
        let sql = format!(
            "SELECT s.position, s.standing, s.body, t.order_id, t.unit, t.ended, t.hold_deviation,
                    t.finished_ms, t.operation, t.last_place, t.shipped_ms
             FROM suspect_row s JOIN traveler_row t ON t.subject = s.subject {which}"
        );
        let mut ranges: BTreeMap<Position, (Suspected, Vec<SuspectUnit>)> = BTreeMap::new();
        let rows = self.rows(&sql, values, |row| {
            let (position, standing): (String, String) =
                (get(row, "position")?, get(row, "standing")?);
            let wrong = || LedgerError::damaged("a hold of a suspect unit is not readable");
            let body: String = get(row, "body")?;
            let suspected: Suspected = serde_json::from_str(&body).map_err(|_| wrong())?;
            let unit = SuspectUnit {
                traveler: TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? },
                hold: Position::parse(&position).ok_or_else(wrong)?,
                standing: HeldStanding::parse(&standing).ok_or_else(wrong)?,
                deviation: get(row, "hold_deviation")?,
                ended: get(row, "ended")?,
                finished: get::<Option<i64>>(row, "finished_ms")?.is_some(),
                shipped: get::<Option<i64>>(row, "shipped_ms")?.is_some(),
                operation: get(row, "operation")?,
                last_place: some_id(row, "last_place")?,
            };
            Ok((suspected, unit))
        })?;
        for (suspected, unit) in rows {
            let range = ranges.entry(suspected.failed.clone());
            range.or_insert_with(|| (suspected, Vec::new())).1.push(unit);
        }
        ranges.into_values().map(|(suspected, units)| self.range(suspected, units)).collect()
    }

    /// How many units are held for the failing readings of a unit.
    pub(super) fn made_suspect(self, state: &TravelerState) -> Result<usize, LedgerError> {
        let mut units = BTreeSet::new();
        let failing = state.open_holds().flat_map(|(_, hold)| hold.placed.readings.iter());
        for reading in failing {
            let sql = "SELECT subject FROM suspect_row
                       WHERE failed = ?1 AND standing IN ('untouched', 'raised')";
            let held: Vec<String> =
                self.rows(sql, [reading.to_string()], |row| get(row, "subject"))?;
            units.extend(held);
        }
        Ok(units.len())
    }

    fn range(
        self,
        suspected: Suspected,
        mut units: Vec<SuspectUnit>,
    ) -> Result<SuspectRange, LedgerError> {
        units.sort_by(|a, b| {
            let by_number = natural(&a.traveler.to_string(), &b.traveler.to_string());
            by_number.then_with(|| a.hold.cmp(&b.hold))
        });
        let (mut good_by, mut good_at) = (None, None);
        match &suspected.since {
            RangeBegan::Good { by, when, .. } => {
                (good_by, good_at) = (Some(self.name(by.as_ref())?), Some(*when));
            }
            RangeBegan::Never => {}
        }
        Ok(SuspectRange {
            since: suspected.since.words(&suspected.name),
            failed: suspected.failed,
            unit: suspected.unit,
            name: suspected.name,
            value: suspected.value,
            place: suspected.place,
            counter: suspected.counter,
            good_by,
            good_at,
            units,
        })
    }
}
