//! What was measured lately, as a store tells it beside a new value: of the same characteristic of the same
//! part at the same place, the oldest first, once all of the unit itself is recorded.

use gemba::domain::decide::Command;
use gemba::domain::feeds::Feed;
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::place::{PlaceCommand, PlaceDefined};
use gemba::domain::quantity::Verdict;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::state::Attempt;
use gemba::views::query::{Answer, Query};
use serde_json::json;

use crate::support::bench::{
    Bench, id, instruction, newton, page_after, specification, step_at, torque, traveler,
};

fn on(bench: &mut Bench, unit: &str, command: TravelerCommand) {
    bench.tell(Command::Traveler(traveler(unit), command));
}

/// Begins a unit at a place, up to the bolts.
fn begins(bench: &mut Bench, unit: &str, place: &str) {
    bench.at(place);
    on(bench, unit, TravelerCommand::Start);
    let (at, entry) = (step_at("clean"), Entry::Answer(true));
    on(bench, unit, TravelerCommand::Record { at, ask: 1, sample: 1, entry });
    on(bench, unit, TravelerCommand::CompleteStep { at: step_at("clean"), read_in: None });
}

/// Torques the four bolts of a unit at a place.
fn torques(bench: &mut Bench, unit: &str, place: &str, values: [&str; 4]) {
    begins(bench, unit, place);
    for (bolt, value) in (1..).zip(values) {
        on(bench, unit, torque(bolt, value));
    }
}

/// What was measured lately as a unit shows it at a place.
fn lately(bench: &mut Bench, unit: &str, place: &str) -> Vec<String> {
    let (query, now) =
        (Query::Traveler { id: traveler(unit), place: Some(id(place)) }, bench.now());
    let Answer::Traveler(Some(view)) = bench.ledger.answer(&query, &now).unwrap() else {
        panic!("{unit} is not known")
    };
    assert!(view.lately.keys().all(|ask| *ask == 1), "{:?}", view.lately);
    let values = view.lately.get(&1).into_iter().flatten();
    values
        .map(|value| {
            assert_eq!((value.unit.symbol(), value.verdict), ("N·m", Some(Verdict::Pass)));
            value.number.text().to_owned()
        })
        .collect()
}

/// A plant with a second bench for the same work.
fn two_benches() -> Bench {
    let mut bench = Bench::founded();
    bench.sign_in("admin");
    let place = PlaceDefined {
        name: "Line 2".to_owned(),
        site: id("PLANT"),
        area: id("HALL-1"),
        work_center: id("ASM"),
    };
    bench.tell(Command::Place(id("ASM-2"), PlaceCommand::Define(place)));
    bench.sign_in("novak");
    bench
}

#[test]
fn the_last_values_of_the_part_at_the_place_are_told_once_all_are_recorded() {
    let mut bench = two_benches();
    torques(&mut bench, "WO-1881/0007", "ASM-1", ["24.1", "24.2", "24.3", "24.4"]);
    torques(&mut bench, "WO-1881/0009", "ASM-2", ["26.1", "26.2", "26.3", "26.4"]);
    begins(&mut bench, "WO-1881/0008", "ASM-1");
    let nothing: [&str; 0] = [];
    for (bolt, value) in (1..).zip(["25.1", "25.2", "25.3"]) {
        on(&mut bench, "WO-1881/0008", torque(bolt, value));
        assert_eq!(lately(&mut bench, "WO-1881/0008", "ASM-1"), nothing, "bolt {bolt}");
    }
    on(&mut bench, "WO-1881/0008", torque(4, "25.4"));
    let here = ["24.1", "24.2", "24.3", "24.4", "25.1", "25.2", "25.3", "25.4"];
    assert_eq!(lately(&mut bench, "WO-1881/0008", "ASM-1"), here);
    let there = ["26.1", "26.2", "26.3", "26.4"];
    assert_eq!(lately(&mut bench, "WO-1881/0008", "ASM-2"), there, "of the place it is looked at");
    // A value that was corrected since is told as it counts now.
    let state = bench.unit("WO-1881/0007");
    let first = state.attempts.iter().flat_map(Attempt::readings).next().unwrap();
    let reading = first.0.at.clone();
    let (value, reason) = (newton("24.6"), "typed wrong".to_owned());
    on(&mut bench, "WO-1881/0007", TravelerCommand::Correct { reading, value, reason });
    assert_eq!(lately(&mut bench, "WO-1881/0008", "ASM-1")[0], "24.6");
}

