//! Signing in with an aged PIN, signing by PIN alone, and how long a station is good by itself.

use gemba::domain::refusal::Refusal;
use gemba::domain::refusal::signing::SigningReason;
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::link::{Link, SignInNews};
use insta::assert_snapshot;

use crate::screens_traveler::reaching;
use crate::support::screen::{Screen, USUAL};
use crate::support::screen_link::ending;
use crate::support::screen_plant::plant;
use crate::support::shop_plan::id;

fn aged() -> Screen {
    let mut screen = Screen::new(plant(), USUAL);
    let aged = SigningReason::PinAged { person: id("novak"), days: 91, most: 90 };
    screen.answers.sign_in_refused = Some(Refusal::one(aged.into()));
    screen.scan("B-2107").type_keys("482913\n");
    screen
}

#[test]
fn an_aged_pin_is_changed_where_one_signs_in() {
    let mut screen = aged();
    assert_snapshot!("an_aged_pin_asks_for_a_new_one", screen.golden());
    screen.type_keys("604713\n604731\n").shows("these were not the same");
    screen.type_keys("\n").shows("Choose a new PIN");
    screen.type_keys("604713\n604713\n").shows("A. Novak").hides("604713");
}

#[test]
fn a_new_pin_that_is_refused_says_why_and_is_typed_anew() {
    let mut screen = aged();
    screen.answers.new_pin_refused = Some(Refusal::one(SigningReason::PinSame.into()));
    screen.type_keys("482913\n482913\n").shows("(P35)").shows("Choose a new PIN");
    assert_snapshot!(screen.golden());
    screen.key(Key::Esc).hides("Choose a new PIN").hides("A. Novak");
}

#[test]
fn a_badge_that_nobody_has_is_asked_for_a_pin_like_any_other() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.scan("B-7777").shows("B-7777").shows("Type your PIN").hides("not understood");
    screen.type_keys("482913\n").shows("The badge or PIN is wrong, or locked after wrong tries.");
    let unknown = screen.text().replace("B-7777", "B-2107");
    let mut known = Screen::new(plant(), USUAL);
    known.scan("B-2107").type_keys("000000\n");
    assert_eq!(unknown, known.text());
}

#[test]
fn a_later_signature_of_a_session_takes_the_pin_alone() {
    let mut screen = Screen::signed_in(reaching("signoff"), "B-3052");
    screen.scan("0007").type_keys("\n").shows("The signer scans the badge").hides("yours, of this");
    // The first one takes the badge; typed keys go to the PIN only once it is there.
    screen.type_keys("\n\n").hides("saved").scan("B-3052").type_keys("482913\n");
    screen.shows("saved: signed").shows("verified by M. Okafor as inspector");
    // A correction by its author uncovers it: the same session signs again, by PIN.
    let uncover = screen.shop.correct(1, "25.2");
    screen.shop.does("novak", uncover);
    screen.message(Message::News).shows("no longer covers").type_keys("\n");
    screen.shows("yours, of this session");
    assert_snapshot!("a_later_signature_asks_for_the_pin_alone", screen.golden());
    screen.type_keys("000000\n").shows("The badge or PIN is wrong").shows("yours, of this session");
    // Somebody else may sign all the same, by badge and PIN.
    screen.scan("B-3052").hides("yours, of this session").key(Key::Esc).type_keys("\n");
    screen.type_keys("482913\n").shows("saved: signed");
}

#[test]
fn r06_a_value_that_is_corrected_while_somebody_signs_is_looked_at_first() {
    let mut screen = Screen::signed_in(reaching("signoff"), "B-3052");
    screen.scan("0007").type_keys("\n").shows("The signer scans the badge");
    let corrected = screen.shop.correct(1, "25.2");
    screen.shop.does("novak", corrected);
    screen.scan("B-3052").type_keys("482913\n").shows("(P41)").hides("saved");
    screen
        .shows("Came after this page was shown to you")
        .shows("A. Novak: 20 torque: corrected to 25.2 N·m");
    assert_snapshot!("what_came_since_is_looked_at_first", screen.golden());
    // What was seen now is what is signed.
    screen.type_keys("482913\n").shows("saved: signed");
}

