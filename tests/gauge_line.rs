//! Gauges on a serial port or a socket: what they send, what comes of it, and a line that is lost.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gemba::app::gauge_line::{GaugeLine, Source, in_background};
use gemba::domain::gauge_line::{LINE_BYTES_MAX, LineFault, Lines, Shown};
use gemba::domain::quantity::Verdict;
use gemba::ui::input::{GaugeSaid, Input, Key};
use gemba::ui::message::Message;
use portable_pty::{PtySize, native_pty_system};
use proptest::prelude::*;

use crate::support::counts;
use crate::support::grids::shafts;
use crate::support::loopback;
use crate::support::patience::HANGS;
use crate::support::program::{ENGINEER, INSPECTOR, QUALITY, SamplePlant};
use crate::support::screen::{PIN, Screen};
use crate::support::seat::Seat;

fn said(line: &str) -> String {
    match Shown::parse(line) {
        Err(fault) => fault.to_string(),
        Ok(Shown { channel, number, unit }) => {
            let unit = unit.map_or(String::new(), |unit| format!(" {unit}"));
            let channel = channel.map_or(String::new(), |channel| format!("{channel}: "));
            format!("{channel}{number}{unit}")
        }
    }
}

#[test]
fn a_line_is_a_value_as_gauges_and_their_converters_send_it() {
    for (line, value) in [
        ("24.8", "24.8"),
        ("  -0.012 mm ", "-0.012 mm"),
        ("+3", "3"),
        ("2: 24.80 mm", "2: 24.80 mm"),
        ("01A+00012.345", "01: 12.345"),
        ("02A-00000.010", "02: -0.010"),
        ("03A+00000000", "03: 0"),
        ("0.787in", "0.787 in"),
    ] {
        assert_eq!(said(line), value, "{line:?}");
    }
    for (line, why) in [
        ("911", "sent no value (converter says 911)"),
        ("ERR", "no value: ERR"),
        ("12,5", "no value: 12,5"),
        ("01A+", "no value: 01A+"),
        ("1.2.3", "no value: 1.2.3"),
        ("24.8 cubits", "unknown unit: cubits"),
        ("\x1b[2J24.8", "no value:"),
    ] {
        assert!(said(line).contains(why), "{line:?}: {}", said(line));
        assert!(!said(line).contains('\x1b'));
    }
}

#[test]
fn lines_come_in_pieces_and_one_that_is_too_long_is_told_once() {
    let mut lines = Lines::default();
    assert!(lines.take(b"01A+0001").is_empty());
    let found = lines.take(b"2.345\r\n\r\n7\n");
    let found: Vec<String> =
        found.iter().map(|one| one.as_ref().unwrap().number.to_string()).collect();
    assert_eq!(found, ["12.345", "7"]);
    let long = vec![b'9'; LINE_BYTES_MAX * 40];
    assert_eq!(lines.take(&long), [Err(LineFault::TooLong)]);
    let after = lines.take(b"99\n8.5\n");
    assert_eq!(after.len(), 1, "the rest of the long line is no value");
    assert_eq!(after[0].as_ref().unwrap().number.text(), "8.5");
}

proptest! {
    #[test]
    fn any_bytes_are_values_or_told(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut whole = Lines::default();
        let at_once = whole.take(&bytes);
        let mut apart = Lines::default();
        let one_by_one: Vec<_> = bytes.chunks(1).flat_map(|byte| apart.take(byte)).collect();
        prop_assert_eq!(&at_once, &one_by_one);
        for fault in at_once.iter().filter_map(|line| line.as_ref().err()) {
            prop_assert!(!fault.to_string().chars().any(char::is_control));
        }
    }
}

fn listen(source: &str) -> Receiver<GaugeSaid> {
    let (sender, said) = channel();
    let is_serial = source.starts_with('/');
    let line = GaugeLine {
        source: Source::try_from(source.to_owned()).unwrap(),
        baud: is_serial.then_some(9_600),
        enters: false,
    };
    let send = move |input| {
        let Input::Gauge(said) = input else { panic!("{input:?}") };
        // The next terminal of this machine may have the name of a port that is gone.
        let goes = matches!(&said, GaugeSaid::Trouble(words) if words.starts_with("gauge line"));
        sender.send(said).is_ok() && !(is_serial && goes)
    };
    in_background(line, Duration::from_millis(20), send).unwrap();
    said
}

