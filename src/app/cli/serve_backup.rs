//! `gemba serve backup|restore`: a whole server set aside in a folder, and brought back from one.

use std::path::Path;

use serde_json::json;

use super::Console;
use super::serve::place_of;
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::StationId;
use crate::server::backup::{Restored, backup, restore};
use crate::server::home::Home;
use crate::views::signature::minute;

/// Sets the server aside in a folder.
pub(super) fn set_aside(console: &Console, home: &Home, to: &Path) -> Result<Exit, Fault> {
    let copied = backup(home, to, console.clock.now())?;
    let (facts, rows) = (copied.facts, copied.rows);
    console.printer.line(format!("{facts} facts, {rows} rows set aside in {}", to.display()));
    console.printer.value(&json!({ "facts": facts, "rows": rows }));
    Ok(Exit::Done)
}

/// Brings the server back from a folder, and says which stations may write and read again.
pub(super) fn bring_back(console: &Console, home: &Home, from: &Path) -> Result<Exit, Fault> {
    let Restored { copied, made, stations } = restore(from, home)?;
    let as_of = match made {
        Some(made) => format!("as of {}", minute(made)),
        None => "as of a moment that the backup does not say".to_owned(),
    };
    let (line, place) = (|text| console.printer.line(text), place_of(home));
    line(format!("{} facts brought back into {place}, {as_of}", copied.facts));
    let names: Vec<&str> = stations.iter().map(StationId::as_str).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    line(format!("stations that may write and read: {names}"));
    line("→ gemba serve revoke STATION, again for each that was revoked after that".to_owned());
    line("→ gemba serve; stations give back what came after the backup".to_owned());
    console.printer.value(&json!({
        "facts": copied.facts, "rows": copied.rows, "made": made, "stations": stations,
    }));
    Ok(Exit::Done)
}
