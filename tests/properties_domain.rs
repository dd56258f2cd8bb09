//! What holds for every history: the fold, the rules, the round trip.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use gemba::domain::as_of::Pasts;
use gemba::domain::decide::Command;
use gemba::domain::fact::{Fact, Position};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::instruction::Ask;
use gemba::domain::kinds::FactBody;
use gemba::domain::quantity::{Quantity, Verdict};
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Meaning;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::HoldOutcome;
use gemba::domain::traveler::state::{Attempt, Recorded, RecordedWhat, TravelerState};
use proptest::prelude::*;

use crate::support::counts;
use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::pieces_add_up;
use crate::support::shop::Shop;
use crate::support::shop_plan::{number, unit};
use crate::support::wild::route::way_holds;
use crate::support::wild::samples::samples_hold;
use crate::support::wild::sensible::sensible;
use crate::support::wild::situations::{SITUATIONS, Situation, plant};
use crate::support::wild::{Chance, Tally, any_limits, leaning, name, wild};

fn facts_of(shop: &Shop) -> BTreeMap<Subject, Vec<(Fact, Hash)>> {
    let mut by_subject: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for sent in shop.stations.iter().flat_map(|station| &station.written) {
        let fact = Fact::read(&sent.written.bytes).unwrap();
        by_subject.entry(sent.subject.clone()).or_default().push((fact, sent.written.id()));
    }
    by_subject
}

/// Two stations at work, exchanging facts now and then.
fn two_stations(seed: u64, acts: u64) -> Shop {
    let (mut shop, mut chance) = (plant(), Chance(seed));
    for _ in 0..acts {
        shop.at(chance.pick(&["ASM1", "ASM2"]));
        let free = chance.one_in(3);
        let (who, command) =
            if free { wild(&mut shop, &mut chance) } else { sensible(&mut shop, &mut chance) };
        drop(shop.tries(who, command));
        if chance.one_in(25) {
            shop.share();
        }
        shop.traveler.unit = gemba::domain::ids::UnitId::parse("0001").unwrap();
        shop.traveler.order = gemba::domain::ids::OrderId::parse("WO-1").unwrap();
    }
    shop
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_same_facts_in_any_order_of_arrival_give_the_same_state(seed: u64) {
        let mut shop = two_stations(seed, 60);
        let facts = facts_of(&shop);
        let mut chance = Chance(seed ^ 1);
        shop.share();
        for (subject, mut known) in facts {
            let expected = fold(&subject, &known);
            prop_assert_eq!(&expected.waiting, &Vec::<Position>::new());
            for _ in 0..3 {
                let doubled = chance.pick(&known);
                known.push(doubled);
                shuffle(&mut known, &mut chance);
                prop_assert_eq!(&fold(&subject, &known), &expected);
            }
            for station in ["ASM1", "ASM2"] {
                prop_assert_eq!(&shop.at(station).stream(&subject), &expected.stream);
            }
        }
    }

    #[test]
    fn a_stream_as_of_a_fact_is_what_its_writer_knew_however_it_is_found(seed: u64) {
        let mut shop = two_stations(seed, 60);
        shop.share();
        for (subject, _) in facts_of(&shop) {
            let known = shop.here().facts_of(&subject).to_vec();
            let all = || {
                let mut pasts = Pasts::new(subject.clone());
                for (fact, id) in &known {
                    pasts.arrive(fact.clone(), *id);
                }
                pasts
            };
            let mut goes_on = all();
            for (fact, id) in &known {
                let fresh = all().as_of(fact).map(|as_of| as_of.past.clone());
                prop_assert_eq!(goes_on.as_of(fact).map(|as_of| as_of.past.clone()), fresh);
                goes_on.go_on(fact, *id);
            }
        }
    }

    #[test]
    fn a_fact_whose_parent_is_missing_waits_and_changes_nothing(seed: u64) {
        let shop = two_stations(seed, 60);
        let mut chance = Chance(seed ^ 2);
        for (subject, all) in facts_of(&shop) {
            let lost = chance.pick(&all).0.head.position;
            let rest: Vec<_> = all.iter().filter(|(f, _)| f.head.position != lost).cloned().collect();
            let folded = fold(&subject, &rest);
            let waiting: BTreeSet<_> = folded.waiting.iter().cloned().collect();
            let expected = descendants(&rest, &lost);
            prop_assert_eq!(&waiting, &expected);
            let whole: Vec<_> =
                rest.into_iter().filter(|(f, _)| !waiting.contains(&f.head.position)).collect();
            prop_assert_eq!(fold(&subject, &whole).stream, folded.stream);
        }
    }

    #[test]
    fn a_changed_text_is_a_fact_or_an_error_and_never_a_panic(seed: u64) {
        let mut chance = Chance(seed);
        let shop = plant();
        for sent in &shop.stations[0].written {
            let mut bytes = sent.written.bytes.clone().into_bytes();
            for _ in 0..=chance.below(3) {
                mutate(&mut bytes, &mut chance);
            }
            let Ok(text) = String::from_utf8(bytes) else { continue };
            if let Ok(fact) = Fact::read(&text) {
                // What a newer version wrote is kept and never written again as if it were ours.
                if matches!(fact.body, FactBody::Newer { .. }) {
                    continue;
                }
                let again = fact.write().unwrap();
                prop_assert_eq!(Fact::read(&again).unwrap(), fact);
            }
        }
    }

    #[test]
    fn a_verdict_is_what_integers_say(seed: u64) {
        let mut chance = Chance(seed);
        let (lower, upper, limits) = any_limits(&mut chance);
        for _ in 0..50 {
            let tenths = i64::try_from(chance.below(25_000)).unwrap();
            let typed = format!("{}.{}", tenths / 10, tenths % 10);
            let reading = Quantity { number: number(&typed), unit: unit("mm") };
            let passes = lower * 10 <= tenths && tenths <= upper * 10;
            let verdict = limits.judge(&reading, None).unwrap().verdict;
            prop_assert_eq!(verdict == Verdict::Pass, passes);
            let excess = limits.excess(&reading);
            prop_assert_eq!(excess.is_none(), passes);
        }
    }
}

