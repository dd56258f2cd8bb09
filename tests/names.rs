//! Names on cards and in registers: one line that everybody can read, by command and from a file.

use gemba::domain::card;
use gemba::domain::decide::Command;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::people::Role;
use gemba::domain::place::{PlaceCommand, PlaceDefined, Policy};
use serde_json::Value;

use crate::support::program::{PLANNER, QUALITY, SamplePlant};
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::id;

/// What no name is: blank, too long, turned around, steering a terminal, hiding something.
const BAD: [(&str, &[&str]); 6] = [
    ("  ", &["C10"]),
    ("Wrench\u{202e}gnirps", &["C12"]),
    ("Wrench\u{1b}[2J", &["C12"]),
    ("Wre\u{200b}nch", &["C12"]),
    ("Two\nlines", &["C12"]),
    ("Tab\there", &["C12"]),
];

fn gauge(name: &str) -> Command {
    let description = GaugeDescription {
        name: name.to_owned(),
        class: id("feeler"),
        unit: None,
        resolution: None,
        uncertainty: None,
        range: None,
        interval: None,
    };
    Command::Gauge(id("FG-9"), GaugeCommand::Register(description))
}

fn place(name: &str) -> Command {
    let (site, area, work_center) = (id(SITE), id("A1"), id("ASM"));
    let defined = PlaceDefined { name: name.to_owned(), site, area, work_center };
    Command::Place(id("ASM-9"), PlaceCommand::Define(defined))
}

fn site(name: &str) -> Command {
    let approvals = vec![Role::Engineer, Role::Quality];
    let policy = Policy::new(name.to_owned(), "Europe/Berlin".to_owned(), approvals);
    Command::Site(id(SITE), policy.into())
}

#[test]
fn a_name_is_one_line_that_can_be_read_wherever_it_stands() {
    let mut shop = Shop::open();
    let long = "x".repeat(300);
    let more = [("", &["C10"][..]), (long.as_str(), &["C11"][..])];
    for (name, codes) in BAD.iter().copied().chain(more) {
        assert_eq!(shop.codes("quell", gauge(name)), codes, "{name:?}");
        assert_eq!(shop.codes("admin", place(name)), codes, "{name:?}");
        assert_eq!(shop.codes("admin", site(name)), codes, "{name:?}");
        let refused = card::require(name, "B-1").unwrap_err();
        assert_eq!(refused.reasons[0].code(), codes[0]);
        assert!(
            refused.reasons[0].what().to_string().starts_with("The name on the card"),
            "{refused}"
        );
        let refused = card::require("K. Mayer", name).unwrap_err();
        assert!(refused.reasons[0].what().to_string().starts_with("The badge"), "{refused}");
        assert!(!refused.to_string().contains('\u{1b}'));
    }
    // Letters of any language are names, with their accents, and eighty of them are enough.
    for name in ["Großer Drehmomentschlüssel 5–50 N·m", "Ключ", "トルクレンチ", &"é".repeat(80)]
    {
        shop.does("quell", gauge(name));
        shop.does("admin", place(name));
        shop.does("admin", site(name));
        card::require(name, name).unwrap();
    }
}

fn problems(ran: &Value) -> Vec<(u64, &str, &str)> {
    let all = ran["problems"].as_array().unwrap().iter();
    all.map(|problem| {
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        (problem["line"].as_u64().unwrap(), text("column"), text("code"))
    })
    .collect()
}

#[test]
fn a_bad_name_is_refused_by_command_and_in_a_file_by_line_and_column() {
    let plant = SamplePlant::new();
    let add = |name: &str| {
        let new = ["gauge", "add", "FG-9", "--name", name, "--class", "feeler", "--json"];
        plant.by(QUALITY, &new)
    };
    for (name, codes) in BAD {
        add(name).refuses(codes);
    }
    add(&"x".repeat(81)).refuses(&["C11"]);
    let told =
        plant.by(QUALITY, &["gauge", "add", "FG-9", "--name", "A\u{202e}B", "--class", "feeler"]);
    told.exits(1).says("The gauge's description has a character that hides or steers (U+202E).");
    let _server = plant.server();
    let pin = |name: &str, badge: &str| {
        let card = ["p-novak", "--name", name, "--card-badge", badge, "--json"];
        plant.new_pin(PLANNER, &card, "739154")
    };
    pin("A. Novak\u{202e}", "B-2107").refuses(&["C12"]);
    pin("A. Novak", &"9".repeat(300)).refuses(&["C11"]);
    pin("\u{200b}", "B-2107").refuses(&["C12"]);

    let file = format!(
        "gauge,description,class\nFG-8,Feeler,feeler\nFG-9,Fee\u{202e}ler,feeler\nFG-10,{},feeler\n",
        "x".repeat(300)
    );
    let file = plant.file("gauges.csv", file);
    let ran = plant.gemba(&["gauge", "import", &file, "--json"]).exits(1);
    let values = ran.values();
    let found: Vec<_> = values.iter().flat_map(problems).collect();
    assert_eq!(
        found,
        [(3, "description", "I06"), (3, "description", "C12"), (4, "description", "C11"),]
    );
    let file = "person,name,badge,roles,verified-by\n\
        p-ox,O.\u{2066} Ox,B-9001,operator,passport\n\
        p-yak,Y. Yak,B-9\u{7f}02,operator,passport\n\
        p-elk,E. Elk,B-9003,operator,pass\u{200f}port\n";
    let file = plant.file("people.csv", file);
    let ran = plant.gemba(&["person", "import", &file, "--json"]).exits(1);
    let values = ran.values();
    let all = values.iter().flat_map(|value| value["problems"].as_array().unwrap());
    let found: Vec<_> = all
        .map(|problem| (problem["line"].as_u64().unwrap(), problem["code"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [(2, "I06"), (2, "C12"), (3, "I06"), (3, "C12"), (4, "I06")]);
}
