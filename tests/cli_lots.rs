//! A lot from its sources to two lots that go on, by commands: a standard step, a count, a split.

use serde_json::json;

use crate::support::program::{ENGINEER, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant};

const STANDARD: &str = "---\nid: STD-CLEAN\ntitle: Clean two faces\nrev: B\nstandard-step: yes\n\
    ---\n\n## Clean {#clean}\nWipe both faces.\n\n```check\nask: Are both faces dry?\n```\n";

const INSTRUCTION: &str = "---\nid: WI-7\ntitle: Deburr the rings\npart: RING\nrev: A\n\
    operation: 10 Deburring\nwork-center: ASM\n---\n\n## Clean the rings {#rings}\n\
    ```include\nstep: STD-CLEAN rev B\n```\n\n## Press {#press}\n```check\nask: Did it click?\n\
    gauge: torque-wrench\nsetting: 25 Nm\n```\n\n## Count {#count}\nCount what is good.\n\n\
    ```quantity\nlabel: Rings\n```\n";

fn approve(plant: &SamplePlant, id: &str, revision: &str) {
    let approve = ["sign", "--meaning", "approved", id, revision];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
}

/// A count is corrected twice, by commands.
fn put_right(plant: &SamplePlant) {
    // Two more are bent: the count is put right, and both are shown.
    let recount = |pieces: &str| {
        let arguments = ["traveler", "recount", "WO-7/L-7", pieces, "--reason", "bent"];
        plant.by(OPERATOR, &[&arguments[..], &["--place", "ASM-1"]].concat())
    };
    recount("70/40").exits(1).says("Q04");
    recount("58/4").exits(0).says("count 1: 58 good, 4 scrap, was 60 good, 2 scrap");
    recount("60/2").exits(0).says("38 left to report");
    plant.gemba(&["traveler", "show", "WO-7/L-7"]).says("count 1: operation 10, 60 good, 2 scrap");
    let shown =
        plant.gemba(&["traveler", "show", "WO-7/L-7", "--json"]).exits(0).values().remove(0);
    let count = &shown["lot"]["counts"][0];
    let second = &count["corrections"][0];
    assert_eq!((&count["first"]["good"], &second["good"]), (&json!(60), &json!(58)));
    assert_eq!(second["reason"], "bent");
}

/// The check that was made with it is in doubt on both lots, finished as they are.
fn the_gauge_of_the_lot_is_the_gauge_of_what_was_split_off(plant: &SamplePlant) {
    let child = ["traveler", "show", "WO-7/L-7-HP1-1", "--json"];
    let child = plant.gemba(&child).exits(0).values().remove(0);
    assert_eq!(child["steps"][1]["attempts"], 1, "made before the split, with the lot");
    let failed = ["gauge", "failed", "TW-07", "--found", "+4 %", "--reason", "dropped"];
    plant.by(QUALITY, &failed).exits(0);
    let held = || {
        let trace = plant.gemba(&["gauge", "trace", "TW-07", "--json"]).exits(0).values().remove(0);
        let rows = trace["readings"].as_array().unwrap().clone();
        let ours = rows.into_iter().filter(|row| row["step"] == "press");
        let row = |row: serde_json::Value| json!([row["traveler"], row["value"], row["hold"]]);
        let mut rows: Vec<_> = ours.map(row).collect();
        rows.sort_by_key(ToString::to_string);
        json!(rows)
    };
    let stands = |hold: serde_json::Value| {
        json!([["WO-7/L-7", "yes", hold], ["WO-7/L-7-HP1-1", "yes", hold]])
    };
    assert_eq!(held(), stands(json!(null)));
    plant.by(QUALITY, &["gauge", "hold", "TW-07"]).exits(0).says("WO-7/L-7-HP1-1");
    assert_eq!(held(), stands(json!("held")));
}

