//! A terminal is as it was when the program leaves, and a lost one ends it.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use gemba::app::clock::Monotonic;
use gemba::app::display::Line as _;
use gemba::app::terminal::input::InputRules;
use gemba::app::terminal::tty::Tty;
use gemba::ui::input::{Focus, Input, Key};
use portable_pty::{MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::termios::{LocalModes, Termios, tcgetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::low_level::raise;

use crate::support::patience::HANGS;

/// Signals go to the whole process, so one terminal is open at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A person's end of the line and the program's.
struct Line {
    person: Box<dyn MasterPty + Send>,
    program: OwnedFd,
    _turn: MutexGuard<'static, ()>,
}

fn line() -> Line {
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let name = pair.master.tty_name().unwrap();
    let program = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    Line { person: pair.master, program, _turn: turn }
}

impl Line {
    fn open(&self) -> Tty {
        Tty::open(self.program.try_clone().unwrap(), self.program.try_clone().unwrap()).unwrap()
    }

    fn modes(&self) -> Termios {
        tcgetattr(&self.program).unwrap()
    }

    /// Reads what the program sent until the text has come.
    fn shows(&self, text: &[u8]) {
        let mut reader = self.person.try_clone_reader().unwrap();
        let mut seen = Vec::new();
        while !seen.windows(text.len()).any(|part| part == text) {
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
    }
}

fn listen(tty: &mut Tty) -> Receiver<Input> {
    let (sender, inputs) = channel();
    let send = move |input| sender.send(input).is_ok();
    tty.start(InputRules::default(), Monotonic::start(), send).unwrap();
    inputs
}

/// The next input; a program that hangs fails the test and not the run.
fn next(inputs: &Receiver<Input>) -> Input {
    inputs.recv_timeout(HANGS).unwrap()
}

#[test]
fn an_open_terminal_is_raw_and_a_closed_one_is_as_before() {
    let line = line();
    let before = line.modes().local_modes;
    let tty = line.open();
    assert_eq!(tty.size(), (80, 24));
    line.shows(b"\x1b[?1049h\x1b[m\x1b[2J\x1b>\x1b[?2004h\x1b[?25l");
    let raw = LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO;
    assert!(before.contains(raw) && !line.modes().local_modes.intersects(raw));
    drop(tty);
    assert_eq!(line.modes().local_modes, before);
    line.shows(b"\x1b[?25h\x1b[?1049l");
}

#[test]
fn what_a_person_types_arrives() {
    let line = line();
    let mut tty = line.open();
    let inputs = listen(&mut tty);
    let mut keyboard = line.person.take_writer().unwrap();
    keyboard.write_all(b"\x1b").unwrap();
    assert_eq!(next(&inputs), Input::Key(Key::Esc));
    // Ctrl-Z and Ctrl-C are bytes like others; the first means nothing.
    keyboard.write_all(b"\x1a\x03").unwrap();
    assert_eq!(next(&inputs), Input::Key(Key::Interrupt));
    keyboard.write_all(b"WO-1881\r").unwrap();
    assert_eq!(next(&inputs), Input::Scan("WO-1881".to_owned()));
    tty.focus().say(Focus::Choice);
    keyboard.write_all(b"1").unwrap();
    assert_eq!(next(&inputs), Input::Key(Key::Char('1')));
}

#[test]
fn a_line_that_drops_ends_the_input_at_once() {
    let mut line = line();
    let mut tty = line.open();
    let inputs = listen(&mut tty);
    // The other end goes, as when a link drops and nobody says so.
    line.person = native_pty_system().openpty(PtySize::default()).unwrap().master;
    assert_eq!(next(&inputs), Input::Lost);
    assert!(inputs.recv().is_err(), "the input thread goes on");
}

/// As of a laptop that sleeps: nobody waits for it, neither to draw nor to leave.
#[test]
fn a_line_that_takes_nothing_holds_nobody_up_and_gets_all_of_it_once_it_does() {
    let line = line();
    let before = line.modes().local_modes;
    let mut tty = line.open();
    let mut writer = tty.writer().unwrap();
    line.shows(b"\x1b[?25l");
    let frame: Vec<u8> = (b'a'..=b'z').cycle().take(200_000).collect();
    writer.write_all(&frame).unwrap();
    assert!(!writer.has_room());
    let mut reader = line.person.try_clone_reader().unwrap();
    let (mut read, mut bytes) = (Vec::new(), [0; 4096]);
    while read.len() < frame.len() {
        let count = reader.read(&mut bytes).unwrap();
        read.extend_from_slice(&bytes[..count]);
        writer.has_room();
    }
    assert!(read == frame && writer.has_room());
    writer.write_all(&frame).unwrap();
    drop((writer, tty));
    assert_eq!(line.modes().local_modes, before);
}

#[test]
fn what_was_written_last_reaches_a_line_that_takes_it_slowly() {
    let line = line();
    let mut tty = line.open();
    let mut writer = tty.writer().unwrap();
    line.shows(b"\x1b[?25l");
    // All but a little of it is on the line: for the rest it waits only half a second.
    let piece: Vec<u8> = (b'a'..=b'z').cycle().take(1_000).collect();
    let mut written = Vec::new();
    while writer.has_room() {
        writer.write_all(&piece).unwrap();
        written.extend_from_slice(&piece);
    }
    let mut reader = line.person.try_clone_reader().unwrap();
    let (begins, begun) = channel();
    let reads = thread::spawn(move || {
        begins.send(()).unwrap();
        let (mut read, mut bytes) = (Vec::new(), [0; 4096]);
        while !read.ends_with(b"\x1b[?1049l") {
            let count = reader.read(&mut bytes).unwrap();
            read.extend_from_slice(&bytes[..count]);
        }
        read
    });
    begun.recv().unwrap();
    drop(writer);
    drop(tty);
    assert!(reads.join().unwrap().starts_with(&written));
}

#[test]
fn each_signal_to_end_ends_the_input_and_leaves_time_to_restore() {
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        let line = line();
        let before = line.modes().local_modes;
        let mut tty = line.open();
        let inputs = listen(&mut tty);
        raise(signal).unwrap();
        assert_eq!(next(&inputs), Input::Lost);
        drop(tty);
        assert_eq!(line.modes().local_modes, before);
    }
}

#[test]
fn a_new_window_size_arrives_and_a_stop_signal_does_not_stop() {
    let line = line();
    let mut tty = line.open();
    let inputs = listen(&mut tty);
    raise(SIGTSTP).unwrap();
    let size = PtySize { rows: 40, cols: 132, ..PtySize::default() };
    line.person.resize(size).unwrap();
    raise(SIGWINCH).unwrap();
    assert_eq!(next(&inputs), Input::Resize { columns: 132, rows: 40 });
}

#[test]
fn a_panic_restores_the_terminal_before_its_message() {
    let line = line();
    let before = line.modes().local_modes;
    let tty = line.open();
    let died = thread::spawn(|| panic!("this message is part of the test")).join();
    assert!(died.is_err());
    assert_eq!(line.modes().local_modes, before);
    line.shows(b"\x1b[?1049l");
    drop(tty);
}

#[test]
fn what_is_no_terminal_is_refused() {
    let file = || OwnedFd::from(tempfile::tempfile().unwrap());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(Tty::open(file(), file()).is_err());
}
