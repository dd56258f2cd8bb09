//! A pump is finished, reviewed, released to ship, doubted at another bench, held and taken back: by keys
//! at the sample plant (R17).

use serde_json::Value;

use crate::support::counts;
use crate::support::program::SamplePlant;

#[test]
fn r17_a_shipped_pump_is_held_by_what_comes_in_late_and_comes_back_by_keys() {
    let plant = SamplePlant::new();
    let ran = plant.play_fixture("ship.keys").exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    let certificate = plant.gemba(&["certificate", "WO-1881/0007"]).exits(1);
    certificate.says("NOT VALID: taken back").says("R. Tanaka");
    let review = plant.gemba(&["ship", "review", "WO-1881/0007", "--json"]).exits(1).values();
    let kinds = review[0]["exceptions"].as_array().unwrap().iter();
    let kinds: Vec<&str> = kinds.map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"returned") && kinds.contains(&"held"), "{kinds:?}");
    plant.gemba(&["store", "check"]).exits(0).says("clean");
}
