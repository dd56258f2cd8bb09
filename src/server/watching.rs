//! Watches the site's feed: all facts are in it, whichever server of the plant stored them.

use std::sync::Weak;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::error::ServerError;
use super::shared::News;
use super::store::{self, Store};
use super::threads;

/// How long what another server stored goes unnoticed at most.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// Tells the judge and the stations whenever the feed has grown, until nobody can wake it any more.
/// Where the database tells it what other servers stored, it looks at once.
pub(super) fn watch(
    store: Store,
    (bell, awake, wake): (SyncSender<()>, Receiver<()>, Weak<SyncSender<()>>),
    news: News,
) -> Result<JoinHandle<()>, ServerError> {
    threads::start("news", move || {
        let mut known = None;
        let mut listening = store.listen(Weak::clone(&wake)).ok();
        loop {
            let woken = match awake.recv_timeout(LOOKED_EVERY) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            // A database that does not answer now is asked again soon.
            let Ok(head) = store.site_head() else { continue };
            if !woken && listening.as_ref().is_none_or(store::pull::News::is_over) {
                listening = store.listen(Weak::clone(&wake)).ok();
            }
            if known != Some(head) {
                let Ok(spread) = store.spread() else { continue };
                known = Some(head);
                news.tell(spread);
                // A full bell was rung already; where nobody judges nobody hears it.
                bell.try_send(()).unwrap_or_default();
            }
        }
    })
}
