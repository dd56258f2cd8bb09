//! Pages and feeds of the server's store, on every database alike.

use std::collections::BTreeSet;

use gemba::domain::fact::Written;
use gemba::domain::feeds::{Feed, NamedRows};
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::{OrderFact, OrderOpened, RouteOperation, Units};
use gemba::domain::place::{PlaceDefined, PlaceFact};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::server::store::Store;
use gemba::server::store::database::Database;
use gemba::server::store::error::StoreError;
use gemba::sync::protocol::{PageOutcome, PullAnswer, PullRequest};
use tempfile::TempDir;

use crate::simulation::chance::Chance;
use crate::simulation::facts;
use crate::store_tables::asked;
use crate::support::plant::moment;
use crate::support::postgres;
use crate::support::stores::{StoreBench, on_both, rows};
use crate::support::writer::Writer;

const SITE: &str = "site/S1";

pub(crate) fn pause(reason: &str) -> (Subject, FactBody) {
    let paused = TravelerFact::Paused { reason: reason.to_owned() };
    (Subject::parse("traveler/WO-1/0001").unwrap(), FactBody::Traveler(paused))
}

pub(crate) fn order(centers: &[&str]) -> (Subject, FactBody) {
    let operation = |(number, center): (u32, &&str)| RouteOperation {
        operation: number * 10,
        instruction: "WI-1".parse().unwrap(),
        work_center: center.parse().unwrap(),
    };
    let fact = OrderFact::OrderOpened(OrderOpened {
        part: "CP-40".parse().unwrap(),
        units: Units::Serials(vec!["0001".parse().unwrap()]),
        route: (1..).zip(centers).map(operation).collect(),
        due: None,
        priority: 1,
    });
    (Subject::parse("order/WO-1").unwrap(), FactBody::Order(fact))
}

fn place(center: &str) -> (Subject, FactBody) {
    let defined = PlaceDefined {
        name: "Bench".to_owned(),
        site: "S1".parse().unwrap(),
        area: "A1".parse().unwrap(),
        work_center: center.parse().unwrap(),
    };
    let subject = Subject::parse("place/B-1").unwrap();
    (subject, FactBody::Place(PlaceFact::PlaceDefined(defined)))
}

#[test]
fn a_page_is_stored_and_its_ledger_reaches_its_end() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        assert_eq!(bench.store.head(writer.ledger()).unwrap().head.last_seq, 0);
        writer.beats(3);
        let answer = bench.takes(&writer.page_from(1));
        assert_eq!(answer.outcome, PageOutcome::Stored);
        assert_eq!(answer.head.last_id, writer.facts[2].id());
        assert_eq!(bench.another().head(writer.ledger()).unwrap().head, answer.head);
        assert_eq!(bench.store.facts().unwrap(), 3);
    });
}

#[test]
fn a_page_that_comes_twice_or_in_part_is_a_success_and_stored_once() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        writer.beats(3);
        bench.takes(&writer.page(1, 2));
        for page in [writer.page(1, 2), writer.page_from(1), writer.page_from(2)] {
            assert_eq!(bench.takes(&page).outcome, PageOutcome::Stored);
        }
        assert_eq!(bench.rows(SITE).len(), 3);
    });
}

#[test]
fn a_page_that_begins_too_late_is_told_what_comes_next() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        writer.beats(5);
        bench.takes(&writer.page(1, 2));
        let answer = bench.takes(&writer.page(4, 5));
        assert_eq!(answer.outcome, PageOutcome::Gap { expected: 3 });
        assert_eq!(bench.store.facts().unwrap(), 2);
    });
}

