//! The grid of a lot's sample at the bench: typed, answered, pasted, typed again and signed.

use std::num::NonZeroU32;

use gemba::domain::inspection::by_cell::{CellValue, Taken};
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::views::register::GaugeRow;
use insta::assert_snapshot;

use crate::support::grids::{cells, good, shafts, single, types, value, wide};
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_answers::gauges;
use crate::support::shop::Shop;
use crate::support::shop_plan::id;

/// One bad piece of 20 is enough.
const PLAN: &str = "AQL 0.65, level II, ISO 2859-1:1999";

/// Two pieces are looked at, and a third is begun.
pub(crate) fn begun() -> Shop {
    let mut shop = shafts(PLAN, 20);
    let first = shop.lot("L-22").chosen().into_iter().take(3).collect::<Vec<_>>();
    for piece in &first[..2] {
        shop.does("okafor", cells(good(*piece), Taken::Typed));
    }
    shop.does("okafor", types((first[2], 1), "19.994"));
    shop
}

fn open_grid(screen: &mut Screen) {
    screen.scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.choose("Lots to inspect").key(Key::Enter).key(Key::F(8));
}

fn at_grid(shop: Shop, looks: Looks) -> Screen {
    let mut screen = Screen::new(shop, looks);
    open_grid(&mut screen);
    screen
}

fn paste(screen: &mut Screen, text: &str) {
    screen.message(Message::Input(Input::Paste(text.to_owned())));
}

/// What stands at a place of the sample; the rank of the piece and the number of the value, from 1.
pub(crate) fn stands(screen: &Screen, (rank, ask): (usize, u16)) -> Option<String> {
    let lot = screen.shop.lot("L-22");
    let piece = lot.chosen().into_iter().nth(rank - 1).unwrap();
    let found = lot.standing_at((piece, ask)).pop()?;
    Some(gemba::domain::traveler::hold::shown(&found.reading.value))
}

#[test]
fn r12_the_grid_shows_every_piece_with_limits_gauges_verdicts_and_how_far_it_is() {
    let mut screen = at_grid(begun(), USUAL);
    screen.shows("sample 3 of 20").shows("2 of 20 pieces, 1 begun").shows("Ac 0, Re 1");
    assert_snapshot!("grid", screen.golden());
    screen.key(Key::F(1));
    assert_snapshot!("grid_help", screen.golden());
    screen.key(Key::Esc).key(Key::Menu);
    assert_snapshot!("grid_menu", screen.golden());
}

#[test]
fn large_and_small_terminals_show_the_same_grid() {
    let large = Looks { size: (132, 43), ..USUAL };
    assert_snapshot!("grid_large", at_grid(begun(), large).text());
    let plain_large = Looks { theme: "mono", ascii: true, ..large };
    assert_snapshot!("grid_plain_large", at_grid(begun(), plain_large).text());
    let small = Looks { size: (60, 20), ..USUAL };
    assert_snapshot!("grid_small", at_grid(begun(), small).text());
}

#[test]
fn r13_a_value_is_saved_at_enter_and_what_is_left_before_it_says_that_it_is_not() {
    let mut screen = at_grid(begun(), USUAL);
    // The gauge is asked for at its first value, which is kept.
    screen.type_keys("142.05\n").shows("choose a micrometer first").type_keys("1\n");
    screen.shows("gauge MIC-4").shows("142.05").type_keys("\n").shows("saved 142.05 mm");
    assert_eq!(stands(&screen, (3, 2)).unwrap(), "142.05 mm");
    // Enter went down; what is typed and left is not saved, and stays there.
    screen.shows("sample 4 of 20").type_keys("141.9").key(Key::Down).shows("not saved: 141.9");
    screen.shows("141.9 ○");
    assert_eq!(stands(&screen, (4, 2)), None);
    screen.key(Key::Up).shows("141.9▌").key(Key::Backspace).type_keys("8\n");
    screen.shows("141.8");
}

