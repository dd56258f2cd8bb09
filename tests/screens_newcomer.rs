//! Somebody who was never at these screens builds a pump by what help says is next.

use std::time::Duration;

use gemba::domain::decide::Command;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::newcomer::{Holder, Newcomer, Terminal};
use crate::support::patience::Patience;
use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_plant::plant;

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
const GAUGES: [(&str, &str); 2] = [("Bolt torque", "TW-07"), ("Joint gap", "FG-02")];

impl Terminal for Screen {
    fn text(&mut self) -> String {
        Screen::text(self)
    }

    fn help(&mut self) -> String {
        let help = Screen::key(self, Key::F(1)).text();
        Screen::key(self, Key::Esc);
        help
    }

    fn key(&mut self, key: &str) {
        match key {
            "Enter" => Screen::key(self, Key::Enter),
            "1" => Screen::key(self, Key::Char('1')),
            other => panic!("what is {other:?}?"),
        };
    }

    fn types(&mut self, text: &str) {
        self.type_keys(text);
    }

    fn scans(&mut self, code: &str) {
        self.scan(code);
    }

    fn goes_away_for(&mut self, seconds: u32) {
        self.seconds_pass(seconds);
    }

    fn patience(&self) -> Patience {
        Patience::of(Duration::ZERO)
    }
}

#[test]
fn a_newcomer_finishes_a_unit_by_what_help_says_is_next() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.toured = false;
    let holder = |role: &str, badge: &str| Holder {
        role: role.to_owned(),
        badge: badge.to_owned(),
        pin: PIN.to_owned(),
    };
    let people = vec![holder("operator", "B-2107"), holder("inspector", "B-3052")];
    let mut newcomer = Newcomer::new(people, &IN_HAND, &GAUGES);
    newcomer.goes_on(&mut screen, "Every operation of this unit is done");
    let done = |command: &Command| {
        matches!(command, Command::Traveler(_, TravelerCommand::CompleteStep { .. }))
    };
    assert_eq!(screen.recorded().iter().filter(|command| done(command)).count(), 8);
    screen.shows("nothing failed in first attempts");
    assert_snapshot!("newcomer", newcomer.way.join("\n"));
}
