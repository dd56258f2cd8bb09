//! What whoever operates the server sees: health, figures, the description of its addresses, news as a
//! stream, and an end that breaks nothing off.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gemba::domain::backed_up::BackedUp;
use gemba::domain::snapshot::WholeOrder;
use gemba::sync::client::access::Access;
use gemba::sync::protocol::{
    CardChange, CheckAnswer, CheckRequest, CredentialsAnswer, EnrollAnswer, EnrollRequest,
    FeedsAnswer, HeadAnswer, MissingAnswer, MissingRequest, NewsAnswer, OfferAnswer, OfferRequest,
    OwnAnswer, PageAnswer, PageUp, PullAnswer, PullRequest, ReceivedAnswer, SnapshotAnswer,
    TimeAnswer,
};
use reqwest::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::plant::{PlantBench, StationBench, centers, settle};
use crate::support::program::Post;
use crate::support::works::Works;

async fn get(bench: &PlantBench, path: &str) -> (u16, String) {
    let response = Client::new().get(format!("{}{path}", bench.running.url())).send().await;
    let response = response.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_that_it_lives_that_it_can_work_and_how_far_everything_is() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.beat(7);
    asm.client().sync_once().await.unwrap();
    asm.client().sync_once().await.unwrap();
    assert_eq!(get(&bench, "/v1/health/live").await, (200, "live\n".to_owned()));
    assert_eq!(get(&bench, "/v1/health/ready").await, (200, "ready\n".to_owned()));
    assert_eq!(get(&bench, "/v1/nothing").await.0, 404);
    let (status, text) = get(&bench, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "gemba_facts_in_pages_total 7",
        "gemba_facts_judged_total ",
        "gemba_facts_not_accepted_total ",
        "gemba_ledgers_frozen 0",
        "gemba_judge_in_trouble 0",
        "gemba_requests_waiting 0",
        "gemba_pages_waiting 0",
        "gemba_pages_waiting_bytes 0",
        "gemba_requests_total{route=\"/v1/pages\",status=\"200\"} 1",
        "gemba_requests_total{route=\"other\",status=\"404\"} 1",
        "gemba_station_catalog_behind{station=\"ASM1\"} ",
        "gemba_station_silent_seconds{station=\"ASM1\"} ",
        "gemba_request_seconds_bucket{le=\"+Inf\",route=\"/v1/pages\"} 1",
        "# EOF",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line}\nin\n{text}");
    }
    bench.running.shutdown().await;
}

/// What may be asked of an address, as whoever asks something else is told.
async fn allowed(bench: &PlantBench, path: &str) -> BTreeSet<String> {
    let url = format!("{}{path}", bench.running.url());
    let response = Client::new().patch(url).send().await.unwrap();
    assert_eq!(response.status(), 405, "{path}");
    let told = response.headers()["allow"].to_str().unwrap().to_owned();
    told.split(',').map(|method| method.trim().to_owned()).collect()
}