#[test]
fn tab_goes_right_and_enter_comes_back_to_where_it_began_or_goes_right_by_choice() {
    let mut screen = at_grid(begun(), USUAL);
    screen.scan("MIC-4").type_keys("142.01").key(Key::Tab).shows("saved 142.01");
    screen.type_keys("0.008").key(Key::Tab).type_keys("0.5\n").shows("sample 4 of 20");
    assert_eq!(stands(&screen, (3, 3)).unwrap(), "0.008 mm");
    screen.type_keys("142.02\n");
    assert_eq!(stands(&screen, (4, 2)).unwrap(), "142.02 mm", "Enter came back to the length");
    screen.choose("Enter: which way").shows("Enter goes right from now on");
    screen
        .type_keys("142.03\n")
        .type_keys("0.009\n")
        .type_keys("0.61\n")
        .type_keys("1")
        .type_keys("1");
    assert_eq!(stands(&screen, (5, 6)).unwrap(), "conforms");
    screen.shows("sample 6 of 20");
    // It is kept for the person.
    screen.key(Key::Esc).key(Key::F(8)).choose("Enter: which way").shows("Enter goes down");
}

#[test]
fn r04_what_fails_is_asked_for_again_at_once_and_nothing_goes_on_before() {
    let mut screen = at_grid(begun(), USUAL);
    screen.scan("MIC-4").type_keys("142.30\n").shows("type again what the gauge shows");
    assert_snapshot!("grid_fails", screen.golden());
    screen.key(Key::Down).type_keys("142.01\n").shows("is typed again first");
    assert_eq!(stands(&screen, (4, 2)), None);
    screen.type_keys("142.03\n").shows("saved 142.03");
    assert_eq!(stands(&screen, (3, 2)).unwrap(), "142.03 mm");
    screen.shows("142.01").type_keys("\n").shows("saved 142.01");
}

#[test]
fn news_that_come_while_a_value_is_saved_do_not_hold_the_focus_back() {
    let mut screen = at_grid(begun(), USUAL);
    screen.scan("MIC-4").type_keys("142.30\n").shows("type again what the gauge shows");
    // What the store is asked for the news is answered before the value is saved.
    screen.store_hangs = true;
    screen.message(Message::News).type_keys("142.03\n142.05\n").store_answers();
    let saved = [3, 4].map(|rank| stands(&screen, (rank, 2)));
    assert_eq!(saved, ["142.03 mm", "142.05 mm"].map(|value| Some(value.to_owned())));
}

#[test]
fn r04_by_choice_what_fails_is_asked_for_at_the_end_and_nothing_closes_before() {
    let mut screen = at_grid(shafts(PLAN, 2), USUAL);
    screen.scan("MIC-4").choose("Fails: when asked").shows("at the end");
    screen.type_keys("19.99\n19.99\n").type_keys("142.30\n142.00\n").shows("1 to type again");
    screen.type_keys("0.01\n0.01\n").type_keys("0.5\n0.5\n").type_keys("1").type_keys("1");
    screen.hides("F3 signs").type_keys("1").type_keys("1");
    // The last value is there: the one that failed is asked for.
    screen.shows("type again what the gauge shows").shows("142.30");
    assert_snapshot!("grid_at_the_end", screen.golden());
    screen.type_keys("142.3\n").shows("The plan rejects the lot: F3 signs it.");
    assert_snapshot!("grid_rejects", screen.golden());
    screen.key(Key::F(3)).shows("REJECT").scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.shows("is rejected");
    assert_eq!(screen.shop.lot("L-22").deviation(), Some(&id("NCR-ASM1-0001")));
}

#[test]
fn a_block_is_pasted_said_in_words_and_recorded_by_a_digit_as_one_act() {
    let mut screen = at_grid(begun(), USUAL);
    screen.scan("MIC-4").key(Key::Down).key(Key::Left);
    let block = "19.990\t142.00\t0.010\n19.991\t142.30\t0.011\n";
    paste(&mut screen, block);
    screen.shows("Record 6 values of pieces").shows("1 outside limits");
    assert_snapshot!("grid_pasted", screen.golden());
    assert_eq!(stands(&screen, (4, 1)), None, "nothing is saved by a paste");
    screen.type_keys("2").shows("nothing of what was pasted was saved");
    paste(&mut screen, block);
    screen.type_keys("1").shows("saved 6 values");
    assert_eq!(stands(&screen, (5, 2)).unwrap(), "142.30 mm");
    screen.key(Key::Down).key(Key::Right).shows("NCR-ASM1-0001");
    // A head names its columns, and a cell that is no value keeps all of them out.
    let pieces: Vec<u32> = screen.shop.lot("L-22").chosen().into_iter().collect();
    let (one, other) = (pieces[6], pieces[7]);
    paste(&mut screen, &format!("piece;thread;4\n{one};go;0.5\n{other};no-go;0.6"));
    screen.shows("Record 4 values").type_keys("1").shows("saved 4 values");
    assert_eq!(stands(&screen, (8, 5)).unwrap(), "does not conform");
    paste(&mut screen, "19.99\tabc");
    screen.shows("line 1: ").shows("abc");
}

