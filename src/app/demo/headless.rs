//! A terminal without a person: bytes go to the real parser, the screen is read from real output.

use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::app::clock::Monotonic;
use crate::app::display;
use crate::app::terminal::input::{InputParser, InputRules};
use crate::app::terminal::pump::SharedFocus;
use crate::ui::input::Input;
use crate::ui::message::{Message, Time};

/// How long an expectation may take to come true where a script does not say: on a machine that does much
/// else everything takes its time.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
/// Between two characters that a person types, and after each key, by the parser's own clock.
const PERSON_MS: u64 = 400;
/// Between two characters of a scanner.
const SCANNER_MS: u64 = 2;

/// The program's end of the line; what it writes arrives at the rig.
#[derive(Debug, Clone)]
pub struct Line(pub Sender<Vec<u8>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl display::Line for Line {
    fn has_room(&mut self) -> bool {
        true
    }
}

/// The person's end of the line.
pub struct Rig {
    parser: InputParser,
    focus: SharedFocus,
    /// The parser's clock: a script presses keys at a pace of its own.
    at_ms: u64,
    inbox: Sender<Message>,
    sent: u64,
    settled: Receiver<u64>,
    done: u64,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

/// Where a rig is connected.
#[derive(Debug)]
pub struct Ends {
    /// Into the session.
    pub inbox: Sender<Message>,
    /// How many inputs the session is done with.
    pub settled: Receiver<u64>,
    /// What the session wrote.
    pub output: Receiver<Vec<u8>>,
    /// What a character does on its screen.
    pub focus: SharedFocus,
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rig").field("sent", &self.sent).finish_non_exhaustive()
    }
}

impl Rig {
    /// Connects to a session, at a window of this size.
    pub fn new(ends: Ends, (columns, rows): (u16, u16)) -> Self {
        let Ends { inbox, settled, output, focus } = ends;
        Self {
            parser: InputParser::new(InputRules::default()),
            focus,
            at_ms: 0,
            inbox,
            sent: 0,
            settled,
            done: 0,
            output,
            screen: vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0),
        }
    }

    /// Sends the bytes of one key.
    pub fn press(&mut self, bytes: &[u8]) -> bool {
        self.feed(bytes, PERSON_MS);
        self.expire();
        self.settle()
    }

    /// Sends characters at a person's pace.
    pub fn type_text(&mut self, text: &str) -> bool {
        let mut buffer = [0; 4];
        text.chars().all(|c| {
            let bytes = c.encode_utf8(&mut buffer).as_bytes().to_vec();
            self.press(&bytes)
        })
    }

    /// Sends a code as a scanner does.
    pub fn scan(&mut self, code: &str) -> bool {
        // Nobody scans while a character is being typed.
        self.at_ms += PERSON_MS;
        for byte in code.bytes().chain([b'\r']) {
            self.feed(&[byte], SCANNER_MS);
        }
        self.expire();
        self.settle()
    }

    /// Changes the size of the window.
    pub fn resize(&mut self, columns: u16, rows: u16) -> bool {
        self.screen.screen_mut().set_size(at_least_one(rows), at_least_one(columns));
        self.send(vec![Input::Resize { columns, rows }]);
        self.settle()
    }

    /// Says that time has moved on; the session reads its own clock.
    pub fn tick(&mut self, time: Time) -> bool {
        self.sent += 1;
        self.inbox.send(Message::Clock(time)).ok();
        self.settle()
    }

    /// Hangs up.
    pub fn hang_up(&mut self) {
        self.send(vec![Input::Lost]);
    }

    /// Waits until the screen shows a text, or does not, for as long as patience lasts; tells after how
    /// many milliseconds it came to that, where it did.
    pub fn comes_to(&mut self, text: &str, shown: bool, patience: Duration) -> Option<u64> {
        let since = Monotonic::start();
        let wanted = without_runs_of_blanks(text);
        loop {
            if without_runs_of_blanks(&self.picture()).contains(&wanted) == shown {
                return Some(since.ms());
            }
            let left = patience.checked_sub(Duration::from_millis(since.ms()))?;
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// What the screen shows now, row by row.
    pub fn picture(&mut self) -> String {
        self.drain();
        let screen = self.screen.screen();
        let (_, columns) = screen.size();
        let rows: Vec<String> =
            screen.rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n")
    }

    fn feed(&mut self, bytes: &[u8], pace_ms: u64) {
        self.at_ms += pace_ms;
        self.parser.attend(self.focus.heard());
        let inputs = self.parser.feed(bytes, self.at_ms);
        self.send(inputs);
    }

    /// Lets the parser's clock run until nothing is undecided.
    fn expire(&mut self) {
        while let Some(deadline) = self.parser.deadline() {
            self.at_ms = self.at_ms.max(deadline);
            let inputs = self.parser.expire(self.at_ms);
            self.send(inputs);
        }
    }

    fn send(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            self.sent += 1;
            self.inbox.send(Message::Input(input)).ok();
        }
    }

    /// Waits until the session is done with all that was sent and nothing is under way.
    fn settle(&mut self) -> bool {
        while self.done < self.sent {
            match self.settled.recv_timeout(PATIENCE) {
                Ok(done) => self.done = done,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
            }
        }
        self.drain();
        true
    }

    fn drain(&mut self) {
        for bytes in self.output.try_iter() {
            self.screen.process(&bytes);
        }
    }
}

fn at_least_one(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

/// Columns are aligned with blanks; what counts is the text.
fn without_runs_of_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
