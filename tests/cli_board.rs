//! Where the figures of the board come from, on a real store.

use serde_json::Value;

use crate::support::program::SamplePlant;

fn board(plant: &SamplePlant, more: &[&str]) -> Value {
    let asked = [&["board", "--json"], more].concat();
    plant.gemba(&asked).exits(0).values()[0].clone()
}

/// A count, or whether one is.
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| u64::from(value.as_bool().unwrap()))
}

fn sum(orders: &Value, what: &str) -> u64 {
    let units = orders.as_array().unwrap().iter().flat_map(|order| {
        order["units"].as_array().unwrap().iter().map(|unit| number(&unit[what]))
    });
    units.sum()
}

#[test]
fn the_board_lists_this_station_with_its_last_contact_and_what_waits() {
    let plant = SamplePlant::new();
    let stations = board(&plant, &[])["stations"].clone();
    let own = &stations[0];
    assert!(own["last_contact"].is_string() && own["waiting"].is_u64(), "{stations}");
    assert_eq!(own["silent"], false, "{stations}");
    plant.gemba(&["board"]).exits(0).says("last contact");
}

#[test]
fn the_units_of_a_place_add_up_to_its_figures_on_the_board() {
    let plant = SamplePlant::new();
    plant.play_fixture("shift.keys").exits(0);
    let all = board(&plant, &[]);
    let mut readings = 0;
    for row in all["places"].as_array().unwrap() {
        let place = row["place"].as_str().unwrap();
        let here = board(&plant, &["--place", place]);
        assert_eq!(here["row"]["figures"], row["figures"], "{place}");
        for what in ["good", "scrap", "failing", "begun", "on_hold"] {
            assert_eq!(Some(sum(&here["orders"], what)), row["figures"][what].as_u64(), "{what}");
        }
        readings += row["figures"]["readings"].as_u64().unwrap();
    }
    assert!(readings > 0, "something was made: {all}");
    plant.gemba(&["board", "--place", "ASM-1"]).exits(0).says("WO-1881/0007").says("finished");
}

#[test]
fn what_fails_most_is_told_with_how_often() {
    let plant = SamplePlant::new();
    plant.play_fixture("shift.keys").exits(0);
    let all = board(&plant, &[]);
    let failing = all["total"]["failing"].as_u64().unwrap();
    let causes = all["causes"].as_array().unwrap();
    let readings = causes.iter().filter(|cause| cause["of"] == "reading");
    let told: u64 = readings.map(|cause| cause["count"].as_u64().unwrap()).sum();
    assert!(failing > 0 && told == failing, "{causes:?}");
    plant.gemba(&["board"]).exits(0).says("most: ");
}

#[test]
fn a_place_that_is_not_known_or_not_served_is_refused() {
    let plant = SamplePlant::new();
    plant.gemba(&["board", "--place", "NOWHERE", "--json"]).exits(1).says("NOWHERE");
    plant.gemba(&["board", "--wall", "--shift", "early"]).exits(2);
    let ran = plant.gemba(&["board", "--wall"]).exits(2);
    assert!(ran.err.contains("there is no terminal"), "{}", ran.err);
}
