//! R4: three units in a row that fail a characteristic hold the operation at that place.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::failures::Measured;
use gemba::domain::kinds::FactBody;
use gemba::domain::place::{PlaceCommand, PlaceFact};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::Shop;
use crate::support::shop_plan::{disposes, id, reading};
use crate::support::shop_sampling::{gap, gap_at, gap_done};

const NONE: [Vec<String>; 0] = [];

fn goes_on(place: &str) -> Command {
    let (instruction, reason) = (id("WI-5"), "bit replaced".to_owned());
    Command::Place(id(place), PlaceCommand::ReleaseOperation { instruction, reason })
}

fn starts(shop: &mut Shop, unit: &str) -> Vec<&'static str> {
    shop.unit(unit).codes("novak", TravelerCommand::Start)
}

#[test]
fn r04_three_units_in_a_row_that_fail_hold_the_operation_at_that_place() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2);
    assert_eq!(shop.holds_at("ASM-1"), NONE);
    // The fourth is begun already when the third fails.
    shop.unit("0003").does("novak", TravelerCommand::Start);
    shop.unit("0004").does("novak", TravelerCommand::Start).unit("0003").fails_now("0.07");
    assert_eq!(shop.holds_at("ASM-1"), [["0001", "0002", "0003"]]);
    assert_eq!(starts(&mut shop, "0005"), ["L06"]);
    assert_eq!(shop.unit("0004").codes("novak", gap("0.02")), ["L06"], "not measured yet");
    shop.place("ASM-2").does("novak", gap("0.02"));
    let refused = shop.place("ASM-1").unit("0005").refuses("novak", TravelerCommand::Start);
    let why = "WI-5 is held at ASM-1: Joint gap failed on 3 units in a row: WO-S/0001 0.07 mm, \
               WO-S/0002 0.07 mm, WO-S/0003 0.07 mm.";
    assert_eq!(refused[0].what(), why);
}

#[test]
fn r04_what_is_in_work_is_finished_where_the_operation_is_held() {
    let mut shop = Shop::measuring_gaps(2);
    shop.unit("0004").does("novak", TravelerCommand::Start).does("novak", gap("0.02"));
    shop.fail(1..=3);
    assert_eq!(starts(&mut shop, "0005"), ["L06"]);
    let entry = gemba::domain::traveler::command::Entry::Reading {
        value: reading("0.02", "mm"),
        gauge: None,
    };
    let second = TravelerCommand::Record { at: gap_at(), ask: 1, sample: 2, entry };
    shop.unit("0004").does("novak", second).does("novak", gap_done());
    // What failed is done again there, to see whether it is good now.
    let again = Disposition::Rework { step: id("gap") };
    shop.does("brandt", disposes("NCR-ASM1-0003", again));
    shop.unit("0003").does("novak", gap("0.02"));
}

#[test]
fn r04_a_unit_that_failed_twice_counts_once_and_a_good_one_begins_anew() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2);
    let again = Disposition::Rework { step: id("gap") };
    shop.does("brandt", disposes("NCR-ASM1-0002", again)).fails_now("0.09");
    assert_eq!(shop.holds_at("ASM-1"), NONE, "two units, three failing values");
    shop.good(3).fail(4..=5);
    assert_eq!(shop.holds_at("ASM-1"), NONE);
    shop.fail(6..=6);
    assert_eq!(shop.holds_at("ASM-1"), [["0004", "0005", "0006"]]);
}

#[test]
fn r04_a_slip_of_the_finger_counts_as_good() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2).unit("0003").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    assert_eq!(shop.holds_at("ASM-1"), NONE, "before it is typed again");
    let (slip, value) = (shop.last_reading(), reading("0.03", "mm"));
    shop.does("novak", TravelerCommand::Retype { reading: slip, value }).does("novak", gap_done());
    shop.fail(4..=5);
    assert_eq!(shop.holds_at("ASM-1"), NONE);
}

#[test]
fn r04_of_a_unit_measured_twice_one_failing_value_is_enough_and_half_of_it_says_nothing() {
    let mut shop = Shop::measuring_gaps(2);
    shop.fail(1..=2).unit("0003").does("novak", TravelerCommand::Start).does("novak", gap("0.02"));
    shop.fail(4..=4);
    assert_eq!(shop.holds_at("ASM-1"), [["0001", "0002", "0004"]]);
}

