//! What survives a stop of a station, as a model of its store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ed25519_dalek::{Signer as _, SigningKey};
use gemba::domain::fact::{Fact, LedgerHead, Position, Seal, Written};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::ids::{LedgerId, StationId};
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::sync::protocol::{KnownFact, Offered, PROTOCOL_VERSION, PageUp};

use super::facts;

/// Where the clocks of the run begin.
const CLOCK_S: i64 = 1_800_000_000;

/// Which facts of a page are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealing {
    /// Its last one, as stations do.
    Ends,
    /// Each, as the judge does.
    All,
}

/// A store.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    pub(super) key: SigningKey,
    pub(super) ledger: LedgerId,
    pub(super) code: StationId,
    pub(super) epoch: u32,
    /// The last own fact of the epoch that is written.
    pub(super) last: (u64, Hash),
    /// How far the server has each epoch.
    pub(super) at_server: BTreeMap<u32, u64>,
    pub(super) facts: Vec<(Position, Written)>,
    /// Where a fact is in `facts`, and the facts of a subject; nothing but speed.
    index: BTreeMap<Position, usize>,
    streams: BTreeMap<Subject, Vec<(Fact, Hash)>>,
    pub(super) cursors: BTreeMap<String, Cursor>,
    pub(super) seals: BTreeMap<Position, Seal>,
    /// The server was restored: what is here of others is to be offered.
    pub(super) to_offer: bool,
    /// What was saved at positions that were given away twice, and where it is said again.
    pub(super) aside: Vec<(Position, Written, Position)>,
    /// Where the real store is, where there is one.
    pub(super) home: PathBuf,
    /// What the wall clock says is this and the number of the fact.
    pub(super) clock_s: i64,
}

