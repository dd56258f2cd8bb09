//! Lots that went apart, by commands: a split lot and what it was split off move to another revision,
//! and two stations that did not see each other count the same pieces.

use serde_json::{Value, json};

use crate::plant_from_nothing::until;
use crate::support::program::{
    ENGINEER, OPERATOR, PLANNER, Post, QUALITY, SUPERVISOR, SamplePlant,
};
use crate::support::works::{ADMINISTRATOR, Works};

const INSTRUCTION: &str = "---\nid: WI-7\ntitle: Deburr the rings\npart: RING\nrev: A\n\
    operation: 10 Deburring\nwork-center: ASM\n---\n\n## Press {#press}\nPress it.\n\n\
    ```measure\nname: Force\nspec: 25 ±2 N\n```\n\n## Count {#count}\nCount what is good.\n\n\
    ```quantity\nlabel: Rings\n```\n\n## Pack {#pack}\n```check\nask: Is it packed?\n```\n";

const LOT: &str = "WO-7/L-7";

/// Releases a revision with its limits, approved by engineering and quality.
fn release(post: &Post, revision: &str, spec: &str) {
    let source = INSTRUCTION.replace("rev: A", &format!("rev: {revision}"));
    let file = post.file("WI-7.md", source.replace("25 ±2 N", spec));
    post.by(ENGINEER, &["release", &file]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-7", revision];
    post.by(ENGINEER, &approve).exits(0);
    post.by(QUALITY, &approve).exits(0).says("is in effect");
}

fn open(post: &Post) {
    let open = ["order", "open", "WO-7", "--part", "RING", "--lot", "L-7", "--quantity", "100"];
    post.by(PLANNER, &[&open[..], &["--operation", "10:WI-7:ASM"]].concat()).exits(0);
}

fn at(post: &Post, who: (&str, &str), arguments: &[&str]) -> crate::support::program::Ran {
    post.by(who, &[arguments, &["--place", "ASM-1"]].concat())
}

fn shown(post: &Post, lot: &str) -> Value {
    post.gemba(&["traveler", "show", lot, "--json"]).exits(0).values().remove(0)
}

/// How each step of a lot stands.
fn steps(post: &Post, lot: &str) -> Vec<String> {
    let shown = shown(post, lot);
    let steps = shown["steps"].as_array().unwrap().iter();
    steps.map(|step| step["standing"].as_str().unwrap().to_owned()).collect()
}

/// Presses by what the lot is worked by now, and ends the step.
fn presses(post: &Post, lot: &str) {
    at(post, OPERATOR, &["record", lot, "25.1", "--step", "press"]).exits(0).says("Pass");
    at(post, OPERATOR, &["traveler", "complete", lot, "press"]).exits(0);
}

#[test]
fn r01_a_split_lot_and_its_origin_each_do_again_what_a_new_revision_asks_otherwise() {
    let plant = SamplePlant::new();
    let server = plant.server();
    release(&plant, "A", "25 ±2 N");
    open(&plant);
    let by = |who, arguments: &[&str]| at(&plant, who, arguments);
    by(OPERATOR, &["traveler", "start", LOT]).exits(0);
    by(OPERATOR, &["record", LOT, "26.5"]).exits(0);
    by(OPERATOR, &["traveler", "complete", LOT]).exits(0);
    by(OPERATOR, &["traveler", "report", LOT, "60"]).exits(0).says("40 left");
    let rest = "WO-7/L-7-HP1-1";
    by(SUPERVISOR, &["traveler", "split", LOT, "40", "--reason", "rush"]).exits(0).says(rest);
    assert_eq!(
        (steps(&plant, LOT), steps(&plant, rest)),
        (
            vec!["done".to_owned(), "begun".to_owned(), "open".to_owned()],
            vec!["done".to_owned(), "open".to_owned(), "open".to_owned()],
        )
    );
    release(&plant, "B", "25 ±1 N");
    // The reading that counts for these pieces lies in the lot that they were of.
    plant.gemba(&["traveler", "news", LOT]).exits(0).says("your reading would now fail");
    plant.gemba(&["traveler", "news", rest]).exits(0).says("25 ±2 N → 25 ±1 N");
    by(OPERATOR, &["traveler", "move", rest, "--reason", "safer", "--json"]).refuses(&["P04"]);
    by(SUPERVISOR, &["traveler", "move", rest, "--reason", "safer"]).exits(0);
    assert_eq!((steps(&plant, rest)[0].as_str(), steps(&plant, LOT)[0].as_str()), ("open", "done"));
    plant.by(OPERATOR, &["instruction", "read", "WI-7"]).exits(0);
    let early = by(OPERATOR, &["traveler", "report", rest, "40", "--step", "count", "--json"]);
    early.refuses(&["T10"]);
    presses(&plant, rest);
    by(OPERATOR, &["traveler", "report", rest, "40"]).exits(0).says("0 left");
    by(OPERATOR, &["traveler", "complete", rest, "count"]).exits(0);

    by(SUPERVISOR, &["traveler", "move", LOT, "--reason", "safer"]).exits(0);
    // What is split off now presses again as well, and was counted already.
    let more = "WO-7/L-7-HP1-2";
    by(SUPERVISOR, &["traveler", "split", LOT, "20", "--reason", "rush"]).exits(0).says(more);
    let counted = json!([{"operation": 10, "came": 20, "good": 20, "scrap": 0, "rework": 0,
        "missing": 0}]);
    assert_eq!(shown(&plant, more)["lot"]["operations"], counted);
    for lot in [LOT, more] {
        assert_eq!(steps(&plant, lot)[0], "open", "{lot}");
        presses(&plant, lot);
        by(OPERATOR, &["traveler", "report", lot, "1", "--json"]).refuses(&["Q04"]);
        by(OPERATOR, &["traveler", "complete", lot, "count"]).exits(0);
    }
    for lot in [LOT, rest, more] {
        by(OPERATOR, &["record", lot, "yes", "--step", "pack"]).exits(0);
        by(OPERATOR, &["traveler", "complete", lot]).exits(0);
        assert_eq!(shown(&plant, lot)["standing"], "finished");
    }
    let orders = plant.gemba(&["order", "list", "--json"]).exits(0).values();
    let order = orders.iter().find(|order| order["order"] == "WO-7").unwrap();
    assert_eq!(order["pieces"][0]["good"], 100, "each piece once: {order}");
    plant.gemba(&["sync"]).exits(0).says("0 waiting");
    assert_eq!(plant.gemba(&["review", "list", "--json"]).exits(0).values(), Vec::<Value>::new());
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn pieces_that_two_stations_counted_unseen_are_held_at_both_until_somebody_looks() {
    let works = Works::founded();
    let one = works.enrolled("HP1");
    Works::admit_everybody(&one);
    for (person, name, role, card) in [
        ("p-novak", "A. Novak", "operator", OPERATOR),
        ("p-brandt", "S. Brandt", "supervisor", SUPERVISOR),
    ] {
        let add = ["person", "add", person, "--role", role, "--verified-by", "passport"];
        one.by(ADMINISTRATOR, &add).exits(0);
        one.give_pin(ADMINISTRATOR, (person, name), card).exits(0);
    }
    one.gemba(&["sync"]).exits(0).says("0 waiting");
    release(&one, "A", "25 ±2 N");
    open(&one);
    at(&one, OPERATOR, &["traveler", "start", LOT]).exits(0);
    presses(&one, LOT);
    one.gemba(&["sync"]).exits(0).says("0 waiting");
    let two = works.enrolled("HP2");
    // Neither has heard of the other: both may count, and one of them splits off besides.
    at(&two, OPERATOR, &["traveler", "report", LOT, "70"]).exits(0).says("30 left");
    at(&one, OPERATOR, &["traveler", "report", LOT, "60"]).exits(0).says("40 left");
    for post in [&one, &two] {
        post.gemba(&["sync"]).exits(0);
    }
    // The judge looks beside what is asked of the server.
    for post in [&one, &two] {
        until(|| {
            post.gemba(&["sync"]).exits(0);
            shown(post, LOT)["standing"] == "on hold"
        });
    }
    let reviews = |post: &Post| post.gemba(&["review", "list", "--json"]).exits(0).values();
    // What to answer stands at the station whose record it is; the lot is held wherever it goes.
    let told = || [reviews(&one), reviews(&two)].concat();
    let why = "30 more pieces than came to operation 10 were counted or split off";
    until(|| {
        two.gemba(&["sync"]).exits(0);
        !reviews(&two).is_empty()
    });
    assert!(told().iter().all(|row| row["reasons"] == json!([why])), "{:?}", told());
    for post in [&one, &two] {
        at(post, OPERATOR, &["traveler", "report", LOT, "1", "--json"]).exits(1).says(why);
    }
    // The second count is put right first; then a supervisor lets it go on, at either station.
    let recount = ["traveler", "recount", LOT, "40", "--reason", "counted at HP1 too", "--count"];
    let counts = shown(&two, LOT)["lot"]["counts"].clone();
    let of_two = counts.as_array().unwrap().iter().position(|row| row["first"]["good"] == 70);
    let number = (of_two.unwrap() + 1).to_string();
    at(&two, OPERATOR, &[&recount[..], &[&number]].concat()).exits(0);
    for post in [&two, &one] {
        post.gemba(&["sync"]).exits(0);
        for row in reviews(post) {
            let fact = row["fact"].as_str().unwrap().to_owned();
            let answer = ["review", "answer", &fact, "--accept", "--reason", "put right"];
            post.by(SUPERVISOR, &answer).exits(0);
        }
        post.gemba(&["sync"]).exits(0);
    }
    for post in [&two, &one] {
        post.gemba(&["sync"]).exits(0);
        assert_eq!(shown(post, LOT)["standing"], "begun", "{:?}", reviews(post));
        assert_eq!(shown(post, LOT)["lot"]["operations"][0]["missing"], 0);
    }
    at(&one, OPERATOR, &["traveler", "complete", LOT, "count"]).exits(0);
    for post in [&one, &two] {
        post.gemba(&["audit", "verify"]).exits(0).says("nothing that is here was changed");
    }
}
