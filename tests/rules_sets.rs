//! Sets: several units through one step together, all or none; waits that run and ring (R7, R11).

use std::collections::BTreeMap;

use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::moment::Moment;
use gemba::domain::refusal::{Reason, Refusal};
use gemba::domain::signature::{Covers, Signer};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::set::{
    Member, Membership, SET_UNITS_MAX, SetAct, SetCommand, SetStanding,
};
use gemba::domain::traveler::state::TravelerState;
use gemba::domain::traveler::wait::{Ring, RunningWait, WaitStanding};

use crate::support::counts;
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    accept_wait, assembly, at, begin_wait, complete, disposes, id, pause, raises, torque,
};
use crate::support::wild::Chance;
use crate::support::wild::sensible::sensible;
use gemba::domain::deviation::Disposition;
use gemba::domain::kinds::FactBody;

const UNITS: [&str; 4] = ["0001", "0002", "0003", "0004"];

fn unit(unit: &str) -> TravelerId {
    TravelerId { order: id("WO-1"), unit: id(unit) }
}

fn okafor() -> Signer {
    Signer::by_badge("M. Okafor")
}

fn units(names: &[&str]) -> Vec<TravelerId> {
    names.iter().map(|name| unit(name)).collect()
}

fn state(shop: &Shop, id: &TravelerId) -> TravelerState {
    let stream = shop.stream(&Subject::Traveler(id.clone())).state;
    let StreamState::Traveler(state) = stream else { panic!("{stream:?}") };
    state
}

/// Units brought to a step, one after the other.
fn at_step(names: &[&str], step: &str) -> Shop {
    let mut shop = Shop::open();
    for name in names {
        shop.unit(name).does("novak", TravelerCommand::Start).reaches(step);
    }
    shop
}

fn looked_at(shop: &Shop, names: &[&str]) -> (SetStanding, Result<String, Refusal>) {
    let ids = units(names);
    let states: Vec<TravelerState> = ids.iter().map(|id| state(shop, id)).collect();
    let member = |(id, state)| Member { id, state, known: &shop.instructions };
    let members: Vec<Member<'_>> = ids.iter().zip(&states).map(member).collect();
    let standing = SetStanding::of(&members);
    let together = standing.all_together(&members);
    (standing, together.map(|at| at.step.to_string()))
}

/// The codes and words of a set that may not be one.
fn apart(shop: &Shop, names: &[&str]) -> Vec<String> {
    let (_, together) = looked_at(shop, names);
    told(&together.unwrap_err())
}

fn told(refusal: &Refusal) -> Vec<String> {
    for reason in &refusal.reasons {
        assert!(reason.what().to_string().ends_with('.'), "{}", reason.what());
        assert!(!reason.next().to_string().is_empty(), "{reason:?} says what to do next");
    }
    let reasons = refusal.reasons.iter();
    reasons.map(|reason| format!("{} {}", reason.code(), reason.what())).collect()
}

fn act(names: &[&str], command: SetCommand) -> SetAct {
    SetAct { units: units(names), command }
}

fn begins(names: &[&str]) -> SetAct {
    act(names, SetCommand::BeginWait { at: at("cure"), ask: 1 })
}

/// The sets that a unit's facts name.
fn sets_of(shop: &Shop, name: &str) -> Vec<(&'static str, Vec<TravelerId>)> {
    let subject = Subject::Traveler(unit(name));
    let facts = shop.stations[0].facts_of(&subject).iter();
    let set = |body: &FactBody| -> Option<(&'static str, Vec<TravelerId>)> {
        let FactBody::Traveler(fact) = body else { return None };
        let named = if let TravelerFact::WaitStarted { set, .. } = fact {
            ("WaitStarted", set)
        } else if let TravelerFact::StepCompleted { set, .. } = fact {
            ("StepCompleted", set)
        } else if let TravelerFact::Signed { set, .. } = fact {
            ("Signed", set)
        } else {
            return None;
        };
        (!named.1.is_empty()).then(|| (named.0, named.1.clone()))
    };
    facts.filter_map(|(fact, _)| set(&fact.body)).collect()
}

