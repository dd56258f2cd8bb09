//! From an empty folder to a value at the server and at another station, by the program alone.

use gemba::domain::fact::{Position, Written};
use gemba::ledger::store::Ledger;
use serde_json::Value;

use crate::cli_record::{assert_185_pass_15_fail, order_rings, record, rings};
use crate::support::counts;
use crate::support::patience::comes;
use crate::support::program::{INSPECTOR, OPERATOR, Post};
use crate::support::works::{ADMINISTRATOR, Works};

const LOT: &str = "WO-9/L-1";

/// What the station says of itself.
fn shown(post: &Post) -> Value {
    post.gemba(&["station", "show", "--json"]).exits(0).values().remove(0)
}

/// What is recorded about the lot here.
fn trace(post: &Post) -> Value {
    post.gemba(&["trace", LOT, "--json"]).exits(0).values().remove(0)
}

/// Asks until an answer is as wanted.
#[track_caller]
pub(crate) fn until(wanted: impl Fn() -> bool) {
    assert!(comes(wanted), "it does not come");
}

/// Facts as a store holds them, with what each was written after.
fn as_written(post: &Post, positions: &[Position]) -> Vec<Written> {
    let ledger = Ledger::open_reader(&post.home()).unwrap();
    positions.iter().map(|at| ledger.written(at).unwrap().unwrap()).collect()
}

#[test]
fn a_plant_is_founded_staffed_and_served_and_a_value_reaches_it_with_nobody_signed_in() {
    let works = Works::founded();
    let stranger = works.post("stranger");
    stranger.gemba(&["sync"]).exits(5);
    let enroll = ["station", "enroll", &works.url, "--code"];
    stranger.gemba(&[&enroll[..], &["AAAA-BBBB"]].concat()).exits(1);
    let code = works.code("HP1");
    let first = works.post("first");
    first.gemba(&[&enroll[..], &[&code]].concat()).exits(0).says("enrolled as HP1");
    stranger.gemba(&[&enroll[..], &[&code]].concat()).exits(1);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    assert_eq!((&shown(&first)["station"], &shown(&first)["demo"]), (&"HP1".into(), &false.into()));

    Works::admit_everybody(&first);
    let (mayer, card) = (("p-mayer", "K. Mayer"), ("B-2120", "604713"));
    first.give_pin(INSPECTOR, mayer, card).exits(1).says("administer people");
    order_rings(&first);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let second = works.enrolled("HP2");
    second.by(OPERATOR, &["record", LOT, "74.001", "--place", "INC-1"]).exits(1);
    let value = ["record", LOT, "74.001", "--gauge", "BG-1", "--place", "INC-1"];

    // Who was admitted at one station works at the other, with the PIN given there.
    let service = second.start_service(&["sync", "--watch"]);
    second.by(INSPECTOR, &value).exits(0).says("Pass");
    until(|| {
        let shown = shown(&second);
        shown["saved"].as_u64() > Some(0) && shown["saved"] == shown["at_server"]
    });
    second.gemba(&["sync"]).exits(0);
    // A PIN is given beside the service, which carries the fact that says so.
    let add = ["person", "add", mayer.0, "--role", "operator", "--verified-by", "passport"];
    second.by(ADMINISTRATOR, &add).exits(0);
    second.give_pin(ADMINISTRATOR, mayer, (INSPECTOR.0, card.1)).exits(1).says("badge");
    second.give_pin(ADMINISTRATOR, mayer, card).exits(0);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let lines = trace(&first)["lines"].clone();
    let reading = lines.as_array().unwrap().iter().find(|line| line["kind"] == "ReadingTaken");
    let reading = reading.unwrap();
    assert_eq!((&reading["who"], &reading["verdict"]), (&"M. Okafor".into(), &"Pass".into()));

    // What another station records comes by the service as well.
    first.by(INSPECTOR, &[&value[..], &["--sample", "2"]].concat()).exits(0);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let readings = |post: &Post| {
        let lines = trace(post)["lines"].clone();
        lines.as_array().unwrap().iter().filter(|line| line["kind"] == "ReadingTaken").count()
    };
    until(|| readings(&second) == 2);
    assert_eq!(service.told_to_end(), 0);
    for post in [&first, &second] {
        post.gemba(&["audit", "verify"]).exits(0).says("nothing that is here was changed");
    }
    let folder = works.closes();
    let judge = folder.path().join("server/judge");
    first.gemba(&["audit", "verify", judge.to_str().unwrap()]).exits(0);
    first.gemba(&["sync"]).exits(3);
    let saved = shown(&first)["saved"].clone();
    first.give_pin(ADMINISTRATOR, mayer, card).exits(3);
    assert_eq!(shown(&first)["saved"], saved, "no fact says that a PIN was changed");
}

#[test]
fn two_hundred_readings_are_read_back_at_a_second_station_byte_for_byte() {
    let works = Works::founded();
    let first = works.enrolled("HP1");
    Works::admit_everybody(&first);
    order_rings(&first);
    let real =
        counts::sample("datasets/qcc/pistonrings.txt").map(|file| std::fs::read(file).unwrap());
    let file = first.file("rings.txt", real.unwrap_or_else(|| rings().into_bytes()));
    let recorded = record(&first, &file);
    first.gemba(&["sync"]).exits(0).says("0 waiting");

    let second = works.enrolled("HP2");
    assert_185_pass_15_fail(&second, recorded);
    let (here, there) = (trace(&first), trace(&second));
    assert_eq!(here["lines"].as_array().unwrap().len(), there["lines"].as_array().unwrap().len());
    let positions: Vec<Position> = here["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| Position::parse(line["position"].as_str().unwrap()).unwrap())
        .collect();
    // Its start, one attempt, the readings and one hold.
    assert_eq!(positions.len(), 203);
    let written = as_written(&first, &positions);
    assert_eq!(written, as_written(&second, &positions));
    for (line, written) in there["lines"].as_array().unwrap().iter().zip(&written) {
        assert_eq!(line["id"], written.id().to_string());
        assert_eq!(line["at_server"], true);
    }
    second.gemba(&["audit", "verify"]).exits(0).says("nothing that is here was changed");
    counts::add("facts_read_back_byte_for_byte", written.len() as u64);
}
