//! `gemba sync`: exchange facts with the server, once or as a service.

use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::Console;
use crate::app::clock::Monotonic;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::ids::RevisionId;
use crate::domain::stream::Subject;
use crate::sync::protocol::ReceivedRow;

/// How long a release may take to come into effect.
const EFFECT_MS_MAX: u64 = 15_000;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gemba sync\n  gemba sync --watch\n\nWith --watch it runs as a \
                        service until SIGTERM, with nobody signed in. Without it, exit code 3 \
                        means that the server did not answer.\nJSON: waiting"
)]
pub struct SyncArgs {
    /// Keep on exchanging until the program is told to end
    #[arg(long)]
    watch: bool,
}

/// Exchanges facts with the server.
pub fn run(console: &Console, args: SyncArgs) -> Result<Exit, Fault> {
    if args.watch {
        exchange::watch(&console.config.home, &console.clock)?;
        return Ok(Exit::Done);
    }
    let exchanged = exchange::once(&console.config.home, &console.clock)?;
    if exchanged.is_none() {
        console.printer.line("another process of this station exchanges facts all the time");
    }
    let waiting = console.reader()?.ledger.waiting()?;
    console.printer.line(format!("{waiting} waiting"));
    console.printer.value(&json!({ "waiting": waiting }));
    Ok(Exit::Done)
}

/// Asks which stations have what was last said of a revision.
pub fn received(
    console: &Console,
    subject: &Subject,
    revision: &RevisionId,
) -> Result<Vec<ReceivedRow>, Fault> {
    let asked = (subject, revision);
    exchange::received(&console.config.home, &console.clock, asked)?.ok_or_else(|| {
        Fault::refused(
            format!("the server has accepted nothing about {subject} rev {revision}"),
            "it was not released, or was not judged yet",
        )
        .next("gemba sync, then ask again")
    })
}

/// Exchanges facts until something has come into effect here.
pub fn until(
    console: &Console,
    reached: impl Fn(&Station) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let since = Monotonic::start();
    loop {
        exchange::once(&console.config.home, &console.clock).map_err(|fault| {
            fault.next("the approval is saved; it takes effect once the server has judged it")
        })?;
        if reached(&console.reader()?)? {
            return Ok(());
        }
        if since.ms() > EFFECT_MS_MAX {
            return Err(Fault::no_answer(
                "the server has not judged the release yet",
                "it is saved",
            )
            .next("gemba sync, later"));
        }
        thread::sleep(Duration::from_millis(100));
    }
}
