//! When a station tries again, and when it does not: pauses, what a server asks for, what each status
//! means, and how large the next page is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gemba::domain::fact::{LedgerHead, Seal};
use gemba::domain::feeds::Cursor;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::sync::client::enroll::{Invitation, enroll};
use gemba::sync::client::error::SyncError;
use gemba::sync::down::{self, Down};
use gemba::sync::protocol::{
    FeedHead, HeadAnswer, PAGE_BYTES_MAX, PAGE_BYTES_MIN, PROTOCOL_VERSION, PageAnswer,
    PageOutcome, PageUp,
};
use gemba::sync::retry::{
    Failure, OFFLINE_FAILURES, PAUSE_OFFLINE, Pause, RETRY_AFTER_MAX, Stop, failed_again,
    retry_after,
};
use gemba::sync::up::{self, Up};
use proptest::prelude::*;
use serde_json::json;

use crate::support::front::{self, Front, Says};
use crate::support::hurried::jumps;
use crate::support::plant::{PlantBench, StationBench};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

fn pause(failures: u32) -> Pause {
    Pause { failures, retry_after: None }
}

proptest! {
    #[test]
    fn a_pause_is_anything_up_to_a_cap_that_doubles_from_a_second_to_a_minute(
        failures in 1..=OFFLINE_FAILURES, random in any::<u32>(),
    ) {
        let cap = (SECOND * 2_u32.pow((failures - 1).min(10))).min(MINUTE);
        prop_assert_eq!(pause(failures).duration(u32::MAX), cap);
        prop_assert_eq!(pause(failures).duration(0), Duration::ZERO);
        prop_assert!(pause(failures).duration(random) <= cap);
        // Half the chance is about half the pause: nobody waits for the whole of it with the others.
        let half = pause(failures).duration(u32::MAX / 2);
        prop_assert!(half > cap.mul_f64(0.49) && half < cap.mul_f64(0.51));
    }

    #[test]
    fn who_was_asked_to_wait_comes_after_that_and_not_all_at_once(
        failures in 1..40_u32, random in any::<u32>(), asked_s in 0..2_000_u64,
    ) {
        let asked = Duration::from_secs(asked_s);
        let waits = Pause { failures, retry_after: Some(asked) }.duration(random);
        let least = asked.min(RETRY_AFTER_MAX);
        prop_assert!(waits >= least && waits <= least + pause(failures).cap());
    }

    #[test]
    fn no_text_of_a_retry_after_is_a_panic(wish in ".{0,40}", date in ".{0,40}") {
        let wait = retry_after(&wish, Some(&date));
        prop_assert!(wait.is_none() || wish.trim().parse::<u64>().is_ok());
    }
}

#[test]
fn who_hears_nothing_at_all_for_long_asks_each_few_minutes_only() {
    let mut failures = 0;
    for _ in 0..OFFLINE_FAILURES {
        failures = failed_again(failures, &Failure::Unreachable);
    }
    assert_eq!(pause(failures).cap(), MINUTE);
    failures = failed_again(failures, &Failure::Unreachable);
    assert_eq!(pause(failures).cap(), PAUSE_OFFLINE);
    // Something answered: the line is there again.
    for answered in [Failure::TimedOut, Failure::Busy { retry_after: None }] {
        assert_eq!(pause(failed_again(failures, &answered)).cap(), MINUTE);
    }
}

#[test]
fn a_wish_to_wait_is_read_as_seconds_and_as_a_date_by_the_servers_own_clock() {
    let now = Some("Fri, 20 Nov 2026 06:00:00 GMT");
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(retry_after(" 120 ", None), seconds(120));
    assert_eq!(retry_after("Fri, 20 Nov 2026 06:05:00 GMT", now), seconds(300));
    assert_eq!(retry_after("Fri, 20 Nov 2026 05:00:00 GMT", now), seconds(0), "it is over");
    assert_eq!(retry_after("Fri, 20 Nov 2026 06:05:00 GMT", None), None, "by whose clock?");
    for nonsense in ["", "soon", "-5", "1.5", "2026-11-20T06:05:00"] {
        assert_eq!(retry_after(nonsense, now), None, "{nonsense}");
    }
}

/// The questions of which some belong to a way up or down and others to none.
const QUESTIONS: [&str; 4] =
    ["GET /v1/time", "GET /v1/head", "GET /v1/feeds", "GET /v1/credentials"];

type Headers = &'static [(&'static str, &'static str)];
const PLAIN: Headers = &[];
const LATER: Headers = &[("retry-after", "300")];
const DATED: Headers =
    &[("date", "Fri, 20 Nov 2026 06:00:00 GMT"), ("retry-after", "Fri, 20 Nov 2026 06:02:00 GMT")];
const UNREADABLE: Headers = &[("retry-after", "tomorrow")];

