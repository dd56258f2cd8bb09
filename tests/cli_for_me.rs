//! What somebody could sign now, by the command line: each row with the command that signs it.

use serde_json::{Value, json};

use crate::cli_inspection::{about, approve, comes_in, records, released};
use crate::cli_ship::{packing, packs, waits_for};
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, QUALITY, Ran, SUPERVISOR, SamplePlant,
};

/// What waits for the signature of whoever has a badge.
fn asked(plant: &SamplePlant, (badge, _): (&str, &str), more: &[&str]) -> Ran {
    let people = plant.gemba(&["person", "list", "--json"]).exits(0).values();
    let found = people.iter().find(|person| person["badge"] == badge).unwrap();
    let person = found["person"].as_str().unwrap();
    plant.gemba(&[&["board", "--for", person], more].concat()).exits(0)
}

fn for_me(plant: &SamplePlant, who: (&str, &str)) -> Vec<Value> {
    asked(plant, who, &["--json"]).values()
}

/// A unit of the sample that is finished, and was not released.
const FINISHED: &str = "gemba ship release WO-1890/0013";

/// Whether one of these people, and no other, is asked to sign something, and by which command.
#[track_caller]
fn waits_only_for(plant: &SamplePlant, people: &[(&str, &str)], command: &str) {
    for who in [OPERATOR, INSPECTOR, SUPERVISOR, ENGINEER, QUALITY] {
        let rows = for_me(plant, who);
        let of_now = rows.iter().map(|row| &row["command"]).filter(|command| **command != FINISHED);
        let commands: Vec<&Value> = of_now.collect();
        let wanted = people.contains(&who).then(|| json!(command));
        assert_eq!(commands, wanted.iter().collect::<Vec<_>>(), "{who:?}");
    }
}

#[test]
fn r12_a_lot_is_to_be_decided_by_an_inspector_once_its_plan_has_its_answer() {
    let plant = released();
    let _server = plant.server();
    approve(&plant);
    let lot = comes_in(&plant, "L-1", "8");
    let accept = "gemba inspection accept SEAL-1 'Nordic Seals' L-1";
    let pieces = lot["remaining"].as_array().unwrap();
    let (last, others) = pieces.split_last().unwrap();
    for piece in others {
        records(&plant, "L-1", piece, "3.52");
    }
    waits_only_for(&plant, &[], accept);
    records(&plant, "L-1", last, "3.52");
    waits_only_for(&plant, &[INSPECTOR, QUALITY], accept);
    let row = for_me(&plant, INSPECTOR).remove(0);
    assert_eq!(
        (&row["kind"], &row["which"], &row["of"]),
        (&json!("lot"), &json!("L-1"), &json!("SEAL-1"))
    );
    asked(&plant, INSPECTOR, &[]).says("accept the lot").says("0 nonconforming of 8 inspected");
    plant.by(INSPECTOR, &about("accept", "L-1", &[])).exits(0);
    waits_only_for(&plant, &[], accept);
    asked(&plant, INSPECTOR, &[]).says("none");
    let of_quality = for_me(&plant, QUALITY);
    assert_eq!(of_quality.len(), 1, "the finished unit waits all the while: {of_quality:?}");
    assert_eq!(of_quality[0]["command"], FINISHED);

    // One that its plan does not accept is to be rejected; to use it all the same takes two.
    let lot = comes_in(&plant, "L-2", "5");
    records(&plant, "L-2", &lot["remaining"][0], "3.61");
    let reject = "gemba inspection reject SEAL-1 'Nordic Seals' L-2";
    waits_only_for(&plant, &[INSPECTOR, QUALITY], reject);
    plant.by(INSPECTOR, &about("reject", "L-2", &[])).exits(0);
    let as_is = about("dispose", "L-2", &["use-as-is", "--reason", "seals all the same"]);
    plant.by(ENGINEER, &as_is).exits(0);
    let dispose = "gemba inspection dispose SEAL-1 'Nordic Seals' L-2 use-as-is --reason REASON";
    waits_only_for(&plant, &[QUALITY], dispose);
    plant.by(QUALITY, &as_is).exits(0);
    waits_only_for(&plant, &[], dispose);
}

#[test]
fn r17_a_finished_unit_is_to_be_released_by_quality_once_nothing_stops_it() {
    let (plant, _server) = packing();
    let (one, two) = ("WO-3100/P-1", "WO-3100/P-2");
    packs(&plant, one);
    waits_for(&plant, one, &[]);
    waits_only_for(&plant, &[QUALITY], &format!("gemba ship release {one}"));
    packs(&plant, two);
    waits_for(&plant, two, &[]);
    // The units of an order are one row: they are released together.
    waits_only_for(&plant, &[QUALITY], &format!("gemba ship release {one} {two}"));
    plant.by(QUALITY, &["ship", "release", one]).exits(0);
    waits_only_for(&plant, &[QUALITY], &format!("gemba ship release {two}"));
    plant.by(QUALITY, &["ship", "release", two]).exits(0);
    waits_only_for(&plant, &[], "");
}

#[test]
fn who_is_not_known_is_told_so_and_a_shift_has_no_signatures() {
    let plant = SamplePlant::new();
    plant.gemba(&["board", "--for", "nobody", "--json"]).refuses(&["P02"]);
    plant.gemba(&["board", "--for", "nobody", "--shift", "early"]).exits(2);
}
