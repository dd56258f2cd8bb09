//! The line of the gauges under `gemba host`: it belongs to one place.

use std::io::Write as _;

use crate::support::hosting::{Hosting, prepared};
use crate::support::loopback;
use crate::support::program::{INSPECTOR, OPERATOR};

const TWO: [(&str, &str); 2] = [("bench", "ASM-1"), ("clean", "INC-1")];

#[test]
fn a_value_that_a_gauge_sends_comes_to_who_works_at_its_place_and_where_two_do_to_nobody() {
    let listener = loopback::listener();
    let address = listener.local_addr().unwrap();
    let settings = format!("gauge-line = \"tcp://{address}\"\ngauge-line-place = \"INC-1\"\n");
    let hosting = Hosting::start(&TWO, &settings);
    let (mut gauge, _) = listener.accept().unwrap();
    let reached = hosting.reached();
    let (mut bench, mut clean) = (reached.seat("bench"), reached.seat("clean"));
    bench.sign_in(OPERATOR);
    bench.shows("Work here");
    clean.sign_in(INSPECTOR);
    clean.shows("Work here");
    gauge.write_all(b"24.8\r\n").unwrap();
    clean.shows("the gauge sent 24.8");
    // Where nobody is signed in, nobody takes a value from who is.
    let mut newer = reached.seat("clean");
    newer.shows("Scan your badge");
    gauge.write_all(b"24.7\r\n").unwrap();
    clean.shows("the gauge sent 24.7, no value is asked");
    // Where two are at the place it is nobody's, and both are told.
    newer.sign_in(INSPECTOR);
    newer.shows("Work here");
    gauge.write_all(b"24.9\r\n").unwrap();
    newer.shows("the gauge sent 24.9, 2 are signed in");
    clean.shows("the gauge sent 24.9, 2 are signed in");
    newer.kill();
    hosting.tells("clean, left");
    gauge.write_all(b"25.1\r\n").unwrap();
    clean.shows("the gauge sent 25.1");
    bench.settles();
    for sent in ["24.8", "24.9", "25.1"] {
        assert!(!bench.screen().contains(sent), "{}", bench.screen());
    }
    drop((gauge, listener));
    clean.shows("gauge line tcp://");
    let mut late = reached.seat("clean");
    late.shows("gauge line tcp://");
}

#[test]
fn a_host_does_not_begin_with_a_line_of_gauges_that_is_at_no_place() {
    let line = "gauge-line = \"tcp://127.0.0.1:1\"\n";
    let (plant, _keys) = prepared(&TWO, line);
    let host = ["host", "--listen", "127.0.0.1:0"];
    let ran = plant.gemba(&host).exits(2);
    ran.says("gauge-line in gemba.toml has no place").says("→ say where");
    let (plant, _keys) = prepared(&TWO, &format!("{line}gauge-line-place = \"ASM-9\"\n"));
    plant.gemba(&host).exits(1).says("ASM-9");
}
