//! A station's stream grows for years: it is kept as folded up to a fact, and what is kept is never more
//! than what the facts say.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::fact::{Fact, Position, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::fold::{Folded, fold};
use gemba::domain::hash::Hash;
use gemba::domain::ids::TerminalId;
use gemba::domain::kinds::FactBody;
use gemba::domain::line::of_key;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand, StationFact};
use gemba::domain::stream::{StreamState, Subject};
use gemba::ledger::store::Ledger;
use rusqlite::Connection;

use crate::simulation::chance::Chance;
use crate::simulation::facts;
use crate::support::bench::{Bench, id, page_after};
use crate::support::writer::Writer;

/// Makes what is kept say something else than the facts.
const WRONG: &str = "UPDATE long_stream SET folded =
    replace(folded, '\"work_centers\":[]', '\"work_centers\":[\"KEPT\"]')";

fn subject() -> Subject {
    Subject::Station(id("ASM1"))
}

/// So many signs of life, a page of them at a time.
fn lives_on(bench: &mut Bench, beats: usize) {
    for _ in 0..beats / 100 {
        let beat = || Command::Station(id("ASM1"), StationCommand::Beat);
        let (acting, now) = (bench.acting(), bench.now());
        bench.ledger.transact_all(&acting, &now, (0..100).map(|_| beat()).collect()).unwrap();
    }
}

/// The stream as a process sees it that begins now.
fn seen_anew(bench: &Bench) -> Folded {
    Ledger::open(bench.path()).unwrap().stream(&subject()).unwrap()
}

/// The stream as all its facts make it.
fn of_all_facts(bench: &Bench) -> Folded {
    let stored = bench.ledger.arrived(&subject(), 0).unwrap();
    let facts: Vec<_> = stored.into_iter().map(|stored| (stored.fact, stored.id)).collect();
    fold(&subject(), &facts)
}

fn store(bench: &Bench) -> Connection {
    Connection::open(bench.path().join("station.db")).unwrap()
}

/// What is kept, as far as it is.
fn kept(bench: &Bench) -> Vec<(i64, i64)> {
    let store = store(bench);
    let mut rows = store.prepare("SELECT count, arrival FROM long_stream").unwrap();
    let rows = rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The station as a whole, or one of its terminals.
fn any_terminal(dice: &mut Chance) -> Option<TerminalId> {
    let terminal = dice.between(0, 2);
    (terminal > 0).then(|| of_key(&[u8::try_from(terminal).unwrap(); 8]))
}

/// Whatever may be said of a station.
fn any_fact(dice: &mut Chance, about: &Position) -> StationFact {
    let fact = Position { seq: dice.between(1, 6), ..about.clone() };
    let reasons = vec![format!("reason {}", dice.between(1, 3))];
    match dice.between(0, 7) {
        0 => StationFact::SignInRefused { terminal: any_terminal(dice) },
        1 => StationFact::StationLocked { seconds: 60, terminal: any_terminal(dice) },
        2 => StationFact::StationUnlocked { terminal: any_terminal(dice) },
        3 => StationFact::ClockStepped { by_ms: 5_000 },
        4 => {
            let judged =
                Judgement { fact, verdict: JudgeVerdict::Held, reasons, units: Vec::new() };
            let (from, unread) = (about.clone(), vec!["WI-1".to_owned()]);
            StationFact::PageJudged { from, to_seq: 1, exceptions: vec![judged], unread }
        }
        5 => {
            let reason = "looked at".to_owned();
            StationFact::ReviewAnswered { fact, accepted: true, reason, reasons }
        }
        _ => StationFact::Heartbeat {},
    }
}

/// So many facts of one station by two ledgers; mostly a writer knows what the other wrote.
fn told_by_two(dice: &mut Chance, count: usize) -> Vec<(Fact, Hash)> {
    let mut writers = [Writer::new(1), Writer::new(2)];
    let (mut told, mut heads) = (Vec::<(Fact, Hash)>::new(), Vec::<Position>::new());
    let mut known = [Vec::new(), Vec::new()];
    for _ in 0..count {
        let w = usize::from(dice.percent(40));
        if dice.percent(85) {
            known[w].clone_from(&heads);
        }
        let writer = &mut writers[w];
        let at = writer.at(writer.facts.len() as u64 + 1);
        let prev = writer.facts.last().map_or(Hash::ZERO, Written::id);
        let body = FactBody::Station(any_fact(dice, &facts::at(writer.ledger(), 1)));
        let after = known[w].clone();
        let written = facts::write(at.clone(), (prev, 1_800_000_000), after, (subject(), body));
        heads.retain(|head| !known[w].contains(head));
        heads.push(at.clone());
        known[w] = vec![at];
        told.push((Fact::read(&written.bytes).unwrap(), written.id()));
        writer.facts.push(written);
    }
    told
}

/// Whether all facts from a rank on rest on the one before, or on another of them.
fn rests_on_the_last(facts: &[(Fact, Hash)], cut: usize) -> bool {
    let mut known = BTreeSet::from([&facts[cut - 1].0.head.position]);
    facts[cut..].iter().all(|(fact, _)| {
        known.insert(&fact.head.position);
        let after = &fact.head.after;
        !after.is_empty() && after.iter().all(|parent| known.contains(parent))
    })
}

#[test]
fn a_stream_that_grew_long_is_read_on_from_where_it_was_kept() {
    let mut bench = Bench::founded();
    let site = Feed::Site(id("PLANT"));
    bench.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    // Something of everything that a station's state has.
    let told = told_by_two(&mut Chance::new(5), 60);
    for ledger in [1, 2].map(|number| Writer::new(number).ledger().clone()) {
        let of_one = told.iter().filter(|(fact, _)| fact.head.position.ledger == ledger);
        let bytes: Vec<String> = of_one.map(|(fact, _)| fact.write().unwrap()).collect();
        let mut prev = Hash::ZERO;
        let written = bytes.into_iter().map(|bytes| {
            let written = Written { prev, bytes };
            prev = written.id();
            written
        });
        let page = page_after(&bench.ledger, &site, written.collect());
        bench.ledger.apply(&page).unwrap();
    }
    lives_on(&mut bench, 400);
    assert_eq!(kept(&bench), [], "it is short");
    let StreamState::Station(state) = seen_anew(&bench).stream.state else { panic!("no station") };
    assert!(
        !state.reviewed.is_empty() && !state.open_reviews.is_empty() && !state.unread.is_empty()
    );
    assert!(!state.clock_steps.is_empty());
    lives_on(&mut bench, 800);
    let before = kept(&bench);
    assert!(matches!(before[..], [(count, _)] if (1_000..1_200).contains(&count)), "{before:?}");
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));

    // What is kept is where it begins, and what another version kept is not looked at.
    store(&bench).execute_batch(WRONG).unwrap();
    let StreamState::Station(state) = seen_anew(&bench).stream.state else { panic!("no station") };
    assert_eq!(state.work_centers, [id("KEPT")]);
    store(&bench).execute("UPDATE long_stream SET version = '0'", ()).unwrap();
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
}

