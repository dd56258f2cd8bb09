//! Finding an action or a place by a part of its name, and being shown around once.

use std::fs;
use std::path::Path;

use gemba::ui::effect::Effect;
use gemba::ui::input::{Focus, Input, Key};
use gemba::ui::keys::KEYS;
use gemba::ui::message::Message;
use insta::assert_snapshot;
use proptest::prelude::*;

use crate::screens_floor::floor;
use crate::screens_permits::permitted;
use crate::screens_traveler::reaching;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;
use crate::support::shop_shift::answers;

const TITLE: &str = "Find or go to";

fn at_the_queue() -> Screen {
    Screen::signed_in(plant(), "B-2107")
}

#[test]
fn a_colon_opens_the_palette_where_no_text_is_typed() {
    let mut screen = at_the_queue();
    screen.type_keys(":").shows(TITLE);
    assert_snapshot!("palette", screen.golden());
    screen.key(Key::Esc).shows("Work here");
    screen.type_keys("0007:").hides(TITLE).shows("0007:");
}

#[test]
fn the_numbered_menu_leads_to_the_palette_by_a_digit_and_by_the_colon() {
    at_the_queue().choose(TITLE).shows(TITLE).shows("a part of a name");
    at_the_queue().key(Key::Menu).type_keys(":").shows(TITLE).hides("What now?");
}

#[test]
fn nobody_finds_anything_before_a_badge_is_read() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.type_keys(":").hides(TITLE);
    screen.key(Key::Menu).type_keys(":").hides(TITLE);
}

#[test]
fn what_is_typed_finds_actions_and_places_and_enter_opens_the_first() {
    let mut screen = at_the_queue();
    screen.type_keys(":torq");
    assert_snapshot!("palette_typed", screen.golden());
    screen.key(Key::Esc).type_keys(":shbo\n").shows("by the hour");
    screen.key(Key::Esc).type_keys(":WO-1881/0007\n").shows("WO-1881/0007").shows("CP-40");
}

#[test]
fn a_text_that_has_the_words_is_told_below_what_is_called_so() {
    let mut screen = at_the_queue();
    screen.type_keys(":cross").shows("instruction WI-1040 rev C #torque");
    assert_snapshot!("palette_words", screen.golden());
    screen.type_keys("\n").shows("WI-1040");
}

#[test]
fn what_is_found_opens_where_it_is_shown() {
    let mut screen = Screen::signed_in(floor(), "B-5003");
    screen.type_keys(":socket").shows("redline RL-ASM1-0001").type_keys("\n");
    screen.shows("Redline RL-ASM1-0001").shows("WI-1040 rev C #torque").shows("1  Accept");
    let mut screen = Screen::signed_in(permitted(), "B-5020");
    screen.type_keys(":widened").shows("permit DP-ASM1-0001").type_keys("\n");
    screen.shows("Permit DP-ASM1-0001").shows("bolts of lot 88");
    screen.key(Key::Esc).type_keys(":drawing").shows("specification CP-40 rev F");
    screen.type_keys("\n").shows("Drawing D-4410 rev F");
    screen.key(Key::Esc).type_keys(":balloon").shows("characteristic c-torque of CP-40");
    screen.type_keys("\n").shows("CP-40  c-torque").key(Key::Esc);
    screen.type_keys(":").shows("1  characteristic c-torque of CP-40");
    screen.shows("2  specification CP-40 rev F").shows("3  permit DP-ASM1-0001");
}

#[test]
fn a_redline_that_is_answered_shows_the_answer_and_takes_no_other() {
    let mut shop = floor();
    shop.does("lind", answers(false, None, "it is on the drawing"));
    let mut screen = Screen::signed_in(shop, "B-5003");
    screen.type_keys(":socket").type_keys("\n").shows("rejected: it is on the drawing");
    screen.hides("1  Accept").type_keys("1").hides("In which revision?");
}

#[test]
fn over_a_unit_each_characteristic_of_its_specification_is_a_place_to_go_to() {
    let mut screen = Screen::signed_in(reaching("torque"), "B-2107");
    screen.scan("0007").key(Key::Menu).type_keys(":c-torque");
    screen.shows("characteristic c-torque of CP-40").type_keys("\n").shows("CP-40  c-torque");
    at_the_queue().type_keys(":c-torque").hides("characteristic c-torque of CP-40");
}

#[test]
fn what_comes_all_at_once_and_names_nothing_is_typed_and_what_is_scanned_opens() {
    let mut screen = at_the_queue();
    screen.type_keys(":").scan("torq").shows("gauge TW-07").hides("not understood");
    screen.scan("0007").shows("WO-1881/0007").hides(TITLE);
}

#[test]
fn a_digit_opens_a_row_only_where_nothing_is_typed() {
    let mut screen = at_the_queue();
    screen.type_keys(":");
    assert_eq!(screen.focus, Focus::Choice);
    screen.type_keys(" 0007").shows(TITLE).shows("unit WO-1881/0007");
    assert_eq!(screen.focus, Focus::Text);
    let mut screen = at_the_queue();
    screen.type_keys(":1").hides(TITLE);
}

#[test]
fn pages_that_were_looked_at_come_first_and_are_forgotten_with_the_session() {
    let mut screen = at_the_queue();
    screen.scan("0007").key(Key::Esc).type_keys(":");
    screen.shows("1  unit WO-1881/0007");
    screen.type_keys("1").shows("WO-1881/0007").hides(TITLE);
    screen.key(Key::Esc).choose("Sign out");
    screen.scan("B-2114").type_keys(PIN).type_keys("\n").type_keys(":");
    screen.hides("1  unit WO-1881/0007");
}

