//! Units taken together: by keys, by commands, and over a power cut.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::{ENGINEER, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant};

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

    let with = "WO-5001/0002, WO-5001/0003, WO-5001/0005, WO-5001/0006";
    assert_eq!(traced(&plant, "0001", "WaitStarted"), [format!("wait begun, with {with}")]);
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
    apart.refuses(&["T02", "W04"]);
}

#[test]
fn r07_what_stops_the_units_of_a_set_is_told_at_once_where_one_waits_to_be_typed_again() {
    let plant = plant_with_sensors();
    let three = named(&SIX[..3]);
    plant.by(OPERATOR, &set("start", &three)).exits(0);
    plant.by(OPERATOR, &["record", three[1].as_str(), "6.5", "--place", "ASM-1"]).exits(0);
    let early = [&set("complete", &three)[..], &["--json"]].concat();
    plant.by(OPERATOR, &early).refuses(&["H03", "T12", "T12", "T12", "T12"]);
    let stranger = [&set("complete", &three)[..], &["--json"]].concat();
    plant.by(PLANNER, &stranger).refuses(&["H03", "P04", "T12", "T12", "P04", "T12", "T12"]);
}

#[test]
fn a_set_is_checked_with_a_gauge_and_signed_by_commands() {
    let plant = plant_with_sensors();
    let two = named(&SIX[..2]);
    plant.by(OPERATOR, &set("start", &two)).exits(0);
    let shown = || {
        let units = ["set", "show", "--json", "--traveler", &two[0], "--traveler", &two[1]];
        plant.gemba(&units).exits(0).values()
    };
    plant.by(OPERATOR, &["record", &two[0], "4.1", "--place", "ASM-1"]).exits(0);
    assert_eq!((&shown()[1]["standing"], &shown()[1]["step"]), (&json!("goes-on"), &json!("cure")));
    plant.by(OPERATOR, &["record", &two[1], "6.5", "--place", "ASM-1"]).exits(0);
    let second = &shown()[1];
    assert_eq!(
        (&second["standing"], &second["reason"]["code"]),
        (&json!("types-again"), &json!("H03"))
    );
    let retype = ["record", two[1].as_str(), "4.5", "--retype", "--place", "ASM-1"];
    plant.by(OPERATOR, &retype).exits(0);
    // The oven is not what this is about: both waits are left out.
    for unit in &two {
        let skip = ["traveler", "skip", unit, "--reason", "cured outside", "--place", "ASM-1"];
        plant.by(SUPERVISOR, &skip).exits(0);
    }
    let with = |verb, more: &[&'static str]| [&set(verb, &two)[..], &["--json"], more].concat();
    plant.by(OPERATOR, &with("check", &[])).refuses(&["G01", "G01"]);
    let saved = plant.by(OPERATOR, &with("check", &["--gauge", "FG-2"])).exits(0).values();
    assert_eq!(saved[0]["saved"], "WO-5001/0001, WO-5001/0002 step hand-over checked: yes");
    assert_eq!(saved[0]["facts"].as_array().unwrap().len(), 4, "an attempt and an answer each");
    assert_eq!(traced(&plant, "0002", "Checked"), ["yes, with FG-2"]);
    plant.by(OPERATOR, &with("accept-wait", &["--reason", "oven log"])).exits(1);
    let signed = plant.by(OPERATOR, &with("sign", &[])).exits(0).values();
    assert_eq!(signed[0]["facts"].as_array().unwrap().len(), 2, "one signature in each stream");
    let once = "given once for WO-5001/0001, WO-5001/0002";
    assert!(traced(&plant, "0001", "Signed")[0].contains(once));
    plant.gemba(&["traveler", "show", &two[1]]).exits(0).says(once);
    let shown_json = plant.gemba(&["traveler", "show", &two[1], "--json"]).exits(0).values();
    assert_eq!(shown_json[0]["signatures"][0]["units"], json!(two));
    plant.by(OPERATOR, &with("complete", &[])).exits(0);
    assert_eq!(shown()[0]["standing"], "left");
    assert_eq!(shown()[0]["reason"]["code"], "E06");
}

#[test]
fn two_operators_work_on_one_set_at_two_terminals() {
    let plant = plant_with_sensors();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/set-of-two.keys");
    let ran = plant.play(&fs::read_to_string(script).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    assert_eq!(traced(&plant, "0001", "ReadingTaken").len(), 1);
    assert_eq!(traced(&plant, "0002", "ReadingTaken").len(), 1);
    assert_eq!(traced(&plant, "0001", "WaitStarted"), ["wait begun, with WO-5001/0002"]);
}
