//! Readings from a file are one act: all saved, one hold, one deviation that names the failing ones.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, INSPECTOR, OPERATOR, PLANNER, Post, QUALITY, SamplePlant};

const SPECIFICATION: &str = "# part: RING   rev: A   drawing: D-9 rev A\n\
    id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
    c-diameter,1,1/A1,74.000 ±0.020,Inside diameter,74.000,73.980,74.020,mm,major,measured,bore,\n";
const INSTRUCTION: &str = "---\nid: WI-9\ntitle: Measure the rings\npart: RING\nrev: A\n\
    operation: 10 Measuring\nwork-center: INC\nspecification: RING rev A\n---\n\n\
    ## Measure the inside diameter {#diameter}\n```measure\ncharacteristic: c-diameter\n\
    count: 200\n```\n";

/// The sample plant with a lot of rings to measure.
pub(crate) fn plant_with_rings() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    order_rings(&plant);
    drop(server);
    plant
}

/// Releases how rings are measured, opens an order for a lot of them and starts it; the plant's
/// server runs.
pub(crate) fn order_rings(plant: &Post) {
    let specification = plant.file("RING.csv", SPECIFICATION);
    let instruction = plant.file("WI-9.md", INSTRUCTION);
    plant.by(ENGINEER, &["release", &specification, &instruction]).exits(0);
    for (id, revision) in [("RING", "A"), ("WI-9", "A")] {
        let approve = ["sign", "--meaning", "approved", id, revision];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let add = ["gauge", "add", "BG-1", "--name", "Bore gauge", "--class", "bore", "--unit", "mm"];
    plant.by(QUALITY, &add).exits(0);
    let dates = ["--on", "2026-01-01", "--due", "2031-01-01", "--certificate", "C-2"];
    plant.by(QUALITY, &[&["gauge", "calibrate", "BG-1"][..], &dates].concat()).exits(0);
    let open = ["order", "open", "WO-9", "--part", "RING", "--lot", "L-1", "--quantity", "200"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-9:INC"]].concat()).exits(0);
    plant.by(INSPECTOR, &["traveler", "start", "WO-9/L-1", "--place", "INC-1"]).exits(0);
}

/// Two hundred diameters: 185 within the limits, four of them exactly on one, and 15 above.
pub(crate) fn rings() -> String {
    let mut text = String::from("ring;diameter\n");
    for n in 1..=200 {
        let diameter = match n {
            1..=2 => "73.980".to_owned(),
            3..=4 => "74.020".to_owned(),
            50..=64 => format!("74.0{}", 21 + n % 9),
            _ => format!("74.0{:02}", n % 20),
        };
        writeln!(text, "{n};{diameter}").unwrap();
    }
    text
}

/// Records a file and gives back the plan and what was saved.
pub(crate) fn record(plant: &Post, file: &str) -> (Value, Value) {
    let arguments = [
        "record", "WO-9/L-1", "--from", file, "--column", "diameter", "--gauge", "BG-1", "--place",
        "INC-1", "--json",
    ];
    let mut values = plant.by(INSPECTOR, &arguments).exits(0).values();
    let saved = values.pop().unwrap();
    (values.pop().unwrap(), saved)
}

#[track_caller]
pub(crate) fn assert_185_pass_15_fail(plant: &Post, (plan, saved): (Value, Value)) {
    assert_eq!(
        (&plan["rows"], &plan["pass"], &plan["fail"]),
        (&200.into(), &185.into(), &15.into())
    );
    assert_eq!(plan["on_limit"], 4);
    assert_eq!(saved["held"], true);
    // One attempt begins, 200 readings, one hold, one deviation.
    assert_eq!(saved["facts"].as_array().unwrap().len(), 203);
    let deviations = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let raised: Vec<&Value> =
        deviations.iter().filter(|row| row["units"][0]["traveler"]["order"] == "WO-9").collect();
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0]["units"][0]["readings"], 15);
    let trace = plant.gemba(&["trace", "WO-9/L-1", "--json"]).exits(0).values();
    let lines = trace[0]["lines"].as_array().unwrap();
    let verdicts = |wanted: &str| lines.iter().filter(|line| line["verdict"] == *wanted).count();
    assert_eq!((verdicts("Pass"), verdicts("Fail")), (185, 15));
    counts::add("values_recorded_from_files", 200);
}