#[test]
fn the_page_that_lies_below_is_no_place_to_go_to() {
    let mut screen = at_the_queue();
    screen.scan("0007").key(Key::Menu).type_keys(":").hides("1  unit WO-1881/0007");
}

#[test]
fn what_records_at_once_is_not_offered_and_a_skip_asks_for_its_reason() {
    let mut screen = Screen::signed_in(reaching("clean"), "B-2107");
    screen.scan("0007").type_keys(":yes\n").hides("saved");
    assert_eq!(screen.recorded(), Vec::new());
    let mut screen = Screen::signed_in(reaching("clean"), "B-2107");
    screen.scan("0007").type_keys(":skip this\n");
    assert_eq!(screen.recorded(), Vec::new());
    for row in KEYS.iter().filter(|row| row.act.in_palette()) {
        assert!(row.key != Some(Key::Enter), "{:?} would be done by Enter", row.act);
    }
}

#[test]
fn what_somebody_may_never_do_is_not_offered_to_them() {
    let mut screen = at_the_queue();
    screen.type_keys(":take it out").hides("take the marked component out");
}

#[test]
fn pages_of_the_palette_turn_and_do_not_scroll() {
    let mut screen = at_the_queue();
    screen.type_keys(":").shows("more: PgDn").key(Key::PageDown).shows("more: PgDn");
    screen.shows("1  ");
}

#[test]
fn whoever_signs_in_for_the_first_time_is_shown_around_once() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.toured = false;
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("In one minute");
    assert_snapshot!("tour", screen.golden());
    let kept = Effect::KeepDraft("tour".to_owned(), "shown".to_owned());
    assert!(screen.asked.contains(&kept), "it comes never again");
    for page in 2..=5 {
        screen.type_keys("\n").shows(&format!("{page} of 5"));
        assert_snapshot!(format!("tour_{page}"), screen.golden());
    }
    screen.key(Key::Up).shows("4 of 5").type_keys("\n\n").shows("Work here");
}

#[test]
fn the_tour_is_left_at_any_point_and_found_again() {
    for pages in 0..5 {
        let mut screen = Screen::new(plant(), USUAL);
        screen.toured = false;
        screen.scan("B-2107").type_keys(PIN).type_keys("\n");
        for _ in 0..pages {
            screen.type_keys("\n");
        }
        screen.shows("In one minute").key(Key::Esc).shows("Work here");
        screen.choose("Show me around").shows("1 of 5");
    }
}

#[test]
fn a_scan_ends_the_tour_and_opens_what_was_scanned() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.toured = false;
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007");
    screen.hides("In one minute").shows("WO-1881/0007");
}

#[test]
fn the_tour_fits_a_plain_terminal() {
    let looks = Looks { theme: "mono", ascii: true, size: (60, 20), ..USUAL };
    let mut screen = Screen::new(plant(), looks);
    screen.toured = false;
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    for page in 1..=5 {
        screen.shows(&format!("{page} of 5")).shows("Esc leaves");
        screen.type_keys("\n");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_typed_into_the_palette_is_plain_words(text in "[ -~äöüß]{0,24}") {
        let mut screen = at_the_queue();
        screen.type_keys(": ").message(Message::Input(Input::Paste(text)));
        screen.shows(TITLE);
        prop_assert_eq!(screen.recorded(), Vec::new());
    }
}

/// Every text that a screen says it is for, with the file that has it.
fn purposes() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/screens")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let file = entry.path().display().to_string();
            let source = fs::read_to_string(entry.path()).unwrap();
            for part in source.split("fn purpose(&self)").skip(1) {
                let body = part.split("\n    }").next().unwrap();
                if body.contains('"') {
                    found.push((file.clone(), literal(body)));
                    continue;
                }
                let names = body.split(|c: char| !c.is_ascii_uppercase() && c != '_');
                for name in names.filter(|name| name.len() > 2) {
                    let (_, after) = source.split_once(&format!("const {name}: &str")).unwrap();
                    found.push((file.clone(), literal(after)));
                }
            }
        }
    }
    found
}

/// The first literal of a source.
fn literal(source: &str) -> String {
    let text = source.split('"').nth(1).unwrap();
    text.split("\\\n").map(str::trim_start).collect()
}

#[test]
fn every_screen_says_what_it_is_for_in_lines_enough() {
    let purposes = purposes();
    assert!(purposes.len() > 50, "{}", purposes.len());
    for (file, text) in purposes {
        let lines = text.len().div_ceil(78);
        assert!(text.len() >= 100 && lines <= 5 && text.ends_with('.'), "{file}: {text}");
    }
}

#[test]
fn help_says_what_to_do_next_on_the_screen_as_it_stands() {
    let mut screen = at_the_queue();
    screen.key(Key::F(1)).shows("Next: Enter  open the marked row");
    let mut screen = Screen::signed_in(reaching("torque"), "B-2107");
    screen.scan("0007").key(Key::F(1)).shows("Next: scan the gauge, or choose it with F4");
    screen.shows("Enter  record what was typed");
    // Of two answers neither is what is next.
    let mut check = Screen::signed_in(reaching("clean"), "B-2107");
    check.scan("0007").key(Key::F(1)).shows("Next: look, then answer what the marker asks");
    check.shows("1  answer yes").shows("2  answer no");
    screen.key(Key::Esc).key(Key::Esc).type_keys(":").key(Key::F(1)).shows("a part of a name");
    assert_snapshot!("palette_help", screen.golden());
}