#[test]
fn what_is_kept_and_cannot_be_read_or_is_of_other_facts_is_not_used() {
    let mut bench = Bench::founded();
    lives_on(&mut bench, 600);
    store(&bench).execute("UPDATE long_stream SET folded = '{'", ()).unwrap();
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
    let mut bench = Bench::founded();
    lives_on(&mut bench, 600);
    store(&bench).execute("UPDATE long_stream SET count = count - 1", ()).unwrap();
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
}

#[test]
fn a_check_tells_that_what_is_kept_is_not_what_the_facts_say_and_a_rebuild_mends_it() {
    let mut bench = Bench::founded();
    lives_on(&mut bench, 600);
    assert_eq!(bench.ledger.check(&mut |_| {}).unwrap().models, []);
    store(&bench).execute_batch(WRONG).unwrap();
    let found = bench.ledger.check(&mut |_| {}).unwrap().models;
    assert_eq!(found, [("long_stream of station/ASM1".to_owned(), 1, 1)]);
    bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(kept(&bench).len(), 1, "it is kept anew");
    assert_eq!(bench.ledger.check(&mut |_| {}).unwrap().models, []);
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
}

#[test]
fn wherever_it_is_kept_the_rest_is_folded_upon_it_as_if_all_were_read() {
    let (mut dice, mut went_on) = (Chance::new(11), 0);
    for _ in 0..200 {
        let facts = told_by_two(&mut dice, 40);
        let cut = usize::try_from(dice.between(1, 39)).unwrap();
        let all: Vec<_> = facts.iter().map(|(fact, id)| (fact, *id)).collect();
        let mut on = fold(&subject(), &facts[..cut]);
        let one_head = on.stream.heads.len() == 1;
        let goes_on = on.fold_on(&all[cut..]);
        let whole = fold(&subject(), &facts);
        assert!(!goes_on || on == whole, "cut at {cut}");
        assert_eq!(goes_on, one_head && rests_on_the_last(&facts, cut), "cut at {cut}");
        went_on += usize::from(goes_on);
    }
    assert!((20..180).contains(&went_on), "{went_on} of 200");
}

#[test]
fn a_late_fact_that_belongs_before_what_is_kept_is_folded_in_its_place() {
    let mut bench = Bench::founded();
    lives_on(&mut bench, 700);
    assert_eq!(kept(&bench).len(), 1);
    let site = Feed::Site(id("PLANT"));
    bench.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    // Another ledger wrote of this station long ago, knowing nothing of what is here.
    let mut other = Writer::new(3);
    other.writes(subject(), FactBody::Station(StationFact::Heartbeat {}));
    let page = page_after(&bench.ledger, &site, other.facts.clone());
    bench.ledger.apply(&page).unwrap();
    let all = of_all_facts(&bench);
    assert_eq!(seen_anew(&bench), all);
    assert_eq!(bench.ledger.stream(&subject()).unwrap(), all);
    let late = Fact::read(&other.facts[0].bytes).unwrap().head.position;
    assert!(all.stream.heads.contains(&late), "nobody knew it");
}
