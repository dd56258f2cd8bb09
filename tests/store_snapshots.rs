//! What new stations begin with, as the server's store makes it, on every database alike.

use gemba::domain::feeds::Feed;
use gemba::domain::kinds::FactBody;
use gemba::domain::snapshot::Snapshot;
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::server::limits::STALE_FACTS;
use gemba::server::store::database::Database;
use gemba::sync::protocol::PageOutcome;
use tempfile::TempDir;

use crate::store_pages::{order, pause};
use crate::support::stores::{StoreBench, on_both};
use crate::support::writer::Writer;

/// The feeds of a station at these work centers, without its own.
fn feeds(centers: &[&str]) -> Vec<Feed> {
    let centers = centers.iter().map(|center| Feed::WorkCenter(center.parse().unwrap()));
    [Feed::Catalog].into_iter().chain(centers).collect()
}

fn stores_all(bench: &StoreBench, writer: &Writer) {
    let last = writer.facts.len() as u64;
    for from in (1..=last).step_by(300) {
        let page = writer.page(from, last.min(from + 299));
        assert_eq!(bench.takes(&page).outcome, PageOutcome::Stored);
    }
}

#[test]
fn a_snapshot_that_is_made_anew_leaves_what_others_are_made_of() {
    on_both(|bench| {
        let snapshot = |centers: &[&str]| bench.store.snapshot(&feeds(centers)).unwrap();
        let (one, both) = (snapshot(&["W1"]), snapshot(&["W1", "W2"]));
        assert_eq!(one.chunks, both.chunks, "of the same facts");
        // Much happens, and nothing of it at the one.
        let mut writer = bench.station(1);
        let (subject, body) = order(&["W2"]);
        writer.writes(subject, body);
        for n in 0..=STALE_FACTS {
            let (subject, body) = pause(&n.to_string());
            writer.writes(subject, body);
        }
        stores_all(bench, &writer);
        let anew = snapshot(&["W1", "W2"]);
        assert!(anew.facts > both.facts && snapshot(&["W1"]) == one);
        for chunk in one.chunks.iter().chain(&anew.chunks) {
            assert!(bench.store.blob(chunk).unwrap().is_some(), "{chunk} is gone");
        }
        // What no snapshot names any more goes.
        let (subject, body) = order(&["W1", "W2"]);
        writer.writes(subject, body);
        stores_all(bench, &writer);
        let now = snapshot(&["W1"]);
        assert_ne!(now.chunks, one.chunks);
        assert_eq!(bench.store.blob(&one.chunks[0]).unwrap(), None);
        assert!(bench.store.blob(&anew.chunks[0]).unwrap().is_some());
    });
}

#[test]
fn a_snapshot_of_which_a_part_is_gone_is_made_anew() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        let (subject, body) = order(&["W1"]);
        writer.writes(subject, body);
        stores_all(bench, &writer);
        let first = bench.store.snapshot(&feeds(&["W1"])).unwrap();
        bench.sql("DELETE FROM blob");
        let again = bench.store.snapshot(&feeds(&["W1"])).unwrap();
        assert_eq!(first, again);
        let chunk = bench.store.blob(&again.chunks[0]).unwrap();
        assert!(chunk.is_some_and(|bytes| !bytes.is_empty()));
    });
}

/// A plant has years of judgements, and every request waits for whoever reads.
#[test]
fn who_asks_for_an_order_reads_no_judgements_of_stations_that_wrote_nothing_of_it() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        let (subject, body) = order(&["W1"]);
        writer.writes(subject, body);
        let (subject, body) = pause("lunch");
        writer.writes(subject, body);
        bench.stores(&writer);
        bench.station(2);
        let judged = StationFact::PageJudged {
            from: writer.at(1),
            to_seq: 2,
            exceptions: Vec::new(),
            unread: Vec::new(),
        };
        judge.writes(Subject::Station(writer.station.code.clone()), FactBody::Station(judged));
        bench.stores(&judge);
        // Whoever read it would stumble.
        let zero = "0".repeat(64);
        bench.sql(&format!(
            "INSERT INTO fact (ledger, epoch, seq, prev, bytes, id, kind, subject, received_utc)
             VALUES ('{}', 1, 900, '{zero}', 'not looked at', '{zero}', 'PageJudged',
             'station/ST2', '2026-11-20T06:00:00Z')",
            judge.ledger()
        ));
        let asked = "WO-1".parse().unwrap();
        let whole = bench.store.whole_order(&feeds(&["W1"]), (&asked, 0)).unwrap().unwrap();
        let rows: Vec<_> = whole.rows.into_iter().map(|row| row.written).collect();
        let all: Vec<_> = writer.facts.iter().chain(&judge.facts).cloned().collect();
        assert_eq!((rows, whole.next), (all, None));
    });
}

/// One database is enough: what is looked at is when the store reads which snapshot is kept.
#[test]
fn a_snapshot_that_another_server_made_meanwhile_leaves_nothing_behind() {
    let dir = TempDir::new().unwrap();
    let bench = StoreBench::found(Database::File(dir.path().join("server.db")));
    let mut writer = bench.station(1);
    let (subject, body) = order(&["W1"]);
    writer.writes(subject, body);
    stores_all(&bench, &writer);
    let first = bench.store.snapshot(&feeds(&["W1"])).unwrap();
    let chunk = bench.store.put_blob(b"of another server").unwrap();
    let theirs = Snapshot { chunks: vec![chunk], ..first.clone() };
    let theirs = serde_json::to_string(&theirs).unwrap();
    bench.sql(&format!("DELETE FROM blob WHERE hash <> '{chunk}'"));
    bench.sql(&format!(
        "CREATE TRIGGER meanwhile AFTER INSERT ON blob BEGIN
         UPDATE setting SET value = '{theirs}' WHERE key LIKE 'snapshot %'; END"
    ));
    assert_eq!(bench.store.snapshot(&feeds(&["W1"])).unwrap(), first);
    assert_eq!(bench.store.blob(&chunk).unwrap(), None);
    assert!(bench.store.blob(&first.chunks[0]).unwrap().is_some());
}
