//! A gauge fails and everything made with it is held and released again; a place is set up and the
//! first part after it is checked: by keys, with what the trace says afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, PLANNER, QUALITY, SamplePlant};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Plays a story; tells how many expectations it met.
fn play(plant: &SamplePlant, name: &str) {
    let ran = plant.play(&fs::read_to_string(fixture(name)).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

/// What the trace of a unit says, kind by kind.
fn traced(plant: &SamplePlant, unit: &str, kind: &str) -> Vec<String> {
    let trace = plant.gemba(&["trace", unit, "--json"]).exits(0).values().remove(0);
    let lines = trace["lines"].as_array().unwrap().iter();
    let of_kind = lines.filter(|line| line["kind"] == kind);
    of_kind.map(|line| line["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn r10_a_wrench_is_found_out_of_tolerance_and_what_it_made_is_held_and_released() {
    let plant = SamplePlant::new();
    play(&plant, "gauge.keys");
    // The finished pump was held as well as the one that another hold stops.
    for unit in ["WO-1890/0013", "WO-1890/0014"] {
        let held = traced(&plant, unit, "HoldPlaced");
        assert!(held.iter().any(|what| what.contains("TW-07")), "{unit}: {held:?}");
        let released = traced(&plant, unit, "HoldReleased");
        assert!(released.iter().any(|what| what.contains("measured again")), "{released:?}");
    }
    let list = plant.gemba(&["gauge", "list", "--json"]).exits(0).values();
    let row = list.iter().find(|row| row["gauge"] == "TW-07").unwrap();
    assert_eq!(row["failed"], "+4 %");
    assert_eq!(row["last_used"]["place"], "ASM-1");
    plant.gemba(&["gauge", "list"]).exits(0).says("X failed: +4 %").says("X overdue");
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r10_a_held_unit_is_let_go_on_from_its_own_screen_by_who_may() {
    let plant = SamplePlant::new();
    play(&plant, "release.keys");
    let released = traced(&plant, "WO-1890/0013", "HoldReleased");
    assert!(released.iter().any(|what| what.contains("measured again")), "{released:?}");
    assert_eq!(traced(&plant, "WO-1890/0014", "HoldReleased"), Vec::<String>::new());
    plant.gemba(&["store", "check"]).exits(0);
}

/// A bench where bushes are turned, three of them; M. Okafor is a trained setter for a few days.
fn plant_with_bushes() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let source = fixture("setup/WI-6010.md");
    plant.by(ENGINEER, &["release", source.to_str().unwrap()]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-6010", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
    let open = ["order", "open", "WO-6000", "--part", "BU-6", "--serials", "B-1,B-2,B-3"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-6010:ASM"]].concat()).exits(0);
    let today = plant.gemba(&["person", "show", "p-novak", "--json"]).exits(0).values();
    let ends = today[0]["qualifications"][0][1].as_str().unwrap().to_owned();
    let ends: jiff::civil::Date = ends.parse().unwrap();
    // The sample plant grants 120 days, so this is six days from its today.
    let soon = ends.checked_sub(jiff::Span::new().days(114)).unwrap().to_string();
    let qualify = ["person", "qualify", "p-okafor", "setter-1", "--until", &soon];
    plant.by(PLANNER, &qualify).exits(0);
    drop(server);
    plant
}

#[test]
fn r05_a_setup_is_done_a_tool_changed_and_the_first_part_after_each_is_approved() {
    let plant = plant_with_bushes();
    play(&plant, "setup.keys");
    for unit in ["WO-6000/B-1", "WO-6000/B-3"] {
        assert_eq!(traced(&plant, unit, "ReadingTaken").len(), 1, "{unit}");
        assert!(traced(&plant, unit, "Signed")[0].contains("approved by M. Okafor"), "{unit}");
    }
    assert!(traced(&plant, "WO-6000/B-2", "ReadingTaken").is_empty());
    let show = plant.gemba(&["person", "show", "p-okafor"]).exits(0);
    show.says("setter-1 until").says("! ends in 6 days");
    plant.gemba(&["doctor"]).exits(0).says("! p-okafor setter-1 ends in 6 days").says("TW-07 ends");
    let doctor = plant.gemba(&["doctor", "--json"]).exits(0).values().remove(0);
    assert_eq!(doctor["calibrations_ending"][0]["what"], "TW-03");
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r10_failed_with_hold_and_release_by_commands_are_one_act_each() {
    let plant = SamplePlant::new();
    let failed = ["gauge", "failed", "TW-07", "--found", "+4 %", "--reason", "dropped", "--hold"];
    let said = plant.by(QUALITY, &[&failed[..], &["--json"]].concat()).exits(0).values();
    assert_eq!(said.last().unwrap()["held"].as_array().unwrap().len(), 2);
    let trace = || plant.gemba(&["gauge", "trace", "TW-07", "--json"]).exits(0).values().remove(0);
    assert_eq!(trace()["held"].as_array().unwrap().len(), 2);
    assert_eq!(trace()["to_hold"], serde_json::json!([]));
    let release = ["gauge", "release", "TW-07", "--reason", "measured again", "--json"];
    plant.by(PLANNER, &release).refuses(&["P04"]);
    let said = plant.by(QUALITY, &release).exits(0).values();
    assert_eq!(said.last().unwrap()["released"][0], "WO-1890/0013");
    plant.by(QUALITY, &release).refuses(&["H02"]);
    assert_eq!(trace()["held"], serde_json::json!([]));
}
