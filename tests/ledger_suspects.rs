//! The tables of a station narrow what is looked at for a failed check; the rule decides (R16).

use gemba::domain::decide::Command;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::order::{OrderCommand, OrderOpened};

use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::suspect::is_open;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::counting::Counting;
use gemba::domain::traveler::state::{Attempt, TravelerState};
use gemba::domain::traveler::suspect::HeldStanding;
use proptest::prelude::*;
use serde_json::json;

use crate::support::bench::{Bench, id};
use crate::support::shop_plan::reading;
use crate::support::shop_sampling::{gap, gap_at, gap_done, sampled};
use crate::support::wild::Chance;

const UNITS: u64 = 30;

/// A gap that is measured on one in four units, counted at the place for good.
fn plan() -> Instruction {
    let mut plan = sampled("first, then 1 in 4 per place", "A");
    for ask in &mut plan.steps[0].asks {
        if let Ask::Measure(measure) = ask {
            measure.characteristic = None;
        }
    }
    Instruction { part: id("CP-40"), qualification: None, ..plan }
}

fn bench() -> Bench {
    let mut bench = Bench::founded();
    let hash = bench.ledger.put_blob(&serde_json::to_vec(&plan()).unwrap()).unwrap();
    let of_work = |command| Command::Instruction(id("WI-5"), command);
    bench.sign_in("engel").tell(of_work(RevisionCommand::Submit {
        revision: id("A"),
        hash,
        blobs: Vec::new(),
        title: "Close the joint".to_owned(),
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    }));
    for person in ["engel", "quade"] {
        let by = Signer::by_badge(person.to_uppercase());
        let approve = RevisionCommand::Approve { revision: id("A"), shown: hash, by };
        bench.sign_in(person).tell(of_work(approve));
    }
    bench.judge_catalog();
    // Whatever fails in a row, work goes on.
    let rules = SiteChange { failures_in_a_row: Some(0), ..SiteChange::default() };
    let change = Command::Site(id("PLANT"), SiteCommand::Change(Box::new(rules)));
    bench.sign_in("admin").tell(change);
    let serials: Vec<String> = (1..=UNITS).map(|n| format!("{n:04}")).collect();
    let opened: OrderOpened = serde_json::from_value(json!({
        "part": "CP-40", "units": {"serials": serials},
        "route": [{"operation": 10, "instruction": "WI-5", "work_center": "ASM"}],
        "due": "2026-12-01", "priority": 2,
    }))
    .unwrap();
    bench.sign_in("plank").tell(Command::Order(id("WO-S"), OrderCommand::Open(opened)));
    bench.sign_in("novak").at("ASM-1");
    bench
}

fn numbered(n: u64) -> TravelerId {
    TravelerId { order: id("WO-S"), unit: id(&format!("{n:04}")) }
}

fn units(bench: &Bench) -> Vec<(TravelerId, TravelerState)> {
    let known = (1..=UNITS).map(numbered).filter_map(|unit| {
        let stream = bench.ledger.stream(&Subject::Traveler(unit.clone())).unwrap().stream;
        let StreamState::Traveler(state) = stream.state else { return None };
        state.started.is_some().then_some((unit, state))
    });
    known.collect()
}

/// All that the station knows of the count, from its facts alone.
fn whole(units: &[(TravelerId, TravelerState)]) -> Counting {
    let mut counting = Counting::default();
    for (id, state) in units {
        counting.made.extend(state.made(id).into_iter().map(|(_, _, made)| made));
        counting.held.extend(state.held_suspect(id));
        if state.ended.is_some() {
            counting.ended.insert(id.clone());
        }
    }
    counting
}

