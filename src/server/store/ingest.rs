//! Takes pages of stations' facts: identity first, then everything else, in one transaction.
//!
//! A page is believed only where its chain leads to a head that the station sealed. What comes
//! twice is a success; another fact under a known number is a fork, which freezes the epoch.

use jiff::Timestamp;

use crate::domain::fact::{Fact, LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::kinds::FactBody;
use crate::domain::station::StationFact;
use crate::server::seals;
use crate::sync::protocol::{
    HeadAnswer, PAGE_BYTES_MAX, PAGE_FACTS_MAX, PageAnswer, PageOutcome, PageUp,
};

use super::Store;
use super::error::StoreError;
use super::routing::Routing;
use super::stations;
use super::tables::Tables;
use super::tx::{FactKey, FactRow, Tx};

/// Where a page stands against what is stored.
enum Standing {
    /// Its facts after the first `known` are new.
    Follows { known: usize },
    /// It is answered without storing anything.
    Answered(PageOutcome),
    /// It contradicts what is stored from this number on.
    Forks { seq: u64 },
}

impl Store {
    /// How far a ledger is stored.
    pub fn head(&self, ledger: &LedgerId) -> Result<HeadAnswer, StoreError> {
        let row = self.read(|tx| tx.newest_epoch(ledger))?;
        let none = LedgerHead { epoch: 1, last_seq: 0, last_id: Hash::ZERO };
        Ok(row.map_or(HeadAnswer { head: none, frozen: false }, |row| HeadAnswer {
            head: row.head,
            frozen: row.frozen,
        }))
    }

    /// Stores the longest valid run of a page and says why it stopped. The answer holds only after
    /// the commit that this call makes.
    pub fn ingest(&self, page: &PageUp, received: Timestamp) -> Result<PageAnswer, StoreError> {
        self.write(|tx| self.take(tx, page, received))
    }

    /// Stores several pages in one transaction, each as if it came alone. The answers hold only
    /// after the commit that this call makes.
    pub fn ingest_all(
        &self,
        pages: &[(PageUp, Timestamp)],
    ) -> Result<Vec<Result<PageAnswer, StoreError>>, StoreError> {
        self.write(|tx| {
            let part =
                |(page, received): &(PageUp, Timestamp)| tx.part(|| self.take(tx, page, *received));
            pages.iter().map(part).collect()
        })
    }

    fn take(
        &self,
        tx: &Tx<'_>,
        page: &PageUp,
        received: Timestamp,
    ) -> Result<PageAnswer, StoreError> {
        let row = tx.newest_epoch(&page.ledger)?;
        let first = LedgerHead { epoch: page.epoch, last_seq: 0, last_id: Hash::ZERO };
        let (head, frozen) = row.map_or((first, false), |row| (row.head, row.frozen));
        if let Some(outcome) = unbelievable(tx, page)? {
            return Ok(PageAnswer { head, outcome });
        }
        if frozen && head.epoch == page.epoch {
            let outcome = PageOutcome::Fork { seq: page.from };
            return Ok(PageAnswer { head, outcome });
        }
        match standing(tx, page, &head)? {
            Standing::Answered(outcome) => Ok(PageAnswer { head, outcome }),
            Standing::Forks { seq } => {
                let outcome = Self::quarantine(tx, page, (seq, received))?;
                Ok(PageAnswer { head, outcome })
            }
            Standing::Follows { known } => self.append(tx, page, known, received),
        }
    }

    /// Keeps a page that contradicts what is stored, and freezes its epoch.
    fn quarantine(
        tx: &Tx<'_>,
        page: &PageUp,
        (seq, received): (u64, Timestamp),
    ) -> Result<PageOutcome, StoreError> {
        let at = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq };
        let text = serde_json::to_string(page)
            .map_err(|error| StoreError::Failed { what: error.to_string() })?;
        tx.quarantine(&at, &received.to_string(), &text)?;
        Ok(PageOutcome::Fork { seq })
    }

    fn append(
        &self,
        tx: &Tx<'_>,
        page: &PageUp,
        known: usize,
        received: Timestamp,
    ) -> Result<PageAnswer, StoreError> {
        let mut routing = Routing::new(tx, &self.plant);
        let received_utc = received.to_string();
        let mut tables = Tables::new(tx, &received_utc);
        let first = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq: page.from };
        let stored = tx.ids_from(&first, page.facts.len() as u64)?;
        let mut outcome = PageOutcome::Stored;
        let mut head = None;
        for (at, written) in (page.from..).zip(&page.facts).skip(known) {
            let at = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq: at };
            let fact = match acceptable(&at, written) {
                Ok(fact) => fact,
                Err(why) => {
                    outcome = PageOutcome::Refused { seq: at.seq, why };
                    break;
                }
            };
            let key = FactKey { at, id: written.id() };
            // Somebody may have offered it back to a restored server.
            match stored.get(&key.at.seq) {
                Some(known) if *known == key.id => {
                    head = Some(key);
                    continue;
                }
                Some(_) => {
                    outcome = Self::quarantine(tx, page, (key.at.seq, received))?;
                    break;
                }
                None => {}
            }
            let (subject, kind) = (fact.subject.to_string(), fact.body.kind());
            tx.insert_fact(&FactRow {
                key: &key,
                written,
                kind,
                subject: &subject,
                received_utc: &received_utc,
            })?;
            routing.route(&fact, &key)?;
            tables.fill(&fact)?;
            head = Some(key);
        }
        routing.finish()?;
        tables.finish()?;
        let reached = head.map(|FactKey { at, id }| LedgerHead {
            epoch: page.epoch,
            last_seq: at.seq,
            last_id: id,
        });
        if let Some(reached) = &reached {
            tx.set_head(&page.ledger, reached)?;
        }
        if outcome == PageOutcome::Stored {
            tx.insert_seal(&page.seal)?;
            page.seals.iter().try_for_each(|seal| tx.insert_seal(seal))?;
        }
        if let Some(head) = reached {
            return Ok(PageAnswer { head, outcome });
        }
        let row = tx.newest_epoch(&page.ledger)?;
        let none = LedgerHead { epoch: page.epoch, last_seq: 0, last_id: Hash::ZERO };
        Ok(PageAnswer { head: row.map_or(none, |row| row.head), outcome })
    }
}

