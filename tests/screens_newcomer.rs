//! Somebody who was never at this program builds a unit of the demo by what help says is next.

use gemba::domain::decide::Command;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_plant::plant;

/// What stands on labels and cards at the bench, and what gauges show, each by the words of the page that
/// ask for it.
const IN_HAND: [(&str, &str); 8] = [
    ("Pump serial", "0007"),
    ("housing", "H-2209"),
    ("cover", "LOT-7"),
    ("1 of 4", "24.8"),
    ("2 of 4", "25.1"),
    ("3 of 4", "25.0"),
    ("4 of 4", "24.9"),
    ("value", "0.03"),
];
/// The gauges, by what they measure.
const GAUGES: [(&str, &str); 2] = [("Bolt torque", "TW-07"), ("Joint gap", "FG-02")];

/// What help says is next: what to do first, and the keys.
#[derive(Debug, Default)]
struct Next {
    first: String,
    keys: Vec<String>,
}

/// Reads help on the screen as it stands.
fn asks_help(screen: &mut Screen) -> Next {
    let help = screen.key(Key::F(1)).text();
    screen.key(Key::Esc);
    let mut next = Next::default();
    let lines = help.lines().skip_while(|line| !line.contains("Next: "));
    for line in lines.take_while(|line| !line.is_empty()) {
        let said = line.trim_start().trim_start_matches("Next: ").trim_start();
        match said.split_once("  ") {
            Some((key, _)) => next.keys.push(key.to_owned()),
            None => next.first.push_str(said),
        }
    }
    let told = !next.first.is_empty() || !next.keys.is_empty();
    assert!(told, "help does not say what is next:\n{help}");
    next
}

/// What is in hand for what the marker of the page asks for.
fn asked_for(text: &str) -> &'static str {
    let marked = text.lines().filter_map(|line| line.split_once('│')?.1.split_once('▶'));
    let asked: Vec<&str> = marked.map(|(_, asked)| asked).collect();
    let [asked] = asked[..] else { panic!("not one marker: {asked:?}\n{text}") };
    let found = IN_HAND.iter().find(|(label, _)| asked.contains(label));
    found.unwrap_or_else(|| panic!("nothing in hand is called so: {asked:?}")).1
}

/// Does what help says is next, and nothing else.
fn does(screen: &mut Screen, next: &Next) {
    let text = screen.text();
    match next.first.as_str() {
        "" => {}
        "scan the badge, or type it" => {
            // Who signs stands on the page.
            let badge = if text.contains("inspector") { "B-3052" } else { "B-2107" };
            screen.scan(badge);
            return;
        }
        "type the PIN" => {
            screen.type_keys(PIN);
        }
        "scan the gauge, or choose it with F4" => {
            let gauge = GAUGES.iter().find(|(what, _)| text.contains(&format!("{what}   ")));
            screen.scan(gauge.unwrap_or_else(|| panic!("which gauge?\n{text}")).1);
            return;
        }
        "scan what the marker asks for, or type it" => {
            screen.scan(asked_for(&text));
            return;
        }
        "type what the marker asks for" => {
            screen.type_keys(asked_for(&text));
        }
        "look, then answer what the marker asks" => {
            assert_eq!(next.keys, ["1", "2"], "both answers are told");
        }
        "the clock runs: work on another unit; Esc leads to the others" => {
            assert_eq!(next.keys, Vec::<String>::new());
            screen.seconds_pass(1300);
            return;
        }
        other => panic!("help says what nobody told them: {other:?}"),
    }
    match next.keys.first().map(String::as_str) {
        Some("Enter") => screen.key(Key::Enter),
        Some("1") => screen.key(Key::Char('1')),
        other => panic!("{other:?} is next:\n{text}"),
    };
}

#[test]
fn a_newcomer_finishes_a_unit_of_the_demo_by_what_help_says_is_next() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.toured = false;
    let mut way = Vec::new();
    while !screen.text().contains("Every operation of this unit is done") {
        let next = asks_help(&mut screen);
        way.push(format!("{:<62}{}", next.first, next.keys.join(" ")));
        assert!(way.len() < 60, "it goes on and on:\n{}", way.join("\n"));
        does(&mut screen, &next);
    }
    let done = |command: &Command| {
        matches!(command, Command::Traveler(_, TravelerCommand::CompleteStep { .. }))
    };
    assert_eq!(screen.recorded().iter().filter(|command| done(command)).count(), 8);
    screen.shows("nothing failed in first attempts");
    let way: Vec<&str> = way.iter().map(|line| line.trim_end()).collect();
    assert_snapshot!("newcomer", way.join("\n"));
}
