//! A failed check holds everything that was made since the last good one, and nothing else (R16).

use gemba::domain::decide::Command;
use gemba::domain::deviation::{Disposition, Raise};
use gemba::domain::fact::Position;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Action;
use gemba::domain::place::PlaceCommand;
use gemba::domain::quantity::Verdict;
use gemba::domain::sampling::{Anew, Why};
use gemba::domain::stream::Subject;
use gemba::domain::suspect::{Made, suspects};
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::state::{Attempt, Reading, Recorded};
use gemba::domain::traveler::suspect::{HeldStanding, RangeBegan};
use proptest::prelude::*;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::Shop;
use crate::support::shop_plan::{check, disposes, id, reading};
use crate::support::shop_sampling::{gap, gap_at, gap_done, sampled, set_up};
use crate::support::wild::Chance;

const NONE: [&str; 0] = [];
const TENTH: &str = "first, then 1 in 10 per place";

/// The numbers of units of the first order.
fn units(range: std::ops::RangeInclusive<u32>) -> Vec<String> {
    range.map(|n| format!("WO-S/{n:04}")).collect()
}

/// The eleventh unit is measured and fails; tells the reading.
fn eleventh_fails(shop: &mut Shop) -> Position {
    shop.measured(1..=10);
    shop.unit("0011").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    shop.last_reading()
}

fn retype(reading: Position, value: &str) -> TravelerCommand {
    TravelerCommand::Retype { reading, value: reading_of(value) }
}

fn correct(reading: Position, value: &str) -> TravelerCommand {
    let reason = "read again".to_owned();
    TravelerCommand::Correct { reading, value: reading_of(value), reason }
}

fn reading_of(value: &str) -> gemba::domain::traveler::fact::ReadingValue {
    reading(value, "mm")
}

#[test]
fn r16_a_failed_sample_holds_the_nine_before_it_at_once() {
    let mut shop = Shop::sampling(TENTH);
    let failed = eleventh_fails(&mut shop);
    assert_eq!(shop.suspects(), units(2..=10), "before the value is typed again");
    let held = &shop.held("0002")[0];
    let words = "suspect: made at ASM-1 since the last good check of Joint gap (WO-S/0001: \
                 0.02 mm); WO-S/0011 was found at 0.07 mm";
    assert_eq!(held.suspected.words(), words);
    assert_eq!((&held.suspected.failed, &held.suspected.unit.unit), (&failed, &id("0011")));
    let RangeBegan::Good { unit, by, .. } = &held.suspected.since else { panic!("{held:?}") };
    assert_eq!((unit.unit.as_str(), by.as_ref().unwrap().to_string().as_str()), ("0001", "novak"));
    assert_eq!(shop.held("0011"), [], "it is held for its own reading");
    assert_eq!(shop.state().open_holds().count(), 1);
}

#[test]
fn r16_a_slip_of_the_finger_lifts_the_range_with_its_reason() {
    let mut shop = Shop::sampling(TENTH);
    let failed = eleventh_fails(&mut shop);
    shop.does("novak", retype(failed.clone(), "0.03"));
    assert_eq!(shop.suspects(), NONE);
    assert_eq!(shop.held("0002")[0].standing, HeldStanding::Cleared);
    shop.does("novak", gap_done());
    assert_eq!(shop.measured(12..=21), [21], "the count went on");
    // The same reading corrected into a failing one holds them again.
    shop.unit("0011").does("novak", correct(failed, "0.08"));
    assert_eq!(shop.suspects().len(), 9 + 9, "up to the next good check");
}

#[test]
fn r16_a_confirmed_failure_keeps_the_range_and_the_next_units_are_measured_until_one_is_good() {
    let mut shop = Shop::sampling(TENTH);
    let failed = eleventh_fails(&mut shop);
    shop.does("novak", retype(failed, "0.07"));
    assert_eq!(shop.suspects(), units(2..=10));
    shop.used_as_is("NCR-ASM1-0001");
    shop.does("novak", gap_done());
    let next = shop.passes("WO-S", 12);
    assert_eq!(next.why, Why::Failed);
    assert_eq!(next.words(), "sampled: the last check failed");
    assert_eq!(shop.measured(13..=22), [22]);
    assert_eq!(shop.suspects(), units(2..=10));
}

#[test]
fn r16_what_was_made_before_the_last_good_check_is_not_held() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=20);
    shop.unit("0021").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    assert_eq!(shop.suspects(), units(12..=20));
}

