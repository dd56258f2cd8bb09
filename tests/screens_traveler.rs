//! The screens of the work, as they look: from an order that waits to a unit that is finished.

use gemba::domain::deviation::Disposition;
use gemba::domain::instruction::Ask;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::support::screen::{PIN, Screen};
use crate::support::screen_answers::gauges;
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;
use crate::support::shop_deviations::FIRST;
use crate::support::shop_plan::{answer, begin_wait, complete, disposes, id, reading, signs, text};

/// A pump whose steps before the one named are done.
pub(crate) fn reaching(step: &str) -> Shop {
    let mut shop = plant();
    shop.does("novak", TravelerCommand::Start);
    for before in ["pump", "parts", "clean", "cover", "torque", "cure", "gap", "signoff"] {
        if before == step {
            break;
        }
        match before {
            "pump" => shop.does("novak", text("pump", 1, "0007")),
            "parts" => shop
                .does("novak", text("parts", 1, "H-2209"))
                .does("novak", text("parts", 2, "LOT-7")),
            "clean" | "cover" => shop.does("novak", answer(before, 1, true)),
            "torque" => {
                for (sample, text) in [(1, "24.8"), (2, "25.1"), (3, "25.0"), (4, "24.9")] {
                    shop.does("novak", torque(sample, text));
                }
                &mut shop
            }
            "cure" => shop.does("novak", begin_wait("cure")).later(1300),
            "gap" => {
                let value = reading("0.03", "mm");
                let gauge = Some(id("FG-02"));
                shop.does("novak", record("gap", 1, 1, Entry::Reading { value, gauge }))
            }
            "signoff" => shop.does("okafor", signs("signoff", 1)),
            other => panic!("the plant has no step {other}"),
        };
        shop.does("novak", complete(before));
    }
    shop
}

fn record(step: &str, ask: u16, sample: u16, entry: Entry) -> TravelerCommand {
    TravelerCommand::Record { at: crate::support::shop_plan::at(step), ask, sample, entry }
}

pub(crate) fn torque(sample: u16, text: &str) -> TravelerCommand {
    crate::support::shop_plan::torque(sample, text)
}

/// The unit open on the screen, at a step.
pub(crate) fn at(step: &str) -> Screen {
    let mut screen = Screen::signed_in(reaching(step), "B-2107");
    screen.scan("0007");
    screen
}

/// At the torque step with the wrench chosen and two readings taken.
pub(crate) fn torquing() -> Screen {
    let mut screen = at("torque");
    screen.scan("TW-07").type_keys("24.8\n25.1\n");
    screen
}

#[test]
fn a_unit_that_waits_says_what_starting_it_means() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.scan("0007");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_scan_is_asked_for() {
    assert_snapshot!(at("pump").golden());
}

