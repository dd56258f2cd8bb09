//! A window of 40 by 12, as on a handheld: one column, nothing cut off in silence.

use gemba::domain::language::Language;
use gemba::ui::input::{GaugeSaid, Input, Key};
use gemba::ui::message::Message;
use gemba::ui::parts::canvas::Cut;
use insta::assert_snapshot;

use crate::screens_gauges::trace;
use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::cut::lost_of_ours;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;

const HANDHELD: Looks = Looks { size: (40, 12), ..USUAL };

fn at(shop: Shop, badge: &str) -> Screen {
    let mut screen = Screen::new(shop, HANDHELD);
    screen.scan(badge).type_keys(PIN).type_keys("\n");
    screen
}

/// The window: what has the focus is in it, and so are the message and the keys.
#[track_caller]
fn window(screen: &mut Screen) -> String {
    let text = screen.text();
    let (x, y) = screen.cursor();
    assert!((1..10).contains(&y) && x < 40, "the cursor is at {x}, {y}:\n{text}");
    assert!(
        text.lines().last().is_some_and(|keys| keys.contains("F9") || keys.contains("Esc")),
        "{text}"
    );
    text
}

#[test]
fn a_handheld_signs_in_and_finds_its_work() {
    let mut screen = Screen::new(plant(), HANDHELD);
    assert_snapshot!("small_sign_in", window(&mut screen));
    screen.scan("B-2107").type_keys("48");
    assert_snapshot!("small_pin", window(&mut screen));
    screen.type_keys("2913\n");
    assert_snapshot!("small_queue", window(&mut screen));
    screen.key(Key::Down).key(Key::Down).key(Key::Down);
    assert_snapshot!("small_queue_down", window(&mut screen));
}

#[test]
fn a_handheld_takes_a_value_and_asks_for_a_failing_one_again() {
    let mut screen = at(reaching("torque"), "B-2107");
    screen.scan("0007");
    assert_snapshot!("small_step", window(&mut screen));
    screen.scan("TW-07").type_keys("24");
    assert_snapshot!("small_value", window(&mut screen));
    screen.type_keys(".8\n27.3\n");
    assert_snapshot!("small_fails", window(&mut screen));
    screen.type_keys("27.3\n");
    assert_snapshot!("small_deviation", window(&mut screen));
}

#[test]
fn what_is_above_and_below_is_turned_to_and_the_next_key_comes_back() {
    let mut screen = at(reaching("clean"), "B-2107");
    screen.scan("0007").shows("1 yes  2 no");
    screen.shows("PgUp: ! WARNING");
    assert_snapshot!("small_check", window(&mut screen));
    screen.key(Key::PageUp).shows("WARNING").shows("PgDn: more");
    screen.key(Key::PageDown);
    assert!(screen.text().contains("1 yes"));
    screen.key(Key::PageUp).type_keys("1").shows("step done");
}

#[test]
fn a_handheld_has_the_menu_the_palette_and_the_board() {
    let mut screen = at(supervisor().shop, "B-4011");
    screen.key(Key::Menu);
    assert_snapshot!("small_menu", window(&mut screen));
    screen.key(Key::Esc).type_keys(":board");
    assert_snapshot!("small_palette", window(&mut screen));
    screen.key(Key::Esc).choose("Shift board");
    assert_snapshot!("small_board", window(&mut screen));
}

#[test]
fn a_handheld_shows_all_of_what_is_signed_before_it_is() {
    let shop = supervisor().shop;
    let mut screen = at(shop, "B-4011");
    screen.choose("Deviations").type_keys("1").key(Key::Enter).type_keys("4scratched\n");
    assert_snapshot!("small_sign", window(&mut screen));
    // Whoever types on blindly signs nothing.
    screen.scan("B-4011").type_keys(PIN).type_keys("\n");
    assert_snapshot!("small_sign_unread", window(&mut screen));
    screen.key(Key::PageDown).key(Key::PageDown).type_keys(PIN).type_keys("\n").shows("disposed");
}

#[test]
fn a_window_that_grows_and_shrinks_keeps_what_was_typed() {
    let mut screen = Screen::new(reaching("torque"), USUAL);
    screen
        .scan("B-2107")
        .type_keys(PIN)
        .type_keys("\n")
        .scan("0007")
        .scan("TW-07")
        .type_keys("24.");
    for (columns, rows) in [(40, 12), (39, 12), (40, 11), (80, 24)] {
        screen.message(Message::Input(Input::Resize { columns, rows }));
    }
    screen.type_keys("8\n").shows("saved 24.8");
}

#[test]
fn a_table_stays_a_table_in_half_of_a_large_window() {
    let looks = Looks { size: (66, 40), ..USUAL };
    let mut screen = Screen::new(reaching("torque"), looks);
    screen.scan("B-5020").type_keys(PIN).type_keys("\n");
    screen.answers.trace = Some(Box::new(trace(None)));
    screen.choose("Gauges").type_keys("1");
    let text = screen.text();
    let line = |words: &[&str]| {
        let all = |line: &&str| words.iter().all(|word| line.contains(word));
        text.lines().find(all).unwrap_or_default()
    };
    let column = |line: &str, word: &str| {
        let before = line.split_once(word).map(|(before, _)| before.chars().count());
        before.unwrap_or_else(|| panic!("{word} is not in {line}:\n{text}"))
    };
    for unit in ["WO-1881/0007", "WO-1881/0008"] {
        for (head, value) in [("unit or lot", unit), ("reading", "Bolt torque"), ("place", "ASM-2")]
        {
            let (above, row) = (line(&["it is"]), line(&[unit, "Bolt torque"]));
            assert_eq!(column(above, head), column(row, value), "{text}");
        }
    }
    assert_snapshot!("half_gauge_doubt", text);
}

#[test]
fn a_page_that_sets_itself_keeps_its_menu_among_the_keys_however_few_have_room() {
    let mut screen = Screen::new(reaching("torque"), Looks { size: (60, 20), ..USUAL });
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007").scan("TW-07");
    let text = screen.text();
    assert!(text.lines().last().is_some_and(|keys| keys.contains("F9 menu")), "{text}");
}

#[test]
fn a_message_of_more_than_three_lines_says_so_and_help_says_all_of_it() {
    let mut screen = at(plant(), "B-2107");
    screen.key(Key::F(1)).hides("Said last").key(Key::Esc);
    let mut wide = Screen::signed_in(plant(), "B-2107");
    let words: Vec<String> = (1..=40).map(|n| format!("reason-{n}")).collect();
    for screen in [&mut screen, &mut wide] {
        let trouble = GaugeSaid::Trouble(words.join(", "));
        screen.message(Message::Input(Input::Gauge(trouble)));
        screen.shows("reason-1,").shows("… F1").hides("reason-40");
        screen.key(Key::F(1)).shows("Said last: ");
    }
    wide.shows("reason-1,").shows("reason-40");
}

#[test]
fn a_cut_of_our_words_is_told_from_a_cut_of_data() {
    let cut = |text: &str, shown: &str| Cut { text: text.to_owned(), shown: shown.to_owned() };
    let english = |text, shown| lost_of_ours(&cut(text, shown), Language::English).is_some();
    assert!(english("WO-1881/0007 +2 20 min to go", "WO-1881/0007 +2 20 min t…"));
    assert!(english("WO-1881/0007 +2 20 min to go", "WO-1881/0007 …"));
    assert!(!english("Fit and torque the pump cover", "Fit and to…"));
    // What is ours was shown, what is theirs was cut.
    assert!(!english("accepted by Somebody with a long name", "accepted by Somebody wi…"));
}
