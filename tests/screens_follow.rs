//! What is done about a deviation, by keys alone: raised with everything known filled in, reviewed,
//! contained at the bench, its cause and its action, closed; and called by the site's own word.

use gemba::domain::deviation::{DeviationKind, Raise};
use gemba::domain::deviation_rules::DeviationRules;
use gemba::domain::place::SiteRules;
use gemba::domain::stream::TravelerId;
use gemba::domain::terms::Terms;
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::views::link::Link;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::shop_deviations::{FIRST, looks_later, raises_here};
use crate::support::shop_plan::{disposes, id, rework};

fn supervised() -> Screen {
    let mut shop = supervisor().shop;
    looks_later(&mut shop);
    shop.later(60);
    Screen::signed_in(shop, "B-4011")
}

#[test]
fn a_deviation_is_raised_by_hand_with_what_is_known_filled_in_and_what_the_site_offers() {
    let mut shop = reaching("torque");
    looks_later(&mut shop);
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").key(Key::F(2)).type_keys("thread torn");
    screen.key(Key::Tab).key(Key::Tab).key(Key::Tab);
    assert_snapshot!("raise", screen.golden());
    screen.type_keys("1").shows("DIM").key(Key::Tab).type_keys("20-signoff\n");
    screen.shows("type operation and step, such as 20#torque");
    for _ in 0..10 {
        screen.key(Key::Backspace);
    }
    screen.type_keys("20#signoff\n").shows("saved: deviation raised");
    let known = screen.shop.deviation(FIRST);
    assert_eq!(known.code.unwrap().code, "DIM");
    assert_eq!(known.close_by.unwrap().step.as_str(), "signoff");
    let about = known.units[0].unit.characteristic.as_ref();
    assert_eq!(about, Some(&id("c-torque")));
    assert!(known.raised.unwrap().body.required.contains("25 ±2 N·m"));
}

#[test]
fn what_is_asked_for_at_once_stands_on_the_page_of_the_unit_and_is_confirmed_there() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::F(3));
    assert_snapshot!("what_is_done", screen.golden());
    screen.type_keys("2").type_keys("sort bin 4").key(Key::Tab).type_keys("nov");
    assert_snapshot!("ask_containment", screen.golden());
    screen.type_keys("\n").shows("saved: to be done at once");
    let mut bench = Screen::signed_in(screen.shop, "B-2107");
    bench.scan("0007").shows("sort bin 4, A. Novak: to do");
    assert_snapshot!("to_do_at_the_bench", bench.golden());
    bench.choose("Confirm containment").shows("Confirm: sort bin 4").key(Key::Enter);
    bench.type_keys("2 found");
    assert_snapshot!("confirm", bench.golden());
    bench.type_keys("\n").shows("saved: confirmed");
    let known = bench.shop.deviation(FIRST);
    assert_eq!(known.containments[0].confirmed.as_ref().unwrap().note, "2 found");
}

#[test]
fn a_deviation_is_reviewed_its_cause_found_an_action_verified_and_it_is_closed_and_looked_at() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::F(3)).type_keys("1");
    screen.type_keys("known burr").key(Key::Tab).key(Key::Tab).type_keys("1");
    assert_snapshot!("review_form", screen.golden());
    screen.type_keys("\n").shows("saved: reviewed").type_keys("3").type_keys("pawl worn");
    assert_snapshot!("cause", screen.golden());
    screen.type_keys("\n").shows("saved: cause");
    screen.type_keys("4").type_keys("check pawls\n").type_keys("Bra\n").type_keys("14");
    assert_snapshot!("action", screen.golden());
    screen.type_keys("\n").shows("saved: action asked for");
    screen.type_keys("5").type_keys("on the card");
    assert_snapshot!("done", screen.golden());
    screen.type_keys("\n").shows("saved: done");
    screen.shows("Verify: check pawls").type_keys("5").type_keys("seen\n").shows("N32");
    let mut shop = screen.shop;
    shop.does("brandt", disposes(FIRST, rework("clean"))).later(60);
    let mut quality = Screen::signed_in(shop, "B-5020");
    quality.choose("Deviations").type_keys("\n").key(Key::F(3)).type_keys("5");
    quality.type_keys("card seen");
    assert_snapshot!("verify", quality.golden());
    quality.type_keys("\n").shows("saved: verified").type_keys("5").type_keys("seen");
    assert_snapshot!("close", quality.golden());
    quality.type_keys("\n").shows("saved: deviation closed").key(Key::Esc);
    assert_snapshot!("to_be_checked", quality.golden());
    quality.key(Key::F(3)).type_keys("1").type_keys("2").key(Key::Tab).type_keys("two more");
    assert_snapshot!("did_it_help", quality.golden());
    quality.type_keys("\n").shows("saved: looked whether it helped");
    quality.key(Key::Esc).shows("not effective");
    assert!(!quality.shop.deviation(FIRST).is_closed());
}

