//! Lots on the screen: counted in a few keys, split from the menu.

use gemba::domain::decide::Command;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::lot::Pieces;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::lots::pieces_add_up;
use crate::support::screen::Screen;
use crate::support::shop::Shop;

/// A lot of a hundred pieces open on the screen, deburred; the count is next.
fn counting() -> Screen {
    let mut screen = Screen::signed_in(Shop::counting_lot(), "B-2107");
    screen.scan("WO-2/L-22");
    screen.recorded();
    screen
}

fn reported(screen: &mut Screen) -> Vec<(Pieces, String)> {
    let reports = screen.recorded().into_iter().filter_map(|command| {
        let Command::Traveler(_, TravelerCommand::ReportPieces { pieces, reason, .. }) = command
        else {
            return None;
        };
        Some((pieces, reason))
    });
    reports.collect()
}

#[test]
fn the_usual_count_takes_at_most_four_keys() {
    for (keys, good) in [("+\n", 100), ("12\n", 12), ("100\n", 100)] {
        assert!(keys.len() <= 4, "{keys:?}");
        let mut screen = counting();
        screen.type_keys(keys);
        let expected = (Pieces { good, scrap: 0, rework: 0 }, String::new());
        assert_eq!(reported(&mut screen), [expected], "{keys:?}");
    }
    // Scrap with a reason of the site takes no more: all others are good.
    let mut screen = counting();
    let keys = "/2\n1";
    assert!(keys.len() <= 4);
    screen.type_keys(keys).shows("saved: pieces reported");
    let pieces = Pieces { good: 98, scrap: 2, rework: 0 };
    assert_eq!(reported(&mut screen), [(pieces, "dent".to_owned())]);
}

#[test]
fn enter_alone_counts_nothing_however_often_it_is_pressed() {
    let mut screen = counting();
    screen.type_keys("\n\n\n\n\n\n").shows("type how many are good, or + for all 100");
    assert_eq!(reported(&mut screen), []);
    // The step before was closed by the same key.
    screen.type_keys("+\n").shows("saved: 100 good");
    screen.type_keys("\n");
    let state = screen.shop.state();
    assert!(state.step_closed(20, &crate::support::shop_plan::id("count")));
}

#[test]
fn r03_a_wrong_count_is_corrected_once_what_follows_was_told() {
    let mut screen = counting();
    screen.type_keys("60/2\n1").key(Key::F(5));
    screen.shows("op 20 pieces").shows("60 good, 2 scrap").type_keys("1");
    screen.type_keys("58/x\n").shows("type a number, or good/scrap");
    screen.type_keys("58/4\n").type_keys("two more are bent\n");
    assert_snapshot!("recount_told", screen.golden());
    screen.type_keys("\n").shows("saved: count corrected, the first one is kept");
    screen.shows("reported: 58 good, 4 scrap");
    let state = screen.shop.state();
    let report = &state.lot.reports[0];
    assert_eq!((report.what.pieces.good, report.pieces().good), (60, 58));
    // More than came is refused, with what to do.
    screen.key(Key::F(5)).type_keys("1").type_keys("99/9\n").type_keys("wrong\n\n").shows("Q04");
}

#[test]
fn r03_f5_corrects_a_count_once_its_step_is_closed_and_on_a_lot_that_ended_as_scrap() {
    let mut screen = counting();
    screen.type_keys("+\n").type_keys("\n").shows("saved: step 2 done");
    screen.key(Key::F(5)).shows("100 good").type_keys("1");
    screen.type_keys("97/3\n").type_keys("found later\n");
    screen
        .shows("Scrap of this lot: 0 before, 3 now.")
        .type_keys("\n")
        .shows("saved: count corrected");
    screen.key(Key::F(5)).shows("97 good, 3 scrap");

    let mut screen = counting();
    screen.type_keys("/100\n1").shows("This unit has ended").key(Key::F(5));
    screen.type_keys("1").type_keys("40/60\n").type_keys("wrong box\n\n");
    screen.shows("saved: count corrected").hides("This unit has ended");
}

#[test]
fn a_count_asks_for_pieces() {
    assert_snapshot!(counting().golden());
}

#[test]
fn scrap_asks_why_and_a_digit_takes_a_reason_of_the_site() {
    let mut screen = counting();
    screen.type_keys("60/2\n");
    assert_snapshot!(screen.golden());
    screen.type_keys("1").shows("saved: pieces reported");
    let pieces = Pieces { good: 60, scrap: 2, rework: 0 };
    assert_eq!(reported(&mut screen), [(pieces, "dent".to_owned())]);
}

#[test]
fn what_is_no_count_is_typed_anew() {
    let mut screen = counting();
    screen.type_keys("1/2/3/4\n").shows("not saved");
    assert_eq!(reported(&mut screen), []);
    let mut screen = counting();
    screen.type_keys("101\n").shows("Q04");
}

#[test]
fn a_split_says_how_many_and_why() {
    let mut screen = counting();
    screen.type_keys("60\n").shows("reported: 60 good").shows("of 40");
    open_split(&mut screen);
    assert_snapshot!(screen.golden());
    screen.type_keys("rush\n").shows("Q05");
}

#[test]
fn the_menu_splits_a_lot_and_the_new_one_starts_where_it_stood() {
    let mut screen = counting();
    screen.type_keys("60/2\n").type_keys("2");
    let acts = screen.text();
    assert!(acts.contains("of 38"), "{acts}");
    open_split(&mut screen);
    screen.type_keys("38 a rush order\n").shows("saved: the new lot is in the queue");
    screen.shows("62 pcs").shows("Enter: step done");
    screen.type_keys("\n");
    pieces_add_up(&screen.shop);
    screen.scan("WO-2/L-22-ASM1-1").shows("38 pcs").shows("of 38");
    assert_snapshot!(screen.golden());
    screen.type_keys("+\n").shows("saved: 38 good");
}

/// Opens the form by the number that the menu shows.
fn open_split(screen: &mut Screen) {
    screen.key(Key::Menu);
    for _ in 0..3 {
        let text = screen.text();
        if let Some(line) = text.lines().find(|line| line.contains("Split the lot")) {
            let before = line.split("Split the lot").next().unwrap();
            let digit = before.trim_end().chars().last().unwrap();
            screen.type_keys(&digit.to_string());
            return;
        }
        screen.type_keys("9");
    }
    panic!("the menu has no split: {}", screen.text());
}
