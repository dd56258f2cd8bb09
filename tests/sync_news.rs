//! How a station hears that feeds have grown: by a stream, by questions where one is held back, and at the
//! latest each minute. The clock runs as fast as nothing else is to be done.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use gemba::sync::client::access::Access;
use gemba::sync::client::error::SyncError;
use gemba::sync::protocol::{HEARTBEAT, NewsAnswer, SILENCE_MAX};
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, resume};

use crate::support::front::{self, Asked, Front, Says};
use crate::support::hurried::{hurried, jumps};
use crate::support::plant::{PlantBench, StationBench, settle};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// A station that watches, behind something that answers for the stream of news.
struct Watched {
    bench: PlantBench,
    front: Front,
    wake: Sender<()>,
    watching: JoinHandle<Result<(), SyncError>>,
    /// When it began.
    at: Instant,
}

impl Watched {
    /// Begins after everything is judged and known, so that nothing but the clock moves.
    async fn start(news: impl Fn() -> Says + Send + Sync + 'static) -> Self {
        let bench = PlantBench::start().await;
        let front = Front::of(bench.running.url(), move |asked| {
            if asked.is("GET /v1/news") { news() } else { Says::GoOn }
        });
        let front = front.await;
        let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
        settle(&bench, &[&asm]).await;
        jumps();
        let (wake, now) = channel(1);
        let at = Instant::now();
        let watching = tokio::spawn(asm.client().watch(now, Arc::default()));
        Self { bench, front, wake, watching, at }
    }

    /// The exchanges since it began, once there are so many: each begins by asking for the time.
    async fn exchanges(&self, times: usize) -> Vec<Asked> {
        let asked = self.front.asked("GET /v1/time");
        let before = asked.iter().filter(|asked| asked.at < self.at).count();
        self.front.heard("GET /v1/time", before + times).await.split_off(before)
    }

    async fn ends(self) {
        drop(self.wake);
        self.watching.await.unwrap().unwrap();
        resume();
        self.bench.running.shutdown().await;
    }
}

fn gaps(asked: &[Asked]) -> Vec<Duration> {
    asked.windows(2).map(|two| two[1].at - two[0].at).collect()
}

#[tokio::test]
async fn a_stream_that_is_held_back_gives_way_to_questions_and_their_answers_are_hints() {
    let watched = Watched::start(|| Says::This(front::events(0, false))).await;
    let question = watched.front.heard("GET /v1/news/", 1).await.remove(0);
    let stream = watched.front.asked("GET /v1/news").remove(0);
    let silent = question.at - stream.at;
    assert!(silent >= SILENCE_MAX && silent < MINUTE, "{silent:?}");
    // The server's number is not the one that was named: the station exchanges, long before the minute.
    let exchange = watched.exchanges(2).await.remove(1);
    let waited = exchange.at - question.at;
    assert!(waited < MINUTE / 2, "{waited:?}");
    assert_eq!(watched.front.asked("GET /v1/news").len(), 1, "it does not go back to the stream");
    watched.ends().await;
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up_and_begun_again() {
    let watched = Watched::start(|| Says::This(front::events(1, false))).await;
    let streams = watched.front.heard("GET /v1/news", 2).await;
    let silent = gaps(&streams)[0];
    assert!(silent >= SILENCE_MAX && silent < MINUTE, "{silent:?}");
    assert_eq!(watched.front.asked("GET /v1/news/").len(), 0, "it was no proxy");
    watched.ends().await;
}

#[tokio::test]
async fn a_stream_that_lives_stays_and_without_a_hint_an_exchange_comes_each_minute() {
    let watched = Watched::start(|| Says::This(front::events(100, false))).await;
    let each = gaps(&watched.exchanges(4).await);
    assert!(each.iter().all(|gap| *gap >= MINUTE && *gap < MINUTE + 2 * SECOND), "{each:?}");
    assert_eq!(watched.front.asked("GET /v1/news").len(), 1);
    watched.ends().await;
}

#[tokio::test]
async fn stations_do_not_come_back_in_one_moment_to_a_server_that_ended_their_streams() {
    let watched = Watched::start(|| Says::This(front::events(1, true))).await;
    let pauses = gaps(&watched.front.heard("GET /v1/news", 25).await);
    let longest = pauses.iter().max().unwrap();
    // By chance: of so many hardly ever none is longer than two seconds.
    assert!(*longest > 2 * SECOND && *longest < 10 * SECOND, "{pauses:?}");
    watched.ends().await;
}

fn request(bench: &PlantBench, station: &StationBench, path: &str) -> reqwest::RequestBuilder {
    let token = Access::read(&station.dir).unwrap().token;
    reqwest::Client::new().get(format!("{}{path}", bench.running.url())).bearer_auth(token)
}

#[tokio::test]
async fn a_server_without_news_says_each_fifteen_seconds_that_it_is_there() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    settle(&bench, &[&asm]).await;
    let mut stream = request(&bench, &asm, "/v1/news").send().await.unwrap();
    let alive = hurried(async {
        let mut alive = Vec::new();
        while alive.len() < 3 {
            let piece = stream.chunk().await.unwrap().unwrap();
            if piece.starts_with(b": alive") {
                alive.push(Instant::now());
            }
        }
        alive
    });
    let apart: Vec<_> = alive.await.windows(2).map(|two| two[1] - two[0]).collect();
    let (early, late) = (HEARTBEAT / 2, SILENCE_MAX);
    assert!(apart.iter().all(|gap| *gap > early && *gap < late), "{apart:?}");
    bench.running.shutdown().await;
}

async fn ask(bench: &PlantBench, asm: &StationBench, known: u64) -> u64 {
    let answer = request(bench, asm, &format!("/v1/news/{known}")).send().await.unwrap();
    serde_json::from_str::<NewsAnswer>(&answer.text().await.unwrap()).unwrap().number
}

#[tokio::test]
async fn a_question_for_news_is_answered_when_there_are_some_and_held_back_while_there_are_none() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    settle(&bench, &[&asm]).await;
    jumps();
    let mut known = ask(&bench, &asm, u64::MAX - 1).await;
    let held = loop {
        let since = Instant::now();
        let number = ask(&bench, &asm, known).await;
        // The judge may have had a last word.
        if number == known {
            break since.elapsed();
        }
        known = number;
    };
    assert!(held >= 10 * SECOND && held < 15 * SECOND, "{held:?}");

    // As long as a thread beside it is at work the clock stands: nothing but news is answered by.
    let (told, works) = sync_channel::<()>(0);
    let stands = spawn_blocking(move || works.recv_timeout(10 * MINUTE));
    let since = Instant::now();
    let exchange = async {
        asm.beat(1);
        asm.client().sync_once().await.unwrap()
    };
    let (number, _) = tokio::join!(ask(&bench, &asm, known), exchange);
    assert!(number > known && since.elapsed() < SECOND, "{number}: {:?}", since.elapsed());
    drop(told);
    stands.await.unwrap().unwrap_err();
    resume();
    bench.running.shutdown().await;
}
