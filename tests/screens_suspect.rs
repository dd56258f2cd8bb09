//! A failed sample at the bench, by keys alone: what it holds, where that is, and how it is sorted.

use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::Screen;
use crate::support::shop::Shop;
use crate::support::shop_sampling::set_up;

/// Chooses an act from the numbered menu by its words.
fn choose(screen: &mut Screen, act: &str) {
    screen.key(Key::Menu);
    for _ in 0..5 {
        let text = screen.text();
        let found = text.lines().find_map(|line| line.split_once(act));
        if let Some(digit) = found.and_then(|(before, _)| before.trim_end().chars().last()) {
            screen.type_keys(&digit.to_string());
            return;
        }
        screen.type_keys("9");
    }
    panic!("the menu has no {act}: {}", screen.text());
}

/// The third unit after the good first one fails.
pub(crate) fn failed() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 3 per setup");
    shop.notes(set_up());
    shop.measured(1..=3);
    shop
}

#[test]
fn a_failed_sample_holds_the_units_before_it_and_each_is_sorted_at_the_bench() {
    let mut screen = Screen::signed_in(failed(), "B-2107");
    screen.scan("WO-S/0004").key(Key::Enter).shows("sampled: 1 in 3 per setup");
    screen.type_keys("0.07\n").shows("This value is outside its limits");
    screen.shows("held too: 2 units made since the last good check");
    assert_snapshot!("suspects_told", screen.golden());
    screen.type_keys("0.07\n").key(Key::Esc).shows("held too: 2 units").key(Key::Esc);
    choose(&mut screen, "Suspect units");
    screen.shows("2 of 2 held");
    assert_snapshot!("suspects", screen.golden());
    screen.type_keys("\n").shows("WO-S/0002").shows("finished");
    assert_snapshot!("suspect_range", screen.golden());
    screen.key(Key::Enter).shows("On hold").shows("sort it: measure Joint gap, 1 of 1");
    assert_snapshot!("suspect_unit", screen.golden());
    screen.key(Key::Enter).shows("max 0.05").shows("sorting 1 of 1").hides("not sampled");
    assert_snapshot!("suspect_sorting", screen.golden());
    screen.type_keys("0.03\n").shows("saved 0.03 mm").shows("Every operation of this unit is done");
    screen.key(Key::Esc).shows("1 of 2 held").shows("sorted");
}

#[test]
fn sorting_is_left_again_by_the_same_key_and_a_value_that_fails_is_typed_again() {
    let mut screen = Screen::signed_in(failed(), "B-2107");
    screen.scan("WO-S/0004").key(Key::Enter).type_keys("0.07\n0.07\n").key(Key::Esc).key(Key::Esc);
    screen.scan("WO-S/0002").shows("On hold").key(Key::Enter).hides("On hold");
    screen.key(Key::F(3)).shows("On hold").key(Key::Enter);
    screen.type_keys("0.09\n").shows("This value is outside its limits");
    screen.type_keys("0.04\n").shows("Every operation of this unit is done");
}

#[test]
fn quality_lets_all_that_are_held_go_on_with_a_reason() {
    let mut screen = Screen::signed_in(failed(), "B-2107");
    screen.scan("WO-S/0004").key(Key::Enter).type_keys("0.07\n0.07\n").key(Key::Esc).key(Key::Esc);
    let mut screen = Screen::signed_in(screen.shop.clone(), "B-5020");
    choose(&mut screen, "Suspect units");
    screen.type_keys("\n").key(Key::F(3)).shows("Why may they go on?");
    screen.type_keys("\n").shows("type a few words first");
    assert_snapshot!("suspect_release", screen.golden());
    screen.type_keys("reworked at packing\n").shows("2 units may go on").shows("0 of 2 held");
}
