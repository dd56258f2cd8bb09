//! Traces and components at the terminal: from whatever is typed or scanned to whatever it names.

use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::Screen;
use crate::support::shop::Shop;
use crate::support::shop_plan::{complete, text};

fn asking() -> Screen {
    let mut screen = Screen::signed_in(Shop::open(), "B-5020");
    screen.choose("Trace").shows("What is to be traced?");
    screen
}

#[test]
fn what_is_typed_is_traced_and_what_may_mean_several_things_is_asked_again() {
    let mut screen = asking();
    assert_snapshot!("trace_ask", screen.golden());
    screen.type_keys("\n").shows("type or scan what is to be traced");
    screen.type_keys("x-1\n").shows("nothing recorded here names x-1; did you mean gauge/TW-07?");
    for _ in 0..3 {
        screen.key(Key::Backspace);
    }
    screen.type_keys("0007\n").shows("0007 may mean:").shows("unit/WO-1790/0007");
    assert_snapshot!("trace_which", screen.golden());
    screen.key(Key::Enter).shows("unit WO-1881/0007").shows("came from and rests on: 9");
    assert_snapshot!("trace_unit", screen.golden());
}

#[test]
fn enter_goes_on_to_the_marked_row_and_esc_back() {
    let mut screen = asking();
    screen.type_keys("0007\n\n");
    for _ in 0..3 {
        screen.key(Key::Down);
    }
    screen.key(Key::Enter).shows("gauge TW-07: Torque wrench").shows("went to and touched: 2");
    assert_snapshot!("trace_gauge", screen.golden());
    screen.key(Key::Down).key(Key::Enter).shows("unit WO-1881/0007");
    screen.key(Key::Esc).shows("gauge TW-07").key(Key::Esc).shows("unit WO-1881/0007");
    screen.key(Key::Esc).shows("0007 may mean:");
}

#[test]
fn a_long_record_is_read_in_full_by_enter() {
    let mut screen = asking();
    screen.type_keys("TW-99\n").shows("reason-1 ").shows("reason-20").hides("reason-80");
    screen.shows("Enter open").key(Key::Enter).shows("reason-80").shows("[ledger-HP1.1.41]");
    screen.key(Key::Esc).shows("came from and rests on: 1").hides("reason-80");
    screen.key(Key::Esc).shows("What is to be traced?");
}

#[test]
fn a_scan_on_a_trace_traces_what_was_scanned() {
    let mut screen = asking();
    screen.scan("TW-07").shows("gauge TW-07: Torque wrench");
    screen.scan("L-22").shows("material L-22 of seal").shows("1 to 200 of 431");
    screen.scan("WO-1881").shows("nothing recorded here names WO-1881");
}

#[test]
fn a_long_thread_is_loaded_page_by_page() {
    let mut screen = asking();
    screen.scan("L-22").shows("1 to 200 of 431");
    for _ in 0..30 {
        if !screen.text().contains("201 to 400") {
            screen.key(Key::PageDown);
        }
    }
    screen.shows("201 to 400 of 431").shows("WO-1881/0201");
    assert_snapshot!("trace_many", screen.golden());
    screen.key(Key::PageUp).shows("1 to 200 of 431");
}

/// A unit with a housing built in, its seal not yet.
pub(crate) fn building() -> Shop {
    let mut shop = Shop::reaching("scan");
    shop.does("novak", text("scan", 1, "0001")).does("novak", text("scan", 2, "H-1"));
    shop
}

fn made_of(shop: Shop, badge: &str) -> Screen {
    let mut screen = Screen::signed_in(shop, badge);
    screen.scan("WO-1/0001").choose("What it is made of");
    screen
}

#[test]
fn what_a_unit_is_made_of_is_shown_against_plan() {
    let mut screen = made_of(building(), "B-4011");
    screen.shows("as planned, so far").shows("H-1").shows("to be built in");
    assert_snapshot!("built", screen.golden());
}

#[test]
fn r05_a_component_is_taken_out_with_what_becomes_of_it_and_why() {
    let mut shop = building();
    shop.does("novak", text("scan", 3, "L-1")).does("novak", complete("scan"));
    let mut screen = made_of(shop, "B-4011");
    screen.key(Key::Enter).shows("What becomes of it?");
    assert_snapshot!("built_take_out", screen.golden());
    screen.type_keys("2\n").shows("type a reason first");
    screen.type_keys("cracked\n").shows("is taken out").shows("scrap: cracked");
    screen.shows("taken out");
    assert_snapshot!("built_taken_out", screen.golden());
}

#[test]
fn who_may_not_take_a_component_out_is_told_before_the_form() {
    let mut shop = building();
    shop.does("novak", text("scan", 3, "L-1")).does("novak", complete("scan"));
    let mut screen = made_of(shop, "B-5003");
    screen.key(Key::Enter).shows("not for your role");
}
