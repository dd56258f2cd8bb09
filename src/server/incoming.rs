//! The one writer of pages: those that wait while one transaction commits go into the next together.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::sync::protocol::{PAGE_FACTS_MAX, PageAnswer, PageUp};

use super::error::ServerError;
use super::store::Store;
use super::store::error::StoreError;
use super::threads;

/// A page that waits, and who wants to know.
pub(super) struct Incoming {
    pub(super) page: PageUp,
    pub(super) received: Timestamp,
    pub(super) told: oneshot::Sender<Result<PageAnswer, StoreError>>,
}

/// Begins to take pages, until nobody can send one any more.
pub(super) fn start(
    store: Arc<Mutex<Store>>,
    waiting_max: usize,
) -> Result<SyncSender<Incoming>, ServerError> {
    let (send, pages) = sync_channel(waiting_max);
    threads::start("pages", move || {
        while let Some(joined) = joined(&pages) {
            let (pages, told): (Vec<_>, Vec<_>) =
                joined.into_iter().map(|one| ((one.page, one.received), one.told)).unzip();
            let store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let answers = store.ingest_all(&pages);
            drop(store);
            let count = pages.len();
            let answers = answers.unwrap_or_else(|error| vec![Err(error); count]);
            for (told, answer) in told.into_iter().zip(answers) {
                // Who does not wait any more asks again.
                told.send(answer).unwrap_or_default();
            }
        }
    })?;
    Ok(send)
}

/// What waits now, up to as many facts as one page may have. Nobody is waited for: a page that
/// comes alone is stored at once, and many come while one commit lasts.
fn joined(pages: &Receiver<Incoming>) -> Option<Vec<Incoming>> {
    let first = pages.recv().ok()?;
    let mut facts = first.page.facts.len();
    let mut joined = vec![first];
    while facts < PAGE_FACTS_MAX
        && let Ok(next) = pages.try_recv()
    {
        facts += next.page.facts.len();
        joined.push(next);
    }
    Some(joined)
}
