//! Notes when somebody set the wall clock while the machine ran (R11, R15).

use rusqlite::Connection;

use crate::domain::moment::{CLOCK_STEP_MS, Moment};

use super::error::LedgerError;
use super::store::{meta, put_meta};

/// By how much the wall clock was ahead of the time since the start, and in which start.
const AHEAD: &str = "clock_ahead";

/// By how much the wall clock was set since the last act of this start of the machine, where that
/// is more than clocks differ by themselves. Each setting is told once.
pub(super) fn stepped(connection: &Connection, now: &Moment) -> Result<Option<i64>, LedgerError> {
    let ahead_ms = now.ahead_ms();
    let before = meta(connection, AHEAD)?;
    let before = before.as_deref().and_then(|text| text.split_once(' '));
    let before = before.filter(|(_, boot)| *boot == now.boot.as_str());
    let before = before.and_then(|(ms, _)| ms.parse::<i64>().ok());
    let by_ms = before.map(|before| ahead_ms.saturating_sub(before));
    if by_ms.is_some_and(|by| by.abs() <= CLOCK_STEP_MS) {
        return Ok(None);
    }
    put_meta(connection, AHEAD, &format!("{ahead_ms} {}", now.boot))?;
    Ok(by_ms)
}
