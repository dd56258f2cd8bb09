//! A judge that is far behind: what is told of a record before its turn leaves nothing before it out.

use gemba::domain::decide::Command;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::OrderCommand;
use gemba::domain::station::{StationCommand, StationFact};
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::server::store::Store;
use gemba::server::store::database::Database;
use gemba::sync::protocol::{PROTOCOL_VERSION, PageOutcome, PageUp};

use crate::judge_work::{does, looks, plant};
use crate::support::plant::{StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

/// So many signs of life in one act.
fn lives_on(station: &StationBench, beats: usize) {
    let beat = || Command::Station(station.station.clone(), StationCommand::Beat);
    let beats = (0..beats).map(|_| beat()).collect();
    station.ledger().transact_all(&acting("P-1"), &moment(60_500), beats).unwrap();
}

/// Everything that a station wrote and the server does not have, as one page.
fn page(station: &StationBench, after: u64) -> PageUp {
    let mut ledger = station.ledger();
    let facts = ledger.outgoing((1, after), (usize::MAX, 500)).unwrap();
    let seal = ledger.seal_at((1, after + facts.len() as u64)).unwrap();
    PageUp {
        version: PROTOCOL_VERSION,
        ledger: seal.ledger.clone(),
        epoch: 1,
        from: after + 1,
        facts,
        seal,
        seals: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_told_of_before_its_turn_leaves_nothing_before_it_unjudged() {
    let (bench, one, two) = plant().await;
    does(&one, "P-3", ("0002", 1_000), TravelerCommand::Start);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let close = OrderCommand::Close { reason: "enough".to_owned(), with_open_units: true };
    let close = Command::Order("WO-1".parse().unwrap(), close);
    one.ledger().transact(&acting("P-1"), &moment(60_000), close).unwrap();
    // The second station was away for long, and says something that no station may.
    lives_on(&two, 150);
    let of_another = Subject::Station(one.station.clone());
    two.writes(of_another, FactBody::Station(StationFact::Heartbeat {}), 60_600);
    lives_on(&two, 60);
    does(&two, "P-3", ("0002", 61_000), looks());
    // Both are stored before the judge looks at the closing.
    let bench = bench
        .stopped(|server| {
            let store = Store::open(&Database::File(server.join("server.db"))).unwrap();
            for station in [&one, &two] {
                let head = store.head(&station.ledger().identity().ledger).unwrap().head;
                let page = page(station, head.last_seq);
                let answer = store.ingest(&page, moment(600_000).utc).unwrap();
                assert_eq!(answer.outcome, PageOutcome::Stored);
            }
        })
        .await;
    judged(&bench, &two).await;
    let told: Vec<String> = reviews(&two).into_iter().flat_map(|review| review.reasons).collect();
    let other = "a station writes this of itself only";
    assert!(told.iter().any(|why| why == other), "{told:?}");
    let late = told.iter().filter(|why| why.contains("after order WO-1 was closed"));
    assert_eq!(late.count(), 1, "{told:?}");
    assert_eq!(bench.office().store().operations().unwrap().not_judged, 0);
    bench.running.shutdown().await;
}