#[test]
fn two_hundred_rows_are_one_act_with_one_hold_and_one_deviation() {
    let plant = plant_with_rings();
    let file = plant.file("rings.csv", rings());
    let plan = ["record", "WO-9/L-1", "--from", &file, "--column", "diameter", "--plan"];
    plant.gemba(&plan).exits(0).says("185 Pass, 4 of them exactly on a limit").says("15 Fail");
    let shown = plant.gemba(&["traveler", "show", "WO-9/L-1", "--json"]).exits(0).values();
    assert_eq!(shown[0]["standing"], "begun", "a plan records nothing");
    let recorded = record(&plant, &file);
    assert_185_pass_15_fail(&plant, recorded);
}

#[test]
fn the_real_ring_diameters_are_185_pass_and_15_fail() {
    let Some(sample) = counts::sample("datasets/qcc/pistonrings.txt") else { return };
    let plant = plant_with_rings();
    let file = plant.file("pistonrings.txt", fs::read(sample).unwrap());
    let recorded = record(&plant, &file);
    assert_185_pass_15_fail(&plant, recorded);
}

#[test]
fn a_file_with_one_bad_row_records_nothing_and_names_the_line() {
    let plant = plant_with_rings();
    let file = plant.file("bad.csv", "diameter\n74.001\n1,250\n74.002\n");
    let arguments = ["record", "WO-9/L-1", "--from", &file, "--gauge", "BG-1", "--place", "INC-1"];
    plant.by(INSPECTOR, &arguments).exits(1).says("line 3");
    let columns = plant.file("columns.csv", "a,b\n1,2\n");
    let arguments = ["record", "WO-9/L-1", "--from", &columns, "--place", "INC-1"];
    plant.by(INSPECTOR, &arguments).exits(2).says("--column");
    let twice = plant.file("twice.csv", "diameter,diameter\n74.001,99\n");
    let arguments =
        ["record", "WO-9/L-1", "--from", &twice, "--column", "diameter", "--gauge", "BG-1"];
    let arguments = [&arguments[..], &["--place", "INC-1"]].concat();
    plant.by(INSPECTOR, &arguments).exits(2).says("several columns diameter");
    let shown = plant.gemba(&["traveler", "show", "WO-9/L-1", "--json"]).exits(0).values();
    assert_eq!(shown[0]["steps"][0]["standing"], "open");
}

#[test]
fn a_row_that_nobody_can_tell_apart_records_nothing_and_is_named() {
    let plant = plant_with_rings();
    let refused = |text: &str, why: &str, more: &[&str]| {
        let file = plant.file("rows.csv", text);
        let arguments = ["record", "WO-9/L-1", "--from", &file, "--gauge", "BG-1"];
        let arguments = [&arguments[..], &["--place", "INC-1"], more].concat();
        plant.by(INSPECTOR, &arguments).exits(1).says(why);
    };
    // A decimal comma among commas, a cell too few, a quote that is not closed.
    refused("no,value\n1,74.001\n2,74,002\n", "line 3: it has 3 cells and the head has 2", &[]);
    refused("no,value\n1\n", "line 2: it has 1 cells", &[]);
    refused("no,value\n1,\"74.001\n2,74.002\n", "line 2: a cell has a line break in it", &[]);
    refused("no,value\n1,74.001\n2,\n", "line 3: column value: \"\": no value", &[]);
    refused("no,value\n1,74.001 furlong\n", "column value: \"74.001 furlong\": unknown unit", &[]);
    // Between blanks, a unit is no cell of its own.
    let by_column = ["--column", "diameter"];
    refused("diameter by\n2.9134 in\n", "in could be a unit or a cell", &by_column);
    refused("diameter by\n74.001 A B\n", "it has 3 cells", &by_column);
    let shown = plant.gemba(&["traveler", "show", "WO-9/L-1", "--json"]).exits(0).values();
    assert_eq!(shown[0]["steps"][0]["standing"], "open");

    // A cell in quotes is one cell, and in one column the whole line is the cell.
    let recorded = |text: &str| {
        let file = plant.file("rows.csv", text);
        let plan = ["record", "WO-9/L-1", "--from", &file, "--gauge", "BG-1", "--plan", "--json"];
        plant.gemba(&plan).exits(0).values().pop().unwrap()
    };
    let plan = recorded("name,value\n\"a,12.5\",74.002\n\"b \"\"c\"\"\",\"74.003\"\n");
    assert_eq!((&plan["rows"], &plan["pass"]), (&2.into(), &2.into()));
    let plan = recorded("diameter\n2.9134 in\n");
    assert_eq!((&plan["pass"], &plan["fail"]), (&1.into(), &0.into()), "2.9134 in is 74.0 mm");
    let plan = recorded("Bore diameter\n74.001\n");
    assert_eq!(plan["pass"], 1);
}

