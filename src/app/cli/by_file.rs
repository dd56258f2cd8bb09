//! The exchange by file, for a place that no line reaches: `gemba sync --to`, `gemba serve take`,
//! `gemba sync --from`.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::Console;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::StationId;
use crate::server::by_file;
use crate::server::home::Home;
use crate::sync::client::by_file::Brought;
use crate::sync::parcel::Told;
use crate::sync::protocol::PageOutcome;

/// Writes what is not at the server.
pub(super) fn to(console: &Console, file: &Path) -> Result<Exit, Fault> {
    let written = exchange::to_file(&console.config.home, &console.clock, file)?;
    let waiting = console.reader()?.ledger.waiting()?;
    let (facts, blobs) = (written.facts, written.blobs);
    console.printer.line(format!("{facts} facts, {blobs} blobs in {}", file.display()));
    console.printer.line(format!(
        "→ gemba serve take {} --answer FILE, at the server; they wait here until its answer is back",
        file.display()
    ));
    console.printer.value(&json!({ "facts": facts, "blobs": blobs, "waiting": waiting }));
    Ok(Exit::Done)
}

/// Takes the server's answer.
pub(super) fn from(console: &Console, file: &Path) -> Result<Exit, Fault> {
    let brought = exchange::from_file(&console.config.home, file)?;
    let waiting = console.reader()?.ledger.waiting()?;
    let Brought { at_server, received, passed_over, blobs, for_another_state, wanted_from } =
        brought;
    let printer = &console.printer;
    printer.line(format!(
        "{at_server} facts more at the server, {received} facts and {blobs} blobs received, {waiting} waiting"
    ));
    if passed_over > 0 {
        printer.line(format!("{passed_over} facts were here already"));
    }
    printer.value(&json!({
        "at_server": at_server, "received": received, "passed_over": passed_over,
        "blobs": blobs, "waiting": waiting, "other_state": for_another_state,
        "wanted_from": wanted_from,
    }));
    for feed in &for_another_state {
        printer.line(format!("{feed}: the file was made for another state of this store"));
    }
    if let Some(seq) = wanted_from {
        printer.line(format!("the server wants this station's facts from {seq} on"));
    }
    if for_another_state.is_empty() && wanted_from.is_none() {
        return Ok(Exit::Done);
    }
    printer.line("→ gemba sync --to FILE, and bring that to the server");
    Ok(Exit::Refused)
}

/// Takes what a station wrote, and writes the answer.
pub(super) fn take(
    console: &Console,
    home: Home,
    (file, answer): (&Path, &Path),
) -> Result<Exit, Fault> {
    let clock = console.clock.clone();
    let clock: crate::server::run::Clock = Arc::new(move || clock.moment());
    let taken = by_file::take(home, (file, answer), &clock)?;
    let printer = &console.printer;
    let (station, new, rows, blobs) = (&taken.station, taken.new, taken.rows, taken.blobs);
    printer.line(format!("{station}: {new} facts are new at the server"));
    let trouble = taken.told.iter().rev().find_map(in_the_way);
    if let Some(trouble) = &trouble {
        printer.line(format!("not all of it was stored: {trouble}"));
    }
    if !taken.judged {
        printer.line("not judged yet; what is accepted later comes with the next answer");
    }
    printer.line(format!("{rows} facts, {blobs} blobs in {}", answer.display()));
    printer.line(format!("→ gemba sync --from {}, at {station}", answer.display()));
    let outcome = taken.told.last().map(|told| &told.answer.outcome);
    printer.value(&json!({
        "station": station, "new": new, "rows": rows, "blobs": blobs, "judged": taken.judged,
        "stored": trouble.is_none(), "outcome": outcome,
    }));
    Ok(if trouble.is_none() { Exit::Done } else { Exit::Refused })
}

/// Writes what a new station begins with.
pub(super) fn seed(
    console: &Console,
    home: Home,
    (station, file): (&StationId, &Path),
) -> Result<Exit, Fault> {
    let clock = console.clock.clone();
    let clock: crate::server::run::Clock = Arc::new(move || clock.moment());
    let facts = by_file::seed(home, (station, file), &clock)?;
    console.printer.line(format!("{facts} facts in {}", file.display()));
    console.printer.line(format!("→ gemba station seed {}, at {station}", file.display()));
    console.printer.value(&json!({ "station": station, "facts": facts }));
    Ok(Exit::Done)
}

/// Begins by what a server wrote.
pub(super) fn begin(console: &Console, file: &Path) -> Result<Exit, Fault> {
    let facts = exchange::seed(&console.config.home, file)?;
    console.printer.line(format!("{facts} facts received; what came since comes with gemba sync"));
    console.printer.value(&json!({ "facts": facts }));
    Ok(Exit::Done)
}

fn in_the_way(told: &Told) -> Option<String> {
    match &told.answer.outcome {
        PageOutcome::Stored => None,
        PageOutcome::Gap { expected } => {
            Some(format!("the server has less than it had, and wants fact {expected} next"))
        }
        PageOutcome::Fork { seq } => Some(format!("another fact {seq} of the station is here")),
        PageOutcome::Fenced { epoch } => Some(format!("epoch {epoch} is in use elsewhere")),
        PageOutcome::Refused { seq, why } => Some(format!("fact {seq}: {why}")),
    }
}