impl Disk {
    pub(super) fn new(number: u8, code: &str) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        Self {
            ledger: ledger_of(&key),
            key,
            code: code.parse().unwrap(),
            epoch: 1,
            last: (0, Hash::ZERO),
            at_server: BTreeMap::new(),
            facts: Vec::new(),
            index: BTreeMap::new(),
            streams: BTreeMap::new(),
            cursors: BTreeMap::new(),
            seals: BTreeMap::new(),
            to_offer: false,
            aside: Vec::new(),
            home: PathBuf::new(),
            clock_s: CLOCK_S,
        }
    }

    /// From now on it is another station's.
    pub(super) fn rename(&mut self, number: u8, code: &str) {
        self.key = SigningKey::from_bytes(&[number; 32]);
        self.ledger = ledger_of(&self.key);
        self.code = code.parse().unwrap();
        self.at_server.clear();
        self.cursors.clear();
    }

    pub(super) fn public_key(&self) -> String {
        Hash(self.key.verifying_key().to_bytes()).to_string()
    }

    pub(super) fn own(&self, epoch: u32, seq: u64) -> Position {
        Position { ledger: self.ledger.clone(), epoch, seq }
    }

    pub(super) fn find(&self, at: &Position) -> Option<&Written> {
        self.index.get(at).map(|&index| &self.facts[index].1)
    }

    pub(super) fn id(&self, at: &Position) -> Option<Hash> {
        self.find(at).map(Written::id)
    }

    /// The own epochs that are here.
    pub(super) fn epochs(&self) -> BTreeSet<u32> {
        let own = self.index.keys().filter(|at| at.ledger == self.ledger);
        own.map(|at| at.epoch).collect()
    }

    /// Own facts after a number of an epoch, over all epochs after it.
    pub(super) fn own_after(&self, (epoch, seq): (u32, u64)) -> Vec<(Position, Written)> {
        let own = self.index.range(self.own(epoch, seq + 1)..);
        let own = own.take_while(|(at, _)| at.ledger == self.ledger);
        own.map(|(at, &index)| (at.clone(), self.facts[index].1.clone())).collect()
    }

    /// Whether a fact cannot stand beside what is here.
    pub(super) fn contradicts(&self, row: &Written) -> bool {
        let at = Fact::read(&row.bytes).unwrap().head.position;
        if let Some(known) = self.find(&at) {
            return known != row;
        }
        let before = (at.seq > 1).then(|| self.id(&Position { seq: at.seq - 1, ..at.clone() }));
        let next = self.find(&at.plus(1)).map(|next| next.prev);
        (at.ledger == self.ledger && at.epoch >= self.epoch)
            || before.flatten().is_some_and(|before| before != row.prev)
            || next.is_some_and(|next| next != row.id())
    }

    /// The cursor after a page, where its rows, and what is here of those that it names, lead there.
    pub(super) fn after(&self, cursor: &Cursor, page: &FeedPage) -> Option<Cursor> {
        let mut after = Cursor { epoch: page.epoch, ..cursor.clone() };
        let (mut rows, mut named) = (page.rows.iter(), page.named.iter().peekable());
        for _ in 0..page.rows.len() + page.named.len() {
            if let Some(run) = named.next_if(|run| run.position == after.position + 1) {
                for seq in run.seq..run.seq + run.rows {
                    after.advance(&self.id(&self.own(run.epoch, seq))?);
                }
            } else if let Some(row) = rows.next() {
                after.advance(&row.id());
            }
        }
        (after.rolling == page.rolling).then_some(after)
    }

    /// Takes a fact of a feed, unless it is here.
    pub(super) fn take(&mut self, row: &Written) {
        let fact = Fact::read(&row.bytes).unwrap();
        if self.find(&fact.head.position).is_none() {
            self.put(fact, row.clone());
        }
    }

    pub(super) fn put(&mut self, fact: Fact, written: Written) {
        let at = fact.head.position.clone();
        self.index.insert(at.clone(), self.facts.len());
        self.streams.entry(fact.subject.clone()).or_default().push((fact, written.id()));
        self.facts.push((at, written));
    }

    /// Replaces what is on the disk, as wrong habits and ways back do.
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
        self.append_after(after, (subject, body))
    }

    pub(super) fn append_after(
        &mut self,
        after: Vec<Position>,
        what: (Subject, FactBody),
    ) -> Position {
        let (last, prev) = self.last;
        let at = self.own(self.epoch, last + 1);
        let utc_s = self.clock_s + i64::try_from(last).unwrap();
        self.say(facts::write(at.clone(), (prev, utc_s), after, what));
        at
    }

    /// Puts an own fact at the end of the epoch.
    pub(super) fn say(&mut self, written: Written) {
        self.last = (self.last.0 + 1, written.id());
        self.put(Fact::read(&written.bytes).unwrap(), written);
    }

    pub(super) fn stream(&self, subject: &Subject) -> &[(Fact, Hash)] {
        self.streams.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Own facts after a number of an epoch, or of the next one where it has no more, under a seal.
    pub(super) fn page(
        &mut self,
        (epoch, after): (u32, u64),
        (most, sealing): (u64, Sealing),
    ) -> Option<PageUp> {
        let mut written = Vec::new();
        for seq in (after + 1)..=(after + most) {
            written.extend(self.find(&self.own(epoch, seq)).cloned());
        }
        if written.is_empty() {
            let next = self.epochs().range(epoch + 1..).next().copied()?;
            return self.page((next, 0), (most, sealing));
        }
        let seals = (after + 1..)
            .zip(&written)
            .map(|(last_seq, one)| self.seal(LedgerHead { epoch, last_seq, last_id: one.id() }));
        let mut seals: Vec<Seal> = seals.collect();
        let seal = seals.last().unwrap().clone();
        if sealing == Sealing::Ends {
            seals.clear();
        }
        for seal in seals.iter().chain([&seal]) {
            self.seals.insert(self.own(epoch, seal.last_seq), seal.clone());
        }
        let ledger = self.ledger.clone();
        Some(PageUp {
            version: PROTOCOL_VERSION,
            ledger,
            epoch,
            from: after + 1,
            facts: written,
            seal,
            seals,
        })
    }

    fn seal(&self, head: LedgerHead) -> Seal {
        let signature = self.key.sign(&Seal::message(&self.ledger, &head));
        // Each half is as long as a hash.
        let signature = format!("{}{}", Hash(*signature.r_bytes()), Hash(*signature.s_bytes()));
        let LedgerHead { epoch, last_seq, last_id: head } = head;
        Seal { ledger: self.ledger.clone(), epoch, last_seq, head, signature }
    }

    /// Facts of other ledgers, each with a seal where there is one.
    pub(super) fn offers(&self) -> Vec<(KnownFact, Offered)> {
        let others = self.facts.iter().filter(|(at, _)| at.ledger != self.ledger);
        let offer = |(at, written): &(Position, Written)| {
            let known = KnownFact { at: at.clone(), id: written.id() };
            (known, Offered { written: written.clone(), seal: self.seals.get(at).cloned() })
        };
        others.map(offer).collect()
    }

    pub(super) fn subscribe(&mut self, feeds: &[Feed]) -> Vec<Cursor> {
        for feed in feeds {
            let begin = || Cursor::beginning(feed, 1);
            self.cursors.entry(feed.to_string()).or_insert_with(begin);
        }
        self.cursors.values().cloned().collect()
    }
}

fn ledger_of(key: &SigningKey) -> LedgerId {
    let hex = Hash(key.verifying_key().to_bytes()).to_string();
    gemba::server::seals::ledger_of(&hex).unwrap()
}