fn next(said: &Receiver<GaugeSaid>) -> GaugeSaid {
    said.recv_timeout(HANGS).unwrap()
}

fn value(said: &Receiver<GaugeSaid>) -> String {
    let GaugeSaid::Value { shown, .. } = next(said) else { panic!("no value") };
    shown.number.to_string()
}

fn trouble(said: &Receiver<GaugeSaid>) -> String {
    let GaugeSaid::Trouble(words) = next(said) else { panic!("no trouble") };
    words
}

#[test]
fn a_gauge_on_a_serial_port_sends_values_and_what_is_none_is_told() {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let port = pair.master.tty_name().unwrap();
    let mut gauge = pair.master.take_writer().unwrap();
    let said = listen(port.to_str().unwrap());
    gauge.write_all(b"01A+00012.345\r").unwrap();
    assert_eq!(value(&said), "12.345");
    gauge.write_all(b"\xff\xfe garbage\r\n24.8 mm\r\n").unwrap();
    assert!(trouble(&said).contains("no value"));
    assert_eq!(value(&said), "24.8");
    // The cable is pulled.
    drop((gauge, pair));
    assert!(trouble(&said).contains("gauge line /dev/"));
}

#[test]
fn a_socket_that_is_lost_is_told_once_and_comes_back() {
    let listener = loopback::listener();
    let said = listen(&format!("tcp://{}", listener.local_addr().unwrap()));
    let (mut gauge, _) = listener.accept().unwrap();
    gauge.write_all(b"3.50\n3.5").unwrap();
    assert_eq!(value(&said), "3.50");
    drop(gauge);
    assert!(trouble(&said).contains("the line was closed"));
    let (mut gauge, _) = listener.accept().unwrap();
    let GaugeSaid::Back(_) = next(&said) else { panic!("it is back") };
    // What had come of a value before belongs to no other one.
    gauge.write_all(b"1\n").unwrap();
    assert_eq!(value(&said), "1");
    drop(said);
    gauge.write_all(b"2\n").unwrap();
    // Nobody listens any more: the line is let go.
    let mut byte = [0];
    assert_eq!(gauge.read(&mut byte).unwrap_or(0), 0);
}

/// A converter that lost its power says nothing any more, not even that it is gone.
#[test]
fn the_other_end_of_a_socket_is_asked_whether_it_is_still_there() {
    let listener = loopback::listener();
    let gauge_at = listener.local_addr().unwrap();
    let said = listen(&format!("tcp://{gauge_at}"));
    let (mut gauge, ours) = listener.accept().unwrap();
    gauge.write_all(b"3.50\n").unwrap();
    assert_eq!(value(&said), "3.50");
    let Ok(sockets) = fs::read_to_string("/proc/net/tcp") else {
        return counts::skip("the_other_end_of_a_socket_is_asked_whether_it_is_still_there");
    };
    let SocketAddr::V4(there) = gauge_at else { panic!("{gauge_at}") };
    let there = (u32::from_le_bytes(there.ip().octets()), there.port());
    let ends = format!(":{:04X} {:08X}:{:04X} ", ours.port(), there.0, there.1);
    let socket = sockets.lines().find(|line| line.contains(&ends)).expect("it is connected");
    // The sixth column is the timer that runs and when it ends; 02 asks.
    let timer = socket.split_whitespace().nth(5).unwrap();
    assert!(timer.starts_with("02:"), "{socket}");
}

