//! A limit is widened before the fact, and a bolt goes on by it: by keys at the demo plant.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, SamplePlant};

#[test]
fn r04_quality_grants_and_the_bench_uses_a_permit_by_keys() {
    let plant = SamplePlant::new();
    let propose = ["permit", "propose", "CP-40", "c-torque", "--upper", "27.5", "--units-max", "2"];
    let why = ["--through", "2099-12-31", "--reason", "bolts of lot 88", "--reference", "CR-12"];
    plant.by(ENGINEER, &[&propose[..], &why].concat()).exits(0);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/permit.keys");
    let ran = plant.play(&fs::read_to_string(script).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    let permit = plant.gemba(&["permit", "show", "DP-HP1-0001", "--json"]).exits(0).values();
    assert_eq!((&permit[0]["used"], &permit[0]["left"]), (&1.into(), &1.into()));
    assert_eq!(permit[0]["granted"]["printed_name"], "R. Tanaka");
    plant.gemba(&["store", "check"]).exits(0).says("clean");
}
