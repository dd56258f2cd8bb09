//! Units taken together: by keys, by commands, and over a power cut.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, OPERATOR, PLANNER, QUALITY, SamplePlant};

const SIX: [&str; 6] = ["0001", "0002", "0003", "0004", "0005", "0006"];

/// A plant where sensors are ordered, six of them.
fn plant_with_sensors() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/set/WI-5040.md");
    plant.by(ENGINEER, &["release", source.to_str().unwrap()]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-5040", "A"];
    plant.by(ENGINEER, &approve).exits(0).says("still to approve: quality");
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
    let serials = SIX.join(",");
    let open = ["order", "open", "WO-5001", "--part", "SN-7", "--serials", &serials];
    plant.by(PLANNER, &[&open[..], &["--operation", "40:WI-5040:ASM"]].concat()).exits(0);
    drop(server);
    plant
}

/// What a trace says of a unit, kind by kind.
fn traced(plant: &SamplePlant, unit: &str, kind: &str) -> Vec<String> {
    let id = format!("WO-5001/{unit}");
    let trace = plant.gemba(&["trace", &id, "--json"]).exits(0).values().remove(0);
    let lines = trace["lines"].as_array().unwrap().iter();
    let of_kind = lines.filter(|line| line["kind"] == kind);
    of_kind.map(|line| line["what"].as_str().unwrap().to_owned()).collect()
}

fn set<'a>(verb: &'a str, units: &'a [String]) -> Vec<&'a str> {
    let mut arguments = vec!["set", verb, "--place", "ASM-1"];
    arguments.extend(units.iter().flat_map(|unit| ["--traveler", unit.as_str()]));
    arguments
}

fn named(units: &[&str]) -> Vec<String> {
    units.iter().map(|unit| format!("WO-5001/{unit}")).collect()
}

#[test]
fn six_units_go_through_the_oven_together_and_five_come_out_under_one_signature() {
    let plant = plant_with_sensors();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/set.keys");
    let ran = plant.play(&fs::read_to_string(script).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());

    let with = "with 0002, 0003, 0005, 0006";
    assert_eq!(traced(&plant, "0001", "WaitStarted"), [format!("wait begun, {with}")]);
    let signed = &traced(&plant, "0001", "Signed")[0];
    assert!(signed.starts_with("performed by A. Novak as operator, 2"), "{signed}");
    assert!(signed.ends_with(with), "{signed}");
    assert_eq!(traced(&plant, "0004", "Signed"), [""; 0]);
    let left = plant.gemba(&["trace", "WO-5001/0004", "--json"]).values().remove(0);
    assert_eq!(left["standing"], "on hold");
    plant.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn a_set_is_worked_by_commands_and_refused_for_every_unit_by_name() {
    let plant = plant_with_sensors();
    let two = named(&SIX[..2]);
    plant.by(OPERATOR, &set("start", &two)).exits(0).says("WO-5001/0001, WO-5001/0002 begun");
    let early = plant.by(OPERATOR, &[&set("complete", &two)[..], &["--json"]].concat());
    early.refuses(&["T12", "T12", "T12", "T12"]);
    for unit in &two {
        let reading = ["record", unit.as_str(), "4.1", "--place", "ASM-1"];
        plant.by(OPERATOR, &reading).exits(0);
    }
    plant.by(OPERATOR, &set("wait", &two)).exits(0).says("the wait begins");
    let running = plant.gemba(&["set", "waits", "--json"]).exits(0).values();
    assert_eq!(running.len(), 1, "one load");
    assert_eq!(running[0]["units"], serde_json::json!(two));
    assert_eq!(running[0]["standing"], "to-go");
    let early = plant.by(OPERATOR, &[&set("complete", &two)[..], &["--json"]].concat());
    early.refuses(&["W01", "W01"]);
    let apart = plant.by(OPERATOR, &[&set("wait", &named(&SIX[1..3]))[..], &["--json"]].concat());
    apart.refuses(&["T02"]);
}
