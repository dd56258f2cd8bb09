//! A server under load and at its end: what waits is bounded, nothing that was asked is left without an
//! answer, and one that cannot work says so.

use std::fs;

use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::server::limits::PAGES_WAITING_BYTES;
use gemba::sync::client::access::Access;
use gemba::sync::packed::{ENCODING, pack};
use gemba::sync::protocol::{
    PAGE_BYTES_MAX, PAGE_FACTS_MAX, PROTOCOL_VERSION, PageAnswer, PageOutcome, PageUp,
    SnapshotAnswer,
};
use reqwest::Client;
use rusqlite::Connection;
use tokio::task::{JoinSet, yield_now};

use crate::support::pen::Pen;
use crate::support::plant::{PlantBench, StationBench, settle};
use crate::support::postgres::{self, Cluster};

async fn get(bench: &PlantBench, path: &str) -> (u16, String) {
    let response = Client::new().get(format!("{}{path}", bench.running.url())).send().await;
    let response = response.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// A figure of the server.
async fn figure(bench: &PlantBench, name: &str) -> usize {
    let (_, text) = get(bench, "/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
}

/// Keeps everybody else from writing to the server's store, as long as it stands.
fn held(bench: &PlantBench) -> Connection {
    let store = Connection::open(bench.dir_of("server").join("server.db")).unwrap();
    store.busy_timeout(std::time::Duration::from_mins(10)).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    store
}

/// Keeps facts from being stored until somebody takes the row away; a server that waits for its own store
/// in a file does so for ten seconds only.
const HELD: &str = "CREATE TABLE held (one INT);
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN NULL; END';
    CREATE TRIGGER hold BEFORE INSERT ON fact FOR EACH STATEMENT EXECUTE FUNCTION hold();
    INSERT INTO held VALUES (1)";

/// The first page of a station.
fn page_of(station: &StationBench) -> PageUp {
    let mut ledger = station.ledger();
    let facts = ledger.outgoing((1, 0), (PAGE_BYTES_MAX, PAGE_FACTS_MAX)).unwrap();
    let seal = ledger.seal_at((1, facts.len() as u64)).unwrap();
    let (ledger, epoch, version) = (seal.ledger.clone(), seal.epoch, PROTOCOL_VERSION);
    PageUp { version, ledger, epoch, from: 1, facts, seal, seals: Vec::new() }
}

/// A page as a station sends it.
fn packed(page: &PageUp) -> Vec<u8> {
    pack(&serde_json::to_vec(page).unwrap()).unwrap()
}

/// Posts a page; tells the status, when it wants to be asked again, and the answer.
async fn post(
    (http, url, token): (Client, String, String),
    body: Vec<u8>,
) -> (u16, Option<String>, Vec<u8>) {
    let request = http.post(format!("{url}/v1/pages")).bearer_auth(token).body(body);
    let response = request.header("content-encoding", ENCODING).send().await.unwrap();
    let after = response.headers().get("retry-after");
    let after = after.map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), after, response.bytes().await.unwrap().to_vec())
}

