//! What all requests share: two connections to the store, the clock, the judge's bell.

use std::fmt;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, Semaphore, oneshot, watch};
use tokio::time::timeout;

use crate::domain::moment::Moment;
use crate::sync::protocol::{PageAnswer, PageUp};

use super::answer::Denied;
use super::error::ServerError;
use super::incoming::{self, Incoming};
use super::judging::Trouble;
use super::limits::{PAGES_WAITING_BYTES, REQUESTS_WAITING_MAX};
use super::metrics::{Metrics, Verdicts};
use super::run::Clock;
use super::store::Store;
use super::store::error::StoreError;
use super::store::pull::Spread;
use super::way::Way;

/// The bytes of waiting pages are counted in pieces of so many; a page has at least one.
const PIECE_BYTES: usize = 4 * 1_024;
const WAITING_PIECES: usize = PAGES_WAITING_BYTES / PIECE_BYTES;

/// The number of news of a server that ends.
const ENDED: u64 = u64::MAX;

/// How long a station that waits for news is kept; shorter than its read time-out.
const NEWS_HELD: Duration = Duration::from_secs(10);

/// What all requests share.
pub(super) struct Shared {
    writer: Arc<Mutex<Store>>,
    reader: Arc<Mutex<Store>>,
    incoming: SyncSender<Incoming>,
    turns: Semaphore,
    /// What is left of [`WAITING_PIECES`].
    pieces: Semaphore,
    /// Whoever makes a snapshot.
    snapshots: Arc<AsyncMutex<()>>,
    /// Pages go before the judge.
    way: Way,
    clock: Clock,
    /// Rung when there is something to judge. It holds one ring: more say nothing more.
    bell: SyncSender<()>,
    /// Wakes whoever watches the site's feed.
    wake: Arc<SyncSender<()>>,
    news: News,
    metrics: Metrics,
    trouble: Trouble,
}

/// What the stations of the plant may hear of, as it stood when the site's feed was looked at last. It is
/// a hint: who misses it pulls later.
#[derive(Debug, Clone)]
pub(super) struct News(Arc<watch::Sender<Latest>>);

/// The newest news, by a number that grows with each.
#[derive(Debug, Default)]
struct Latest {
    number: u64,
    spread: Arc<Spread>,
}

impl Default for News {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Latest::default())))
    }
}

impl News {
    pub(super) fn tell(&self, spread: Spread) {
        self.0.send_modify(|latest| {
            latest.number = latest.number.saturating_add(1);
            latest.spread = Arc::new(spread);
        });
    }

    /// Hears of news from now on.
    pub(super) fn told(&self) -> Told {
        Told(self.0.subscribe())
    }

    /// Ends every stream of news.
    pub(super) fn end(&self) {
        self.0.send_modify(|latest| latest.number = ENDED);
    }

    /// Waits until the number is another one, but not for long; tells the number then.
    pub(super) async fn after(&self, known: u64) -> u64 {
        let mut changes = self.0.subscribe();
        let another = changes.wait_for(|latest| latest.number != known);
        if let Ok(Ok(latest)) = timeout(NEWS_HELD, another).await {
            return latest.number;
        }
        self.0.borrow().number
    }
}

/// Who hears of news.
#[derive(Debug)]
pub(super) struct Told(watch::Receiver<Latest>);

impl Told {
    /// Waits for news; none once there will be none.
    pub(super) async fn changed(&mut self) -> Option<Arc<Spread>> {
        self.0.changed().await.ok()?;
        let latest = self.0.borrow_and_update();
        (latest.number != ENDED).then(|| Arc::clone(&latest.spread))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(
        (writer, reader): (Store, Store),
        clock: Clock,
        (bell, wake): (SyncSender<()>, Arc<SyncSender<()>>),
        (news, trouble, way): (News, Trouble, Way),
        verdicts: Verdicts,
    ) -> Result<Arc<Self>, ServerError> {
        let writer = Arc::new(Mutex::new(writer));
        let reader = Arc::new(Mutex::new(reader));
        let incoming = incoming::start(Arc::clone(&writer), WAITING_PIECES)?;
        let pieces = Semaphore::new(WAITING_PIECES);
        let turns = Semaphore::new(REQUESTS_WAITING_MAX);
        Ok(Arc::new(Self {
            writer,
            reader,
            incoming,
            turns,
            pieces,
            snapshots: Arc::default(),
            way,
            clock,
            bell,
            wake,
            news,
            metrics: Metrics::new(verdicts),
            trouble,
        }))
    }

    pub(super) fn now(&self) -> Moment {
        (self.clock)()
    }

    pub(super) fn news(&self) -> &News {
        &self.news
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Why the judge does not judge here, where it does not.
    pub(super) fn judge_trouble(&self) -> Option<String> {
        self.trouble.told()
    }

    /// How many requests wait for the store now.
    pub(super) fn waiting(&self) -> usize {
        REQUESTS_WAITING_MAX.saturating_sub(self.turns.available_permits())
    }

    /// How many pages wait to be stored, and about how many bytes they take of what may wait.
    pub(super) fn pages_waiting(&self) -> (usize, usize) {
        let pieces = WAITING_PIECES.saturating_sub(self.pieces.available_permits());
        (self.way.taken(), pieces * PIECE_BYTES)
    }

    /// Waits until nobody else makes a snapshot: the second one finds that of the first.
    pub(super) async fn snapshot_turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.snapshots).lock_owned().await
    }

    /// Tells the judge that there may be something to do, and the stations when there is.
    pub(super) fn ring(&self) {
        self.wake.try_send(()).unwrap_or_default();
        // A full bell was rung already; a gone judge is replaced at the next start.
        self.bell.try_send(()).unwrap_or_default();
    }

    /// Reads from the store, off the threads that serve connections.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Denied> {
        self.work(|shared| &shared.reader, work).await
    }

    /// Writes to the store; answers after the commit.
    pub(super) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Denied> {
        self.work(|shared| &shared.writer, work).await
    }

    /// Stores a page, together with those that wait as well; answers after the commit.
    pub(super) async fn ingest(&self, page: PageUp) -> Result<PageAnswer, Denied> {
        let bytes: usize = page.facts.iter().map(|fact| fact.bytes.len()).sum();
        let pieces = u32::try_from(1 + bytes / PIECE_BYTES).unwrap_or(u32::MAX);
        let _piece = self.pieces.try_acquire_many(pieces).map_err(|_| Denied::Busy)?;
        let _first = self.way.take();
        let (told, answer) = oneshot::channel();
        let incoming = Incoming { page, received: self.now().utc, told };
        self.incoming.try_send(incoming).map_err(|_| Denied::Busy)?;
        answer.await.map_err(|_| Denied::Stopping)?.map_err(Denied::from)
    }

    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        store: impl FnOnce(&Self) -> &Arc<Mutex<Store>> + Send + 'static,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Denied> {
        let _turn = self.turns.try_acquire().map_err(|_| Denied::Busy)?;
        let shared = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let store = store(&shared).lock().unwrap_or_else(PoisonError::into_inner);
            work(&store)
        });
        task.await.map_err(|_| Denied::Stopping)?.map_err(Denied::from)
    }
}
