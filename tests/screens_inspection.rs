//! Lots that come in at the bench: which wait, the page of one, its decision, its end and its series.

use gemba::domain::inspection::series::LotStanding;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::inspections::{decides, finds, inspecting, opens, receives};
use crate::support::screen::{PIN, Screen};
use crate::support::shop::Shop;

const RULE: &str = "AQL 0.65, level II, ISO 2859-1:1999";

/// Three lots came in; one was accepted, one is being inspected, and one was not opened.
pub(crate) fn came_in() -> Shop {
    let mut shop = inspecting(RULE);
    shop.whole_lot("L-1", (2, 0));
    shop.comes_in("L-2", 3);
    shop.does("okafor", finds("L-2", 1, "74.000", None));
    shop.does("quell", receives("L-3", 5));
    shop
}

/// The page of the lot that is being inspected.
fn at_lot(badge: &str) -> Screen {
    let mut screen = Screen::signed_in(came_in(), badge);
    screen.choose("Lots to inspect").type_keys("1").shows("Piece 2 of 3");
    screen
}

#[test]
fn r12_the_page_of_a_lot_says_plan_why_next_piece_and_what_was_found() {
    let mut screen = Screen::signed_in(came_in(), "B-3052");
    screen.choose("Lots to inspect").shows("1 lot waits");
    assert_snapshot!("lots", screen.golden());
    screen.key(Key::Enter).shows("normal: the series begins").shows("2 remain: 2, 3");
    assert_snapshot!("lot", screen.golden());
    screen.key(Key::F(7)).shows("Next by WI-60 rev A");
    assert_snapshot!("lot_series", screen.golden());
    screen.key(Key::Esc).key(Key::F(1));
    assert_snapshot!("lot_help", screen.golden());
}

#[test]
fn r13_an_answer_is_kept_until_the_last_one_saves_the_piece() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("74.001\n").shows("noted 74.001 mm").shows("74.001 mm, noted");
    assert_snapshot!("lot_noted", screen.golden());
    assert_eq!(screen.shop.lot("L-2").records.len(), 1, "nothing is saved yet");
    screen.key(Key::Esc).type_keys("1").shows("74.001 mm, noted");
    screen.key(Key::Up).shows("74.001▌").type_keys("\n").type_keys("1");
    screen.shows("saved piece 2").shows("Piece 3 of 3");
    assert_eq!(screen.shop.lot("L-2").records.len(), 2);
    screen.hides("noted");
}

#[test]
fn what_one_inspector_noted_is_not_saved_by_another() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("74.001\n").shows("74.001 mm, noted");
    screen.scan("B-5020").type_keys(PIN).type_keys("\n").shows("Piece 2 of 3");
    screen.hides("74.001 mm, noted");
}

#[test]
fn r03_a_slip_is_recorded_again_with_a_reason_and_both_stand() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("740\n1").shows("piece 2 does not conform").shows("the plan rejects the lot");
    assert_snapshot!("lot_bad", screen.golden());
    screen.key(Key::F(5)).type_keys("1").type_keys("\n").shows("type a reason first");
    assert_snapshot!("lot_correct", screen.golden());
    screen.type_keys("the point was misplaced\n").shows("again: the point was misplaced");
    screen.type_keys("74.0\n1").shows("Piece 3 of 3").shows("corrected since");
    screen.hides("the plan rejects the lot");
}

#[test]
fn r12_what_the_plan_asks_for_is_said_before_the_pin() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("74.0\n174.0\n1").shows("The plan accepts the lot.");
    assert_snapshot!("lot_decide", screen.golden());
    screen.key(Key::Enter).shows("The plan asks to ✓ ACCEPT").shows("up to 0 are accepted");
    assert_snapshot!("lot_accept", screen.golden());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("accept or reject a lot");
    screen.key(Key::Esc).scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.shows("saved: cover/L-2 of Nordic is accepted");
    assert_snapshot!("lot_accepted", screen.golden());
}

