//! Lots of own production, from finished pieces over their inspection to their end: by commands and by
//! keys, at the real program (R12).

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant,
};

/// A plant that deburrs rings and inspects them by lot, with these lots finished.
fn plant_with_rings(lots: &[(&str, &str)]) -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    for (source, id) in [("lot/WI-7.md", "WI-7"), ("inspection/WI-2200.md", "WI-2200")] {
        let source = format!("{}/fixtures/{source}", env!("CARGO_MANIFEST_DIR"));
        plant.by(ENGINEER, &["release", &source]).exits(0);
        let approve = ["sign", "--meaning", "approved", id, "A"];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    for (lot, pieces) in lots {
        let order = format!("WO-{lot}");
        let open = ["order", "open", &order, "--part", "RING", "--lot", lot, "--quantity", pieces];
        plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-7:ASM"]].concat()).exits(0);
        let unit = format!("WO-{lot}/{lot}");
        for work in [
            &["traveler", "start", &unit][..],
            &["record", &unit, "yes"],
            &["traveler", "complete", &unit],
            &["traveler", "report", &unit, pieces],
            &["traveler", "complete", &unit],
        ] {
            plant.by(OPERATOR, &[work, &["--place", "ASM-1"]].concat()).exits(0);
        }
    }
    drop(server);
    plant
}

fn about<'a>(word: &'a str, lot: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["inspection", word, "RING", "own", lot], more].concat()
}

fn lot(plant: &SamplePlant, lot: &str) -> Value {
    plant.gemba(&about("show", lot, &["--json"])).exits(0).values().remove(0)
}

fn unit(plant: &SamplePlant, unit: &str) -> Value {
    plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values().remove(0)
}

fn finds(plant: &SamplePlant, lot: &str, piece: &str, bore: &str) {
    let values = ["--piece", piece, bore, "--gauge", "CAL-2"];
    plant.by(INSPECTOR, &about("record", lot, &values)).exits(0);
}

/// The judge has nothing to say against any of it.
fn judged_well(plant: &SamplePlant) {
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0);
    assert_eq!(plant.gemba(&["review", "list", "--json"]).exits(0).values(), [0; 0]);
    drop(server);
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r12_a_lot_that_is_made_here_is_accepted_and_another_one_rejected_with_its_deviation_by_commands()
{
    let plant = plant_with_rings(&[("L-7", "3"), ("L-8", "2")]);
    let waiting = plant.gemba(&["inspection", "to-open", "--json"]).exits(0).values();
    let names: Vec<&Value> = waiting.iter().map(|row| &row["unit"]).collect();
    assert_eq!(names.len(), 2, "{waiting:?}");
    let open = |lot: &str| plant.by(INSPECTOR, &about("open", lot, &["--by", "WI-2200", "--json"]));
    let opened = open("WO-L-7/L-7").exits(0).values().remove(0)["lot"].clone();
    assert_eq!((&opened["size"], &opened["sample"]), (&json!(3), &json!(3)));
    plant.gemba(&["traveler", "show", "WO-L-7/L-7"]).says("the lot is being inspected");
    for piece in ["1", "2", "3"] {
        finds(&plant, "WO-L-7/L-7", piece, "12.01");
    }
    plant.by(OPERATOR, &about("accept", "WO-L-7/L-7", &["--json"])).refuses(&["P04"]);
    plant.by(INSPECTOR, &about("accept", "WO-L-7/L-7", &[])).exits(0).says("accepted");
    assert_eq!(lot(&plant, "WO-L-7/L-7")["standing"], "accepted");
    assert_eq!(unit(&plant, "WO-L-7/L-7")["held"], json!([]));
    open("WO-L-7/L-7").refuses(&["J05"]);

    open("WO-L-8/L-8").exits(0);
    finds(&plant, "WO-L-8/L-8", "1", "12.20");
    plant.by(INSPECTOR, &about("accept", "WO-L-8/L-8", &["--json"])).refuses(&["J21"]);
    plant.by(INSPECTOR, &about("reject", "WO-L-8/L-8", &[])).exits(0).says("rejected");
    let number = lot(&plant, "WO-L-8/L-8")["deviation"].as_str().unwrap().to_owned();
    plant.gemba(&["traveler", "show", "WO-L-8/L-8"]).says(&number);
    let found = plant.gemba(&["deviation", "show", &number]).exits(0);
    found.says("1 of 1 nonconforming: piece 1: Bore 12.20 mm").says("lot WO-L-8.L-8 of RING");
    let sort = about("dispose", "WO-L-8/L-8", &["sort", "--reason", "burr", "--json"]);
    plant.by(QUALITY, &sort).refuses(&["J34"]);
    // Done again by its deviation, it comes again and is inspected more strictly.
    let again = ["deviation", "dispose", &number, "rework", "--step", "deburr", "--reason", "burr"];
    plant.by(SUPERVISOR, &again).exits(0);
    let waiting = plant.gemba(&["inspection", "to-open", "--json"]).exits(0).values();
    assert_eq!((waiting.len(), &waiting[0]["again"]), (1, &json!(true)));
    let opened = open("WO-L-8/L-8").exits(0).values().remove(0)["lot"].clone();
    assert_eq!((&opened["again"], &opened["severity"]), (&json!(true), &json!("tightened")));
    judged_well(&plant);
}

