//! Own PINs and lost badges, by commands against a real server.

use gemba::ledger::store::Ledger;

use crate::support::program::{OPERATOR, PLANNER, SUPERVISOR, SamplePlant};

const START: [&str; 5] = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1"];

fn facts(plant: &SamplePlant) -> u64 {
    let shown = plant.gemba(&["station", "show", "--json"]).exits(0).values();
    shown[0]["saved"].as_u64().unwrap()
}

#[test]
fn everybody_changes_their_own_pin_and_nobody_anothers() {
    let plant = SamplePlant::new();
    let own = ["p-novak", "--json"];
    {
        let _server = plant.server();
        plant.new_pin(OPERATOR, &own, OPERATOR.1).refuses(&["P35"]);
        plant.new_pin(OPERATOR, &own, "4829").refuses(&["P22"]);
        plant.new_pin(OPERATOR, &own, "123456").refuses(&["P23"]);
        plant.new_pin(SUPERVISOR, &own, "604713").refuses(&["P04"]);
        plant.new_pin((OPERATOR.0, "000000"), &own, "604713").refuses(&["P31"]);
        let changed = plant.new_pin(OPERATOR, &own, "604713").exits(0).values();
        assert_eq!(changed[0]["person"], "p-novak");
        assert_eq!(changed[0]["badge"], OPERATOR.0);
    }
    // It holds at once, here and without the server.
    plant.by(OPERATOR, &[&START[..], &["--json"]].concat()).refuses(&["P31"]);
    plant.by((OPERATOR.0, "604713"), &START).exits(0);
    // Without the server no PIN is changed, and no fact says that one was.
    let before = facts(&plant);
    plant.new_pin((OPERATOR.0, "604713"), &own, "730529").exits(3);
    assert_eq!(facts(&plant), before);
    plant.by((OPERATOR.0, "604713"), &["session", "open", "--place", "ASM-1"]).exits(0);
}

#[test]
fn a_new_pin_keeps_to_the_digits_that_the_site_does_not_allow() {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--pin-deny", "4713", "--pin-digits", "7"]).exits(0);
    let _server = plant.server();
    let own = ["p-novak", "--json"];
    plant.new_pin(OPERATOR, &own, "604819").refuses(&["P22"]);
    let refused = plant.new_pin(OPERATOR, &own, "6047138").refuses(&["P23"]);
    refused.says("digits that this site does not allow");
    plant.new_pin(OPERATOR, &own, "6048197").exits(0);
}

#[test]
fn a_lost_badge_is_replaced_and_counts_no_more() {
    let plant = SamplePlant::new();
    let badge = ["person", "badge", "p-novak", "--new", "B-2199", "--reason", "lost", "--json"];
    plant.by(PLANNER, &badge).exits(3);
    {
        let _server = plant.server();
        plant.by(OPERATOR, &badge).refuses(&["P04"]);
        let nobody = ["person", "badge", "p-nobody", "--new", "B-2198", "--reason", "x", "--json"];
        plant.by(PLANNER, &nobody).refuses(&["P02"]);
        let taken = ["person", "badge", "p-novak", "--new", "B-3052", "--reason", "lost"];
        plant.by(PLANNER, &taken).exits(1).says("badge");
        let unsaid = ["person", "badge", "p-novak", "--new", "B-2199", "--reason", "", "--json"];
        plant.by(PLANNER, &unsaid).refuses(&["R08"]);
        plant.by(OPERATOR, &["session", "open", "--place", "ASM-1"]).exits(0);
        let replaced = plant.by(PLANNER, &badge).exits(0).values();
        assert_eq!(replaced[0]["badge"], "B-2199");
    }
    // A session that the lost badge opened ends with it; one with the new badge goes on.
    let within = [&START[..], &["--json"]].concat();
    plant.gemba(&within).refuses(&["P37"]).says("gemba session open");
    plant.by(OPERATOR, &[&START[..], &["--json"]].concat()).refuses(&["P31"]);
    plant.by(("B-2199", OPERATOR.1), &START).exits(0);
}

#[test]
fn who_is_admitted_and_has_no_card_here_yet_is_told_where_it_comes_from() {
    let plant = SamplePlant::new();
    let add = ["person", "add", "p-mayer", "--role", "operator", "--verified-by", "passport"];
    plant.by(PLANNER, &add).exits(0);
    let _server = plant.server();
    let badge = ["person", "badge", "p-mayer", "--new", "B-2121", "--reason", "lost", "--json"];
    let refused = plant.by(PLANNER, &badge).refuses(&["P36"]);
    refused.says("the card comes from the server with the next sync: gemba sync");
}

/// In which language a card speaks, as the station has it from the server.
fn language_of(plant: &SamplePlant, person: &str) -> String {
    plant.gemba(&["sync"]).exits(0);
    let ledger = Ledger::open(&plant.home()).unwrap();
    ledger.card_of(&person.parse().unwrap()).unwrap().unwrap().language
}

#[test]
fn a_first_card_speaks_the_language_of_the_station_and_keeps_it_until_it_is_told_another() {
    let plant = SamplePlant::new();
    let settings = plant.home().join("gemba.toml");
    let told = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("language = \"de\"\n{told}")).unwrap();
    let add = ["person", "add", "p-mayer", "--role", "operator", "--verified-by", "passport"];
    plant.by(PLANNER, &add).exits(0);
    let _server = plant.server();
    plant.give_pin(PLANNER, ("p-mayer", "K. Mayer"), ("B-2120", "604713")).exits(0);
    assert_eq!(language_of(&plant, "p-mayer"), "de");
    plant.new_pin(PLANNER, &["p-mayer", "--language", "en"], "730529").exits(0);
    assert_eq!(language_of(&plant, "p-mayer"), "en");
    plant.new_pin(("B-2120", "730529"), &["p-mayer"], "518306").exits(0);
    assert_eq!(language_of(&plant, "p-mayer"), "en");
    let unknown = plant.new_pin(PLANNER, &["p-mayer", "--language", "fr"], "640917").exits(2);
    unknown.says("one of en, de");
}
