//! What is shown of a scanner that is tried, and codes that hold several values at the screens.

use gemba::domain::scan::{GS, test_code};
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key, ScanEnd};
use gemba::ui::message::Message;
use gemba::views::query::Query;
use insta::assert_snapshot;

use crate::screens_traveler::reaching;
use crate::support::screen::{Screen, USUAL};
use crate::support::screen_plant::plant;

fn trying() -> Screen {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.choose("Try a scanner");
    screen
}

#[test]
fn a_scanner_that_sends_everything_is_told_so() {
    let mut screen = trying();
    assert_snapshot!("scanner_begins", screen.golden());
    screen
        .scan(&format!("]Q1{}", test_code::text()))
        .shows("every character and separator arrives");
    assert_snapshot!("scanner_well", screen.golden());
    screen.key(Key::Esc).hides("Try a scanner");
}

#[test]
fn what_to_set_at_a_scanner_stands_beside_what_came() {
    let mut screen = trying();
    let lost: String = test_code::text().chars().filter(|c| !c.is_control()).collect();
    screen.message(Message::Input(Input::ScanEnd(ScanEnd::Nothing)));
    screen.scan(&lost.to_uppercase()).shows("separators (GS, RS, EOT) are lost");
    screen.shows("no end mark").shows("no AIM identifier").shows("case conversion");
    assert_snapshot!("scanner_to_set", screen.golden());
    screen.type_keys("WO-1881").shows("WO-1881 came as if typed");
}

/// What was seen of a scanner holds for who saw it, until the session ends or a trial fails.
#[test]
fn that_separators_arrive_is_believed_until_they_are_lost_or_the_session_ends() {
    let ambiguous = "]d2010952012345678810L-321S-7";
    let whole = format!("]Q1{}", test_code::text());
    let lost: String = test_code::text().chars().filter(|c| !c.is_control()).collect();
    let mut screen = trying();
    screen.scan(&whole).scan(ambiguous).shows("reads as").hides("Y06");
    screen.scan(&lost).shows("separators (GS, RS, EOT) are lost");
    screen.scan(ambiguous).shows("Y06");

    let mut screen = Screen::new(plant(), USUAL);
    screen.choose("Try a scanner").scan(&whole).shows("Sign in and scan it once more");
    screen.scan(ambiguous).shows("Y06");
}

/// Where separators are sent as keys, nothing of a code is read, and the key is named.
#[test]
fn a_separator_that_comes_as_a_key_is_told_with_what_to_set() {
    let mut screen = trying();
    let came = |screen: &mut Screen, key: &str| {
        screen.message(Message::Input(Input::ScanEnd(ScanEnd::Key(key.to_owned()))));
        screen.scan("]C110LOT-7");
    };
    came(&mut screen, "F8");
    screen.shows("F8 came as a key").shows("GS is ASCII 29").shows("a part of the code");
    screen.hides("reads as").hides("no end mark");
    assert_snapshot!("scanner_keys", screen.golden());
    came(&mut screen, "Ctrl-] (ESC[27;5;93~)");
    screen.shows("Ctrl-] (ESC[27;5;93~) came as a key").shows("modifyOtherKeys");
    // Before four characters nobody can tell a scanner from a hand.
    screen.key(Key::F(8)).shows("F8 came as a key");
    let mut screen = Screen::signed_in(reaching("parts"), "B-2107");
    came(&mut screen, "F8");
    screen.shows("Y17").shows("F8 came within the code").shows("send separators as characters");
}

#[test]
fn a_scan_that_is_refused_is_said_to_be_not_taken_where_nothing_was_to_be_saved() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.scan("]D20109520123456788").shows("Y18").shows("This scan was not taken");
    screen.shows("scan not taken: refused").hides("not saved");
    assert_snapshot!("scan_not_taken", screen.golden());
}

