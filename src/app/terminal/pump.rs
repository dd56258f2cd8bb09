//! The thread that waits for a terminal and for signals, and sends what came of them.
//!
//! It sleeps until something happens; a time-out is set only while the parser is undecided.

use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::low_level::{pipe, unregister};

use crate::app::clock::Monotonic;
use crate::app::terminal::typed::Parser;
use crate::ui::input::{Focus, Input};

/// More than a scanner or a hand sends at once; a paste takes several reads.
const READ_BYTES_MAX: usize = 4096;

/// What a character does on the screen, said by the session, heard by the pump.
#[derive(Debug, Clone, Default)]
pub struct SharedFocus {
    choice: Arc<AtomicBool>,
}

impl SharedFocus {
    pub fn say(&self, focus: Focus) {
        self.choice.store(focus == Focus::Choice, Ordering::Relaxed);
    }

    pub fn heard(&self) -> Focus {
        if self.choice.load(Ordering::Relaxed) { Focus::Choice } else { Focus::Text }
    }
}

/// Signals of the process, as flags and a byte that wakes the pump; unregistered when dropped.
#[derive(Debug)]
pub(super) struct Signals {
    flags: Arc<Flags>,
    wakes: UnixStream,
    nudges: UnixStream,
    ids: Vec<SigId>,
}

#[derive(Debug, Default)]
struct Flags {
    ended: Arc<AtomicBool>,
    resized: Arc<AtomicBool>,
    stopped: AtomicBool,
}

impl Signals {
    pub(super) fn register() -> io::Result<Self> {
        let (wakes, nudges) = UnixStream::pair()?;
        wakes.set_nonblocking(true)?;
        let mut signals = Self { flags: Arc::default(), wakes, nudges, ids: Vec::new() };
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            signals.watch(signal, &Arc::clone(&signals.flags.ended))?;
        }
        signals.watch(SIGWINCH, &Arc::clone(&signals.flags.resized))?;
        // As a login command there is no shell to stop to, and a core dump would hold PINs.
        for signal in [SIGTSTP, SIGQUIT] {
            signals.ids.push(signal_hook::flag::register(signal, Arc::default())?);
        }
        Ok(signals)
    }

    /// Sets the flag first, so that whoever wakes finds it.
    fn watch(&mut self, signal: i32, flag: &Arc<AtomicBool>) -> io::Result<()> {
        self.ids.push(signal_hook::flag::register(signal, Arc::clone(flag))?);
        self.ids.push(pipe::register(signal, self.nudges.try_clone()?)?);
        Ok(())
    }

    /// Tells the pump to end.
    pub(super) fn stop(&self) {
        self.flags.stopped.store(true, Ordering::SeqCst);
        // If the pipe is full, the pump is awake already; if it is closed, the pump is gone.
        drop(io::Write::write(&mut &self.nudges, b"x"));
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            unregister(id);
        }
    }
}

/// What the pump's thread owns.
#[derive(Debug)]
pub(super) struct Pump {
    pub(super) input: OwnedFd,
    pub(super) parser: Parser,
    pub(super) clock: Monotonic,
    pub(super) focus: SharedFocus,
    flags: Arc<Flags>,
    wakes: UnixStream,
}

/// Why the pump goes on or ends.
enum Turn {
    Gave(Vec<Input>),
    Stopped,
    Lost,
}

impl Pump {
    pub(super) fn new(
        input: OwnedFd,
        parser: Parser,
        clock: Monotonic,
        focus: SharedFocus,
        signals: &Signals,
    ) -> io::Result<Self> {
        let wakes = signals.wakes.try_clone()?;
        Ok(Self { input, parser, clock, focus, flags: Arc::clone(&signals.flags), wakes })
    }

    /// Sends until the receiver wants no more, the terminal is lost or the program is to end.
    pub(super) fn run(mut self, mut send: impl FnMut(Input) -> bool) {
        loop {
            match self.turn() {
                Turn::Gave(inputs) => {
                    if !inputs.into_iter().all(&mut send) {
                        return;
                    }
                }
                Turn::Stopped => return,
                Turn::Lost => {
                    for rest in self.parser.rest() {
                        send(rest);
                    }
                    send(Input::Lost);
                    return;
                }
            }
        }
    }

    fn turn(&mut self) -> Turn {
        let Ok(readable) = self.wait() else { return Turn::Lost };
        if self.flags.stopped.load(Ordering::SeqCst) {
            return Turn::Stopped;
        }
        if self.flags.ended.load(Ordering::SeqCst) {
            return Turn::Lost;
        }
        let mut inputs = Vec::new();
        if self.flags.resized.swap(false, Ordering::SeqCst)
            && let Some((columns, rows)) = super::tty::window_size(&self.input)
        {
            inputs.push(Input::Resize { columns, rows });
        }
        self.parser.attend(self.focus.heard());
        if !readable {
            inputs.extend(self.parser.expire(self.clock.ms()));
            return Turn::Gave(inputs);
        }
        let mut bytes = [0; READ_BYTES_MAX];
        match rustix::io::read(&self.input, &mut bytes) {
            Ok(0) => Turn::Lost,
            Ok(count) => {
                let read = bytes.get(..count).unwrap_or_default();
                inputs.extend(self.parser.feed(read, self.clock.ms()));
                Turn::Gave(inputs)
            }
            Err(Errno::INTR | Errno::AGAIN) => Turn::Gave(inputs),
            // EIO: the line has dropped. Nothing else gets better by trying again either.
            Err(_) => Turn::Lost,
        }
    }

    /// Sleeps until there is input (true), a signal, or a time-out.
    fn wait(&mut self) -> Result<bool, Errno> {
        let left = self.parser.deadline().map(|at| at.saturating_sub(self.clock.ms()));
        let timeout = left.and_then(|ms| Timespec::try_from(Duration::from_millis(ms)).ok());
        let mut waiting =
            [PollFd::new(&self.input, PollFlags::IN), PollFd::new(&self.wakes, PollFlags::IN)];
        match poll(&mut waiting, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(fault) => return Err(fault),
        }
        let [input, wakes] = waiting.map(|watched| !watched.revents().is_empty());
        if wakes {
            // Flags say what happened; the bytes only woke us.
            drop(self.wakes.read(&mut [0; 64]));
        }
        Ok(input)
    }
}
