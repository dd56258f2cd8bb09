//! R4: a permit is granted on its page, and offered where a value outside is typed again.

use gemba::domain::stream::{StreamState, Subject};
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen};
use crate::support::shop::Shop;
use crate::support::shop_permits::{PERMIT, grants, proposes_permit, wanted};
use crate::support::shop_plan::id;

/// A pump at its torque step, and a permit for what is measured there.
pub(crate) fn permitted() -> Shop {
    let mut shop = reaching("torque");
    shop.does("lind", proposes_permit(wanted())).does("quell", grants(PERMIT));
    shop
}

/// A value outside its limits, typed once.
fn failed() -> Screen {
    let mut screen = Screen::signed_in(permitted(), "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("27.3\n");
    screen
}

#[test]
fn r04_the_choice_is_offered_with_what_is_left_and_nothing_is_done_by_default() {
    let mut screen = failed();
    screen.shows("DP-ASM1-0001 or deviation: choose");
    screen.type_keys("27.3\n").shows("How does it go on?");
    assert_snapshot!("choice", screen.golden());
    screen.type_keys("\n").type_keys("7").shows("How does it go on?");
    screen.type_keys("1").shows("Meaning   performed");
    assert_snapshot!("signing", screen.golden());
    screen.key(Key::Esc).shows("How does it go on?").type_keys("1");
    screen.scan("B-2107").type_keys("0000\n").shows("not");
    screen.type_keys(PIN).type_keys("\n").shows("saved: goes on by permit DP-ASM1-0001");
    screen.shows("1: Fail, permit DP-ASM1-0001, 23 .. 27.5 N·m");
    assert_snapshot!("goes_on", screen.golden());
    screen.type_keys("25\n").type_keys("25\n").type_keys("25\n");
    screen.shows("1: Fail, permit");
    let StreamState::Permit(state) = screen.shop.stream(&Subject::Permit(id(PERMIT))).state else {
        panic!("no permit")
    };
    assert_eq!(state.left(), Some(2));
}

#[test]
fn r04_whoever_wants_no_permit_raises_the_deviation() {
    let mut screen = failed();
    screen.type_keys("27.3\n").type_keys("2").shows("NCR-ASM1-0001");
    let StreamState::Permit(state) = screen.shop.stream(&Subject::Permit(id(PERMIT))).state else {
        panic!("no permit")
    };
    assert_eq!(state.used(), 0);
}

#[test]
fn r04_a_value_that_no_permit_allows_is_typed_again_as_ever() {
    let mut screen = Screen::signed_in(permitted(), "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("27.6\n");
    screen.shows("deviation opens, unit is held").type_keys("27.6\n").shows("NCR-ASM1-0001");
}

#[test]
fn r04_quality_reads_and_grants_what_engineering_proposed() {
    let mut shop = reaching("torque");
    shop.does("lind", proposes_permit(wanted()));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.choose("Permits").shows("proposed");
    assert_snapshot!("permits", screen.golden());
    screen.type_keys("1");
    assert_snapshot!("permit", screen.golden());
    screen.type_keys("\n").scan("B-5003").type_keys(PIN).type_keys("\n").shows("proposed it");
    screen.key(Key::Esc).scan("B-5020").type_keys(PIN);
    assert_snapshot!("granting", screen.golden());
    screen.type_keys("\n").shows("saved: DP-ASM1-0001 granted").shows("valid");
    let mut used = failed();
    used.type_keys("27.3\n").type_keys("1").scan("B-2107").type_keys(PIN).type_keys("\n");
    used.key(Key::Esc).choose("Permits").type_keys("1").shows("Used by 1 reading");
    assert_snapshot!("used", used.golden());
}

/// A permit for so many units, through a day.
fn permit_for(quantity: u32, through: &str) -> Shop {
    let mut shop = reaching("torque");
    let mut asked = wanted();
    (asked.quantity, asked.through) = (Some(quantity), through.parse().unwrap());
    shop.does("lind", proposes_permit(asked)).does("quell", grants(PERMIT));
    shop
}

#[test]
fn r04_who_works_by_a_permit_is_told_at_sign_in_that_it_ends_soon_or_is_almost_used() {
    let soon = permit_for(20, "2026-11-25");
    Screen::signed_in(soon.clone(), "B-2107").shows("DP-ASM1-0001 ends in 2 days");
    // Whoever does not measure is not told.
    Screen::signed_in(soon, "B-6001").hides("DP-ASM1-0001 ends");
    let last = permit_for(1, "2026-12-31");
    Screen::signed_in(last, "B-2107").shows("DP-ASM1-0001 1 of 1 left");
    Screen::signed_in(permit_for(20, "2026-12-31"), "B-2107").hides("DP-ASM1-0001");
}

#[test]
fn r04_engineering_or_quality_withdraws_a_permit_with_a_reason() {
    let mut screen = Screen::signed_in(permitted(), "B-2107");
    screen.choose("Permits").type_keys("1").shows("Permit DP-ASM1-0001");
    screen.hides("F3 withdraw");
    let mut screen = Screen::signed_in(permitted(), "B-5020");
    screen.choose("Permits").type_keys("1");
    screen.shows("F3 withdraw").key(Key::F(3)).shows("Why is it withdrawn?");
    screen.key(Key::Esc).hides("Why is it withdrawn?").key(Key::F(3));
    screen.type_keys("\n").shows("type a few words first");
    screen.type_keys("bolts are sorted");
    assert_snapshot!("withdraw", screen.golden());
    screen.type_keys("\n").shows("saved: DP-ASM1-0001 withdrawn");
    let StreamState::Permit(state) = screen.shop.stream(&Subject::Permit(id(PERMIT))).state else {
        panic!("no permit")
    };
    assert_eq!(state.withdrawn.unwrap().reason, "bolts are sorted");
}

#[test]
fn r04_what_is_chosen_is_shown_in_whole_words() {
    let mut shop = reaching("torque");
    let many = gemba::domain::permit::PermitWanted { quantity: Some(12_345), ..wanted() };
    shop.does("lind", proposes_permit(many)).does("quell", grants(PERMIT));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("27.3\n").type_keys("27.3\n");
    screen.shows("How does it go on?").shows("2026-12-24)").hides("…");
    screen.type_keys("1").shows("Meaning   performed").shows("2026-12-24").hides("…");
}