#[test]
fn a_second_history_freezes_the_ledger_and_nothing_of_it_is_stored() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        writer.beats(2);
        bench.stores(&writer);
        let mut clone = writer.clone();
        clone.facts.pop();
        let (subject, body) = pause("on another disk");
        clone.writes(subject, body);
        assert_eq!(bench.takes(&clone.page_from(1)).outcome, PageOutcome::Fork { seq: 2 });
        // The page is kept whole, as it came, to be looked at.
        let kept = format!("SELECT seq, page FROM quarantine WHERE ledger = '{}'", writer.ledger());
        let page = serde_json::to_string(&clone.page_from(1)).unwrap();
        assert_eq!(asked(bench, &kept), format!("2|{page}\n"));
        // What either of them sends later is told so, and stays where it was written.
        writer.beats(1);
        clone.beats(1);
        for later in [&writer, &clone] {
            assert_eq!(bench.takes(&later.page_from(3)).outcome, PageOutcome::Fork { seq: 3 });
        }
        assert_eq!(asked(bench, &kept), format!("2|{page}\n"));
        assert!(bench.store.head(writer.ledger()).unwrap().frozen);
        assert_eq!(bench.rows(SITE).len(), 2);
    });
}

#[test]
fn a_page_of_nobody_or_under_another_seal_is_not_stored() {
    on_both(|bench| {
        let (mut stranger, mut writer) = (Writer::new(9), bench.station(1));
        stranger.beats(1);
        writer.beats(1);
        let mut page = writer.page_from(1);
        page.seal.signature = stranger.page_from(1).seal.signature;
        for page in [stranger.page_from(1), page] {
            assert!(matches!(bench.takes(&page).outcome, PageOutcome::Refused { .. }));
        }
        assert_eq!(bench.store.facts().unwrap(), 0);
    });
}

#[test]
fn what_a_newer_version_wrote_is_stored_as_it_is() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        let subject = Subject::parse("cup/C-1").unwrap();
        let body = serde_json::json!({ "cups": "\u{1} and \u{1f375}" });
        writer.writes(subject, FactBody::Newer { kind: "CupFound".to_owned(), body });
        bench.stores(&writer);
        assert_eq!(bench.rows(SITE)[0].1, writer.facts[0].bytes);
    });
}

#[test]
fn pages_that_waited_together_are_answered_each_by_itself() {
    on_both(|bench| {
        let mut writers = [bench.station(1), bench.station(2), Writer::new(3)];
        for writer in &mut writers {
            writer.beats(4);
        }
        let [first, second, stranger] = &writers;
        let pages =
            [first.page(1, 2), stranger.page_from(1), second.page_from(1), first.page(1, 4)]
                .map(|page| (page, moment(0).utc));
        let answers = bench.store.ingest_all(&pages).unwrap();
        let stored: Vec<bool> = answers
            .into_iter()
            .map(|answer| answer.unwrap().outcome == PageOutcome::Stored)
            .collect();
        assert_eq!(stored, [true, false, true, true]);
        assert_eq!(bench.rows(SITE).len(), 8);
    });
}

#[test]
fn an_order_that_is_opened_late_brings_along_what_came_before() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        let (subject, body) = pause("before");
        writer.writes(subject, body);
        bench.stores(&writer);
        assert_eq!(bench.rows("work-center/W1").len(), 0);
        let (subject, body) = order(&["W1", "W2"]);
        writer.writes(subject, body);
        let (subject, body) = place("W2");
        writer.writes(subject, body);
        bench.stores(&writer);
        let ids = |count: usize| writer.facts[..count].iter().map(Written::id).collect();
        for feed in ["work-center/W1", "work-center/W2", "area/A1"] {
            let rows: Vec<Hash> = bench.rows(feed).into_iter().map(|(id, _)| id).collect();
            assert_eq!(rows, Vec::from_iter::<Vec<Hash>>(ids(2)), "{feed}");
        }
    });
}

