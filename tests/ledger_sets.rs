//! Sets in the store: one transaction, what a trace and the list of waits say, and a power cut.

use gemba::domain::decide::Command;
use gemba::domain::instruction::Instruction;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::refusal::Reason;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{StepAt, TravelerCommand};
use gemba::domain::traveler::set::{SetAct, SetCommand};
use gemba::domain::traveler::wait::{RunningWait, WaitStanding};
use gemba::ledger::error::TransactError;
use gemba::ledger::store::Ledger;
use gemba::views::query::{Answer, Query};
use serde_json::json;

use crate::support::bench::{Bench, id, moment, traveler};

const UNITS: [&str; 3] = ["WO-9/0001", "WO-9/0002", "WO-9/0003"];

fn units() -> Vec<TravelerId> {
    UNITS.iter().map(|unit| traveler(unit)).collect()
}

fn at() -> StepAt {
    StepAt { operation: 10, step: id("cure") }
}

fn begins() -> SetAct {
    SetAct { units: units(), command: SetCommand::BeginWait { at: at(), ask: 1 } }
}

fn completes() -> SetAct {
    SetAct { units: units(), command: SetCommand::Complete { at: at(), read_in: None } }
}

/// Three units stand before their oven.
fn before_the_oven() -> Bench {
    let mut bench = Bench::founded();
    let value = json!({
        "id": "WI-7", "title": "Cure", "part": "CP-40", "revision": "A", "operation": 10,
        "operation_name": "Cure", "work_center": "ASM", "specification": null,
        "qualification": null,
        "steps": [{"id": "cure", "title": "Cure", "text": [], "asks": [
            {"wait": {"seconds_min": 1200, "seconds_max": 7200, "clock": "cure"}}]}],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    let hash = bench.ledger.put_blob(&serde_json::to_vec(&read).unwrap()).unwrap();
    let of_work = |command| Command::Instruction(id("WI-7"), command);
    let submit = RevisionCommand::Submit {
        revision: id("A"),
        hash,
        blobs: Vec::new(),
        title: "Cure".to_owned(),
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    };
    bench.sign_in("engel").tell(of_work(submit));
    for person in ["engel", "quade"] {
        let approve = RevisionCommand::Approve {
            revision: id("A"),
            shown: hash,
            by: Signer::by_badge(person.to_uppercase()),
        };
        bench.sign_in(person).tell(of_work(approve));
    }
    bench.judge_catalog();
    let opened: OrderOpened = serde_json::from_value(json!({
        "part": "CP-40", "units": {"serials": ["0001", "0002", "0003"]},
        "route": [{"operation": 10, "instruction": "WI-7", "work_center": "ASM"}],
        "due": null, "priority": 2,
    }))
    .unwrap();
    bench.sign_in("plank").tell(Command::Order(id("WO-9"), OrderCommand::Open(opened)));
    bench.sign_in("novak");
    for unit in UNITS {
        bench.start(unit);
    }
    bench
}

fn waits(ledger: &Ledger, now: &Moment) -> Vec<RunningWait> {
    let Answer::Waits(waits) = ledger.answer(&Query::Waits, now).unwrap() else { panic!() };
    waits
}

/// So many seconds after the plant's first moment, a machine that was started anew since.
fn after_restart(seconds: i64) -> Moment {
    Moment { boot: id("boot-2"), mono_ms: 60_000, ..moment(seconds) }
}

fn codes(error: &TransactError) -> Vec<&'static str> {
    let TransactError::Refused(refusal) = error else { panic!("{error}") };
    refusal.reasons.iter().map(Reason::code).collect()
}

#[test]
fn r11_a_shared_wait_is_proven_after_the_power_was_cut() {
    let mut bench = before_the_oven();
    let acting = bench.acting();
    bench.ledger.transact_set(&acting, &moment(1_000), &begins()).unwrap();
    // The power is cut: nothing is closed, and the machine comes up with another boot.
    let mut ledger = Ledger::open(bench.path()).unwrap();
    std::mem::forget(bench.ledger);
    let running = waits(&ledger, &after_restart(1_600));
    assert_eq!(running.len(), 3);
    assert_eq!(running[0].set, units());
    let to_go = WaitStanding::ToGo { ms: 610_000 };
    assert_eq!(running[0].standing(&after_restart(1_600)), to_go, "by the lower bound");
    let early = ledger.transact_set(&acting, &after_restart(1_900), &completes()).unwrap_err();
    assert_eq!(codes(&early), ["W01", "W01", "W01"]);
    ledger.transact_set(&acting, &after_restart(2_211), &completes()).unwrap();
    assert_eq!(waits(&ledger, &after_restart(2_211)), []);
}

#[test]
fn a_set_act_is_rolled_back_for_all_when_one_unit_is_refused() {
    let mut bench = before_the_oven();
    let pause = TravelerCommand::Pause { reason: "lunch".to_owned() };
    bench.tell(Command::Traveler(traveler(UNITS[2]), pause));
    let (acting, head) = (bench.acting(), bench.head_seq());
    let refused = bench.ledger.transact_set(&acting, &moment(1_000), &begins()).unwrap_err();
    assert_eq!(codes(&refused), ["T15"]);
    assert!(refused.to_string().contains("WO-9/0003"), "{refused}");
    assert_eq!(bench.head_seq(), head, "nothing of the others is written");
    assert_eq!(waits(&bench.ledger, &moment(1_001)), []);
    // What was folded on the way was forgotten: the others can go on alone.
    let two = SetAct { units: units()[..2].to_vec(), ..begins() };
    let saved = bench.ledger.transact_set(&acting, &moment(1_002), &two).unwrap();
    assert_eq!(saved.facts.len(), 4);
    assert_eq!(waits(&bench.ledger, &moment(1_003)).len(), 2);
}

#[test]
fn a_trace_names_the_other_units_of_the_set() {
    let mut bench = before_the_oven();
    let acting = bench.acting();
    bench.ledger.transact_set(&acting, &moment(1_000), &begins()).unwrap();
    let query = Query::Trace { id: traveler(UNITS[0]) };
    let Answer::Trace(Some(trace)) = bench.ledger.answer(&query, &moment(1_001)).unwrap() else {
        panic!()
    };
    let line = trace.lines.iter().find(|line| line.kind == "WaitStarted").unwrap();
    assert_eq!(line.what, "wait begun, with WO-9/0002, WO-9/0003");
}

#[test]
fn the_waits_are_the_same_after_a_rebuild() {
    let mut bench = before_the_oven();
    let acting = bench.acting();
    bench.ledger.transact_set(&acting, &moment(1_000), &begins()).unwrap();
    let before = waits(&bench.ledger, &moment(1_001));
    bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(waits(&bench.ledger, &moment(1_001)), before);
}
