//! Readings put right on the command line: a slip, a true second measurement, a correction.

use crate::cli_sampling::{by_operator, plant_with_joints};
use crate::support::program::{QUALITY, SUPERVISOR, SamplePlant};

fn last(ran: &crate::support::program::Ran) -> serde_json::Value {
    ran.values().pop().unwrap()
}

fn begun() -> SamplePlant {
    let plant = plant_with_joints();
    by_operator(&plant, &["traveler", "start", "WO-8/1"]).exits(0);
    plant
}

#[test]
fn r03_a_correction_tells_what_follows_before_it_is_saved() {
    let plant = begun();
    by_operator(&plant, &["record", "WO-8/1", "0.02"]).exits(0);
    by_operator(&plant, &["traveler", "complete", "WO-8/1"]).exits(0);
    let correct = ["traveler", "correct", "WO-8/1", "0.04", "--step", "gap", "--reason", "misread"];
    let dry = by_operator(&plant, &[&correct[..], &["--dry-run", "--json"]].concat()).exits(0);
    let told = &dry.values()[0];
    assert_eq!(dry.values().len(), 1, "nothing was saved");
    assert_eq!((&told["name"], &told["holds"]), (&"Joint gap".into(), &false.into()));
    assert_eq!(told["from"], serde_json::json!({ "value": "0.02 mm", "verdict": "Pass" }));
    assert_eq!(told["to"], serde_json::json!({ "value": "0.04 mm", "verdict": "Pass" }));
    for empty in ["uncovered", "downstream", "steps"] {
        assert_eq!(told[empty], serde_json::json!([]), "{empty}");
    }
    let ran = by_operator(&plant, &correct).exits(0);
    ran.says("Joint gap 1: 0.02 mm (Pass) becomes 0.04 mm (Pass)").says("saved: WO-8/1");
    let listed = plant.gemba(&["reading", "list", "WO-8/1", "--json"]).exits(0).values();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["value"], &listed[0]["first_value"]),
        (&"0.04 mm".into(), &"0.02 mm".into())
    );
    assert_eq!(listed[0]["corrections"][0]["reason"], "misread");
    let same = by_operator(&plant, &[&correct[..], &["--json"]].concat());
    same.refuses(&["R04"]);
    // A supervisor corrects it to a failing value: that is told before, and the unit is held.
    let over = ["traveler", "correct", "WO-8/1", "0.06", "--step", "gap", "--reason", "seen again"];
    let ran = plant.by(SUPERVISOR, &[&over[..], &["--place", "ASM-1"]].concat()).exits(0);
    ran.says("the unit is held until").says("gemba record WO-8/1 VALUE --retype");
    let shown = plant.gemba(&["traveler", "show", "WO-8/1", "--json"]).exits(0).values();
    assert_eq!(shown[0]["readings"]["corrections"], 2);
    plant.gemba(&["traveler", "show", "WO-8/1"]).exits(0).says("readings: 2 corrected");
    let nothing = ["traveler", "correct", "WO-8/1", "1", "--step", "gap", "--sample", "7"];
    by_operator(&plant, &[&nothing[..], &["--reason", "x"]].concat()).exits(1).says("gemba trace");
}

#[test]
fn r04_a_slip_is_typed_again_and_a_failing_value_measured_again_as_allowed() {
    let plant = begun();
    let slip = by_operator(&plant, &["record", "WO-8/1", "0.2", "--json"]).exits(0);
    // Of a gap with no lower limit nobody can tell whether its point was moved.
    assert_eq!((&last(&slip)["held"], &last(&slip)["implausible"]), (&true.into(), &false.into()));
    let typed = by_operator(&plant, &["record", "WO-8/1", "0.06", "--retype", "--json"]).exits(0);
    assert!(last(&typed)["deviation"].is_string(), "another failing value is no slip");
    by_operator(&plant, &["traveler", "start", "WO-8/2"]).exits(0);
    let again = ["reading", "again", "WO-8/2", "0.03", "--reason", "a burr on the feeler"];
    by_operator(&plant, &again).exits(1).says("no failing value waits");
    let failed =
        by_operator(&plant, &["record", "WO-8/2", "0.06", "--ask", "1", "--json"]).exits(0);
    assert_eq!(last(&failed)["verdict"], "Fail");
    let blank = ["reading", "again", "WO-8/2", "0.03", "--reason", " "];
    by_operator(&plant, &[&blank[..], &["--json"]].concat()).refuses(&["R08"]);
    let done = by_operator(&plant, &[&again[..], &["--json"]].concat()).exits(0);
    assert_eq!((&last(&done)["verdict"], &last(&done)["held"]), (&"Pass".into(), &false.into()));
    let shown = plant.gemba(&["traveler", "show", "WO-8/2", "--json"]).exits(0).values();
    let counts = serde_json::json!({
        "slips": 0, "marginals": 0, "corrections": 0, "remeasurements": 1, "permits": 0,
    });
    assert_eq!(shown[0]["readings"], counts);
    let listed = plant.gemba(&["reading", "list", "WO-8/2"]).exits(0);
    listed.says("counts no more");
}

#[test]
fn r04_a_value_measured_again_is_in_what_its_gauge_shows_and_a_slip_keeps_its_gauge() {
    let plant = begun();
    let add = ["gauge", "add", "FG-9", "--name", "Feelers", "--class", "feeler", "--unit", "in"];
    plant.by(QUALITY, &add).exits(0);
    let dates = ["--on", "2026-01-02", "--due", "2099-01-02", "--certificate", "C-1"];
    plant.by(QUALITY, &[&["gauge", "calibrate", "FG-9"][..], &dates].concat()).exits(0);
    let first = ["record", "WO-8/1", "0.06", "--gauge", "FG-2"];
    by_operator(&plant, &first).exits(0).says("Fail");
    let other = ["record", "WO-8/1", "0.001", "--retype", "--gauge", "FG-9"];
    let refused =
        by_operator(&plant, &other).exits(1).says("was measured with FG-2, not with FG-9");
    refused.says("gemba reading again WO-8/1 VALUE --gauge FG-9");
    // 0.03 in are 0.762 mm: outside, though 0.03 mm would not be.
    let again = ["reading", "again", "WO-8/1", "0.03", "--gauge", "FG-9", "--reason", "a burr"];
    let again = by_operator(&plant, &[&again[..], &["--json"]].concat()).exits(0);
    assert_eq!(
        (&last(&again)["value"], &last(&again)["verdict"]),
        (&"0.03 in".into(), &"Fail".into())
    );
    let slip = ["record", "WO-8/1", "0.001", "--retype", "--gauge", "FG-9", "--json"];
    let slip = by_operator(&plant, &slip).exits(0);
    assert_eq!((&last(&slip)["value"], &last(&slip)["held"]), (&"0.001 in".into(), &false.into()));
}
