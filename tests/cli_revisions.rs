//! A newer revision by commands: what changed, the choice, the withdrawal, and who has received it.

use serde_json::json;

use crate::support::program::{ENGINEER, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant};

const INSTRUCTION: &str = "---\nid: WI-8\ntitle: Press the ring\npart: RING\nrev: A\n\
    operation: 10 Pressing\nwork-center: ASM\n---\n\n## Press {#press}\nPress it.\n\n\
    ```measure\nname: Force\nspec: 25 ±2 N\ncount: 2\n```\n";

fn approve(plant: &SamplePlant, id: &str, revision: &str) {
    let approve = ["sign", "--meaning", "approved", id, revision];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
}

fn release(plant: &SamplePlant, revision: &str, spec: &str) {
    let source = INSTRUCTION.replace("rev: A", &format!("rev: {revision}"));
    let source = source.replace("25 ±2 N", spec);
    let file = plant.file("WI-8.md", source);
    plant.by(ENGINEER, &["release", &file]).exits(0);
    approve(plant, "WI-8", revision);
}

#[test]
fn r01_a_revision_from_its_release_to_its_withdrawal_by_commands() {
    let plant = SamplePlant::new();
    let server = plant.server();
    release(&plant, "A", "25 ±2 N");
    let open = ["order", "open", "WO-8", "--part", "RING", "--serials", "0001,0002,0003"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-8:ASM"]].concat()).exits(0);
    let by = |who, arguments: &[&str]| plant.by(who, &[arguments, &["--place", "ASM-1"]].concat());
    for unit in ["WO-8/0001", "WO-8/0002"] {
        by(OPERATOR, &["traveler", "start", unit]).exits(0);
        by(OPERATOR, &["record", unit, "26.5"]).exits(0);
    }
    release(&plant, "B", "25 ±1 N");
    plant.gemba(&["instruction", "list"]).exits(0).says("superseded by B");
    plant.gemba(&["instruction", "show", "WI-8"]).exits(0).says("rev A  superseded by B");
    let listed = plant.gemba(&["instruction", "list", "--json"]).exits(0).values();
    let old = listed.iter().find(|row| row["id"] == "WI-8" && row["revision"] == "A").unwrap();
    assert_eq!((&old["standing"], &old["superseded_by"]), (&json!("superseded"), &json!("B")));
    let changes = plant.gemba(&["diff", "WI-8@A", "WI-8@B", "--json"]).exits(0).values();
    assert!(changes.iter().any(|change| change["new"] == "25 ±1 N"), "{changes:?}");
    let news = plant.gemba(&["traveler", "news", "WO-8/0001", "--json"]).exits(0).values();
    assert_eq!((&news[0]["from"], &news[0]["to"]), (&json!("A"), &json!("B")));
    let recorded = json!({"readings": 1, "would_fail": 1});
    let changes = news[0]["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["recorded"] == recorded), "{changes:?}");
    by(OPERATOR, &["traveler", "keep", "WO-8/0001", "--reason", "nearly done"]).exits(0);
    let moves = ["traveler", "move", "WO-8/0002", "--reason", "safer", "--json"];
    by(OPERATOR, &moves).exits(1).refuses(&["P04"]);
    by(SUPERVISOR, &moves).exits(0);
    by(OPERATOR, &["record", "WO-8/0002", "25", "--json"]).exits(1).refuses(&["D20"]);
    let read = plant.by(OPERATOR, &["instruction", "read", "WI-8"]).exits(0).says("read by");
    assert!(read.out.contains("what WI-8 rev B changed from rev A:"), "{}", read.out);
    assert!(read.out.contains("press: Force 25 ±2 N → 25 ±1 N"), "{}", read.out);
    by(OPERATOR, &["record", "WO-8/0002", "25"]).exits(0);

    let withdraw = ["instruction", "withdraw", "WI-8", "B", "--reason", "sheared", "--stop-work"];
    plant.by(QUALITY, &withdraw).exits(0);
    by(OPERATOR, &["record", "WO-8/0002", "25", "--json"]).exits(1).refuses(&["D12"]);
    by(OPERATOR, &["record", "WO-8/0001", "25"]).exits(0);
    plant.gemba(&["sync"]).exits(0);
    let received =
        plant.gemba(&["instruction", "received", "WI-8", "B", "--json"]).exits(0).values();
    assert_eq!(received[0]["received"], true, "{received:?}");
    plant.gemba(&["instruction", "received", "WI-8", "Z"]).exits(1);
    // What takes effect later is not started before.
    let source = INSTRUCTION.replace("rev: A", "rev: C").replace("25 ±2 N", "25 ±1.5 N");
    let file = plant.file("WI-8.md", source);
    let later = ["--effective-from-order", "WO-9"];
    plant.by(ENGINEER, &[&["release", &file][..], &later].concat()).exits(0);
    let approves = ["sign", "--meaning", "approved", "WI-8", "C"];
    plant.by(ENGINEER, &approves).exits(0).says("WI-8 rev C takes effect from order WO-9");
    let released = "WI-8 rev C is released and takes effect from order WO-9";
    plant.by(QUALITY, &approves).exits(0).says(released);
    by(OPERATOR, &["traveler", "start", "WO-8/0003"]).exits(0);
    plant.gemba(&["trace", "WO-8/0003"]).exits(0).says("WI-8 rev A");
    let shown = plant.gemba(&["instruction", "show", "WI-8", "--json"]).exits(0).values().remove(0);
    let rows = shown["revisions"].as_array().unwrap().iter();
    let standing: Vec<_> = rows.map(|row| row["standing"].as_str().unwrap()).collect();
    assert_eq!(standing, ["later", "withdrawn", "in effect"], "{shown}");
    assert_eq!(shown["revisions"][2]["superseded_by"], json!(null), "B was withdrawn");
    assert_eq!(shown["revisions"][0]["from"], "from order WO-9");
    assert_eq!(shown["revisions"][1]["withdrawn"]["stop_work"], true);
    assert_eq!(shown["revisions"][1]["approvals"][1]["printed_name"], "R. Tanaka");
    let used = shown["users"].as_array().unwrap().iter();
    let used: Vec<_> = used.map(|user| (user["id"].as_str(), user["uses"].as_str())).collect();
    let by = |unit, revision| (Some(unit), Some(revision));
    let expected = [by("WO-8/0001", "A"), by("WO-8/0002", "B"), by("WO-8/0003", "A")];
    assert_eq!(used, expected, "{shown}");
    plant.gemba(&["instruction", "show", "WI-9"]).exits(1).says("is not known here");
    drop(server);
    plant.gemba(&["instruction", "received", "WI-8", "B"]).exits(3);
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r01_a_specification_names_the_instructions_and_open_units_that_use_it() {
    let plant = SamplePlant::new();
    let users = plant.gemba(&["specification", "users", "CP-40", "--json"]).exits(0).values();
    let kinds: Vec<_> = users.iter().map(|user| user["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"instruction"), "{users:?}");
    assert_eq!((&users[0]["id"], &users[0]["uses"]), (&json!("WI-1040"), &json!("F")));
    assert_eq!(users[0]["outdated"], false);
    let site = plant.gemba(&["site", "show", "--json"]).exits(0).values();
    assert_eq!(site[0]["approvals"], json!(["engineer", "quality"]));
}

#[test]
fn r01_what_takes_effect_later_is_told_so_and_not_read_before() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    release(&plant, "A", "25 ±2 N");
    let source = INSTRUCTION.replace("rev: A", "rev: B").replace("25 ±2 N", "25 ±1 N");
    let file = plant.file("WI-8.md", source);
    let later = ["--effective-from", "2099-01-01"];
    plant.by(ENGINEER, &[&["release", &file][..], &later].concat()).exits(0);
    let reads = ["instruction", "read", "WI-8", "B", "--json"];
    plant.by(OPERATOR, &reads).exits(1).refuses(&["D33"]);
    let approves = ["sign", "--meaning", "approved", "WI-8", "B"];
    plant.by(ENGINEER, &approves).exits(0);
    let told = "WI-8 rev B is released and takes effect from 2099-01-01";
    plant.by(QUALITY, &approves).exits(0).says(told);
    plant.by(OPERATOR, &reads).exits(1).refuses(&["D33"]);
    let rows = plant.gemba(&["instruction", "list", "--json"]).exits(0).values();
    let standing = |revision: &str| {
        let row = rows.iter().find(|row| row["id"] == "WI-8" && row["revision"] == revision);
        row.unwrap()["standing"].clone()
    };
    assert_eq!((standing("A"), standing("B")), (json!("in effect"), json!("later")));
    // Without a revision it is the one in effect, and what it changed comes first.
    let read = plant.by(OPERATOR, &["instruction", "read", "WI-8"]).exits(0);
    assert!(read.out.contains("WI-8 rev A is the first"), "{}", read.out);
}

#[test]
fn r01_a_specification_is_shown_with_what_it_says() {
    let plant = SamplePlant::new();
    let shown = plant.gemba(&["specification", "show", "CP-40"]).exits(0);
    for line in [
        "rev F says, drawing D-4410 rev F:",
        "4  Bolt torque: 25 ±2 N·m, major",
        "23 .. 27 N·m (nominal 25), with torque-wrench, every unit, drawn at 1/B3, c-torque",
        "used by instruction WI-1040  rev F",
    ] {
        assert!(shown.out.contains(line), "{line}: {}", shown.out);
    }
    let shown =
        plant.gemba(&["specification", "show", "CP-40", "--json"]).exits(0).values().remove(0);
    let said = &shown["revisions"][0]["specification"];
    assert_eq!(said["drawing"], "D-4410 rev F");
    assert_eq!(said["characteristics"][0]["id"], "c-torque");
    let shown = plant.gemba(&["instruction", "show", "WI-1040", "--json"]).exits(0).values();
    assert!(shown[0]["revisions"][0].get("specification").is_none(), "{}", shown[0]);
}

const STANDARD: &str = "---\nid: STD-WIPE\ntitle: Wipe two faces\nrev: A\nstandard-step: yes\n---\n\n\
    ## Wipe {#wipe}\nWipe both faces.\n\n![Both faces](wipe.png)\n\n\
    ```check\nask: Are both dry?\n```\n";

#[test]
fn r01_a_standard_step_is_included_from_the_store_with_its_pictures() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let including =
        format!("{INSTRUCTION}\n## Clean {{#clean}}\n```include\nstep: STD-WIPE rev A\n```\n");
    let instruction = plant.file("WI-8.md", &including);
    let check = |arguments: &[&str]| plant.gemba(&[&["check", &instruction], arguments].concat());
    check(&[]).exits(1).says("E0234");
    let picture = std::fs::read(fixture("img/faces.png")).unwrap();
    plant.file("wipe.png", &picture);
    let release_standard = |revision: &str| {
        let file =
            plant.file("STD-WIPE.md", STANDARD.replace("rev: A", &format!("rev: {revision}")));
        plant.by(ENGINEER, &["release", &file]).exits(0);
        approve(&plant, "STD-WIPE", revision);
        std::fs::remove_file(file).unwrap();
    };
    release_standard("A");
    std::fs::remove_file(plant.path("wipe.png")).unwrap();
    // Another picture of that name beside the source is not the one that is shown.
    plant.file("wipe.png", std::fs::read(fixture("img/bolts.png")).unwrap());
    check(&[]).exits(0).says("1 clean");
    plant.by(ENGINEER, &["release", &instruction]).exits(0);
    approve(&plant, "WI-8", "A");
    let users = plant.gemba(&["instruction", "users", "STD-WIPE", "--json"]).exits(0).values();
    assert_eq!(
        (&users[0]["instruction"], &users[0]["step"], &users[0]["newest"]),
        (&json!("WI-8"), &json!("clean"), &json!(true))
    );
    let rows = plant.gemba(&["instruction", "list", "--json"]).exits(0).values();
    assert!(rows.iter().any(|row| row["id"] == "WI-8" && row["complete"] == true), "{rows:?}");
    // A later revision of it is warned of, and refuses where somebody is strict.
    plant.file("wipe.png", &picture);
    release_standard("B");
    let warned = check(&["--json"]).exits(0).values();
    assert_eq!((&warned[0]["code"], &warned[0]["level"]), (&json!("E0235"), &json!("warning")));
    check(&["--strict"]).exits(1).says("E0235 warning: rev A of STD-WIPE, and rev B is there too");
    let next = plant.file("WI-8.md", including.replacen("rev: A", "rev: B", 1));
    plant.by(ENGINEER, &["release", "--strict", &next]).exits(1);
    plant.by(ENGINEER, &["release", &next]).exits(0).says("handed in: instruction WI-8 rev B");
    let users = plant.gemba(&["instruction", "users", "STD-WIPE", "--json"]).exits(0).values();
    assert!(users.iter().all(|user| user["newest"] == false), "{users:?}");
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/plant/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_revision_names_the_redlines_that_it_does_and_its_release_tells_those_it_leaves() {
    let plant = SamplePlant::new();
    let server = plant.server();
    release(&plant, "A", "25 ±2 N");
    let mut redlines = Vec::new();
    for text in ["which die?", "say how hard"] {
        let step = ["redline", "propose", "WI-8", "A", "press", "--place", "ASM-1", "--text", text];
        plant.by(OPERATOR, &step).exits(0);
        let open = plant.gemba(&["redline", "list", "--json"]).exits(0).values();
        let id = open[0]["redline"].as_str().unwrap().to_owned();
        let answer = ["redline", "answer", &id, "--accept", "--revision", "B", "--reason", "right"];
        plant.by(ENGINEER, &answer).exits(0);
        redlines.push(id);
    }
    let answers = format!("rev: B\nanswers: {}, RL-X-0009", redlines[0]);
    let file = plant.file("WI-8.md", INSTRUCTION.replace("rev: A", &answers));
    let handed_in = plant.by(ENGINEER, &["release", &file, "--json"]).exits(0).values();
    let left = handed_in[0]["redlines_left"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["redline"]), (1, &json!(redlines[1])));
    assert_eq!(handed_in[0]["redlines_unknown"], json!(["RL-X-0009"]));
    plant.gemba(&["diff", "WI-8@A", "WI-8@B"]).exits(0).says("answers");

    let done = |plant: &SamplePlant| {
        let rows = plant.gemba(&["redline", "list", "--all", "--json"]).exits(0).values();
        let row = rows.iter().find(|row| row["redline"] == json!(redlines[0])).unwrap();
        row["done_in"].clone()
    };
    assert_eq!(done(&plant), json!(null), "what nobody approved does nothing");
    approve(&plant, "WI-8", "B");
    assert_eq!(done(&plant), json!("B"));
    drop(server);
}
