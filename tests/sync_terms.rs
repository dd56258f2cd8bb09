//! What station and server agree on before and after facts go over the line: versions, packing, who
//! tries, and whether both hold the same.

use gemba::domain::fact::FACT_BYTES_MAX;
use gemba::domain::feeds::Feed;
use gemba::domain::moment::Moment;
use gemba::server::limits::{FINISH_MAX, PAGES_WAITING_BYTES, REQUESTS_WAITING_MAX, STALE_FACTS};
use gemba::sync::client::access::Access;
use gemba::sync::packed::{UnpackError, pack, unpack};
use gemba::sync::protocol::{
    BLOB_BYTES_MAX, Fault, FaultCode, HEARTBEAT, PAGE_BYTES_MAX, PAGE_BYTES_MIN, PAGE_FACTS_MAX,
    PROTOCOL_OLDEST, PROTOCOL_VERSION, REQUEST_BYTES_MAX, SILENCE_MAX, SNAPSHOT_FACTS_MIN,
    TimeAnswer,
};
use gemba::sync::retry::Stop;
use gemba::views::query::{Answer, Query};
use proptest::collection::vec;
use proptest::prelude::*;
use reqwest::Client;

use crate::support::plant::{PlantBench, StationBench, moment, settle};

proptest! {
    #[test]
    fn what_is_packed_unpacks_to_the_same_and_never_beyond_the_limit(
        bytes in vec(any::<u8>(), 0..5_000), most in 0..6_000_usize,
    ) {
        let unpacked = unpack(&pack(&bytes).unwrap(), most);
        let fits = bytes.len() <= most;
        prop_assert_eq!(unpacked, if fits { Ok(bytes) } else { Err(UnpackError::TooLarge) });
    }

    #[test]
    fn garbage_does_not_unpack(bytes in vec(any::<u8>(), 0..300)) {
        // Whatever it is, it ends and holds no more than the limit.
        prop_assert!(unpack(&bytes, 1_000).map_or(0, |unpacked| unpacked.len()) <= 1_000);
    }
}

#[test]
fn a_gigabyte_of_nothing_is_refused_without_being_held() {
    let bomb = pack(&vec![0; 1 << 30]).unwrap();
    assert!(bomb.len() < 200_000);
    assert_eq!(unpack(&bomb, REQUEST_BYTES_MAX), Err(UnpackError::TooLarge));
    let cut = &bomb[..bomb.len() / 2];
    assert_eq!(unpack(cut, 1 << 31), Err(UnpackError::Broken));
}

