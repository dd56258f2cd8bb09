//! A station that writes pages for a server's store, without a disk of its own.

use ed25519_dalek::{Signer as _, SigningKey};
use gemba::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::PageUp;

use super::plant::centers;
use crate::simulation::facts;

/// A station with its key, and everything that it wrote.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    key: SigningKey,
    pub(crate) station: Station,
    epoch: u32,
    pub(crate) facts: Vec<Written>,
}

impl Writer {
    /// The station `ST` and a number.
    pub(crate) fn new(number: u8) -> Self {
        Self::named(&format!("ST{number}"), number)
    }

    pub(crate) fn named(code: &str, number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number + 1; 32]);
        let public_key = Hash(key.verifying_key().to_bytes()).to_string();
        let ledger = gemba::server::seals::ledger_of(&public_key).unwrap();
        let (code, work_centers) = (code.parse().unwrap(), centers(&["W1", "W2"]));
        let station = Station { ledger, public_key, code, work_centers, revoked: false };
        Self { key, station, epoch: 1, facts: Vec::new() }
    }

    pub(crate) fn ledger(&self) -> &LedgerId {
        &self.station.ledger
    }

    pub(crate) fn at(&self, seq: u64) -> Position {
        Position { epoch: self.epoch, ..facts::at(self.ledger(), seq) }
    }

    /// The same station in its next epoch, which it opened.
    pub(crate) fn opens_anew(&self) -> Self {
        let last_known = Some(self.at(self.facts.len() as u64));
        let reason = "brought back".to_owned();
        let opened = StationFact::EpochOpened { last_known, reason, carried: None };
        let mut anew = Self { epoch: self.epoch + 1, facts: Vec::new(), ..self.clone() };
        anew.writes(Subject::Station(self.station.code.clone()), FactBody::Station(opened));
        anew
    }

    /// Writes a fact; tells where it stands.
    pub(crate) fn writes(&mut self, subject: Subject, body: FactBody) -> Position {
        let at = self.at(self.facts.len() as u64 + 1);
        let prev = self.facts.last().map_or(Hash::ZERO, Written::id);
        let utc_s = 1_800_000_000 + i64::try_from(at.seq).unwrap();
        self.facts.push(facts::write(at.clone(), (prev, utc_s), Vec::new(), (subject, body)));
        at
    }

    /// Writes a fact as it is.
    pub(crate) fn writes_fact(&mut self, fact: &Fact) -> Position {
        let prev = self.facts.last().map_or(Hash::ZERO, Written::id);
        self.facts.push(Written { prev, bytes: fact.write().unwrap() });
        fact.head.position.clone()
    }

    /// Writes so many signs of life.
    pub(crate) fn beats(&mut self, count: usize) {
        for _ in 0..count {
            let subject = Subject::Station(self.station.code.clone());
            self.writes(subject, FactBody::Station(StationFact::Heartbeat {}));
        }
    }

    /// The page with the facts from one number up to another.
    pub(crate) fn page(&self, from: u64, to: u64) -> PageUp {
        let place = |seq: u64| usize::try_from(seq - 1).unwrap();
        let facts = self.facts[place(from)..=place(to)].to_vec();
        let (epoch, last_id) = (self.epoch, facts.last().unwrap().id());
        let head = LedgerHead { epoch, last_seq: to, last_id };
        let signature = self.key.sign(&Seal::message(self.ledger(), &head));
        let signature = format!("{}{}", Hash(*signature.r_bytes()), Hash(*signature.s_bytes()));
        let ledger = self.ledger().clone();
        let (last_seq, head) = (to, head.last_id);
        let seal = Seal { ledger: ledger.clone(), epoch, last_seq, head, signature };
        PageUp { version: 1, ledger, epoch, from, facts, seal, seals: Vec::new() }
    }

    /// Everything from a number on.
    pub(crate) fn page_from(&self, from: u64) -> PageUp {
        self.page(from, self.facts.len() as u64)
    }
}
