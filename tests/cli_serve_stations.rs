//! Which stations a plant has, what they serve, and whom it knows by name: by commands at the server.

use gemba::ledger::store::Ledger;
use serde_json::{Value, json};

use crate::cli_record::order_rings;
use crate::plant_from_nothing::until;
use crate::support::program::{INSPECTOR, Post};
use crate::support::works::{ADMINISTRATOR, Works};

const LOT: &str = "WO-9/L-1";

/// A plant with a lot of rings begun at HP1, which exchanged everything.
fn plant_with_rings() -> (Works, Post) {
    let works = Works::founded();
    let first = works.enrolled("HP1");
    Works::admit_everybody(&first);
    order_rings(&first);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    (works, first)
}

#[test]
fn a_station_is_given_a_work_center_more_and_fetches_what_it_did_not_follow() {
    let (works, _first) = plant_with_rings();
    let second = works.post("HP2");
    let code = works.code_for("HP2", &["ASM"]);
    second.gemba(&["station", "enroll", &works.url, "--code", &code]).exits(0);
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    second.gemba(&["traveler", "show", LOT]).exits(1).says("not known here");

    let assign = |station: &str, center: &str| {
        works.at_server(&["assign", station, "--work-center", center, "--json"])
    };
    works.at_server(&["assign", "HP2"]).exits(2).says("--work-center");
    assign("HP/2", "INC").exits(2);
    assign("HP9", "INC").exits(1).says("no station HP9 is enrolled here").says("gemba serve code");
    assign("SRV", "INC").exits(1).says("no station SRV is enrolled here");
    let nowhere = assign("HP2", "PAINT").exits(1).says("gemba place list");
    nowhere.says("no place of this plant belongs to work center PAINT");
    second.gemba(&["sync"]).exits(0);
    second.gemba(&["traveler", "show", LOT]).exits(1).says("not known here");

    let done = assign("HP2", "INC").exits(0).values();
    assert_eq!(done[0]["station"], "HP2");
    assert_eq!(done[0]["work_centers"], json!(["ASM", "INC"]));
    let again = ["assign", "HP2", "--work-center", "INC"];
    works.at_server(&again).exits(0).says("HP2 serves ASM, INC");
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    let shown = second.gemba(&["traveler", "show", LOT, "--json"]).exits(0).values();
    assert_eq!(shown[0]["standing"], "begun");
    second.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn a_revoked_station_writes_and_reads_nothing_until_a_new_code_takes_it_in() {
    let works = Works::founded();
    let post = works.enrolled("HP1");
    Works::admit_everybody(&post);
    works.at_server(&["revoke"]).exits(2);
    works.at_server(&["revoke", "HP9"]).exits(1).says("no station HP9 is enrolled here");
    works.at_server(&["revoke", "SRV"]).exits(1).says("no station SRV is enrolled here");
    let done = works.at_server(&["revoke", "HP1", "--json"]).exits(0).values();
    assert_eq!(done, [json!({ "station": "HP1" })]);
    works.at_server(&["revoke", "HP1"]).exits(0).says("HP1 writes and reads nothing more");

    let refused = post.gemba(&["sync"]).exits(1).says("the server revoked this station");
    refused.says("gemba serve code, then gemba station enroll");
    post.gemba(&["sync", "--status"]).exits(0).says("stopped until a person acts");
    let assign = ["assign", "HP1", "--work-center", "ASM"];
    works.at_server(&assign).exits(1).says("no station HP1 is enrolled here");
    let seed = works.path("hp1.seed");
    works.at_server(&["seed", "HP1", "--to", &seed]).exits(1).says("station HP1 was revoked");

    let enroll = ["station", "enroll", &works.url, "--code", &works.code("HP1")];
    post.gemba(&enroll).exits(0).says("enrolled as HP1");
    post.gemba(&["sync"]).exits(0).says("0 waiting");
    let status = post.gemba(&["sync", "--status", "--json"]).exits(0).values();
    assert_eq!((&status[0]["stopped"], &status[0]["trouble"]), (&false.into(), &Value::Null));
}

/// What a station tells of the lot.
fn trace(post: &Post) -> String {
    post.gemba(&["trace", LOT]).exits(0).out
}

#[test]
fn an_erased_card_is_gone_at_every_station_and_what_was_recorded_keeps_the_id() {
    let (works, first) = plant_with_rings();
    let record = |post: &Post, sample: &str| {
        let value = ["record", LOT, "74.001", "--gauge", "BG-1", "--place", "INC-1", "--sample"];
        post.by(INSPECTOR, &[&value[..], &[sample, "--json"]].concat())
    };
    record(&first, "1").exits(0);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    let second = works.enrolled("HP2");
    works.at_server(&["erase"]).exits(2);
    works.at_server(&["erase", "p-nobody", "--apply"]).exits(1).says("p-nobody has no card here");

    // Without a word more the card is shown, and stays.
    let shown = works.at_server(&["erase", "p-okafor"]).exits(0);
    let shown = shown.says("p-okafor: M. Okafor, badge B-3052").says("nothing was erased yet");
    shown.says("gemba serve erase p-okafor --apply");
    first.gemba(&["sync"]).exits(0);
    record(&first, "2").exits(0);
    first.gemba(&["sync"]).exits(0).says("0 waiting");
    second.gemba(&["sync"]).exits(0).says("0 waiting");
    assert!(trace(&first).contains("M. Okafor") && trace(&second).contains("M. Okafor"));

    let erased = works.at_server(&["erase", "p-okafor", "--apply", "--json"]).exits(0).values();
    assert_eq!((&erased[0]["person"], &erased[0]["erased"]), (&"p-okafor".into(), &true.into()));
    assert!(erased[0]["name"].is_null() && erased[0]["badge"].is_null(), "{erased:?}");
    works.at_server(&["erase", "p-okafor", "--apply"]).exits(1).says("p-okafor has no card here");
    let person = "p-okafor".parse().unwrap();
    for post in [&first, &second] {
        post.gemba(&["sync"]).exits(0).says("0 waiting");
        let told = trace(post);
        assert!(told.contains("p-okafor") && !told.contains("Okafor"), "{told}");
        let ledger = Ledger::open_reader(&post.home()).unwrap();
        assert_eq!(ledger.card_of(&person).unwrap(), None);
        assert_eq!(ledger.badge_holder(INSPECTOR.0).unwrap(), None);
        record(post, "3").refuses(&["P31"]);
        post.gemba(&["audit", "verify"]).exits(0);
    }
}

#[test]
fn a_name_that_was_imported_waits_for_a_first_pin_and_no_longer() {
    let works = Works::founded();
    let (first, second) = (works.enrolled("HP1"), works.enrolled("HP2"));
    let people = "id,name,badge,roles\np-mayer,K. Mayer,B-2120,operator\n\
                  p-lang,U. Lang,B-2121,operator\np-kern,I. Kern,B-2122,operator\n";
    let file = second.file("people.csv", people);
    let import = ["person", "import", &file, "--apply", "--verified-by", "passport"];
    second.by(ADMINISTRATOR, &import).exits(0);
    let person = "p-mayer".parse().unwrap();
    let ledger = || Ledger::open_reader(&second.home()).unwrap();
    let waits = |id: &str| ledger().wanted_card(&id.parse().unwrap()).unwrap().is_some();
    let imported = ["p-mayer", "p-lang", "p-kern"];
    assert_eq!(imported.map(waits), [true; 3]);
    // Who is admitted at one station gets a PIN at the other, once that was judged.
    until(|| {
        second.gemba(&["sync"]).exits(0);
        first.gemba(&["sync"]).exits(0);
        let known = first.gemba(&["person", "list"]).exits(0).out;
        imported.iter().all(|id| known.contains(id))
    });
    first.give_pin(ADMINISTRATOR, ("p-mayer", "K. Mayer"), ("B-2120", "604713")).exits(0);
    first.give_pin(ADMINISTRATOR, ("p-lang", "U. Lang"), ("B-2121", "370582")).exits(0);
    works.at_server(&["erase", "p-lang", "--apply"]).exits(0);
    assert_eq!(imported.map(waits), [true; 3]);
    second.gemba(&["sync"]).exits(0);
    assert!(ledger().card_of(&person).unwrap().is_some());
    // Who has a card waits for none, nor does who had one that was erased before this station saw it.
    assert_eq!(imported.map(waits), [false, false, true]);
    // Nor who may not act any more.
    first.by(ADMINISTRATOR, &["person", "revoke", "p-kern", "--reason", "left"]).exits(0);
    until(|| {
        first.gemba(&["sync"]).exits(0);
        second.gemba(&["sync"]).exits(0);
        !waits("p-kern")
    });
    works.at_server(&["erase", "p-mayer", "--apply"]).exits(0);
    second.gemba(&["sync"]).exits(0);
    assert_eq!(ledger().badge_holder("B-2120").unwrap(), None);
}
