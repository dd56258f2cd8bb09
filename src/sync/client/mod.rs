//! The station's side of the exchange over HTTP: enrollment, one exchange, and watching for news.
//! Imports domain, ledger and the machines; owns reqwest. Network calls run on the caller's runtime,
//! the ledger on a blocking thread.
//! Invariant: what the ledger does is over before a request goes out.

pub mod access;
mod blobs;
pub mod by_file;
mod carry;
mod compare;
pub mod enroll;
pub mod error;
mod hints;
mod http;
pub mod lock;
pub mod recover;
pub mod seed;
pub mod watch;
pub mod webhook;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::domain::ids::{OrderId, RevisionId};
use crate::domain::moment::Moment;
use crate::domain::stream::Subject;
use crate::ledger::desk::SyncOutcome;
use crate::ledger::store::Ledger;
use crate::sync::protocol::{CardChange, ReceivedAnswer};
use crate::sync::retry::{Failure, Stop};

use access::Access;
use error::SyncError;
use http::Http;
use lock::SyncLock;

/// Tells the moment; sync never asks a clock itself.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What one exchange did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// Own facts that the server has now and had not.
    pub sent: u64,
    /// Facts of others that are new here.
    pub received: u64,
    /// Own facts that the server has.
    pub at_server: u64,
    /// Own facts that wait.
    pub waiting: u64,
}

/// The one who exchanges facts for a station's store.
#[derive(Clone)]
pub struct Client {
    dir: PathBuf,
    ledger: Arc<Mutex<Ledger>>,
    http: Http,
    clock: Clock,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Client {
    /// Opens the store of an enrolled station with a handle of its own.
    pub fn open(dir: &Path, clock: Clock) -> Result<Self, SyncError> {
        let access = Access::read(dir)?;
        let ledger = Ledger::open(dir)?;
        let access = access.settled(dir, &ledger.identity().ledger)?;
        let ledger = Arc::new(Mutex::new(ledger));
        Ok(Self { dir: dir.to_owned(), ledger, http: Http::new(&access)?, clock })
    }

    /// Exchanges everything once, both ways; fails where another process is at it.
    pub async fn sync_once(&self) -> Result<Exchanged, SyncError> {
        let lock = SyncLock::take(&self.dir)?;
        self.exchange(lock).await.1
    }

    /// One exchange under a lock, which is handed back.
    async fn exchange(&self, lock: SyncLock) -> (Option<SyncLock>, Result<Exchanged, SyncError>) {
        let client = self.clone();
        let runtime = Handle::current();
        let task = tokio::task::spawn_blocking(move || {
            let mut ledger = client.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            let done = client.begun(&mut ledger, &runtime).and_then(|begun| {
                let line = (&client.http, &runtime);
                let own = (client.dir.as_path(), &client.clock);
                let done = carry::Carrier::new(&mut ledger, line, own).exchange()?;
                Ok(Exchanged { received: done.received + begun, ..done })
            });
            let outcome = match &done {
                Ok(_) => SyncOutcome::Reached(client.moment(&ledger)),
                Err(SyncError::Stopped(stop @ Stop::Revoked)) => {
                    SyncOutcome::Revoked(client.moment(&ledger), stop.to_string())
                }
                Err(SyncError::Stopped(stop)) => SyncOutcome::Stopped(stop.to_string()),
                Err(error) => SyncOutcome::Failed(error.to_string()),
            };
            let noted = ledger.note_sync(&outcome).map_err(SyncError::from);
            (lock, done.and_then(|exchanged| noted.map(|()| exchanged)))
        });
        match task.await {
            Ok((lock, done)) => (Some(lock), done),
            Err(_) => (None, Err(SyncError::Ended)),
        }
    }

    /// Fetches the whole of an order, such as one that was left out when this station began; tells how
    /// many facts are new, where the server has it for this station.
    pub async fn bring_order(&self, order: &OrderId) -> Result<Option<u64>, SyncError> {
        let _lock = SyncLock::take(&self.dir)?;
        let (client, order, runtime) = (self.clone(), order.clone(), Handle::current());
        let task = tokio::task::spawn_blocking(move || {
            let mut ledger = client.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            seed::fetch_order(&mut ledger, &order, (&client.http, &runtime))
        });
        task.await.map_err(|_| SyncError::Ended)?
    }

    /// Begins a new store by a snapshot, after asking which version the server speaks.
    fn begun(&self, ledger: &mut Ledger, runtime: &Handle) -> Result<u64, SyncError> {
        if !ledger.is_untouched()? {
            return Ok(0);
        }
        runtime.block_on(self.http.time())?;
        seed::by_line(&self.dir, ledger, (&self.http, runtime))
    }

    /// This moment, by the server's clock as just measured.
    fn moment(&self, ledger: &Ledger) -> Moment {
        let now = (self.clock)();
        match ledger.server_offset() {
            Ok(Some(offset)) => offset.at(now),
            // What is wrong with the store is told by what needs it.
            Ok(None) | Err(_) => now,
        }
    }

    /// Asks the server for the time, to know whether it answers.
    pub async fn reach(&self) -> Result<(), SyncError> {
        self.http.time().await?;
        Ok(())
    }

    /// Sets a person's card at the server: a first PIN, or another one. Online only; the fact that
    /// says so is at the server before. [`Failure::Busy`] while the judge has not come to it.
    pub async fn set_card(&self, change: &CardChange) -> Result<(), Failure> {
        self.http.set_card(change).await
    }

    /// Asks which stations have what was last said of a revision.
    pub async fn received(
        &self,
        subject: &Subject,
        revision: &RevisionId,
    ) -> Result<ReceivedAnswer, Failure> {
        self.http.received(subject, revision).await
    }

    /// Whether own facts wait to be sent, or somebody asked for what was left out.
    fn is_wanted(&self) -> bool {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = ledger.waiting().is_ok_and(|waiting| waiting > 0);
        let fetching = ledger.is_fetching_whole().is_ok_and(|fetching| fetching);
        waits || fetching || ledger.is_order_wanted().is_ok_and(|wanted| wanted)
    }
}
