//! Which feeds a station reads: as it is enrolled, and as that changes; in which order, and how far.

use gemba::domain::fact::Written;
use gemba::domain::feeds::{Cursor, FeedPage};
use gemba::domain::hash::Hash;
use gemba::sync::down::{Action, Down, Event, Fit};
use gemba::sync::protocol::{FeedHead, PullAnswer, PullRequest};

use crate::support::plant::{PlantBench, StationBench, centers};

/// The station's cursor in a feed whose name ends so.
fn cursor(of: &StationBench, end: &str) -> Option<Cursor> {
    of.ledger().cursors().unwrap().into_iter().find(|cursor| cursor.feed.ends_with(end))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_serves_another_work_center_also_fetches_that_one_and_nothing_again() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let order = asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    let moved = bench.enroll("HP2", &["PAINT"]).await;
    moved.client().sync_once().await.unwrap();
    let has = |at| moved.ledger().written(at).unwrap().is_some();
    assert!(!has(&order), "an order of other work centers");
    let catalog = cursor(&moved, "catalog").unwrap();

    let paint = cursor(&moved, "PAINT").unwrap();
    let rows = || moved.ledger().cursors().unwrap().iter().map(|at| at.position).sum::<u64>();
    let before = rows();
    let serves = bench.office().assign_station(&moved.station, &centers(&["INC", "PAINT"]));
    assert_eq!(serves.unwrap(), Some(centers(&["PAINT", "INC"])), "none is taken away");
    let done = moved.client().sync_once().await.unwrap();
    assert!(has(&order));
    // What was judged meanwhile comes as well.
    let new = rows() - before;
    assert!(done.received <= new, "{} received, {new} new rows", done.received);
    let after = cursor(&moved, "catalog").unwrap();
    assert_eq!(after.epoch, catalog.epoch);
    assert_eq!(cursor(&moved, "PAINT"), Some(paint));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_is_enrolled_again_for_less_follows_less_and_keeps_what_it_has() {
    let bench = PlantBench::start().await;
    let both = bench.enroll("HP2", &["ASM", "INC"]).await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let order = asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    both.client().sync_once().await.unwrap();
    let assembly = cursor(&both, "ASM").unwrap();
    assert!(cursor(&both, "INC").is_some());
    let again = bench.enroll("HP2", &["ASM"]).await;
    again.client().sync_once().await.unwrap();
    assert_eq!(cursor(&again, "INC"), None);
    assert!(cursor(&again, "ASM").is_some_and(|now| now.position >= assembly.position));
    assert!(again.ledger().written(&order).unwrap().is_some());
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_was_never_enrolled_or_is_revoked_is_assigned_nothing() {
    let bench = PlantBench::start().await;
    let station = bench.enroll("HP1", &["ASM"]).await;
    let office = bench.office();
    assert_eq!(office.assign_station(&"HP9".parse().unwrap(), &centers(&["ASM"])).unwrap(), None);
    assert!(office.revoke_station(&station.station).unwrap());
    assert_eq!(office.assign_station(&station.station, &centers(&["ASM"])).unwrap(), None);
    let without = office.store().without_place(&centers(&["ASM", "NOPE", "asm"])).unwrap();
    assert_eq!(without, centers(&["NOPE", "asm"]));
    bench.running.shutdown().await;
}

/// A page of two rows, or of fewer where no more are wanted; by now the feed reaches much further.
fn two_rows(request: &PullRequest) -> PullAnswer {
    let wanted = request.up_to.unwrap_or(u64::MAX) - request.after;
    let row = Written { prev: Hash::ZERO, bytes: "{}".to_owned() };
    let page = FeedPage {
        feed: request.feed.clone(),
        epoch: request.epoch,
        from: request.after + 1,
        rows: vec![row; usize::try_from(wanted.min(2)).unwrap()],
        named: Vec::new(),
        rolling: Hash::ZERO,
        seals: Vec::new(),
    };
    PullAnswer::Page { page, head: 99 }
}

#[test]
fn feeds_are_pulled_up_to_where_all_reached_in_one_moment_and_judgements_after_holds() {
    let reaches =
        [("station/HP2", 2), ("work-center/INC", 3), ("catalog", 5), ("work-center/ASM", 4)];
    let head = |(feed, position): (&str, u64)| FeedHead {
        feed: feed.to_owned(),
        epoch: 1,
        position,
        rolling: Hash::ZERO,
    };
    let beginning = |(feed, _): (&str, u64)| Cursor {
        feed: feed.to_owned(),
        epoch: 1,
        position: 0,
        rolling: Hash::ZERO,
    };
    let mut down = Down::new(None);
    down.next(Event::Start);
    down.next(Event::Feeds(reaches.map(head).to_vec()));
    let mut action = down.next(Event::Cursors(reaches.map(beginning).to_vec()));
    let mut pulled = Vec::new();
    while let Action::Pull(request) = action {
        action = down.next(Event::Pulled(two_rows(&request)));
        assert!(matches!(action, Action::Apply(_)), "{action:?}");
        action = down.next(Event::Applied(Fit::Applied));
        pulled.push((request.feed, request.after, request.up_to));
    }
    assert_eq!(action, Action::ListBlobs);
    let expected = [
        ("work-center/ASM", 0, 4),
        ("work-center/ASM", 2, 4),
        ("work-center/INC", 0, 3),
        ("work-center/INC", 2, 3),
        ("station/HP2", 0, 2),
        ("catalog", 0, 5),
        ("catalog", 2, 5),
        ("catalog", 4, 5),
    ];
    assert_eq!(pulled, expected.map(|(feed, after, up_to)| (feed.to_owned(), after, Some(up_to))));
}
