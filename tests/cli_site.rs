//! What a site decides about PINs, lock-outs, credentials and its lists, by commands.

use serde_json::{Value, json};

use crate::support::program::{OPERATOR, PLANNER, SamplePlant};

fn set(plant: &SamplePlant, arguments: &[&str]) {
    plant.by(PLANNER, &[&["site", "set"], arguments].concat()).exits(0);
}

#[track_caller]
fn refused(plant: &SamplePlant, arguments: &[&str], codes: &[&str]) {
    plant.by(PLANNER, &[&["site", "set", "--json"], arguments].concat()).refuses(codes);
}

fn settings(plant: &SamplePlant) -> Value {
    plant.gemba(&["site", "show", "--json"]).exits(0).values()[0].clone()
}

#[test]
fn a_site_sets_what_pins_are_like_and_every_version_is_kept() {
    let plant = SamplePlant::new();
    let before = settings(&plant);
    assert_eq!(before["version"], 1);
    assert_eq!(before["settings"]["pin_digits"], 6);
    assert_eq!(before["settings"]["pin_age"], Value::Null);
    let rules = ["--pin-digits", "8", "--pin-age", "90", "--pin-tries", "4", "--pin-deny", "4711"];
    set(&plant, &rules);
    set(&plant, &["--station-tries", "30", "--station-lock", "20", "--pin-deny", "0815"]);
    set(&plant, &["--credentials", "21", "--credentials-warn", "5", "--pin-allow", "4711"]);
    let after = settings(&plant);
    assert_eq!(after["version"], 4);
    let expected = json!({
        "pin_digits": 8, "pin_age": 90, "pin_deny": ["0815"], "pin_tries": 4,
        "station_tries": 30, "station_lock": 20, "credentials": 21, "credentials_warn": 5,
        "scrap_reasons": before["settings"]["scrap_reasons"],
        "pause_reasons": before["settings"]["pause_reasons"],
        "help_kinds": ["material", "quality", "maintenance", "supervisor"], "escalations": [],
        "failures_in_a_row": 3, "keep_days": 400,
        "deviations": {
            "word": "Deviation", "codes": [], "use_as_is": "both", "cause_codes": [],
            "cause_from": "major", "check_after": [],
        },
        "terms": {},
    });
    assert_eq!(after["settings"], expected);
    plant.gemba(&["site", "show"]).exits(0).says("21 days, warned 5 days before").says("0815");
    let versions = plant.gemba(&["site", "history", "--json"]).exits(0).values();
    assert_eq!(versions.len(), 4);
    assert_eq!(versions[0]["changed"], json!(["founded"]));
    let changed = ["pin_age: null → 90", "pin_deny: [] → [\"4711\"]", "pin_digits: 6 → 8"];
    for change in changed {
        assert!(
            versions[1]["changed"].as_array().unwrap().contains(&json!(change)),
            "{versions:?}"
        );
    }
    assert_eq!(versions[1]["by"], "C. Moreau");
    assert!(versions[1]["fact"].is_string() && versions[1]["at"].is_string());
    // Nothing is forgotten by a later version.
    set(&plant, &["--pin-age", "0"]);
    assert_eq!(settings(&plant)["settings"]["pin_age"], Value::Null);
}

#[test]
fn what_no_site_may_decide_is_refused_with_its_range() {
    let plant = SamplePlant::new();
    for rule in [
        ["--pin-digits", "5"],
        ["--pin-digits", "13"],
        ["--pin-age", "4000"],
        ["--pin-tries", "2"],
        ["--pin-tries", "11"],
        ["--station-tries", "4"],
        ["--station-tries", "251"],
        ["--station-lock", "0"],
        ["--station-lock", "1441"],
        ["--credentials", "0"],
        ["--credentials", "91"],
        ["--credentials-warn", "14"],
        ["--pin-deny", "47"],
        ["--pin-deny", "house"],
    ] {
        // No days at all leave no day for a warning either.
        let codes: &[&str] =
            if rule == ["--credentials", "0"] { &["P32", "P32"] } else { &["P32"] };
        refused(&plant, &rule, codes);
    }
    refused(&plant, &["--pin-digits", "5", "--station-tries", "4"], &["P32", "P32"]);
    let all = plant.by(OPERATOR, &["site", "set", "--pin-digits", "5", "--json"]);
    all.refuses(&["P04", "P32"]);
    plant.by(PLANNER, &["site", "set", "--pin-digits", "many"]).exits(2);
    assert_eq!(settings(&plant)["version"], 1, "nothing was written");
}

#[test]
fn reasons_for_scrap_and_pause_are_set_added_and_removed_after_the_founding() {
    let plant = SamplePlant::new();
    for list in ["scrap", "pause"] {
        let [set_to, add, remove] =
            ["", "add-", "remove-"].map(|verb| format!("--{verb}{list}-reason"));
        let of =
            |plant: &SamplePlant| settings(plant)["settings"][format!("{list}_reasons")].clone();
        set(&plant, &[&set_to, "dent", &set_to, "burr"]);
        assert_eq!(of(&plant), json!(["dent", "burr"]));
        set(&plant, &[&add, "lost", &remove, "dent"]);
        assert_eq!(of(&plant), json!(["burr", "lost"]));
        refused(&plant, &[&remove, "dent"], &["P33"]);
        refused(&plant, &[&add, "lost"], &["P34"]);
        refused(&plant, &[&add, ""], &["R08"]);
        assert_eq!(of(&plant), json!(["burr", "lost"]));
    }
    assert_eq!(settings(&plant)["version"], 5);
}

#[test]
fn two_people_who_change_different_settings_at_once_both_have_their_way() {
    let plant = SamplePlant::new();
    for round in 0..4_u32 {
        let (age, digits) = ((90 + round).to_string(), (7 + round).to_string());
        let one = plant.start(PLANNER, &["site", "set", "--pin-age", &age]);
        let other = plant.start(PLANNER, &["site", "set", "--pin-digits", &digits]);
        for mut child in [one, other] {
            assert!(child.wait().unwrap().success());
        }
        let settings = &settings(&plant)["settings"];
        assert_eq!(
            (&settings["pin_age"], &settings["pin_digits"]),
            (&json!(90 + round), &json!(7 + round))
        );
    }
}
