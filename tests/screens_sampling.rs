//! A morning of samples, by keys alone: the first after the setup, one in three, and one more.

use gemba::domain::instruction::Ask;
use gemba::domain::sampling::Sampling;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_set::{opened, pumps_in};
use crate::support::screen::Screen;
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;
use crate::support::shop_plan::id;
use crate::support::shop_sampling::set_up;

/// A bench that was set up for the step just now.
fn bench() -> Shop {
    let mut shop = Shop::sampling("first, then 1 in 3 per setup");
    shop.notes(set_up());
    shop
}

/// Chooses an act of the menu's second page, by the digit that stands beside it.
fn choose(screen: &mut Screen, act: &str) {
    screen.menu("9");
    let text = screen.text();
    let line = text.lines().find(|line| line.contains(act)).unwrap_or_else(|| panic!("{text}"));
    let digit = line.split(act).next().unwrap().split_whitespace().last().unwrap().to_owned();
    screen.type_keys(&digit);
}

#[test]
fn a_morning_of_samples_from_the_setup_to_one_that_is_taken_anyway() {
    let mut screen = Screen::signed_in(bench(), "B-2107");
    // The first after the setup is measured.
    screen.scan("WO-S/0001").key(Key::Enter).shows("sampled: first after setup");
    assert_snapshot!("sampled_first", screen.golden());
    screen.key(Key::Enter).hides("step 1 done").type_keys("0.02\n").shows("0.02 Pass");
    screen.key(Key::Enter).shows("saved: step 1 done").key(Key::Enter);
    // The next two are not, and one Enter passes them.
    screen.scan("WO-S/0002").key(Key::Enter).shows("not sampled, next in 2");
    assert_snapshot!("not_sampled", screen.golden());
    screen.key(Key::Enter).shows("saved: step 1 done").key(Key::Enter);
    screen.scan("WO-S/0003").key(Key::Enter).shows("not sampled, the next unit is");
    // Something looks odd: it is measured anyway, and the count stays as it is.
    choose(&mut screen, "Measure anyway");
    screen.shows("value").type_keys("0.04\n").shows("0.04 Pass");
    screen.shows("not sampled, the next unit is").key(Key::Enter).shows("saved: step 1 done");
    screen.key(Key::Enter);
    screen.scan("WO-S/0004").key(Key::Enter).shows("sampled: 1 in 3 per setup");
}

#[test]
fn measuring_anyway_is_left_again_by_the_same_choice() {
    let mut shop = bench();
    shop.passes("WO-S", 1);
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("WO-S/0002").key(Key::Enter).shows("Enter: step done");
    choose(&mut screen, "Measure anyway");
    screen.hides("Enter: step done");
    choose(&mut screen, "Measure anyway");
    screen.shows("Enter: step done").key(Key::Enter).shows("saved: step 1 done");
}

#[test]
fn a_sampled_unit_that_fails_is_held_as_any_other() {
    let mut screen = Screen::signed_in(bench(), "B-2107");
    screen.scan("WO-S/0001").key(Key::Enter).type_keys("0.07\n").shows("deviation opens");
    screen.type_keys("0.07\n").shows("NCR-ASM1-0001");
}

#[test]
fn a_set_measures_the_units_that_are_sampled_and_says_so_of_the_others() {
    let mut shop = plant();
    let known = shop.instructions.values().find(|known| known.id == id("WI-1040"));
    let mut ruled = (**known.unwrap()).clone();
    ruled.revision = id("D");
    let torque = ruled.steps.iter_mut().find(|step| step.id == id("torque")).unwrap();
    let Ask::Measure(measure) = &mut torque.asks[0] else { panic!() };
    measure.rules.sampling = Sampling::parse("first, then 1 in 10 per place").ok();
    measure.count = 1;
    shop.release_read(&ruled);
    let shop = pumps_in(shop, &["pump", "parts", "clean", "cover"]);
    let mut screen = opened(shop);
    screen.scan("TW-07").type_keys("25.1\n").shows("25.1 N·m");
    assert_snapshot!("a_set_with_a_sample", screen.golden());
    screen.key(Key::Enter).shows("3 units");
}
