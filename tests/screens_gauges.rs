//! The page of gauges, and what one of them measured: listed, held and released by keys.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::material::MaterialId;
use gemba::ui::effect::Effect;
use gemba::ui::input::Key;
use gemba::views::gauge::{FailureRow, GaugePieceRow, GaugeReadingRow, GaugeTrace};
use gemba::views::register::{GaugeRow, LastUse};
use insta::assert_snapshot;

use crate::screens_traveler::reaching;
use crate::support::screen::Screen;
use crate::support::screen_characteristic::half_heard;
use crate::support::shop_plan::id;

fn position(text: &str) -> Position {
    Position::parse(text).unwrap()
}

fn gauge(name: &str, due: &str, soon_days: Option<i64>) -> GaugeRow {
    GaugeRow {
        gauge: id(name),
        name: "Torque wrench 5-50".to_owned(),
        class: "torque-wrench".to_owned(),
        unit: Some("N·m".to_owned()),
        resolution: Some("0.1".to_owned()),
        due: due.parse().ok(),
        overdue: due < "2026-11-23",
        range: None,
        interval: None,
        calibrated: None,
        failed: None,
        soon_days,
        last_used: None,
    }
}

fn gauges() -> Vec<GaugeRow> {
    let place = Some(id("ASM-2"));
    let (traveler, at) = ("WO-1881/0007".to_owned(), "2026-11-23T06:40:00Z".parse().unwrap());
    let used = GaugeRow {
        last_used: Some(LastUse { traveler, place, at }),
        ..gauge("TW-07", "2026-11-30", Some(7))
    };
    let failed = GaugeRow { failed: Some("+4 %".to_owned()), ..gauge("TW-11", "2027-02-01", None) };
    vec![gauge("TW-03", "2026-11-22", None), used, gauge("TW-09", "2027-03-01", None), failed]
}

fn reading(unit: &str, value: &str, margin: &str, hold: Option<&str>) -> GaugeReadingRow {
    GaugeReadingRow {
        traveler: gemba::domain::stream::TravelerId::parse(unit).unwrap(),
        operation: 20,
        step: id("torque"),
        name: "Bolt torque".to_owned(),
        sample: 1,
        value: value.to_owned(),
        margin: Some(margin.to_owned()),
        margin_unit: gemba::domain::unit::Unit::parse("N·m"),
        verdict: Some("Pass".to_owned()),
        place: Some(id("ASM-2")),
        taken: "2026-11-23T06:40:00Z".parse().unwrap(),
        finished: unit.ends_with('8'),
        shipped: unit.ends_with('8'),
        ended: None,
        hold: hold.map(str::to_owned),
        fact: position("ledger-ASM1.1.9"),
    }
}

/// A wrench that failed; its two units are held or not yet.
pub(crate) fn trace(standing: Option<&str>) -> GaugeTrace {
    let readings = vec![
        reading("WO-1881/0008", "26.8 N·m", "0.2", standing),
        reading("WO-1881/0007", "24.8 N·m", "1.8", standing),
    ];
    let units: Vec<_> = readings.iter().map(|row| row.traveler.clone()).collect();
    let on_hold = standing == Some("held");
    GaugeTrace {
        gauge: id("TW-07"),
        name: "Torque wrench 5-50".to_owned(),
        class: "torque-wrench".to_owned(),
        due: "2026-11-30".parse().ok(),
        overdue: false,
        calibrated: "2026-05-30".parse().ok(),
        failure: Some(FailureRow {
            fact: position("ledger-ASM1.1.20"),
            on: "2026-11-23".parse().unwrap(),
            found: "+4 %".to_owned(),
            reason: "dropped".to_owned(),
            over: false,
        }),
        since: "2026-05-30".parse().ok(),
        units: 2,
        to_hold: if standing.is_none() { units.clone() } else { Vec::new() },
        held: units
            .into_iter()
            .filter(|_| on_hold)
            .map(|u| (u, position("ledger-ASM1.1.30")))
            .collect(),
        held_readings: 2,
        pieces: Vec::new(),
        lots: 0,
        lots_to_hold: Vec::new(),
        lots_held: Vec::new(),
        not_here: 0,
        readings,
        catalog_age_s: Some(7_200),
        complete: half_heard(),
    }
}

/// The page of gauges, by the menu of the queue.
fn opened() -> Screen {
    let mut screen = Screen::signed_in(reaching("torque"), "B-5020");
    screen.answers.gauges = Some(gauges());
    screen.menu("94");
    screen
}

