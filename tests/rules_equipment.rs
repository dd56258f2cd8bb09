//! Gauges that fail, places that are set up, people who are qualified (R5, R10).

use std::sync::Arc;

use gemba::domain::decide::Command;
use gemba::domain::gauge::{AsFound, GaugeCommand, GaugeDescription, GaugeRange};
use gemba::domain::instruction::Ask;
use gemba::domain::interval::Interval;
use gemba::domain::people::PersonCommand;
use gemba::domain::place::{PlaceAct, PlaceCommand};
use gemba::domain::refusal::Reason;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldReason;

use crate::support::shop::Shop;
use crate::support::shop_plan::{
    calibrated, complete, gauge_registered, id, number, text, torque, unit,
};

fn fails(gauge: &str) -> Command {
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    Command::Gauge(id(gauge), GaugeCommand::Fail { found, reason })
}

/// The command that holds the unit at hand for the last failure of a gauge.
fn holds(shop: &Shop, gauge: &str) -> TravelerCommand {
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id(gauge))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    let failed = state.failures.last().unwrap().at.clone();
    TravelerCommand::HoldForGauge { gauge: id(gauge), failed }
}

/// Every instruction of the shop asks for this.
fn changed(shop: &mut Shop, change: impl Fn(&mut gemba::domain::instruction::Instruction)) {
    for instruction in shop.instructions.values_mut() {
        change(Arc::make_mut(instruction));
    }
}

#[test]
fn r10_a_failed_gauge_is_refused_until_it_is_calibrated_again() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", fails("TW-07"));
    assert_eq!(shop.codes("novak", torque(2, "25")), ["G09"]);
    assert_eq!(shop.codes("quell", fails("TW-07")), ["G09"], "it has failed already");
    shop.does("quell", calibrated("TW-07", "2026-11-23", "2027-11-23"));
    shop.does("novak", torque(2, "25"));
}

#[test]
fn r10_an_older_certificate_does_not_answer_a_failure() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", fails("TW-07"));
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2027-11-20"));
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G09"]);
}

#[test]
fn r10_a_calibration_that_did_not_know_of_the_failure_does_not_end_it() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", fails("TW-07")).at("ASM2");
    shop.does("quell", calibrated("TW-07", "2026-11-23", "2027-11-23")).share();
    assert_eq!(shop.at("ASM1").codes("novak", torque(1, "25")), ["G09"]);
}

#[test]
fn r10_every_reading_since_the_last_good_calibration_is_held_in_one_act() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", torque(2, "25"));
    shop.does("novak", fails("TW-07"));
    let hold = holds(&shop, "TW-07");
    assert_eq!(shop.codes("novak", hold.clone()), ["P04"], "quality or a supervisor holds");
    shop.does("quell", hold.clone());
    let state = shop.state();
    let (at, placed) = state.open_holds().next().unwrap();
    assert!(
        matches!(&placed.placed.reason, HoldReason::Gauge { gauge, .. } if *gauge == id("TW-07"))
    );
    assert_eq!(placed.placed.readings.len(), 2);
    assert_eq!(shop.codes("quell", hold.clone()), ["G13"], "each reading is held once");
    let release = TravelerCommand::ReleaseHold { hold: at.clone(), reason: "rechecked".to_owned() };
    shop.does("brandt", release);
    assert_eq!(shop.codes("quell", hold), ["G13"], "and what was released stays released");
}

#[test]
fn r10_a_reading_that_arrives_later_can_be_held_too() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).share();
    shop.at("ASM2").does("quell", fails("TW-07"));
    let hold = holds(&shop, "TW-07");
    shop.does("quell", hold);
    shop.at("ASM1").later(60).does("novak", torque(2, "25")).share();
    let hold = holds(shop.at("ASM2"), "TW-07");
    shop.does("quell", hold);
    assert_eq!(shop.state().open_holds().count(), 2);
}

#[test]
fn r10_a_unit_that_the_gauge_never_touched_is_not_held() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", fails("TW-07"));
    let hold = holds(&shop, "TW-07");
    assert_eq!(shop.codes("quell", hold), ["G13"]);
    let failed = gemba::domain::fact::Position::parse("ledger-ASM1.1.1").unwrap();
    let none = TravelerCommand::HoldForGauge { gauge: id("TW-07"), failed };
    assert_eq!(shop.codes("quell", none), ["G12"]);
}

#[test]
fn r10_out_of_tolerance_as_found_is_a_failure_and_good_again_in_one_act() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).later(60);
    let as_found = Some(AsFound { in_tolerance: false, error: Some("+4 %".to_owned()) });
    let (on, due) = ("2026-11-23".parse().unwrap(), Some("2027-11-23".parse().unwrap()));
    let certificate = "K-9".to_owned();
    let found = GaugeCommand::Calibrate { on, due, certificate, as_found };
    shop.does("quell", Command::Gauge(id("TW-07"), found)).later(60);
    shop.does("novak", torque(2, "25"));
    let hold = holds(&shop, "TW-07");
    shop.does("quell", hold);
    let state = shop.state();
    let (_, placed) = state.open_holds().next().unwrap();
    assert_eq!(placed.placed.readings.len(), 1, "what came after is not in doubt");
}

