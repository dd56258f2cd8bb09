//! `gemba station recover`: how a restored or copied store stands to the server, and its way back.

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::ledger::recover::Recovered;
use crate::sync::client::recover::Stand;

#[derive(Debug, Args)]
pub struct RecoverArgs {
    /// This machine goes on as the station; every other one with a copy of its store may write no more
    #[arg(long, conflicts_with = "as_new")]
    take_over: bool,
    /// This machine goes on as another station, enrolled with this code
    #[arg(long, value_name = "CODE")]
    as_new: Option<String>,
    /// Why, for the record: such as "disk died, restored from Sunday's backup"
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Tells how the store stands, or brings it back.
pub fn run(console: &Console, args: RecoverArgs) -> Result<Exit, Fault> {
    let (home, clock) = (&console.config.home, &console.clock);
    let stand = exchange::stand(home, clock)?;
    let reason = args.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let chosen = args.take_over || args.as_new.is_some();
    if !chosen {
        say_stand(console, &stand);
        return Ok(Exit::Done);
    }
    let Some(reason) = reason else {
        return Err(Fault::usage("no reason was given", "the record says why an epoch was opened")
            .next("gemba station recover … --reason TEXT"));
    };
    let done = match args.as_new {
        Some(code) => exchange::become_new(home, clock, (&code, reason))?,
        None if stand.is_newest() => {
            say_stand(console, &stand);
            return Ok(Exit::Done);
        }
        None => exchange::take_over(home, clock, reason)?,
    };
    say_done(console, &done);
    Ok(Exit::Done)
}

fn say_stand(console: &Console, stand: &Stand) {
    let printer = &console.printer;
    let head = &stand.server.head;
    printer.line(format!(
        "here: epoch {}, {} facts of its own",
        stand.epoch,
        stand.common + stand.only_here
    ));
    printer.line(format!("at the server: epoch {}, {} facts", head.epoch, head.last_seq));
    printer.line(format!(
        "the same in both up to {}; then {} there that are not here, {} here that are not there",
        stand.common, stand.only_there, stand.only_here
    ));
    if stand.server.frozen {
        printer.line("two machines wrote as this station: the server takes nothing more of it");
    }
    if stand.is_newest() {
        printer.line("this store is the newest of its station: there is nothing to bring back");
    } else {
        printer.line(
            "this store was restored from a backup, or its disk was copied. Nothing is lost:",
        );
        printer
            .line("→ this machine is the station: gemba station recover --take-over --reason TEXT");
        printer.line(
            "→ another machine is: gemba station recover --as-new CODE --reason TEXT \
             (a code of: gemba serve code NAME)",
        );
    }
    printer.value(&value(stand));
}

fn value(stand: &Stand) -> Value {
    json!({
        "epoch": stand.epoch, "server_epoch": stand.server.head.epoch,
        "server_seq": stand.server.head.last_seq, "frozen": stand.server.frozen,
        "common": stand.common, "only_there": stand.only_there, "only_here": stand.only_here,
        "newest": stand.is_newest(),
    })
}

fn say_done(console: &Console, done: &Recovered) {
    let printer = &console.printer;
    printer.line(format!("{} facts came back from the server", done.came_back));
    printer.line(format!(
        "{} facts that were saved here alone are kept and said again in epoch {}",
        done.carried, done.epoch
    ));
    for (before, now) in &done.renamed {
        printer.line(format!("{before} is {now} now: another one has its old number"));
    }
    printer.line("→ gemba sync, and begin the terminals of this machine anew");
    printer.value(&json!({
        "epoch": done.epoch, "came_back": done.came_back, "carried": done.carried,
        "renamed": done.renamed,
    }));
}
