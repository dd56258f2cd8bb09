//! Readings from a file are one act: all saved, one hold, one deviation that names the failing ones.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{ENGINEER, INSPECTOR, PLANNER, Post, QUALITY, SamplePlant};

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
        deviations.iter().filter(|row| row["traveler"]["order"] == "WO-9").collect();
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0]["readings"], 15);
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
