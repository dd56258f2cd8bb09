//! The ways of an operator, an inspector and a supervisor through the screens, by keys alone: in
//! several windows, without colors in ASCII, and over SSH.

use std::path::{Path, PathBuf};

use gemba::app::demo::script::{Act, read};
use serde_json::{Value, json};

use crate::support::counts;
use crate::support::hosting::{Hosting, prepared};
use crate::support::program::{SamplePlant, gemba_at};
use crate::support::seat::Seat;

const OPERATOR: &str = "operator.keys";
const SUPERVISOR: &str = "supervisor.keys";
const INSPECTOR: &str = "inspector.keys";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/walk").join(name)
}

/// What goods-in noted before the inspector comes.
const CAME_IN: [(&str, &str); 1] = [("L-1", "3")];

/// The lot of seals was rejected for the piece that failed, which a deviation names.
fn rejected(home: &Path) {
    let show = ["inspection", "show", "SEAL-1", "Nordic Seals", "L-1", "--json"];
    let lot = gemba_at(home, &show).exits(0).values().remove(0);
    assert_eq!((&lot["standing"], &lot["nonconforming"]), (&json!("rejected"), &json!([3])));
    assert!(lot["deviation"].as_str().is_some_and(|id| id.starts_with("NCR-")), "{lot}");
}

/// All three, one after the other at one plant, in a window of this size.
fn go_through(size: &str, options: &[&str]) {
    let plant = SamplePlant::new();
    plant.inspects_seals(&CAME_IN);
    let [operator, supervisor, inspector] =
        [OPERATOR, SUPERVISOR, INSPECTOR].map(|name| script(name).display().to_string());
    let lines = format!(
        "size {size}\ninclude {operator}\ninclude {supervisor}\n\
         station HP9 INC-1\nsize {size}\ninclude {inspector}\n"
    );
    let ran = plant.plays(&plant.file("all.keys", lines), options).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["units_finished"], 2);
    // The inspector's comes as well, once the judge has let it through.
    assert!(summary["deviations"].as_u64() >= Some(2), "{summary}");
    assert_eq!(summary["waiting"], 0);
    rejected(&plant.path("HP9"));
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
        // Nobody who reads presses the next key before they see what the one before has brought.
        if matches!(act, Act::Key(_) | Act::Type(_) | Act::Scan(_)) {
            seat.settles();
        }
        match act {
            Act::Key(bytes) => seat.press(std::str::from_utf8(bytes).unwrap()),
            Act::Type(text) => seat.press(&text),
            Act::Scan(code) => seat.scans(&code),
            Act::Expect(text) => {
                assert!(seat.comes_to(&text), "{name}:{line}: no {text:?}:\n{}", seat.screen());
                met += 1;
            }
            Act::Screen(_) => {}
            Act::Absent(_)
            | Act::Patience(_)
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
    let (plant, keys) = prepared(&[("bench", "ASM-1"), ("table", "INC-1")], "");
    plant.inspects_seals(&CAME_IN);
    let hosting = Hosting::of((plant, keys));
    let reached = hosting.reached();
    let mut bench = reached.seat("bench");
    goes(&mut bench, OPERATOR);
    goes(&mut bench, SUPERVISOR);
    goes(&mut reached.seat("table"), INSPECTOR);
    rejected(&hosting.home());
}
