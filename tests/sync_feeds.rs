//! Which feeds a station reads: as it is enrolled, and as that changes.

use gemba::domain::feeds::Cursor;

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
    let serves = bench.office().assign_station(&moved.station, &centers(&["INC", "PAINT"]));
    assert_eq!(serves.unwrap(), Some(centers(&["PAINT", "INC"])), "none is taken away");
    let done = moved.client().sync_once().await.unwrap();
    assert!(has(&order));
    let inc = cursor(&moved, "INC").unwrap();
    let after = cursor(&moved, "catalog").unwrap();
    let new = inc.position + (after.position - catalog.position);
    assert!(done.received <= new, "{} received, {new} new rows", done.received);
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
