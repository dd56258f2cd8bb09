//! A station as a model: what is on its disk, and the two real machines, which a stop forgets.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer as _, SigningKey};
use gemba::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::server::store::stations::Station;
use gemba::sync::down::Down;
use gemba::sync::protocol::{PROTOCOL_VERSION, PageUp};
use gemba::sync::up::Up;

use super::facts;

/// What survives a stop.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    pub(super) key: SigningKey,
    pub(super) ledger: LedgerId,
    pub(super) own_last: (u64, Hash),
    pub(super) at_server: u64,
    pub(super) facts: Vec<(Position, Written)>,
    /// Where a fact is in `facts`, and the facts of a subject; nothing but speed.
    index: BTreeMap<Position, usize>,
    streams: BTreeMap<Subject, Vec<(Fact, Hash)>>,
    pub(super) cursors: BTreeMap<String, Cursor>,
}

/// What an apply did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apply {
    Done,
    /// The page does not follow the cursor.
    Misfit,
    /// The page contradicts what is here: a person must look.
    Conflict,
    /// The station stopped on the way.
    Stopped,
}

/// How a station treats its disk; the defaults are right.
pub(super) trait Habits {
    /// Saves an act; `stops` is the number of facts after which the power fails.
    fn save(&self, disk: &mut Disk, act: Vec<(Subject, FactBody)>, stops: Option<usize>) {
        if stops.is_none() {
            for one in act {
                disk.append(one);
            }
        }
    }

    /// Notes what the server has, if the id is its own.
    fn note(&self, disk: &mut Disk, head: &LedgerHead) -> bool {
        let own = disk.find(&facts::at(&disk.ledger, head.last_seq)).map(Written::id);
        if own != Some(head.last_id) {
            return false;
        }
        disk.at_server = disk.at_server.max(head.last_seq);
        true
    }

    /// Is told that a page went out.
    fn sent(&self, _disk: &mut Disk, _page: &PageUp) {}

    /// Whether a page is looked at that does not begin after the cursor.
    fn takes_any_page(&self) -> bool {
        false
    }

    /// Applies a page and the cursor after it, or nothing.
    fn apply(&self, disk: &mut Disk, page: &FeedPage, stops: bool) -> Apply {
        let Some(mut cursor) = disk.cursors.get(&page.feed).cloned() else { return Apply::Misfit };
        if page.from != cursor.position + 1 {
            return Apply::Misfit;
        }
        if stops {
            // Nothing of an open transaction is left.
            return Apply::Stopped;
        }
        if page.rows.iter().any(|row| disk.contradicts(row)) {
            return Apply::Conflict;
        }
        for row in &page.rows {
            cursor.advance(&row.id());
            disk.take(row);
        }
        disk.cursors.insert(page.feed.clone(), cursor);
        Apply::Done
    }
}

/// The habits of the product.
#[derive(Debug)]
pub(super) struct Honest;

impl Habits for Honest {}

