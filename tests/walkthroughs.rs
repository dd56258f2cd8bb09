//! The ways of an operator, an inspector and a supervisor through the screens, by keys alone: in
//! several windows, without colors in ASCII, and over SSH.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gemba::app::demo::script::{Act, read};

use crate::support::counts;
use crate::support::hosting::Hosting;
use crate::support::program::gemba;
use crate::support::seat::Seat;

/// Longer than the time within which another Enter confirms nothing.
const SLIP: Duration = Duration::from_millis(350);

const OPERATOR: &str = "operator.keys";
const SUPERVISOR: &str = "supervisor.keys";
const INSPECTOR: &str = "inspector.keys";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/walk").join(name)
}

/// All three, one after the other at one plant, in a window of this size.
fn go_through(size: &str, options: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.keys");
    let [operator, supervisor, inspector] =
        [OPERATOR, SUPERVISOR, INSPECTOR].map(|name| script(name).display().to_string());
    let lines = format!(
        "size {size}\ninclude {operator}\ninclude {supervisor}\n\
         station HP9 INC-1\nsize {size}\ninclude {inspector}\n"
    );
    std::fs::write(&file, lines).unwrap();
    let file = file.to_str().unwrap();
    let play = ["--json", "demo", "--headless", "--script", file];
    let ran = gemba(&[&play, options].concat()).exits(0);
    let summary = &ran.values()[0];
    assert_eq!(summary["units_finished"], 2);
    assert_eq!(summary["deviations"], 2);
    assert_eq!(summary["waiting"], 0);
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

#[test]
fn three_people_go_their_ways_at_80_by_24() {
    go_through("80x24", &[]);
}

#[test]
fn three_people_go_their_ways_at_132_by_43() {
    go_through("132x43", &[]);
}

#[test]
fn three_people_go_their_ways_without_colors_in_ascii() {
    go_through("80x24", &["--term", "vt220"]);
}

/// Somebody at a terminal does what a script says.
fn goes(seat: &mut Seat, name: &str) {
    let mut met = 0;
    for (line, act) in read(&script(name)).unwrap() {
        match act {
            Act::Key(bytes) => {
                // Nobody who reads presses Enter again at once; what does is taken for a slip.
                seat.is_quiet_for(SLIP);
                seat.press(std::str::from_utf8(bytes).unwrap());
            }
            Act::Type(text) => seat.types_no_further(&text),
            Act::Scan(code) => seat.scans(&code),
            Act::Expect(text) => {
                assert!(seat.comes_to(&text), "{name}:{line}: no {text:?}:\n{}", seat.screen());
                met += 1;
            }
            Act::Screen(_) => {}
            Act::Absent(_)
            | Act::Terminal(_)
            | Act::Station(_)
            | Act::Network { .. }
            | Act::Clock(_)
            | Act::Size(..) => panic!("{name}:{line}: not at a real terminal: {act:?}"),
        }
    }
    counts::add("expectations_met_by_scripts", met);
}

#[test]
fn three_people_go_their_ways_over_ssh() {
    let hosting = Hosting::start(&[("bench", "ASM-1"), ("table", "INC-1")], "");
    let reached = hosting.reached();
    let mut bench = reached.seat("bench");
    goes(&mut bench, OPERATOR);
    goes(&mut bench, SUPERVISOR);
    goes(&mut reached.seat("table"), INSPECTOR);
}
