//! `gemba store`: rebuild, check, backup.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::domain::prune::Kept;
use crate::ledger::prune::Pruned;
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
    /// Let orders go that are over for long and lie in a backup of the server (R14)
    #[command(
        after_help = "Example: gemba store prune --dry-run\n\nOf each fact its identity and id \
                            stay, so that the ledger proves itself as before. The order comes back \
                            whole when a fact of it comes late, or by gemba sync --order ORDER or \
                            --whole.\n\nJSON: orders, streams, facts, bytes, older_than, dry_run, kept \
                            (not_closed, on_hold, open_deviation, not_shipped, recent, waiting, \
                            not_judged, not_backed_up, referred, not_followed: how many orders stay for \
                            that)"
    )]
    Prune {
        /// Only what is over for so many days; not fewer than the site says
        #[arg(long, value_name = "DAYS")]
        older_than: Option<u32>,
        /// Say what would go; nothing is changed
        #[arg(long)]
        dry_run: bool,
    },
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
        StoreCommand::Prune { older_than, dry_run } => prune(console, older_than, dry_run),
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

fn prune(console: &Console, older_than: Option<u32>, dry_run: bool) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let least = station.ledger.keep_days()?;
    let days = older_than.unwrap_or(least);
    if days < least {
        let why = format!("the site keeps orders for {least} days after they are over");
        return Err(Fault::usage(format!("{days} days are too few"), why).next(
            "a larger number; an administrator changes the rule: gemba site set --keep-days",
        ));
    }
    // A wall clock that was set forward makes no order old.
    let now = station.moment();
    let tell = &mut |at: Progress| {
        console.printer.progress(format!("looked at {} of {} orders", at.done, at.total));
    };
    let pruned = station.ledger.prune((days, &now), dry_run, tell)?;
    console.printer.progress_ends();
    let Pruned { orders, streams, facts, bytes, kept } = &pruned;
    let by_code: BTreeMap<&str, u64> = kept.iter().map(|(why, n)| (why.code(), *n)).collect();
    console.printer.value(&json!({
        "orders": orders, "streams": streams, "facts": facts, "bytes": bytes, "older_than": days,
        "dry_run": dry_run, "kept": by_code,
    }));
    let verb = if dry_run { "would go" } else { "pruned" };
    console.printer.line(format!(
        "{orders} orders {verb}, over for {days} days or more: {streams} streams, {facts} facts, \
         {bytes} bytes"
    ));
    for (why, orders) in kept {
        console.printer.line(format!("{orders} orders stay, {}", why.words()));
    }
    let unknown = station.ledger.pruned_unknown()?;
    if unknown > 0 {
        console.printer.line(format!(
            "what is built into {unknown} units that an earlier version pruned is not known here; the \
             server looks at it"
        ));
    }
    if kept.contains_key(&Kept::NotBackedUp) {
        console.printer.line("→ gemba serve backup FOLDER, at the server; then gemba sync here");
    }
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