#[test]
fn what_a_reader_has_is_named_in_its_place_and_the_rest_comes_whole() {
    on_both(|bench| {
        let [mut first, mut second] = [1, 2].map(|number| bench.station(number));
        for facts in [3, 1] {
            first.beats(facts);
            bench.stores(&first);
            second.beats(1);
            bench.stores(&second);
        }
        let ask = |bytes_max, has: Option<&LedgerId>| {
            let (feed, rolling, has) = (SITE.to_owned(), Hash::ZERO, has.cloned());
            let (epoch, after, up_to) = (1, 0, None);
            let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
            let answer = bench.store.pull(&[Feed::parse(SITE).unwrap()], &request).unwrap();
            let PullAnswer::Page { page, .. } = answer else { panic!("{answer:?}") };
            page
        };
        let named = |position, seq, rows| NamedRows { position, epoch: 1, seq, rows };
        let whole: Vec<Hash> = bench.rows(SITE).into_iter().map(|(id, _)| id).collect();
        let rolling = |rows: usize| {
            let roll = |rolling: Hash, id: &Hash| Hash::of(&[&rolling.0, &id.0]);
            whole[..rows].iter().fold(Hash::ZERO, roll)
        };
        let page = ask(9_000, Some(first.ledger()));
        assert_eq!(page.named, [named(1, 1, 3), named(5, 4, 1)]);
        assert_eq!(page.rows, second.facts);
        assert_eq!((page.count(), page.rolling), (6, rolling(6)));
        assert!(page.seals.iter().all(|seal| seal.ledger == *second.ledger()), "it has its own");
        // What is named takes no room, and one fact always fits.
        let page = ask(1, Some(first.ledger()));
        assert_eq!((page.named, &page.rows[..]), (vec![named(1, 1, 3)], &second.facts[..1]));
        assert_eq!(page.rolling, rolling(4));
        let page = ask(1, None);
        assert_eq!((page.named, &page.rows[..]), (vec![], &first.facts[..1]));
    });
}

#[test]
fn a_page_goes_no_further_than_it_is_asked_for() {
    on_both(|bench| {
        let [mut first, mut second] = [1, 2].map(|number| bench.station(number));
        first.beats(3);
        second.beats(3);
        bench.stores(&first);
        bench.stores(&second);
        let whole: Vec<Hash> = bench.rows(SITE).into_iter().map(|(id, _)| id).collect();
        let ask = |has: Option<&LedgerId>, up_to| {
            let (feed, rolling, has) = (SITE.to_owned(), Hash::ZERO, has.cloned());
            let (epoch, after, bytes_max) = (1, 0, 9_000);
            let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
            let answer = bench.store.pull(&[Feed::parse(SITE).unwrap()], &request).unwrap();
            let PullAnswer::Page { page, head } = answer else { panic!("{answer:?}") };
            let roll = |rolling: Hash, id: &Hash| Hash::of(&[&rolling.0, &id.0]);
            let count = usize::try_from(page.count()).unwrap();
            assert_eq!(page.rolling, whole[..count].iter().fold(Hash::ZERO, roll));
            (page.count(), head)
        };
        assert_eq!(ask(None, Some(4)), (4, 6));
        assert_eq!(ask(Some(first.ledger()), Some(4)), (4, 6), "what is named counts as well");
        assert_eq!(ask(None, Some(0)), (0, 6));
        assert_eq!(ask(None, Some(60)), (6, 6));
        assert_eq!(ask(None, None), (6, 6));
    });
}

#[test]
fn a_cursor_that_does_not_fit_is_told_so() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        writer.beats(2);
        bench.stores(&writer);
        let feeds = writer.station.feeds();
        let ask = |after, epoch, rolling| {
            let feed = "station/ST1".to_owned();
            let (bytes_max, has, up_to) = (9_000, None, None);
            let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
            bench.store.pull(&feeds, &request).unwrap()
        };
        assert_eq!(ask(1, 1, Hash::ZERO), PullAnswer::Diverged);
        assert_eq!(ask(9, 1, Hash::ZERO), PullAnswer::EpochChanged { epoch: 1 });
        assert_eq!(ask(1, 2, Hash::ZERO), PullAnswer::EpochChanged { epoch: 1 });
        let feed = "station/ST2".to_owned();
        let request = PullRequest {
            feed,
            epoch: 1,
            after: 0,
            rolling: Hash::ZERO,
            bytes_max: 9_000,
            has: None,
            up_to: None,
        };
        assert_eq!(bench.store.pull(&feeds, &request).unwrap(), PullAnswer::NotYours);
        let heads = bench.store.feed_heads(&feeds).unwrap();
        let own = heads.iter().find(|head| head.feed == "station/ST1").unwrap();
        assert_eq!((own.epoch, own.position), (1, 2));
        assert_eq!(bench.store.site_head().unwrap(), 2);
    });
}

