//! What every screen keeps to, whatever it shows: drafts, scans, keys, cells and words.

use std::num::NonZeroU32;

use gemba::domain::decide::Command;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::ui::effect::{Effect, Leaving};
use gemba::ui::input::{Focus, Input, Key};
use gemba::ui::keys::{Act, KEYS};
use gemba::ui::message::Message;
use gemba::ui::parts::canvas::fit;
use gemba::ui::parts::field::Field;
use gemba::ui::symbols::Mark;

use crate::screens_traveler::{at, torquing};
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;

fn asked(screen: &Screen, effect: &Effect) -> bool {
    screen.asked.contains(effect)
}

pub(crate) fn kept(screen: &Screen) -> Vec<(String, String)> {
    let kept = |effect: &Effect| {
        let Effect::KeepDraft(key, text) = effect else { return None };
        Some((key.clone(), text.clone()))
    };
    screen.asked.iter().filter_map(kept).collect()
}

pub(crate) const THIRD_BOLT: &str = "ask WO-1881/0007 20 torque 1 3";

#[test]
fn r13_what_is_typed_is_kept_a_second_after_the_last_key() {
    let mut screen = torquing();
    assert!(!screen.seconds, "nothing runs and nothing is typed");
    screen.type_keys("24");
    assert!(screen.seconds, "a draft is due within seconds");
    screen.seconds_pass(1);
    assert_eq!(kept(&screen), [], "a key came within the last second");
    screen.seconds_pass(1);
    assert_eq!(kept(&screen), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
    assert!(!screen.seconds, "nothing is due any more");
    screen.type_keys(".6\n");
    assert!(asked(&screen, &Effect::DropDraft(THIRD_BOLT.to_owned())), "recorded is no draft");
}

#[test]
fn r13_what_is_typed_is_kept_on_leaving_and_on_a_lost_line() {
    let mut left = torquing();
    left.type_keys("24").key(Key::Esc);
    assert_eq!(kept(&left), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
    left.type_keys("\n").shows("▶ 3 of 4  24▌");
    let mut lost = torquing();
    lost.type_keys("24").message(Message::Input(Input::Lost));
    assert_eq!(kept(&lost), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
    assert!(asked(&lost, &Effect::Quit));
}

#[test]
fn r13_a_draft_of_an_earlier_session_stands_in_the_field_again() {
    let mut screen = at("torque");
    let first = "ask WO-1881/0007 20 torque 1 1".to_owned();
    screen.message(Message::Draft(first, "24.7".to_owned()));
    screen.shows("▶ 1 of 4  24.7▌");
}

#[test]
fn r13_an_idle_terminal_locks_and_comes_back_to_the_unit() {
    let mut screen = torquing();
    screen.type_keys("24").seconds_pass(1).seconds_pass(599);
    screen.hides("Scan your badge");
    screen.seconds_pass(61).shows("Scan your badge").shows("locked after 10 minutes");
    assert!(asked(&screen, &Effect::SignOut(Leaving::Idle)));
    let kept = kept(&screen);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    for (key, text) in kept {
        screen.message(Message::Draft(key, text));
    }
    screen.shows("▶ 3 of 4  24▌");
}

#[test]
fn a_locked_terminal_shows_nothing_of_the_unit_to_somebody_else() {
    let mut screen = torquing();
    screen.seconds_pass(1).seconds_pass(601);
    screen.scan("B-3052").type_keys(PIN).type_keys("\n").shows("Work here");
}

#[test]
fn who_takes_over_does_not_inherit_what_was_typed() {
    let mut screen = torquing();
    screen.type_keys("24").scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.shows("M. Okafor").shows("▶ 3 of 4  ▌").shows("no gauge yet");
    assert_eq!(kept(&screen), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
}

#[test]
fn keys_typed_while_a_value_is_saved_go_where_they_belong() {
    let mut screen = torquing();
    screen.store_hangs = true;
    screen.type_keys("24.6\n24.7\n2");
    screen.shows("saving …").shows("24.6").hides("24.7");
    assert_eq!(screen.recorded().len(), 3, "one at a time: two before, one now");
    screen.store_answers();
    screen.shows("3: 24.6 ✓    4: 24.7 ✓").shows("saved 24.7 N·m");
}

#[test]
fn what_was_not_saved_says_so_and_stays_in_the_field() {
    for (typed, why) in [
        ("1,250", "the comma could mean thousands"),
        ("1e400", "not a number"),
        ("NaN", "not a number"),
        ("-", "not a number"),
        ("1234567890123456", "too long"),
    ] {
        let mut screen = torquing();
        let before = screen.recorded().len();
        screen.type_keys(typed).type_keys("\n");
        screen.shows("not saved: ").shows(why).shows(typed);
        assert_eq!((before, screen.recorded().len()), (2, 0), "{typed} reached the store");
    }
}

#[test]
fn five_thousand_characters_leave_a_field_that_can_be_seen() {
    let mut screen = torquing();
    screen.message(Message::Input(Input::Paste("7".repeat(5_000))));
    screen.shows("7777▌").type_keys("\n").shows("not saved: too long");
}

#[test]
fn enter_alone_answers_no_check() {
    let mut screen = at("clean");
    screen.recorded();
    screen.type_keys("\n \n");
    assert_eq!(screen.recorded(), []);
    screen.type_keys("1");
    assert_eq!(screen.recorded().len(), 1);
}

#[test]
fn a_garbled_scan_is_shown_as_it_is_and_records_nothing() {
    let long = "7".repeat(201);
    for code in ["H\u{1b}[2J7", "H\u{202e}0007", &long] {
        let mut screen = at("parts");
        screen.recorded();
        screen.scan(code).shows("scan not taken: it cannot be read here");
        assert_eq!(screen.recorded(), [], "{code:?}");
        let clean = |c: char| c == '\n' || !gemba::domain::text::is_deceptive(c);
        assert!(screen.text().chars().all(clean), "{:?}", screen.text());
    }
    at("parts").scan("H\u{1b}[2J7").shows("H\\u{1b}[2J7");
    let mut screen = at("parts");
    screen.recorded();
    screen.scan("H\u{1d}0007").shows("Y07").shows("the scanner does not say what kind");
    assert_eq!(screen.recorded(), []);
}

#[test]
fn a_scan_is_the_entry_of_an_ask_for_a_scan() {
    let mut screen = at("parts");
    screen.recorded();
    screen.scan("H-77");
    let at = crate::support::shop_plan::at("parts");
    let entry = Entry::Text("H-77".to_owned());
    let command = TravelerCommand::Record { at, ask: 1, sample: 1, entry };
    let unit = crate::support::screen_answers::unit("WO-1881/0007");
    assert_eq!(screen.recorded(), [Command::Traveler(unit, command)]);
}

#[test]
fn a_badge_or_a_card_is_never_the_entry_of_an_ask() {
    for code in ["B-3052", "GEMBA:NEXT", "GEMBA:HELP"] {
        let mut screen = at("parts");
        screen.recorded();
        screen.scan(code);
        assert_eq!(screen.recorded(), [], "{code}");
    }
}

#[test]
fn a_scan_never_signs_skips_or_disposes() {
    let mut sign = at("signoff");
    sign.type_keys("\n");
    for code in ["B-3052", "GEMBA:NEXT", "GEMBA:YES", "TW-07", "0007", "junk"] {
        sign.scan(code);
    }
    assert!(!sign.asked.iter().any(|effect| matches!(effect, Effect::Sign(..))));
    let mut skip = at("torque");
    skip.menu("91").type_keys("no wrench");
    skip.recorded();
    for code in ["GEMBA:NEXT", "GEMBA:YES", "B-2107"] {
        skip.scan(code);
    }
    assert_eq!(skip.recorded(), []);
}

#[test]
fn cards_on_the_bench_spare_the_keyboard() {
    let mut screen = at("clean");
    screen.scan("GEMBA:YES").scan("GEMBA:NEXT").shows("step 4 of 8");
    screen.scan("GEMBA:NO").shows("answered no");
    screen.scan("GEMBA:PAUSE").shows("Pause").type_keys("lunch\n").shows("Paused: lunch");
    screen.scan("GEMBA:HELP").shows("What for? A digit calls at once");
}

#[test]
fn a_scan_that_means_nothing_stays_in_the_field_unconfirmed() {
    let mut screen = torquing();
    screen.recorded();
    screen.scan("24.9").shows("24.9▌").shows("scan not understood: 24.9");
    assert_eq!(screen.recorded(), []);
    screen.type_keys("\n").shows("3: 24.9 ✓");
}

#[test]
fn the_head_of_a_scan_is_taken_back_from_the_field() {
    let mut screen = torquing();
    screen.type_keys("24.B").message(Message::Input(Input::TakeBack(1)));
    screen.scan("TW-07").shows("▶ 3 of 4  24.▌");
}

#[test]
fn another_unit_is_opened_by_its_label_and_the_draft_is_kept() {
    let mut screen = torquing();
    screen.type_keys("24").scan("0008").shows("WO-1881/0008");
    assert_eq!(kept(&screen), [(THIRD_BOLT.to_owned(), "24".to_owned())]);
    screen.key(Key::Esc).shows("Work here");
}

#[test]
fn a_gauge_of_another_class_says_what_is_needed() {
    let mut screen = at("torque");
    screen.scan("FG-02").shows("FG-02 is a feeler; this reading needs a torque-wrench");
    screen.scan("TW-08").shows("TW-08 is not in calibration: scan another");
    screen.shows("no gauge yet");
}

#[test]
fn the_parser_hears_whether_characters_are_text_or_choices() {
    let mut screen = torquing();
    assert_eq!(screen.focus, Focus::Text);
    screen.key(Key::Menu);
    assert_eq!(screen.focus, Focus::Choice);
    screen.key(Key::Esc);
    assert_eq!(screen.focus, Focus::Text);
    assert_eq!(at("clean").focus, Focus::Choice);
}

#[test]
fn everything_with_a_function_key_stands_in_the_numbered_menu() {
    for row in KEYS {
        if matches!(row.key, Some(Key::F(_))) {
            assert!(row.act.in_menu(), "{:?} needs {}", row.act, row.printed);
        }
    }
    assert!(!Act::Menu.in_menu() && !Act::Record.in_menu());
}

#[test]
fn each_key_means_one_thing_on_a_screen() {
    for step in ["pump", "clean", "torque", "cure", "signoff", ""] {
        let mut screen = at(step);
        screen.key(Key::F(1));
        let help = screen.text();
        let listed = |line: &&str| line.starts_with("   ") && !line.starts_with("    ");
        let keys = help.lines().filter(listed);
        let mut keys: Vec<&str> = keys.filter_map(|line| line.split_whitespace().next()).collect();
        keys.retain(|key| *key != "F9" && KEYS.iter().any(|row| row.printed == *key));
        assert!(!keys.is_empty(), "{help}");
        let before = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), before, "a key twice at {step}:\n{help}");
    }
}

#[test]
fn skip_never_stands_beside_deviation() {
    let mut screen = torquing();
    screen.key(Key::Menu).shows("Deviation").hides("Skip");
    screen.key(Key::Esc).hides("skip");
}

#[test]
fn a_typed_digit_changes_its_own_cell_only() {
    let mut screen = torquing();
    assert_eq!(
        screen.cells_changed(|screen| {
            screen.type_keys("2");
        }),
        1
    );
    assert_eq!(
        screen.cells_changed(|screen| {
            screen.type_keys("5");
        }),
        1
    );
}

#[test]
fn a_moved_marker_changes_two_cells_and_no_row() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    assert_eq!(
        screen.cells_changed(|screen| {
            screen.key(Key::Down);
        }),
        2
    );
    assert_eq!(screen.cursor(), (8, 21), "typing goes on in the filter");
}

#[test]
fn nothing_changes_while_nothing_happens() {
    let mut screen = torquing();
    assert_eq!(
        screen.cells_changed(|screen| {
            screen.seconds_pass(1);
        }),
        0
    );
    assert_eq!(
        screen.cells_changed(|screen| {
            screen.message(Message::News);
        }),
        0
    );
}

#[test]
fn choosing_a_gauge_moves_no_row() {
    let mut screen = at("torque");
    let rows = |screen: &mut Screen| {
        let text = screen.text();
        text.lines().position(|line| line.contains("1 of 4"))
    };
    let before = rows(&mut screen);
    screen.scan("TW-07");
    assert_eq!(rows(&mut screen), before);
}

#[test]
fn nothing_that_was_typed_ahead_is_recorded_once_the_line_is_lost() {
    let mut screen = torquing();
    screen.asked.clear();
    screen.store_hangs = true;
    screen.type_keys("24.6\n25\n").message(Message::Input(Input::Lost));
    let recorded = |screen: &Screen| {
        screen.asked.iter().filter(|effect| matches!(effect, Effect::Record(..))).count()
    };
    let before = recorded(&screen);
    screen.asked.clear();
    // What was held back is asked once more, and answered.
    screen.store_answers();
    assert_eq!((before, recorded(&screen)), (1, 1));
}

#[test]
fn a_terminal_locks_after_as_many_minutes_as_it_was_told() {
    let looks = Looks { idle_lock_min: NonZeroU32::MIN, ..USUAL };
    let mut screen = Screen::new(plant(), looks);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("Work here");
    screen.seconds_pass(1).seconds_pass(59).shows("Work here");
    // A window that changes its size is nobody at the terminal.
    screen.message(Message::Input(Input::Resize { columns: 80, rows: 24 })).shows("Work here");
    screen.seconds_pass(1).shows("locked after 1 minute without a key");
}

#[test]
fn a_question_that_the_store_cannot_answer_says_so() {
    let mut screen = torquing();
    screen.answers.trouble = Some("the store is damaged: run gemba store check".to_owned());
    screen.message(Message::News).shows("the store is damaged");
}

#[test]
fn a_pin_is_shown_nowhere() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.scan("B-2107").type_keys(PIN);
    assert!(!format!("{:?}", screen.shell).contains(PIN), "a PIN in the debug output");
    screen.type_keys("\n");
    assert!(!format!("{:?} {:?}", screen.shell, screen.asked).contains(PIN));
}