#[test]
fn r13_a_dropped_line_brings_back_every_field_of_a_form() {
    let mut shop = reaching("torque");
    looks_later(&mut shop);
    let mut screen = Screen::signed_in(shop.clone(), "B-2107");
    screen.scan("0007").key(Key::F(2)).key(Key::Esc).hides("F2 kept");
    assert_eq!(drafts(&screen), [], "what was filled in is no draft");
    screen.key(Key::F(2)).type_keys("thread torn").key(Key::Tab).key(Key::Tab).type_keys("process");
    screen.key(Key::Tab).type_keys("DIM").key(Key::Tab).type_keys("20#sign");
    screen.message(Message::Input(Input::Lost));
    let kept = drafts(&screen);
    let mut again = Screen::signed_in(shop, "B-2107");
    again.scan("0007").key(Key::F(2));
    for (key, text) in kept {
        again.message(Message::Draft(key, text));
    }
    assert_snapshot!("raise_again", again.golden());
    again.key(Key::Tab).key(Key::Tab).key(Key::Tab).key(Key::Tab).key(Key::End);
    again.type_keys("off\n").shows("saved: deviation raised");
    let known = again.shop.deviation(FIRST);
    assert_eq!(known.raised.unwrap().body.note, "thread torn");
    assert_eq!((known.kind, known.code.unwrap().code.as_str()), (DeviationKind::Process, "DIM"));
    assert_eq!(known.close_by.unwrap().step.as_str(), "signoff");
}

pub(crate) fn drafts(screen: &Screen) -> Vec<(String, String)> {
    let kept = screen.asked.iter().filter_map(|effect| {
        let Effect::KeepDraft(key, text) = effect else { return None };
        Some((key.clone(), text.clone()))
    });
    kept.collect()
}

#[test]
fn what_is_typed_beyond_a_field_is_marked_on_either_side_also_where_signs_are_spelled_out() {
    for ascii in [false, true] {
        let looks = Looks { ascii, theme: "mono", ..USUAL };
        let mut screen = Screen::new(reaching("torque"), looks);
        screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007").key(Key::F(2));
        screen
            .type_keys("12345 Maß → größer, Stoß → weiß, Fuß → heiß, und das Maß ist voll: 67890");
        let (before, after) = if ascii { ("<", ">") } else { ("‹", "›") };
        let line = |screen: &mut Screen| {
            let text = screen.text();
            text.lines().find(|line| line.contains("What is wrong?")).unwrap().to_owned()
        };
        let end = line(&mut screen);
        assert!(end.contains(&format!("What is wrong? {before}")), "{end}");
        assert!(end.trim_end_matches([' ', '│', '|']).ends_with("67890▌"), "{end}");
        screen.key(Key::Home);
        let begin = line(&mut screen);
        assert!(begin.contains("What is wrong? 1̲2345") || begin.contains("2345"), "{begin}");
        assert!(begin.contains(after) && !begin.contains(before), "{begin}");
        for _ in 0..60 {
            screen.key(Key::Right);
        }
        let middle = line(&mut screen);
        assert!(middle.contains(before) && middle.contains(after), "{middle}");
    }
}

