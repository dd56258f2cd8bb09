//! Units in a row that fail at a place, on the command line with the real program (R4).

use crate::cli_sampling::{by_operator, plant_with_joints};
use crate::support::program::{OPERATOR, PLANNER, SUPERVISOR, SamplePlant};

fn fails(plant: &SamplePlant, unit: &str) {
    by_operator(plant, &["traveler", "start", unit]).exits(0);
    by_operator(plant, &["record", unit, "0.07"]).says("Fail");
    by_operator(plant, &["record", unit, "0.07", "--retype"]).exits(0);
}

#[test]
fn r04_three_joints_in_a_row_that_fail_hold_the_operation_until_a_supervisor_says_why_it_goes_on() {
    let plant = plant_with_joints();
    for unit in ["WO-8/1", "WO-8/2"] {
        fails(&plant, unit);
    }
    plant.gemba(&["place", "list", "--json"]).exits(0).says("\"held\":[]");
    fails(&plant, "WO-8/3");
    let why = "at ASM-1: WI-8 is held: Joint gap failed on 3 units in a row: WO-8/1 0.07 mm, \
               WO-8/2 0.07 mm, WO-8/3 0.07 mm";
    plant.gemba(&["place", "list"]).exits(0).says(why);
    plant.gemba(&["board"]).exits(0).says(why);
    let board = plant.gemba(&["board", "--json"]).exits(0).values();
    let held = &board[0]["places"][0]["held"][0];
    assert_eq!((&held["instruction"], &held["characteristic"]), (&"WI-8".into(), &"c-gap".into()));
    assert_eq!(held["failures"].as_array().unwrap().len(), 3);
    by_operator(&plant, &["traveler", "start", "WO-8/4", "--json"]).refuses(&["L06"]);
    // The tables that were kept along the way are those that a rebuild makes.
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    let release = ["place", "release", "ASM-1", "WI-8", "--reason", "bit replaced"];
    plant.by(OPERATOR, &[&release[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(SUPERVISOR, &release).exits(0).says("WI-8 goes on at ASM-1");
    plant.by(SUPERVISOR, &[&release[..], &["--json"]].concat()).refuses(&["L07"]);
    plant.gemba(&["place", "list", "--json"]).exits(0).says("\"held\":[]");
    by_operator(&plant, &["traveler", "start", "WO-8/4"]).exits(0);
}

#[test]
fn r04_a_site_sets_how_many_units_in_a_row_hold_an_operation() {
    let plant = SamplePlant::new();
    plant.gemba(&["site", "show"]).exits(0).says("after 3 units in a row");
    let set = |units| plant.by(PLANNER, &["site", "set", "--failures-in-a-row", units, "--json"]);
    set("51").refuses(&["P32"]);
    set("0").exits(0);
    plant.gemba(&["site", "show"]).exits(0).says("never");
    set("2").exits(0);
    plant.gemba(&["site", "show", "--json"]).exits(0).says("\"failures_in_a_row\":2");
}
