//! The screens in lines, as somebody hears them who types whole lines: the unit of the demo from the
//! badge to the signature, what comes after it and beside it, and every page of the menu.

use gemba::domain::traveler::lot::Pieces;
use gemba::ui::keys::KEYS;
use insta::assert_snapshot;

use crate::screens_grid::{begun, stands};
use crate::screens_inspection::came_in;
use crate::screens_others::supervisor;
use crate::screens_set::{curing, waiting};
use crate::screens_traveler::reaching;
use crate::support::drawn::stack;
use crate::support::listener::Listener;
use crate::support::screen::PIN;
use crate::support::screen_plant::plant;
use crate::support::shipping::finished;
use crate::support::shop::Shop;

impl Listener {
    fn signs_in(&mut self) -> &mut Self {
        self.types("B-2107").types(PIN)
    }
}

#[test]
fn a_unit_is_built_in_lines_from_the_badge_to_the_last_signature() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("0007").types("");
    for step in [&["0007"][..], &["H-2209", "LOT-7"], &["1"], &["1"]] {
        listener.types_all(step).types("");
    }
    // The bolts: the second one fails, and was a slip.
    listener.types_all(&["/scan TW-07", "24.8", "27.3", "25.1", "25.0", "24.9", "", ""]);
    listener.screen.seconds_pass(1300);
    listener.listens();
    listener.types("").types("/scan FG-02").types("0.03").types("");
    // The inspector signs.
    listener.types("").types("B-3052").types(PIN).types("").types("").types("/esc");
    let heard = listener.heard();
    assert!(!heard.contains('\u{1b}') && !heard.contains(PIN), "{heard}");
    assert_snapshot!(heard);
}

#[test]
fn a_value_that_fails_twice_opens_its_deviation_in_lines() {
    let mut listener = Listener::new(reaching("torque"));
    listener
        .signs_in()
        .types("0007")
        .types("/scan TW-07")
        .types("24.8")
        .types("27.3")
        .types("27.3");
    listener.types("/esc").types("/again");
    assert_snapshot!(listener.heard());
}

#[test]
fn every_page_of_the_menu_is_reached_by_numbers() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("/menu").types("9").types("9").types("9").types("0");
    listener.types("/menu").types("4").types("/esc").types(":pin").types("/esc");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_deviation_is_disposed_of_in_lines() {
    let shop = supervisor().shop;
    let mut listener = Listener::new(shop);
    listener.types("B-4011").types(PIN).types(":deviations").types("").types("1").types("");
    listener.types("4").types("scratched").types("B-4011").types(PIN);
    assert_snapshot!(listener.heard());
}

