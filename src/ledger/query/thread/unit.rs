//! How a unit stands now, from its row alone.

use rusqlite::Row;

use crate::domain::ids::{PartId, PlaceId};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traced::Traced;
use crate::domain::understood::{BECOMES, HELD, not_valid as why_not_valid, understood};
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::views::signature::minute;

use super::super::{Asked, get, moment_in, some_id};

/// Where a unit is.
#[derive(Debug, Clone)]
pub(in crate::ledger::query) struct UnitNow {
    pub(in crate::ledger::query) part: Option<PartId>,
    pub(in crate::ledger::query) standing: Words,
    pub(in crate::ledger::query) place: Option<PlaceId>,
    pub(in crate::ledger::query) operation: Option<u32>,
    pub(in crate::ledger::query) begun: bool,
    pub(in crate::ledger::query) finished: bool,
    pub(in crate::ledger::query) ended: Option<String>,
    pub(in crate::ledger::query) shipped: bool,
}

impl Asked<'_> {
    /// How a thing stands, where it is a unit.
    pub(super) fn standing_of(self, of: &Traced) -> Result<Option<Words>, LedgerError> {
        let Traced::Unit(unit) = of else { return Ok(None) };
        Ok(Some(self.unit_now(unit)?.standing))
    }

    /// A unit as its row says it; with nothing known where it has none.
    pub(super) fn unit_now(self, unit: &TravelerId) -> Result<UnitNow, LedgerError> {
        let sql = "SELECT part, operation, operation_name, work_center, last_place, started_ms,
                finished_ms, ended, hold_why, shipped_ms, certificate, not_valid
            FROM traveler_row WHERE subject = ?1";
        let subject = Subject::Traveler(unit.clone()).to_string();
        let found = self.rows(sql, [subject], now)?;
        Ok(found.into_iter().next().unwrap_or_else(|| UnitNow {
            part: None,
            standing: words!("not known here"),
            place: None,
            operation: None,
            begun: false,
            finished: false,
            ended: None,
            shipped: false,
        }))
    }
}

pub(in crate::ledger::query) fn now(row: &Row<'_>) -> Result<UnitNow, LedgerError> {
    let ended: Option<String> = get(row, "ended")?;
    let hold: Option<String> = get(row, "hold_why")?;
    let finished = get::<Option<i64>>(row, "finished_ms")?.is_some();
    let begun = get::<Option<i64>>(row, "started_ms")?.is_some();
    let operation: Option<u32> = get(row, "operation")?;
    let way = match (operation, finished, begun) {
        (_, true, _) => words!("finished"),
        (_, false, false) => words!("not begun"),
        (None, false, true) => words!("begun"),
        (Some(operation), false, true) => {
            let operation = format!("{operation} {}", get::<String>(row, "operation_name")?);
            words!("at operation {operation}", operation = operation.trim_end())
        }
    };
    let shipped = moment_in(row, "shipped_ms")?;
    let certificate: Option<String> = get(row, "certificate")?;
    let not_valid: Option<String> = get(row, "not_valid")?;
    let way = match (shipped, &certificate, not_valid) {
        (Some(at), Some(certificate), None) => {
            words!("shipped {when}, certificate {certificate}", when = minute(at), certificate)
        }
        // Why is told as the hold, where it is one.
        (Some(at), Some(certificate), Some(_)) if hold.is_some() => words!(
            "shipped {when}, then certificate {certificate} not valid",
            when = minute(at),
            certificate
        ),
        (Some(at), Some(certificate), Some(why)) => words!(
            "shipped {when}, then certificate {certificate} not valid: {why}",
            when = minute(at),
            certificate,
            why => why_not_valid(&why)
        ),
        (_, _, _) => way,
    };
    let standing = match (&ended, hold) {
        (Some(how), _) => understood(how, BECOMES),
        (None, Some(why)) => {
            words!("{way}, on hold: {why}", way => way, why => understood(&why, HELD))
        }
        (None, None) => way,
    };
    Ok(UnitNow {
        part: some_id(row, "part")?,
        standing,
        place: some_id(row, "last_place")?,
        operation: operation.filter(|_| !finished),
        begun,
        finished,
        ended,
        shipped: shipped.is_some(),
    })
}
