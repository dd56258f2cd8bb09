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

use super::patience::{Patience, comes};
use super::program::{OPERATOR, Post};

/// Has the whole screen drawn anew.
const REDRAW: &str = "\x0c";
/// What is drawn then begins with this, and ends with the cursor shown or hidden.
const DRAWN_FROM: &str = "\x1b[2J";
const DRAWN_TO: &str = "\x1b[?25";

/// A line that has taken nothing for so long is full.
const FULL: Duration = Duration::from_millis(120);

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
    #[track_caller]
    pub(crate) fn sign_in(&mut self, (badge, pin): (&str, &str)) {
        self.shows("Scan your badge");
        self.scans(badge);
        self.shows("Type your PIN");
        self.types(pin);
    }

    /// Signs the operator in and comes to the first step of a unit, where a number is asked for.
    #[track_caller]
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
        self.press(&format!("{code}\r"));
    }

    /// Answers what a program of lines asks, such as the client of OpenSSH.
    pub(crate) fn answers(&mut self, line: &str) {
        self.press(&format!("{line}\r"));
    }

    /// Types a text, and Enter when it has settled.
    #[track_caller]
    pub(crate) fn types(&mut self, text: &str) {
        self.types_no_further(text);
        self.press("\r");
    }

    /// Types a text and leaves it at that.
    #[track_caller]
    pub(crate) fn types_no_further(&mut self, text: &str) {
        self.press(text);
        self.settles();
    }

    /// Waits until everything that was pressed is done, with what that waits for, and takes what is drawn
    /// then. What has the screen drawn anew is taken in its turn, and parts what was typed from the Enter
    /// that follows: however late both are read, no scanner sent them, and no key bounced.
    #[track_caller]
    pub(crate) fn settles(&mut self) {
        let from = self.sent.len();
        self.press(REDRAW);
        let is_drawn = |seat: &Self| {
            let sent = String::from_utf8_lossy(&seat.sent[from..]);
            sent.split_once(DRAWN_FROM).is_some_and(|(_, after)| after.contains(DRAWN_TO))
        };
        let drawn = self.comes_until(Patience::begins(), is_drawn);
        assert!(drawn, "nothing is drawn anew:\n{}", self.screen());
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
    #[track_caller]
    pub(crate) fn ends_when_told(&mut self) -> u32 {
        let patience = Patience::begins();
        loop {
            match self.shown.recv_timeout(patience.left().unwrap_or_default()) {
                Ok(bytes) => self.takes(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it goes on:\n{}", self.screen()),
            }
        }
        self.child.wait().unwrap().exit_code()
    }

    /// From here on nobody reads what the program sends; it draws once more before that.
    fn is_read_no_more(&mut self) {
        self.shown = channel().1;
        self.press(REDRAW);
        self.reading.take().unwrap().join().unwrap();
    }

    /// The same, with a line that has no room left.
    pub(crate) fn stalls(&mut self) {
        self.is_read_no_more();
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK;
        let line = rustix::fs::open(self.line.tty_name().unwrap(), flags, Mode::empty()).unwrap();
        let patience = Timespec::try_from(FULL).unwrap();
        // What the line has taken in it may move on from there.
        while poll(&mut [PollFd::new(&line, PollFlags::OUT)], Some(&patience)).unwrap() > 0 {
            rustix::io::write(&line, &[b'.'; 4096]).unwrap_or_default();
        }
    }

    /// The line drops: nobody is at its other end any more.
    pub(crate) fn drops(&mut self) {
        self.is_read_no_more();
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
    #[track_caller]
    pub(crate) fn ends_unread(&mut self) -> u32 {
        assert!(comes(|| self.child.try_wait().unwrap().is_some()), "it hangs");
        self.child.wait().unwrap().exit_code()
    }

    /// The exit code of the program, once it has ended by itself.
    pub(crate) fn ends(&mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        self.takes_the_rest();
        code
    }

    /// Takes what is left on the line of a program that has ended.
    fn takes_the_rest(&mut self) {
        self.comes_until(Patience::begins(), |_| false);
    }

    /// Takes what comes until something is so; tells whether it came to that before patience or the line ended.
    fn comes_until(&mut self, patience: Patience, is_so: impl Fn(&Self) -> bool) -> bool {
        while !is_so(self) {
            let Some(left) = patience.left() else { return false };
            let Ok(bytes) = self.shown.recv_timeout(left) else { return false };
            self.takes(&bytes);
        }
        true
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
        let sent = self.comes_until(Patience::begins(), |seat| seat.sent().contains(bytes));
        assert!(sent, "{bytes:?} was not sent:\n{}", self.screen());
    }

    /// What stands on the screen.
    pub(crate) fn screen(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) {
        self.shows_times(text, 1);
    }

    /// The same, so often at once.
    #[track_caller]
    pub(crate) fn shows_times(&mut self, text: &str, times: usize) {
        let is_there = |seat: &Self| seat.screen().matches(text).count() >= times;
        let shown = self.comes_until(Patience::begins(), is_there);
        assert!(shown, "{text:?} is not on the screen:\n{}", self.screen());
    }

    /// Whether the screen comes to show a text, however many blanks stand between its words, and the program
    /// does not end before.
    pub(crate) fn comes_to(&mut self, text: &str) -> bool {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.comes_until(Patience::begins(), |seat| words(&seat.screen()).contains(text))
    }

    /// Whether the screen shows a text before this time is over.
    pub(crate) fn shows_within(&mut self, text: &str, most: Duration) -> bool {
        self.comes_until(Patience::of(most), |seat| seat.screen().contains(text))
    }

    /// Ends the program as a power cut does, and takes what it had shown by then; tells whether it ran.
    pub(crate) fn kill(&mut self) -> bool {
        let ran = self.dies();
        self.takes_the_rest();
        ran
    }

    /// Whoever made the terminal would let the program end in peace.
    fn dies(&mut self) -> bool {
        let runs = matches!(self.child.try_wait(), Ok(None));
        if runs {
            self.signal(Signal::KILL);
        }
        self.child.wait().unwrap();
        runs
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.dies();
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}
