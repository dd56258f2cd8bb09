//! A sampled gap fails at a bench where two stations stand, one of them without the network: by keys,
//! with what each station's record says afterwards (R16).

use serde_json::Value;

use crate::cli_sampling::{by_operator, plant_with_joints};
use crate::support::counts;
use crate::support::program::{QUALITY, SamplePlant, gemba_at};

#[test]
fn r16_a_failed_gap_holds_what_two_stations_made_and_it_is_sorted_disposed_of_and_let_go() {
    let plant = plant_with_joints();
    let ran = plant.play_fixture("suspect.keys").exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    // The server holds what the other station made since its own last good check; whatever comes up
    // lets it look at once.
    let server = plant.server();
    by_operator(&plant, &["place", "tool", "ASM-1", "T-9"]).exits(0);
    let words = "suspect: made at ASM-1 since the last good check of Joint gap (WO-8/5: 0.03 mm)";
    let told = || plant.gemba(&["trace", "WO-8/6"]).exits(0).out.contains(words);
    for _ in 0..500 {
        plant.gemba(&["sync"]).exits(0);
        if told() {
            break;
        }
    }
    assert!(told(), "the server holds it, and the first station hears of it");
    drop(server);
    let release = ["suspect", "release", "WO-8/4", "--all", "--reason", "measured at the bench"];
    plant.by(QUALITY, &release).exits(0).says("1 suspect units go on");
    for home in [plant.home(), plant.path("HP2")] {
        gemba_at(&home, &["store", "check"]).exits(0);
    }
    let rows = plant.gemba(&["suspect", "list", "--all", "--json"]).exits(0).values();
    let units = rows[0]["units"].as_array().unwrap().iter();
    let standing: Vec<_> = units
        .map(|unit| (unit["traveler"]["unit"].as_str(), unit["standing"].as_str()))
        .map(|(unit, standing)| format!("{} {}", unit.unwrap(), standing.unwrap()))
        .collect();
    assert_eq!(standing, ["2 sorted", "3 sorted", "6 decided"]);
    plant.gemba(&["review", "list"]).exits(0).says("none");
    r17_what_the_judge_held_and_quality_released_can_be_shipped(&plant);
}

/// The unit that the server held: its own holds are judged by nobody.
fn r17_what_the_judge_held_and_quality_released_can_be_shipped(plant: &SamplePlant) {
    let server = plant.server();
    let review = || plant.gemba(&["ship", "review", "WO-8/6", "--json"]).values().remove(0);
    for _ in 0..500 {
        plant.gemba(&["sync"]).exits(0);
        if review()["ready"] == true {
            break;
        }
    }
    assert_eq!(review()["reasons"], serde_json::json!([]));
    drop(server);
}
