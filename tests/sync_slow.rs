//! A slow line: a shift's facts arrive over few bits a second, long ways and connections that drop, and
//! recording does not wait for it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gemba::app::clock::Monotonic;
use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::station::StationCommand;
use gemba::sync::client::access::Access;
use gemba::sync::client::error::SyncError;
use gemba::sync::protocol::{PAGE_BYTES_MAX, PAGE_BYTES_MIN};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::block_in_place;

use crate::support::counts;
use crate::support::front::{self, Front, Says};
use crate::support::hurried::hurried_on;
use crate::support::plant::{PlantBench, StationBench, acting, moment, settle};
use crate::support::read_back::{of_kind, sent_by};
use crate::support::slow_line::{Shape, SlowLine};

/// How many facts are sent where nobody asks for more with `GEMBA_SLOW_FACTS`; an 8-hour shift has
/// some 2,000.
const FACTS: u64 = 300;
/// A bad mobile line.
const SHAPE: Shape =
    Shape { bits_a_second: 256_000, round_trip: Duration::from_millis(300), drops_one_of: 50 };

/// A line over which no page of five hundred facts comes in the time that an answer may take: their
/// hashes alone are more.
const THIN: Shape =
    Shape { bits_a_second: 6_000, round_trip: Duration::from_millis(10), drops_one_of: u64::MAX };
/// What takes longer over [`SHAPE`] than any answer may, and has more than one part.
const PICTURE_BYTES: usize = 600 * 1024;

/// Submits an instruction whose compiled form has so many bytes; tells its hash.
pub(crate) fn submits(station: &StationBench, bytes: usize) -> Hash {
    submits_as(station, "WI-1", bytes)
}

fn submits_as(station: &StationBench, instruction: &str, bytes: usize) -> Hash {
    let mut ledger = station.ledger();
    let hash = ledger.put_blob(&vec![b'x'; bytes]).unwrap();
    let submit = RevisionCommand::Submit {
        revision: "A".parse().unwrap(),
        hash,
        blobs: Vec::new(),
        title: "Fit the cover".to_owned(),
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    };
    let command = Command::Instruction(instruction.parse().unwrap(), submit);
    ledger.transact(&acting("P-1"), &moment(3), command).unwrap();
    hash
}

/// Exchanges until it is done, however often the line drops; tells how often it was begun.
async fn exchange(station: &StationBench) -> u32 {
    exchange_within(station, 500).await
}

