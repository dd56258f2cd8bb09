//! A station of this version at a server of the version before: it has no packed bodies, no parts, no
//! comparison, no snapshot and no way back.

use gemba::sync::protocol::{PROTOCOL_OLDEST, PROTOCOL_VERSION};
use serde_json::{Value, json};

use crate::support::front::{self, Asked, Front, Says};
use crate::support::plant::{PlantBench, moment, settle};
use crate::sync_slow::submits;

/// What the version before answers; the rest of it is as today.
const KNOWN: [&str; 9] = [
    "POST /v1/enroll",
    "GET /v1/head",
    "POST /v1/pages",
    "GET /v1/feeds",
    "POST /v1/pull",
    "GET /v1/credentials",
    "GET /v1/blobs/",
    "HEAD /v1/blobs/",
    "PUT /v1/blobs/",
];

/// More than a part has today.
const PICTURE_BYTES: usize = 600 * 1024;

fn as_before(asked: &Asked) -> Says {
    if asked.is("GET /v1/time") {
        return Says::This(front::json(&json!({ "utc": moment(600_000).utc })));
    }
    if !KNOWN.iter().any(|known| asked.is(known)) {
        return Says::This(front::status(404));
    }
    let (unknown, newer) = (["content-encoding", "content-range"], u64::from(PROTOCOL_VERSION));
    if unknown.iter().any(|name| asked.headers.contains_key(*name)) {
        return Says::This(front::status(415));
    }
    let mut plain = asked.clone();
    plain.headers.remove("accept-encoding");
    let Ok(mut body) = serde_json::from_slice::<Value>(&asked.body) else {
        return Says::Instead(plain);
    };
    if body["version"].as_u64().is_some_and(|version| version >= newer) {
        return Says::This(front::status(400));
    }
    // What it does not know it passes over.
    for later in ["has", "seals", "up_to"] {
        body.as_object_mut().unwrap().remove(later);
    }
    plain.body = body.to_string().into_bytes();
    Says::Instead(plain)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_enrolls_sends_and_receives_at_a_server_of_the_version_before() {
    assert_eq!(PROTOCOL_OLDEST, 1, "what is answered here is what version 1 knew");
    let bench = PlantBench::start().await;
    let older = Front::of(bench.running.url(), as_before).await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    inc.open_order("WO-1");
    settle(&bench, &[&inc]).await;

    let asm = bench.enroll_at(&older.url, "ASM1", &["ASM"]).await;
    let begun = asm.client().sync_once().await.unwrap();
    assert!(begun.received > 1, "the catalog and the order: {begun:?}");
    let hash = submits(&asm, PICTURE_BYTES);
    asm.beat(40);
    let done = asm.client().sync_once().await.unwrap();
    assert_eq!(done.waiting, 0);
    let (own, store) = (asm.ledger().head().unwrap(), bench.office());
    let there = store.store().head(&asm.ledger().identity().ledger).unwrap().head;
    assert_eq!(there, own);
    assert_eq!(store.store().blob_size(&hash).unwrap(), Some(PICTURE_BYTES as u64));
    assert_eq!(older.asked("POST /v1/check").len(), 0, "it had no such question");
    assert_eq!(older.asked("GET /v1/snapshot").len(), 1, "it says that it has none");
    bench.running.shutdown().await;
}
