//! A station that no line reaches, by commands alone: it begins by a file, what it wrote goes out by a
//! file, and the server's answer comes back by one.

use std::fs;

use crate::cli_record::order_rings;
use crate::support::counts;
use crate::support::program::{INSPECTOR, Post};
use crate::support::read_back::{of_kind, sent_by};
use crate::support::works::Works;

const LOT: &str = "WO-9/L-1";

fn record(post: &Post, sample: &str) -> crate::support::program::Ran {
    let value = ["record", LOT, "74.001", "--gauge", "BG-1", "--place", "INC-1", "--sample"];
    post.by(INSPECTOR, &[&value[..], &[sample, "--json"]].concat())
}

/// A plant with rings to measure whose server is down, and a station that was enrolled while it was
/// up and has nothing yet.
fn plant() -> (Works, Post, Post) {
    let mut works = Works::founded();
    let first = works.enrolled("HP1");
    Works::admit_everybody(&first);
    order_rings(&first);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let second = works.post("HP2");
    let enroll = ["station", "enroll", &works.url, "--code", &works.code("HP2")];
    second.gemba(&enroll).exits(0).says("enrolled as HP2");
    works.kill_server();
    (works, first, second)
}

#[test]
fn a_station_begins_by_a_file_and_by_no_other_stations_and_once() {
    let (mut works, first, second) = plant();
    let seed = works.path("hp2.seed");
    works.at_server(&["seed", "HP2"]).exits(2).says("--to");
    let unknown = works.at_server(&["seed", "HP9", "--to", &seed]).exits(1);
    unknown.says("no station HP9 is enrolled here").says("gemba serve code");
    let off = works.path("no/such/folder/hp2.seed");
    works.at_server(&["seed", "HP2", "--to", &off]).exits(5).says("cannot be used");
    second.gemba(&["station", "seed", &seed]).exits(5).says("cannot be used");
    let made = works.at_server(&["seed", "HP2", "--to", &seed, "--json"]).exits(0).values();
    assert_eq!(made[0]["station"], "HP2");
    let told = works.at_server(&["seed", "HP2", "--to", &seed]).exits(0);
    told.says(&format!("gemba station seed {seed}, at HP2"));

    first.gemba(&["station", "seed", &seed]).exits(1).says("the file belongs to another station");
    works.at_server(&["take", &seed, "--answer", &off]).exits(1).says("gemba station seed");
    let whole = fs::read(&seed).unwrap();
    let broken = second.file("broken.seed", &whole[..whole.len() / 2]);
    second.gemba(&["station", "seed", &broken]).exits(1).says("it was cut off or changed");
    second.gemba(&["station", "seed"]).exits(2);
    second.gemba(&["traveler", "show", LOT]).exits(1).says("not known here");
    let begun = second.gemba(&["station", "seed", &seed, "--json"]).exits(0).values();
    assert_eq!(begun[0]["facts"], made[0]["facts"]);
    second.gemba(&["station", "seed", &seed]).exits(1).says("nothing was changed");
    let shown = second.gemba(&["traveler", "show", LOT, "--json"]).exits(0).values();
    assert_eq!(shown[0]["standing"], "begun");
    // Who there is comes by file, their badges and PINs by the line alone.
    record(&second, "1").refuses(&["P31"]);
    works.serves_again();
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    record(&second, "1").exits(0);
    second.gemba(&["store", "check"]).exits(0);
    second.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn what_a_station_wrote_goes_out_by_a_file_and_its_receipt_comes_back_by_one() {
    let (mut works, first, second) = plant();
    works.serves_again();
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    works.kill_server();
    second.gemba(&["sync"]).exits(3);
    for sample in ["1", "2", "3"] {
        record(&second, sample).exits(0);
    }

    let (out, answer) = (works.path("hp2.parcel"), works.path("hp2.answer"));
    second.gemba(&["sync", "--to", &out, "--from", &answer]).exits(2);
    let off = works.path("no/such/folder/hp2.parcel");
    second.gemba(&["sync", "--to", &off]).exits(5).says("cannot be used");
    let told = second.gemba(&["sync", "--to", &out]).exits(0).says("facts, 0 blobs in");
    told.says(&format!("gemba serve take {out} --answer FILE, at the server"));
    let written = second.gemba(&["sync", "--to", &out, "--json"]).exits(0).values();
    let waiting = written[0]["waiting"].clone();
    assert!(waiting.as_u64() >= Some(3), "they wait until the answer is back: {written:?}");
    assert_eq!(written[0]["facts"], waiting);

    works.at_server(&["take", &out]).exits(2).says("--answer");
    works.at_server(&["take", &off, "--answer", &answer]).exits(5).says("cannot be used");
    let whole = fs::read(&out).unwrap();
    let broken = second.file("broken.parcel", &whole[..whole.len() - 3]);
    works.at_server(&["take", &broken, "--answer", &answer]).exits(1).says("cut off or changed");
    assert!(!fs::exists(&answer).unwrap(), "no answer to what was not taken");
    let taken = works.at_server(&["take", &out, "--answer", &answer, "--json"]).exits(0).values();
    assert_eq!((&taken[0]["station"], &taken[0]["new"]), (&"HP2".into(), &waiting));
    assert_eq!((&taken[0]["judged"], &taken[0]["stored"]), (&true.into(), &true.into()));
    let again = works.at_server(&["take", &out, "--answer", &answer]).exits(0);
    let again = again.says("HP2: 0 facts are new at the server");
    again.says(&format!("gemba sync --from {answer}, at HP2"));

    second.gemba(&["sync", "--from", &off]).exits(5).says("cannot be used");
    second.gemba(&["sync", "--from", &out]).exits(1).says("gemba serve take, at the server");
    works.at_server(&["take", &answer, "--answer", &off]).exits(1).says("gemba sync --from");
    first.gemba(&["sync", "--from", &answer]).exits(1).says("the file belongs to another station");
    let brought = second.gemba(&["sync", "--from", &answer, "--json"]).exits(0).values();
    assert_eq!((&brought[0]["at_server"], &brought[0]["waiting"]), (&waiting, &0.into()));
    let twice = second.gemba(&["sync", "--from", &answer]).exits(0);
    twice.says("0 facts more at the server").says("0 waiting");

    let there = sent_by(&second.home(), &works.path("server"));
    counts::add("values_saved", 3);
    counts::add("values_found", of_kind(&there, "ReadingTaken"));
    // The other station hears of it, and a line that comes back carries nothing twice.
    works.serves_again();
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let trace = first.gemba(&["trace", LOT, "--json"]).exits(0).values();
    let lines = trace[0]["lines"].as_array().unwrap();
    assert_eq!(lines.iter().filter(|line| line["kind"] == "ReadingTaken").count(), 3);
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    sent_by(&second.home(), &works.path("server"));
    for post in [&first, &second] {
        post.gemba(&["store", "check"]).exits(0);
        post.gemba(&["audit", "verify"]).exits(0);
    }
    // Of a station that was revoked nothing is taken.
    works.at_server(&["revoke", "HP2"]).exits(0);
    let late = works.at_server(&["take", &out, "--answer", &answer]).exits(1);
    late.says("station HP2 was revoked").says("gemba serve code");
}
