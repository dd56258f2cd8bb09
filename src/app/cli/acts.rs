//! What every command that writes does: prove, decide, save, and say so.

use serde_json::{Value, json};

use super::Console;
use super::signer::{Signer, SignerArgs};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::{Fact, Position};
use crate::domain::stream::Subject;

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

/// Shows what is signed before the PIN is asked for, a name and what it is a line.
pub fn show_signed(console: &Console, rows: &[(&str, String)]) {
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        console.printer.to_signer(format!("{name:<12} {value}"));
    }
}

/// What got a number with these facts: what it is, and the number.
fn numbers(station: &Station, saved: &[Position]) -> Vec<(&'static str, String)> {
    let facts = saved.iter().filter_map(|position| {
        let written = station.ledger.written(position).ok().flatten()?;
        Fact::read(&written.bytes).ok()
    });
    facts.filter_map(|fact| begun(&fact)).collect()
}

/// The number that a fact gave something.
fn begun(fact: &Fact) -> Option<(&'static str, String)> {
    match (&fact.subject, fact.body.kind()) {
        (Subject::Deviation(id), "DeviationRaised") => Some(("deviation", id.to_string())),
        (Subject::Permit(id), "PermitProposed") => Some(("permit", id.to_string())),
        (Subject::Help(id), "HelpCalled") => Some(("call", id.to_string())),
        (Subject::Handover(id), "HandoverGiven") => Some(("handover", id.to_string())),
        (Subject::Redline(id), "RedlineProposed") => Some(("redline", id.to_string())),
        (_, _) => None,
    }
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
    for (name, number) in numbers(station, saved) {
        console.printer.line(format!("its number: {number}"));
        more[name] = json!(number);
    }
    if waiting > 0 {
        console.printer.line(format!("{waiting} not at the server yet"));
    }
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    more["saved"] = json!(what);
    more["facts"] = json!(facts);
    more["waiting"] = json!(waiting);
    console.printer.value(&more);
}
