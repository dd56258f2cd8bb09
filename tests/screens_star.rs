//! The keypad's star, which opens the menu on terminals that send no function keys.

use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;

use crate::screens_grid::begun;
use crate::screens_rules::{THIRD_BOLT, kept};
use crate::screens_traveler::{at, reaching, torquing};
use crate::support::screen::{Screen, USUAL};
use crate::support::shop::Shop;

#[test]
fn the_star_opens_the_menu_before_sign_in_in_the_queue_at_a_question_and_at_a_scan() {
    let mut screen = Screen::new(reaching("torque"), USUAL);
    screen.type_keys("*").shows("What now?").key(Key::Esc).type_keys("B-2*").shows("What now?");
    screen.key(Key::Esc).shows("B-2▌").type_keys("107\n4829*").shows("What now?");
    screen.key(Key::Esc).shows("****▌").type_keys("13\n").shows("Work here");
    screen.type_keys("*").shows("What now?").key(Key::Esc).type_keys("zz*").shows("zz*▌");
    screen.shows("Nothing fits the filter").hides("What now?");
    at("clean").type_keys("*").shows("What now?");
    at("pump").type_keys("*").shows("What now?");
}

#[test]
fn r13_what_is_half_typed_of_a_value_is_there_again_after_the_menu_of_the_star() {
    let mut screen = torquing();
    screen.type_keys("24*").shows("What now?").shows("Deviation");
    assert_eq!(kept(&screen), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
    screen.key(Key::Esc).shows("24▌").type_keys(".8\n").shows("saved 24.8");
    // What has a function key only is reached at a measured value.
    screen.type_keys("2*").type_keys("1").shows("What is wrong?");
}

#[test]
fn the_star_opens_the_menu_over_a_count_a_grid_and_a_signature_and_what_is_typed_stays() {
    let mut screen = Screen::signed_in(Shop::counting_lot(), "B-2107");
    screen.scan("WO-2/L-22").type_keys("6*").shows("What now?").key(Key::Esc).shows("6▌");
    let mut screen = Screen::signed_in(begun(), "B-3052");
    screen.choose("Lots to inspect").key(Key::Enter).key(Key::F(8)).type_keys("142*");
    screen.shows("What now?").key(Key::Esc).shows("142▌");
    let mut screen = at("signoff");
    screen.key(Key::Enter).type_keys("B-3*").shows("What now?").key(Key::Esc).shows("B-3▌");
}

#[test]
fn in_a_note_the_star_is_the_menu_only_while_nothing_is_typed() {
    let mut screen = torquing();
    screen.key(Key::F(8)).shows("Why?").type_keys("*").shows("What now?").key(Key::Esc);
    screen.type_keys("a * b").shows("a * b▌").hides("What now?");
    let mut screen = torquing();
    screen.key(Key::F(2)).type_keys("*").shows("What now?").key(Key::Esc);
    screen.type_keys("a * b").shows("a * b▌").hides("What now?");
}

#[test]
fn the_star_opens_the_menu_also_where_a_page_is_to_be_read_first() {
    let mut screen = at("signoff");
    screen.message(Message::Input(Input::Resize { columns: 40, rows: 12 }));
    screen.key(Key::Enter).type_keys("*").shows("What now?");
}
