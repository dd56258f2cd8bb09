//! What a failed check makes suspect, on the command line with the real program (R16).

use crate::cli_sampling::{by_operator, plant_with_joints};
use crate::support::program::{OPERATOR, QUALITY, SUPERVISOR};

#[test]
fn r16_a_failed_sample_holds_what_was_made_since_the_last_good_one_until_quality_says() {
    let plant = plant_with_joints();
    for unit in ["WO-8/1", "WO-8/2", "WO-8/3"] {
        by_operator(&plant, &["traveler", "start", unit]).exits(0);
        if unit == "WO-8/1" {
            by_operator(&plant, &["record", unit, "0.02"]).exits(0).says("Pass");
        }
        by_operator(&plant, &["traveler", "complete", unit]).exits(0);
    }
    plant.gemba(&["suspect", "list"]).exits(0).says("none");
    by_operator(&plant, &["traveler", "start", "WO-8/4"]).exits(0);
    let failed = by_operator(&plant, &["record", "WO-8/4", "0.07"]).says("Fail");
    failed.says("2 more units are held with it").says("gemba suspect show WO-8/4");
    let held = plant.gemba(&["traveler", "show", "WO-8/2"]).exits(0).says("on hold: suspect");
    held.says("measure it (gemba suspect sort), or quality or engineer lets it go on");
    let held = plant.gemba(&["traveler", "show", "WO-8/2", "--json"]).exits(0).values();
    assert!(held[0]["held"][0]["next"].as_str().unwrap().contains("gemba suspect sort"));
    let twice = ["ship", "release", "WO-8/2", "WO-8/2"];
    plant.by(QUALITY, &twice).exits(2).says("WO-8/2 is named twice");
    let since = "since the last good check of Joint gap (WO-8/1: 0.02 mm)";
    plant.gemba(&["suspect", "list"]).exits(0).says("2 of 2 held").says(since);
    let shown = plant.gemba(&["suspect", "show", "WO-8/4"]).exits(0);
    shown.says("WO-8/4 was found at 0.07 mm (Joint gap, ASM-1)").says("A. Novak").says("finished");
    let rows = plant.gemba(&["suspect", "list", "--json"]).exits(0).values();
    let units: Vec<_> = rows[0]["units"].as_array().unwrap().iter().collect();
    assert_eq!(units.len(), 2);
    let first = (&units[0]["traveler"]["unit"], &units[0]["standing"]);
    assert_eq!(first, (&"2".into(), &"untouched".into()));
    plant.gemba(&["trace", "WO-8/2"]).exits(0).says("suspect: made at ASM-1 since the last good");
    // The tables that were kept along the way are those that a rebuild makes.
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    let sort = ["suspect", "sort", "WO-8/3", "0.04"];
    by_operator(&plant, &sort).exits(0).says("WO-8/3 sorted, 1 of 1: 0.04 mm").says("Pass");
    plant.gemba(&["suspect", "list"]).exits(0).says("1 of 2 held");
    plant.gemba(&["trace", "WO-8/3"]).exits(0).says("; sorted").says("it was measured itself");
    by_operator(&plant, &sort).exits(1).says("WO-8/3 has nothing to sort");
    let release = ["suspect", "release", "WO-8/4", "--units", "WO-8/2", "--reason", "fits"];
    plant.by(OPERATOR, &[&release[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(SUPERVISOR, &[&release[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(QUALITY, &release).exits(0).says("1 suspect units go on");
    plant.gemba(&["suspect", "list"]).exits(0).says("none");
    plant.by(QUALITY, &release).exits(1).says("not held for WO-8/4: WO-8/2");
    plant.gemba(&["suspect", "list", "--all"]).exits(0).says("0 of 2 held");
    plant.gemba(&["suspect", "show", "WO-8/2"]).exits(1).says("nothing is suspect for WO-8/2");
}
