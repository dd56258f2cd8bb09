//! What holds for every history that is pruned (R14): chains prove themselves, what stays is as it was,
//! and what went comes back byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gemba::domain::backed_up::BackedUp;
use gemba::domain::fact::{Position, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::snapshot::SnapshotRow;
use gemba::domain::stream::Subject;
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::verify::verify;
use proptest::prelude::*;

use crate::prune_store::DAYS;
use crate::support::counts;
use crate::support::pen::{Pen, all_written, closing, hold, is_of, scrapped, started, unit};
use crate::support::plant::moment;

const ORDERS: usize = 5;

/// One act: in which order, on which of its units, by the other ledger or not.
#[derive(Debug, Clone, Copy)]
struct Step {
    order: usize,
    unit: usize,
    elsewhere: bool,
}

/// How an order ends.
#[derive(Debug, Clone, Copy)]
struct End {
    closed: bool,
    held: bool,
    recent: bool,
}

#[derive(Debug, Clone)]
struct History {
    steps: Vec<Step>,
    ends: Vec<End>,
    /// Of the own and of the other ledger, how many hundredths lie in a backup.
    backed_up: (u64, u64),
}

fn history() -> impl Strategy<Value = History> {
    let step = (0..ORDERS, 0..3_usize, any::<bool>()).prop_map(|(order, unit, elsewhere)| Step {
        order,
        unit,
        elsewhere,
    });
    let mostly = || prop::bool::weighted(0.8);
    let end = (mostly(), prop::bool::weighted(0.2), prop::bool::weighted(0.2))
        .prop_map(|(closed, held, recent)| End { closed, held, recent });
    let part = || prop_oneof![3 => Just(100_u64), 1 => 0..100_u64];
    (prop::collection::vec(step, 10..80), prop::collection::vec(end, ORDERS), (part(), part()))
        .prop_map(|(steps, ends, backed_up)| History { steps, ends, backed_up })
}

fn name(order: usize) -> String {
    format!("WO-{order}")
}

/// Both pens, with the last fact of each stream.
struct Writing {
    pens: [Pen; 2],
    last: BTreeMap<Subject, Position>,
    /// The hold of a unit that is open.
    open: BTreeMap<Subject, Position>,
}

impl Writing {
    fn write(&mut self, elsewhere: bool, subject: &Subject, body: FactBody) -> Position {
        let after: Vec<Position> = self.last.get(subject).cloned().into_iter().collect();
        let at = self.pens[usize::from(elsewhere)].write(subject, &after, body);
        self.last.insert(subject.clone(), at.clone());
        at
    }

    fn step(&mut self, Step { order, unit: number, elsewhere }: Step) {
        let subject = unit(&name(order), &format!("{:04}", number + 1));
        let Some(last) = self.last.get(&subject).cloned() else {
            self.write(elsewhere, &subject, started());
            return;
        };
        if let Some(open) = self.open.remove(&subject) {
            self.write(elsewhere, &subject, scrapped(&open));
        } else {
            let placed = self.write(elsewhere, &subject, hold(&last));
            self.open.insert(subject, placed);
        }
    }

    /// Ends every unit of an order, and closes it, as far as that is how it ends.
    fn end(&mut self, order: usize, end: End) {
        self.pens.iter_mut().for_each(|pen| pen.days_ago = if end.recent { 10 } else { 500 });
        for number in 1..=3 {
            let subject = unit(&name(order), &format!("{number:04}"));
            let Some(last) = self.last.get(&subject).cloned() else { continue };
            let placed = match self.open.remove(&subject) {
                Some(placed) => placed,
                None => self.write(false, &subject, hold(&last)),
            };
            if !end.held {
                self.write(true, &subject, scrapped(&placed));
            }
        }
        if end.closed {
            let own = Subject::Order(name(order).parse().unwrap());
            self.write(false, &own, closing());
        }
        self.pens.iter_mut().for_each(|pen| pen.days_ago = 500);
    }
}

fn part(last: &Position, hundredths: u64) -> Position {
    Position { seq: last.seq * hundredths / 100, ..last.clone() }
}

fn written(dir: &Path, history: &History) -> Ledger {
    let founding = Founding { station: "ASM1".parse().unwrap(), demo: false, key: [7; 32] };
    let mut ledger = Ledger::create(dir, founding).unwrap();
    ledger.set_feeds(&[Feed::parse("work-center/ASM").unwrap()]).unwrap();
    let pens = [Pen::of(dir), Pen::foreign("00000000000000000000000000000002")];
    let mut writing = Writing { pens, last: BTreeMap::new(), open: BTreeMap::new() };
    writing.pens.iter_mut().for_each(|pen| pen.days_ago = 500);
    for order in 0..ORDERS {
        let opened = writing.pens[0].open(&name(order));
        writing.last.insert(Subject::Order(name(order).parse().unwrap()), opened);
    }
    history.steps.iter().for_each(|step| writing.step(*step));
    for (order, end) in history.ends.iter().enumerate() {
        writing.end(order, *end);
    }
    let lasts = writing.pens.each_ref().map(Pen::last);
    let mut judge = Pen::foreign("00000000000000000000000000000001");
    lasts.iter().filter(|last| last.seq > 0).for_each(|last| judge.judged(last));
    writing.pens.into_iter().chain([judge]).for_each(|pen| pen.put_into(dir));
    let (own, other) = history.backed_up;
    let up_to = vec![part(&lasts[0], own), part(&lasts[1], other)];
    ledger.note_backed_up(&BackedUp { up_to }).unwrap();
    ledger.rebuild(&mut |_| {}).unwrap();
    ledger.seal().unwrap();
    ledger
}

/// The facts of a store by where they stand: stream, id before, bytes.
type Facts = BTreeMap<String, (String, Vec<u8>, String)>;

fn is_clean(dir: &Path, ledger: &mut Ledger) {
    assert_eq!(verify(dir).unwrap().findings, vec![]);
    assert_eq!(ledger.check(&mut |_| {}).unwrap().models, vec![]);
}

fn subjects(facts: &Facts) -> BTreeSet<Subject> {
    facts.values().map(|(subject, ..)| Subject::parse(subject).unwrap()).collect()
}

fn holds(history: &History) {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut ledger = written(dir, history);
    is_clean(dir, &mut ledger);
    let all = all_written(dir);
    let states: BTreeMap<Subject, _> =
        subjects(&all).into_iter().map(|s| (s.clone(), ledger.stream(&s).unwrap())).collect();
    let head = ledger.head().unwrap();
    let pruned = ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap();

    let left = all_written(dir);
    is_clean(dir, &mut ledger);
    assert_eq!(ledger.head().unwrap(), head);
    assert_eq!(all.len() as u64, left.len() as u64 + pruned.facts);
    let stays = subjects(&left);
    for subject in &stays {
        assert_eq!(&ledger.stream(subject).unwrap(), &states[subject], "{subject}");
    }
    let receipt = ledger.backed_up().unwrap().reach();
    for (order, end) in history.ends.iter().enumerate() {
        let id = name(order).parse().unwrap();
        let of = |facts: &Facts| {
            let of = facts.iter().filter(|(_, fact)| is_of(&id, &fact.0));
            of.map(|(at, fact)| (at.clone(), fact.clone())).collect::<Facts>()
        };
        let (was, is) = (of(&all), of(&left));
        let is_covered = was.keys().all(|at| receipt.covers(&Position::parse(at).unwrap()));
        let is_recent = end.recent && (end.closed || was.len() > 1);
        let on_hold = end.held && was.len() > 1 + usize::from(end.closed);
        let goes = end.closed && !on_hold && !is_recent && is_covered;
        assert_eq!(is.is_empty(), goes, "{id}: {end:?}");
        assert!(is.is_empty() || is == was, "whole, or not at all: {id}");
        if !goes {
            continue;
        }
        let row = |(_, prev, bytes): &(String, Vec<u8>, String)| SnapshotRow {
            written: Written {
                prev: Hash(prev.as_slice().try_into().unwrap()),
                bytes: bytes.clone(),
            },
            catalog: false,
        };
        let rows: Vec<SnapshotRow> = was.values().map(row).collect();
        assert!(ledger.take_order(&id, (&rows[1..], &[])).is_err(), "a part of it is not taken");
        assert_eq!(ledger.take_order(&id, (&rows, &[])).unwrap(), rows.len() as u64);
    }
    assert_eq!(all_written(dir), all, "byte for byte");
    for (subject, state) in &states {
        assert_eq!(&ledger.stream(subject).unwrap(), state, "{subject}");
    }
    assert_eq!((ledger.left_out().unwrap(), ledger.pruned().unwrap()), (0, 0));
    is_clean(dir, &mut ledger);
    counts::add("histories_pruned", 1);
    counts::add("orders_pruned", pruned.orders);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn r14_whatever_is_pruned_chains_hold_and_it_comes_back_as_it_was(history in history()) {
        holds(&history);
    }
}
