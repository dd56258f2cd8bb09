//! What every command that writes does: prove, decide, save, and say so.

use serde_json::{Value, json};

use super::Console;
use super::signer::{Signer, SignerArgs};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Position;

/// Proves the signer, saves one command, and says that it is saved.
pub fn act(
    console: &Console,
    signer: &SignerArgs,
    what: &str,
    command: impl FnOnce(&Signer) -> Command,
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let command = command(&signer);
    let saved = station.transact(&signer.acting, command)?;
    say_saved(console, &station, what, &saved);
    Ok(Exit::Done)
}

/// Says that facts are durable here, and how many wait for the server.
pub fn say_saved(console: &Console, station: &Station, what: &str, saved: &[Position]) {
    say_saved_with(console, station, (what, saved), json!({}));
}

/// As [`say_saved`], with more for programs.
pub fn say_saved_with(
    console: &Console,
    station: &Station,
    (what, saved): (&str, &[Position]),
    mut more: Value,
) {
    let waiting = station.ledger.waiting().unwrap_or(0);
    console.printer.line(format!("saved: {what}"));
    if waiting > 0 {
        console.printer.line(format!("{waiting} not at the server yet"));
    }
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    more["saved"] = json!(what);
    more["facts"] = json!(facts);
    more["waiting"] = json!(waiting);
    console.printer.value(&more);
}