#[test]
fn r12_a_rejected_lot_is_disposed_by_who_may_and_comes_again() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("75.0\n2").key(Key::F(3)).shows("The plan asks to ✗ REJECT");
    assert_snapshot!("lot_reject", screen.golden());
    screen.scan("B-3052").type_keys(PIN).type_keys("\n").shows("say what becomes of it");
    screen.key(Key::Enter).shows("call one of").key(Key::Enter);
    screen.shows("What becomes of the lot?");
    assert_snapshot!("lot_dispose", screen.golden());
    screen.type_keys("1").type_keys("burrs\n").scan("B-4011").type_keys(PIN).type_keys("\n");
    screen.shows("rejected, to be sorted").key(Key::Esc).key(Key::F(2));
    screen.shows("again, WI-60").type_keys("l-2\n").shows("it had 3 before it was sorted");
    screen.type_keys("\n").shows("type how many pieces the lot has");
    screen.type_keys("2\n").shows("tightened").shows("it comes again");
}

#[test]
fn a_lot_that_came_in_is_opened_by_enter_alone() {
    let mut screen = Screen::signed_in(came_in(), "B-3052");
    screen.choose("Lots to inspect").key(Key::F(2)).shows("L-3");
    assert_snapshot!("lots_to_open", screen.golden());
    screen.key(Key::Enter).shows("goods-in noted 5: Enter takes it");
    assert_snapshot!("lot_open", screen.golden());
    screen.type_keys("4\n").shows("has 5 pieces, not 4").key(Key::Esc);
    screen.type_keys("5\n").shows("saved: cover/L-3 of Nordic is opened").shows("Piece 1 of 5");
}

#[test]
fn to_open_a_lot_is_refused_to_an_operator_before_any_form() {
    let mut screen = Screen::signed_in(came_in(), "B-2107");
    screen.choose("Lots to inspect").key(Key::F(2)).shows("inspect lots");
}

#[test]
fn what_was_typed_before_the_last_record_was_seen_signs_no_lot() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("74.0\n174.0\n1");
    screen.store_hangs = true;
    screen.key(Key::Enter).scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.store_answers().shows("ACCEPT").hides("is accepted");
}

#[test]
fn what_is_recorded_while_the_page_waits_for_a_pin_is_looked_at_before_it_is_signed() {
    let mut screen = at_lot("B-3052");
    screen.type_keys("74.0\n174.0\n1").key(Key::Enter).shows("ACCEPT");
    screen.shop.does("okafor", finds("L-2", 1, "74.002", Some("read again")));
    screen.scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.shows("J23").shows("after it was shown to you");
    screen.key(Key::Esc).shows("more was recorded meanwhile").shows("4 records of pieces");
    screen.type_keys(PIN).type_keys("\n").shows("is accepted");
}

/// For walks through every screen.
pub(crate) fn rejected() -> Shop {
    let mut shop = came_in();
    shop.does("okafor", finds("L-2", 2, "75.0", None)).does("okafor", decides("L-2", false));
    shop.does("okafor", opens("L-3", None));
    shop
}

#[test]
fn a_first_article_that_is_not_finished_is_rejected_by_its_key_and_never_accepted() {
    let begun = || Screen::signed_in(crate::rules_first_article::begun(), "B-3052");
    let mut screen = begun();
    screen.choose("Lots to inspect").key(Key::Down).key(Key::Enter);
    screen.shows("first article: 0 of 6 characteristics").hides("F3").key(Key::F(3));
    screen.shows("A first article that is not finished").shows("REJECT").hides("ACCEPT");
    screen.shows("not every piece has a result of balloon");
    screen.scan("B-3052").type_keys(PIN).type_keys("\n").shows("L-23 of Nordic is rejected");
    assert_eq!(screen.shop.lot("L-23").standing(), LotStanding::Rejected);
    // In the grid as well; an operator may not.
    let mut screen = begun();
    screen.choose("Lots to inspect").key(Key::Down).key(Key::Enter).key(Key::F(8));
    screen.hides("F3").key(Key::F(3)).shows("A first article that is not finished");
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("accept or reject a lot");
    assert_eq!(screen.shop.lot("L-23").standing(), LotStanding::Open);
}

#[test]
fn a_first_article_lists_every_characteristic_by_its_balloon_and_what_lacks_a_result() {
    let mut screen = Screen::signed_in(crate::rules_first_article::half(), "B-3052");
    screen.choose("Lots to inspect").shows("first article").key(Key::Down).key(Key::Enter);
    screen.shows("first article: 0 of 6 characteristics").key(Key::F(6));
    screen
        .shows("First article")
        .shows("D-60 rev C")
        .shows("reference")
        .shows("no result of piece 2");
    assert_snapshot!("first_article", screen.golden());
    screen
        .key(Key::F(8))
        .shows("first article: 0 of 6 characteristics")
        .shows("columns 1 to 6 of 7");
}