/// Whether nothing of the page can be believed: too large, or no chain to a genuine seal.
fn unbelievable(tx: &Tx<'_>, page: &PageUp) -> Result<Option<PageOutcome>, StoreError> {
    let refused =
        |why: &str| Ok(Some(PageOutcome::Refused { seq: page.from, why: why.to_owned() }));
    let bytes: usize = page.facts.iter().map(|fact| fact.bytes.len()).sum();
    if page.facts.is_empty() || page.from == 0 || page.facts.len() > PAGE_FACTS_MAX {
        return refused("a page has 1 to 500 facts from number 1 on");
    }
    if bytes > PAGE_BYTES_MAX && page.facts.len() > 1 {
        return refused("a page has at most 256 KiB of facts");
    }
    let mut prev = page.facts[0].prev;
    for fact in &page.facts {
        if fact.prev != prev {
            return refused("the facts of the page do not follow one another");
        }
        prev = fact.id();
    }
    let seal = &page.seal;
    let last_seq = page.from.saturating_add(page.facts.len() as u64 - 1);
    if (&seal.ledger, seal.epoch) != (&page.ledger, page.epoch)
        || (seal.last_seq, seal.head) != (last_seq, prev)
    {
        return refused("the seal does not cover the last fact of the page");
    }
    let Some(public_key) = stations::public_key(tx, &page.ledger)? else {
        return refused("the ledger belongs to no station of this plant");
    };
    if !seals::is_genuine(&public_key, seal) {
        return refused("the seal was not made with the station's key");
    }
    for seal in &page.seals {
        let of_page = (&seal.ledger, seal.epoch) == (&page.ledger, page.epoch);
        let at = seal.last_seq.checked_sub(page.from).and_then(|n| usize::try_from(n).ok());
        let fact = at.and_then(|at| page.facts.get(at)).map(Written::id);
        if !of_page || fact != Some(seal.head) || !seals::is_genuine(&public_key, seal) {
            return refused("a seal within the page covers no fact of it");
        }
    }
    Ok(None)
}

/// Compares a believable page with what is stored.
fn standing(tx: &Tx<'_>, page: &PageUp, head: &LedgerHead) -> Result<Standing, StoreError> {
    if page.epoch < head.epoch {
        return Ok(Standing::Answered(PageOutcome::Fenced { epoch: head.epoch }));
    }
    if page.epoch > head.epoch {
        return Ok(new_epoch(page, head));
    }
    if page.from > head.last_seq + 1 {
        return Ok(Standing::Answered(PageOutcome::Gap { expected: head.last_seq + 1 }));
    }
    let mut known = 0;
    for (seq, fact) in (page.from..=head.last_seq).zip(&page.facts) {
        let at = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq };
        if tx.id_at(&at)? != Some(fact.id()) {
            return Ok(Standing::Forks { seq });
        }
        known += 1;
    }
    // A first new fact that does not follow the last stored one continues another history.
    match page.facts.get(known) {
        Some(next) if next.prev != head.last_id => Ok(Standing::Forks { seq: head.last_seq }),
        Some(_) | None => Ok(Standing::Follows { known }),
    }
}

/// A newer epoch begins with the fact that opens it and names what the server knows before it. Epochs may
/// be skipped: one was opened and set aside again before the server saw it, and the judge skips some so
/// that no two lives of a server that was restored write the same one.
fn new_epoch(page: &PageUp, head: &LedgerHead) -> Standing {
    let last = (head.last_seq > 0).then(|| Position {
        ledger: page.ledger.clone(),
        epoch: head.epoch,
        seq: head.last_seq,
    });
    let opens = |fact: &Fact| {
        matches!(&fact.body, FactBody::Station(StationFact::EpochOpened { last_known, .. })
            if *last_known == last)
    };
    let first = page.facts.first().and_then(|fact| Fact::read(&fact.bytes).ok());
    if page.from == 1 && first.is_some_and(|fact| opens(&fact)) {
        return Standing::Follows { known: 0 };
    }
    let why = "a new epoch begins with the fact that opens it and names the last one known here";
    Standing::Answered(PageOutcome::Refused { seq: page.from, why: why.to_owned() })
}

/// Reads a fact and checks that it says the position at which it stands.
fn acceptable(at: &Position, written: &Written) -> Result<Fact, String> {
    let fact = Fact::read(&written.bytes).map_err(|error| error.to_string())?;
    if fact.head.position != *at {
        return Err(format!("the fact says {} and stands at {at}", fact.head.position));
    }
    if at.seq == 1 && written.prev != Hash::ZERO {
        return Err("the first fact of an epoch follows none".to_owned());
    }
    Ok(fact)
}
