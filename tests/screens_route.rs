//! Screens of a route with rules: free steps, steps that are not needed, pauses, accepted work.

use gemba::domain::deviation::Raise;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::queue::{Queue, QueueRow, QueueState};
use insta::assert_snapshot;

use crate::rules_route::approves;
use crate::support::screen::Screen;
use crate::support::shop::Shop;
use crate::support::shop_plan::{disposes, id, pause, rework};
use crate::support::shop_route::{accepts, coat, done, says};

/// The unit open on the screen, by a badge.
fn open(shop: Shop, badge: &str) -> Screen {
    let mut screen = Screen::signed_in(shop, badge);
    screen.scan("WO-R/0001");
    screen
}

#[test]
fn a_free_step_is_chosen_by_one_key_and_keeps_what_was_typed() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    let mut screen = open(shop, "B-2107");
    screen.shows("Masked?").shows("F3 other step");
    screen.key(Key::F(3)).shows("Tag").type_keys("77");
    assert_snapshot!("free_step", screen.golden());
    screen.key(Key::F(3)).shows("Masked?").hides("77");
    screen.key(Key::F(3)).shows("77").key(Key::Enter).shows("saved 77");
    screen.key(Key::Enter).shows("saved: step 3 done").shows("Masked?").hides("F3 other step");
}

#[test]
fn a_step_that_is_not_needed_is_shown_as_that() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").masked();
    let mut screen = open(shop, "B-2107");
    screen.shows("not needed");
    assert_snapshot!("not_needed", screen.golden());
}

#[test]
fn the_attempts_left_are_told() {
    let mut shop = Shop::coating();
    let mut first = open(shop.clone(), "B-2107");
    first.shows("attempt 1 of 2");
    let raise = TravelerCommand::RaiseDeviation {
        at: coat("view"),
        raise: Box::new(Raise::noted("a scratch")),
    };
    shop.does("novak", says("view", 1, false)).does("novak", raise);
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("view")));
    open(shop, "B-2107").shows("attempt 2 of 2");
}

#[test]
fn who_else_is_at_work_on_a_step_is_named() {
    let mut shop = Shop::coating();
    shop.does("green", says("view", 1, false));
    open(shop, "B-2107").shows("with");
}

#[test]
fn a_pause_offers_the_sites_reasons_by_digit_and_takes_any_other() {
    let mut screen = open(Shop::coating(), "B-2107");
    screen.key(Key::F(8)).shows("1  break").shows("2  waiting for parts");
    screen.type_keys("2");
    assert_snapshot!("pause_offers", screen.golden());
    screen.type_keys("1").key(Key::Enter).shows("Paused: break").shows("by A. Novak");
    screen.key(Key::F(8)).shows("work goes on");
    screen.key(Key::F(8)).type_keys("no cloth").key(Key::Enter).shows("Paused: no cloth");
}

#[test]
fn work_goes_on_with_a_note_that_is_typed_or_without() {
    let mut shop = Shop::coating();
    shop.does("novak", pause());
    let mut screen = open(shop, "B-2107");
    screen.shows("F8 goes on, with what").type_keys("cloth came").key(Key::F(8));
    screen.shows("work goes on");
    assert_eq!(screen.shop.state().pauses[0].note.as_deref(), Some("cloth came"));
    screen.key(Key::F(8)).type_keys("1\n").shows("Paused: break").key(Key::F(8));
    assert_eq!(screen.shop.state().pauses[1].note, None);
}

#[test]
fn an_answer_is_taken_back_with_a_reason_before_the_step_ends() {
    let mut shop = Shop::coating();
    shop.does("novak", says("view", 1, true));
    let mut screen = open(shop, "B-2107");
    screen.key(Key::F(5)).shows("Scratched?").shows("yes").key(Key::Enter).shows("it is no");
    screen.type_keys("wrong key\n").shows("Scratched?: yes becomes no");
    assert_snapshot!("answer_taken_back", screen.golden());
    screen.key(Key::Enter).shows("saved: value corrected, the first one is kept");
}

