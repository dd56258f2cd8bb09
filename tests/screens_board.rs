//! From a figure on the board down to the reading, and the board on a wall.

use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::support::screen::{Looks, Screen, USUAL};

#[test]
fn a_figure_leads_to_the_place_the_order_the_unit_and_its_readings() {
    let mut screen = supervisor();
    screen.menu("4").shows("Tab places").key(Key::Tab).shows("Tab what waits");
    assert_snapshot!("board_with_a_place_marked", screen.text());
    screen.key(Key::Down).key(Key::Up).key(Key::Enter);
    assert_snapshot!("place_board", screen.text());
    screen.type_keys("1");
    assert_snapshot!("place_board_order", screen.text());
    screen.type_keys("2").shows("WO-1881/0007");
    assert_snapshot!("record_of_a_unit", screen.text());
    for _ in 0..3 {
        screen.key(Key::Esc);
    }
    screen.shows("Tab what waits").key(Key::Tab).type_keys("1");
    screen.shows("NCR-ASM1-0001").hides("Tab what waits");
}

#[test]
fn a_digit_opens_what_waits_also_while_a_place_is_marked() {
    let mut screen = supervisor();
    screen.menu("4").key(Key::Tab).shows("Tab what waits").type_keys("1").hides("Tab what waits");
}

#[test]
fn the_board_is_read_from_a_wall_by_people_who_are_not_signed_in() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    let effects = screen.shell.show_wall();
    screen.perform(effects);
    screen.shows("FIRST PASS").shows("complete to");
    for name in ["Novak", "novak", "haas", "Brandt"] {
        screen.hides(name);
    }
    assert_snapshot!("wall", screen.text());
    let mut large = Screen::new(supervisor().shop, Looks { size: (160, 50), ..USUAL });
    let effects = large.shell.show_wall();
    large.perform(effects);
    assert_snapshot!("wall_large", large.text());
    screen.key(Key::Esc).shows("Badge");
}

#[test]
fn the_wall_says_which_place_is_silent_before_any_figure() {
    let mut screen = supervisor();
    screen.menu("4").choose("Board for a wall");
    let text = screen.text();
    assert!(text.lines().next().unwrap().contains("LEAK-1 silent since"), "{text}");
}

#[test]
fn a_wall_is_a_wall_again_after_nobody_touched_it() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    let effects = screen.shell.show_wall();
    screen.perform(effects);
    screen.key(Key::Esc).shows("Badge");
    screen.seconds_pass(60).shows("Badge").seconds_pass(600).shows("FIRST PASS");
    screen.type_keys("x").shows("Badge");
}

/// Block letters mean nothing to who hears them, nor in a window that sets a screen anew.
#[test]
fn a_wall_is_read_as_words_in_lines_and_in_the_smallest_window() {
    let mut small = Screen::new(supervisor().shop, Looks { size: (40, 12), ..USUAL });
    let effects = small.shell.show_wall();
    small.perform(effects);
    small.shows("GOOD ?82 of 96 planned").shows("WAITS ?2").hides("▀");
    let page = small.shell.page();
    let said = page.body.join("\n");
    assert!(said.contains("GOOD ?82 of 96 planned") && said.contains("ON HOLD ?1"), "{said}");
}