async fn exchange_within(station: &StationBench, most: u32) -> u32 {
    for tries in 1..most {
        match station.client().sync_once().await {
            Ok(done) if done.waiting == 0 => return tries,
            Ok(_) | Err(SyncError::Later { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never arrives");
}

/// The answer to the first page of facts waits until so many more are recorded.
const MEANWHILE: u64 = 10;
const PAGES: &str = "POST /v1/pages";

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_arrives_over_a_slow_line_and_recording_goes_on_meanwhile() {
    let facts = counts::asked("GEMBA_SLOW_FACTS").unwrap_or(FACTS);
    let bench = PlantBench::start().await;
    let goes_on = Arc::new(Notify::new());
    let first = Mutex::new(Some(Arc::clone(&goes_on)));
    let front = Front::of(bench.running.url(), move |asked| {
        let waits = if asked.is(PAGES) { first.lock().unwrap().take() } else { None };
        waits.map_or(Says::GoOn, Says::Once)
    });
    let front = front.await;
    let there = front.url.strip_prefix("http://").unwrap().parse().unwrap();
    let line = SlowLine::to(there, SHAPE).await;
    let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
    asm.beat(facts);
    let since = Monotonic::start();
    let (over, runtime) = (AtomicBool::new(false), Handle::current());
    let (recorded, tries) = std::thread::scope(|scope| {
        let recording = scope.spawn(|| {
            runtime.block_on(front.heard(PAGES, 1));
            let mut ledger = asm.ledger();
            let mut recorded: u64 = 0;
            while !over.load(Ordering::SeqCst) && recorded < facts {
                let beat = Command::Station(asm.station.clone(), StationCommand::Beat);
                ledger.transact(&acting("P-1"), &moment(10), beat).unwrap();
                recorded += 1;
                if recorded == MEANWHILE {
                    // A station that was given no answer in time has hung up, and nobody waits here.
                    assert_eq!(Arc::strong_count(&goes_on), 2, "recording waits for the line");
                    goes_on.notify_one();
                }
            }
            recorded
        });
        let tries = block_in_place(|| runtime.block_on(exchange(&asm)));
        over.store(true, Ordering::SeqCst);
        (recording.join().unwrap(), tries)
    });
    let first_ms = since.ms();
    assert!(recorded >= MEANWHILE, "recording waits for the line: {recorded}");
    exchange(&asm).await;
    let (bytes, drops) = line.carried();
    println!(
        "{facts} facts and {recorded} more over {SHAPE:?}: {first_ms} ms, {tries} exchanges begun, \
         {bytes} bytes, {drops} connections dropped"
    );
    let ledger = asm.ledger();
    let own = ledger.head().unwrap();
    let there = bench.office().store().head(&ledger.identity().ledger).unwrap().head;
    assert_eq!(there, own);
    assert!(own.last_seq >= facts + recorded);
    let found = of_kind(&sent_by(&asm.dir, &bench.dir_of("server")), "Heartbeat");
    counts::add("values_saved", facts + recorded);
    counts::add("values_found", found);
    counts::add("slow_line_facts", found);
    counts::add("slow_line_ms", first_ms);
    counts::add("slow_line_drops", drops);
    bench.running.shutdown().await;
}

#[tokio::test]
async fn a_picture_that_takes_longer_than_an_answer_may_arrives_in_parts_and_so_does_what_follows()
{
    let bench = PlantBench::start().await;
    let shape = Shape { drops_one_of: 400, ..SHAPE };
    let line = SlowLine::to(bench.running.addr(), shape).await;
    hurried_on(&line, async {
        let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
        exchange_within(&asm, 40).await;
        let hash = submits(&asm, PICTURE_BYTES);
        asm.beat(1);
        exchange_within(&asm, 40).await;
        let (office, own) = (bench.office(), asm.ledger().head().unwrap());
        assert_eq!(office.store().blob_size(&hash).unwrap(), Some(PICTURE_BYTES as u64));
        let ledger = asm.ledger().identity().ledger.clone();
        assert_eq!(office.store().head(&ledger).unwrap().head, own);
    })
    .await;
    bench.running.shutdown().await;
}

#[tokio::test]
async fn pages_get_smaller_until_they_come_through_and_the_next_process_knows_it() {
    let bench = PlantBench::start().await;
    let line = SlowLine::to(bench.running.addr(), THIN).await;
    hurried_on(&line, async {
        let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
        exchange_within(&asm, 40).await;
        asm.beat(501);
        // Each exchange is another client, as after another start.
        asm.client().sync_once().await.unwrap_err();
        let kept = asm.ledger().setting("sync.page_bytes_up").unwrap().unwrap();
        assert!(kept.parse::<usize>().unwrap() < PAGE_BYTES_MAX, "{kept}");
        exchange_within(&asm, 40).await;
        let (ledger, own) = (asm.ledger().identity().ledger.clone(), asm.ledger().head().unwrap());
        assert_eq!(bench.office().store().head(&ledger).unwrap().head, own);
    })
    .await;
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_picture_before_the_line_broke_is_not_sent_again() {
    let bench = PlantBench::start().await;
    let front = Front::of(bench.running.url(), |asked| {
        let second = format!("bytes {PAGE_BYTES_MAX}-");
        let range = asked.headers.get("content-range").map(|range| range.to_str().unwrap());
        // As where the server is taken away after the first part.
        let is_lost = range.is_some_and(|range| range.starts_with(&second));
        if is_lost { Says::This(front::status(503)) } else { Says::GoOn }
    });
    let front = front.await;
    let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let hash = submits(&asm, PICTURE_BYTES);
    asm.client().sync_once().await.unwrap_err();
    assert_eq!(bench.office().store().blob_size(&hash).unwrap(), None);
    let good = Front::of(bench.running.url(), |_| Says::GoOn).await;
    let access = Access::read(&asm.dir).unwrap();
    Access { url: good.url.clone(), ..access }.write(&asm.dir).unwrap();
    assert_eq!(asm.client().sync_once().await.unwrap().waiting, 0);
    assert_eq!(bench.office().store().blob_size(&hash).unwrap(), Some(PICTURE_BYTES as u64));
    let sent: usize = good.asked("PUT /v1/blobs/").iter().map(|asked| asked.body.len()).sum();
    assert_eq!(sent, PICTURE_BYTES - PAGE_BYTES_MAX, "the first part was there");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_picture_on_its_way_down_is_not_fetched_again() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let hash = submits(&asm, PICTURE_BYTES);
    settle(&bench, &[&asm]).await;

    let part = bench.dir_of("INC1").join(format!("{hash}.part"));
    let waits = part.clone();
    let front = Front::of(bench.running.url(), move |asked| {
        if asked.is("GET /v1/blobs/") && asked.headers.get("range").is_none() {
            return Says::BreaksOnce(waits.clone());
        }
        Says::GoOn
    });
    let front = front.await;
    let inc = bench.enroll_at(&front.url, "INC1", &["INC"]).await;
    inc.client().sync_once().await.unwrap_err();
    assert_eq!(inc.ledger().blob(&hash).unwrap(), None);
    let came = fs::metadata(&part).unwrap().len();
    inc.client().sync_once().await.unwrap();
    assert_eq!(inc.ledger().blob(&hash).unwrap().map(|blob| blob.len()), Some(PICTURE_BYTES));
    let asked = front.asked("GET /v1/blobs/");
    let ranges: Vec<_> = asked.iter().map(|asked| asked.headers.get("range")).collect();
    assert_eq!(ranges.len(), 2);
    assert_eq!(ranges[1].unwrap(), &format!("bytes={came}-"));
    assert!(!part.exists());

    // One that was torn, as by a loss of power, is no harm: the whole comes.
    let other = bench.enroll("INC2", &["INC"]).await;
    fs::write(other.dir.join(format!("{hash}.part")), "torn").unwrap();
    other.client().sync_once().await.unwrap();
    assert_eq!(other.ledger().blob(&hash).unwrap().map(|blob| blob.len()), Some(PICTURE_BYTES));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_the_disk_spoiled_stops_the_way_up_and_is_named_and_the_way_down_goes_on() {
    let bench = PlantBench::start().await;
    let (asm, inc) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("INC1", &["INC"]).await);
    settle(&bench, &[&asm, &inc]).await;
    let spoiled = submits(&asm, PICTURE_BYTES);
    let store = rusqlite::Connection::open(asm.dir.join("station.db")).unwrap();
    let sql = "UPDATE blob SET bytes = zeroblob(length(bytes)) WHERE hash = ?1";
    assert_eq!(store.execute(sql, [spoiled.0.as_slice()]).unwrap(), 1);
    drop(store);
    let good = submits_as(&inc, "WI-2", 100);
    settle(&bench, &[&inc]).await;
    let told = asm.client().sync_once().await.unwrap_err().to_string();
    assert!(told.contains("the store is damaged") && told.contains(&spoiled.to_string()), "{told}");
    assert_eq!(bench.office().store().blob_size(&spoiled).unwrap(), None);
    assert!(asm.ledger().blob(&good).unwrap().is_some());
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_whole_to_a_server_that_takes_no_parts() {
    let bench = PlantBench::start().await;
    let front = Front::of(bench.running.url(), |asked| {
        // To such a server a part is a blob with the wrong bytes.
        let is_part = asked.headers.contains_key("content-range");
        if is_part { Says::This(front::status(400)) } else { Says::GoOn }
    });
    let front = front.await;
    let asm = bench.enroll_at(&front.url, "ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    let hash = submits(&asm, PICTURE_BYTES);
    assert_eq!(asm.client().sync_once().await.unwrap().waiting, 0);
    assert_eq!(bench.office().store().blob_size(&hash).unwrap(), Some(PICTURE_BYTES as u64));
    let sent = front.asked("PUT /v1/blobs/");
    let sizes: Vec<_> = sent.iter().map(|asked| asked.body.len()).collect();
    assert_eq!(sizes, [0, PICTURE_BYTES]);
    bench.running.shutdown().await;
}

#[tokio::test]
async fn a_part_that_no_station_would_send_so_small_is_not_taken() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let whole = vec![b'x'; PAGE_BYTES_MIN + 1];
    let hash = Hash::of(&[&whole]);
    let (url, token) = (bench.running.url(), Access::read(&asm.dir).unwrap().token);
    let takes = async |range: std::ops::RangeInclusive<usize>| {
        let which = format!("bytes {}-{}/{}", range.start(), range.end(), whole.len());
        let put = reqwest::Client::new().put(format!("{url}/v1/blobs/{hash}")).bearer_auth(&token);
        let put = put.header("content-range", which).body(whole[range].to_vec());
        put.send().await.unwrap().status().as_u16()
    };
    assert_eq!(takes(0..=0).await, 400);
    assert_eq!(takes(0..=PAGE_BYTES_MIN - 1).await, 200);
    assert_eq!(takes(PAGE_BYTES_MIN..=PAGE_BYTES_MIN).await, 200, "the last one");
    let size = bench.office().store().blob_size(&hash).unwrap();
    assert_eq!(size, Some(whole.len() as u64));
    bench.running.shutdown().await;
}