#[test]
fn what_needs_somebody_comes_first_and_says_so_in_words() {
    let mut screen = opened();
    assert_snapshot!("gauges", screen.golden());
    let text = screen.text();
    let rank = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name} in {text}"));
    assert!(rank("TW-11") < rank("TW-03"), "failed before expired");
    assert!(rank("TW-03") < rank("TW-07"), "expired before due soon");
    assert!(rank("TW-07") < rank("TW-09"));
}

#[test]
fn r10_units_in_doubt_are_held_by_one_key_and_released_with_a_reason() {
    let mut screen = opened();
    screen.answers.trace = Some(Box::new(trace(None)));
    screen.type_keys("1");
    assert_snapshot!("gauge_doubt", screen.golden());
    screen.asked.clear();
    screen.key(Key::F(2));
    let acts = |screen: &Screen| {
        let acts = screen.asked.iter().filter_map(|effect| {
            let Effect::RecordAll(_, commands) = effect else { return None };
            Some(commands.len())
        });
        acts.collect::<Vec<_>>()
    };
    assert_eq!(acts(&screen), [2], "both units in one act");
    // The store refused it, for it knows no such failure; what it would show afterwards:
    screen.key(Key::Esc);
    screen.answers.trace = Some(Box::new(trace(Some("held"))));
    screen.key(Key::Esc).type_keys("1");
    screen.shows("2 units on hold").hides("F2");
    screen.asked.clear();
    screen.key(Key::F(3)).shows("Why may they go on?").type_keys("\n").shows("type a few words");
    assert!(acts(&screen).is_empty(), "nothing without a reason");
    screen.type_keys("measured again\n");
    assert_eq!(acts(&screen), [2]);
}

#[test]
fn r10_what_is_in_doubt_says_up_to_when_it_is_complete_and_which_place_is_silent() {
    let mut screen = opened();
    screen.answers.trace = Some(Box::new(trace(None)));
    screen.type_keys("1").shows("complete to 07:58, but LEAK-1 silent since 07:19");
    // What is not here has a line of its own above the columns.
    screen.key(Key::Esc);
    screen.answers.trace = Some(Box::new(GaugeTrace { not_here: 3, ..trace(None) }));
    screen.type_keys("1").shows("! 3 ").shows("unit or lot");
}

#[test]
fn r10_units_in_doubt_are_told_apart_where_their_names_differ_at_their_ends() {
    let mut screen = opened();
    let named = |unit: &str| reading(unit, "24.8 N·m", "1.8", None);
    let readings = vec![named("WO-2026-0118/0007"), named("WO-2026-0118/0008")];
    screen.answers.trace = Some(Box::new(GaugeTrace { readings, ..trace(None) }));
    screen.type_keys("1").shows("/0007 ").shows("/0008 ");
}

#[test]
fn r10_values_on_pieces_of_lots_stand_with_those_of_units_and_are_held_by_the_same_key() {
    let mut screen = opened();
    let lot = MaterialId { part: id("SEAL-1"), lot: id("L-4711") };
    let piece = |piece, value: &str, margin: &str| GaugePieceRow {
        name_of_lot: "SEAL-1/L-4711 of Nordic".to_owned(),
        part: lot.part.clone(),
        supplier: "Nordic".to_owned(),
        lot: lot.lot.clone(),
        unit: None,
        piece,
        name: "Cord".to_owned(),
        value: value.to_owned(),
        margin: Some(margin.to_owned()),
        margin_unit: gemba::domain::unit::Unit::parse("mm"),
        verdict: Some("Pass".to_owned()),
        place: Some(id("INC-1")),
        taken: "2026-11-23T06:50:00Z".parse().unwrap(),
        standing: "accepted".into(),
        ended: false,
        hold: None,
        fact: position("ledger-ASM1.1.12"),
    };
    let pieces = vec![piece(17, "3.58 mm", "0.02"), piece(3, "3.52 mm", "0.08")];
    let lots_to_hold = vec![lot.clone()];
    let doubt = GaugeTrace { pieces, lots: 1, lots_to_hold, ..trace(None) };
    screen.answers.trace = Some(Box::new(doubt));
    screen.type_keys("1").shows("2 units and 1 lot to hold: F2").shows("SEAL-1/L-4711");
    assert_snapshot!("gauge_doubt_lots", screen.golden());
    screen.asked.clear();
    screen.key(Key::F(2));
    let held = screen.asked.iter().find_map(|effect| {
        let Effect::RecordAll(_, commands) = effect else { return None };
        Some(commands.clone())
    });
    let held = held.unwrap();
    assert_eq!(held.len(), 3, "as one act");
    assert!(matches!(&held[2], Command::Material(held, _) if *held == lot));
}
