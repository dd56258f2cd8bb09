//! What was measured of a characteristic, as engineers look at it.

use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::support::screen::Screen;

fn page(screen: &mut Screen) {
    screen.choose("Trace").type_keys("c-gap\n");
    if !screen.text().contains("by revision") {
        screen.key(Key::Enter);
    }
}

#[test]
fn readings_stand_between_their_limits_and_are_told_apart_by_revision_place_and_shift() {
    let mut screen = supervisor();
    page(&mut screen);
    assert_snapshot!("characteristic_by_revision", screen.golden());
    screen.key(Key::Tab).shows("by place").shows("ASM-2");
    screen.key(Key::Tab).shows("by shift").shows("late");
    screen.key(Key::Tab);
    assert_snapshot!("characteristic_readings", screen.golden());
    screen.type_keys("2").shows("WO-1881/0011").key(Key::Esc).shows("the newest first");
    screen.key(Key::Tab).shows("by revision");
}

#[test]
fn what_was_measured_says_up_to_when_it_is_complete_and_which_place_is_silent() {
    let mut screen = supervisor();
    page(&mut screen);
    screen.shows(", complete to 07:58, but LEAK-1 silent since 07:19");
}

#[test]
fn a_specification_leads_to_what_was_measured_of_it() {
    let mut screen = supervisor();
    // It is the last row of the list.
    screen.choose("Instructions");
    for _ in 0..9 {
        screen.key(Key::Down);
    }
    screen.key(Key::Enter).shows("F8 measured").key(Key::F(8));
    screen.shows("Characteristics of CP-40").key(Key::Enter).shows("by revision");
}

#[test]
fn a_chart_is_left_out_where_it_would_be_read_line_by_line() {
    let mut screen = supervisor();
    page(&mut screen);
    let said = screen.shell.page().body.join("\n");
    assert!(said.contains("by revision") && said.contains("WI-1040 rev C"), "{said}");
    assert!(!said.lines().any(|line| line == "0.1" || line == "0.2"), "{said}");
}
