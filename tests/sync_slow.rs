//! A slow line: a shift's facts arrive over few bits a second, long ways and connections that drop, and
//! recording does not wait for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gemba::app::clock::Monotonic;
use gemba::domain::decide::Command;
use gemba::domain::station::StationCommand;
use gemba::sync::client::error::SyncError;

use crate::support::counts;
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::support::slow_line::{Shape, SlowLine};

/// How many facts are sent where nobody asks for more with `GEMBA_SLOW_FACTS`; an 8-hour shift has
/// some 2,000.
const FACTS: u64 = 300;
/// A bad mobile line.
const SHAPE: Shape =
    Shape { bits_a_second: 256_000, round_trip: Duration::from_millis(300), drops_one_of: 50 };

/// Exchanges until it is done, however often the line drops; tells how often it was begun.
async fn exchange(station: &StationBench) -> u32 {
    for tries in 1..500 {
        match station.client().sync_once().await {
            Ok(done) if done.waiting == 0 => return tries,
            Ok(_) | Err(SyncError::Later { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never arrives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_arrives_over_a_slow_line_and_recording_goes_on_meanwhile() {
    let facts = counts::asked("GEMBA_SLOW_FACTS").unwrap_or(FACTS);
    let bench = PlantBench::start().await;
    let line = SlowLine::to(bench.running.addr(), SHAPE).await;
    let asm = bench.enroll_at(&line.url, "ASM1", &["ASM"]).await;
    asm.beat(facts);
    let since = Monotonic::start();
    let over = AtomicBool::new(false);
    let (recorded, tries) = std::thread::scope(|scope| {
        let recording = scope.spawn(|| {
            let mut ledger = asm.ledger();
            let mut recorded: u64 = 0;
            while !over.load(Ordering::SeqCst) && recorded < facts {
                let beat = Command::Station(asm.station.clone(), StationCommand::Beat);
                ledger.transact(&acting("P-1"), &moment(10), beat).unwrap();
                recorded += 1;
            }
            recorded
        });
        let tries = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(exchange(&asm))
        });
        over.store(true, Ordering::SeqCst);
        (recording.join().unwrap(), tries)
    });
    let first_ms = since.ms();
    // Each way through the line takes longer than many recordings: none of them waited for it.
    assert!(recorded > 20, "recording waits for the line: {recorded}");
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
    counts::add("values_saved", facts + recorded);
    counts::add("values_found", facts + recorded);
    bench.running.shutdown().await;
}