#[test]
fn signing_out_forgets_the_person_and_stays_at_the_place() {
    let mut screen = torquing();
    screen.key(Key::Esc).key(Key::Esc).shows("Scan your badge").shows("ASM-2");
    screen.hides("A. Novak");
    assert!(asked(&screen, &Effect::SignOut(Leaving::ByHand)));
    screen.key(Key::Esc).shows("Scan your badge");
}

#[test]
fn quitting_is_in_the_menu() {
    let mut screen = torquing();
    screen.type_keys("24").menu("995");
    assert!(asked(&screen, &Effect::Quit));
    assert_eq!(kept(&screen).len(), 1);
}

#[test]
fn no_two_symbols_of_a_state_look_alike() {
    let states = [
        Mark::Pass,
        Mark::Now,
        Mark::Fail,
        Mark::Warn,
        Mark::Hold,
        Mark::Open,
        Mark::Partly,
        Mark::Waiting,
        Mark::Skipped,
        Mark::Unknown,
    ];
    for ascii in [false, true] {
        for (n, one) in states.iter().enumerate() {
            for other in &states[..n] {
                assert_ne!(one.glyph(ascii), other.glyph(ascii), "{one:?} and {other:?}");
            }
        }
    }
}

#[test]
fn text_is_shortened_by_cells_not_by_bytes() {
    assert_eq!(fit("Prüfmaß", 7, "…"), "Prüfmaß");
    assert_eq!(fit("Prüfmaße", 7, "…"), "Prüfma…");
    assert_eq!(fit("寸法検査", 5, "…"), "寸法…");
    assert_eq!(fit("寸法検査", 4, "…"), "寸…");
}

