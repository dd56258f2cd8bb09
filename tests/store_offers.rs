//! What a restored server takes back of those who still have it, on every database alike.

use std::collections::BTreeSet;

use gemba::domain::fact::{Position, Seal};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::{PersonFact, Role};
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::server::seals::is_genuine;
use gemba::sync::protocol::{Offered, PAGE_BYTES_MAX, PageOutcome, PullAnswer, PullRequest};

use crate::support::plant::moment;
use crate::support::stores::{StoreBench, on_both};
use crate::support::writer::Writer;

/// A fact of a station, with the seal that ends at it or without one.
fn offer(of: &Writer, seq: u64, sealed: bool) -> Offered {
    let page = of.page(seq, seq);
    let written = page.facts[0].clone();
    Offered { written, seal: sealed.then_some(page.seal) }
}

fn takes(bench: &StoreBench, offers: &[Offered]) -> usize {
    bench.store.take_offers(offers, (moment(0).utc, false)).unwrap()
}

/// Every seal that goes out with the site's feed.
fn seals(bench: &StoreBench) -> Vec<Seal> {
    let feed = Feed::parse("site/S1").unwrap();
    let request = PullRequest {
        feed: feed.to_string(),
        epoch: 1,
        after: 0,
        rolling: Hash::ZERO,
        bytes_max: PAGE_BYTES_MAX,
        has: None,
        up_to: None,
    };
    let answer = bench.store.pull(&[feed], &request).unwrap();
    let PullAnswer::Page { page, .. } = answer else { panic!("{answer:?}") };
    page.seals
}

#[test]
fn a_seal_that_the_ledgers_station_did_not_make_is_kept_of_nobody() {
    on_both(|bench| {
        let (mut liar, mut other) = (bench.station(1), bench.station(2));
        liar.beats(3);
        other.beats(1);
        let made_up = |ledger: &Writer, last_seq| Seal {
            ledger: ledger.ledger().clone(),
            epoch: 1,
            last_seq,
            head: Hash::ZERO,
            signature: "00".repeat(64),
        };
        // Both are believed by the fact after them, whatever else comes with them.
        let of_another = Offered { seal: Some(made_up(&other, 1)), ..offer(&liar, 1, false) };
        let of_its_own = Offered { seal: Some(made_up(&liar, 2)), ..offer(&liar, 2, false) };
        assert_eq!(takes(bench, &[of_another, of_its_own, offer(&liar, 3, true)]), 3);
        bench.stores(&other);
        bench.stores(&liar);
        let kept = seals(bench);
        let of: BTreeSet<_> =
            kept.iter().map(|seal| (seal.ledger.clone(), seal.last_seq)).collect();
        let genuine = [(liar.ledger().clone(), 3), (other.ledger().clone(), 1)];
        assert_eq!(of, BTreeSet::from(genuine));
        for seal in kept {
            let writer = if seal.ledger == *liar.ledger() { &liar } else { &other };
            assert!(is_genuine(&writer.station.public_key, &seal), "{seal:?}");
        }
    });
}

#[test]
fn a_fact_is_proven_by_the_stored_one_after_it_and_another_one_in_its_place_is_not() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        writer.beats(2);
        let mut liar = writer.clone();
        liar.facts.pop();
        let wrong = FactBody::Newer { kind: "Else".to_owned(), body: serde_json::json!({}) };
        liar.writes(Subject::parse("cup/C-1").unwrap(), wrong);
        writer.beats(2);
        let unproven = [offer(&writer, 1, false), offer(&writer, 2, false)];
        assert_eq!(takes(bench, &unproven), 0);
        // The fact with the seal comes in another request.
        assert_eq!(takes(bench, &[offer(&writer, 3, true)]), 1);
        assert_eq!(takes(bench, &[offer(&liar, 2, false)]), 0);
        assert_eq!(bench.store.head(writer.ledger()).unwrap().head.last_seq, 0);
        assert_eq!(takes(bench, &unproven), 2);
        assert_eq!(takes(bench, &[offer(&writer, 4, false)]), 0, "nothing follows it");
        let head = bench.store.head(writer.ledger()).unwrap().head;
        assert_eq!((head.last_seq, head.last_id), (3, writer.facts[2].id()));
    });
}