fn shuffle<T>(list: &mut [T], chance: &mut Chance) {
    for at in (1..list.len()).rev() {
        list.swap(at, usize::try_from(chance.below(at as u64 + 1)).unwrap());
    }
}

fn descendants(facts: &[(Fact, Hash)], of: &Position) -> BTreeSet<Position> {
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for (fact, _) in facts {
            if fact.head.after.iter().any(|at| at == of || found.contains(at)) {
                found.insert(fact.head.position.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = usize::try_from(chance.below(bytes.len() as u64)).unwrap();
    match chance.below(5) {
        0 => bytes[at] ^= 1 << chance.below(7),
        1 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
        2 => bytes.insert(at, chance.pick(b"{}[]\",:0-9ex\\")),
        3 => bytes.extend_from_within(at..),
        _ => bytes[at] = chance.pick(b"{}[]\",:0-.9ntf\0"),
    }
    if bytes.is_empty() {
        bytes.push(b'{');
    }
}

proptest! {
    #[test]
    fn any_text_is_a_fact_or_an_error_and_never_a_panic(text in "\\PC{0,200}") {
        prop_assert!(Fact::read(&text).is_err());
        let braced = format!("{{{text}}}");
        prop_assert!(Fact::read(&braced).is_err());
    }
}

/// One shop, everybody at it: what must hold after each act, and how often which act was accepted.
#[test]
fn whatever_people_do_the_rules_of_the_shop_hold() {
    let all = SITUATIONS
        .iter()
        .flat_map(|situation| (0..situation.histories).map(move |seed| (situation, seed)));
    let all: Vec<(&Situation, u64)> = all.collect();
    let next = AtomicUsize::new(0);
    let mut tally = Tally::default();
    std::thread::scope(|threads| {
        let work = || {
            let mut tally = Tally::default();
            while let Some((situation, seed)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                let history = AssertUnwindSafe(|| one_history(situation, *seed, &mut tally));
                let held = catch_unwind(history);
                assert!(held.is_ok(), "in history {seed} of {:?}", situation.name);
            }
            tally
        };
        let started = [0, 1, 2, 3].map(|_| threads.spawn(work));
        for thread in started {
            tally.add(thread.join().unwrap());
        }
    });
    let rare: Vec<_> = tally.accepted.iter().filter(|(_, n)| **n < 100).collect();
    assert!(rare.is_empty(), "accepted less than a hundred times: {rare:?}");
    let accepted: Vec<&str> = tally.accepted.keys().map(String::as_str).collect();
    assert_eq!(accepted, COMMANDS.lines().collect::<Vec<_>>(), "commands that were accepted");
    let listed: Vec<_> = NEVER.lines().filter_map(|line| line.split(' ').next()).collect();
    let mut unmet = all_codes();
    unmet.retain(|code| !tally.reasons.contains_key(code.as_str()));
    unmet.retain(|code| !listed.contains(&code.as_str()));
    assert!(unmet.is_empty(), "reasons that nobody met, and that name no test: {unmet:?}");
    let acts = tally.accepted.values().map(|n| u64::from(*n)).sum();
    counts::add("random_acts_accepted", acts);
    counts::add("refusal_reasons_met", tally.reasons.len() as u64);
}

/// Every command that is issued and accepted, in order of its name.
const COMMANDS: &str = include_str!("support/wild/commands.txt");

/// Codes that nobody is sure to meet in these histories, each with the test that it has and with why.
const NEVER: &str = include_str!("support/wild/never.txt");

/// Every code of the tables of reasons.
fn all_codes() -> Vec<String> {
    let tables = [
        include_str!("../src/domain/refusal/text.rs"),
        include_str!("../src/domain/refusal/component.rs"),
        include_str!("../src/domain/refusal/definition.rs"),
        include_str!("../src/domain/refusal/deviation.rs"),
        include_str!("../src/domain/refusal/equipment.rs"),
        include_str!("../src/domain/refusal/inspection.rs"),
        include_str!("../src/domain/refusal/permit.rs"),
        include_str!("../src/domain/refusal/reading.rs"),
        include_str!("../src/domain/refusal/route.rs"),
        include_str!("../src/domain/refusal/scan.rs"),
        include_str!("../src/domain/refusal/set.rs"),
        include_str!("../src/domain/refusal/shift.rs"),
        include_str!("../src/domain/refusal/ship.rs"),
        include_str!("../src/domain/refusal/signing.rs"),
        include_str!("../src/domain/refusal/ticket.rs"),
    ];
    let codes = tables.into_iter().flat_map(|table| {
        table.lines().take_while(|line| !line.contains("pub fn what")).filter_map(|line| {
            let (_, code) = line.split_once("=> \"")?;
            code.strip_suffix("\",").map(str::to_owned)
        })
    });
    codes.collect()
}

#[test]
fn the_readme_says_of_every_refusal_what_to_do_then() {
    let readme = include_str!("../README.md");
    let row = |line: &str| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, code, what, next, _] = &cells[..] else { return None };
        (!what.is_empty() && !next.is_empty()).then(|| code.clone())
    };
    let rows: Vec<String> = readme.lines().filter_map(row).collect();
    let mut missing = all_codes();
    missing.retain(|code| rows.iter().filter(|row| *row == code).count() != 1);
    assert!(missing.is_empty(), "not in the table of refusals, or twice: {missing:?}");
}

fn one_history(situation: &Situation, seed: u64, tally: &mut Tally) {
    let (mut shop, mut chance) = (situation.begin(), Chance(seed));
    // What a situation names is in effect when it begins, and may not be any more after that.
    shop.judged = !chance.one_in(20);
    shop.enrolled = !chance.one_in(20);
    for _ in 0..situation.acts {
        if situation.two_stations {
            shop.at(chance.pick(&["ASM1", "ASM2"]));
            if chance.one_in(20) {
                shop.share();
            }
        }
        let free = chance.one_in(2);
        let (who, command) = match situation.leans.filter(|_| chance.one_in(2)) {
            Some(leans) => leaning((&mut shop, &mut chance), leans),
            None if free => wild(&mut shop, &mut chance),
            None => sensible(&mut shop, &mut chance),
        };
        disturb(&mut shop, &mut chance);
        let before = shop.state();
        let aimed_at = shop.traveler.clone();
        match shop.tries(who, command.clone()) {
            Err(refusal) => {
                assert!(!refusal.reasons.is_empty());
                for reason in refusal.reasons {
                    assert!(reason.what() != "" && reason.next() != "");
                    *tally.reasons.entry(reason.code()).or_default() += 1;
                }
                assert_eq!(shop.state(), before, "a refusal writes nothing");
            }
            Ok(facts) => {
                *tally.accepted.entry(name(&command)).or_default() += u32::from(!facts.is_empty());
                if !situation.two_stations {
                    pieces_add_up(&shop);
                }
                if shop.traveler == aimed_at {
                    holds_after(&before, &shop.state(), (&command, &facts), &shop);
                }
            }
        }
    }
    samples_hold(&shop);
    any_order_gives_the_same(&mut shop, &mut chance);
    nothing_is_objected_to(&mut shop);
}

/// At every station the same facts in any order of arrival give the state that its own order gave.
fn any_order_gives_the_same(shop: &mut Shop, chance: &mut Chance) {
    let stations: Vec<&str> = shop.stations.iter().map(|station| station.name).collect();
    for station in stations {
        shop.at(station);
        let subject = Subject::Traveler(shop.traveler.clone());
        let known = shop.stream(&subject);
        let mut facts = shop.here().facts_of(&subject).to_vec();
        shuffle(&mut facts, chance);
        assert_eq!(fold(&subject, &facts).stream, known, "{subject} at {station}");
    }
}

fn disturb(shop: &mut Shop, chance: &mut Chance) {
    match chance.below(60) {
        0 => drop(shop.reboot()),
        1 => drop(shop.measure_offset()),
        2 => drop(shop.later(8_000)),
        3 => shop.blobs_missing = shop.instructions.keys().copied().collect(),
        4 => shop.judged = true,
        _ => shop.blobs_missing.clear(),
    }
    if chance.one_in(50) {
        shop.unit("0009");
    } else if shop.traveler.unit.as_str() == "0009" {
        shop.unit("0001");
    }
}

fn holds_after(
    before: &TravelerState,
    after: &TravelerState,
    (command, facts): (&Command, &[Position]),
    shop: &Shop,
) {
    way_holds(before, after, shop);
    for (known, now) in before.attempts.iter().zip(&after.attempts) {
        assert_eq!((&known.at, known.rank), (&now.at, now.rank));
        nothing_but_what_was_named_changed(known, now, command);
        if known.completed.is_none() && now.completed.is_some() {
            assert_eq!(before.open_holds().count(), 0, "completed on hold");
            assert_eq!(after.open_holds().count(), 0, "completed on hold");
            failing_only_by_decision(now, after);
        }
    }
    if let Command::Traveler(_, TravelerCommand::Sign { .. }) = command {
        signer_did_not_perform(after, facts, shop);
    }
}

fn nothing_but_what_was_named_changed(known: &Attempt, now: &Attempt, command: &Command) {
    let named = if let Command::Traveler(
        _,
        TravelerCommand::Correct { reading, .. }
        | TravelerCommand::Retype { reading, .. }
        | TravelerCommand::CorrectAnswer { answer: reading, .. }
        | TravelerCommand::CorrectEntry { entry: reading, .. }
        | TravelerCommand::RemoveComponent { entry: reading, .. },
    ) = command
    {
        Some(reading)
    } else if let Command::Traveler(_, TravelerCommand::UsePermit(wanted)) = command {
        Some(&wanted.reading)
    } else {
        None
    };
    assert!(now.entries.len() >= known.entries.len());
    for (old, new) in known.entries.iter().zip(&now.entries) {
        if Some(&old.at) == named && old.reading().is_some() {
            let (old, new) = (old.reading().unwrap(), new.reading().unwrap());
            assert_eq!(old.taken, new.taken, "the first value stays");
            assert_eq!(new.corrections[..old.corrections.len()], old.corrections[..]);
        } else {
            let covered = |reading: &Position| matches!(&old.what, RecordedWhat::Signature(s) if s.covers.facts.contains(reading));
            let uncovered = old.uncovered != new.uncovered;
            assert!(!uncovered || named.is_some_and(covered), "{new:?}");
            assert!(old.removed == new.removed || named == Some(&old.at), "{new:?}");
            let (uncovered, removed) = (old.uncovered.clone(), old.removed.clone());
            assert_eq!(*old, Recorded { uncovered, removed, ..new.clone() });
        }
    }
}

/// A failing value in a completed step was decided on by who may accept it.
fn failing_only_by_decision(attempt: &Attempt, state: &TravelerState) {
    for (entry, reading) in attempt.readings() {
        let decided = state.holds.values().any(|hold| {
            let resumed = matches!(
                hold.released,
                Some((
                    HoldOutcome::Resumed { .. }
                        | HoldOutcome::Remeasured { .. }
                        | HoldOutcome::Permitted(_),
                    _
                ))
            );
            resumed && hold.placed.readings.contains(&entry.at)
        });
        assert!(reading.verdict() != Some(Verdict::Fail) || decided, "{entry:?}");
    }
}

fn signer_did_not_perform(state: &TravelerState, facts: &[Position], shop: &Shop) {
    let live = || state.attempts.iter().filter(|a| !a.reopened);
    let mut signed = live().flat_map(|a| a.signatures().map(move |s| (a, s)));
    let made = signed.find(|(_, (entry, _))| facts.contains(&entry.at));
    let Some((attempt, (entry, signature))) = made else { return };
    let pinned = state.operation(attempt.operation).unwrap();
    let step = shop.instructions[&pinned.hash].step(&attempt.step).unwrap();
    let Ask::Sign(sign) = &step.asks[usize::from(entry.ask) - 1] else { panic!("{step:?}") };
    assert!(matches!(signature.meaning, Meaning::Verified | Meaning::Witnessed));
    let here = (attempt.operation, sign);
    let then = shop.as_of(&entry.at);
    assert_eq!(then.performed_by(&signature.signer, here), []);
    // A verifier covers the whole unit: every operation, whoever corrected, began or completed.
    let verifier = Some(&signature.signer);
    for attempt in live() {
        let made: Vec<_> = attempt.entries.iter().filter(|e| !is_signature(e)).collect();
        assert!(made.iter().all(|entry| entry.by.as_ref() != verifier), "{attempt:?}");
        let mut corrections = attempt.readings().flat_map(|(_, reading)| &reading.corrections);
        assert!(corrections.all(|correction| correction.by.as_ref() != verifier), "{attempt:?}");
        let completed = attempt.completed.as_ref().and_then(|(by, _)| by.as_ref());
        let by = [attempt.by.as_ref(), completed];
        assert!(made.is_empty() || by.iter().all(|by| *by != verifier), "{attempt:?}");
    }
    for report in &state.lot.reports {
        let reopened = state.attempt(&report.what.attempt).is_none_or(|attempt| attempt.reopened);
        assert!(reopened || report.by.as_ref() != verifier, "{report:?}");
    }
}

fn is_signature(entry: &Recorded) -> bool {
    matches!(entry.what, RecordedWhat::Signature(_))
}

#[test]
fn every_code_that_nobody_meets_has_the_test_that_the_list_names() {
    for line in NEVER.lines() {
        let mut words = line.splitn(3, ' ');
        let (code, test, why) = (words.next().unwrap(), words.next().unwrap(), words.next());
        assert!(why.is_some_and(|why| !why.is_empty()), "{line}: says why");
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{line}: names no test"));
        let path = format!("{}/tests/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let body = source.split("#[test]\n").find_map(|part| {
            let body = part.strip_prefix(&format!("fn {name}() {{\n"))?;
            Some(body.split("\n}\n").next().unwrap_or(body).to_owned())
        });
        let body = body.unwrap_or_else(|| panic!("{line}: {file} has no such test"));
        let named = body.contains(&format!("\"{code}\"")) || body.contains(&format!("\"{code} "));
        assert!(named, "{line}: the test does not name the code");
    }
}

#[test]
fn every_reason_has_a_code_of_its_own() {
    let codes = all_codes();
    let distinct: BTreeSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
    assert!(codes.len() > 80, "{}", codes.len());
    let one = Reason::NobodySignedIn;
    assert!(codes.contains(&one.code().to_owned()));
}
