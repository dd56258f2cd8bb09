//! What a station knows to be judged: run by run, in whichever order judgements come.

use std::collections::BTreeSet;

use gemba::domain::fact::Written;
use gemba::domain::feeds::Feed;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::views::query::{Answer, Query};

use crate::simulation::chance::Chance;
use crate::store_pages::pause;
use crate::support::bench::{Bench, id, moment, page_after};
use crate::support::writer::Writer;

/// How many facts of a unit another station wrote.
const FACTS: u64 = 9;

/// A station that hears of a unit of another one, and of what the judge says of it.
struct Hearing {
    bench: Bench,
    other: Writer,
    judge: Writer,
}

fn site() -> Feed {
    Feed::Site(id("PLANT"))
}

impl Hearing {
    /// Every fact of the unit is here, and no judgement.
    fn of_a_unit() -> Self {
        let mut bench = Bench::founded();
        bench.ledger.set_feeds(&[site()]).unwrap();
        let (mut other, judge) = (Writer::new(1), Writer::named("SRV", 200));
        for n in 1..=FACTS {
            let (subject, body) = pause(&n.to_string());
            other.writes(subject, body);
        }
        let facts = other.facts.clone();
        let mut hearing = Self { bench, other, judge };
        hearing.hears(facts);
        hearing
    }

    fn hears(&mut self, facts: Vec<Written>) {
        let page = page_after(&self.bench.ledger, &site(), facts);
        self.bench.ledger.apply(&page).unwrap();
    }

    /// The judge says of a run of them that they are judged.
    fn judged(&mut self, (first, to_seq): (u64, u64)) {
        let (from, exceptions, unread) = (self.other.at(first), Vec::new(), Vec::new());
        let judged = StationFact::PageJudged { from, to_seq, exceptions, unread };
        let of = Subject::Station(self.other.station.code.clone());
        self.judge.writes(of, FactBody::Station(judged));
        let judgement = self.judge.facts.last().cloned().unwrap();
        self.hears(vec![judgement]);
    }

    /// What whoever would ship the unit is told of facts that are not judged.
    fn not_judged(&self) -> Option<String> {
        let query = Query::ShipReview { id: TravelerId::parse("WO-1/0001").unwrap() };
        let answer = self.bench.ledger.answer(&query, &moment(1)).unwrap();
        let Answer::ShipReview(Some(review)) = answer else { panic!("{answer:?}") };
        let told = review.reasons.iter().find(|told| told.code == "Z04");
        told.map(|told| told.what.to_string())
    }

    /// The same, where all but these are judged.
    fn told_of(&self, open: &[u64]) -> Option<String> {
        let first = self.other.at(*open.first()?);
        let count = match open.len() {
            1 => "1 fact of it is".to_owned(),
            count => format!("{count} facts of it are"),
        };
        Some(format!("{count} not known here to be judged, the first {first}."))
    }
}

#[test]
fn r17_what_lies_below_a_later_judgement_is_not_judged_until_a_judgement_of_it_is_here() {
    let mut hearing = Hearing::of_a_unit();
    hearing.judged((1, 3));
    // The server was restored, and got the end of the ledger first.
    hearing.judged((7, 9));
    assert_eq!(hearing.not_judged(), hearing.told_of(&[4, 5, 6]));
    hearing.bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(hearing.not_judged(), hearing.told_of(&[4, 5, 6]));
    hearing.judged((4, 6));
    assert_eq!(hearing.not_judged(), None);
}

#[test]
fn in_whichever_order_judgements_come_and_however_often_the_same_facts_are_judged() {
    for seed in 0..20 {
        let (mut hearing, mut chance) = (Hearing::of_a_unit(), Chance::new(seed));
        let mut runs = vec![(1, 3), (2, 2), (4, 4), (6, 7), (7, 9), (5, 5), (5, 5)];
        let mut judged: BTreeSet<u64> = BTreeSet::new();
        while !runs.is_empty() {
            let next = usize::try_from(chance.between(0, runs.len() as u64)).unwrap();
            let (first, last) = runs.swap_remove(next);
            hearing.judged((first, last));
            judged.extend(first..=last);
            let open: Vec<u64> = (1..=FACTS).filter(|seq| !judged.contains(seq)).collect();
            assert_eq!(hearing.not_judged(), hearing.told_of(&open), "{seed}");
        }
        assert_eq!(hearing.bench.ledger.check(&mut |_| {}).unwrap().models, vec![], "{seed}");
    }
}
