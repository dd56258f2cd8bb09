//! A shift of readings, by keys alone: marginal, a slip, measured again, corrected once signed.

use gemba::domain::decide::Command;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::instruction::{Ask, SignAsk};
use gemba::domain::people::Role;
use gemba::domain::signature::Meaning;
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::{PIN, Screen};
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, id, number, signs, text, unit};

/// A pump at its torque step, by a revision that knows a marginal band, allows one more measurement
/// and has the four bolts verified in the same step.
fn torquing() -> Shop {
    let mut shop = plant();
    let known = shop.instructions.values().find(|known| known.id == id("WI-1040"));
    let mut ruled = (**known.unwrap()).clone();
    ruled.revision = id("D");
    let torque = ruled.steps.iter_mut().find(|step| step.id == id("torque")).unwrap();
    let Ask::Measure(measure) = &mut torque.asks[0] else { panic!() };
    measure.rules.retry_max = Some(1);
    let CharacteristicKind::Measured(limits) = &mut measure.kind else { panic!() };
    limits.rule.marginal = Some(number("0.5"));
    torque.asks.push(Ask::Sign(SignAsk {
        role: Role::Inspector,
        meaning: Meaning::Verified,
        not_same_person_as: Vec::new(),
    }));
    shop.release_read(&ruled);
    shop.does("novak", TravelerCommand::Start).does("novak", text("pump", 1, "0007"));
    shop.does("novak", complete("pump")).does("novak", text("parts", 1, "H-2209"));
    shop.does("novak", text("parts", 2, "LOT-7")).does("novak", complete("parts"));
    for step in ["clean", "cover"] {
        shop.does("novak", answer(step, 1, true)).does("novak", complete(step));
    }
    shop
}

#[test]
fn a_shift_of_readings_marginal_slipped_measured_again_and_corrected() {
    let mut screen = Screen::signed_in(torquing(), "B-2107");
    screen.scan("0007").scan("TW-07");
    screen.type_keys("26.8\n").shows("26.8 !").shows("26.8 Marginal");
    // A slip: its author types what the gauge shows, and work goes on.
    screen.type_keys("248\n").shows("this looks like a slip").type_keys("24.8\n");
    screen.shows("2: 248 N·m corrected to 24.8 N·m (typed wrong)");
    // The wrench slipped: measured again, with why; the failing value stays.
    screen.type_keys("22.1\n").shows("F3 → measured again, with why (1 left)");
    assert_snapshot!("measured_again_is_the_third_choice", screen.golden());
    screen.key(Key::F(3)).shows("type the new value first");
    screen.type_keys("25.1").key(Key::F(3)).shows("Why was it measured again?");
    screen.type_keys("the socket slipped\n").shows("3: 25.1").shows("4 of 4");
    screen.type_keys("24.9\n").shows("Inspector signs: verified");
}

#[test]
fn what_was_signed_and_is_corrected_is_signed_again() {
    let mut shop = torquing();
    for (sample, value) in [(1, "24.8"), (2, "25.1"), (3, "25.0"), (4, "24.9")] {
        shop.does("novak", crate::screens_traveler::torque(sample, value));
    }
    shop.does("okafor", signs("torque", 2)).does("novak", complete("torque"));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").shows("Let the sealant cure");
    screen.key(Key::F(5)).type_keys("2").type_keys("25.3\nread it wrong\n");
    assert_snapshot!("a_correction_says_that_it_uncovers_a_signature", screen.golden());
    screen.type_keys("\n").shows("Torque the bolts").shows("Inspector signs: verified");
    // The operator sees who signed before, and the inspector signs at the same terminal.
    screen.shows("no longer covers what").key(Key::Enter);
    screen.scan("B-3052").type_keys(PIN).type_keys("\n").shows("Enter: step done");
    screen.key(Key::Enter).shows("Let the sealant cure");
    assert_snapshot!("signed_again_after_the_correction", screen.golden());
}

#[test]
fn a_value_that_the_hold_is_not_about_is_corrected_on_a_held_unit() {
    let mut shop = torquing();
    shop.does("novak", crate::screens_traveler::torque(1, "24.8"));
    shop.does("novak", crate::screens_traveler::torque(2, "27.3"));
    let state = shop.state();
    let (_, at, _) = state.to_retype().unwrap();
    let value = crate::support::shop_plan::reading("27.3", "N·m");
    shop.does("novak", TravelerCommand::Retype { reading: at.clone(), value });
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").shows("On hold: NCR-ASM1-0001").shows("F5 correct");
    screen.key(Key::F(5)).shows("Bolt torque 1").type_keys("1").type_keys("24.9\nmisread\n");
    screen.shows("What follows").type_keys("\n").shows("saved: value corrected");
    screen.shows("On hold: NCR-ASM1-0001");
}

#[test]
fn r02_a_value_finer_than_its_gauge_shows_is_warned_of_where_it_is_recorded() {
    let mut shop = torquing();
    let described = GaugeDescription {
        unit: Some(unit("N·m")),
        resolution: Some(number("0.1")),
        ..GaugeDescription::new("Wrench 7".to_owned(), id("torque-wrench"))
    };
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Register(described)));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("24.8\n").hides("finer");
    screen.type_keys("24.85\n");
    screen.shows("! saved, but 24.85 N·m is finer than TW-07 shows (0.1 N·m)");
    // It is said once; typed again as the gauge shows it, nothing is.
    screen.type_keys("24.9\n").hides("finer").shows("saved 24.9 N·m");
    screen.type_keys("27.35\n").shows("27.35 N·m is finer").shows("Retype what the gauge shows");
    screen.type_keys("26.35\n").shows("26.35 N·m is finer");
}

#[test]
fn what_is_too_long_to_be_kept_is_refused_and_never_saved_cut() {
    let mut shop = plant();
    shop.does("novak", TravelerCommand::Start).does("novak", text("pump", 1, "0007"));
    shop.does("novak", complete("pump"));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").recorded();
    let long = "H".repeat(2_000);
    screen.type_keys(&format!("{long}H\n")).shows("at most 2000 bytes");
    screen.key(Key::Esc).recorded();
    screen.type_keys(&format!("{long}\n"));
    let recorded = screen.recorded();
    let [Command::Traveler(_, TravelerCommand::Record { entry, .. })] = &recorded[..] else {
        panic!("{recorded:?}")
    };
    assert_eq!(*entry, Entry::Text(long), "every character of it");
}
