//! The way back of a store that is not the newest of its ledger: restored from a backup, or one of two
//! machines with the same disk image. First it is told how the store stands to the server; then a
//! person says which machine goes on.

use crate::domain::fact::Written;
use crate::domain::hash::Hash;
use crate::ledger::recover::{NewStation, Onto, Recovered, Witnessed};
use crate::ledger::store::{Ledger, NextKey, next_key};
use crate::sync::protocol::{EnrollAnswer, EnrollRequest, HeadAnswer, OwnAnswer, PAGE_FACTS_MAX};
use crate::sync::retry::Failure;

use super::Client;
use super::access::Access;
use super::error::SyncError;
use super::lock::SyncLock;

/// How a store stands to what the server has of its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The epoch that is written here.
    pub epoch: u32,
    /// The last fact at the server, and whether two histories met there.
    pub server: HeadAnswer,
    /// The last number up to which both have the same facts, in the epoch where they part.
    pub common: u64,
    /// That epoch.
    pub parted: u32,
    /// Facts of this ledger at the server that are not here.
    pub only_there: u64,
    /// Facts saved here, after the last common one.
    pub only_here: u64,
    /// Whether the epoch that is written here goes on from the last fact before it.
    pub goes_on: bool,
}

impl Stand {
    /// Whether the store is the newest of its ledger, so that there is nothing to do.
    pub fn is_newest(&self) -> bool {
        // What stands still is the epoch that was left here.
        let frozen = self.server.frozen && self.server.head.epoch == self.epoch;
        self.server.head.epoch <= self.epoch && self.only_there == 0 && !frozen && self.goes_on
    }
}

impl Client {
    /// Tells how the store stands to the server; changes nothing.
    pub async fn stand(&self) -> Result<Stand, SyncError> {
        let server = self.http.head().await?;
        let (epoch, runs, goes_on) = self.with_ledger(|ledger| {
            let goes_on = ledger.goes_on(server.head.epoch)?;
            Ok((ledger.head()?.epoch, ledger.own_runs()?, goes_on))
        })?;
        let (mut parted, mut common, mut alone) = (1, 0, 0);
        // An epoch that was opened here and never reached the server has nothing in common with it.
        for (known, here) in runs {
            (parted, common) = (known, self.common(known, here).await?);
            alone += here - common;
            if common > 0 {
                break;
            }
        }
        let mut there = 0;
        for known in parted..=server.head.epoch {
            there += self.http.own((known, 0), 1).await?.last.last_seq;
        }
        Ok(Stand {
            epoch,
            server,
            common,
            parted,
            only_there: there - common,
            only_here: alone,
            goes_on,
        })
    }

    /// Up to which number of an epoch both have the same facts.
    async fn common(&self, epoch: u32, here: u64) -> Result<u64, SyncError> {
        let last = self.http.own((epoch, 0), 1).await?.last;
        let mut common = 0;
        let mut beyond = here.min(last.last_seq) + 1;
        while common + 1 < beyond {
            let middle = common.midpoint(beyond);
            let there = self.id_there((epoch, middle), &last.last_id, last.last_seq).await?;
            let ours = self.with_ledger(|ledger| Ok(ledger.own_id(epoch, middle)?))?;
            if ours.is_some() && ours == there { common = middle } else { beyond = middle }
        }
        Ok(common)
    }

    /// The id that stands at the server at a number of an epoch.
    async fn id_there(
        &self,
        (epoch, seq): (u32, u64),
        last_id: &Hash,
        last_seq: u64,
    ) -> Result<Option<Hash>, SyncError> {
        if seq == last_seq {
            return Ok(Some(*last_id));
        }
        let after = self.http.own((epoch, seq), 1).await?;
        Ok(after.facts.first().map(|next| next.prev))
    }

    /// This machine goes on as the station: its facts come back, and a new epoch keeps every other
    /// machine with this store from writing.
    pub async fn take_over(&self, reason: &str) -> Result<Recovered, SyncError> {
        let _lock = SyncLock::take(&self.dir)?;
        let witnessed = self.witness().await?;
        let now = (self.clock)();
        self.with_ledger(|ledger| {
            Ok(ledger.recover(&witnessed, &Onto::NextEpoch { skip: 0 }, (reason, &now))?)
        })
    }

    /// This machine goes on as another station, with a key of its own; what was saved here alone goes
    /// with it.
    pub async fn become_new(&self, code: &str, reason: &str) -> Result<Recovered, SyncError> {
        let _lock = SyncLock::take(&self.dir)?;
        let witnessed = self.witness().await?;
        let mut secret = [0; 32];
        rand::fill(&mut secret[..]);
        let key = next_key(&self.dir, &secret)?;
        let enrolled = self.enroll_as(&key, code).await?;
        let access = Access::read(&self.dir)?;
        let onto = Onto::NewStation(Box::new(NewStation {
            key: key.secret,
            station: enrolled.station.clone(),
            site: enrolled.site.clone(),
        }));
        // It takes its place once the store is that station's, whatever happens in between.
        let access = Access { token: enrolled.token, ..access };
        access.write_for(&self.dir, &key.ledger)?;
        let now = (self.clock)();
        let done =
            self.with_ledger(|ledger| Ok(ledger.recover(&witnessed, &onto, (reason, &now))?))?;
        // Opened again, the store has the new key.
        let renewed = Ledger::open(&self.dir)?;
        self.with_ledger(|ledger| {
            *ledger = renewed;
            Ok(())
        })?;
        access.settled(&self.dir, &key.ledger)?;
        Ok(done)
    }

    async fn enroll_as(
        &self,
        key: &NextKey,
        code: &str,
    ) -> Result<crate::sync::protocol::Enrolled, SyncError> {
        let demo = self.with_ledger(|ledger| Ok(ledger.identity().demo))?;
        // Asked for the version that it speaks, as before each exchange.
        self.http.time().await?;
        let request = EnrollRequest {
            version: self.http.version(),
            code: code.to_owned(),
            ledger: key.ledger.clone(),
            public_key: Hash(key.public_key).to_string(),
            demo,
        };
        match self.http.enroll(&request).await? {
            EnrollAnswer::Enrolled(enrolled) => Ok(enrolled),
            denied @ (EnrollAnswer::CodeUnknown
            | EnrollAnswer::CodeUsed
            | EnrollAnswer::CodeExpired
            | EnrollAnswer::LedgerTaken
            | EnrollAnswer::DemoMismatch
            | EnrollAnswer::KeyUnusable) => Err(SyncError::Denied(denied)),
        }
    }

    /// What the server knows of this ledger and this store does not.
    async fn witness(&self) -> Result<Witnessed, SyncError> {
        let Stand { server, common, parted, .. } = self.stand().await?;
        let mut missing = Vec::new();
        for known in parted..=server.head.epoch {
            let after = if known == parted { common } else { 0 };
            missing.extend(self.all_after((known, after)).await?);
        }
        let epochs = (parted + 1..=server.head.epoch).collect();
        Ok(Witnessed { head: server.head, common: (parted, common), missing, epochs })
    }

    async fn all_after(&self, (epoch, mut after): (u32, u64)) -> Result<Vec<Written>, Failure> {
        let mut all = Vec::new();
        loop {
            let OwnAnswer { facts, .. } = self.http.own((epoch, after), PAGE_FACTS_MAX).await?;
            if facts.is_empty() {
                return Ok(all);
            }
            after += facts.len() as u64;
            all.extend(facts);
        }
    }

    fn with_ledger<T>(
        &self,
        work: impl FnOnce(&mut Ledger) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        let mut ledger = self.ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&mut ledger)
    }
}
