//! Which feeds a station reads: as it is enrolled, and as that changes.

use gemba::domain::feeds::Cursor;

use crate::support::plant::{PlantBench, StationBench, centers};

/// The station's cursor in a feed whose name ends so.
fn cursor(of: &StationBench, end: &str) -> Option<Cursor> {
    of.ledger().cursors().unwrap().into_iter().find(|cursor| cursor.feed.ends_with(end))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_serves_another_work_center_fetches_that_one_and_nothing_again() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let order = asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    let moved = bench.enroll("HP2", &["PAINT"]).await;
    moved.client().sync_once().await.unwrap();
    let has = |at| moved.ledger().written(at).unwrap().is_some();
    assert!(!has(&order), "an order of other work centers");
    let catalog = cursor(&moved, "catalog").unwrap();

    let assigned = bench.office().assign_station(&moved.station, &centers(&["INC"]));
    assert!(assigned.unwrap());
    let done = moved.client().sync_once().await.unwrap();
    assert!(has(&order));
    assert!(cursor(&moved, "PAINT").is_none(), "it follows that one no more");
    let inc = cursor(&moved, "INC").unwrap();
    let after = cursor(&moved, "catalog").unwrap();
    let new = inc.position + (after.position - catalog.position);
    assert!(done.received <= new, "{} received, {new} new rows", done.received);
    assert_eq!(after.epoch, catalog.epoch);

    // And back: what it has stays, and is not fetched again.
    assert!(bench.office().assign_station(&moved.station, &centers(&["PAINT"])).unwrap());
    moved.client().sync_once().await.unwrap();
    assert!(has(&order));
    assert!(cursor(&moved, "INC").is_none());
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_was_never_enrolled_or_is_revoked_is_assigned_nothing() {
    let bench = PlantBench::start().await;
    let station = bench.enroll("HP1", &["ASM"]).await;
    let office = bench.office();
    assert!(!office.assign_station(&"HP9".parse().unwrap(), &centers(&["ASM"])).unwrap());
    assert!(office.revoke_station(&station.station).unwrap());
    assert!(!office.assign_station(&station.station, &centers(&["ASM"])).unwrap());
    bench.running.shutdown().await;
}
