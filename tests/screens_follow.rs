//! What is done about a deviation, by keys alone: raised with everything known filled in, reviewed,
//! contained at the bench, its cause and its action, closed; and called by the site's own word.

use gemba::domain::deviation::DeviationKind;
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::views::deviation::called;
use gemba::views::link::Link;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::shop_deviations::{FIRST, looks_later};
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
    assert_snapshot!("raise", screen.text());
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
    assert_snapshot!("what_is_done", screen.text());
    screen.type_keys("2").type_keys("sort bin 4").key(Key::Tab).type_keys("nov");
    assert_snapshot!("ask_containment", screen.text());
    screen.type_keys("\n").shows("saved: to be done at once");
    let mut bench = Screen::signed_in(screen.shop, "B-2107");
    bench.scan("0007").shows("sort bin 4, A. Novak: to do");
    assert_snapshot!("to_do_at_the_bench", bench.text());
    bench.choose("Confirm containment").shows("Confirm: sort bin 4").key(Key::Enter);
    bench.type_keys("2 found\n").shows("saved: confirmed");
    let known = bench.shop.deviation(FIRST);
    assert_eq!(known.containments[0].confirmed.as_ref().unwrap().note, "2 found");
}

#[test]
fn a_deviation_is_reviewed_its_cause_found_an_action_verified_and_it_is_closed_and_looked_at() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::F(3)).type_keys("1");
    screen.type_keys("known burr").key(Key::Tab).key(Key::Tab).type_keys("1\n");
    screen.shows("saved: reviewed").type_keys("3").type_keys("pawl worn\n").shows("saved: cause");
    screen.type_keys("4").type_keys("check pawls\n").type_keys("Bra\n").type_keys("14");
    assert_snapshot!("action", screen.text());
    screen.type_keys("\n").shows("saved: action asked for");
    screen.type_keys("5").type_keys("on the card\n").shows("saved: done");
    screen.shows("Verify: check pawls").type_keys("5").type_keys("seen\n").shows("N32");
    let mut shop = screen.shop;
    shop.does("brandt", disposes(FIRST, rework("clean"))).later(60);
    let mut quality = Screen::signed_in(shop, "B-5020");
    quality.choose("Deviations").type_keys("\n").key(Key::F(3)).type_keys("5");
    quality.type_keys("card seen\n").shows("saved: verified").type_keys("5");
    quality.type_keys("seen\n").shows("saved: deviation closed").key(Key::Esc);
    assert_snapshot!("to_be_checked", quality.text());
    quality.key(Key::F(3)).type_keys("1").type_keys("2").key(Key::Tab).type_keys("two more\n");
    quality.shows("saved: looked whether it helped").key(Key::Esc).shows("not effective");
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
    assert_snapshot!("raise_again", again.text());
    again.key(Key::Tab).key(Key::Tab).key(Key::Tab).key(Key::Tab).key(Key::End);
    again.type_keys("off\n").shows("saved: deviation raised");
    let known = again.shop.deviation(FIRST);
    assert_eq!(known.raised.unwrap().body.note, "thread torn");
    assert_eq!((known.kind, known.code.unwrap().code.as_str()), (DeviationKind::Process, "DIM"));
    assert_eq!(known.close_by.unwrap().step.as_str(), "signoff");
}

fn drafts(screen: &Screen) -> Vec<(String, String)> {
    let kept = screen.asked.iter().filter_map(|effect| match effect {
        Effect::KeepDraft(key, text) => Some((key.clone(), text.clone())),
        _ => None,
    });
    kept.collect()
}

#[test]
fn what_is_typed_beyond_a_field_is_marked_on_either_side_also_where_signs_are_spelled_out() {
    for ascii in [false, true] {
        let looks = Looks { ascii, theme: "mono", ..USUAL };
        let mut screen = Screen::new(reaching("torque"), looks);
        screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007").key(Key::F(2));
        screen.type_keys("12345 Maß → größer, Stoß → weiß, Fuß → heiß, und das Maß ist voll: 67890");
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
fn a_lot_is_shared_out_by_a_line_of_words() {
    let mut screen = supervised();
    screen.choose("Deviations").type_keys("\n").key(Key::Enter).type_keys("7");
    screen.type_keys("some pieces\n").shows("says nothing of the kind");
    for _ in 0..11 {
        screen.key(Key::Backspace);
    }
    screen.type_keys("rework torque");
    assert_snapshot!("share_out", screen.text());
    screen.type_keys("\n").shows("rework from: ");
}

#[test]
fn the_word_of_the_site_stands_on_screens_in_menus_and_in_what_is_said() {
    let mut screen = supervised();
    let word = Some("NCR".to_owned());
    screen.message(Message::Link(Link { connected: true, word, ..Link::default() }));
    screen
        .choose("NCRs")
        .shows("NCRs")
        .type_keys("\n")
        .hides("NCR NCR-ASM1-0001")
        .shows("NCR-ASM1-0001");
    screen.key(Key::F(1)).hides("Deviation").key(Key::Esc);
    assert_eq!(called("Raise a deviation", "NCR"), "Raise an NCR");
    assert_eq!(called("A deviation is open", "Nonconformance"), "A nonconformance is open");
    assert_eq!(called("Deviations, a deviation permit", "NCR"), "NCRs, a deviation permit");
    assert_eq!(called("Deviation", "Deviation"), "Deviation");
}