/// A code that a slow line parted, or a key, names nothing.
#[test]
fn a_code_whose_end_did_not_come_is_no_code() {
    let mut screen = Screen::signed_in(reaching("parts"), "B-2107");
    screen.message(Message::Input(Input::ScanEnd(ScanEnd::Cut)));
    screen.scan("0007").shows("Y17").shows("The end of the code did not come");
    screen.key(Key::Esc).scan("0007").shows("op 20 Assembly");
}

#[test]
fn another_code_is_read_or_refused_as_everywhere() {
    let mut screen = trying();
    screen.scan(&format!("]d2010952012345678810L-3{GS}21S-7"));
    screen.shows("reads as (01)09520123456788(10)L-3(21)S-7");
    assert_snapshot!("scanner_reads", screen.golden());
    screen.scan("]d2010952012345678810L-321S-7").shows("Y06");
}

#[test]
fn a_label_of_gs1_is_taken_for_what_the_step_asks_for() {
    let mut screen = Screen::signed_in(reaching("parts"), "B-2107");
    screen.scan("0007").shows("op 20 Assembly");
    screen.scan("]d20109520123456789").shows("Y02").shows("check digit");
    screen.key(Key::Esc).scan("]d2010952012345678810LOT-7").shows("Y15").shows("serial number");
    screen.key(Key::Esc).scan("(01)09520123456788(241)CP-41-HSG(21)S-7").shows("Y19");
    screen.shows("CP-41-HSG").shows("CP-40-HSG is asked for");
    // H-2209 may as well be H- and, behind a separator that is lost, 22 with the value 09.
    let label = format!("]d2010952012345678810LOT-7{GS}21H-2209");
    screen.key(Key::Esc).scan(&label).shows("Y06").key(Key::Esc);
    screen.choose("Try a scanner").scan(&format!("]Q1{}", test_code::text()));
    screen.shows("Codes are read as they stand").key(Key::Esc);
    screen.scan(&label).shows("saved H-2209").scan(&label).shows("saved LOT-7");
    assert_snapshot!("gs1_label_taken", screen.golden());
}

#[test]
fn a_code_with_several_values_opens_the_unit_that_its_serial_names() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.scan("]d201095201234567882100~07").shows("Y03");
    screen.key(Key::Esc).scan("]d20109520123456788210007").shows("WO-1881/0007");
}

#[test]
fn scans_wait_while_the_store_answers_and_are_looked_up_one_after_the_other() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.asked.clear();
    screen.store_hangs = true;
    screen.scan("0007").scan("0008").shows("Work here").hides("scanned");
    // What waited is asked of the store now.
    screen.asked.clear();
    screen.store_answers().shows("WO-1881/0008").shows("scanned 0008");
    let looked_up = |effect: &Effect| {
        let Effect::Load(_, Query::Scan { code }) = effect else { return None };
        Some(code.clone())
    };
    let looked_up: Vec<String> = screen.asked.iter().filter_map(looked_up).collect();
    assert_eq!(looked_up, ["0007", "0008"]);
}

#[test]
fn the_code_that_opened_a_page_stays_on_it() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    for (code, page) in [("0007", "WO-1881/0007"), ("WO-1884", "Work here")] {
        screen.scan(code).shows(page).shows(&format!("scanned {code}"));
        screen.seconds_pass(5).shows(&format!("scanned {code}"));
    }
    // Who they are is nothing to read over a shoulder.
    screen.scan("B-3052").shows("Type your PIN").hides("scanned");
}

#[test]
fn a_scan_of_which_nothing_comes_sounds_the_bell_once() {
    let rings = |code: &str| {
        let mut screen = Screen::signed_in(plant(), "B-2107");
        screen.asked.clear();
        screen.scan(code);
        screen.asked.iter().filter(|effect| **effect == Effect::Beep).count()
    };
    let cut = format!("H{GS}0007");
    for code in ["H\u{1b}[2J7", "H\u{202e}0007", &cut, "junk", "TW-07", "GEMBA:YES"] {
        assert_eq!(rings(code), 1, "{code:?}");
    }
    for code in ["0007", "WO-1884", "ASM-1", "B-3052", "GEMBA:HELP"] {
        assert_eq!(rings(code), 0, "{code:?}");
    }
}
