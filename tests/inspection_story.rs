//! Lots that come in at the real program: opened, inspected piece by piece and signed, by keys alone.

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::SamplePlant;

/// A plant that inspects seals, with lots that goods-in noted.
fn plant_with_seals(lots: &[(&str, &str)]) -> SamplePlant {
    let plant = SamplePlant::new();
    plant.inspects_seals(lots);
    plant
}

fn play(plant: &SamplePlant, name: &str) {
    let ran = plant.play_fixture(name).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

fn lot(plant: &SamplePlant, lot: &str) -> Value {
    let show = ["inspection", "show", "SEAL-1", "Nordic Seals", lot, "--json"];
    plant.gemba(&show).exits(0).values().remove(0)
}

fn blocked(plant: &SamplePlant, lot: &str) -> Value {
    let rows = plant.gemba(&["material", "list", "SEAL-1", "--json"]).exits(0).values();
    rows.iter().find(|row| row["lot"] == lot).unwrap()["blocked"].clone()
}

/// The judge has nothing to say against any of it.
fn judged_well(plant: &SamplePlant) {
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0);
    assert!(plant.gemba(&["review", "list", "--json"]).exits(0).values().is_empty());
    drop(server);
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r12_a_lot_is_opened_inspected_and_accepted_by_keys() {
    let plant = plant_with_seals(&[("L-1", "3")]);
    let waiting = plant.gemba(&["inspection", "to-open", "--json"]).exits(0).values();
    let row = [&waiting[0]["lot"], &waiting[0]["size"], &waiting[0]["by"][0]["instruction"]];
    assert_eq!((waiting.len(), json!(row)), (1, json!(["L-1", 3, "WI-2100"])));
    play(&plant, "inspection.keys");
    let known = lot(&plant, "L-1");
    assert_eq!((&known["standing"], &known["inspected"]), (&json!("accepted"), &json!(3)));
    // The slip stands in the record beside what put it right.
    assert_eq!(known["records"].as_array().unwrap().len(), 4);
    assert_eq!(blocked(&plant, "L-1"), json!(null));
    plant.gemba(&["inspection", "to-open"]).exits(0);
    judged_well(&plant);
}

#[test]
fn r04_a_lot_is_inspected_in_the_grid_typed_again_and_rejected_by_keys() {
    let plant = plant_with_seals(&[("L-1", "3")]);
    play(&plant, "grid.keys");
    let known = lot(&plant, "L-1");
    assert_eq!((&known["standing"], &known["nonconforming"]), (&json!("rejected"), &json!([3])));
    // One deviation: the one that was raised for the value is the one for which it is rejected.
    let raised = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let of_it = raised.iter().filter(|row| row["id"] == known["deviation"]);
    assert_eq!(of_it.count(), 1, "{raised:?}");
    judged_well(&plant);
}

#[test]
fn r12_a_lot_is_rejected_sorted_and_comes_again_by_keys() {
    let plant = plant_with_seals(&[("L-2", "2")]);
    play(&plant, "inspection-rejected.keys");
    let known = lot(&plant, "L-2");
    assert_eq!((&known["again"], &known["severity"]), (&json!(true), &json!("tightened")));
    assert_eq!(blocked(&plant, "L-2"), json!("it is being inspected"));
    judged_well(&plant);
}
