//! What the server judges once more of a record: the value by its own limits, who stood for what was
//! signed or corrected, who was trained that day, and what the gauge was.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Share};
use gemba::domain::fact::{Fact, Position};
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::{PersonCommand, RevisionRead, Role};
use gemba::domain::quantity::Number;
use gemba::domain::second_look::is_stopped;
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::{HoldReason, ReadingValue};
use gemba::domain::traveler::state::{Attempt, TravelerState};
use gemba::domain::unit::Unit;
use serde_json::json;

use crate::judge_work::{
    at_bench, does, forges, looks, objected, plant, releases_text, said, step, unit,
};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

fn newton(value: &str) -> ReadingValue {
    ReadingValue::Number { number: Number::parse(value).unwrap(), unit: Unit::parse("N").unwrap() }
}

fn press(value: &str, gauge: Option<&str>) -> TravelerCommand {
    let gauge = gauge.map(|gauge| gauge.parse().unwrap());
    let entry = Entry::Reading { value: newton(value), gauge };
    TravelerCommand::Record { at: step("press"), ask: 1, sample: 1, entry }
}

fn completes(name: &str) -> TravelerCommand {
    TravelerCommand::CompleteStep { at: step(name), read_in: None }
}

fn signs(person: &str) -> TravelerCommand {
    TravelerCommand::Sign { at: step("sign"), ask: 1, by: Signer::by_badge(person) }
}

fn state(station: &StationBench, name: &str) -> TravelerState {
    let folded = station.ledger().stream(&Subject::Traveler(unit(name))).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("another stream") };
    state
}

fn pressed(station: &StationBench, name: &str) -> Position {
    let state = state(station, name);
    let readings: Vec<_> = state.attempts.iter().flat_map(Attempt::readings).collect();
    readings[0].0.at.clone()
}

fn corrects(station: &StationBench, name: &str, value: &str) -> TravelerCommand {
    let reading = pressed(station, name);
    TravelerCommand::Correct { reading, value: newton(value), reason: "misread".to_owned() }
}

/// Brings a unit to its press step, by P-3.
fn reaches_press(station: &StationBench, name: &str) {
    does(station, "P-3", (name, 1_000), TravelerCommand::Start);
    does(station, "P-3", (name, 1_100), looks());
    does(station, "P-3", (name, 1_200), completes("look"));
}

