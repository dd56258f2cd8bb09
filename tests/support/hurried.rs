//! A clock of the runtime that runs many times as fast as the one on the wall, so that a slow line is
//! waited for in no time. What disks and threads do takes as long as ever. On a runtime of one thread.

use std::future::Future;
use std::thread;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, advance, interval, pause, resume};

use super::slow_line::SlowLine;

/// How much of the wall's time is let pass at once.
const TICK: Duration = Duration::from_millis(1);
/// How many times as fast it runs.
const SPEED: u32 = 20;
/// What a second takes at least of the wall's time where the clock jumps to what is waited for next.
const SECOND_TAKES: Duration = Duration::from_millis(5);

/// Does some work by such a clock.
pub(crate) async fn hurried<T>(work: impl Future<Output = T>) -> T {
    run(|| true, work).await
}

/// The same, where time goes by only while something is on a line: however long both its ends take for
/// what they do, the line takes as long as ever.
pub(crate) async fn hurried_on<T>(line: &SlowLine, work: impl Future<Output = T>) -> T {
    run(|| line.is_busy(), work).await
}

/// Stops the clock, which jumps to what is waited for next from now on; but by a second at most, and each
/// leaves what is on its way through this machine some time to come in before a wait for it is over.
pub(crate) fn jumps() {
    pause();
    drop(tokio::spawn(steady()));
}

async fn steady() {
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        thread::sleep(SECOND_TAKES);
    }
}

async fn run<T>(goes_by: impl Fn() -> bool, work: impl Future<Output = T>) -> T {
    pause();
    let done = tokio::select! {
        done = work => done,
        () = ticking(goes_by) => panic!("the clock stopped"),
    };
    resume();
    done
}

async fn ticking(goes_by: impl Fn() -> bool) {
    loop {
        thread::sleep(TICK);
        if goes_by() {
            advance(TICK * SPEED).await;
        } else {
            yield_now().await;
        }
    }
}
