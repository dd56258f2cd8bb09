//! The queue tells the truth: who may work on what here and now, and why not, in the words of the
//! refusal that beginning or going on would meet.

use std::collections::BTreeMap;

use gemba::domain::decide::Command;
use gemba::domain::refusal::told::Told;
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::error::TransactError;
use gemba::views::query::{Answer, Query};
use gemba::views::queue::{Queue, QueueState};

use crate::support::bench::{Bench, UNIT, id, newton, torque, traveler};

const READY: &str = "WO-1881/0008";

/// The queue of whoever is signed in.
fn queue(bench: &mut Bench) -> Queue {
    let person = bench.acting().actor;
    let (place, now) = (id("ASM-1"), bench.now());
    let answer = bench.ledger.answer(&Query::Queue { place, person }, &now).unwrap();
    let Answer::Queue(queue) = answer else { panic!("no queue") };
    queue
}

/// Why a unit is stopped; none where it can be worked on.
fn stopped(bench: &mut Bench, unit: &str) -> Vec<Told> {
    let queue = queue(bench);
    let found = queue.here.iter().chain(&queue.not_yet).find(|row| row.traveler == traveler(unit));
    let row = found.unwrap_or_else(|| panic!("{unit} is not listed"));
    let here = queue.here.iter().any(|row| row.traveler == traveler(unit));
    assert_eq!(here, row.stopped().is_empty(), "a unit is ready, or it says why not: {row:?}");
    row.stopped().to_vec()
}

/// What an act on a unit is refused for.
fn refused(bench: &mut Bench, unit: &str, command: TravelerCommand) -> Vec<Told> {
    let asked = bench.ask(Command::Traveler(traveler(unit), command));
    let Err(TransactError::Refused(refusal)) = asked else { panic!("done: {asked:?}") };
    refusal.told()
}

fn codes(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.code).collect()
}

#[test]
fn r05_who_is_not_qualified_reads_in_the_queue_what_the_refusal_says() {
    let mut bench = Bench::started();
    assert_eq!((stopped(&mut bench, UNIT), stopped(&mut bench, READY)), (vec![], vec![]));
    // An operator who is new here has no training for it.
    bench.new_operator("wirth");
    let told = stopped(&mut bench, READY);
    assert_eq!(codes(&told), ["P07"]);
    assert_eq!(told, refused(&mut bench, READY, TravelerCommand::Start));
    assert_eq!(stopped(&mut bench, UNIT), refused(&mut bench, UNIT, torque(1, "25.1")));
    // Who performs nothing at all is told so once, and sees what stands here for others.
    bench.sign_in("plank");
    assert_eq!(stopped(&mut bench, READY), []);
    let looks: Vec<Told> = queue(&mut bench).looks.into_iter().collect();
    assert_eq!(looks, refused(&mut bench, READY, TravelerCommand::Start)[..1]);
    assert_eq!(codes(&looks), ["P04"]);
    // Where nobody acts, only what holds for everybody is said.
    bench.nobody();
    assert_eq!(stopped(&mut bench, READY), []);
}

#[test]
fn r01_stop_work_stands_in_the_queue_for_units_begun_and_not_begun() {
    let mut bench = Bench::started();
    bench.sign_in("quade");
    let reason = "cracked covers".to_owned();
    let withdrawn = RevisionWithdrawn { revision: id("F"), reason, stop_work: true };
    bench.tell(Command::Instruction(id("WI-1040"), RevisionCommand::Withdraw(withdrawn)));
    bench.sign_in("novak");
    let begun = stopped(&mut bench, UNIT);
    assert!(begun.iter().any(|told| told.what.to_string().contains("cracked covers")), "{begun:?}");
    assert_eq!(begun, refused(&mut bench, UNIT, torque(1, "25.1")));
    let ready = stopped(&mut bench, READY);
    assert!(!ready.is_empty() && ready.iter().all(|told| !told.next.to_string().is_empty()));
    assert_eq!(ready, refused(&mut bench, READY, TravelerCommand::Start));
}

#[test]
fn r08_a_unit_on_hold_says_every_reason_and_one_that_waits_to_be_typed_again_is_at_hand() {
    let mut bench = Bench::started();
    bench.record(1, "27.3").unwrap();
    // What the person at the bench does first is no reason to leave it alone.
    let now = queue(&mut bench);
    let row = now.here.iter().find(|row| row.traveler == traveler(UNIT)).unwrap();
    assert_eq!(codes(&row.first), ["H03"]);
    assert!(matches!(row.state, QueueState::Begun { step: 2, .. }), "{row:?}");
    let waiting = bench.unit(UNIT).to_retype().unwrap().1.clone();
    bench.on(TravelerCommand::Retype { reading: waiting, value: newton("27.3") }).unwrap();
    let told = stopped(&mut bench, UNIT);
    assert_eq!(codes(&told), ["H01"]);
    assert_eq!(told, refused(&mut bench, UNIT, torque(2, "25.1")));
    // The person's own reason stands beside it.
    bench.new_operator("wirth");
    assert_eq!(codes(&stopped(&mut bench, UNIT)), ["P07", "H01"]);
    let named: BTreeMap<_, _> = [(id("sato"), "S. Sato (B-1)".to_owned())].into();
    let refusal = gemba::domain::refusal::Reason::QualificationMissing {
        person: id("sato"),
        qualification: id("torque-1"),
    };
    assert_eq!(refusal.told(&named).what, "S. Sato (B-1) is not qualified for torque-1.");
}

#[test]
fn r08_a_pause_leaves_a_unit_at_hand_with_its_reason() {
    let mut bench = Bench::started();
    bench.on(TravelerCommand::Pause { reason: "lunch".to_owned() }).unwrap();
    let now = queue(&mut bench);
    let row = now.here.iter().find(|row| row.traveler == traveler(UNIT)).unwrap();
    assert_eq!(codes(&row.first), ["T15"]);
    assert!(matches!(&row.state, QueueState::Begun { paused: Some(why), .. } if why == "lunch"));
}