#[test]
fn a_lot_is_inspected_piece_by_piece_and_signed_in_lines() {
    let mut listener = Listener::new(came_in());
    listener.types("B-3052").types(PIN).types(":lots to inspect").types("").types("1");
    listener.types_all(&["74.0", "1", "74.0", "1"]).hears("The plan accepts the lot.");
    listener.types("").types("B-3052").types(PIN);
    listener.hears("saved: cover/L-2 of Nordic is accepted");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_value_is_corrected_in_lines_and_what_follows_is_heard_first() {
    let mut listener = Listener::new(reaching("torque"));
    listener.signs_in().types_all(&["0007", "/scan TW-07", "24.8", "/f5", "1", "24.9", "misread"]);
    listener.hears("What follows").types("").hears("value corrected, the first one is kept");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_shift_is_handed_over_and_accepted_in_lines() {
    let mut listener = Listener::new(reaching("torque"));
    listener.signs_in().types_all(&[":hand-overs", "", "/f5", "fixture 3 sticks"]);
    listener.hears("saved: handed over").types_all(&["1", "B-4011", PIN]).hears("saved: accepted");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_unit_is_released_to_ship_in_lines() {
    let mut listener = Listener::new(finished());
    listener.types("B-5020").types(PIN).types_all(&[":release to ship", "", "1", ""]);
    listener.types("B-5020").types(PIN).hears("is released to ship");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_block_that_is_put_in_at_once_is_asked_about_before_anything_of_it_is_saved() {
    let mut listener = Listener::new(begun());
    listener.types("B-3052").types(PIN).types(":lots to inspect").types("").types("").types("/f8");
    listener.types("/scan MIC-4").types("142.01\n142.02");
    listener.hears("Record 2 values of pieces 3 to 4?");
    assert_eq!(stands(&listener.screen, (3, 2)), None, "nothing is saved by a paste");
    // What a slow line brings later belongs to it.
    listener.types("142.03\n142.04").hears("Record 4 values of pieces 3 to 6?");
    listener.types("1").hears("saved 4 values");
    for (rank, value) in [(3, "142.01 mm"), (4, "142.02 mm"), (6, "142.04 mm")] {
        assert_eq!(stands(&listener.screen, (rank, 2)).as_deref(), Some(value));
    }
    // A tab parts the values of a piece.
    listener.types("142.05\t0.010").hears("Record 2 values of pieces 3 to 3?");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_block_with_a_gap_is_not_taken_and_nothing_moves_up() {
    let mut listener = Listener::new(begun());
    listener.types("B-3052").types(PIN).types(":lots to inspect").types("").types("").types("/f8");
    listener.types("/scan MIC-4").types("142.01\n\n142.02").hears("not saved: line 2:");
    assert_eq!(stands(&listener.screen, (3, 2)), None);
}

#[test]
fn lines_that_come_at_once_are_typed_one_after_another_where_no_block_is_taken() {
    let mut listener = Listener::new(plant());
    listener.types(&format!("B-2107\n{PIN}")).hears("signed in: A. Novak");
}

#[test]
fn what_waits_is_heard_with_each_page_once_and_not_by_itself() {
    let mut listener = Listener::new(curing());
    waiting(&mut listener.screen);
    listener.signs_in();
    let told = "waiting: Let the sealant cure: WO-1881/0007 +2 ";
    let times = |listener: &Listener| listener.heard().matches(told).count();
    let heard = listener.heard();
    assert!(heard.contains(&format!("{told}20 min to go")), "{heard}");
    let before = times(&listener);
    listener.screen.seconds_pass(120);
    listener.listens();
    listener.types("nothing is called so").types("/again");
    assert_eq!(times(&listener), before + 1, "with the page again, and not between");
    listener.types("/menu");
    let heard = listener.heard();
    assert!(heard.ends_with("What now? >") && times(&listener) == before + 2, "{heard}");
    assert!(heard.contains(&format!("{told}18 min to go")), "{heard}");
}

/// What was reported of the pieces of a lot.
fn reported(listener: &Listener) -> Option<(Pieces, String)> {
    let state = listener.screen.shop.state();
    let report = state.lot.reports.last()?;
    Some((report.pieces(), report.what.reason.clone()))
}

#[test]
fn a_line_in_the_palette_takes_the_place_of_what_was_looked_for_and_opens_what_fits_best() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types(":lots").types("calls for help");
    assert_eq!(stack(&listener.screen.shell), ["QueueScreen", "CallsScreen"]);
}

#[test]
fn a_digit_that_answers_at_once_is_followed_by_no_enter_and_what_was_saved_is_heard() {
    let mut listener = Listener::new(Shop::counting_lot());
    listener.signs_in().types("/scan WO-2/L-22").types("/2").types("1");
    listener.hears("saved: pieces reported");
    let heard = listener.heard();
    assert!(!heard.contains("type how many are good"), "{heard}");
    let pieces = Pieces { good: 98, scrap: 2, rework: 0 };
    assert_eq!(reported(&listener), Some((pieces, "dent".to_owned())));
}

#[test]
fn words_that_begin_with_a_digit_are_no_choice() {
    let mut listener = Listener::new(Shop::counting_lot());
    listener.signs_in().types("/scan WO-2/L-22").types("/2").types("2 fell down");
    assert_eq!(reported(&listener).unwrap().1, "2 fell down");
}

#[test]
fn signs_within_what_people_write_are_heard_as_they_were_typed() {
    let mut listener = Listener::new(reaching("torque"));
    let note = "which socket ? the long one ! or ~ 40 · 2";
    listener.signs_in().types("0007").types("/f8").types(note).hears(note);
    // What a screen draws in the same signs is in words.
    listener.types("/f8").types("").hears("1: not yet  2: not yet  3: not yet  4: not yet");
}

#[test]
fn a_star_alone_opens_the_menu_and_types_nothing() {
    let mut listener = Listener::new(reaching("torque"));
    listener.signs_in().types("*").hears("What now?").types("/esc").types("0007").types("*");
    listener.hears("What now?").hears("Deviation").types("/esc").hears("1 of 4");
    listener.hears("1: not yet  2: not yet");
}

#[test]
fn a_question_whose_field_stands_alone_is_what_is_asked_last() {
    let mut listener = Listener::new(reaching("torque"));
    listener.signs_in().types("0007").types("/f8");
    assert_eq!(listener.screen.shell.page().prompt, "Why?");
}

#[test]
fn every_key_that_is_printed_is_pressed_by_its_word() {
    let mut listener = Listener::new(plant());
    for row in KEYS.iter().filter(|row| row.key.is_some() && row.printed.chars().count() > 1) {
        listener.types(&format!("/{}", row.printed.to_lowercase()));
    }
    let heard = listener.heard();
    assert!(!heard.contains("is no word here"), "{heard}");
}

#[test]
fn a_line_takes_the_place_of_what_stood_in_the_field() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("nothing is called so").types("0008");
    listener.screen.shows("WO-1881/0008");
}

#[test]
fn a_word_that_presses_nothing_says_which_there_are() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("/jump");
    let heard = listener.heard();
    assert!(heard.contains("/jump is no word here: /f1 to /f12, /esc"), "{heard}");
    // A count of pieces begins with a slash, too.
    listener.types("/2");
    listener.screen.shows("Nothing fits the filter");
}
