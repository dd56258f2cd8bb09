//! Whatever is sent to the server, it answers in words and goes on.

use gemba::sync::client::access::Access;
use gemba::sync::protocol::{Fault, PageUp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use reqwest::Method;

use crate::support::plant::PlantBench;

const PATHS: [(&str, &str); 9] = [
    ("POST", "/v1/enroll"),
    ("POST", "/v1/pages"),
    ("POST", "/v1/pull"),
    ("PUT", "/v1/credentials"),
    ("PUT", "/v1/blobs/00"),
    ("GET", "/v1/blobs/%00"),
    ("GET", "/v1/news/x"),
    ("DELETE", "/v1/pages"),
    ("POST", "/v1/nothing"),
];

#[derive(Debug, Clone)]
enum Body {
    Bytes(Vec<u8>),
    /// A good page with some bytes changed.
    Page(Vec<(Index, u8)>),
    Nested(usize),
}

fn bodies() -> impl Strategy<Value = Body> {
    prop_oneof![
        vec(any::<u8>(), 0..300).prop_map(Body::Bytes),
        vec((any::<Index>(), any::<u8>()), 0..4).prop_map(Body::Page),
        (1..100_000_usize).prop_map(Body::Nested),
    ]
}

#[test]
fn garbage_gets_an_answer_in_words_and_never_an_internal_error() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (bench, asm) = runtime.block_on(async {
        let bench = PlantBench::start().await;
        let asm = bench.enroll("ASM1", &["ASM"]).await;
        (bench, asm)
    });
    let token = Access::read(&asm.dir).unwrap().token;
    let page = serde_json::to_vec(&page_of(&asm)).unwrap();
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() };
    let all = (select(&PATHS[..]), bodies(), any::<bool>(), any::<bool>());
    let ran = TestRunner::new(config).run(&all, |((method, path), body, known, packed)| {
        let body = match body {
            Body::Bytes(bytes) => bytes,
            Body::Nested(depth) => "[".repeat(depth).into_bytes(),
            Body::Page(changes) => {
                let mut page = page.clone();
                for (at, byte) in changes {
                    let at = at.index(page.len());
                    page[at] = byte;
                }
                page
            }
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", bench.running.url());
        let mut request = http.request(method, url).body(body);
        if known {
            request = request.bearer_auth(&token);
        }
        if packed {
            request = request.header("content-encoding", "br");
        }
        let answer = runtime.block_on(answer(&request));
        prop_assert!(
            [200, 204, 400, 401, 404, 405, 413, 415, 426].contains(&answer.0),
            "{answer:?}"
        );
        if packed {
            prop_assert_eq!(answer.0, 415);
        }
        if answer.0 == 400 && path != "/v1/news/x" && path != "/v1/blobs/%00" {
            let fault: Fault = serde_json::from_slice(&answer.1).unwrap();
            prop_assert!(!fault.message.is_empty());
        }
        Ok(())
    });
    ran.unwrap();
    // After all that the station goes on as if nothing had been.
    let done = runtime.block_on(asm.client().sync_once()).unwrap();
    assert_eq!(done.waiting, 0);
    runtime.block_on(bench.running.shutdown());
}

/// The answer to a request. The server may close the line while a body that it does not want is
/// still on its way, which the answer may lose against; a server that fell over would do so every time.
async fn answer(request: &reqwest::RequestBuilder) -> (u16, Vec<u8>) {
    let mut last = None;
    for _ in 0..100 {
        match request.try_clone().unwrap().send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                match answer.bytes().await {
                    Ok(bytes) => return (status, bytes.to_vec()),
                    Err(error) => last = Some(error),
                }
            }
            Err(error) => last = Some(error),
        }
    }
    panic!("no answer: {last:?}");
}

pub(crate) fn page_of(asm: &crate::support::plant::StationBench) -> PageUp {
    asm.beat(3);
    let mut ledger = asm.ledger();
    let facts = ledger.outgoing((1, 0), (100_000, 10)).unwrap();
    let seal = ledger.seal_at((1, 3)).unwrap();
    let (ledger, epoch) = (seal.ledger.clone(), seal.epoch);
    PageUp { version: 1, ledger, epoch, from: 1, facts, seal, seals: Vec::new() }
}