#[test]
fn the_second_of_two_components_is_asked_for() {
    let mut screen = at("parts");
    screen.scan("H-2209");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_check_asks_yes_or_no_beside_its_warning() {
    assert_snapshot!(at("clean").golden());
}

#[test]
fn a_check_answered_with_no_asks_again() {
    let mut screen = at("clean");
    screen.type_keys("2");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_measure_shows_its_limits_before_the_first_value() {
    assert_snapshot!(at("torque").golden());
}

#[test]
fn a_value_being_typed_stands_beside_what_was_recorded() {
    let mut screen = torquing();
    screen.type_keys("2");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_last_value_of_a_step_is_shown_before_the_step_is_done() {
    let mut screen = torquing();
    screen.type_keys("25.0\n23\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_failing_reading_asks_to_be_typed_again() {
    let mut screen = torquing();
    screen.type_keys("27.3\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_failing_reading_that_looks_like_a_slip_says_so() {
    let mut screen = torquing();
    screen.type_keys("251\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_same_value_again_opens_the_deviation_with_everything_known() {
    let mut screen = torquing();
    screen.type_keys("27.3\n27.30\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_unit_on_hold_says_what_it_waits_for() {
    let mut screen = torquing();
    screen.type_keys("27.3\n27.3\n").key(Key::Esc);
    assert_snapshot!(screen.golden());
}

#[test]
fn a_corrected_value_stays_visible_beside_the_first() {
    let mut screen = torquing();
    screen.type_keys("27.3\n25.2\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_wait_is_started_with_enter() {
    assert_snapshot!(at("cure").golden());
}

#[test]
fn a_running_wait_shows_what_is_left() {
    let mut screen = at("cure");
    screen.type_keys("\n").seconds_pass(725);
    assert!(screen.seconds, "a running clock ticks by the second");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_wait_that_was_long_enough_says_so() {
    let mut screen = at("cure");
    screen.type_keys("\n").seconds_pass(1205);
    assert_snapshot!(screen.golden());
}

#[test]
fn a_wait_that_was_too_long_says_so_and_does_not_end_its_step() {
    let mut screen = at("cure");
    screen.type_keys("\n").seconds_pass(7_205).shows("too long");
    assert_snapshot!("a_wait_that_was_too_long", screen.golden());
    screen.type_keys("\n").shows("(W02)");
}

#[test]
fn a_wait_across_a_restart_says_that_nobody_can_tell_how_long_it_was() {
    let mut shop = reaching("cure");
    shop.does("novak", begin_wait("cure")).later(1_300).reboot();
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").shows("not proven after a restart");
    assert_snapshot!("a_wait_that_cannot_be_proven", screen.golden());
    screen.type_keys("\n").shows("(W03)");
}

#[test]
fn a_text_and_a_number_are_asked_for_by_their_labels() {
    let mut screen = Screen::signed_in(Shop::reaching("look"), "B-2107");
    screen.scan("WO-1/0001").type_keys("1").type_keys("21\n").shows("▶ Remark");
    screen.type_keys("dust in th");
    assert_snapshot!("a_text_is_asked_for", screen.golden());
    screen.type_keys("e seat\n").shows("▶ Count").type_keys("12");
    assert_snapshot!("a_number_is_asked_for", screen.golden());
    screen.type_keys("\n").shows("Enter: step done");
}

#[test]
fn a_unit_whose_instruction_is_not_here_says_what_brings_it() {
    let mut shop = reaching("torque");
    shop.instructions.clear();
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").shows("Instruction missing");
    assert_snapshot!("instruction_missing", screen.golden());
}

#[test]
fn a_unit_that_nobody_knows_here_says_so() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    for _ in 0..4 {
        screen.key(Key::Down);
    }
    screen.type_keys("\n\n").shows("This unit is not known at this station.");
    assert_snapshot!("unit_unknown", screen.golden());
}

#[test]
fn a_unit_that_ended_says_how() {
    for (name, end) in [("ended_scrap", Disposition::Scrap), ("ended_return", Disposition::Return)]
    {
        let mut shop = supervisor().shop;
        shop.does("brandt", disposes(FIRST, end));
        let mut screen = Screen::signed_in(shop, "B-2107");
        screen.scan("0007").shows("This unit has ended");
        assert_snapshot!(name, screen.golden());
    }
}

#[test]
fn a_one_sided_limit_has_its_bar_from_the_nominal() {
    let mut screen = at("gap");
    screen.scan("FG-02").type_keys("0.03\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_signature_is_asked_for() {
    assert_snapshot!(at("signoff").golden());
}

#[test]
fn a_signature_says_what_it_means_and_covers() {
    let mut screen = at("signoff");
    screen.type_keys("\n").scan("B-3052").type_keys("4829");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_signed_step_names_the_signer() {
    let mut screen = at("signoff");
    screen.type_keys("\n").scan("B-3052").type_keys("482913\n");
    screen.shows("A. Novak");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_finished_unit_says_what_became_of_it() {
    assert_snapshot!(at("").golden());
}

#[test]
fn a_pause_shows_its_reason() {
    let mut screen = at("torque");
    screen.key(Key::F(8)).type_keys("lunch\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_second_attempt_is_marked_as_one() {
    let mut shop = reaching("torque");
    for (sample, text) in [(1, "24.8"), (2, "27.3")] {
        shop.does("novak", torque(sample, text));
    }
    let retype = shop.retype(2, "27.3");
    shop.does("novak", retype);
    let rework = crate::support::shop_plan::rework("cover");
    shop.does("brandt", disposes("NCR-ASM1-0001", rework));
    shop.does("novak", answer("cover", 1, true)).does("novak", complete("cover"));
    shop.does("novak", torque(1, "25.1"));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007");
    assert_snapshot!(screen.golden());
}

/// The lot of shafts, with its first characteristic.
fn shafts() -> Screen {
    let mut shop = plant();
    shop.place("INC-1");
    shop.traveler = crate::support::screen_answers::unit("WO-1884/L-22");
    shop.does("okafor", TravelerCommand::Start);
    let mut screen = Screen::signed_in(shop, "B-3052");
    screen.key(Key::Down).key(Key::Down).key(Key::Down).type_keys("\n");
    screen.scan("L-22").type_keys("\n");
    screen
}

#[test]
fn an_attribute_is_answered_by_a_digit() {
    let mut screen = shafts();
    screen.type_keys("1");
    assert_snapshot!(screen.golden());
}

#[test]
fn five_samples_and_a_long_requirement_fit() {
    let mut screen = shafts();
    screen.type_keys("11111\n").scan("MIC-4").type_keys("19.995\n19.991\n19.9");
    assert_snapshot!(screen.golden());
}

#[test]
fn an_attribute_that_does_not_conform_is_looked_at_again() {
    let mut screen = shafts();
    screen.type_keys("12");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_reading_without_a_gauge_asks_for_one_and_keeps_the_value() {
    let mut screen = at("torque");
    screen.type_keys("24.8\n");
    assert_snapshot!(screen.golden());
    screen.type_keys("1\n");
    screen.shows("1 of 4  24.8▌");
    screen.type_keys("\n").shows("24.8 Pass");
}

#[test]
fn a_value_typed_while_a_gauge_is_asked_for_chooses_none_and_replaces_what_was_kept() {
    let mut screen = at("torque");
    screen.type_keys("25\n").shows("Choose a gauge");
    // Eyes on the wrench: the next value is typed on.
    screen.type_keys("24.8").shows("first the gauge").type_keys("\n").shows("is no row");
    screen.scan("24.8").type_keys("\n").shows("Choose a gauge");
    screen.type_keys("1\n").shows("1 of 4  25▌").type_keys("24.8").shows("1 of 4  24.8▌");
    screen.type_keys("\n").shows("24.8 Pass");
}

#[test]
fn digits_alone_after_what_may_have_been_a_badge_are_not_saved() {
    let mut screen = torquing();
    screen.recorded();
    screen.type_keys("b-2107\n").shows("not saved").type_keys("482913\n").shows("a PIN");
    assert_eq!(screen.recorded(), [], "the PIN reached the store");
    screen.type_keys("24.9\n").shows("3: 24.9");
}

#[test]
fn an_overdue_gauge_is_not_chosen() {
    let mut screen = at("torque");
    screen.key(Key::F(4)).type_keys("2\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_pin_after_the_own_badge_is_never_taken_for_a_value() {
    let mut screen = torquing();
    screen.recorded();
    screen.scan("B-2107").shows("A. Novak is signed in here already").shows("no PIN is needed");
    screen.type_keys(PIN).shows("goes nowhere").type_keys("\n").shows("nothing was saved");
    assert_eq!(screen.recorded(), [], "the PIN reached the store");
    screen.key(Key::Esc).shows("▶ 3 of 4  ▌").hides(PIN);
    screen.type_keys("24.9\n").shows("3: 24.9");
}

#[test]
fn a_badge_on_a_refusal_changes_nobody_and_says_what_to_do() {
    let mut shop = reaching("torque");
    shop.does("quell", crate::support::shop_plan::calibrated("TW-07", "2026-11-01", "2026-11-02"));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("24.8\n").shows("G04");
    screen
        .scan("B-3052")
        .shows("no badge is taken here: Esc first")
        .shows("G04")
        .hides("Who takes over");
    screen.type_keys(PIN).type_keys("\n").shows("A. Novak").hides("signed in: ");
    // Behind it the badge is taken as always.
    screen.key(Key::Esc).scan("B-3052").shows("Type your PIN");
}

#[test]
fn a_check_with_a_gauge_says_at_its_line_which_one_is_recorded() {
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
    shop.does("novak", TravelerCommand::Start);
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").shows("Did it click? (torque-wrench)").shows("gauge: no gauge yet");
    screen.scan("TW-07").shows("gauge: TW-07 due 11-30").shows("1 yes");
}

/// The shafts with a micrometer that shows inches.
fn in_inches() -> Screen {
    let mut screen = shafts();
    let mut gauges = gauges();
    gauges.last_mut().unwrap().unit = Some("in".to_owned());
    screen.answers.gauges = Some(gauges);
    screen
}

#[test]
fn r02_a_reading_in_inches_stands_on_the_bar_of_its_limits_and_is_told_in_both_units() {
    let mut screen = in_inches();
    screen.type_keys("11111\n").scan("MIC-4").type_keys("0.7872\n").shows("saved 0.7872 in");
    screen.shows("0.7872 in = 19.99488 mm; the limits are in mm");
    assert_snapshot!(screen.golden());
    screen.type_keys("0.8\n").shows("0.8 in ✗ Fail, 0.32 mm over");
}

#[test]
fn a_gauge_that_is_due_in_another_year_says_the_year() {
    let mut screen = shafts();
    screen.type_keys("11111\n").scan("MIC-4").shows("MIC-4 due 2027-03-01");
    let mut screen = at("torque");
    let mut rows = gauges();
    rows[0].due = Some("2026-11-24".parse().unwrap());
    screen.answers.gauges = Some(rows);
    screen.scan("TW-07").shows("TW-07 due tomorrow");
}
