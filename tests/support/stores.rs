//! One suite for every database: a test is run on a store in a file and on one in PostgreSQL.

use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::server::store::database::Database;
use gemba::server::store::{Plant, Store};
use gemba::sync::protocol::{PageAnswer, PageOutcome, PageUp, PullAnswer, PullRequest};
use tempfile::TempDir;

use super::plant::moment;
use super::postgres;
use super::writer::Writer;

/// A plant in one database, with its judge.
#[derive(Debug)]
pub(crate) struct StoreBench {
    pub(crate) database: Database,
    pub(crate) store: Store,
    pub(crate) judge: Writer,
}

impl StoreBench {
    pub(crate) fn found(database: Database) -> Self {
        let judge = Writer::named("SRV", 200);
        let ledger = judge.ledger().clone();
        let plant = Plant { site: "S1".parse().unwrap(), judge: ledger, demo: true };
        let store = Store::found(&database, &plant).unwrap();
        store.admit(&judge.station, None).unwrap();
        Self { database, store, judge }
    }

    /// Another connection, as another process has it.
    pub(crate) fn another(&self) -> Store {
        Store::open(&self.database).unwrap()
    }

    /// A station of the plant.
    pub(crate) fn station(&self, number: u8) -> Writer {
        let writer = Writer::new(number);
        self.store.admit(&writer.station, None).unwrap();
        writer
    }

    pub(crate) fn takes(&self, page: &PageUp) -> PageAnswer {
        self.store.ingest(page, moment(0).utc).unwrap()
    }

    /// Everything that a station wrote is stored.
    pub(crate) fn stores(&self, writer: &Writer) {
        assert_eq!(self.takes(&writer.page_from(1)).outcome, PageOutcome::Stored);
    }

    pub(crate) fn rows(&self, feed: &str) -> Vec<(Hash, String)> {
        rows(&self.store, feed)
    }

    /// Runs statements in the database itself.
    pub(crate) fn sql(&self, statements: &str) {
        match &self.database {
            Database::File(file) => {
                rusqlite::Connection::open(file).unwrap().execute_batch(statements).unwrap();
            }
            Database::Postgres(_) => {
                postgres::shared().psql(&postgres::name(&self.database), statements);
            }
        }
    }
}

/// Runs a test on each database.
pub(crate) fn on_both(test: impl Fn(&StoreBench)) {
    let dir = TempDir::new().unwrap();
    test(&StoreBench::found(Database::File(dir.path().join("server.db"))));
    test(&StoreBench::found(postgres::shared().database()));
}

/// A whole feed as a station pulls it, page by page: the ids with the bytes. The pages follow one
/// another without a hole, and the rolling hash of each is that of its rows.
pub(crate) fn rows(store: &Store, feed: &str) -> Vec<(Hash, String)> {
    let scope = Feed::parse(feed).unwrap();
    let (mut rows, mut rolling, mut after) = (Vec::new(), Hash::ZERO, 0);
    loop {
        let request = PullRequest {
            feed: feed.to_owned(),
            epoch: 1,
            after,
            rolling,
            bytes_max: 3_000,
            has: None,
            up_to: None,
        };
        let answer = store.pull(std::slice::from_ref(&scope), &request).unwrap();
        let PullAnswer::Page { page, head } = answer else { panic!("{answer:?}") };
        assert_eq!(page.from, after + 1);
        for written in &page.rows {
            rolling = Hash::of(&[&rolling.0, &written.id().0]);
            rows.push((written.id(), written.bytes.clone()));
        }
        assert_eq!(rolling, page.rolling);
        after += page.rows.len() as u64;
        if after == head {
            return rows;
        }
        assert!(!page.rows.is_empty(), "{feed} has a hole after {after}");
    }
}
