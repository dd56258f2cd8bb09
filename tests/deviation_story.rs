//! One deviation from the bench to the end: by keys at the demo plant.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{PLANNER, SamplePlant};

#[test]
fn r08_a_deviation_is_followed_by_keys_from_the_bench_until_it_is_known_to_have_helped() {
    let plant = SamplePlant::new();
    let word = ["site", "set", "--deviation-word", "NCR", "--check-after", "major,30"];
    let codes =
        ["--deviation-code", "DIM,major,out of size", "--deviation-code", "MARK,minor,mark"];
    plant.by(PLANNER, &[&word[..], &codes[..]].concat()).exits(0);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/deviation.keys");
    let ran = plant.play(&fs::read_to_string(script).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    let rows = plant.gemba(&["deviation", "show", "NCR-HP1-0002", "--json"]).exits(0).values();
    let told = &rows[0];
    assert_eq!((&told["standing"], &told["code"]["code"]), (&"closed".into(), &"DIM".into()));
    assert_eq!(told["containments"][0]["confirmed"]["by"], "A. Novak");
    let standing = |n: usize| told["dispositions"][n]["standing"].as_str().unwrap().to_owned();
    assert_eq!([standing(0), standing(1)], ["replaced", "in-effect"]);
    assert_eq!(told["cause"]["note"], "pawl worn");
    let action = &told["actions"][0];
    let by = |what: &str| action[what]["by"].as_str().unwrap().to_owned();
    assert_eq!((by("done"), by("verified")), ("S. Brandt".to_owned(), "R. Tanaka".to_owned()));
    assert_eq!(told["closings"][0]["checks"][0]["effective"], true);
    plant.gemba(&["store", "check"]).exits(0).says("clean");
}
