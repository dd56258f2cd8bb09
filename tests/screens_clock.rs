//! The clock of a session is the one that facts are written by, across a start of the machine too.

use gemba::app::clock::Clock;
use gemba::domain::decide::Command;
use gemba::domain::ids::BootId;
use gemba::domain::moment::Moment;
use gemba::domain::offset::Offset;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::ledger::store::Ledger;

use crate::cli_gauge::measured;
use crate::support::program::OPERATOR;

#[test]
fn r11_a_wait_that_the_servers_clock_proves_is_proven_on_the_screen_after_a_restart() {
    let plant = measured();
    let (unit, at) = ("WO-1881/0007", ["--place", "ASM-1"]);
    let by = |arguments: &[&str]| plant.by(OPERATOR, &[arguments, &at].concat()).exits(0);
    for _ in 0..3 {
        by(&["record", unit, "25", "--gauge", "TW-07"]);
    }
    by(&["traveler", "complete", unit, "torque"]);
    {
        let mut ledger = Ledger::open(&plant.home()).unwrap();
        let now = Clock::of_machine().moment();
        let mono_ms = now.mono_ms;
        let measured = Offset { offset_ms: 0, boot: now.boot.clone(), mono_ms, ahead_ms: None };
        ledger.put_server_offset(&measured).unwrap();
        // Begun before the machine was started again, when the server's clock was known as well.
        let before = Moment {
            utc: now.utc - jiff::SignedDuration::from_mins(25),
            mono_ms: 600_000,
            boot: BootId::parse("boot-before").unwrap(),
            offset_ms: Some(0),
            offset_age_s: Some(5),
        };
        let place = Some("ASM-1".parse().unwrap());
        let acting =
            gemba::domain::fact::Acting { place, ..crate::support::plant::acting("p-novak") };
        let at = StepAt { operation: 20, step: "cure".parse().unwrap() };
        let begin = TravelerCommand::Record { at, ask: 1, sample: 1, entry: Entry::BeginWait };
        let command = Command::Traveler(TravelerId::parse(unit).unwrap(), begin);
        ledger.transact(&acting, &before, command).unwrap();
    }
    let seen = plant.play(
        "scan B-2107\ntype 482913\nkey enter\nexpect Work here\nscan WO-1881/0007\nexpect wait at least\n\
         expect passed\n",
    );
    assert!(!seen.exits(0).out.contains("cannot be proven"));
}
