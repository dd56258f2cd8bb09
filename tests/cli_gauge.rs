//! A gauge fails: the list, the holds, a release, and a new calibration, from the command line.

use crate::support::program::{OPERATOR, QUALITY, SamplePlant};

/// A unit at its torque step, with one reading taken with TW-07.
pub(crate) fn measured() -> SamplePlant {
    let plant = SamplePlant::new();
    let (unit, at) = ("WO-1881/0007", ["--place", "ASM-1"]);
    let by = |arguments: &[&str]| plant.by(OPERATOR, &[arguments, &at].concat()).exits(0);
    by(&["traveler", "start", unit]);
    by(&["record", unit, "0007"]);
    by(&["traveler", "complete", unit]);
    for identity in ["H-1", "L-0815"] {
        by(&["record", unit, identity]);
    }
    by(&["traveler", "complete", unit, "parts"]);
    for step in ["clean", "cover"] {
        by(&["record", unit, "yes", "--step", step]);
        by(&["traveler", "complete", unit, step]);
    }
    by(&["record", unit, "24.8 Nm", "--gauge", "TW-07"]);
    plant
}

#[test]
fn r10_a_failed_gauge_lists_its_readings_and_its_holds_are_placed_and_released() {
    let plant = measured();
    let failed = ["gauge", "failed", "TW-07", "--found", "+4 %", "--reason", "dropped"];
    plant.by(OPERATOR, &failed).exits(0).says("gauge TW-07 failed: +4 %").says("24.8");
    let again = plant.by(OPERATOR, &[&failed[..], &["--json"]].concat());
    again.refuses(&["G09"]);
    let record = ["record", "WO-1881/0007", "25", "--gauge", "TW-07", "--place", "ASM-1"];
    plant.by(OPERATOR, &record).exits(1).says("G09");

    let hold = ["gauge", "hold", "TW-07"];
    plant.by(OPERATOR, &hold).exits(1).says("hold units for a gauge");
    let before = plant.gemba(&["gauge", "trace", "TW-07", "--json"]).exits(0).values();
    let mine = |row: &&serde_json::Value| row["traveler"] == "WO-1881/0007";
    let readings = before[0]["readings"].as_array().unwrap();
    let row = readings.iter().find(mine).unwrap();
    assert_eq!((&row["value"], &row["margin"]), (&"24.8 N·m".into(), &"1.8".into()), "{row}");
    assert_eq!(row["hold"], serde_json::Value::Null);
    assert!(!before[0]["to_hold"].as_array().unwrap().is_empty());

    plant.by(QUALITY, &hold).exits(0).says("WO-1881/0007");
    plant.by(QUALITY, &[&hold[..], &["--json"]].concat()).refuses(&["G13"]);
    let after = plant.gemba(&["gauge", "trace", "TW-07", "--json"]).exits(0).values();
    let readings = after[0]["readings"].as_array().unwrap();
    assert_eq!(readings.iter().find(mine).unwrap()["hold"], "held");
    plant.gemba(&["traveler", "show", "WO-1881/0007"]).exits(0).says("on hold");
    plant.gemba(&["trace", "WO-1881/0007"]).exits(0).says("TW-07 was found out of tolerance");
    plant.gemba(&["gauge", "trace", "NO-1", "--json"]).refuses(&["G02"]);
    plant.gemba(&["store", "check"]).exits(0);
}