#[test]
fn r06_what_comes_again_is_looked_at_again() {
    let mut screen = Screen::signed_in(reaching("signoff"), "B-3052");
    screen.scan("0007").type_keys("\n");
    for (value, facts) in [("25.2", "1 fact came"), ("25.3", "2 facts came")] {
        let corrected = screen.shop.correct(1, value);
        screen.shop.does("novak", corrected);
        screen.scan("B-3052").type_keys("482913\n").shows(facts).shows(value);
    }
    screen.type_keys("482913\n").shows("saved: signed");
}

#[test]
fn r06_a_pin_typed_ahead_signs_nothing_that_came_meanwhile() {
    let mut screen = Screen::signed_in(reaching("signoff"), "B-3052");
    screen.scan("0007").type_keys("\n");
    let corrected = screen.shop.correct(1, "25.2");
    screen.shop.does("novak", corrected);
    screen.scan("B-3052").type_keys("482913");
    screen.store_hangs = true;
    screen.type_keys("\n482913\n");
    screen.store_answers().store_answers().shows("(P41)").hides("saved: signed");
    screen.type_keys("482913\n").shows("saved: signed");
}

#[test]
fn r06_what_else_is_refused_is_told_with_it() {
    let mut screen = Screen::signed_in(reaching("signoff"), "B-3052");
    screen.scan("0007").type_keys("\n");
    let corrected = screen.shop.correct(1, "25.2");
    screen.shop.does("novak", corrected);
    // Whoever signs is no inspector, too.
    screen.scan("B-2107").type_keys("482913\n").shows("these reasons");
    screen.key(Key::PageDown).shows("(P41)");
    screen.key(Key::Esc).hides("The signer scans the badge");
}

#[test]
fn the_sync_page_says_how_old_it_is_until_when_it_is_good_and_that_the_clock_was_set() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let sync = ending(&screen.shop);
    screen.message(Message::Link(sync.link.clone()));
    screen.answers.sync = Some(sync);
    screen.menu("8").shows("3 d left");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_status_line_counts_the_days_that_are_left_without_the_server() {
    let mut screen = Screen::new(plant(), USUAL);
    let lines: Vec<_> = ending(&screen.shop).packet.warning().into_iter().collect();
    assert_eq!(lines[0], "badges and PINs end in 3 days: connect this station to the server");
    screen.answers.news = SignInNews { lines, ..SignInNews::default() };
    let stands = |connected, days_left| Link { connected, days_left, ..Link::default() };
    screen.message(Message::Link(stands(false, Some(3)))).message(Message::News);
    assert_snapshot!("sign_in_warns_of_its_end", screen.golden());
    screen.message(Message::Link(stands(false, Some(-1)))).shows("no server, no sign-in");
    screen.message(Message::Link(stands(true, Some(3)))).shows("at server");
}

#[test]
fn a_foreign_badge_is_met_alike_whether_or_not_anybody_has_it() {
    let shown = |badge: &str| {
        let mut screen = Screen::signed_in(plant(), "B-2107");
        let mut seen = screen.scan(badge).text();
        seen += &screen.type_keys("111111\n").text();
        // At an ask that takes a scan, too.
        let mut screen = Screen::signed_in(plant(), "B-2107");
        seen += &screen.scan("0007").type_keys("\n").scan(badge).text();
        seen.replace(badge, "B-nnnn")
    };
    let (known, unknown) = (shown("B-3052"), shown("B-9999"));
    assert!(known.contains("Who takes over?") || known.contains("Type your PIN"), "{known}");
    assert_eq!(known, unknown);
    // A code of another form is no badge.
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.scan("LOT-4711").shows("scan not understood: LOT-4711");
}
