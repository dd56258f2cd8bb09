//! `gemba store`: rebuild, check, backup.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::ledger::rebuild::Progress;

#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Make the read models anew from the facts; the old ones are readable meanwhile
    #[command(after_help = "Example: gemba store rebuild")]
    Rebuild,
    /// Check the file, and that the read models say what the facts say
    #[command(after_help = "Example: gemba store check --json\n\nJSON: facts, integrity, models. \
                            Exit code 4 if anything is wrong.")]
    Check,
    /// Copy the store while it is used
    #[command(after_help = "Example: gemba store backup /media/usb/hp1.db")]
    Backup {
        /// Where to
        file: PathBuf,
    },
}

/// Runs a command about the store.
pub fn run(console: &Console, command: StoreCommand) -> Result<Exit, Fault> {
    match command {
        StoreCommand::Rebuild => rebuild(console),
        StoreCommand::Check => check(console),
        StoreCommand::Backup { file } => {
            Err(super::board::not_built(&format!("a backup to {}", file.display())))
        }
    }
}

fn rebuild(console: &Console) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let mut facts = 0;
    station.ledger.rebuild(&mut |at| {
        facts = at.total;
        show(console, "rebuilt", at);
    })?;
    console.printer.progress_ends();
    console.printer.line(format!("read models made anew from {facts} facts"));
    console.printer.value(&json!({ "facts": facts }));
    Ok(Exit::Done)
}

fn check(console: &Console) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let report = station.ledger.check(&mut |at| show(console, "checked", at))?;
    console.printer.progress_ends();
    let clean = report.integrity.is_empty() && report.models.is_empty();
    console.printer.value(&json!({
        "facts": report.facts, "integrity": report.integrity, "models": report.models,
    }));
    console.printer.line(format!("{} facts", report.facts));
    for line in &report.integrity {
        console.printer.line(format!("damaged: {line}"));
    }
    for (table, more, less) in &report.models {
        console.printer.line(format!("{table}: {more} rows too many, {less} missing"));
    }
    if !report.integrity.is_empty() {
        return Err(Fault::damaged("the store is damaged", "")
            .next("keep a copy of the file and restore the last backup"));
    }
    if !clean {
        return Err(
            Fault::damaged("read models differ from the facts", "").next("gemba store rebuild")
        );
    }
    console.printer.line("clean");
    Ok(Exit::Done)
}

fn show(console: &Console, done: &str, at: Progress) {
    console.printer.progress(format!("{done} {} of {} facts", at.done, at.total));
}
