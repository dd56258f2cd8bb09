//! What a store lets happen to facts when orders are pruned (R14): exactly that, and nothing else.

use std::path::Path;

use gemba::domain::backed_up::BackedUp;
use gemba::domain::feeds::Feed;
use gemba::ledger::error::LedgerError;
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::verify::verify;
use rusqlite::Connection;

use crate::support::pen::{Pen, all_written};
use crate::support::plant::moment;

pub(crate) const DAYS: u32 = 400;

/// A store with so many orders that are over for long, judged, and in a backup.
pub(crate) fn store(dir: &Path, orders: u32, units: usize) {
    let founding = Founding { station: "ASM1".parse().unwrap(), demo: false, key: [7; 32] };
    let mut ledger = Ledger::create(dir, founding).unwrap();
    ledger.set_feeds(&[Feed::parse("site/PLANT").unwrap()]).unwrap();
    let mut pen = Pen::of(dir);
    (pen.days_ago, pen.units) = (500, units);
    for n in 1..=orders {
        pen.order(&format!("WO-{n:04}"), true);
    }
    let last = pen.last();
    pen.put_into(dir);
    let mut judge = Pen::foreign("00000000000000000000000000000001");
    judge.judged(&last);
    judge.put_into(dir);
    ledger.note_backed_up(&BackedUp { up_to: vec![last] }).unwrap();
    ledger.rebuild(&mut |_| {}).unwrap();
    ledger.seal().unwrap();
}

fn open(dir: &Path) -> Connection {
    Connection::open(dir.join("station.db")).unwrap()
}

fn refused(store: &Connection, sql: &str) -> String {
    store.execute_batch(sql).unwrap_err().to_string()
}

const STUBBED: &str = "INSERT INTO stub SELECT ledger, epoch, seq, id, kind, subject FROM fact
                       WHERE subject = 'order/WO-0001';";
const LEFT_OUT: &str = "INSERT INTO left_out VALUES ('order/WO-0001', 'WO-0001');";
const GONE: &str = "DELETE FROM fact WHERE subject = 'order/WO-0001';";

#[test]
fn r14_a_fact_leaves_its_place_for_a_stub_alone_and_under_a_receipt() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 2, 1);
    let sql = open(dir.path());
    let kept = "a fact is kept forever";
    assert!(refused(&sql, GONE).contains(kept));
    assert!(refused(&sql, &format!("BEGIN;{STUBBED}{GONE}")).contains(kept), "not left out");
    sql.execute_batch("ROLLBACK").unwrap();
    assert!(refused(&sql, &format!("BEGIN;{LEFT_OUT}{GONE}")).contains(kept), "no stub");
    sql.execute_batch("ROLLBACK").unwrap();
    let receipt = "UPDATE backed_up SET last_seq = 0;";
    let without = format!("BEGIN;{receipt}{LEFT_OUT}{STUBBED}{GONE}");
    assert!(refused(&sql, &without).contains(kept), "no receipt");
    sql.execute_batch("ROLLBACK").unwrap();
    sql.execute_batch(&format!("BEGIN;{LEFT_OUT}{STUBBED}{GONE}ROLLBACK;")).unwrap();
}

#[test]
fn r14_a_stub_is_of_a_fact_never_changes_and_gives_way_to_that_fact_only() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 2, 1);
    let sql = open(dir.path());
    let made_up =
        "INSERT INTO stub SELECT ledger, epoch, seq, zeroblob(32), kind, subject FROM fact
                   WHERE subject = 'order/WO-0001';";
    assert!(refused(&sql, made_up).contains("a stub is what is left of a fact"));
    sql.execute_batch(&format!("{LEFT_OUT}{STUBBED}{GONE}")).unwrap();
    assert!(refused(&sql, "UPDATE stub SET seq = seq + 1").contains("a fact never changes"));
    assert!(refused(&sql, "DELETE FROM stub").contains("a fact is kept forever"));
    let another = "INSERT INTO fact (ledger, epoch, seq, prev, bytes, id, kind, subject)
                   SELECT ledger, epoch, seq, id, '{}', zeroblob(32), kind, subject FROM stub";
    assert!(refused(&sql, another).contains("a fact never changes"));
}

#[test]
fn r14_a_stub_that_hides_a_fact_of_a_stream_that_is_here_is_found() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 3, 2);
    let mut ledger = Ledger::open(dir.path()).unwrap();
    assert_eq!(ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap().orders, 3);
    assert_eq!(verify(dir.path()).unwrap().findings, vec![]);
    let hide = "DELETE FROM left_out WHERE subject = (SELECT min(subject) FROM stub)";
    open(dir.path()).execute(hide, ()).unwrap();
    let findings = verify(dir.path()).unwrap().findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].what.contains("taken out"), "{findings:?}");
}

#[test]
fn r14_an_id_that_was_changed_in_a_stub_is_found() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 3, 2);
    let mut ledger = Ledger::open(dir.path()).unwrap();
    assert_eq!(ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap().orders, 3);
    ledger.seal().unwrap();
    assert_eq!(verify(dir.path()).unwrap().findings, vec![]);
    let sql = open(dir.path());
    sql.execute_batch("DROP TRIGGER stub_never_changes; UPDATE stub SET id = zeroblob(32)")
        .unwrap();
    assert_ne!(verify(dir.path()).unwrap().findings, vec![], "the seal ends at another fact");
}

#[test]
fn r14_a_number_that_was_given_is_never_given_again() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 4, 2);
    let mut ledger = Ledger::open(dir.path()).unwrap();
    let head = ledger.head().unwrap();
    ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap();
    assert_eq!(all_written(dir.path()).len(), 1, "the judgement alone is left");
    assert_eq!(ledger.head().unwrap(), head, "the next fact comes after what was pruned");
    assert_eq!(ledger.own_runs().unwrap(), [(1, head.last_seq)]);
}

#[test]
fn r14_a_full_disk_prunes_whole_orders_or_nothing_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 20, 6);
    let all = all_written(dir.path()).len() as u64;
    let sql = open(dir.path());
    let pages: u32 = sql.query_row("PRAGMA page_count", (), |row| row.get(0)).unwrap();
    drop(sql);
    let mut ledger = Ledger::open(dir.path()).unwrap();
    ledger.keep_below_pages(pages).unwrap();
    let full = ledger.prune((DAYS, &moment(0)), false, &mut |_| {});
    assert!(matches!(full, Err(LedgerError::CannotWrite { .. }) | Ok(_)), "{full:?}");
    let left = all_written(dir.path()).len() as u64;
    assert_eq!(left + ledger.pruned().unwrap(), all, "each fact or its stub is there");
    assert_eq!(verify(dir.path()).unwrap().findings, vec![]);
    ledger.keep_below_pages(pages * 4).unwrap();
    ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap();
    assert_eq!(all_written(dir.path()).len(), 1);
    assert_eq!(ledger.check(&mut |_| {}).unwrap().models, vec![]);
}

#[test]
fn r14_room_is_given_back_to_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), 40, 8);
    let pages = |dir: &Path| -> i64 {
        open(dir).query_row("PRAGMA page_count", (), |row| row.get(0)).unwrap()
    };
    let before = pages(dir.path());
    let mut ledger = Ledger::open(dir.path()).unwrap();
    let pruned = ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap();
    assert!(pruned.bytes > 100_000, "{pruned:?}");
    let after = pages(dir.path());
    assert!(after * 3 < before * 2, "{before} pages, then {after}");
    let free: i64 =
        open(dir.path()).query_row("PRAGMA freelist_count", (), |row| row.get(0)).unwrap();
    assert_eq!(free, 0);
}
