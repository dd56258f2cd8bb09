//! Calls for help, hand-overs and redlines, by keys.

use gemba::domain::stream::{StreamState, Subject};
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::link::Link;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::shop::Shop;
use crate::support::shop_plan::id;

pub(crate) fn bench() -> Screen {
    let mut screen = Screen::signed_in(reaching("torque"), "B-2107");
    screen.scan("0007");
    screen
}

/// A bench that called, handed over and proposed something.
pub(crate) fn floor() -> Shop {
    let mut screen = bench();
    screen.key(Key::Ring).type_keys("2");
    proposes(&mut screen, "say which socket");
    screen.key(Key::Esc);
    hands_over(&mut screen, "fixture 3 sticks");
    screen.shop
}

pub(crate) fn proposes(screen: &mut Screen, text: &str) {
    chosen(screen, "Propose a change");
    screen.type_keys(text).type_keys("\n");
}

fn hands_over(screen: &mut Screen, notes: &str) {
    chosen(screen, "Hand-overs");
    screen.key(Key::F(5)).type_keys(notes).type_keys("\n");
}

/// Chooses from the numbered menu by its words.
pub(crate) fn chosen(screen: &mut Screen, words: &str) {
    screen.key(Key::Menu);
    for _ in 0..5 {
        let text = screen.text();
        let found = text.lines().find_map(|line| line.split_once(words));
        if let Some(digit) = found.and_then(|(before, _)| before.trim_end().chars().last()) {
            screen.type_keys(&digit.to_string());
            return;
        }
        screen.type_keys("9");
    }
    panic!("the menu has no {words}: {}", screen.text());
}

#[test]
fn help_is_called_with_two_keys_from_any_screen() {
    let mut screen = bench();
    screen.key(Key::Ring);
    assert_snapshot!("call", screen.golden());
    screen.type_keys("2").shows("saved: quality called").shows("Torque the bolts");
    let StreamState::Help(state) = screen.shop.stream(&Subject::Help(id("HC-ASM1-0001"))).state
    else {
        panic!("no call")
    };
    let called = state.called.unwrap().body;
    assert_eq!(called.kind, "quality");
    assert_eq!(called.traveler.unwrap().to_string(), "WO-1881/0007", "the unit that is worked on");
    // A number that has no kind calls nobody.
    screen.key(Key::Ring).type_keys("8").shows("What for?").key(Key::Esc);
    // By the menu and by a card as well.
    chosen(&mut screen, "Call for help");
    screen.shows("What for?").key(Key::Esc).scan("GEMBA:HELP").shows("What for?");
}

#[test]
fn nobody_calls_before_signing_in() {
    let mut screen = Screen::signed_in(reaching("torque"), "B-2107");
    screen.key(Key::Esc).key(Key::Ring).hides("What for?").shows("Scan your badge");
    screen.shows("a call bears a name: scan your badge first");
}

#[test]
fn a_call_is_told_on_a_ticket_and_on_the_wall_too_and_once_in_lines() {
    let calls = vec!["quality at ASM-1".to_owned(), "material at ASM-2".to_owned()];
    let link = Message::Link(Link { calls, connected: true, ..Link::default() });
    let mut ticket = Screen::signed_in(Shop::coated_apart(), "B-2107");
    ticket.scan("WO-R/0001").choose("Hand-off ticket").message(link.clone());
    ticket.shows("nothing ships by").shows("help: quality at ASM-1");
    let mut wall = Screen::new(supervisor().shop, USUAL);
    wall.show_wall().message(link).shows("FIRST PASS");
    wall.shows("help: quality at ASM-1, and 1 more");
    for screen in [ticket, wall] {
        let page = screen.shell.page();
        let body = page.body.join("\n");
        assert!(!body.contains("quality at ASM-1"), "twice: {body}");
        assert_eq!(page.notices[0], "help is called: quality at ASM-1");
    }
}

#[test]
fn a_call_is_told_on_every_screen_answered_and_cleared() {
    let mut screen = Screen::signed_in(floor(), "B-4011");
    let calls = vec!["quality at ASM-1".to_owned(), "material at ASM-2".to_owned()];
    screen.message(Message::Link(Link { calls, connected: true, ..Link::default() }));
    screen.shows("help: quality at ASM-1, and 1 more");
    chosen(&mut screen, "Calls for help");
    assert_snapshot!("calls", screen.golden());
    screen.type_keys("1");
    assert_snapshot!("one_call", screen.golden());
    screen.type_keys("1").shows("S. Brandt comes").type_keys("1").hides("I come");
    screen.type_keys("2").shows("Nobody calls for help.");
}

#[test]
fn a_shift_is_handed_over_by_keys_and_accepted_by_another_with_the_pin() {
    let mut screen = bench();
    screen.key(Key::Esc);
    chosen(&mut screen, "Hand-overs");
    screen.shows("Nothing was handed over yet.").key(Key::F(5)).type_keys("fixture 3 sticks");
    assert_snapshot!("give", screen.golden());
    screen.type_keys("\n").shows("saved: handed over").shows("nobody has accepted it");
    screen.type_keys("1");
    assert_snapshot!("handover", screen.golden());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("was given by the same person");
    screen
        .key(Key::Esc)
        .scan("B-4011")
        .type_keys(PIN)
        .type_keys("\n")
        .shows("accepted by S. Brandt");
    assert_snapshot!("handovers", screen.golden());
}

#[test]
fn a_change_is_proposed_at_the_step_and_answered_from_the_inbox() {
    let mut screen = bench();
    proposes(&mut screen, "say which socket");
    screen.shows("saved: proposed to engineering");
    let mut engineer = Screen::signed_in(screen.shop, "B-5003");
    chosen(&mut engineer, "Redlines");
    assert_snapshot!("redlines", engineer.golden());
    engineer.type_keys("1");
    assert_snapshot!("redline", engineer.golden());
    engineer.type_keys("1").type_keys("D\n").type_keys("\n").shows("type a reason first");
    engineer.type_keys("socket 13 is named\n").shows("saved: answered");
    let StreamState::Redline(state) =
        engineer.shop.stream(&Subject::Redline(id("RL-ASM1-0001"))).state
    else {
        panic!("no redline")
    };
    let (answer, ..) = state.answered.unwrap();
    assert_eq!((answer.accepted, answer.revision), (true, Some(id("D"))));
    assert!(state.proposed.unwrap().body.characteristic.is_some(), "what was asked for there");
    engineer.key(Key::Esc).choose("Instructions");
    engineer.shows("WI-1040").type_keys("\n");
    engineer.shows("1 redline").shows("say which socket").shows("accepted for rev D");
    assert_snapshot!("definition_with_redlines", engineer.golden());
}

#[test]
fn the_board_lists_who_calls_first_and_what_nobody_accepted() {
    let mut screen = Screen::signed_in(floor(), "B-4011");
    screen.menu("4");
    assert_snapshot!("board_of_a_floor", screen.golden());
    screen.type_keys("1").shows("I come").key(Key::Esc);
    let mut plain = supervisor();
    plain.menu("4").shows("early shift");
}