#[test]
fn r05_a_reading_outside_the_gauges_range_is_refused() {
    let mut shop = Shop::reaching("torque");
    let range = GaugeRange { lower: number("5"), upper: number("26"), unit: unit("N·m") };
    let register = GaugeCommand::Register(GaugeDescription {
        name: "wrench".to_owned(),
        class: id("torque-wrench"),
        unit: Some(unit("N·m")),
        resolution: None,
        uncertainty: None,
        range: Some(range),
        interval: Some(Interval::Days(180)),
    });
    shop.does("quell", Command::Gauge(id("TW-07"), register));
    assert_eq!(shop.codes("novak", torque(1, "26.1")), ["G08"]);
    shop.does("novak", torque(1, "26"));
    let interval = GaugeCommand::Calibrate {
        on: "2026-11-23".parse().unwrap(),
        due: None,
        certificate: "K-2".to_owned(),
        as_found: None,
    };
    shop.does("quell", Command::Gauge(id("TW-07"), interval));
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id("TW-07"))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    assert_eq!(state.due.unwrap().to_string(), "2027-05-22", "by its interval");
}

/// The wrench, registered with a unit that it shows.
fn shows(symbol: &str) -> Command {
    let described = GaugeDescription {
        unit: Some(unit(symbol)),
        ..GaugeDescription::new("wrench".to_owned(), id("torque-wrench"))
    };
    Command::Gauge(id("TW-07"), GaugeCommand::Register(described))
}

#[test]
fn r05_a_gauge_that_shows_another_kind_of_quantity_is_refused() {
    let mut shop = Shop::reaching("torque");
    shop.does("quell", shows("mm"));
    let reasons = shop.refuses("novak", torque(1, "24.8"));
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["G15"]);
    assert_eq!(reasons[0].what(), "TW-07 shows mm, and this is measured in N·m.");
    assert!(
        reasons[0].next().to_string().starts_with("scan the gauge that was used"),
        "{reasons:?}"
    );
    // Where the ask names no class, nothing else says that it is the wrong gauge.
    let unclassed = |ask: &mut Ask| {
        if let Ask::Measure(measure) = ask {
            measure.gauge = None;
        }
    };
    changed(&mut shop, |instruction| {
        instruction.steps.iter_mut().flat_map(|step| &mut step.asks).for_each(unclassed);
    });
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["G15"]);
    // Another unit of the same kind is fine, and so is a gauge of which that is not known.
    shop.does("quell", shows("N·cm")).does("novak", torque(1, "24.8"));
    shop.does("quell", gauge_registered("TW-07", "torque-wrench"));
    shop.does("novak", torque(2, "24.8"));
}

#[test]
fn r05_an_interval_of_months_ends_on_the_same_day_of_the_calendar() {
    let day = |text: &str| text.parse().unwrap();
    let due = |text: &str, on: &str| Interval::parse(text).unwrap().after(day(on));
    assert_eq!(due("12 months", "2026-11-01"), Some(day("2027-11-01")));
    assert_eq!(due("1 year", "2026-11-01"), Some(day("2027-11-01")));
    assert_eq!(due("3 months", "2026-11-30"), Some(day("2027-02-28")));
    assert_eq!(due("360", "2026-11-01"), Some(day("2027-10-27")));
    assert_eq!(Interval::parse("12 months").unwrap().to_string(), "12 months");
    for bad in ["", "0", "0 months", "a while", "3 weeks", "70000", "6000 years"] {
        assert!(Interval::parse(bad).is_err(), "{bad}");
    }
    let mut shop = Shop::reaching("torque");
    let described = GaugeDescription {
        interval: Some(Interval::Months(12)),
        ..GaugeDescription::new("wrench".to_owned(), id("torque-wrench"))
    };
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Register(described)));
    let (on, certificate) = (day("2026-11-01"), "K-2".to_owned());
    let calibrate = GaugeCommand::Calibrate { on, due: None, certificate, as_found: None };
    shop.does("quell", Command::Gauge(id("TW-07"), calibrate));
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id("TW-07"))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    assert_eq!(state.due, Some(day("2027-11-01")));
}

#[test]
fn r05_a_step_may_ask_for_a_qualification_of_its_own_and_it_can_be_taken_back() {
    let mut shop = Shop::reaching("torque");
    changed(&mut shop, |instruction| {
        for step in &mut instruction.steps {
            step.rules.qualification = (step.id == id("torque")).then(|| id("torque-2"));
        }
    });
    assert_eq!(shop.codes("novak", torque(1, "25")), ["P07"]);
    let person = |command| Command::Person(id("novak"), command);
    let qualification = id("torque-2");
    shop.does("admin", person(PersonCommand::Qualify { qualification, until: None }));
    shop.does("novak", torque(1, "25"));
    let take_back = |reason: &str| {
        let (qualification, reason) = (id("torque-2"), reason.to_owned());
        person(PersonCommand::Unqualify { qualification, reason })
    };
    assert_eq!(shop.codes("admin", take_back("")), ["R08"]);
    shop.does("admin", take_back("to be trained again"));
    assert_eq!(shop.codes("novak", torque(2, "25")), ["P07"]);
    assert_eq!(shop.codes("admin", take_back("again")), ["P30"]);
}

