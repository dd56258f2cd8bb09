//! `gemba traveler correct` puts right whatever was recorded; where a step is named is told exactly.

use serde_json::json;

use crate::support::program::{OPERATOR, Ran, SUPERVISOR, SamplePlant};

const UNIT: &str = "WO-1881/0008";

fn at(plant: &SamplePlant, who: (&str, &str), arguments: &[&str]) -> Ran {
    plant.by(who, &[arguments, &["--place", "ASM-1"]].concat())
}

/// The first unit of the sample plant with its parts scanned: the wrong housing.
fn scanned() -> SamplePlant {
    let plant = SamplePlant::new();
    let by = |arguments: &[&str]| at(&plant, OPERATOR, arguments).exits(0);
    by(&["traveler", "start", UNIT]);
    by(&["record", UNIT, "0008"]);
    by(&["traveler", "complete", UNIT]);
    by(&["record", UNIT, "H-100", "--step", "parts", "--operation", "20"]);
    by(&["record", UNIT, "LOT-7"]);
    plant
}

#[test]
fn r03_a_wrong_component_is_corrected_and_the_trace_tells_both() {
    let plant = scanned();
    let by = |arguments: &[&str]| at(&plant, OPERATOR, arguments);
    let correct =
        ["traveler", "correct", UNIT, "H-101", "--step", "parts", "--reason", "old label"];
    let several = by(&correct).exits(2);
    several.says("20 parts ask 1: housing; 20 parts ask 2: cover").says("--ask");
    let correct = [&correct[..], &["--ask", "1"]].concat();
    let dry = by(&[&correct[..], &["--dry-run", "--json"]].concat()).exits(0).values();
    assert_eq!(dry.len(), 1, "nothing was saved");
    assert_eq!(
        (&dry[0]["name"], &dry[0]["from"], &dry[0]["to"]),
        (
            &json!("housing"),
            &json!({ "value": "H-100", "verdict": null }),
            &json!({ "value": "H-101", "verdict": null }),
        )
    );
    assert_eq!((&dry[0]["operation"], &dry[0]["ask"]), (&json!(20), &json!(1)));
    by(&correct).exits(0).says("housing: H-100 becomes H-101").says("saved: WO-1881/0008");
    by(&[&correct[..], &["--json"]].concat()).refuses(&["R04"]);
    let dry = plant.gemba(&[&correct[..], &["--dry-run", "--json"]].concat());
    dry.exits(1).refuses(&["R04"]);
    by(&["traveler", "complete", UNIT]).exits(0);
    let late = ["traveler", "correct", UNIT, "H-102", "--step", "parts", "--ask", "1"];
    let late = [&late[..], &["--reason", "read off the pump"]].concat();
    at(&plant, SUPERVISOR, &late).exits(0);
    let trace = plant.gemba(&["trace", UNIT]).exits(0);
    trace.says("serial H-100").says("serial H-102, corrects ").says(": read off the pump");
}

#[test]
fn r03_an_answer_is_corrected_within_its_step_and_nothing_else_than_what_is_recorded() {
    let plant = scanned();
    let by = |arguments: &[&str]| at(&plant, OPERATOR, arguments);
    by(&["traveler", "complete", UNIT]).exits(0);
    let correct = ["traveler", "correct", UNIT, "yes", "--reason", "wrong key"];
    by(&correct).exits(1).says("nothing is recorded that could be corrected").says("gemba trace");
    by(&["record", UNIT, "no"]).exits(0);
    by(&correct).exits(0).says("no becomes yes");
    by(&["traveler", "correct", UNIT, "maybe", "--reason", "x"]).exits(1).says("answer yes or no");
    by(&["traveler", "complete", UNIT]).exits(0);
    let late = ["traveler", "correct", UNIT, "no", "--step", "clean", "--reason", "x", "--json"];
    by(&late).refuses(&["T11"]);
}

#[test]
fn a_step_is_named_with_its_operation_and_what_is_not_there_is_told() {
    let plant = scanned();
    let by = |arguments: &[&str]| at(&plant, OPERATOR, arguments);
    let step = ["--step", "parts", "--operation", "30"];
    let record = ["record", UNIT, "x"];
    by(&[&record[..], &step].concat()).exits(1).says("has no step parts in operation 30");
    by(&[&record[..], &["--step", "nowhere"]].concat()).exits(1).says("has no step nowhere");
    by(&["traveler", "complete", UNIT, "--operation", "30"]).exits(1).says("in operation 30");
    by(&["traveler", "complete", UNIT, "parts", "--operation", "20"]).exits(0);
    by(&[&record[..], &["--step", "parts"]].concat()).exits(1).says("gemba traveler correct");
    let raise = ["deviation", "raise", UNIT, "--note", "dropped", "--operation", "20"];
    by(&raise).exits(0);
    let scrap = ["deviation", "dispose", "NCR-HP1-0002", "scrap", "--reason", "cracked"];
    at(&plant, SUPERVISOR, &scrap).exits(0);
    by(&[&record[..], &["--json"]].concat()).refuses(&["T03"]);
}