#[test]
fn the_newest_version_that_both_know_is_spoken() {
    let server = |version, oldest| TimeAnswer { utc: moment(0).utc, version, oldest }.agreed();
    assert_eq!(server(PROTOCOL_VERSION, PROTOCOL_OLDEST), Ok(PROTOCOL_VERSION));
    assert_eq!(server(PROTOCOL_VERSION - 1, PROTOCOL_VERSION - 1), Ok(PROTOCOL_VERSION - 1));
    assert_eq!(server(PROTOCOL_VERSION + 1, PROTOCOL_VERSION), Ok(PROTOCOL_VERSION));
    assert_eq!(server(PROTOCOL_OLDEST - 1, 0), Err(Stop::ServerTooOld));
    assert_eq!(server(PROTOCOL_VERSION + 2, PROTOCOL_VERSION + 1), Err(Stop::TooOld));
    let first: TimeAnswer = serde_json::from_str(r#"{"utc":"2026-11-20T06:00:00Z"}"#).unwrap();
    assert_eq!(first.agreed(), Ok(1), "the first version did not say which it was");
}

#[test]
fn the_limits_in_the_readme_are_those_of_the_program() {
    let kib = |bytes: usize| format!("{} KiB", bytes / 1_024);
    let mib = |bytes: usize| format!("{} MiB", bytes / 1_024 / 1_024);
    let (silence_s, heartbeat_s) = (SILENCE_MAX.as_secs(), HEARTBEAT.as_secs());
    let page = format!("{} before it is packed, and {PAGE_FACTS_MAX} facts", kib(PAGE_BYTES_MAX));
    let rows = [
        ("a fact", kib(FACT_BYTES_MAX)),
        ("a page of facts, either way", page),
        ("a page on a slow line", format!("halved down to {}", kib(PAGE_BYTES_MIN))),
        ("a request that is no blob", format!("{}, unpacked", mib(REQUEST_BYTES_MAX))),
        ("a blob: a picture, a text, a chunk of a snapshot", mib(BLOB_BYTES_MAX)),
        ("requests that wait for the store at once", REQUESTS_WAITING_MAX.to_string()),
        ("pages that wait to be stored at once", format!("{} of facts", mib(PAGES_WAITING_BYTES))),
        (
            "feeds that a new station pulls without a snapshot",
            format!("below {SNAPSHOT_FACTS_MIN} facts"),
        ),
        ("facts that a snapshot is behind before it is made anew", STALE_FACTS.to_string()),
        (
            "silence of a stream of news",
            format!("{silence_s} s; a sign of life comes after {heartbeat_s} s"),
        ),
        ("answers under way when the server is told to end", format!("{} s", FINISH_MAX.as_secs())),
    ];
    let rows = rows.map(|(what, most)| format!("| {what} | {most} |\n")).concat();
    let readme = include_str!("../README.md");
    let table = readme.split_once("| what | at most |\n|---|---|\n").unwrap().1;
    let told: String = table.split_inclusive('\n').take_while(|row| row.starts_with('|')).collect();
    assert_eq!(told, rows);
}

async fn post(
    bench: &PlantBench,
    asm: &StationBench,
    body: Vec<u8>,
    packed: bool,
) -> (u16, Vec<u8>) {
    let url = format!("{}/v1/pages", bench.running.url());
    let token = Access::read(&asm.dir).unwrap().token;
    let request = Client::new().post(url).bearer_auth(token).body(body);
    let request = if packed { request.header("content-encoding", "zstd") } else { request };
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn stations_of_this_version_and_of_the_one_before_are_served_and_others_told_why_not() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(3);
    let page = |version| {
        let mut page = crate::sync_garbage::page_of(&asm);
        page.version = version;
        serde_json::to_vec(&page).unwrap()
    };
    for version in [PROTOCOL_OLDEST, PROTOCOL_VERSION] {
        assert_eq!(post(&bench, &asm, page(version), false).await.0, 200, "{version}");
    }
    let (status, fault) = post(&bench, &asm, page(PROTOCOL_OLDEST - 1), false).await;
    let fault: Fault = serde_json::from_slice(&fault).unwrap();
    assert_eq!((status, fault.code), (426, FaultCode::TooOld));
    assert_eq!(post(&bench, &asm, page(PROTOCOL_VERSION + 1), false).await.0, 400);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_packed_both_ways_and_a_bomb_is_refused_by_its_size() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(3);
    let page = serde_json::to_vec(&crate::sync_garbage::page_of(&asm)).unwrap();
    assert_eq!(post(&bench, &asm, pack(&page).unwrap(), true).await.0, 200);
    let bomb = pack(&vec![b' '; REQUEST_BYTES_MAX + 1]).unwrap();
    assert_eq!(post(&bench, &asm, bomb, true).await.0, 413);
    assert_eq!(post(&bench, &asm, page, true).await.0, 400, "it says packed and is not");

    asm.beat(40);
    assert_eq!(asm.client().sync_once().await.unwrap().waiting, 0);
    let url = format!("{}/v1/own/1/0/500", bench.running.url());
    let token = Access::read(&asm.dir).unwrap().token;
    let asked = Client::new().get(url).bearer_auth(token).header("accept-encoding", "zstd, br");
    let response = asked.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "zstd");
    let packed = response.bytes().await.unwrap();
    let plain = unpack(&packed, REQUEST_BYTES_MAX).unwrap();
    assert!(packed.len() * 3 < plain.len(), "{} of {}", packed.len(), plain.len());
    bench.running.shutdown().await;
}

fn link(station: &StationBench, now: &Moment) -> gemba::views::link::Link {
    let answer = station.ledger().answer(&Query::Sync, now).unwrap();
    let Answer::Sync(view) = answer else { panic!("{answer:?}") };
    view.link
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_wait_while_nobody_tries_are_told() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    assert_eq!(link(&asm, &moment(3_600_000)).untried_s, None, "nothing waits");
    asm.beat(1);
    assert_eq!(link(&asm, &moment(500_000)).untried_s, None, "a pause may take that long");
    let untried_s = link(&asm, &moment(700_000)).untried_s.unwrap();
    assert!((600..=700).contains(&untried_s), "{untried_s}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_minutes_from_the_servers_is_told_once_both_were_compared() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    assert_eq!(link(&asm, &moment(500)).clock_apart_s, None, "nobody measured yet");
    // The server's clock is ten minutes ahead.
    asm.client().sync_once().await.unwrap();
    let apart_s = link(&asm, &moment(500)).clock_apart_s.unwrap();
    assert!((595..=620).contains(&apart_s), "{apart_s}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn station_and_server_compare_what_they_hold_and_a_difference_is_told() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(5);
    // What the judge says of it comes to the catalog before somebody changes that.
    settle(&bench, &[&asm]).await;
    let compared = asm.ledger().compared().unwrap().unwrap();
    assert_eq!(compared.otherwise, Vec::<String>::new());

    // Somebody changes a row of the server's store that no exchange would look at again.
    let feed = Feed::Catalog.to_string();
    let store = rusqlite::Connection::open(bench.dir_of("server").join("server.db")).unwrap();
    let sql = "UPDATE feed_row SET rolling = replace(rolling, substr(rolling, 1, 8), '00000000')
               WHERE feed = ?1 AND position = (SELECT max(position) FROM feed_row WHERE feed = ?1)";
    assert!(store.execute(sql, [&feed]).unwrap() > 0);
    drop(store);
    // A shift is handed over: both compare at once, and not only after an hour.
    asm.ledger()
        .note_compared(&gemba::ledger::compared::Compared { handovers: 9, ..compared })
        .unwrap();
    asm.client().sync_once().await.unwrap();
    let told = link(&asm, &moment(5)).otherwise;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("feed {feed} up to ")), "{told:?}");
    bench.running.shutdown().await;
}