/// Somebody does something with a unit; most go the plain way, one after the other.
fn anything(bench: &mut Bench, chance: &mut Chance, next: &mut u64) {
    let known = units(bench);
    let waits = known.iter().find(|(_, state)| state.to_retype().is_some());
    let value = chance.pick(&["0.02", "0.02", "0.09"]);
    let of = reading(value, "mm");
    if let Some((unit, state)) = waits.filter(|_| chance.one_in(2)) {
        let (_, at, _) = state.to_retype().unwrap();
        let retype = TravelerCommand::Retype { reading: at.clone(), value: of };
        drop(bench.sign_in("novak").ask(Command::Traveler(unit.clone(), retype)));
        return;
    }
    let some = (!known.is_empty()).then(|| chance.pick(&known));
    let (who, unit, command) = match (chance.below(14), some) {
        (0, Some((unit, state))) => {
            let last = state.attempts.iter().flat_map(Attempt::readings).last();
            let Some((at, _)) = last else { return };
            let (reading, reason) = (at.at.clone(), "read again".to_owned());
            ("novak", unit, TravelerCommand::Correct { reading, value: of, reason })
        }
        (1, Some((unit, state))) => {
            let Some(last) = state.held_suspect(&unit).pop() else { return };
            let (hold, reason) = (last.hold, "fits".to_owned());
            ("quade", unit, TravelerCommand::ReleaseHold { hold, reason })
        }
        (2, Some((unit, state))) => {
            let Some((hold, _, (sample, _))) = state.sorts_next() else { return };
            let hold = hold.clone();
            ("novak", unit, TravelerCommand::Sort { hold, sample, value: of, gauge: None })
        }
        (3, Some((unit, _))) if chance.one_in(2) => {
            let reason = "dropped".to_owned();
            ("sato", unit, TravelerCommand::SkipStep { at: gap_at(), reason })
        }
        (4 | 5, Some((unit, _))) => ("novak", unit, gap(value)),
        (6, Some((unit, _))) => ("novak", unit, gap_done()),
        _ => {
            *next += 1;
            let unit = || numbered(*next);
            let mut does =
                |command| bench.sign_in("novak").ask(Command::Traveler(unit(), command)).is_ok();
            does(TravelerCommand::Start);
            // What is not to be measured is not, but now and then.
            if chance.one_in(8) {
                does(gap(value));
            }
            if !chance.one_in(6) && !does(gap_done()) {
                does(gap(value));
                does(gap_done());
            }
            return;
        }
    };
    drop(bench.sign_in(who).ask(Command::Traveler(unit, command)));
}

/// What a history comes to: holds that are open, and those that were ended.
fn acted(seed: u64) -> (usize, usize) {
    let (mut bench, mut chance, mut next) = (bench(), Chance(seed), 0);
    let (place, counter) = (id("ASM-1"), "WI-5/10/gap/1");
    let mut begun = 0;
    while next < UNITS {
        anything(&mut bench, &mut chance, &mut next);
        let units = units(&bench);
        let counting = whole(&units);
        let counter = counting.held.first().map_or(counter, |held| &held.suspected.counter);
        assert_eq!(counting.follow((&place, counter)), [], "nothing more is held or lifted");
        let own = bench.ledger.identity().ledger.clone();
        let newest = units.iter().flat_map(|(_, state)| &state.attempts).max_by_key(|a| &a.at);
        let Some(newest) = newest.filter(|newest| newest.at.seq > begun) else { continue };
        begun = newest.at.seq;
        // As it stood when the newest one was begun.
        let before: Vec<_> = counting.made.into_iter().filter(|one| one.at < newest.at).collect();
        let known = |at: &gemba::domain::fact::Position| *at < newest.at;
        let settled = before.iter().all(|one| one.check.as_ref().is_none_or(|c| known(&c.known)));
        if settled && is_open(&before, &own) {
            assert!(newest.samples[0].sampled, "whatever is begun is measured");
        }
    }
    let standing = |state: &TravelerState, id: &TravelerId| -> Vec<HeldStanding> {
        state.held_suspect(id).into_iter().map(|held| held.standing).collect()
    };
    let all = units(&bench).into_iter().flat_map(|(id, state)| standing(&state, &id));
    let all: Vec<HeldStanding> = all.collect();
    let open = all.iter().filter(|standing| standing.is_open()).count();
    (open, all.len() - open)
}

#[test]
fn r16_these_histories_hold_and_end_enough_to_say_something() {
    let (mut open, mut ended) = (0, 0);
    for seed in 0..6 {
        let (more, over) = acted(seed);
        (open, ended) = (open + more, ended + over);
    }
    assert!(open > 0 && ended > 10, "{open} open, {ended} ended");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn r16_the_tables_of_a_station_hold_what_its_facts_alone_say(seed: u64) {
        acted(seed);
    }
}
