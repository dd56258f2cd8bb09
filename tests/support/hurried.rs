//! A clock of the runtime that runs many times as fast as the one on the wall, so that a slow line is
//! waited for in no time. What disks and threads do takes as long as ever.

use std::future::Future;
use std::thread;
use std::time::Duration;

use tokio::time::{advance, pause, resume};

/// How much of the wall's time is let pass at once.
const TICK: Duration = Duration::from_millis(1);
/// How many times as fast it runs.
const SPEED: u32 = 20;

/// Does some work by such a clock; on a runtime of one thread.
pub(crate) async fn hurried<T>(work: impl Future<Output = T>) -> T {
    pause();
    let done = tokio::select! {
        done = work => done,
        () = ticking() => panic!("the clock stopped"),
    };
    resume();
    done
}

async fn ticking() {
    loop {
        thread::sleep(TICK);
        advance(TICK * SPEED).await;
    }
}