#[test]
fn r03_a_value_is_corrected_with_a_reason_and_commented_on() {
    let mut screen = at_grid(begun(), USUAL);
    screen.scan("MIC-4").key(Key::Up).type_keys("9").shows("F5 corrects it");
    screen.key(Key::F(5)).type_keys("\n").shows("type it first").type_keys("read again\n");
    screen.shows("again, read again").type_keys("142.04\n").shows("saved 142.04");
    assert_eq!(stands(&screen, (2, 2)).unwrap(), "142.04 mm");
    screen.key(Key::Up).key(Key::F(6)).type_keys("a scratch\n").shows("saved the comment");
    screen.shows("M. Okafor: a scratch");
    assert_snapshot!("grid_commented", screen.golden());
    // Esc leaves what was asked for, not the grid.
    screen.key(Key::F(6)).key(Key::Esc).shows("sample 2 of 20");
}

#[test]
fn each_column_has_its_gauge() {
    let mut screen = at_grid(begun(), USUAL);
    let known = gauges().into_iter().find(|row| row.gauge.as_str() == "MIC-4").unwrap();
    let other = GaugeRow { gauge: id("MIC-5"), ..known.clone() };
    screen.answers.gauges = Some(vec![known, other]);
    screen.scan("MIC-4").shows("gauge MIC-4").key(Key::Left).key(Key::F(4)).type_keys("2\n");
    screen.shows("gauge MIC-5");
    let text = screen.text();
    let heads = text.lines().find(|line| line.contains("  MIC-5")).unwrap();
    assert!(heads.contains("MIC-4"), "the length keeps its own: {heads}");
    // Who looks at the list and leaves it has chosen nothing.
    screen.key(Key::Right).key(Key::F(4)).key(Key::Esc);
    let text = screen.text();
    let heads = text.lines().find(|line| line.contains("  MIC-5")).unwrap();
    assert!(heads.contains("MIC-4"), "{heads}");
}

#[test]
fn limits_that_are_wider_than_their_column_stand_at_its_head_whole_or_not_at_all() {
    let grid_of = |limits| {
        let mut shop = Shop::open();
        shop.release(&single(limits));
        shop.comes_in("L-22", 2_000);
        at_grid(shop, USUAL).text()
    };
    let heads = |text: &str, line| text.lines().nth(line).unwrap_or_default().trim().to_owned();
    // As differences they would be cut: -0.0130/+0.0080.
    let text = grid_of(("20.0000", "19.9870", "20.0080"));
    assert_eq!((heads(&text, 4).as_str(), heads(&text, 5).as_str()), ("19.9870 ..", "20.0080 mm"));
    let text = grid_of(("1200.00001", "1199.98001", "1200.01001"));
    assert_eq!((heads(&text, 4).as_str(), heads(&text, 5).as_str()), ("…", "mm"), "{text}");
    assert!(text.contains("1199.98001 .. 1200.01001 mm"), "{text}");
}

