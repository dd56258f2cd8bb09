//! Signatures at the command line: printed name, time and meaning in every report (21 CFR 11.50).

use serde_json::Value;

use crate::support::program::{OPERATOR, QUALITY, SUPERVISOR, SamplePlant};

/// What every signature says in JSON.
#[track_caller]
fn is_whole(signature: &Value, (name, meaning, components): (&str, &str, &str)) {
    assert_eq!(signature["printed_name"], name, "{signature}");
    assert_eq!(signature["meaning"], meaning, "{signature}");
    assert_eq!(signature["components"], components, "{signature}");
    assert_eq!(signature["covering"], true, "{signature}");
    assert_eq!(signature["uncovered_by"], Value::Null, "{signature}");
    assert!(signature["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{signature}");
    assert!(signature["covers"].as_u64().is_some_and(|covers| covers > 0), "{signature}");
    for key in ["fact", "signer", "role"] {
        assert!(signature[key].is_string(), "{key} in {signature}");
    }
}

/// A line that names the signer says when and what it means as well.
#[track_caller]
fn says_all_of_it(text: &str, name: &str, meaning: &str) {
    let lines: Vec<&str> =
        text.lines().filter(|line| line.contains(&format!("{meaning} by {name}"))).collect();
    assert!(!lines.is_empty(), "nobody signed in:\n{text}");
    for line in lines {
        let at = line.split_once(&format!("{meaning} by {name}")).unwrap().1;
        assert!(at.contains(" as ") && at.contains(" UTC, by "), "{line}");
        assert!(line.contains("badge and PIN") && line.contains(" over "), "{line}");
    }
}

#[test]
fn a_disposition_shows_name_time_and_meaning_wherever_it_is_listed() {
    let plant = SamplePlant::new();
    let (deviation, unit) = {
        let open = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
        assert_eq!(open[0]["dispositions"], Value::Array(Vec::new()));
        let traveler = &open[0]["units"][0]["traveler"];
        let unit = format!(
            "{}/{}",
            traveler["order"].as_str().unwrap(),
            traveler["unit"].as_str().unwrap()
        );
        (open[0]["id"].as_str().unwrap().to_owned(), unit)
    };
    let dispose = ["deviation", "dispose", &deviation, "scrap", "--reason", "cracked"];
    plant.by(OPERATOR, &[&dispose[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(SUPERVISOR, &dispose).exits(0);
    let listed = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let disposed = &listed.iter().find(|row| row["id"] == *deviation).unwrap()["dispositions"][0];
    assert_eq!(disposed["decisions"][0]["disposition"], "scrap", "{disposed}");
    assert_eq!(disposed["standing"], "in-effect");
    assert_eq!(disposed["reason"], "cracked");
    is_whole(&disposed["signatures"][0], ("S. Brandt", "dispositioned", "badge-and-pin"));
    let text = plant.gemba(&["deviation", "list"]).exits(0).out;
    says_all_of_it(&text, "S. Brandt", "dispositioned");
    let traced = plant.gemba(&["trace", &unit, "--json"]).exits(0).values();
    let found = traced[0]["deviations"].as_array().unwrap();
    let found = found.iter().find(|row| row["id"] == *deviation).unwrap();
    assert_eq!(found["dispositions"][0], *disposed);
}

#[test]
fn approvals_show_name_time_and_meaning_beside_their_revision() {
    let plant = SamplePlant::new();
    for what in ["instruction", "specification"] {
        let rows = plant.gemba(&[what, "list", "--json"]).exits(0).values();
        assert!(!rows.is_empty());
        for row in &rows {
            assert_eq!(row["what"], what);
            let approvals = row["approvals"].as_array().unwrap();
            assert!(!approvals.is_empty(), "{row}");
            for approval in approvals {
                let name = approval["printed_name"].as_str().unwrap();
                is_whole(approval, (name, "approved", "badge-and-pin"));
                let text = plant.gemba(&[what, "list"]).exits(0).out;
                says_all_of_it(&text, name, "approved");
            }
        }
    }
    let missing = plant.by(QUALITY, &["sign", "--meaning", "approved", "WI-1040", "Z", "--json"]);
    missing.exits(1).says("WI-1040 rev Z is not known here");
}

#[test]
fn a_signed_step_shows_name_time_and_meaning_and_what_was_given() {
    let plant = SamplePlant::new();
    // Unit 0007 as the key script of a shift builds it.
    let shift = include_str!("../fixtures/shift.keys");
    let first = shift.split("# Unit 0008").next().unwrap();
    plant.play(first).exits(0);
    let unit = "WO-1881/0007";
    let shown = plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values();
    let signatures = shown[0]["signatures"].as_array().unwrap();
    let [signature] = signatures.as_slice() else { panic!("{signatures:?}") };
    is_whole(signature, ("M. Okafor", "verified", "badge-and-pin"));
    assert_eq!(signature["role"], "inspector");
    assert_eq!(signature["step"], "signoff");
    assert_eq!(
        (signature["operation"].as_u64(), signature["attempt"].as_u64()),
        (Some(20), Some(1))
    );
    says_all_of_it(&plant.gemba(&["traveler", "show", unit]).exits(0).out, "M. Okafor", "verified");
    let traced = plant.gemba(&["trace", unit, "--json"]).exits(0).values();
    let lines = traced[0]["lines"].as_array().unwrap();
    let signed: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "Signed").collect();
    assert_eq!(signed.len(), 1);
    is_whole(&signed[0]["signature"], ("M. Okafor", "verified", "badge-and-pin"));
    assert_eq!(signed[0]["position"], signed[0]["signature"]["fact"]);
    let other = lines.iter().filter(|line| line["kind"] != "Signed");
    assert!(other.into_iter().all(|line| line["signature"].is_null()));
    says_all_of_it(&plant.gemba(&["trace", unit]).exits(0).out, "M. Okafor", "verified");
    // What the server did not accept names a signature in the same words.
    plant.reject(signed[0]["position"].as_str().unwrap(), unit);
    says_all_of_it(&plant.gemba(&["review", "list"]).exits(0).out, "M. Okafor", "verified");
}