#[test]
fn r12_a_lot_that_is_made_here_is_inspected_and_accepted_and_another_one_rejected_by_keys() {
    let plant = plant_with_rings(&[("L-7", "2"), ("L-8", "2")]);
    let ran = plant.play_fixture("own-lot.keys").exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    assert_eq!(lot(&plant, "WO-L-7/L-7")["standing"], "accepted");
    let rejected = lot(&plant, "WO-L-8/L-8");
    assert_eq!(rejected["standing"], "rejected");
    assert!(rejected["deviation"].as_str().unwrap().starts_with("NCR-"));
    judged_well(&plant);
}

#[test]
fn r12_an_acceptance_of_own_pieces_that_the_server_holds_waits_and_is_inspected_again() {
    let plant = plant_with_rings(&[("L-7", "2")]);
    let open = || plant.by(INSPECTOR, &about("open", "WO-L-7/L-7", &["--by", "WI-2200", "--json"]));
    open().exits(0);
    for piece in ["1", "2"] {
        finds(&plant, "WO-L-7/L-7", piece, "12.01");
    }
    let accept = plant.by(INSPECTOR, &about("accept", "WO-L-7/L-7", &["--json"])).exits(0).values();
    let decided = accept[0]["facts"][0].as_str().unwrap().to_owned();
    let waiting = || plant.gemba(&["inspection", "list", "--json"]).exits(0).values();
    assert_eq!(waiting(), [0; 0]);
    plant.reject(&decided, "WO-L-7/L-7");
    let row = waiting().remove(0);
    assert_eq!((&row["standing"], &row["waits"]), (&json!("accepted"), &json!(true)));
    assert!(row["held"].as_str().unwrap().contains("not at this bench"), "{row}");
    // A supervisor looks, and does not let it go: it is inspected again, and then let go.
    let answer = |word: &str| {
        let answer = ["review", "answer", &decided, word, "--reason", "the gauge was another one"];
        plant.by(SUPERVISOR, &answer).exits(0);
    };
    answer("--refuse");
    let again = plant.gemba(&["inspection", "to-open", "--json"]).exits(0).values();
    assert_eq!((&again[0]["unit"]["unit"], &again[0]["again"]), (&json!("L-7"), &json!(true)));
    let opened = open().exits(0).values().remove(0)["lot"].clone();
    assert_eq!(opened["again"], json!(true));
    for piece in ["1", "2"] {
        finds(&plant, "WO-L-7/L-7", piece, "12.02");
    }
    plant.by(INSPECTOR, &about("accept", "WO-L-7/L-7", &[])).exits(0);
    answer("--accept");
    assert_eq!(unit(&plant, "WO-L-7/L-7")["held"], json!([]));
    assert_eq!(waiting(), [0; 0]);
}

#[test]
fn r10_a_gauge_that_failed_holds_what_was_split_off_since_it_was_read_and_nothing_that_had_left() {
    let plant = plant_with_rings(&[]);
    let open = ["order", "open", "WO-L-9", "--part", "RING", "--lot", "L-9", "--quantity", "5"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-7:ASM"]].concat()).exits(0);
    let (lot, left, since) = ("WO-L-9/L-9", "WO-L-9/L-9-HP1-1", "WO-L-9/L-9-HP1-2");
    plant.by(OPERATOR, &["traveler", "start", lot, "--place", "ASM-1"]).exits(0);
    let split = |pieces: &str| {
        let split = ["traveler", "split", lot, pieces, "--reason", "rush", "--place", "ASM-1"];
        plant.by(SUPERVISOR, &split).exits(0)
    };
    split("2").says(left);
    plant.by(INSPECTOR, &about("open", lot, &["--by", "WI-2200"])).exits(0);
    for piece in ["1", "2", "3"] {
        finds(&plant, lot, piece, "12.01");
    }
    plant.by(INSPECTOR, &about("accept", lot, &[])).exits(0);
    split("1").says(since);
    let failed =
        ["gauge", "failed", "CAL-2", "--found", "+0.05 mm", "--reason", "dropped", "--hold"];
    let said = plant.by(QUALITY, &[&failed[..], &["--json"]].concat()).exits(0).values();
    assert_eq!(said.last().unwrap()["held"], json!([lot, since]));
    assert_eq!(unit(&plant, left)["held"], json!([]));
    plant.by(QUALITY, &["gauge", "hold", "CAL-2", "--json"]).refuses(&["G13"]);
    judged_well(&plant);
}
