//! Watches the site's feed: all facts are in it, whichever server of the plant stored them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::shared::News;
use super::store::Store;

/// How long what another server stored goes unnoticed at most.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// Tells the judge and the stations whenever the feed has grown, until nobody can wake it any more.
pub(super) fn watch(
    store: Store,
    (bell, awake): (SyncSender<()>, Receiver<()>),
    news: News,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut known = None;
        loop {
            match awake.recv_timeout(LOOKED_EVERY) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // A database that does not answer now is asked again soon.
            let Ok(head) = store.site_head() else { continue };
            if known != Some(head) {
                known = Some(head);
                news.tell();
                // A full bell was rung already; where nobody judges nobody hears it.
                bell.try_send(()).unwrap_or_default();
            }
        }
    })
}