#[test]
fn r16_a_good_check_that_is_corrected_into_a_bad_one_holds_both_sides_of_it() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=25);
    shop.unit("0011");
    let reading = shop.last_reading();
    shop.does("novak", correct(reading.clone(), "0.07"));
    let both: Vec<String> = units(2..=10).into_iter().chain(units(12..=20)).collect();
    assert_eq!(shop.suspects(), both);
    // Where the last good check before turns bad as well, the range goes further back.
    shop.unit("0001");
    let first = shop.last_reading();
    shop.does("novak", correct(first, "0.06"));
    assert_eq!(shop.suspects(), both, "nothing was made before the first");
    shop.unit("0021");
    let last = shop.last_reading();
    shop.does("novak", correct(last.clone(), "0.06"));
    let all: Vec<String> = both.into_iter().chain(units(22..=25)).collect();
    assert_eq!(shop.suspects(), all);
}

/// The sampled step with a question before the measurement, so that it may be begun without.
fn asked_first() -> Shop {
    let mut shop = Shop::sampling(TENTH);
    let mut two = sampled(TENTH, "B");
    two.steps[0].asks.insert(0, check("Clean?"));
    shop.release_read(&two);
    shop
}

fn clean() -> TravelerCommand {
    let entry = Entry::Answer(true);
    TravelerCommand::Record { at: gap_at(), ask: 1, sample: 1, entry }
}

fn gap_of_two(value: &str) -> TravelerCommand {
    let entry = Entry::Reading { value: reading_of(value), gauge: None };
    TravelerCommand::Record { at: gap_at(), ask: 2, sample: 1, entry }
}

#[test]
fn r16_a_unit_that_was_put_aside_before_a_good_check_and_is_still_in_work_is_held() {
    let mut shop = asked_first();
    let begin = |shop: &mut Shop, unit: &str| {
        shop.unit(unit).does("novak", TravelerCommand::Start).does("novak", clean());
    };
    begin(&mut shop, "0001");
    shop.does("novak", gap_of_two("0.02")).does("novak", gap_done());
    begin(&mut shop, "0002");
    for unit in 3..=10 {
        begin(&mut shop, &format!("{unit:04}"));
        shop.does("novak", gap_done());
    }
    begin(&mut shop, "0011");
    shop.does("novak", gap_of_two("0.02")).does("novak", gap_done());
    begin(&mut shop, "0012");
    shop.does("novak", gap_of_two("0.09"));
    // 0002 was begun before the good check and is not done; the others were done by then.
    assert_eq!(shop.suspects(), ["WO-S/0002"]);
    shop.unit("0002");
    assert_eq!(shop.codes("novak", gap_done()), ["H01"]);
}

#[test]
fn r16_a_setup_lets_nothing_go_that_was_not_checked_since_the_last_good_one() {
    for change in [
        set_up(),
        PlaceCommand::ChangeTool { tool: "T-9".to_owned() },
        PlaceCommand::ChangeMaterial { lot: "L-9".to_owned() },
    ] {
        let mut shop = Shop::sampling(TENTH);
        shop.measured(1..=5);
        shop.notes(change);
        shop.unit("0006").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
        assert_eq!(shop.suspects(), units(2..=5));
    }
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=5);
    shop.notes(set_up());
    shop.unit("0006").does("novak", TravelerCommand::Start).does("novak", gap("0.02"));
    let reading = shop.last_reading();
    shop.does("novak", gap_done());
    shop.measured(7..=9);
    shop.unit("0006").does("novak", correct(reading, "0.07"));
    let all: Vec<String> = units(2..=5).into_iter().chain(units(7..=9)).collect();
    assert_eq!(shop.suspects(), all, "on both sides of the check that was not good");
}

#[test]
fn r16_a_stop_is_no_bound_of_what_is_suspect() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=5);
    shop.later(240 * 60 + 1);
    shop.unit("0006").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    assert_eq!(shop.state().attempts[0].samples[0].why, Why::First(Anew::Stop));
    assert_eq!(shop.suspects(), units(2..=5), "they were made like it, for all that is known");
}

#[test]
fn r16_finished_units_are_held_too_and_scrapped_ones_are_not() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=3);
    shop.unit("0003");
    let at = gap_at();
    shop.does(
        "novak",
        TravelerCommand::RaiseDeviation { at, raise: Box::new(Raise::noted("dented")) },
    );
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert!(shop.unit("0002").state().finished(&shop.instructions));
    shop.measured(4..=10);
    shop.unit("0011").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let mut expected = units(2..=10);
    expected.retain(|unit| unit != "WO-S/0003");
    assert_eq!(shop.suspects(), expected);
}

#[test]
fn r16_another_place_and_another_characteristic_are_not_touched() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=3);
    shop.place("ASM-2");
    shop.measured(4..=6);
    shop.place("ASM-1");
    shop.measured(7..=13);
    shop.unit("0014").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let mut expected = units(2..=3);
    expected.extend(units(7..=13));
    assert_eq!(shop.suspects(), expected);
}

