//! A whole store on its way into another database: what it takes of memory, and of others' patience.

use std::process::Command;

use gemba::server::store::Store;
use gemba::server::store::copy::copy;
use gemba::server::store::database::Database;
use gemba::server::store::error::StoreError;
use gemba::sync::protocol::BLOB_BYTES_MAX;

use crate::store_pages::pause;
use crate::support::postgres;
use crate::support::stores::StoreBench;

/// How much memory the program may address, in KiB, and how many blobs of half the most that one has: all
/// of them at once do not fit.
const MEMORY_KIB: usize = 230 * 1024;
const BLOBS: u8 = 16;

/// The database ends a transaction in which nothing is asked for a minute, and the tables for reports of
/// a big plant take longer than that.
#[test]
fn what_is_made_of_the_facts_is_made_when_the_source_was_let_go() {
    let cluster = postgres::shared();
    let bench = StoreBench::found(cluster.database());
    let mut writer = bench.station(1);
    let (subject, body) = pause("lunch");
    writer.writes(subject, body);
    bench.stores(&writer);
    let there = cluster.database();
    assert!(matches!(Store::open(&there), Err(StoreError::Empty)));
    let (from, to) = (postgres::name(&bench.database), postgres::name(&there));
    cluster.psql(
        &to,
        &format!(
            "CREATE TABLE told (waits BIGINT);
             CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN INSERT INTO told SELECT count(*) FROM pg_stat_activity
                  WHERE datname = ''{from}'' AND state = ''idle in transaction'';
              RETURN NEW; END';
             CREATE TRIGGER tell BEFORE INSERT ON traveler FOR EACH ROW EXECUTE FUNCTION tell()"
        ),
    );
    assert_eq!(copy(&bench.database, &there).unwrap().facts, 1);
    assert_eq!(cluster.psql(&to, "SELECT waits FROM told"), "0\n");
    assert_eq!(cluster.psql(&to, "SELECT traveler FROM traveler"), "WO-1/0001\n");
}

#[test]
fn pictures_are_copied_one_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (from, to, home) = (place("from"), place("to"), place("home"));
    std::fs::create_dir_all(&from).unwrap();
    let bench = StoreBench::found(Database::File(dir.path().join("from/server.db")));
    let hashes: Vec<_> =
        (0..BLOBS).map(|n| bench.store.put_blob(&vec![n; BLOB_BYTES_MAX / 2]).unwrap()).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v \"$1\"; shift; exec \"$@\"", "sh", &MEMORY_KIB.to_string()]);
    shell.arg(env!("CARGO_BIN_EXE_gemba"));
    shell.args(["serve", "copy", "--from", &from, "--to", &to]).env("GEMBA_HOME", home);
    let ran = shell.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let there = Store::open(&Database::File(dir.path().join("to/server.db"))).unwrap();
    for hash in hashes {
        assert_eq!(there.blob_size(&hash).unwrap(), Some((BLOB_BYTES_MAX / 2) as u64));
    }
}
