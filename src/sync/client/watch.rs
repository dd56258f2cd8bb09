//! Exchanges for as long as the process lives: on news, on own facts, and at the latest each minute.

use std::future::pending;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{interval, sleep};

use crate::sync::retry::{Stop, failed_again};

use super::Client;
use super::access::Access;
use super::error::SyncError;
use super::hints::Hints;
use super::http::Http;
use super::lock::SyncLock;

/// The longest time without an exchange: hints may get lost.
const POLL: Duration = Duration::from_mins(1);
/// How often own facts of other processes are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait where a person has to look first.
const STOPPED: Duration = Duration::from_mins(5);

impl Client {
    /// Exchanges until the other end of `now` is gone; each message on it exchanges at once.
    /// Fails only where another process holds the lock. How each exchange ends is in the ledger.
    pub async fn watch(mut self, mut now: Receiver<()>) -> Result<(), SyncError> {
        let mut lock = Some(SyncLock::take(&self.dir)?);
        let mut news = Hints::new(&self.http);
        let mut failures = 0;
        loop {
            let held = match lock.take() {
                Some(held) => held,
                None => SyncLock::take(&self.dir)?,
            };
            let (held, done) = self.exchange(held).await;
            lock = held;
            let wait = match done {
                Ok(_) => {
                    failures = 0;
                    Wait { at_most: POLL, hints: true }
                }
                Err(SyncError::Later { failure, mut pause }) => {
                    failures = failed_again(failures, &failure);
                    pause.failures = failures;
                    Wait { at_most: pause.duration(rand::random()), hints: false }
                }
                Err(SyncError::Stopped(Stop::NotAccepted(_) | Stop::Revoked))
                    if self.is_enrolled_anew() =>
                {
                    news = Hints::new(&self.http);
                    continue;
                }
                Err(_) => Wait { at_most: STOPPED, hints: false },
            };
            if !self.wait(&mut now, &mut news, wait).await {
                return Ok(());
            }
        }
    }

    /// Whether somebody enrolled this station again since it began to exchange; the new token counts
    /// from now on. There is no other way to get one.
    fn is_enrolled_anew(&mut self) -> bool {
        let Ok(access) = Access::read(&self.dir) else { return false };
        if access == *self.http.access() {
            return false;
        }
        let Ok(http) = Http::new(&access) else { return false };
        self.http = http;
        true
    }

    /// Waits for a reason to exchange; false when nobody wants exchanges any more.
    async fn wait(&self, now: &mut Receiver<()>, news: &mut Hints, wait: Wait) -> bool {
        let hint = async { if wait.hints { news.heard().await } else { pending().await } };
        let over = sleep(wait.at_most);
        tokio::pin!(hint, over);
        let mut look = interval(LOOK);
        loop {
            tokio::select! {
                message = now.recv() => return message.is_some(),
                () = &mut over => return true,
                () = &mut hint => return true,
                _ = look.tick(), if wait.hints => {
                    // Another process of this station may have recorded something.
                    if self.is_wanted() {
                        return true;
                    }
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    at_most: Duration,
    /// Whether hints count: after a failure only the pause, or a person, does.
    hints: bool,
}
