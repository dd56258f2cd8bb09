//! Where a terminal's frames go out. Nobody waits there: a line that takes nothing, as while a laptop sleeps,
//! must not keep the program from ending.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::termios;

use crate::app::clock::Monotonic;
use crate::app::display::Line;

/// So long what is kept may take to be sent when nobody writes any more.
const LAST_MS_MAX: u64 = 500;

/// A way out of the program. What a terminal has no room for is kept, and goes first the next time; a pipe
/// and a file are waited for.
#[derive(Debug)]
pub struct Outlet {
    to: File,
    waits: bool,
    rest: Vec<u8>,
}

impl Outlet {
    /// The way out to what is open there.
    pub(super) fn of(output: &OwnedFd) -> io::Result<Self> {
        let again = opened_again(output);
        // Where a terminal is another user's, as after `su`, it cannot be opened again.
        let waits = again.is_err();
        let to = again.or_else(|_| output.try_clone())?;
        Ok(Self { to: File::from(to), waits, rest: Vec::new() })
    }

    /// The same way out for somebody else, without what is kept here.
    pub(super) fn beside(&self) -> io::Result<Self> {
        Ok(Self { to: self.to.try_clone()?, waits: self.waits, rest: Vec::new() })
    }

    /// Writes, and waits until all of it is sent, but not for longer than this.
    pub(super) fn write_within(&mut self, bytes: &[u8], ms_max: u64) -> io::Result<()> {
        let clock = Monotonic::start();
        self.write_all(bytes)?;
        while !self.rest.is_empty() && clock.ms() < ms_max {
            let left = Duration::from_millis(ms_max.saturating_sub(clock.ms()));
            let timeout = Timespec::try_from(left).ok();
            poll(&mut [PollFd::new(&self.to, PollFlags::OUT)], timeout.as_ref())
                .unwrap_or_default();
            self.go_on()?;
        }
        Ok(())
    }

    /// Sends as much of what is kept as there is room for.
    fn go_on(&mut self) -> io::Result<()> {
        while !self.rest.is_empty() {
            match self.to.write(&self.rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => drop(self.rest.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A terminal, opened once more: whether it is waited for would else change for everybody who has it.
fn opened_again(output: &OwnedFd) -> io::Result<OwnedFd> {
    let name = termios::ttyname(output, Vec::new())?;
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(name, flags, Mode::empty())?)
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waits {
            return self.to.write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        self.go_on()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        // After a panic the terminal is already back as it was. On one that has dropped nothing is shown.
        if !thread::panicking() {
            self.write_within(&[], LAST_MS_MAX).unwrap_or_default();
        }
    }
}

impl Line for Outlet {
    fn has_room(&mut self) -> bool {
        // That the line has dropped is told to whoever writes.
        self.go_on().is_err() || self.rest.is_empty()
    }
}
