//! Standard input and output as a terminal of lines: a pipe, a file, or a terminal that moves no cursor.
//! Nothing is set but whether what is typed is shown, and that is put back.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::Receiver;
use std::thread::{self, JoinHandle};

use rustix::termios::{self, LocalModes, OptionalActions, Termios};

use crate::app::clock::Monotonic;
use crate::app::terminal::input::InputRules;
use crate::app::terminal::lines::{Echo, Hide};
use crate::app::terminal::outlet::Outlet;
use crate::app::terminal::pump::{Pump, SharedFocus, Signals};
use crate::app::terminal::tty::window_size;
use crate::app::terminal::typed::{LineParser, Parser, Typist};
use crate::ui::input::Input;

/// An open terminal of lines; dropping it ends its input thread and shows again what is typed.
#[derive(Debug)]
pub struct LineTty {
    input: OwnedFd,
    output: OwnedFd,
    shows: Shows,
    signals: Signals,
    pump: Option<JoinHandle<()>>,
}

/// Whether a terminal shows what is typed.
#[derive(Debug)]
pub struct Shows {
    input: OwnedFd,
    /// How it was; none where it is no terminal.
    before: Option<Termios>,
}

impl Shows {
    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { input: self.input.try_clone()?, before: self.before.clone() })
    }
}

impl Hide for Shows {
    fn hide(&mut self, secret: bool) {
        let Some(before) = &self.before else { return };
        let mut modes = before.clone();
        if secret {
            modes.local_modes.remove(LocalModes::ECHO);
        }
        // On a line that has dropped nothing is shown.
        termios::tcsetattr(&self.input, OptionalActions::Now, &modes).unwrap_or_default();
    }
}

impl LineTty {
    /// Opens what standard input and output are.
    pub fn of_process() -> io::Result<Self> {
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Self::open(input, output)
    }

    /// Opens any input and output.
    pub fn open(input: OwnedFd, output: OwnedFd) -> io::Result<Self> {
        let before = termios::tcgetattr(&input).ok();
        let shows = Shows { input: input.try_clone()?, before };
        Ok(Self { input, output, shows, signals: Signals::register()?, pump: None })
    }

    /// Who shows what is typed.
    pub fn echo(&self) -> Echo {
        if self.shows.before.is_some() { Echo::Told } else { Echo::Unknown }
    }

    /// Its width, where it is a terminal that tells.
    pub fn columns(&self) -> Option<u16> {
        window_size(&self.output).map(|(columns, _)| columns)
    }

    /// Where lines are written, and what hides what is typed.
    pub fn ends(&self) -> io::Result<(Outlet, Shows)> {
        Ok((Outlet::of(&self.output)?, self.shows.try_clone()?))
    }

    /// Starts the thread that sends lines until `send` answers false; the last is [`Input::Lost`]. The
    /// next line is sent once the session is done with the one before, which `settled` tells by how
    /// many it has taken.
    pub fn start(
        &mut self,
        rules: &InputRules,
        settled: Receiver<u64>,
        mut send: impl FnMut(Input) -> bool + Send + 'static,
    ) -> io::Result<()> {
        let typist = if self.shows.before.is_some() { Typist::Terminal } else { Typist::Pipe };
        let parser = Parser::Lines(LineParser::new(rules, typist));
        let input = self.input.try_clone()?;
        let focus = SharedFocus::default();
        let pump = Pump::new(input, parser, Monotonic::start(), focus, &self.signals)?;
        let mut passed_on = 0;
        let send = move |input| {
            // Lines have no window: where they break is for whoever writes them.
            if matches!(input, Input::Resize { .. }) {
                return true;
            }
            // The first line waits for the first page.
            if passed_on == 0 && settled.recv().is_err() {
                return false;
            }
            passed_on += 1;
            send(input) && settled.iter().any(|taken| taken >= passed_on)
        };
        let thread = thread::Builder::new().name("terminal input".to_owned());
        self.pump = Some(thread.spawn(move || pump.run(send))?);
        Ok(())
    }
}

impl Drop for LineTty {
    fn drop(&mut self) {
        self.signals.stop();
        if let Some(pump) = self.pump.take() {
            // If it panicked, the hook has said so already.
            drop(pump.join());
        }
        self.shows.hide(false);
    }
}
