//! Newer definitions are released while units stand at the bench: by keys, then by commands.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant,
};

/// What the three pumps are like before anything newer comes.
const BEFORE: &str = "expect Scan your badge\nscan B-2107\ntype 482913\nkey enter\n\
    expect Work here\nscan WO-1881/0009\nexpect start work\nkey enter\nexpect Scan the pump\n\
    key esc\nexpect Work here\nscan WO-1881/0008\nexpect start work\nkey enter\n\
    expect Scan the pump\nkey esc\nexpect Work here\nscan WO-1881/0007\nexpect start work\n\
    key enter\nexpect Scan the pump\nscan 0007\nkey enter\nscan H-0007\nscan L-0815\nkey enter\n\
    expect Are both faces clean\ntype 1\nkey enter\nexpect Does the cover sit flat\ntype 1\n\
    key enter\nexpect Bolt torque\nscan TW-07\nexpect gauge TW-07\ntype 24.8\nkey enter\n\
    expect saved 24.8\ntype 25.1\nkey enter\nexpect saved 25.1\ntype 26.5\nkey enter\n\
    expect saved 26.5\ntype 25.0\nkey enter\nexpect saved 25.0\n";

/// The pump's definitions with half the tolerance, as files beside the plant.
fn tighter(plant: &SamplePlant) -> [String; 2] {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plant");
    fs::create_dir(plant.path("img")).unwrap();
    for picture in fs::read_dir(from.join("img")).unwrap() {
        let picture = picture.unwrap();
        fs::copy(picture.path(), plant.path("img").join(picture.file_name())).unwrap();
    }
    let read = |name: &str| fs::read_to_string(from.join(name)).unwrap();
    let specification = read("CP-40.csv").replace("rev: F ", "rev: G ");
    let specification =
        specification.replace("25 ±2 N·m,Bolt torque,25,23,27", "25 ±1 N·m,Bolt torque,25,24,26");
    let instruction = read("WI-1040.md").replace("rev: C", "rev: D");
    let instruction = instruction.replace("CP-40 rev F", "CP-40 rev G");
    [plant.file("CP-40.csv", specification), plant.file("WI-1040.md", instruction)]
}

fn approve(plant: &SamplePlant, id: &str, revision: &str) {
    let approve = ["sign", "--meaning", "approved", id, revision];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
}

/// Three pumps under way, then tighter definitions released.
fn surprised() -> SamplePlant {
    let plant = SamplePlant::new();
    plant.play(BEFORE).exits(0);
    let server = plant.server();
    let [specification, instruction] = tighter(&plant);
    plant.by(ENGINEER, &["release", &specification, &instruction]).exits(0);
    approve(&plant, "CP-40", "G");
    approve(&plant, "WI-1040", "D");
    drop(server);
    plant
}

