//! `gemba demo`: for people at a terminal, or headless with a script.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Console;
use super::terminal::{self, For};
use crate::app::demo::found::Demo;
use crate::app::demo::play;
use crate::app::demo::script;
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::tty::dump_no_core;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba demo\n  gemba demo --dir /tmp/plant\n  gemba demo \
                        --headless --script fixtures/shift.keys\n\nDIR/station is a GEMBA_HOME \
                        for every other command, DIR/server the server's folder. A script has a \
                        line each: key NAME, type TEXT, scan TEXT, expect TEXT, absent TEXT, \
                        patience 45 s (what is expected may take so long from there on; two minutes where none is said), screen NAME, terminal NAME, station CODE PLACE (alone: back \
                        to the demo's own), offline, online (with a CODE: that station alone), clock +21 min, size 80x24, include FILE \
                        NAME=VALUE (its lines, with values for $NAME).\nIt ends with \
                        one JSON line: facts, readings, failing, deviations, at_server, waiting, \
                        units_finished, first_pass, on_hold, screens, expected, last_ms (how long the last expectation took). Exit code 1 where \
                        an expectation fails.")]
pub struct DemoArgs {
    /// Keep the plant in this folder; without it, nothing is kept
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Where the server of a new plant listens on this machine; port 0 is whichever is free
    #[arg(long, value_parser = of_this_machine, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Without a person: keys come from a script
    #[arg(long, requires = "script")]
    headless: bool,
    /// The script
    #[arg(long, value_name = "FILE", requires = "headless")]
    script: Option<PathBuf>,
    /// Write the pictures of `screen NAME` into this folder
    #[arg(long, value_name = "DIR", requires = "script")]
    screens: Option<PathBuf>,
    /// What the terminals of the script are, as TERM names them
    #[arg(long, value_name = "NAME", requires = "script", default_value = "xterm-256color")]
    term: String,
    #[command(flatten)]
    shown: terminal::ShownArgs,
}

/// Its people and PINs are known to everybody: nobody reaches it from elsewhere.
fn of_this_machine(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "write it as 127.0.0.1:7420".to_owned())?;
    let is_ours = address.ip().is_loopback();
    is_ours.then_some(address).ok_or_else(|| "a demo is for this machine alone".to_owned())
}

/// Runs the demo.
pub fn run(console: &Console, args: DemoArgs) -> Result<Exit, Fault> {
    let Some(file) = &args.script else {
        let config = args.shown.over(&console.config);
        terminal::needs_terminal(&config)?;
        dump_no_core();
        let demo = Demo::open(&console.config, &console.clock, args.dir, args.listen)?;
        let config = args.shown.over(&demo.config);
        let (store, wanted) = StoreHandle::open(&config, &demo.clock)?;
        let exchange = exchange::in_background(&demo.config.home, &demo.clock, wanted)?;
        let told_further = escalation::in_background(&demo.config, &demo.clock)?;
        let told = demo.config.place_told(None)?;
        let done = terminal::at_terminal(&config, &store, told, For::People, console.printer);
        drop((store, exchange, told_further));
        return done;
    };
    let acts = script::read(file)?;
    let demo = Demo::open(&console.config, &console.clock, args.dir, args.listen)?;
    play::run(console, demo, &acts, (&args.term, args.screens))
}
