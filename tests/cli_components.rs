//! One thing has one name: what is blocked or built in under one spelling is so under the others (R5).

use crate::cli_sampling::by_operator;
use crate::support::program::{INSPECTOR, QUALITY, Ran, SamplePlant};

/// A unit of the sample plant that stands at the scan of its parts.
fn at_the_parts(plant: &SamplePlant, unit: &str) {
    by_operator(plant, &["traveler", "start", unit]).exits(0);
    let number = unit.rsplit('/').next().unwrap();
    by_operator(plant, &["record", unit, number]).exits(0);
    by_operator(plant, &["traveler", "complete", unit, "pump"]).exits(0);
}

fn scans(plant: &SamplePlant, unit: &str, number: &str) -> Ran {
    by_operator(plant, &["record", unit, number, "--json"])
}

#[test]
fn r05_a_blocked_lot_is_blocked_however_it_is_spelled() {
    let plant = SamplePlant::new();
    let receive = ["material", "receive", "CP-40-CVR", "L-0900", "--supplier", "Nordic"];
    plant.by(INSPECTOR, &[&receive[..], &["--quantity", "9"]].concat()).exits(0);
    let block = ["material", "block", "CP-40-CVR", "L-0900", "--reason", "cracks"];
    plant.by(QUALITY, &block).exits(0);
    let unit = "WO-1881/0007";
    at_the_parts(&plant, unit);
    scans(&plant, unit, "H-0007").exits(0);
    let spellings = ["L-0900", "l-0900", "CP-40-CVR/L-0900", "L\u{2011}0900", "\u{ff2c}-0900"];
    for spelling in spellings {
        scans(&plant, unit, spelling).refuses(&["B09"]);
    }
    let release = ["material", "release", "CP-40-CVR", "L-0900", "--reason", "a scratch"];
    plant.by(QUALITY, &release).exits(0);
    scans(&plant, unit, "cp-40-cvr/l-0900").exits(0);
    plant.gemba(&["trace", unit]).exits(0).says("CP-40-CVR L-0900");
    plant.gemba(&["recall", "material/CP-40-CVR/L-0900"]).exits(0).says(unit);
}

/// It may be scrap, on hold, or built in already.
#[test]
fn r05_a_unit_of_an_order_that_is_not_at_the_station_is_fetched_before_it_is_built_in() {
    let plant = SamplePlant::new();
    let unit = "WO-1881/0007";
    at_the_parts(&plant, unit);
    let store = rusqlite::Connection::open(plant.home().join("station.db")).unwrap();
    let left_out =
        "INSERT INTO left_out (subject, order_id) VALUES ('traveler/WM-1/H-0009', 'WM-1')";
    store.execute(left_out, ()).unwrap();
    for number in ["H-0009", "h-0009", "WM-1/H-0009", "CP-40-HSG/H-0009"] {
        let refused = scans(&plant, unit, number);
        assert_ne!(refused.code, 0, "{number}: {}", refused.out);
        assert!(refused.err.contains("gemba sync --order WM-1"), "{number}: {}", refused.err);
    }
    scans(&plant, unit, "H-0007").exits(0);
}

#[test]
fn r05_a_serial_is_built_in_once_however_it_is_spelled() {
    let plant = SamplePlant::new();
    for unit in ["WO-1881/0007", "WO-1881/0008"] {
        at_the_parts(&plant, unit);
    }
    scans(&plant, "WO-1881/0007", "H-77").exits(0);
    for spelling in ["h-77", "CP-40-HSG/H-77", "H\u{2010}77"] {
        scans(&plant, "WO-1881/0008", spelling).refuses(&["B03"]);
    }
}
