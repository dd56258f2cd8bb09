//! R4 on the command line: a limit is widened before the fact, used, shown everywhere, and withdrawn.

use serde_json::{Value, json};

use crate::cli_record::plant_with_rings;
use crate::cli_sampling::{by_operator, plant_with_joints};
use crate::support::program::{ENGINEER, INSPECTOR, QUALITY, SamplePlant};

const PERMIT: &str = "DP-HP1-0001";
const PROPOSE: [&str; 10] = [
    "permit",
    "propose",
    "JOINT",
    "c-gap",
    "--upper",
    "0.07",
    "--through",
    "2099-12-31",
    "--reason",
    "gaskets of lot 4",
];

fn shown(plant: &SamplePlant, command: &[&str]) -> Value {
    plant.gemba(&[command, &["--json"]].concat()).exits(0).values().remove(0)
}

#[test]
fn r04_a_permit_is_proposed_granted_used_shown_and_withdrawn() {
    let plant = plant_with_joints();
    let propose = [&PROPOSE[..], &["--units-max", "1", "--reference", "CR-12"]].concat();
    by_operator(&plant, &[&propose[..], &["--json"]].concat()).refuses(&["P04"]);
    plant
        .by(ENGINEER, &propose)
        .exits(0)
        .says("saved: permit for JOINT c-gap proposed")
        .says("its number: DP-HP1-0001");
    plant.by(ENGINEER, &["permit", "grant", PERMIT, "--json"]).refuses(&["V27", "V28"]);
    let granted = plant.by(QUALITY, &["permit", "grant", PERMIT]).exits(0);
    let granted = granted.says("limits       max 0.07 mm instead of max 0.05 mm").says("approved");
    granted.says("gaskets of lot 4").says("saved: DP-HP1-0001 granted");
    let listed = shown(&plant, &["permit", "list"]);
    assert_eq!(
        (&listed["standing"], &listed["left"], &listed["limits"], &listed["specified"]),
        (&json!("valid"), &json!(1), &json!("max 0.07 mm"), &json!("max 0.05 mm"))
    );
    by_operator(&plant, &["traveler", "start", "WO-8/1"]).exits(0);
    by_operator(&plant, &["record", "WO-8/1", "0.06"]).exits(0).says("type again");
    too_late(&plant, &propose);
    let with = ["permit", "use", PERMIT, "WO-8/1", "0.06"];
    let used = by_operator(&plant, &[&with[..], &["--json"]].concat()).exits(0).values().remove(0);
    assert_eq!(
        (&used["verdict"], &used["permit"], &used["held"], &used["deviation"]),
        (&json!("Fail"), &json!(PERMIT), &json!(false), &Value::Null)
    );
    by_operator(&plant, &["traveler", "complete", "WO-8/1"]).exits(0);
    everywhere(&plant);
    plant.by(QUALITY, &["permit", "withdraw", PERMIT, "--reason", "sorted"]).exits(0);
    plant.gemba(&["permit", "list"]).exits(0).says("none");
    plant.gemba(&["permit", "list", "--all"]).exits(0).says("withdrawn").says("1 of 1");
    plant.gemba(&["store", "check"]).exits(0);
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["permit", "show", PERMIT]).exits(0).says("withdrawn by R. Tanaka");
    let traced = plant.gemba(&["trace", PERMIT]).exits(0);
    let traced = traced.says("max 0.07 mm instead of max 0.05 mm").says("gaskets of lot 4");
    let traced =
        traced.says("permit granted: approved by R. Tanaka").says("permit used: 0.06 mm of WO-8/1");
    traced.says("permit withdrawn: sorted");
}

/// A permit that is granted once the reading was taken lets it not go on.
fn too_late(plant: &SamplePlant, propose: &[&str]) {
    let late = "DP-HP1-0002";
    plant.by(ENGINEER, propose).exits(0);
    let with = ["permit", "use", late, "WO-8/1", "0.06", "--json"];
    by_operator(plant, &with).refuses(&["V02"]);
    plant.by(QUALITY, &["permit", "grant", late]).exits(0);
    by_operator(plant, &with).refuses(&["V13"]);
    plant.by(QUALITY, &["permit", "withdraw", late, "--reason", "too late"]).exits(0);
}