/// Whether the protocol reads an example, and writes the same again.
fn reads<T: Serialize + DeserializeOwned>(example: &Value) -> bool {
    let read = serde_json::from_value::<T>(example.clone());
    let written = read.map(|read| serde_json::to_value(read).unwrap());
    written.is_ok_and(|written| written == *example)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_of_the_addresses_says_what_the_routes_and_the_protocol_do() {
    let bench = PlantBench::start().await;
    let document: Value = serde_json::from_str(&get(&bench, "/v1/openapi.json").await.1).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/routes.rs");
    let routes = fs::read_to_string(source).unwrap();
    let mut addresses: Vec<&str> =
        routes.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    addresses.sort_unstable();
    assert_eq!(paths.keys().map(String::as_str).collect::<Vec<_>>(), addresses);
    for (path, methods) in paths {
        let mut told: BTreeSet<String> =
            methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        // Whoever gives something tells its size as well.
        if told.contains("GET") {
            told.insert("HEAD".to_owned());
        }
        assert_eq!(allowed(&bench, path).await, told, "{path}");
    }

    let example = |path: &str, method: &str, way: &str| {
        let of = if way == "takes" { "/requestBody" } else { "/responses/200" };
        let place = format!("/{method}{of}/content/application~1json/example");
        paths[path].pointer(&place).unwrap_or_else(|| panic!("no example: {path} {way}")).clone()
    };
    let takes = |path, method| example(path, method, "takes");
    let gives = |path, method| example(path, method, "gives");
    let checked = [
        reads::<TimeAnswer>(&gives("/v1/time", "get")),
        reads::<EnrollRequest>(&takes("/v1/enroll", "post")),
        reads::<EnrollAnswer>(&gives("/v1/enroll", "post")),
        reads::<HeadAnswer>(&gives("/v1/head", "get")),
        reads::<PageUp>(&takes("/v1/pages", "post")),
        reads::<PageAnswer>(&gives("/v1/pages", "post")),
        reads::<OwnAnswer>(&gives("/v1/own/{epoch}/{after}/{most}", "get")),
        reads::<CheckRequest>(&takes("/v1/check", "post")),
        reads::<CheckAnswer>(&gives("/v1/check", "post")),
        reads::<MissingRequest>(&takes("/v1/missing", "post")),
        reads::<MissingAnswer>(&gives("/v1/missing", "post")),
        reads::<OfferRequest>(&takes("/v1/offers", "post")),
        reads::<OfferAnswer>(&gives("/v1/offers", "post")),
        reads::<FeedsAnswer>(&gives("/v1/feeds", "get")),
        reads::<BackedUp>(&gives("/v1/backed-up", "get")),
        reads::<SnapshotAnswer>(&gives("/v1/snapshot", "get")),
        reads::<WholeOrder>(&gives("/v1/order/{order}/{after}", "get")),
        reads::<PullRequest>(&takes("/v1/pull", "post")),
        reads::<PullAnswer>(&gives("/v1/pull", "post")),
        reads::<NewsAnswer>(&gives("/v1/news/{known}", "get")),
        reads::<ReceivedAnswer>(&gives("/v1/received/{kind}/{id}/{revision}", "get")),
        reads::<CredentialsAnswer>(&gives("/v1/credentials", "get")),
        reads::<CardChange>(&takes("/v1/credentials", "put")),
    ];
    let wrong: Vec<usize> = (0..checked.len()).filter(|n| !checked[*n]).collect();
    assert_eq!(wrong, Vec::<usize>::new(), "examples that the protocol does not read");
    bench.running.shutdown().await;
}

async fn stream(bench: &PlantBench, station: &StationBench) -> reqwest::Response {
    let token = Access::read(&station.dir).unwrap().token;
    let url = format!("{}/v1/news", bench.running.url());
    let response = Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// Reads on until a feed of some name is told; tells its head.
async fn told(stream: &mut reqwest::Response, feed: &str) -> u64 {
    let mut text = String::new();
    loop {
        text.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
        for data in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            // A line may be there in part only.
            let Ok(hint) = serde_json::from_str::<Value>(data) else { continue };
            if hint["feed"] == feed {
                return hint["head"].as_u64().unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_which_feed_has_grown_and_says_nothing_of_others() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    let mut news = stream(&bench, &inc).await;
    assert_eq!(told(&mut news, "work-center/INC").await, 0);
    asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    assert!(told(&mut news, "work-center/INC").await >= 1);
    let without = Client::new().get(format!("{}/v1/news", bench.running.url())).send().await;
    assert_eq!(without.unwrap().status(), 401);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_stands_tells_of_work_centers_that_were_assigned_since() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let moved = bench.enroll("HP3", &["PAINT"]).await;
    let mut news = stream(&bench, &moved).await;
    assert_eq!(told(&mut news, "work-center/PAINT").await, 0);
    bench.office().assign_station(&moved.station, &centers(&["INC"])).unwrap().unwrap();
    asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    while told(&mut news, "work-center/INC").await == 0 {}
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_a_station_that_is_revoked_tells_nothing_more_and_ends() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let stolen = bench.enroll("HP3", &["ASM"]).await;
    settle(&bench, &[&asm, &stolen]).await;
    let mut news = stream(&bench, &stolen).await;
    // The last of its feeds that it is told of when it begins.
    told(&mut news, "work-center/ASM").await;
    assert!(bench.office().revoke_station(&stolen.station).unwrap());
    asm.open_order("WO-1");
    asm.client().sync_once().await.unwrap();
    assert_eq!(news.chunk().await.unwrap(), None);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_written_as_json_one_a_line_where_that_is_asked_for() {
    let folder = Works::founded().closes();
    let post = Post::new(folder.path(), "nobody");
    let (told, server) = (post.path("told"), post.path("server"));
    let listen = ["serve", "--listen", "127.0.0.1:0", "--database", server.to_str().unwrap()];
    let form = ["--log", "json", "--log-level", "debug"];
    let mut service = post.start_service_telling(&[&listen[..], &form].concat(), &told);
    let line = service.first_line();
    let url = line.trim().strip_prefix("serving on ").unwrap().to_owned();
    for path in ["/v1/health/live", "/v1/nothing"] {
        Client::new().get(format!("{url}{path}")).send().await.unwrap();
    }
    assert_eq!(service.told_to_end(), 0);
    let events = fs::read_to_string(&told).unwrap();
    let events: Vec<Value> =
        events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = |route: &str, status: u64, level: &str| {
        events.iter().any(|event| {
            let fields = &event["fields"];
            let said = (&event["level"], &fields["route"], &fields["status"]);
            said == (&level.into(), &route.into(), &status.into())
                && fields["message"] == "answered"
                && event["timestamp"].is_string()
        })
    };
    assert!(answered("/v1/health/live", 200, "DEBUG"), "{events:?}");
    assert!(answered("other", 404, "INFO"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_end_ends_its_streams_and_breaks_none_off() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let mut news = stream(&bench, &asm).await;
    told(&mut news, "catalog").await;
    bench.running.finish().await;
    let end = loop {
        match news.chunk().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert!(end.is_ok(), "{end:?}");
}
