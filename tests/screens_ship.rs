//! Release to ship at the terminal: what stops a unit, every exception, the signature, and back again.

use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::{PIN, Screen};
use crate::support::shipping::{begun, finished, ships};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, raises};

/// The badge of quality.
const QUALITY: &str = "B-5020";

fn reviewing(shop: Shop, badge: &str) -> Screen {
    let mut screen = Screen::signed_in(shop, badge);
    screen.choose("Release to ship").key(Key::Enter);
    screen
}

/// A finished unit that was paused a score of times at a station long out of contact, so that its list
/// is longer than a page.
pub(crate) fn with_many_exceptions() -> Shop {
    let mut shop = begun();
    for n in 1..=12 {
        shop.does("novak", raises("deburr"));
        let number = format!("NCR-ASM1-{n:04}");
        shop.used_as_is(&number);
        let close = gemba::domain::deviation::DeviationCommand::Close { note: "seen".to_owned() };
        let number = crate::support::shop_plan::id(&number);
        shop.does("quell", gemba::domain::decide::Command::Deviation(number, close));
    }
    shop.later(60).does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop
}

#[test]
fn r17_what_stops_a_unit_is_listed_with_what_to_do() {
    let mut shop = finished();
    shop.does("brandt", raises("deburr"));
    let mut screen = reviewing(shop, QUALITY);
    screen.shows("What stops it").shows("(H01)").shows("not to be released");
    assert_snapshot!("ship_stopped", screen.golden());
    screen.key(Key::Enter).hides("Badge");
}

#[test]
fn r17_every_page_is_shown_before_a_unit_is_signed_for() {
    let mut screen = reviewing(with_many_exceptions(), QUALITY);
    screen.shows("look at every page, then sign").shows("page 1 of 2");
    assert_snapshot!("ship_review", screen.golden());
    screen.key(Key::Enter).shows("look at every page");
    screen.key(Key::PageDown).shows("page 2 of 2").shows("to be signed over");
    screen.key(Key::Enter).shows("12 exceptions").shows("Badge");
    assert_snapshot!("ship_sign", screen.golden());
    screen.scan(QUALITY).type_keys(PIN).type_keys("\n");
    screen.shows("is released to ship").shows("released by R. Tanaka as quality");
    assert_snapshot!("ship_shipped", screen.golden());
    screen.key(Key::Esc).shows("shipped");
    assert_snapshot!("ships", screen.golden());
}

#[test]
fn r17_what_came_while_the_pin_was_typed_is_looked_at_first() {
    let mut screen = reviewing(finished(), QUALITY);
    screen.key(Key::Enter).shows("Badge");
    screen.shop.does("brandt", raises("deburr"));
    screen.scan(QUALITY).type_keys(PIN).type_keys("\n").shows("This was not saved");
    screen.key(Key::Esc).shows("What stops it");
}

#[test]
fn r17_who_may_not_release_is_refused_and_a_wrong_pin_signs_nothing() {
    let mut screen = reviewing(finished(), "B-2107");
    screen.key(Key::Enter).scan("B-2107").type_keys("111111\n").shows("not signed");
    screen.type_keys(PIN).type_keys("\n").shows("release a unit to ship");
    assert!(screen.shop.state().shipped().is_none());
}

#[test]
fn r17_a_shipped_unit_says_so_on_its_page_and_loudly_once_it_is_held() {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let mut screen = Screen::signed_in(shop, QUALITY);
    screen.scan("WO-S/0001").shows("This unit is shipped").shows("SHIPPED").shows("Q. Quell");
    assert_snapshot!("unit_shipped", screen.golden());
    let fact = screen.shop.state().facts.keys().next().unwrap().clone();
    let reasons = vec!["the gauge was out of tolerance".to_owned()];
    screen.shop.does("", TravelerCommand::HoldForJudge { fact, reasons });
    screen.key(Key::Esc).scan("WO-S/0001").shows("THIS UNIT IS SHIPPED").shows("On hold");
    assert_snapshot!("unit_shipped_held", screen.golden());
    screen.key(Key::Esc).choose("Release to ship").shows("SHIPPED, IN DOUBT").shows("1 in doubt");
    assert_snapshot!("ships_in_doubt", screen.golden());
}

#[test]
fn r17_a_shipped_unit_comes_back_with_a_reason() {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let mut screen = reviewing(shop.clone(), QUALITY);
    screen.key(Key::F(5)).shows("Why is it here again?").type_keys("\n").shows("type a few");
    assert_snapshot!("ship_back", screen.golden());
    screen.type_keys("returned").key(Key::Esc).key(Key::F(5)).shows("kept");
    screen.type_keys("returned by the customer\n").shows("is here again").shows("returned");
    assert!(screen.shop.state().shipped().is_none());
    let mut screen = reviewing(shop, "B-2107");
    screen.key(Key::F(5)).shows("not for your role");
}
