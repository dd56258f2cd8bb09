//! A set on its screen, and the waits that every screen shows.

use gemba::domain::instruction::Ask;
use gemba::domain::traveler::set::{SetAct, SetCommand};
use gemba::ui::effect::Effect;
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::queue::{Queue, QueueState};
use insta::assert_snapshot;

use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_answers::unit;
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;
use crate::support::shop_plan::id;
use gemba::domain::decide::Command;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};

const THREE: [&str; 3] = ["WO-1881/0007", "WO-1881/0008", "WO-1881/0009"];

/// The pumps are marked and their set is opened.
pub(crate) fn opened(shop: Shop) -> Screen {
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.key(Key::Char(' ')).shows("1 unit is marked");
    screen.scan("0008").shows("2 units are marked");
    screen.key(Key::Down).key(Key::Char(' ')).shows("3 units are marked");
    screen.key(Key::Enter);
    screen
}

fn at(step: &str) -> StepAt {
    StepAt { operation: 20, step: id(step) }
}

/// Pumps brought to a step without a fault.
fn pumps_at(steps: &[&str]) -> Shop {
    pumps_in(plant(), steps)
}

/// As [`pumps_at`], in a plant that is there.
pub(crate) fn pumps_in(mut shop: Shop, steps: &[&str]) -> Shop {
    for (number, pump) in (1..).zip(THREE) {
        let (pump, housing) = (unit(pump), format!("H-{number}"));
        let does = |shop: &mut Shop, command| {
            shop.does("novak", Command::Traveler(pump.clone(), command));
        };
        does(&mut shop, TravelerCommand::Start);
        for step in steps {
            let texts: &[&str] = match *step {
                "pump" => &[pump.unit.as_str()],
                "parts" => &[housing.as_str(), "L-1"],
                _ => &[],
            };
            for (ask, text) in (1_u16..).zip(texts) {
                let entry = Entry::Text((*text).to_owned());
                does(&mut shop, TravelerCommand::Record { at: at(step), ask, sample: 1, entry });
            }
            if matches!(*step, "clean" | "cover") {
                let entry = Entry::Answer(true);
                does(&mut shop, TravelerCommand::Record { at: at(step), ask: 1, sample: 1, entry });
            }
            does(&mut shop, TravelerCommand::CompleteStep { at: at(step), read_in: None });
        }
    }
    shop
}

const TO_TORQUE: [&str; 4] = ["pump", "parts", "clean", "cover"];

#[test]
fn marked_units_are_started_together_and_a_scan_goes_to_its_row() {
    let mut screen = opened(plant());
    screen.shows("start work on 3 units").key(Key::Enter).shows("saved: work begun: 3 units");
    screen.shows("0007 Pump serial");
    screen.scan("0008").shows("0008: saved 0008").shows("0009 Pump serial");
    assert_snapshot!("set_scans", screen.golden());
}

#[test]
fn a_check_is_answered_with_yes_for_all_and_with_no_for_one() {
    let mut screen = opened(pumps_at(&TO_TORQUE[..2]));
    screen.shows("1 yes for all   2 no for 0007").type_keys("2").shows("0007: saved no");
    screen.type_keys("1").shows("saved yes: 3 units").shows("step done for 3 units");
    screen.key(Key::Enter).shows("saved: step done: 3 units");
}

/// Pumps whose first step is a check with a torque wrench.
fn clicking() -> Shop {
    let mut shop = plant();
    let known = shop.instructions.values().find(|known| known.id == id("WI-1040"));
    let mut ruled = (**known.unwrap()).clone();
    ruled.revision = id("D");
    ruled.steps[0].asks = vec![Ask::Check {
        question: "Did it click?".to_owned(),
        gauge: Some(id("torque-wrench")),
        setting: None,
    }];
    shop.release_read(&ruled);
    shop
}

#[test]
fn r05_a_check_of_a_set_says_at_its_line_with_which_gauge_and_until_when_it_is_good() {
    let mut screen = opened(pumps_in(clicking(), &[]));
    screen.shows("Did it click?").shows("gauge: no gauge yet").shows("F4 gauge");
    screen.scan("TW-07").shows("gauge: TW-07 due 11-30");
    assert_snapshot!("set_check_with_a_gauge", screen.golden());
    screen.type_keys("1").shows("saved yes: 3 units");
}

#[test]
fn r05_a_reading_of_a_set_says_at_its_line_with_which_gauge_it_is_taken() {
    let mut screen = opened(pumps_at(&TO_TORQUE));
    screen.shows("gauge: no gauge yet").scan("TW-07").shows("gauge: TW-07 due 11-30");
}