#[test]
fn others_see_who_paused_why_and_since_when() {
    let mut shop = Shop::coating();
    shop.does("novak", pause()).later(600);
    let mut screen = open(shop, "B-4011");
    screen.shows("Paused: lunch").shows("by A. Novak, 10 min ago");
}

#[test]
fn a_supervisor_accepts_earlier_work_from_the_menu() {
    let mut shop = Shop::coating();
    shop.place("INC-1");
    let mut screen = open(shop, "B-4011");
    let digits = menu_digits(&mut screen, "Accept earlier work");
    screen.menu(&digits).shows("How do you know that it is done?");
    assert_snapshot!("accept_earlier_work", screen.golden());
    screen.type_keys("paper traveler").key(Key::Enter).shows("accepted, not done");
    screen.shows("op 40 Packing").shows("10 Coating accepted, not done: paper traveler");
    screen.shows("F3 other step").shows("Esc back");
    assert_eq!(screen.shop.state().accepted[&10].evidence, "paper traveler");
}

#[test]
fn earlier_work_is_accepted_before_anything_of_the_unit_is_known_here() {
    let mut shop = Shop::coats();
    shop.place("INC-1");
    let mut screen = open(shop, "B-4011");
    screen.shows("Not begun");
    let digits = menu_digits(&mut screen, "Accept earlier work");
    screen.menu(&digits).type_keys("paper traveler").key(Key::Enter).shows("accepted, not done");
}

#[test]
fn accepted_work_that_is_still_open_is_reached_by_the_same_key() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("brandt", accepts(10)).place("INC-1");
    let mut screen = open(shop, "B-2107");
    screen.shows("op 40 Packing").key(Key::F(3)).shows("op 10 Coating").shows("Masked?");
}

#[test]
fn of_several_open_operations_that_of_this_place_is_shown() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("brandt", accepts(10));
    open(shop.clone(), "B-2107").shows("op 10 Coating").shows("Masked?");
    open(shop.place("INC-1").clone(), "B-2107").shows("op 40 Packing");
}

#[test]
fn the_operation_chosen_in_the_queue_is_the_one_that_opens() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").does("brandt", accepts(10));
    let row = |operation, name: &str| QueueRow {
        traveler: shop.traveler.clone(),
        part: id("PL-7"),
        title: name.to_owned(),
        quantity: None,
        operation,
        operation_name: name.to_owned(),
        work_center: id("ASM"),
        due: None,
        priority: 2,
        accepted: None,
        first: Vec::new(),
        state: QueueState::Begun { step: 1, steps: 2, paused: None },
    };
    let here = vec![row(10, "Coating"), row(40, "Packing")];
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.answers.queue = Some(Queue { here, ..Queue::default() });
    screen.message(Message::News).shows("10 Coating").shows("40 Packing");
    screen.key(Key::Down).message(Message::News).key(Key::Enter).shows("op 40 Packing");
    screen.key(Key::Esc).key(Key::Up).key(Key::Enter).shows("op 10 Coating");
    // The step that is done leaves the operation that was chosen.
    screen.type_keys("1\n").shows("op 10 Coating").shows("Tag");
}

/// The digits of an act in the menu.
fn menu_digits(screen: &mut Screen, act: &str) -> String {
    screen.key(Key::Menu);
    let mut digits = String::new();
    for _ in 0..4 {
        let text = screen.text();
        let before = text.lines().find_map(|line| line.split_once(act).map(|(before, _)| before));
        if let Some(before) = before {
            let number = before.trim_end().rsplit(' ').next().unwrap().trim_start_matches('▐');
            screen.key(Key::Esc);
            return digits + number;
        }
        digits.push('9');
        screen.type_keys("9");
    }
    panic!("no {act:?} in the menu");
}

#[test]
fn a_unit_that_goes_on_elsewhere_says_where_and_enter_takes_the_next_one() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03").masked();
    shop.does("novak", done("dry")).does("okafor", approves());
    let mut screen = open(shop, "B-2107");
    screen.shows("step 8 of 8").key(Key::Enter).shows("Nothing is left to do at this place");
    screen.shows("next: 40 Packing at INC");
    assert_snapshot!("elsewhere", screen.golden());
    screen.key(Key::Enter).shows("Work here");
}
