//! Work from a real page: the delta stage is released, built by keys alone, and traced.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, PLANNER, QUALITY, SamplePlant};

const UNIT: &str = "WO-3010/S-0001";
/// What the instruction comes to on one unit, kind by kind.
const FACTS: [(&str, usize); 8] = [
    ("TravelerStarted", 1),
    ("StepStarted", 15),
    ("EntryMade", 2),
    ("Checked", 8),
    ("ComponentInstalled", 6),
    ("ReadingTaken", 9),
    ("Signed", 1),
    ("StepCompleted", 15),
];

/// A fixture's path.
fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    path.to_str().unwrap().to_owned()
}

/// A plant where the delta stage is released and ordered.
fn plant_with_stages() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let sources = [fixture("delta-stage/DS-ACT.csv"), fixture("delta-stage/WI-3010.md")];
    plant.by(ENGINEER, &["release", &sources[0], &sources[1]]).exits(0);
    for id in ["DS-ACT", "WI-3010"] {
        let approve = ["sign", "--meaning", "approved", id, "A"];
        plant.by(ENGINEER, &approve).exits(0).says("still to approve: quality");
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let open = ["order", "open", "WO-3010", "--part", "DS-ACT", "--serials", "S-0001,S-0002"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-3010:ASM"]].concat()).exits(0);
    drop(server);
    plant
}

/// How many lines of a trace are of a kind.
fn of_kind(lines: &[Value], kind: &str) -> usize {
    lines.iter().filter(|line| line["kind"] == kind).count()
}

#[test]
fn a_delta_stage_is_built_to_its_last_signature_by_keys_alone() {
    let plant = plant_with_stages();
    let script = fs::read_to_string(fixture("delta-stage.keys")).unwrap();
    let ran = plant.play(&script).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["facts"], summary["at_server"]);

    let trace = plant.gemba(&["trace", UNIT, "--json"]).exits(0).values().remove(0);
    assert_eq!(trace["standing"], "finished");
    assert_eq!((&trace["first_pass"], &trace["waiting"]), (&true.into(), &0.into()));
    let lines = trace["lines"].as_array().unwrap();
    for (kind, count) in FACTS {
        assert_eq!(of_kind(lines, kind), count, "{kind}");
    }
    assert_eq!(lines.len(), FACTS.iter().map(|(_, count)| count).sum::<usize>());
    assert!(lines.iter().all(|line| line["at_server"] == true), "{trace:#}");
    let failed = |line: &&Value| !line["verdict"].is_null() && line["verdict"] != "Pass";
    assert_eq!(lines.iter().find(failed), None);
    let whole = |what: &str| {
        what.starts_with("performed by A. Novak as operator, ")
            && what.ends_with(" UTC, by badge and PIN, over 54 facts")
    };
    assert!(lines.iter().any(|line| whole(line["what"].as_str().unwrap())));
    plant.gemba(&["audit", "verify"]).exits(0);
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}