async fn told_of_last(bench: &PlantBench, station: &StationBench) -> Vec<String> {
    judged(bench, station).await;
    reviews(station).pop().map(|review| review.reasons).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_a_verdict_is_judged_once_more_by_the_limits_that_the_record_names() {
    let (bench, _one, two) = plant().await;
    reaches_press(&two, "0001");
    does(&two, "P-3", ("0001", 1_300), press("26", None));
    let honest = corrects(&two, "0001", "26.5");
    does(&two, "P-3", ("0001", 1_400), honest);
    assert_eq!(objected(&bench, &two).await, [], "an honest correction is accepted");
    let lies = corrects(&two, "0001", "25.5");
    does(&two, "P-3", ("0001", 1_500), lies);
    forges(&two, "\"25.5\"", "\"29.5\"");
    let wrong = "Force has another verdict than is recorded: Fail";
    assert_eq!(objected(&bench, &two).await, [said("ReadingCorrected", wrong)]);
    reaches_press(&two, "0002");
    does(&two, "P-3", ("0002", 1_300), press("26", None));
    forges(&two, "\"26\"", "\"28\"");
    assert_eq!(objected(&bench, &two).await.pop(), Some(said("ReadingTaken", wrong)));
    reaches_press(&two, "0003");
    does(&two, "P-3", ("0003", 1_300), press("26", None));
    forges(&two, "\"verdict\":\"Pass\"", "\"verdict\":\"Marginal\"");
    let wrong = "Force has another verdict than is recorded: Pass";
    assert_eq!(objected(&bench, &two).await.pop(), Some(said("ReadingTaken", wrong)));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_what_another_recorded_is_corrected_by_who_answers_for_it() {
    let (bench, _one, two) = plant().await;
    for name in ["0001", "0002"] {
        reaches_press(&two, name);
        does(&two, "P-3", (name, 1_300), press("26", None));
    }
    does(&two, "P-3", ("0001", 1_350), completes("press"));
    let reviewed = corrects(&two, "0001", "26.5");
    does(&two, "P-2", ("0001", 1_400), reviewed);
    assert_eq!(objected(&bench, &two).await, [], "quality puts it right");
    let own = corrects(&two, "0002", "26.5");
    does(&two, "P-3", ("0002", 1_400), own);
    // An inspector performs, too, and is not the author.
    forges(&two, "\"actor\":\"P-3\"", "\"actor\":\"P-4\"");
    let expected = [said("ReadingCorrected", "P-4 may not correct what P-3 recorded")];
    assert_eq!(objected(&bench, &two).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_who_completed_or_corrected_what_is_signed_does_not_verify_it() {
    let (bench, one, two) = plant().await;
    one.admit("P-5", Role::Inspector);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    for name in ["0001", "0002"] {
        reaches_press(&two, name);
        does(&two, "P-3", (name, 1_300), press("26", None));
        does(&two, "P-5", (name, 1_400), completes("press"));
        does(&two, "P-4", (name, 2_000), signs("P-4"));
    }
    assert_eq!(objected(&bench, &two).await, []);
    reaches_press(&two, "0003");
    does(&two, "P-3", ("0003", 1_300), press("26", None));
    does(&two, "P-5", ("0003", 1_400), completes("press"));
    does(&two, "P-4", ("0003", 2_000), signs("P-4"));
    forges(&two, "\"actor\":\"P-4\"", "\"actor\":\"P-5\"");
    forges(&two, "\"signer\":\"P-4\"", "\"signer\":\"P-5\"");
    let performed = "P-5 performed step press and cannot verify or witness it";
    assert_eq!(objected(&bench, &two).await, [said("Signed", performed)]);
    // What the signer does after having signed is nothing against the signature.
    does(&two, "P-4", ("0001", 2_100), completes("sign"));
    assert_eq!(objected(&bench, &two).await.len(), 1);
    bench.running.shutdown().await;
}

/// Presses with a gauge, by who is trained; a supervisor lets it go on.
fn demanding() -> Vec<u8> {
    let value = json!({
        "id": "WI-1", "title": "Fit the cover", "part": "CP-40", "revision": "C",
        "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": null, "qualification": "press-1",
        "steps": [
            {"id": "look", "title": "Look", "text": [],
             "asks": [{"check": {"question": "Clean?"}}]},
            {"id": "press", "title": "Press", "text": [],
             "asks": [{"measure": {
                "characteristic": null, "name": "Force", "requirement": "25 ±2 N",
                "kind": {"measured": {"nominal": "25", "lower": "23", "upper": "27", "unit": "N"}},
                "class": null, "balloon": null, "count": 1, "gauge": "force-gauge",
                "on_fail": null}}]},
            {"id": "sign", "title": "Sign", "text": [],
             "asks": [{"sign": {"role": "supervisor", "meaning": "released",
                "not_same_person_as": ["press"]}}]},
        ],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    serde_json::to_vec(&read).unwrap()
}

/// As [`plant`], where WI-1 rev C is in effect: P-3 is trained until the end of the month, FG-1 is in
/// calibration until the end of the year, P-6 is a supervisor.
async fn demanding_plant() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    one.admit("P-6", Role::Supervisor);
    let gauge = |command| Command::Gauge("FG-1".parse().unwrap(), command);
    let mut described = GaugeDescription::new("Force".to_owned(), "force-gauge".parse().unwrap());
    described.unit = Unit::parse("N");
    let calibrate = GaugeCommand::Calibrate {
        on: "2026-11-19".parse().unwrap(),
        due: "2026-12-31".parse().ok(),
        certificate: "K-1".to_owned(),
        as_found: None,
    };
    let until = "2026-11-30".parse().ok();
    let qualify = PersonCommand::Qualify { qualification: "press-1".parse().unwrap(), until };
    let commands = [
        gauge(GaugeCommand::Register(described)),
        gauge(calibrate),
        Command::Person("P-3".parse().unwrap(), qualify),
    ];
    for command in commands {
        one.ledger().transact(&acting("P-1"), &moment(10), command).unwrap();
    }
    let hash = releases_text(&one, "C", &demanding());
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let (instruction, revision) = ("WI-1".parse().unwrap(), "C".parse().unwrap());
    let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
    let read = Command::Person("P-3".parse().unwrap(), read);
    two.ledger().transact(&at_bench("P-3"), &moment(900), read).unwrap();
    (bench, one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_training_and_gauge_are_judged_by_the_day_of_the_record() {
    let (bench, _one, two) = demanding_plant().await;
    reaches_press(&two, "0001");
    does(&two, "P-3", ("0001", 1_300), press("26", Some("FG-1")));
    does(&two, "P-3", ("0001", 1_400), completes("press"));
    // Whoever only signs need not be trained for the work, nor perform.
    does(&two, "P-6", ("0001", 1_500), signs("P-6"));
    assert_eq!(objected(&bench, &two).await, [], "an honest unit is accepted whole");

    reaches_press(&two, "0002");
    does(&two, "P-3", ("0002", 1_300), press("26", Some("FG-1")));
    forges(&two, "\"actor\":\"P-3\"", "\"actor\":\"P-4\"");
    assert_eq!(told_of_last(&bench, &two).await, ["P-4 was not trained for press-1"]);

    reaches_press(&two, "0003");
    does(&two, "P-3", ("0003", 1_300), press("26", Some("FG-1")));
    forges(&two, "\"due\":\"2026-12-31\"", "\"due\":\"2027-12-31\"");
    forges(&two, "\"class\":\"force-gauge\"", "\"class\":\"ruler\"");
    let expected = [
        "step press asks for a gauge of class force-gauge",
        "FG-1 was never registered as it is said to have been used",
        "no calibration made FG-1 good until 2027-12-31",
    ];
    assert_eq!(told_of_last(&bench, &two).await, expected);

    reaches_press(&two, "0004");
    does(&two, "P-3", ("0004", 1_300), press("26", Some("FG-1")));
    forges(&two, "\"utc\":\"2026-11-20T", "\"utc\":\"2027-01-20T");
    let bench = bench.restart_at(90 * 24 * 3_600_000).await;
    let expected = [
        "the calibration of FG-1 had ended on 2026-12-31",
        "the training of P-3 for press-1 had ended on 2026-11-30",
    ];
    assert_eq!(told_of_last(&bench, &two).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_a_gauge_of_another_kind_of_quantity_is_found_at_the_server_too() {
    let (bench, one, two) = demanding_plant().await;
    let mut wrench = GaugeDescription::new("Wrench".to_owned(), "force-gauge".parse().unwrap());
    wrench.unit = Unit::parse("N·m");
    let calibrate = GaugeCommand::Calibrate {
        on: "2026-11-19".parse().unwrap(),
        due: "2026-12-31".parse().ok(),
        certificate: "K-2".to_owned(),
        as_found: None,
    };
    for command in [GaugeCommand::Register(wrench), calibrate] {
        let command = Command::Gauge("TW-1".parse().unwrap(), command);
        one.ledger().transact(&acting("P-1"), &moment(11), command).unwrap();
    }
    judged(&bench, &one).await;
    reaches_press(&two, "0001");
    does(&two, "P-3", ("0001", 1_300), press("26", Some("FG-1")));
    forges(&two, "\"gauge\":\"FG-1\"", "\"gauge\":\"TW-1\"");
    assert_eq!(told_of_last(&bench, &two).await, ["TW-1 shows N·m, and N were wanted"]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_who_verified_and_recorded_there_unseen_is_found_at_the_server() {
    let (bench, one, two) = plant().await;
    one.admit("P-5", Role::Inspector);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    // Afterwards at the same station: a station that lies about who it was.
    for name in ["0001", "0002"] {
        reaches_press(&two, name);
    }
    judged(&bench, &two).await;
    one.client().sync_once().await.unwrap();
    does(&two, "P-3", ("0001", 1_300), press("26", None));
    does(&two, "P-3", ("0001", 1_400), completes("press"));
    does(&two, "P-5", ("0001", 2_000), signs("P-5"));
    // Another station, out of contact, saw the unit at its press step and P-5 at work there.
    does(&one, "P-5", ("0001", 2_100), press("25", None));
    assert_eq!(objected(&bench, &two).await, []);
    let both = "P-5 verified or witnessed in step sign, and recorded here as well";
    let found = objected(&bench, &one).await;
    assert_eq!(found.last(), Some(&said("ReadingTaken", both)), "{found:?}");
    // The other way round: what P-5 recorded came in first.
    does(&one, "P-5", ("0002", 2_200), press("25", None));
    assert_eq!(objected(&bench, &one).await.len(), found.len());
    does(&two, "P-3", ("0002", 2_300), press("26", None));
    does(&two, "P-3", ("0002", 2_400), completes("press"));
    does(&two, "P-5", ("0002", 2_500), signs("P-5"));
    let unseen = "P-5 recorded in step press, unseen by this signature";
    assert_eq!(objected(&bench, &two).await, [said("Signed", unseen)]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_nothing_happened_later_than_it_was_received_whatever_a_clock_says() {
    let (bench, _one, two) = demanding_plant().await;
    reaches_press(&two, "0001");
    does(&two, "P-3", ("0001", 1_300), press("26", Some("FG-1")));
    // By the station's clock calibration and training had ended weeks ago.
    forges(&two, "\"utc\":\"2026-11-20T", "\"utc\":\"2027-01-20T");
    assert_eq!(told_of_last(&bench, &two).await, Vec::<String>::new());
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_a_training_counts_until_it_is_taken_back() {
    let (bench, one, two) = demanding_plant().await;
    let (qualification, reason) = ("press-1".parse().unwrap(), "retrained".to_owned());
    let unqualify = PersonCommand::Unqualify { qualification, reason };
    let command = Command::Person("P-3".parse().unwrap(), unqualify);
    one.ledger().transact(&acting("P-1"), &moment(1_150), command).unwrap();
    judged(&bench, &one).await;
    // The second station has not heard of it: what it did before stands, what it did after does not.
    reaches_press(&two, "0001");
    let why = "P-3 was not trained for press-1";
    let objected = objected(&bench, &two).await;
    assert_eq!(objected, [said("StepCompleted", why)]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_to_void_a_failing_value_takes_who_may_accept_it_also_at_the_server() {
    let (bench, one, two) = plant().await;
    one.admit("P-6", Role::Supervisor);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    reaches_press(&two, "0001");
    does(&two, "P-3", ("0001", 1_300), press("28", None));
    let retype = TravelerCommand::Retype { reading: pressed(&two, "0001"), value: newton("28") };
    does(&two, "P-3", ("0001", 1_400), retype);
    let number: gemba::domain::ids::DeviationId = "NCR-ASM2-0001".parse().unwrap();
    let by = Signer::by_badge("P-2");
    let (disposition, reason) = (Disposition::Void, "no defect".to_owned());
    let dispose = DeviationCommand::Dispose { shares: Share::all(disposition), reason, by };
    let command = Command::Deviation(number.clone(), dispose);
    let saved = two.ledger().transact(&at_bench("P-2"), &moment(1_500), command).unwrap();
    let written = two.ledger().written(&saved.facts[0].0).unwrap().unwrap();
    let (disposition, by) = (saved.facts[0].0.clone(), Signer::by_badge("P-1"));
    let agrees = DeviationCommand::Approve { disposition, by };
    let command = Command::Deviation(number.clone(), agrees);
    two.ledger().transact(&at_bench("P-1"), &moment(1_550), command).unwrap();
    forges(&two, "\"actor\":\"P-1\"", "\"actor\":\"P-6\"");
    let may_not = "P-6 may not accept a value outside its limits";
    assert_eq!(objected(&bench, &two).await, [said("HoldReleased", may_not)]);
    let body = Fact::read(&written.bytes).unwrap().body;
    two.writes_as("P-6", Subject::Deviation(number), body, 1_600);
    assert_eq!(objected(&bench, &two).await.pop(), Some(said("Dispositioned", may_not)));
    let held = state(&two, "0001");
    let judged = |reason: &HoldReason| matches!(reason, HoldReason::Judged { .. });
    let held = held.open_holds().filter(|(_, hold)| judged(&hold.placed.reason)).count();
    assert_eq!(held, 2, "the unit is held for the deviation, too");
    bench.running.shutdown().await;
}

#[test]
fn r01_stop_work_stops_what_it_stops_at_the_bench() {
    let stopped = |kind: &str| {
        let path = format!("{}/fixtures/facts/{kind}.json", env!("CARGO_MANIFEST_DIR"));
        let fact = Fact::read(std::fs::read_to_string(path).unwrap().trim()).unwrap();
        let FactBody::Traveler(body) = fact.body else { panic!("{kind}") };
        is_stopped(&body)
    };
    for kind in ["StepStarted", "ReadingTaken", "StepSkipped", "QuantityReported", "Signed"] {
        assert!(stopped(kind), "{kind}");
    }
    for kind in ["ReadingCorrected", "Paused", "HoldPlaced", "QuantityCorrected"] {
        assert!(!stopped(kind), "{kind}");
    }
}
