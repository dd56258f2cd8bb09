//! Deviations on their screens: who signed, whose signature is missing, what was decided before.

use gemba::domain::deviation::Disposition;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::support::screen::{PIN, Screen};
use crate::support::shop_deviations::FIRST;
use crate::support::shop_plan::disposes;

/// Quality has accepted a torque as it is; engineering is at the terminal.
pub(crate) fn accepting() -> Screen {
    let mut shop = supervisor().shop;
    shop.does("quell", disposes(FIRST, Disposition::UseAsIs)).later(300);
    Screen::signed_in(shop, "B-5003")
}

#[test]
fn a_disposition_that_waits_for_engineering_says_so_and_is_approved() {
    let mut screen = accepting();
    screen.menu("5");
    screen.shows("waits for a signature").type_keys("\n");
    assert_snapshot!("deviation_waits", screen.golden());
    screen.key(Key::Enter);
    assert_snapshot!("approve", screen.golden());
    screen.scan("B-5003").type_keys(PIN).type_keys("\n");
    assert_snapshot!("deviation_approved", screen.golden());
}

#[test]
fn keys_that_are_pressed_before_a_page_is_there_wait_for_it() {
    let mut screen = supervisor();
    screen.store_hangs = true;
    // The list, its first row, and what is to become of the parts.
    screen.menu("5").type_keys("\n").key(Key::Enter).hides("NCR-ASM1-0001");
    screen.store_answers().shows("What becomes of");
}

#[test]
fn nobody_approves_what_they_decided_themselves() {
    let mut shop = supervisor().shop;
    shop.does("lind", disposes(FIRST, Disposition::UseAsIs)).later(300);
    let mut screen = Screen::signed_in(shop, "B-5003");
    screen.menu("5").type_keys("\n").key(Key::Enter);
    screen.scan("B-5003").type_keys(PIN).type_keys("\n").shows("P11");
}

#[test]
fn a_changed_disposition_shows_the_first_one_with_its_signature_as_replaced() {
    let mut shop = supervisor().shop;
    shop.does("quell", disposes(FIRST, Disposition::UseAsIs));
    shop.does("brandt", disposes(FIRST, Disposition::Scrap)).later(300);
    let mut screen = Screen::signed_in(shop, "B-4011");
    screen.menu("5").type_keys("\n");
    assert_snapshot!("deviation_changed", screen.golden());
}