fn order(bench: &mut Bench, order: &str, part: &str, (instruction, serials): (&str, &[String])) {
    bench.sign_in("plank");
    let opened: OrderOpened = serde_json::from_value(json!({
        "part": part,
        "units": {"serials": serials},
        "route": [{"operation": 20, "instruction": instruction, "work_center": "ASM"}],
        "due": "2026-12-01",
        "priority": 2,
    }))
    .unwrap();
    bench.tell(Command::Order(id(order), OrderCommand::Open(opened)));
    bench.sign_in("novak");
}

/// Releases what is said of the usual part for another one, by another instruction.
fn defines(bench: &mut Bench, part: &str, work: &str) {
    let of = |text: String| text.replace("CP-40", part).replace("WI-1040", work);
    let specification = bench.ledger.put_blob(of(specification()).as_bytes()).unwrap();
    let text = bench.ledger.put_blob(of(instruction()).as_bytes()).unwrap();
    let submit = |hash| RevisionCommand::Submit {
        revision: id("F"),
        hash,
        blobs: Vec::new(),
        title: "Fit and torque the pump cover".to_owned(),
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    };
    bench.sign_in("engel");
    let before = bench.own_facts().len();
    bench.tell(Command::Specification(id(part), submit(specification)));
    bench.tell(Command::Instruction(id(work), submit(text)));
    for person in ["engel", "quade"] {
        bench.sign_in(person);
        let approve = |shown| RevisionCommand::Approve {
            revision: id("F"),
            shown,
            by: Signer::by_badge(person.to_uppercase()),
        };
        bench.tell(Command::Specification(id(part), approve(specification)));
        bench.tell(Command::Instruction(id(work), approve(text)));
    }
    let released = bench.own_facts().into_iter().skip(before);
    let released = released.filter(|fact| fact.bytes.contains("Released\""));
    let page = page_after(&bench.ledger, &Feed::Catalog, released.collect());
    bench.ledger.apply(&page).unwrap();
}

#[test]
fn another_part_with_a_characteristic_of_the_same_name_is_left_out() {
    let mut bench = Bench::founded();
    defines(&mut bench, "CP-44", "WI-1044");
    order(&mut bench, "WO-44", "CP-44", ("WI-1044", &["S-1".to_owned(), "S-2".to_owned()]));
    torques(&mut bench, "WO-44/S-1", "ASM-1", ["26.1", "26.2", "26.3", "26.4"]);
    torques(&mut bench, "WO-1881/0007", "ASM-1", ["24.1", "24.2", "24.3", "24.4"]);
    torques(&mut bench, "WO-44/S-2", "ASM-1", ["25.1", "25.2", "25.3", "25.4"]);
    assert_eq!(lately(&mut bench, "WO-1881/0007", "ASM-1"), ["24.1", "24.2", "24.3", "24.4"]);
    let both = ["26.1", "26.2", "26.3", "26.4", "25.1", "25.2", "25.3", "25.4"];
    assert_eq!(lately(&mut bench, "WO-44/S-1", "ASM-1"), both);
}

#[test]
fn no_more_are_told_than_fit_beside_a_limit_bar_and_they_are_the_last_ones() {
    let mut bench = Bench::founded();
    let serials: Vec<String> = (1..=8).map(|n| format!("T-{n}")).collect();
    order(&mut bench, "WO-1890", "CP-40", ("WI-1040", &serials));
    for (n, serial) in (1..).zip(&serials) {
        let value = format!("24.{n}");
        torques(&mut bench, &format!("WO-1890/{serial}"), "ASM-1", [&*value; 4]);
    }
    let wanted: Vec<String> = (3..=8).flat_map(|n| vec![format!("24.{n}"); 4]).collect();
    assert_eq!(wanted.len(), 24);
    assert_eq!(lately(&mut bench, "WO-1890/T-8", "ASM-1"), wanted);
}