#[test]
fn units_at_one_step_of_one_revision_are_a_set() {
    let shop = at_step(&UNITS[..3], "cure");
    let (standing, together) = looked_at(&shop, &UNITS[..3]);
    assert_eq!(together.unwrap(), "cure");
    assert_eq!(standing.units, [Membership::Stays, Membership::Stays, Membership::Stays]);
}

#[test]
fn e01_a_set_of_no_unit_is_refused() {
    let none = act(&[], SetCommand::Start).commands().unwrap_err();
    assert_eq!(told(&none), ["E01 No unit is named."]);
}

#[test]
fn e02_a_set_takes_at_most_fifty_units() {
    let names: Vec<String> = (0..=SET_UNITS_MAX).map(|n| format!("{n:04}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many = act(&names, SetCommand::Start).commands().unwrap_err();
    assert_eq!(told(&many), ["E02 51 units are too many at once; 50 are allowed."]);
    assert!(act(&names[..SET_UNITS_MAX], SetCommand::Start).commands().is_ok());
}

#[test]
fn e03_a_unit_is_named_once() {
    let twice = act(&["0001", "0002", "0001", "0001"], SetCommand::Start).commands().unwrap_err();
    assert_eq!(told(&twice), ["E03 WO-1/0001 is named twice."]);
}

#[test]
fn e04_a_unit_of_another_revision_is_no_part_of_the_set() {
    let mut shop = at_step(&UNITS[..2], "clean");
    let mut newer = assembly();
    newer.revision = id("D");
    shop.release_read(&newer);
    shop.unit("0003").does("novak", TravelerCommand::Start).reaches("clean");
    let other = "E04 WO-1/0003 is made by another revision than WO-1/0001.";
    assert_eq!(apart(&shop, &UNITS[..3]), [other]);
}

#[test]
fn e05_a_unit_at_another_step_is_no_part_of_the_set() {
    let mut shop = at_step(&UNITS[..2], "cure");
    shop.unit("0003").does("novak", TravelerCommand::Start).reaches("torque");
    let other = "E05 WO-1/0003 stands at step 20 torque, the others at 20 cure.";
    assert_eq!(apart(&shop, &UNITS[..3]), [other]);
}

#[test]
fn e06_a_unit_whose_steps_are_all_done_is_no_part_of_the_set() {
    let shop = at_step(&UNITS[..1], "cure");
    let mut done = state(&at_step(&["0002"], "diameter"), &unit("0002"));
    done.started.as_mut().unwrap().operations.truncate(1);
    let first = state(&shop, &unit("0001"));
    let ids = units(&UNITS[..2]);
    let known = &shop.instructions;
    let members =
        [Member { id: &ids[0], state: &first, known }, Member { id: &ids[1], state: &done, known }];
    let refusal = SetStanding::of(&members).all_together(&members).unwrap_err();
    assert_eq!(told(&refusal), ["E06 Every step of WO-1/0002 is done."]);
}

#[test]
fn r07_what_stops_a_unit_is_told_for_every_unit_of_the_set() {
    let mut shop = at_step(&UNITS[..3], "torque");
    shop.unit("0001").does("novak", raises("torque"));
    shop.unit("0002").does("novak", pause());
    shop.unit("0003").does("novak", torque(1, "27.3"));
    let told = apart(&shop, &UNITS);
    assert_eq!(told.len(), 4, "{told:?}");
    for (words, code) in told.iter().zip(["H01", "T15", "H03", "T02"]) {
        assert!(words.starts_with(code), "{words}");
    }
    assert!(told[0].contains("WO-1/0001"), "{told:?}");
    shop.unit("0001").does("quell", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert_eq!(apart(&shop, &["0001"])[0].split(' ').next(), Some("T03"));
}

#[test]
fn a_set_act_writes_for_all_of_its_units_or_for_none() {
    let mut shop = at_step(&UNITS[..3], "cure");
    shop.unit("0002").does("novak", raises("cure"));
    shop.unit("0003").does("novak", pause());
    let before: Vec<_> = UNITS.iter().map(|name| state(&shop, &unit(name))).collect();
    let refusal = shop.tries_set("novak", &begins(&UNITS[..3])).unwrap_err();
    let codes: Vec<_> = refusal.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["H01", "T15"], "every unit's reason, not only the first's");
    let after: Vec<_> = UNITS.iter().map(|name| state(&shop, &unit(name))).collect();
    assert_eq!(after, before);
    shop.tries_set("novak", &begins(&["0001"])).unwrap();
    assert_eq!(sets_of(&shop, "0001"), [], "one unit is no set");
}

#[test]
fn r04_a_unit_that_fails_leaves_the_set_and_the_others_go_on() {
    let mut shop = at_step(&UNITS[..3], "torque");
    shop.unit("0002").does("novak", torque(1, "27.3"));
    let (standing, _) = looked_at(&shop, &UNITS[..3]);
    assert_eq!(standing.units[1], Membership::TypesAgain, "until then nobody knows");
    let again = shop.retype(1, "27.3");
    shop.does("novak", again);
    let (standing, _) = looked_at(&shop, &UNITS[..3]);
    let Membership::Left(reason) = &standing.units[1] else { panic!("{standing:?}") };
    assert_eq!((reason.code(), standing.at.unwrap()), ("H01", at("torque")));
    assert_eq!((&standing.units[0], &standing.units[2]), (&Membership::Stays, &Membership::Stays));
    // Corrected, it would have come back.
    shop.unit("0003").does("novak", torque(1, "27.3"));
    let again = shop.retype(1, "24.3");
    shop.does("novak", again);
    assert_eq!(looked_at(&shop, &UNITS[..3]).0.units[2], Membership::Stays);
}

#[test]
fn r06_one_signature_names_every_unit_and_covers_the_facts_of_each() {
    let mut shop = at_step(&UNITS[..3], "release");
    let sign = |who: &str| {
        let by = Signer::by_badge(who);
        act(&UNITS[..3], SetCommand::Sign { at: at("release"), ask: 1, by })
    };
    let refusal = shop.tries_set("novak", &sign("A. Novak")).unwrap_err();
    assert!(refusal.reasons.len() >= 3, "{refusal}");
    let covered: Vec<_> = UNITS.iter().map(|name| state(&shop, &unit(name)).facts).collect();
    // One unit of which not all was shown keeps the signature off every unit.
    let seen = |less: usize| {
        let shown = |(n, facts): (usize, &BTreeMap<Position, Hash>)| {
            (unit(UNITS[n]), facts.len() - if n == 1 { less } else { 0 })
        };
        let by = Signer::by_badge("").having_seen(covered.iter().enumerate().map(shown));
        act(&UNITS[..3], SetCommand::Sign { at: at("release"), ask: 1, by })
            .signed_by(&Signer::by_badge("M. Okafor"))
    };
    let refusal = shop.tries_set("okafor", &seen(1)).unwrap_err();
    assert!(refusal.is_not_seen() && refusal.reasons.len() == 1, "{refusal}");
    let saved = shop.tries_set("okafor", &seen(0)).unwrap();
    assert_eq!(saved.len(), 6, "each has its attempt and its signature");
    for (name, covered) in UNITS[..3].iter().zip(covered) {
        assert_eq!(sets_of(&shop, name), [("Signed", units(&UNITS[..3]))]);
        let state = state(&shop, &unit(name));
        let attempt = state.attempts.last().unwrap();
        let Some(gemba::domain::traveler::state::RecordedWhat::Signature(signed)) =
            attempt.entry(1, 1).map(|entry| &entry.what)
        else {
            panic!("{attempt:?}")
        };
        assert_eq!(signed.covers, Covers::over(&covered));
        assert_eq!(signed.printed_name, "M. Okafor");
    }
}

fn waits(shop: &Shop, name: &str) -> Vec<RunningWait> {
    state(shop, &unit(name)).running_waits(&unit(name), &shop.instructions)
}

fn now(shop: &Shop) -> Moment {
    shop.moment()
}

#[test]
fn r11_a_shared_wait_runs_for_all_and_ends_unit_by_unit() {
    let mut shop = at_step(&UNITS[..3], "cure");
    shop.tries_set("novak", &begins(&UNITS[..3])).unwrap();
    let of = |shop: &Shop| UNITS.map(|name| waits(shop, name).len());
    assert_eq!(of(&shop), [1, 1, 1, 0]);
    let [first, second] = ["0001", "0002"].map(|name| waits(&shop, name).remove(0));
    assert!(first.same_load(&second));
    assert_eq!(first.set, units(&UNITS[..3]));
    shop.later(1_199);
    let done = |names: &[&str]| act(names, SetCommand::Complete { at: at("cure"), read_in: None });
    let refusal = shop.tries_set("novak", &done(&UNITS[..3])).unwrap_err();
    let codes: Vec<_> = refusal.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["W01", "W01", "W01"]);
    shop.later(1).unit("0001").does("novak", complete("cure"));
    assert_eq!(of(&shop), [0, 1, 1, 0]);
    shop.tries_set("novak", &done(&["0002", "0003"])).unwrap();
    assert_eq!(of(&shop), [0, 0, 0, 0]);
    let expected =
        [("WaitStarted", units(&UNITS[..3])), ("StepCompleted", units(&["0002", "0003"]))];
    assert_eq!(sets_of(&shop, "0002"), expected);
}

#[test]
fn r11_a_wait_rings_before_min_ends_when_it_is_reached_and_before_max_passes() {
    let mut shop = at_step(&["0001"], "cure");
    shop.does("novak", begin_wait("cure"));
    let wait = waits(&shop, "0001").remove(0);
    let rings = |shop: &mut Shop, s: i64| {
        let now = now(shop.later(s));
        (wait.rings(&now), wait.standing(&now), wait.next_ring_ms(&now))
    };
    // A cure of 20 min to 2 h.
    let ms = |ms| WaitStanding::ToGo { ms };
    let left = |ms| WaitStanding::LongEnough { left_ms: Some(ms) };
    let (soon, reached, last) = (Ring::MinSoon, Ring::MinReached, Ring::MaxSoon);
    assert_eq!(rings(&mut shop, 1_139), (vec![], ms(61_000), Some(1_000)));
    assert_eq!(rings(&mut shop, 1), (vec![soon], ms(60_000), Some(60_000)));
    assert_eq!(rings(&mut shop, 60), (vec![soon, reached], left(6_000_000), Some(5_940_000)));
    assert_eq!(rings(&mut shop, 5_939), (vec![soon, reached], left(61_000), Some(1_000)));
    assert_eq!(rings(&mut shop, 1), (vec![soon, reached, last], left(60_000), None));
    let over = WaitStanding::TooLong { ms: 1_000 };
    assert_eq!(rings(&mut shop, 61), (vec![soon, reached, last], over, None));
}

#[test]
fn r11_after_a_power_cut_a_wait_rings_by_what_is_proven() {
    let mut shop = at_step(&["0001"], "cure");
    shop.measure_offset().does("novak", begin_wait("cure"));
    let wait = waits(&shop, "0001").remove(0);
    shop.later(600).reboot();
    assert_eq!(wait.standing(&now(&shop)), WaitStanding::Unproven);
    assert_eq!(wait.rings(&now(&shop)), [Ring::MaxSoon], "somebody has to look at it");
    shop.measure_offset();
    // Two clocks agree to ten seconds: min by the lower bound, max by the upper.
    assert_eq!(wait.standing(&now(&shop)), WaitStanding::ToGo { ms: 610_000 });
    assert_eq!(wait.rings(&now(&shop)), []);
    shop.later(600);
    assert_eq!(wait.rings(&now(&shop)), [Ring::MinSoon]);
    shop.later(11);
    assert_eq!(wait.rings(&now(&shop)), [Ring::MinSoon, Ring::MinReached]);
}

#[test]
fn a_working_wait_stands_still_in_a_pause_and_rings_later() {
    let mut shop = at_step(&["0001"], "press");
    shop.does("novak", begin_wait("press")).later(100).does("novak", pause()).later(500);
    let wait = waits(&shop, "0001").remove(0);
    assert_eq!(wait.standing(&now(&shop)), WaitStanding::ToGo { ms: 200_000 });
    shop.does("novak", TravelerCommand::Resume { note: None }).later(140);
    assert_eq!(waits(&shop, "0001")[0].rings(&now(&shop)), [Ring::MinSoon]);
    assert_eq!(shop.codes("brandt", accept_wait("press")), ["W01"]);
}

#[test]
fn whatever_units_are_taken_together_an_act_is_on_all_of_them_or_on_none() {
    let begins = ["", "clean", "cure", "press", "release"];
    let begins =
        begins.map(|step| if step.is_empty() { Shop::open() } else { at_step(&UNITS, step) });
    let (mut accepted, mut refused) = ([0_u32; 6], 0_u32);
    for seed in 0..700 {
        one_history((seed, &begins), &mut accepted, &mut refused);
    }
    assert!(accepted.iter().all(|count| *count >= 100), "{accepted:?}");
    assert!(refused >= 100, "{refused}");
    counts::add("set_acts_accepted", accepted.iter().map(|n| u64::from(*n)).sum());
}

/// Four units at one step, disturbed now and then, and acts on some of them.
fn one_history((seed, begins): (u64, &[Shop]), accepted: &mut [u32; 6], refused: &mut u32) {
    let mut chance = Chance(seed);
    let mut shop = chance.pick(begins);
    for _ in 0..6 {
        let mut names = UNITS[chance.pick(&[0, 0, 1, 2])..].to_vec();
        if chance.one_in(12) {
            names.push(chance.pick(&UNITS));
        }
        let (which, who, command) = if chance.one_in(4) {
            any_command(&mut chance)
        } else {
            next_command(&mut shop, names[0], &mut chance)
        };
        let before: Vec<_> = UNITS.iter().map(|name| state(&shop, &unit(name))).collect();
        let done = shop.tries_set(who, &act(&names, command));
        for (name, before) in UNITS.iter().zip(before) {
            let grew = state(&shop, &unit(name)) != before;
            let expected = done.is_ok() && names.contains(name);
            assert_eq!(grew, expected, "seed {seed}, {name} of {names:?}: {done:?}");
        }
        match done {
            Ok(_) => accepted[which] += 1,
            Err(_) => *refused += 1,
        }
        shop.later(chance.pick(&[1, 400, 1_300]));
        if chance.one_in(10) {
            shop.unit(chance.pick(&UNITS));
            let (who, command) = sensible(&mut shop, &mut chance);
            drop(shop.tries(who, command));
            shop.traveler = unit("0001");
        }
    }
}

/// What the first unit of a set needs next.
fn next_command(
    shop: &mut Shop,
    name: &str,
    chance: &mut Chance,
) -> (usize, &'static str, SetCommand) {
    let state = state(shop, &unit(name));
    let Some(current) = state.current(&shop.instructions) else {
        return (0, "novak", SetCommand::Start);
    };
    let step = current.step.id.to_string();
    let attempt = state.standing_attempt(20, &current.step.id);
    let open = attempt.is_none_or(|attempt| attempt.open_ask(current.step).is_some());
    match (step.as_str(), open) {
        ("clean", true) => {
            (2, "novak", SetCommand::Answer { at: at("clean"), ask: 1, yes: true, gauge: None })
        }
        ("cure" | "press", true) => (1, "novak", SetCommand::BeginWait { at: at(&step), ask: 1 }),
        ("cure" | "press", false) if chance.one_in(2) => {
            shop.reboot();
            let reason = "seen".to_owned();
            (4, "brandt", SetCommand::AcceptWait { at: at(&step), reason })
        }
        ("release", true) => {
            (5, "okafor", SetCommand::Sign { at: at("release"), ask: 1, by: okafor() })
        }
        _ => (3, "novak", SetCommand::Complete { at: at(&step), read_in: None }),
    }
}

fn any_command(chance: &mut Chance) -> (usize, &'static str, SetCommand) {
    let step = chance.pick(&["clean", "cure", "release", "pack", "press"]);
    match chance.below(6) {
        0 => (0, "novak", SetCommand::Start),
        1 => (1, "novak", SetCommand::BeginWait { at: at(step), ask: 1 }),
        2 => (2, "novak", SetCommand::Answer { at: at("clean"), ask: 1, yes: true, gauge: None }),
        3 => (3, "novak", SetCommand::Complete { at: at(step), read_in: None }),
        4 => {
            let reason = "seen".to_owned();
            (4, "brandt", SetCommand::AcceptWait { at: at("cure"), reason })
        }
        _ => (5, "okafor", SetCommand::Sign { at: at("release"), ask: 1, by: okafor() }),
    }
}