/// What one question gets: a status with headers and a body.
type Told = (&'static str, u16, Headers, serde_json::Value);

/// A station behind something that answers one question as it is told.
struct Behind {
    bench: PlantBench,
    asm: StationBench,
    told: Arc<Mutex<Option<Told>>>,
}

impl Behind {
    async fn start() -> Self {
        let bench = PlantBench::start().await;
        let told = Arc::new(Mutex::new(None::<Told>));
        let says = Arc::clone(&told);
        let front = Front::of(bench.running.url(), move |asked| {
            let told = says.lock().unwrap().clone();
            let Some((_, code, headers, body)) = told.filter(|told| asked.is(told.0)) else {
                return Says::GoOn;
            };
            let mut answer = front::json(&body);
            *answer.status_mut() = code.try_into().unwrap();
            for (name, value) in headers {
                answer = front::with(answer, name, value);
            }
            Says::This(answer)
        });
        let front = front.await;
        let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
        asm.client().sync_once().await.unwrap();
        Self { bench, asm, told }
    }

    async fn comes_of(&self, told: Told) -> SyncError {
        *self.told.lock().unwrap() = Some(told);
        self.asm.client().sync_once().await.unwrap_err()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_tried_again_and_not_before_the_server_wants_it_whatever_was_asked() {
    let behind = Behind::start().await;
    let busy = |seconds: Option<u64>| {
        let retry_after = seconds.map(Duration::from_secs);
        Failure::Busy { retry_after }
    };
    for question in QUESTIONS {
        for (code, headers, failed) in [
            (408, PLAIN, Failure::TimedOut),
            (429, LATER, busy(Some(300))),
            (503, DATED, busy(Some(120))),
            (500, PLAIN, busy(None)),
            (502, UNREADABLE, busy(None)),
        ] {
            let came = behind.comes_of((question, code, headers, json!(null))).await;
            let SyncError::Later { failure, pause } = came else { panic!("{question}: {came}") };
            assert_eq!(pause.retry_after, failed.retry_after(), "{question} {code}");
            assert_eq!(failure, failed, "{question} {code}");
        }
    }
    *behind.told.lock().unwrap() = None;
    behind.asm.client().sync_once().await.unwrap();
    behind.bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_stops_until_a_person_acts() {
    let behind = Behind::start().await;
    let fault = |code: &str| json!({ "code": code, "message": "why not" });
    let why = || "why not".to_owned();
    for question in QUESTIONS {
        for (code, body, stop) in [
            (401, fault("unauthorized"), Stop::NotAccepted(why())),
            (403, fault("not-allowed"), Stop::NotAccepted(why())),
            (403, fault("revoked"), Stop::Revoked),
            (426, fault("too-old"), Stop::TooOld),
            (400, fault("bad-request"), Stop::Nonsense(why())),
            (404, json!("nobody knows this"), Stop::Nonsense("404 Not Found".to_owned())),
        ] {
            let came = behind.comes_of((question, code, PLAIN, body)).await;
            let SyncError::Stopped(stopped) = came else { panic!("{question}: {came}") };
            assert_eq!(stopped, stop, "{question} {code}");
        }
    }
    behind.bench.running.shutdown().await;
}

#[tokio::test]
async fn a_success_begins_the_pauses_anew_and_a_wish_to_wait_is_kept_by_who_watches() {
    let bench = PlantBench::start().await;
    let script = Arc::new(Mutex::new(VecDeque::new()));
    let says = Arc::clone(&script);
    let front = Front::of(bench.running.url(), move |asked| {
        if asked.is("GET /v1/news") {
            return Says::This(front::events(1, false));
        }
        let next = if asked.is("GET /v1/time") { says.lock().unwrap().pop_front() } else { None };
        match next {
            None | Some(None) => Says::GoOn,
            Some(Some("")) => Says::This(front::status(503)),
            Some(Some(wish)) => Says::This(front::with(front::status(503), "retry-after", wish)),
        }
    });
    let front = front.await;
    let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let before = front.asked("GET /v1/time").len();
    // Six failures, a success, a failure, and one with a wish.
    let failure = Some("");
    script.lock().unwrap().extend([failure; 6]);
    script.lock().unwrap().extend([None, failure, Some("90")]);

    jumps();
    let (wake, now) = tokio::sync::mpsc::channel(1);
    let watching = tokio::spawn(asm.client().watch(now, Arc::default()));
    let asked = front.heard("GET /v1/time", before + 10).await.split_off(before);
    let gaps: Vec<Duration> = asked.windows(2).map(|two| two[1].at - two[0].at).collect();
    let soon = Duration::from_millis(50);
    for (failures, gap) in (1..).zip(&gaps[..6]) {
        assert!(*gap <= pause(failures).cap() + soon, "{failures}: {gaps:?}");
    }
    assert!(gaps[6] >= MINUTE && gaps[6] < MINUTE + 2 * SECOND, "it went through: {gaps:?}");
    assert!(gaps[7] <= SECOND + soon, "the first failure since: {gaps:?}");
    let wish = 90 * SECOND;
    assert!(gaps[8] >= wish && gaps[8] <= wish + pause(2).cap() + soon, "{gaps:?}");
    drop(wake);
    watching.await.unwrap().unwrap();
    tokio::time::resume();
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_goes_on_with_the_new_token_once_the_station_is_enrolled_again() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    // It has the token of now, and the server will not know it any more.
    let watcher = asm.client();
    bench.office().revoke_station(&asm.station).unwrap();
    let (url, code) = (bench.running.url(), bench.code("ASM1", &["ASM"]));
    enroll(&asm.dir, &Invitation { url, code, ca_pem: None, demo: true }).await.unwrap();
    asm.beat(1);
    let (wake, now) = tokio::sync::mpsc::channel(1);
    let watching = tokio::spawn(watcher.watch(now, Arc::default()));
    let arrives = async {
        while asm.ledger().waiting().unwrap() > 0 {
            tokio::task::yield_now().await;
        }
    };
    // Where a person has to act first, it is tried again after five minutes.
    tokio::time::timeout(4 * MINUTE, arrives).await.expect("it is not tried with the new token");
    drop(wake);
    watching.await.unwrap().unwrap();
    bench.running.shutdown().await;
}

#[tokio::test]
async fn a_server_may_take_minutes_to_make_a_snapshot_and_is_asked_for_it_once() {
    let bench = PlantBench::start().await;
    let front = Front::of(bench.running.url(), |asked| {
        let waits = asked.is("GET /v1/snapshot");
        if waits { Says::Later(4 * MINUTE, front::status(404)) } else { Says::GoOn }
    });
    let front = front.await;
    let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
    tokio::time::pause();
    let client = asm.client();
    let begins = tokio::spawn(async move { client.sync_once().await });
    front.heard("GET /v1/snapshot", 1).await;
    tokio::time::advance(4 * MINUTE + SECOND).await;
    begins.await.unwrap().unwrap();
    tokio::time::resume();
    assert_eq!(front.asked("GET /v1/snapshot").len(), 1);
    bench.running.shutdown().await;
}

fn head(last_seq: u64) -> LedgerHead {
    LedgerHead { epoch: 1, last_seq, last_id: Hash::ZERO }
}

fn page() -> PageUp {
    let (ledger, signature) = (LedgerId::parse("ledger-ASM1").unwrap(), String::new());
    let seal = Seal { ledger: ledger.clone(), epoch: 1, last_seq: 1, head: Hash::ZERO, signature };
    let (version, facts, seals) = (PROTOCOL_VERSION, Vec::new(), Vec::new());
    PageUp { version, ledger, epoch: 1, from: 1, facts, seal, seals }
}

/// How many bytes the next page up may have.
fn begins(up: &mut Up) -> usize {
    assert_eq!(up.next(up::Event::Start), up::Action::AskHead);
    let answer = HeadAnswer { head: head(0), frozen: false };
    let read = up.next(up::Event::Head(answer));
    let up::Action::Read { bytes_max, .. } = read else { panic!("{read:?}") };
    bytes_max
}

#[test]
fn a_page_up_is_halved_by_each_time_out_down_to_a_floor_and_doubled_by_each_success() {
    let mut up = Up::new(1);
    let mut sizes = Vec::new();
    for _ in 0..7 {
        sizes.push(begins(&mut up));
        up.next(up::Event::Failed(Failure::TimedOut));
    }
    let kib = |kib: usize| kib * 1024;
    assert_eq!(sizes, [256, 128, 64, 32, 16, 8, 8].map(kib));
    assert_eq!((PAGE_BYTES_MAX, PAGE_BYTES_MIN), (kib(256), kib(8)));
    // What is no time-out says nothing of the line.
    begins(&mut up);
    up.next(up::Event::Failed(Failure::Busy { retry_after: None }));
    begins(&mut up);
    up.next(up::Event::Failed(Failure::Unreachable));

    // What the next exchange begins with is what this one came to.
    let mut up = Up::new(1).sized(up.size());
    assert_eq!(begins(&mut up), kib(8));
    up.next(up::Event::Read(Some((page(), Vec::new()))));
    let stored = PageAnswer { head: head(1), outcome: PageOutcome::Stored };
    up.next(up::Event::Page(stored));
    let read = up.next(up::Event::Noted(true));
    assert!(matches!(read, up::Action::Read { bytes_max, .. } if bytes_max == kib(16)), "{read:?}");
}

/// How many bytes the next page down may have.
fn pulls(down: &mut Down) -> usize {
    let (feed, rolling) = ("catalog".to_owned(), Hash::ZERO);
    down.next(down::Event::Start);
    let head = FeedHead { feed: feed.clone(), epoch: 1, position: 9, rolling };
    down.next(down::Event::Feeds(vec![head]));
    let cursor = Cursor { feed, epoch: 1, position: 0, rolling };
    let pull = down.next(down::Event::Cursors(vec![cursor]));
    let down::Action::Pull(request) = pull else { panic!("{pull:?}") };
    request.bytes_max
}

#[test]
fn a_page_down_is_halved_by_a_time_out_as_well() {
    let mut down = Down::new(None);
    assert_eq!(pulls(&mut down), PAGE_BYTES_MAX);
    down.next(down::Event::Failed(Failure::TimedOut));
    assert_eq!(pulls(&mut down), PAGE_BYTES_MAX / 2);
    let mut next = Down::new(None).sized(down.size());
    assert_eq!(pulls(&mut next), PAGE_BYTES_MAX / 2);
}