#[test]
fn r16_quality_releases_a_suspect_unit_and_it_is_not_held_again_for_the_same_check() {
    let mut shop = Shop::sampling(TENTH);
    let failed = eleventh_fails(&mut shop);
    shop.does("novak", retype(failed.clone(), "0.07"));
    let hold = shop.held("0002")[0].hold.clone();
    let release = |hold: &Position| TravelerCommand::ReleaseHold {
        hold: hold.clone(),
        reason: "fits".to_owned(),
    };
    shop.unit("0002");
    assert_eq!(shop.codes("novak", release(&hold)), ["P04"]);
    assert_eq!(shop.codes("brandt", release(&hold)), ["P04"], "{:?}", Action::UseAsIs);
    shop.does("quell", release(&hold));
    assert_eq!(shop.held("0002")[0].standing, HeldStanding::Decided);
    assert_eq!(shop.looks_again(), 0, "nothing is held twice");
    assert_eq!(shop.suspects(), units(3..=10));
}

#[test]
fn r16_a_station_that_looks_again_writes_nothing_new() {
    let mut shop = Shop::sampling(TENTH);
    eleventh_fails(&mut shop);
    assert_eq!(shop.looks_again(), 0);
    shop.share().at("ASM2");
    assert_eq!(shop.looks_again(), 0, "nor does another one that has the same facts");
}

/// One attempt as an outsider reads it off the facts of a station, in the order of its ledger.
#[derive(Debug, Default)]
struct Seen {
    unit: String,
    began: u64,
    ended: Option<u64>,
    went_by: bool,
    values: Vec<(Position, bool)>,
    checked: u64,
    sorted: bool,
}

impl Seen {
    fn good(&self) -> bool {
        self.values.last().is_some_and(|(_, good)| *good)
    }

    fn bad(&self) -> bool {
        self.values.last().is_some_and(|(_, good)| !good)
    }
}

/// Whatever a station wrote of the sampled step, read without any of the program's own thinking.
fn seen(shop: &Shop) -> Vec<Seen> {
    let mut facts: Vec<_> = shop.here().all_facts().map(|(fact, _)| fact).collect();
    facts.sort_by_key(|fact| fact.head.position.seq);
    let mut seen: Vec<Seen> = Vec::new();
    for fact in facts {
        let (Subject::Traveler(id), FactBody::Traveler(body)) = (&fact.subject, &fact.body) else {
            continue;
        };
        let seq = fact.head.position.seq;
        let fails = |verdict: &Option<Verdict>| *verdict == Some(Verdict::Fail);
        let mine = seen.iter_mut().rev().find(|seen| seen.unit == id.to_string());
        match (body, mine) {
            (TravelerFact::StepStarted(started), _) => seen.push(Seen {
                unit: id.to_string(),
                began: seq,
                went_by: !started.samples[0].sampled,
                ..Seen::default()
            }),
            (TravelerFact::ReadingTaken(taken), Some(mine)) if taken.sorting.is_some() => {
                mine.sorted = true;
            }
            (TravelerFact::ReadingTaken(taken), Some(mine)) => {
                mine.values.push((fact.head.position.clone(), !fails(&taken.verdict)));
                mine.checked = seq;
            }
            (TravelerFact::ReadingCorrected { reading, verdict, .. }, Some(mine)) => {
                let value = mine.values.iter_mut().find(|(at, _)| at == reading).unwrap();
                value.1 = !fails(verdict);
            }
            (TravelerFact::StepCompleted { .. }, Some(mine)) => mine.ended = Some(seq),
            (TravelerFact::StepSkipped { .. }, Some(mine)) => {
                (mine.ended, mine.went_by) = (Some(seq), true);
            }
            (_, _) => {}
        }
    }
    seen
}

/// Whether something between two units tells them apart: a good check that was wholly between.
fn apart(one: &Seen, failing: &Seen, seen: &[Seen]) -> bool {
    let over = |at: u64| one.ended.is_some_and(|ended| ended < at);
    seen.iter().any(|other| {
        let good_before = other.good() && other.checked < failing.began && over(other.began);
        let good_after = other.good() && other.began > failing.checked && other.checked < one.began;
        good_before || good_after
    })
}

/// The units that must be held: in work when something may have been wrong, and not measured.
fn expected(shop: &Shop) -> Vec<String> {
    let seen = seen(shop);
    let mut held: Vec<String> = seen
        .iter()
        .filter(|one| one.values.is_empty() && one.went_by && !one.sorted)
        .filter(|one| seen.iter().any(|other| other.bad() && !apart(one, other, &seen)))
        .map(|one| one.unit.clone())
        .collect();
    held.sort();
    held.dedup();
    held
}

