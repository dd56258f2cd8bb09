//! Units in a row that fail at a bench, by keys alone: the operation is held there, and goes on.

use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::Screen;
use crate::support::shop::Shop;

/// Two units in a row have failed; the third is begun.
pub(crate) fn two_failed() -> Shop {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2);
    shop
}

#[test]
fn a_third_failure_in_a_row_holds_the_operation_and_says_so_at_the_next_unit() {
    let mut screen = Screen::signed_in(two_failed(), "B-2107");
    screen.scan("WO-S/0003").key(Key::Enter).type_keys("0.07\n0.07\n").key(Key::Esc).key(Key::Esc);
    screen.scan("WO-S/0004").key(Key::Enter);
    assert_snapshot!("operation_held", screen.golden());
}

#[test]
fn a_supervisor_sees_it_on_the_board_and_lets_the_operation_go_on() {
    let mut shop = two_failed();
    shop.fail(3..=3).later(300);
    let mut screen = Screen::signed_in(shop, "B-4011");
    screen.choose("Shift board");
    assert_snapshot!("board_held", screen.golden());
    screen.key(Key::Enter);
    assert_snapshot!("operation_release", screen.golden());
    screen.type_keys("bit replaced\n").shows("saved: the operation goes on");
    assert!(screen.shop.place_state("ASM-1").open_operation_holds().next().is_none());
}
