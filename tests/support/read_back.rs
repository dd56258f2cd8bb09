//! What a second place has of what was saved at a station, read back from there.

use std::path::Path;

use gemba::domain::fact::{Fact, Written};
use gemba::domain::ids::LedgerId;
use gemba::ledger::store::Ledger;
use gemba::server::home::Home;
use gemba::server::office::Office;
use gemba::server::store::Store;

/// How many facts are asked for at once.
const PAGE: usize = 500;

/// Every fact of one epoch of a ledger that a server's store has, in order.
pub(crate) fn at_server(store: &Store, ledger: &LedgerId, epoch: u32) -> Vec<Written> {
    let mut there = Vec::new();
    loop {
        let after = there.len() as u64;
        let facts = store.own(ledger, (epoch, after), PAGE).unwrap().facts;
        if facts.is_empty() {
            return there;
        }
        there.extend(facts);
    }
}

/// What the server has of a station that sent everything: each own fact, as it was written, once.
#[track_caller]
pub(crate) fn sent_by(home: &Path, server: impl Into<Home>) -> Vec<Written> {
    let ledger = Ledger::open_reader(home).unwrap();
    let identity = ledger.identity();
    let own = ledger.outgoing((identity.epoch, 0), (usize::MAX, usize::MAX)).unwrap();
    let office = Office::open(server).unwrap();
    let there = at_server(office.store(), &identity.ledger, identity.epoch);
    assert_eq!(there.len(), own.len());
    assert!(there == own, "the server has other facts");
    there
}

/// How many facts of a kind there are among these.
pub(crate) fn of_kind(facts: &[Written], kind: &str) -> u64 {
    let is_of_kind = |fact: &&Written| Fact::read(&fact.bytes).unwrap().body.kind() == kind;
    facts.iter().filter(is_of_kind).count() as u64
}
