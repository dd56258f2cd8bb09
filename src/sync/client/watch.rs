//! Exchanges for as long as the process lives: on news, on own facts, and at the latest each minute.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;

use crate::sync::retry::{Stop, failed_again};

use super::Client;
use super::access::Access;
use super::error::SyncError;
use super::hints::Hints;
use super::http::Http;
use super::lock::SyncLock;

/// The longest time without an exchange: hints may get lost.
const POLL: Duration = Duration::from_mins(1);
/// How long to wait where a person has to look first.
const STOPPED: Duration = Duration::from_mins(5);

impl Client {
    /// Exchanges until the other end of `now` is gone; each message on it exchanges at once. Whoever
    /// writes to the store lets it know by `written`.
    /// Fails only where another process holds the lock. How each exchange ends is in the ledger.
    pub async fn watch(
        mut self,
        mut now: Receiver<()>,
        written: Arc<Notify>,
    ) -> Result<(), SyncError> {
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
            if !self.wait(&mut now, &written, &mut news, wait).await {
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
    async fn wait(
        &self,
        now: &mut Receiver<()>,
        written: &Notify,
        news: &mut Hints,
        wait: Wait,
    ) -> bool {
        let hint = async { if wait.hints { news.heard().await } else { pending().await } };
        let over = sleep(wait.at_most);
        tokio::pin!(hint, over);
        loop {
            // Another process of this station may have recorded something.
            if wait.hints && self.is_wanted() {
                return true;
            }
            tokio::select! {
                message = now.recv() => return message.is_some(),
                () = &mut over => return true,
                () = &mut hint => return true,
                () = written.notified(), if wait.hints => {}
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
