//! What is judged and what stays to be judged, as the server's store has it, on every database alike.

use std::collections::BTreeSet;

use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::sync::protocol::Offered;

use crate::store_pages::{order, pause};
use crate::support::plant::moment;
use crate::support::stores::{StoreBench, on_both};
use crate::support::writer::Writer;

/// The judge writes that a run of facts of a station is accepted.
fn accepts(judge: &mut Writer, of: &Writer, (from, to_seq): (u64, u64)) {
    let (from, exceptions, unread) = (of.at(from), Vec::new(), Vec::new());
    let judged = StationFact::PageJudged { from, to_seq, exceptions, unread };
    judge.writes(Subject::Station(of.station.code.clone()), FactBody::Station(judged));
}

/// The numbers of what the judge has not come to.
fn waiting(bench: &StoreBench) -> Vec<u64> {
    let (facts, _) = bench.store.to_judge(0, 500).unwrap();
    facts.into_iter().map(|unjudged| unjudged.fact.head.position.seq).collect()
}

fn ids(bench: &StoreBench, feed: &str) -> BTreeSet<Hash> {
    bench.rows(feed).into_iter().map(|(id, _)| id).collect()
}

fn ids_of<'w>(writers: impl IntoIterator<Item = &'w Writer>) -> BTreeSet<Hash> {
    let facts = writers.into_iter().flat_map(|writer| &writer.facts);
    facts.map(gemba::domain::fact::Written::id).collect()
}

/// One record may be told of before those that stand below it were looked at.
#[test]
fn what_is_stored_below_a_judgement_and_was_not_judged_stays_to_be_judged() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        writer.beats(7);
        bench.stores(&writer);
        accepts(&mut judge, &writer, (1, 2));
        accepts(&mut judge, &writer, (6, 6));
        bench.stores(&judge);
        assert_eq!(waiting(bench), [3, 4, 5, 7]);
        assert_eq!(bench.store.operations().unwrap().not_judged, 4);
        let judged = [2, 3, 5, 6].map(|seq| bench.store.is_judged(&writer.at(seq)).unwrap());
        assert_eq!(judged, [true, false, false, true]);
        accepts(&mut judge, &writer, (3, 7));
        bench.stores(&judge);
        assert_eq!((waiting(bench), bench.store.operations().unwrap().not_judged), (vec![], 0));
    });
}

#[test]
fn r17_what_was_judged_before_its_order_was_known_comes_to_a_work_center_with_its_judgement() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        for reason in ["lunch", "dinner"] {
            let (subject, body) = pause(reason);
            writer.writes(subject, body);
        }
        bench.stores(&writer);
        accepts(&mut judge, &writer, (1, 1));
        bench.stores(&judge);
        assert_eq!(ids(bench, "work-center/W1"), BTreeSet::new());
        let mut planner = bench.station(2);
        let (subject, body) = order(&["W1"]);
        planner.writes(subject, body);
        bench.stores(&planner);
        assert_eq!(ids(bench, "work-center/W1"), ids_of([&writer, &planner, &judge]));
        // What is judged from now on is followed as ever.
        accepts(&mut judge, &writer, (2, 2));
        bench.stores(&judge);
        assert_eq!(ids(bench, "work-center/W1"), ids_of([&writer, &planner, &judge]));
    });
}

#[test]
fn r17_a_judgement_that_is_offered_back_with_its_facts_comes_to_where_these_come() {
    on_both(|bench| {
        let offer = |of: &Writer, seq: u64| {
            let page = of.page(seq, seq);
            Offered { written: page.facts[0].clone(), seal: Some(page.seal) }
        };
        let mut judge = bench.judge.clone();
        // Its facts are stored first, by the names of the ledgers.
        let is_first = |writer: &Writer| writer.ledger() < bench.judge.ledger();
        let mut writer = (1..100).map(Writer::new).find(is_first).unwrap();
        bench.store.admit(&writer.station, None).unwrap();
        for (subject, body) in [order(&["W1"]), pause("lunch")] {
            writer.writes(subject, body);
        }
        accepts(&mut judge, &writer, (1, 2));
        let offers = [offer(&writer, 1), offer(&writer, 2), offer(&judge, 1)];
        assert_eq!(bench.store.take_offers(&offers, (moment(0).utc, false)).unwrap(), 3);
        assert_eq!(waiting(bench), vec![0; 0]);
        assert_eq!(ids(bench, "work-center/W1"), ids_of([&writer, &judge]));
    });
}
