//! R4, R8: a permit is proposed at the screen, with what is known filled in, and signed.

use gemba::domain::permit::Permit;
use gemba::domain::stream::{StreamState, Subject};
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use insta::assert_snapshot;

use crate::screens_follow::drafts;
use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen};
use crate::support::shop_permits::PERMIT;
use crate::support::shop_plan::id;

/// A value outside its limits waits to be typed again, and somebody looks at it.
fn failing(badge: &str) -> Screen {
    let mut screen = Screen::signed_in(reaching("torque"), badge);
    screen.scan("0007");
    if badge == "B-2107" {
        screen.scan("TW-07").type_keys("27.3\n").shows("Retype");
    }
    screen
}

fn proposed(screen: &Screen) -> Permit {
    let StreamState::Permit(state) = screen.shop.stream(&Subject::Permit(id(PERMIT))).state else {
        panic!("no permit")
    };
    state.permit().unwrap().clone()
}

/// From the upper limit on: the limit, how many, until when and why.
fn fill(screen: &mut Screen) {
    screen.type_keys("27.5").key(Key::Tab).key(Key::Tab).type_keys("3");
    screen.key(Key::Tab).type_keys("14").key(Key::Tab).type_keys("bolts of lot 88");
}

#[test]
fn r08_a_permit_is_proposed_from_a_deviation_with_what_it_knows_and_signed() {
    let mut shop = supervisor().shop;
    shop.later(60);
    let mut screen = Screen::signed_in(shop, "B-5003");
    screen.menu("5").type_keys("\n").choose("Propose a permit");
    screen.shows("Propose a permit").shows("c-torque").shows("WO-1881").shows("NCR-ASM1-0001");
    assert_snapshot!("propose", screen.golden());
    fill(&mut screen);
    screen.type_keys("\n").shows("Meaning").shows("3 units or pieces of WO-1881");
    assert_snapshot!("propose_sign", screen.golden());
    screen.scan("B-5003").type_keys(PIN).type_keys("\n");
    screen.shows("saved: a permit is proposed");
    let permit = proposed(&screen);
    assert_eq!(permit.widened.upper.unwrap().to_string(), "27.5");
    assert_eq!(permit.widened.lower, permit.specified.lower, "what is left blank stays");
    assert_eq!((permit.quantity, permit.reference.as_deref()), (Some(3), Some("NCR-ASM1-0001")));
    screen.key(Key::Esc).key(Key::Esc).choose("Permits").shows("proposed").type_keys("1\n");
    screen.scan("B-5020").type_keys(PIN).type_keys("\n").shows("saved: DP-ASM1-0001 granted");
}

#[test]
fn r08_at_a_failing_reading_whoever_may_propose_comes_and_signs_there() {
    let mut screen = failing("B-2107");
    screen.choose("Propose a permit").shows("P04").key(Key::Enter);
    screen.shows("Found").shows("27.3").shows("Rests on");
    fill(&mut screen);
    screen.type_keys("\n").scan("B-2107").type_keys(PIN).type_keys("\n").shows("P04");
    screen.key(Key::Esc).scan("B-5020").type_keys(PIN).type_keys("\n");
    screen.shows("saved: a permit is proposed").shows("Retype");
    assert_eq!(proposed(&screen).orders, [id("WO-1881")].into());
    // It is not for the value that is there already.
    screen.type_keys("27.3\n").shows("NCR-ASM1-0001");
}

#[test]
fn r08_what_is_wrong_with_a_proposal_is_told_before_anybody_signs() {
    let mut screen = Screen::signed_in(reaching("torque"), "B-5003");
    screen.choose("Permits").shows("No permit").choose("Propose a permit");
    screen.type_keys("\n").shows("still open: Part").type_keys("CP-40\n").type_keys("c-torque\n");
    screen.type_keys("2026-12-24\n").type_keys("bolts of lot 88\n");
    screen.shows("type the limit that is to be wider");
    screen.key(Key::Up).key(Key::Up).key(Key::Up).key(Key::Up);
    screen.type_keys("much\n").shows("is no limit").key(Key::End);
    for _ in 0..4 {
        screen.key(Key::Backspace);
    }
    screen.type_keys("27.5 mm\n").shows("Meaning").scan("B-5003").type_keys(PIN).type_keys("\n");
    screen.shows("R06").shows("V25").key(Key::Esc).key(Key::Esc).shows("How many");
}

#[test]
fn r13_a_proposal_that_is_half_typed_is_there_again_when_the_line_comes_back() {
    let mut screen = Screen::signed_in(supervisor().shop, "B-5003");
    screen.menu("5").type_keys("\n").choose("Propose a permit");
    screen.type_keys("27.5").key(Key::Esc).shows("NCR-ASM1-0001");
    screen.choose("Propose a permit").shows("27.5▌ kept from before");
    let kept = drafts(&screen);
    let mut again = Screen::signed_in(supervisor().shop, "B-5003");
    for (key, text) in kept {
        again.message(Message::Draft(key, text));
    }
    again.menu("5").type_keys("\n").choose("Propose a permit").shows("27.5▌ kept from before");
}
