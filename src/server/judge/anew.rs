//! What the judge does after the server was restored, or where its own ledger is not the newest: it
//! takes back what the store has of it, gives the store what only it has, and goes on in a new epoch.

use crate::domain::fact::Written;
use crate::domain::feeds::{Cursor, Feed};
use crate::domain::ids::LedgerId;
use crate::domain::moment::Moment;
use crate::ledger::recover::{Onto, Witnessed};
use crate::ledger::store::Ledger;
use crate::server::store::Store;
use crate::sync::protocol::{KnownFact, Offered, PullAnswer, PullRequest};

use super::known::Known;
use super::pasts::Streams;
use super::work::Texts;
use super::{Judge, JudgeError, LOOKED, carry};

/// Where the judge remembers which epoch of the feeds it looks at.
const FEED_EPOCH: &str = "judge.feed_epoch";

/// How many epochs the judge may skip: two lives of one server must not write the same.
const SKIP_MAX: u32 = 1 << 16;

/// The most facts that are compared or handed over at once.
const CHUNK_FACTS: usize = 500;

/// Hands the store every fact that only the judge's ledger has; tells how many.
pub(super) fn hand_back(store: &Store, ledger: &Ledger, now: &Moment) -> Result<usize, JudgeError> {
    let (mut after, mut handed) = (0, 0);
    loop {
        let (facts, last) = ledger.of_others(after, CHUNK_FACTS)?;
        if facts.is_empty() {
            return Ok(handed);
        }
        after = last;
        let known: Vec<KnownFact> =
            facts.into_iter().map(|(at, id)| KnownFact { at, id }).collect();
        let mut offers = Vec::new();
        for at in store.missing(&known)? {
            if let Some((written, seal)) = ledger.sealed(&at)? {
                offers.push(Offered { written, seal });
            }
        }
        handed += store.take_offers(&offers, (now.utc, true))?;
    }
}

/// What the store has of an epoch after a number, up to the first gap, and whether that is all: of
/// another life of the server stations may have offered parts.
fn store_after(
    store: &Store,
    ledger: &LedgerId,
    (epoch, mut after): (u32, u64),
) -> Result<(Vec<Written>, bool), JudgeError> {
    let mut facts: Vec<Written> = Vec::new();
    loop {
        let next = store.own(ledger, (epoch, after), CHUNK_FACTS)?.facts;
        if next.is_empty() {
            return Ok((facts, true));
        }
        after += next.len() as u64;
        for written in next {
            if facts.last().is_some_and(|last| last.id() != written.prev) {
                return Ok((facts, false));
            }
            facts.push(written);
        }
    }
}

/// Brings the judge's ledger to what the store has of it, and opens the epoch after it.
pub(super) fn bring_back(
    store: &Store,
    ledger: &mut Ledger,
    (reason, now): (&str, &Moment),
) -> Result<(), JudgeError> {
    let own = ledger.identity().clone();
    let head = store.head(&own.ledger)?.head;
    let common = common(store, ledger)?;
    let mut missing = store_after(store, &own.ledger, common)?.0;
    let mut epochs = Vec::new();
    for epoch in store.epochs_of(&own.ledger)?.into_iter().filter(|epoch| *epoch > common.0) {
        let (facts, whole) = store_after(store, &own.ledger, (epoch, 0))?;
        missing.extend(facts);
        if whole {
            epochs.push(epoch);
        }
    }
    let witnessed = Witnessed { head, common, missing, epochs };
    ledger.recover(
        &witnessed,
        &Onto::NextEpoch { skip: rand::random_range(0..SKIP_MAX) },
        (reason, now),
    )?;
    Ok(())
}

/// The epoch and the number in it up to which store and ledger have the same facts. An epoch that was
/// opened here and never handed in has none.
fn common(store: &Store, ledger: &Ledger) -> Result<(u32, u64), JudgeError> {
    for (epoch, last) in ledger.own_runs()? {
        let (mut common, mut beyond) = (0, last + 1);
        while common + 1 < beyond {
            let middle = common.midpoint(beyond);
            let there = store.id_of(&ledger.identity().ledger, (epoch, middle))?;
            let same = there.is_some() && there == ledger.own_id(epoch, middle)?;
            if same { common = middle } else { beyond = middle }
        }
        if common > 0 {
            return Ok((epoch, common));
        }
    }
    Ok((1, 0))
}

impl Judge {
    /// Begins in an epoch of its own at each start, and anew where the server was restored since the
    /// judge looked last: the order of the feeds is another one, and stations have facts of this ledger
    /// that the server has no more.
    pub(super) fn renew(&mut self, now: &Moment) -> Result<(), JudgeError> {
        let starts = !self.begun;
        if starts && is_ahead(&self.store, &self.ledger)? {
            self.store.open_feeds_anew(self.store.feed_epoch()?)?;
        }
        let epoch = self.store.feed_epoch()?.to_string();
        let noted = self.ledger.setting(FEED_EPOCH)?;
        let restored = noted.as_ref().is_some_and(|noted| *noted != epoch);
        if starts || restored {
            // What this disk has newer than the store goes back first.
            carry::exchange_or_renew(&self.store, &mut self.ledger, now)?;
            if restored {
                hand_back(&self.store, &self.ledger, now)?;
            }
            let why = if restored { "the server was restored" } else { "the server was started" };
            bring_back(&self.store, &mut self.ledger, (why, now))?;
        }
        if restored {
            self.known = Known::default();
            self.texts = Texts::default();
            self.streams = Streams::default();
            self.looked = 0;
            self.ledger.put_setting(LOOKED, "0")?;
        }
        self.begun = true;
        Ok(self.ledger.put_setting(FEED_EPOCH, &epoch)?)
    }
}

/// Whether the judge's ledger has of the site's feed what the store has no more, or otherwise.
fn is_ahead(store: &Store, ledger: &Ledger) -> Result<bool, JudgeError> {
    let site = Feed::Site(store.plant().site.clone());
    let Some(cursor) = ledger.cursors()?.into_iter().find(|c| c.feed == site.to_string()) else {
        return Ok(false);
    };
    let Cursor { feed, epoch, position: after, rolling } = cursor;
    if after == 0 || epoch != store.feed_epoch()? {
        return Ok(false);
    }
    let (bytes_max, has, up_to) = (1, None, None);
    let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
    let answer = store.pull(&[site], &request)?;
    Ok(matches!(answer, PullAnswer::EpochChanged { .. } | PullAnswer::Diverged))
}
