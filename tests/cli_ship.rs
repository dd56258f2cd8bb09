//! Release to ship from the command line: several units all or none, and what a certificate says.

use serde_json::Value;

use crate::support::program::{
    ENGINEER, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant, Service,
};

const ONE: &str = "WO-3100/P-1";
const TWO: &str = "WO-3100/P-2";

/// A plant with an order of two units that are wrapped, and nothing else.
pub(crate) fn packing() -> (SamplePlant, Service) {
    let plant = SamplePlant::new();
    let server = plant.server();
    let file = |name: &str| format!("{}/fixtures/story/{name}", env!("CARGO_MANIFEST_DIR"));
    let sources = ["CP-50.csv", "WI-3020.md"].map(file);
    plant.by(ENGINEER, &["release", &sources[0], &sources[1]]).exits(0);
    for id in ["CP-50", "WI-3020"] {
        let approve = ["sign", "--meaning", "approved", id, "A"];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let open = ["order", "open", "WO-3100", "--part", "CP-50", "--serials", "P-1,P-2"];
    plant.by(PLANNER, &[&open[..], &["--operation", "20:WI-3020:INC"]].concat()).exits(0);
    (plant, server)
}

pub(crate) fn packs(plant: &SamplePlant, unit: &str) {
    for act in [
        &["traveler", "start", unit][..],
        &["record", unit, "yes"],
        &["traveler", "complete", unit, "pack"],
    ] {
        plant.by(OPERATOR, &[act, &["--place", "INC-1"]].concat()).exits(0);
    }
}

/// Syncs until nothing but these codes stands against a unit.
pub(crate) fn waits_for(plant: &SamplePlant, unit: &str, codes: &[&str]) -> Value {
    for _ in 0..500 {
        plant.gemba(&["sync"]).exits(0);
        let review = plant.gemba(&["ship", "review", unit, "--json"]).values().remove(0);
        let found = review["reasons"].as_array().unwrap().iter();
        let found: Vec<&str> = found.map(|reason| reason["code"].as_str().unwrap()).collect();
        if found == codes {
            return review;
        }
    }
    panic!("{unit} is not judged: {}", plant.gemba(&["ship", "review", unit]).out);
}

/// A unit as `ship list` has it.
fn listed(plant: &SamplePlant, unit: &str) -> Value {
    let rows = plant.gemba(&["ship", "list", "--json"]).exits(0).values();
    let found = rows.iter().find(|row| row["traveler"] == unit);
    found.unwrap_or_else(|| panic!("{unit} in {rows:?}")).clone()
}

#[test]
fn r17_several_units_are_released_all_or_none_and_each_certificate_names_the_others() {
    let (plant, server) = packing();
    packs(&plant, ONE);
    let start = ["traveler", "start", TWO, "--place", "INC-1"];
    plant.by(OPERATOR, &start).exits(0);
    waits_for(&plant, ONE, &[]);
    waits_for(&plant, TWO, &["Z02"]);
    let release = ["ship", "release", ONE, TWO];
    plant.by(QUALITY, &[&release[..], &["--json"]].concat()).refuses(&["Z02"]);
    plant.gemba(&["certificate", ONE, "--json"]).refuses(&["Z11"]);
    for act in [&["record", TWO, "yes"][..], &["traveler", "complete", TWO, "pack"]] {
        plant.by(OPERATOR, &[act, &["--place", "INC-1"]].concat()).exits(0);
    }
    let reviewed = waits_for(&plant, TWO, &[]);
    let wrong = [&release[..], &["--digest", reviewed["digest"].as_str().unwrap()]].concat();
    plant.by(QUALITY, &wrong).exits(2).says("there is one for each unit");
    plant.by(SUPERVISOR, &[&release[..], &["--json"]].concat()).refuses(&["P04"]);
    let stands = |unit: &str| listed(&plant, unit)["stands"].clone();
    assert_eq!((stands(ONE), stands(TWO)), ("to-ship".into(), "to-ship".into()));
    let shipped = plant.by(QUALITY, &release).exits(0);
    assert_eq!(shipped.out.matches(": certificate ").count(), 2, "{}", shipped.out);
    let certificate = plant.gemba(&["certificate", ONE]).exits(0).says("valid, as known here");
    certificate
        .says("CP-50")
        .says("R. Tanaka")
        .says(TWO)
        .says("claims compliance with no standard");
    let json = plant.gemba(&["certificate", TWO, "--json"]).exits(0).values();
    assert_eq!(json[0]["released"]["role"], "quality");
    assert_eq!(json[0]["not_valid"], Value::Null);
    let board = plant.gemba(&["board", "--json"]).exits(0).values();
    assert_eq!(board[0]["ships"]["shipped"], 2, "{}", board[0]["ships"]);
    let orders = plant.gemba(&["order", "list", "--json"]).exits(0).values();
    let order = orders.iter().find(|row| row["order"] == "WO-3100").unwrap();
    assert_eq!((&order["to_ship"], &order["shipped"]), (&0.into(), &2.into()));
    plant.gemba(&["ship", "review", ONE]).exits(1).says("Z10").says("R. Tanaka");
    let back = ["ship", "back", ONE, "--reason", "returned by the customer"];
    plant.by(QUALITY, &back).exits(0);
    let ended = plant.gemba(&["certificate", ONE]).exits(1);
    ended.says("NOT VALID").says("returned by the customer");
    let row = listed(&plant, ONE);
    assert_eq!(row["stands"], "to-ship");
    let why = row["why"].as_str().unwrap();
    assert!(why.starts_with("certificate not valid: taken back"), "{why}");
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn r17_a_process_deviation_that_names_a_unit_and_holds_nothing_is_closed_before_it_goes_out() {
    let (plant, server) = packing();
    packs(&plant, ONE);
    waits_for(&plant, ONE, &[]);
    let raise = ["deviation", "raise", "--kind", "process", ONE, "--note", "oven chart out"];
    plant.by(SUPERVISOR, &[&raise[..], &["--place", "INC-1"]].concat()).exits(0);
    waits_for(&plant, ONE, &["Z07"]);
    let release = ["ship", "release", ONE, "--place", "INC-1", "--json"];
    plant.by(QUALITY, &release).refuses(&["Z07"]);
    plant.by(QUALITY, &["deviation", "close", "NCR-HP1-0002", "chart found"]).exits(0);
    waits_for(&plant, ONE, &[]);
    drop(server);
}

#[test]
fn r17_the_list_of_what_went_out_says_of_each_certificate_that_is_void_what_the_certificate_says() {
    let (plant, server) = packing();
    packs(&plant, ONE);
    waits_for(&plant, ONE, &[]);
    plant.by(QUALITY, &["ship", "release", ONE, "--place", "INC-1"]).exits(0);
    let row = listed(&plant, ONE);
    assert_eq!((&row["stands"], &row["why"]), (&"shipped".into(), &Value::Null));
    // It names the unit and holds nothing, so the unit's own record says nothing of it.
    let raise = ["deviation", "raise", "--kind", "process", ONE, "--note", "oven chart out"];
    plant.by(SUPERVISOR, &[&raise[..], &["--place", "INC-1"]].concat()).exits(0);
    let certificate = plant.gemba(&["certificate", ONE, "--json"]).exits(1).values().remove(0);
    let why = format!("certificate not valid: {}", certificate["not_valid"].as_str().unwrap());
    let row = listed(&plant, ONE);
    assert_eq!((&row["stands"], &row["why"]), (&"shipped-in-doubt".into(), &why.clone().into()));
    plant.gemba(&["ship", "list"]).exits(0).says("SHIPPED, IN DOUBT").says(&why);
    drop(server);
}
