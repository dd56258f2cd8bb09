//! The real terminal: raw mode and full screen while it is open, and as it was afterward, however
//! the program ends.

use std::io::{self, Write as _};
use std::mem;
use std::os::fd::{AsFd, OwnedFd};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::termios::{self, OptionalActions, Termios};

use crate::app::clock::Monotonic;
use crate::app::terminal::input::{InputParser, InputRules};
use crate::app::terminal::outlet::Outlet;
use crate::app::terminal::pump::{Pump, SharedFocus, Signals};
use crate::app::terminal::typed::Parser;
use crate::ui::input::Input;
use crate::ui::terminal_kind::window;

/// No core is dumped from now on: PINs pass through the memory of whoever serves a terminal.
pub fn dump_no_core() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // A system that refuses to allow less has none to give.
    setrlimit(Resource::Core, none).unwrap_or_default();
}

/// Alternate screen, plain pen, blank, numeric keypad, bracketed paste, no cursor.
pub const ENTER: &[u8] = b"\x1b[?1049h\x1b[m\x1b[2J\x1b>\x1b[?2004h\x1b[?25l";
/// The reverse; a terminal without alternate screen is left blank. What was sent in part, such as a
/// picture, is ended first. A picture that is left goes when the alternate screen is next entered.
pub const LEAVE: &[u8] = b"\x1b\\\x1b[?2026l\x1b[?2004l\x1b[m\x1b[H\x1b[J\x1b[?25h\x1b[?1049l";

/// A line that takes nothing for so long is left as it is.
const LEAVE_MS_MAX: u64 = 500;

/// An open terminal; dropping it ends its input thread and restores it.
#[derive(Debug)]
pub struct Tty {
    input: OwnedFd,
    output: OwnedFd,
    outlet: Outlet,
    screen: Arc<Screen>,
    signals: Signals,
    focus: SharedFocus,
    pump: Option<JoinHandle<()>>,
}

/// What has to be put back, once.
#[derive(Debug)]
struct Screen {
    input: OwnedFd,
    outlet: Outlet,
    before: Termios,
    restored: AtomicBool,
}

impl Screen {
    /// Does what it can: on a line that has dropped, or takes nothing, nothing can be restored.
    fn restore(&self) {
        if self.restored.swap(true, Ordering::SeqCst) {
            return;
        }
        let leaves = self.outlet.beside();
        drop(leaves.and_then(|mut leaves| leaves.write_within(LEAVE, LEAVE_MS_MAX)));
        let _ = termios::tcsetattr(&self.input, OptionalActions::Now, &self.before);
    }
}

impl Tty {
    /// Opens the terminal on standard input and output; fails if either is something else.
    pub fn of_process() -> io::Result<Self> {
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Self::open(input, output)
    }

    pub fn open(input: OwnedFd, output: OwnedFd) -> io::Result<Self> {
        if !termios::isatty(&output) {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let before = termios::tcgetattr(&input)?;
        let mut raw = before.clone();
        raw.make_raw();
        let outlet = Outlet::of(&output)?;
        let screen = Arc::new(Screen {
            input: input.try_clone()?,
            outlet: outlet.beside()?,
            before,
            restored: AtomicBool::new(false),
        });
        let signals = Signals::register()?;
        restore_on_panic(Arc::downgrade(&screen));
        let focus = SharedFocus::default();
        // From here on, dropping it restores.
        let mut tty = Self { input, output, outlet, screen, signals, focus, pump: None };
        termios::tcsetattr(&tty.input, OptionalActions::Now, &raw)?;
        tty.outlet.write_all(ENTER)?;
        Ok(tty)
    }

    /// Columns and rows of the window; 80 by 24 where the line does not tell (a serial line).
    pub fn size(&self) -> (u16, u16) {
        window_size(&self.output).unwrap_or_else(|| window(0, 0))
    }

    /// Where frames are written, behind what was sent when it was opened.
    pub fn writer(&mut self) -> io::Result<Outlet> {
        let beside = self.outlet.beside()?;
        Ok(mem::replace(&mut self.outlet, beside))
    }

    /// By which the session says what a character does on its screen.
    pub fn focus(&self) -> SharedFocus {
        self.focus.clone()
    }

    /// Starts the thread that sends input until `send` answers false; the last is [`Input::Lost`].
    pub fn start(
        &mut self,
        rules: InputRules,
        clock: Monotonic,
        send: impl FnMut(Input) -> bool + Send + 'static,
    ) -> io::Result<()> {
        let parser = Parser::Keys(Box::new(InputParser::new(rules)));
        let input = self.input.try_clone()?;
        let pump = Pump::new(input, parser, clock, self.focus.clone(), &self.signals)?;
        let thread = thread::Builder::new().name("terminal input".to_owned());
        self.pump = Some(thread.spawn(move || pump.run(send))?);
        Ok(())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.signals.stop();
        if let Some(pump) = self.pump.take() {
            // If it panicked, the hook has said so already.
            drop(pump.join());
        }
        self.screen.restore();
    }
}

pub(super) fn window_size(terminal: impl AsFd) -> Option<(u16, u16)> {
    let size = termios::tcgetwinsize(terminal).ok()?;
    let told = size.ws_col > 0 && size.ws_row > 0;
    told.then(|| window(size.ws_col.into(), size.ws_row.into()))
}

/// Puts the terminal back before the message of a panic is printed, so that it can be read.
fn restore_on_panic(screen: Weak<Screen>) {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if let Some(screen) = screen.upgrade() {
            screen.restore();
        }
        previous(panic);
    }));
}
