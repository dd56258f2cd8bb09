//! What was measured of a characteristic, on a real store.

use serde_json::Value;

use crate::support::program::SamplePlant;

#[test]
fn the_readings_of_a_characteristic_say_by_which_revision_and_where_they_were_taken() {
    let plant = SamplePlant::new();
    plant.play_fixture("story/first.keys").exits(0);
    let asked = ["specification", "readings", "CP-40"];
    let of = |id: &str| {
        let asked = [&asked[..], &[id, "--json"]].concat();
        plant.gemba(&asked).exits(0).values()[0].clone()
    };
    let shown = plant.gemba(&["specification", "show", "CP-40", "--json"]).exits(0).values();
    let known = &shown[0]["revisions"][0]["specification"]["characteristics"];
    let ids = known.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
    let measured: Vec<&str> =
        ids.filter(|id| plant.gemba(&[&asked[..], &[id]].concat()).err.is_empty()).collect();
    assert!(!measured.is_empty(), "something was measured: {shown:?}");
    let view = of(measured[0]);
    let reading = &view["readings"][0];
    assert!(reading["revision"].as_str().unwrap().contains(" rev "), "{reading}");
    assert_ne!(reading["place"], Value::Null);
    let text = plant.gemba(&[&asked[..], &[measured[0]]].concat()).exits(0);
    text.says("revision").says("place").says("shift").says("WO-1881/0007");
}

#[test]
fn what_was_never_measured_is_refused_with_where_to_look() {
    let plant = SamplePlant::new();
    let asked = ["specification", "readings", "CP-40", "c-nothing"];
    plant
        .gemba(&asked)
        .exits(1)
        .says("nothing was measured")
        .says("gemba specification show CP-40");
}
