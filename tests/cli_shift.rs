//! `gemba shift`: a calendar out of a file, with findings by line and column.

use serde_json::Value;

use crate::support::program::{OPERATOR, PLANNER, SamplePlant};

const CALENDAR: &str = "\
# The year of the plant
shift,starts,ends,days,weeks,from,date,note
early,06:00,14:00,mon-fri,,,,
late,14:00,22:00,mon-fri,,,,
night,22:00,6:00,sun-thu,,,,
saturday,06:00,12:00,sat,2,2026-11-28,,
,,,,,,2026-12-25,Christmas
early,08:00,12:00,,,,2026-12-24,short
";

#[test]
fn a_calendar_is_released_from_a_file_and_gives_shifts() {
    let plant = SamplePlant::new();
    plant.gemba(&["shift", "show"]).exits(1).says("gemba shift set FILE");
    let file = plant.file("shifts.csv", CALENDAR);
    plant.gemba(&["shift", "set", &file, "--dry-run"]).exits(0).says("one week in 2");
    plant.by(OPERATOR, &["shift", "set", &file, "--json"]).refuses(&["P04"]);
    plant.by(PLANNER, &["shift", "set", &file]).exits(0).says("early, late, night, saturday");
    let shown = plant.gemba(&["shift", "show", "--json"]).exits(0).values()[0].clone();
    assert_eq!(shown["patterns"][2]["shift"], "night");
    assert_eq!(shown["patterns"][0]["days"], "mon,tue,wed,thu,fri");
    assert_eq!(shown["patterns"][3]["weeks"], 2);
    assert_eq!(shown["exceptions"][0]["note"], "Christmas");
    assert_eq!(shown["exceptions"][0]["shift"], Value::Null);
    assert_eq!(shown["released"]["by"], "C. Moreau");
    plant.gemba(&["shift", "show"]).exits(0).says("every shift").says("time zone ");
    let list = ["shift", "list", "--from", "2026-03-27", "--days", "3", "--json"];
    let shifts = plant.gemba(&list).exits(0).values();
    let told: Vec<_> = shifts.iter().map(|s| (&s["date"], &s["name"], &s["minutes"])).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(shifts[2]["date"], "2026-03-29");
    assert_eq!(shifts[2]["from"], plant.utc("2026-03-29T22:00"), "summer has begun");
    let short = ["shift", "list", "--from", "2026-12-24", "--days", "2"];
    plant.gemba(&short).exits(0).says("4 h 00 min");
    plant.gemba(&["site", "show"]).exits(0).says("shift calendar");
    plant.by(PLANNER, &["site", "set", "--shift-starts", "06:00", "--json"]).refuses(&["F09"]);
}

#[test]
fn what_a_file_says_wrong_is_named_by_line_and_column() {
    let plant = SamplePlant::new();
    let odd = "shift,starts,ends,days,weeks,from,date,note\n\
               early,6 o'clock,14:00,funday,,,,\n\
               late,14:00,,mon-fri,2,,,why\n\
               night,22:00,06:00,sun-thu,,,2026-12-24,\n\
               ,08:00,,,,,2026-13-01,\n";
    let file = plant.file("odd.csv", odd);
    let told = plant.by(PLANNER, &["shift", "set", &file, "--json"]).exits(1).values();
    let problems = told[0]["problems"].as_array().unwrap().clone();
    let at = |problem: &Value| {
        let word = |key: &str| problem[key].as_str().unwrap().to_owned();
        format!("{} {} {}", problem["line"], word("column"), word("code"))
    };
    let found: Vec<String> = problems.iter().map(at).collect();
    assert_eq!(
        found,
        [
            "2 starts I05",
            "2 days I05",
            "3 ends I04",
            "3 from I04",
            "3 note I05",
            "4 days I05",
            "5 date I05",
            "5 ends I04",
        ]
    );
    plant.by(PLANNER, &["shift", "set", &file]).exits(1).says("line 3, column ends: I04");
    let twice = "shift,starts,ends,days\nearly,06:00,06:00,mon\n";
    let file = plant.file("twice.csv", twice);
    plant.by(PLANNER, &["shift", "set", &file, "--json"]).refuses(&["F03"]);
    plant.gemba(&["shift", "set", "no-such-file.csv"]).exits(2);
}