#[test]
fn a_second_cause_says_which_it_replaces_and_the_page_shows_both() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::F(3)).type_keys("3pawl worn\n");
    screen.type_keys("3").shows("In place of").shows("pawl worn (S. Brandt)");
    screen.type_keys("spring broken\n");
    screen.shows("saved: cause, in place of pawl worn (S. Brandt)").key(Key::Esc);
    let text = screen.text();
    let rank = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    let page =
        [rank(" Cause  "), rank("spring broken"), rank(" Cause before"), rank("pawl worn (")];
    assert!(page.is_sorted(), "{text}");
}

#[test]
fn what_was_asked_for_in_error_is_withdrawn_and_shown_so_and_is_no_step_any_more() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::F(3));
    screen.type_keys("2sort bin 4\n").type_keys("5check pawls\nBra\n14\n");
    assert_snapshot!("to_be_withdrawn", screen.golden());
    screen.type_keys("7").shows("Withdraw").type_keys("wrong bin\n");
    screen.shows("saved: withdrawn, nobody has to do it").hides("Confirm: sort bin 4");
    screen.type_keys("6").type_keys("asked for twice\n").key(Key::Esc);
    screen.shows("withdrawn by S. Brandt, wrong bin").shows("asked for twice");
    let mut bench = Screen::signed_in(screen.shop, "B-2107");
    bench.scan("0007").hides("sort bin 4");
}

#[test]
fn the_number_of_a_deviation_is_scanned_at_the_queue_and_opens_its_page() {
    let mut screen = supervised();
    screen.scan(FIRST).shows("Deviation NCR-ASM1-0001").shows("waits for disposition");
    // Where words are typed it is one of them.
    screen.key(Key::F(5)).scan(FIRST).shows("What was done at once?").shows("NCR-ASM1-0001▌");
}

#[test]
fn a_lot_is_shared_out_by_a_line_of_words() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::Enter).type_keys("7");
    screen.type_keys("some pieces\n").shows("says nothing of the kind");
    for _ in 0..11 {
        screen.key(Key::Backspace);
    }
    screen.type_keys("rework torque");
    assert_snapshot!("share_out", screen.golden());
    screen.type_keys("\n").shows("rework from: ");
}

#[test]
fn shares_that_cannot_be_are_told_before_anybody_signs() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::Enter).type_keys("7");
    for (typed, told) in [
        ("3 scrap, 2 void", "N17 5 pieces are named"),
        ("WO-1881/0007=scrap, void", "N16"),
        ("rework signoff", "N05 Rework cannot go back to signoff"),
    ] {
        screen.type_keys(typed).key(Key::Enter).shows(told).hides("Why?");
        for _ in 0..typed.len() {
            screen.key(Key::Backspace);
        }
    }
    screen.type_keys("rework torque\n").shows("Why?");
}

#[test]
fn of_a_unit_that_is_not_begun_the_page_of_steps_says_why_and_how_to_go_on() {
    let mut shop = reaching("torque");
    let raise = Raise { units: vec![unit("0008")], ..Raise::noted("dropped") };
    shop.does("novak", raises_here(raise)).later(60);
    let mut screen = Screen::signed_in(shop, "B-4011");
    screen.choose("Deviations").type_keys("\n").key(Key::Enter).type_keys("2");
    assert_snapshot!("no_steps", screen.golden());
    screen.type_keys("1").hides("Why?").key(Key::Esc).type_keys("6").shows("Decision  void");
}

fn unit(unit: &str) -> TravelerId {
    TravelerId { order: id("WO-1881"), unit: id(unit) }
}

#[test]
fn the_word_of_the_site_stands_on_screens_in_menus_and_in_what_is_said() {
    let mut screen = supervised();
    let rules = DeviationRules { word: Some("NCR".to_owned()), ..DeviationRules::default() };
    let terms = Terms::of(&SiteRules { deviations: rules, ..SiteRules::default() });
    screen.message(Message::Link(Link { connected: true, terms, ..Link::default() }));
    screen
        .choose("NCRs")
        .shows("NCRs")
        .type_keys("\n")
        .hides("NCR NCR-ASM1-0001")
        .shows("NCR-ASM1-0001");
    screen.key(Key::F(1)).hides("Deviation").key(Key::Esc);
}
