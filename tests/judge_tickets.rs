//! Hand-off tickets of a station that was revoked: at that station, where one is taken, and at the
//! server; and what waits there for records that will not come.

use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::ticket::{DrawnBy, Ticket};
use gemba::ledger::error::TransactError;
use gemba::sync::client::error::SyncError;
use gemba::sync::retry::Stop;

use crate::judge_pieces::{boxes, deburrs, does, lot, plant};
use crate::judge_work::{forges, objected, said};
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::support::shop_plan::{answer, complete};
use crate::support::tickets::{draws, incoming, taken, taken_and_split, takes, takes_over};

fn codes<T: std::fmt::Debug>(refused: Result<T, TransactError>) -> Vec<&'static str> {
    let Err(TransactError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    refusal.reasons.iter().map(gemba::domain::refusal::Reason::code).collect()
}

fn refused_at(station: &StationBench, ticket: &Ticket) -> Vec<&'static str> {
    let command = Command::Traveler(lot(), takes(ticket));
    codes(station.ledger().transact(&incoming(), &moment(3_000), command))
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_ticket_of_a_revoked_station_is_judged_by_the_moment_when_it_was_taken() {
    let (bench, one, two, ticket) = taken().await;
    let three = bench.enroll("ASM3", &["ASM", "INC"]).await;
    three.client().sync_once().await.unwrap();
    boxes(&two, "97");
    assert_eq!(objected(&bench, &one).await, []);
    assert!(bench.office().revoke_station(&one.station).unwrap());
    assert_eq!(objected(&bench, &two).await, [], "nobody had revoked it when it was taken");

    // A station that has not heard of it takes the same ticket later.
    does(&three, ("INC-1", 700_000), takes(&ticket));
    let why = said("UpstreamAccepted", "Station ASM1, which drew the ticket, was revoked");
    let told = objected(&bench, &three).await;
    assert!(told.contains(&why), "{told:?}");

    // One that has, does not take it; and the station itself, once it was told, draws none.
    assert_eq!(refused_at(&three, &ticket), ["U16"]);
    let stopped = one.client().sync_once().await;
    assert!(matches!(stopped, Err(SyncError::Stopped(Stop::Revoked))), "{stopped:?}");
    assert_eq!(codes(one.ledger().draw_ticket(&lot(), &moment(4_000))), ["U15"]);

    // Enrolled again it is one of the plant, and so are its tickets.
    let one = bench.enroll("ASM1", &["ASM", "INC"]).await;
    one.ledger().draw_ticket(&lot(), &moment(5_000)).unwrap();
    objected(&bench, &three).await;
    let by = three.ledger().drawn_by(&ticket).unwrap();
    assert!(matches!(by, DrawnBy::Station(..)), "{by:?}");
    for station in [&two, &three] {
        assert_eq!(station.ledger().check(&mut |_| {}).unwrap().models, vec![]);
    }
    bench.running.shutdown().await;
}