fn line(bench: &PlantBench, station: &StationBench) -> (Client, String, String) {
    (Client::new(), bench.running.url(), Access::read(&station.dir).unwrap().token)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_beyond_what_may_wait_are_asked_to_come_again_and_the_others_are_stored() {
    const BEYOND: usize = 3;
    let cluster = postgres::shared();
    let database = cluster.database();
    let name = postgres::name(&database);
    let bench = PlantBench::start_on(database).await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    settle(&bench, &[&asm]).await;
    for n in 0..50 {
        let paused = TravelerFact::Paused { reason: "x".repeat(4_000) };
        let unit = Subject::parse("traveler/WO-1/0001").unwrap();
        asm.writes(unit, FactBody::Traveler(paused), n);
    }
    let page = page_of(&asm);
    let bytes: usize = page.facts.iter().map(|fact| fact.bytes.len()).sum();
    // Bytes are counted in pieces of 4 KiB, and a page takes one more.
    let fit = PAGES_WAITING_BYTES / ((1 + bytes / 4_096) * 4_096);
    let (line, body) = (line(&bench, &asm), packed(&page));
    cluster.psql(&name, HELD);
    let mut posting = JoinSet::new();
    for _ in 0..fit + BEYOND {
        posting.spawn(post(line.clone(), body.clone()));
    }
    for _ in 0..BEYOND {
        let (status, after, _) = posting.join_next().await.unwrap().unwrap();
        assert_eq!((status, after.as_deref()), (429, Some("1")));
    }
    while figure(&bench, "gemba_pages_waiting").await != fit {
        yield_now().await;
    }
    let waiting = figure(&bench, "gemba_pages_waiting_bytes").await;
    assert!((fit * bytes..=PAGES_WAITING_BYTES).contains(&waiting), "{waiting}");
    cluster.psql(&name, "DELETE FROM held");
    while let Some(done) = posting.join_next().await {
        let (status, _, answer) = done.unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        let answer: PageAnswer = serde_json::from_slice(&answer).unwrap();
        assert_eq!((answer.outcome, answer.head.last_seq), (PageOutcome::Stored, 50));
    }
    assert_eq!(figure(&bench, "gemba_pages_waiting").await, 0);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_under_way_when_the_server_is_told_to_end_is_stored_and_answered() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(3);
    let (page, line) = (page_of(&asm), line(&bench, &asm));
    let (http, url, token) = line.clone();
    let news = http.get(format!("{url}/v1/news")).bearer_auth(token).send().await;
    let mut news = news.unwrap();
    let office = bench.office();
    let held = held(&bench);
    let posting = tokio::spawn(post(line, packed(&page)));
    while figure(&bench, "gemba_pages_waiting").await == 0 {
        yield_now().await;
    }
    let ending = tokio::spawn(bench.running.finish());
    // Streams of news end first.
    while news.chunk().await.unwrap().is_some() {}
    held.execute_batch("ROLLBACK").unwrap();
    let (status, _, answer) = posting.await.unwrap();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    let answer: PageAnswer = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer.outcome, PageOutcome::Stored);
    assert_eq!(office.store().head(&page.ledger).unwrap().head, answer.head);
    ending.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_work_says_that_it_lives_and_why_it_is_not_ready() {
    let mut cluster = Cluster::start();
    let database = cluster.database();
    let bench = PlantBench::start_on(database.clone()).await;
    cluster.kill();
    assert_eq!(get(&bench, "/v1/health/ready").await.0, 503);
    assert_eq!(get(&bench, "/v1/health/live").await.0, 200);
    cluster.start_again();
    // Its judge looks again by itself.
    while get(&bench, "/v1/health/ready").await.0 != 200 {
        yield_now().await;
    }
    let name = postgres::name(&database);
    let without_judge = |server: &std::path::Path| {
        fs::remove_dir_all(server.join("judge")).unwrap();
        cluster.psql(&name, "DELETE FROM setting WHERE key = 'judge_key'");
    };
    let bench = bench.stopped(without_judge).await;
    let (status, why) = get(&bench, "/v1/health/ready").await;
    assert_eq!(status, 503);
    assert!(why.starts_with("the judge cannot go on: no judge's ledger in "), "{why}");
    assert_eq!(figure(&bench, "gemba_judge_in_trouble").await, 1);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stations_that_ask_for_one_snapshot_at_once_wait_for_one_that_is_made() {
    const ASK: usize = 6;
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let mut pen = Pen::of(&asm.dir);
    (pen.begins, pen.units, pen.of_unit) = (true, 20, 21);
    for n in 1..=6 {
        pen.order(&format!("WO-{n}"), false);
    }
    pen.put_into(&asm.dir);
    settle(&bench, &[&asm]).await;
    let store = Connection::open(bench.dir_of("server").join("server.db")).unwrap();
    let noted = |event: &str| {
        format!(
            "CREATE TRIGGER made_{event} AFTER {event} ON setting WHEN NEW.key LIKE 'snapshot %'
             BEGIN INSERT INTO made VALUES (NEW.key); END;"
        )
    };
    let noted = ["INSERT", "UPDATE"].map(noted).concat();
    store.execute_batch(&format!("CREATE TABLE made (snapshot TEXT); {noted}")).unwrap();
    let mut asking = JoinSet::new();
    for _ in 0..ASK {
        let (http, url, token) = line(&bench, &asm);
        asking.spawn(async move {
            let asked = http.get(format!("{url}/v1/snapshot")).bearer_auth(token).send().await;
            let answer = asked.unwrap().bytes().await.unwrap();
            serde_json::from_slice::<SnapshotAnswer>(&answer).unwrap().snapshot.unwrap()
        });
    }
    let all = asking.join_all().await;
    assert!(all.iter().all(|one| one == &all[0] && one.facts > 2_000), "{all:?}");
    let made = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
    assert_eq!(store.query_row("SELECT count(*) FROM made", (), made).unwrap(), 1);
    bench.running.shutdown().await;
}