fn kinds(plant: &SamplePlant, unit: &str) -> Vec<String> {
    let trace = plant.gemba(&["trace", unit, "--json"]).exits(0).values().remove(0);
    let lines = trace["lines"].as_array().unwrap().iter();
    lines.map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn r01_one_pump_is_moved_one_is_finished_by_the_old_and_one_is_held() {
    let plant = surprised();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/news.keys");
    let ran = plant.play(&fs::read_to_string(script).unwrap()).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());

    let has = |unit: &str, kind: &str| kinds(&plant, unit).iter().filter(|k| *k == kind).count();
    assert_eq!(has("WO-1881/0007", "MovedToRevision"), 1);
    assert_eq!(has("WO-1881/0008", "RevisionKept"), 2, "the instruction and the specification");
    assert_eq!(has("WO-1881/0009", "HoldPlaced"), 1);
    // The first readings stand as they were taken, beside those of the new attempt.
    let trace = plant.gemba(&["trace", "WO-1881/0007", "--json"]).values().remove(0);
    let readings = trace["lines"].as_array().unwrap().iter();
    let readings: Vec<_> = readings
        .filter(|line| line["kind"] == "ReadingTaken")
        .map(|line| line["what"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(readings.len(), 6, "{readings:?}");
    assert!(readings[2].contains("26.5") && readings[2].contains("25 ±2"), "{readings:?}");
    assert!(readings[5].contains("26.5") && readings[5].contains("25 ±1"), "{readings:?}");
    plant.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn r01_the_same_choices_by_commands_with_their_refusals() {
    let plant = surprised();
    let by = |who, arguments: &[&str]| {
        plant.by(who, &[arguments, &["--place", "ASM-1", "--json"]].concat())
    };
    let news = plant.gemba(&["traveler", "news", "WO-1881/0007", "--json"]).exits(0).values();
    let of = |what: &str| news.iter().find(|item| item["what"] == what).unwrap();
    let instruction = of("WI-1040");
    assert_eq!((&instruction["from"], &instruction["to"]), (&json!("C"), &json!("D")));
    assert_eq!(instruction["again"], json!(["torque"]));
    let changes = instruction["changes"].as_array().unwrap().iter();
    let recorded: Vec<_> = changes.map(|c| &c["recorded"]).filter(|r| !r.is_null()).collect();
    assert_eq!(recorded, [&json!({"readings": 4, "would_fail": 1})]);
    assert_eq!(of("specification CP-40")["to"], "G");

    let hold = ["traveler", "hold", "WO-1881/0009", "--reason", "ask engineering"];
    by(PLANNER, &hold).refuses(&["P04"]);
    by(OPERATOR, &["traveler", "hold", "WO-1881/0009", "--reason", " "]).refuses(&["R08"]);
    by(OPERATOR, &["traveler", "hold", "WO-1881/0010", "--reason", "x"]).refuses(&["T02"]);
    let saved = by(OPERATOR, &hold).exits(0).values().remove(0);
    assert_eq!(saved["saved"], "WO-1881/0009 is on hold");
    assert_eq!(saved["facts"].as_array().unwrap().len(), 1, "{saved}");
    by(OPERATOR, &["record", "WO-1881/0009", "0009"]).refuses(&["H01"]);
    // Finishing a held unit by the old revision ends the hold, which takes who may release one.
    let keep = ["traveler", "keep", "WO-1881/0009", "--reason", "gasket is the same"];
    by(OPERATOR, &keep).refuses(&["P04"]);
    by(SUPERVISOR, &keep).exits(0);
    by(OPERATOR, &["record", "WO-1881/0009", "0009"]).exits(0);
    by(OPERATOR, &keep).refuses(&["D18"]);
    // Where nothing is newer, only a word of somebody in charge ends a hold.
    by(OPERATOR, &hold).exits(0);
    let release = ["traveler", "release", "WO-1881/0009", "--reason", "engineering answered"];
    by(OPERATOR, &release).refuses(&["P04"]);
    let saved = by(SUPERVISOR, &release).exits(0).values().remove(0);
    assert_eq!(saved["saved"], "WO-1881/0009 goes on");
    by(SUPERVISOR, &release).exits(1).says("is not on hold");
}

#[test]
fn r01_the_site_says_by_command_what_news_do_and_who_approves() {
    let plant = surprised();
    let set = |who, arguments: &[&str]| {
        plant.by(who, &[&["site", "set"], arguments, &["--json"]].concat())
    };
    set(OPERATOR, &["--news", "stop"]).refuses(&["P04"]);
    set(PLANNER, &["--news", "shout"]).exits(2).says("one of warn, hold, stop");
    set(PLANNER, &["--approval", "wizard"]).exits(2).says("one of operator");
    let saved = set(PLANNER, &["--news", "hold"]).exits(0).values().remove(0);
    assert_eq!(saved["saved"], "the rules of harbor");
    let record = ["record", "WO-1881/0008", "0008", "--place", "ASM-1", "--json"];
    plant.by(OPERATOR, &record).refuses(&["D16", "D16"]);
    set(PLANNER, &["--news", "stop"]).exits(0);
    plant.by(OPERATOR, &record).refuses(&["D17", "D17"]);
    let keep = ["traveler", "keep", "WO-1881/0008", "--reason", "x", "--place", "ASM-1", "--json"];
    plant.by(OPERATOR, &keep).refuses(&["P04"]);
    plant.by(SUPERVISOR, &keep).exits(0);
    plant.by(OPERATOR, &record).exits(0);

    let alone = ["--submitter-approves", "false", "--specification-approval", "quality"];
    set(PLANNER, &[&["--approval", "engineer"], &alone[..]].concat()).exits(0);
    let shown = plant.gemba(&["site", "show", "--json"]).exits(0).values().remove(0);
    assert_eq!(shown["approvals"], json!(["engineer"]));
    assert_eq!(shown["rules"]["news"], "stop");
    assert_eq!(shown["rules"]["separate-submitter"], true);
    assert_eq!(shown["rules"]["specification-approvals"], json!(["quality"]));
    let source = fs::read_to_string(plant.path("CP-40.csv")).unwrap().replace("rev: G", "rev: H");
    let file = plant.file("CP-40.csv", source);
    plant.by(ENGINEER, &["release", &file]).exits(0);
    let approve = ["sign", "--meaning", "approved", "CP-40", "H", "--json"];
    plant.by(ENGINEER, &approve).refuses(&["D15", "P12"]);
    plant.by(INSPECTOR, &approve).refuses(&["P12"]);
}

#[test]
fn r01_a_specification_is_withdrawn_by_command_and_the_server_says_who_has_it() {
    let plant = surprised();
    let specification = |who, arguments: &[&str]| {
        plant.by(who, &[&["specification"], arguments, &["--json"]].concat())
    };
    let withdraw = ["withdraw", "CP-40", "G", "--reason", "wrong drawing"];
    specification(OPERATOR, &withdraw).refuses(&["P04"]);
    specification(QUALITY, &["withdraw", "CP-40", "Z", "--reason", "x"]).refuses(&["D01"]);
    specification(QUALITY, &["withdraw", "CP-40", "G", "--reason", ""]).refuses(&["R08"]);
    let saved = specification(QUALITY, &withdraw).exits(0).values().remove(0);
    assert_eq!(saved["saved"], "specification/CP-40 rev G withdrawn");
    specification(QUALITY, &withdraw).refuses(&["D14"]);
    // To stop work comes as an afterthought.
    specification(QUALITY, &[&withdraw[..], &["--stop-work"]].concat()).exits(0);
    let shown = plant.gemba(&["specification", "show", "CP-40", "--json"]).exits(0).values();
    let standing = |rank: usize| shown[0]["revisions"][rank]["standing"].clone();
    assert_eq!((standing(0), standing(1)), (json!("withdrawn"), json!("in effect")));
    assert_eq!(shown[0]["revisions"][0]["withdrawn"]["stop_work"], true);
    assert_eq!(shown[0]["kind"], "specification");

    let received = ["specification", "received", "CP-40", "G", "--json"];
    plant.gemba(&received).exits(3);
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0);
    let rows = plant.gemba(&received).exits(0).values();
    assert_eq!((&rows[0]["station"], &rows[0]["received"]), (&json!("HP1"), &json!(true)));
    assert!(rows[0]["last_contact"].is_string() && rows[0]["work_centers"].is_array(), "{rows:?}");
    plant.gemba(&["specification", "received", "CP-40", "Z"]).exits(1).says("accepted nothing");
    drop(server);
}
