//! The line to a database on another machine: verified, or plain by somebody's word.

use std::path::Path;

use gemba::server::store::Store;
use gemba::server::store::database::Database;
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::support::plant::moment;
use crate::support::postgres::{self, Cluster};
use crate::support::stores::StoreBench;

/// Why a store is not opened.
fn refused(database: &Database) -> String {
    Store::open(database).map(drop).unwrap_err().to_string()
}

fn verified_by(file: &Path) -> String {
    let file = file.to_str().unwrap().replace('/', "%2F");
    format!("?sslmode=verify-full&sslrootcert={file}&connect_timeout=5")
}

#[test]
fn a_database_is_reached_over_tls_whose_certificate_and_name_are_verified() {
    let dir = tempfile::TempDir::new().unwrap();
    let [ours, other] = ["ours.pem", "other.pem"].map(|name| {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(dir.path().join(name), made.cert.pem()).unwrap();
        made
    });
    let CertifiedKey { cert, signing_key } = ours;
    let cluster = Cluster::start_with_tls(&cert.pem(), &signing_key.serialize_pem());
    let made = cluster.database();
    let by = |host, file: &str| cluster.over_tcp(&made, host, &verified_by(&dir.path().join(file)));

    let bench = StoreBench::found(by("localhost", "ours.pem"));
    let mut writer = bench.station(1);
    writer.beats(5);
    bench.store.ingest(&writer.page_from(1), moment(0).utc).unwrap();
    let sql = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
               WHERE application_name = 'gemba'";
    assert_eq!(cluster.psql(&postgres::name(&made), sql).trim(), "t");

    // Who answers by that name with another certificate, or has this one and another name.
    drop(other);
    let said = refused(&by("localhost", "other.pem"));
    assert!(said.contains("certificate"), "{said}");
    let said = refused(&by("127.0.0.1", "ours.pem"));
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_server_that_speaks_no_tls_is_not_spoken_to_in_plain() {
    let dir = tempfile::TempDir::new().unwrap();
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let cluster = postgres::shared();
    let Database::Postgres(url) = cluster.database() else { panic!("a file") };
    let said = refused(&Database::Postgres(format!("{url}{}", verified_by(&file))));
    assert!(said.to_lowercase().contains("tls"), "{said}");
}

#[test]
fn an_address_of_another_machine_says_how_it_is_spoken_to() {
    let dir = tempfile::TempDir::new().unwrap();
    let empty = dir.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let empty = format!("sslmode=verify-full&sslrootcert={}", empty.display());
    for (parameters, why) in [
        ("", "db.plant is another machine: add sslmode=verify-full&sslrootcert=FILE"),
        ("sslmode=require", "sslmode=require is not taken"),
        ("sslmode=prefer", "can be read by who stands between"),
        ("sslmode=verify-full", "needs sslrootcert=FILE"),
        ("sslrootcert=/srv/ca.pem", "goes with sslmode=verify-full"),
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "sslrootcert /nowhere/ca.pem: "),
        (&empty, "no certificate is in it"),
        ("sslmode=disable&colour=blue", "colour"),
        ("hostaddr=192.0.2.2", "192.0.2.2 is another machine"),
    ] {
        let said =
            refused(&Database::Postgres(format!("postgres://gemba@db.plant/gemba?{parameters}")));
        assert!(said.contains(why), "{parameters}: {said}");
    }
}