impl Disk {
    pub(super) fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let hex = Hash(key.verifying_key().to_bytes()).to_string();
        let ledger = gemba::server::seals::ledger_of(&hex).unwrap();
        Self {
            key,
            ledger,
            own_last: (0, Hash::ZERO),
            at_server: 0,
            facts: Vec::new(),
            index: BTreeMap::new(),
            streams: BTreeMap::new(),
            cursors: BTreeMap::new(),
        }
    }

    pub(super) fn public_key(&self) -> String {
        Hash(self.key.verifying_key().to_bytes()).to_string()
    }

    pub(super) fn find(&self, at: &Position) -> Option<&Written> {
        self.index.get(at).map(|&index| &self.facts[index].1)
    }

    /// Whether another fact stands at its position, or an own fact comes that is not here.
    fn contradicts(&self, row: &Written) -> bool {
        let at = Fact::read(&row.bytes).unwrap().head.position;
        self.find(&at).map_or(at.ledger == self.ledger, |known| known != row)
    }

    /// Takes a fact of a feed, unless it is here.
    pub(super) fn take(&mut self, row: &Written) {
        let fact = Fact::read(&row.bytes).unwrap();
        if self.find(&fact.head.position).is_none() {
            self.put(fact, row.clone());
        }
    }

    fn put(&mut self, fact: Fact, written: Written) {
        let at = fact.head.position.clone();
        self.index.insert(at.clone(), self.facts.len());
        self.streams.entry(fact.subject.clone()).or_default().push((fact, written.id()));
        self.facts.push((at, written));
    }

    /// Replaces what is on the disk, as wrong habits do.
    pub(super) fn replace(&mut self, facts: Vec<(Position, Written)>) {
        self.index.clear();
        self.streams.clear();
        self.facts.clear();
        for (_, written) in facts {
            self.put(Fact::read(&written.bytes).unwrap(), written);
        }
    }

    /// Appends one own fact after everything that is known of its stream.
    pub(super) fn append(&mut self, (subject, body): (Subject, FactBody)) -> Position {
        let after = fold(&subject, self.stream(&subject)).stream.heads;
        let (last, prev) = self.own_last;
        let at = facts::at(&self.ledger, last + 1);
        let written = facts::write(at.clone(), prev, after, (subject, body));
        self.own_last = (last + 1, written.id());
        self.put(Fact::read(&written.bytes).unwrap(), written);
        at
    }

    pub(super) fn stream(&self, subject: &Subject) -> &[(Fact, Hash)] {
        self.streams.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Own facts after a number with a seal over the last.
    pub(super) fn page(&self, after: u64, most: u64) -> Option<PageUp> {
        let mut written = Vec::new();
        for seq in (after + 1)..=(after + most).min(self.own_last.0) {
            written.push(self.find(&facts::at(&self.ledger, seq))?.clone());
        }
        let last = written.last()?;
        let head =
            LedgerHead { epoch: 1, last_seq: after + written.len() as u64, last_id: last.id() };
        let signature = self.key.sign(&Seal::message(&self.ledger, &head));
        // Each half is as long as a hash.
        let hex = format!("{}{}", Hash(*signature.r_bytes()), Hash(*signature.s_bytes()));
        let seal = Seal {
            ledger: self.ledger.clone(),
            epoch: 1,
            last_seq: head.last_seq,
            head: head.last_id,
            signature: hex,
        };
        Some(PageUp {
            version: PROTOCOL_VERSION,
            ledger: self.ledger.clone(),
            epoch: 1,
            from: after + 1,
            facts: written,
            seal,
            seals: Vec::new(),
        })
    }

    pub(super) fn subscribe(&mut self, feeds: &[Feed]) -> Vec<Cursor> {
        for feed in feeds {
            let begin = || Cursor::beginning(feed, 1);
            self.cursors.entry(feed.to_string()).or_insert_with(begin);
        }
        self.cursors.values().cloned().collect()
    }
}

/// A station: its disk, its machines, and what waits for an answer.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) station: Station,
    pub(super) disk: Disk,
    pub(super) up: Up,
    pub(super) down: Down,
    /// The question that waits for an answer: up, down.
    pub(super) asked: [Option<u64>; 2],
    /// Whether a way is done for now: up, down.
    pub(super) done: [bool; 2],
    /// Why a way stopped for a person: up, down.
    pub(super) stopped: [Option<String>; 2],
    /// Grows with each stop; pauses of an earlier life do not count.
    pub(super) life: u32,
}

impl Replica {
    pub(super) fn new(station: Station, disk: Disk) -> Self {
        Self {
            station,
            disk,
            up: Up::new(1),
            down: Down::new(),
            asked: [None, None],
            done: [true, true],
            stopped: [None, None],
            life: 0,
        }
    }

    /// The power fails: everything but the disk is gone.
    pub(super) fn stop(&mut self) {
        self.up = Up::new(1);
        self.down = Down::new();
        self.asked = [None, None];
        self.done = [true, true];
        self.stopped = [None, None];
        self.life += 1;
    }
}
