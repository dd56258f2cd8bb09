//! Stations and the server over real HTTP on loopback: what is saved arrives, once, byte for byte.

use std::sync::Arc;

use gemba::domain::fact::Position;
use gemba::domain::people::Role;
use gemba::ledger::store::Ledger;
use gemba::server::run::Running;
use gemba::sync::client::enroll::{Invitation, enroll};
use gemba::sync::client::error::SyncError;
use gemba::sync::client::lock::SyncLock;
use gemba::sync::protocol::{BLOB_BYTES_MAX, EnrollAnswer};
use gemba::sync::retry::Stop;

use crate::support::counts;
use crate::support::plant::{Line, PlantBench, StationBench, card};
use crate::support::waiting::until;
use crate::sync_judge::judged;

fn written(ledger: &Ledger, of: &Ledger) -> Vec<Option<String>> {
    let (own, head) = (of.identity(), of.head().unwrap());
    (1..=head.last_seq)
        .map(|seq| Position { ledger: own.ledger.clone(), epoch: own.epoch, seq })
        .map(|at| ledger.written(&at).unwrap().map(|fact| fact.bytes))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_station_wrote_another_reads_byte_for_byte() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM", "INC"]).await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    asm.client().sync_once().await.unwrap();
    asm.open_order("WO-1");
    asm.admit("P-2", Role::Operator);
    asm.admit("P-3", Role::Inspector);
    let done = asm.client().sync_once().await.unwrap();
    assert_eq!((done.sent, done.waiting), (3, 0));
    judged(&bench, &inc).await;
    let (here, there) = (asm.ledger(), inc.ledger());
    let mine = written(&here, &here);
    assert_eq!(written(&there, &here), mine);
    counts::add("values_saved", mine.len() as u64);
    counts::add("values_found", mine.iter().flatten().count() as u64);
    // And the station itself learned that its own definitions are accepted.
    assert!(there.noted_sync().unwrap().last_contact.is_some());
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_loses_nothing_and_doubles_nothing() {
    let bench = PlantBench::start().await;
    let line = Line::to(bench.running.addr(), "/v1/pages").await;
    let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.beat(700);
    line.cut_next_answer();
    let lost = asm.client().sync_once().await;
    assert!(matches!(lost, Err(SyncError::Later { .. })), "{lost:?}");
    let before = asm.ledger().at_server().unwrap();
    // The server committed the page whose answer was lost; the station does not claim it yet.
    assert_eq!(before, 0);
    let identity = asm.ledger().identity().ledger.clone();
    assert_eq!(bench.office().store().head(&identity).unwrap().head.last_seq, 500);
    // A process that dies between the commit and the answer is a handle that is gone.
    let done = asm.client().sync_once().await.unwrap();
    assert_eq!((done.at_server, done.waiting), (700, 0));
    assert_eq!(bench.office().store().head(&identity).unwrap().head, asm.ledger().head().unwrap());
    counts::add("values_saved", 700);
    counts::add("values_found", done.at_server);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_and_comes_back_gets_the_rest() {
    let mut bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(600);
    asm.client().sync_once().await.unwrap();
    bench.running.offline().await;
    asm.beat(600);
    let off = asm.client().sync_once().await;
    assert!(matches!(off, Err(SyncError::Later { .. })), "{off:?}");
    assert_eq!(asm.ledger().waiting().unwrap(), 600);
    assert!(asm.ledger().noted_sync().unwrap().trouble.is_some());
    let addr = bench.running.addr();
    bench.online().await;
    assert_eq!(bench.running.addr(), addr);
    assert_eq!(asm.client().sync_once().await.unwrap().at_server, 1200);
    asm.beat(10);
    let bench = bench.restart().await;
    assert_eq!(asm.client().sync_once().await.unwrap().at_server, 1210);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_the_server_breaks_off_goes_on_where_it_stopped() {
    let mut bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(2_000);
    let client = asm.client();
    let pushing = tokio::spawn(async move { client.sync_once().await });
    let identity = asm.ledger().identity().ledger.clone();
    let there = || bench.office().store().head(&identity).unwrap().head.last_seq;
    until(|| there() >= 500, &there).await;
    bench.running.offline().await;
    counts::add("kills", 1);
    // It may have been through already on a fast machine; both are fine.
    let broken = pushing.await.unwrap();
    assert!(matches!(broken, Ok(_) | Err(SyncError::Later { .. })), "{broken:?}");
    bench.online().await;
    assert_eq!(asm.client().sync_once().await.unwrap().at_server, 2_000);
    let (facts, head) = (written(&asm.ledger(), &asm.ledger()), asm.ledger().head().unwrap());
    assert_eq!(bench.office().store().head(&identity).unwrap().head, head);
    counts::add("values_saved", facts.len() as u64);
    counts::add("values_found", head.last_seq);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_for_its_own_station_again() {
    let bench = PlantBench::start().await;
    let code = bench.code("ASM1", &["ASM"]);
    let invite = |code: &str, demo| Invitation {
        url: bench.running.url(),
        code: code.to_owned(),
        ca_pem: None,
        demo,
    };
    let (one, two) = (bench.dir_of("one"), bench.dir_of("two"));
    let denied = |result: Result<_, SyncError>| match result {
        Err(SyncError::Denied(answer)) => answer,
        other => panic!("{other:?}"),
    };
    let wrong = denied(enroll(&one, &invite("0000-0000", true)).await);
    assert_eq!(wrong, EnrollAnswer::CodeUnknown);
    enroll(&one, &invite(&code.to_lowercase(), true)).await.unwrap();
    // The answer may have been lost: the same station comes again with the same key.
    let again = enroll(&one, &invite(&code, true)).await.unwrap();
    assert_eq!(again.station.as_str(), "ASM1");
    assert_eq!(Ledger::open(&one).unwrap().identity().station, again.station);
    assert_eq!(denied(enroll(&two, &invite(&code, true)).await), EnrollAnswer::CodeUsed);
    let real = bench.code("REAL", &["ASM"]);
    let three = bench.dir_of("three");
    let mixed = denied(enroll(&three, &invite(&real, false)).await);
    assert_eq!(mixed, EnrollAnswer::DemoMismatch);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_station_and_a_wrong_token_are_told_so() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    assert!(bench.office().revoke_station(&asm.station).unwrap());
    let revoked = asm.client().sync_once().await;
    assert!(matches!(revoked, Err(SyncError::Stopped(Stop::Revoked))), "{revoked:?}");
    let http = reqwest::Client::new();
    for token in ["", "x", "0000"] {
        let url = format!("{}/v1/head", bench.running.url());
        let answer = http.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_come_with_an_exchange_and_are_never_facts() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    bench.office().set_card(&card("P-2", "B-2")).unwrap();
    asm.client().sync_once().await.unwrap();
    let known = asm.ledger().card_by_badge("B-2").unwrap().unwrap();
    assert_eq!(known.person.as_str(), "P-2");
    assert_eq!(asm.ledger().cards().unwrap().len(), 2);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_at_a_time_exchanges_for_a_store() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let lock = SyncLock::take(&asm.dir).unwrap();
    assert!(matches!(asm.client().sync_once().await, Err(SyncError::Locked)));
    drop(lock);
    asm.client().sync_once().await.unwrap();
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_over_the_limit_and_one_with_another_hash_are_refused() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let token = gemba::sync::client::access::Access::read(&asm.dir).unwrap().token;
    let put = |bytes: Vec<u8>, name: String| {
        let url = format!("{}/v1/blobs/{name}", bench.running.url());
        reqwest::Client::new().put(url).bearer_auth(&token).body(bytes).send()
    };
    let hash = |bytes: &[u8]| gemba::domain::hash::Hash::of(&[bytes]).to_string();
    let good = b"a picture".to_vec();
    assert_eq!(put(good.clone(), hash(&good)).await.unwrap().status(), 204);
    assert_eq!(put(b"another".to_vec(), hash(&good)).await.unwrap().status(), 400);
    let large = vec![7; BLOB_BYTES_MAX + 1];
    let name = hash(&large);
    // The server may answer, or close the line before everything was sent.
    if let Ok(answer) = put(large, name).await {
        assert_eq!(answer.status(), 413);
    }
    let url = format!("{}/v1/blobs/{}", bench.running.url(), hash(&good));
    let http = reqwest::Client::new();
    let head = http.head(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], "9");
    let got = http.get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap(), good);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn off_loopback_only_tls_is_spoken_and_the_authority_is_pinned() {
    let bench = PlantBench::start_at("0.0.0.0:0").await;
    let url = format!("https://localhost:{}", bench.running.addr().port());
    let ca_pem = std::fs::read_to_string(bench.running.ca_file().unwrap()).unwrap();
    let other = PlantBench::start_at("0.0.0.0:0").await;
    let other_pem = std::fs::read_to_string(other.running.ca_file().unwrap()).unwrap();
    let code = bench.code("ASM1", &["ASM"]);
    let dir = bench.dir_of("asm");
    let with = |url: &str, ca_pem: Option<&str>| Invitation {
        url: url.to_owned(),
        code: code.clone(),
        ca_pem: ca_pem.map(str::to_owned),
        demo: true,
    };
    let unpinned = enroll(&dir, &with(&url, None)).await;
    assert!(matches!(unpinned, Err(SyncError::Address(_))), "{unpinned:?}");
    let foreign = enroll(&dir, &with(&url, Some(&other_pem))).await;
    assert!(matches!(foreign, Err(SyncError::Later { .. })), "{foreign:?}");
    let plain = enroll(&dir, &with("http://192.0.2.1:7420", None)).await;
    assert!(matches!(plain, Err(SyncError::Address(_))), "{plain:?}");
    enroll(&dir, &with(&url, Some(&ca_pem))).await.unwrap();
    stop([bench.running, other.running]).await;
}

async fn stop(all: impl IntoIterator<Item = Running>) {
    for running in all {
        running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_tell_news_is_left_alone_until_the_next_poll() {
    let bench = PlantBench::start().await;
    let line = Line::to(bench.running.addr(), "/v1/news").await;
    line.cut_every_answer();
    let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
    let (wake, now) = tokio::sync::mpsc::channel(1);
    let watching = tokio::spawn(asm.client().watch(now, Arc::default()));
    until(|| line.asked("/v1/news") >= 3, || line.asked("/v1/news")).await;
    assert_eq!(line.asked("/v1/credentials"), 1, "one exchange, however often the news fail");
    drop(wake);
    watching.await.unwrap().unwrap();
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_was_revoked_comes_back_by_a_new_code_only() {
    let bench = PlantBench::start().await;
    let code = bench.code("ASM1", &["ASM"]);
    let (url, dir) = (bench.running.url(), bench.dir_of("ASM1"));
    let invite = |code: &str| Invitation {
        url: url.clone(),
        code: code.to_owned(),
        ca_pem: None,
        demo: true,
    };
    enroll(&dir, &invite(&code)).await.unwrap();
    let asm = StationBench { dir: dir.clone(), station: "ASM1".parse().unwrap() };
    asm.client().sync_once().await.unwrap();
    assert!(bench.office().store().revoke(&asm.station).unwrap());
    asm.client().sync_once().await.unwrap_err();
    enroll(&dir, &invite(&code)).await.unwrap_err();
    asm.client().sync_once().await.unwrap_err();
    enroll(&dir, &invite(&bench.code("ASM1", &["ASM"]))).await.unwrap();
    asm.client().sync_once().await.unwrap();
    bench.running.shutdown().await;
}