#[test]
fn r04_a_supervisor_or_quality_lets_it_go_on_with_a_reason_and_the_count_begins_anew() {
    let mut shop = Shop::measuring_gaps(1);
    assert_eq!(shop.codes("brandt", goes_on("ASM-1")), ["L07"]);
    shop.fail(1..=3);
    assert_eq!(shop.codes("novak", goes_on("ASM-1")), ["P04"]);
    let (instruction, reason) = (id("WI-5"), String::new());
    let blank = PlaceCommand::ReleaseOperation { instruction, reason };
    assert_eq!(shop.codes("quell", Command::Place(id("ASM-1"), blank)), ["R08"]);
    shop.does("brandt", goes_on("ASM-1"));
    let state = shop.place_state("ASM-1");
    let released = state.operation_holds[0].released.as_ref().unwrap();
    assert_eq!(
        (released.by.as_ref(), released.reason.as_str()),
        (Some(&id("brandt")), "bit replaced")
    );
    shop.fail(4..=5);
    assert_eq!(shop.holds_at("ASM-1"), NONE, "those before the release do not count");
    shop.fail(6..=6);
    assert_eq!(shop.holds_at("ASM-1"), [["0004", "0005", "0006"]]);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_a_site_says_how_many_units_hold_an_operation_and_0_is_never() {
    for (rule, held) in [(Some(0), 0), (Some(2), 1), (Some(5), 0), (None, 1)] {
        let mut shop = Shop::measuring_gaps(1);
        shop.site(|policy| policy.rules.failures_in_a_row = rule);
        shop.fail(1..=if rule == Some(2) { 2 } else { 3 });
        assert_eq!(shop.holds_at("ASM-1").len(), held, "{rule:?}");
    }
}

#[test]
fn r04_failures_at_another_place_count_there() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2).place("ASM-2");
    shop.fail(3..=3);
    assert_eq!((shop.holds_at("ASM-1").len(), shop.holds_at("ASM-2").len()), (0, 0));
    shop.fail(4..=5);
    assert_eq!(shop.holds_at("ASM-2"), [["0003", "0004", "0005"]]);
    assert_eq!(starts(&mut shop, "0006"), ["L06"]);
    shop.place("ASM-1").does("novak", TravelerCommand::Start);
}

#[test]
fn r04_of_two_stations_at_one_place_that_did_not_meet_the_server_holds_the_operation() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2).later(60);
    shop.at("ASM2").place("ASM-1").fail(3..=3).share();
    for station in ["ASM1", "ASM2"] {
        assert_eq!(shop.at(station).holds_at("ASM-1"), NONE);
    }
    let facts: Vec<(Subject, FactBody)> = shop
        .here()
        .all_facts()
        .map(|(fact, _)| (fact.subject.clone(), fact.body.clone()))
        .collect();
    let follow = shop.failures_of(&facts);
    shop.writes(&follow);
    assert_eq!(shop.holds_at("ASM-1"), [["0001", "0002", "0003"]]);
    assert_eq!(shop.failures_of(&facts), [], "once");
}

#[test]
fn r04_a_station_that_did_not_hear_of_a_good_unit_holds_by_its_own() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=2).later(60).at("ASM2").place("ASM-1").good(4);
    shop.later(60).at("ASM1").fail(3..=3);
    assert_eq!(shop.holds_at("ASM-1"), [["0001", "0002", "0003"]]);
    let facts: Vec<(Subject, FactBody)> = shop
        .here()
        .all_facts()
        .map(|(fact, _)| (fact.subject.clone(), fact.body.clone()))
        .collect();
    shop.share();
    assert_eq!(shop.failures_of(&facts), [], "it is held already");
}

#[test]
fn r04_an_in_process_value_is_told_by_its_name_and_another_revision_is_the_same() {
    let of = |characteristic: Option<&str>, name: &str| Measured {
        instruction: id("WI-5"),
        characteristic: characteristic.map(id),
        name: name.to_owned(),
    };
    assert!(of(Some("c-gap"), "Gap").is(&of(Some("c-gap"), "Joint gap")));
    assert!(!of(None, "Gap").is(&of(None, "Force")));
    assert!(!of(None, "c-gap").is(&of(Some("c-gap"), "c-gap")));
    assert!(!Measured { instruction: id("WI-6"), ..of(None, "Gap") }.is(&of(None, "Gap")));
}

#[test]
fn r04_two_who_release_unseen_by_each_other_release_once() {
    let mut shop = Shop::measuring_gaps(1);
    shop.fail(1..=3).share();
    shop.at("ASM1").does("brandt", goes_on("ASM-1"));
    shop.at("ASM2").does("quell", goes_on("ASM-1")).share();
    for station in ["ASM1", "ASM2"] {
        let state = shop.at(station).place_state("ASM-1");
        assert_eq!(state.open_operation_holds().count(), 0);
        assert_eq!(state.operation_holds[0].released.as_ref().unwrap().by, Some(id("brandt")));
    }
    let facts = shop.here().all_facts();
    let held = facts
        .filter(|(fact, _)| matches!(&fact.body, FactBody::Place(PlaceFact::OperationHeld(_))));
    assert_eq!(held.count(), 1);
}