#[test]
fn r02_a_number_without_a_unit_is_in_that_of_its_gauge_and_then_of_the_first_value() {
    let plant = plant_with_rings();
    let add = ["gauge", "add", "BG-2", "--name", "Bore gauge", "--class", "bore", "--unit", "in"];
    plant.by(QUALITY, &[&add[..], &["--resolution", "0.0001"]].concat()).exits(0);
    let dates = ["--on", "2026-01-01", "--due", "2031-01-01", "--certificate", "C-3"];
    plant.by(QUALITY, &[&["gauge", "calibrate", "BG-2"][..], &dates].concat()).exits(0);
    let by = |arguments: &[&str]| {
        let all = [arguments, &["--place", "INC-1", "--json"]].concat();
        plant.by(INSPECTOR, &all).exits(0).values().pop().unwrap()
    };
    let unit = "WO-9/L-1";
    let said = by(&["record", unit, "2.9134", "--gauge", "BG-2"]);
    assert_eq!((&said["value"], &said["verdict"]), (&"2.9134 in".into(), &"Pass".into()));
    assert!(said["saved"].as_str().unwrap().ends_with("2.9134 in"), "{said}");
    assert_eq!(said["finer_than_gauge"], serde_json::json!([]));
    let correct = ["traveler", "correct", unit, "2.91345", "--step", "diameter", "--reason", "x"];
    let said = by(&correct);
    assert_eq!((&said["value"], &said["verdict"]), (&"2.91345 in".into(), &"Pass".into()));
    assert_eq!(said["finer_than_gauge"], serde_json::json!(["2.91345 in"]));
    let correct = ["traveler", "correct", unit, "2.9133", "--step", "diameter", "--reason", "y"];
    assert_eq!(by(&correct)["value"], "2.9133 in");
    // A unit that is written is the one that is meant.
    let said = by(&["record", unit, "74.01 mm", "--gauge", "BG-2", "--sample", "2"]);
    assert_eq!((&said["value"], &said["verdict"]), (&"74.01 mm".into(), &"Pass".into()));
    let said = by(&["record", unit, "2.95", "--gauge", "BG-2", "--sample", "3"]);
    assert_eq!((&said["value"], &said["verdict"]), (&"2.95 in".into(), &"Fail".into()));
    assert_eq!(by(&["record", unit, "2.9131", "--retype"])["value"], "2.9131 in");
    let finer = ["record", unit, "2.91311", "--gauge", "BG-2", "--sample", "4"];
    let finer = plant.by(INSPECTOR, &[&finer[..], &["--place", "INC-1"]].concat()).exits(0);
    finer.says("! 2.91311 in is finer than BG-2 shows (0.0001 in): record what the gauge shows");

    // What is known as something else is no component, whichever it is.
    let other = "WO-1881/0007";
    let by = |arguments: &[&str]| {
        plant.by(OPERATOR, &[arguments, &["--place", "ASM-1", "--json"]].concat())
    };
    by(&["traveler", "start", other]).exits(0);
    by(&["record", other, "0007"]).exits(0);
    by(&["traveler", "complete", other]).exits(0);
    for label in ["BG-2", "ASM-1", "WO-1881", "0007", OPERATOR.0] {
        by(&["record", other, label]).refuses(&["R27"]);
    }

    // A file is read alike, and a gauge of another kind is refused.
    let file = plant.file("inches.csv", "diameter\n2.9134\n2.9\n");
    let plan = ["record", unit, "--from", &file, "--gauge", "BG-2", "--plan", "--json"];
    let plan = plant.gemba(&plan).exits(0).values().pop().unwrap();
    assert_eq!((&plan["pass"], &plan["fail"]), (&1.into(), &1.into()));
    let wrong = ["gauge", "add", "BG-3", "--name", "Odd", "--class", "bore", "--unit", "N·m"];
    plant.by(QUALITY, &wrong).exits(0);
    plant.by(QUALITY, &[&["gauge", "calibrate", "BG-3"][..], &dates].concat()).exits(0);
    let record = ["record", unit, "74", "--gauge", "BG-3", "--sample", "5", "--place", "INC-1"];
    plant.by(INSPECTOR, &[&record[..], &["--json"]].concat()).refuses(&["G15"]);
}
