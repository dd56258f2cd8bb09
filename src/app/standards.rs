//! Standard steps that are released at this station, for sources that include them.

use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::instruction::StandardStep;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::views::definition::is_released;
use crate::views::query::{Answer, Query};

/// Every revision of a standard step that may be included; none where this machine is no station.
pub fn released(config: &Config, clock: &Clock) -> Result<Vec<StandardStep>, Fault> {
    let station = match Ledger::open_reader(&config.home) {
        Ok(ledger) => Station::new(ledger, clock.clone()),
        Err(LedgerError::Absent { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let Answer::Definitions(mut rows) = station.answer(&Query::Definitions)? else {
        return Ok(Vec::new());
    };
    rows.retain(|row| row.what == "instruction" && is_released(&row.standing));
    let mut found = Vec::new();
    for row in rows {
        let Answer::Blob(Some(bytes)) = station.answer(&Query::Blob { hash: row.hash })? else {
            continue;
        };
        // An instruction is no standard step; both are handed in alike.
        found.extend(serde_json::from_slice::<StandardStep>(&bytes).ok());
    }
    Ok(found)
}
