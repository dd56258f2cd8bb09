//! The floor of an exchange: the same bytes over the same kind of line in pages of the same length,
//! as durable at both ends, and nothing else.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::extract::{Path as At, State};
use axum::routing::{get, post};
use rusqlite::Connection;

/// As many facts as a page has.
const PAGE: usize = 500;

type Store = Arc<Mutex<Connection>>;

/// Two stores and a line between them.
pub(crate) struct BareExchange {
    station: Store,
    url: String,
    client: reqwest::Client,
}

fn open(file: &Path) -> Store {
    let store = Connection::open(file).unwrap();
    store.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    store.pragma_update(None, "synchronous", "FULL").unwrap();
    let table = "CREATE TABLE bare (id INTEGER PRIMARY KEY, bytes TEXT NOT NULL) STRICT";
    store.execute(table, ()).unwrap();
    Arc::new(Mutex::new(store))
}

fn put(store: &Store, lines: &str) {
    let mut store = store.lock().unwrap();
    let transaction = store.transaction().unwrap();
    for bytes in lines.lines() {
        let sql = "INSERT INTO bare (bytes) VALUES (?1)";
        transaction.prepare_cached(sql).unwrap().execute([bytes]).unwrap();
    }
    transaction.commit().unwrap();
}

fn after(store: &Store, after: u32) -> String {
    let store = store.lock().unwrap();
    let sql = format!("SELECT bytes FROM bare WHERE id > ?1 ORDER BY id LIMIT {PAGE}");
    let mut statement = store.prepare_cached(&sql).unwrap();
    let rows = statement.query_map([after], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

impl BareExchange {
    pub(crate) async fn start(dir: &Path) -> Self {
        let app = axum::Router::new()
            .route(
                "/up",
                post(|State(s): State<Store>, body: String| async move { put(&s, &body) }),
            )
            .route("/down/{after}", get(|State(s), At(n)| async move { after(&s, n) }))
            .with_state(open(&dir.join("server.db")));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(
            axum_server::from_tcp(listener.into_std().unwrap())
                .unwrap()
                .serve(app.into_make_service()),
        );
        Self { station: open(&dir.join("station.db")), url, client: reqwest::Client::new() }
    }

    /// Sends these facts, which the station has already.
    pub(crate) async fn up(&self, facts: &[String]) {
        for page in facts.chunks(PAGE) {
            let sent = self.client.post(format!("{}/up", self.url)).body(page.join("\n"));
            assert!(sent.send().await.unwrap().status().is_success());
        }
    }

    /// Fetches what comes after a number.
    pub(crate) async fn down(&self, mut from: u32) {
        loop {
            let asked = self.client.get(format!("{}/down/{from}", self.url));
            let lines = asked.send().await.unwrap().text().await.unwrap();
            if lines.is_empty() {
                return;
            }
            put(&self.station, &lines);
            from += u32::try_from(lines.lines().count()).unwrap();
        }
    }
}
