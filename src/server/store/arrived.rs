//! A page as it came, and everything that can be said of it without the store.

use jiff::Timestamp;

use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::sync::protocol::{PAGE_BYTES_MAX, PAGE_FACTS_MAX, PageUp};

use super::tx::FactKey;

/// A page with what its facts say.
#[derive(Debug)]
pub(super) struct Arrived<'a> {
    pub(super) page: &'a PageUp,
    pub(super) received: String,
    /// Each fact under the number at which it stands, or why it is refused.
    pub(super) facts: Vec<(FactKey, Result<Fact, String>)>,
    /// Why nothing of the page can be believed, whoever's it is.
    pub(super) wrong: Option<&'static str>,
}

impl<'a> Arrived<'a> {
    pub(super) fn read(page: &'a PageUp, received: Timestamp) -> Self {
        let received = received.to_string();
        let numbers = page.from.checked_add(PAGE_FACTS_MAX as u64);
        let countable = page.from > 0 && numbers.is_some_and(|end| i64::try_from(end).is_ok());
        if page.facts.is_empty() || !countable || page.facts.len() > PAGE_FACTS_MAX {
            let wrong = Some("a page has 1 to 500 facts from number 1 on");
            return Self { page, received, facts: Vec::new(), wrong };
        }
        let facts = (page.from..).zip(&page.facts).map(|(seq, written)| {
            let at = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq };
            let fact = acceptable(&at, &written.prev, &written.bytes);
            (FactKey { at, id: written.id() }, fact)
        });
        let facts: Vec<_> = facts.collect();
        let wrong = wrong(page, &facts);
        Self { page, received, facts, wrong }
    }

    /// The id of the page's fact of a number.
    pub(super) fn id_of(&self, seq: u64) -> Option<Hash> {
        let n = seq.checked_sub(self.page.from).and_then(|n| usize::try_from(n).ok());
        n.and_then(|n| self.facts.get(n)).map(|(key, _)| key.id)
    }

    /// Facts that can be stored.
    pub(super) fn acceptable(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter_map(|(_, fact)| fact.as_ref().ok())
    }
}

/// Too large, or no chain to its seal.
fn wrong(page: &PageUp, facts: &[(FactKey, Result<Fact, String>)]) -> Option<&'static str> {
    let bytes: usize = page.facts.iter().map(|fact| fact.bytes.len()).sum();
    if bytes > PAGE_BYTES_MAX && page.facts.len() > 1 {
        return Some("a page has at most 256 KiB of facts");
    }
    let ids = facts.iter().map(|(key, _)| key.id);
    if page.facts.iter().skip(1).zip(ids).any(|(fact, before)| fact.prev != before) {
        return Some("the facts of the page do not follow one another");
    }
    let seal = &page.seal;
    let last = facts.last().map(|(key, _)| (&key.at.ledger, key.at.epoch, key.at.seq, key.id));
    let covered = (&seal.ledger, seal.epoch, seal.last_seq, seal.head);
    (last != Some(covered)).then_some("the seal does not cover the last fact of the page")
}

/// Reads a fact and checks that it says the position at which it stands.
fn acceptable(at: &Position, prev: &Hash, bytes: &str) -> Result<Fact, String> {
    let fact = Fact::read_strictly(bytes).map_err(|error| error.to_string())?;
    if fact.head.position != *at {
        return Err(format!("the fact says {} and stands at {at}", fact.head.position));
    }
    if at.seq == 1 && *prev != Hash::ZERO {
        return Err("the first fact of an epoch follows none".to_owned());
    }
    Ok(fact)
}