#[test]
fn a_table_of_50_by_125_with_its_values_draws_what_is_seen_and_no_more() {
    let mut shop = Shop::open();
    shop.release(&wide(50));
    shop.comes_in("L-22", 2_000);
    let pieces: Vec<u32> = shop.lot("L-22").chosen().into_iter().collect();
    assert_eq!(pieces.len(), 125);
    let of = |piece: u32, ask| CellValue { piece, ask, value: value("142.02"), gauge: None };
    let values = pieces[..124].iter().flat_map(|piece| (1..=50).map(move |ask| of(*piece, ask)));
    shop.does("okafor", cells(values.collect(), Taken::Typed));
    let mut screen = at_grid(shop, USUAL);
    let drawn = |screen: &mut Screen| screen.text().matches('✓').count();
    // The one piece that is open is on the last page.
    screen.shows("columns 1 to 6 of 50").shows("rows 118 to 125 of 125").hides("width-7");
    assert_eq!(drawn(&mut screen), 7 * 6);
    screen.type_keys("142.05\n").shows("saved 142.05 mm");
    assert_eq!(stands(&screen, (125, 1)).unwrap(), "142.05 mm");
    // At the end of a column Enter goes on at the top of the next.
    screen.shows("rows 1 to 9 of 125");
    assert_eq!(drawn(&mut screen), 9 * 6);
    screen.key(Key::PageDown).shows("rows 10 to 18 of 125").key(Key::End).shows("columns 49 to 50");
    assert_eq!(drawn(&mut screen), 9 * 2);
}

#[test]
fn r04_what_another_inspector_is_asked_for_again_is_in_nobody_elses_way() {
    let mut shop = begun();
    let first = *shop.lot("L-22").chosen().iter().nth(3).unwrap();
    shop.does("ito", types((first, 2), "142.30"));
    let mut screen = at_grid(shop, USUAL);
    screen.scan("MIC-4").type_keys("142.01\n").shows("saved 142.01 mm");
    assert_eq!(stands(&screen, (3, 2)).unwrap(), "142.01 mm");
    // It is told all the same, and the lot is not decided before.
    screen.shows("1 to type again: F2").key(Key::F(2)).shows("Type again what the gauge shows");
}

#[test]
fn r03_two_values_of_one_cell_are_both_shown_and_corrected_together() {
    let mut shop = begun();
    shop.share();
    let first = *shop.lot("L-22").chosen().iter().nth(3).unwrap();
    shop.does("okafor", types((first, 1), "19.993"));
    shop.at("ASM2").does("okafor", types((first, 1), "19.998"));
    shop.at("ASM1").share();
    let mut screen = at_grid(shop, USUAL);
    screen.scan("MIC-4").key(Key::Up).key(Key::Down).key(Key::Left);
    screen.key(Key::Down).shows("recorded unseen by each other: 19.993 mm").shows("19.998 mm");
    assert_snapshot!("grid_recorded_twice", screen.golden());
    screen.key(Key::F(5)).shows("It stands for all 2 values").type_keys("read again\n");
    screen.type_keys("19.995\n").shows("saved 19.995 mm");
    let lot = screen.shop.lot("L-22");
    assert_eq!(lot.standing_at((first, 1)).len(), 1);
    assert_eq!(stands(&screen, (4, 1)).unwrap(), "19.995 mm");
}

#[test]
fn r13_a_pasted_block_that_is_not_recorded_survives_a_lock_and_is_asked_for_again() {
    let looks = Looks { idle_lock_min: NonZeroU32::MIN, ..USUAL };
    let mut screen = at_grid(begun(), looks);
    screen.scan("MIC-4");
    paste(&mut screen, "142.01\n142.02\n");
    screen.shows("Record 2 values of pieces").shows("1 yes   2 no");
    let kept = screen.asked.iter().rev().find_map(|effect| {
        let Effect::KeepDraft(key, text) = effect else { return None };
        key.starts_with("block ").then(|| (key.clone(), text.clone()))
    });
    let (key, text) = kept.expect("it is a draft of whoever pasted it");
    screen.seconds_pass(1).seconds_pass(60).shows("locked after 1 minute");
    // The store gives it back to its author.
    screen.scan("B-3052").type_keys(PIN).type_keys("\n");
    screen.message(Message::Draft(key.clone(), text));
    screen.choose("Lots to inspect").key(Key::Enter).key(Key::F(8));
    screen.shows("Record 2 values of pieces").type_keys("1").shows("scan a micrometer first");
    screen.scan("MIC-4").type_keys("1").shows("saved 2 values");
    assert_eq!(stands(&screen, (3, 2)).unwrap(), "142.01 mm");
    assert_eq!(stands(&screen, (4, 2)).unwrap(), "142.02 mm");
    assert!(screen.asked.contains(&Effect::DropDraft(key)), "recorded, it is no draft any more");
}
