//! `gemba station`: enroll, recover, show.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::recover::RecoverArgs;
use super::{Console, by_file, recover, rows};
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::domain::stream::{StreamState, Subject};
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum StationCommand {
    /// Enroll this station at a plant server, with a code that works once
    #[command(after_help = "Example: gemba station enroll https://192.0.2.7:7420 --code \
                            7GQ2-… --authority plant-ca.pem")]
    Enroll {
        /// The server's address
        url: String,
        /// The one-time code
        #[arg(long)]
        code: String,
        /// The certificate of the plant's authority, except on loopback
        #[arg(long, value_name = "FILE")]
        authority: Option<PathBuf>,
    },
    /// Bring back a store that was restored from a backup, or copied to another machine
    #[command(
        after_help = "Examples:\n  gemba station recover\n  gemba station recover --take-over \
                            --reason \"disk died, restored\"\n\nWithout --take-over or --as-new \
                            it tells how the store stands to the server and changes nothing.\n\
                            JSON: epoch, server_epoch, server_seq, frozen, common, only_there, \
                            only_here, newest; after it was brought back: epoch, came_back, \
                            carried, renamed"
    )]
    Recover(RecoverArgs),
    /// Begin a station that was just enrolled by a file that the server wrote
    #[command(
        after_help = "Example: gemba station seed /media/stick/hp3.seed\n\nOver the line a new \
                            station fetches the same by itself. Orders that are over are left out, \
                            and come whole when anything of them does.\nJSON: facts"
    )]
    Seed {
        /// What `gemba serve seed` wrote
        file: PathBuf,
    },
    /// Show what this station is
    #[command(after_help = "Example: gemba station show --json\n\nJSON: station, ledger, epoch, \
                            site, server, demo, saved, at_server, waiting, feeds, locked")]
    Show,
}

/// Runs a command about this station.
pub fn run(console: &Console, command: StationCommand) -> Result<Exit, Fault> {
    match command {
        StationCommand::Enroll { url, code, authority } => {
            let enrolled = exchange::enroll(&console.config.home, (&url, &code), authority, false)?;
            console.printer.line(format!("enrolled as {enrolled} at {url}"));
            console.printer.value(&json!({ "station": enrolled, "server": url }));
            Ok(Exit::Done)
        }
        StationCommand::Recover(args) => recover::run(console, args),
        StationCommand::Seed { file } => by_file::begin(console, &file),
        StationCommand::Show => show(console),
    }
}

fn show(console: &Console) -> Result<Exit, Fault> {
    let station = console.station()?;
    let identity = station.ledger.identity().clone();
    let Answer::Sync(view) = station.answer(&Query::Sync)? else { return Err(rows::mixed_up()) };
    console.printer.line(format!("station {}  ledger {}", identity.station, identity.ledger));
    console.printer.line(format!("site {}", rows::or_dash(identity.site.as_ref())));
    console.printer.line(format!("server {}", rows::or_dash(identity.server.as_ref())));
    console.printer.line(format!(
        "{} facts saved, {} at server, {} waiting",
        view.last_seq, view.at_server, view.link.waiting
    ));
    for (feed, position) in &view.feeds {
        console.printer.line(format!("feed {feed} at {position}"));
    }
    let here = Subject::Station(identity.station.clone());
    let StreamState::Station(state) = station.ledger.stream(&here)?.stream.state else {
        return Err(rows::mixed_up());
    };
    let locks = state.locks(&station.moment());
    for (terminal, seconds) in &locks {
        let what =
            terminal.as_ref().map_or("every terminal".to_owned(), |at| format!("terminal {at}"));
        console
            .printer
            .line(format!("{what} takes no badge for {seconds} s → a supervisor signs in there"));
    }
    let locked: Vec<_> = locks
        .iter()
        .map(|(terminal, seconds)| json!({ "terminal": terminal, "seconds": seconds }))
        .collect();
    console.printer.value(&json!({
        "station": identity.station, "ledger": identity.ledger, "epoch": identity.epoch,
        "site": identity.site, "server": identity.server, "demo": identity.demo,
        "saved": view.last_seq, "at_server": view.at_server, "waiting": view.link.waiting,
        "feeds": view.feeds, "locked": locked,
    }));
    Ok(Exit::Done)
}
