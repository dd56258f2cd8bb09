//! Two stations that do not see each other, by keys alone.

use serde_json::Value;

use crate::support::counts;
use crate::support::program::SamplePlant;

#[test]
fn two_stations_do_the_same_step_and_one_works_on_what_the_other_held() {
    let plant = SamplePlant::new();
    let ran = plant.play(include_str!("../fixtures/unseen.keys")).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    let trace = plant.gemba(&["trace", "WO-1881/0009", "--json"]).exits(0).values();
    let lines = trace[0]["lines"].as_array().unwrap();
    let unseen = |line: &&Value| line["unseen"].as_array().is_some_and(|also| !also.is_empty());
    let mut places: Vec<&str> =
        lines.iter().filter(unseen).map(|line| line["place"].as_str().unwrap()).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places, ["ASM-1", "ASM-2"], "each says so of the other");
    let not_accepted: Vec<&Value> =
        lines.iter().map(|line| &line["not_accepted"]).filter(|said| !said.is_null()).collect();
    assert_eq!(not_accepted.len(), 1, "a story is told once: {not_accepted:?}");
    assert_eq!(not_accepted[0]["answered"], true);
    let shown = plant.gemba(&["traveler", "show", "WO-1881/0009", "--json"]).exits(0).values();
    assert_eq!(shown[0]["not_accepted"][0]["fact"], not_accepted[0]["fact"]);
    let reviews = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert_eq!(reviews, Vec::<Value>::new());
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

/// A station that nobody touches asks of itself once a minute only; this script does not wait that long. How
/// long it took, of the two seconds that it may, is printed.
#[test]
fn a_board_shows_what_was_read_at_another_station_without_being_asked() {
    let plant = SamplePlant::new();
    let ran = plant.play(include_str!("../fixtures/board.keys")).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    let ms = summary["last_ms"].as_u64().unwrap();
    println!("the board shows a reading of another station {ms} ms after that shows it as saved");
    counts::add("boards", 1);
    counts::add("board_ms", ms);
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

const ONE_CABLE: &str = "station HP2 ASM-2\nexpect at server\noffline HP2\nexpect no server\n\
    station\nexpect at server\nstation HP2 ASM-2\nonline HP2\nexpect at server\n";

#[test]
fn one_station_of_a_script_loses_the_network_while_the_other_has_it() {
    let plant = SamplePlant::new();
    plant.play(ONE_CABLE).exits(0);
    // The same plant once more: the station finds the server where it was.
    plant.play(ONE_CABLE).exits(0);
    plant.play("offline HP2\n").exits(1).says("no station HP2 was enrolled by this script");
}

#[test]
fn a_script_includes_another_with_values_for_its_names() {
    let plant = SamplePlant::new();
    plant.play_fixture("story/first.keys").exits(0);
    plant.gemba(&["traveler", "show", "WO-1881/0007"]).exits(0).says("finished");
    let missing = plant.play("include nowhere.keys\n").exits(2);
    assert!(missing.err.contains("nowhere.keys cannot be read"), "{}", missing.err);
}
