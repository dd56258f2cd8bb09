//! `gemba` without a command: the terminal on this station.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc;

use super::Console;
use crate::app::clock::Monotonic;
use crate::app::config::{Config, PlaceTold};
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::gauge_line;
use crate::app::screens;
use crate::app::session::Session;
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::intake::intake;
use crate::app::terminal::tty::{Tty, dump_no_core};
use crate::domain::ids::{PlaceId, TerminalId};
use crate::ui::message::Message;

/// What a terminal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever signs in.
    People,
    /// Whoever walks by: the board for a wall, and sign-in behind it.
    Wall,
}

/// Opens the terminal on this station, and keeps the station in touch with its server meanwhile.
pub fn run(console: &Console, place: Option<&PlaceId>, used: For) -> Result<Exit, Fault> {
    let told = console.config.place_told(place)?;
    if let Some(told) = &told {
        console.reader()?.require_place(told)?;
    }
    needs_terminal()?;
    dump_no_core();
    let (store, wanted) = StoreHandle::open(&console.config, &console.clock)?;
    let exchange = exchange::in_background(&console.config.home, &console.clock, wanted)?;
    let told_further = escalation::in_background(&console.config, &console.clock)?;
    let done = at_tty(&console.config, &store, told, used);
    drop((exchange, told_further));
    done
}

/// Refuses where no person is at a terminal.
pub fn needs_terminal() -> Result<(), Fault> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Fault::usage("there is no terminal", "standard input or output is something else")
        .next("run it in a terminal, or give a command: gemba --help"))
}

/// Runs one session at the terminal of this process.
pub fn at_tty(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    used: For,
) -> Result<Exit, Fault> {
    let failed = |error: io::Error| Fault::cannot("the terminal cannot be used", error);
    let mut tty = Tty::of_process().map_err(failed)?;
    let (columns, rows) = tty.size();
    let kind = config.terminal_kind(columns, rows);
    let (sender, inbox) = mpsc::channel();
    let (intake, taken) = intake(sender.clone());
    let send = move |input| intake.send_blocking(input);
    tty.start(config.input_rules(), Monotonic::start(), send).map_err(failed)?;
    if let Some(line) = config.gauge_line() {
        let values = sender.clone();
        let send = move |input| values.send(Message::Input(input)).is_ok();
        gauge_line::in_background(line, gauge_line::AGAIN_AFTER, send)?;
    }
    let place = told.as_ref().map(|told| told.place.clone());
    let (mut screens, mut begin) = screens::first(config, store, told, kind);
    if used == For::Wall {
        begin.extend(screens.show_wall());
    }
    let session = Session {
        screens,
        begin,
        store: store.clone(),
        terminal: terminal_name(),
        place,
        focus: tty.focus(),
        taken: Some(taken),
        settled: None,
    };
    let writer = tty.writer().map_err(failed)?;
    let drawn = session.run((sender, inbox), writer, kind);
    drop(tty);
    match drawn {
        Ok(()) => Ok(Exit::Done),
        // A line that dropped took nothing with it: what was saved is saved.
        Err(error) if is_lost(&error) => Ok(Exit::Done),
        Err(error) => Err(failed(error)),
    }
}

fn is_lost(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
        || error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}

/// What facts call this terminal: the name of its device.
fn terminal_name() -> TerminalId {
    let device = rustix::termios::ttyname(io::stdin(), Vec::new()).unwrap_or_default();
    let name = device.to_string_lossy();
    let name = name.trim_start_matches("/dev/").replace('/', "-");
    let named = TerminalId::parse(&name).or_else(|_| TerminalId::parse("terminal"));
    let Ok(named) = named else { unreachable!("a constant id parses") };
    named
}