/// What is objected to is the ticket that was taken, since nothing backs it any more; the lot is held.
async fn is_told_and_held(bench: &PlantBench, station: &StationBench) {
    let told = objected(bench, station).await;
    let [(kind, words)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(kind, "UpstreamAccepted");
    assert!(words.starts_with("work went on by the ticket of ASM1, "), "{words}");
    assert!(words.ends_with(": ASM1 was revoked, and what it recorded has not come"), "{words}");
    let command = Command::Traveler(lot(), complete("box"));
    let codes = codes(station.ledger().transact(&incoming(), &moment(2_900), command));
    assert!(codes.iter().any(|code| code.starts_with('H')), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_waits_for_records_of_a_station_that_is_revoked_is_held() {
    let (bench, one, two, _) = taken().await;
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    assert!(bench.office().revoke_station(&one.station).unwrap());
    does(&two, ("INC-1", 2_100), answer("box", 1, true));
    is_told_and_held(&bench, &two).await;
    assert_eq!(two.ledger().check(&mut |_| {}).unwrap().models, vec![]);
    bench.running.shutdown().await;
}

/// How often it was said of stations that they are revoked.
fn revocations(station: &StationBench) -> u32 {
    let store = rusqlite::Connection::open(station.dir.join("station.db")).unwrap();
    let sql = "SELECT count(*) FROM fact WHERE kind = 'StationRevoked'";
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_cannot_be_told_of_a_revoked_station_stops_no_judging_and_is_told_later() {
    let (bench, one, two, _) = taken().await;
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    let in_judge = |server: &Path, sql: &str| {
        let store = rusqlite::Connection::open(server.join("judge").join("station.db")).unwrap();
        store.execute_batch(sql).unwrap();
    };
    let sql = "CREATE TRIGGER no_hold BEFORE INSERT ON fact WHEN NEW.kind = 'HoldPlaced'
               BEGIN SELECT RAISE(ABORT, 'nothing is held'); END;";
    let bench = bench.stopped(|server| in_judge(server, sql)).await;
    assert!(bench.office().revoke_station(&one.station).unwrap());
    for _ in 0..3 {
        two.beat(1);
        assert_eq!(objected(&bench, &two).await, [], "everything else is judged");
    }
    assert_eq!(revocations(&two), 1);
    let bench = bench.stopped(|server| in_judge(server, "DROP TRIGGER no_hold;")).await;
    does(&two, ("INC-1", 2_100), answer("box", 1, true));
    is_told_and_held(&bench, &two).await;
    assert_eq!(revocations(&two), 1);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_revocation_that_is_told_twice_counts_from_the_first_time() {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = draws(&one);
    assert_eq!(objected(&bench, &one).await, []);
    assert!(bench.office().revoke_station(&one.station).unwrap());
    two.beat(1);
    assert_eq!(objected(&bench, &two).await, []);
    let since = || {
        let by = two.ledger().drawn_by(&ticket).unwrap();
        let DrawnBy::Revoked { since, .. } = by else { panic!("{by:?}") };
        since
    };
    let first = since();
    // As if the power had gone before it was noted that it is told.
    let store = rusqlite::Connection::open(bench.dir_of("server").join("server.db")).unwrap();
    let sql = "UPDATE station SET announced = 0 WHERE code = 'ASM1'";
    assert_eq!(store.execute(sql, []).unwrap(), 1);
    two.beat(1);
    assert_eq!(objected(&bench, &two).await, []);
    assert_eq!((revocations(&two), since()), (2, first));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_ticket_heard_of_after_its_station_was_revoked_is_held_where_nothing_backs_it() {
    let (bench, one, two, _) = taken().await;
    does(&two, ("INC-1", 2_100), answer("box", 1, true));
    assert!(bench.office().revoke_station(&one.station).unwrap());
    is_told_and_held(&bench, &two).await;
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_a_station_recorded_before_it_was_revoked_backs_its_ticket() {
    let (bench, one, two, _) = taken().await;
    assert_eq!(objected(&bench, &two).await, []);
    assert_eq!(objected(&bench, &one).await, []);
    assert!(bench.office().revoke_station(&one.station).unwrap());
    boxes(&two, "97");
    assert_eq!(objected(&bench, &two).await, []);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_records_of_a_lot_close_an_operation_of_what_was_split_off_it_and_no_others_do() {
    let (bench, _one, two) = taken_and_split().await;
    takes_over(&two, "L-22-ASM2-1", 2_200);
    assert_eq!(objected(&bench, &two).await, [], "they are its records");
    takes_over(&two, "L-22-ASM2-2", 2_300);
    forges(&two, "\"by\":\"", "\"by\":\"another-");
    let told = objected(&bench, &two).await;
    let [(kind, words)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(kind, "UpstreamAccepted");
    assert!(words.ends_with(" is no record of these pieces"), "{words}");
    bench.running.shutdown().await;
}