#[test]
fn r05_a_correction_is_a_record_of_its_author_and_by_role_of_whoever_reviews() {
    let mut shop = Shop::reaching("torque");
    changed(&mut shop, |instruction| {
        for step in &mut instruction.steps {
            step.rules.qualification = (step.id == id("torque")).then(|| id("torque-2"));
        }
    });
    let person = |command| Command::Person(id("novak"), command);
    let qualify = |until| {
        let qualification = id("torque-2");
        person(PersonCommand::Qualify { qualification, until })
    };
    shop.does("admin", qualify("2026-11-30".parse().ok()));
    for sample in 1..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    let reading = shop.state().attempts_at(20, &id("torque")).next().unwrap().entries[0].at.clone();
    let corrects = |value: &str| TravelerCommand::Correct {
        reading: reading.clone(),
        value: crate::support::shop_plan::reading(value, "N·m"),
        reason: "misread".to_owned(),
    };
    shop.does("novak", corrects("25.1"));
    shop.does("admin", qualify("2026-11-01".parse().ok()));
    assert_eq!(shop.codes("novak", corrects("25.2")), ["P08"], "it ended");
    let (qualification, reason) = (id("torque-2"), "to be trained again".to_owned());
    shop.does("admin", person(PersonCommand::Unqualify { qualification, reason }));
    assert_eq!(shop.codes("novak", corrects("25.2")), ["P07"], "it was taken back");
    shop.does("admin", qualify(None));
    shop.does("novak", complete("torque"));
    let (qualification, reason) = (id("torque-2"), "to be trained again".to_owned());
    shop.does("admin", person(PersonCommand::Unqualify { qualification, reason }));
    assert_eq!(shop.codes("novak", corrects("25.3")), ["P07"], "nor after its step");
    shop.does("brandt", corrects("25.3"));
}

#[test]
fn r05_a_place_is_set_up_before_work_and_again_after_other_work() {
    let mut shop = Shop::open();
    changed(&mut shop, |instruction| instruction.rules.place_acts = vec![PlaceAct::Setup]);
    let unit = shop.traveler.unit.to_string();
    let scan = text("scan", 1, &unit);
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", scan.clone()), ["L05"]);
    let instruction = shop.state().started.unwrap().operations[0].instruction.clone();
    let set_up = |instruction| {
        let (revision, note) = (None, String::new());
        Command::Place(id("ASM-1"), PlaceCommand::SetUp { instruction, revision, note })
    };
    shop.does("novak", set_up(id("WI-OTHER")));
    assert_eq!(shop.codes("novak", scan.clone()), ["L05"], "set up for something else");
    shop.does("novak", set_up(instruction)).does("novak", scan);
}

#[test]
fn r05_other_work_at_a_place_ends_its_setup() {
    let mut shop = Shop::open();
    let (instruction, revision, note) = (id("WI-OTHER"), None, String::new());
    let set_up = PlaceCommand::SetUp { instruction, revision, note };
    shop.does("novak", Command::Place(id("ASM-1"), set_up));
    let unit = shop.traveler.unit.to_string();
    shop.does("novak", TravelerCommand::Start).does("novak", text("scan", 1, &unit));
    let StreamState::Place(state) = shop.stream(&Subject::Place(id("ASM-1"))).state else {
        panic!("a place's stream holds a place");
    };
    assert_eq!(state.setup, None);
    assert!(state.last_setup.is_some(), "that it was set up stays known");
}

#[test]
fn r05_tool_and_material_are_noted_by_who_works_there() {
    let mut shop = Shop::open();
    let at = |place: &str, command| Command::Place(id(place), command);
    let tool = |tool: &str| PlaceCommand::ChangeTool { tool: tool.to_owned() };
    assert_eq!(shop.codes("plan", at("ASM-1", tool("D-4"))), ["P04"]);
    assert_eq!(shop.codes("novak", at("ASM-77", tool("D-4"))), ["L02"]);
    assert_eq!(shop.codes("novak", at("ASM-1", tool(" "))), ["R08"]);
    shop.does("novak", at("ASM-1", tool("D-4")));
    let lot = PlaceCommand::ChangeMaterial { lot: "H-88".to_owned() };
    shop.does("novak", at("ASM-1", lot));
    let StreamState::Place(state) = shop.stream(&Subject::Place(id("ASM-1"))).state else {
        panic!("a place's stream holds a place");
    };
    assert_eq!(state.last_tool.unwrap().what, "D-4");
    assert_eq!(state.last_material.unwrap().what, "H-88");
}