/// The judge accepts so many facts of a station.
fn accepts(bench: &StoreBench, judge: &mut Writer, of: &Writer, (from, to_seq): (u64, u64)) {
    let (from, exceptions, unread) = (of.at(from), Vec::new(), Vec::new());
    let judged = StationFact::PageJudged { from, to_seq, exceptions, unread };
    judge.writes(Subject::Station(of.station.code.clone()), FactBody::Station(judged));
    bench.stores(judge);
}

fn admits(writer: &mut Writer, count: usize) {
    for n in 0..count {
        let fact = PersonFact::PersonAdmitted {
            roles: BTreeSet::from([Role::Operator]),
            identity_verified_by: "passport".to_owned(),
        };
        let person = Subject::parse(&format!("person/P-{n}")).unwrap();
        writer.writes(person, FactBody::Person(fact));
    }
}

fn waiting(bench: &StoreBench) -> Vec<Position> {
    let (facts, _) = bench.store.to_judge(0, 500).unwrap();
    facts.into_iter().map(|unjudged| unjudged.fact.head.position).collect()
}

/// A server that was restored gets back parts of a ledger, whole runs from elsewhere, and judgements of
/// its earlier life, in whatever order.
#[test]
fn what_comes_after_later_facts_were_judged_is_judged_and_takes_effect() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        admits(&mut writer, 4);
        assert_eq!(takes(bench, &[offer(&writer, 3, true)]), 1);
        accepts(bench, &mut judge, &writer, (3, 3));
        assert_eq!(waiting(bench), vec![]);
        assert_eq!(takes(bench, &[offer(&writer, 2, false)]), 1);
        assert_eq!(waiting(bench), [writer.at(2)]);
        bench.stores(&writer);
        assert_eq!(waiting(bench), [2, 1, 4].map(|seq| writer.at(seq)));
        assert_eq!(bench.store.operations().unwrap().not_judged, 3);
        let judged = [1, 2, 3].map(|seq| bench.store.is_judged(&writer.at(seq)).unwrap());
        assert_eq!(judged, [false, false, true]);
        accepts(bench, &mut judge, &writer, (1, 4));
        assert_eq!((waiting(bench), bench.rows("catalog").len()), (vec![], 4));

        // A judgement that comes back before what it is about.
        let mut late = bench.station(2);
        admits(&mut late, 2);
        accepts(bench, &mut judge, &late, (1, 2));
        assert_eq!(bench.store.operations().unwrap().not_judged, 0);
        bench.stores(&late);
        assert_eq!(waiting(bench), [1, 2].map(|seq| late.at(seq)));
        accepts(bench, &mut judge, &late, (1, 2));
        assert_eq!((waiting(bench), bench.rows("catalog").len()), (vec![], 6));
        assert_eq!(bench.store.operations().unwrap().not_judged, 0);
    });
}

/// The judge's disk is the server's own, and may be newer than the backup of its store.
#[test]
fn a_seal_of_a_station_that_enrolled_after_the_backup_is_kept_of_the_servers_own_disk_alone() {
    on_both(|bench| {
        let mut writer = Writer::new(1);
        writer.beats(2);
        assert_eq!(takes(bench, &[offer(&writer, 2, true)]), 0, "its key is not known");
        let of_another_fact =
            Offered { seal: Some(writer.page(2, 2).seal), ..offer(&writer, 1, false) };
        let own = [of_another_fact, offer(&writer, 2, true)];
        assert_eq!(bench.store.take_offers(&own, (moment(0).utc, true)).unwrap(), 2);
        bench.store.admit(&writer.station, None).unwrap();
        assert_eq!(seals(bench), [writer.page(2, 2).seal]);
    });
}

#[test]
fn a_new_epoch_does_not_count_as_judged_as_far_as_the_one_before() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        writer.beats(3);
        bench.stores(&writer);
        accepts(bench, &mut judge, &writer, (1, 3));
        assert_eq!(bench.store.operations().unwrap().not_judged, 0);
        let mut anew = writer.opens_anew();
        anew.beats(1);
        let pages = [anew.page(1, 1), anew.page(2, 2)].map(|page| (page, moment(0).utc));
        for answer in bench.store.ingest_all(&pages).unwrap() {
            assert_eq!(answer.unwrap().outcome, PageOutcome::Stored);
        }
        assert_eq!(bench.store.operations().unwrap().not_judged, 2);
    });
}
