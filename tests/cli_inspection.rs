//! Lots of seals from goods-in to their end, by commands, with the server's judge behind them.

use serde_json::{Value, json};

use crate::support::program::{ENGINEER, INSPECTOR, OPERATOR, QUALITY, SUPERVISOR, SamplePlant};

const SERIES: [&str; 2] = ["SEAL-1", "Nordic Seals"];

fn released() -> SamplePlant {
    let plant = SamplePlant::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
    plant.gemba(&["check", source]).exits(0).says("1 clean");
    plant.gemba(&["fmt", "--check", source]).exits(0);
    plant
}

fn approve(plant: &SamplePlant) {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
    plant.by(ENGINEER, &["release", source]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-2100", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
}

fn about<'a>(word: &'a str, lot: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["inspection", word][..], &SERIES, &[lot], more].concat()
}

fn comes_in(plant: &SamplePlant, lot: &str, quantity: &str) -> Value {
    let receive = ["material", "receive", "SEAL-1", lot, "--supplier", "Nordic Seals"];
    plant.by(QUALITY, &[&receive[..], &["--quantity", quantity]].concat()).exits(0);
    let open = about("open", lot, &["--by", "WI-2100", "--json"]);
    plant.by(INSPECTOR, &open).exits(0).values().remove(0)["lot"].clone()
}

fn records(plant: &SamplePlant, lot: &str, piece: &Value, cord: &str) -> Value {
    let piece = piece.to_string();
    let values = ["--piece", &piece, cord, "yes", "--gauge", "CAL-2", "--json"];
    plant.by(INSPECTOR, &about("record", lot, &values)).exits(0).values().remove(0)["lot"].clone()
}

fn shown(plant: &SamplePlant, lot: &str) -> Value {
    plant.gemba(&about("show", lot, &["--json"])).exits(0).values().remove(0)
}

fn blocked(plant: &SamplePlant, lot: &str) -> Value {
    let rows = plant.gemba(&["material", "list", "SEAL-1", "--json"]).exits(0).values();
    rows.iter().find(|row| row["lot"] == lot).unwrap()["blocked"].clone()
}

#[test]
fn r12_a_lot_is_opened_inspected_accepted_and_another_one_rejected_by_commands() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    let lot = comes_in(&plant, "L-1", "8");
    let plan = [&lot["letter"], &lot["sample"], &lot["accept"], &lot["reject"]];
    assert_eq!(json!(plan), json!(["A", 8, 0, 1]));
    assert_eq!((&lot["severity"], &lot["why"]), (&json!("normal"), &json!("the series begins")));
    assert_eq!(blocked(&plant, "L-1"), json!("it is being inspected"));
    plant.gemba(&["inspection", "list"]).exits(0).says("L-1").says("letter A, inspect 8 of 8");
    plant.by(INSPECTOR, &about("accept", "L-1", &["--json"])).refuses(&["J20"]);
    let gauge = about("record", "L-1", &["--piece", "1", "3.5", "yes", "--json"]);
    plant.by(INSPECTOR, &gauge).refuses(&["G01"]);
    for piece in lot["remaining"].as_array().unwrap() {
        records(&plant, "L-1", piece, "3.52");
    }
    plant.by(OPERATOR, &about("accept", "L-1", &["--json"])).refuses(&["P04"]);
    plant.by(INSPECTOR, &about("accept", "L-1", &[])).exits(0).says("L-1 of Nordic Seals accepted");
    assert_eq!(blocked(&plant, "L-1"), json!(null));
    plant.gemba(&about("show", "L-1", &[])).says("accepted by M. Okafor").says("8 inspected");

    let lot = comes_in(&plant, "L-2", "5");
    let first = lot["remaining"][0].clone();
    let bad = records(&plant, "L-2", &first, "3.61");
    assert_eq!(bad["nonconforming"], json!([first]));
    plant.by(INSPECTOR, &about("accept", "L-2", &["--json"])).refuses(&["J21"]);
    plant.by(INSPECTOR, &about("reject", "L-2", &[])).exits(0).says("L-2 of Nordic Seals rejected");
    let held = blocked(&plant, "L-2");
    let why =
        held.as_str().is_some_and(|why| why.starts_with("rejected: 1 nonconforming, Re 1; NCR-"));
    assert!(why, "{held}");
    let release = ["material", "release", "SEAL-1", "L-2", "--reason", "in a hurry", "--json"];
    plant.by(QUALITY, &release).refuses(&["J32"]);
    let sort = about("dispose", "L-2", &["sort", "--reason", "the bad ones can be seen"]);
    plant.by(SUPERVISOR, &sort).exits(0);
    let again = about("open", "L-2", &["--by", "WI-2100", "--size", "4", "--json"]);
    let again = plant.by(INSPECTOR, &again).exits(0).values().remove(0)["lot"].clone();
    assert_eq!((&again["again"], &again["severity"]), (&json!(true), &json!("tightened")));
    assert_eq!(shown(&plant, "L-2")["standing"], "open");
    let series = [&["inspection", "series"][..], &SERIES].concat();
    plant.gemba(&series).exits(0).says("rejected, to be sorted").says("switching score 0");
    // The judge has nothing to say against any of it.
    plant.gemba(&["sync"]).exits(0);
    assert!(plant.gemba(&["review", "list", "--json"]).exits(0).values().is_empty());
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn r04_a_file_of_many_pieces_is_one_act_and_one_deviation_names_every_failing_value() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    comes_in(&plant, "L-3", "5");
    let table = plant.home().join("cords.csv");
    let fill = |text: &str, more: &[&str]| {
        std::fs::write(&table, text).unwrap();
        let args = [&[table.to_str().unwrap(), "--gauge", "CAL-2"][..], more].concat();
        plant.by(INSPECTOR, &about("fill", "L-3", &args))
    };
    // What is wrong in one line keeps all of them out, and is told by its line.
    fill("Cord;Is the seam without flash?\n3.52;yes\n3.5x;yes\n", &[])
        .exits(1)
        .says("line 3: Cord");
    fill("Cord,Corde\n3.52,yes\n", &[]).exits(1).says("nothing is called");
    fill("Cord\n3.52\n3.51\n3.5\n3.5\n3.5\n3.5\n", &[]).exits(1).says("more lines than pieces");
    let good = "piece,Cord,Is the seam without flash?\n5,3.71,yes\n1,3.52,yes\n2,3.51,no\n";
    fill(good, &["--plan"]).exits(0).says("would record 6 values of 3 pieces");
    assert!(shown(&plant, "L-3")["records"].as_array().unwrap().is_empty());
    fill(good, &[]).exits(0).says("6 values of 3 pieces").says("2 nonconforming of 3 inspected");
    let lot = shown(&plant, "L-3");
    assert_eq!((&lot["nonconforming"], &lot["begun"]), (&json!([2, 5]), &json!([])));
    let row = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let found = row.iter().find(|row| row["found"].as_str().unwrap_or("").contains("piece 5"));
    assert!(found.is_some(), "{row:?}");
    fill(good, &["--json"]).refuses(&["J18"; 6]);
    plant.by(INSPECTOR, &about("reject", "L-3", &[])).exits(0).says("rejected");
    plant.gemba(&["sync"]).exits(0);
    let reviews = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert!(reviews.is_empty(), "{reviews:?}");
    drop(server);
}