/// Pages from two connections at once: every feed has every fact of its own once, without a hole,
/// and each station's facts in their order.
#[test]
fn pages_from_several_connections_at_once_leave_no_hole_and_no_disorder() {
    on_both(|bench| {
        let mut writers = [1, 2, 3, 4].map(|number| bench.station(number));
        for (place, writer) in writers.iter_mut().enumerate() {
            let mut chance = Chance::new(place as u64);
            while writer.facts.len() < 40 {
                for (subject, body) in facts::act(&mut chance, &writer.station.code.clone()) {
                    writer.writes(subject, body);
                }
            }
        }
        let database = &bench.database;
        std::thread::scope(|scope| {
            for writer in &writers {
                scope.spawn(move || {
                    let store = Store::open(database).unwrap();
                    let last = writer.facts.len() as u64;
                    for from in (1..=last).step_by(3) {
                        let page = writer.page(from, last.min(from + 2));
                        let answer = stubborn(&store, &page);
                        assert_eq!(answer, PageOutcome::Stored);
                    }
                });
            }
        });
        let rows = bench.rows(SITE);
        let ids: BTreeSet<Hash> = rows.iter().map(|(id, _)| *id).collect();
        let written: usize = writers.iter().map(|writer| writer.facts.len()).sum();
        assert_eq!((rows.len(), ids.len()), (written, written));
        for writer in &writers {
            let own: Vec<Hash> = writer.facts.iter().map(Written::id).collect();
            let there: Vec<Hash> =
                rows.iter().map(|(id, _)| *id).filter(|id| own.contains(id)).collect();
            assert_eq!(there, own);
        }
        for feed in ["work-center/W1", "work-center/W2", "work-center/W3", "catalog"] {
            let rows = bench.rows(feed);
            let once: BTreeSet<Hash> = rows.iter().map(|(id, _)| *id).collect();
            assert_eq!(rows.len(), once.len(), "{feed}");
        }
    });
}

/// Asks again while others keep the store busy, as a station does.
fn stubborn(store: &Store, page: &gemba::sync::protocol::PageUp) -> PageOutcome {
    loop {
        match store.ingest(page, moment(0).utc) {
            Ok(answer) => return answer.outcome,
            Err(StoreError::Busy) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// The same pages in the same order make the same feeds, byte for byte and hash for hash.
#[test]
fn both_databases_make_the_same_feeds_of_the_same_pages() {
    let dir = TempDir::new().unwrap();
    let file = StoreBench::found(Database::File(dir.path().join("server.db")));
    let other = StoreBench::found(postgres::shared().database());
    let mut writers = [1, 2, 3].map(|number| file.station(number));
    for writer in &writers {
        other.store.admit(&writer.station, None).unwrap();
    }
    let mut chance = Chance::new(7);
    for _ in 0..200 {
        let place = usize::try_from(chance.between(0, 3)).unwrap();
        let (from, code) = (writers[place].facts.len() as u64, writers[place].station.code.clone());
        for (subject, body) in facts::act(&mut chance, &code) {
            writers[place].writes(subject, body);
        }
        let page = writers[place].page_from(from + 1);
        assert_eq!(file.takes(&page), other.takes(&page));
    }
    let stations = writers.iter().map(|writer| format!("station/{}", writer.station.code));
    let feeds = ["site/S1", "catalog", "work-center/W1", "work-center/W2", "work-center/W3"];
    for feed in feeds.map(str::to_owned).into_iter().chain(stations) {
        let ours = rows(&file.store, &feed);
        assert_eq!(ours, rows(&other.store, &feed), "{feed}");
        assert!(feed == "catalog" || !ours.is_empty(), "{feed}");
    }
}
