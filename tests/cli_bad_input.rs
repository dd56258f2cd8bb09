//! What bad input gets: each kind has one decided answer.

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};

use crate::support::program::{OPERATOR, SamplePlant, gemba};

const SPECIFICATION: &str = "# part: X-1   rev: A   drawing: D-1 rev A\n\
    id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
    c-a,1,1/A1,5 ±1 mm,Length,5,4,6,mm,minor,measured,,\n";

#[test]
fn sources_that_cannot_be_read_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        gemba(&["check", path.to_str().unwrap()])
    };
    check("latin.csv", b"# part: X\xff").exits(1).says("E0101");
    check("empty.csv", b"").exits(1).says("E0102");
    check("large.csv", &vec![b'x'; 50_000_000]).exits(1).says("E0103");
    check("plain.csv", SPECIFICATION.as_bytes()).exits(0);
    check("crlf.csv", SPECIFICATION.replace('\n', "\r\n").as_bytes()).exits(0);
    check("bom.csv", format!("\u{feff}{SPECIFICATION}").as_bytes()).exits(0);
    gemba(&["check", "--explain", "E0107"]).exits(0);
    gemba(&["check", "--explain", "rounding"]).exits(0).says("column of a specification");
    gemba(&["check", "--explain", "keys"]).exits(0).says("not-same-person-as");
    gemba(&["check", "--explain", "E9999"]).exits(2).says("--explain keys");
}

/// A unit whose next ask is a torque.
fn at_torque(plant: &SamplePlant) {
    plant.by(OPERATOR, &["session", "open", "--place", "ASM-1"]).exits(0);
    let run = |arguments: &[&str]| plant.gemba(arguments).exits(0);
    run(&["traveler", "start", "WO-1881/0007"]);
    for values in [&["0007"][..], &["H-1", "L-1"], &["yes"], &["yes"]] {
        for value in values {
            run(&["record", "WO-1881/0007", value]);
        }
        run(&["traveler", "complete", "WO-1881/0007"]);
    }
}

#[test]
fn a_decision_that_counts_is_said_with_accept() {
    let plant = SamplePlant::new();
    let answer = ["review", "answer", "0f3a9c.1.204", "--reason", "seen"];
    let counts = [&answer[..], &["--counts", "scrap"]].concat();
    plant.gemba(&counts).exits(2).says("add --accept").says("a decision counts for work");
    plant.gemba(&answer).exits(2).says("add --accept or --refuse");
}

#[test]
fn values_that_are_no_numbers_are_refused_with_what_to_type() {
    let plant = SamplePlant::new();
    at_torque(&plant);
    let long = "1".repeat(5_000);
    for (value, answer) in [
        ("1e400", "digits with one decimal point"),
        ("NaN", "digits with one decimal point"),
        ("-", "digits with one decimal point"),
        ("1,250", "the comma could mean thousands"),
        (long.as_str(), "too long"),
        ("25 furlongs", "unknown unit"),
        ("25 mm", "mm is not a unit of"),
    ] {
        let ran = plant.gemba(&["record", "WO-1881/0007", value, "--gauge", "TW-07"]).exits(1);
        assert!(ran.err.len() < 1_000, "a refusal shows no more than it must");
        ran.says(answer);
    }
    plant.gemba(&["record", "WO-1881/0007", " 25.5 ", "--gauge", "TW-07"]).exits(0).says("Pass");
    plant.gemba(&["record", "WO-1881/0007", "24,5", "--gauge", "TW-07"]).exits(0).says("Pass");
}

#[test]
fn what_goes_wrong_is_json_where_a_program_reads_along() {
    let plant = SamplePlant::new();
    let start = ["traveler", "start", "WO-1881/0007", "--place", "INC-1", "--json"];
    plant.by(OPERATOR, &start).refuses(&["L03"]);
    let wrong = gemba(&["traveler", "jump", "--json"]).exits(2);
    let error: serde_json::Value = serde_json::from_str(wrong.err.trim()).unwrap();
    assert_eq!(error["error"]["exit_code"], 2);
    assert!(error["error"]["why"].as_str().unwrap().contains("jump"));
}

#[test]
fn a_unit_a_place_and_a_step_that_do_not_fit_are_refused() {
    let plant = SamplePlant::new();
    let start = |unit, place| plant.by(OPERATOR, &["traveler", "start", unit, "--place", place]);
    start("WO-1881/9999", "ASM-1").exits(1);
    start("WO-0000/0001", "ASM-1").exits(1);
    start("WO-1881/0007", "INC-1").exits(1).says("INC-1");
    start("WO-1881/0007", "NOWHERE").exits(1).says("NOWHERE");
    start("WO-1881/0007", "ASM-1").exits(0);
    let scan = ["record", "WO-1881/0007", "00\u{7}07\u{1b}[2J", "--place", "ASM-1"];
    let ran = plant.by(OPERATOR, &scan).exits(1);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{7}'));
    plant.gemba(&["trace", "WO-1881/9999"]).exits(1).says("not known here");
}

#[test]
fn a_note_with_escape_codes_is_refused_and_reaches_no_terminal() {
    let plant = SamplePlant::new();
    plant.by(OPERATOR, &["traveler", "start", "WO-1881/0007", "--place", "ASM-1"]).exits(0);
    let note = "red \u{1b}[31m alert \u{202e} turned";
    let raise = ["deviation", "raise", "WO-1881/0007", "--note", note, "--place", "ASM-1"];
    let ran = plant.by(OPERATOR, &raise).exits(1).says("R11");
    for listed in [&["deviation", "list"][..], &["trace", "WO-1881/0007"], &["board"]] {
        for json in [false, true] {
            let mut arguments = listed.to_vec();
            if json {
                arguments.push("--json");
            }
            let out = plant.gemba(&arguments).exits(0).out + &ran.err;
            assert!(!out.contains(['\u{1b}', '\u{202e}']) && !out.contains("alert"), "{out}");
        }
    }
}

#[test]
fn a_damaged_store_ends_with_four_and_a_newer_one_with_five() {
    let plant = SamplePlant::new();
    let store = plant.home().join("station.db");
    let mut file = OpenOptions::new().write(true).open(&store).unwrap();
    // SQLite keeps the program's own schema number here, big-endian.
    file.seek(SeekFrom::Start(60)).unwrap();
    file.write_all(&999_u32.to_be_bytes()).unwrap();
    drop(file);
    plant.gemba(&["board"]).exits(5).says("newer gemba");
    fs::write(&store, b"this is no store at all, and never was").unwrap();
    for log in ["station.db-wal", "station.db-shm"] {
        fs::remove_file(plant.home().join(log)).unwrap_or_default();
    }
    plant.gemba(&["board"]).exits(4).says("damaged");
}

#[test]
fn settings_that_are_not_known_are_refused_by_line() {
    let plant = SamplePlant::new();
    fs::write(plant.home().join("gemba.toml"), "plaec = \"ASM-1\"\n").unwrap();
    plant.gemba(&["board"]).exits(2).says("plaec");
}
