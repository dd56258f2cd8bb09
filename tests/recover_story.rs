//! A station whose disk died: its backup is put back and worked with, and then brought back, by commands.
//! Deviations, signatures and corrections that were saved meanwhile still hold together.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::disks::has_strace;
use crate::support::copied::{copy, put_back};
use crate::support::counts;
use crate::support::program::{OPERATOR, Ran, SUPERVISOR, SamplePlant};

const UNIT: &str = "WO-1881/0008";

fn at(plant: &SamplePlant, who: (&str, &str), arguments: &[&str]) -> Ran {
    plant.by(who, &[arguments, &["--place", "ASM-1"]].concat()).exits(0)
}

fn raise(plant: &SamplePlant, note: &str) -> Ran {
    at(plant, OPERATOR, &["deviation", "raise", UNIT, "--note", note, "--operation", "10"])
}

/// A plant whose station was restored from a backup and worked with since, while the server has what
/// the dead disk had sent. Both raised a deviation under one number.
fn restored() -> SamplePlant {
    let plant = SamplePlant::new();
    let backup = plant.path("backup");
    copy(&plant.home(), &backup);
    let server = plant.server();
    at(&plant, OPERATOR, &["traveler", "start", UNIT]);
    raise(&plant, "a scratch").says("NCR-HP1-0002");
    plant.gemba(&["sync"]).exits(0);
    drop(server);

    put_back(&backup, &plant.home());
    let by = |arguments: &[&str]| at(&plant, OPERATOR, arguments);
    by(&["traveler", "start", UNIT]);
    by(&["record", UNIT, "0008"]);
    by(&["traveler", "complete", UNIT]);
    by(&["record", UNIT, "H-100", "--step", "parts", "--operation", "20"]);
    let correct = ["traveler", "correct", UNIT, "H-101", "--step", "parts", "--ask", "1"];
    by(&[&correct[..], &["--reason", "old label"]].concat());
    raise(&plant, "cracked").says("NCR-HP1-0002");
    let scrap = ["deviation", "dispose", "NCR-HP1-0002", "scrap", "--reason", "cracked through"];
    at(&plant, SUPERVISOR, &scrap);
    plant
}

/// What was saved after the backup was put back is there, and holds together.
fn holds_together(plant: &SamplePlant) {
    plant.gemba(&["audit", "verify"]).exits(0).says("set aside");
    plant.gemba(&["store", "check"]).exits(0);
    plant.gemba(&["deviation", "show", "NCR-HP1-B0001"]).exits(0).says("scrap").says("S. Brandt");
    plant.gemba(&["trace", UNIT]).exits(0).says("H-101").says("NCR-HP1-B0001");
}

#[test]
fn what_was_signed_on_a_restored_store_is_said_again_with_its_signatures_and_numbers() {
    let plant = restored();
    let server = plant.server();
    plant.gemba(&["sync"]).exits(1).says("gemba station recover");
    plant.gemba(&["sync", "--status"]).says("stopped until a person acts");
    plant.gemba(&["station", "recover"]).exits(0).says("--take-over");
    plant.gemba(&["station", "recover", "--take-over"]).exits(2).says("--reason");
    let done = ["station", "recover", "--take-over", "--reason", "the disk died"];
    plant.gemba(&done).exits(0).says("NCR-HP1-0002 is NCR-HP1-B0001 now");
    plant.gemba(&done).exits(0).says("nothing to bring back");
    plant.gemba(&["sync"]).exits(0).says("0 waiting");
    holds_together(&plant);
    let first = plant.gemba(&["deviation", "show", "NCR-HP1-0002"]).exits(0);
    first.says("a scratch");
    // The server judges what was said again as it would have judged it the first time.
    while plant.gemba(&["sync", "--status", "--json"]).values()[0]["waiting"] != 0 {}
    drop(server);
}

#[test]
fn a_machine_that_dies_while_it_is_brought_back_is_brought_back_again() {
    if !has_strace() {
        return counts::skip("recoveries that die: strace cannot trace here");
    }
    let plant = restored();
    let _server = plant.server();
    let broken = plant.path("broken");
    copy(&plant.home(), &broken);
    let mut kills = 0;
    for (call, step) in [("pwrite64", 11), ("fdatasync", 1), ("fsync", 1), ("rename", 1)] {
        for when in (1..).step_by(step) {
            put_back(&broken, &plant.home());
            let done = die_in(&plant, (call, when), &["--take-over"]);
            if done.status.success() {
                break;
            }
            kills += 1;
            let done = ["station", "recover", "--take-over", "--reason", "the disk died"];
            plant.gemba(&done).exits(0);
            holds_together(&plant);
        }
    }
    assert!(kills > 10, "nothing died: {kills}");
    counts::add("kills", kills);
}

#[test]
fn a_machine_that_dies_while_it_becomes_another_station_is_one_or_the_other() {
    if !has_strace() {
        return counts::skip("stations that die: strace cannot trace here");
    }
    let plant = restored();
    let _server = plant.server();
    let broken = plant.path("broken");
    copy(&plant.home(), &broken);
    let folder = plant.path("server").to_str().unwrap().to_owned();
    let deaths =
        [("pwrite64", 1), ("pwrite64", 60), ("pwrite64", 120), ("rename", 1), ("rename", 2)];
    for (n, (call, when)) in deaths.into_iter().enumerate() {
        put_back(&broken, &plant.home());
        let name = format!("AS{n}");
        let code =
            ["serve", "code", &name, "--work-center", "ASM", "--database", &folder, "--json"];
        let code = plant.gemba(&code).exits(0).values()[0]["code"].as_str().unwrap().to_owned();
        let died = die_in(&plant, (call, when), &["--as-new", &code]);
        assert!(!died.status.success(), "{call} {when}");
        let synced = plant.gemba(&["sync"]);
        if synced.code != 0 {
            // It is the old one still, which stopped: the same once more.
            let again = ["station", "recover", "--as-new", &code, "--reason", "the disk died"];
            plant.gemba(&again).exits(0);
            plant.gemba(&["sync"]).exits(0);
        }
        let shown = plant.gemba(&["station", "show", "--json"]).values().remove(0);
        assert_eq!((&shown["station"], &shown["waiting"]), (&name.into(), &0.into()));
        plant.gemba(&["audit", "verify"]).exits(0).says("set aside");
        plant.gemba(&["store", "check"]).exits(0);
        let number = format!("NCR-AS{n}-0001");
        plant.gemba(&["deviation", "show", &number]).exits(0).says("scrap").says("S. Brandt");
    }
    counts::add("kills", deaths.len() as u64);
}

/// Brings the station back, and dies at a call.
fn die_in(plant: &SamplePlant, (call, when): (&str, usize), how: &[&str]) -> Output {
    let inject = format!("inject={call}:signal=KILL:when={when}");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
    strace.arg(env!("CARGO_BIN_EXE_gemba")).args(["station", "recover"]);
    strace.args(how).args(["--reason", "the disk died"]);
    let nothing = File::open(PathBuf::from("/dev/null")).unwrap();
    strace.env("GEMBA_HOME", plant.home()).stdin(nothing).output().unwrap()
}