#[test]
fn what_was_refused_as_no_number_is_replaced_by_the_next_character() {
    let mut screen = torquing();
    screen.type_keys("24.8.\n").shows("not saved").shows("▶ 3 of 4  24.8.▌");
    screen.type_keys("2").shows("▶ 3 of 4  2▌").type_keys("5").shows("▶ 3 of 4  25▌");
    screen.type_keys(".x\n").key(Key::Backspace).shows("▶ 3 of 4  25.▌");
    screen.type_keys("1\n").shows("saved 25.1 N·m");
    screen.key(Key::F(5)).type_keys("3").type_keys("25.1.\n").shows("not saved");
    screen.type_keys("25.2\n").shows("25.2");
    screen.type_keys("read wrong\n\n").shows("25.1 N·m corrected to 25.2 N·m");
}

#[test]
fn a_scan_head_in_a_refused_field_is_taken_back_whole() {
    let mut field = Field::new(9);
    field.fill("24.8.");
    field.refuse();
    field.key(Key::Char('0'));
    assert_eq!(field.text(), "0");
    field.take_back(1);
    assert_eq!(field.text(), "24.8.");
    field.key(Key::Char('2'));
    assert_eq!(field.text(), "2", "it is still refused");
}

#[test]
fn a_field_takes_back_exactly_what_was_typed_into_it() {
    let mut field = Field::new(3);
    for c in ['a', 'b'] {
        field.key(Key::Char(c));
    }
    field.key(Key::Left);
    for c in ['x', 'y', 'z'] {
        field.key(Key::Char(c));
    }
    assert_eq!(field.text(), "axb", "at most three characters");
    field.take_back(3);
    assert_eq!(field.text(), "ab");
    field.take_back(1);
    assert_eq!(field.text(), "ab", "the arrow ended what can be taken back");
}