#[test]
fn r04_a_failing_unit_is_shown_as_left_with_why() {
    let mut screen = opened(pumps_at(&TO_TORQUE));
    screen.scan("TW-07").type_keys("25\n").shows("0007: saved 25").shows("0008 Bolt torque 1 of 4");
    screen.type_keys("27.3\n").shows("27.3 N·m is outside its limits");
    assert_snapshot!("set_retype", screen.golden());
    screen.type_keys("27.3\n").shows("0008 left the set").shows("2 of 3 go on, 1 left the set");
    assert_snapshot!("set_left", screen.golden());
    screen.shows("0009 Bolt torque");
}

#[test]
fn r13_what_was_typed_for_a_unit_stays_with_it() {
    let mut screen = opened(pumps_at(&TO_TORQUE));
    screen.scan("TW-07").type_keys("24.").key(Key::Down).shows("0008 Bolt torque");
    screen.hides("24.").key(Key::Up).shows("24.").key(Key::Esc).shows("Work here");
    screen.shows("✓").key(Key::Enter).shows("24.");
}

#[test]
fn r11_a_supervisor_accepts_a_wait_that_cannot_be_proven_for_all_at_once() {
    let mut shop = curing();
    shop.later(1_300).reboot();
    let mut screen = Screen::signed_in(shop, "B-4011");
    screen.key(Key::Char(' ')).scan("0008").key(Key::Down).key(Key::Char(' ')).key(Key::Enter);
    screen.shows("a supervisor accepts it for all, F9");
    screen.key(Key::Menu).shows("Accept the wait").type_keys("4");
    screen.shows("for 3 units").type_keys("oven log 7\n").shows("saved: wait accepted");
    let sets = screen.asked.iter().filter(|effect| matches!(effect, Effect::RecordSet(..)));
    assert_eq!(sets.count(), 1, "one act");
    for pump in THREE {
        let stream = screen.shop.stream(&Subject::Traveler(unit(pump))).state;
        let StreamState::Traveler(state) = stream else { panic!("{stream:?}") };
        let accepted = state.attempts.last().unwrap().wait_accepted.as_deref();
        assert_eq!(accepted, Some("oven log 7"), "{pump}");
    }
}

/// The waits of the three pumps run at the station.
pub(crate) fn waiting(screen: &mut Screen) {
    let units: Vec<TravelerId> = THREE.iter().map(|pump| unit(pump)).collect();
    let waits = screen.shop.waits(&units);
    screen.message(Message::Waits(waits));
}

/// Three pumps whose sealant cures since now.
pub(crate) fn curing() -> Shop {
    let mut shop = pumps_at(&TO_TORQUE);
    for pump in THREE {
        for sample in 1..=4 {
            let entry = Entry::Reading {
                value: crate::support::shop_plan::reading("25", "N·m"),
                gauge: Some(id("TW-07")),
            };
            let record = TravelerCommand::Record { at: at("torque"), ask: 1, sample, entry };
            shop.does("novak", Command::Traveler(unit(pump), record));
        }
        let complete = TravelerCommand::CompleteStep { at: at("torque"), read_in: None };
        shop.does("novak", Command::Traveler(unit(pump), complete));
    }
    let units = THREE.iter().map(|pump| unit(pump)).collect();
    let command = SetCommand::BeginWait { at: at("cure"), ask: 1 };
    shop.tries_set("novak", &SetAct { units, command }).unwrap();
    shop
}

fn beeps(screen: &mut Screen) -> usize {
    let asked = std::mem::take(&mut screen.asked);
    asked.iter().filter(|effect| **effect == Effect::Beep).count()
}

#[test]
fn a_running_wait_is_seen_on_every_screen() {
    let mut screen = Screen::new(curing(), USUAL);
    waiting(&mut screen);
    screen.seconds_pass(30);
    assert_snapshot!("wait_sign_in", screen.golden());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    assert_snapshot!("wait_queue", screen.golden());
    screen.scan("0007");
    assert_snapshot!("wait_traveler", screen.golden());
    screen.key(Key::Esc).menu("4").shows("early shift");
    assert_snapshot!("wait_board", screen.golden());
    screen.key(Key::Esc).key(Key::Menu).type_keys("93").shows("Running waits");
    assert_snapshot!("waits", screen.golden());
    screen.key(Key::Enter).shows("3 units together");
    assert_snapshot!("set_waits", screen.golden());
}

