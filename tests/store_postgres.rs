//! What only a database of its own can do to a server: go away in the middle, be set unsafe.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gemba::server::store::Store;
use gemba::server::store::copy::copy;
use gemba::server::store::database::Database;
use gemba::server::store::error::StoreError;
use gemba::sync::protocol::PageOutcome;

use crate::simulation::chance::Chance;
use crate::simulation::facts;
use crate::support::counts;
use crate::support::patience::comes;
use crate::support::plant::{card, moment};
use crate::support::postgres::{self, Cluster};
use crate::support::stores::{StoreBench, rows};

/// Ends what goes on beside a test also where the test fails.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The database is killed again and again while pages come in. What was acknowledged is there, in
/// its order, and a connection that broke is opened again by itself.
#[test]
fn a_database_that_is_killed_loses_nothing_that_was_acknowledged() {
    const KILLS: u64 = 3;
    let mut cluster = Cluster::start();
    let bench = StoreBench::found(cluster.database());
    let mut writer = bench.station(1);
    writer.beats(4_000);
    let (acknowledged, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    let store = bench.another();
    let (writer, acknowledged, ended) = (&writer, &acknowledged, &ended);
    std::thread::scope(|scope| {
        let _end = AtEnd(ended);
        let sending = scope.spawn(move || {
            let mut next = 1;
            while next + 1 < writer.facts.len() as u64 && !ended.load(Ordering::SeqCst) {
                match store.ingest(&writer.page(next, next + 1), moment(0).utc) {
                    Ok(answer) => {
                        assert_eq!(answer.outcome, PageOutcome::Stored);
                        next = answer.head.last_seq + 1;
                        acknowledged.store(answer.head.last_seq, Ordering::SeqCst);
                    }
                    Err(StoreError::Unreachable { .. }) => std::thread::yield_now(),
                    Err(error) => panic!("{error}"),
                }
            }
        });
        for kill in 1..=KILLS {
            while acknowledged.load(Ordering::SeqCst) < kill * 100 && !sending.is_finished() {
                std::thread::yield_now();
            }
            cluster.kill();
            cluster.start_again();
        }
        let before = acknowledged.load(Ordering::SeqCst);
        while acknowledged.load(Ordering::SeqCst) == before && !sending.is_finished() {
            std::thread::yield_now();
        }
    });
    let acknowledged = usize::try_from(acknowledged.load(Ordering::SeqCst)).unwrap();
    let rows = bench.rows("site/S1");
    let written = writer.facts.iter().map(|fact| (fact.id(), fact.bytes.clone()));
    assert!(rows.len() >= acknowledged && acknowledged > 300);
    assert!(written.take(acknowledged).eq(rows.into_iter().take(acknowledged)));
    counts::add("database_kills", KILLS);
}

#[test]
fn a_database_that_would_lose_what_it_acknowledged_is_refused() {
    for (setting, name) in [("-c fsync=off", "fsync"), ("-c full_page_writes=off", "full_page")] {
        let cluster = Cluster::start_with(setting);
        let database = cluster.database();
        let refused = Store::open(&database).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Unsafe { what } if what.contains(name)),
            "{refused}"
        );
    }
}

/// A database, or whoever set it up, may have said that a commit need not wait for the disk.
#[test]
fn a_commit_waits_for_the_disk_whatever_the_database_says() {
    let cluster = postgres::shared();
    let bench = StoreBench::found(cluster.database());
    let name = postgres::name(&bench.database);
    cluster.psql(&name, &format!("ALTER DATABASE {name} SET synchronous_commit TO off"));
    cluster.psql(
        &name,
        "CREATE TABLE told (setting TEXT);
         CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN INSERT INTO told VALUES (current_setting(''synchronous_commit'')); RETURN NEW; END';
         CREATE TRIGGER tell BEFORE INSERT ON fact FOR EACH ROW EXECUTE FUNCTION tell()",
    );
    let store = bench.another();
    let mut writer = bench.station(1);
    writer.beats(1);
    store.ingest(&writer.page_from(1), moment(0).utc).unwrap();
    assert_eq!(cluster.psql(&name, "SELECT setting FROM told"), "on\n");
}

#[test]
fn no_statement_changes_or_removes_a_fact() {
    let cluster = postgres::shared();
    let bench = StoreBench::found(cluster.database());
    let name = postgres::name(&bench.database);
    let mut writer = bench.station(1);
    writer.beats(1);
    bench.stores(&writer);
    for change in ["UPDATE fact SET kind = ''x''", "DELETE FROM fact", "TRUNCATE fact"] {
        let tried = format!(
            "DO 'BEGIN EXECUTE ''{}''; EXCEPTION WHEN raise_exception THEN RETURN; END'",
            change.replace('\'', "''")
        );
        cluster.psql(&name, &tried);
    }
    assert_eq!(cluster.psql(&name, "SELECT count(*), min(kind) FROM fact"), "1|Heartbeat\n");
}