#[test]
fn a_line_that_is_no_line_is_refused_in_the_settings() {
    for wrong in ["ttyS0", "tcp://", "tcp://bench", "tcp://:4001", "tcp://bench:99999"] {
        assert!(Source::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    let plant = SamplePlant::new();
    fs::write(plant.home().join("gemba.toml"), "gauge-line = \"COM1\"\n").unwrap();
    plant.gemba(&["inspection", "list"]).exits(2).says("COM1").says("tcp://HOST:PORT");
}

fn sends(screen: &mut Screen, line: &str, enters: bool) {
    let shown = Shown::parse(line).unwrap();
    screen.message(Message::Input(Input::Gauge(GaugeSaid::Value { shown, enters })));
}

#[test]
fn a_value_of_the_line_stands_in_the_focused_cell_until_enter_or_is_recorded_as_it_comes() {
    let shop = shafts("AQL 0.65, level II, ISO 2859-1:1999", 2);
    let mut screen = Screen::signed_in(shop, "B-3052");
    sends(&mut screen, "19.99", true);
    screen.shows("not taken: the gauge sent 19.99");
    screen.choose("Lots to inspect").key(Key::Enter).key(Key::F(8)).scan("MIC-4");
    sends(&mut screen, "01A+00019.991", false);
    screen.shows("19.991").shows("(line 01); Enter saves it");
    assert!(screen.shop.lot("L-22").records.is_empty());
    screen.type_keys("\n").shows("saved 19.991 mm");
    sends(&mut screen, "19.992 mm", true);
    screen.shows("saved 19.992 mm");
    // Its own unit is kept as used, and judged by the limits.
    sends(&mut screen, "5.59 in", true);
    screen.shows("saved 5.59 in");
    // What is judged by eye takes no number, and a bench without anybody takes none at all.
    let trouble = GaugeSaid::Trouble("gauge line /dev/ttyS0: the line was closed".to_owned());
    screen.message(Message::Input(Input::Gauge(trouble))).shows("the line was closed");
    let mut nobody = Screen::new(screen.shop.clone(), crate::support::screen::USUAL);
    sends(&mut nobody, "19.99", true);
    nobody.scan("B-3052").type_keys(PIN).shows("PIN").hides("19.99");
}

#[test]
fn r04_the_next_value_of_the_line_never_corrects_a_failing_one_by_itself() {
    let mut screen = Screen::signed_in(shafts("AQL 0.65, level II, ISO 2859-1:1999", 2), "B-3052");
    screen.choose("Lots to inspect").key(Key::Enter).key(Key::F(8)).scan("MIC-4");
    sends(&mut screen, "20.300", true);
    screen.shows("type again what the gauge shows");
    // Somebody measures the next piece and does not look.
    sends(&mut screen, "19.991", true);
    screen.shows("the gauge sent 19.991; Enter saves it");
    let lot = screen.shop.lot("L-22");
    let standing = lot.standing_at((1, 1));
    assert_eq!(standing.len(), 1);
    assert_eq!(standing[0].reading.verdict, Some(Verdict::Fail));
}

#[test]
fn at_the_real_program_a_gauge_on_a_socket_fills_the_grid() {
    let plant = SamplePlant::new();
    let server = plant.server();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
    plant.by(ENGINEER, &["release", source]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-2100", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0);
    let receive = ["material", "receive", "SEAL-1", "L-1", "--supplier", "Nordic Seals"];
    plant.by(QUALITY, &[&receive[..], &["--quantity", "3"]].concat()).exits(0);
    let open = ["inspection", "open", "SEAL-1", "Nordic Seals", "L-1", "--by", "WI-2100"];
    plant.by(INSPECTOR, &open).exits(0);
    drop(server);
    let listener = loopback::listener();
    let address = listener.local_addr().unwrap();
    let settings =
        format!("tour = false\ngauge-line = \"tcp://{address}\"\ngauge-line-values = \"record\"\n");
    fs::write(plant.home().join("gemba.toml"), settings).unwrap();
    let mut seat = Seat::open(&plant, "INC-1");
    let (mut gauge, _) = listener.accept().unwrap();
    seat.sign_in(INSPECTOR);
    seat.shows("Work here");
    for (keys, shown) in [("\x1b[20~", "What now?"), ("9", "What now?"), ("9", "Lots to inspect")] {
        seat.types_no_further(keys);
        seat.shows(shown);
    }
    seat.press("3");
    seat.shows("SEAL-1/L-1");
    seat.press("\r");
    seat.shows("Piece 1 of 3");
    seat.press("\x1b[19~");
    seat.shows("sample 1 of 3");
    seat.scans("CAL-2");
    seat.shows("gauge CAL-2");
    for (sent, shown) in
        [("01A+00003.520\r", "saved 3.520 mm"), ("rubbish\r\n", "rubbish"), ("3.51\n", "3.51")]
    {
        gauge.write_all(sent.as_bytes()).unwrap();
        seat.shows(shown);
    }
    seat.shows("saved 3.51 mm");
    drop(gauge);
    seat.shows("the line was closed");
    let show = ["inspection", "show", "SEAL-1", "Nordic Seals", "L-1", "--json"];
    let lot = plant.gemba(&show).exits(0).values().remove(0);
    assert_eq!(lot["begun"], serde_json::json!([1, 2]));
}
