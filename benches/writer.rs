//! A station without a disk: a key, a ledger, and pages with their seals.

use ed25519_dalek::{Signer as _, SigningKey};
use gemba::domain::fact::{LedgerHead, Seal, Written};
use gemba::domain::hash::Hash;
use gemba::server::seals::ledger_of;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::{PROTOCOL_VERSION, PageUp};

use crate::plant::id;

/// A station and how far it sent its ledger.
#[derive(Debug)]
pub(crate) struct Writer {
    key: SigningKey,
    pub(crate) station: Station,
    pub(crate) head: LedgerHead,
}

impl Writer {
    pub(crate) fn new(code: &str, number: usize) -> Self {
        let key = SigningKey::from_bytes(&Hash::of(&[&number.to_le_bytes()]).0);
        let public_key = Hash(key.verifying_key().to_bytes()).to_string();
        let ledger = ledger_of(&public_key).unwrap();
        let work_centers = vec![id("ASM")];
        let station = Station { ledger, public_key, code: id(code), work_centers, revoked: false };
        let head = LedgerHead { epoch: 1, last_seq: 0, last_id: Hash::ZERO };
        Self { key, station, head }
    }

    /// The next facts of its ledger as a page.
    pub(crate) fn page(&mut self, facts: Vec<Written>) -> PageUp {
        let from = self.head.last_seq + 1;
        let last_id = facts.last().unwrap().id();
        self.head = LedgerHead { epoch: 1, last_seq: from - 1 + facts.len() as u64, last_id };
        let ledger = self.station.ledger.clone();
        let signature = self.key.sign(&Seal::message(&ledger, &self.head));
        let signature = format!("{}{}", Hash(*signature.r_bytes()), Hash(*signature.s_bytes()));
        let (last_seq, head) = (self.head.last_seq, last_id);
        let seal = Seal { ledger: ledger.clone(), epoch: 1, last_seq, head, signature };
        let version = PROTOCOL_VERSION;
        PageUp { version, ledger, epoch: 1, from, facts, seal, seals: Vec::new() }
    }
}
