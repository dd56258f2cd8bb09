//! Somebody at a real terminal of the real program, which may be killed at any moment.

use std::io::{self, Read as _, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use super::program::{OPERATOR, Post};

/// A program that shows nothing for so long hangs, and fails the test.
const HANGS: Duration = Duration::from_secs(20);

/// Characters that come closer together than this are a scanner's.
const SETTLED: Duration = Duration::from_millis(120);

/// A terminal with the program in it.
pub(crate) struct Seat {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    shown: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// Every byte that the program sent.
    sent: Vec<u8>,
    line: Box<dyn MasterPty + Send>,
    /// Takes what comes.
    reading: Option<JoinHandle<()>>,
}

impl Seat {
    /// Opens the program in a terminal at a place.
    pub(crate) fn open(post: &Post, place: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gemba"));
        command.args(["--place", place]);
        command.env("GEMBA_HOME", post.home());
        Self::with(command)
    }

    /// Opens a program in a terminal of 80 by 24.
    pub(crate) fn with(command: CommandBuilder) -> Self {
        Self::at("xterm-256color", command)
    }

    /// The same in a terminal of this kind.
    pub(crate) fn at(term: &str, mut command: CommandBuilder) -> Self {
        command.env("TERM", term);
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, shown) = channel();
        let reading = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(cells(24), cells(80), 0);
        let (sent, line, reading) = (Vec::new(), pair.master, Some(reading));
        Self { child, keyboard, shown, screen, sent, line, reading }
    }

    /// Makes the window larger or smaller.
    pub(crate) fn resizes(&mut self, columns: u16, rows: u16) {
        self.screen.screen_mut().set_size(cells(rows), cells(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.line.resize(size).unwrap();
    }

    /// Signs somebody in by badge and PIN.
    pub(crate) fn sign_in(&mut self, (badge, pin): (&str, &str)) {
        self.shows("Scan your badge");
        self.scans(badge);
        self.shows("Type your PIN");
        self.types(pin);
    }

    /// Signs the operator in and comes to the first step of a unit, where a number is asked for.
    pub(crate) fn comes_to_the_first_step(&mut self) {
        self.sign_in(OPERATOR);
        self.shows("Work here");
        self.scans("WO-1881/0010");
        self.shows("start work");
        self.types("");
        self.shows("Scan the pump");
    }

    /// Presses a key as the terminal sends it.
    pub(crate) fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).unwrap();
    }

    /// Scans a code: all of it at once.
    pub(crate) fn scans(&mut self, code: &str) {
        self.keyboard.write_all(format!("{code}\r").as_bytes()).unwrap();
    }

    /// Types a text, and Enter when it has settled.
    pub(crate) fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.settles();
        self.keyboard.write_all(b"\r").unwrap();
    }

    /// Types a text and leaves it at that.
    pub(crate) fn types_no_further(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.settles();
    }

    /// The process.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal, as an administrator does.
    pub(crate) fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.process()).unwrap();
        kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
    }

    /// The exit code of the program, which was told to end and takes what is left of the line along.
    pub(crate) fn ends_when_told(&mut self) -> u32 {
        loop {
            match self.shown.recv_timeout(HANGS) {
                Ok(bytes) => self.takes(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it goes on:\n{}", self.screen()),
            }
        }
        self.child.wait().unwrap().exit_code()
    }

    /// From here on nobody reads what the program sends; this key is pressed last before that.
    pub(crate) fn is_read_no_more(&mut self, key: &str) {
        self.shown = channel().1;
        self.press(key);
        self.reading.take().unwrap().join().unwrap();
    }

    /// The same, with a line that has no room left.
    pub(crate) fn stalls(&mut self, key: &str) {
        self.is_read_no_more(key);
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK;
        let line = rustix::fs::open(self.line.tty_name().unwrap(), flags, Mode::empty()).unwrap();
        let patience = Timespec::try_from(SETTLED).unwrap();
        // What the line has taken in it may move on from there.
        while poll(&mut [PollFd::new(&line, PollFlags::OUT)], Some(&patience)).unwrap() > 0 {
            rustix::io::write(&line, &[b'.'; 4096]).unwrap_or_default();
        }
    }

    /// The line drops: nobody is at its other end any more.
    pub(crate) fn drops(&mut self, key: &str) {
        self.is_read_no_more(key);
        // Where the line has an end of file, dropping the keyboard types Enter and that.
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let line = rustix::fs::open(self.line.tty_name().unwrap(), flags, Mode::empty()).unwrap();
        let mut modes = tcgetattr(&line).unwrap();
        modes.special_codes[SpecialCodeIndex::VEOF] = 0;
        tcsetattr(&line, OptionalActions::Now, &modes).unwrap();
        drop(line);
        self.keyboard = Box::new(io::sink());
        self.line = native_pty_system().openpty(PtySize::default()).unwrap().master;
    }

    /// The exit code of the program, which ends though nobody reads it.
    pub(crate) fn ends_unread(&mut self) -> u32 {
        let (_nobody, nothing) = channel::<()>();
        let looks = u32::try_from(HANGS.as_millis() / SETTLED.as_millis()).unwrap();
        let ended = (0..looks).find_map(|_| {
            nothing.recv_timeout(SETTLED).unwrap_err();
            self.child.try_wait().unwrap()
        });
        ended.expect("it hangs").exit_code()
    }

    /// The exit code of the program, once it has ended by itself.
    pub(crate) fn ends(&mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        self.settles();
        code
    }

    /// Takes what comes until nothing comes any more for a while.
    fn settles(&mut self) {
        self.is_quiet_for(SETTLED);
    }

    /// Takes what comes until nothing came for so long.
    pub(crate) fn is_quiet_for(&mut self, span: Duration) {
        while let Ok(bytes) = self.shown.recv_timeout(span) {
            self.takes(&bytes);
        }
    }

    fn takes(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.sent.extend_from_slice(bytes);
    }

    /// What the program has sent, from its first byte on.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8_lossy(&self.sent).into_owned()
    }

    /// Waits until the program has sent this.
    #[track_caller]
    pub(crate) fn is_sent(&mut self, bytes: &str) {
        while !self.sent().contains(bytes) {
            let Ok(more) = self.shown.recv_timeout(HANGS) else {
                panic!("{bytes:?} was not sent:\n{}", self.screen());
            };
            self.takes(&more);
        }
    }

    /// What stands on the screen.
    pub(crate) fn screen(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) {
        let shown = self.shows_within(text, HANGS);
        assert!(shown, "{text:?} is not on the screen:\n{}", self.screen());
    }

    /// Whether the screen comes to show a text, however many blanks stand between its words.
    pub(crate) fn comes_to(&mut self, text: &str) -> bool {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        while !words(&self.screen()).contains(text) {
            let Ok(bytes) = self.shown.recv_timeout(HANGS) else { return false };
            self.takes(&bytes);
        }
        true
    }

    /// Whether the screen shows a text before patience ends.
    pub(crate) fn shows_within(&mut self, text: &str, patience: Duration) -> bool {
        while !self.screen().contains(text) {
            let Ok(bytes) = self.shown.recv_timeout(patience) else { return false };
            self.takes(&bytes);
        }
        true
    }

    /// Ends the program as a power cut does, and takes what it had shown by then.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().unwrap();
        self.settles();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}