/// The reading says by what it goes on wherever it is shown.
fn everywhere(plant: &SamplePlant) {
    let words = "permit DP-HP1-0001, max 0.07 mm";
    let traveler = shown(plant, &["traveler", "show", "WO-8/1"]);
    assert_eq!(traveler["first_pass"], false);
    assert_eq!(traveler["readings"]["permits"], 1);
    assert_eq!(traveler["permits"][0]["permit"], PERMIT);
    let told = plant.gemba(&["traveler", "show", "WO-8/1"]).exits(0);
    told.says(&format!("Joint gap 0.06 mm Fail, {words}")).says("readings: 1 by permit");
    let trace = shown(plant, &["trace", "WO-8/1"]);
    let lines = trace["lines"].as_array().unwrap();
    let reading = lines.iter().find(|line| line["kind"] == "ReadingTaken").unwrap();
    assert_eq!((&reading["verdict"], &reading["permit"]), (&json!("Fail"), &json!(words)));
    plant.gemba(&["trace", "WO-8/1"]).exits(0).says(&format!("hold released: {words}"));
    let listed = shown(plant, &["reading", "list", "WO-8/1"]);
    assert_eq!(listed["permit"]["permit"], PERMIT);
    let permit = shown(plant, &["permit", "show", PERMIT]);
    assert_eq!(permit["uses"][0]["value"], "0.06 mm");
    assert_eq!(permit["uses"][0]["signature"]["printed_name"], "A. Novak");
    plant.gemba(&["permit", "show", PERMIT]).exits(0).says("max 0.07 mm instead of max 0.05 mm");
}

#[test]
fn r04_recording_says_which_permit_would_fit_and_what_is_wrong_with_one_that_does_not() {
    let plant = plant_with_joints();
    let narrow = ["permit", "propose", "JOINT", "c-gap", "--upper", "0.04", "--units-max", "2"];
    let narrow = [&narrow[..], &["--through", "2099-12-31", "--reason", "x", "--json"]].concat();
    plant.by(ENGINEER, &narrow).refuses(&["V20"]);
    plant.by(ENGINEER, &[&PROPOSE[..], &["--json"]].concat()).refuses(&["V25"]);
    plant.by(ENGINEER, &[&PROPOSE[..], &["--order", "WO-8"]].concat()).exits(0);
    plant.by(QUALITY, &["permit", "grant", PERMIT]).exits(0);
    by_operator(&plant, &["traveler", "start", "WO-8/1"]).exits(0);
    let failed = by_operator(&plant, &["record", "WO-8/1", "0.07"]).exits(0);
    failed.says("or by permit DP-HP1-0001: max 0.07 mm through 2099-12-31");
    let other = ["permit", "use", PERMIT, "WO-8/1", "0.08", "--json"];
    by_operator(&plant, &other).refuses(&["V12"]);
    let retyped = by_operator(&plant, &["record", "WO-8/1", "0.08", "--retype", "--json"]).exits(0);
    let deviation = retyped.values().pop().unwrap()["deviation"].clone();
    assert!(deviation.is_string(), "0.08 is outside the permit as well");
}

#[test]
fn r04_the_plan_of_a_file_says_which_rows_a_permit_fits_and_those_that_used_one_say_so() {
    let plant = plant_with_rings();
    let propose =
        ["permit", "propose", "RING", "c-diameter", "--upper", "74.030", "--order", "WO-9"];
    let why = ["--through", "2099-12-31", "--reason", "bore of tool 7"];
    plant.by(ENGINEER, &[&propose[..], &why].concat()).exits(0);
    plant.by(QUALITY, &["permit", "grant", PERMIT]).exits(0);
    let file = plant.file("rings.csv", "diameter\n74.021\n74.000\n74.030\n74.031\n");
    let record = ["record", "WO-9/L-1", "--from", &file, "--gauge", "BG-1", "--place", "INC-1"];
    let plan = plant.gemba(&[&record[..], &["--plan"]].concat()).exits(0);
    let plan = plan.says("3 Fail").says("one hold, one deviation: 4: 74.031\n");
    plan.says(
        "DP-HP1-0001 (73.980 .. 74.030 mm through 2099-12-31) fits:\n  1: 74.021, 3: 74.030\n",
    );
    let told = plant.gemba(&[&record[..], &["--plan", "--json"]].concat()).exits(0).values();
    assert_eq!(told[0]["by_permit"][1]["sample"], 3);
    assert_eq!(told[0]["by_permit"][1]["permits"][0]["permit"], PERMIT);
    let saved = plant.by(INSPECTOR, &record).exits(0);
    saved.says("one after the other: 1: 74.021 mm, 3: 74.030 mm");
    let used = |value: &str| {
        let with = ["permit", "use", PERMIT, "WO-9/L-1", value, "--place", "INC-1"];
        plant.by(INSPECTOR, &with).exits(0)
    };
    used("74.021").says("by permit: 1: 74.021 mm by DP-HP1-0001\n");
    used("74.030").says("1: 74.021 mm by DP-HP1-0001, 3: 74.030 mm by DP-HP1-0001");
    let shown = plant.gemba(&["traveler", "show", "WO-9/L-1"]).exits(0);
    shown.says("permit DP-HP1-0001");
}
