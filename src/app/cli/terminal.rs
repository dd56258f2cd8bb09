//! `gemba` without a command: the terminal on this station.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc;

use clap::Args;

use super::Console;
use crate::app::clock::Monotonic;
use crate::app::config::{Config, PlaceTold, Screens};
use crate::app::display::FullScreen;
use crate::app::escalation;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::gauge_line;
use crate::app::printer::Printer;
use crate::app::screens;
use crate::app::session::{ENDS_WITHIN, Ended, Session, Trouble};
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::intake::intake;
use crate::app::terminal::line_tty::LineTty;
use crate::app::terminal::lines::{Lines, LinesKind};
use crate::app::terminal::pump::SharedFocus;
use crate::app::terminal::tty::{Tty, dump_no_core};
use crate::app::themes;
use crate::domain::ids::{PlaceId, TerminalId};
use crate::ui::message::Message;
use crate::ui::page::PAGE;
use crate::ui::speech::tell_in;
use crate::ui::terminal_kind::ColorLevel;

/// How the screens are shown, whatever the terminal says of itself.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ShownArgs {
    /// Screens of ASCII alone
    #[arg(long, conflicts_with = "plain")]
    ascii: bool,
    /// Lines instead of screens: for screen readers, logs, and terminals that move no cursor
    #[arg(long)]
    plain: bool,
}

impl ShownArgs {
    /// What was asked for.
    pub const fn screens(self) -> Option<Screens> {
        match (self.plain, self.ascii) {
            (true, _) => Some(Screens::Plain),
            (false, true) => Some(Screens::Ascii),
            (false, false) => None,
        }
    }

    /// The settings with what was asked for.
    pub fn over(self, config: &Config) -> Config {
        let mut config = config.clone();
        config.settings.screens = self.screens().or(config.settings.screens);
        config
    }
}

/// What a terminal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever signs in.
    People,
    /// Whoever walks by: the board for a wall, and sign-in behind it.
    Wall,
}

/// Opens the terminal on this station, and keeps the station in touch with its server meanwhile.
pub fn run(
    console: &Console,
    place: Option<&PlaceId>,
    shown: ShownArgs,
    used: For,
) -> Result<Exit, Fault> {
    let config = shown.over(&console.config);
    let told = config.place_told(place)?;
    if let Some(told) = &told {
        console.reader()?.require_place(told)?;
    }
    needs_terminal(&config)?;
    dump_no_core();
    let (store, wanted) = StoreHandle::open(&config, &console.clock)?;
    let exchange = exchange::in_background(&config.home, &console.clock, wanted)?;
    let told_further = escalation::in_background(&config, &console.clock)?;
    let done = at_terminal(&config, &store, told, used, console.printer);
    drop((exchange, told_further));
    done
}

/// Refuses where no person is at a terminal, unless lines will do; and a theme that is not here.
pub fn needs_terminal(config: &Config) -> Result<(), Fault> {
    if config.is_plain_here() {
        return Ok(());
    }
    themes::of(config, ColorLevel::Palette256)?;
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Fault::usage("there is no terminal", "standard input or output is something else")
        .next("run it in a terminal, with --plain, or give a command: gemba --help"))
}

/// Runs one session at the terminal of this process.
pub fn at_terminal(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    used: For,
    printer: Printer,
) -> Result<Exit, Fault> {
    let ended = if config.is_plain_here() {
        in_lines(config, store, told, used)?
    } else {
        full_screen(config, store, told, used)?
    };
    if let Some(stands) = ended.pin {
        let language = config.settings.language.unwrap_or_default();
        printer.remark(tell_in(language, &stands.words()));
    }
    match ended.how {
        Ok(()) => Ok(Exit::Done),
        // A line that dropped took nothing with it: what was saved is saved.
        Err(Trouble::Line(error)) if is_lost(&error) => Ok(Exit::Done),
        Err(Trouble::Line(error)) => Err(failed(error)),
        Err(Trouble::Unkept(why)) => {
            let (why, next) = why.split_once(" → ").unwrap_or((&why, "type it again"));
            Err(Fault::cannot("what was typed last is not kept", why).next(next))
        }
    }
}

fn failed(error: io::Error) -> Fault {
    Fault::cannot("the terminal cannot be used", error)
}

/// A session on a whole screen.
fn full_screen(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    used: For,
) -> Result<Ended, Fault> {
    let mut tty = Tty::of_process().map_err(failed)?;
    let (columns, rows) = tty.size();
    let kind = config.terminal_kind(columns, rows);
    let (sender, inbox) = mpsc::channel();
    let (intake, taken) = intake(sender.clone());
    let send = move |input| intake.send_blocking(input);
    tty.start(config.input_rules(kind), Monotonic::start(), send).map_err(failed)?;
    gauges(config, &sender)?;
    let place = told.as_ref().map(|told| told.place.clone());
    let (mut screens, mut begin) = screens::first(config, store, told, kind)?;
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
        ends_within: ENDS_WITHIN,
    };
    let writer = tty.writer().map_err(failed)?;
    let display = FullScreen::new(writer, kind).map_err(failed)?;
    let ended = session.run((sender, inbox), display);
    drop(tty);
    Ok(ended)
}

/// A session in lines.
fn in_lines(
    config: &Config,
    store: &StoreHandle,
    told: Option<PlaceTold>,
    used: For,
) -> Result<Ended, Fault> {
    let mut tty = LineTty::of_process().map_err(failed)?;
    let (columns, rows) = PAGE;
    let kind = config.terminal_kind(columns, rows);
    let (sender, inbox) = mpsc::channel();
    let (intake, taken) = intake(sender.clone());
    let (settles, settled) = mpsc::channel();
    let send = move |input| intake.send_blocking(input);
    tty.start(&config.input_rules(kind), settled, send).map_err(failed)?;
    gauges(config, &sender)?;
    let place = told.as_ref().map(|told| told.place.clone());
    let (mut screens, mut begin) = screens::first(config, store, told, kind)?;
    if used == For::Wall {
        begin.extend(screens.show_wall());
    }
    let session = Session {
        screens,
        begin,
        store: store.clone(),
        terminal: terminal_name(),
        place,
        focus: SharedFocus::default(),
        taken: Some(taken),
        settled: Some(settles),
        ends_within: ENDS_WITHIN,
    };
    let (writer, shows) = tty.ends().map_err(failed)?;
    let lines = LinesKind { columns: tty.columns(), utf8: kind.utf8, echo: tty.echo() };
    let ended = session.run((sender, inbox), Lines::new(writer, lines, shows));
    drop(tty);
    Ok(ended)
}

/// Reads the line of the gauges, where one is set.
fn gauges(config: &Config, sender: &mpsc::Sender<Message>) -> Result<(), Fault> {
    let Some(line) = config.gauge_line() else { return Ok(()) };
    let values = sender.clone();
    let send = move |input| values.send(Message::Input(input)).is_ok();
    gauge_line::in_background(line, gauge_line::AGAIN_AFTER, send)
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
