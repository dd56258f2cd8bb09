//! Drives the judge, while this server is the one that judges.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::domain::ids::StationId;
use crate::ledger::file_lock::FileLock;
use crate::ledger::store::{Founding, Ledger};

use super::error::ServerError;
use super::home::Home;
use super::judge::Judge;
use super::metrics::Verdicts;
use super::office::SERVER_STATION;
use super::run::Clock;
use super::store::Store;
use super::store::database::Database;
use super::store::lease::{Holder, Lease, RENEWED_EVERY};
use super::threads;
use super::way::Way;

/// After how many renewals the judge looks without being told; what a lost hint costs.
const IDLE_RENEWALS: u32 = 6;
/// How long the judge waits after a failure.
const RETRY: Duration = Duration::from_secs(2);

/// Why a server does not judge that is well.
pub(super) const ELSEWHERE: &str = "another server judges";

/// The file within the judge's folder that is locked while somebody judges.
const LOCK: &str = "judging.lock";

/// Why the judge cannot go on, where it cannot.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<String>>>);

impl Trouble {
    pub(super) fn told(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, why: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

/// A server that can judge.
pub(super) struct Judging {
    home: Home,
    /// For the lease only: the judge itself has a store that is fenced.
    store: Store,
    holder: Holder,
    judge: Option<Judge>,
    /// Whether it has begun an epoch since it has the lease.
    begun: bool,
    /// Held as long as this server may judge by a store in a file.
    lock: Option<FileLock>,
    clock: Clock,
    trouble: Trouble,
    way: Way,
    verdicts: Verdicts,
}

impl Judging {
    /// Opens the judge, with its ledger in this server's folder. Where that is not there, it is made
    /// anew with the key that the store keeps, and comes back from the store.
    pub(super) fn begin(
        home: &Home,
        clock: &Clock,
        trouble: &Trouble,
    ) -> Result<Option<Self>, ServerError> {
        let store = home.open()?;
        if let Database::Postgres(_) = home.database
            && !home.judge_dir().exists()
        {
            let Some(key) = store.judge_key()? else {
                let dir = home.judge_dir();
                trouble.tell(Some(format!("no judge's ledger in {}", dir.display())));
                return Ok(None);
            };
            let station = StationId::parse(SERVER_STATION)
                .map_err(|error| ServerError::Random(error.to_string()))?;
            let founding = Founding { station, demo: store.plant().demo, key };
            Ledger::create(&home.judge_dir(), founding)?;
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| ServerError::Random(error.to_string()))?;
        let (home, clock, trouble) = (home.clone(), Arc::clone(clock), trouble.clone());
        let (holder, way) = (Holder::new(random), Way::default());
        let mut judging = Self {
            home,
            store,
            holder,
            judge: None,
            begun: false,
            lock: None,
            clock,
            trouble,
            way,
            verdicts: Verdicts::default(),
        };
        judging.lead()?;
        Ok(Some(judging))
    }

    /// The same, which gives way to who stores.
    pub(super) fn giving(self, way: Way) -> Self {
        Self { way, ..self }
    }

    /// The same, which counts what it comes to.
    pub(super) fn counting(self, verdicts: Verdicts) -> Self {
        Self { verdicts, ..self }
    }

    /// Judges what there is, where nobody else does; tells whether it did.
    pub(super) fn once(mut self) -> Result<bool, ServerError> {
        let told = self.round(true);
        self.store.end_judge_lease(&self.holder).unwrap_or_default();
        Ok(told?.is_none())
    }

    /// Judges until nobody can ring any more.
    pub(super) fn go_on(mut self, rung: Receiver<()>) -> Result<JoinHandle<()>, ServerError> {
        threads::start("judge", move || {
            let (mut wait, mut renewals) = (RENEWED_EVERY, 0);
            loop {
                let told = match rung.recv_timeout(wait) {
                    Ok(()) => true,
                    Err(RecvTimeoutError::Timeout) => false,
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                // A failure is looked after at once, and a hint that got lost in a while.
                let look = told || wait == RETRY || renewals >= IDLE_RENEWALS;
                renewals = if look { 0 } else { renewals + 1 };
                let failed = self.round(look).unwrap_or_else(|error| Some(error.to_string()));
                wait = if failed.is_some() { RETRY } else { RENEWED_EVERY };
                self.trouble.tell(failed);
            }
            // Where it cannot be given back it runs out.
            self.store.end_judge_lease(&self.holder).unwrap_or_default();
        })
    }

    /// Holds the lease, and judges where it has it and should look; tells why it does not.
    fn round(&mut self, look: bool) -> Result<Option<String>, ServerError> {
        let (stood, now) = (self.judge.is_some(), (self.clock)());
        let Some(judge) = self.lead()? else {
            return Ok(Some(ELSEWHERE.to_owned()));
        };
        if !look && stood {
            return Ok(None);
        }
        let judged = judge.run(&now);
        // An epoch that was begun is gone on with, whatever failed since: else each try opens one.
        self.begun = judge.has_begun();
        if judged.is_err() {
            // What it knows may be half of something; it is read anew.
            self.judge = None;
        }
        self.verdicts.note(&judged?);
        Ok(None)
    }

    /// Whether nobody else can have the lease whatever it says: a store in a file is used on one
    /// machine, and who has the lock of its judge is alone. None where another one has the lock.
    fn is_alone(&mut self) -> Option<bool> {
        let Database::File(_) = self.home.database else { return Some(false) };
        if self.lock.is_none() {
            // Where there is no folder to lock, opening the judge says why.
            let Ok(taken) = FileLock::take(&self.home.judge_dir().join(LOCK)) else {
                return Some(false);
            };
            self.lock = Some(taken?);
        }
        Some(true)
    }

    /// The judge, where this server has the lease.
    fn lead(&mut self) -> Result<Option<&mut Judge>, ServerError> {
        let Some(alone) = self.is_alone() else { return Ok(None) };
        let lease = self.store.judge_lease(&self.holder, alone)?;
        if lease != Lease::Kept {
            // What it knew may be old: another one may have judged meanwhile.
            (self.judge, self.begun) = (None, false);
        }
        if lease == Lease::Elsewhere {
            return Ok(None);
        }
        let judge = if let Some(judge) = self.judge.take() {
            judge
        } else {
            let store = self.home.open()?.fenced(&self.holder);
            let judge =
                Judge::open(&self.home.judge_dir(), store)?.going_on(self.begun).giving(&self.way);
            if let Some(secret) = judge.secret()
                && self.store.judge_key()?.is_none()
            {
                self.store.keep_judge_key(&secret)?;
            }
            judge
        };
        Ok(Some(self.judge.insert(judge)))
    }
}