#[test]
fn r11_a_wait_rings_once_and_ticks_by_the_second_only_near_its_ring() {
    let mut screen = Screen::signed_in(curing(), "B-2107");
    waiting(&mut screen);
    screen.seconds_pass(1_000);
    beeps(&mut screen);
    assert!(!screen.seconds, "the clock's minute is enough");
    screen.seconds_pass(80);
    assert!(screen.seconds);
    screen.seconds_pass(60);
    assert_eq!(beeps(&mut screen), 1, "a minute before it is long enough");
    screen.shows("1 min to go").seconds_pass(1);
    assert_eq!(beeps(&mut screen), 0, "once");
    screen.seconds_pass(59);
    assert_eq!(beeps(&mut screen), 1, "and when it is");
    screen.shows("done, 1 h 40 min left").seconds_pass(5_940);
    assert_eq!(beeps(&mut screen), 1, "and before it is too long");
    screen.seconds_pass(120).shows("too long");
    assert_eq!(beeps(&mut screen), 0);
}

#[test]
fn r11_a_wait_that_becomes_too_long_is_shown_so_within_a_second() {
    let mut screen = Screen::signed_in(curing(), "B-2107");
    waiting(&mut screen);
    // Two hours at most; its last ring came a minute before.
    screen.seconds_pass(7_141).shows("1 min left");
    assert!(screen.seconds, "the last minute of a wait ticks by the second after its ring too");
    screen.seconds_pass(59).shows("1 min left");
    assert!(screen.seconds);
    screen.seconds_pass(1).shows("too long");
    assert!(!screen.seconds, "then the clock's minute is enough");
}

#[test]
fn nothing_is_drawn_while_a_wait_runs_within_a_minute() {
    let mut screen = Screen::signed_in(curing(), "B-2107");
    waiting(&mut screen);
    screen.seconds_pass(31);
    let changed = |screen: &mut Screen, seconds| {
        screen.cells_changed(|screen| {
            screen.seconds_pass(seconds);
        })
    };
    assert_eq!(changed(&mut screen, 20), 0);
    assert!(changed(&mut screen, 60) <= 4);
}

#[test]
fn one_signature_names_every_unit_of_the_set() {
    let mut shop = curing();
    shop.later(1_300);
    let mut screen = opened(shop);
    screen.shows("step done for 3 units").key(Key::Enter).shows("Joint gap");
    screen.scan("FG-02").type_keys("0.03\n0.02\n0.04\n").shows("step done for 3 units");
    screen.key(Key::Enter).shows("inspector signs verified, once for 3 units").key(Key::Enter);
    assert_snapshot!("set_sign", screen.golden());
    screen.scan("B-2107").type_keys(PIN).key(Key::Enter).shows("P10");
    screen.key(Key::Esc).key(Key::Esc).key(Key::Enter);
    screen.scan("B-3052").type_keys(PIN).key(Key::Enter).shows("saved: signed");
}

#[test]
fn r06_what_came_to_a_unit_of_the_set_is_shown_marked_and_signed_then() {
    let mut shop = curing();
    shop.later(1_300);
    let mut screen = opened(shop);
    screen.key(Key::Enter).scan("FG-02").type_keys("0.03\n0.02\n0.04\n").key(Key::Enter);
    screen.key(Key::Enter).scan("B-3052").type_keys(PIN);
    screen.shop.unit("0008");
    let corrected = screen.shop.correct(1, "25.2");
    screen.shop.does("novak", corrected);
    screen.key(Key::Enter).shows("(P41)").shows("! 0008 ").shows("corrected to 25.2");
    assert_snapshot!("set_sign_came_since", screen.golden());
    screen.type_keys(PIN).key(Key::Enter).shows("saved: signed");
}

#[test]
fn twelve_units_fit_and_more_are_on_the_next_page() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let mut rows = crate::support::screen_answers::queue().here;
    let row = rows.remove(1);
    let named = |n: u32| gemba::views::queue::QueueRow {
        traveler: unit(&format!("WO-1881/{n:04}")),
        state: QueueState::Ready,
        ..row.clone()
    };
    let here = (1..=14).map(named).collect();
    let queue = Queue { here, today: row.due, ..Queue::default() };
    screen.answers.queue = Some(queue);
    screen.message(Message::News);
    for _ in 0..14 {
        screen.key(Key::Up);
    }
    for _ in 0..14 {
        screen.key(Key::Char(' '));
    }
    screen.shows("14 units are marked").key(Key::Enter).shows("start work on 14 units");
    screen.shows("0012").hides("0013").shows("1 to 12 of 14");
    assert_snapshot!("set_of_fourteen", screen.golden());
    screen.key(Key::PageDown).shows("0013").hides("0012").shows("13 to 14 of 14");
}

#[test]
fn f2_opens_the_form_of_the_unit_that_has_the_focus_with_everything_known_filled_in() {
    let mut screen = opened(pumps_at(&TO_TORQUE));
    screen.scan("TW-07").key(Key::F(2)).shows("Raise a deviation").shows("op 20  torque");
    screen.shows("About          c-torque").shows("Close by");
    screen.type_keys("thread torn\n").shows("left: NCR-ASM1-0001");
}