/// A server that was not updated with the others stops; it does not write by old rules.
#[test]
fn a_schema_of_a_newer_version_stops_a_server_that_runs() {
    let cluster = postgres::shared();
    let bench = StoreBench::found(cluster.database());
    let mut writer = bench.station(1);
    writer.beats(1);
    cluster.psql(&postgres::name(&bench.database), "UPDATE store_version SET version = 99");
    let refused = bench.store.ingest(&writer.page_from(1), moment(0).utc);
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })));
    assert!(matches!(Store::open(&bench.database), Err(StoreError::Newer { .. })));
}

#[test]
fn the_address_of_a_database_is_told_without_its_password() {
    for (address, told) in [
        ("postgres://gemba:secret@db.plant/gemba", "postgres://db.plant/gemba"),
        ("postgresql://db.plant:5432/gemba?password=secret", "postgresql://db.plant:5432/gemba"),
        ("postgres://gemba:se@cret@db/gemba?sslmode=disable", "postgres://db/gemba"),
    ] {
        let database = Database::postgres(address).unwrap();
        assert_eq!(database.to_string(), told);
        assert!(!format!("{database:?}").contains("cret"));
    }
    assert_eq!(Database::postgres("/srv/gemba"), None);
}

/// From a file to PostgreSQL and back: every row, and every feed as stations read it.
#[test]
fn a_store_is_copied_into_another_database_whole_or_not_at_all() {
    let dir = tempfile::TempDir::new().unwrap();
    let file = |name: &str| Database::File(dir.path().join(name));
    let bench = StoreBench::found(file("one.db"));
    let mut writer = bench.station(1);
    let mut chance = Chance::new(3);
    while writer.facts.len() < 600 {
        for (subject, body) in facts::act(&mut chance, &writer.station.code.clone()) {
            writer.writes(subject, body);
        }
    }
    for from in (1..=600).step_by(100) {
        bench.takes(&writer.page(from, from + 99));
    }
    bench.store.set_card(&card("P-1", "B-1")).unwrap();
    let blob = bench.store.put_blob(b"picture").unwrap();
    let there = postgres::shared().database();
    let copied = copy(&bench.database, &there).unwrap();
    assert_eq!(copied.facts, 600);
    assert_eq!(copy(&there, &file("two.db")).unwrap(), copied);
    for database in [&there, &file("two.db")] {
        let store = Store::open(database).unwrap();
        assert_eq!(store.blob(&blob).unwrap().unwrap(), b"picture");
        assert_eq!(store.cards().unwrap(), bench.store.cards().unwrap());
        for feed in ["site/S1", "catalog", "work-center/W1", "station/ST1"] {
            assert_eq!(rows(&store, feed), bench.rows(feed), "{feed}");
        }
        // And it goes on there.
        let more = store.ingest(&writer.page(600, 600), moment(0).utc).unwrap();
        assert_eq!(more.outcome, PageOutcome::Stored);
        assert!(copy(&bench.database, database).is_err());
    }
    assert!(matches!(copy(&file("none.db"), &file("three.db")), Err(StoreError::Empty)));
}

/// Replicas need not look all the time: the database tells them. Where the line to it broke they hear
/// that, and listen again.
#[test]
fn what_one_server_stores_another_one_hears_of() {
    let mut cluster = Cluster::start();
    let bench = StoreBench::found(cluster.database());
    let (bell, rung) = std::sync::mpsc::sync_channel(1);
    let bell = std::sync::Arc::new(bell);
    let (writing, listening) = (bench.another(), bench.another());
    let mut writer = bench.station(1);
    let news = listening.listen(std::sync::Arc::downgrade(&bell)).unwrap();
    writer.beats(1);
    writing.ingest(&writer.page_from(1), moment(0).utc).unwrap();
    let long = std::time::Duration::from_mins(10);
    assert!(rung.recv_timeout(long).is_ok() && !news.is_over());

    cluster.kill();
    assert!(comes(|| news.is_over()), "nobody hears that the line broke");
    cluster.start_again();
    // What was rung before says nothing of now.
    rung.try_iter().for_each(drop);
    let again = listening.listen(std::sync::Arc::downgrade(&bell)).unwrap();
    writer.beats(1);
    writing.ingest(&writer.page_from(2), moment(0).utc).unwrap();
    assert!(rung.recv_timeout(long).is_ok() && !again.is_over());
}
