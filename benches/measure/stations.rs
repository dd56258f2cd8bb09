//! Many stations at one server, each with a fact a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gemba::domain::fact::{LedgerHead, Written};
use gemba::domain::hash::Hash;
use gemba::domain::traveler::state::TravelerState;
use gemba::server::home::Home;
use gemba::sync::client::access::Access;
use gemba::sync::protocol::{PageAnswer, PageOutcome};
use tokio::runtime::Runtime;

use crate::generator::Maker;
use crate::report::{Line, Target, Times};
use crate::server::Server;
use crate::writer::Writer;

/// So much memory the server may take.
const MOST_MIB: f64 = 200.0;

/// Each fact in a page of its own, while a stream of news stands for each station; the time runs from when it was due to the acknowledgement. The orders
/// are open before: no plant opens one at each bench within a second.
pub(crate) fn many(
    home: &Home,
    pattern: &TravelerState,
    (stations, seconds): (usize, usize),
) -> Line {
    let server = Server::start(home);
    let client = Arc::new(reqwest::Client::builder().no_proxy().build().unwrap());
    let none = LedgerHead { epoch: 1, last_seq: 0, last_id: Hash::ZERO };
    let begun: Vec<(Writer, Access, Vec<Written>)> = (0..stations)
        .map(|n| {
            let writer = Writer::new(&format!("S{n}"), n);
            let access = server.admit(&writer.station);
            let mut maker = Maker::after(pattern, &writer.station.ledger, &none, 100_000 + n);
            (writer, access, maker.next(1 + seconds))
        })
        .collect();
    let runtime = Runtime::new().unwrap();
    let (ended, times) = runtime.block_on(async {
        let opening = begun.into_iter().map(|(mut writer, access, mut facts)| {
            let client = Arc::clone(&client);
            tokio::spawn(async move {
                send(&client, &access, &mut writer, facts.remove(0)).await;
                (writer, access, facts)
            })
        });
        let opening: Vec<_> = opening.collect();
        let mut begun = Vec::new();
        for opened in opening {
            begun.push(opened.await.unwrap());
        }
        let hears = |access: &Access| tokio::spawn(hears(Arc::clone(&client), access.clone()));
        let hearing: Vec<_> = begun.iter().map(|(_, access, _)| hears(access)).collect();
        let start = now() + Duration::from_secs(1);
        let beats = begun.into_iter().enumerate().map(|(n, station)| {
            let phase = Duration::from_micros((n * 1_000_000 / stations) as u64);
            tokio::spawn(works(Arc::clone(&client), start + phase, station))
        });
        let beats: Vec<_> = beats.collect();
        let (mut ended, mut times) = (Vec::new(), Times::default());
        for beat in beats {
            let (writer, took) = beat.await.unwrap();
            ended.push(writer);
            times.extend(took);
        }
        let mut stood = 0;
        for one in hearing {
            one.abort();
            stood += usize::from(one.await.is_err_and(|ended| ended.is_cancelled()));
        }
        assert_eq!(stood, stations, "a stream of news did not stand");
        (ended, times)
    });
    let store = server.office.store();
    let there = |writer: &Writer| store.head(&writer.station.ledger).unwrap().head == writer.head;
    let lost = ended.iter().filter(|writer| !there(writer)).count();
    let mib = server.memory_mib();
    println!("{stations} stations: the server had at most {mib:.0} MiB, of {MOST_MIB}");
    let failures = lost + (stations * seconds - times.len()) + usize::from(mib > MOST_MIB);
    let what = "a fact a second from each of many stations";
    Line { what, ours: times, floor: None, target: Target::P99Ms(1_000.0), failures }
}

/// Hears of news, and makes nothing of it.
async fn hears(client: Arc<reqwest::Client>, access: Access) {
    let news = client.get(format!("{}/v1/news", access.url)).bearer_auth(&access.token);
    let mut news = news.send().await.unwrap();
    assert!(news.status().is_success(), "{}", news.status());
    while news.chunk().await.unwrap().is_some() {}
}

#[expect(clippy::disallowed_methods, reason = "measures what a machine takes, decides nothing")]
fn now() -> Instant {
    Instant::now()
}

async fn works(
    client: Arc<reqwest::Client>,
    start: Instant,
    (mut writer, access, facts): (Writer, Access, Vec<Written>),
) -> (Writer, Vec<Duration>) {
    let mut times = Vec::new();
    for (n, fact) in facts.into_iter().enumerate() {
        let due = start + Duration::from_secs(n as u64);
        tokio::time::sleep_until(due.into()).await;
        send(&client, &access, &mut writer, fact).await;
        times.push(now().saturating_duration_since(due));
    }
    (writer, times)
}

/// Sends a page of one fact until it is stored.
async fn send(client: &reqwest::Client, access: &Access, writer: &mut Writer, fact: Written) {
    let page = serde_json::to_string(&writer.page(vec![fact])).unwrap();
    let answer = loop {
        let request = client.post(format!("{}/v1/pages", access.url));
        let request = request.bearer_auth(&access.token).body(page.clone());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        if answer.status() != reqwest::StatusCode::TOO_MANY_REQUESTS {
            break answer.text().await.unwrap();
        }
        // As it is asked to.
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    let answer: PageAnswer = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer.outcome, PageOutcome::Stored);
}