#[test]
fn a_lot_is_counted_in_part_and_split_by_commands() {
    let plant = SamplePlant::new();
    let server = plant.server();
    let standard = plant.file("STD-CLEAN.md", STANDARD);
    let instruction = plant.file("WI-7.md", INSTRUCTION);
    plant.gemba(&["check", &instruction, &standard]).exits(0).says("2 clean");
    plant.gemba(&["fmt", "--check", &instruction, &standard]).exits(0);
    // What includes a standard step is handed in after it was released.
    plant.by(ENGINEER, &["release", &instruction, "--json"]).exits(1).refuses(&["D30"]);
    plant.by(ENGINEER, &["release", &standard]).exits(0).says("standard step STD-CLEAN rev B");
    let other = "ab".repeat(32);
    let approves = ["sign", "--meaning", "approved", "STD-CLEAN", "B", "--hash", &other, "--json"];
    plant.by(QUALITY, &approves).refuses(&["D32"]);
    approve(&plant, "STD-CLEAN", "B");
    let shown = plant.gemba(&["instruction", "show", "STD-CLEAN", "--json"]).exits(0).values();
    assert_eq!(shown[0]["kind"], "standard-step");
    let open = ["order", "open", "WO-6", "--part", "RING", "--serials", "0001", "--json"];
    let std = ["--operation", "10:STD-CLEAN:ASM"];
    plant.by(PLANNER, &[&open[..], &std].concat()).refuses(&["D31"]);
    plant.by(ENGINEER, &["release", &instruction]).exits(0);
    approve(&plant, "WI-7", "A");
    let users = plant.gemba(&["instruction", "users", "STD-CLEAN", "--json"]).exits(0).values();
    assert_eq!(users.len(), 1);
    assert_eq!((&users[0]["instruction"], &users[0]["step"]), (&json!("WI-7"), &json!("rings")));
    assert_eq!((&users[0]["includes"], &users[0]["newest"]), (&json!("B"), &json!(true)));

    let open = ["order", "open", "WO-7", "--part", "RING", "--lot", "L-7", "--quantity", "100"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-7:ASM"]].concat()).exits(0);
    let at = ["--place", "ASM-1"];
    let by = |arguments: &[&str]| plant.by(OPERATOR, &[arguments, &at].concat());
    by(&["traveler", "start", "WO-7/L-7"]).exits(0);
    by(&["record", "WO-7/L-7", "yes"]).exits(0);
    by(&["traveler", "complete", "WO-7/L-7"]).exits(0);
    by(&["record", "WO-7/L-7", "yes", "--gauge", "TW-07"]).exits(0);
    by(&["traveler", "complete", "WO-7/L-7"]).exits(0);
    let counts = by(&["record", "WO-7/L-7", "60"]).exits(1).says("100 are left to report");
    counts.says("gemba traveler report WO-7/L-7 GOOD/SCRAP --step count");
    by(&["traveler", "report", "WO-7/L-7", "60/2", "--json"]).exits(1).refuses(&["R08"]);
    let report = ["traveler", "report", "WO-7/L-7", "60/2", "--reason", "dent", "--json"];
    let values = by(&report).exits(0).values();
    assert_eq!(values[0]["missing"], 38);
    by(&["traveler", "complete", "WO-7/L-7", "--json"]).exits(1).refuses(&["Q01"]);
    put_right(&plant);
    let split = ["traveler", "split", "WO-7/L-7", "38", "--reason", "rush", "--json"];
    let values = plant.by(SUPERVISOR, &split).exits(0).values();
    assert_eq!(values[0]["lot"], "WO-7/L-7-HP1-1");
    by(&["traveler", "complete", "WO-7/L-7"]).exits(0);
    by(&["traveler", "report", "WO-7/L-7-HP1-1", "38"]).exits(0).says("0 left to report");
    by(&["traveler", "complete", "WO-7/L-7-HP1-1"]).exits(0);

    let show =
        |unit: &str| plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values().remove(0);
    let (parent, child) = (show("WO-7/L-7"), show("WO-7/L-7-HP1-1"));
    assert_eq!((&parent["standing"], &child["standing"]), (&json!("finished"), &json!("finished")));
    assert_eq!(parent["lot"]["split_into"], json!(["WO-7/L-7-HP1-1"]));
    assert_eq!(child["lot"]["split_from"], json!(["WO-7/L-7"]));
    assert_eq!((&parent["lot"]["pieces"], &child["lot"]["pieces"]), (&json!(62), &json!(38)));
    let operation = &parent["lot"]["operations"][0];
    assert_eq!(
        (&operation["came"], &operation["good"], &operation["scrap"], &operation["missing"]),
        (&json!(62), &json!(60), &json!(2), &json!(0))
    );
    let orders = plant.gemba(&["order", "list", "--json"]).exits(0).values();
    let order = orders.iter().find(|order| order["order"] == "WO-7").unwrap();
    let made = json!([{"place": null, "operation": 10, "good": 98, "scrap": 2, "rework": 0}]);
    assert_eq!(order["pieces"], made);
    let board = plant.gemba(&["board", "--json"]).exits(0).values().remove(0);
    let made = json!([{"place": "ASM-1", "operation": 10, "good": 98, "scrap": 2, "rework": 0}]);
    assert_eq!(board["pieces"], made);
    plant.gemba(&["trace", "WO-7/L-7-HP1-1"]).exits(0).says("38 pieces split off from WO-7/L-7");
    plant.gemba(&["trace", "WO-7/L-7"]).exits(0).says("60 good, 2 scrap of 100: dent");
    the_gauge_of_the_lot_is_the_gauge_of_what_was_split_off(&plant);
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn a_new_revision_of_a_standard_step_names_who_uses_the_old_one() {
    let plant = SamplePlant::new();
    let server = plant.server();
    let standard = plant.file("STD-CLEAN.md", STANDARD);
    plant.by(ENGINEER, &["release", &standard]).exits(0);
    approve(&plant, "STD-CLEAN", "B");
    let instruction = plant.file("WI-7.md", INSTRUCTION);
    plant.by(ENGINEER, &["release", &instruction]).exits(0);
    approve(&plant, "WI-7", "A");
    let newer = STANDARD.replace("rev: B", "rev: C").replace("Wipe", "Wipe twice");
    let newer = plant.file("STD-CLEAN.md", newer);
    plant.gemba(&["check", &instruction]).exits(0).says("E0235 warning");
    plant.by(ENGINEER, &["release", &newer]).exits(0).says("used by WI-7  A");
    approve(&plant, "STD-CLEAN", "C");
    let users = plant.gemba(&["instruction", "users", "STD-CLEAN", "--json"]).exits(0).values();
    assert_eq!((&users[0]["includes"], &users[0]["newest"]), (&json!("B"), &json!(false)));
    drop(server);
}