/// Somebody does something with some unit of the sampled step, or to the place.
fn anything(shop: &mut Shop, chance: &mut Chance) {
    shop.later(60).unit(&format!("{:04}", chance.below(25) + 1));
    // Mostly somebody types again what waits for it, or goes on with what was begun.
    let known = shop.units();
    let waits = known.iter().find(|(_, state)| state.to_retype().is_some());
    let begun = known
        .iter()
        .filter(|(_, state)| state.attempts.iter().any(|attempt| attempt.completed.is_none()));
    let begun: Vec<_> = begun.map(|(id, _)| id.clone()).collect();
    if let Some((id, _)) = waits.filter(|_| chance.one_in(2)) {
        shop.traveler = id.clone();
    } else if !begun.is_empty() && chance.one_in(3) {
        shop.traveler = chance.pick(&begun);
    }
    if chance.one_in(16) {
        let mut suspect = known.iter().filter_map(|(id, state)| {
            let (hold, _, (sample, _)) = state.sorts_next()?;
            Some((id.clone(), hold.clone(), sample))
        });
        if let Some((id, hold, sample)) = suspect.next_back() {
            let value = reading_of("0.02");
            let sort = TravelerCommand::Sort { hold, sample, value, gauge: None };
            drop(shop.tries("ito", Command::Traveler(id, sort)));
            return;
        }
    }
    let value = chance.pick(&["0.02", "0.02", "0.02", "0.09"]);
    let last = shop.units().into_iter().find(|(id, _)| *id == shop.traveler);
    let readings = last.iter().flat_map(|(_, state)| &state.attempts);
    let checks = |(_, reading): &(&Recorded, &Reading)| reading.taken.sorting.is_none();
    let last =
        readings.flat_map(Attempt::readings).filter(checks).last().map(|(at, _)| at.at.clone());
    let (who, command) = match (chance.below(12), last) {
        (0 | 1, Some(last)) => ("novak", retype(last, value)),
        (2, Some(last)) => ("novak", correct(last, value)),
        (3, _) if chance.one_in(6) => {
            shop.notes(set_up());
            return;
        }
        (4, _) if chance.one_in(3) => {
            ("brandt", TravelerCommand::SkipStep { at: gap_at(), reason: "dropped".to_owned() })
        }
        (4..=6, _) => ("novak", gap_of_two(value)),
        _ => {
            for command in [TravelerCommand::Start, clean(), gap_done()] {
                drop(shop.tries("novak", command));
                if chance.one_in(4) {
                    break;
                }
            }
            return;
        }
    };
    drop(shop.tries(who, command));
}

#[test]
fn r16_these_histories_hold_and_lift_enough_to_say_something() {
    let (mut held, mut lifted, mut sorted) = (0, 0, 0);
    for seed in 0..24 {
        let (mut shop, mut chance) = (asked_first(), Chance(seed));
        for _ in 0..120 {
            anything(&mut shop, &mut chance);
        }
        let holds = shop.units().into_iter().flat_map(|(id, state)| state.held_suspect(&id));
        for hold in holds {
            held += u32::from(hold.standing.is_open());
            lifted += u32::from(hold.standing == HeldStanding::Cleared);
            sorted += u32::from(hold.standing == HeldStanding::Sorted);
        }
    }
    assert!(
        lifted > 0 && sorted > 0 && lifted + sorted > 20,
        "{held} held, {lifted} lifted, {sorted} sorted"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn r16_nothing_in_the_range_escapes_and_nothing_outside_is_held(seed: u64) {
        let (mut shop, mut chance) = (asked_first(), Chance(seed));
        for _ in 0..120 {
            anything(&mut shop, &mut chance);
            prop_assert_eq!(shop.suspects(), expected(&shop));
        }
        prop_assert_eq!(shop.looks_again(), 0);
        nothing_is_objected_to(&mut shop);
    }

    #[test]
    fn r16_the_same_facts_in_any_order_give_the_same_suspects(seed: u64) {
        let (mut shop, mut chance) = (asked_first(), Chance(seed));
        for _ in 0..80 {
            shop.at(chance.pick(&["ASM1", "ASM2"])).place("ASM-1");
            anything(&mut shop, &mut chance);
            if chance.one_in(30) {
                shop.share();
            }
        }
        shop.share().at("ASM2");
        let (place, counter) = (id("ASM-1"), "CP-40/c-gap");
        let mut made = shop.counting(&place, counter).made;
        let held = |made: &[Made]| -> Vec<Position> {
            suspects(made).into_iter().map(|(one, _)| one.at.clone()).collect()
        };
        let known = held(&made);
        for at in (1..made.len()).rev() {
            made.swap(at, usize::try_from(chance.below(at as u64 + 1)).unwrap());
        }
        prop_assert_eq!(held(&made), known);
        // What one station holds that has seen everything, no other one changes.
        shop.looks_again();
        shop.share().at("ASM1");
        prop_assert_eq!(shop.looks_again(), 0);
    }
}
